"""templates/base/applicants.xsd from outside: all of it is documented, nothing in it is unbounded, and it says what it should."""
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from profiles import template

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEMA = template("applicants.xsd")
XS = "{http://www.w3.org/2001/XMLSchema}"


def documentation(node, language="zh"):
    """The text of a declaration's own documentation; the schema as a whole is in Chinese."""
    for doc in node.findall(f"{XS}annotation/{XS}documentation"):
        if doc.get("{http://www.w3.org/XML/1998/namespace}lang", "zh") == language:
            return doc.text or ""
    return ""


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = ET.parse(SCHEMA).getroot()
        cls.types = {t.get("name"): t for t in cls.root.findall(f"{XS}simpleType")}

    def declarations(self, kind):
        return [d for d in self.root.iter(XS + kind) if d.get("name")]

    def test_every_declaration_is_documented_in_chinese(self):
        found = self.declarations("element") + self.declarations("attribute") + list(self.types.values())
        self.assertGreater(len(found), 200)
        for declaration in found:
            text = documentation(declaration)
            self.assertRegex(text, "[\u4e00-\u9fff]", declaration.get("name"))
            self.assertLess(len(text), 60, declaration.get("name"))

    def test_every_type_says_what_it_expects_in_english_too(self):
        for name, declaration in self.types.items():
            self.assertTrue(documentation(declaration, "en"), name)

    def bounded(self, name):
        restriction = self.types[name].find(f"{XS}restriction")
        base = restriction.get("base")
        if base != "xs:string" and self.bounded(base):
            return True
        if restriction.find(f"{XS}maxLength") is not None or restriction.find(f"{XS}enumeration") is not None:
            return True
        patterns = [re.sub(r"\[[^]]*\]", "c", p.get("value")) for p in restriction.findall(f"{XS}pattern")]
        return bool(patterns) and not any(re.search(r"[*+]|\{\d+,\}", p) for p in patterns)

    def test_no_string_is_unbounded(self):
        for name in self.types:
            self.assertTrue(self.bounded(name), name)
        for declaration in self.declarations("element") + self.declarations("attribute"):
            own = declaration.get("type")
            self.assertTrue(own is None or own in self.types, (declaration.get("name"), own))
            if own is None:
                self.assertEqual(declaration.tag, XS + "element")
                self.assertIsNotNone(declaration.find(f"{XS}complexType"), declaration.get("name"))
        for extension in self.root.iter(XS + "extension"):
            self.assertIn(extension.get("base"), self.types)

    def test_what_identifies_a_thing_is_required(self):
        required = {d.get("name"): {a.get("name") for a in d.iter(XS + "attribute") if a.get("use") == "required"}
                    for d in self.declarations("element") + self.declarations("attributeGroup")}
        for name, attribute in (("applicant", "id"), ("applicant", "mode"), ("unit", "id"), ("unit", "name"),
                                ("delegation", "id"), ("batch", "asof"), ("file", "href"), ("document", "kind"),
                                ("photo", "href"), ("score", "item"), ("condition", "clause"), ("none", "section"),
                                ("training", "year"), ("review", "year"), ("opinion", "by")):
            self.assertIn(attribute, required[name], name)

    def closed_list(self, name):
        return [e.get("value") for e in self.types[name].iter(XS + "enumeration")]

    def test_closed_lists_are_closed(self):
        self.assertEqual(len(self.closed_list("evidence-kind")), 30)
        self.assertEqual(self.closed_list("evidence-part"),
                         "封面 刊号 目录 正文 封面页 项目金额页 人员名单及本人工作内容 盖章页".split())
        self.assertEqual(self.closed_list("mode"), "正常申报 自评分申报 标志性业绩直接申报 转（兼）评申报".split())
        self.assertEqual(self.closed_list("unit-tier"), "省直 设区市 县（市、区） 其他".split())

    def test_libxml2_takes_the_schema_and_a_date_of_the_calendar_only(self):
        year = [1900, 1999, 2000, 2023, 2024, 2100]
        days = [f"{y}-{m:02}-{d:02}" for y in year for m in range(1, 13) for d in range(1, 32)]

        def exists(day):
            y, m, d = map(int, day.split("-"))
            leap = y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)
            return d <= [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][m - 1]

        with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as f:
            f.write('<batch year="2026" asof="2026-09-30"><unit id="U" name="n"><applicant id="A" mode="正常申报">\n')
            for day in days:
                f.write(f'<experience start="{day}"/>\n')
            f.write("</applicant></unit></batch>")
            f.flush()
            done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, f.name], capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        refused = set(re.findall(r"The value '([^']*)' is not accepted", done.stderr))
        self.assertEqual(refused, {day for day in days if not exists(day)})
