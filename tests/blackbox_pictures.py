"""What the papers of the sample package look like: the digest of each page's picture at 50 dpi is the recorded one.

SHENBAO_GOLDEN=write records them anew, in tests/goldens/pictures.txt: look at the pages first.
"""
import hashlib
import os
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import PROGRAM, ROOT

RECORDED = os.path.join(ROOT, "tests", "goldens", "pictures.txt")


def pictures(pdf):
    """The digests of a document's pages, in grey at 50 dpi."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "50", "-gray", pdf, os.path.join(folder, "p")], check=True)
        for name in sorted(os.listdir(folder), key=lambda n: (len(n), n)):
            with open(os.path.join(folder, name), "rb") as f:
                yield hashlib.sha256(f.read()).hexdigest()[:24]


def documents(tree):
    """The documents of the tree; those of print/ are the same pages again, and those of 上传/ the scans' own."""
    for folder, folders, names in os.walk(tree):
        folders[:] = sorted(f for f in folders if f not in ("print", "上传"))
        yield from (os.path.join(folder, n) for n in sorted(names) if n.endswith(".pdf"))


class Pictures(unittest.TestCase):
    maxDiff = None

    def test_pages_look_as_recorded(self):
        with tempfile.TemporaryDirectory() as tree:
            subprocess.run([PROGRAM, "package", "samples/batch.xml", "-F", "tests/fonts", "-q", "-o", tree], cwd=ROOT,
                           check=True)
            lines = [f"{os.path.relpath(d, tree)} {i} {digest}\n"
                     for d in documents(tree) for i, digest in enumerate(pictures(d), 1)]
        if os.environ.get("SHENBAO_GOLDEN") == "write":
            with open(RECORDED, "w", encoding="utf-8") as f:
                f.writelines(lines)
        with open(RECORDED, encoding="utf-8") as f:
            recorded = f.readlines()
        self.assertEqual([x for x in recorded if x not in lines], [], "recorded, and not there")
        self.assertEqual([x for x in lines if x not in recorded], [], "there, and not recorded")


if __name__ == "__main__":
    unittest.main()
