#!/usr/bin/env python3
"""What a workbook of 1,000 people with 80 rows each costs to import, beside the same batch as XML; and its memory."""
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
from cost import cpu

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")
PEOPLE, ROWS, ROUNDS = 1000, 80, 3
MOST_TIMES, MOST_KB = 3, 150 * 1024


def generate(path):
    with open(path, "w", encoding="utf-8") as f:
        f.write('<?xml version="1.0" encoding="UTF-8"?>\n<batch year="2026" asof="2026-09-30"><plan>示例计划</plan>'
                '<unit id="U01" name="示例公司" uscc="91330199MA00000A04" kind="企业">\n')
        for p in range(PEOPLE):
            f.write(f'<applicant id="A{p:04}" mode="正常申报" target="高级工程师" specialty="爆破工程"><person><name>某{p}</name><sex>男</sex></person>\n')
            for i in range(ROWS):
                f.write(f'<project id="P{i}" start="2019-03" end="2021-10" name="示例港区爆破开挖工程第{p}-{i}期" source="企业委托" grade="市级" '
                        f'number="SL-{p}-{i}" amount="{3200 + i}" role="技术负责人" rank="1/8" since="true" related="true" category="工作业绩"/>\n')
            f.write("</applicant>\n")
        f.write("</unit></batch>\n")


def main():
    print(f"workbook, {PEOPLE} people x {ROWS} rows")
    with tempfile.TemporaryDirectory(prefix="shenbao-bench-") as folder:
        xml, book, out = (os.path.join(folder, name) for name in ("batch.xml", "book.xlsx", "out.xml"))
        generate(xml)
        written = cpu(PROGRAM, "workbook", xml, "-o", book)
        rounds = [(cpu(PROGRAM, "import", book, "-o", out), cpu(PROGRAM, "import", xml, "-o", out)) for _ in range(ROUNDS)]
        ours, plain = min(r[0][0] for r in rounds), min(r[1][0] for r in rounds)
        memory = max(r[0][1] for r in rounds)
    print(f"  import of the workbook: {ours:.2f} s CPU, of the XML {plain:.2f} s; ratio {ours / plain:.2f}, may be {MOST_TIMES}")
    print(f"  memory: {memory / 1024:.0f} MB, may be {MOST_KB // 1024}; written in {written[0]:.2f} s, {written[1] / 1024:.0f} MB")
    return ours > MOST_TIMES * plain or memory > MOST_KB


if __name__ == "__main__":
    sys.exit(main())
