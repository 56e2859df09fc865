"""Files that options name: what cannot be written is told before anything is made, and no pipe is waited for without end."""
import json
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

from batches import generate
from blackbox_evaluation_form import PROGRAM
from profiles import template

# Each option that names a file to write, in a program that has it; {}: the file.
WRITES = [("pledge", "-a", "B00000", "-o", "{}"), ("roster", "-o", "{}"), ("roster", "--print", "-o", "{}"), ("check", "-o", "{}"),
          ("check", "--format", "html", "-o", "{}"), ("import", "-o", "{}"), ("workbook", "-o", "{}"), ("dossier", "-a", "B00000", "-o", "{}"),
          ("delegation-letter", "-o", "{}"), ("pledge", "-o", "made/", "--report", "{}"), ("roster", "-o", "made/", "--report", "{}"),
          ("upload", "-a", "B00000", "-o", "made/", "--report", "{}"), ("import", "-o", "made.xml", "--report", "{}"),
          ("workbook", "-o", "made.xlsx", "--report", "{}"), ("check", "-o", "made.txt", "--report", "{}"),
          ("package", "-o", "made", "--report", "{}"), ("package", "-o", "made", "--log", "{}"), ("package", "-o", "made", "--stamp", "{}")]
# Each option that names a file to read.
READS = [("check", "{}"), ("pledge", "-a", "B00000", "-o", "made.pdf", "{}"), ("import", "{}", "-o", "made.xml"), ("workbook", "{}", "-o", "made.xlsx"),
         ("package", "{}", "-o", "made"), ("package", "batch", "--rework", "{}", "-o", "made"), ("upload", "{}", "-o", "made/"),
         ("dossier", "-a", "B00000", "--password-file", "{}", "-o", "made.pdf", "batch"), ("upload", "--done", "{}", "batch"),
         ("workbook", "--set", "人员!D7=男", "{}", "-o", "made.xlsx"), ("workbook", "--corrections", "{}", "batch", "-o", "made.xlsx")]


