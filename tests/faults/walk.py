#!/usr/bin/env python3
"""Lets calls fail in each program, or kills it there, and looks at what comes out.

    walk.py BUILD [--seconds N] [PROGRAM...]    for all programs together, so many seconds of a processor (1400)

A call is known by what it does and from where it is made (the innermost callers). Tried are, in this order, as far as
the time goes: every place that opens, reads, writes ..., with each of its errors; the first allocations of the first
program, one after the other; a kill at every place; every place that allocates; the second and the last call of every
place; then any. Beside them every program runs with little memory, small files, few descriptors, standard descriptors
closed, without /proc, without HOME and without its folder of temporary files.

What must hold: exit status 0 only with the true documents; else 2, a message that does not blame the data, no half
file, nothing left behind; never a crash. After a kill the next run makes what is missing and leaves nothing else.
"""
import argparse
import atexit
import concurrent.futures
import filecmp
import itertools
import json
import mmap
import os
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
BATCH = os.path.join(ROOT, "samples", "batch.xml")
KINDS = ["alloc", "open", "read", "write", "rename", "link", "unlink", "fsync", "mmap", "fork", "stat", "mkdir", "truncate",
         "close", "dirs", "access", "poll", "wait", "any"]
ERRORS = {"alloc": ["ENOMEM"], "open": ["EMFILE", "EIO", "ESTALE", "EINTR"],
          "read": ["EIO", "ESTALE", "EINTR", "EAGAIN", "SHORT"], "write": ["ENOSPC", "EIO", "EINTR", "EAGAIN", "SHORT"],
          "rename": ["EIO", "ESTALE"], "link": ["EIO", "EPERM", "ESTALE"], "unlink": ["EIO", "ESTALE"],
          "fsync": ["EIO", "EINTR", "EDQUOT"], "mmap": ["ENOMEM", "EAGAIN"], "fork": ["EAGAIN", "ENOMEM"],
          "stat": ["EIO", "ESTALE"], "mkdir": ["EACCES", "ENOSPC"], "truncate": ["EIO", "EINTR"], "close": ["EIO"],
          "dirs": ["EIO", "EMFILE", "ESTALE"], "access": ["EIO", "ESTALE"], "poll": ["EINTR"], "wait": ["EINTR"],
          "any": ["KILL"]}
HARMLESS = {"SHORT", "poll:EINTR", "wait:EINTR"}  # the rest follows, and the documents are the true ones
ALLOCATIONS = 2000  # as many are all tried, in the first program: all begin alike
SITES = 1 << 22  # as in fault.c
SECONDS = 1400
CALLERS = {"package": "3"}  # its parts are programs of their own, which are walked more finely
SHARES = {"package": 10, "dossier": 6, "check": 4, "composite-table": 3, "score-sheet": 3, "milestone-form": 3, "roster": 3}
BLAME = re.compile("重新导出|export .{0,12}anew|export it again|damaged|已损坏|重新生成|print it to a new|not well-formed|"
                   "was changed|被改动")
PAPERS = ["evaluation-form", "composite-table", "score-sheet", "milestone-form", "post-form", "pledge", "public-notice",
          "statement", "work-history", "material-list", "checklist", "dossier"]


def commands(batch):
    """The programs, each with one applicant, and what it writes in the folder that it runs in."""
    for name in PAPERS:
        yield name, [name, "-a", "A001", "-o", "a.pdf", "--report", "a.json", BATCH]
    yield "delegation-letter", ["delegation-letter", "-o", "a.pdf", BATCH]
    yield "roster", ["roster", "-o", "a.xlsx", BATCH]
    yield "print", ["roster", "--print", "-o", "a.pdf", BATCH]
    yield "check", ["check", "-a", "A001", "--format", "json", "-o", "a.json", BATCH]
    yield "upload", ["upload", "-a", "A003", "-o", "tree/", "--report", "a.json", BATCH]
    yield "fonts", ["fonts", "--cover", "爆破"]
    yield "package", ["package", "-q", "-o", "tree/", batch]


def errors_of(said):
    """What is said of errors, else the end of all."""
    return (" / ".join(line for line in said.splitlines() if "error: " in line) or said.strip())[-400:]


def limit(kind, value):
    return lambda: resource.setrlimit(kind, (value, value))


