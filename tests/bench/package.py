#!/usr/bin/env python3
"""What a package costs: generated applicants with all their papers, with 1 and 2 workers; then again, with nothing changed.

Rates are by the clock, so they suffer from whatever else runs; CPU is that of the whole process tree. Memory is the largest
process of each kind: its own (no file's pages, but what it shares with its parent), and in brackets what is resident.
"""
import os
import resource
import shutil
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from batches import generate
from memory import ROLES, watch

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 150  # 600 sheets of one paper: more than a print run holds
PROGRAM = os.path.join(BUILD, "bin", "shenbao")


def run(out, *args):
    """(seconds by the clock, CPU seconds, peaks by role)."""
    def cpu():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    began, before = time.time(), cpu()
    with tempfile.TemporaryFile() as messages:
        status, peaks = watch([PROGRAM, "package", "-q", "-o", out, *args], out, stderr=messages)
        if status != 0:
            messages.seek(0)
            sys.exit(f"{' '.join(args)}: exit {status}\n{messages.read()[-2000:].decode()}")
    return time.time() - began, cpu() - before, peaks


def told(peaks):
    return ", ".join(f"{role} {peaks[role][0] / 1024:.0f} ({peaks[role][1] / 1024:.0f})" for role in ROLES if role in peaks)


def main():
    print(f"package, {COUNT} applicants")
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        batch, out = generate(folder, COUNT), os.path.join(folder, "out")
        time.sleep(3)  # what has just been written is not yet believed to stay so
        for workers in (1, 2):
            shutil.rmtree(out, ignore_errors=True)
            spent, cpu, peaks = run(out, f"-j{workers}", batch)
            files = [os.path.join(b, n) for b, _, names in os.walk(out) for n in names]
            size = sum(os.path.getsize(f) for f in files)
            print(f"  {workers} worker{'s' if workers > 1 else ''}: {COUNT / spent:.1f} applicants/s, {cpu / COUNT * 1000:.0f} ms CPU, "
                  f"{size / COUNT / 1e6:.1f} MB, {len(files) / COUNT:.1f} files an applicant")
            print(f"    peak MB: {told(peaks)}")
        time.sleep(3)
        for which in ("nothing changed, the first time: papers are read", "nothing changed, as every night after"):
            spent, cpu, peaks = run(out, "-j2", batch)
            print(f"  {which}: {COUNT / spent:.1f} applicants/s, {cpu / COUNT * 1000:.1f} ms CPU an applicant")
        print(f"    peak MB: {told(peaks)}")


if __name__ == "__main__":
    main()
