#!/usr/bin/env python3
"""What the tests reach: lines and branches of each module of a build made with --coverage, and the functions that
nothing calls.

    coverage.py BUILD
"""
import collections
import glob
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def reports(build):
    """gcov's report of each object file, from each program of tests that has run it (see run.py)."""
    build = os.path.abspath(build)
    counts = sorted(glob.glob(os.path.join(glob.escape(build), "**", "obj", "*", "*.gcda"), recursive=True))
    for path in counts:  # gcov looks for the object file's notes beside its counts
        notes = path.removesuffix(".gcda") + ".gcno"
        if not os.path.exists(notes):
            os.symlink(os.path.join(build, "obj", *notes.split(os.sep)[-2:]), notes)
    torn = []  # by tests that kill a process while it writes them
    for path in counts:
        done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", path],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if done.returncode:
            torn.append(path)
        else:
            yield from map(json.loads, done.stdout.splitlines())
    if torn:
        print(f"left out: {len(torn)} of {len(counts)} files of counts, which a kill has cut", file=sys.stderr)


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
