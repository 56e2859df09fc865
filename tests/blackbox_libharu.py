"""libharu 2.4, where Debian 12 has 2.3: built against once, with the same pages. SHENBAO_LIBHARU names the prefix it is installed in."""
import os
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BATCH, PROGRAM, ROOT
from blackbox_changes import pictures

LONG = bool(os.environ.get("SHENBAO_LONG"))
PREFIX = os.environ.get("SHENBAO_LIBHARU") or "/opt/libharu"
PAPERS = ("evaluation-form", "composite-table", "score-sheet", "delegation-letter", "dossier")


def version(prefix):
    """(2, 4, 6); None: there is none."""
    try:
        with open(os.path.join(prefix, "include", "hpdf_version.h"), encoding="utf-8") as f:
            words = dict(line.split()[1:3] for line in f if line.startswith("#define HPDF_") and len(line.split()) == 3)
        return tuple(int(words[f"HPDF_{part}_VERSION"]) for part in ("MAJOR", "MINOR", "BUGFIX"))
    except (OSError, KeyError):
        return None


@unittest.skipUnless(LONG, "builds all anew: make check-long")
@unittest.skipUnless((version(PREFIX) or (0,)) >= (2, 4), f"no libharu 2.4 in {PREFIX} (SHENBAO_LIBHARU=PREFIX)")
class Libharu(unittest.TestCase):
    def test_papers_look_the_same_with_a_later_libharu(self):
        folder = tempfile.mkdtemp(prefix="shenbao-libharu-")
        self.addCleanup(shutil.rmtree, folder, True)
        for name in ("Makefile", "generators", "templates", "fonts", "tests"):
            os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
        libraries = os.path.join(PREFIX, "lib")
        done = subprocess.run(["make", "-s", "all", "build/tests/test_pdf", "CFLAGS=-O1", f"CPPFLAGS=-isystem {PREFIX}/include",
                               f"LDFLAGS=-L{libraries} -Wl,-rpath,{libraries}"], cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        own = os.path.join(folder, "build", "bin", "shenbao")
        linked = subprocess.run(["ldd", own], capture_output=True, text=True, check=True).stdout
        self.assertIn(libraries + "/libhpdf.so", linked)
        for paper in PAPERS:
            made = []
            for program in (PROGRAM, own):
                made.append(os.path.join(folder, f"{len(made)}-{paper}.pdf"))
                who = [] if paper == "delegation-letter" else ["-a", "A003"]
                done = subprocess.run([program, paper, "-q", *who, "-o", made[-1], BATCH], capture_output=True, text=True, timeout=600)
                self.assertEqual(done.returncode, 0, done.stderr)
                done = subprocess.run(["qpdf", "--check", made[-1]], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(*[pictures(path) for path in made], paper)
        done = subprocess.run([os.path.join(folder, "build", "tests", "test_pdf")], cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])


if __name__ == "__main__":
    unittest.main()
