"""What is told of a second run: which pages to print again, who is new and who has gone, and what became of returned points."""
import concurrent.futures
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import openpyxl

from batches import generate
from blackbox_evaluation_form import PROGRAM, ROOT
from profiles import template

LONG = bool(os.environ.get("SHENBAO_LONG"))
PEOPLE = 120 if LONG else 3


def package(*args):
    return subprocess.run([PROGRAM, "package", *args], capture_output=True, text=True, timeout=3000, env=dict(os.environ, LC_ALL="C"))


def pictures(path):
    """A digest of each page's picture."""
    with tempfile.TemporaryDirectory(prefix="shenbao-pages-") as folder:
        subprocess.run(["pdftoppm", "-r", "60", "-gray", path, os.path.join(folder, "p")], check=True)
        found = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as f:
                found.append(hashlib.sha256(f.read()).hexdigest())
        return found


def listed(text, pages):
    """The pages that "2,17-19" or "all" names."""
    found = set()
    for part in ([] if text in (None, "all") else text.split(",")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return set(range(1, pages + 1)) if text == "all" else found


class Tree(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-changes-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_package(self, *args, out="out", status=0):
        done = package(*args, "-o", self.path(out))
        self.assertEqual(done.returncode, status, done.stderr[-3000:])
        return done

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return f.read()

    def changes(self):
        return json.loads(self.read("out/changes.json"))["changes"]

    def edit(self, path, edits):
        text = self.read(path)
        for pattern, new in edits:
            text, n = re.subn(pattern, new, text, count=1, flags=re.S)
            self.assertEqual(n, 1, pattern)
        with open(self.path(path), "w", encoding="utf-8") as f:
            f.write(text)


class SecondDay(Tree):
    """Three corrections, one withdrawal, one newcomer."""

    def test_the_pages_to_print_again_are_those_that_look_otherwise(self):
        batch = generate(self.dir, PEOPLE + 1)
        name = os.path.basename(batch)
        text = self.read(name)
        bodies = re.findall(r"\s*<applicant .*?</applicant>", text, re.S)
        newcomer, leaver = bodies[-1], f"B{PEOPLE - 1:05d}"
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text.replace(newcomer, ""))
        first = self.run_package("-q", batch)
        self.assertTrue(self.changes()["first"])
        shutil.copytree(self.path("out"), self.path("before"))
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text.replace(bodies[int(leaver[1:])], ""))
        self.edit(name, [(r'(id="B00000".*?<statement>.)', r"\1改"), (r'(id="B00000".*?<name>).*?(</name>)', r"\1陈某\2"),
                         (r'(id="B00001".*?<project [^>]*name=")', r"\1新")])
        second = self.run_package(batch)
        self.assertEqual(first.stderr, "")
        changes = self.changes()
        by_kind = {kind: sorted(o["id"] for o in changes["list"] if o["change"] == kind and o["what"] == "applicant")
                   for kind in ("new", "reprint", "gone")}
        self.assertEqual(by_kind, {"new": [f"B{PEOPLE:05d}"], "reprint": ["B00000", "B00001"], "gone": [leaver]})
        gone = next(o for o in changes["list"] if o["change"] == "gone")
        self.assertTrue(os.path.isdir(self.path("out/" + gone["folder"])))
        self.compare(changes)
        said = second.stderr
        self.assertRegex(said, r"package: 1 are new:\n  B")
        self.assertRegex(said, r"\n  B00001 [^:]*: .*综合表 p\. 1")
        self.assertIn(gone["folder"], said)

    def compare(self, changes):
        """Every document that both days have, page by page, as a picture."""
        told = {d["file"]: d for o in changes["list"] for d in o.get("documents", [])}
        printed = set(re.findall(r"\.\./([^\t]*)", self.read("out/print/print-list.txt")))
        day_two = {m["path"]: m for m in json.loads(self.read("out/manifest.json"))["files"] if m["path"] in printed}
        day_one = {(m.get("applicant"), m.get("delegation"), os.path.basename(m["path"])): m
                   for m in json.loads(self.read("before/manifest.json"))["files"]}
        pairs = []
        for path, m in day_two.items():
            old = day_one.get((m.get("applicant"), m.get("delegation"), os.path.basename(path)))
            if old and old["sha256"] != m["sha256"]:
                pairs.append((path, old["path"]))
            elif old:
                self.assertNotIn(path, told)
        self.assertGreater(len(pairs), 4)
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            looks = list(pool.map(lambda p: (pictures(self.path("out/" + p[0])), pictures(self.path("before/" + p[1]))), pairs))
        for (path, _), (now, before) in zip(pairs, looks):
            with self.subTest(path=path):
                otherwise = {i + 1 for i, page in enumerate(now) if i >= len(before) or page != before[i]}
                self.assertEqual(listed(told.get(path, {}).get("reprint"), len(now)), otherwise)

    def test_an_attachment_that_is_another_changes_its_own_pages_alone(self):
        shutil.copytree(os.path.join(ROOT, "samples"), self.path("in"))
        batch = self.path("in/batch.xml")
        self.run_package("-q", batch)
        shutil.copytree(self.path("out"), self.path("before"))
        scans = sorted(glob.glob(self.path("in/scans/A003/*.pdf")))
        page = scans[0]
        subprocess.run(["qpdf", "--empty", "--pages", page, "--", "--object-streams=disable", page + ".new"], check=True)
        os.replace(page + ".new", page)  # written anew, the same to look at
        self.run_package("-q", batch)
        changes = self.changes()
        self.compare_all(changes)
        photo = self.path("in/photos/A003.jpg")
        with open(photo, "rb") as f:
            data = f.read()
        shutil.copytree(self.path("out"), self.path("before"), dirs_exist_ok=True)
        with open(photo, "wb") as f:  # another comment: another file, and the same picture
            f.write(data[:2] + b"\xff\xfe\x00\x06abcd" + data[2:])
        self.run_package("-q", batch)
        self.compare_all(self.changes())

    def compare_all(self, changes):
        told = {d["file"]: d for o in changes["list"] for d in o.get("documents", [])}
        for m in json.loads(self.read("out/manifest.json"))["files"]:
            path = m["path"]
            if m.get("applicant") != "A003" or not path.endswith(".pdf"):
                continue
            now, before = pictures(self.path("out/" + path)), pictures(self.path("before/" + path))
            otherwise = {i + 1 for i, page in enumerate(now) if page != before[i]}
            self.assertLessEqual(otherwise, listed(told.get(path, {}).get("reprint"), len(now)), path)


