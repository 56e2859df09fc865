#!/usr/bin/env python3
"""Lets calls fail in each program, or kills it there, and looks at what comes out.

    walk.py BUILD [--part K/N] [--thin N] [PROGRAM...]    part 1/1: everything, which takes hours

A call is known by what it does and from where it is made (the innermost callers); programs have most places in common.
Tried are, of all parts:

- every place that opens, reads, writes ..., with each of its errors; a kill at every place; every place that allocates:
  each in one of the programs that come by it, in another one by each part. Of places that only packages come by, and of
  what is killed there, PACKAGES says how much, since each of their runs takes a second; of the rest, DEAR.

And cut into N parts, of which the K-th is tried:

- these places in each other program;
- the second and the last call of every place, as above;
- in every program, the first allocations one by one, and then every k-th.

Beside them every program runs with little memory, small files, few descriptors, standard descriptors closed, without
/proc, without HOME and without its folder of temporary files. --thin N: of all this every N-th alone.

What must hold: exit status 0 only with the true documents and words; else 2, a message that does not blame the data, no half
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
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

from programs import OF_PACKAGES, SANITIZER, cases

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["alloc", "open", "read", "write", "rename", "link", "unlink", "fsync", "mmap", "fork", "stat", "mkdir", "truncate",
         "close", "dirs", "access", "poll", "wait", "seek", "mode", "lock", "descriptor", "process", "load", "any"]  # as in fault.c
ERRORS = {"alloc": ["ENOMEM"], "open": ["EMFILE", "EIO", "ESTALE", "EINTR"],
          "read": ["EIO", "ESTALE", "EINTR", "EAGAIN", "SHORT"], "write": ["ENOSPC", "EIO", "EINTR", "EAGAIN", "SHORT"],
          "rename": ["EIO", "ESTALE"], "link": ["EIO", "EPERM", "ESTALE"], "unlink": ["EIO", "ESTALE"],
          "fsync": ["EIO", "EINTR", "EDQUOT"], "mmap": ["ENOMEM", "EAGAIN"], "fork": ["EAGAIN", "ENOMEM"],
          "stat": ["EIO", "ESTALE"], "mkdir": ["EACCES", "ENOSPC"], "truncate": ["EIO", "EINTR"], "close": ["EIO"],
          "dirs": ["EIO", "EMFILE", "ESTALE"], "access": ["EIO", "ESTALE"], "poll": ["EINTR"], "wait": ["EINTR"],
          "seek": ["EIO", "ESTALE"], "mode": ["EPERM", "EIO"], "lock": ["ENOLCK", "EIO"], "descriptor": ["EMFILE", "EINTR"],
          "process": ["EINVAL", "EPERM"], "load": ["ENOMEM", "EMFILE"], "any": ["KILL"]}
CALLS = [k for k in ERRORS if k not in ("alloc", "any")]
HARMLESS = {"SHORT", "poll:EINTR", "wait:EINTR"}  # the rest follows, and the documents are the true ones
PACKAGES = {"places": 15, "kills": 30, "allocating places": 6}  # every so manieth, another one by each part
DEAR = 3  # of the rest, packages are tried with so much less, unless everything is
ALLOCATIONS = 2000  # as many are all tried, then as many again of the rest
SITES = 1 << 22  # as in fault.c
BLAME = re.compile("重新导出|export .{0,12}anew|export it again|damaged|已损坏|重新生成|print it to a new|not well-formed|"
                   "was changed|被改动")


def in_memory():
    """A folder in memory, where files cost less of a processor; None: there is none that is large enough."""
    try:
        return "/dev/shm" if shutil.disk_usage("/dev/shm").free > 1 << 30 else None
    except OSError:
        return None


FOLDER = in_memory()


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


def is_sound(path):
    """A report is whole though it tells of faults."""
    if path.endswith(".xlsx"):
        return zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if path.endswith(".json"):
        try:
            json.loads(text)
        except ValueError:
            return False
    return text.rstrip().endswith("</html>") if path.endswith(".html") else True


def same_manifests(a, b, _):
    """But for what they keep of a run for the next one, which makes it anew where it is missing."""
    found = []
    for path in (a, b):
        with open(path, encoding="utf-8") as f:
            found.append({k: v for k, v in json.load(f).items() if k != "notes"})
    return found[0] == found[1]


def read_counts(path):
    """{kind: number of calls}; the file is gone then. All 0: the library was not there."""
    numbers = [0] * len(KINDS)
    if os.path.exists(path):
        with open(path, "rb") as f:
            numbers = struct.unpack(f"{len(KINDS)}Q", f.read(8 * len(KINDS)))
        os.unlink(path)
    return dict(zip(KINDS, numbers))


class Program:
    """A case, what it makes when nothing fails, and how each fault ends."""

    def __init__(self, binary, library, case):
        self.binary, self.preload, self.case, self.name = binary, library, case, case.name
        self.reference = tempfile.mkdtemp(prefix="shenbao-faults-", dir=FOLDER)
        self.status, self.said, self.counts = self.run(None, self.reference)
        self.reached = 0

    def run(self, fault, out, prepare=None, wrapper=(), **more):
        """(exit status, standard output and error, calls by kind)"""
        temporary = os.path.join(out, "tmp")
        if not os.path.exists(temporary):
            if self.case.before:
                shutil.copytree(self.case.before, out, symlinks=True, dirs_exist_ok=True)
            os.makedirs(temporary)
        counts = os.path.join(out, "counts")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": temporary, "HOME": temporary,
               "LD_PRELOAD": self.preload, "FAULT_COUNTS": counts, **SANITIZER, **self.case.env, **more}
        if fault:
            env["FAULT"] = fault
        with open(self.case.stdin, "rb") as stdin:
            done = subprocess.run([*wrapper, self.binary, *self.case.arguments], cwd=out, start_new_session=True,
                                  env={k: v for k, v in env.items() if v is not None}, preexec_fn=prepare,
                                  stdin=stdin, capture_output=True, timeout=300)
        numbers = read_counts(counts)
        shutil.rmtree(os.path.join(temporary, ".cache"), ignore_errors=True)
        return done.returncode, (done.stdout, done.stderr.decode(errors="replace")), numbers

    def judge(self, fault):
        """What is wrong with the outcome of a fault; None: nothing."""
        kind, number, error = fault.split(":")[:3]
        out = tempfile.mkdtemp(prefix="shenbao-faults-", dir=FOLDER)
        try:
            status, (printed, said), counts = self.run(fault, out)
            self.reached += counts[kind] >= int(number)
            if error == "KILL":
                return self.judge_kill(status, out)
            if status < 0:
                return f"killed by signal {-status}"
            if status not in (self.status, 2):
                return f"exit {status}: {errors_of(said)}"
            if status == 2 and HARMLESS & {error, f"{kind}:{error}"}:
                return f"gave up: {errors_of(said)}"
            if status == 2 and ("error: " not in said or re.search(r"(error|Error): *(No error|Success)", said)):
                return f"no cause: {errors_of(said)}"
            if BLAME.search(said) and not BLAME.search(self.said[1]):
                return f"blames the data: {errors_of(said)}"
            if status == self.status and (printed, said) != self.said:
                return f"exit {status}, and other text: {said[-400:]}"
            return self.compare(out, status, kind)
        except subprocess.TimeoutExpired:
            return "hangs"
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def judge_surroundings(self, name):
        """The same where the machine gives little."""
        out = tempfile.mkdtemp(prefix="shenbao-faults-", dir=FOLDER)
        try:
            prepare, wrapper, more = SURROUNDINGS[name]
            status, (printed, said), _ = self.run(None, out, prepare, wrapper, LD_PRELOAD=None, **more)
            silent = name.startswith("closed") and "2" in name
            if status == 127:
                return None if name.startswith("memory") else f"exit 127: {said[:300]}"  # the libraries do not fit
            if status not in (self.status, 2):
                return f"exit {status}: {errors_of(said)}"
            if status == 2 and not silent and "error: " not in said:
                return f"no cause: {errors_of(said)}"
            if BLAME.search(said) and not BLAME.search(self.said[1]):
                return f"blames the data: {errors_of(said)}"
            if name.startswith("closed") and "1" in name and self.said[0]:
                return None if status == 2 else f"exit {status}, and nobody could read it"
            if status == self.status and printed != self.said[0]:
                return f"exit {status}, and other text"
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
        for path in files_below(out) | files_below(self.reference):
            made, true = os.path.join(out, path), os.path.join(self.reference, path)
            old = os.path.join(self.case.before, path) if self.case.before else ""
            if not os.path.exists(true):
                # libxlsxwriter makes a temporary file before it has memory for the stream, and takes the name away then
                empty = re.search(r"(^|/)tmp\.\w{10}$", path) and os.path.getsize(made) == 0
                kept = status != self.status and os.path.exists(old) and filecmp.cmp(made, old, shallow=False)
                if kind != "unlink" and not empty and not kept and not self.is_own(path, kind):
                    return f"left behind: {path}"
            elif not os.path.exists(made):
                if (status == self.status or os.path.exists(old)) and path != self.case.spare:
                    return f"exit {status} without {path}"
            elif self.is_record(path, status, kind):
                if path.endswith((".json", ".html", ".xlsx")) and not is_sound(made):
                    return f"not whole: {path}"
            elif not (same_manifests if path == "tree/manifest.json" else filecmp.cmp)(made, true, False):
                if status == self.status or not os.path.exists(old) or not filecmp.cmp(made, old, shallow=False):
                    return f"other bytes in {path}, exit {status}"
        return None

    def is_record(self, path, status, kind):
        """A report tells of what failed, or of what was there already; the manifest of what was written so far; logs and
        stamps of the time."""
        name = os.path.basename(path)
        if not self.case.packages:
            return status != self.status and (name == "a.json" or self.case.arguments[0] == "check")
        told = name in OF_PACKAGES or name.endswith(("-打印清单.pdf", "-隔页.pdf", "-标签.pdf"))
        return name in ("log", "stamp") or name.startswith(".journal") or told and (status != self.status or name.startswith(("report.", "changes.")) and kind == "after")

    def is_own(self, path, kind):
        """What the next run reads, or removes: after a kill a file may stand under its temporary name, after the next
        run it may not. Of what check could not find out there is a report of its own."""
        if self.case.arguments[0] == "check" and kind != "after" and path == "all/_.html":
            return True
        return kind == "any" and "/.shenbao-" in "/" + path or self.case.packages and re.search(r"/\.(journal|lock)", "/" + path)

    def calls(self):
        """{kind: {site: [numbers of its calls]}}"""
        out = tempfile.mkdtemp(prefix="shenbao-faults-", dir=FOLDER)
        path, calls = os.path.join(out, "sites"), {}
        try:
            _, _, counts = self.run(None, out, FAULT_SITES=path)
            with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as sites:
                for k, kind in enumerate(KINDS):
                    found = calls[kind] = {}
                    n = min(counts[kind], SITES - 1)
                    for number, site in enumerate(struct.unpack_from(f"{n}I", sites, 4 * (k * SITES + 1)), 1):
                        found.setdefault(site, []).append(number)
        finally:
            shutil.rmtree(out, ignore_errors=True)
        return calls

    def close(self):
        shutil.rmtree(self.reference, ignore_errors=True)


def files_below(folder):
    return {os.path.relpath(os.path.join(f, name), folder) for f, _, names in os.walk(folder) for name in names}


def is_sanitized(build):
    """Its allocations are the sanitizer's, which ends the process itself when one fails."""
    with open(os.path.join(build, "bin", "shenbao"), "rb") as f:
        return b"__asan_init" in f.read()


