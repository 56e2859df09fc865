"""How the printed forms look, measured on applicants of random length: where pages end, how high boxes are, what is parted."""
import os
import re
import tempfile
import unittest
import xml.etree.ElementTree as ET

import applicants
import drawn
from blackbox_evaluation_form import BATCH, shenbao

COUNT = 100 if os.environ.get("SHENBAO_LONG") else 16
TOP, BOTTOM = 20, 277  # of the evaluation form's text block, in mm
PART = re.compile(r"^([一二三四五六七八九十]+、|备注)")

# The rows of a table whose heading, with （续）, stands above what a page break has parted.
ROWS = {
    "二、": "education", "三、": "experience", "四、": "title", "五、": "training", "学习培训经历": "course", "八、": "paper",
    "九、": "award | honour", "十、": "patent | standard",
    "七、主要业绩（一）": "project[@since='true']", "七、主要业绩（二）": "project[@since='false']",
}


def count(applicant, words):
    return sum(len(applicant.findall(w.strip())) for w in words.split("|"))


def parted(page):
    """The headings of tables that go on from the page before."""
    return [r for r in page.runs if r.text.endswith("（续）") and r.y < TOP + 12]


def extent(page, y):
    """The height of the table below y, to the next heading."""
    end = min((r.y for r in page.runs if r.y > y and r.size > 11.5 and r.x0 < 22), default=BOTTOM)
    rules = [a for a, _, _ in page.level() if y < a < end + 1]
    return max(rules) - min(rules)


def boxes(page):
    """(label, height) of the boxes that are signed."""
    found = {}
    for run in page.runs:
        if re.search("(签字）|签名)：$", run.text):
            _, top, _, bottom = page.cell(run)
            heads = [r for r in page.runs if PART.match(r.text) and r.y < top]
            found[heads[-1].text if heads else ""] = bottom - top
    return found


def lowest(page):
    return max((y for y, _, _ in page.level()), default=0)