class Telling(Tree):
    def setUp(self):
        super().setUp()
        shutil.copytree(os.path.join(ROOT, "samples"), self.path("in"))
        self.batch = self.path("in/batch.xml")

    def test_a_run_that_changes_nothing_leaves_what_was_told(self):
        self.run_package("-q", self.batch)
        self.edit("in/batch.xml", [(r'(id="A002".*?<statement>.)', r"\1改")])
        self.run_package("-q", self.batch)
        told = self.read("out/changes.json"), self.read("out/changes.html")
        self.assertEqual([o["id"] for o in self.changes()["list"] if o["what"] == "applicant"], ["A002"])
        done = self.run_package(self.batch)
        self.assertNotIn("to be printed again", done.stderr)
        self.assertEqual((self.read("out/changes.json"), self.read("out/changes.html")), told)
        self.assertEqual(package("--verify", self.path("out")).stderr, "")
        again = self.path("again")
        self.assertEqual(package("-q", self.batch, "-o", again).returncode, 0)
        done = subprocess.run(["diff", "-rq", "-x", "changes.*", self.path("out"), again], capture_output=True, text=True)
        self.assertEqual(done.stdout, "")  # how a tree came to be is told nowhere else

    def test_what_shards_and_killed_runs_have_made_is_told_by_the_run_that_ends(self):
        self.run_package("-q", self.batch)
        self.edit("in/batch.xml", [(r'(id="A002".*?<statement>.)', r"\1改")])
        for shard in ("1/2", "2/2"):
            self.run_package("-q", "--shard", shard, self.batch)
        self.run_package("-q", self.batch)
        self.assertEqual([(o["id"], o["change"]) for o in self.changes()["list"] if o["what"] == "applicant"], [("A002", "reprint")])

    def test_runs_over_a_part_do_not_fill_a_journal_that_waits(self):
        self.run_package("-q", "--shard", "1/2", self.batch)
        sizes = []
        for _ in range(3):
            self.run_package("-q", "-a", "A002", self.batch)
            sizes.append(os.path.getsize(self.path("out/.journal")))
        self.assertLess(sizes[2] - sizes[0], 10, sizes)

    def test_what_a_stopped_run_has_made_is_told_by_the_next(self):
        self.run_package("-q", self.batch)
        self.edit("in/batch.xml", [(rf'(id="{i}".*?<statement>.)', r"\1改") for i in ("A002", "A004")])
        paper, = glob.glob(self.path("out/*/*/A004-*/书面材料.pdf"))  # one after the other: A002 is through
        before = os.stat(paper).st_ino
        with subprocess.Popen([PROGRAM, "package", "-q", "-j1", "--umask", "027", self.batch, "-o", self.path("out")]) as run:
            while os.stat(paper).st_ino == before and run.poll() is None:
                time.sleep(0.001)
            run.terminate()
        self.assertEqual(run.returncode, 143)
        self.assertEqual(os.stat(self.path("out/.journal")).st_mode & 0o777, 0o640)  # who may read the tree verifies it
        due = self.run_package("--dry-run", self.batch).stdout.splitlines()
        done = self.run_package(self.batch)
        self.assertEqual(len(due), int(re.search(r"(\d+) documents made", done.stderr)[1]), due)
        self.assertEqual([(o["id"], o["change"]) for o in self.changes()["list"] if o["what"] == "applicant"], [("A002", "reprint"), ("A004", "reprint")])

    def test_what_is_left_in_the_tree_is_told_once(self):
        self.run_package("-q", self.batch)
        self.edit("in/batch.xml", [(r'\s*<applicant id="A008".*?</applicant>', ""), (r'(id="A001".*?<name>).*?(</name>)', r"\1陈某\2")])
        done = self.run_package(self.batch)
        self.assertEqual([(o["id"], o["change"]) for o in self.changes()["list"][1:]], [("A001", "reprint"), ("A008", "gone")])
        self.assertIn("--prune", done.stderr)
        self.edit("in/batch.xml", [(r'(id="A002".*?<statement>.)', r"\1改")])
        self.run_package(self.batch)
        self.assertEqual([(o["id"], o["change"]) for o in self.changes()["list"]], [("A002", "reprint")])
        self.assertEqual(self.changes()["removed"], 0)

    def test_changes_since_another_tree(self):
        self.run_package("-q", self.batch)
        shutil.copytree(self.path("out"), self.path("printed"))
        for word in ("改", "又"):
            self.edit("in/batch.xml", [(r'(id="A00%d".*?<statement>.)' % (2 if word == "改" else 3), rf"\1{word}")])
            self.run_package("-q", self.batch)
        self.assertEqual([o["id"] for o in self.changes()["list"] if o["what"] == "applicant"], ["A003"])
        done = self.run_package("--since", self.path("printed"), self.batch)
        self.assertEqual([o["id"] for o in self.changes()["list"] if o["what"] == "applicant"], ["A002", "A003"])
        self.assertRegex(done.stderr, r"  A002 .*\n  A003 ")
        done = self.run_package("--since", self.path("in"), self.batch, status=2)
        self.assertIn("manifest.json", done.stderr)

    def test_the_report_says_of_each_document_what_became_of_it(self):
        import jsonschema
        self.run_package("-q", self.batch)
        self.edit("in/batch.xml", [(r'(id="A002".*?<statement>.)', r"\1改")])
        report = self.path("said.json")
        package("-q", "--report", report, self.batch, "-o", self.path("out"))
        said = json.loads(self.read("said.json"))
        with open(template("report.schema.json"), encoding="utf-8") as f:
            jsonschema.validate(said, json.load(f))
        changes = {d["change"] for a in said["applicants"] for d in a["documents"]}
        self.assertLessEqual({"made", "unchanged"}, changes)
        self.assertNotIn("change", json.dumps(json.loads(self.read("out/report.json"))["applicants"][0]["documents"]))

    def test_a_paper_that_is_needed_no_more_is_told(self):
        overlay = self.path("templates")
        os.mkdir(overlay)
        self.run_package("-q", self.batch)
        with open(template("package.xml"), encoding="utf-8") as f:
            text = f.read()
        with open(os.path.join(overlay, "package.xml"), "w", encoding="utf-8") as f:
            f.write(re.sub(r'<paper name="checklist"[^>]*/>', "", text))
        report = self.path("said.json")
        self.run_package("-q", "-T", overlay, "--report", report, self.batch)
        said = json.loads(self.read("said.json"))
        for a in said["applicants"]:
            self.assertEqual([d["kind"] for d in a["documents"] if d["change"] == "removed"], ["checklist"])
        self.assertEqual(self.changes()["removed"], len(said["applicants"]))
        self.assertIn("核对清单", self.read("out/changes.html"))