def closed(*fds):
    return lambda: [os.close(fd) for fd in fds]


# What is done before the program begins, what it is begun by, its surroundings.
SURROUNDINGS = {
    **{f"memory {mb} MB": (limit(resource.RLIMIT_AS, mb << 20), (), {}) for mb in (50, 70, 90, 120, 160)},
    **{f"files of {n} bytes": (limit(resource.RLIMIT_FSIZE, n), (), {}) for n in (0, 4096, 60000)},
    **{f"{n} descriptors": (limit(resource.RLIMIT_NOFILE, n), (), {}) for n in (5, 8, 16)},
    **{f"closed {fds}": (closed(*fds), (), {}) for n in (1, 2, 3) for fds in itertools.combinations(range(3), n)},
    "no HOME": (None, (), {"HOME": None}),
    "no TMPDIR": (None, (), {"TMPDIR": None}),
    "a missing TMPDIR": (None, (), {"TMPDIR": "/nowhere/at/all"}),
}
WITHOUT_PROC = ("unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh")
if subprocess.run([*WITHOUT_PROC, "true"], capture_output=True, check=False).returncode == 0:
    SURROUNDINGS["no /proc"] = (None, WITHOUT_PROC, {})


def is_sound_json(path):
    """A report is whole though it tells of faults."""
    with open(path, encoding="utf-8") as f:
        try:
            json.load(f)
        except ValueError:
            return False
    return True


