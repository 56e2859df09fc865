"""check tells the truth: what clerks get wrong is said once, with what to write; nothing rests on a value that another finding
calls invalid; nothing may be missing without a word."""
import copy
import json
import os
import random
import re
import subprocess
import unittest
import xml.etree.ElementTree as ET

import blackbox_check as helper
from blackbox_check import BIN, HERE, ROOT  # noqa: F401

SLIPS = os.path.join(HERE, "slips")

# What may be missing from a full record without an error or a warning in either stage, and why.
MAY_BE_MISSING = {
    r"/delegation/@(contact|phone)": "the letter prints a blank to be filled by hand",
    r"/unit/@(tier|region|supervisor)": "a unit need not have any; no paper rests on it",
    r"/unit/publicity/@(start|end|place|method)": "a note before mailing; asked for in the stage submit as a whole",
    r"/applicant/@exceptional": "not exceptional unless it says so",
    r"/profile/@complete": "R53, a note",
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
        report = self.report(path, "--no-rules", "R86", *options)
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