def build_library(build):
    library = os.path.join(os.path.abspath(build), "fault.so")
    own = ["-DWITHOUT_MALLOC"] if is_sanitized(build) else []
    source = os.path.join(HERE, "fault.c")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(source):
        subprocess.run([*shlex.split(os.environ.get("CC", "gcc")), "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                        *own, "-o", library, source], check=True)
    if " " in library:  # LD_PRELOAD takes a blank for the end of a name
        folder = tempfile.mkdtemp(prefix="shenbao-faults-")
        atexit.register(shutil.rmtree, folder, True)
        library = shutil.copy(library, folder)
    return library


class Plan:
    """Which faults each program is walked with, by what they are."""

    def __init__(self, programs, part, parts):
        self.part, self.parts = part, parts
        self.calls = {p.name: p.calls() for p in programs}
        self.owners = {}  # by place: the programs that come by it
        for p in programs:
            for key in self.places(p):
                self.owners.setdefault(key, []).append(p.name)

    def places(self, program):
        """A kill where files have names is another one than where they have none."""
        return ((kind, site, kind == "any" and "FAULT_NAMELESS" in program.case.env)
                for kind in ERRORS for site in self.calls[program.name][kind])

    def is_chosen(self, program, key):
        """Is it this program's to try the place in this part?"""
        owners = self.owners[key]
        return owners[(self.part - 1) % len(owners)] == program.name

    def cut(self, program, what, faults, parts):
        """The part of them that is tried."""
        faults = sorted(faults)
        random.Random(program.name + what).shuffle(faults)
        return faults[(self.part - 1) % parts::parts]

    def faults(self, program):
        """[(what they are, [faults])]"""
        calls = self.calls[program.name]
        own, others = {}, {}
        for key in self.places(program):
            kind, site, _ = key
            number = calls[kind][site][0]
            what = "kills" if kind == "any" else "allocating places" if kind == "alloc" else "places"
            into = own if self.is_chosen(program, key) else others
            into.setdefault(what, []).extend(f"{kind}:{number}:{error}" for error in ERRORS[kind])
        for what, faults in own.items():
            yield what, self.cut(program, what, faults, min(self.parts, PACKAGES[what] if program.case.packages else 1))
        later = [f"{kind}:{number}:{ERRORS[kind][i % len(ERRORS[kind])]}" for kind in ERRORS
                 for i, numbers in enumerate(calls[kind].values()) for number in sorted(set(numbers[1:2] + numbers[-1:]))
                 if number != numbers[0]]
        total = sum(map(len, calls["alloc"].values()))
        step = max(1, (total - ALLOCATIONS) // ALLOCATIONS)
        parts = self.parts * (DEAR if program.case.packages and self.parts > 1 else 1)
        yield "of others", self.cut(program, "others", sum(others.values(), []), parts)
        yield "later calls", self.cut(program, "later", later, parts)
        yield "allocations", self.cut(program, "alloc", [f"alloc:{n}:ENOMEM" for n in itertools.chain(
            range(1, min(total, ALLOCATIONS) + 1), range(ALLOCATIONS + step, total + 1, step))], parts)


class Walk:
    """The programs, one after the other, with what is wrong and how many faults were tried."""

    def __init__(self, build, thin=1):
        self.binary = os.path.join(os.path.abspath(build), "bin", "shenbao")
        self.preload, self.sanitized, self.thin = build_library(build), is_sanitized(build), thin
        self.found, self.tried, self.reached = [], 0, 0
        self.pool = concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0)))

    def try_all(self, program, faults, judge):
        for fault, what in zip(faults, self.pool.map(judge, faults)):
            if what:
                self.found.append((program.name, fault, what))
                print(f"  {program.name} {fault}: {what}", flush=True)
        self.tried += len(faults)

    def walk(self, program, plan):
        begin, told = spent(), []
        chance = random.Random(program.name)
        # a sanitizer's shadow is larger than any limit, and it finds its options in /proc
        surroundings = [s for s in SURROUNDINGS if not (self.sanitized and s.startswith(("memory", "no /proc")))]
        surroundings = surroundings[chance.randrange(self.thin)::self.thin]
        self.try_all(program, surroundings, program.judge_surroundings)
        for what, faults in plan.faults(program):
            if self.sanitized:  # allocations are the sanitizer's
                faults = [f for f in faults if not f.startswith("alloc")]
            faults = faults[chance.randrange(self.thin)::self.thin]
            if faults:
                self.try_all(program, faults, program.judge)
                told.append(f"{what} {len(faults)}")
        self.reached += program.reached + len(surroundings)
        print(f"{program.name}: {', '.join(told)}; {spent() - begin:.1f} s", flush=True)