class Program:
    def __init__(self, binary, library, name, arguments):
        self.binary, self.preload, self.name, self.arguments = binary, library, name, arguments
        self.reference = tempfile.mkdtemp(prefix="shenbao-faults-")
        self.status, self.said, self.counts = self.run(None, self.reference)

    def run(self, fault, out, prepare=None, wrapper=(), **more):
        """(exit status, standard output and error, calls by kind)"""
        temporary = os.path.join(out, "tmp")
        os.makedirs(temporary, exist_ok=True)
        counts = os.path.join(out, "counts")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": temporary, "HOME": temporary,
               "LD_PRELOAD": self.preload, "FAULT_COUNTS": counts,
               "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0", **more}
        if fault:
            env["FAULT"] = fault
        done = subprocess.run([*wrapper, self.binary, *self.arguments], cwd=out, start_new_session=True,
                              env={k: v for k, v in env.items() if v is not None}, preexec_fn=prepare,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        numbers = [0] * len(KINDS)
        if os.path.exists(counts):  # the library was there
            with open(counts, "rb") as f:
                numbers = struct.unpack(f"{len(KINDS)}Q", f.read(8 * len(KINDS)))
            os.unlink(counts)
        shutil.rmtree(os.path.join(temporary, ".cache"), ignore_errors=True)
        return done.returncode, (done.stdout, done.stderr.decode(errors="replace")), dict(zip(KINDS, numbers))

    def judge(self, fault):
        """What is wrong with the outcome of a fault; None: nothing."""
        kind, _, error = fault.split(":")[:3]
        out = tempfile.mkdtemp(prefix="shenbao-faults-")
        try:
            status, (printed, said), _ = self.run(fault, out)
            if error == "KILL":
                return self.judge_kill(status, out)
            if status < 0:
                return f"killed by signal {-status}"
            if status not in (0, 2):
                return f"exit {status}: {errors_of(said)}"
            if status == 2 and HARMLESS & {error, f"{kind}:{error}"}:
                return f"gave up: {errors_of(said)}"
            if status == 2 and ("error: " not in said or re.search(r"(error|Error): *(No error|Success)", said)):
                return f"no cause: {errors_of(said)}"
            if status == 2 and BLAME.search(said):
                return f"blames the data: {errors_of(said)}"
            if status == 0 and printed != self.said[0]:
                return "exit 0, and other text"
            return self.compare(out, status, kind)
        except subprocess.TimeoutExpired:
            return "hangs"
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def judge_surroundings(self, name):
        """The same where the machine gives little."""
        out = tempfile.mkdtemp(prefix="shenbao-faults-")
        try:
            prepare, wrapper, more = SURROUNDINGS[name]
            status, (printed, said), _ = self.run(None, out, prepare, wrapper, LD_PRELOAD=None, **more)
            silent = name.startswith("closed") and "2" in name
            if status == 127:
                return None if name.startswith("memory") else f"exit 127: {said[:300]}"  # the libraries do not fit
            if status not in (0, 2):
                return f"exit {status}: {errors_of(said)}"
            if status == 2 and not silent and "error: " not in said:
                return f"no cause: {errors_of(said)}"
            if BLAME.search(said):
                return f"blames the data: {errors_of(said)}"
            if name.startswith("closed") and "1" in name and self.said[0]:
                return None if status == 2 else "exit 0, and nobody could read it"
            if status == 0 and printed != self.said[0]:
                return "exit 0, and other text"
            return self.compare(out, status, "any")
        except subprocess.TimeoutExpired:
            return "hangs"
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def judge_kill(self, status, out):
        """No half file, and the next run makes all."""
        if status != -9:
            return None  # fewer calls than in the reference
        wrong = self.compare(out, 2, "any")
        if wrong:
            return wrong
        status, (_, said), _ = self.run(None, out)
        if status != self.status:
            return f"the run after the kill ends with {status}: {errors_of(said)}"
        return self.compare(out, status, "after")

    def compare(self, out, status, kind):
        """Files that differ, are missing without a word, or were left behind."""
        for folder, _, names in itertools.chain(os.walk(out), os.walk(self.reference)):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), out if folder.startswith(out) else self.reference)
                made, true = os.path.join(out, path), os.path.join(self.reference, path)
                if not os.path.exists(true):
                    # libxlsxwriter makes a temporary file before it has memory for the stream, and takes the name away then
                    empty = re.search(r"(^|/)tmp\.\w{10}$", path) and os.path.getsize(made) == 0
                    if kind != "unlink" and not empty and not self.is_own(path, kind):
                        return f"left behind: {path}"
                elif not os.path.exists(made):
                    if status == 0:
                        return f"exit 0 without {path}"
                elif self.is_record(path, status):
                    if path.endswith(".json") and not is_sound_json(made):
                        return f"not whole: {path}"
                elif not filecmp.cmp(made, true, shallow=False):
                    return f"other bytes in {path}, exit {status}"
        return None

    def is_record(self, path, status):
        """A report tells of what failed; the manifest of what was written so far."""
        return status == 2 and path == "a.json" or self.name == "package" and os.path.basename(path) in (
            "manifest.json", "report.json", "report.html", "print-list.txt", "print.sh") or \
            self.name == "package" and path.endswith(("-打印清单.pdf", "-隔页.pdf", "-标签.pdf"))

    def is_own(self, path, kind):
        """What the next run reads, or removes: after a kill a file may stand under its temporary name, after the next
        run it may not."""
        return kind == "any" and "/.shenbao-" in "/" + path or self.name == "package" and re.search(r"/\.(journal|lock)",
                                                                                                    "/" + path)

    def calls(self):
        """{kind: {site: [numbers of its calls]}}"""
        out = tempfile.mkdtemp(prefix="shenbao-faults-")
        path, calls = os.path.join(out, "sites"), {}
        try:
            _, _, counts = self.run(None, out, FAULT_SITES=path, FAULT_CALLERS=CALLERS.get(self.name, "6"))
            with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as sites:
                for k, kind in enumerate(KINDS):
                    found = calls[kind] = {}
                    n = min(counts[kind], SITES - 1)
                    for number, site in enumerate(struct.unpack_from(f"{n}I", sites, 4 * (k * SITES + 1)), 1):
                        found.setdefault(site, []).append(number)
        finally:
            shutil.rmtree(out, ignore_errors=True)
        return calls

    def faults(self, first):
        """[(what they are, [faults])], the most telling ones first."""
        calls = self.calls()
        kinds = [k for k in ERRORS if k not in ("alloc", "any")]

        def at(kind, pick):
            """One fault a site; errors take turns."""
            sites = calls[kind].values()
            return [f"{kind}:{number}:{ERRORS[kind][i % len(ERRORS[kind])]}" for i, numbers in enumerate(sites)
                    for number in pick(numbers)]
        yield "places", [f"{kind}:{numbers[0]}:{error}" for kind in kinds for numbers in calls[kind].values()
                         for error in ERRORS[kind]]
        if first:
            yield "first allocations", [f"alloc:{number}:ENOMEM" for number in range(1, ALLOCATIONS + 1)]
        yield "kills", at("any", lambda numbers: numbers[:1])
        yield "allocating places", at("alloc", lambda numbers: numbers[:1])
        yield "later calls", [fault for kind in kinds for fault in at(kind, lambda numbers: set(numbers[1:2] + numbers[-1:]))]
        yield "later kills", at("any", lambda numbers: set(numbers[1:2] + numbers[-1:]))
        yield "later allocations", at("alloc", lambda numbers: set(numbers[1:2] + numbers[-1:]))
        counts = {kind: sum(len(numbers) for numbers in calls[kind].values()) for kind in ERRORS}
        chance = random.Random(self.name)
        yield "any", [f"{kind}:{chance.randint(1, counts[kind])}:{chance.choice(ERRORS[kind])}"
                      for kind in [k for k in ERRORS if counts[k]] * 200]

    def close(self):
        shutil.rmtree(self.reference, ignore_errors=True)