class Folder(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-outputs-")
        self.batch = generate(self.dir, 2)
        os.symlink(os.path.basename(self.batch), self.path("batch"))
        self.addCleanup(shutil.rmtree, self.dir, True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_in(self, *args, **more):
        return subprocess.run([PROGRAM, *args], cwd=self.dir, env=dict(os.environ, LC_ALL="C"), timeout=300, stdin=subprocess.DEVNULL,
                              **dict({"capture_output": True}, **more))

    def assert_nothing_made(self, args, *words, reads=()):
        before = sorted(os.listdir(self.dir))
        done = self.run_in(*args, *reads)
        said = done.stderr.decode()
        self.assertEqual(done.returncode, 2, (args, said))
        for word in words:
            self.assertEqual(said.count(word), 1, (args, said))
        self.assertEqual(sorted(os.listdir(self.dir)), before, args)


class Names(Folder):
    def test_what_cannot_be_written_is_told_before_anything_is_made(self):
        os.symlink("nowhere", self.path("link"))
        os.mkdir(self.path("folder"))
        os.mkdir(self.path("made folder.pdf"))
        for place, word in (("none/a.pdf", "its folder does not exist"), ("link", "leads nowhere"), ("batch/a.pdf", "part of the path is no folder"),
                            ("a" * 300 + ".pdf", "the name is too long"), ("folder/", "it is a folder")):
            for args in WRITES:
                if args[-2] == "-o" and place in ("folder/", "link"):
                    continue  # a folder to write into, and a name that is looked at when it is used
                with self.subTest(args=args, place=place):
                    self.assert_nothing_made([a.format(place) for a in args], word, reads=["batch"])

    def test_a_file_that_is_read_is_told_before_anything_is_made(self):
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        cited = text[text.index('href="photos/') + 6:].split('"')[0]
        for what, place in (("an input", "batch"), ("an attachment", cited)):
            with open(self.path(place), "rb") as f:
                held = f.read()
            for args in WRITES:
                with self.subTest(args=args, place=place):
                    if args[:3] == ("workbook", "-o", "{}") and what == "an attachment":
                        continue  # a blank one reads none
                    self.assert_nothing_made([a.format(place) for a in args], f"this is {what} of this run", reads=["batch"])
                    with open(self.path(place), "rb") as f:
                        self.assertEqual(f.read(), held)

    def test_what_is_written_are_files_of_their_own(self):
        for args in (("package", "-o", "made", "--log", "x", "--stamp", "./x"), ("package", "-o", "made", "--report", "x", "--stamp", "x"),
                     ("package", "-o", "made", "--report", "x", "--log", "x"), ("import", "-o", "x.xml", "--report", "x.xml"),
                     ("workbook", "-o", "x.xlsx", "--report", "../" + os.path.basename(self.dir) + "/x.xlsx")):
            self.assert_nothing_made(args, "name one file", reads=["batch"])

    def test_what_is_written_does_not_take_the_place_of_the_trees_own_files(self):
        os.mkdir(self.path("there"))
        os.symlink("there", self.path("link"))
        for folder, place in (("made", "made/manifest.json"), ("./there//", "there/report.html"), ("there", "link/changes.json"),
                              ("link", "there/.journal"), ("there", "there/.lock"), ("made", "made/print/print.sh")):
            for option in ("--log", "--stamp", "--report"):
                self.assert_nothing_made(("package", "-o", folder, option, place), "file of the output folder itself", reads=["batch"])
        self.assertEqual(os.listdir(self.path("there")), [])
        os.mkdir(self.path("made"))
        done = self.run_in("package", "-q", "-a", "B00000", "-o", "made", "--log", "made/run.log", "--stamp", "stamp", "--report", "made/report.json", "batch")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(self.path("made/run.log")))

    def test_the_folder_that_one_stands_in_may_have_been_removed(self):
        gone = self.path("gone")
        done = subprocess.run(["sh", "-c", 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"', gone, PROGRAM, "package", "-q", "--dry-run", "-a", "B00000", "-o",
                               self.path("made"), "--report", "-", self.path("batch")], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_report_may_go_into_the_folder_that_is_made(self):
        done = self.run_in("pledge", "-o", "made/", "--report", "made/report.json", "batch")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(self.path("made/report.json")))


class Reports(Folder):
    def test_every_program_that_has_the_option_writes_one(self):
        import jsonschema
        with open(template("report.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        for args in (("import", "-o", "a.xml"), ("workbook", "-o", "a.xlsx"), ("workbook", "a.xlsx", "--set", "人员!D7=男", "-o", "b.xlsx")):
            done = self.run_in(*args, "--report", "r.json", *(["batch"] if args[1] == "-o" else []))
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(self.path("r.json"), encoding="utf-8") as f:
                report = json.load(f)
            jsonschema.validate(report, schema)
            self.assertEqual((report["program"], report["counts"]["written"]), (args[0], 1))
            os.remove(self.path("r.json"))
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        with open(self.path("faulty.xml"), "w", encoding="utf-8") as f:
            f.write(text.replace("<name>", "<nmae>", 1).replace("</name>", "</nmae>", 1))
        done = self.run_in("import", "-o", "c.xml", "--report", "r.json", "faulty.xml")
        self.assertEqual(done.returncode, 1)
        with open(self.path("r.json"), encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual((report["counts"]["written"], report["counts"]["errors"] > 0), (0, True))
        self.assertIn("nmae", json.dumps(report["findings"]))


class Pipes(Folder):
    def setUp(self):
        super().setUp()
        os.mkfifo(self.path("pipe"))
        self.addCleanup(self.release)

    def release(self):
        """Nobody waits any more, whatever went wrong."""
        os.close(os.open(self.path("pipe"), os.O_RDWR | os.O_NONBLOCK))

    def test_a_pipe_that_nobody_reads_is_refused(self):
        for args in [*WRITES, ("schema", "-o", "{}")]:
            with self.subTest(args=args):
                self.assert_nothing_made([a.format("pipe") for a in args], "pipe: error: ", "nobody reads", reads=["batch"] if args[0] != "schema" else [])

    def test_a_pipe_that_nobody_writes_into_is_refused(self):
        for args in READS:
            with self.subTest(args=args):
                self.assert_nothing_made([a.format("pipe") for a in args], "pipe: error: ")

    def read(self):
        with open(self.path("pipe"), "rb") as f:
            self.got = f.read()

    def test_a_pipe_gets_what_a_file_would(self):
        for args in WRITES:
            own = [a.format("pipe") for a in args]
            if own[0] in ("workbook", "import", "check") and "--report" in own or own[0] == "upload":
                continue  # the same code as others
            with self.subTest(args=args):
                self.got = b""
                reader = threading.Thread(target=self.read)
                reader.start()
                done = self.run_in(*own, "batch")
                self.release()
                reader.join()
                self.assertEqual(done.returncode, 0, done.stderr)
                if "--log" in own or "--stamp" in own:
                    self.assertIn(b'"finished"' if "--stamp" in own else b'"end"', self.got)
                else:
                    again = self.run_in(*[a.format("file.pdf") for a in args], "batch")
                    self.assertEqual(again.returncode, 0, again.stderr)
                    with open(self.path("file.pdf"), "rb") as f:
                        held = f.read()
                    os.remove(self.path("file.pdf"))
                    if "--report" not in own:  # which says what became of each document
                        self.assertEqual(self.got, held)
                    self.assertTrue(self.got)
                shutil.rmtree(self.path("made"), True)

    def test_a_pipe_is_read_as_a_file_is(self):
        def write(name):
            with open(self.path(name), "rb") as f:
                data = f.read()
            with open(self.path("pipe"), "wb") as f:
                f.write(data)
        for args in (("pledge", "-a", "B00000", "-o", "a.pdf", "pipe"), ("pledge", "-a", "B00000", "-o", "b.pdf", "batch")):
            writer = threading.Thread(target=write, args=("batch",)) if "pipe" in args else None
            if writer:
                writer.start()
            done = self.run_in(*args)
            self.assertEqual(done.returncode, 0, done.stderr)
            if writer:
                writer.join()
        with open(self.path("a.pdf"), "rb") as a, open(self.path("b.pdf"), "rb") as b:
            self.assertEqual(a.read(), b.read())
        done = subprocess.run(["bash", "-c", '"$0" pledge -a B00000 -o c.pdf <(cat batch)', PROGRAM], cwd=self.dir, capture_output=True,
                              env=dict(os.environ, LC_ALL="C"), timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
