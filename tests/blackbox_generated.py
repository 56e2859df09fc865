"""Goldens of what no sample shows: papers of random applicants, a volume of odd PDFs, and what the preflight says of both.

A line in tests/goldens/generated.txt is a document with its pages and a digest of what is drawn on them, a page of the volume with the
digest of its picture, or how often an applicant has a finding of a rule on a field. SHENBAO_GOLDEN=write records them anew: look first at the pages of those that change.
"""
import collections
import hashlib
import json
import os
import re
import subprocess
import tempfile
import unittest
import zlib

import generated
from blackbox_evaluation_form import PROGRAM, ROOT
from blackbox_pictures import documents, pictures

RECORDED = os.path.join(ROOT, "tests", "goldens", "generated.txt")


def contents(path):
    """The content streams of a PDF of ours, unpacked."""
    with open(path, "rb") as f:
        data = f.read()
    for match in re.finditer(rb"/Filter[ \[]*/FlateDecode[^>]*>>\s*stream\r?\n", data):
        text = zlib.decompressobj().decompress(data[match.end():])
        if b" Tf" in text or b" re" in text or b" l\n" in text:
            yield text


def findings(report):
    """(whose, finding) of a report."""
    yield from (("batch", f) for f in report["findings"])
    yield from ((a["id"], f) for a in report["applicants"] for f in a["findings"])


class Generated(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.environ["XDG_CACHE_HOME"] = cls.folder.name
        cls.random, cls.attached = generated.batch(cls.folder.name), generated.attached(cls.folder.name)
        cls.lines = {}

    @classmethod
    def tearDownClass(cls):
        if os.environ.get("SHENBAO_GOLDEN") == "write":
            with open(RECORDED, "w", encoding="utf-8") as f:
                f.writelines(line + "\n" for kind in sorted(cls.lines) for line in cls.lines[kind])
        cls.folder.cleanup()

    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments, "-F", "tests/fonts", "--lang", "zh"], cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, check=False)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr[-2000:])
        return done.stdout

    def compare(self, kind, lines):
        """With those that are recorded of the kind, which begins each."""
        lines = [f"{kind} {line}" for line in lines]
        self.lines[kind] = lines
        if os.environ.get("SHENBAO_GOLDEN") == "write":
            return
        with open(RECORDED, encoding="utf-8") as f:
            recorded = [line.rstrip("\n") for line in f if line.startswith(kind + " ")]
        self.assertEqual([x for x in recorded if x not in lines], [], "recorded, and not there")
        self.assertEqual([x for x in lines if x not in recorded], [], "there, and not recorded")

    def test_papers(self):
        lines = []
        for paper in generated.PAPERS:
            out = os.path.join(self.folder.name, paper)
            self.run_program(paper, self.random, "-q", "-o", out + "/")
            for path in documents(out):
                streams = list(contents(path))
                self.assertGreater(len(streams), 0, path)
                digest = hashlib.sha256(b"\0".join(streams)).hexdigest()[:24]
                lines.append(f"{paper} {os.path.basename(path)} {len(streams)} {digest}")
        self.compare("paper", lines)

    def test_volume(self):
        out = os.path.join(self.folder.name, "volume")
        self.run_program("dossier", self.attached, "-a", "A001", "-a", "A004", "--skip-bad", "-q", "-o", out + "/")
        self.compare("volume", [f"{os.path.basename(d)} {i} {digest}" for d in documents(out) for i, digest in enumerate(pictures(d), 1)])

    def test_findings(self):
        for name, batch in (("random", self.random), ("attached", self.attached)):
            report = json.loads(self.run_program("check", batch, "--format", "json"))
            counts = collections.Counter((who, f.get("rule", "-"), f["severity"], f.get("field", "-"))
                                         for who, f in findings(report))
            self.compare("finding-" + name, [" ".join((*key, str(n))) for key, n in sorted(counts.items())])


if __name__ == "__main__":
    unittest.main()
