"""A folder of scans beside a workbook or batch: the option --scans of import and workbook, and statements in files."""
import os
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET
import zipfile

import openpyxl

from blackbox_evaluation_form import PROGRAM

PERSON = """<applicant id="{id}" mode="正常申报"><person><name>{name}</name><sex>男</sex></person>
<project id="P1" name="示例港区爆破开挖工程"/><award id="J1" name="示例奖"/></applicant>"""
BATCH = """<?xml version="1.0" encoding="UTF-8"?>
<batch year="2026" asof="2026-09-30" submission="2026-10-10"><plan>计划</plan>
<unit id="U01" name="示例公司" kind="企业">""" + PERSON.format(id="A001", name="陈某") + PERSON.format(id="A002", name="王某") + "</unit></batch>"
DOCX = {
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>任现职以来</w:t></w:r></w:p><w:p><w:r><w:t>二</w:t></w:r></w:p><w:p><w:r><w:commentReference/></w:r></w:p></w:body></w:document>',
}


class Scans(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="shenbao-scans-")
        self.addCleanup(shutil.rmtree, self.folder)
        with open(self.path("batch.xml"), "w", encoding="utf-8") as f:
            f.write(BATCH)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, *names):
        for name in names:
            os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
            with open(self.path(name), "wb") as f:
                f.write(b"%PDF-1.4")

    def run_program(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, *arguments, "--lang", "zh"], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def hrefs(self, name):
        """(applicant, where, kind, part, href) of all that a batch cites."""
        found = []
        for a in ET.parse(self.path(name)).getroot().iter("applicant"):
            for parent in a.iter():
                for c in parent:
                    if c.get("href"):
                        found.append((a.get("id"), parent.get("id", ""), c.get("kind", ""), c.get("part", ""), c.get("href")))
        return found

    def test_scans_become_evidence_documents_and_photos(self):
        self.put("scans/A001/P1-合同-封面页.pdf", "scans/陈某/身份证.jpg", "scans/王某/照片.jpg", "scans/王某/J1.png", "scans/杂/一.pdf")
        said = self.run_program("import", "batch.xml", "-o", "out.xml", "--scans", "scans")
        self.assertEqual(self.hrefs("out.xml"), [
            ("A001", "A001", "身份证", "", "scans/陈某/身份证.jpg"), ("A001", "P1", "合同", "封面页", "scans/A001/P1-合同-封面页.pdf"),
            ("A002", "", "", "", "scans/王某/照片.jpg"), ("A002", "J1", "获奖证书", "", "scans/王某/J1.png")])
        self.assertIn("“scans/杂/一.pdf”不知是谁的", said)
        self.assertIn("扫描件共 5 个，对上 4 个", said)

    def test_folders_above_a_person_s_need_not_say_anything(self):
        self.put("材料/2026年/陈某/身份证.jpg", "佐证/A001/P1-合同-封面页.pdf", "佐证/王某/J1.png", "佐证/A001/胡乱.pdf")
        said = self.run_program("import", "batch.xml", "-o", "out.xml", "--scans", ".")
        self.assertEqual(self.hrefs("out.xml"), [
            ("A001", "A001", "身份证", "", "材料/2026年/陈某/身份证.jpg"), ("A001", "P1", "合同", "封面页", "佐证/A001/P1-合同-封面页.pdf"),
            ("A002", "J1", "获奖证书", "", "佐证/王某/J1.png")])
        self.assertIn("“佐证/A001/胡乱.pdf”没有对上", said)

    def test_a_workbook_gets_them_as_rows_and_keeps_them(self):
        self.put("scans/A001/P1-合同-封面页.pdf", "scans/王某/J1.png")
        self.run_program("workbook", "batch.xml", "-o", "a.xlsx", "--scans", "scans")
        self.run_program("import", "a.xlsx", "-o", "out.xml")
        self.assertEqual(self.hrefs("out.xml"), [("A001", "P1", "合同", "封面页", "scans/A001/P1-合同-封面页.pdf"), ("A002", "J1", "获奖证书", "", "scans/王某/J1.png")])
        said = self.run_program("import", "a.xlsx", "-o", "again.xml", "--scans", "scans")
        self.assertEqual(self.hrefs("again.xml"), self.hrefs("out.xml"))
        self.assertIn("扫描件共 2 个，对上 2 个", said)

    def test_a_mistake_in_the_data_does_not_hide_what_is_said_of_the_scans(self):
        self.run_program("workbook", "batch.xml", "-o", "a.xlsx")
        book = openpyxl.load_workbook(self.path("a.xlsx"))
        book["项目"]["J2"] = "约三千"
        book.save(self.path("b.xlsx"))
        self.put("scans/A001/P1-合同-封面页.pdf", "scans/A001/不明.pdf", "scans/杂/一.pdf")
        for program, out in (("import", "out.xml"), ("workbook", "out.xlsx")):
            said = self.run_program(program, "b.xlsx", "-o", out, "--scans", "scans", status=1)
            for words in ("b.xlsx:项目!J2: error: ", "“scans/A001/不明.pdf”没有对上", "“scans/杂/一.pdf”不知是谁的", "扫描件共 3 个，对上 1 个"):
                self.assertEqual(said.count(words), 1, said)
            self.assertFalse(os.path.exists(self.path(out)))

    def test_the_folder_must_be_within_reach(self):
        with tempfile.TemporaryDirectory() as other:
            self.assertIn("请移到那里", self.run_program("import", "batch.xml", "-o", "out.xml", "--scans", other, status=2))
        self.assertIn("请移到那里", self.run_program("import", "batch.xml", "-o", "out.xml", "--scans", "nowhere", status=2))
        self.assertFalse(os.path.exists(self.path("out.xml")))
        self.run_program("import", "batch.xml", "batch.xml", "-o", "out.xml", "--scans", ".", status=2)

    def test_a_statement_may_lie_in_a_word_document(self):
        self.run_program("workbook", "batch.xml", "-o", "a.xlsx")
        os.makedirs(self.path("scans/A001"))
        with zipfile.ZipFile(self.path("scans/A001/述职.docx"), "w") as z:
            for name, text in DOCX.items():
                z.writestr(name, text)
        book = openpyxl.load_workbook(self.path("a.xlsx"))
        sheet = book["述职"]
        sheet["A2"], sheet["C2"] = "A001", "scans\\A001\\述职.docx"
        sheet["A3"], sheet["C3"] = "A002", "scans/A002/述职.docx"
        book.save(self.path("b.xlsx"))
        said = self.run_program("import", "b.xlsx", "-o", "out.xml", status=1)
        self.assertIn("b.xlsx:述职!C3: error: ", said)
        sheet["C3"] = None
        book.save(self.path("b.xlsx"))
        said = self.run_program("import", "b.xlsx", "-o", "out.xml")
        self.assertIn("b.xlsx:述职!C2: warning: A001 陈某 个人述职：Word 文档里有 1 条批注没有读入", said)
        self.assertEqual([s.text for s in ET.parse(self.path("out.xml")).getroot().iter("statement")], ["任现职以来\n二"])


if __name__ == "__main__":
    unittest.main()
