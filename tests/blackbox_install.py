"""make install: what is installed runs from anywhere, with its own templates and fonts."""
import os
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BATCH, BUILD, ROOT


class Install(unittest.TestCase):
    def test_the_installed_program_draws(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as folder:
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
