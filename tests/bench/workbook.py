#!/usr/bin/env python3
"""What 1,000 people in a workbook cost to read, beside the same batch as XML: at most three times the CPU, and 150 MB."""
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from batches import generate
from cost import cpu

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")
PEOPLE, ROUNDS, RATIO, MOST_KB = 1000, 3, 3, 150 << 10


def least(*args):
    return min(cpu(PROGRAM, *args) for _ in range(ROUNDS))


def main():
    with tempfile.TemporaryDirectory() as folder:
        xml, book, out = generate(folder, PEOPLE), os.path.join(folder, "book.xlsx"), os.path.join(folder, "out.xml")
        written, xml_cost, book_cost = least("workbook", xml, "-o", book), least("import", xml, "-o", out), least("import", book, "-o", out)
        for name, (seconds, peak) in (("workbook written", written), ("XML imported", xml_cost), ("workbook imported", book_cost)):
            print(f"{name + ', ' + str(PEOPLE) + ' people':34} {seconds:6.2f} s {peak >> 10:5} MB")
        ratio = book_cost[0] / xml_cost[0]
        print(f"workbook / XML: {ratio:.2f} (at most {RATIO})")
        return 0 if ratio <= RATIO and book_cost[1] <= MOST_KB else 1


if __name__ == "__main__":
    sys.exit(main())
