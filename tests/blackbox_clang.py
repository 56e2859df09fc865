"""clang, which builds the fuzz targets, takes every source and has nothing to warn of: gcc passes over some of what it
sees, such as an index that is read and counted up in one statement, or a member that is not initialised."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def objects(build):
    """What the Makefile calls them."""
    for path in sorted(glob.glob(os.path.join(ROOT, "generators", "*", "*.c"))):
        yield os.path.join(build, "obj", os.path.relpath(path, os.path.join(ROOT, "generators"))[:-1] + "o")
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "fuzz", "*.c"))):
        yield os.path.join(build, "fuzz", "obj", os.path.basename(path)[:-1] + "o")
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "unit", "*.c"))):
        yield os.path.join(build, "tests", os.path.basename(path)[:-2])


@unittest.skipUnless(shutil.which("clang"), "clang is not installed")
class Clang(unittest.TestCase):
    def test_nothing_to_warn_of(self):
        with tempfile.TemporaryDirectory() as build:
            asked = list(objects(build))
            options = [f"-j{os.cpu_count()}", "BUILD=" + build, "CC=clang -fsyntax-only -Qunused-arguments"]
            library = os.path.join(build, "libshenbao.a")  # a test names it as its source: it has to be there, and is not read
            open(library, "w", encoding="utf-8").close()
            run = subprocess.run(["make", "-s", "-k", *options, "-o", library, *asked], cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout.count("CC "), len(asked))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