class Pages(unittest.TestCase):
    """The evaluation form's pages are planned."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        path = applicants.generate(cls.dir.name, COUNT, 1)
        out = os.path.join(cls.dir.name, "out")
        done = shenbao("evaluation-form", "-q", "-o", out + "/", path)
        assert done.returncode == 0, done.stderr.decode()
        pdfs = {name.split("-")[0]: os.path.join(out, name) for name in os.listdir(out)}
        cls.forms = [(a, drawn.pages(pdfs[a.get("id")])) for a in ET.parse(path).getroot().iter("applicant")]

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def faults(self, find):
        found = [f"{a.get('id')}, page {n}: {fault}" for a, pages in self.forms for n, fault in find(a, pages)]
        self.assertFalse(found, f"{len(found)} in {len(self.forms)} forms: " + "; ".join(found[:20]))

    def test_no_table_of_up_to_six_rows_is_parted(self):
        """But one that is higher than a page."""
        def find(applicant, pages):
            for n, page in enumerate(pages[1:], 2):
                for run in parted(page):
                    words = next((w for start, w in ROWS.items() if run.text.startswith(start)), None)
                    above = [r.y for r in pages[n - 2].runs if r.size > 11.5 and r.x0 < 22]
                    height = extent(page, run.y) + extent(pages[n - 2], max(above, default=TOP))
                    if words and count(applicant, words) <= 6 and height < BOTTOM - TOP - 20:
                        yield n, run.text
        self.faults(find)

    def test_the_person_stands_on_one_page(self):
        """Whatever the name is, and with up to four titles and roles: some names have 25 characters."""
        def find(applicant, pages):
            for n, page in enumerate(pages, 1):
                if "一、基本情况（续）" in (r.text for r in parted(page)) and count(applicant, "title | role") <= 4:
                    yield n, "goes on"
        self.faults(find)

    def test_boxes_are_neither_low_nor_high(self):
        def find(_, pages):
            for n, page in enumerate(pages[:-1], 1):
                for label, height in boxes(page).items():
                    if height < 59.8 or height > 110.2 and not label.startswith("十一"):
                        yield n, f"{label} {height:.1f} mm"
        self.faults(find)

    def test_the_last_page_is_no_blank_sheet_and_the_count_is_even(self):
        def find(_, pages):
            if not pages[-1].rules or len(pages) % 2:
                yield len(pages), "blank"
        self.faults(find)

    def test_no_heading_stands_alone(self):
        def find(_, pages):
            for n, page in enumerate(pages, 1):
                for run in page.runs:
                    below = [y for y, _, _ in page.level() if y > run.y]
                    if PART.match(run.text) and run.size > 12 and n > 2 and len(below) < 2:
                        yield n, run.text
        self.faults(find)

    def test_pages_are_full(self):
        def find(_, pages):
            for n, page in enumerate(pages[2:-1], 3):
                full = (lowest(page) - TOP) / (BOTTOM - TOP)
                if full < 0.6:
                    yield n, f"{full:.0%}"
        self.faults(find)

    def test_every_page_but_the_cover_has_its_number(self):
        def find(_, pages):
            for n, page in enumerate(pages[1:], 2):
                if not any(f"第{n}页" in r.text for r in page.runs):
                    yield n, "no number"
        self.faults(find)


class Signatures(unittest.TestCase):
    """One block in all forms: who signs at the left, 公章 and the date at the right, room for a seal of 45 mm."""

    PAPERS = ("evaluation-form", "composite-table", "score-sheet", "milestone-form", "post-form", "pledge", "public-notice", "statement", "work-history")
    RADIUS, ABOVE, SIGNATURE = 22.5, 24, 25  # mm: of the seal; its middle over the rule below; a signature's length

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.pages = []
        for paper in cls.PAPERS:
            out = os.path.join(cls.dir.name, paper)
            done = shenbao(paper, "-q", "-o", out + "/", BATCH)
            assert done.returncode == 0, done.stderr.decode()
            for name in sorted(os.listdir(out)):
                cls.pages += [(f"{paper} {name.split('-')[0]} page {n}", p) for n, p in enumerate(drawn.pages(os.path.join(out, name)), 1)]

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    @staticmethod
    def seals(page):
        """(run, x, y) of each 公章, with the middle between it and the date below."""
        for run in page.runs:
            if run.text in ("（公章）", "（评委会章）"):
                yield run, (run.x0 + run.x1) / 2, run.y + 2.5

    def faults(self, find):
        looked, found = 0, []
        for where, page in self.pages:
            for fault in find(page):
                looked += 1
                found += [f"{where}: {fault}"] if fault else []
        self.assertGreater(looked, 50)
        self.assertFalse(found, f"{len(found)} of {looked}: " + "; ".join(found[:20]))

    def test_the_seal_touches_no_rule_and_stands_high_enough(self):
        def find(page):
            for run, x, y in self.seals(page):
                _, _, _, bottom = page.cell(run)
                near = min(max(x0 - x, x - x1, 0) ** 2 + max(y0 - y, y - y1, 0) ** 2 for x0, y0, x1, y1 in page.rules) ** 0.5
                yield (f"{bottom - y:.1f} mm above the rule" if bottom - y < self.ABOVE - 0.05 else
                       f"{near:.1f} mm from a rule" if near < self.RADIUS - 0.05 else "")
        self.faults(find)

    def test_the_seal_leaves_the_room_to_sign(self):
        def find(page):
            signers = [r for r in page.runs if re.search("(签字）|签名）|签名)：$", r.text)]
            for run, x, y in self.seals(page):
                left, top, _, bottom = page.cell(run)
                own = [r for r in signers if left < r.x0 and top < r.y < bottom and r.x0 < run.x1]
                if not own:
                    yield f"nobody signs beside {run}"
                for r in own:
                    apart = max(r.x0 - x, x - r.x1 - self.SIGNATURE, 0) ** 2 + max(r.y - 6 - y, y - r.y, 0) ** 2
                    yield "" if apart ** 0.5 > self.RADIUS - 0.05 else f"{r} is {apart ** 0.5:.1f} mm from the seal's middle"
        self.faults(find)

    def test_the_date_has_room_to_be_written(self):
        def find(page):
            for run in page.runs:
                if not re.fullmatch("年月日", run.text):
                    continue
                em = run.size * drawn.MM
                left, _, _, _ = page.cell(run)
                beside = [r.x1 for r in page.runs if r is not run and abs(r.y - run.y) < 1 and r.x1 < run.x0 + 0.1 and r.x1 > left]
                room = run.xs[0] - max(beside + [left])
                gaps = [b - a - em for a, b in zip(run.xs, run.xs[1:])]
                yield "" if room >= 3 * em - 0.1 and min(gaps) >= 2 * em - 0.1 else f"{run}: {room / em:.1f} em before 年, {min(gaps) / em:.1f} between"
        self.faults(find)


if __name__ == "__main__":
    unittest.main()
