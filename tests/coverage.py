#!/usr/bin/env python3
"""What the tests reach: lines and branches of each module of a build made with --coverage, and the functions that
nothing calls.

    coverage.py BUILD
"""
import collections
import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def reports(build):
    """gcov's report of each object file that some test has run."""
    notes = [os.path.abspath(p) for p in sorted(glob.glob(os.path.join(build, "obj", "*", "*.gcda")))]
    with tempfile.TemporaryDirectory() as folder:
        for i in range(0, len(notes), 50):
            subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--preserve-paths", *notes[i:i + 50]],
                           cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for path in sorted(glob.glob(os.path.join(folder, "*.json.gz"))):
            with gzip.open(path) as f:
                yield json.load(f)


def main():
    lines, branches, functions = collections.Counter(), collections.Counter(), collections.Counter()
    for report in reports(sys.argv[1]):
        for file in report["files"]:
            name = os.path.relpath(os.path.join(ROOT, file["file"]), ROOT)
            if not name.startswith("generators/"):
                continue
            for line in file["lines"]:
                lines[name, line["line_number"]] += line["count"]
                for i, branch in enumerate(line["branches"]):
                    branches[name, line["line_number"], i] += branch["count"]
            for f in file["functions"]:
                functions[name, f["start_line"], f["name"]] += f["execution_count"]
    modules = sorted({key[0].split("/")[1] for key in lines})
    print(f"{'module':<12}{'lines':>8}{'reached':>9}{'branches':>10}{'reached':>9}")
    for module in modules + [""]:
        part = lambda counts: [n for key, n in counts.items() if key[0].startswith("generators/" + module)]
        row = [f"{module or 'all':<12}"]
        for counts, widths in ((part(lines), (8, 9)), (part(branches), (10, 9))):
            reached = sum(1 for n in counts if n)
            row.append(f"{len(counts):>{widths[0]}}{100 * reached / max(1, len(counts)):>{widths[1] - 1}.1f}%")
        print("".join(row))
    print("\nfunctions that no test reaches:")
    for (name, line, function), count in sorted(functions.items()):
        if not count:
            print(f"  {name}:{line}: {function}")


if __name__ == "__main__":
    main()
