"""Goldens of what no sample shows: papers of random applicants, volumes of odd PDFs, and what the preflight says of them.

A line in tests/goldens/generated.txt is a document with its pages and a digest of what is drawn on them, a page of a volume with the
digest of its picture or of all that its objects say, a report, a finding, or how often an applicant has a finding of a rule on a field. SHENBAO_GOLDEN=write records them anew: look first at the pages of those that change.
"""
import collections
import glob
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


def digest(text):
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()[:24]


def sheets(path):
    """Of each page of a PDF, and of its bookmarks, all that their objects say, as text; but for files of fonts, and how it is packed. Last,
    how many objects there are: what is equal is there once."""
    done = subprocess.run(["qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=generalized", path], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)  # of damaged streams, which are kept, it warns
    pdf = json.loads(done.stdout.decode(errors="replace"))
    objects, pages = pdf["qpdf"][1], {page["object"]: i for i, page in enumerate(pdf["pages"])}

    def said(value, above):
        if isinstance(value, dict):
            return "<<" + " ".join(k + " " + said(v, above) for k, v in sorted(value.items())
                                   if k not in ("/Parent", "/P", "/Length", "/Filter", "/FontFile", "/FontFile2", "/FontFile3", "/Prev")) + ">>"
        if isinstance(value, list):
            return "[" + " ".join(said(v, above) for v in value) + "]"
        if not (isinstance(value, str) and re.fullmatch(r"\d+ \d+ R", value)):
            return str(value)
        if value in pages or value in above:
            return f"page {pages[value]}" if value in pages else "above"
        found = objects.get("obj:" + value, {"value": None})
        if "stream" not in found:
            return said(found["value"], above | {value})
        return said(found["stream"]["dict"], above | {value}) + digest(found["stream"].get("data", ""))

    for page in pdf["pages"]:
        yield said(objects["obj:" + page["object"]]["value"], frozenset())
    trailer = objects["trailer"]["value"]
    yield said(objects["obj:" + trailer["/Root"]]["value"].get("/Outlines"), frozenset())
    yield f"{len(objects)} objects {[len(half) for half in trailer.get('/ID', ())]}"


class Generated(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.environ["XDG_CACHE_HOME"] = cls.folder.name
        cls.random, cls.attached, cls.odd = (make(cls.folder.name) for make in (generated.batch, generated.attached, generated.odd))
        cls.lines = {}

    @classmethod
    def tearDownClass(cls):
        if os.environ.get("SHENBAO_GOLDEN") == "write":
            with open(RECORDED, "w", encoding="utf-8") as f:
                f.writelines(line + "\n" for kind in sorted(cls.lines) for line in cls.lines[kind])
        cls.folder.cleanup()

    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments, "-F", "tests/fonts", *(() if "--lang" in arguments else ("--lang", "zh"))], cwd=ROOT, stdout=subprocess.PIPE,
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
        for paper in (*generated.PAPERS, "statement --draft"):
            out = os.path.join(self.folder.name, paper)
            self.run_program(*paper.split(), self.random, "-q", "-o", out + "/")
            for path in documents(out):
                streams = list(contents(path))
                self.assertGreater(len(streams), 0, path)
                lines.append(f"{paper} {os.path.basename(path)} {len(streams)} {digest(bytes(1).join(streams))}")
        self.compare("paper", lines)

    def test_volume(self):
        out = os.path.join(self.folder.name, "volume")
        self.run_program("dossier", self.attached, "-a", "A001", "-a", "A004", "--skip-bad", "-q", "-o", out + "/")
        self.compare("volume", [f"{os.path.basename(d)} {i} {picture}" for d in documents(out) for i, picture in enumerate(pictures(d), 1)])

    def test_attachments(self):
        """All that is made of them, to the last number, and all that is said of them."""
        for kind, options in (("attachment", ()), ("attachment-duplex", ("--duplex", "--keep-a3"))):
            out, report = (os.path.join(self.folder.name, kind + end) for end in (".pdf", ".json"))
            self.run_program("dossier", self.odd, *options, "-T", os.path.join(self.folder.name, "T"), "-q", "-o", out, "--report", report)
            with open(report, encoding="utf-8") as f:
                found = json.load(f)["applicants"][0]
            first = {row["physical"]: row["source"] for row in found["ledger"] if row["kind"] == "copy"}
            name, lines = "papers", []
            for i, text in enumerate(sheets(out), 1):
                name = first.get(i, name)
                lines.append(f"{name} {i} {digest(text)}")
            self.compare(kind, lines)
        self.compare("said", sorted(f["severity"] + " " + f["message"] for f in found["findings"]))
        checked = json.loads(self.run_program("check", self.odd, "--rules", "R76,R101,R102", "--format", "json"))
        self.compare("checked", sorted(f"{f['rule']} {f['severity']} {f['message']}" for _, f in findings(checked)))

    def test_package(self):
        """Print runs and volumes of the samples, to the last number."""
        out = os.path.join(self.folder.name, "package")
        self.run_program("package", "samples/batch.xml", "-q", "-o", out + "/")
        lines = []
        for path in sorted(glob.glob(out + "/print/*.pdf") + glob.glob(out + "/*/*/*/书面材料.pdf")):
            pages = list(sheets(path))
            lines.append(f"{os.path.relpath(path, out)} {len(pages)} {digest(chr(0).join(pages))}")
        self.compare("package", lines)

    def test_findings(self):
        for name, batch in (("random", self.random), ("attached", self.attached)):
            report = json.loads(self.run_program("check", batch, "--format", "json"))
            counts = collections.Counter((who, f.get("rule", "-"), f["severity"], f.get("field", "-"))
                                         for who, f in findings(report))
            self.compare("finding-" + name, [" ".join((*key, str(n))) for key, n in sorted(counts.items())])

    def test_reports(self):
        """The preflight's reports in each of their forms, to the last byte."""
        lines = []
        for name, batch in (("faulty", "samples/faulty/batch.xml"), ("jiangsu", "samples/jiangsu/batch.xml"), ("random", self.random)):
            for options in ("--format html", "--format json --bilingual", "--all --stage submit --show-ids", "--format html --lang en --split unit"):
                if name == "jiangsu" and "html" not in options:
                    continue
                out = os.path.join(self.folder.name, f"report-{len(lines)}")
                said = self.run_program("check", batch, *options.split(), "-o", out + ("/" if "unit" in options else ""))
                files = [os.path.join(out, file) for file in sorted(os.listdir(out))] if os.path.isdir(out) else [out]
                for path in files:
                    with open(path, "rb") as f:
                        said += f.read().decode().replace(self.folder.name, "")
                lines.append(f"{name} {options} {len(files)} {digest(said)}")
        self.compare("report", lines)


if __name__ == "__main__":
    unittest.main()
