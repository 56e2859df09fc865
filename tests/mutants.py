#!/usr/bin/env python3
"""Which faults in the code no test would see: one operator, constant or word is altered at a time, and the tests run that reach it.

    mutants.py [N [SEED [PLACE...]]]    as many mutants of the places as give N that change what is put out, chosen by the seed: of
                                        folders of generators/ (layout, dossier, check and bind, where none is named), files, or
                                        lines (generators/layout/flow.c:226)

A mutant that compiles to the same code is passed over. One is killed by the first test that fails, and does not fail of the true
program: the unit tests have their turn before the goldens of generated inputs, these before the other black-box tests, and of those the
ones first that have killed another mutant of the folder. Of one that all let pass, the output of the programs on samples and on other
inputs is compared with the true one's: where it is the same, nothing is proved (it is listed as "same"), where it differs, it is a
survivor. Of each, the file, the line, the column and the change are printed, and in the end how many there were of each kind.

What has been judged is kept in build-mutants/verdicts-LIBRARY.txt: a run that was ended goes on there, as long as the library is the
same. What is named by its line is judged anew. Needs make all and the unit tests in build/.
"""
import collections
import glob
import hashlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)
import generated  # noqa: E402

BUILD, MUTANTS = os.path.join(ROOT, "build"), os.path.join(ROOT, "build-mutants")
# Of a processor, for one process: ten times what the true one needs, so that a mutant without an end costs little; and by the clock,
# for one that waits, on a machine that is busy.
SECONDS, CLOCK = 20, 1200

# What reaches a folder: unit tests, goldens of generated inputs, then other black-box tests, the quickest and most telling first.
GOLDENS = "blackbox_generated.Generated.test_"
REACH = {
    "layout": (["test_look", "test_breaks", "test_paper_goldens", "test_layout"], ["papers"],
               ["blackbox_pictures", "blackbox_forms", "blackbox_letters", "blackbox_tables", "blackbox_templates", "blackbox_svg"]),
    "dossier": (["test_dossier", "test_paper_goldens"], ["attachments", "volume"],
                [GOLDENS + "package", "blackbox_dossier_places", "blackbox_pictures", "blackbox_attachments", "blackbox_dossier"]),
    "bind": (["test_bind", "test_annotation", "test_dossier"], ["attachments"],
             [GOLDENS + "package", "blackbox_dossier_places", "blackbox_attachments", "blackbox_annotations", "blackbox_print", "blackbox_dossier"]),
    "check": (["test_rules", "test_preflight"], ["findings", "reports", "attachments"], ["blackbox_check", "blackbox_slips"]),
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
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", text=True,
                               stdin=subprocess.PIPE, preexec_fn=limit, start_new_session=True,
                               env=dict(os.environ, PYTHONPATH=HERE, CMOCKA_MESSAGE_OUTPUT="TAP", **more.pop("env", {})))
    try:
        output, _ = process.communicate(more.get("input"), timeout=CLOCK)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return -1, ""


def failures(name, build, *options):
    """What fails of black-box tests of a name; the name itself where they end without a word."""
    status, output = run([sys.executable, "-m", "unittest", *options, name], env={"SHENBAO_BUILD": build})
    found = re.findall(r"^(?:FAIL|ERROR): \w+ \(([\w.]+)\)", output, re.M)
    return list(dict.fromkeys(found)) or [name] if status else []


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
    sound = set()  # goldens that the true program has passed

    def __init__(self, path, at, old, new):
        with open(path, encoding="utf-8") as f:
            self.source = f.read()
        self.path, self.at, self.old, self.new = path, at, old, new
        self.line = self.source.count("\n", 0, at) + 1
        self.column = at - self.source.rfind("\n", 0, at)
        self.folder = os.path.basename(os.path.dirname(path))
        self.object = os.path.join(MUTANTS, "mutant.o")

    def __str__(self):
        text = self.source.splitlines()[self.line - 1].strip()
        return f"{os.path.relpath(self.path, ROOT)}:{self.line}:{self.column}: {self.old.strip()} -> {self.new.strip() or 'nothing'}: {text}"

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
        status, output = run(["gcc", "-fuse-ld=gold", "-o", target, *source, self.object, LIBRARY, *LIBRARIES, *LATE, "-lcmocka"])
        if status:
            sys.exit(output)
        return target

    def unit_kills(self):
        """The first unit test that fails; None: all pass."""
        return next((name for name in REACH[self.folder][0] if run([self.link(name)])[0]), None)

    def blackbox_kills(self, names):
        """The first test of these names that fails; one that fails of the true program, too (the machine is busy), does not count. Goldens
        know no time: of them that is asked once."""
        self.link("shenbao")
        for name in names:
            for options in (["-f"], []):
                failed = failures(name, MUTANTS, *options)
                killer = next((test for test in failed if test in self.sound or not failures(test, BUILD)), None)
                if killer:
                    self.sound.update([killer] if killer.startswith(GOLDENS) else [])
                    return killer
                if not failed:
                    break
        return None


