"""The papers that are templates only, from outside: composite-table, score-sheet, milestone-form, post-form."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from blackbox_evaluation_form import BATCH, ROOT, WATERMARK, folded, shenbao, text_of
from profiles import template

SAMPLES = os.path.join(ROOT, "samples")
RUBRICS = ("rubric-blasting.xml", "rubric-mining.xml")

# name -> (pages, copies, binding, seals, watermark, what stands in the title)
PAPERS = {
    "composite-table": (2, 3, "loose", ("所在单位", "主管部门"), True, "推荐高级工程师任职资格人员情况综合表"),
    "score-sheet": (2, 1, "bound", ("所在单位",), False, "高级工程师任职资格评审打分表"),
    "milestone-form": (2, 3, "bound", ("所在单位", "主管部门", "人力社保"), False, "推荐高级工程师职务任职资格审批表（标志性业绩）"),
    "post-form": (1, 1, "loose", ("所在单位", "主管部门", "人力社保"), False, "事业单位人员职称申报岗位信息表"),
}


def applicants():
    return list(ET.parse(BATCH).getroot().iter("applicant"))


def paths(folder):
    """id -> PDF"""
    return {name.split("-")[0]: os.path.join(folder, name) for name in sorted(os.listdir(folder))}


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.done, cls.reports, cls.pdfs, cls.texts = {}, {}, {}, {}
        for paper in PAPERS:
            out, report = os.path.join(cls.dir.name, paper), os.path.join(cls.dir.name, paper + ".json")
            cls.done[paper] = shenbao(paper, "-o", out + "/", "--report", report, BATCH)
            with open(report, encoding="utf-8") as f:
                cls.reports[paper] = json.load(f)
            cls.pdfs[paper] = paths(out)
            cls.texts[paper] = {i: folded(text_of(p, "-raw")) for i, p in cls.pdfs[paper].items()}

    @classmethod
    def tearDownClass(cls):
        cls.dir.cleanup()

    def test_all_are_written_and_the_report_says_what_they_are(self):
        for paper, (pages, copies, binding, seals, _, _) in PAPERS.items():
            self.assertEqual((self.done[paper].returncode, self.done[paper].stderr), (0, b""), paper)
            self.assertEqual(len(self.pdfs[paper]), 8)
            for a in self.reports[paper]["applicants"]:
                document, = a["documents"]
                self.assertEqual((document["pages"], document["copies"], document["binding"], document["paper"]),
                                 (pages, copies, binding, "A4"), (paper, a["id"]))
                for seal in seals:
                    self.assertIn(seal, document["seals"])

    def test_paper_size_title_and_watermark(self):
        for paper, (_, _, _, _, watermark, title) in PAPERS.items():
            for pdf in self.pdfs[paper].values():
                info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
                size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", info).groups()
                want = ("841.89", "595.276") if paper == "score-sheet" else ("595.276", "841.89")
                for have, expected in zip(size, want):
                    self.assertAlmostEqual(float(have), float(expected), delta=0.6)
                self.assertEqual(subprocess.run(["qpdf", "--check", pdf], capture_output=True).returncode, 0)
                sides = text_of(pdf).split("\f")[:-1]
                self.assertIn(title, folded(text_of(pdf, "-raw")))
                for side in sides:
                    self.assertEqual(WATERMARK in folded(side), watermark, pdf)

    def test_boxes_of_later_hands_are_empty(self):
        for text in self.texts["composite-table"].values():
            boxes = re.sub(WATERMARK, "", text).split("主管部门意见")[1]
            self.assertRegex(boxes, r"^是否破格：[□■]是[□■]否人事部门（签字）：（公章）年月日负责人（签字）：（公章）年月日负责人（签字）：（公章）年月日佐证页是装订材料的页码。.*第2页共2页$")
        for text in self.texts["milestone-form"].values():
            boxes = text.split("主管部门意见")[1]
            box = "负责人（签字）：（公章）年月日"
            self.assertEqual(boxes, box + "人事部门意见" + box + "评委会办公室" + box + "第2页共2页")
        for text in self.texts["post-form"].values():
            self.assertTrue(text.endswith(2 * "经办人（签字）：负责人（签字）：（公章）年月日"), text[-80:])

    def test_posts_are_subtracted(self):
        for i in ("A004", "A005", "A006"):
            # approved, filled, vacant, planned, recommended: of the unit's three one is not on the establishment
            self.assertIn("副高30%2017322中级45%302643初级", self.texts["post-form"][i])
            self.assertIn("副高空缺3个，本年度拟聘2个；本次推荐数不得超过2个。", self.texts["post-form"][i])
            self.assertIn("正高10%6510副高", self.texts["post-form"][i])
        self.assertNotIn("NaN", self.texts["post-form"]["A001"])

    def test_the_recommended_are_counted_whoever_is_selected(self):
        done = shenbao("post-form", "-a", "A004", "-o", os.path.join(self.dir.name, "one.pdf"), BATCH)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.dir.name, "one.pdf"), "rb") as a, open(self.pdfs["post-form"]["A004"], "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_milestones_and_recommendations(self):
        a007 = next(a for a in applicants() if a.get("id") == "A007")
        text = self.texts["milestone-form"]["A007"]
        for milestone in a007.iter("milestone"):
            for value in (milestone.get("name"), milestone.get("by"), milestone.get("rank"), milestone.findtext("description")):
                self.assertIn(folded(value), text)
        for recommendation in a007.iter("recommendation"):
            self.assertIn(folded(recommendation.text), text)
            self.assertIn(recommendation.get("name"), text)

    def test_totals_are_those_of_the_record(self):
        """Counted here from the record: the samples' entries all have proof and a rank among the first five."""
        for a in applicants():
            scores, text = list(a.iter("score")), self.texts["score-sheet"][a.get("id")]
            name = "爆破行业" if a.get("specialty") in ("爆破工程", "爆破器材") else "矿山工程"
            self.assertIn(f"浙江省{name}高级工程师任职资格评审打分表", text)
            for score in scores:
                self.assertIn(folded(score.text), text)
                self.assertIn(folded(score.get("directory")), text)
            self.assertNotIn("不计分", text)
            self.assertNotIn("不符", text)
            if scores:
                self_total, reviewed = (sum(float(s.get(k)) for s in scores) for k in ("self", "reviewed"))
                self.assertIn(f"合计（满分100分）100{self_total:g}{reviewed:g}", text)

    def test_equal_bytes(self):
        for paper in PAPERS:
            out = os.path.join(self.dir.name, "again-" + paper)
            done = shenbao(paper, "-j", "1", "-o", out + "/", BATCH, cwd="/", env={"TZ": "America/Lima", "LANG": "de_DE.UTF-8"})
            self.assertEqual(done.returncode, 0)
            for i, pdf in paths(out).items():
                with open(pdf, "rb") as a, open(self.pdfs[paper][i], "rb") as b:
                    self.assertEqual(hashlib.sha256(a.read()).digest(), hashlib.sha256(b.read()).digest(), pdf)


