"""Pages as SVG: the same page as the PDF's, every printed field knows its place, and nothing in it runs or reaches out."""
import base64
import glob
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from blackbox_evaluation_form import BATCH, ROOT, shenbao

JIANGSU = os.path.join(ROOT, "samples", "jiangsu", "batch.xml")
PAPERS = {BATCH: ("evaluation-form", "composite-table", "material-list", "work-history", "statement", "score-sheet",
                  "milestone-form", "pledge", "public-notice", "post-form", "checklist", "delegation-letter"),
          JIANGSU: ("evaluation-form", "brief-table", "statement", "delegation-letter")}
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "defs", "path", "g", "use", "rect", "image"}


def pages_of(folder):
    return sorted(glob.glob(os.path.join(folder, "**", "[0-9][0-9][0-9].svg"), recursive=True))


def gray(path, page=None):
    """(width, height, bytes) by one renderer for both, at the resolution whose pixels baselines stand on."""
    out = path + ".pgm"
    subprocess.run(["mutool", "draw", "-q", "-r", "70", "-c", "gray", "-F", "pgm", "-o", out, path] + ([str(page)] if page else []),
                   check=True, capture_output=True)
    with open(out, "rb") as f:
        data = f.read()
    m = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    return int(m[1]), int(m[2]), data[m.end():]