def spent():
    """Seconds of a processor in the processes that have ended, and here."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))


def walk(build, part, parts, thin=1, names=(), among=()):
    """The Walk, ended: of these programs, which have places in common with those others; (): all."""
    walk = Walk(build, thin)
    with tempfile.TemporaryDirectory(prefix="shenbao-faults-") as folder, walk.pool:
        programs = [Program(walk.binary, walk.preload, c) for c in cases(walk.binary, folder) if not among or c.name in among]
        plan = Plan(programs, part, parts)
        for program in programs:
            if not names or program.name in names:
                walk.walk(program, plan)
            program.close()
    return walk


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--part", default="1/1", help="K/N")
    parser.add_argument("--thin", type=int, default=1)
    parser.add_argument("programs", nargs="*")
    options = parser.parse_intermixed_args()
    part, parts = map(int, options.part.split("/"))
    if not 1 <= part <= parts:
        parser.error(f"--part {options.part}: K/N, and K from 1 to N")
    done = walk(options.build, part, parts, options.thin, options.programs)
    print(f"part {part} of {parts}: {done.tried} faults, {done.tried - done.reached} of them not reached, "
          f"{len(done.found)} wrong, {spent():.0f} seconds of a processor")
    return 1 if done.found else 0


if __name__ == "__main__":
    sys.exit(main())
