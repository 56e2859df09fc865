"""SHENBAO_DRAWING (core/version.h) is raised when the program draws otherwise: else package keeps papers that it would not make again.

tests/goldens/drawing.txt binds the number to digests of papers, made of templates and samples as they stood at a commit: what those change by
themselves, package sees without the number. SHENBAO_GOLDEN=write records papers and commit anew, once the number is raised.
"""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BUILD, PROGRAM, ROOT

RECORD = os.path.join(ROOT, "tests", "goldens", "drawing.txt")
PAPERS = [("evaluation-form", "-a", "A001"), ("composite-table", "-a", "A007"), ("score-sheet", "-a", "A001"), ("statement", "-a", "A003"),
          ("public-notice", "-a", "A002"), ("delegation-letter",), ("roster", "--print", "-u", "U01"), ("dossier", "-a", "A002"), ("dossier", "--duplex", "-a", "A003")]
# What draws beside ourselves: of other versions nothing can be told.
PACKAGES = ["libhpdf-2.3.0", "libqpdf29", "libfreetype6", "libicu72", "libdeflate0", "zlib1g", "libpng16-16", "libjpeg62-turbo", "libxml2", "fonts-noto-cjk",
            "fonts-noto-cjk-extra", "fonts-lxgw-wenkai", "fonts-babelstone-han", "fonts-hanazono"]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def machine():
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES], capture_output=True)
    return sha256(done.stdout)[:16] if done.returncode == 0 else "unknown"


def drawing():
    with open(os.path.join(ROOT, "generators", "core", "version.h"), encoding="utf-8") as f:
        return re.search(r'SHENBAO_DRAWING "(.*)"', f.read())[1]


def git(*args):
    return subprocess.run(["git", "-C", ROOT, *args], capture_output=True)


class Drawing(unittest.TestCase):
    def papers(self, commit):
        """The papers of this program with all else as at the commit, each as a line."""
        folder = tempfile.mkdtemp(prefix="shenbao-drawing-")
        self.addCleanup(shutil.rmtree, folder, True)
        archive = git("archive", commit, "templates", "fonts", "samples")
        if archive.returncode:
            self.skipTest(f"git does not have {commit}: {archive.stderr.decode()[-200:]}")
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        shutil.copytree(os.path.join(ROOT, "fonts", "free"), os.path.join(folder, "fonts", "free"), dirs_exist_ok=True)
        os.makedirs(os.path.join(folder, "build", "bin"))
        own = shutil.copy(PROGRAM, os.path.join(folder, "build", "bin"))
        lines = []
        for paper in PAPERS:
            target = os.path.join(folder, "made.pdf")
            done = subprocess.run([own, *paper, "-q", "--no-overlays", "-o", target, os.path.join(folder, "samples", "batch.xml")], capture_output=True, text=True,
                                  timeout=300)
            self.assertEqual(done.returncode, 0, f"{paper}, with templates of {commit}: {done.stderr}")
            with open(target, "rb") as f:
                lines.append(f"{sha256(f.read())}  {' '.join(paper)}")
        return lines

    def test_the_number_is_raised_when_papers_are_drawn_otherwise(self):
        if "san" in os.path.basename(BUILD):
            self.skipTest("the same papers")
        with open(RECORD, encoding="utf-8") as f:
            number, commit, known, *papers = f.read().splitlines()
        write = os.environ.get("SHENBAO_GOLDEN") == "write"
        if known != machine() and not write:
            self.skipTest("other versions of libraries or fonts than those that drawing.txt was recorded with")
        now = self.papers(commit) if number == drawing() else papers
        if known == machine() and number == drawing():
            self.assertEqual(now, papers, "papers are drawn otherwise: raise SHENBAO_DRAWING in generators/core/version.h, then SHENBAO_GOLDEN=write")
        if write:
            commit = git("rev-parse", "HEAD").stdout.decode().strip()
            with open(RECORD, "w", encoding="utf-8") as f:
                f.write("\n".join([drawing(), commit, machine(), *self.papers(commit)]) + "\n")
        else:
            self.assertEqual(number, drawing(), "SHENBAO_DRAWING is another number than drawing.txt was recorded with: SHENBAO_GOLDEN=write")


if __name__ == "__main__":
    unittest.main()
