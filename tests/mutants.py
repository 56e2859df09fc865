#!/usr/bin/env python3
"""Which faults in the code no test would see: one operator, constant or word is altered at a time, and the tests run that reach it.

    mutants.py [N [SEED [PLACE...]]]    N mutants of the places, chosen by the seed: of folders of generators/ (layout, dossier,
                                        check and bind, where none is named), files, or lines (generators/layout/flow.c:226)

A mutant that compiles to the same code is passed over. One is killed by the first test that fails; of one that no unit test kills, the
output of the programs on samples and on other inputs is compared with the true one's: where it is the same, nothing is proved (it is
listed as "same"), where it differs, the black-box tests have their turn, and what they let pass is a survivor. Of those, the file, the
line and the change are printed, and in the end how many there were of each. Needs make all and the unit tests in build/.
"""
import glob
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import generated  # noqa: E402

BUILD, MUTANTS = os.path.join(ROOT, "build"), os.path.join(ROOT, "build-mutants")
SECONDS = 240  # for one command; a mutant that does not end is killed

# What reaches a folder: unit tests, then black-box tests; the quickest and most telling first.
REACH = {
    "layout": (["test_breaks", "test_layout", "test_paper_goldens"], ["blackbox_generated", "blackbox_pictures", "blackbox_forms", "blackbox_letters"]),
    "dossier": (["test_dossier", "test_paper_goldens", "test_attachment"],
                ["blackbox_generated", "blackbox_pictures", "blackbox_dossier_places", "blackbox_dossier"]),
    "bind": (["test_bind", "test_annotation", "test_attachment", "test_dossier"],
             ["blackbox_generated", "blackbox_annotations", "blackbox_attachments", "blackbox_dossier_places", "blackbox_dossier"]),
    "check": (["test_rules", "test_preflight"], ["blackbox_generated", "blackbox_check", "blackbox_slips"]),
}

OPERATORS = [(" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "), (" && ", " || "),
             (" || ", " && "), (" + ", " - "), (" - ", " + "), (" * ", " / "), (" / ", " * "), (" += ", " -= "), (" -= ", " += "),
             ("fmin(", "fmax("), ("fmax(", "fmin("), ("true", "false"), ("false", "true"), ("++", "--"), ("continue;", "break;")]
NUMBER = re.compile(r"(?<![\w.\"])(\d+\.\d+|\d+)(?![\w.\"])")
NEGATION = re.compile(r"!(?=[a-z(])")


def blanked(source):
    """The same length, with blanks in place of comments, strings, and lines of the preprocessor."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])+\'|^#.*?$', blank, source, flags=re.S | re.M)


def other_number(text):
    return f"{float(text) * 1.5 or 0.5:g}" if "." in text else {"0": "1", "1": "2"}.get(text, str(int(text) - 1))


def places(path):
    """(offset, old, new) of all that may be altered within functions."""
    with open(path, encoding="utf-8") as f:
        code = blanked(f.read())
    inside = re.compile(r"^\{$.*?^\}$", re.S | re.M)
    for body in inside.finditer(code):
        for old, new in OPERATORS:
            for m in re.finditer((r"\b" if old[0].isalpha() else "") + re.escape(old) + (r"\b" if old[-1].isalpha() else ""), body[0]):
                yield body.start() + m.start(), old, new
        for m in NUMBER.finditer(body[0]):
            yield body.start() + m.start(), m[0], other_number(m[0])
        for m in NEGATION.finditer(body[0]):
            yield body.start() + m.start(), "!", ""


def run(command, **more):
    """(status, output); -1 for one that does not end."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS, errors="replace", **more)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        return -1, ""


def flags():
    """How make compiles and links: (compiler with flags, libraries)."""
    packages = re.search(r"^PKGS = (.*)", open(os.path.join(ROOT, "Makefile"), encoding="utf-8").read(), re.M)[1].split() + ["libqpdf"]
    ask = lambda *what: subprocess.run(["pkg-config", *what], stdout=subprocess.PIPE, text=True, check=True).stdout.split()  # noqa: E731
    return (["gcc", "-std=c17", "-D_XOPEN_SOURCE=700", "-O2", "-w", "-Igenerators", *ask("--cflags", *packages)],
            [*ask("--libs", *packages[:-1]), "-lhpdf", "-lm"], ask("--libs", "libqpdf"))


COMPILE, LIBRARIES, LATE = flags()
# Of the build as it is in the beginning: it may be made anew meanwhile.
LIBRARY, MAIN, PROGRAM = (os.path.join(MUTANTS, name) for name in ("libshenbao.a", "main.o", "bin/true"))


