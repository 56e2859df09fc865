"""The fuzz targets of tests/fuzz on their committed corpus, on all inputs that have once ended one, and on some alterations of each
by the targets' own mutators: none crashes, and none of what the targets hold is broken."""
import os
import re
import subprocess
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build"))
DOORS = sorted(n[5:-2] for n in os.listdir(os.path.join(HERE, "fuzz")) if re.fullmatch(r"fuzz_\w+\.c", n))
ALTERATIONS = "300" if os.environ.get("SHENBAO_LONG") else "1"


def inputs(door):
    folders = [os.path.join("tests", "fuzz", kind, door) for kind in ("corpus", "crashes")]
    return [f for f in folders if os.path.isdir(os.path.join(ROOT, f))]


class Doors(unittest.TestCase):
    def replay(self, door, arguments):
        done = subprocess.run([os.path.join(BUILD, "fuzz", door)] + arguments, cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, errors="replace", timeout=1200)
        self.assertEqual(done.returncode, 0, f"{door}: {done.stderr[-3000:]}")
        return int(re.search(r"(\d+) runs", done.stdout)[1])

    def test_corpus_and_former_crashes(self):
        for door in DOORS:
            with self.subTest(door=door):
                files = sum(len(os.listdir(os.path.join(ROOT, f))) for f in inputs(door))
                self.assertGreater(files, 0)
                self.assertEqual(self.replay(door, inputs(door)), files)

    def test_alterations(self):
        for door in DOORS:
            with self.subTest(door=door):
                self.assertGreater(self.replay(door, ["-m", ALTERATIONS] + inputs(door)), 0)


if __name__ == "__main__":
    unittest.main()
