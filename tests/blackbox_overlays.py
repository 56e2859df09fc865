"""Overlays of templates and fonts that are odd: each is named with file and line, and nothing of ours is taken in silence."""
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from blackbox_evaluation_form import BATCH, PROGRAM
from profiles import template

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, timeout=120, env=dict(os.environ, LC_ALL="C"))


class Overlays(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="shenbao-overlay-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.out = os.path.join(self.folder, "out")

    def put(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(text)

    def change(self, name, old, new):
        """Ours with something written otherwise; the line on which it stands."""
        with open(template(name), encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        self.put(name, text.replace(old, new))
        return text[:text.index(old)].count("\n") + 1

    def refused(self, program, *more):
        """What is said of the overlay, without its path."""
        done = run(program, "-T", self.folder, "--lang", "en", "-o", self.out + "/", *more, BATCH)
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr.decode())
        return done.stderr.decode().replace(self.folder + "/", "").splitlines()

    def test_what_is_no_file_is_not_waited_for_nor_passed_over(self):
        for name, program in (("rules.xml", "check"), ("papers.xml", "pledge"), ("dossier.xml", "dossier"), ("roster.xml", "roster"),
                              ("package.xml", "package"), ("characters.xml", "pledge"), ("pledge.xml", "pledge"), ("applicants.xsd", "pledge")):
            path = os.path.join(self.folder, name)
            for make, remove, said in ((lambda: os.mkfifo(path), os.remove, "is not a regular file"),
                                       (lambda: os.mkdir(path), os.rmdir, "is not a regular file"),
                                       (lambda: os.symlink("/nowhere", path), os.remove, "cannot be read: there is no such file")):
                with self.subTest(name=name, said=said):
                    make()
                    self.assertEqual(self.refused(program), [f"{name}: error: {said}"])
                    remove(path)

    def test_folders_that_stand_on_the_machine(self):
        home = os.path.join(self.folder, "home")
        own = os.path.join(home, ".config", "shenbao", "templates")
        os.makedirs(own)
        with open(template("pledge.xml"), encoding="utf-8") as f:
            text = f.read()
        with open(os.path.join(own, "pledge.xml"), "w", encoding="utf-8") as f:
            f.write(re.sub(r"真实", "如实", text))
        env = {k: v for k, v in os.environ.items() if k != "XDG_CONFIG_HOME"}
        report = os.path.join(self.folder, "report.json")

        def draw(*args, **more):
            done = subprocess.run([PROGRAM, "pledge", "-a", "A001", "--lang", "en", "-o", self.out, "--report", report, *args, BATCH], capture_output=True,
                                  text=True, env=dict(env, LC_ALL="C", HOME=home, **more), timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(report, encoding="utf-8") as f:
                said = json.load(f).get("overlays", [])
            words = subprocess.run(["pdftotext", self.out, "-"], capture_output=True, text=True, check=True).stdout
            return said, "如实" in words, done.stderr

        said, used, told = draw()
        self.assertEqual((said, used), ([own], True))
        self.assertIn(f"{own}: info: templates or fonts in here are used before ours", told)
        self.assertEqual(draw("--no-overlays"), ([], False, ""))
        self.assertEqual(draw(XDG_CONFIG_HOME=os.path.join(self.folder, "none")), ([], False, ""))
        self.assertEqual(draw("-T", os.path.dirname(template("pledge.xml")))[:2], ([own], False))  # what is given comes first

    def test_a_folder_that_is_not_there(self):
        done = run("check", "-T", "/nowhere", "--lang", "en", BATCH)
        self.assertEqual((done.returncode, done.stderr), (2, b"/nowhere: error: there is no such directory of templates\n"))

    def test_misspelt_words_of_a_form(self):
        for old, new, said in (("<br/>", "<bbr/>", "the template language has no <bbr>; is it <br>?"),
                               ("<br/>", '<x:br xmlns:x="x"/>', "the template language has no <x:br>; is it <br>?"),
                               (' title="', ' titel="', "<form> has no attribute titel; is it title?"),
                               ("<tr>", '<tr hieght="1mm">', "<tr> has no attribute hieght; is it height?"),
                               ("<br/>", '<br quire="1"/>', "<br> takes no attributes, but has quire"),
                               ("<tr>", '<tr height="1.2.3mm">', '<tr> height="1.2.3mm" is not understood; it takes: 10mm, 12pt, 2字, 1行')):
            with self.subTest(new=new):
                self.put("pledge.xml", '<form name="pledge" title="x">\n<table columns="1fr"><tr><td>a<br/>b</td></tr></table></form>'.replace(old, new, 1))
                line = 1 if "titel" in new else 2
                self.assertIn(f"pledge.xml:{line}: error: {said}", self.refused("pledge"))

    def test_a_template_that_another_file_names(self):
        for name, program, old, new, said in (
                ("dossier.xml", "dossier", 'stamp="dossier-stamp"', 'stamp="dossier-stmap"', "dossier-stmap.xml; is it dossier-stamp.xml?"),
                ("dossier.xml", "dossier", 'template="statement"', 'template="statment"', "statment.xml; is it statement.xml?"),
                ("package.xml", "package", 'name="pledge"', 'name="plegde"', "plegde.xml; is it pledge.xml?"),
                ("package.xml", "package", 'name="pledge"', 'name="poem-of-praise"', "poem-of-praise.xml")):
            with self.subTest(new=new):
                line = self.change(name, old, new)
                lines = self.refused(program)
                self.assertEqual(len(lines), 1, lines)
                self.assertRegex(lines[0], rf"^{name}:\d+: error: there is no template {re.escape(said)}$")
                if "dossier-st" not in new:  # its element begins before
                    self.assertIn(f"{name}:{line}:", lines[0])
                os.remove(os.path.join(self.folder, name))

    def test_a_template_that_is_read_twice_is_told_of_once(self):
        self.change("pledge.xml", "<form ", '<form quire="1" ')
        said = self.refused("package")
        self.assertEqual(len(said), len(set(said)), said)
        self.assertEqual(len(said), 1, said)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return [int(n) for n in f.read().split()]
    except OSError:
        return []


def descendants(pid):
    return [d for c in children(pid) for d in [c] + descendants(c)]


class Messages(unittest.TestCase):
    def test_a_wrong_command_line_cannot_command_the_terminal(self):
        self.assertEqual(run("check", "--\x1b[31m").stderr.splitlines()[0], b"shenbao: error: there is no option --\\x1B[31m")
        self.assertEqual(run(b"\xff\x1b").stderr.splitlines()[0], b"shenbao: error: no program '\\xFF\\x1B'")

    def test_a_worker_that_is_killed_or_crashes_is_told_of_where_its_applicant_stands(self):
        ends = ((signal.SIGKILL, 2, " was ended from outside"), (signal.SIGSEGV, 3, " died or ran out of memory"))
        with tempfile.TemporaryDirectory(prefix="shenbao-killed-") as out:
            for program, (how, status, words) in itertools.product(("dossier", "package"), ends):
                with self.subTest(program=program, signal=how):
                    process = subprocess.Popen([PROGRAM, program, "--lang", "en", "-j", "1", "-o", os.path.join(out, program) + "/", BATCH],
                                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                    workers = []
                    deadline = time.monotonic() + 60
                    while not workers and process.poll() is None and time.monotonic() < deadline:
                        workers = descendants(process.pid)
                    for pid in workers[-1:]:
                        os.kill(pid, how)
                    _, said = process.communicate(timeout=120)
                    told = [line for line in said.splitlines() if words in line]
                    if process.returncode == 0:  # it had not begun, and another took its place
                        self.assertEqual(told, [])
                        continue
                    self.assertEqual(process.returncode, status, said)
                    self.assertEqual(len(told), 1, said)
                    self.assertRegex(told[0], r"batch\.xml:\d+: error: (\[R76\] )?A\d+ ")
                    made = [n for _, _, names in os.walk(os.path.join(out, program)) for n in names if n.endswith(".pdf")]
                    self.assertGreater(len(made), 5, "the others' papers are made")
                    shutil.rmtree(os.path.join(out, program))