class Mutant:
    true_code = {}  # by path

    def __init__(self, path, at, old, new):
        with open(path, encoding="utf-8") as f:
            self.source = f.read()
        self.path, self.at, self.old, self.new = path, at, old, new
        self.line = self.source.count("\n", 0, at) + 1
        self.folder = os.path.basename(os.path.dirname(path))
        self.object = os.path.join(MUTANTS, "mutant.o")

    def __str__(self):
        text = self.source.splitlines()[self.line - 1].strip()
        return f"{os.path.relpath(self.path, ROOT)}:{self.line}: {self.old.strip()} -> {self.new.strip() or 'nothing'}: {text}"

    def code(self, text):
        """What the compiler makes of it, without names of files and lines; None: it does not compile."""
        define = ["-DQPDF_LIBRARY=\"libqpdf.so.29\""]
        status, _ = run(COMPILE + define + ["-g0", "-I", os.path.dirname(self.path), "-x", "c", "-", "-c", "-o", self.object], input=text)
        return None if status else open(self.object, "rb").read()

    def compile(self):
        mutated = self.source[:self.at] + self.new + self.source[self.at + len(self.old):]
        if self.path not in self.true_code:
            self.true_code[self.path] = self.code(self.source)
        code = self.code(mutated)
        return code is not None and code != self.true_code[self.path]

    def link(self, name):
        """A program of tests, or the program itself, whose mutant comes before the library's own."""
        if name == "shenbao":
            target, source = os.path.join(MUTANTS, "bin", name), [MAIN]
        else:
            target, source = os.path.join(MUTANTS, "tests", name), [os.path.join(MUTANTS, "tests", name + ".o")]
            if not os.path.exists(source[0]):
                run(COMPILE + ["-c", "-o", source[0], f"tests/unit/{name}.c"])
        status, output = run(["gcc", "-o", target, *source, self.object, LIBRARY, *LIBRARIES, *LATE, "-lcmocka"])
        if status:
            sys.exit(output)
        return target

    def unit_kills(self):
        """The first unit test that fails; None: all pass."""
        for name in REACH[self.folder][0]:
            status, _ = run([self.link(name)], env=dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP"))
            if status:
                return name
        return None

    def blackbox_kills(self):
        for name in REACH[self.folder][1]:
            status, _ = run([sys.executable, "-m", "unittest", "-f", name], env=dict(os.environ, SHENBAO_BUILD=MUTANTS, PYTHONPATH=HERE))
            if status:
                return name
        return None


class Oracle:
    """What the programs make of some inputs, as one digest."""

    def __init__(self, folder):
        self.folder = folder
        random_batch, cases = generated.batch(folder), generated.attached(folder)
        self.commands = {
            "layout": [["package", "samples/batch.xml"], ["package", "samples/jiangsu/batch.xml"]] + [[p, random_batch] for p in generated.PAPERS],
            "dossier": [["package", "samples/batch.xml"], ["dossier", "--duplex", "--keep-a3", cases], ["dossier", "--skip-bad", cases]],
            "bind": [["dossier", cases], ["package", "samples/batch.xml"]],
            "check": [["check", "samples/batch.xml"], ["check", "samples/faulty/batch.xml"], ["check", random_batch], ["check", cases, "--all"]]}
        self.true = {}

    def digest(self, program, folder):
        total = hashlib.sha256()
        for command in self.commands[folder]:
            out = tempfile.mkdtemp(dir=self.folder)
            wanted = [] if command[0] == "check" else ["-q", "-o", out + "/"]
            status, output = run([program, *command, "-F", "tests/fonts", *wanted])
            total.update(f"{status} {output if command[0] == 'check' else ''}".encode())
            for where, folders, names in os.walk(out):
                folders.sort()
                for name in sorted(n for n in names if n not in ("manifest.json", "report.json", "report.html")):
                    with open(os.path.join(where, name), "rb") as f:
                        total.update(name.encode() + f.read())
            shutil.rmtree(out)
        return total.hexdigest()

    def sees(self, mutant):
        if mutant.folder not in self.true:
            self.true[mutant.folder] = self.digest(PROGRAM, mutant.folder)
        return self.digest(mutant.link("shenbao"), mutant.folder) != self.true[mutant.folder]


def judge(mutant, oracle):
    """(kind, by what)"""
    if not mutant.compile():
        return "equal", ""
    killer = mutant.unit_kills()
    if killer:
        return "killed", killer
    if not oracle.sees(mutant):
        return "same", ""
    killer = mutant.blackbox_kills()
    return ("killed", killer) if killer else ("SURVIVED", "")


def candidates(chosen, seed):
    found = []
    for name in chosen:
        path, _, line = name.partition(":")
        files = glob.glob(os.path.join(ROOT, "generators", path, "*.c")) if path in REACH else [os.path.join(ROOT, path)]
        found += [m for p in sorted(files) for m in (Mutant(p, *place) for place in places(p)) if not line or m.line == int(line)]
    random.Random(seed).shuffle(found)
    return found


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    os.makedirs(os.path.join(MUTANTS, "tests"), exist_ok=True)
    os.makedirs(os.path.join(MUTANTS, "bin"), exist_ok=True)
    for name, copy in (("libshenbao.a", LIBRARY), ("obj/programs/main.o", MAIN), ("bin/shenbao", PROGRAM)):
        shutil.copy(os.path.join(BUILD, name), copy)
    counts = {"killed": 0, "same": 0, "SURVIVED": 0}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        oracle = Oracle(folder)
        for mutant in candidates(sys.argv[3:] or list(REACH), seed):
            if sum(counts.values()) == n:
                break
            kind, by = judge(mutant, oracle)
            if kind in counts:
                counts[kind] += 1
                print(f"{kind:9}{by:24}{mutant}", flush=True)
    print(f"{counts['killed']} killed, {counts['SURVIVED']} survived, {counts['same']} without another output")
    return 1 if counts["SURVIVED"] else 0


if __name__ == "__main__":
    sys.exit(main())
