"""What a run says while nobody looks: kinds of warnings, a closing line, a log, a stamp; who may read what it wrote."""
import grp
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from batches import generate
from blackbox_evaluation_form import BATCH, PROGRAM


class Night(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-night-")
        cls.batch = generate(cls.dir, 2)
        cls.first = cls.package("--log", "log.jsonl", "--stamp", "stamp.json", "--umask", "027")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir, ignore_errors=True)

    @classmethod
    def package(cls, *args):
        return subprocess.run([PROGRAM, "package", "-o", "tree/", *args, cls.batch], cwd=cls.dir, capture_output=True,
                              env=dict(os.environ, LC_ALL="C"), timeout=600)

    def read(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read()

    def test_one_line_a_kind(self):
        report = json.loads(self.read("tree/report.json"))
        every = [f for a in report["applicants"] for f in a["findings"] if f["severity"] == "warning"]
        kinds = {(f.get("rule"), f.get("label")) for f in every}
        lines = [l for l in self.first.stderr.decode().splitlines() if ": warning: " in l]
        self.assertEqual(self.first.returncode, 0, self.first.stderr)
        self.assertGreater(len(every), len(kinds))
        self.assertEqual(len(lines), len(kinds))
        counted = sum(int(re.search(r"\((\d+) of this kind", l)[1]) if "of this kind" in l else 1 for l in lines)
        self.assertEqual(counted, len(every))

    def test_the_closing_line_counts_what_was_made(self):
        report = json.loads(self.read("tree/report.json"))
        documents = [d for owner in report["applicants"] + report["delegations"] for d in owner["documents"]]
        pages = sum(d.get("pages", 0) for d in documents)
        self.assertRegex(self.first.stderr.decode().splitlines()[-1],
                         rf"^package: 2 applicants complete, 0 failed; {len(documents)} documents made \({pages} pages\), "
                         r"0 as they were; \d+\.\d s$")

    def test_quiet_is_quiet_but_for_errors(self):
        self.assertEqual(self.package("-q").stderr, b"")
        done = subprocess.run([PROGRAM, "statement", "-q", "-o", "out/", self.batch], cwd=self.dir, capture_output=True,
                              env=dict(os.environ, LC_ALL="C"), timeout=300)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = self.package("-q", "-a", "nobody")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"error: ", done.stderr)

    def test_a_log_has_a_line_for_all_and_is_added_to(self):
        lines = [json.loads(l) for l in self.read("log.jsonl").splitlines()]
        self.assertEqual((lines[0]["event"], lines[-1]["event"]), ("begin", "end"))
        report = json.loads(self.read("tree/report.json"))
        warnings = sum(f["severity"] == "warning" for a in report["applicants"] for f in a["findings"])
        self.assertGreaterEqual(sum(l.get("severity") == "warning" for l in lines), warnings)
        self.assertEqual(lines[-1]["status"], 0)
        self.assertGreater(lines[-1]["made"], 10)
        self.package("--log", "log.jsonl")
        again = [json.loads(l) for l in self.read("log.jsonl").splitlines()]
        self.assertEqual(again[:len(lines)], lines)
        self.assertEqual((again[-1]["made"], again[-1]["unchanged"]), (0, lines[-1]["made"]))

    def test_a_log_that_cannot_be_written_is_an_error(self):
        for path in ("nowhere/log", "/dev/full"):
            done = self.package("--log", path)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{path}: error: cannot write".encode(), done.stderr)

    def test_a_stamp_tells_of_the_run_and_lies_outside_the_tree(self):
        stamp = json.loads(self.read("stamp.json"))
        self.assertRegex(stamp["finished"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual((stamp["status"], stamp["complete"], stamp["failed"]), (0, 2, 0))
        self.assertNotIn(stamp["finished"][:10].encode(), open(os.path.join(self.dir, "tree", "report.json"), "rb").read())

    def modes(self, tree):
        files, folders = set(), set()
        for folder, _, names in os.walk(os.path.join(self.dir, tree)):
            folders.add(stat.S_IMODE(os.stat(folder).st_mode))
            files |= {stat.S_IMODE(os.stat(os.path.join(folder, n)).st_mode) for n in names if n != ".lock"}
        return files, folders

    def test_files_are_private_unless_they_are_to_be_shared(self):
        self.assertEqual(self.modes("tree"), ({0o640}, {0o750}))
        done = subprocess.run([PROGRAM, "package", "-q", "-a", "B00000", "-o", "own/", self.batch], cwd=self.dir, timeout=300,
                              check=False, env=dict(os.environ, LC_ALL="C"))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.modes("own"), ({0o600}, {0o700}))

    def test_files_may_be_a_groups(self):
        group = grp.getgrgid(os.getgid() if os.geteuid() else 1)
        done = subprocess.run([PROGRAM, "package", "-q", "-a", "B00000", "--group", group.gr_name, "-o", "group/", self.batch],
                              cwd=self.dir, timeout=300, check=False, env=dict(os.environ, LC_ALL="C"))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.modes("group"), ({0o640}, {0o750}))
        for folder, _, names in os.walk(os.path.join(self.dir, "group")):
            for name in [n for n in names if not n.startswith(".")] + ["."]:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_gid, group.gr_gid, name)

    def test_a_group_that_one_is_not_in(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs root and setpriv")
        with tempfile.TemporaryDirectory(prefix="shenbao-group-") as folder:
            os.chmod(folder, 0o777)
            name = grp.getgrgid(1).gr_name
            batch = os.path.join(folder, "x.xml")
            with open(batch, "w", encoding="utf-8") as f:
                f.write("<x/>")
            os.chmod(batch, 0o644)
            for groups, status in (("--clear-groups", 2), ("--groups=1", 1)):  # 1: it is no batch
                done = subprocess.run(["setpriv", "--reuid=1000", "--regid=1000", groups, PROGRAM, "package", "--lang", "en", "--group", name,
                                       "-o", os.path.join(folder, "out"), batch], capture_output=True, text=True)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertEqual("who runs this is not in it" in done.stderr, status == 2, done.stderr)

    def test_a_folder_that_gives_its_group(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs root and setpriv")
        with tempfile.TemporaryDirectory(prefix="shenbao-group-") as folder:
            os.chmod(folder, 0o755)
            place = os.path.join(folder, "place")
            os.mkdir(place)
            os.chown(place, 1000, 1)
            os.chmod(place, 0o2770)
            done = subprocess.run(["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", PROGRAM, "package", "-q", "-a", "A002", "--group",
                                   grp.getgrgid(1).gr_name, "-o", os.path.join(place, "out"), BATCH], capture_output=True, text=True,
                                  env=dict(os.environ, LC_ALL="C", HOME="/nowhere"))
            self.assertEqual(done.returncode, 0, done.stderr)
            for base, folders, names in os.walk(os.path.join(place, "out")):
                for name in [n for n in names if not n.startswith(".")] + folders:
                    found = os.stat(os.path.join(base, name))
                    self.assertEqual((found.st_gid, stat.S_IMODE(found.st_mode) & 0o777), (1, 0o750 if name in folders else 0o640), name)

    def test_two_of_a_group_may_take_turns(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs root and setpriv")
        with tempfile.TemporaryDirectory(prefix="shenbao-turns-") as place:
            os.chmod(place, 0o777)
            for user in ("1000", "1001", "1000"):
                done = subprocess.run(["setpriv", f"--reuid={user}", "--regid=1", "--clear-groups", PROGRAM, "package", "-q", "-a", "A002",
                                       "--umask", "007", "-o", os.path.join(place, "out"), BATCH], capture_output=True, text=True,
                                      env=dict(os.environ, LC_ALL="C", HOME="/nowhere"))
                self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    def test_options_that_mean_nothing_are_refused(self):
        for args, word in ((["--umask", "9"], "--umask"), (["--umask", "700"], "--umask"), (["--group", "no such"], "no such")):
            done = self.package(*args)
            self.assertEqual(done.returncode, 2)
            self.assertIn(word, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