POINTS = """<rework from="省评委会办公室" date="2026-10-20">
  <point applicant="A001" paper="综合表" label="姓名" field="person/name" should="陈某">姓名与证件不符</point>
  <point applicant="A002" field="person/name" was="{name}">姓名有误</point>
  <point applicant="A003" label="出生年月" was="1900.1">出生年月有误</point>
  <point applicant="A004" paper="评审表">内容空泛</point>
  <point applicant="A005" paper="评审表">请写具体</point>
  <point applicant="Z999">材料不全</point>
</rework>
"""


class Rework(Tree):
    def setUp(self):
        super().setUp()
        shutil.copytree(os.path.join(ROOT, "samples"), self.path("in"))
        self.batch = self.path("in/batch.xml")
        self.name = re.search(r'id="A002".*?<name>(.*?)</name>', self.read("in/batch.xml"), re.S)[1]

    def states(self):
        return [(p.get("applicant"), p["state"]) for p in json.loads(self.read("out/changes.json"))["rework"]["points"]]

    def day_two(self):
        self.run_package("-q", self.batch)
        self.edit("in/batch.xml", [(r'(id="A001".*?<name>).*?(</name>)', r"\1陈某\2"), (r'(id="A004".*?<statement>.)', r"\1改")])

    def test_points_are_checked_off(self):
        with open(self.path("points.xml"), "w", encoding="utf-8") as f:
            f.write(POINTS.format(name=self.name))
        self.day_two()
        done = self.run_package("--rework", self.path("points.xml"), self.batch)
        self.assertEqual(self.states(), [("A001", "done"), ("A002", "open"), ("A003", "done"), ("A004", "look"), ("A005", "open"), ("Z999", "gone")])
        said = done.stderr
        self.assertIn("6 returned points: 2 done, 1 to look at, 2 open, of 1 the applicant is gone", said)
        self.assertRegex(said, r"\[open\] A005 \S+ 评审表: 请写具体; nothing is otherwise")
        self.assertRegex(said, r"\[look\] A004 \S+ 评审表: 内容空泛; otherwise than before: 评审表 p\. \d")
        self.assertLess(said.index("returned points"), said.index("printed again"))
        page = self.read("out/changes.html")
        self.assertLess(page.index("退回意见"), page.index("要重印的</h2>") if "要重印的</h2>" in page else page.index("要重印的（"))
        self.assertNotIn("rework", self.read("out/report.json"))

    def test_a_sheet_of_a_workbook_serves(self):
        book = openpyxl.Workbook()
        book.active.title = "说明"
        book.active["A1"] = "退回说明"
        sheet = book.create_sheet("意见")
        for row in (["省评委会办公室退回意见"], [], ["序号", "申报人编号", "姓名", "材料", "栏目", "原为", "应为", "退回意见"],
                    [1, "A001", None, "综合表", "姓名", None, "陈 某", "姓名与证件不符"], [2, None, self.name, None, None, None, None, "请核对"],
                    [3, "A003", None, None, "出生年月", "1900年1月", None, "有误"]):
            sheet.append(row)
        book.save(self.path("points.xlsx"))
        self.day_two()
        self.run_package("-q", "--rework", self.path("points.xlsx"), self.batch)
        self.assertEqual(self.states(), [("A001", "done"), ("A002", "open"), ("A003", "done")])

    def test_merged_cells_are_said_of_each_row(self):
        """One person's points below one another, the name merged; and one text for two people."""
        book = openpyxl.Workbook()
        sheet = book.active
        for row in (["申报人编号", "栏目", "原为", "退回意见"], ["A001", "民族", "火星族", "甲"], [None, "籍贯", "火星", "乙"], ["A003", None, None, "丙"], ["A004"],
                    [None, None, None, "丁"]):
            sheet.append(row)
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("D4:D5")
        book.save(self.path("points.xlsx"))
        self.day_two()
        done = self.run_package("--rework", self.path("points.xlsx"), self.batch)
        points = json.loads(self.read("out/changes.json"))["rework"]["points"]
        self.assertEqual([(p["applicant"], p["text"]) for p in points], [("A001", "甲"), ("A001", "乙"), ("A003", "丙"), ("A004", "丙")])
        self.assertIn("points.xlsx:Sheet!D6: warning: ", done.stderr)

    def test_what_is_no_list_is_refused_before_anything_is_made(self):
        book = openpyxl.Workbook()
        book.active.append(["一", "二"])
        book.save(self.path("other.xlsx"))
        for name, text, said in (("none.xml", None, "no such file"), ("empty.xml", "", "empty"), ("x.xml", "<rework><point>x</point></rework>", "needs applicant"),
                                 ("f.xml", '<rework><point applicant="A001" field="a[">x</point></rework>', "f.xml:1"), ("other.xlsx", None, "no sheet has the heads")):
            if text is not None:
                with open(self.path(name), "w", encoding="utf-8") as f:
                    f.write(text)
            with self.subTest(name=name):
                done = self.run_package("--rework", self.path(name), self.batch, status=2)
                self.assertIn(said, done.stderr)
                self.assertFalse(os.path.exists(self.path("out/manifest.json")))


if __name__ == "__main__":
    unittest.main()
