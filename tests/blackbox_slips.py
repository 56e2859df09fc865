"""check tells the truth: what clerks get wrong is said once, with what to write; nothing rests on a value that another finding
calls invalid; nothing may be missing without a word."""
import copy
import html
import itertools
import json
import os
import random
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

import blackbox_check as helper
import cases
import combined
import edits
from blackbox_check import BIN, HERE, ROOT  # noqa: F401

SLIPS = os.path.join(HERE, "slips")

# What may be missing from a full record without an error or a warning in either stage, and why.
MAY_BE_MISSING = {
    r"/delegation/@(contact|phone)": "the letter prints a blank to be filled by hand",
    r"/unit/@(tier|region|supervisor)": "a unit need not have any; no paper rests on it",
    r"/unit/publicity/@(start|end|place|method)": "a note before mailing; asked for in the stage submit as a whole",
    r"/applicant/@exceptional": "not exceptional unless it says so",
    r"/profile/@complete": "R53, a note",
    r"/applicant/pension": "R18, a note: the platform extracts it",
    r"/paper/@issn": "a book or an older journal has none; its digits are checked when it is given",
    r"/paper/@(volume|issue|pages)": "R112 asks when all of them are absent",
    r"/person/(birthplace|native-place|ethnicity|politics|health|mobile)": "R80, a note: printed as 无",
    r"/employment/@(established|specialty-since)": "of 事业单位 alone; no paper rests on it",
    r"/title/@(level|specialty|authority|appointed)": "of use to rules on the title where given; a title may come without appointment",
    r"evidence(\[\d\])?/@(pages|uploaded)|/document/@uploaded": "the whole file; R08 lists what waits for its upload",
    r"/education/@(years|degree|form|origin|first)": "no degree, home, not the first unless it says so",
    r"/(experience|training|review|pension|honour|document)(\[\d\])?/@id": "an id is needed by references alone",
    r"/experience(\[\d\])?/@post": "technicians without a post",
    r"/training(\[\d\])?/@online-a": "no hours online",
    r"/review(\[\d\])?/@unit|/pension/@(region|unit)": "the unit at hand, the home province",
    r"/pension/@to": "still insured",
    r"/project(\[\d\])?/(@(end|since|rank)|description)": "not ended, since the title, alone",
    r"/project(\[\d\])?/evidence(\[\d\])?/@kind": "its part says what it is",
    r"/(award|honour)/@grade|/(patent|standard)/@kind|/influence/@by": "not every one has it",
    r"/score(\[\d\])?/@reviewed|/scoring/@date": "the total is what the unit reviews; a date beside it",
    r"/opinion(/@date)?": "written on the printed papers",
}


def places(element, path=""):
    """(path, parent, child, attribute or None) of each element and attribute below."""
    seen = {}
    for child in list(element):
        seen[child.tag] = n = seen.get(child.tag, 0) + 1
        own = f"{path}/{child.tag}" + (f"[{n}]" if n > 1 else "")
        yield own, element, child, None
        for attribute in list(child.attrib):
            yield f"{own}/@{attribute}", element, child, attribute
        yield from places(child, own)


class Batches(unittest.TestCase):
    """The helper's ways to make batches of units out of base.xml."""

    @classmethod
    def setUpClass(cls):
        helper.Check.setUpClass.__func__(cls)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    unit, batch, report = helper.Check.unit, helper.Check.batch, helper.Check.report

    def units_of(self, roots):
        units = []
        for k, root in enumerate(roots, 1):
            text = "".join(ET.tostring(x, encoding="unicode") for x in root)
            for old, new in (("D0", f"D{k}"), ('"U0"', f'"U{k}"'), ('"C0"', f'"C{k}"')):
                text = text.replace(old, new)
            units.append(text.replace(helper.id_number("19850312", 1), helper.id_number("19850312", (2 * k + 1) % 1000)))
        return units

    def by_unit(self, path, n, *options):
        """The findings of each unit, its delegation and its applicant, but for notes; a unit's delegation stands on its line."""
        report = self.report(path, "--no-rules", helper.SHARED, *options)
        found = {k: [] for k in range(1, n + 1)}
        for person in report["applicants"]:
            found[int(person["id"][1:])] += person["findings"]
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for f in report["findings"]:
            number = re.match(r"U(\d+)$", f.get("unit") or "") or \
                re.search(r'<delegation id="D(\d+)"', lines[f["line"] - 1] if f.get("line") else "")
            if number:
                found[int(number[1])].append(f)
        return {k: [f for f in v if f["severity"] != "info"] for k, v in found.items()}


class Missing(Batches):
    def test_nothing_may_be_missing_without_a_word(self):
        whole = ET.fromstring("<r>" + self.unit(0, []) + "</r>")
        names, roots = [], []
        for i, (path, _, child, attribute) in enumerate(places(whole)):
            if child.tag in ("delegation", "unit", "applicant") and attribute in (None, "id"):
                continue  # nothing would be left, or the test could not tell whose it is
            root = copy.deepcopy(whole)
            _, parent, element, _ = list(places(root))[i]
            if attribute:
                del element.attrib[attribute]
            else:
                parent.remove(element)
            names.append(path)
            roots.append(root)
        self.assertGreater(len(names), 350)
        path = self.batch(self.units_of(roots))
        prepared, submitted = (self.by_unit(path, len(names), "--stage", stage) for stage in ("prepare", "submit"))
        used = set()
        for k, name in enumerate(names, 1):
            reason = [r for r in MAY_BE_MISSING if re.search(f"({r})$", name)]
            used.update(reason)
            if not reason:
                with self.subTest(missing=name):
                    self.assertTrue(prepared[k] or submitted[k])
        self.assertEqual(used, set(MAY_BE_MISSING))

    def test_what_prints_nowhere_as_无_is_an_error(self):
        for old, label in (("<name>陈远山</name>", "姓名"), ("<sex>男</sex>", "性别"), ("<birth>1985-03-12</birth>", "出生日期"),
                           (' target="高级工程师"', "申报资格"), (' school="示例大学"', "毕业院校"), (' post="项目总工"/>', "现任岗位职务"),
                           (' name="示例港区爆破开挖工程"', "项目名称"), (' start="2019-03"', "开始时间"), (' obtained="2018-12-10"', "取得时间")):
            with self.subTest(label=label):
                path = self.batch([self.unit(1, [(old, "/>" if old.endswith("/>") else "")])])
                told = [(f["rule"], f["severity"], f["label"]) for f in self.by_unit(path, 1)[1]]
                self.assertIn(("R89", "error", label), told)
                self.assertEqual(len([t for t in told if t[1] == "error"]), 1, told)


