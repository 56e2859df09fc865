#!/usr/bin/env python3
"""What a paper costs, for 100 and for 1,000 generated applicants: CPU, bytes and pages a document, start-up, peak memory.

CPU is that of the whole process tree (user + system); the figures of one run can be compared with each other only.
"""
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from batches import generate
from cost import cpu

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")


def main():
    print("evaluation-form")
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        one = generate(folder, 1)
        start = min(cpu(PROGRAM, "evaluation-form", "-j1", "-o", os.path.join(folder, "one.pdf"), one)[0]
                    for _ in range(5))
        print(f"  start-up with the first document: {start * 1000:.0f} ms CPU")
        for count in (100, 1000):
            out = os.path.join(folder, f"out-{count}")
            report = os.path.join(folder, "report.json")
            seconds, peak = cpu(PROGRAM, "evaluation-form", "-o", out + "/", "--report", report, generate(folder, count))
            with open(report, encoding="utf-8") as f:
                pages = sum(a["documents"][0]["pages"] for a in json.load(f)["applicants"])
            size = sum(e.stat().st_size for e in os.scandir(out))
            print(f"  {count} applicants: {seconds / count * 1000:.1f} ms CPU, {size / count / 1000:.0f} KB, "
                  f"{pages / count:.1f} pages a document; peak {peak / 1024:.0f} MB a process")
    stages = [os.path.join(BUILD, "bench", "stages"), "templates/base/evaluation-form.xml", "samples/batch.xml", "20"]
    done = subprocess.run(stages, cwd=ROOT, capture_output=True, text=True)
    print("  " + done.stdout.strip().replace("\n", "\n  "))
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
