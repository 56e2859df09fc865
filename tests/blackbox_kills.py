"""A kill at every system call by which a file is finished: no half file under its name, and nothing is left behind after the next run.

Each program is killed at its last calls, one after the other, on a file system with nameless files and on one without (tests/faults/fault.c);
in make check at a part of them.
"""
import concurrent.futures
import os
import shutil
import sys
import tempfile
import unittest

from batches import generate
from blackbox_evaluation_form import BATCH, PROGRAM

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
from programs import Case, few_papers, only  # noqa: E402
from walk import Program, build_library, is_sanitized  # noqa: E402

LONG = bool(os.environ.get("SHENBAO_LONG"))
BUILD = os.path.dirname(os.path.dirname(PROGRAM))
LAST = 60  # calls: opening, writing, syncing, naming, the folder, and what ends the process
STEP = 1 if LONG else 9
NAMELESS = ({}, {"FAULT_NAMELESS": "no"})


class Kills(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if is_sanitized(BUILD):
            raise unittest.SkipTest("the same calls, and an hour of them")
        cls.preload = build_library(BUILD)
        cls.dir = tempfile.mkdtemp(prefix="shenbao-kills-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, True)
        cls.old = os.path.join(cls.dir, "old")
        os.mkdir(cls.old)
        for name in ("a.pdf", "a.xlsx", "a.xml"):
            with open(os.path.join(cls.old, name), "w", encoding="utf-8") as f:
                f.write("the old file")

    def judge(self, arguments, last=LAST, step=STEP):
        for env in NAMELESS:
            for before in ("", self.old):
                program = Program(PROGRAM, self.preload, Case(arguments[0], arguments, before, env))
                self.addCleanup(program.close)
                self.assertEqual(program.status, 0, program.said)
                calls = program.counts["any"]
                self.assertGreater(calls, last)
                numbers = range(calls - last + 1, calls + 1, step)
                with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
                    for number, wrong in zip(numbers, pool.map(lambda n: program.judge(f"any:{n}:KILL"), numbers)):
                        self.assertIsNone(wrong, f"{arguments[0]} any:{number}:KILL {env} {bool(before)}")
                self.assertGreaterEqual(program.reached, len(numbers) - 1)

    def test_a_form(self):
        self.judge(["pledge", "-a", "A001", "-o", "a.pdf", BATCH])

    def test_a_volume_written_beside_its_place(self):
        self.judge(["dossier", "-a", "B001", "-o", "a.pdf", os.path.join(os.path.dirname(BATCH), "jiangsu", "batch.xml")], step=5 * STEP)

    def test_a_roster(self):
        self.judge(["roster", "-o", "a.xlsx", BATCH], step=3 * STEP)

    def test_a_batch(self):
        self.judge(["import", "-o", "a.xml", BATCH], step=3 * STEP)

    def test_a_correction(self):
        book = os.path.join(os.path.dirname(BATCH), "batch.xlsx")
        self.judge(["workbook", "--set", "人员!B3=甲", "-o", "a.xlsx", book], step=3 * STEP)

    def test_files_for_the_platform(self):
        self.judge(["upload", "-a", "A003", "-o", "tree/", BATCH], step=5 * STEP)

    def test_a_package(self):
        """Its files are finished all through the run."""
        batch = only(generate(self.dir, 2), "B00000")
        few = few_papers(self.dir)
        for env in NAMELESS:
            program = Program(PROGRAM, self.preload, Case("package", ["package", "-q", "-j1", "-T", few, "-o", "tree", batch], env=env))
            self.addCleanup(program.close)
            self.assertEqual(program.status, 0, program.said)
            calls = program.counts["any"]
            for number in range(calls // 4, calls, calls // (60 if LONG else 6)):
                self.assertIsNone(program.judge(f"any:{number}:KILL"), f"any:{number}:KILL {env}")


if __name__ == "__main__":
    unittest.main()
