#!/usr/bin/env python3
"""What the roster of 10,000 people in 20 columns costs, beside a bare libxlsxwriter loop over the same cells; and its memory.

Reading (the record's two passes, and XPath on each applicant) is counted apart. CPU is user + system.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from batches import generate
from cost import cpu
from profiles import template

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")
PEOPLE, COLUMNS, ROUNDS = 10000, 20, 5


def long_roster(folder):
    """The roster's own template, less its last columns."""
    with open(template("roster.xml"), encoding="utf-8") as f:
        text = f.read()
    columns = list(re.finditer(r"<column .*?(?:/>\n|</column>\n)", text, re.S))
    for c in reversed(columns[COLUMNS:]):
        text = text[: c.start()] + text[c.end():]
    text = re.sub(r"<group [^>]*>\s*</group>", "", text)
    text = re.sub(r"\s*<field columns=.*?</field>", "", text, flags=re.S)
    path = os.path.join(folder, "roster.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def measure(kind, *args):
    done = subprocess.run([os.path.join(BUILD, "bench", "roster"), kind, *args], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    first, second, rows, sheet = done.stdout.split()
    assert int(rows) == PEOPLE
    return float(first), float(second), float(sheet)


def main():
    print(f"roster, {PEOPLE} people x {COLUMNS} columns")
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        batch, out = generate(folder, PEOPLE), os.path.join(folder, "roster.xlsx")
        columns = long_roster(folder)
        # in turns, so that both meet the same machine; the least of each is what it costs
        rounds = [(measure("ours", columns, batch, out), measure("bare", columns, batch, out)) for _ in range(ROUNDS)]
        ours, bare = min(r[0][2] for r in rounds), min(r[1][2] for r in rounds)
        print(f"  workbook: {ours:.3f} s CPU; a bare libxlsxwriter loop {bare:.3f} s; ratio {ours / bare:.2f}")
        print(f"  reading apart: {min(r[0][0] for r in rounds):.2f} s first pass, "
              f"{min(r[0][1] for r in rounds):.2f} s second pass and XPath")
        ordered = subprocess.run([os.path.join(BUILD, "bench", "order")], cwd=ROOT, capture_output=True, text=True, check=True)
        pinyin, strokes = [sum(map(float, line.split())) for line in ordered.stdout.splitlines()]
        print(f"  order of {PEOPLE} names: by pinyin {pinyin:.1f} ms CPU, by strokes {strokes:.1f} ms")
        seconds, peak = cpu(PROGRAM, "roster", "-T", folder, "-o", out, batch)
        _, idle = cpu(PROGRAM, "-V")
        printing, largest = cpu(PROGRAM, "roster", "--print", "-o", out, batch)
        print(f"  the program: {seconds:.2f} s CPU; peak {peak / 1024:.1f} MB, of which {idle / 1024:.1f} MB before any "
              f"work (its libraries)")
        print(f"  --print, by the template that ships: {printing:.2f} s CPU; peak {largest / 1024:.0f} MB")


if __name__ == "__main__":
    main()