class Oracle:
    """What the programs make of some inputs, as one digest."""

    def __init__(self, folder):
        self.folder = folder
        random_batch, cases, odd = generated.batch(folder), generated.attached(folder), generated.odd(folder)
        self.commands = {
            "layout": [["package", "samples/batch.xml"], ["package", "samples/jiangsu/batch.xml"]] + [[p, random_batch] for p in generated.PAPERS],
            "dossier": [["package", "samples/batch.xml"], ["dossier", odd], ["dossier", "--duplex", "--keep-a3", cases], ["dossier", "--skip-bad", cases]],
            "bind": [["dossier", cases], ["dossier", odd], ["package", "samples/batch.xml"]],
            "check": [["check", "samples/batch.xml"], ["check", "samples/faulty/batch.xml"], ["check", random_batch], ["check", cases, "--all"],
                      ["check", "samples/faulty/batch.xml", "--format", "html"], ["check", odd, "--format", "json", "--rules", "R76,R101,R102"]]}
        self.true = {}

    def digest(self, program, command):
        total = hashlib.sha256()
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
        """Asked of the command first that has told most mutants apart."""
        program, commands = mutant.link("shenbao"), self.commands[mutant.folder]
        for command in list(commands):
            if tuple(command) not in self.true:
                self.true[tuple(command)] = self.digest(PROGRAM, command)
            if self.digest(program, command) != self.true[tuple(command)]:
                commands.remove(command)
                commands.insert(0, command)
                return True
        return False


class Verdicts:
    """(kind, by what) of each mutant that has been judged, by its text."""

    def __init__(self, path):
        self.path, self.kept = path, {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                self.kept = {text: (kind, by) for kind, by, text in (line.rstrip("\n").split("\t") for line in f)}

    def add(self, mutant, verdict):
        self.kept[str(mutant)] = verdict
        with open(self.path, "a", encoding="utf-8") as f:
            f.write("\t".join((*verdict, str(mutant))) + "\n")

    def killers(self, folder):
        """Black-box tests that have killed mutants of a folder, the most successful first."""
        return [by for by, _ in collections.Counter(by for text, (_, by) in self.kept.items() if by.startswith("blackbox_")
                                                    and text.startswith(f"generators/{folder}/")).most_common()]


def judge(mutant, oracle, killers):
    """(kind, by what)"""
    _, goldens, boxes = REACH[mutant.folder]
    if not mutant.compile():
        return "equal", ""
    killer = mutant.unit_kills() or mutant.blackbox_kills([GOLDENS + name for name in goldens] + killers + boxes)
    if killer:
        return "killed", killer
    return "SURVIVED" if oracle.sees(mutant) else "same", ""


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
    chosen = sys.argv[3:] or list(REACH)
    os.makedirs(os.path.join(MUTANTS, "tests"), exist_ok=True)
    os.makedirs(os.path.join(MUTANTS, "bin"), exist_ok=True)
    for kept in glob.glob(os.path.join(MUTANTS, "tests", "*.o")):  # of tests as they were in an earlier run
        os.remove(kept)
    for name, copy in (("libshenbao.a", LIBRARY), ("obj/programs/main.o", MAIN), ("bin/shenbao", PROGRAM)):
        shutil.copy(os.path.join(BUILD, name), copy)
    with open(LIBRARY, "rb") as f:
        verdicts = Verdicts(os.path.join(MUTANTS, f"verdicts-{hashlib.sha256(f.read()).hexdigest()[:12]}.txt"))
    counts = {"killed": 0, "SURVIVED": 0, "same": 0, "equal": 0}
    by_units = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        oracle = Oracle(folder)
        for mutant in candidates(chosen, seed):
            if counts["killed"] + counts["SURVIVED"] == n:
                break
            if str(mutant) not in verdicts.kept or any(":" in name for name in chosen):
                verdicts.add(mutant, judge(mutant, oracle, verdicts.killers(mutant.folder)))
            kind, by = verdicts.kept[str(mutant)]
            counts[kind] += 1
            by_units += by.startswith("test_")
            if kind != "equal":
                print(f"{kind:9}{by:24} {mutant}", flush=True)
    print(f"{counts['killed']} killed, {by_units} of them by unit tests, {counts['SURVIVED']} survived, {counts['same']} without another output, "
          f"{counts['equal']} that are the same code")
    return 1 if counts["SURVIVED"] else 0


if __name__ == "__main__":
    sys.exit(main())
