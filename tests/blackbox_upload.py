"""upload from outside: files for the platform show the cited pages, upright, in order, within the limits; the sheet says what the record says."""
import fcntl
import filecmp
import html
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import dossiers
import pdfs
import scans_of_every_kind
from dossiers import applicant, batch, shenbao
from profiles import template

SAMPLES = os.path.join(dossiers.ROOT, "samples", "batch.xml")
LIMIT = 10 << 20  # files/@bytes of upload.xml
LONG = bool(os.environ.get("SHENBAO_LONG"))


def pages_of(path):
    return int(subprocess.run(["qpdf", "--show-npages", path], capture_output=True, text=True, check=True).stdout)


def picture(path, page, dpi=20):
    """The grey pixels of a page as rows."""
    done = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-f", str(page), "-l", str(page), "-singlefile", path],
                          capture_output=True, check=True)
    kind, size, _, data = done.stdout.split(b"\n", 3)
    width, height = map(int, size.split())
    return [data[y * width:(y + 1) * width] for y in range(height)]


def alike(a, b):
    """The same picture, but for what rounding and JPEG do."""
    if abs(len(a) - len(b)) > 1 or abs(len(a[0]) - len(b[0])) > 1:
        return False
    rows, columns = min(len(a), len(b)), min(len(a[0]), len(b[0]))
    difference = sum(abs(a[y][x] - b[y][x]) for y in range(rows) for x in range(columns))
    return difference / rows / columns < 3


class Sheet(HTMLParser):
    """A fill-in sheet as a person sees it: texts to copy by their labels, ticks, and what the page would fetch."""

    def __init__(self, path):
        super().__init__()
        self.values, self.ticks, self.fetched, self.text = [], {}, [], ""
        self.lines = []  # names that ticks put into the list
        self.label = self.into = None
        with open(path, encoding="utf-8") as f:
            self.source = f.read()
        self.feed(self.source)

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "th":
            self.label, self.into = "", "label"
        elif tag == "td":
            self.into = "value" if "id" in a else None
            if self.into:
                self.values.append([self.label, ""])
        elif tag == "input":
            self.ticks[a["data-k"]] = "checked" in a
            self.lines += [a["data-f"]] if a.get("data-f") else []
        for name in ("src", "href", "action", "data", "poster"):
            if a.get(name) and tag != "a":
                self.fetched.append(a[name])
        if tag == "a":
            self.fetched += [a["href"]] if ":" in a["href"] else []

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.into = None

    def handle_data(self, data):
        self.text += data
        if self.into == "label":
            self.label += data
        elif self.into == "value":
            self.values[-1][1] += data

    def value(self, label):
        return next(v for k, v in self.values if k.split(" ")[0] == label)


