"""Pages as SVG: the same page as the PDF's, every printed field knows its place, and nothing in it runs or reaches out."""
import base64
import glob
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

import batches
from blackbox_evaluation_form import BATCH, ROOT, shenbao

JIANGSU = os.path.join(ROOT, "samples", "jiangsu", "batch.xml")
PAPERS = {BATCH: ("evaluation-form", "composite-table", "material-list", "work-history", "statement", "score-sheet",
                  "milestone-form", "pledge", "public-notice", "post-form", "checklist", "delegation-letter", "dossier"),
          JIANGSU: ("evaluation-form", "brief-table", "brief-table-middle", "statement", "delegation-letter", "dossier")}
OTHERS = re.compile("roster$|upload$|summary-")  # tables and files, which have no pages as SVG
SVG = "{http://www.w3.org/2000/svg}"
RESOLUTION = 70  # at which baselines stand on pixels
ALLOWED = {"svg", "title", "defs", "path", "g", "use", "rect", "image"}


def pages_of(folder):
    return sorted(glob.glob(os.path.join(folder, "**", "[0-9][0-9][0-9].svg"), recursive=True))


def gray(path, page=None):
    """(width, height, bytes) by one renderer for both."""
    out = path + ".pgm"
    subprocess.run(["mutool", "draw", "-q", "-r", str(RESOLUTION), "-c", "gray", "-F", "pgm", "-o", out, path] + ([str(page)] if page else []),
                   check=True, capture_output=True)
    with open(out, "rb") as f:
        data = f.read()
    m = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    return int(m[1]), int(m[2]), data[m.end():]


def without_copies(picture, page):
    """White where pages of PDFs are bound, which an SVG only has frames for."""
    width, height, data = picture
    data = bytearray(data)
    for e in ET.parse(page).getroot().iter(SVG + "g"):
        if e.get("class") == "copy":
            x, y, w, h = (float(e[0].get(name)) * RESOLUTION / 72 for name in ("x", "y", "width", "height"))
            left, right = max(int(x) - 1, 0), min(int(x + w) + 2, width)
            for row in range(max(int(y) - 1, 0), min(int(y + h) + 2, height)):
                data[row * width + left:row * width + right] = b"\xff" * (right - left)
    return data


def differing(a, b, width):
    """Pixels of either that the other has not within one of their place: a baseline between two pixels is set to one of them in a PDF."""
    def is_near(one, other, k):
        around = (k + dy + dx for dy in (-width, 0, width) for dx in (-1, 0, 1))
        return any(abs(one[k] - other[i]) <= 96 for i in around if 0 <= i < len(other))

    return sum(1 for k, (x, y) in enumerate(zip(a, b)) if abs(x - y) > 96 and not (is_near(a, b, k) and is_near(b, a, k)))


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
                far = differing(without_copies(a, page), without_copies(b, page), a[0])
                self.assertLess(far, 40, (page, far))
                n += 1
        self.assertGreater(n, 60)

    def test_all_papers_of_all_notices_are_looked_at(self):
        for batch, papers in PAPERS.items():
            profile = "jiangsu-electronics" if batch == JIANGSU else "zhejiang-mining"
            package = ET.parse(os.path.join(ROOT, "templates", profile, "package.xml")).getroot()
            named = {e.get("name") for e in package.iter("paper")}
            self.assertTrue(named)
            self.assertEqual({n for n in named if not OTHERS.match(n)}, set(papers))

    def test_pages_of_pdfs_have_their_frames(self):
        folder = next(f for f, _ in self.documents() if "dossier" in f)
        copies = [e for page in pages_of(folder) for e in ET.parse(page).getroot().iter(SVG + "g") if e.get("class") == "copy"]
        self.assertGreater(len(copies), 20)
        for e in copies:
            self.assertTrue(e.get("data-file").startswith("scans/"))
            self.assertTrue(os.path.exists(os.path.join(ROOT, "samples", e.get("data-file"))))
            self.assertGreaterEqual(int(e.get("data-page")), 1)

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


def bytes_read_by_children():
    """Of those that have ended; None: this kernel does not count."""
    try:
        with open("/proc/self/io", encoding="ascii") as f:
            return int(re.search(r"rchar: (\d+)", f.read())[1])
    except OSError:
        return None


