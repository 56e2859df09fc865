#!/usr/bin/env python3
"""What a package costs: generated applicants with all their papers, with 1 and 2 workers; then again, with nothing changed.

Rates are by the clock, so they suffer from whatever else runs; CPU is that of the whole process tree.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from batches import generate

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")
COUNT = 100


def run(*args):
    """(seconds by the clock, CPU seconds, peak KB of the largest process)."""
    script = ("import resource,subprocess,sys;r=subprocess.run(sys.argv[1:]).returncode;"
              "u=resource.getrusage(resource.RUSAGE_CHILDREN);print(u.ru_utime+u.ru_stime,u.ru_maxrss,r,file=sys.stderr)")
    began = time.time()
    done = subprocess.run([sys.executable, "-c", script, PROGRAM, "package", "-q", *args], capture_output=True, text=True)
    spent = time.time() - began
    cpu, peak, status = done.stderr.strip().splitlines()[-1].split()
    if status != "0":
        sys.exit(f"{' '.join(args)}: exit {status}\n{done.stderr[-2000:]}")
    return spent, float(cpu), int(peak)


def main():
    print(f"package, {COUNT} applicants")
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        batch, out = generate(folder, COUNT), os.path.join(folder, "out")
        for workers in (1, 2):
            shutil.rmtree(out, ignore_errors=True)
            spent, cpu, peak = run(f"-j{workers}", batch, "-o", out)
            files = [os.path.join(b, n) for b, _, names in os.walk(out) for n in names]
            size = sum(os.path.getsize(f) for f in files)
            print(f"  {workers} worker{'s' if workers > 1 else ''}: {COUNT / spent:.1f} applicants/s, {cpu / COUNT * 1000:.0f} ms CPU, "
                  f"{size / COUNT / 1e6:.1f} MB, {len(files) / COUNT:.1f} files an applicant; peak {peak / 1024:.0f} MB a process")
        spent, cpu, peak = run("-j2", batch, "-o", out)
        print(f"  nothing changed: {COUNT / spent:.1f} applicants/s, {cpu / COUNT * 1000:.0f} ms CPU an applicant; peak {peak / 1024:.0f} MB")


if __name__ == "__main__":
    main()