class Folder(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-upload-")
        self.out = os.path.join(self.dir, "out")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def put(self, name, data):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        return path

    def upload(self, *bodies, status=0, options=(), source=None):
        """The documents of the report by kind and title; messages in self.messages."""
        report = os.path.join(self.dir, "report.json")
        people = [b if b.startswith("<applicant") else applicant(b) for b in bodies]
        done = shenbao("upload", "-o", self.out, "--report", report, *options,
                       source or self.put("batch.xml", batch(*people)))
        self.messages = done.stderr.decode()
        self.assertEqual(done.returncode, status, self.messages)
        with open(report, encoding="utf-8") as f:
            self.report = json.load(f)
        return {d["kind"] + d["title"]: d for a in self.report["applicants"] for d in a["documents"]}

    def path(self, document):
        who = next(a for a in self.report["applicants"] if document in a["documents"])
        return os.path.join(self.out, who["folder"], document["file"])

    def wrapped(self, jpeg):
        """A picture by itself in a PDF, a point a pixel, since poppler opens nothing else."""
        with open(jpeg, "rb") as f:
            data = f.read()
        at = data.index(b"\xff\xc0") + 5
        height, width = int.from_bytes(data[at:at + 2], "big"), int.from_bytes(data[at + 2:at + 4], "big")
        pdf = pdfs.Pdf()
        image = pdf.stream(data, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB"
                                 "/BitsPerComponent 8/Filter/DCTDecode", packed=False)
        pdf.page(f"q {width} 0 0 {height} 0 0 cm /Im Do Q", (0, 0, width, height), resources=f"/XObject<</Im {image} 0 R>>")
        return self.put("wrapped.pdf", pdf.bytes())

    def sheet(self, number=0):
        return Sheet(os.path.join(self.out, self.report["applicants"][number]["folder"], "填报稿.html"))


def honour(href, name="荣誉", pages="", more=""):
    selected = f' pages="{pages}"' if pages else ""
    return (f'<honour date="2021-01" name="{name}" grade="市级" by="某">'
            f'<evidence kind="荣誉证书" href="{html.escape(href)}"{selected}{more}/></honour>')


class Files(Folder):
    def test_a_whole_scan_goes_through_byte_for_byte(self):
        data = pdfs.marked("a", 3)
        self.put("a.pdf", data)
        jpeg = pdfs.block_jpeg(40, 40, lambda x, y: (200, 128, 128))
        self.put("b.jpg", jpeg)
        made = self.upload(honour("a.pdf", "甲") + honour("b.jpg", "乙"))
        for name, source, suffix in (("甲", data, ".pdf"), ("乙", jpeg, ".jpg")):
            path = self.path(made["荣誉证书" + name])
            self.assertTrue(path.endswith(suffix))
            with open(path, "rb") as f:
                self.assertEqual(f.read(), source)

    def test_cited_pages_come_in_the_order_of_their_parts(self):
        self.put("p.pdf", pdfs.marked("p", 9))
        parts = [("正文", "4-6"), ("目录", "3"), ("封面", "1"), ("刊号", "2")]
        evidence = "".join(f'<evidence part="{part}" href="p.pdf" pages="{pages}"/>' for part, pages in parts)
        made = self.upload(f'<paper date="2022-08" title="题" journal="刊" rank="1/1">{evidence}</paper>')
        path = self.path(made["论文著作题"])
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(re.findall(r"pp(\d)", text), list("123456"))

    def test_what_a_paper_or_project_lacks_is_named(self):
        self.put("p.pdf", pdfs.marked("p", 1))
        self.upload('<paper date="2022-08" title="题" journal="刊" rank="1/1"><evidence part="封面" href="p.pdf"/></paper>'
                    '<project start="2020-01" end="2020-12" name="项" role="负责人" rank="1/1"/>')
        self.assertRegex(self.messages, "题.*lacks 刊号、目录、正文")
        self.assertRegex(self.messages, "项.*cites no scan")
        self.assertIn("缺：刊号、目录、正文", self.sheet().text)

    def test_a_page_turned_by_its_rotation_or_by_exif_stands_upright(self):
        turned = pdfs.Pdf()
        turned.page("0 0 300 400 re f", (0, 0, 600, 800), "/Rotate 90")
        self.put("r.pdf", turned.bytes() )
        dark_left = lambda x, y: (30 if x < 20 else 220, 128, 128)
        self.put("e.jpg", pdfs.block_jpeg(40, 60, dark_left, orientation=6))
        made = self.upload(honour("r.pdf", "甲", pages="1,1") + honour("e.jpg", "乙"))
        left_below = picture(self.path(made["荣誉证书甲"]), 1)
        self.assertGreater(len(left_below[0]), len(left_below))
        self.assertLess(left_below[2][2], 60) # its lower left corner came to the upper left
        self.assertGreater(left_below[-3][-3], 200)
        path = self.path(made["荣誉证书乙"])
        self.assertTrue(path.endswith(".pdf"))
        upright = picture(path, 1)
        self.assertGreater(len(upright[0]), len(upright)) # 60 wide, 40 high
        self.assertLess(upright[2][len(upright[0]) // 2], 60)
        self.assertGreater(upright[-3][len(upright[0]) // 2], 190)

    def test_a_png_with_alpha_lies_on_white(self):
        self.put("a.png", pdfs.png(60, 80, lambda x, y: (0, 0, 0, 255 if y < 40 else 0), color=6))
        rows = picture(self.path(self.upload(honour("a.png"))["荣誉证书荣誉"]), 1)
        self.assertLess(rows[2][5], 60)
        self.assertGreater(rows[-3][5], 200)

    def test_a_page_of_almost_no_width_or_height_is_bound(self):
        thin = pdfs.Pdf()
        for box in ((0, 0, .3, 400), (0, 0, 400, .3), (0, 0, .3, .3), (0, 0, 2.9, 14400)):
            thin.page("0 0 400 400 re f", box)
        self.put("thin.pdf", thin.bytes())
        self.put("line.png", pdfs.png(1, 3000, lambda x, y: (0, 0, 0)))
        made = self.upload(honour("thin.pdf", "甲", pages="4,3,2,1") + honour("line.png", "乙"))
        self.assertEqual(pages_of(self.path(made["荣誉证书甲"])), 4)
        for page in (1, 3, 4):
            self.assertLess(min(map(min, picture(self.path(made["荣誉证书甲"]), page, 72))), 230)
        self.assertLess(min(map(min, picture(self.path(made["荣誉证书乙"]), 1, 72))), 200)

    def test_an_encrypted_scan_opens_with_the_password_file(self):
        plain = self.put("plain.pdf", pdfs.marked("s", 2))
        subprocess.run(["qpdf", "--encrypt", "geheim", "owner", "256", "--", plain, os.path.join(self.dir, "s.pdf")], check=True)
        self.upload(honour("s.pdf"), status=3)
        self.assertIn("R76", self.messages)
        passwords = self.put("passwords", "geheim\n")
        made = self.upload(honour("s.pdf"), options=("--password-file", passwords))
        self.assertEqual(pages_of(self.path(made["荣誉证书荣誉"])), 2)

    def test_a_scan_that_cannot_be_read_costs_its_own_file(self):
        self.put("bad.pdf", b"%PDF-1.4 nothing")
        self.put("a.pdf", pdfs.marked("a", 1))
        made = self.upload(honour("bad.pdf", "坏") + honour("a.pdf", "好"), status=3)
        self.assertEqual(list(made), ["荣誉证书好"])
        self.assertEqual(self.report["applicants"][0]["status"], "failed")
        self.assertIn("未制成", self.sheet().text)

    def test_files_of_an_earlier_run_are_named(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        self.upload(honour("a.pdf", "旧"))
        self.assertNotIn("not made this time", self.messages)
        self.upload(honour("a.pdf", "新"))
        self.assertIn("not made this time: A1 王某某 荣誉证书 旧.pdf;", self.messages)

    def test_names_are_legal_and_unique(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        names = ["同名", "同名", "a/b:c*?\"<>|", "A", "a", "长" * 300, "..", "CON"]
        self.upload("".join(honour("a.pdf", html.escape(n, quote=True)) for n in names))
        files = os.listdir(os.path.join(self.out, self.report["applicants"][0]["folder"], "上传"))
        self.assertEqual(len(files), len(names))
        self.assertEqual(len({f.casefold() for f in files}), len(names))
        for name in files:
            self.assertFalse(set(name) & set('/\\:*?"<>|'))
            self.assertLessEqual(len(name.encode()), 255)

    def test_without_a_folder_it_says_what_to_give(self):
        done = shenbao("upload", SAMPLES)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"-o DIR", done.stderr)


class Limits(Folder):
    def noisy(self, pages, width=620, height=877):
        """A PDF of pictures that hardly pack: A4 at 75 dpi for 620 x 877."""
        pdf, rng = pdfs.Pdf(), random.Random(5)
        for _ in range(pages):
            data = rng.randbytes(width * height * 3)
            image = pdf.stream(data, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
                                     "/ColorSpace/DeviceRGB/BitsPerComponent 8")
            pdf.page("q 595 0 0 842 0 0 cm /Im Do Q", resources=f"/XObject<</Im {image} 0 R>>")
        return pdf.bytes()

    def templates(self, size, reduce, more="", types="pdf jpg"):
        with open(template("upload.xml"), encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r'types="pdf jpg" bytes="\d+" evidence', f'types="{types}" bytes="{size}"{more} evidence', text)
        self.put("T/upload.xml", re.sub(r"(    <reduce [^>]*/>\n)+", reduce, text))
        return ("-T", os.path.join(self.dir, "T"))

    def test_a_large_file_is_reduced_by_the_mildest_step_that_suffices(self):
        self.put("n.pdf", self.noisy(2, 1240, 1754)) # 150 dpi
        steps = [(90, 300), (80, 150), (60, 120)]
        reduce = "".join(f'<reduce quality="{q}" dpi="{d}"/>' for q, d in steps)
        for limit, quality in ((1 << 22, 90), (3 << 20, 80), (1 << 20, 60)):
            made = self.upload(honour("n.pdf"), options=self.templates(limit, reduce))["荣誉证书荣誉"]
            self.assertLessEqual(made["bytes"], limit)
            self.assertGreater(made["bytes_before"], 12 << 20)
            self.assertEqual(made["bytes"], os.path.getsize(self.path(made)))
            self.assertEqual(pages_of(self.path(made)), 2)
            self.assertRegex(self.messages, rf"reduced from 12\.5 MB to .* quality {quality}\)")

    def test_no_picture_falls_below_the_resolution_of_the_step(self):
        self.put("n.pdf", self.noisy(1, 1240, 1754))
        made = self.upload(honour("n.pdf"), options=self.templates(600000, '<reduce quality="60" dpi="120"/>'))
        rows = subprocess.run(["pdfimages", "-list", self.path(made["荣誉证书荣誉"])], capture_output=True, text=True, check=True).stdout
        width, height, encoding, x, y = re.search(r"image +(\d+) +(\d+) .* (jpeg) .* (\d+) +(\d+) +\d", rows).groups()
        self.assertGreaterEqual(min(int(x), int(y)), 120)
        self.assertLess(int(width), 1240)

    def test_what_cannot_be_reduced_enough_is_said_with_what_to_do(self):
        self.put("n.pdf", self.noisy(2))
        made = self.upload(honour("n.pdf"), status=3, options=self.templates(20000, '<reduce quality="60" dpi="120"/>'))
        self.assertEqual(made, {})
        self.assertRegex(self.messages, r"R111.*more than the platform's.*scan n\.pdf again")

    def sides(self, path):
        """(width, height, dpi) of the pictures of a PDF, in order."""
        rows = subprocess.run(["pdfimages", "-list", path], capture_output=True, text=True, check=True).stdout
        return [(int(w), int(h), int(x)) for w, h, x in re.findall(r" image +(\d+) +(\d+) .*? (\d+) +\d+ +\S+ +\S+$", rows, re.M)]

    STEPS = "".join(f'<reduce quality="{q}" dpi="{d}"/>' for q, d in ((85, 300), (80, 150), (60, 120)))

    def test_more_pages_than_the_platform_takes_are_named(self):
        self.put("a.pdf", pdfs.marked("a", 6))
        limit = self.templates(LIMIT, self.STEPS, ' pages="5"')
        made = self.upload(honour("a.pdf", "多") + honour("a.pdf", "少", pages="2-6"), status=3, options=limit)
        self.assertEqual(list(made), ["荣誉证书少"])
        self.assertRegex(self.messages, "R111.*多.*6 pages, more than the platform's 5; cite those")

    def test_pictures_of_more_pixels_are_drawn_with_fewer_and_the_others_stay(self):
        pdf, rng = pdfs.Pdf(), random.Random(5)
        for width, height in ((2480, 3508), (620, 877)):  # A4 at 300 and 75 dpi
            row = rng.randbytes(width)
            image = pdf.stream(row * height, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8")
            pdf.page("q 595 0 0 842 0 0 cm /Im Do Q", resources=f"/XObject<</Im {image} 0 R>>")
        self.put("n.pdf", pdf.bytes())
        for limit, dpi in ((3508, None), (2000, 150), (1600, 120)):
            made = self.upload(honour("n.pdf"), options=self.templates(LIMIT, self.STEPS, f' pixels="{limit}"'))["荣誉证书荣誉"]
            large, small = self.sides(self.path(made))
            self.assertLessEqual(max(large[:2]), limit)
            self.assertGreaterEqual(large[2], dpi or 300)
            self.assertEqual(small[:2], (620, 877))
            self.assertEqual((made.get("dpi"), made.get("verbatim", False)), (dpi, dpi is None))

    def test_a_picture_by_itself_of_more_pixels_becomes_a_pdf_of_fewer(self):
        jpeg = pdfs.block_jpeg(300, 400, lambda x, y: (x % 200, 128, 128))  # 2400 x 3200
        png = pdfs.png(1800, 20, lambda x, y: (x % 256,) * 3)
        self.put("a.jpg", jpeg)
        self.put("b.png", png)
        options = self.templates(LIMIT, self.STEPS, ' pixels="1754"', "pdf jpg png")
        made = self.upload(honour("a.jpg", "甲") + honour("b.png", "乙"), options=options)
        for name in ("甲", "乙"):
            path = self.path(made["荣誉证书" + name])
            self.assertTrue(path.endswith(".pdf"))
            (width, height, dpi), = self.sides(path)
            self.assertLessEqual(max(width, height), 1754)
            self.assertGreaterEqual(dpi, 120)
        options = self.templates(LIMIT, self.STEPS, ' pixels="3200"', "pdf jpg png")
        made = self.upload(honour("a.jpg", "甲") + honour("b.png", "乙"), options=options)
        for name, data in (("甲", jpeg), ("乙", png)):
            with open(self.path(made["荣誉证书" + name]), "rb") as f:
                self.assertEqual(f.read(), data)

    def test_pixels_that_cannot_be_fewer_are_said_with_what_to_do(self):
        pdf = pdfs.Pdf()
        line = pdf.stream(bytes(310) * 3508, "/Type/XObject/Subtype/Image/Width 2480/Height 3508/ColorSpace/DeviceGray/BitsPerComponent 1")
        pdf.page("q 595 0 0 842 0 0 cm /Im Do Q", resources=f"/XObject<</Im {line} 0 R>>")
        self.put("line.pdf", pdf.bytes())
        self.put("n.pdf", self.noisy(1))
        for name, side, limit in (("line.pdf", 3508, 2000), ("n.pdf", 877, 800)):  # of one bit, and of less than 120 dpi
            made = self.upload(honour(name), status=3, options=self.templates(LIMIT, self.STEPS, f' pixels="{limit}"'))
            self.assertEqual(made, {})
            self.assertRegex(self.messages, rf"R111.*longer side is of {side} pixels.*the platform's {limit}; scan {name} again")

    def test_pictures_look_the_same_after_it(self):
        pdf = pdfs.Pdf()
        shades = bytes(min(255, (x // 40 * 37 + y // 40 * 59) % 256) for y in range(1200) for x in range(900) for _ in range(3))
        noise = random.Random(1)
        shades = bytes(min(255, max(0, s + noise.randint(-9, 9))) for s in shades)
        image = pdf.stream(shades, "/Type/XObject/Subtype/Image/Width 900/Height 1200/ColorSpace/DeviceRGB/BitsPerComponent 8")
        pdf.page("q 300 0 0 400 100 200 cm /Im Do Q", resources=f"/XObject<</Im {image} 0 R>>")
        source = self.put("n.pdf", pdf.bytes())
        made = self.upload(honour("n.pdf"), options=self.templates(400000, '<reduce quality="70" dpi="120"/>'))
        self.assertTrue(alike(picture(source, 1), picture(self.path(made["荣誉证书荣誉"]), 1)))


class Sheets(Folder):
    def test_values_are_the_records_to_the_last_code_point(self):
        statement = "第一段 <b>&amp; “引号”\n\n　　第二段𬱖👍"
        who = applicant("").replace("王某某", "王𬱖某").replace("<statement>述", "<statement>" + html.escape(statement))
        self.upload(who)
        self.assertEqual(self.sheet().value("个人述职"), statement)
        self.assertEqual(self.sheet().value("姓名"), "王𬱖某")

    def test_counts_at_the_limit(self):
        for n, over in ((1000, False), (1001, True)):
            self.upload(applicant("").replace("<statement>述", "<statement>" + "述" * n))
            text = self.sheet().text
            self.assertIn(f"限 1000 字；这一段：字符 {n}，Word 字数 {n}，网页计数 {n}", text)
            self.assertEqual("超 1" in text, over)

    def test_what_is_missing_is_marked(self):
        self.upload("")
        sheet = self.sheet()
        self.assertIn("缺，须补填", sheet.text)
        self.assertIn("缺：没有引用扫描件", sheet.text) # the identity card

    def test_nothing_is_fetched(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        self.upload(honour("a.pdf", "&lt;img src=x&gt;"))
        sheet = self.sheet()
        self.assertEqual(sheet.fetched, [])
        self.assertIn("default-src 'none'", sheet.source)
        self.assertNotIn("<img", sheet.source)

    def test_platform_facts_are_the_notices(self):
        self.upload("")
        for clause in ["网%d" % i for i in range(1, 11)]:
            self.assertIn(clause, self.sheet().ticks)


class Photos(Folder):
    """Of 网4: JPEG, over 30 K and under 1 M, over 215 x 300 pixels, width to height from 0.65 to 0.80."""

    def photo(self, data, name="p.jpg", fit=False):
        self.put(name, data)
        self.upload(applicant("").replace("</person>", f'<photo href="{name}"/></person>'), options=("--fit-photo",) if fit else ())
        path = os.path.join(self.out, self.report["applicants"][0]["folder"], "上传", "A1 王某某 证件照.jpg")
        return path if os.path.exists(path) else None

    def size(self, path):
        return tuple(map(int, re.search(r"(\d+) +(\d+)", subprocess.run(
            ["pdfimages", "-list", self.wrapped(path)], capture_output=True, text=True, check=True).stdout.split("image")[-1]).groups()))

    def noise(self, width, height, orientation=None):
        """In blocks of 8 x 8 pixels; dark in the first quarter of the stored columns."""
        rng = random.Random(3)
        return pdfs.block_jpeg(width, height, lambda x, y: (rng.randint(0, 60) if 4 * x < width else rng.randint(180, 255), 128, 128),
                               orientation=orientation)

    def test_what_is_wrong_is_said_and_nothing_is_changed_unasked(self):
        data = self.noise(100, 60)
        with open(self.photo(data), "rb") as f:
            self.assertEqual(f.read(), data)
        self.assertRegex(self.messages, "warning: .R66.*800x480 pixels.*--fit-photo")
        self.assertIn("宽高比 1.667，应在 0.65 至 0.80 之间", self.sheet().text)

    def test_it_is_cropped_in_the_middle_and_never_stretched(self):
        path = self.photo(self.noise(100, 60), fit=True)
        width, height = self.size(path)
        self.assertTrue(0.65 <= width / height <= 0.8 and width > 215 and height > 300, (width, height))
        self.assertTrue(30 << 10 < os.path.getsize(path) < 1 << 20)
        self.assertIn("由 800×480", self.sheet().text)
        self.assertEqual(self.sheet().source.count('src="data:image/'), 2)
        rows = picture(self.wrapped(path), 1, 72)
        # of 800 columns 384 stay, from 208 on: all that was dark is cut off
        self.assertGreater(sum(rows[len(rows) // 2][:20]) / 20, 150)

    def test_one_that_exif_turns_is_upright(self):
        path = self.photo(self.noise(60, 45, orientation=6), fit=True) # seen 360 wide, 480 high, dark above
        rows = picture(self.wrapped(path), 1, 36)
        self.assertLess(sum(rows[10]) / len(rows[10]), 90)
        self.assertGreater(sum(rows[-10]) / len(rows[-10]), 150)

    def test_a_png_becomes_a_jpeg_on_white(self):
        rng = random.Random(4)
        png = pdfs.png(300, 400, lambda x, y: tuple(rng.randbytes(3)) + (255 if y > 200 else 0,), color=6)
        self.assertIsNone(self.photo(png, "p.png"))
        rows = picture(self.wrapped(self.photo(png, "p.png", fit=True)), 1, 36)
        self.assertGreater(min(rows[20]), 240)

    def test_one_that_is_too_small_cannot_be_fitted(self):
        self.photo(self.noise(20, 30), fit=True)
        self.assertIn("cannot be fitted", self.messages)


class Done(Folder):
    def setUp(self):
        super().setUp()
        self.put("a.pdf", pdfs.marked("a", 3))
        self.batch = self.put("batch.xml", batch(applicant(honour("a.pdf", "甲", "1") + honour("a.pdf", "乙", "2-3"))))

    def done(self, text, status=0):
        done = shenbao("upload", "--done", self.put("list.txt", text), self.batch)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr.decode()

    def test_what_stands_behind_a_zero_is_not_lost_silently(self):
        self.assertIn("list.txt:2: error: ", self.done("A001\n\0A001\n", status=1))
        with open(self.batch + ".uploaded", "w", encoding="utf-8") as f:
            f.write("A001\ta.pdf\t1\n\0\n")
        done = shenbao("check", "-q", self.batch)
        self.assertIn("batch.xml.uploaded:2: error: ", done.stdout.decode())

    def uploaded(self):
        return {k: d["uploaded"] for k, d in self.upload(source=self.batch).items()}

    def test_what_the_sheet_lists_is_taken_down(self):
        self.assertEqual(self.uploaded(), {"荣誉证书甲": False, "荣誉证书乙": False})
        self.done("\ufeffA1\tA1 王某某 荣誉证书 乙.pdf\r\n")
        self.assertEqual(self.uploaded(), {"荣誉证书甲": False, "荣誉证书乙": True})
        self.assertIn("已记为上传", self.sheet().text)
        self.assertTrue(self.sheet().ticks["附件/A1 王某某 荣誉证书 乙"])
        with open(self.batch + ".uploaded", "rb") as f:
            first = f.read()
        self.done("A1\tA1 王某某 荣誉证书 乙\n")
        with open(self.batch + ".uploaded", "rb") as f:
            self.assertEqual(f.read(), first)
        self.done("A1\n")
        self.assertEqual(self.uploaded(), {"荣誉证书甲": True, "荣誉证书乙": True})

    def test_a_line_that_means_nothing_is_named_and_nothing_is_taken_down(self):
        messages = self.done("A1\tA1 王某某 荣誉证书 乙\nA1\tA1 王某某 荣誉证书 丙\nA9\n", status=1)
        self.assertIn("list.txt:2: error: A1 has no file for the platform named 'A1 王某某 荣誉证书 丙'", messages)
        self.assertIn("list.txt:3: error: the input has no applicant A9", messages)
        self.assertFalse(os.path.exists(self.batch + ".uploaded"))

    def test_an_id_may_begin_as_a_comment_does(self):
        self.batch = self.put("batch.xml", batch(applicant(honour("a.pdf", "甲"), ident="#1")))
        self.done("# 上传清单\n#A9\t已删\n#1\t#1 王某某 荣誉证书 甲\n")
        self.assertEqual(self.uploaded(), {"荣誉证书甲": True})

    def test_two_at_once_lose_nothing(self):
        self.done("A1\tA1 王某某 荣誉证书 乙\n")
        path = self.batch + ".uploaded"
        with open(path, encoding="utf-8") as f:
            of_other = f.read()
        os.remove(path)
        folder = os.open(os.path.dirname(path), os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        with subprocess.Popen([dossiers.PROGRAM, "upload", "--done", self.put("list.txt", "A1\tA1 王某某 荣誉证书 甲\n"), self.batch]) as run:
            with self.assertRaises(subprocess.TimeoutExpired):
                run.wait(timeout=1)
            with open(path, "w", encoding="utf-8") as f:
                f.write(of_other)
            os.close(folder)
        self.assertEqual(run.returncode, 0)
        self.assertEqual(self.uploaded(), {"荣誉证书甲": True, "荣誉证书乙": True})

    def test_check_before_mailing_knows_what_waits(self):
        def told(stage):
            done = shenbao("check", "--rules", "R08", "--format", "json", "--stage", stage, self.batch)
            found = [f for f in json.loads(done.stdout)["applicants"][0]["findings"] if f["rule"] == "R08"]
            return [(f["severity"], f["message"].split("须")[0]) for f in found]
        self.assertEqual(told("prepare"), [("info", "荣誉证书2份")])
        self.assertEqual(told("submit"), [("warning", "荣誉证书2份")])
        self.done("A1\tA1 王某某 荣誉证书 甲\n")
        self.assertEqual(told("submit"), [("warning", "荣誉证书1份")])
        self.done("A1\n")
        self.assertEqual(told("submit"), [])

    def test_every_scan_that_can_be_cited_has_a_file_whose_tick_takes_it_down(self):
        """All that stands in an applicant with evidence, as the schema allows it."""
        proof = '<evidence kind="荣誉证书" href="a.pdf" pages="{}"/>'
        bodies = ('<education start="2003-09" end="2007-06" school="校" major="采矿" level="本科">{}</education>',
                  '<title name="工程师" obtained="2015-01" level="中级">{}</title>', '<pension from="2020-01" to="2021-01" region="江苏">{}</pension>',
                  '<course start="2020-01" end="2020-02" name="课" by="某" hours="8">{}</course>', '<training year="2024">{}</training>',
                  '<review year="2024" unit="某" grade="合格">{}</review>', '<qualification name="证" date="2019-01">{}</qualification>',
                  '<influence name="理事" date="2019-01">{}</influence>')
        for body in bodies:
            self.put("batch.xml", batch(applicant(body.format(proof.format(1)))))
            if os.path.exists(self.batch + ".uploaded"):
                os.remove(self.batch + ".uploaded")
            self.upload(source=self.batch)
            self.done("".join(f"A1\t{name}\n" for name in self.sheet().lines))
            self.assertIn("件1处，均已记为上传", self.paper("checklist"), body)
            self.assertNotIn("R08", shenbao("check", "--rules", "R08", "--stage", "submit", self.batch).stdout.decode(), body)

    def paper(self, name):
        """Its text, as it is read line by line, without blanks."""
        path = os.path.join(self.dir, name + ".pdf")
        done = shenbao(name, "-o", path, self.batch)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
        return re.sub(r"\s", "", text)

    def test_the_papers_follow_what_was_ticked(self):
        """What is neither bound nor handed in beside the volume is proved on the platform, once it is there."""
        self.put("batch.xml", batch(applicant('<document id="D1" kind="其他" href="a.pdf" pages="3"/>' + honour("a.pdf", "甲", "1")
                                              + '<score item="1.1" self="8" refs="D1" directory="其他">说明甲</score>')))
        self.assertIn("件2处，还有2处没有记为上传", self.paper("checklist"))
        self.assertRegex(self.paper("score-sheet"), "说明甲其他（）")
        self.upload(source=self.batch)
        lines = ["A1\t" + name for name in self.sheet().lines]
        self.assertEqual(len(lines), 2)
        other = [line for line in lines if "其他材料" in line]
        self.done("\r\n".join(other) + "\r\n")
        self.assertIn("件2处，还有1处没有记为上传", self.paper("checklist"))
        self.assertRegex(self.paper("score-sheet"), "说明甲其他系统")
        self.done("\r\n".join(lines))
        self.assertIn("件2处，均已记为上传", self.paper("checklist"))

    def test_pages_that_two_entries_cite_wait_for_both(self):
        """Each entry has a file of its own; a mark without an entry, as older files have, is of all."""
        document = '<document kind="其他" href="a.pdf" pages="3"/>'
        people = honour("a.pdf", "甲", "1") + honour("a.pdf", "乙", "1") + document + document.replace("其他", "合同")
        self.put("batch.xml", batch(applicant(people)))
        none = {"荣誉证书甲": False, "荣誉证书乙": False, "其他材料": False}
        self.assertEqual(self.uploaded(), none)
        lines = ["A1\t" + name for name in self.sheet().lines]
        self.done("".join(line for line in lines if "乙" in line))
        self.assertEqual(self.uploaded(), {**none, "荣誉证书乙": True})
        self.done("".join(line for line in lines if "其他材料" in line))  # one file of two entries
        self.assertEqual(self.uploaded(), {**none, "荣誉证书乙": True, "其他材料": True})
        self.done("A1")
        self.assertTrue(all(self.uploaded().values()))
        self.put("batch.xml.uploaded", "A1\ta.pdf\t1\n")
        self.assertEqual(self.uploaded(), {"荣誉证书甲": True, "荣誉证书乙": True, "其他材料": False})

    def test_a_mark_outlives_another_name_of_its_only_entry(self):
        self.done("A1")
        self.put("batch.xml", batch(applicant(honour("a.pdf", "甲", "1") + honour("a.pdf", "丙", "2-3"))))
        self.assertTrue(all(self.uploaded().values()))

    def test_degrees_titles_and_trainings_are_on_the_platform_once_they_are_there(self):
        """The cell of pages is free until then, to be written into; what the platform fetches by itself is there."""
        scan = '<evidence kind="学历证书" href="a.pdf" pages="%d"/>'
        self.put("batch.xml", batch(applicant(
            '<title id="T1" name="工程师" level="中级" obtained="2016-01" current="true">' + scan % 1 + '</title>'
            '<education id="E1" start="2000-09" end="2004-07" school="某大学" major="采矿" level="本科" form="全日制">' + scan % 2 + '</education>'
            '<education id="E2" start="2005-09" end="2008-07" school="某大学" major="采矿" level="研究生" form="全日制" verified="自动提取"/>'
            '<score item="1.1" self="8" refs="E1" directory="学历">说明甲</score>'
            '<score item="1.2" self="8" refs="E2" directory="学历">说明乙</score>')))
        self.assertRegex(self.paper("score-sheet"), "说明甲学历（）")
        self.assertRegex(self.paper("score-sheet"), "说明乙学历系统")
        check = shenbao("check", "--rules", "R87", "--format", "json", self.batch)
        self.assertEqual(json.loads(check.stdout)["applicants"][0]["findings"], [])
        self.done("A1")
        self.assertRegex(self.paper("score-sheet"), "说明甲学历系统")

    def test_a_mark_is_one_line_whatever_the_file_is_called(self):
        for mark, name in (("&#9;", "\t"), ("&#10;", "\n"), ("&#13;", "\r")):
            os.link(os.path.join(self.dir, "a.pdf"), os.path.join(self.dir, f"b{name}c.pdf"))
            self.put("batch.xml", batch(applicant(honour("SCAN", "甲", "1"))).replace("SCAN", f"b{mark}c.pdf"))
            self.upload(source=self.batch)
            self.done("".join(f"A1\t{line}\n" for line in self.sheet().lines))
            self.assertIn("件1处，均已记为上传", self.paper("checklist"))
            os.remove(self.batch + ".uploaded")

    def test_a_damaged_file_of_marks_is_named(self):
        self.put("batch.xml.uploaded", "A1\n")
        done = shenbao("upload", "-o", self.out, self.batch)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"batch.xml.uploaded:1: error", done.stderr)


class Samples(Folder):
    def test_the_samples_twice_the_same_bytes_in_two_readers(self):
        made = self.upload(source=SAMPLES)
        again = os.path.join(self.dir, "again")
        done = shenbao("upload", "-o", again, "-j1", SAMPLES)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        for a in self.report["applicants"]:
            one, other = os.path.join(self.out, a["folder"]), os.path.join(again, a["folder"])
            for folder in ("", "上传"):
                files = [f for f in os.listdir(os.path.join(one, folder)) if os.path.isfile(os.path.join(one, folder, f))]
                self.assertEqual(filecmp.cmpfiles(os.path.join(one, folder), os.path.join(other, folder), files, shallow=False)[1:], ([], []))
            for d in a["documents"]:
                path = os.path.join(one, d["file"])
                self.assertLessEqual(os.path.getsize(path), LIMIT)
                if path.endswith(".pdf"):
                    self.assertEqual(pages_of(path), d["pages"])
        some = [d for d in made.values() if d["file"].endswith(".pdf")][::9]
        for d in some:
            subprocess.run(["qpdf", "--check", self.path(d)], capture_output=True, check=True)
            done = subprocess.run(["mutool", "draw", "-q", "-F", "txt", "-o", os.devnull, self.path(d)], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn("error", done.stderr)

    def cited_pages(self, item, parts=()):
        """[(path, page)] of an element's evidence, in the order of the parts; pictures are page 1."""
        out = []
        every = item.findall("evidence")
        for e in sorted(every, key=lambda e: parts.index(e.get("part")) if e.get("part") in parts else len(parts)):
            path = os.path.join(os.path.dirname(SAMPLES), e.get("href"))
            pages = []
            for piece in filter(None, (e.get("pages") or "").split(",")):
                first, _, last = piece.partition("-")
                pages += range(int(first), int(last or first) + 1)
            if not path.endswith(".pdf"):
                pages = [1]
            out += [(path, n) for n in pages or range(1, pages_of(path) + 1)]
        return out

    def test_each_page_looks_like_the_one_that_is_cited(self):
        """The samples have pages turned by /Rotate and by EXIF, landscape and A3 ones."""
        who = "A007"
        made = self.upload(source=SAMPLES, options=("-a", who))
        person = next(a for a in ET.parse(SAMPLES).iter("applicant") if a.get("id") == who)
        kinds = [("继续教育证明", "training", lambda e: e.get("year") + "年", ()),
                 ("年度考核表", "review", lambda e: e.get("year") + "年", ()),
                 ("工作业绩", "project", lambda e: e.get("name"), ("封面页", "项目金额页", "人员名单及本人工作内容", "盖章页")),
                 ("论文著作", "paper", lambda e: e.get("title"), ("封面", "刊号", "目录", "正文"))]
        compared = 0
        for kind, element, title, parts in kinds:
            for item in person.findall(element):
                d = made[kind + title(item)]
                cited = self.cited_pages(item, parts)
                self.assertEqual(d["pages"], len(cited), d)
                for number, (path, page) in enumerate(cited, 1):
                    if path.endswith(".pdf"):
                        self.assertTrue(alike(picture(path, page), picture(self.path(d), number)), (d["file"], number))
                        compared += 1
        self.assertGreater(compared, 15)

    def test_check_counts_the_files_that_wait(self):
        """The rule's kinds are those of upload.xml."""
        self.upload(source=SAMPLES)
        done = shenbao("check", "--rules", "R08", "--format", "json", "--stage", "submit", SAMPLES)
        told = {a["id"]: [f for f in a["findings"] if f["rule"] == "R08"] for a in json.loads(done.stdout)["applicants"]}
        for a in self.report["applicants"]:
            names = told[a["id"]][0]["message"].split("须")[0].split("、")
            counted = sum(int((re.search(r"(\d+)份$", n) or [0, 1])[1]) for n in names)
            self.assertEqual(counted, sum(not d["uploaded"] for d in a["documents"]), a["id"])

    def test_the_report_keeps_to_its_schema(self):
        import jsonschema
        self.upload(source=SAMPLES, options=("-a", "A003"))
        with open(template("report.schema.json"), encoding="utf-8") as f:
            jsonschema.validate(self.report, json.load(f))


class EveryKind(Folder):
    """Generated applicants with scans of every kind; what a page must show is known without a reader."""
    COUNT, SEEDS = (10, range(11, 16)) if LONG else (4, (11,))
    SMALL = 1 << 20

    def small_limit(self):
        """So that heavy scans have to be reduced."""
        with open(template("upload.xml"), encoding="utf-8") as f:
            text, n = re.subn(r'(types="pdf jpg" )bytes="\d+"', rf'\1bytes="{self.SMALL}" pixels="1700"', f.read())
        self.assertEqual(n, 1)
        self.put("T/upload.xml", text)
        return ("-T", os.path.join(self.dir, "T"))

    def grids(self, path, reader):
        """What each page shows at the middle of its cells."""
        columns, rows = scans_of_every_kind.COLUMNS, scans_of_every_kind.ROWS
        command = {"poppler": ["pdftoppm", "-r", "12", "-gray", path],
                   "mupdf": ["mutool", "draw", "-q", "-r", "12", "-c", "gray", "-F", "pgm", "-o", "-", path]}[reader]
        done = subprocess.run(command, capture_output=True, check=True)
        self.assertNotRegex(done.stderr.decode(), "(?i)error", path)
        data, out = done.stdout, []
        while data:
            head = re.match(rb"P5\s(\d+) (\d+)\s255\s", data)
            width, height = map(int, head.groups())
            pixels, data = data[head.end():head.end() + width * height], data[head.end() + width * height:]
            out.append([[pixels[int((r + 0.5) * height / rows) * width + int((c + 0.5) * width / columns)] for c in range(columns)]
                        for r in range(rows)])
        return out

    def shows(self, seen, cells):
        return all(abs(a - b) <= 22 for x, y in zip(seen, cells) for a, b in zip(x, y))

    def claim(self, waiting, kind, seen, path):
        """The proof that a file shows is taken from those that wait."""
        for i, (expected_kind, cells) in enumerate(waiting):
            if expected_kind == kind and len(cells) == len(seen) and all(map(self.shows, seen, cells)):
                return waiting.pop(i)[1]
        self.fail(f"{path} shows no proof of the applicant's")

    def test_each_file_shows_its_pages_upright_in_order_within_its_limit(self):
        for seed in self.SEEDS:
            folder = os.path.join(self.dir, str(seed))
            os.mkdir(folder)
            self.try_batch(folder, seed)
            shutil.rmtree(folder)

    def try_batch(self, place, seed):
        source, expected, kinds = scans_of_every_kind.generate(place, self.COUNT, seed)
        options = (*self.small_limit(), "--password-file", os.path.join(place, "passwords"))
        self.out = first = os.path.join(place, "out")
        self.upload(source=source, options=options)
        self.assertEqual({a["id"] for a in self.report["applicants"]}, set(expected))
        files = pages = reduced = largest = 0
        for a in self.report["applicants"]:
            waiting = list(expected[a["id"]])
            folder = os.path.join(self.out, a["folder"], "上传")
            names = [os.path.basename(d["file"]) for d in a["documents"]]
            self.assertEqual(len({n.casefold() for n in names}), len(names))
            self.assertLessEqual(set(names), set(os.listdir(folder)))
            for d in a["documents"]:
                path, name = os.path.join(self.out, a["folder"], d["file"]), os.path.basename(d["file"])
                self.assertFalse(set(name) & set('/\\:*?"<>|') or len(name.encode()) > 255 or name.endswith(". "), name)
                self.assertLessEqual(os.path.getsize(path), self.SMALL)
                seen = self.grids(path if path.endswith(".pdf") else self.wrapped(path), "poppler")
                cells = self.claim(waiting, d["kind"], seen, path)
                other = self.grids(path, "mupdf")
                self.assertTrue(len(other) == len(cells) == d["pages"] and all(map(self.shows, other, cells)), path)
                files, pages, reduced = files + 1, pages + len(cells), reduced + ("quality" in d)
                largest = max(largest, os.path.getsize(path))
            self.assertEqual(waiting, [], a["id"])
        self.assertGreater(reduced, 0)
        if LONG:
            print(f"{self.COUNT} applicants, {sum(kinds.values())} scans {kinds}: {files} files, {pages} pages, {reduced} reduced, the largest of {largest} bytes")
        self.out = os.path.join(place, "again")
        self.upload(source=source, options=(*options, "-j1"))
        done = subprocess.run(["diff", "-rq", first, self.out], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))


class Profile(unittest.TestCase):
    def test_a_notice_without_a_platform_says_so(self):
        jiangsu = os.path.join(dossiers.ROOT, "samples", "jiangsu", "batch.xml")
        with tempfile.TemporaryDirectory() as out:
            for more in (("-o", out), ("--done", os.devnull)):
                done = shenbao("upload", *more, jiangsu)
                self.assertEqual(done.returncode, 2)
                self.assertIn(b"upload.xml: error: the notice's profile has no such list, so there is nothing to upload", done.stderr)
            self.assertEqual(os.listdir(out), [])

    def test_it_keeps_to_its_schema(self):
        done = subprocess.run(["xmllint", "--noout", "--relaxng", template("upload.rng"), template("upload.xml")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
