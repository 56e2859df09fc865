"""What a run makes never takes the place of what it reads, and no document takes another's."""
import filecmp
import os
import shutil
import subprocess
import tempfile
import unittest

from batches import ROOT, generate
from blackbox_evaluation_form import PROGRAM

PDF = b"%PDF-"


class Folder(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-overwriting-")
        self.batch = generate(self.dir, 2)
        self.addCleanup(shutil.rmtree, self.dir, True)

    def run_in(self, *args, **more):
        return subprocess.run([PROGRAM, *args], cwd=self.dir, env=dict(os.environ, LC_ALL="C"), timeout=300,
                              **dict({"capture_output": True}, **more))

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def assert_refused(self, what, kept, *args, **more):
        saved = self.path("saved")
        shutil.copy(kept, saved)
        done = self.run_in(*args, **more)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(f"this is {what} of this run, and is not written over", done.stderr.decode())
        self.assertTrue(filecmp.cmp(saved, kept, shallow=False), "it is another file now")


class Inputs(Folder):
    def test_documents_and_reports_do_not_replace_the_batch(self):
        for args in (["evaluation-form", "-a", "B00000", "-o", self.batch], ["roster", "-o", self.batch],
                     ["roster", "--print", "-o", self.batch], ["check", "--format", "html", "-o", self.batch],
                     ["pledge", "-o", "out/", "--report", self.batch], ["check", "-o", os.devnull, "--report", self.batch],
                     ["delegation-letter", "-o", self.batch]):
            self.assert_refused("an input", self.batch, *args, self.batch)

    def test_nor_by_another_name(self):
        os.symlink(self.batch, self.path("link.pdf"))
        os.link(self.batch, self.path("second.pdf"))
        os.mkdir(self.path("a"))
        for name in ("link.pdf", "second.pdf", os.path.join("a", "..", os.path.basename(self.batch))):
            self.assert_refused("an input", self.batch, "pledge", "-a", "B00000", "-o", name, self.batch)

    def test_nor_when_it_comes_from_standard_input(self):
        with open(self.batch, "rb") as f:
            self.assert_refused("an input", self.batch, "pledge", "-a", "B00000", "-o", self.batch, "-", stdin=f)

    def test_nor_a_file_of_passwords(self):
        with open(self.path("words"), "w", encoding="utf-8") as f:
            f.write("secret\n")
        self.assert_refused("an input", self.path("words"), "dossier", "-a", "B00000", "--password-file", "words", "-o", "words",
                            self.batch)

    def test_document_and_report_are_two_files(self):
        for report in ("a.pdf", "./a.pdf"):
            with open(self.path("a.pdf"), "w", encoding="utf-8") as f:
                f.write("old")
            done = self.run_in("pledge", "-a", "B00000", "-o", "a.pdf", "--report", report, self.batch)
            self.assertEqual(done.returncode, 2, done.stderr)
            with open(self.path("a.pdf"), encoding="utf-8") as f:
                self.assertEqual(f.read(), "old")


    def test_nor_are_a_report_and_what_has_no_known_ending_one(self):
        for option in ("--report", "--excerpts"):
            done = self.run_in("check", "--lang", "en", "-o", "found.txt", option, "./found.txt", self.batch)
            self.assertEqual((done.returncode, os.path.exists(self.path("found.txt"))), (2, False), done.stderr)
            self.assertIn(f"-o and {option} name one file", done.stderr.decode())
        self.assert_refused("an input", self.batch, "check", "-o", "found.txt", "--excerpts", self.batch, self.batch)


class Attachments(Folder):
    def attachment(self):
        for folder, _, names in os.walk(os.path.join(self.dir, "scans")):
            for name in names:
                if name.endswith(".pdf"):
                    return os.path.join(folder, name)
        self.fail("there is none")

    def test_an_attachment_is_not_replaced(self):
        own = self.path("mine.pdf")
        shutil.copy(self.attachment(), own)
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        with open(self.batch, "w", encoding="utf-8") as f:
            start = text.index('href="again/') if 'href="again/' in text else text.index('href="scans/')
            f.write(text[:start] + 'href="mine.pdf"' + text[text.index('"', start + 6) + 1:])
        for program in ("pledge", "dossier"):  # one that reads it, and one that does not
            self.assert_refused("an attachment", own, program, "-a", "B00000", "-o", "mine.pdf", self.batch)
        self.assert_refused("an attachment", own, "pledge", "-a", "B00000", "-o", "x.pdf", "--report", "mine.pdf", self.batch)

    def test_nor_where_a_folder_is_written(self):
        done = self.run_in("pledge", "-o", "./", self.batch)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = next(n for n in sorted(os.listdir(self.dir)) if n.endswith("-pledge.pdf"))
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        with open(self.batch, "w", encoding="utf-8") as f:
            start = text.rindex('href="')
            f.write(text[:start] + f'href="{made}"' + text[text.index('"', start + 6) + 1:])
        self.assert_refused("an attachment", self.path(made), "statement", "-a", "B00000", "-o", made, self.batch)
        shutil.copy(self.attachment(), self.path(made))
        self.assert_refused("an attachment", self.path(made), "pledge", "-o", "./", self.batch)


class Templates(Folder):
    def test_templates_are_not_replaced(self):
        own = self.path("own")
        shutil.copytree(os.path.join(ROOT, "templates"), own, dirs_exist_ok=True)
        files = [os.path.join(folder, name) for folder, _, names in os.walk(own) for name in names
                 if name.endswith((".xml", ".xsd", ".rng"))]
        self.assertGreater(len(files), 20)
        for path in files[::6]:
            self.assert_refused("a template", path, "pledge", "-a", "B00000", "-T", own, "-o", path, self.batch)

    def test_a_folder_of_templates_may_hold_documents(self):
        os.mkdir(self.path("own"))
        for _ in range(2):
            done = self.run_in("pledge", "-a", "B00000", "-T", "own", "-o", "own/a.pdf", "--report", "own/a.json", self.batch)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_fonts_are_not_replaced(self):
        font = os.path.join(ROOT, "fonts", "free", "FandolFang-Regular.otf")
        if not os.path.exists(font):
            self.skipTest("fonts/free is empty")
        os.mkdir(self.path("faces"))
        shutil.copy(font, self.path("faces"))
        shutil.copy(os.path.join(ROOT, "fonts", "fonts.xml"), self.path("faces"))
        for name in ("FandolFang-Regular.otf", "fonts.xml"):
            path = self.path("faces", name)
            self.assert_refused("a font", path, "pledge", "-a", "B00000", "-F", "faces", "-o", path, self.batch)


class Names(Folder):
    def rename(self, *ids):
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        for i, new in enumerate(ids):
            text = text.replace(f'<applicant id="B{i:05}"', f'<applicant id="{new}"')
        with open(self.batch, "w", encoding="utf-8") as f:
            f.write(text)

    def assert_two(self, *ids):
        self.rename(*ids)
        for program in ("pledge", "statement", "upload"):
            shutil.rmtree(self.path("out"), ignore_errors=True)
            done = self.run_in(program, "-o", "out/", self.batch)
            self.assertEqual(done.returncode, 0, done.stderr)
            made = os.listdir(self.path("out"))
            self.assertEqual(len({n.lower() for n in made}), 2, made)

    def same_person(self):
        """Names do not keep them apart."""
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        first = text.index("<name>") + 6
        name = text[first:text.index("</name>", first)]
        second = text.index("<name>", text.index('<applicant id="B00001"')) + 6
        with open(self.batch, "w", encoding="utf-8") as f:
            f.write(text[:second] + name + text[text.index("</name>", second):])

    def test_ids_that_differ_in_what_no_name_may_have(self):
        self.same_person()
        self.assert_two("A/1", "A_1")

    def test_ids_that_differ_in_case(self):
        self.same_person()
        self.assert_two("a1", "A1")

    def test_ids_that_go_on_where_another_ends(self):
        with open(self.batch, encoding="utf-8") as f:
            text = f.read()
        first = text.index("<name>") + 6
        name = text[first:text.index("</name>", first)]
        with open(self.batch, "w", encoding="utf-8") as f:
            f.write(text[:first] + "1-" + text[first:])
        self.assert_two("A", "A-1")
        self.assertIn(f"A-1-{name}", " ".join(os.listdir(self.path("out"))))

    def test_several_people_do_not_go_into_one_file(self):
        for args in (["evaluation-form", "-o", "评审表.pdf"], ["pledge", "-o", "a.PDF"], ["dossier", "-o", "x/书.pdf"],
                     ["package", "-o", "tree.pdf"], ["check", "--split", "unit", "--format", "html", "-o", "a.html"]):
            before = sorted(os.listdir(self.dir))
            done = self.run_in(*args, self.batch)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(args[args.index("-o") + 1], done.stderr.decode())
            self.assertIn("DIR/", done.stderr.decode())
            self.assertEqual(sorted(os.listdir(self.dir)), before)
        done = self.run_in("pledge", "-a", "B00000", "-o", "评审表.pdf", self.batch)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("评审表.pdf"), "rb") as f:
            self.assertEqual(f.read(5), PDF)
        done = self.run_in("pledge", "-o", "表.pdf/", self.batch)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(os.listdir(self.path("表.pdf"))), 2)


if __name__ == "__main__":
    unittest.main()
