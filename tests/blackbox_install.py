"""make install: what is installed runs from anywhere, with its own templates and fonts."""
import os
import re
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BATCH, BUILD, PROGRAM, ROOT


class Install(unittest.TestCase):
    def test_the_installed_program_draws(self):
        with tempfile.TemporaryDirectory(prefix="申报 工具-") as folder:
            made = subprocess.run(["make", "-C", ROOT, "install", f"BUILD={BUILD}", f"DESTDIR={folder}", "PREFIX=/usr"],
                                  capture_output=True, text=True)
            self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
            target = os.path.join(folder, "form.pdf")
            for name in ("shenbao-evaluation-form", "shenbao"):
                more = ["evaluation-form"] if name == "shenbao" else []
                done = subprocess.run([os.path.join(folder, "usr", "bin", name), *more, "-a", "A001", "-o", target, BATCH],
                                      capture_output=True, text=True, cwd="/")
                self.assertEqual(done.returncode, 0, done.stderr)
            with open(target, "rb") as f:
                self.assertTrue(f.read().startswith(b"%PDF-"))
            examples = os.path.join(folder, "usr", "share", "doc", "shenbao", "examples")
            done = subprocess.run([os.path.join(folder, "usr", "bin", "shenbao"), "dossier", "-a", "A001", "-o", target,
                                   os.path.join(examples, "batch.xml")], capture_output=True, text=True, cwd="/")
            self.assertEqual(done.returncode, 0, done.stderr)  # its photos and scans are there, too


class Libraries(unittest.TestCase):
    """libqpdf is loaded by whoever opens a PDF, and by nobody else."""

    def run_without(self, *args):
        with open(PROGRAM, "rb") as f:
            name = re.search(rb"libqpdf\.so\.\d+", f.read())[0].decode()
        with tempfile.TemporaryDirectory(prefix="申报 工具-") as folder:
            open(os.path.join(folder, name), "w").close()  # found first, and no library
            out = os.path.join(folder, "out")
            done = subprocess.run([PROGRAM, *args, BATCH, "-o", out], capture_output=True, text=True,
                                  env=dict(os.environ, LD_LIBRARY_PATH=folder))
            return done, name, os.path.exists(out)

    def test_papers_and_the_roster_do_without(self):
        for args in (["pledge", "-a", "A001"], ["roster", "-u", "U01"]):
            done, _, made = self.run_without(*args)
            self.assertEqual((done.returncode, done.stderr, made), (0, "", True), args)

    def test_what_cannot_do_without_says_so_and_writes_nothing(self):
        for args in (["dossier", "-a", "A001"], ["check"], ["package"]):
            done, name, made = self.run_without(*args)
            self.assertEqual(done.returncode, 2, args)
            self.assertIn("cannot load libqpdf", done.stderr)
            self.assertIn(name, done.stderr)
            self.assertFalse(made, args)
