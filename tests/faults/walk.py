#!/usr/bin/env python3
"""Lets one call after the other fail in each program, and looks at what comes out.

    walk.py BUILD [--share N] [PROGRAM...]    every call of the I/O kinds and many of the allocations; with --share only
                                              each N-th of them

What must hold: exit status 0 only with the true documents; else 2, a message that does not blame the data, no half
file, nothing left behind; never a crash.
"""
import argparse
import concurrent.futures
import filecmp
import itertools
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
BATCH = os.path.join(ROOT, "samples", "batch.xml")
KINDS = ["alloc", "open", "read", "write", "rename", "link", "unlink", "fsync", "mmap", "fork", "stat", "mkdir", "truncate"]
ERRORS = {"alloc": ["ENOMEM"], "open": ["EMFILE", "EIO"], "read": ["EIO", "ESTALE", "EINTR", "SHORT"],
          "write": ["ENOSPC", "EIO", "EINTR", "SHORT"], "rename": ["EIO"], "link": ["EIO", "EPERM"], "unlink": ["EIO"],
          "fsync": ["EIO"], "mmap": ["ENOMEM"], "fork": ["EAGAIN"], "stat": ["EIO"], "mkdir": ["EACCES"],
          "truncate": ["EIO"]}
HARMLESS = {"SHORT"}  # the rest follows, and the documents are the true ones
ALLOCATIONS = 2000  # as many are all tried; of the rest some
BLAME = re.compile("重新导出|export .{0,12}anew|export it again|damaged|已损坏|重新生成|print it to a new")
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


class Program:
    def __init__(self, binary, library, name, arguments):
        self.binary, self.library, self.name, self.arguments = binary, library, name, arguments
        self.reference = tempfile.mkdtemp(prefix="shenbao-faults-")
        self.status, self.said, self.counts = self.run(None, self.reference)

    def run(self, fault, out):
        """(exit status, standard output and error, calls by kind)"""
        temporary = os.path.join(out, "tmp")
        os.makedirs(temporary)
        counts = os.path.join(out, "counts")
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": temporary, "HOME": temporary,
               "LD_PRELOAD": self.library, "FAULT_COUNTS": counts}
        if fault:
            env["FAULT"] = fault
        done = subprocess.run([self.binary, *self.arguments], cwd=out, env=env,
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

    def compare(self, out, status, kind):
        """Files that differ, are missing without a word, or were left behind."""
        for folder, _, names in itertools.chain(os.walk(out), os.walk(self.reference)):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), out if folder.startswith(out) else self.reference)
                made, true = os.path.join(out, path), os.path.join(self.reference, path)
                if not os.path.exists(true):
                    if kind != "unlink" and not self.is_journal(path):
                        return f"left behind: {path}"
                elif not os.path.exists(made):
                    if status == 0:
                        return f"exit 0 without {path}"
                elif not self.is_record(path, status) and not filecmp.cmp(made, true, shallow=False):
                    return f"other bytes in {path}, exit {status}"
        return None

    def is_record(self, path, status):
        """A report tells of what failed; the manifest of what was written so far."""
        return status == 2 and path == "a.json" or self.name == "package" and os.path.basename(path) in ("manifest.json", "report.json", "report.html",
                                                                     "print-list.txt", "print.sh")

    def is_journal(self, path):
        return self.name == "package" and re.search(r"/\.(journal|lock)", "/" + path)

    def faults(self, share):
        for kind, errors in ERRORS.items():
            n = self.counts[kind]
            numbers = list(range(1, min(n, ALLOCATIONS) + 1))
            if n > ALLOCATIONS:
                numbers += range(ALLOCATIONS, n + 1, max(1, (n - ALLOCATIONS) // 500))
            for i, (number, error) in enumerate(itertools.product(numbers, errors)):
                if i % (share * (8 if kind == "alloc" else 1)) == 0 or share == 1:
                    yield f"{kind}:{number}:{error}"

    def close(self):
        shutil.rmtree(self.reference, ignore_errors=True)


def build_library(build):
    library = os.path.join(os.path.abspath(build), "fault.so")
    source = os.path.join(HERE, "fault.c")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(source):
        subprocess.run([os.environ.get("CC", "gcc"), "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                        "-o", library, source], check=True)
    return library


def walk(build, share=1, names=()):
    """[(program, fault, what is wrong)], and how many faults were tried."""
    from batches import generate
    library, found, tried = build_library(build), [], 0
    with tempfile.TemporaryDirectory(prefix="shenbao-faults-") as folder, \
            concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for name, arguments in commands(generate(folder, 1)):
            if names and name not in names:
                continue
            program = Program(os.path.join(os.path.abspath(build), "bin", "shenbao"), library, name, arguments)
            faults = list(program.faults(share))
            tried += len(faults)
            wrong = [(name, f, w) for f, w in zip(faults, pool.map(program.judge, faults)) if w]
            found += wrong
            print(f"{name}: exit {program.status}, {len(faults)} faults, {len(wrong)} wrong", flush=True)
            program.close()
    return found, tried


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--share", type=int, default=1)
    parser.add_argument("programs", nargs="*")
    options = parser.parse_intermixed_args()
    found, tried = walk(options.build, options.share, options.programs)
    for name, fault, wrong in found:
        print(f"{name} {fault}: {wrong}")
    print(f"{tried} faults, {len(found)} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