class Excerpts(unittest.TestCase):
    """One person's share of a workbook: what is made of it is what is made of the whole, and the whole is not read for it."""
    MANY, FEW = 60, 3

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.book = cls.made(cls.MANY)

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    @classmethod
    def made(cls, count):
        folder = os.path.join(cls.dir.name, str(count))
        os.mkdir(folder)
        batch, book = batches.generate(folder, count, together=7), os.path.join(folder, "book.xlsx")
        assert shenbao("workbook", "-o", book, batch).returncode == 0
        cls.check(book)
        return book

    @classmethod
    def check(cls, book):
        excerpts = os.path.join(os.path.dirname(book), "excerpts")
        done = shenbao("check", "-q", "--rules", "R18", "--profile", "zhejiang-mining", "--excerpts", excerpts, "-o", os.devnull, book)
        assert done.returncode in (0, 1) and os.path.exists(excerpts), done.stderr.decode()

    def pages(self, book, paper, person, excerpts=True, status=0):
        folder = os.path.dirname(book)
        out = os.path.join(folder, "pages")
        subprocess.run(["rm", "-rf", out], check=True)
        own = ["--excerpts", os.path.join(folder, "excerpts")] if excerpts else []
        done = shenbao(paper, "--svg", "-q", "-j", "1", "--profile", "zhejiang-mining", *own, "-a", person, "-o", out, book)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        made = {}
        for path in pages_of(out):
            with open(path, "rb") as f:
                made[os.path.relpath(path, out)] = f.read()
        return made

    def test_what_is_made_of_it_is_what_is_made_of_the_whole(self):
        for person in ("B00001", "B00007", "B00008", "B00033", "B00059"):
            for paper in ("evaluation-form", "composite-table", "score-sheet", "post-form", "checklist", "material-list"):
                whole = self.pages(self.book, paper, person, excerpts=False)
                self.assertTrue(whole)
                self.assertEqual(self.pages(self.book, paper, person), whole, (paper, person))

    def test_the_whole_is_not_read_for_it(self):
        if bytes_read_by_children() is None:
            self.skipTest("this kernel does not count what is read")

        def cost(book, excerpts):
            before = bytes_read_by_children()
            self.pages(book, "pledge", "B00002", excerpts)
            return bytes_read_by_children() - before

        few, many, whole = cost(self.made(self.FEW), True), cost(self.book, True), cost(self.book, False)
        self.assertLess(many - few, (whole - few) / 10, (few, many, whole))

    def test_it_counts_only_for_the_workbook_that_it_was_made_of(self):
        with tempfile.TemporaryDirectory() as d:
            book = os.path.join(d, "book.xlsx")
            self.assertEqual(shenbao("workbook", "-a", "A001", "-a", "A003", "-o", book, BATCH).returncode, 0)
            self.check(book)
            self.assertEqual(self.pages(book, "pledge", "A003"), self.pages(book, "pledge", "A003", excerpts=False))
            before = self.pages(book, "pledge", "A003")
            self.assertEqual(shenbao("workbook", book, "--set", "A003:person/mobile=13900000009", "-o", book + ".new").returncode, 0)
            then = os.stat(book).st_mtime_ns
            os.rename(book + ".new", book)
            os.utime(book, ns=(then, then))  # who sets the time back moves another
            after = self.pages(book, "pledge", "A003")
            self.assertNotEqual(after, before)
            self.assertEqual(after, self.pages(book, "pledge", "A003", excerpts=False))

    def test_who_is_at_fault_has_none_and_the_others_do(self):
        with tempfile.TemporaryDirectory() as d:
            book = os.path.join(d, "book.xlsx")
            self.assertEqual(shenbao("workbook", "-o", book, BATCH).returncode, 0)
            self.assertEqual(shenbao("workbook", book, "--set", "A001:person/birth=昨天", "-o", book + ".new").returncode, 0)
            os.rename(book + ".new", book)
            self.check(book)
            self.assertEqual(self.pages(book, "pledge", "A001", status=1), {})
            self.assertEqual(self.pages(book, "pledge", "A003"), self.pages(book, "pledge", "A003", excerpts=False))
            with open(os.path.join(d, "excerpts"), "rb") as f:
                data = f.read()
            self.assertNotIn(b'<applicant id="A001"', data)
            self.assertIn(b'<applicant id="A003"', data)

    def test_what_is_left_of_one_is_none(self):
        with tempfile.TemporaryDirectory() as d:
            book, path = os.path.join(d, "book.xlsx"), os.path.join(d, "excerpts")
            self.assertEqual(shenbao("workbook", "-a", "A003", "-o", book, BATCH).returncode, 0)
            self.check(book)
            whole = self.pages(book, "pledge", "A003", excerpts=False)
            with open(path, "rb") as f:
                data = f.read()
            for wrong in (b"", data[:-1], data[:24], data[-24:], data[:-8] + b"\xff" * 8, data[:-8] + bytes(8), b"\xff" * len(data), data[:-24][: len(data) // 2] + data[-24:]):
                with open(path, "wb") as f:
                    f.write(wrong)
                self.assertEqual(self.pages(book, "pledge", "A003"), whole, wrong[:40])


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