def with_pictures_inside(path):
    """A copy that brings its pictures along, for a renderer that opens no other file."""
    with open(path, encoding="utf-8") as f:
        text = f.read()

    def inside(m):
        with open(os.path.join(os.path.dirname(path), m[1]), "rb") as f:
            return f'href="data:image/jpeg;base64,{base64.b64encode(f.read()).decode()}"'

    copy = path + ".whole.svg"
    with open(copy, "w", encoding="utf-8") as f:
        f.write(re.sub(r'href="(picture-\d+\.jpg)"', inside, text))
    return copy


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.made = {}
        for batch, papers in PAPERS.items():
            who = [] if os.environ.get("SHENBAO_LONG") else ["-a", ET.parse(batch).getroot().find(".//applicant").get("id")]
            for paper in papers:
                out = os.path.join(cls.dir.name, f"{len(cls.made)}-{paper}") + "/"
                chosen = [] if paper == "delegation-letter" else who
                for option in ([], ["--svg"]):
                    done = shenbao(paper, *option, *chosen, "-o", out, batch)
                    assert done.returncode == 0, done.stderr.decode()
                cls.made[out] = paper

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def documents(self):
        """(folder of SVG, the PDF of the same document)"""
        for out in self.made:
            for pdf in sorted(glob.glob(out + "*.pdf")):
                yield pdf[:-4], pdf

    def test_they_show_what_the_pdf_shows(self):
        n = 0
        for folder, pdf in self.documents():
            pages = pages_of(folder)
            for i, page in enumerate(pages, 1):
                a, b = gray(pdf, i), gray(with_pictures_inside(page))
                self.assertEqual(a[:2], b[:2], page)
                far = sum(1 for x, y in zip(a[2], b[2]) if abs(x - y) > 96)
                self.assertLess(far, 40, (page, far))
                n += 1
        self.assertGreater(n, 30)

    def test_there_are_as_many_as_the_pdf_has_and_no_more_from_an_earlier_run(self):
        folder, pdf = next(iter(self.documents()))
        told = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
        n = int(re.search(r"Pages:\s+(\d+)", told)[1])
        self.assertEqual([os.path.basename(p) for p in pages_of(folder)], [f"{i:03}.svg" for i in range(1, n + 1)])
        with tempfile.TemporaryDirectory() as short:
            self.assertEqual(shenbao("post-form", "--svg", "-a", "A001", "-o", short, BATCH).returncode, 0)
            made, = os.listdir(short)
            for old in ("002.svg", "003.svg"):
                open(os.path.join(short, made, old), "w").close()
            self.assertEqual(shenbao("post-form", "--svg", "-a", "A001", "-o", short, BATCH).returncode, 0)
            self.assertEqual(sorted(os.listdir(os.path.join(short, made))), ["001.svg"])

    def test_nothing_in_them_runs_or_reaches_out(self):
        for folder, _ in self.documents():
            for page in pages_of(folder):
                for e in ET.parse(page).getroot().iter():
                    self.assertIn(e.tag.replace(SVG, ""), ALLOWED)
                    self.assertNotIn("style", e.attrib)
                    for name, value in e.attrib.items():
                        self.assertFalse(name.startswith("on"))
                        if name.endswith("href"):
                            self.assertRegex(value, r"^(#p\d+-g\d+|picture-\d+\.jpg)$")

    def test_ids_of_pages_in_one_document_differ(self):
        folder, _ = next(iter(self.documents()))
        ids = [e.get("id") for page in pages_of(folder) for e in ET.parse(page).getroot().iter() if e.get("id")]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertGreater(len(ids), 300)

    def test_a_printed_field_knows_its_line(self):
        folder = next(f for f, _ in self.documents() if "evaluation-form" in f)
        fields = [e.attrib for page in pages_of(folder) for e in ET.parse(page).getroot().iter() if e.get("class") == "field"]
        self.assertGreater(len(fields), 100)
        with open(BATCH, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for field in fields:
            file, line = field["data-place"].rsplit(":", 1)
            self.assertEqual(os.path.basename(file), "batch.xml")
            last = field["data-field"].split("/")[-1]
            word = last[1:] if last.startswith("@") else re.sub(r"\[\d+\]$", "", last)
            nearby = "\n".join(lines[int(line) - 1:int(line) + 8])
            if field.get("data-value") != "":  # what is empty has no word
                self.assertIn(word, nearby, field)

    def test_or_its_cell_where_the_input_is_a_workbook(self):
        with tempfile.TemporaryDirectory() as d:
            book, out = os.path.join(d, "b.xlsx"), os.path.join(d, "pages")
            self.assertEqual(shenbao("workbook", "-a", "A002", "-o", book, BATCH).returncode, 0)
            self.assertEqual(shenbao("work-history", "--svg", "-a", "A002", "-o", out, book).returncode, 0)
            places = {e.get("data-place") for page in pages_of(out) for e in ET.parse(page).getroot().iter() if e.get("class") == "field"}
            self.assertTrue(places)
            for place in places:
                self.assertRegex(place, r"b\.xlsx:\w+![A-Z]+\d+$")


    def test_what_is_empty_ticked_or_a_picture_knows_its_cell_too(self):
        with tempfile.TemporaryDirectory() as d:
            out = os.path.join(d, "pages")
            self.assertEqual(shenbao("evaluation-form", "--svg", "-a", "A003", "-o", out, BATCH.replace(".xml", ".xlsx")).returncode, 0)
            fields = {}
            for page in pages_of(out):
                for e in ET.parse(page).getroot().iter():
                    if e.get("class") == "field":
                        fields.setdefault(e.get("data-field"), (e.get("data-place").split(":")[1], e.get("data-value"), {c.tag.replace(SVG, "") for c in e}))
            self.assertRegex(fields["person/health"][0], r"^人员!U\d+$")
            self.assertEqual(fields["person/health"][1], "")
            self.assertRegex(fields["employment/@established"][0], r"^人员!AB\d+$")
            self.assertEqual(fields["employment/@established"][1:], ("false", {"rect"}))
            self.assertEqual((fields["person/photo/@href"][0][:4], fields["person/photo/@href"][2]), ("人员!V", {"rect", "image"}))


class Calls(unittest.TestCase):
    def test_a_folder_must_be_named(self):
        for where in ([], ["-o", "-"]):
            done = shenbao("evaluation-form", "--svg", "-a", "A001", *where, BATCH)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn("-o", done.stderr.decode())

    def test_markup_in_the_data_stays_text(self):
        with open(BATCH, encoding="utf-8") as f:
            batch = f.read()
        name = re.search(r'<applicant id="A001".*?<name>(.*?)</name>', batch, re.S)[1]
        with tempfile.TemporaryDirectory() as d:
            path, out = os.path.join(d, '"><script>.xml'), os.path.join(d, "pages")
            with open(path, "w", encoding="utf-8") as f:
                f.write(batch.replace(f"<name>{name}</name>", "<name>王&lt;script&gt;alert(1)&lt;/script&gt;</name>", 1))
            self.assertEqual(shenbao("pledge", "--svg", "-a", "A001", "-o", out, path).returncode, 0)
            for page in pages_of(out):
                self.assertNotIn("script", {e.tag.replace(SVG, "") for e in ET.parse(page).getroot().iter()})

    def test_the_same_bytes_each_time(self):
        with tempfile.TemporaryDirectory() as d:
            for out in ("a", "b"):
                self.assertEqual(shenbao("composite-table", "--svg", "-a", "A001", "-o", os.path.join(d, out), BATCH).returncode, 0)
            self.assertEqual(subprocess.run(["diff", "-r", os.path.join(d, "a"), os.path.join(d, "b")]).returncode, 0)


if __name__ == "__main__":
    unittest.main()
