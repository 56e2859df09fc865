#!/usr/bin/env python3
"""Lets one call after the other fail in each program, or kills it there, and looks at what comes out.

    walk.py BUILD [--seconds N] [PROGRAM...]    so many seconds of a processor for each program (100): what takes
                                                longer is thinned out evenly

What must hold: exit status 0 only with the true documents; else 2, a message that does not blame the data, no half
file, nothing left behind; never a crash. After a kill the next run makes what is missing.
"""
import argparse
import atexit
import concurrent.futures
import filecmp
import itertools
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
BATCH = os.path.join(ROOT, "samples", "batch.xml")
KINDS = ["alloc", "open", "read", "write", "rename", "link", "unlink", "fsync", "mmap", "fork", "stat", "mkdir", "truncate",
         "any"]
ERRORS = {"alloc": ["ENOMEM"], "open": ["EMFILE", "EIO"], "read": ["EIO", "ESTALE", "EINTR", "SHORT"],
          "write": ["ENOSPC", "EIO", "EINTR", "SHORT"], "rename": ["EIO"], "link": ["EIO", "EPERM"], "unlink": ["EIO"],
          "fsync": ["EIO"], "mmap": ["ENOMEM"], "fork": ["EAGAIN"], "stat": ["EIO"], "mkdir": ["EACCES"],
          "truncate": ["EIO"], "any": ["KILL"]}
HARMLESS = {"SHORT"}  # the rest follows, and the documents are the true ones
ALLOCATIONS = 2000  # as many are all tried; of the rest every k-th
KILLS = 150
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
    yield "fonts", ["fonts", "--cover", "爆破"]
    yield "package", ["package", "-q", "-o", "tree/", batch]


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
        self.binary, self.library, self.name, self.arguments = binary, library, name, arguments
        self.reference = tempfile.mkdtemp(prefix="shenbao-faults-")
        began = time.monotonic()
        self.status, self.said, self.counts = self.run(None, self.reference)
        self.seconds = time.monotonic() - began

    def run(self, fault, out):
        """(exit status, standard output and error, calls by kind)"""
        temporary = os.path.join(out, "tmp")
        os.makedirs(temporary, exist_ok=True)
        counts = os.path.join(out, "counts")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": temporary, "HOME": temporary,
               "LD_PRELOAD": self.library, "FAULT_COUNTS": counts,
               "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
        if fault:
            env["FAULT"] = fault
        done = subprocess.run([self.binary, *self.arguments], cwd=out, env=env, start_new_session=True,
                              capture_output=True, timeout=300)
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
                return f"exit {status}: {said.strip()[:300]}"
            if status == 2 and error in HARMLESS:
                return f"gave up: {said.strip()[:300]}"
            if status == 2 and ("error: " not in said or re.search(r"(error|Error): *(No error|Success)", said)):
                return f"no cause: {said.strip()[:300]}"
            if status == 2 and BLAME.search(said):
                return f"blames the data: {said.strip()[:300]}"
            if status == 0 and printed != self.said[0]:
                return "exit 0, and other text"
            return self.compare(out, status, kind)
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
            return f"the run after the kill ends with {status}: {said.strip()[:300]}"
        return self.compare(out, status, "any")

    def compare(self, out, status, kind):
        """Files that differ, are missing without a word, or were left behind."""
        for folder, _, names in itertools.chain(os.walk(out), os.walk(self.reference)):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), out if folder.startswith(out) else self.reference)
                made, true = os.path.join(out, path), os.path.join(self.reference, path)
                if not os.path.exists(true):
                    if kind != "unlink" and not self.is_own(path):
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
            "manifest.json", "report.json", "report.html", "print-list.txt", "print.sh")

    def is_own(self, path):
        """What the next run of package reads, and a file that stood between its two names when a kill came."""
        return self.name == "package" and re.search(r"/\.(journal|lock|shenbao-)", "/" + path)

    def faults(self, seconds):
        every = []
        for kind, errors in ERRORS.items():
            n = self.counts[kind]
            first = {"alloc": ALLOCATIONS, "any": 0}.get(kind, n)
            numbers = list(range(1, min(n, first) + 1))
            numbers += range(first + 1, n + 1, max(1, (n - first) // (KILLS if kind == "any" else 500)))
            every += [f"{kind}:{number}:{error}" for number, error in itertools.product(numbers, errors)]
        most = max(20, int(seconds / self.seconds))
        step = max(1, len(every) / most)
        return len(every), [every[int(i * step)] for i in range(int(len(every) / step))]

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


def walk(build, seconds, names=()):
    """[(program, fault, what is wrong)], and how many faults were tried."""
    from batches import generate
    library, found, tried = build_library(build), [], 0
    with tempfile.TemporaryDirectory(prefix="shenbao-faults-") as folder, \
            concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for name, arguments in commands(generate(folder, 1)):
            if names and name not in names:
                continue
            program = Program(os.path.join(os.path.abspath(build), "bin", "shenbao"), library, name, arguments)
            every, faults = program.faults(seconds)
            tried += len(faults)
            wrong = [(name, f, w) for f, w in zip(faults, pool.map(program.judge, faults)) if w]
            found += wrong
            print(f"{name}: exit {program.status}, {len(faults)} of {every} faults, {len(wrong)} wrong", flush=True)
            for _, fault, what in wrong:
                print(f"  {fault}: {what}", flush=True)
            program.close()
    return found, tried


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", type=float, default=100)
    parser.add_argument("programs", nargs="*")
    options = parser.parse_intermixed_args()
    found, tried = walk(options.build, options.seconds, options.programs)
    print(f"{tried} faults, {len(found)} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
