"""The sheets around the big papers: pledge, public-notice, statement, work-history, material-list, checklist; who needs which paper."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from blackbox_evaluation_form import BATCH, ROOT, folded, shenbao, text_of
from profiles import template, templates, whole

SHEETS = ("pledge", "public-notice", "statement", "work-history", "material-list", "checklist")
APPLICANTS = {a.get("id"): a for a in ET.parse(BATCH).getroot().iter("applicant")}
UNITS = {a.get("id"): u for u in ET.parse(BATCH).getroot().iter("unit") for a in u.iter("applicant")}


class Sheets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        cls.text, cls.report = {}, {}
        for sheet in SHEETS:
            out, report = os.path.join(cls.dir, sheet), os.path.join(cls.dir, sheet + ".json")
            done = shenbao(sheet, "-o", out + "/", "--report", report, BATCH)
            assert done.returncode == 0, done.stderr
            with open(report, encoding="utf-8") as f:
                for a in json.load(f)["applicants"]:
                    document = a["documents"][0]
                    cls.report[sheet, a["id"]] = document
                    cls.text[sheet, a["id"]] = folded(text_of(document["file"], "-raw"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def draw(self, sheet, changes, applicant="A001", *options):
        """The sheet's text for the samples with some text changed in them."""
        with open(BATCH, encoding="utf-8") as f:
            xml = f.read()
        for old, new in changes:
            self.assertIn(old, xml)
            xml = xml.replace(old, new)
        path = os.path.join(self.dir, "changed.xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(xml)
        pdf = os.path.join(self.dir, "changed.pdf")
        done = shenbao(sheet, "-a", applicant, "-o", pdf, *options, path)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return folded(text_of(pdf, "-raw"))

    def test_all_are_sound_and_say_whose_they_are(self):
        for (sheet, who), document in self.report.items():
            done = subprocess.run(["qpdf", "--check", document["file"]], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, document["file"])
            self.assertIn(folded(APPLICANTS[who].findtext("person/name")), self.text[sheet, who], sheet)
            root = whole(template(sheet + ".xml"))
            self.assertEqual(document["title"], root.get("title"))
            self.assertEqual(document["binding"], root.get("binding"))
            self.assertIn(folded(root.get("title")), self.text[sheet, who])

    def test_pledge_is_one_page_with_blank_lines_for_signatures(self):
        for who in APPLICANTS:
            self.assertEqual(self.report["pledge", who]["pages"], 1)
            text = self.text["pledge", who]
            self.assertIn("保证人（签名）：年月日", text)
            self.assertIn("审核人（签名）：（公章）年月日", text)
            self.assertIn("编号" + APPLICANTS[who].find("pledge").get("reference"), text)
            self.assertIn(APPLICANTS[who].findtext("person/id-number"), text)

    def test_public_notice_counts_working_days(self):
        self.assertIn("2026年9月1日至2026年9月8日，共6个工作日", self.text["public-notice", "A001"])
        own = self.text["public-notice", "A005"]  # the applicant's own wins over the unit's
        self.assertIn("2026年9月2日至2026年9月11日，共8个工作日", own)
        self.assertIn(folded(APPLICANTS["A005"].findtext("publicity/objection")), own)
        self.assertIn(folded(APPLICANTS["A005"].findtext("publicity/resolution")), own)
        self.assertIn("□无异议■有异议", own)
        self.assertIn("■无异议□有异议", self.text["public-notice", "A001"])
        said = self.draw("public-notice", [('result="无异议"', 'result="公示期间没有收到异议"')])
        self.assertIn("■无异议□有异议（公示期间没有收到异议）", said)
        none = self.draw("public-notice", [('result="无异议" phone="0571-00000002" head="石培"/>',
                                            'result="经公示没有异议" phone="0571-00000002" head="石培"><objection>无</objection></publicity>')])
        self.assertIn("■无异议□有异议（经公示没有异议）", none)
        for objection in ("没有工作单位", "个人对公示提出异议"):  # that it is short of words makes it none the less one
            said = self.draw("public-notice", [('result="无异议" phone="0571-00000002" head="石培"/>',
                                                f'result="未收到任何单位和个人的异议" phone="0571-00000002" head="石培"><objection>{objection}</objection></publicity>')])
            self.assertIn("■无异议■有异议（未收到任何单位和个人的异议）", said)
        shutil.copytree(os.path.join(os.path.dirname(BATCH), "photos"), os.path.join(self.dir, "photos"))
        for words, none in (("经公示没有异议", True), ("公示结果：均未提出异议（公示期5个工作日）", True), ("有异议已核实", False)):
            form = self.draw("evaluation-form", [('result="无异议"', f'result="{words}"')])
            self.assertEqual("异议及处理无" in form, none, words)
        over = self.draw("public-notice", [('start="2026-09-01" end="2026-09-08"', 'start="2026-09-24" end="2026-10-10"')])
        self.assertIn("共7个工作日", over)  # 24, 28 to 30 September, 8 to 10 October
        unknown = self.draw("public-notice", [('start="2026-09-01" end="2026-09-08"', 'start="2031-09-01" end="2031-09-08"')])
        self.assertIn("2031年9月8日，共个工作日", unknown)
        for who in APPLICANTS:
            self.assertEqual(self.report["public-notice", who]["pages"], 1)

    def test_without_a_notice_its_answers_are_blank(self):
        text = self.draw("public-notice", [('<publicity start="2026-09-01" end="2026-09-08" place="公司公告栏" method="张贴" result="无异议" '
                                            'phone="0571-00000002" head="石培"/>', "")])
        self.assertIn("公示时间年月日至年月日，共个工作日", text)
        self.assertIn("□无异议□有异议", text)

    def test_statement_and_history_are_whole(self):
        for who, a in APPLICANTS.items():
            self.assertIn("本人签名：年月日", self.text["statement", who])
            body = re.sub(r"第\d+页共\d+页", "", self.text["statement", who])
            for line in a.findtext("statement").split("\n"):
                self.assertIn(folded(line), body, who)
            for x in a.iter("experience"):
                for attribute in ("unit", "work", "post", "witness"):
                    self.assertIn(folded(x.get(attribute, "")), self.text["work-history", who])
            self.assertIn("负责人（签字）：（公章）年月日", self.text["work-history", who])
        text = self.text["work-history", "A001"]
        starts = [x.get("start").replace("-", ".") for x in APPLICANTS["A001"].iter("experience")]
        places = [text.index(s + "—") for s in sorted(starts)]
        self.assertEqual(places, sorted(places))

    def test_long_records_flow_on(self):
        with open(BATCH, encoding="utf-8") as f:
            first = re.search(r"<experience [^>]*/>", f.read()).group(0)
        many = "".join(re.sub(r' id="[^"]*"', f' id="XX{i}"', first) for i in range(60))
        text = self.draw("work-history", [(first, many)])
        self.assertIn("技术工作经历（续）", text)
        self.assertGreaterEqual(text.count("起止年月"), 3)

    def test_who_needs_which_paper(self):
        needs = {who: text for (sheet, who), text in self.text.items() if sheet == "checklist"}
        post, milestone, score = "事业单位人员职称申报岗位信息表", "审批表（标志性业绩）", "评审打分表"
        for who, text in needs.items():
            a, unit = APPLICANTS[who], UNITS[who]
            established = unit.get("kind") == "事业单位" and a.find("employment").get("established") != "false"
            self.assertEqual(post in text, established, who)
            self.assertEqual(milestone in text, a.get("mode") == "标志性业绩直接申报" or a.get("exceptional") == "true", who)
            self.assertEqual(score + "1" in text, a.get("mode") == "自评分申报" or a.find("score") is not None, who)
        self.assertTrue(any(post in t for t in needs.values()) and any(post not in t for t in needs.values()))

    def test_the_table_of_papers_agrees_with_their_templates(self):
        items = whole(template("papers.xml"))
        known = 0
        for item in items:
            path = template(item.get("name") + ".xml")
            if os.path.exists(path):
                known += 1
                root = whole(path)
                for fact in ("title", "copies", "seals"):
                    self.assertEqual(item.get(fact), root.get(fact, ""), f"{fact} of {item.get('name')}")
                self.assertEqual(item.get("goes") == "volume", root.get("binding") == "bound", item.get("name"))
        self.assertGreaterEqual(known, 5)
        self.assertEqual(len({i.get("name") for i in items}), len(items))

    def test_material_list(self):
        for who, a in APPLICANTS.items():
            text = self.text["material-list", who]
            self.assertIn("1专业技术职务任职资格评审表3不装订", text)
            self.assertIn("2推荐高级工程师任职资格人员情况综合表3不装订", text)
            self.assertIn("3书面材料（按目录顺序装订）1册", text)
            for p in a.iter("paper"):
                self.assertEqual("代表作复印件：" + folded(p.get("title")) in text, p.get("representative") == "true")
        loose = [x for x in APPLICANTS["A001"] if x.find("evidence[@form='书']") is not None]
        self.assertTrue(loose)
        for x in loose:
            self.assertEqual(self.text["material-list", "A001"].count(folded(x.get("title") or x.get("name"))), 1)

    def test_an_edit_of_the_template_or_of_the_table_shows_in_the_next_run(self):
        overlay = os.path.join(self.dir, "overlay")
        os.mkdir(overlay)
        with open(template("checklist.xml"), encoding="utf-8") as f:
            form = f.read()
        with open(os.path.join(overlay, "checklist.xml"), "w", encoding="utf-8") as f:
            f.write(form.replace("已核对</td>", "打勾</td>"))
        with open(template("papers.xml"), encoding="utf-8") as f:
            table = f.read()
        with open(os.path.join(overlay, "papers.xml"), "w", encoding="utf-8") as f:
            f.write(table.replace("</papers>", '<item name="extra" title="另一份材料" copies="7" goes="bag" when="@id = \'A001\'"/></papers>'))
        self.assertIn("打勾", self.draw("checklist", [], "A001", "-T", overlay))
        self.assertIn("另一份材料7", self.draw("checklist", [], "A001", "-T", overlay))
        self.assertNotIn("另一份材料", self.draw("checklist", [], "A002", "-T", overlay))
        with open(os.path.join(overlay, "papers.xml"), "w", encoding="utf-8") as f:
            f.write(table.replace("</papers>", '<item name="x" title="x" when="nosuch(1)"/></papers>'))
        done = shenbao("checklist", "-a", "A001", "-T", overlay, BATCH)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"papers.xml:", done.stderr)

    def test_every_sheet_is_a_program(self):
        text = subprocess.run([os.path.join(os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build")), "bin", "shenbao"), "-h"],
                              capture_output=True, text=True).stdout
        for path in templates():
            root = ET.parse(path).getroot()
            if root.tag == "form" and not root.get("name").startswith(("dossier-", "print-")):  # those are sheets of one, or of a print run
                self.assertRegex(text, rf"(?m)^  {root.get('name')} ")


if __name__ == "__main__":
    unittest.main()