class Edited(unittest.TestCase):
    """An edit of one XML file shows in the next run."""

    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        self.addCleanup(self.dir.cleanup)

    def overlay(self, name, *pairs):
        with open(template(name), encoding="utf-8") as f:
            text = f.read()
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        with open(os.path.join(self.dir.name, name), "w", encoding="utf-8") as f:
            f.write(text)

    def batch(self, *pairs):
        """The samples with other words; the folder comes along for its media."""
        folder = os.path.join(self.dir.name, "samples")
        shutil.copytree(SAMPLES, folder)
        path = os.path.join(folder, "batch.xml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def draw(self, paper, *args, batch=BATCH, status=0):
        target = os.path.join(self.dir.name, "out.pdf")
        done = shenbao(paper, "-T", self.dir.name, "-o", target, *args, batch)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return folded(text_of(target, "-raw")) if status == 0 else done.stderr.decode()

    def test_label_column_and_watermark_of_the_composite_table(self):
        self.overlay("composite-table.xml", ("行政职务", "党政职务"), ("{$watermark}", "样张"), ("28mm 121mm 24mm 13mm", "28mm 40mm 105mm 13mm"))
        text = self.draw("composite-table", "-a", "A003")
        self.assertIn("党政职务", text)
        self.assertIn("样张", text)
        self.assertNotIn(WATERMARK, text)
        boxes = subprocess.run(["pdftotext", "-bbox", os.path.join(self.dir.name, "out.pdf"), "-"], capture_output=True, text=True).stdout
        right = max(float(x) for x in re.findall(r'xMax="([\d.]+)"[^>]*>角色、排名<', boxes))
        self.assertLess(right, (12 + 19 + 40 + 113) * 72 / 25.4)
        self.assertLess(float(re.search(r'xMin="([\d.]+)"[^>]*>角色、排名<', boxes).group(1)), 130 * 72 / 25.4)

    def test_an_item_of_a_rubric(self):
        self.overlay("rubric-blasting.xml", ('name="持有资质" max="8"', 'name="执业资质" max="6"'), ('official="false"', 'official="true"'))
        text = self.draw("score-sheet", "-a", "A001")
        self.assertIn("执业资质", text)
        self.assertIn("合计8分，按最高分6分计。", text)
        self.assertIn("合计（满分100分）100", text)
        self.assertIn("填报自评合计88分，与逐项计算不符，以逐项计算为准。", text)
        self.assertNotIn("示例：评分项目", text)

    def test_a_rubric_of_ones_own_serves_a_new_specialty(self):
        batch = self.batch(('basis="第六条（二）" criteria="浙江省爆破行业高级工程师任职资格评价条件（试行）" specialty="爆破工程"',
                            'basis="第六条（二）" criteria="浙江省爆破行业高级工程师任职资格评价条件（试行）" specialty="爆破安全"'))
        error = self.draw("score-sheet", "-a", "A001", batch=batch, status=1)
        self.assertRegex(error, r"batch\.xml:\d+: error: \[R41\].*A001")
        self.assertIn("爆破安全", error)
        with open(template("rubric-blasting.xml"), encoding="utf-8") as f:
            text = f.read().replace("<specialty>爆破工程</specialty>", "<specialty>爆破安全</specialty>").replace("爆破行业", "爆破安全")
        with open(os.path.join(self.dir.name, "rubric-safety.xml"), "w", encoding="utf-8") as f:
            f.write(text)
        self.assertIn("浙江省爆破安全高级工程师", self.draw("score-sheet", "-a", "A001", batch=batch))

    def test_a_table_chosen_by_a_test(self):
        """The shape of another profession (tests/rubrics): alternatives, the highest two, levels, caps."""
        shutil.copy(os.path.join(ROOT, "tests", "rubrics", "rubric-water.xml"), self.dir.name)
        batch = self.batch(('specialty="爆破工程"', 'specialty="水利工程"'))
        text = self.draw("score-sheet", "-a", "A001", batch=batch)
        self.assertIn("水利工程高级工程师评审量化评分表（试）", text)
        for words in ("学历与资质择一（取最高一项）", "获奖与专利（小计）", "论文、标准、荣誉（取最高2项）"):
            self.assertIn(words, text)
        self.assertRegex(text, "按评分标准最多计[0-9.]+分")

    def test_a_table_of_three_parts_whose_leaves_are_capped(self):
        """The shape of information engineers' tables, 30:60:10, beside another table of the overlay's."""
        for name in ("rubric-water.xml", "rubric-it.xml"):
            shutil.copy(os.path.join(ROOT, "tests", "rubrics", name), self.dir.name)
        batch = self.batch(('specialty="爆破工程"', 'specialty="信息工程"'))
        text = self.draw("score-sheet", "-a", "A001", batch=batch)
        self.assertIn("信息工程高级工程师评审量化评分表（试）", text)
        self.assertNotIn("水利工程", text)
        for part in ("专业技术水平（小计）302828", "学术技术成果和工作业绩（小计）603836", "行业影响力（小计）1088"):
            self.assertIn(part, text)
        self.assertIn("合计（满分100分）10074", text)

    def test_two_tables_that_fit_are_named(self):
        with open(os.path.join(ROOT, "tests", "rubrics", "rubric-water.xml"), encoding="utf-8") as f:
            water = f.read()
        for name, title in (("rubric-a", "甲表"), ("rubric-b", "乙表")):
            with open(os.path.join(self.dir.name, name + ".xml"), "w", encoding="utf-8") as f:
                f.write(water.replace("水利工程高级工程师评审量化评分表（试）", title))
        batch = self.batch(('specialty="爆破工程"', 'specialty="水利工程"'))
        error = self.draw("score-sheet", "-a", "A001", batch=batch, status=1)
        self.assertRegex(error, r"《甲表》《乙表》")
        # one of an overlay is before ours, which this applicant's specialty would choose
        with open(os.path.join(self.dir.name, "rubric-b.xml"), "w", encoding="utf-8") as f:
            f.write(water.replace("水利工程高级工程师评审量化评分表（试）", "乙表").replace("starts-with(@specialty, '水')", "@specialty = '爆破工程'"))
        self.assertIn("乙表", self.draw("score-sheet", "-a", "A001"))

    def test_a_faulty_rubric_is_named(self):
        self.overlay("rubric-mining.xml", ('mode="sum"', 'mode="add"'))
        self.assertRegex(self.draw("score-sheet", "-a", "A001", status=2), r"rubric-mining\.xml:\d+: error:")

    def test_what_has_no_proof_counts_nothing_and_says_so(self):
        batch = self.batch(('reviewed="8" refs="Q1 Q2" directory="持有资质的证书">持有高级爆破', 'reviewed="8" refs="" directory="持有资质的证书">持有高级爆破'),
                           ('refs="B1 B2"', 'refs="T2"'), ('<score item="3.2" self="3" reviewed="3" refs="H1 H2"', '<score item="3.9" self="3" reviewed="3" refs="H1 H2"'))
        text = self.draw("score-sheet", "-a", "A001", batch=batch)
        self.assertIn("填报8分，不计分。", text)
        self.assertIn("填报3分，不计分。", text)
        self.assertIn("填报3分，复核3分，本表没有此项，不计分。", text)
        self.assertIn("合计（满分100分）10074填报自评合计88分，与逐项计算不符，以逐项计算为准。填报复核合计86分，与逐项计算不符，以逐项计算为准。72", text)

    # What the applicant filled in was worked out by the table, factors included (notice 三.1): nothing is multiplied.
    LATE = (('rank="5/12"', 'rank="7/12"'), ('rank="3/10"', 'rank="6/10"'))

    def test_a_later_rank_limits_the_points(self):
        text = self.draw("score-sheet", "-a", "A001", batch=self.batch(*self.LATE))
        self.assertIn("排名系数0.7，填报3分，最多计2.8分。", text)
        self.assertIn("10087.8", text)
        self.assertIn("有排名系数的已经乘入", text)

    def test_points_within_the_limit_of_a_later_rank_count_as_they_are(self):
        batch = self.batch(*self.LATE, ('item="2.5" self="3"', 'item="2.5" self="2.5"'))
        text = self.draw("score-sheet", "-a", "A001", batch=batch)
        self.assertIn("排名系数0.7。", text)
        self.assertIn("10087.5", text)

    def test_too_much_is_an_error_that_names_cells(self):
        batch = self.batch(("提前45天完工，石料级配一次验收合格；", "提前45天完工，石料级配一次验收合格；" * 150))
        error = self.draw("composite-table", "-a", "A001", batch=batch, status=1)
        self.assertIn("[R79]", error)
        self.assertIn("任现职以来承担的项目", error)
        self.assertRegex(error, r"still \d+\.\d mm too long")
        self.assertFalse(os.path.exists(os.path.join(self.dir.name, "out.pdf")))

    def test_too_many_rows_are_an_error_that_counts_them(self):
        batch = self.batch()
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        honour = re.search(r'      <honour id="H1" date="2024-03".*?</honour>\n', text)
        more = "".join(honour[0].replace('id="H1"', f'id="HX{i}"') for i in range(110))
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text.replace(honour[0], honour[0] + more))
        error = self.draw("composite-table", "-a", "A004", batch=batch, status=1)
        self.assertRegex(error, r":712: error: \[R79\] A004 林㛃 获奖、荣誉名称: .* too long: there are 111 rows like this, write fewer")
        self.assertNotIn("template", error)


class Rubrics(unittest.TestCase):
    def test_they_are_valid(self):
        for name in RUBRICS:
            done = subprocess.run(["xmllint", "--noout", "--relaxng", template("rubric.rng"), template(name)],
                                  capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