def edit(old, new):
    return lambda text: text.replace(old, new, 1) if old in text else None


def date(value):
    return edit('obtained="2018-11-20"', f'obtained="{value}"')


def amount(value):
    return edit('amount="860"', f'amount="{value}"')


def rank(value):
    return edit('rank="1/7"', f'rank="{value}"')


def pages(value):
    return edit('境外学历.pdf" pages="3"/>', f'境外学历.pdf" pages="{value}"/>')


def flag(value):
    return edit('rank="1/7" since="true"', f'rank="1/7" since="{value}"')


FINE = ()
PERSON_END = "      </person>\n      <employment"
# What, the edit of slips/base.xml, and what the one finding says beyond those of the base (FINE: there is none).
TABLE = [
    ("dots", edit("<birth>1988-10-23", "<birth>1988.10.23"), "出生日期：birth 的值“1988.10.23”不对，请写“1988-10-23”"),
    ("one digit", date("2018-6-1"), "请写“2018-06-01”"),
    ("six digits", date("201811"), "请写“2018-11”"),
    ("eight digits", date("20181120"), "请写“2018-11-20”"),
    ("slashes", date("2018/11/20"), "请写“2018-11-20”"),
    ("in Chinese", date("2018年11月20日"), "请写“2018-11-20”"),
    ("a month in Chinese", date("2018年6月"), "请写“2018-06”"),
    ("a year in Chinese", date("2018年"), "请写“2018”"),
    ("a month with a dot", date("2024.6"), "请写“2024-06”"),
    ("en dashes", date("2018–11–20"), "请写“2018-11-20”"),
    ("a blank behind", date("2018-11-20 "), "里有空格，请写“2018-11-20”"),
    ("full width", date("２０１８-１１-２０"), "里有全角字符，请写“2018-11-20”"),
    ("a year of full width", date("２０１８"), "里有全角字符，请写“2018”"),
    ("no such day", date("2018-02-30"), "应为：日期"),
    ("the letter O for a nought", date("2O18-11-2O"), "请写“2018-11-20”"),
    ("today as an end", edit('end="2021-10" name', 'end="至今" name'), "请留空或删去"),
    ("asof", edit('asof="2026-09-30"', 'asof="2026.9.30"'), "截止日：asof 的值“2026.9.30”不对，请写“2026-09-30”"),
    ("no asof", edit(' asof="2026-09-30"', ""), "batch 缺少属性 asof"),
    ("what a formula left", amount("1186.6071672"), FINE),
    ("more digits than a number has", amount("0.1234567890123456"), "项目金额：amount 的值“0.1234567890123456”不对，应为：非负数"),
    ("thousands", amount("1,860"), "请写“1860”"),
    ("a Chinese full stop", amount("860。5"), "请写“860.5”"),
    ("a unit", amount("860万元"), "请写“860”"),
    ("digits of full width", amount("８６０"), "里有全角字符，请写“860”"),
    ("a blank in a number", amount("8 60"), "里有空格，请写“860”"),
    ("words", amount("很多"), "应为：非负数"),
    ("TRUE", flag("TRUE"), "请写“true”"),
    ("是", flag("是"), "请写“true”"),
    ("否", flag("否"), "请写“false”"),
    ("a slash of full width", rank("1／7"), "里有全角字符，请写“1/7”"),
    ("第一", rank("第一"), "请写“1”"),
    ("a tilde", pages("1~2"), "请写“1-2”"),
    ("第3页", pages("第3页"), "请写“3”"),
    ("、 in pages", pages("1、2"), "请写“1,2”"),
    ("男性", edit("<sex>男<", "<sex>男性<"), "性别：sex 的值“男性”不对，请写“男”"),
    ("M", edit("<sex>男<", "<sex>M<"), "请写“男”"),
    ("an id twice, and its neighbour cited", edit('<education id="E2"', '<education id="E1"'), "编号 E1 重复"),
    ("a short mode", edit('mode="正常申报"', 'mode="正常"'), "申报方式：mode 的值“正常”不对，请写“正常申报”"),
    ("brackets of half width", edit('basis="第六条（一）"', 'basis="第六条(一)"'), "请写“第六条（一）”"),
    ("a kind of evidence", edit('kind="任职资格证书"', 'kind="任职资格证"'), "请写“任职资格证书”"),
    ("an ID card's sides", edit('kind="身份证" href', 'kind="身份证正反面" href'), "请写“身份证”"),
    ("no kind of evidence", edit('kind="任职资格证书"', 'kind="照"'), "应为：身份证、学历证书"),
    ("a kind of evidence by another word", edit('kind="任职资格证书"', 'kind="职称证书"'), "应为：身份证、学历证书"),
    ("a comma between references", edit('refs="P1 R1"', 'refs="P1,R1"'), "编号 P1,R1 之间要用空格分隔，请写“P1 R1”"),
    ("、 between references", edit('refs="P1 R1"', 'refs="P1、R1"'), "请写“P1 R1”"),
    ("， between references", edit('refs="P1 R1"', 'refs="P1，R1"'), "请写“P1 R1”"),
    ("a missing reference", edit('refs="P1 R1"', 'refs="P1 R9"'), "所引的编号 R9 不在本申报人的材料中；是不是 R1"),
    ("a missing delegation", edit('delegation="D1"', 'delegation="D9"'), "单位 U1 所引的委托 D9 不在本文件中；是不是 D1"),
    ("an attribute's name", edit("specialty-since", "specialty_since"), "是不是 specialty-since"),
    ("an element's name", edit("<ethnicity>汉族</ethnicity>", "<nation>汉族</nation>"), "person 里没有 <nation>"),
    ("a capital", edit("<profile ", "<Profile "), "是不是 <profile>"),
    ("an element in another order", edit("<sex>男</sex><birth>1988-10-23</birth>", "<birth>1988-10-23</birth><sex>男</sex>"), FINE),
    ("Chinese quotes", edit('specialty="采矿工程"', "specialty=“采矿工程”"), "属性 specialty 的值用了中文引号；请改用英文引号"),
    ("a missing closing quote", edit('specialty="采矿工程" ', 'specialty="采矿工程 '), "属性 specialty 的值缺少结尾的引号"),
    ("angles of full width", edit("<sex>男</sex>", "＜sex＞男＜/sex＞"), "标签“＜sex＞男＜/sex＞”用了全角的 ＜ ＞"),
    ("text in the wrong place", edit(PERSON_END, "      手机见附件" + PERSON_END), "person 里不能直接写文字，这里却有“手机见附件”"),
    ("no </person>", edit("</person>", ""), "<person> 没有结束：请在第 19 行的 <employment> 之前写 </person>；其余检查待改正后再做"),
    ("no </name>", edit("</name>", ""), "<name> 没有结束：请在第 14 行的 <sex> 之前写 </name>"),
    ("no </applicant>", edit("    </applicant>\n", ""), "<applicant> 应以 </applicant> 结束"),
    ("a bare & in a value", edit("Engineering &amp; ", "Engineering & "), "之后的 & 请写 &amp;；其余检查待改正后再做"),
    ("a bare & in text", edit("贫化率由18%", "贫化率&由18%"), "文字里的 & 请写 &amp;"),
    ("< in a value", edit("恒岳铅锌矿", "恒岳<铅锌矿"), "属性的值里不能有 <"),
    ("< in text", edit("贫化率由18%", "贫化率<18%"), "“贫化率”之后的 < 请写 &lt;"),
    ("no end of a tag", edit("<sex>男</sex>", "<sex>男</sex"), "标签"),
    ("an unknown reference", edit("贫化率由18%", "贫化率&nbsp;18%"), "没有定义的引用 &nbsp;"),
    ("a value without quotes", edit('specialty="采矿工程"', "specialty=采矿工程"), "属性的值没有加引号"),
    ("a version of XML that there is not", edit('version="1.0"', 'version="2.0"'), "声明的 XML 版本不对"),
    ("a declaration that stands half alone", edit('encoding="UTF-8"?>', 'encoding="UTF-8" standalone="1"?>'),
     "声明里的 standalone"),
    ("an attribute twice", edit('mode="正常申报"', 'mode="正常申报" mode="正常申报"'), "属性 mode 写了两次"),
    ("blanks between letters", edit("<name>周启明", "<name>周 启 明"), "姓名含不规范字符U+0020"),
    ("a blank behind the name", edit("周启明</name>", "周启明 </name>"), "姓名含不规范字符U+0020"),
    ("no name", edit("<name>周启明</name>", ""), "缺姓名"),
    ("no words in a name", edit("<name>周启明</name>", "<name/>"), "缺姓名"),
    ("two letters that no face has", edit("贫化率由18%", "贫化率\U0002fffc由\U0002fffd18%"),
     "“\U0002fffc”（U+2FFFC，其他文字）、“\U0002fffd”（U+2FFFD，其他文字）没有字形"),
    ("a prefix", edit("<profile ", '<o:profile xmlns:o="urn:o" '), "<o:profile> 带有前缀；请去掉冒号和前缀，写 <profile>"),
    ("a namespace", edit("<batch ", '<batch xmlns="urn:x" '), "根元素应为 <batch>（不带命名空间）"),
    ("a DOCTYPE", edit("<batch ", '<!DOCTYPE batch [<!ENTITY a "b">]><batch '), "不允许 <!DOCTYPE>"),
    ("a blank line first", lambda text: "\n" + text, "XML 声明 <?xml …?> 必须在文件最开头"),
    ("a place of the schema", edit("<batch ", '<batch xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                                   'xsi:noNamespaceSchemaLocation="applicants.xsd" '), FINE),
    ("a model", edit("<batch ", '<?xml-model href="applicants.xsd"?><batch '), FINE),
    ("line ends of Windows", lambda text: text.replace("\n", "\r\n"), FINE),
    ("a byte order mark", lambda text: "\ufeff" + text, FINE),
    ("an id twice", edit('<experience id="X1"', '<experience id="P1"'), "编号 P1 重复"),
    ("an element twice", edit("<profile ", '<profile complete="true"/><profile '), "重复；只能有一个"),
    ("cut in an applicant", lambda text: text[:text.index("<training", text.index('id="B02"'))], "文件不完整：到末尾 <applicant> 也没有结束"),
    # forty more
    ("an end tag in other letters", edit("</sex>", "</Sex>"), "第 14 行的 <sex> 应以 </sex> 结束，这里却是 </Sex>"),
    ("a slash of full width in an end tag", edit("</sex>", "<／sex>"), "结束标签 <／sex> 里的 ／ 是全角的；请写 </sex>"),
    ("a start tag for an end tag", edit("<sex>男</sex>", "<sex>男<sex>"), "<sex> 没有结束：请在第 14 行的 <sex> 之前写 </sex>"),
    ("an end tag twice", edit("</person>", "</person></person>"), "这里的 </person> 没有对应的 <person>：它已经结束，或没有开始；请删去 </person>"),
    ("a blank behind <", edit("<sex>男", "< sex>男"), "标签的 < 之后不能有空格；请写 <sex>"),
    ("a tag without its >", edit('date="2026-08-20"/>', 'date="2026-08-20"'), "标签 <profile> 缺少结尾的 >"),
    ("no = ", edit('mode="正常申报"', 'mode "正常申报"'), "属性 mode 没有值"),
    ("= of full width", edit('mode="正常申报"', 'mode＝"正常申报"'), "属性 mode 之后的等号 ＝ 是全角的；请写 ="),
    ("two kinds of quotes", edit('mode="正常申报"', "mode='正常申报\""), "属性 mode 的值缺少结尾的引号"),
    ("no blank between attributes", edit('mode="正常申报" basis', 'mode="正常申报"basis'), "属性之间缺少空格"),
    ("dashes in a comment", edit("<profile", "<!-- 待补 -- 学位证 --><profile"), "注释里不能有 --"),
    ("a comment without its end", edit("<profile", "<!-- 待补 <profile"), "从这里开始的注释没有以 --> 结束"),
    ("a line break of HTML", edit("<statement>本人", "<statement>本人<br/>"), "statement 里只能写文字，这里却有标签 <br>；请删去标签"),
    ("two batches in a file", lambda text: text + '<batch year="2026" asof="2026-09-30"/>', "最外层元素（<batch>）结束之后还有内容"),
    ("no </unit>", edit("  </unit>\n", ""), "<unit> 没有结束：请在第 85 行的 <unit> 之前写 </unit>"),
    ("an attribute with a capital", edit('mode="正常申报"', 'Mode="正常申报"'), "没有属性 Mode；是不是 mode"),
    ("an attribute by its Chinese name", edit('mode="正常申报"', '申报方式="正常申报"'), "没有属性 申报方式；是不是 mode"),
    ("an element by its Chinese name", edit("<sex>男</sex>", "<性别>男</性别>"), "person 里没有 <性别>；是不是 <sex>"),
    ("a mark of the editor between elements", edit("<sex>", "\ufeff<sex>"), "person 里有看不见的字符 U+FEFF；请删去"),
    ("a declaration in Chinese quotes", edit('version="1.0"', "version=“1.0”"), "XML 声明里的值用了中文引号"),
    ("UTF-8 declared as ANSI", edit('encoding="UTF-8"', 'encoding="ANSI"'), "不支持编码 ANSI"),
    ("CDATA", edit("<statement>本人", "<statement><![CDATA[本人]]>"), FINE),
    ("a character by its number", edit("周启明</name>", "&#x5468;启明</name>"), FINE),
    ("> in text", edit("贫化率由18%", "贫化率>18%"), FINE),
    ("midnight behind a day", date("2018-11-20 00:00:00"), "请写“2018-11-20”"),
    ("digits in Chinese", date("二〇一八年十一月二十日"), "请写“2018-11-20”"),
    ("a year of two digits", date("18-11-20"), "应为：日期"),
    ("a span in one field", edit('start="2019-04"', 'start="2019.04-2021.10"'), "应为：日期"),
    ("about", amount("约860"), "请写“860”"),
    ("a point behind", amount("860."), "请写“860”"),
    ("a comma that may be a point", amount("860,5"), "项目金额：amount 的值“860,5”不对，应为：非负数"),
    ("a rank in words", rank("7分之1"), "请写“1/7”"),
    ("alone", rank("独立完成"), "请写“1/1”"),
    ("a tick", flag("√"), "请写“true”"),
    ("a mode in short", edit('mode="正常申报"', 'mode="转评"'), "请写“转（兼）评申报”"),
    ("a clause without its brackets", edit('basis="第六条（一）"', 'basis="第六条一"'), "请写“第六条（一）”"),
    ("a kind of unit in short", edit('kind="企业"', 'kind="事业"'), "请写“事业单位”"),
    ("a section in short", edit('<none section="持有资质的证书"/>', '<none section="资质证书"/>'), "是不是“持有资质的证书”"),
    ("a dash between references", edit('refs="P1 R1"', 'refs="P1-R1"'), "请写“P1 R1”"),
    ("和 between references", edit('refs="P1 R1"', 'refs="P1和R1"'), "请写“P1 R1”"),
    ("a reference of full width", edit('refs="P1 R1"', 'refs="Ｐ１ R1"'), "所引的编号 Ｐ１ 不在本申报人的材料中；是不是 P1"),
    ("a blank in an id", edit('<project id="P1"', '<project id="P 1"'), "id 的值“P 1”不对"),
    ("an ID number of full width", edit("330199198810230415", "３３０１９９198810230415"), "“３３０１９９”是全角字符，请改用半角"),
    ("an apostrophe before an ID number", edit("330199198810230415", "'330199198810230415"), "含有“'”，请删去"),
    ("a blank that is none in a name", edit("<name>周启明", "<name>周\u00a0启明"), "U+00A0（汉字之间的空格）"),
]

# Where the finding stands, if not where the edit is: the line of what is not ended, say.
ELSEWHERE = {"no </person>": 13, "no name": 13, "no words in a name": 13, "a blank line first": 2, "an id twice": 44, "cut in an applicant": 91, "no </unit>": 8}


class Slips(Batches):
    def findings(self, data, name="slip.xml"):
        """[(line, message with its label, applicant, severity)] of all but the missing files of the base."""
        path = os.path.join(self.dir, name)
        with open(path, "wb") as f:
            f.write(data)
        done = subprocess.run([BIN, "check", "--lang", "zh", "--format", "json", path], capture_output=True, text=True, timeout=60)
        report = json.loads(done.stdout)
        everything = [("", f) for f in report["findings"]] + [(a["id"], f) for a in report["applicants"] for f in a["findings"]]
        return [(f.get("line"), f"{f.get('label', '')}：{f['message']}", who, f["severity"]) for who, f in everything if f.get("rule") not in ("R76", "R66", "R70", "R82")]

    def test_each_slip_is_one_finding_with_what_to_write(self):
        with open(os.path.join(SLIPS, "base.xml"), encoding="utf-8") as f:
            base = f.read()
        known = {f[1:3] for f in self.findings(base.encode())}
        for what, slip, wanted in TABLE:
            with self.subTest(slip=what):
                text = slip(base)
                self.assertIsNotNone(text, "the edit does not fit the base")
                new = [f for f in self.findings(text.encode()) if f[1:3] not in known]
                told = [f for f in new if f[3] != "info"]
                self.assertEqual(len(told), len(wanted and [wanted]), new)
                if wanted:
                    self.assertIn(wanted, told[0][1])
                    self.assertEqual(told[0][3], "error")
                    changed = next((i for i, (a, b) in enumerate(zip(base.split("\n"), text.split("\n"))) if a != b), len(base.split("\n")) - 1)
                    self.assertEqual(told[0][0], ELSEWHERE.get(what, changed + 1), told)

    def test_of_thousands_of_unknown_references_the_first_are_named(self):
        with open(os.path.join(SLIPS, "base.xml"), encoding="utf-8") as f:
            text = f.read().replace('refs="P1 R1"', 'refs="P1 R1 %s"' % " ".join(f"XX{k}" for k in range(300)))
        found = [f[1].split("：", 1)[1] for f in self.findings(text.encode())]
        self.assertEqual(len([m for m in found if re.match("所引的编号 XX[0-9]+ 不在", m)]), 20)
        self.assertEqual([m for m in found if m.startswith("另有")], ["另有 280 个所引的编号也不在本申报人的材料中"])

    def test_who_has_no_name_sex_nor_birth_is_told_so_once_each(self):
        with open(os.path.join(SLIPS, "base.xml"), encoding="utf-8") as f:
            base = f.read()
        known = {f[1:3] for f in self.findings(base.encode())}
        nobody = re.sub(r"<name>周启明</name>.*?</health>", "", base, count=1, flags=re.S)
        told = [f[1] for f in self.findings(nobody.encode()) if f[1:3] not in known and f[3] == "error"]
        self.assertEqual(told, [f"{what}：缺{what}；请填写" for what in ("姓名", "性别", "出生日期")])

    def test_files_cited_by_another_name(self):
        """Said of the file itself: what is meant, or what cannot be cited."""
        with open(os.path.join(SLIPS, "base.xml"), encoding="utf-8") as f:
            base = f.read()
        folder = os.path.join(self.dir, "材料", "周启明")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(self.dir, "scan.pdf"), "rb") as source, open(os.path.join(folder, "聘书.pdf"), "wb") as f:
            f.write(source.read())
        for href, wanted in (("材料/周启明/聘书", "有“材料/周启明/聘书.pdf”"), ("材料/周启明/聘书.jpg", "有“材料/周启明/聘书.pdf”"),
                             ("https://example.org/聘书.jpg", "是网上的地址"), ("D:\\资料\\没有.jpg", "不在数据文件所在的文件夹内")):
            with self.subTest(href=href):
                path = os.path.join(self.dir, "cited.xml")
                with open(path, "w", encoding="utf-8") as f:
                    f.write(base.replace("材料/周启明/聘书.jpg", href, 1))
                done = subprocess.run([BIN, "check", "--lang", "zh", "--rules", "R76", path], capture_output=True, text=True, timeout=60)
                self.assertEqual(len([x for x in done.stdout.splitlines() if "聘任证书" in x and "B01" in x and wanted in x]), 1, done.stdout)

    def test_bytes_of_another_encoding_or_file(self):
        with open(os.path.join(SLIPS, "base.xml"), encoding="utf-8") as f:
            base = f.read()
        declared = base.replace('encoding="UTF-8"', 'encoding="GBK"', 1).encode("gb18030")
        self.assertEqual(sorted(f[1:3] for f in self.findings(declared)), sorted(f[1:3] for f in self.findings(base.encode())))
        for data, wanted in ((base.encode("gb18030"), "GB18030"), (b"", "文件是空的")):
            with self.subTest(wanted=wanted):
                found = self.findings(data)
                self.assertEqual(len(found), 1, found)
                self.assertIn(wanted, found[0][1])

    def test_pages_of_a_wrong_form_are_told_once_though_the_file_is_there(self):
        path = self.batch([self.unit(1, [('kind="任职资格证书" href="scan.pdf" pages="1"', 'kind="任职资格证书" href="scan.pdf" pages="第1页"')])])
        self.assertEqual([f["message"] for f in self.by_unit(path, 1, "--lang", "zh")[1]], ["pages 的值“第1页”不对，请写“1”"])

    def test_an_archive_that_is_no_workbook(self):
        path = os.path.join(self.dir, "archive.xml")
        with open(path, "wb") as f:
            f.write(b"PK\x03\x04" + bytes(60))
        done = subprocess.run([BIN, "check", "--lang", "zh", path], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, "archive.xml: error: 文件已损坏.*\n共0人：错误1，警告0，提示0\n$")

    def test_check_goes_on_behind_slips_and_drawing_does_not(self):
        with open(os.path.join(SLIPS, "base.xml"), encoding="utf-8") as f:
            base = f.read()
        text = base.replace("Engineering &amp; ", "Engineering & ", 1)
        at = text.index('id="B03"')
        text = text[:at] + text[at:].replace("</person>", "", 1)
        found = [f for f in self.findings(text.encode()) if "其余检查" in f[1]]
        self.assertEqual([f[2] for f in found], ["B01", "B03"])
        whole = [f for f in self.findings(base.encode()) if f[2] == "B02"]
        self.assertEqual([f for f in self.findings(text.encode()) if f[2] == "B02"], whole)
        done = subprocess.run([BIN, "statement", "--lang", "zh", "-o", os.path.join(self.dir, "out"), os.path.join(self.dir, "slip.xml")],
                              capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("此后的内容没有读", done.stderr)

    def test_a_slip_in_no_unit_of_ours_ends_the_reading(self):
        folder = os.path.join(HERE, "fuzz", "crashes", "record")
        names = sorted(n for n in os.listdir(folder) if n.startswith("slip-"))
        self.assertGreater(len(names), 2)
        for name in names:
            with self.subTest(name=name):
                done = subprocess.run([BIN, "check", "--lang", "en", os.path.join(folder, name)], capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("ends nothing", done.stdout + done.stderr)


class Edits(Batches):
    def test_right_edits_are_none_and_wrong_ones_one_finding(self):
        path = self.batch([self.unit(k, e[1]) for k, e in enumerate(edits.EDITS, 1)])
        found = self.by_unit(path, len(edits.EDITS), "--lang", "zh")
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        for k, (what, _, wanted) in enumerate(edits.EDITS, 1):
            with self.subTest(edit=what):
                self.assertEqual(len(found[k]), 1 if wanted else 0, [f["message"] for f in found[k]])
                if wanted:
                    severity, mark, piece = wanted
                    self.assertEqual(found[k][0]["severity"], severity)
                    self.assertIn(mark, lines[found[k][0]["line"] - 1])
                    self.assertIn(piece, found[k][0]["message"])


class Combined(Batches):
    """Cases of the table, two or five in one record: what each alone is told is told of all together, and nothing else."""
    table = [c for c in cases.CASES if (c[5] if len(c) > 5 else "prepare") == "prepare" and c[3]]

    @staticmethod
    def findings_of(case):
        return {(rule.rstrip("w"), severity) for rule, severity in case[3].items()}

    @staticmethod
    def subjects_of(case):
        changed = "".join(new for _, new in case[2])
        return {case[0], *case[3]} | {name for name, mark in combined.SETUPS.items() if mark in changed}

    @staticmethod
    def is_whole(text):
        """Neither an attribute nor an id is there twice."""
        try:
            ids = [e.get("id") for e in ET.fromstring(f"<r>{text}</r>").iter() if e.get("id")]
        except ET.ParseError:
            return False
        return len(ids) == len(set(ids))

    def combine(self, number, group):
        """The record with the edits of all cases that still fit after those before, and these cases."""
        edited, applied = self.base, []
        for case in group:
            text = edited
            for old, new in case[2]:
                text = text.replace(old, new) if text and old in text else None
            if text and self.is_whole(text):
                edited, applied = text, [*applied, case]
        base, self.base = self.base, edited
        unit = self.unit(number, [])
        self.base = base
        return unit, applied

    def judge(self, group, findings):
        told = {(f.get("rule", ""), f["severity"]) for f in findings}
        lost = set().union(*map(self.findings_of, group)) - told
        for rule, severity in lost:
            others = set().union(*(self.subjects_of(c) for c in group if (rule, severity) not in self.findings_of(c)))
            self.assertTrue(others & combined.MAY_HIDE.get(rule, set()), f"{rule} is hidden")
        for rule, severity in told - set().union(*map(self.findings_of, group)):
            subjects = set().union(*map(self.subjects_of, group))
            self.assertTrue(any(s <= subjects for s in combined.MAY_ADD.get(rule, [])),
                            [f["message"] for f in findings if f.get("rule") == rule])
        said = [(f.get("rule"), f.get("line"), f.get("field"), f["message"]) for f in findings]
        self.assertEqual(len(said), len(set(said)))
        for f in findings:
            self.assertNotRegex(f["message"], "（，|（）|“”|《》|NaN")

    def test_flaws_together_are_told_as_each_alone(self):
        whole, draw, size = bool(os.environ.get("SHENBAO_LONG")), random.Random(46), 250
        groups = list(itertools.combinations(self.table, 2))
        groups = (groups if whole else draw.sample(groups, 150)) + [draw.sample(self.table, 5) for _ in range(3000 if whole else 100)]
        for at in range(0, len(groups), size):
            units, members = zip(*(self.combine(k, group) for k, group in enumerate(groups[at:at + size], 1)))
            found = self.by_unit(self.batch(units), len(units), "--lang", "zh")
            for k, group in enumerate(members, 1):
                with self.subTest(cases=[c[1] for c in group]):
                    self.judge(group, found[k])


class Reports(Batches):
    def test_the_reference_date_comes_before_the_submission(self):
        path = self.batch([self.unit(1, [])])
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for day, told in (("2026-10-10", 0), ("2026-10-11", 1)):
            with open(path, "w", encoding="utf-8") as f:
                f.write(re.sub(r'asof="[^"]*"', f'asof="{day}"', text, count=1))
            found = [f for f in self.report(path, "--rules", "R75")["findings"] if "晚于报送日期2026.10.10" in f["message"]]
            self.assertEqual([f["severity"] for f in found], ["error"] * told)

    def test_ill_formed_configuration_is_told_in_the_clerk_s_words(self):
        words = {'<rules>\n<a href="x>\n</rules>': (3, "属性值缺结束的引号"), "<rules>a & b</rules>": (1, "请写成 &amp;"), "": (1, "文件是空的"),
                 "<rules>\n<rule></rules>": (2, "第 2 行的 <rule> 没有结束，却遇到 </rules>；请补上 </rule>"), "<rules a=b/>": (1, "英文引号"),
                 "<rules/>\nx": (2, "之后还有内容"), "<rules><!-- </rules>": (1, "注释没有以 --> 结束"), "<rules a='1' a='2'/>": (1, "写了两次"),
                 "<rules>\n<rule>": (2, "请补上 </rule>"), "<rules>你</rules>".encode("gb18030"): (1, "不是 UTF-8 编码")}
        folder = os.path.join(self.dir, "overlay")
        os.makedirs(folder, exist_ok=True)
        for name, option in (("rules.local.xml", "-T"), ("papers.xml", "-T"), ("fonts.xml", "-F")):
            for text, (line, message) in words.items():
                with self.subTest(name=name, text=text):
                    with open(os.path.join(folder, name), "wb") as f:
                        f.write(text if isinstance(text, bytes) else text.encode())
                    done = helper.check("--lang", "zh", option, folder, os.path.join(ROOT, "samples", "batch.xml"))
                    os.remove(os.path.join(folder, name))
                    self.assertEqual(done.returncode, 2)
                    self.assertIn(f"{name}:{line}: error: 不是完好的 XML：", done.stderr)
                    self.assertIn(message, done.stderr)

    def test_what_many_have_is_one_line_and_units_get_their_own_reports(self):
        path = self.batch([self.unit(k, [("<sex>男</sex>", "")] if k < 7 else []) for k in range(1, 9)])
        grouped = helper.check("--lang", "zh", "--rules", "R89", path).stdout
        self.assertEqual(grouped.count("缺性别"), 1)
        self.assertIn("缺性别；请填写（C1 陈远山、C2 陈远山、C3 陈远山等6人）", grouped)
        self.assertIn("错误6", grouped)
        everyone = helper.check("--lang", "zh", "--rules", "R89", "--all", "--format", "text", path).stdout
        self.assertEqual(everyone.count("缺性别"), 6)
        page = helper.check("--lang", "zh", "--rules", "R89", "--format", "html", path).stdout
        common, people = page[page.index("多人共有的问题"):].split('<h2 id="people">')
        self.assertEqual((common.count("缺性别"), page.count("缺性别"), page.count("没有发现问题")), (1, 7, 2))
        for person in people.split("<details ")[1:7]:  # each is told what is theirs
            self.assertEqual(person.count("缺性别"), 1)
        common = self.report(path, "--rules", "R89")["common"]
        self.assertEqual([(c["rule"], c["applicants"]) for c in common], [("R89", [f"C{k}" for k in range(1, 7)])])
        self.assertNotIn("line", common[0])
        self.assertNotIn("common", self.report(path, "--rules", "R18"))
        folder = os.path.join(self.dir, "units")
        done = helper.check("--lang", "zh", "--rules", "R89", "--split", "unit", "-o", folder, path)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(sorted(os.listdir(folder)), [f"U{k}-示例爆破工程有限公司.txt" for k in range(1, 9)])
        with open(os.path.join(folder, "U6-示例爆破工程有限公司.txt"), encoding="utf-8") as f:
            self.assertEqual(f.read().splitlines()[-1], "共1人：错误1，警告0，提示0")
        self.assertEqual(helper.check("--split", "unit", path).returncode, 2)


class Unreadable(unittest.TestCase):
    def test_what_cannot_be_read_is_a_report_in_every_format(self):
        with open(os.path.join(ROOT, "samples", "batch.xlsx"), "rb") as f:
            book = f.read()
        inputs = {"empty.xml": b"", "scan.xml": b"%PDF-1.7\n", "photo.xml": b"\xff\xd8\xff\xe0", "ill.xml": b"<batch",
                  "cut.xlsx": book[:3000], "zip.xml": b"PK\x03\x04" + bytes(200), "other.zip": b"PK\x05\x06" + bytes(18)}
        with tempfile.TemporaryDirectory() as d:
            for name, data in inputs.items():
                path, out = os.path.join(d, name), os.path.join(d, "out")
                with open(path, "wb") as f:
                    f.write(data)
                for form in ("text", "json", "html"):
                    with self.subTest(name=name, form=form):
                        done = helper.check("--format", form, "-o", out, "--report", out + ".json", path)
                        self.assertEqual((done.returncode, done.stderr), (1, ""))
                        with open(out + ".json", encoding="utf-8") as f:
                            report = json.load(f)
                        self.assertEqual((report["counts"]["errors"], report["applicants"]), (1, []))
                        with open(out, encoding="utf-8") as f:
                            text = f.read()
                        message = report["findings"][0]["message"] if form != "text" else ": error: "
                        self.assertIn(html.escape(message, quote=False) if form == "html" else message, text)
                        if form == "json":
                            self.assertEqual(json.loads(text), report)


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
DATES = {"date", "obtained", "birth", "start", "end", "from", "to", "appointed", "started"}
WORDS = {"sex": lambda v: v + "性", "mode": lambda v: v[:-2], "verified": lambda v: v[:2], "category": lambda v: v + "类",
         "basis": lambda v: v.replace("（", "(").replace("）", ")")}
FLAGS = {"since": 0, "established": 0, "complete": 0, "approved": 0, "related": 0, "uploaded": 0, "representative": 0}
NUMBERS = {"self", "reviewed", "professional", "public", "self-total"}


def spoil(name, value, draw):
    """The value as a clerk may write it, of no type of the schema; or what nobody can read. None: the field has no type."""
    if not value.strip():
        return None
    if name in DATES:
        return draw.choice([value.replace("-", "."), value.replace("-", "/"), value.translate(WIDE), "很久以前"]
                           if "-" in value else [value + "年", value.translate(WIDE), "去年"])
    if name == "year":
        return draw.choice([value + "年", value.translate(WIDE), "去年"])
    if name in WORDS:
        return draw.choice([WORDS[name](value), "不详"])
    if name in FLAGS:
        return draw.choice(["是" if value == "true" else "否", value.upper(), "不详"])
    if name in NUMBERS:
        return draw.choice([value.translate(WIDE), value + " ", "若干"])
    if name == "rank":
        return draw.choice([value.replace("/", "／"), "第" + value, "0/0"])
    if name == "refs":
        return draw.choice(["P99"] + (["，".join(value.split()), "、".join(value.split())] if " " in value else []))
    return None


class Mutations(Batches):
    def judge_broken(self, seed, people, values_of):
        """So many applicants of the whole record, each with values_of(draw) broken values: no rule speaks. The findings."""
        draw = random.Random(seed)
        whole = ET.fromstring("<r>" + self.unit(0, []) + "</r>")
        everything = list(places(whole))
        value = {i: child.get(a) if a else (child.text or "") for i, (_, _, child, a) in enumerate(everything)}
        known = [i for i, (_, _, child, a) in enumerate(everything)
                 if child.tag != "delegation" and spoil(a or child.tag, value[i], draw) is not None]
        broken, broken_places = [], []
        for _ in range(people):
            chosen = draw.sample(known, values_of(draw))
            values = {i: spoil(everything[i][3] or everything[i][2].tag, value[i], draw) for i in chosen}
            broken.append(self.changed(whole, values))
            broken_places.append([(everything[i][0], values[i]) for i in chosen])
        self.assertEqual(self.by_unit(self.batch(self.units_of([whole])), 1)[1], [])
        found = self.by_unit(self.batch(self.units_of(broken)), people)
        for k in range(1, people + 1):
            with self.subTest(broken=broken_places[k - 1]):
                self.assertEqual([f["message"] for f in found[k] if f.get("rule")], [])
        return found

    def test_no_finding_rests_on_a_value_that_another_calls_invalid(self):
        """A thousand applicants, each with one to three broken values. The whole record is clean: what a rule says of them
        rests on those values."""
        found = self.judge_broken(89, 1000, lambda draw: draw.randint(1, 3))
        self.assertGreater(sum(bool(f) for f in found.values()), 950)

    def test_nor_on_one_whose_fault_is_past_those_that_are_listed(self):
        """2,000 faults of the record are listed in a run; who has more is not judged by what could not be read."""
        found = self.judge_broken(90, 800, lambda draw: 3)
        self.assertLess(sum(len(f) for f in found.values()), 2400)

    def test_rules_say_nothing_of_a_faulty_sample_s_invalid_values(self):
        """The faulty samples with broken values besides: what is not of its type is told by that fault alone, no rule speaks
        of its field, and nothing is said twice."""
        draw = random.Random(7)
        whole = ET.parse(os.path.join(ROOT, "samples", "faulty", "batch.xml")).getroot()
        everything = list(places(whole))
        value = {i: child.get(a) if a else (child.text or "") for i, (_, _, child, a) in enumerate(everything)}
        known = [i for i, (_, _, child, a) in enumerate(everything) if spoil(a or child.tag, value[i], draw) is not None]
        folder = os.path.join(self.dir, "faulty")
        os.makedirs(folder, exist_ok=True)
        for name in os.listdir(os.path.join(ROOT, "samples", "faulty")):
            if name != "batch.xml" and not os.path.lexists(os.path.join(folder, name)):
                os.symlink(os.path.join(ROOT, "samples", "faulty", name), os.path.join(folder, name))
        invalid = 0
        for _ in range(100 if os.environ.get("SHENBAO_LONG") else 10):
            values = {i: spoil(everything[i][3] or everything[i][2].tag, value[i], draw) for i in draw.sample(known, 12)}
            path = os.path.join(folder, "batch.xml")
            ET.ElementTree(self.changed(whole, values)).write(path, encoding="utf-8")
            report = self.report(path)
            for person in [{"findings": report["findings"]}, *report["applicants"]]:
                told = [(f.get("rule"), f.get("line"), f.get("field"), f["message"]) for f in person["findings"]]
                fields = {t[1:3] for t, f in zip(told, person["findings"]) if not f.get("rule") and f["severity"] == "error"}
                invalid += len(fields)
                with self.subTest(person=person.get("id"), broken=values):
                    self.assertEqual([t for t in told if t[0] and t[1:3] in fields], [])
                    self.assertEqual(len(told), len(set(told)))
        self.assertGreater(invalid, 50)

    @staticmethod
    def changed(whole, values):
        root = copy.deepcopy(whole)
        everything = list(places(root))
        for i, value in values.items():
            _, _, child, attribute = everything[i]
            if attribute:
                child.set(attribute, value)
            else:
                child.text = value
        return root
