"""The intake workbook: written, read, and told of in its own words."""
import datetime
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET
import zipfile

import openpyxl

from blackbox_evaluation_form import PROGRAM, shenbao
from cost import cpu
from workbooks import ROOT, RandomBatch, Vocabulary, columns, first_difference, pack, parts, read, sheet_part

FORM = os.path.join(ROOT, "templates", "base", "workbook.xml")
SAMPLE = os.path.join(ROOT, "samples", "batch.xml")
LONG = bool(os.environ.get("SHENBAO_LONG"))


def run(*args, status=0, language="zh"):
    done = subprocess.run([PROGRAM, *args, "--lang", language], capture_output=True, text=True, timeout=600)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{args}: status {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def assert_same(self, a, b):
        first, second = read(a), read(b)
        self.assertTrue(first == second, first_difference(first, second))


class RoundTrip(Folder):
    def there_and_back(self, xml, name="book"):
        book, back = self.path(name + ".xlsx"), self.path(name + "-back.xml")
        run("workbook", xml, "-o", book)
        run("import", book, "-o", back)
        self.assert_same(xml, back)
        return book

    def test_other_samples_come_back(self):
        for name in ("faulty", "jiangsu"):
            self.there_and_back(os.path.join(ROOT, "samples", name, "batch.xml"), name)

    def test_the_sample_comes_back(self):
        book = self.there_and_back(SAMPLE)
        saved = self.path("saved.xlsx")
        openpyxl.load_workbook(book).save(saved)
        run("import", saved, "-o", self.path("saved.xml"))
        self.assert_same(SAMPLE, self.path("saved.xml"))

    def save_by_libreoffice(self, book):
        """The path of the book as LibreOffice saves it."""
        out = self.path("libreoffice")
        subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{self.path('profile')}", "--convert-to", "xlsx", "--outdir", out,
                        book], capture_output=True, timeout=300, check=True)
        return os.path.join(out, os.path.basename(book))

    @unittest.skipUnless(shutil.which("soffice"), "LibreOffice is not installed")
    def test_libreoffice_keeps_all(self):
        run("workbook", SAMPLE, "-o", self.path("book.xlsx"))
        back = self.path("libreoffice/back.xml")
        run("import", self.save_by_libreoffice(self.path("book.xlsx")), "-o", back)
        self.assert_same(SAMPLE, back)
        for seed in range(20 if LONG else 0):
            with open(self.path("random.xml"), "w", encoding="utf-8") as f:
                f.write(RandomBatch(seed).batch())
            run("workbook", self.path("random.xml"), "-o", self.path("random.xlsx"))
            run("import", self.save_by_libreoffice(self.path("random.xlsx")), "-o", back)
            self.assert_same(self.path("random.xml"), back)

    def test_the_sample_workbook_is_the_sample(self):
        run("import", os.path.join(ROOT, "samples", "batch.xlsx"), "-o", self.path("sample.xml"))
        self.assert_same(SAMPLE, self.path("sample.xml"))

    def test_random_batches_come_back(self):
        for seed in range(1000 if LONG else 40):
            with self.subTest(seed=seed):
                xml = self.path("random.xml")
                with open(xml, "w", encoding="utf-8") as f:
                    f.write(RandomBatch(seed).batch())
                self.there_and_back(xml)

    def test_papers_of_a_workbook_are_those_of_the_xml(self):
        for name in ("batch.xml", "batch.xlsx"):
            run("statement", os.path.join(ROOT, "samples", name), "-o", self.path(name) + "/")
        files = sorted(os.listdir(self.path("batch.xml")))
        self.assertEqual(files, sorted(os.listdir(self.path("batch.xlsx"))))
        for name in files:
            with open(os.path.join(self.path("batch.xml"), name), "rb") as a, open(os.path.join(self.path("batch.xlsx"), name), "rb") as b:
                self.assertEqual(a.read(), b.read(), name)

    def test_a_workbook_through_a_pipe(self):
        with open(os.path.join(ROOT, "samples", "batch.xlsx"), "rb") as f:
            done = subprocess.run([PROGRAM, "import", "-", "-o", self.path("pipe.xml")], stdin=f, capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same(SAMPLE, self.path("pipe.xml"))

    def test_the_form_is_valid(self):
        schema = os.path.join(os.path.dirname(FORM), "workbook.rng")
        done = subprocess.run(["xmllint", "--noout", "--relaxng", schema, FORM], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_every_word_of_the_vocabulary_has_a_column(self):
        vocabulary, missing = Vocabulary(), []
        held = {(element, column.get("path")) for _, elements, column in columns(FORM) for element in elements}
        ways = {"document": "evidence"}  # an evidence of no entry

        def walk(element, top, prefix):
            name = element.get("name")
            for attribute, _, _ in vocabulary.attributes(element):
                if (ways.get(top, top), f"{prefix}@{attribute}") not in held:
                    missing.append(f"{top}/{prefix}@{attribute}")
            if vocabulary.text_type(element) and (ways.get(top, top), prefix[:-1] or ".") not in held:
                missing.append(f"{top}/{prefix[:-1]} text of {name}")
            for child in vocabulary.children(element):
                if any(e == child.get("name") for _, elements, _ in columns(FORM) for e in elements) or child.get("name") == "document":
                    continue  # it has rows of its own
                walk(child, top, prefix + child.get("name") + "/")

        for name in sorted({e for _, elements, _ in columns(FORM) for e in elements} | {"document"}):
            walk(vocabulary.elements[name], name, "")
        # posts/@level ... are columns; what ties rows together is no column of its own
        self.assertEqual([m for m in missing], [])


SMALL = """<batch year="2026" asof="2026-09-30"><plan>示例计划</plan>
<delegation id="D1" issuer="示例委托单位" kind="设区市人事" number="示1号"/>
<unit id="U01" delegation="D1" name="示例一公司" uscc="91330199MA00000A04" kind="企业"/>
<unit id="U02" delegation="D1" name="示例二公司" uscc="91330199MA00000A05" kind="事业单位"/></batch>"""
PEOPLE = """<applicant id="A001" mode="正常申报" target="高级工程师" specialty="爆破工程"><person><name>周某某</name><sex>男</sex><birth>1985-03-12</birth>
<id-number type="居民身份证">330199198503120013</id-number><mobile>13800000000</mobile></person>
<education id="E1" end="2007-06" school="示例大学" level="本科"/>
<experience start="2007-07" end="2012-06" unit="示例矿业"/>
<project id="P1" start="2019-03" end="2021-10" name="示例工程" amount="3200" rank="1/8" category="工作业绩"/>
<project start="2020-03" name="示例工程二" category="科研项目"/>
<paper id="L1" date="2022-08" kind="论文" title="示例论文" pages="45-52" rank="1/3"/>
<award id="J1" date="2023-05" name="示例奖"/><score item="1.1" self="8" refs="P1"/><statement>述职</statement>
<document kind="身份证" href="id.pdf"/></applicant>
<applicant id="A002" mode="正常申报" target="高级工程师" specialty="爆破工程"><person><name>李某某</name><sex>女</sex></person></applicant>"""

DATE, DAY = datetime.date(2024, 2, 5), datetime.date(2018, 9, 1)
# A cell that a clerk fills in wrong or in his own way: sheet, row, head, what he writes, its number format; then the cell that
# the message names (None: it says nothing), how grave it is, a part of its words, and what is read ("": nothing is looked for).
SLIPS = [
    ("项目", 2, "开始时间", "2017.3", "@", "D2", "info", "按“2017-03”读", 'start="2017-03"'),
    ("项目", 2, "开始时间", "2017年3月", "@", "D2", "info", "按“2017-03”读", 'start="2017-03"'),
    ("项目", 2, "开始时间", "2017年3月1日", "@", "D2", "info", "2017-03-01", 'start="2017-03-01"'),
    ("项目", 2, "开始时间", "2017/3/1", "@", "D2", "info", "2017-03-01", 'start="2017-03-01"'),
    ("项目", 2, "开始时间", "20170301", "@", "D2", "info", "2017-03-01", 'start="2017-03-01"'),
    ("项目", 2, "开始时间", "２０１７．３", "@", "D2", "info", "2017-03", 'start="2017-03"'),
    ("项目", 2, "开始时间", DAY, "yyyy-mm-dd", None, "", "", 'start="2018-09-01"'),
    ("项目", 2, "开始时间", DAY, 'yyyy"年"m"月"', None, "", "", 'start="2018-09"'),
    ("项目", 2, "开始时间", 2024.1, "General", "D2", "error", "2024-01 或 2024-10", ""),
    ("项目", 2, "开始时间", 2024.1, "0.00", "D2", "info", "2024-10", 'start="2024-10"'),
    ("项目", 2, "开始时间", "2024.1", "@", "D2", "info", "2024-01", 'start="2024-01"'),
    ("项目", 2, "开始时间", "2024-13", "@", "D2", "error", "", ""),
    ("项目", 2, "开始时间", "前年", "@", "D2", "error", "", ""),
    ("项目", 2, "结束时间", "至今", "@", "E2", "info", "", ""),
    ("经历", 2, "结束时间", "至今", "@", "E2", "info", "", ""),
    ("项目", 2, "项目金额", "3200万元", "@", "J2", "info", "按“3200”读", 'amount="3200"'),
    ("项目", 2, "项目金额", 3200, "General", None, "", "", 'amount="3200"'),
    ("项目", 2, "项目金额", 0.57999999999999996, "General", None, "", "", 'amount="0.58"'),
    ("项目", 2, "项目金额", "３２００", "@", "J2", "info", "3200", 'amount="3200"'),
    ("项目", 2, "项目金额", "约三千", "@", "J2", "error", "", ""),
    ("项目", 2, "排名", DATE, 'm"月"d"日"', "L2", "error", "2/5", ""),
    ("项目", 2, "排名", "1／8", "@", "L2", "info", "1/8", 'rank="1/8"'),
    ("项目", 2, "排名", "第1/8", "@", "L2", "info", "1/8", 'rank="1/8"'),
    ("项目", 2, "任现职以来", "√", "@", "M2", "info", "按“是”读", 'since="true"'),
    ("项目", 2, "任现职以来", "否", "@", None, "", "", 'since="false"'),
    ("项目", 2, "任现职以来", True, "General", None, None, "", 'since="true"'),
    ("项目", 2, "任现职以来", "大概", "@", "M2", "error", "", ""),
    ("项目", 2, "业绩类别", " 工作业绩", "@", "Q2", "info", "工作业绩", 'category="工作业绩"'),
    ("项目", 2, "项目名称", " 示例 工程　", "@", None, None, "", 'name=" 示例 工程　"'),
    ("项目", 2, "项目名称", "=SUM(", "@", None, None, "", 'name="=SUM("'),
    ("项目", 3, "编号", "A0O1", "@", "A3", "error", "是不是 A001", ""),
    ("项目", 2, "编号", None, "@", "A2", "info", "按姓名“周某某”读作 A001", 'name="示例工程"'),
    ("项目", 2, "姓名", "李某某", "@", "B2", "error", "改正编号或姓名", ""),
    ("项目", 2, "姓名", None, "@", None, "", "", 'name="示例工程"'),
    ("项目", 9, "项目名称", "多出来的", "@", "A9", "error", "不知是谁的", ""),
    ("论文著作", 2, "题目", DATE, "m/d", "F2", "error", "Excel", ""),
    ("论文著作", 2, "起止页", DATE, "m-d", "N2", "error", "Excel", ""),
    ("论文著作", 2, "论著类别", "论 文", "@", "E2", "info", "论文", 'kind="论文"'),
    ("人员", 2, "身份证号", 3.30199198503120e17, "General", "M2", "error", "数值", ""),
    ("人员", 2, "身份证号", "330199 19850312 0013", "@", "M2", "info", "", ">330199198503120013<"),
    ("人员", 2, "身份证号", "\u202d330199198503120013\u202c", "@", "M2", "info", "", ">330199198503120013<"),
    ("人员", 2, "手机号码", 13800000000, "General", None, None, "", ">13800000000<"),
    ("人员", 2, "手机号码", "138 0000 0000", "@", "N2", "info", "", ">13800000000<"),
    ("人员", 2, "出生日期", "1985年3月12日", "@", "K2", "info", "1985-03-12", ">1985-03-12<"),
    ("人员", 2, "出生日期", datetime.date(1985, 3, 12), "yyyy/m/d", None, "", "", ">1985-03-12<"),
    ("人员", 2, "性别", "男性", "@", "J2", "info", "按“男”读", "<sex>男</sex>"),
    ("人员", 2, "性别", "不详", "@", "J2", "error", "“性别” 的值“不详”不对", ""),
    ("人员", 2, "单位编号", "U09", "@", "C2", "error", "是不是 U0", ""),
    ("人员", 2, "单位编号", "示例二公司", "@", "C2", "info", "U02", ""),
    ("人员", 2, "单位编号", None, "@", "C2", "error", "没有填单位编号", ""),
    ("人员", 3, "编号", "A001", "@", "A3", "error", "A2", ""),
    ("人员", 3, "编号", None, "@", "A3", "error", "没有填申报人编号", ""),
    ("获奖荣誉", 2, "种类", "奖励", "@", "C2", "error", "获奖、荣誉", ""),
    ("获奖荣誉", 2, "种类", None, "@", "C2", "error", "没有填种类", ""),
    ("获奖荣誉", 2, "对应条件", "1", "@", "R2", "error", "“获奖”行没有“对应条件”这一项", ""),
    ("佐证材料", 2, "所属条目", "P1", "@", None, "", "", ""),
    ("佐证材料", 2, "所属条目", "项目#2", "@", None, "", "", ""),
    ("佐证材料", 2, "所属条目", "P9", "@", "C2", "error", "P9", ""),
    ("佐证材料", 2, "页码", "2－4，7", "@", "H2", "info", "2-4,7", 'pages="2-4,7"'),
    ("佐证材料", 2, "页码", DATE, "m-d", "H2", "error", "Excel", ""),
    ("打分", 2, "佐证", "P1、L1", "@", "F2", "info", "P1 L1", 'refs="P1 L1"'),
    ("打分", 2, "佐证", "P1 X9", "@", "F2", "error", "X9", ""),
    ("批次", 2, "截止日", "2026年9月30日", "@", "B2", "info", "2026-09-30", 'asof="2026-09-30"'),
    ("批次", 2, "截止日", "2026-09", "@", "B2", "error", "", ""),
    ("批次", 2, "年度", 2026, "General", None, "", "", 'year="2026"'),
    ("批次", 3, "年度", "2027", "@", "A3", "error", "只能填一行", ""),
    ("述职", 3, "编号", "A001", "@", "A3", "error", "每人只能有一行", ""),
    ("批次", 2, "截止日", None, "@", "B2", "error", "没有填“截止日”", ""),
    ("佐证材料", 2, "材料种类", None, "@", "D2", "error", "没有填“材料种类”", ""),
]


class Small(Folder):
    """A small book to be altered."""

    def setUp(self):
        super().setUp()
        with open(self.path("small.xml"), "w", encoding="utf-8") as f:
            f.write(SMALL.replace('kind="企业"/>', f'kind="企业">{PEOPLE}</unit>'))
        run("workbook", self.path("small.xml"), "-o", self.path("small.xlsx"))

    def book(self):
        return openpyxl.load_workbook(self.path("small.xlsx"))

    def column(self, sheet, head):
        return next(c.column for c in sheet[1] if str(c.value).replace("（必填）", "") == head)

    def read(self, book, name="slip"):
        book.save(self.path(name + ".xlsx"))
        done = run("import", self.path(name + ".xlsx"), "-o", self.path(name + ".xml"), status=None)
        xml = ""
        if done.returncode == 0:
            with open(self.path(name + ".xml"), encoding="utf-8") as f:
                xml = f.read()
        return done, xml


class Slips(Small):
    """What clerks and Excel do to cells: the right cell, the right words, and nothing else on account of it."""

    def test_sixty_slips(self):
        book = self.book()
        for name in set(book.sheetnames) - {slip[0] for slip in SLIPS} - {"单位", "委托", "选项"}:
            del book[name]  # what is not asked about costs openpyxl its time
        book.save(self.path("small.xlsx"))
        for sheet, row, head, value, form, cell, severity, words, read in SLIPS:
            with self.subTest(sheet=sheet, head=head, value=value, form=form):
                book = self.book()
                target = book[sheet].cell(row, self.column(book[sheet], head))
                target.value, target.number_format = value, form
                if isinstance(value, str) and value.startswith("="):
                    target.data_type = "s"
                done, xml = self.read(book)
                self.assertEqual(done.returncode, 1 if severity == "error" else 0, done.stderr)
                said = [line for line in done.stderr.splitlines() if "slip.xlsx" in line]
                if cell:
                    self.assertEqual(len(said), 1, said)
                    self.assertIn(f"slip.xlsx:{sheet}!{cell}: {severity}: ", said[0])
                    self.assertIn(words, said[0])
                elif severity == "":
                    self.assertEqual(said, [])
                self.assertIn(read, xml)

    def test_a_merged_id_stands_for_its_rows_and_a_merged_sum_is_asked(self):
        book = self.book()
        book["项目"].merge_cells("A2:A3")
        done, xml = self.read(book)
        self.assertEqual(done.returncode, 0)
        self.assertIn("slip.xlsx:项目!A2: info: A001 周某某 编号：合并单元格 A2:A3 的每一行都按“A001”读", done.stderr)
        self.assertEqual(xml.count("<project"), 2)
        book = self.book()
        book["项目"].merge_cells("J2:J3")
        self.assertIn("项目!J2: error: A001 周某某 项目金额：单元格 J2:J3 合并了几行", self.read(book)[0].stderr)

    def test_sheets_and_columns_are_found_by_what_they_are_called(self):
        book = self.book()
        book["项目"].title = "我的项目"
        book.move_sheet("人员", 10)
        sheet = book["论文著作"]
        sheet.insert_cols(1)
        sheet.insert_rows(1)
        done, xml = self.read(book)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("slip.xlsx:我的项目: info: 表名不是“项目”，按表头当作这张表读", done.stderr)
        self.assertEqual(xml.count("<project"), 2)
        self.assertEqual(xml.count("<paper"), 1)

    def test_what_is_not_ours_is_named(self):
        book = self.book()
        book["项目"].cell(1, 25).value = "备注二"
        book["项目"].cell(2, 25).value = "x"
        book["项目"].cell(2, 26).value = "y"
        book.create_sheet("我的笔记")["A1"] = "买笔"
        book["项目"].row_dimensions[3].hidden = True
        done, _ = self.read(book)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ("slip.xlsx:项目!Y1: warning: 没有“备注二”这一列，这一列没有读", "slip.xlsx:项目!Z2: warning: A001 周某某 这一列没有表头，没有读",
                     "slip.xlsx:我的笔记: info: 不是填报用的表，没有读", "slip.xlsx:项目!A3: info: 有 1 行隐藏着"):
            self.assertIn(line, done.stderr)

    def test_a_copied_sheet_and_the_example_are_refused(self):
        book = self.book()
        book.copy_worksheet(book["人员"]).title = "人员 (2)"
        self.assertIn("slip.xlsx:人员 (2): error: 像是“人员”表的副本", self.read(book)[0].stderr)
        book = self.book()
        guide = book["说明"]
        at = next(r for r in range(1, guide.max_row) if "“人员”表" in str(guide.cell(r, 1).value) and "例" in str(guide.cell(r, 1).value))
        for cell in guide[at + 1]:
            if cell.value:
                book["人员"].cell(4, self.column(book["人员"], cell.value)).value = guide.cell(at + 2, cell.column).value
        done = self.read(book)[0]
        self.assertEqual(done.stderr.count("error"), 1, done.stderr)
        self.assertIn("slip.xlsx:人员!A4: error: A001 陈某某 编号：这是说明里的示例行", done.stderr)

    def test_a_row_of_nobody_is_a_fault_of_its_own(self):
        """The others' papers are drawn, and the status says that something was left out."""
        book = self.book()
        sheet, row = book["项目"], book["项目"].max_row + 1
        for column, value in {4: "2020-01", 6: "无主工程", 17: "工作业绩"}.items():
            sheet.cell(row, column).value = value
        book.save(self.path("stray.xlsx"))
        done = run("statement", self.path("stray.xlsx"), "-o", self.path("out/"), status=3)
        self.assertIn(f"项目!A{row}: error: 编号：这一行没有填编号，不知是谁的", done.stderr)
        self.assertEqual(len(os.listdir(self.path("out"))), 2)
        run("import", self.path("stray.xlsx"), "-o", self.path("stray.xml"), status=1)
        self.assertFalse(os.path.exists(self.path("stray.xml")))

    def test_two_columns_of_one_head(self):
        book = self.book()
        sheet = book["项目"]
        sheet.cell(1, 25).value = "项目名称"
        sheet.cell(2, 25).value = "示例工程"
        self.assertEqual(self.read(book)[0].returncode, 0)
        sheet.cell(2, 25).value = "另一个"
        self.assertIn("项目!F2: error: A001 周某某 项目名称：“项目名称”有两列，F2 和 Y2 的内容不同", self.read(book)[0].stderr)

    def test_a_missing_head_is_named(self):
        book = self.book()
        book["项目"].cell(1, self.column(book["项目"], "项目名称")).value = "项目名"
        done = self.read(book)[0]
        self.assertIn("没有“项目名”这一列，这一列没有读；是不是“项目名称”", done.stderr)
        self.assertIn("slip.xlsx:项目!A1: error: 缺少“项目名称”列", done.stderr)

    def test_marks_are_read_again_and_go(self):
        book = self.book()
        sheet = book["项目"]
        sheet["L2"].value, sheet["L2"].number_format = DATE, "m/d"
        sheet["F2"].comment = openpyxl.comments.Comment("我的批注", "我")
        sheet["Z9"].value = "边注"
        book.create_sheet("我的笔记")["A1"] = "买笔"
        book.save(self.path("faulty.xlsx"))
        marked = self.path("marked.xlsx")
        done = run("check", self.path("faulty.xlsx"), "--format", "xlsx", "-o", marked, status=1)
        self.assertEqual(done.stderr, "")
        self.assertIn("只能标在工作簿上", run("check", SAMPLE, "--format", "xlsx", "-o", self.path("no.xlsx"), status=2).stderr)
        again = openpyxl.load_workbook(marked)
        self.assertEqual(again.sheetnames[0], "核查结果")
        self.assertEqual(again["项目"]["L2"].fill.fgColor.rgb, "FFF9C5C1")
        self.assertIn("Excel 把这里变成了日期", again["项目"]["L2"].comment.text)
        self.assertEqual(again["项目"]["F2"].comment.text, "我的批注")
        self.assertEqual((again["项目"]["Z9"].value, again["我的笔记"]["A1"].value), ("边注", "买笔"))
        links = [c.hyperlink.location for c in again["核查结果"]["D"] if c.hyperlink]
        self.assertIn("'项目'!L2", links)
        for row in range(2, again["核查结果"].max_row + 1):  # long messages have room
            lines = -(-sum(c > "\u2e80" for c in again["核查结果"].cell(row, 6).value) // 45)
            self.assertGreaterEqual(again["核查结果"].row_dimensions[row].height, 15 * lines)
        again["项目"]["L2"].value, again["项目"]["L2"].number_format = "2/5", "@"
        again.save(self.path("mended.xlsx"))
        run("check", self.path("mended.xlsx"), "--format", "xlsx", "-o", self.path("last.xlsx"), status=None)
        last = openpyxl.load_workbook(self.path("last.xlsx"))
        self.assertIsNone(last["项目"]["L2"].comment)
        self.assertEqual(last.sheetnames.count("核查结果"), 1)
        run("import", self.path("mended.xlsx"), "-o", self.path("mended.xml"))

    def test_findings_name_cells_in_json_and_html(self):
        book = self.book()
        book["项目"]["J2"].value = "约三千"
        book.save(self.path("slip.xlsx"))
        report = json.loads(run("check", self.path("slip.xlsx"), "--format", "json", status=1).stdout)
        found = [f for a in report["applicants"] for f in a["findings"] if f.get("cell") == "J2"]
        self.assertEqual([(f["sheet"], "line" in f) for f in found], [("项目", False)])
        self.assertIn("slip.xlsx:项目!J2", run("check", self.path("slip.xlsx"), "--format", "html", status=1).stdout)

    def test_inputs_of_both_kinds_become_one_batch(self):
        other = SMALL.replace("U01", "U07").replace('"D1"', '"D9"').replace('kind="企业"/>', 'kind="企业"><applicant id="A001" mode="正常申报">'
                                                    "<person><name>王某某</name></person></applicant></unit>")
        with open(self.path("other.xml"), "w", encoding="utf-8") as f:
            f.write(other)
        done = run("import", self.path("small.xlsx"), self.path("other.xml"), "-o", self.path("both.xml"))
        self.assertIn("编号 A001 在 " + self.path("small.xlsx") + ":人员!A2 已用于另一个人，这里改为 U01-A001", done.stderr)
        root = ET.parse(self.path("both.xml")).getroot()
        self.assertEqual([u.get("id") for u in root.iter("unit")], ["U01", "U02"])
        self.assertEqual([a.get("id") for a in root.iter("applicant")], ["A001", "A002", "U01-A001"])
        self.assertEqual([d.get("id") for d in root.iter("delegation")], ["D1"])
        with open(self.path("other.xml"), "w", encoding="utf-8") as f:
            f.write(other.replace("示例一公司", "示例壹公司").replace("王某某</name>", '王某某</name><id-number type="居民身份证">330199198503120013</id-number>'))
        done = run("import", self.path("small.xlsx"), self.path("other.xml"), "-o", self.path("none.xml"), status=1)
        self.assertIn("单位!C2 不同：那里是“示例一公司”，这里是“示例壹公司”；请改成一样", done.stderr)
        self.assertIn("人员!A2 的 A001 周某某 是同一个人", done.stderr)
        self.assertFalse(os.path.exists(self.path("none.xml")))

    def test_one_id_in_each_of_many_inputs(self):
        unit = '<batch year="2026" asof="2026-09-30"><plan>示例计划</plan><delegation id="D1" issuer="示例委托单位" number="示1号"/>'
        names = []
        for i, (identity, id_) in enumerate([("A1", "甲"), ("A1", "乙"), ("A1", "丙"), ("A1", "丁"), ("U01-A1-2", "戊")]):
            names.append(self.path(f"{i}.xml"))
            with open(names[-1], "w", encoding="utf-8") as f:
                f.write(f'{unit}<unit id="U01" delegation="D1" name="示例一公司"><applicant id="{identity}" mode="正常申报">'
                        f"<person><name>{id_}某</name></person></applicant></unit></batch>")
        run("import", *names, "-o", self.path("all.xml"))
        ids = [a.get("id") for a in ET.parse(self.path("all.xml")).getroot().iter("applicant")]
        self.assertEqual(ids, ["A1", "U01-A1", "U01-A1-3", "U01-A1-4", "U01-A1-2"])

    def test_many_units_of_two_inputs_need_no_square_of_memory(self):
        names = []
        for k in range(2):
            names.append(self.path(f"{k}.xml"))
            with open(names[-1], "w", encoding="utf-8") as f:
                f.write('<batch year="2026" asof="2026-09-30"><plan>示例计划</plan>' + "".join(
                    f'<unit id="U{i}" name="示例{k}第{i}公司"><applicant id="A{k}-{i}" mode="正常申报"><person><name>某</name></person>'
                    "</applicant></unit>" for i in range(6000)) + "</batch>")
        _, peak = cpu(PROGRAM, "import", *names, "-o", self.path("all.xml"), "-q")
        self.assertLess(peak, 500_000)  # KB
        self.assertEqual(len(list(ET.parse(self.path("all.xml")).getroot().iter("unit"))), 12000)


class Files(Small):
    """What other programs, and those who use them, do to the file."""

    def edited(self, old, new, title="项目"):
        """What is said of the small book with another piece in a sheet's part, and its XML."""
        files = parts(self.path("small.xlsx"))
        part = sheet_part(files, title)
        text, n = re.subn(old, lambda m: m.expand(new), files[part].decode(), count=1, flags=re.S)
        self.assertEqual(n, 1)
        pack(self.path("edited.xlsx"), {**files, part: text})
        done = run("import", self.path("edited.xlsx"), "-o", self.path("edited.xml"), status=None)
        return done.stderr.replace(self.path("edited.xlsx"), "edited.xlsx").splitlines()

    def test_a_million_empty_cells_say_nothing_and_a_stray_word_below_them_is_one_finding(self):
        columns = "ABCDEFGHIJKLMNOPQRST"
        rows = "".join(f'<row r="{row}">' + "".join(f'<c r="{c}{row}" s="1"/>' for c in columns) + "</row>" for row in range(4000, 54000))
        stray = '<row r="1048576"><c r="F1048576" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c></row>'
        for last, said in (("", []), (stray.format(" "), []), (stray.format("迷路"), ["edited.xlsx:项目!A1048576: error: 编号：这一行没有填编号，不知是谁的；请填编号，或删去这一行"])):
            with self.subTest(last):
                self.assertEqual(self.edited("</sheetData>", rows + last + "</sheetData>"), said)

    def test_a_formula_about_another_book_is_read_and_said(self):
        self.assertEqual(self.edited(r'(<c r="J2"[^>]*?)( t="\w+")?>.*?</c>', r"\1><f>[1]金额!$A$1</f><v>3300</v></c>"),
                         ["edited.xlsx:项目!J2: info: A001 周某某 项目金额：写的是“3300”，按“3300”读：公式引用了别的工作簿，取的是上次保存时的结果"])
        with open(self.path("edited.xml"), encoding="utf-8") as f:
            self.assertIn('amount="3300"', f.read())

    def test_nothing_rests_on_lists_and_formats_which_pasting_destroys(self):
        run("workbook", os.path.join(ROOT, "samples", "faulty", "batch.xml"), "-o", self.path("faulty.xlsx"))
        book, said = openpyxl.load_workbook(self.path("faulty.xlsx")), []
        for stripped in (False, True):
            for sheet in book if stripped else ():
                sheet.data_validations.dataValidation = []
                for cell in (c for row in sheet.iter_rows() for c in row):
                    cell.style = "Normal"
                for column in sheet.column_dimensions.values():
                    column.number_format = "General"
            book.save(self.path("faulty.xlsx"))
            said.append(run("check", self.path("faulty.xlsx"), status=1).stdout)
        self.assertGreater(said[0].count("error: "), 5)
        self.assertEqual(*said)


class Words(Folder):
    def test_no_message_to_a_books_user_names_an_attribute(self):
        """Rules whose messages name words of the XML have others for a workbook."""
        names = {a for e in Vocabulary().elements.values() for a, _, _ in Vocabulary().attributes(e)} | set(Vocabulary().elements)
        for path in glob.glob(os.path.join(ROOT, "templates", "*", "rules*.xml")):
            for case in ET.parse(path).getroot().iter("case"):
                zh, book = case.find("zh").text, case.find("zh-book")
                said = re.sub(r"\{[^}]*\}", "", zh if book is None else book.text)
                self.assertFalse(set(re.findall(r"(?<![-\w/])[a-z][a-z-]+(?![-\w])", said)) & names, said)
                self.assertNotRegex(said, '="')

    def test_sheets_and_columns_that_rules_name_are_there(self):
        sheets = {sheet for sheet, _, _ in columns(FORM)}
        heads = {column.get("head") for _, _, column in columns(FORM)}
        said = [book.text for path in glob.glob(os.path.join(ROOT, "templates", "*", "rules*.xml")) for book in ET.parse(path).getroot().iter("zh-book")]
        for text in said:
            self.assertLessEqual(set(re.findall("“([^”{]+)”表", text)), sheets, text)
            self.assertLessEqual(set(re.findall("“([^”{]+)”列", text)), heads, text)
        self.assertGreater(sum("”列" in text for text in said), 15)

    def test_a_rule_speaks_of_sheets_and_columns(self):
        book = openpyxl.load_workbook(os.path.join(ROOT, "samples", "batch.xlsx"))
        sheet = book["论文著作"]
        column = next(c.column for c in sheet[1] if c.value == "代表作")
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, column).value = None
        book.save(self.path("slip.xlsx"))
        self.assertIn("请在“论文著作”表一篇论著的“代表作”列填“是”", run("check", self.path("slip.xlsx"), "--rules", "R50", status=None).stdout
                      + run("check", self.path("slip.xlsx"), status=None).stdout)


class Blank(Folder):
    def test_what_does_not_apply_is_left_out(self):
        run("workbook", "-o", self.path("all.xlsx"))
        run("workbook", "--mode", "正常申报", "--kind", "企业", "--single", "-o", self.path("one.xlsx"))
        whole, one = openpyxl.load_workbook(self.path("all.xlsx")), openpyxl.load_workbook(self.path("one.xlsx"))
        self.assertLess(set(one.sheetnames), set(whole.sheetnames))
        self.assertEqual(set(whole.sheetnames) - set(one.sheetnames), {"岗位", "打分"})
        self.assertEqual(one["项目"]["A1"].value, "条目编号")
        self.assertEqual(whole["选项"].sheet_state, "hidden")
        for sheet in whole.worksheets[1:-1]:
            self.assertEqual(sheet.freeze_panes[-1], "2", sheet.title)
            for column in range(1, sheet.max_column + 1):
                letter = openpyxl.utils.get_column_letter(column)
                self.assertTrue(sheet.cell(1, column).comment or not sheet.cell(1, column).value, (sheet.title, letter))
            formats = {d.min: d for d in sheet.column_dimensions.values()}
            self.assertTrue(formats, sheet.title)
        lists = [v.formula1 for v in whole["人员"].data_validations.dataValidation]
        self.assertTrue(any("单位" in f for f in lists), lists)

    def test_a_blank_one_of_another_notice_speaks_its_words(self):
        """Lists, modes and examples are the notice's, and the book knows it again without being told."""
        path, other = self.path("other.xlsx"), "jiangsu-electronics"
        run("workbook", "--profile", other, "-o", path)
        book = openpyxl.load_workbook(path)
        self.assertNotIn("打分", book.sheetnames)
        self.assertNotIn("自评总分", [c.value for c in book["手续"][1]])
        lists = {column[0].value: [c.value for c in column[1:] if c.value] for column in book["选项"].columns}
        self.assertEqual((lists["申报方式"], lists["申报依据"]), (["正常申报", "破格申报"], ["学历条件", "破格条件"]))
        self.assertIn("网络", lists["申报专业"])
        text = " ".join(str(c.value or "") + (c.comment.text if c.comment else "") for s in book for row in s.iter_rows() for c in row)
        self.assertEqual(re.findall("爆破|矿|浙江|第六条|转评|标志性业绩直接", text), [])
        for sheet, values in {"批次": ["2026", "2026-09-30", None, "计划"], "单位": ["U1", None, "示例厂", "91330199MA00000A04", "企业"],
                              "人员": ["A1", "示例甲", "U1", "破格", "破格条件", "工程师", " 通信 ", None, None, "男", "1990-01-01", None, "330199198503120013", "13800000000"]}.items():
            for i, value in enumerate(values):
                book[sheet].cell(2, i + 1).value = value
        book.save(path)
        out = self.path("other.xml")
        said = run("import", path, "-o", out).stderr
        batch = ET.parse(out).getroot()
        self.assertEqual(batch.get("profile"), other)
        who = next(batch.iter("applicant"))
        self.assertEqual((who.get("mode"), who.get("specialty")), ("破格申报", "通信"))
        self.assertIn("写的是“破格”，按“破格申报”读", run("check", path, status=1).stdout + said)

    def test_a_book_of_an_older_form_is_read_by_its_heads_and_a_newer_one_named(self):
        os.mkdir(self.path("newer"))
        with open(FORM, encoding="utf-8") as f:
            form = f.read()
        renamed = form.replace('<workbook version="1"', '<workbook version="2"').replace('head="项目金额"', 'head="合同额" was="项目金额 金额（万元）"', 1)
        with open(self.path("newer/workbook.xml"), "w", encoding="utf-8") as f:
            f.write(renamed)
        run("workbook", SAMPLE, "-o", self.path("older.xlsx"))
        run("import", "-T", self.path("newer"), self.path("older.xlsx"), "-o", self.path("older.xml"))
        self.assert_same(SAMPLE, self.path("older.xml"))
        run("workbook", "-T", self.path("newer"), SAMPLE, "-o", self.path("newer.xlsx"))
        self.assertIn("合同额", [c.value for c in openpyxl.load_workbook(self.path("newer.xlsx"))["项目"][1]])
        said = run("import", self.path("newer.xlsx"), "-o", self.path("newer.xml"), status=None).stderr
        self.assertIn("较新的样式（第 2 版）", said)
        self.assertRegex(said, r"项目!J1: warning: 没有“合同额”这一列，这一列没有读")

    def test_the_same_bytes_every_time(self):
        books = []
        for name in ("a", "b"):
            run("workbook", SAMPLE, "-o", self.path(name + ".xlsx"))
            with open(self.path(name + ".xlsx"), "rb") as f:
                books.append(f.read())
        self.assertEqual(*books)

    def fill(self, file, people, **unit):
        """A blank book with a batch, a unit (code and name) and people as they are typed."""
        run("workbook", "-o", self.path(file))
        book = openpyxl.load_workbook(self.path(file))
        rows = [("批次", ["2026", "2026-09-30", "2026-10-10", "示例计划"]), ("单位", [unit["id"], None, unit["name"], unit["code"], "企业"])]
        for sheet, values in rows + [("人员", [p[0], p[1], unit["id"], "正常申报", None, "高级工程师", "爆破工程", None, None, "男", p[2], None, p[3], "13800000000"]) for p in people]:
            s = book[sheet]
            row = 2 if sheet != "人员" else next(r for r in range(2, 99) if not s.cell(r, 1).value)
            for i, value in enumerate(values):
                s.cell(row, i + 1).value = value
        book.save(self.path(file))
        return self.path(file)

    def test_a_unit_of_two_codes_is_a_contradiction(self):
        first = self.fill("first.xlsx", [("A001", "示例甲", "1986-03-12", "330199198603120011")], id="U01", name="示例一公司", code="91330199MA00000A04")
        other = ("A001", "示例乙", "1985-03-12", "330199198503120013")
        second = self.fill("second.xlsx", [other], id="U02", name="示例一公司", code="91330199MA00000A05")
        said = run("import", first, second, "-o", self.path("both.xml"), status=1).stderr
        self.assertIn(f"second.xlsx:单位!D2: error: 与 {first}:单位!D2 不同：那里是“91330199MA00000A04”，这里是“91330199MA00000A05”", said)
        self.assertEqual(said.count("error"), 1, said)
        self.fill("second.xlsx", [other], id="U02", name="示例一公司", code=None)
        run("import", first, second, "-o", self.path("both.xml"))
        self.assertEqual([(u.get("id"), u.get("uscc"), len(u.findall("applicant"))) for u in ET.parse(self.path("both.xml")).getroot().iter("unit")],
                         [("U01", "91330199MA00000A04", 2)])

    def test_a_book_of_nobody_says_so_in_its_words(self):
        nobody = self.fill("nobody.xlsx", [], id="U01", name="示例一公司", code="91330199MA00000A04")
        self.assertIn("error: “人员”表里没有人", run("import", nobody, "-o", self.path("none.xml"), status=1).stderr)
        example = self.fill("example.xlsx", [("A001", "陈某某", "1985-03-12", "330199198503120013")], id="U01", name="示例一公司", code="91330199MA00000A04")
        said = run("import", example, "-o", self.path("none.xml"), status=1).stderr.splitlines()
        self.assertEqual(len(said), 1, said)
        self.assertIn("人员!A2: error: A001 陈某某 编号：这是说明里的示例行", said[0])

    def test_rows_are_offered_by_mode(self):
        """The list and the note of 种类, and what is said of another word, have what the notice and the mode allow."""
        for options, word in ((["--profile", "jiangsu-electronics"], False), (["--mode", "正常申报"], False), ([], True), (["--mode", "标志性业绩直接申报"], True)):
            with self.subTest(options):
                run("workbook", *options, "-o", self.path("rows.xlsx"))
                book = openpyxl.load_workbook(self.path("rows.xlsx"))
                kinds = [[c.value for c in column[1:] if c.value] for column in book["选项"].columns if column[0].value == "种类"]
                self.assertEqual(["标志性业绩" in k for k in kinds if "获奖" in k], [word])
                note = next(c.comment.text for c in book["获奖荣誉"][1] if c.value.startswith("种类"))
                self.assertEqual("标志性业绩" in note, word, note)
                self.assertIn("获奖、荣誉、行业影响力", note)
        run("workbook", "--profile", "jiangsu-electronics", os.path.join(ROOT, "samples", "jiangsu", "batch.xml"), "-o", self.path("other.xlsx"))
        book = openpyxl.load_workbook(self.path("other.xlsx"))
        book["获奖荣誉"]["C2"].value = "奖励"
        book.save(self.path("other.xlsx"))
        self.assertIn("种类应为 获奖、荣誉、行业影响力 之一", run("check", self.path("other.xlsx"), status=None).stdout)

    def test_a_damaged_part_is_told_alone(self):
        """What cannot be read any more because of it is no fault of its own."""
        run("workbook", SAMPLE, "-o", self.path("whole.xlsx"))
        with zipfile.ZipFile(self.path("whole.xlsx")) as z:
            parts = {name: z.read(name) for name in z.namelist()}
        for name in (*(f"xl/worksheets/sheet{n}.xml" for n in (2, 6, 13, 22)), "xl/workbook.xml", "xl/styles.xml"):
            for data in (parts[name][:len(parts[name]) // 2], b"\0\1", parts[name].replace(b"</row>", b"</rov>", 1)):
                if data == parts[name]:
                    continue
                with self.subTest(name, data=data[:20]):
                    with zipfile.ZipFile(self.path("damaged.xlsx"), "w", zipfile.ZIP_DEFLATED) as z:
                        for other, whole in parts.items():
                            z.writestr(other, data if other == name else whole)
                    said = run("import", self.path("damaged.xlsx"), "-o", self.path("damaged.xml"), status=1).stderr.splitlines()
                    self.assertEqual(len(said), 1, said[:5])
                    self.assertIn(f"文件内部的 {name} 已损坏", said[0])

    def test_files_that_are_no_workbook_are_named(self):
        for name, data, words in (("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "另存为"), ("b.xlsx", b"<html><table></table></html>", "xlsx"),
                                  ("c.xlsx", "姓名,性别\n陈某某,男\n".encode("gbk"), "这是文本"), ("d.xlsx", b"PK\3\4 broken", ""),
                                  ("e.xlsx", bytes(range(256)) * 9, "内容认不出来"), ("f.xlsx", b"\0" * 5000, "内容认不出来"), ("g.xlsx", b"%PDF-1.4\n1 0 obj", "这是 PDF 文件"),
                                  ("h.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "这是 PNG 文件"), ("i.xlsx", "编号\t姓名\n".encode("utf-16"), "这是文本")):
            with self.subTest(name=name):
                with open(self.path(name), "wb") as f:
                    f.write(data)
                done = run("check", self.path(name), status=1)
                self.assertEqual((done.stderr + done.stdout).count("error:"), 1)
                self.assertIn(words, done.stderr + done.stdout)


class Pictures(Folder):
    """K9-13: pictures beside rows and in cells, as Excel and WPS keep them, are named with their cells."""

    DRAWING = ('<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
               'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><xdr:oneCellAnchor><xdr:from><xdr:col>21</xdr:col><xdr:colOff>0</xdr:colOff>'
               '<xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="1" cy="1"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="图片 1"/><xdr:cNvPicPr/></xdr:nvPicPr>'
               '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>')
    IMAGES = ('<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
              'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><etc:cellImage><xdr:pic>'
              '<xdr:nvPicPr><xdr:cNvPr id="2" name="ID_A"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>')
    RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    IMAGE = '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="{}"/>'

    def said_of(self, change):
        """What is said of the sample's book after the change of its parts; part: of 人员."""
        book = openpyxl.load_workbook(os.path.join(ROOT, "samples", "batch.xlsx"))
        book["人员"]["V2"].value = book["项目"]["H2"].value = "PICTURE"
        book.save(self.path("pictures.xlsx"))
        with zipfile.ZipFile(self.path("pictures.xlsx")) as z:
            parts = {name: z.read(name).decode() if name.endswith((".xml", ".rels")) else z.read(name) for name in z.namelist()}
        sheets = [f"xl/worksheets/sheet{book.sheetnames.index(title) + 1}.xml" for title in ("人员", "项目")]
        for sheet in sheets:  # its cell as a piece to fill in
            parts[sheet], n = re.subn(r'<c r="(\w+)"[^>]*><is><t>PICTURE</t></is></c>', r'<c r="\1" PICTURE', parts[sheet])
            self.assertEqual(n, 1)
        change(parts, sheets)
        with zipfile.ZipFile(self.path("pictures.xlsx"), "w", zipfile.ZIP_DEFLATED) as z:
            for name, data in parts.items():
                z.writestr(name, data)
        done = run("import", self.path("pictures.xlsx"), "-o", self.path("pictures.xml"), status=None)
        return [line.split(".xlsx:", 1)[1] for line in done.stderr.splitlines()]

    def test_beside_a_row(self):
        def change(parts, sheets):
            for sheet in sheets:
                parts[sheet] = parts[sheet].replace(" PICTURE", "/>")
            relations = sheets[0].replace("worksheets/", "worksheets/_rels/") + ".rels"
            parts[sheets[0]] = parts[sheets[0]].replace("<legacyDrawing", '<drawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rIdD"/><legacyDrawing')
            parts[relations] = parts[relations].replace("</Relationships>", '<Relationship Id="rIdD" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" Target="../drawings/drawing99.xml"/></Relationships>')
            parts["xl/drawings/drawing99.xml"], parts["xl/drawings/_rels/drawing99.xml.rels"] = self.DRAWING, self.RELATIONS.format(self.IMAGE.format("../media/image1.png"))
            parts["xl/media/image1.png"] = b"PNG"
        self.assertEqual(self.said_of(change), ["人员!V2: warning: A001 陈𬱖 这里的图片没有读；请存为文件，把路径写在“照片”列或“佐证材料”表里"])

    def test_in_cells_of_wps(self):
        def change(parts, sheets):
            for sheet in sheets:
                parts[sheet] = parts[sheet].replace(" PICTURE", ' t="str"><f>_xlfn.DISPIMG("ID_A",1)</f><v>=DISPIMG("ID_A",1)</v></c>')
            parts["xl/cellimages.xml"], parts["xl/_rels/cellimages.xml.rels"] = self.IMAGES, self.RELATIONS.format(self.IMAGE.format("media/image1.jpeg"))
            parts["xl/media/image1.jpeg"] = b"JPEG"
            parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
                "</Relationships>", '<Relationship Id="rIdW" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/></Relationships>')
        self.assert_in_cells(self.said_of(change))

    def test_in_cells_of_excel(self):
        rich = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

        def change(parts, sheets):
            for sheet in sheets:
                parts[sheet] = parts[sheet].replace(" PICTURE", ' t="e" vm="1"><v>#VALUE!</v></c>')
            office = "".join(f'<Relationship Id="rId{t}" Type="http://schemas.microsoft.com/office/2017/06/relationships/{t}" Target="richData/{f}"/>'
                             for t, f in (("rdRichValue", "rdrichvalue.xml"), ("rdRichValueStructure", "rdrichvaluestructure.xml"), ("richValueRel", "richValueRel.xml")))
            parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace("</Relationships>", office + (
                '<Relationship Id="rIdM" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata" Target="metadata.xml"/></Relationships>'))
            parts["xl/metadata.xml"] = (
                f'<metadata xmlns="{main}" xmlns:xlrd="{rich}"><metadataTypes><metadataType name="XLRICHVALUE"/></metadataTypes><futureMetadata name="XLRICHVALUE"><bk><extLst><ext>'
                '<xlrd:rvb i="0"/></ext></extLst></bk></futureMetadata><valueMetadata><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>')
            parts["xl/richData/rdrichvaluestructure.xml"] = f'<rvStructures xmlns="{rich}"><s t="_localImage"><k n="_rvRel:LocalImageIdentifier" t="i"/><k n="CalcOrigin" t="i"/></s></rvStructures>'
            parts["xl/richData/rdrichvalue.xml"] = f'<rvData xmlns="{rich}"><rv s="0"><v>0</v><v>5</v></rv></rvData>'
            parts["xl/richData/richValueRel.xml"] = ('<richValueRels xmlns="http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel" '
                                                     'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><rel r:id="rId1"/></richValueRels>')
            parts["xl/richData/_rels/richValueRel.xml.rels"] = self.RELATIONS.format(self.IMAGE.format("../media/image1.png"))
            parts["xl/media/image1.png"] = b"PNG"
        self.assert_in_cells(self.said_of(change))

    def assert_in_cells(self, said):
        self.assertEqual(said, ["人员!V2: error: A001 陈𬱖 照片：单元格里是图片，没有读：请存为文件，在这里填它的路径",
                                "项目!H2: error: A001 陈𬱖 项目级别：单元格里是图片，这里应填文字"])


class ManyStrays(unittest.TestCase):
    """Ids that nobody has are told one by one; whose they may be is asked of the first 200 alone: all people are looked through for each."""

    def test_only_the_first_are_guessed(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            book = openpyxl.load_workbook(os.path.join(ROOT, "samples", "batch.xlsx"))
            for i in range(250):
                book["学历"].append([f"A00{i + 100}"])
                book["学历"].append([f"A00{i + 100}"])
            path = os.path.join(d, "b.xlsx")
            book.save(path)
            said = shenbao("import", "--lang", "zh", path, "-o", os.path.join(d, "b.xml")).stderr.decode()
        told = re.findall(r"人员表里没有编号 (A00\d+)(；是不是)?", said)
        self.assertEqual([t[0] for t in told], [f"A00{i + 100}" for i in range(250)])
        self.assertEqual([bool(t[1]) for t in told], [i < 200 for i in range(250)])
        self.assertEqual(len(re.findall("不再逐行列出", said)), 250)


class SetCell(unittest.TestCase):
    """workbook --set gives one cell another text and keeps all else of the file."""

    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        self.addCleanup(self.dir.cleanup)
        self.book = os.path.join(ROOT, "samples", "batch.xlsx")
        self.out = os.path.join(self.dir.name, "out.xlsx")

    def set(self, *options, book=None):
        return shenbao("workbook", book or self.book, *options, "-o", self.out)

    def cells(self, path):
        book = openpyxl.load_workbook(path)
        return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row if c.value is not None}

    def test_that_cell_alone_changes(self):
        before = self.cells(self.book)
        for cell, text in (("B3", "王𠮷 <b>&\n 二"), ("B3", ""), ("AZ500", "远处")):
            done = self.set("--set", f"人员!{cell}={text}")
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            after = self.cells(self.out)
            self.assertEqual(after.get(("人员", cell)), text or None)
            different = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
            self.assertEqual(different, {("人员", cell)})

    def test_every_other_part_is_the_same(self):
        self.assertEqual(self.set("--set", "人员!B3=某某").returncode, 0)
        a, b = zipfile.ZipFile(self.book), zipfile.ZipFile(self.out)
        self.assertEqual(a.namelist(), b.namelist())
        self.assertEqual(sum(a.read(n) != b.read(n) for n in a.namelist()), 1)

    def with_formulas(self):
        """A book whose names are looked up: the first cell's formula is that of those below, as Excel fills them."""
        files = parts(self.book)
        part = sheet_part(files, "项目")
        text = files[part].decode()
        for row in range(2, 6):
            formula = '<f t="shared" ref="B2:B5" si="7">VLOOKUP(A2,人员!A:B,2,0)</f>' if row == 2 else '<f t="shared" si="7"/>'
            text, n = re.subn(rf'<c r="B{row}"[^>]*?(/>|>.*?</c>)', f'<c r="B{row}" t="str">{formula}<v>陈𬱖</v></c>', text, count=1)
            self.assertEqual(n, 1)
        files[part] = text.encode()
        files["xl/calcChain.xml"] = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B2" i="14"/></calcChain>'
        for name, end, more in (("[Content_Types].xml", "</Types>", '<Override PartName="/xl/calcChain.xml" ContentType="application/'
                                 'vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/>'),
                                ("xl/_rels/workbook.xml.rels", "</Relationships>", '<Relationship Id="rId999" Type="http://schemas.openxmlformats.org/'
                                 'officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/>')):
            files[name] = files[name].decode().replace(end, more + end).encode()
        book = os.path.join(self.dir.name, "formulas.xlsx")
        pack(book, files)
        return book, part

    def test_what_rests_on_a_formula_that_goes(self):
        """Excel takes a cell that counts with a formula that is gone, or a list of formulas that has one too many, for damage."""
        book, part = self.with_formulas()
        for cell, told, left in (("B2", "held a formula that 3 other cells are filled with", 0), ("B3", "", 3), ("C2", "", 4)):
            with self.subTest(cell):
                done = self.set("--set", f"项目!{cell}=某某", "--lang", "en", book=book)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(told, done.stderr.decode())
                self.assertEqual(bool(done.stderr), bool(told))
                files = parts(self.out)
                text = files[part].decode()
                self.assertEqual((text.count('si="7"'), text.count("<v>陈𬱖</v>")), (left, 4 - (cell in "B2 B3".split())))
                kept = cell == "C2"
                self.assertEqual([b"calcChain" in files[n] for n in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")] + ["xl/calcChain.xml" in files], [kept] * 3)

    def test_it_is_read_back_to_the_last_character(self):
        text = "_x0041_ 𬱖 é\u3000"
        self.assertEqual(self.set("--set", "人员!B3=" + text).returncode, 0)
        first, self.out = self.out, os.path.join(self.dir.name, "again.xlsx")
        again = self.set("--set", "人员!XFD1048576=x", book=first)
        self.assertEqual((again.returncode, again.stderr), (0, b""))
        again = self.set("--set", "人员!B3=x", "--was", text, book=first)
        self.assertEqual((again.returncode, again.stderr), (0, b""))

    def test_rows_and_cells_may_say_nothing_of_their_places(self):
        """Some programs leave them to the order: the same book must come of it as where they are told."""
        bare = os.path.join(self.dir.name, "bare.xlsx")

        def without_places(row):
            """Blank cells stand where others are missing."""
            cells, out = re.findall(r'<c r="([A-Z]+)\d+"(.*?(?:/>|</c>))', row[0], re.S), []
            for column, rest in cells:
                at = sum((ord(c) - 64) * 26 ** i for i, c in enumerate(reversed(column)))
                out += ["<c/>"] * (at - 1 - len(out)) + ["<c" + rest]
            return f"<row>{''.join(out)}</row>"
        with zipfile.ZipFile(self.book) as old, zipfile.ZipFile(bare, "w") as new:
            for name in old.namelist():
                text = old.read(name)
                rows = re.findall(rb'<row r="(\d+)"', text)
                if name.startswith("xl/worksheets/sheet") and rows == [b"%d" % (i + 1) for i in range(len(rows))]:
                    text = re.sub(r'<row r="\d+".*?</row>', without_places, text.decode(), flags=re.S).encode()
                new.writestr(name, text)
        for cell in ("B3", "A1", "AZ2", "A500"):
            done = self.set("--set", f"人员!{cell}=新", book=bare)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            bare_cells = self.cells(self.out)
            first, self.out = self.out, os.path.join(self.dir.name, "again.xlsx")
            again = self.set("--set", f"人员!{cell}=新", "--was", "新", book=first)
            self.assertEqual((again.returncode, again.stderr), (0, b""))
            self.out = first
            self.assertEqual(self.set("--set", f"人员!{cell}=新").returncode, 0)
            self.assertEqual(bare_cells, self.cells(self.out))

    def test_only_what_is_as_it_was_said_to_be(self):
        done = self.set("--set", "人员!B3=x", "--was", "y")
        self.assertEqual(done.returncode, 1)
        self.assertIn("人员!B3", done.stderr.decode())
        self.assertFalse(os.path.exists(self.out))

    def test_a_field_is_found_by_person_and_path(self):
        done = self.set("--set", "A003:person/mobile=13900000009", "--was", "13800000003")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        before, after = self.cells(self.book), self.cells(self.out)
        different = {k: after[k] for k in after if before.get(k) != after[k]}
        self.assertEqual(list(different.values()), ["13900000009"])
        self.assertEqual(next(iter(different))[0], "人员")
        done = self.set("--set", "A003:batch/unit/@name=别的公司")
        self.assertEqual([v for k, v in self.cells(self.out).items() if before.get(k) != v], ["别的公司"])
        for word, status in (("A999:person/mobile=1", 1), ("A003:nothing/@at-all=1", 1), ("A003:education=x", 1), ("A003:person=x", 1), ("A003:batch/unit=x", 1), (":x=1", 2), ("A003:=1", 2)):
            self.assertEqual(self.set("--set", word).returncode, status, word)

    def test_a_name_is_changed_in_all_sheets_that_repeat_it(self):
        before = self.cells(self.book)
        name = next(before[("人员", "B" + k[1][1:])] for k, v in before.items() if k[0] == "人员" and v == "A003")
        done = self.set("--set", "A003:person/name=沈小", "--was", name)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        after = self.cells(self.out)
        different = {k for k in after if before.get(k) != after[k]}
        self.assertGreater(len(different), 5)
        self.assertEqual({(before[k], after[k]) for k in different}, {(name, "沈小")})
        self.assertEqual(shenbao("import", self.out, "-o", os.path.join(self.dir.name, "out.xml")).returncode, 0)

    def test_a_list_of_corrections_is_an_input_and_a_text(self):
        path, line = os.path.join(self.dir.name, "list"), '{"applicant": "A003", "field": "person/sex", "value": "女"}'
        with open(path, "w", encoding="utf-8") as f:
            f.write(line)
        done = shenbao("workbook", self.book, "--corrections", path, "-o", path)
        self.assertEqual((done.returncode, done.stderr.decode().count("\n")), (2, 1), done.stderr)
        with open(path, encoding="utf-8") as f:
            self.assertEqual(f.read(), line)
        for text, status in ((line + "\r\n\r\n", 0), ("\ufeff" + line, 0), (line + "\0\n" + line, 1), (line.encode("utf-16").decode("latin-1"), 1)):
            with open(path, "w", encoding="utf-8", newline="") as f:
                f.write(text)
            self.assertEqual(self.set("--corrections", path).returncode, status, text)
        with open(self.book, "rb") as book:
            done = subprocess.run([PROGRAM, "workbook", "-", "--set", "A003:person/sex=女", "-o", self.out], stdin=book, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("name the file", done.stderr)

    def test_corrections_of_a_file_are_made_where_the_old_text_stands(self):
        path = os.path.join(self.dir.name, "corrections.jsonl")
        lines = [{"applicant": "A003", "field": "person/mobile", "place": "人员!A1", "was": "13800000003", "value": "13900000009"},
                 {"applicant": "A003", "field": "person/sex", "was": "无", "value": "女"},
                 {"applicant": "A999", "field": "person/sex", "was": "男", "value": "女"},
                 {"place": "人员!B3", "was": "没有这样写", "value": "x"},
                 {"applicant": "A003", "field": "person/id-number", "was": "x", "value": "33019919900209013X"}]  # is so already
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        done = self.set("--corrections", path, "--lang", "zh")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = [line.split(": ")[0].rsplit(":", 1)[1] for line in done.stderr.decode().splitlines()]
        self.assertEqual(sorted(told), ["2", "3", "4"], done.stderr.decode())
        before, after = self.cells(self.book), self.cells(self.out)
        self.assertEqual([after[k] for k in after if before.get(k) != after[k]], ["13900000009"])
        for wrong in ("x\n", "{}\n", '{"value": 1}\n'):
            with open(path, "w", encoding="utf-8") as f:
                f.write(wrong)
            self.assertEqual(self.set("--corrections", path).returncode, 1, wrong)
        self.assertEqual(self.set("--corrections", "/nonexistent").returncode, 2)

    def test_what_is_no_cell_is_refused(self):
        for word, status in (("没有!B3=x", 1), ("人员!0=x", 1), ("人员!XFE1=x", 1), ("人员!A1048577=x", 1), ("人员B3=x", 2), ("=x", 2), ("人员!B3", 2), ("!=", 1)):
            self.assertEqual(self.set("--set", word).returncode, status, word)
            self.assertFalse(os.path.exists(self.out))
        self.assertEqual(self.set("--was", "x").returncode, 2)
        self.assertEqual(self.set("--set", "人员!B3=x", book=os.path.join(ROOT, "samples", "batch.xml")).returncode, 1)


if __name__ == "__main__":
    unittest.main()
