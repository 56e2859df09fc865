"""delegation-letter from outside, measured on the PDF: GB/T 9704-2012 within 0.5 mm, and what it says of whom."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

import blackbox_slips
from blackbox_evaluation_form import BATCH, folded, shenbao, text_of

MM = 72 / 25.4
TOP, LEFT, RIGHT, BOTTOM = 37, 28, 184, 262  # the text block of 156 × 225 mm
PITCH = (225 - 16 / MM) / 21
ADVANCE = 156 / 28
TOLERANCE = 0.5
ASCENT = 0.88  # of the em box, as every face is set

PERSON = """<applicant id="{id}" mode="{mode}" specialty="{specialty}" target="高级工程师">
  <person><name>{name}</name><sex>男</sex><birth>1985-03-12</birth></person>
  <title current="true" name="工程师"/>{more}
</applicant>"""


def batch(people, delegation="", unit="", units=1):
    """A batch of one delegation; people are dicts, dealt out to the units in order."""
    share = -(-len(people) // units)
    body = ""
    for u in range(units):
        some = people[u * share:(u + 1) * share]
        inside = "".join(PERSON.format(**{"id": f"P{u}{i}", "mode": "正常申报", "specialty": "爆破工程", "name": "张三",
                                          "more": "", **p}) for i, p in enumerate(some))
        body += f'<unit id="U{u}" delegation="D" name="示例爆破有限公司">{unit}{inside}</unit>'
    given = {"issuer": "示例市人力资源局", "kind": "设区市人事", "number": "示人函〔2026〕3号", "date": "2026-03-05",
             "addressee": "示例评审委员会", "contact": "方远", "phone": "0571-00000000"}
    given.update(dict(re.findall(r'(\w+)="([^"]*)"', delegation)))
    attributes = " ".join(f'{k}="{v}"' for k, v in given.items())
    return (f'<?xml version="1.0" encoding="UTF-8"?><batch year="2026" asof="2026-09-30"><plan>示例评审计划</plan>'
            f'<delegation id="D" {attributes}/>{body}</batch>')


class Word:
    def __init__(self, page, match):
        self.page, self.text = page, match.group(5)
        self.left, self.top, self.right, self.bottom = (float(match.group(k)) / MM for k in range(1, 5))

    def baseline(self, size):
        """The box of a word is its face's; its baseline lies at a share of it that only the face knows, so ask for none: all
        our faces are declared with 0.88 above and 0.12 below."""
        return self.top + ASCENT * size / MM


def words_of(pdf):
    out = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    words = []
    for number, page in enumerate(out.split("<page ")[1:], 1):
        for m in re.finditer(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', page):
            words.append(Word(number, m))
    return words


class CutFile(unittest.TestCase):
    """Who stands behind the end of a file that was cut is not known: no paper vouches for a list of people."""

    def test_nothing_that_lists_people_is_made_or_replaced(self):
        with open(BATCH, encoding="utf-8") as f:
            whole = f.read()
        with tempfile.TemporaryDirectory() as d:
            cut, out = os.path.join(d, "batch.xml"), os.path.join(d, "out")
            for name in ("photos", "scans"):
                shutil.copytree(os.path.join(os.path.dirname(BATCH), name), os.path.join(d, name))
            with open(cut, "w", encoding="utf-8") as f:
                f.write(whole[:whole.index("</unit>") + len("</unit>")])
            for paper, file in (("delegation-letter", "letter.pdf"), ("roster", "roster.xlsx")):
                done = shenbao(paper, "-o", os.path.join(d, file), "--lang", "zh", cut)
                self.assertEqual(done.returncode, 1, paper)
                self.assertIn("没有读到底", done.stderr.decode())
                self.assertFalse(os.path.exists(os.path.join(d, file)))
            done = shenbao("package", "-q", "-o", out, "--letter-for-ready", "--lang", "zh", cut)
            self.assertEqual(done.returncode, 3)
            self.assertIn("没有读到底", done.stderr.decode())
            made = [n for _, _, names in os.walk(out) for n in names]
            self.assertFalse([n for n in made if n.startswith(("评审委托书", "花名册"))], made)
            self.assertIn("评审表.pdf", made)


class Vouching(blackbox_slips.Batches):
    """Letter and roster name nobody who is not drawn, whatever kept them from it; each delegation has one such person and a
    sound one, but for the last."""

    KINDS = [("a value of no type", [('<birth>1985-03-12', '<birth>1985.3.12x')]),
             ("an error of a rule", [('grade="优秀"', 'grade="不合格"')]),
             ("no name", [("<name>陈远山</name>", "")]),
             ("no photo", [('<photo href="photo.jpg"/>', '<photo href="gone.jpg"/>')]),
             ("a scan that is not there", [('kind="身份证" href="scan.pdf"', 'kind="身份证" href="gone.pdf"')]),
             ("a scan that is none", [('kind="身份证" href="scan.pdf"', 'kind="身份证" href="hurt.pdf"')]),
             ("a character that no face draws", [("陈远山", "陈𪛯")]),
             ("nothing", [])]

    def test_of_each_kind_of_error(self):
        with open(os.path.join(self.dir, "hurt.pdf"), "wb") as f:
            f.write(b"%PDF-1.4\nnothing more")
        units = []
        for k, (_, edits) in enumerate(self.KINDS, 1):
            unit, sound = self.unit(k, edits), self.unit(k + 100, [("陈远山", f"卫{'零一二三四五六七八九'[k]}成")])
            at = sound.index("<applicant")
            units.append(unit.replace("</unit>", sound[at:sound.index("</applicant>")] + "</applicant></unit>"))
        path, out, own = self.batch(units), os.path.join(self.dir, "vouched"), os.path.join(self.dir, "own")
        os.makedirs(own, exist_ok=True)
        with open(os.path.join(own, "rules.local.xml"), "w", encoding="utf-8") as f:
            f.write('<rules><rule id="R115" off="true"/></rules>')  # all cite one file
        for option in ((), ("--letter-for-ready",)):
            done = shenbao("package", "-q", "-T", own, "-o", out, *option, "--lang", "zh", path)
            self.assertEqual(done.returncode, 3, done.stderr.decode())
            with open(os.path.join(out, "report.json"), encoding="utf-8") as f:
                report = json.load(f)
            for k, (what, edits) in enumerate(self.KINDS, 1):
                with self.subTest(kind=what, option=option):
                    delegation = next(d for d in report["delegations"] if d["id"] == f"D{k}")
                    drawn = {a["id"]: a["status"] != "failed" for a in report["applicants"] if a["id"] in (f"C{k}", f"C{k + 100}")}
                    self.assertEqual(drawn, {f"C{k}": not edits, f"C{k + 100}": True})
                    letters = {d["kind"]: os.path.join(out, d["file"]) for d in delegation["documents"]} if delegation["status"] != "failed" else {}
                    self.assertEqual(bool(letters), bool(option or not edits))
                    for kind, letter in letters.items():
                        if letter.endswith(".pdf"):
                            said = folded(text_of(letter))
                            self.assertIn(f"卫{'零一二三四五六七八九'[k]}成", said, kind)
                            self.assertEqual("陈" in said, not edits, kind)


class Letter(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        self.addCleanup(shutil.rmtree, self.dir)

    def draw(self, xml, *options, status=0):
        path, pdf = os.path.join(self.dir, "in.xml"), os.path.join(self.dir, "letter.pdf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(xml)
        self.done = shenbao("delegation-letter", "-o", pdf, "--lang", "zh", *options, path)
        self.assertEqual(self.done.returncode, status, self.done.stderr.decode())
        return pdf

    def near(self, got, want, what=""):
        self.assertLessEqual(abs(got - want), TOLERANCE, f"{what}: {got:.2f} mm, not {want:.2f} mm")

    def words(self, pdf, page, text):
        found = [w for w in words_of(pdf) if w.page == page and text in w.text]
        self.assertTrue(found, f"{text} on page {page}")
        return found[0]

    def test_the_grid_is_22_lines_of_28_characters_in_156_by_225_mm(self):
        # whom it goes to is set without indent: 500 characters of it, below a title of three lines, leave two for
        # the second page
        pdf = self.draw(batch([{"name": "欧阳予安某某"}], delegation=f'addressee="{"爆" * 500}"'))
        lines = {}
        for w in words_of(pdf):
            if "爆爆爆爆" in w.text:
                lines.setdefault((w.page, round(w.top, 1)), []).append(w)
        first = [tops for page, tops in sorted(lines) if page == 1]
        self.assertGreaterEqual(len(first), 15)
        for a, b in zip(first, first[1:]):
            self.near(b - a, PITCH, "pitch")
        for (page, top), words in lines.items():
            row = (top - TOP) / PITCH
            self.assertLessEqual(abs(row - round(row)) * PITCH, TOLERANCE, f"page {page}: {top} mm is not on the grid")
            if sum(len(w.text) for w in words) == 28:
                self.near(min(w.left for w in words), LEFT, "left edge")
                self.near(max(w.right for w in words), RIGHT, "right edge")
        full = [k for k, words in lines.items() if sum(len(w.text) for w in words) == 28]
        self.assertEqual(len(full), 17)
        last = max(top for page, top in full if page == 1)
        self.near(last + 16 / MM, BOTTOM, "bottom of line 22")
        self.near(min(top for page, top in lines if page == 2), TOP, "top of line 1")

    def test_characters_advance_by_a_28th(self):
        pdf = self.draw(batch([{}], delegation=f'addressee="{"爆破" * 40}"'))
        out = subprocess.run(["pdftotext", "-bbox-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
        row = next(w for w in words_of(pdf) if len(w.text) == 28)
        self.near((row.right - row.left - 16 / MM) / 27, ADVANCE)
        self.assertIn("爆破", out)

    def test_a_plain_letter(self):
        pdf = self.draw(batch([{"name": "张三"}, {"name": "欧阳予安"}]))
        number, title = self.words(pdf, 1, "示人函〔2026〕3"), self.words(pdf, 1, "关于委托评审张三等")
        self.near(number.top, TOP)
        self.near(title.baseline(22) - ASCENT * 16 / MM + (ASCENT - 0.5) * (16 - 22) / MM, TOP + 2 * PITCH, "title on line 3")
        self.assertAlmostEqual(title.bottom - title.top, 22 / MM, 1)
        to = self.words(pdf, 1, "示例评审委员会：")
        self.near(to.left, LEFT)
        body = self.words(pdf, 1, "根据职称评审有关规定和")
        self.near(body.left, LEFT + 2 * ADVANCE, "indent of 2 字")
        self.assertIn("1.张三，男，1985年3月出生", folded(text_of(pdf)))
        self.assertNotIn("附件", text_of(pdf))
        self.assertEqual(self.reds(pdf), 0)

    def test_the_letter_format_of_an_authority(self):
        pdf = self.draw(batch([{}], delegation='agency="true" number="示人函[2026]3号"'))
        mark = self.words(pdf, 1, "示例市人力资源局")
        self.near(mark.top, 30, "mark")
        self.near((mark.left + mark.right) / 2, 105, "mark in the middle")
        rules = self.red_rules(pdf)
        self.assertEqual(len(rules), 4)
        for left, right, _, _ in rules:
            self.near(right - left, 170, "length of a rule")
            self.near((left + right) / 2, 105, "rule in the middle")
        thick, thin, low_thin, low_thick = rules
        self.near(thick[2] - thick[3] / 2, mark.bottom + 4, "first rule")
        self.near(low_thick[2] + low_thick[3] / 2, 297 - 20, "second rule")
        self.assertGreater(thick[3], thin[3])
        self.assertGreater(low_thick[3], low_thin[3])
        number = self.words(pdf, 1, "示人函〔2026〕3")
        self.near(number.top, thin[2] + thin[3] / 2 + 7 / 8 * 16 / MM, "number below the rule")
        self.near(self.words(pdf, 1, "号").right, RIGHT, "number at the right")
        title = self.words(pdf, 1, "关于委托评审张三同志")
        self.assertEqual({w.page for w in words_of(pdf)}, {1})
        self.near(title.top + 11 / MM, number.top + 8 / MM + 3 * PITCH, "title after two lines")
        self.assertGreater(self.reds(pdf), 1000)

    def test_long_names_of_an_authority_keep_their_places(self):
        for n, size in ((8, 36), (13, 26), (19, 22)):  # never smaller than the title
            pdf = self.draw(batch([{}], delegation=f'agency="true" issuer="{"局" * n}"'))
            mark, rules = self.words(pdf, 1, "局" * n), self.red_rules(pdf)
            self.near(mark.top, 30)
            self.near(mark.bottom - mark.top, size / MM)
            self.near(rules[0][2] - rules[0][3] / 2, mark.bottom + 4)
            number = self.words(pdf, 1, "示人函〔2026〕3")
            self.near(number.top, rules[1][2] + rules[1][3] / 2 + 14 / MM)

    def red_rules(self, pdf):
        """left, right, middle, weight in mm from above, of the red lines of page 1."""
        out = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", pdf, "-"], capture_output=True, check=True).stdout
        page = out.decode("latin-1").split("endstream")[0]
        rules, red = [], False
        for token in re.finditer(r"1 0 0 rg|([\d.]+) g\b|([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re\b", page):
            if token.group(0) == "1 0 0 rg":
                red = True
            elif token.group(1):
                red = False
            elif red:
                x, y, width, height = (float(token.group(k)) / MM for k in (2, 3, 4, 5))
                rules.append((x, x + width, 297 - y - height / 2, height))
        return sorted(rules, key=lambda r: r[2])

    def reds(self, pdf):
        """Red dots of page 1."""
        ppm = subprocess.run(["pdftoppm", "-r", "50", "-f", "1", "-l", "1", pdf], capture_output=True, check=True).stdout
        data = ppm.split(b"\n", 3)[3]
        return sum(1 for i in range(0, len(data) - 2, 3) if data[i] > 200 and data[i + 1] < 60 and data[i + 2] < 60)

    def test_date_and_signature_stand_as_for_a_seal(self):
        pdf = self.draw(batch([{}], delegation='date="2026-03-05"'))
        lines = text_of(pdf, "-layout").splitlines()
        self.assertTrue(any("2026年3月5日" in folded(line) for line in lines))
        year, day = self.words(pdf, 1, "2026"), None
        words = [w for w in words_of(pdf) if w.page == 1]
        sign = next(w for w in words if w.text == "示例市人力资源局")
        date = [w for w in words if abs(w.top - sign.top - PITCH) < TOLERANCE]
        year, day = min(date, key=lambda w: w.left), max(date, key=lambda w: w.right)
        self.assertEqual(folded("".join(w.text for w in sorted(date, key=lambda w: w.left))), "2026年3月5日")
        self.near(day.right, RIGHT - 4 * ADVANCE, "date 4 字 from the right")
        self.near((sign.left + sign.right) / 2, (year.left + day.right) / 2, "signature over the date")
        # a seal of 45 mm: it begins within one line of the text above, its middle lies above the middle of both lines
        above = max(w.bottom for w in words if w.bottom < sign.top)
        middle = (sign.top + day.bottom) / 2
        top = above + PITCH / 2
        self.assertLessEqual(top + 22.5, middle + 1)
        self.assertGreaterEqual(top + 45, day.bottom)
        note = self.words(pdf, 1, "联系人：方远")
        self.near(note.left + 8 / MM, LEFT + 2 * ADVANCE, "note, whose bracket has given up its blank half")
        self.near(note.top, day.top + PITCH, "note below the date")

    def test_one_person_takes_one_page_with_room_for_the_seal(self):
        """Also where lines have to move closer (7.3.5.5)."""
        notice = '<publicity start="2026-09-01" end="2026-09-08" result="无异议"/>'
        for agency in ("", 'agency="true" '):
            for name in ("陈某", "欧阳某某", "阿卜杜热合曼·买买提吐尔逊"):
                for unit in ("示例爆破有限公司", "示例省交通建设投资集团有限公司"):
                    xml = batch([{"name": name}], delegation=agency + 'date="2026-09-20"').replace("示例爆破有限公司", unit)
                    self.assertIn("<applicant ", xml)
                    pdf = self.draw(re.sub("<publicity[^>]*/>", "", xml).replace("<applicant ", notice + "<applicant ", 1))
                    words = [w for w in words_of(pdf)]
                    pages = {w.page for w in words}
                    if agency and len(name) > 5:  # its title takes three lines, and there is a head
                        self.assertLessEqual(max(pages), 2)
                        continue
                    self.assertEqual(pages, {1}, (agency, name, unit))
                    sign, note = self.words(pdf, 1, "示例市人力资源局"), self.words(pdf, 1, "联系人：方远")
                    sign = max((w for w in words if w.text == sign.text), key=lambda w: w.top)
                    above = max(w.bottom for w in words if w.bottom < sign.top)
                    self.assertGreaterEqual(note.top - above, 45)
                    self.assertLessEqual(note.bottom, BOTTOM + TOLERANCE)

    def test_a_signature_longer_than_twice_the_place_beside_the_date_stays_inside(self):
        pdf = self.draw(batch([{}], delegation='issuer="示例省示例人力资源服务有限公司人事代理中心"'))
        words = [w for w in words_of(pdf) if w.page == 1]
        sign = next(w for w in words if w.text.startswith("示例省示例人力"))
        date = [w for w in words if abs(w.top - sign.top - PITCH) < TOLERANCE]
        self.assertLessEqual(sign.right, RIGHT + TOLERANCE)
        self.near((sign.left + sign.right) / 2, (min(w.left for w in date) + max(w.right for w in date)) / 2)

    def test_page_numbers(self):
        people = [{"name": f"人{i}"} for i in range(60)]
        pdf = self.draw(batch(people))
        pages = max(w.page for w in words_of(pdf))
        self.assertGreaterEqual(pages, 3)
        for page in range(1, pages + 1):
            foot = [w for w in words_of(pdf) if w.page == page and w.top > BOTTOM + 1]
            self.assertEqual(folded("".join(w.text for w in foot)), f"—{page}—")
            self.near(foot[0].top, BOTTOM + 7 - 3.1)  # the type; the upper edge of its dashes lies 3.1 mm below
            if page % 2:
                self.near(max(w.right for w in foot), RIGHT - 14 / MM, "1 字 from the right")
            else:
                self.near(min(w.left for w in foot), LEFT + 14 / MM, "1 字 from the left")
        agency = self.draw(batch(people, delegation='agency="true"'))
        self.assertFalse([w for w in words_of(agency) if w.page == 1 and w.text.strip() == "1" and w.top > BOTTOM])
        self.assertTrue([w for w in words_of(agency) if w.page == 2 and w.top > BOTTOM])

    def test_more_than_three_stand_in_the_attachment(self):
        people = [{"name": f"人某{c}"} for c in "甲乙丙丁戊己庚"]
        pdf = self.draw(batch(people, units=3))
        text = folded(text_of(pdf))
        self.assertIn("示例爆破有限公司等3家单位人某甲等7名同志", text)
        self.assertIn("附件：推荐高级工程师职务任职资格人员花名册", text)
        pages = max(w.page for w in words_of(pdf))
        attachment = self.words(pdf, pages, "附件")
        self.near(attachment.top, TOP)
        self.near(attachment.left, LEFT)
        for p in people:
            self.words(pdf, pages, p["name"])
        three = self.draw(batch(people[:3]))
        self.assertNotIn("附件", text_of(three))
        asked = self.draw(batch(people[:3]), "--roster")
        self.assertIn("附件：推荐高级工程师职务任职资格人员花名册", folded(text_of(asked)))

    def test_titles_break_at_sense(self):
        cases = {"张三": ["关于委托评审张三等2名同志高级工程师", "职务任职资格的函"],
                 "欧阳予安": ["关于委托评审", "欧阳予安等2名同志", "高级工程师职务任职资格的函"],
                 "阿卜杜热合曼·买买提吐尔逊·阿布都克里木·艾尔肯江": ["关于委托评审2名同志高级工程师", "职务任职资格的函"]}
        for name, want in cases.items():
            pdf = self.draw(batch([{"name": name}, {"name": "李四"}]))
            lines = {}
            for w in words_of(pdf):
                if abs(w.bottom - w.top - 22 / MM) < 0.1:
                    lines.setdefault(round(w.top), []).append(w)
            self.assertEqual([folded("".join(w.text for w in sorted(lines[t], key=lambda w: w.left))) for t in sorted(lines)], want)

    def test_what_is_said_of_the_notice(self):
        notice = '<publicity start="2026-02-0{}" end="2026-02-1{}" result="{}">{}</publicity>'
        clean = notice.format(2, 0, "无异议", "")
        text = folded(text_of(self.draw(batch([{"more": clean}, {"more": notice.format(1, 2, "无异议", "")}]))))
        self.assertIn("已于2026年2月1日至2026年2月12日在所在单位公示，公示期间未收到异议。", text)
        for words in ("没有异议", "公示期间，未收到任何异议。"):
            text = folded(text_of(self.draw(batch([{"more": notice.format(2, 0, words, "")}]))))
            self.assertIn("公示期间未收到异议。", text, words)
        text = folded(text_of(self.draw(batch([{"more": notice.format(2, 0, "公示期满后无异议", "<objection>无</objection>")}]))))
        self.assertIn("公示期间未收到异议。", text)
        disputed = notice.format(3, 1, "异议已处理", "<objection>有</objection>")
        text = folded(text_of(self.draw(batch([{"more": disputed}, {}], unit=clean))))
        self.assertIn("公示期间收到的异议已核查处理", text)
        text = folded(text_of(self.draw(batch([{"more": clean}, {}]))))
        self.assertNotIn("公示", text)
        text = folded(text_of(self.draw(batch([{"more": notice.format(1, 2, "", "")}]))))
        self.assertIn("在所在单位公示。", text)
        self.assertNotIn("异议", text)

    def test_samples_and_report(self):
        out, report = os.path.join(self.dir, "out"), os.path.join(self.dir, "report.json")
        done = shenbao("delegation-letter", "-o", out + "/", "--report", report, BATCH)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(report, encoding="utf-8") as f:
            r = json.load(f)
        self.assertEqual([d["id"] for d in r["delegations"]], ["D1"])
        document = r["delegations"][0]["documents"][0]
        self.assertEqual((document["kind"], document["copies"], document["binding"]), ("delegation-letter", 1, "loose"))
        text = folded(text_of(document["file"]))
        for name in ET.parse(BATCH).getroot().iterfind("unit/applicant/person/name"):
            self.assertIn(folded(name.text), text)
        again = shenbao("delegation-letter", "-o", os.path.join(self.dir, "again.pdf"), BATCH, env={"TZ": "Asia/Tokyo"})
        self.assertEqual(again.returncode, 0)
        with open(document["file"], "rb") as a, open(os.path.join(self.dir, "again.pdf"), "rb") as b:
            self.assertEqual(a.read(), b.read())
        done = subprocess.run(["qpdf", "--check", document["file"]], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_no_name_is_lost(self):
        # a faulty applicant: the letter would lack a name, so there is none
        broken = batch([{"name": "张三"}, {"name": "李四", "mode": "没有的方式"}, {"name": "王五"}])
        pdf = self.draw(broken, status=1)
        self.assertFalse(os.path.exists(pdf))
        self.assertIn("P01", self.done.stderr.decode())
        self.assertIn("为免漏名", self.done.stderr.decode())
        # a unit without a delegation
        orphan = batch([{}]).replace("</batch>", '<unit id="U9" name="孤立单位"><applicant id="X" mode="正常申报">'
                                     "<person><name>赵六</name></person></applicant></unit></batch>")
        self.draw(orphan, status=3)
        self.assertIn("赵六", self.done.stderr.decode())

    def test_a_character_without_a_glyph_is_named_with_its_place(self):
        self.draw(batch([{"name": "张\U0002A6EF"}]), status=1)
        self.assertIn("U+2A6EF", self.done.stderr.decode())
        # in the second of two files, far beyond the lines that libxml2 counts by itself
        paths = []
        for i, people in enumerate(([{"name": "张三"}], [{"id": "Q1"}, {"id": "Q2", "name": "赵\U0002A6EF"}])):
            paths.append(os.path.join(self.dir, f"{i}.xml"))
            with open(paths[i], "w", encoding="utf-8") as f:
                f.write(batch(people).replace("<unit", "\n" * 70000 * i + "<unit", 1).replace('"U0"', f'"U{i}"'))
        with open(paths[1], encoding="utf-8") as f:
            line = f.read().split("\U0002A6EF")[0].count("\n") + 1
        done = shenbao("delegation-letter", "-o", os.path.join(self.dir, "x.pdf"), *paths)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"1.xml:{line}: error: [R77]", done.stderr.decode())

    def test_several_files_make_one_letter(self):
        paths = []
        for i in range(3):  # the last brings the first's unit again
            paths.append(os.path.join(self.dir, f"{i}.xml"))
            with open(paths[i], "w", encoding="utf-8") as f:
                f.write(batch([{"id": f"Q{i}", "name": f"人某{'甲乙丙'[i]}"}]).replace('"U0"', f'"U{i % 2}"'))
        pdf = os.path.join(self.dir, "x.pdf")
        done = shenbao("delegation-letter", "-o", pdf, *paths)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        text = folded(text_of(pdf))
        self.assertIn("等2家单位人某甲等3名同志", text)
        for c in "甲乙丙":
            self.assertIn(f"人某{c}", text)


if __name__ == "__main__":
    unittest.main()