def is_sanitized(build):
    """Its allocations are the sanitizer's, which ends the process itself when one fails."""
    with open(os.path.join(build, "bin", "shenbao"), "rb") as f:
        return b"__asan_init" in f.read()


def build_library(build):
    library = os.path.join(os.path.abspath(build), "fault.so")
    own = ["-DWITHOUT_MALLOC"] if is_sanitized(build) else []
    source = os.path.join(HERE, "fault.c")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(source):
        subprocess.run([os.environ.get("CC", "gcc"), "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                        *own, "-o", library, source], check=True)
    if " " in library:  # LD_PRELOAD takes a blank for the end of a name
        folder = tempfile.mkdtemp(prefix="shenbao-faults-")
        atexit.register(shutil.rmtree, folder, True)
        library = shutil.copy(library, folder)
    return library


class Walk:
    """The programs, one after the other, with what is wrong and how many faults were tried."""

    def __init__(self, build):
        self.binary = os.path.join(os.path.abspath(build), "bin", "shenbao")
        self.preload, self.sanitized = build_library(build), is_sanitized(build)
        self.found, self.tried = [], 0
        self.pool = concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0)))

    def try_all(self, program, faults, seconds):
        """How many were tried before the time was over; evenly from all of them."""
        random.Random(program.name).shuffle(faults)
        end, tried = spent() + seconds, 0
        while tried < len(faults) and spent() < end:
            some = faults[tried:tried + 40]
            tried += len(some)
            for fault, what in zip(some, self.pool.map(program.judge, some)):
                self.tell(program, fault, what)
        self.tried += tried
        return tried

    def tell(self, program, fault, what):
        if what:
            self.found.append((program.name, fault, what))
            print(f"  {program.name} {fault}: {what}", flush=True)

    def walk(self, program, seconds, first):
        end, told = spent() + seconds, []
        surroundings = list(SURROUNDINGS)
        if self.sanitized:
            surroundings = [s for s in surroundings if not s.startswith("memory")]
        for what, wrong in zip(surroundings, self.pool.map(program.judge_surroundings, surroundings)):
            self.tell(program, what, wrong)
        self.tried += len(surroundings)
        for what, faults in program.faults(first):
            if self.sanitized and "alloc" in what:
                continue  # they are the sanitizer's
            if faults and spent() < end:
                told.append(f"{what} {self.try_all(program, faults, end - spent())}/{len(faults)}")
        print(f"{program.name}: {', '.join(told)}", flush=True)


def spent():
    """Seconds of a processor in the processes that have ended, and here."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))


def walk(build, seconds, names=()):
    """[(program, fault, what is wrong)], and how many faults were tried."""
    from batches import generate
    walk = Walk(build)
    with tempfile.TemporaryDirectory(prefix="shenbao-faults-") as folder, walk.pool:
        chosen = [c for c in commands(generate(folder, 1)) if not names or c[0] in names]
        shares = sum(SHARES.get(name, 1) for name, _ in chosen)
        for i, (name, arguments) in enumerate(chosen):
            program = Program(walk.binary, walk.preload, name, arguments)
            walk.walk(program, seconds * SHARES.get(name, 1) / shares, i == 0)
            program.close()
    return walk.found, walk.tried


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("programs", nargs="*")
    options = parser.parse_intermixed_args()
    found, tried = walk(options.build, options.seconds, options.programs)
    print(f"{tried} faults, {len(found)} wrong, {spent():.0f} seconds of a processor")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
