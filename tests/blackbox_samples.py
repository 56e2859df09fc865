"""The samples keep what samples/README.md promises: valid, whole, in order under the rules, and faulty only where they say so."""
import glob
import os
import re
import struct
import subprocess
import unittest
import xml.etree.ElementTree as ET
import zlib

from profiles import template

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build")), "bin", "shenbao")
SAMPLES = os.path.join(ROOT, "samples")
BATCH = os.path.join(SAMPLES, "batch.xml")
FAULTY = os.path.join(SAMPLES, "faulty", "batch.xml")
SCHEMA = template("applicants.xsd")
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MONTHS = [f"{y}-{m:02}" for y in range(2023, 2027) for m in range(1, 13)]
PENSION = MONTHS[MONTHS.index("2023-09"):MONTHS.index("2026-08") + 1]  # 36 months before asof


def applicants(path):
    return list(ET.parse(path).getroot().iter("applicant"))


def id_check(s):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(c) * w for c, w in zip(s, weights)) % 11]


def uscc_check(s):
    return USCC[(31 - sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(s[:17])) % 31) % 31]


def organisation_check(s):
    r = 11 - sum(int(c, 36) * w for c, w in zip(s, (3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return "X" if r == 10 else "0" if r == 11 else str(r)


def issn_check(s):
    r = -sum(int(c) * w for c, w in zip(s, range(8, 1, -1))) % 11
    return "X" if r == 10 else str(r)


def patent_check(s):
    r = sum(int(c) * w for c, w in zip(s, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5))) % 11
    return "X" if r == 10 else str(r)


def jpeg(data):
    """(width, height, components, EXIF orientation) of a whole JPEG; ValueError for anything else."""
    if data[:3] != b"\xff\xd8\xff" or data[-2:] != b"\xff\xd9":
        raise ValueError("not a whole JPEG")
    at, orientation, frame = 2, 1, None
    while data[at + 1] != 0xDA:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        body = data[at + 4:at + 2 + length]
        if 0xC0 <= marker <= 0xC2:
            frame = (*struct.unpack_from(">HH", body, 1)[::-1], body[5])
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            order = "<" if body[6:8] == b"II" else ">"
            entries, = struct.unpack_from(order + "H", body, 14)
            for n in range(entries):
                tag, _, _, value = struct.unpack_from(order + "HHIH", body, 16 + 12 * n)
                orientation = value if tag == 0x0112 else orientation
        at += 2 + length
    return (*frame, orientation)


def png(data):
    """(width, height, bits, colour type, transparent) of a sound PNG; ValueError for anything else."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("not a PNG")
    at, kinds, pixels = 8, [], b""
    while at < len(data):
        length, = struct.unpack_from(">I", data, at)
        body = data[at + 4:at + 8 + length]
        if zlib.crc32(body) != struct.unpack_from(">I", data, at + 8 + length)[0]:
            raise ValueError("bad CRC")
        kinds.append(body[:4])
        pixels += body[4:] if body[:4] == b"IDAT" else b""
        at += 12 + length
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or not zlib.decompress(pixels):
        raise ValueError("not a whole PNG")
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    return width, height, bits, colour, b"tRNS" in kinds or colour in (4, 6)


def pdf(data):
    """The /Rotate of each page of one of our own PDFs, whose page objects stand uncompressed."""
    if not data.startswith(b"%PDF-1.") or not data.endswith(b"%%EOF\n"):
        raise ValueError("not a whole PDF")
    pages = [int(r) for r in re.findall(rb"/Type /Page /Parent.*?/Rotate (\d+)", data)]
    if re.findall(rb"/Count (\d+)", data) != [b"%d" % len(pages)]:
        raise ValueError("pages and /Count differ")
    return pages


READERS = {".jpg": jpeg, ".png": png, ".pdf": pdf}


def probe(path):
    with open(path, "rb") as f:
        return READERS[os.path.splitext(path)[1]](f.read())


def selected(pages):
    for part in filter(None, pages.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def covers(text):
    """The exit status of shenbao fonts --cover: 0 when a face has every character, 1 when none has one of them."""
    return subprocess.run([PROGRAM, "fonts", "--cover", text], capture_output=True).returncode


def citing(applicant):
    return [e for e in applicant.iter() if e.tag in ("evidence", "document")]


def items(applicant):
    return [e for e in applicant if e.tag in ("project", "paper", "award", "honour", "patent", "standard",
                                              "qualification", "influence", "milestone")]


class BothBatches(unittest.TestCase):
    def test_they_are_valid(self):
        done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, BATCH, FAULTY], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_ids_are_unique_and_references_resolve(self):
        outer = []
        for path in (BATCH, FAULTY):
            root = ET.parse(path).getroot()
            outer += [e.get("id") for tag in ("delegation", "unit", "applicant") for e in root.iter(tag)]
            delegations = {d.get("id") for d in root.iter("delegation")}
            for unit in root.iter("unit"):
                self.assertIn(unit.get("delegation"), delegations)
            for applicant in root.iter("applicant"):
                inner = [e.get("id") for e in applicant.iter() if e.get("id")]
                self.assertEqual(len(inner), len(set(inner)), applicant.get("id"))
                for e in applicant.iter():
                    for ref in e.get("refs", "").split():
                        self.assertIn(ref, inner, f"{applicant.get('id')} {e.tag}")
        self.assertEqual(len(outer), len(set(outer)))

    def test_id_numbers_are_right_and_of_no_region(self):
        numbers = []
        for person in applicants(BATCH) + applicants(FAULTY):
            number = person.findtext("person/id-number")
            numbers.append(number)
            self.assertTrue(number.startswith("330199"), number)
            self.assertEqual(number[17], id_check(number[:17]), number)
            self.assertEqual(number[6:14], person.findtext("person/birth").replace("-", ""))
            self.assertEqual("女男"[int(number[16]) % 2], person.findtext("person/sex"), number)
            self.assertRegex(person.findtext("person/mobile"), r"^1380000\d{4}$")
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertIn("X", "".join(numbers))

    def test_credit_codes_are_right_and_fit_the_kind_of_unit(self):
        for path in (BATCH, FAULTY):
            for unit in ET.parse(path).getroot().iter("unit"):
                code = unit.get("uscc")
                self.assertEqual(code[17], uscc_check(code), code)
                self.assertEqual(code[16], organisation_check(code[8:16]), code)
                self.assertEqual(code[2:8], "330199")
                self.assertEqual(code[:2], {"企业": "91", "事业单位": "12"}[unit.get("kind")])

    def test_journal_book_and_patent_numbers_are_right(self):
        seen = set()
        for person in applicants(BATCH):
            for e in person.iter():
                if e.get("issn"):
                    self.assertRegex(e.get("issn"), r"^9999-\d{3}[\dX]$")
                    self.assertEqual(e.get("issn")[-1], issn_check(e.get("issn").replace("-", "")[:7]))
                    self.assertRegex(e.get("cn"), r"^00-\d{4}/[A-Z]{2}$")
                    seen.add("issn")
                if e.get("isbn"):
                    digits = [int(c) for c in e.get("isbn") if c.isdigit()]
                    self.assertEqual((len(digits), sum(d * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10), (13, 0))
                    seen.add("isbn")
                if e.get("number", "").startswith("ZL"):
                    self.assertRegex(e.get("number"), r"^ZL20\d\d[123]999\d{4}\.[\dX]$")
                    self.assertEqual(e.get("number")[-1], patent_check(e.get("number")[2:14]))
                    seen.add("patent")
        self.assertEqual(seen, {"issn", "isbn", "patent"})

    def test_no_file_is_left_over_and_all_is_small(self):
        total = 0
        for path in (BATCH, FAULTY):
            folder = os.path.dirname(path)
            cited = {e.get("href") for e in ET.parse(path).getroot().iter() if e.get("href")}
            there = {os.path.relpath(f, folder) for kind in ("photos", "scans")
                     for f in glob.glob(os.path.join(folder, kind, "**"), recursive=True) if os.path.isfile(f)}
            self.assertEqual(there - cited, set())
            total += sum(os.path.getsize(os.path.join(folder, f)) for f in there)
        self.assertLess(total, 3000000)


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.people = applicants(BATCH)
        cls.names = [a.findtext("person/name") for a in cls.people]

    def test_eight_applicants_in_every_mode_from_units_of_both_kinds(self):
        self.assertEqual([a.get("id") for a in self.people], [f"A{n:03}" for n in range(1, 9)])
        self.assertEqual({a.get("mode") for a in self.people}, {"正常申报", "自评分申报", "标志性业绩直接申报", "转（兼）评申报"})
        units = list(ET.parse(BATCH).getroot().iter("unit"))
        self.assertEqual({u.get("kind") for u in units}, {"企业", "事业单位"})
        for unit in units:
            self.assertEqual(bool(unit.findall("posts")), unit.get("kind") == "事业单位")

    def test_names_that_break_programs(self):
        for c in "䶮㛃𬱖𫖯𠅤𱖎":
            self.assertTrue(any(c in name for name in self.names), f"U+{ord(c):X}")
        self.assertEqual(covers("".join(self.names)), 0)
        self.assertTrue(any(len(name) == 25 and name.count("\u00b7") == 3 for name in self.names))

    def test_statements_are_within_a_thousand_and_one_has_exactly_that(self):
        lengths = [len(a.findtext("statement")) for a in self.people]
        self.assertIn(1000, lengths)
        self.assertEqual(max(lengths), 1000)
        full = self.people[lengths.index(1000)].findtext("statement")
        self.assertNotIn("\n", full)
        self.assertEqual(len(full.encode("utf-16-le")), 2000)
        self.assertGreater(sum(n >= 300 for n in lengths), 6)

    def test_a_long_and_a_nearly_empty_record(self):
        long, short = self.people[0], self.people[2]
        self.assertEqual([len(long.findall(kind)) for kind in ("project", "paper", "award")], [10, 8, 5])
        self.assertEqual([len(short.findall(kind)) for kind in ("project", "paper", "award", "role", "condition")], [1, 0, 0, 0, 0])
        self.assertFalse(short.findtext("person/birthplace") or short.findtext("person/politics"))

    def test_every_cited_page_is_there(self):
        for person in self.people:
            for e in citing(person):
                with self.subTest(person=person.get("id"), href=e.get("href")):
                    found = probe(os.path.join(SAMPLES, e.get("href")))
                    if e.get("href").endswith(".pdf"):
                        self.assertLessEqual(max(selected(e.get("pages", "")), default=1), len(found))
                    else:
                        self.assertIsNone(e.get("pages"))

    def test_scans_of_every_kind(self):
        jpegs, pngs, pdfs = ([probe(f) for f in glob.glob(os.path.join(SAMPLES, "scans", "*", "*" + end))] for end in READERS)
        self.assertEqual({j[3] for j in jpegs}, {1, 3, 6, 8})
        self.assertEqual({j[2] for j in jpegs}, {1, 3})
        self.assertTrue(any(j[0] > j[1] and j[3] == 1 for j in jpegs))
        self.assertEqual({p[3] for p in pngs}, {0, 2, 3, 4, 6})
        self.assertTrue(any(p[3] == 3 and p[4] for p in pngs))
        self.assertEqual({r for p in pdfs for r in p}, {0, 90, 270})
        self.assertTrue(any(len(p) == 8 for p in pdfs))

    def test_photos_are_what_the_notice_asks(self):
        turned = 0
        for person in self.people:
            path = os.path.join(SAMPLES, person.find("person/photo").get("href"))
            with self.subTest(path=path):
                width, height, components, orientation = probe(path)
                upright = (height, width) if orientation >= 5 else (width, height)
                self.assertEqual(components, 3)
                self.assertTrue(width > 215 and height > 300)
                self.assertTrue(0.65 <= upright[0] / upright[1] <= 0.80)
                self.assertTrue(30 * 1024 * 1.025 < os.path.getsize(path) < 1024 * 1024)
                turned += orientation == 6
        self.assertEqual(turned, 1)

    def test_pension_reviews_and_training_are_complete(self):
        for person in self.people:
            with self.subTest(person=person.get("id")):
                insured = [(p.get("from"), p.get("to")) for p in person.iter("pension")]
                self.assertEqual([m for m in PENSION if not any(a <= m <= b for a, b in insured)], [])
                for p in person.iter("pension"):
                    outside = [e for e in p.iter("evidence") if e.get("kind") == "省外养老保险证明"]
                    self.assertEqual(bool(outside), not p.get("region").startswith("33"))
                doctor = person.find("education[@degree='博士']") is not None
                first = int((person.find("employment").get("started") if doctor
                             else person.find("title[@current='true']").get("appointed"))[:4])
                years = {str(y) for y in range(max(first, 2021), 2026)}
                self.assertLessEqual(years, {r.get("year") for r in person.iter("review")})
                self.assertLessEqual({r.get("grade") for r in person.iter("review")}, {"优秀", "合格"})
                self.assertLessEqual(years, {t.get("year") for t in person.iter("training")})
                for t in person.iter("training"):
                    hours = [float(t.get(kind)) for kind in ("professional", "public", "industry")]
                    self.assertTrue(sum(hours) >= 90 and hours[0] >= 65 and hours[1] >= 18 and float(t.get("online-a")) <= 72)
                    self.assertEqual(t.get("document"), "浙自然资发〔2020〕23号" if t.get("year") == "2021" else None)

    def test_achievements_are_proved_and_of_the_right_time(self):
        wanted = {"project": {"封面页", "项目金额页", "人员名单及本人工作内容", "盖章页"}, "paper": {"封面", "刊号", "目录", "正文"}}
        for person in self.people:
            title = person.find("title[@current='true']")
            since = max(title.get("obtained"), title.get("appointed"))[:7]
            for item in items(person):
                with self.subTest(person=person.get("id"), item=item.get("id")):
                    evidences = item.findall("evidence")
                    self.assertTrue(evidences)
                    self.assertLessEqual(wanted.get(item.tag, set()), {e.get("part") for e in evidences})
                    if item.get("collective") == "true":
                        self.assertIn("主要贡献者证明", {e.get("kind") for e in evidences})
                        self.assertIn("/", item.get("rank"))
                    when = item.get("end") if item.tag == "project" else item.get("date")
                    if item.tag not in ("honour", "qualification", "influence"):
                        self.assertEqual(item.get("related"), "true")
                        self.assertEqual(when[:7] >= since[:len(when)], item.get("since") != "false")
                    self.assertLessEqual(when, "2026-09-30")
            if person.find("paper") is not None:
                self.assertEqual(len(person.findall("paper[@representative='true']")), 1)
            kinds = {e.get("kind") for e in citing(person)}
            self.assertLessEqual({"身份证", "技术工作经历证明", "任职资格证书", "聘任证书"}, kinds)

    def test_modes_have_what_they_need(self):
        basis = {"正常申报": "第六条（一）", "自评分申报": "第六条（二）", "标志性业绩直接申报": "第六条（三）", "转（兼）评申报": "转评"}
        for person in self.people:
            with self.subTest(person=person.get("id")):
                mode = person.get("mode")
                self.assertEqual(person.get("basis"), basis[mode])
                field = "爆破行业" if person.get("specialty") in ("爆破工程", "爆破器材") else "矿山工程"
                self.assertIn(field, person.get("criteria"))
                self.assertEqual(person.find("milestone") is not None, mode == "标志性业绩直接申报")
                senior = any(t.get("name") == "高级工程师" for t in person.iter("title"))
                self.assertEqual(senior, mode == "转（兼）评申报")
                scoring = person.find("scoring")
                if scoring is not None:
                    for total, part in (("self-total", "self"), ("reviewed-total", "reviewed")):
                        self.assertEqual(float(scoring.get(total)), sum(float(s.get(part)) for s in person.iter("score")))
                if mode == "自评分申报":
                    self.assertGreaterEqual(float(scoring.get("reviewed-total")), 80)
                for s in person.iter("score"):
                    self.assertTrue(s.get("refs") and s.get("directory") and s.text)

    def test_posts_of_the_public_institution_suffice(self):
        unit = ET.parse(BATCH).getroot().find("unit[@kind='事业单位']")
        posts = unit.find("posts[@level='副高']")
        within = [a for a in unit.iter("applicant") if a.find("employment").get("established") == "true"]
        vacant = int(posts.get("approved")) - int(posts.get("filled"))
        self.assertTrue(0 < len(within) <= min(vacant, int(posts.get("planned"))))
        for person in unit.iter("applicant"):
            described = "单位说明" in {d.get("kind") for d in person.iter("document")}
            self.assertEqual(described, person not in within)
            self.assertEqual(person.find("competition") is not None, person in within)


class Faulty(unittest.TestCase):
    def setUp(self):
        self.people = {a.get("id"): a for a in applicants(FAULTY)}

    def photo(self, who):
        return os.path.join(os.path.dirname(FAULTY), self.people[who].find("person/photo").get("href"))

    def assert_broken(self, path, why):
        with self.assertRaisesRegex(ValueError, why):
            probe(path)

    def test_a_name_that_no_font_has(self):
        name = self.people["F001"].findtext("person/name")
        self.assertEqual([f"{ord(c):X}" for c in name[1:]], ["2A6EF"])
        self.assertEqual(covers(name), 1)
        probe(self.photo("F001"))

    def test_the_broken_media_are_broken(self):
        self.assertFalse(os.path.lexists(self.photo("F002")))
        self.assert_broken(self.photo("F003"), "whole JPEG")
        with open(self.photo("F003"), "rb") as f:
            self.assertEqual(f.read(3), b"\xff\xd8\xff")
        self.assert_broken(self.photo("F004"), "CRC")
        self.assert_broken(os.path.join(os.path.dirname(FAULTY), self.people["F004"].find("honour/evidence").get("href")), "CRC")
        self.assert_broken(self.photo("F005"), "JPEG")

    def test_the_rest_is_whole(self):
        for who in ("F001", "F006"):
            self.assertEqual(len(probe(self.photo(who))), 4)
        for path in glob.glob(os.path.join(os.path.dirname(FAULTY), "scans", "*.pdf")):
            self.assertEqual(len(probe(path)), 10)


if __name__ == "__main__":
    unittest.main()
