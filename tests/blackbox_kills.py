"""A kill at every system call by which a file is finished: no half file under its name, and nothing is left behind after the next run.

Each program is killed at its last calls, one after the other, on a file system with nameless files and on one without (tests/faults/fault.c);
in make check at a part of them.
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
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

    def test_of_two_killed_runs_the_third_tells_what_both_have_made(self):
        """Wherever they are killed: manifest.json says what was told last until a run has ended."""
        first, second, third = self.corrections(generate(self.dir, 3))
        package = ["package", "-q", "-j1", "-T", few_papers(os.path.join(self.dir, "two")), "-o", "tree"]
        told = Program(PROGRAM, self.preload, Case("first", [*package, first]))
        self.addCleanup(told.close)
        self.assertEqual(told.status, 0, told.said)
        shutil.rmtree(os.path.join(told.reference, "tmp"))
        runs = [Program(PROGRAM, self.preload, Case("package", [*package, batch], before=told.reference)) for batch in (second, third)]
        for run in runs:
            self.addCleanup(run.close)
            self.assertEqual(run.status, 0, run.said)
        calls = [run.counts["any"] for run in runs]
        times = 40 if LONG else 5
        for i in range(times):
            with tempfile.TemporaryDirectory(prefix="shenbao-kills-") as out:
                places = [calls[0] * (times + i) // (2 * times), calls[1] * (i + 1) // (times + 1)]
                for run, place in zip(runs, places):
                    run.run(f"any:{place}:KILL", out)
                if i % 2:  # and a part of it, which tells its own alone
                    self.assertEqual(subprocess.run([PROGRAM, *package, "-a", "B00002", third], cwd=out, capture_output=True).returncode, 0)
                status, said, _ = runs[1].run(None, out)
                self.assertEqual(status, 0, said)
                with open(os.path.join(out, "tree/changes.json"), encoding="utf-8") as f:
                    changes = json.load(f)["changes"]["list"]
                self.assertEqual([(c["id"], c["change"]) for c in changes if c["what"] == "applicant"],
                                 [("B00000", "reprint"), ("B00001", "reprint")], f"killed at {places} of {calls}")
                self.assertFalse([n for n in os.listdir(os.path.join(out, "tree")) if n.startswith(".journal")])

    @staticmethod
    def corrections(batch):
        """It, with a correction, and with another one too."""
        paths = [batch, batch + ".second.xml", batch + ".third.xml"]
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        for path, ident in zip(paths[1:], ("B00000", "B00001")):
            text, n = re.subn(rf'(id="{ident}".*?<name>.)', r"\1改", text, count=1, flags=re.S)
            assert n == 1
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        return paths


if __name__ == "__main__":
    unittest.main()
