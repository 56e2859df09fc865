"""make install: what is installed runs from anywhere, with its own templates and fonts."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BATCH, BUILD, PROGRAM, ROOT


class Install(unittest.TestCase):
    def test_the_installed_program_draws(self):
        with tempfile.TemporaryDirectory(prefix="申报 工具-") as folder:
            made = subprocess.run(["make", "-C", ROOT, "install", f"BUILD={os.path.relpath(BUILD, ROOT)}", f"DESTDIR={folder}", "PREFIX=/usr"],
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
            with open(os.path.join(examples, "nightly", "shenbao-nightly.service"), encoding="utf-8") as f:
                self.assertIn('\nExecStart="/usr/bin/shenbao" package ', f.read())
            self.complete(os.path.join(folder, "usr", "share"))

    def complete(self, share):
        """What the shells offer."""
        script = os.path.join(share, "bash-completion", "completions", "shenbao-package")
        for line, wanted, unwanted in (("shenbao pack", {"package"}, {"check"}), ("shenbao package --sta", {"--stage", "--stamp"}, {"--shard"}),
                                       ("shenbao-package --stage ", {"prepare", "submit"}, {"--stage"}), ("shenbao check --format j", {"json"}, {"text"}),
                                       ("shenbao package -o ", {"bash-completion"}, {"--stage"})):
            words = line.split(" ")
            done = subprocess.run(["bash", "-c", f'. "{script}"; COMP_WORDS=({" ".join(w or chr(39) * 2 for w in words)}); COMP_CWORD={len(words) - 1}; '
                                   '_shenbao; printf "%s\\n" "${COMPREPLY[@]}"'], capture_output=True, text=True, cwd=share)
            self.assertEqual(done.stderr, "")
            offered = set(done.stdout.split())
            self.assertTrue(wanted <= offered and not unwanted & offered, (line, offered))
        for shell, name in (("zsh", "zsh/site-functions/_shenbao"), ("fish", "fish/vendor_completions.d/shenbao.fish")):
            path = os.path.join(share, name)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            self.assertIn("letter-for-ready", text)
            if shutil.which(shell):
                done = subprocess.run([shell, "-n", path], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)
        if shutil.which("fish"):
            done = subprocess.run(["fish", "-c", f"source '{os.path.join(share, 'fish/vendor_completions.d/shenbao.fish')}'; complete -C 'shenbao package --sta'"],
                                  capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8", HOME=share))
            self.assertEqual({l.split("\t")[0] for l in done.stdout.splitlines()}, {"--stage", "--stamp"}, done.stderr)


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
