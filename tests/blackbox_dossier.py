"""dossier from outside: what is printed, stamped, linked and bookmarked is true, whatever is bound."""
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET

import dossiers
import pdfs
from dossiers import Volume, applicant, batch, honour, shenbao
from profiles import template

ROOT = dossiers.ROOT
LONG = bool(os.environ.get("SHENBAO_LONG"))


class Folder(unittest.TestCase):
    """A folder with an input, its files, and templates of its own."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-dossier-")
        self.templates = dossiers.overlay(os.path.join(self.dir, "T"))
        self.pdf = os.path.join(self.dir, "out.pdf")
        self.report = os.path.join(self.dir, "report.json")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def put(self, name, data):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb" if isinstance(data, bytes) else "w", **({} if isinstance(data, bytes) else {"encoding": "utf-8"})) as f:
            f.write(data)
        return path

    def bind(self, *bodies, status=0, options=(), **more):
        """Binds one applicant (or those given whole) and reads the report."""
        if os.path.exists(self.report):
            os.unlink(self.report)
        people = [b if b.startswith("<applicant") else applicant(b) for b in bodies]
        done = shenbao("dossier", "-T", self.templates, "-o", self.pdf, "--report", self.report, *options,
                       self.put("batch.xml", batch(*people)), **more)
        self.messages = done.stderr.decode()
        self.assertEqual(done.returncode, status, self.messages)
        if os.path.exists(self.report):
            with open(self.report, encoding="utf-8") as f:
                self.found = json.load(f)
        return Volume(self.pdf, "--duplex" in options) if os.path.exists(self.pdf) else None

    def ledger(self):
        return self.found["applicants"][0]["ledger"]

    def check_volume(self, volume, markers=None):
        """All that must be true of any volume. markers: of each source file, the name that its pages say (nameP)."""
        ledger = self.ledger()
        self.assertEqual(sum(row["pages"] for row in ledger), volume.count())
        self.assertEqual(self.found["applicants"][0]["documents"][0]["pages"], volume.count())
        physical = 1
        for row in ledger:
            self.assertEqual(row["physical"], physical, row)
            physical += row["pages"]
            for k in range(row["pages"]):
                stamp = volume.stamp(row["physical"] - 1 + k)
                self.assertEqual(stamp, row["stamped"] + k if "stamped" in row else None, (row, k))
            if markers and row["kind"] == "copy" and row["source"] in markers:
                selected = []
                for part in row["source_pages"].split(","):
                    a, _, b = part.partition("-")
                    selected += range(int(a), int(b or a) + 1)
                self.assertEqual(len(selected), row["pages"])
                for k, page in enumerate(selected):
                    self.assertIn(f"{markers[row['source']]}p{page}", volume.text(row["physical"] - 1 + k), row)
        self.check_contents(volume, ledger)
        self.check_outline(volume, ledger)

    def check_contents(self, volume, ledger):
        contents = next(row for row in ledger if row["kind"] == "contents")
        aimed, text = {}, ""
        for i in range(contents["physical"] - 1, contents["physical"] - 1 + contents["pages"]):
            text += volume.text(i)
            for rect, target, _ in volume.links(i):
                said = volume.within(i, rect)
                aimed.setdefault(target, []).append(said)
                numbers = said.split("—")
                if rect[0] > 300 and numbers[0].isdigit():
                    self.assertEqual(int(numbers[0]), volume.stamp(target), said)
                    if len(numbers) > 1:
                        self.assertEqual(int(numbers[1]), volume.stamp(target + int(numbers[1]) - int(numbers[0])), said)
        for row in ledger:
            if row["kind"] in ("separator", "paper", "copy", "missing"):
                said = aimed.get(row["physical"] - 1)
                self.assertTrue(said, f"no line of the contents leads to {row}")
                last = row["stamped"] + row["pages"] - 1
                want = str(row["stamped"]) if row["pages"] == 1 or row["kind"] == "separator" else f"{row['stamped']}—{last}"
                self.assertIn(want, said, row)
                self.assertTrue(any(row["title"].replace(" ", "")[:8] in s for s in said), (row, said))
                self.assertIn(row["title"].replace(" ", "")[:8], text)

    def check_outline(self, volume, ledger):
        outline = [o for o in volume.outline() if o[0] <= 2]
        want = [(1 if row["kind"] in ("separator", "contents") else 2, row["title"], row["physical"] - 1)
                for row in ledger if row["kind"] not in ("cover", "blank")]
        self.assertEqual([o for o in outline], want)


def random_dossier(folder, seed):
    """The body of an applicant, what each file's pages say, and where each id must be found (None: nowhere)."""
    r = random.Random(seed)
    files, markers, body, scores = {}, {}, "", []
    target = r.choice([5, 10, 20, 40]) if seed % 5 else r.choice([100, 200, 400])
    kinds = [("qualification", "资质证书"), ("influence", "聘书"), ("honour", "荣誉证书"), ("award", "获奖证书"),
             ("patent", "专利证书"), ("standard", "标准文本"), ("project", "合同"), ("paper", None)]
    pages, n = 0, 0
    while pages < target:
        n += 1
        kind, evidence = r.choice(kinds)
        ident, form = f"{kind[0].upper()}{n}", r.random()
        attributes = {"paper": f'title="论文{ident}" journal="刊" date="20{r.randint(10, 26)}"',
                      "project": f'name="工程{ident}" start="20{r.randint(10, 26)}-0{r.randint(1, 9)}" '
                                 f'category="{r.choice(["工作业绩", "科研项目"])}"'
                      }.get(kind, f'name="证{ident}" date="20{r.randint(10, 26)}-0{r.randint(1, 9)}"')
        inner = ""
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            if files and r.random() < 0.2:
                href = r.choice(sorted(files))
            else:
                href = f"scans/f{len(files)}." + ("pdf" if r.random() < 0.7 else "jpg")
                count = r.choice([1, 1, 2, 3, 5, 8, 13]) if href.endswith("pdf") else 1
                if href.endswith("pdf"):
                    markers[href] = f"f{len(files)}x"
                    box = r.choice([(0, 0, 595, 842), (0, 0, 842, 595), (0, 0, 612, 792), (-50, -60, 300, 400), (0, 0, 842, 1191),
                                    (100, 50, 5000, 7000), (0, 0, 60, 90)])
                    data = pdfs.marked(markers[href], count, box, r.choice(["", "/Rotate 90", "/Rotate 180", "/Rotate -90"]))
                else:
                    data = pdfs.jpeg(r.randint(1, 8))
                os.makedirs(os.path.join(folder, "scans"), exist_ok=True)
                with open(os.path.join(folder, href), "wb") as f:
                    f.write(data)
                files[href] = count
            a = r.randint(1, files[href])
            b = r.randint(a, files[href])
            selected = r.choice(["", f' pages="{a}-{b}"', f' pages="{a}"'])
            pages += files[href]
            loose = f' form="{r.choice(["原件", "书"])}"' if form < 0.1 else ""
            inner += (f'<evidence kind="{evidence}" href="{href}"{selected}{loose}/>' if evidence else
                      f'<evidence part="正文" href="{href}"{selected}{loose}/>')
        if form > 0.95:
            inner = ""
        body += f'<{kind} id="{ident}" {attributes}>{inner}</{kind}>'
        scores.append((ident, "缺" if not inner else "另附" if form < 0.1 else None))
    for i, (ident, _) in enumerate(scores):
        body += f'<score item="s{i}" self="1" refs="{ident}">x</score>'
    return body, markers, scores


class RandomDossiers(Folder):
    def test_every_number_is_true(self):
        for seed in range(300 if LONG else 20):
            with self.subTest(seed=seed):
                body, markers, scores = random_dossier(self.dir, seed)
                volume = self.bind(body, options=["--duplex"] if seed % 2 else [])
                self.check_volume(volume, markers)
                self.check_citations(volume, body, scores)
                if seed % 2:
                    for row in self.ledger():
                        if row["kind"] in ("separator", "contents"):
                            self.assertEqual(row["physical"] % 2, 1, row)
                shutil.rmtree(os.path.join(self.dir, "scans"))

    def check_citations(self, volume, body, scores):
        """What the score sheet in the volume prints for each id is the first page of that id's evidence."""
        ledger = self.ledger()
        sheet = next(row for row in ledger if row.get("source") == "score-sheet")
        text = "".join(volume.text(i) for i in range(sheet["physical"] - 1, sheet["physical"] - 1 + sheet["pages"]))
        for i, (ident, want) in enumerate(scores):
            if want is None:
                # entries are titled by the ids in this batch: 证H3, 工程P4（合同）, 《论文P5》
                rows = [row for row in ledger if row["kind"] == "copy" and re.search(r"[A-Z]\d+", row["title"]).group() == ident]
                self.assertTrue(rows, ident)
                want = str(min(row["stamped"] for row in rows))
            self.assertIn(f"s{i}={want};", text)


def encrypted(data, folder, user, owner):
    plain, locked = os.path.join(folder, "plain.pdf"), os.path.join(folder, "locked.pdf")
    with open(plain, "wb") as f:
        f.write(data)
    subprocess.run(["qpdf", "--encrypt", user, owner, "256", "--", plain, locked], check=True)
    with open(locked, "rb") as f:
        return f.read()


class Citations(Folder):
    def test_the_papers_and_the_dossier_agree(self):
        """Composite table, score sheet and milestone form, made alone, print the pages of the dossier that is made alone."""
        samples = os.path.join(ROOT, "samples", "batch.xml")
        for options in ([], ["--duplex"]):
            for name in ("dossier", "composite-table", "score-sheet", "milestone-form"):
                done = shenbao(name, *options, "-o", os.path.join(self.dir, name) + "/", "--report", os.path.join(self.dir, name + ".json"),
                               samples)
                self.assertEqual(done.returncode, 0, done.stderr)
            everybody = {}
            for name in ("dossier", "composite-table", "score-sheet", "milestone-form"):
                with open(os.path.join(self.dir, name + ".json"), encoding="utf-8") as f:
                    for a in json.load(f)["applicants"]:
                        everybody.setdefault(a["id"], {})[name] = a
            for a in everybody.values():
                bound = Volume(a["dossier"]["documents"][0]["file"])
                for row in a["dossier"]["ledger"]:
                    if row.get("source") in ("score-sheet", "milestone-form"):
                        alone = Volume(a[row["source"]]["documents"][0]["file"])
                        self.assertEqual(len(alone.pages), row["pages"])
                        for i in range(row["pages"]):
                            said = bound.text(row["physical"] - 1 + i)
                            want = alone.text(i) + str(row["stamped"] + i)  # the stamp
                            folio = f"第{i + 1}页共{row['pages']}页"  # which the volume's number takes the place of
                            self.assertIn(folio, want)
                            self.assertEqual(sorted(said), sorted(want.replace(folio, "")))
                            self.check_words_once(alone.pages[i]["words"])
            # of the composite table: each project's page is the first page of that project's evidence
            record = ET.parse(samples).getroot()
            seen = 0
            for applicant_node in record.iter("applicant"):
                a = everybody[applicant_node.get("id")]
                rows = {}
                for row in a["dossier"]["ledger"]:
                    if row["kind"] == "copy":
                        rows.setdefault(row["title"].split("（合同")[0], row["stamped"])
                table = Volume(a["composite-table"]["documents"][0]["file"])
                for project in applicant_node.iter("project"):
                    want = rows.get(project.get("name"))
                    if want is not None and project.get("since") != "false" and " " not in project.get("name"):
                        found = cited(table, project.get("name"))
                        if found is not None:  # a name that is broken early is not told apart from others
                            self.assertEqual(found, str(want), (applicant_node.get("id"), project.get("name")))
                            seen += 1
            self.assertGreater(seen, 15)

    def check_words_once(self, words):
        """系统 and 另附 stand once in a cell of pages, which is 14 mm high and 42 mm wide at most."""
        for said in ("系统", "另附"):
            places = [w for w in words if w[4] == said]
            for a in places:
                self.assertEqual([b for b in places if b is not a and abs(a[1] - b[1]) < 20 and abs(a[0] - b[0]) < 120], [])


def cited(table, name):
    """What stands in the last column of the row that begins with a name: the first word there below the name's top."""
    for page in table.pages:
        head = next((w for w in page["words"] if w[4].endswith("佐证页")), None)
        for at in page["words"]:
            if head and at[0] < 120 and at[4][:9] == name[:9]:
                below = [w for w in page["words"] if abs((w[0] + w[2]) / 2 - head[2] + 12) < 15 and (w[1] + w[3]) / 2 > at[1] and w != head]
                return min(below, key=lambda w: w[1])[4]
    return None


class Attachments(Folder):
    def test_owner_password_is_bound_and_user_password_is_asked_for(self):
        self.put("a.pdf", encrypted(pdfs.marked("a", 2), self.dir, "", "owner"))
        self.put("b.pdf", encrypted(pdfs.marked("b", 1), self.dir, "open sesame", "owner"))
        volume = self.bind(honour("H1", "a.pdf"))
        self.check_volume(volume, {"a.pdf": "a"})
        self.assertRegex(self.messages, r"warning: .*A1 .*a\.pdf")
        os.unlink(self.pdf)
        self.assertIsNone(self.bind(honour("H1", "a.pdf") + honour("H2", "b.pdf"), status=1))
        self.assertRegex(self.messages, r"error: \[R76.*A1 王某某 H2.*'b\.pdf'.*password")
        keys = self.put("keys", "wrong\nopen sesame\n")
        volume = self.bind(honour("H1", "a.pdf") + honour("H2", "b.pdf"), options=["--password-file", keys])
        self.check_volume(volume, {"a.pdf": "a", "b.pdf": "b"})
        self.assertNotIn("open sesame", json.dumps(self.found) + self.messages)
        judged = [shenbao("check", "-T", self.templates, "--rules", "R76", *given, os.path.join(self.dir, "batch.xml")).stdout
                  for given in ((), ("--password-file", keys))]
        self.assertEqual([b"password-file" in text for text in judged], [True, False], judged)
        self.bind(honour("H1", "a.pdf"), status=2, options=["--password-file", os.path.join(self.dir, "none")])
        self.assertIn("none", self.messages)
        self.bind(honour("H1", "a.pdf"), status=2, options=["--password-file", "/dev/zero"])
        self.assertIn("/dev/zero: error: has more than 10000 lines", self.messages)

    def bad_files(self):
        good = pdfs.marked("good", 3)
        holes = pdfs.Pdf()
        for i in range(3):
            holes.page(pdfs.words(f"p{i}"))
        lost = holes.bytes()
        lost = lost.replace(f"\n{holes.kids[1]} 0 obj".encode(), f"\n{holes.kids[1] + 90} 0 obj".encode())
        return {"empty.pdf": b"", "web.pdf": b"<!DOCTYPE html><html><body>404</body></html>",
                "cut.pdf": good[: len(good) // 3], "noise.pdf": b"%PDF-1.4\n" + bytes(range(256)) * 20,
                "lost.pdf": lost, "word.doc": b"PK\x03\x04" + b"x" * 100, "cut.jpg": pdfs.jpeg()[:-400],
                "cut.png": pdfs.png(9, 9, lambda x, y: (1, 2, 3))[:-30]}

    def test_repairable_files_are_bound_with_a_warning_and_hopeless_ones_named(self):
        good = pdfs.marked("good", 3)
        self.put("noxref.pdf", good[:good.rindex(b"xref\n0")] + b"trailer\n<</Root 1 0 R/Size 20>>\n")
        self.put("noeof.pdf", good[:good.rindex(b"startxref")])
        self.put("badxref.pdf", good.replace(b"startxref\n", b"startxref\n9"))
        names = ["noxref.pdf", "noeof.pdf", "badxref.pdf"]
        volume = self.bind("".join(honour(f"H{i}", n) for i, n in enumerate(names)))
        self.check_volume(volume, dict.fromkeys(names, "good"))
        for n in names:
            self.assertRegex(self.messages, rf"warning: .*{n}")
        bad = self.bad_files()
        for name, data in bad.items():
            self.put(name, data)
        os.unlink(self.pdf)
        body = honour("H0", "noeof.pdf") + "".join(honour(f"H{i + 1}", n) for i, n in enumerate(bad)) + honour("H99", "gone.pdf")
        self.assertIsNone(self.bind(body, status=1))
        for n in [*bad, "gone.pdf"]: # all in one run, each by name
            self.assertRegex(self.messages, rf"error: \[R76.*A1 王某某 H\d+.*{n}")
        good_one = applicant(honour("H1", "noeof.pdf"), "B1")
        out = os.path.join(self.dir, "out") + "/"
        done = shenbao("dossier", "-T", self.templates, "-o", out, self.put("two.xml", batch(applicant(body), good_one)))
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual([n[:2] for n in os.listdir(out)], ["B1"])

    def test_bad_files_leave_marked_sheets_when_that_is_asked_for(self):
        bad = self.bad_files()
        for name, data in bad.items():
            self.put(name, data)
        self.put("good.pdf", pdfs.marked("good", 3))
        body = honour("H0", "good.pdf") + "".join(honour(f"H{i + 1}", n) for i, n in enumerate(bad)) + honour("H98", "good.pdf", pages="2-9")
        volume = self.bind(body, status=3, options=["--skip-bad"])
        self.check_volume(volume, {"good.pdf": "good"})
        rows = [row for row in self.ledger() if row["kind"] == "missing"]
        self.assertEqual([row["source"] for row in rows], [*bad, "good.pdf"])
        for row in rows:
            self.assertIn("此件缺失", volume.text(row["physical"] - 1))
            self.assertIn(row["source"], volume.text(row["physical"] - 1))
        self.assertNotIn("error:", self.messages)
        self.assertEqual(self.messages.count("warning:"), len(rows))
        os.unlink(self.pdf)
        self.bind(body, status=1, options=["--skip-bad", "--strict"])
        self.assertFalse(os.path.exists(self.pdf))

    def test_pages_that_a_file_does_not_have_are_an_error(self):
        self.put("a.pdf", pdfs.marked("a", 5))
        self.put("b.jpg", pdfs.jpeg())
        self.bind(honour("H1", "a.pdf", pages="3-9") + honour("H2", "b.jpg", pages="2"), status=1)
        self.assertRegex(self.messages, r"batch\.xml:4: error: \[R76.*H1.*'a\.pdf' has 5 pages, but 3-9 are cited")
        self.assertRegex(self.messages, r"'b\.jpg' has 1 pages, but 2 are cited")

    def test_damaged_pages_are_named_and_the_others_bound(self):
        pdf = pdfs.Pdf()
        for i in range(4):
            pdf.page(pdfs.words(f"dp{i + 1}"))
        for i in (1, 2):
            stream = pdf.kids[i] - 1
            pdf.set(stream, pdf.objects[stream - 1].replace(b"stream\nx", b"stream\n?"))
        self.put("a.pdf", pdf.bytes())
        self.bind(honour("H1", "a.pdf", pages="1") + honour("H2", "a.pdf"), status=1)
        self.assertRegex(self.messages, r"error: \[R76.*H2.*'a\.pdf': the content of page 2-3 is damaged")
        volume = self.bind(honour("H1", "a.pdf", pages="1") + honour("H2", "a.pdf") + honour("H3", "a.pdf", pages="4"), status=3,
                           options=["--skip-bad"])
        self.check_volume(volume, {"a.pdf": "d"})
        self.assertEqual([r["title"] for r in self.ledger() if r["kind"] == "missing"], ["H2"])

    def test_files_stay_inside_the_folder(self):
        outside = tempfile.mkdtemp(prefix="shenbao-outside-")
        self.addCleanup(shutil.rmtree, outside)
        secret = os.path.join(outside, "secret.pdf")
        with open(secret, "wb") as f:
            f.write(pdfs.marked("secret", 1))
        os.symlink(secret, os.path.join(self.dir, "link.pdf"))
        os.symlink(outside, os.path.join(self.dir, "dir"))
        os.mkfifo(os.path.join(self.dir, "pipe.pdf"))
        names = ["link.pdf", "dir/secret.pdf", "pipe.pdf", secret, "../" + os.path.basename(outside) + "/secret.pdf", "/dev/zero", "."]
        self.bind("".join(honour(f"H{i}", n) for i, n in enumerate(names)), status=1)
        self.assertEqual(self.messages.count("error:"), len(names), self.messages)
        self.assertFalse(os.path.exists(self.pdf))

    def framed(self, box, extra=""):
        """A page whose visible box is a black frame with a smaller square at its upper left."""
        x0, y0, x1, y1 = box
        w = (x1 - x0) / 50
        pdf = pdfs.Pdf()
        pdf.page(f"{w} w {x0 + w / 2} {y0 + w / 2} {x1 - x0 - w} {y1 - y0 - w} re S "
                 f"{x0 + 3 * w} {y1 - 9 * w} {6 * w} {6 * w} re f", box, extra)
        return pdf.bytes()

    def test_pages_of_any_size_come_whole_and_undistorted_onto_a4(self):
        sizes = {"A3": (842, 1191), "A3-landscape": (1191, 842), "huge": (5669, 8000), "A6": (298, 420), "letter": (612, 792),
                 "landscape": (842, 595), "tiny": (20, 30), "strip": (2000, 100)}
        for name, (w, h) in sizes.items():
            self.put(name + ".pdf", self.framed((0, 0, w, h)))
        body = "".join(honour(f"H{i}", n + ".pdf") for i, n in enumerate(sizes))
        volume = self.bind(body)
        self.check_volume(volume)
        for renderer in ("pdftoppm", "mutool"):
            for row, (w, h) in zip([r for r in self.ledger() if r["kind"] == "copy"], sizes.values()):
                i = row["physical"] - 1
                self.assertEqual([round(v) for v in volume.pages[i]["size"]], [595, 842])
                image = pdfs.render(self.pdf, i + 1, renderer, 144)
                left, top, right, bottom = image.ink(0, 0, image.width, int(image.height * 0.876)) # above the stamps
                self.assertGreater(left, 40, row)
                self.assertGreater(top, 20, row)
                self.assertLess(right, image.width - 20, row)
                self.assertLess(bottom, int(image.height * 0.876) - 1, row)
                if h > w / 4 and w > 50: # of less, a pixel is too much
                    self.assertAlmostEqual((right - left) / (bottom - top), w / h, delta=0.03 * w / h, msg=row)
                    x, y = left + (right - left) * 6 / 50, top + (right - left) * 6 / 50
                    self.assertLess(image.at(int(x), int(y)), 128, (renderer, row)) # the square is still at the upper left
        volume = self.bind(body, options=["--keep-a3"])
        self.check_volume(volume)
        rows = [r for r in self.ledger() if r["kind"] == "copy"]
        self.assertEqual([round(v) for v in volume.pages[rows[0]["physical"] - 1]["size"]], [842, 1191])
        self.assertEqual([round(v) for v in volume.pages[rows[1]["physical"] - 1]["size"]], [1191, 842])
        self.assertEqual([round(v) for v in volume.pages[rows[2]["physical"] - 1]["size"]], [595, 842])

    def test_pictures_of_all_orientations_stand_upright(self):
        # the sample's Q1.jpg is a portrait page with its heading at the top
        for o in range(1, 9):
            self.put(f"{o}.jpg", pdfs.jpeg(o))
        self.put("grey.png", pdfs.png(40, 60, lambda x, y: (0 if y < 10 else 200,), color=0))
        self.put("alpha.png", pdfs.png(40, 60, lambda x, y: (0, 0, 0, 255 if y < 10 else 0), color=6))
        volume = self.bind("".join(honour(f"H{o}", f"{o}.jpg") for o in range(1, 9)) + honour("H90", "grey.png") + honour("H91", "alpha.png"))
        self.check_volume(volume)
        subprocess.run(["pdfimages", "-all", self.pdf, os.path.join(self.dir, "i")], check=True)
        bytes_in = {pdfs.digest(os.path.join(self.dir, n)) for n in os.listdir(self.dir) if re.match(r"i-\d+\.jpg", n)}
        for o in range(1, 9):
            self.assertIn(pdfs.digest(os.path.join(self.dir, f"{o}.jpg")), bytes_in)  # untouched
        rows = [r for r in self.ledger() if r["kind"] == "copy"]
        for o, turn in ((3, 180), (6, 90), (8, 270)):
            turned = pdfs.render(self.pdf, rows[o - 1]["physical"], "pdftoppm", 36)
            other = turned.ink(0, 0, 297, 360)
            lies = (other[2] - other[0]) > (other[3] - other[1])
            self.assertEqual(lies, turn != 180, o)

    def test_equal_fonts_and_pictures_are_stored_once(self):
        font = random.Random(5).randbytes(60000)
        for i in range(40):
            pdf = pdfs.Pdf()
            for _ in range(i):
                pdf.add("null")
            file = pdf.stream(font, "/Length1 60000")
            descriptor = pdf.add(f"<</Type/FontDescriptor/FontName/AAAAAA+Some/Flags 4/FontBBox[0 0 1 1]/ItalicAngle 0/Ascent 1/Descent 0"
                                 f"/CapHeight 1/StemV 1/FontFile2 {file} 0 R>>")
            widths = pdf.add("[" + "500 " * 200 + "]")
            face = pdf.add(f"<</Type/Font/Subtype/TrueType/BaseFont/AAAAAA+Some/FirstChar 32/LastChar 231/Widths {widths} 0 R"
                           f"/FontDescriptor {descriptor} 0 R>>")
            pdf.set(pdf.font, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
            number = pdf.page(pdfs.words(f"n{i}p1"))
            pdf.set(number, pdf.objects[number - 1].replace(b"/Font<<", f"/Font<</F2 {face} 0 R".encode()))
            self.put(f"{i}.pdf", pdf.bytes())
        volume = self.bind("".join(honour(f"H{i}", f"{i}.pdf") for i in range(40)))
        self.check_volume(volume, {f"{i}.pdf": f"n{i}" for i in range(40)})
        plain = [o for o in volume.objects.values() if "/FontFile2" in str(o) and "Some" in str(o)]
        self.assertEqual(len(plain), 1) # the descriptors have become one, too
        self.bind(honour("H0", "0.pdf"))
        one = os.path.getsize(self.pdf)
        self.bind("".join(honour(f"H{i}", f"{i}.pdf") for i in range(40)))
        self.assertLess(os.path.getsize(self.pdf), 1.2 * (one + 39 * 500)) # 39 pages of their own

    def test_bookmarks_and_links_of_attachments_come_along(self):
        pdf = pdfs.Pdf()
        pages = [pdf.page(pdfs.words(f"bp{i + 1}")) for i in range(4)]
        o = [pdf.add("") for _ in range(5)]
        pdf.set(o[0], f"<</First {o[1]} 0 R/Last {o[3]} 0 R/Count 3>>")
        title = "<FEFF" + "第一章\uf0b7".encode("utf-16-be").hex() + ">"
        pdf.set(o[1], f"<</Title{title}/Parent {o[0]} 0 R/Next {o[3]} 0 R/First {o[2]} 0 R/Last {o[2]} 0 R/Dest[{pages[1]} 0 R/XYZ 0 500 0]>>")
        pdf.set(o[2], f"<</Title(inner)/Parent {o[1]} 0 R/Dest(there)>>")
        pdf.set(o[3], f"<</Title(second)/Parent {o[0]} 0 R/Prev {o[1]} 0 R/A<</S/GoTo/D[{pages[0]} 0 R/Fit]>>/Next {o[4]} 0 R>>")
        pdf.set(o[4], f"<</Title(not bound)/Parent {o[0]} 0 R/Prev {o[3]} 0 R/Dest[{pages[3]} 0 R/Fit]>>")
        pdf.catalog_extra = (f"/Outlines {o[0]} 0 R/Names<</Dests<</Kids[{pdf.add(f'<</Limits[(a)(z)]/Names[(there)<</D[{pages[2]} 0 R/XYZ 10 700 0]>>]>>')}"
                             " 0 R]>>>>")
        link = pdf.add("<</Type/Annot/Subtype/Link/Rect[100 600 200 650]/Dest(there)>>")
        away = pdf.add("<</Type/Annot/Subtype/Link/Rect[100 500 200 550]/A<</S/Launch/F(/bin/sh)>>>>")
        other = pdf.add("<</Type/Annot/Subtype/Link/Rect[100 400 200 450]/A<</S/GoToR/F(other.pdf)/D(there)>>>>")  # a name of that file
        pdf.set(pages[0], pdf.objects[pages[0] - 1][:-2] + f"/Annots[{link} 0 R {away} 0 R {other} 0 R]>>".encode())
        self.put("a.pdf", pdf.bytes())
        volume = self.bind(honour("H1", "a.pdf", pages="1-3") + honour("H2", "a.pdf", pages="3"))
        one, two = [r for r in self.ledger() if r["kind"] == "copy"]
        first = one["physical"] - 1
        outline = volume.outline()
        at = outline.index((2, "H1", first))
        self.assertEqual(outline[at + 1:at + 5], [(3, "第一章\\uF0B7", first + 1), (4, "inner", first + 2), (3, "second", first),
                                                  (2, "H2", two["physical"] - 1)])
        self.assertEqual(outline[at + 5], (3, "inner", two["physical"] - 1))
        (rect, target, y), = volume.links(first)
        self.assertEqual(target, first + 2)
        scale = min((595.28 - 34 * 72 / 25.4) / 595, (841.89 - 50 * 72 / 25.4) / 842)
        self.assertAlmostEqual(rect[2] - rect[0], 100 * scale, delta=0.5)
        self.assertAlmostEqual(rect[3] - rect[1], 50 * scale, delta=0.5)
        self.assertAlmostEqual(y, 12 * 72 / 25.4 + (842 - 700) * scale, delta=2)
        self.assertNotIn("/bin/sh", json.dumps(volume.json["qpdf"]))

    def test_addresses_stay_and_all_other_actions_go(self):
        good = {"https://example.org/a?b=(c)&d=\\\\": (100, 600, 200, 650), "MAILTO:a@example.org": (10, 20, 30, 40),
                "http://example.org/#over": (500, 800, 5000, 9000)}  # reaches beyond the page
        bad = ["<</S/URI/URI(javascript:alert\\(1\\))>>", "<</S/URI/URI(file:///etc/passwd)>>", "<</S/URI/URI(relative.html)>>",
               "<</S/URI/URI(https://example.org/two words)>>", "<</S/URI/URI(https://example.org/\xe9)>>", "<</S/URI/URI 7>>",
               f"<</S/URI/URI(https://example.org/{'x' * 3000})>>", "<</S/JavaScript/JS(app.alert\\(1\\))>>", "<</S/Launch/F(/bin/sh)>>",
               "<</S/SubmitForm/F(https://example.org/submit)>>", "<</S/GoToR/F(other.pdf)/D[0/Fit]>>", "<</S/Named/N/Print>>"]
        for turn in (0, 90):
            pdf = pdfs.Pdf()
            page = pdf.page(pdfs.words("up1"), extra=f"/Rotate {turn}")
            annots = [f"<</Type/Annot/Subtype/Link/Rect[{r[2]} {r[1]} {r[0]} {r[3]}]"
                      f"/A<</S/URI/URI({u.replace('(', chr(92) + '(').replace(')', chr(92) + ')')})/Next<</S/JavaScript/JS(evil)>>>>>>"
                      for u, r in good.items()]
            annots += [f"<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A{a}>>" for a in bad]
            annots += ["<</Type/Annot/Subtype/Link/F 2/Rect[0 0 99 99]/A<</S/URI/URI(https://example.org/hidden)>>>>",
                       "<</Type/Annot/Subtype/Link/Rect[-99 -99 -9 -9]/A<</S/URI/URI(https://example.org/outside)>>>>"]
            pdf.set(page, pdf.objects[page - 1][:-2] + f"/AA<</O<</S/JavaScript/JS(evil)>>>>/Annots[{''.join(annots)}]>>".encode("latin-1"))
            pdf.catalog_extra = "/OpenAction<</S/JavaScript/JS(evil)>>/AA<</WC<</S/JavaScript/JS(evil)>>>>"
            self.put("a.pdf", pdf.bytes())
            volume = self.bind(honour("H1", "a.pdf") + honour("H2", "a.pdf"))
            w, h = (842, 595) if turn else (595, 842)
            scale = min((595.28 - 34 * 72 / 25.4) / w, (841.89 - 50 * 72 / 25.4) / h)
            x = 22 * 72 / 25.4 + (595.28 - 34 * 72 / 25.4 - w * scale) / 2
            y = 12 * 72 / 25.4 + (841.89 - 50 * 72 / 25.4 - h * scale) / 2
            for row in (r for r in self.ledger() if r["kind"] == "copy"):
                found = volume.addresses(row["physical"] - 1)
                self.assertEqual([u for u, _ in found], [u.replace(chr(92) * 2, chr(92)) for u in good])
                for (_, rect), (x0, y0, x1, y1) in zip(found, good.values()):
                    x1, y1 = min(x1, 595), min(y1, 842)
                    want = (y0, x0, y1, x1) if turn else (x0, 842 - y1, x1, 842 - y0)
                    for a, b in zip(rect, (x + scale * want[0], y + scale * want[1], x + scale * want[2], y + scale * want[3])):
                        self.assertAlmostEqual(a, b, delta=0.1)
            everything = json.dumps(volume.json["qpdf"])
            for word in ("JavaScript", "evil", "alert", "/bin/sh", "submit", "passwd", "other.pdf", "/Print", "hidden", "outside", "relative"):
                self.assertNotIn(word, everything)

    def form_pdf(self, field, catalog=""):
        pdf = pdfs.Pdf()
        look = pdf.stream("q 0 0 1 rg 0 0 100 20 re f Q", "/Type/XObject/Subtype/Form/BBox[0 0 100 20]")
        hidden = pdf.add(f"<</Type/Annot/Subtype/Widget/FT/Tx/T(h)/Rect[0 0 300 300]/F 2/AP<</N {look} 0 R>>>>")
        annot = pdf.add(f"<</Type/Annot/Subtype/Widget/T(f)/Rect[100 600 300 640]/F 4{field.format(look=look)}>>")
        page = pdf.page(pdfs.words("fp1"))
        pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{annot} 0 R {hidden} 0 R]>>".encode())
        pdf.catalog_extra = f"/AcroForm<</Fields[{annot} 0 R]{catalog.format(xfa=pdf.stream('<xdp/>'))}>>"
        return pdf.bytes()

    def test_forms_become_content_and_are_warned_about(self):
        self.put("xfa.pdf", self.form_pdf("/FT/Tx/AP<</N {look} 0 R>>", "/XFA {xfa} 0 R>>/NeedsRendering true/Unused<<"))
        self.put("static.pdf", self.form_pdf("/FT/Tx/AP<</N {look} 0 R>>", "/XFA {xfa} 0 R"))
        self.put("signed.pdf", self.form_pdf("/FT/Sig/V<</Type/Sig/Filter/Adobe.PPKLite/Contents<00>>>/AP<</N {look} 0 R>>"))
        self.put("bare.pdf", self.form_pdf("/FT/Tx/V(typed)"))
        self.put("state.pdf", self.form_pdf("/FT/Btn/V/On/AS/On/AP<</N<</On {look} 0 R>>>>"))
        self.put("push.pdf", self.form_pdf("/FT/Btn/AP<</N {look} 0 R>>").replace(b"/F 4", b"/F 0"))
        names = ["xfa.pdf", "signed.pdf", "bare.pdf", "state.pdf", "push.pdf", "static.pdf"]
        body = "".join(honour(f"H{i}", n) for i, n in enumerate(names))
        volume = self.bind(body)
        self.check_volume(volume, dict.fromkeys(names, "f"))
        for n, word in (("xfa", "XFA"), ("signed", "signed")):
            self.assertRegex(self.messages, rf"warning: .*'{n}\.pdf'.*{word}")
        self.assertEqual(self.messages.count("warning:"), 2, self.messages)
        self.assertIn("typed", volume.text(next(r["physical"] for r in self.ledger() if r.get("source") == "bare.pdf") - 1))
        everything = json.dumps(volume.json["qpdf"])
        for word in ("/Widget", "/AcroForm", "/XFA", "/Sig"):
            self.assertNotIn(word, everything)
        for row, drawn in zip([r for r in self.ledger() if r["kind"] == "copy"], (True, True, False, True, False, True)):
            for renderer in ("pdftoppm", "mutool"):
                image = pdfs.render(self.pdf, row["physical"], renderer, 72)
                # 200,620 of the page, on the sheet
                scale = min((595.28 - 34 * 72 / 25.4) / 595, (841.89 - 50 * 72 / 25.4) / 842)
                x = 22 * 72 / 25.4 + (595.28 - 34 * 72 / 25.4 - 595 * scale) / 2 + 200 * scale
                y = 12 * 72 / 25.4 + (842 - 620) * scale
                self.assertEqual(image.at(int(x), int(y)) < 128, drawn, (renderer, row))
        os.unlink(self.pdf)
        self.bind(body, status=1, options=["--strict"])

    def test_a_field_of_absurd_size_is_left_out(self):
        sizes = {"far": "[0 0 200 40]", "huge": f"[0 0 1{'0' * 300}.0 40]"}
        for name, rect in sizes.items():
            pdf = pdfs.Pdf()
            far = f"1{'0' * 300}.0 0 0 1 0 0" if name == "far" else "1 0 0 1 0 0"
            look = pdf.stream("0 0 9 9 re f", f"/Type/XObject/Subtype/Form/BBox[0 0 0.0000000001 1]/Matrix[{far}]")
            page = pdf.page(pdfs.words(f"{name}p1"))
            annot = pdf.add(f"<</Type/Annot/Subtype/Widget/FT/Tx/T(f)/F 4/Rect{rect}/AP<</N {look} 0 R>>>>")
            pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{annot} 0 R]>>".encode())
            self.put(f"{name}.pdf", pdf.bytes())
        volume = self.bind("".join(honour(f"H{i}", f"{name}.pdf") for i, name in enumerate(sizes)))
        self.check_volume(volume, {f"{name}.pdf": name for name in sizes})
        plain = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", self.pdf, "-"], capture_output=True, check=True).stdout
        self.assertNotRegex(plain, rb"\b(inf|nan)\b")
        self.assertIn(b"/A0 Do", plain)  # in a content that both sheets share
        self.assertNotIn(b"/A1 Do", plain)

    def test_the_same_file_twice_is_two_entries_and_stored_once(self):
        noise = random.Random(1).randbytes(200000)
        pdf = pdfs.Pdf()
        image = pdf.stream(noise, "/Type/XObject/Subtype/Image/Width 200/Height 1000/BitsPerComponent 8/ColorSpace/DeviceGray", packed=False)
        pdf.page("q 400 0 0 400 50 50 cm /I Do Q", resources=f"/XObject<</I {image} 0 R>>")
        self.put("a.pdf", pdf.bytes())
        self.put("b.jpg", pdfs.jpeg())
        volume = self.bind(honour("H1", "a.pdf") + honour("H2", "a.pdf") + honour("H3", "b.jpg") + honour("H4", "b.jpg"))
        self.check_volume(volume)
        rows = [r for r in self.ledger() if r["kind"] == "copy"]
        self.assertEqual(len({r["stamped"] for r in rows}), 4)
        self.assertLess(os.path.getsize(self.pdf), 200000 + os.path.getsize(os.path.join(self.dir, "b.jpg")) + 60000)

    def test_layers_that_were_hidden_stay_hidden(self):
        pdf = pdfs.Pdf("1.5")
        layer = pdf.add("<</Type/OCG/Name(hidden)>>")
        pdf.page("/OC /L BDC 0 0 595 842 re f EMC", resources=f"/Properties<</L {layer} 0 R>>")
        pdf.catalog_extra = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
        self.put("a.pdf", pdf.bytes())
        self.bind(honour("H1", "a.pdf"))
        row = next(r for r in self.ledger() if r["kind"] == "copy")
        for renderer in ("pdftoppm", "mutool"):
            self.assertGreater(pdfs.render(self.pdf, row["physical"], renderer, 36).at(150, 150), 250, renderer)


class Stamps(Folder):
    def test_stamps_are_upright_and_in_one_place_whatever_lies_below(self):
        text = pdfs.words("x")
        cases = {"plain": pdfs.marked("x", 1)}
        for turn in (90, 180, 270, -90, 450):
            cases[f"rotate{turn}"] = pdfs.marked("x", 1, extra=f"/Rotate {turn}")
        inherited = pdfs.Pdf()
        inherited.page(text, box=None)
        inherited.pages_extra = "/Rotate 90/MediaBox[0 0 595 842]"
        cases["inherited"] = inherited.bytes()
        cases["crop"] = pdfs.marked("x", 1, extra="/CropBox[100 50 500 700]")
        cases["negative"] = pdfs.marked("x", 1, box=(-300, -400, 295, 442))
        cases["unit"] = pdfs.marked("x", 1, extra="/UserUnit 2")
        for name, content in {"unbalanced": text + "q 1 0 0 -1 0 842 cm 5 0 0 5 0 0 cm q ", "clip": text + "0 0 10 10 re W n ",
                              "pop": "Q Q Q " + text + " Q", "text": text + "BT /F1 9 Tf 7 Tr 300 Tz 50 Ts ",
                              "compatible": text + "BX /X scn 9 foo ", "marks": text + "/Span BMC /P <</MCID 0>> BDC ",
                              "picture": text + "BI /W 2 /H 2 /BPC 8 /CS /G ID (((( EI /Span BMC ",
                              "path": text + "0 0 595 842 re ", "pending clip": text + "0 0 10 10 re W ",
                              "color": text + "1 1 1 rg 1 1 1 RG 0 0 0 0 k 1 g [1 9] 0 d 40 w "}.items():
            pdf = pdfs.Pdf()
            pdf.page(content)
            cases[name] = pdf.bytes()
        split = pdfs.Pdf()
        a, b = split.stream(text + "q 2 0 0 2 0 0 cm 0 0 9 9 re"), split.stream(" W n BT /F1 9 Tf (")
        split.page("", contents=f"[{a} 0 R {b} 0 R]")
        cases["split"] = split.bytes()
        for name, (content, inner) in {"layer": (text + "/OC /L BDC /Span BMC q ", ""), "two layers": (text + "/OC /L BDC EMC /OC /L BDC BT ", ""),
                                       "layer in a form": (text + "/X Do ", "/OC /L BDC "), "form in a form": (text + "/Y Do ", "/OC /L BDC "),
                                       "layer of a note": (text, "/OC /L BDC ")}.items():
            pdf = pdfs.Pdf("1.5")
            layer = pdf.add("<</Type/OCG/Name(hidden)>>")
            layers = f"/Properties<</L {layer} 0 R>>"
            form = pdf.stream(inner, f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{layers}>>")
            outer = pdf.stream("/X Do", f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {form} 0 R>>>>")
            look = pdf.stream("", f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{layers}>>") if name != "layer of a note" else outer
            note = pdf.add(f"<</Type/Annot/Subtype/Stamp/F 4/Rect[9 9 19 19]/AP<</N {look} 0 R>>>>")
            pdf.page(content, extra=f"/Annots[{note} 0 R]", resources=f"{layers}/XObject<</X {form} 0 R/Y {outer} 0 R>>")
            pdf.catalog_extra = f"/OCProperties<</OCGs[{layer} 0 R]/D<</OFF[{layer} 0 R]>>>>"
            cases[name] = pdf.bytes()
        first = {}
        for name, data in cases.items():
            self.put("a.pdf", data)
            volume = self.bind(honour("H1", "a.pdf"))
            self.check_volume(volume)
            page = next(r["physical"] for r in self.ledger() if r["kind"] == "copy")
            for renderer in ("pdftoppm", "mutool"):
                image = pdfs.render(self.pdf, page, renderer, 72)
                corner = [image.row(y)[image.width - 120:] for y in range(image.height - 60, image.height)]
                block = [image.row(y)[50:270] for y in range(image.height - 105, image.height - 20)]
                self.assertTrue(any(v < 100 for row in corner for v in row), (name, renderer))
                # no assertEqual: of unequal pictures it would look for the difference for minutes
                self.assertTrue(first.setdefault((renderer, 0), corner) == corner, (name, renderer))
                self.assertTrue(first.setdefault((renderer, 1), block) == block, (name, renderer))

    def test_contents_of_many_entries_move_no_number(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        self.put("b.pdf", pdfs.marked("b", 2))
        lengths = set()
        for n in (10, 60, 200):
            for options in ([], ["--duplex"]):
                volume = self.bind("".join(honour(f"H{i}", "ab"[i % 2] + ".pdf", f"第{i}项" + "很长的题目" * (i % 9)) for i in range(n)),
                                   options=options)
                self.check_volume(volume, {"a.pdf": "a", "b.pdf": "b"})
                lengths.add(next(r["pages"] for r in self.ledger() if r["kind"] == "contents"))
        self.assertGreater(len(lengths), 2)

    def test_both_sides_and_its_blanks(self):
        for i in (1, 2, 3):
            self.put(f"{i}.pdf", pdfs.marked(f"f{i}", i))
        body = (honour("H1", "1.pdf") + '<award id="J1" name="奖"><evidence kind="获奖证书" href="2.pdf"/></award>'
                '<influence id="Y1" name="影响"><evidence kind="聘书" href="3.pdf"/></influence>')
        volume = self.bind(body, options=["--duplex"])
        self.check_volume(volume)
        ledger = self.ledger()
        for row in ledger:
            if row["kind"] in ("cover", "contents", "separator"):
                self.assertEqual(row["physical"] % 2, 1, row)
        blanks = [r for r in ledger if r["kind"] == "blank"]
        self.assertTrue(any("stamped" in r for r in blanks) and any("stamped" not in r for r in blanks), blanks)
        for row in blanks:
            words = volume.text(row["physical"] - 1)
            self.assertEqual(words, str(row["stamped"]) if "stamped" in row else "")

    def test_shipped_sheets_are_glued_with_their_margin_and_numbered_outside(self):
        """Of the samples, with the papers as they are: on paper, measured in pictures."""
        edge = 22 * 72 / 25.4
        for options in ([], ["--duplex"]):
            done = shenbao("dossier", *options, "-a", "A001", "-a", "A004", "-o", self.dir + "/v/", "--report", self.report,
                           os.path.join(ROOT, "samples", "batch.xml"))
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(self.report, encoding="utf-8") as f:
                everybody = json.load(f)["applicants"]
            for a in everybody:
                self.found = {"applicants": [a]}
                volume = Volume(a["documents"][0]["file"], bool(options))
                self.check_volume(volume)
                for row in a["ledger"]:
                    if row["kind"] in ("cover", "contents", "separator", "paper"):
                        for i in range(row["physical"] - 1, row["physical"] - 1 + row["pages"]):
                            self.check_sheet(volume, i, edge, bool(options) and i % 2 == 1, row)
                    elif row["kind"] == "copy":
                        self.check_sheet(volume, row["physical"] - 1, edge, bool(options) and row["physical"] % 2 == 0, row)

    def check_sheet(self, volume, i, edge, verso, row):
        width, height = volume.pages[i]["size"]
        self.assertLess(width, height, row)
        image = pdfs.render(volume.pdf, i + 1, "pdftoppm", 72)
        dark = [x for x in range(image.width) if any(image.at(x, y) < 128 for y in range(image.height))]
        if dark:  # the milestone form has a blank
            self.assertGreaterEqual(image.width - 1 - dark[-1] if verso else dark[0], edge - 1.5, (row, i))
        words = volume.text(i)
        if row["kind"] == "paper":
            self.assertNotIn("共1页", words)
            self.assertNotIn("共2页", words)
        if row["kind"] == "contents":
            self.assertIn(f"目录第{i - row['physical'] + 2}页共{row['pages']}页", words)
        if "stamped" in row:
            number = str(row["stamped"] + i - (row["physical"] - 1))
            at = [w for w in volume.pages[i]["words"] if w[4] == number and w[1] > height - 40]
            self.assertTrue(any(w[0] < 12.5 * 72 / 25.4 if verso else w[2] > width - 12.5 * 72 / 25.4 for w in at), (row, i, at))

    def test_separators_list_what_follows(self):
        for i in (1, 2, 3):
            self.put(f"{i}.pdf", pdfs.marked(f"f{i}", i))
        for n in (1, 5, 60):
            volume = self.bind("".join(honour(f"H{k}", f"{k % 3 + 1}.pdf", f"第{k}号荣誉" + "长题目" * (k % 9) * 3) for k in range(n)),
                               options=["--duplex"])
            self.check_volume(volume)
            ledger = self.ledger()
            start = next(k for k, r in enumerate(ledger) if r["kind"] == "separator" and r["title"] == "荣誉证书")
            sheet = ledger[start]
            self.assertEqual(sheet["pages"] > 1, n == 60)
            said = "".join(volume.text(k) for k in range(sheet["physical"] - 1, sheet["physical"] - 1 + sheet["pages"]))
            self.assertIn(f"共{n}件", said)
            for row in ledger[start + 1:start + 1 + n]:
                last = row["stamped"] + row["pages"] - 1
                self.assertIn(row["title"], said)
                self.assertIn(f"{row['stamped']}—{last}" if row["pages"] > 1 else str(row["stamped"]), said)

    def test_the_contents_leave_no_stub_and_no_row_without_its_leader(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        for n in (27, 31, 33, 36, 70):
            volume = self.bind("".join(honour(f"H{i}", "a.pdf", f"第{i}项" + "题目" * (i % 20)) for i in range(n)))
            row = next(r for r in self.ledger() if r["kind"] == "contents")
            for i in range(row["physical"] - 1, row["physical"] - 1 + row["pages"]):
                lines = sorted({round(w[1]) for w in volume.pages[i]["words"]})
                self.assertGreater(len(lines), 8, (n, i))
                self.check_leaders(volume, i)

    def check_leaders(self, volume, i):
        """Between what is farthest right of a title and its number there are dots all the way, and one em is free at most."""
        image = pdfs.render(volume.pdf, i + 1, "pdftoppm", 144)
        size = volume.pages[i]["size"][0]
        numbers = [w for w in volume.pages[i]["words"] if w[2] > size - 22 * 72 / 25.4 - 2 and re.fullmatch(r"[\d—]+|无", w[4])]
        self.assertGreater(len(numbers), 4)
        for w in numbers:
            titles = [t[2] for t in volume.pages[i]["words"] if abs(t[3] - w[3]) < 4 and t[2] < w[0]]
            dots = [x / 2 for x in range(int(2 * max(titles)) + 2, int(2 * w[0]) - 1)
                    if any(image.at(x, y) < 200 for y in range(int(2 * w[1]), int(2 * w[3])))]
            places = [max(titles), *dots, w[0]]
            self.assertLess(max(b - a for a, b in zip(places, places[1:])), 13.5, (i, w))

    def test_titles_of_all_planes_come_back(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        titles = ["学历证明（复印件）", "𠮷野家 𫖯𬨂", "a < b & \"c\"", "目录"]
        volume = self.bind("".join(honour(f"H{i}", "a.pdf", t) for i, t in enumerate(titles)))
        self.assertEqual([o[1] for o in volume.outline() if o[0] == 2 and o[1] not in (*dossiers.OWN, "评审打分表")][-len(titles):], titles)
        text = "".join(volume.text(i) for i in range(1, 3))
        for t in titles:
            self.assertIn(t.replace(" ", ""), text)


class Trouble(Folder):
    def test_equal_input_gives_equal_bytes(self):
        out = [os.path.join(self.dir, n) for n in "ab"]
        for path, more in zip(out, ({}, {"cwd": "/", "env": {"TZ": "America/Lima", "LANG": "de_DE.UTF-8"}})):
            done = shenbao("dossier", "-T", self.templates, "-o", path + "/", *(["-j", "1"] if more else ["-j", "2"]),
                           os.path.join(ROOT, "samples", "batch.xml"), **more)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(os.listdir(out[0])), 8)
        for name in os.listdir(out[0]):
            self.assertEqual(pdfs.digest(os.path.join(out[0], name)), pdfs.digest(os.path.join(out[1], name)), name)

    def test_samples_are_bound_whole(self):
        out = os.path.join(self.dir, "out")
        done = shenbao("dossier", "-T", self.templates, "-o", out + "/", "--report", self.report, os.path.join(ROOT, "samples", "batch.xml"))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.report, encoding="utf-8") as f:
            everybody = json.load(f)["applicants"]
        self.assertEqual(len(everybody), 8)
        try:
            import jsonschema
            with open(template("report.schema.json"), encoding="utf-8") as f, open(self.report, encoding="utf-8") as g:
                jsonschema.validate(json.load(g), json.load(f))
        except ImportError:
            pass  # of another python than Debian's
        for a in everybody:
            self.found = {"applicants": [a]}
            self.check_volume(Volume(a["documents"][0]["file"]))
            check = subprocess.run(["qpdf", "--check", a["documents"][0]["file"]], capture_output=True, text=True)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)
            for row in a["ledger"]: # what is never bound (R57): the 代表作, books, originals
                self.assertNotIn("评审表", row["title"])

    def test_three_hundred_attachments_with_few_descriptors(self):
        for i in range(300):
            self.put(f"{i}.pdf", pdfs.marked(f"n{i}", 1))
        body = "".join(honour(f"H{i}", f"{i}.pdf") for i in range(300))
        volume = self.bind(body, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        self.check_volume(volume, {f"{i}.pdf": f"n{i}" for i in range(300)})

    @unittest.skipIf("san" in os.path.basename(dossiers.BUILD), "a sanitizer holds more")
    def test_memory_is_the_inputs_and_twice_the_output_at_most(self):
        noise = random.Random(3).randbytes
        body, total = "", 0
        for i in range(30):
            if i % 2:
                name, data = f"{i}.jpg", pdfs.jpeg()
                data = data[:2] + b"".join(b"\xff\xfe\xff\xff" + noise(65533) for _ in range(20)) + data[2:]
            else:
                pdf = pdfs.Pdf()
                image = pdf.stream(noise(1300000), "/Type/XObject/Subtype/Image/Width 1300/Height 1000/BitsPerComponent 8/ColorSpace/DeviceGray")
                pdf.page("q 400 0 0 400 50 50 cm /I Do Q", resources=f"/XObject<</I {image} 0 R>>")
                name, data = f"{i}.pdf", pdf.bytes()
            self.put(name, data)
            total += len(data)
            body += honour(f"H{i}", name)
        path = self.put("batch.xml", batch(applicant(body)))
        peak = ("import resource,subprocess,sys\nr=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL).returncode\n"
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss*1024,r)")
        for out in (self.pdf, "-"):
            done = subprocess.run(["python3", "-c", peak, dossiers.PROGRAM, "dossier", "-T", self.templates, "--report", self.report, "-o", out,
                                   path], capture_output=True, text=True, check=True)
            held, status = map(int, done.stdout.split())
            self.assertEqual(status, 0, done.stderr)
            self.assertLess(held, total + 2 * os.path.getsize(self.pdf))
        with open(self.report, encoding="utf-8") as f:
            self.assertEqual(json.load(f)["applicants"][0]["documents"][0]["sha256"], pdfs.digest(self.pdf))

    def test_a_disk_that_is_full_at_any_point_leaves_nothing(self):
        """qpdf itself reports success when the last bytes are lost."""
        self.put("a.pdf", pdfs.marked("a", 30))
        path = self.put("batch.xml", batch(applicant(honour("H1", "a.pdf"))))
        out = os.path.join(self.dir, "out")
        os.mkdir(out)
        target = os.path.join(out, "x.pdf")

        def run(limit, to=target):
            def tight():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            return shenbao("dossier", "-T", self.templates, "-o", to, path, preexec_fn=tight)

        self.assertEqual(run(resource.RLIM_INFINITY).returncode, 0)
        size = os.path.getsize(target)
        with open(target, "rb") as f:
            whole = f.read()
        for limit in (0, 1, size // 2, size - 5000, size - 100, size - 1):
            done = run(limit)
            self.assertEqual(done.returncode, 2, (limit, done.stderr))
            self.assertRegex(done.stderr.decode(), "room on the disk|ulimit -f", limit)
            self.assertEqual(os.listdir(out), ["x.pdf"])
            with open(target, "rb") as f:
                self.assertEqual(f.read(), whole)  # the old one
        self.assertEqual(run(size).returncode, 0)
        piped = run(resource.RLIM_INFINITY, "-")
        self.assertEqual((piped.returncode, piped.stdout == whole), (0, True))

    def test_full_disk_and_vanished_files_leave_nothing(self):
        self.put("a.pdf", pdfs.marked("a", 1))
        path = self.put("batch.xml", batch(applicant(honour("H1", "a.pdf"))))
        done = shenbao("dossier", "-T", self.templates, "-o", "/dev/full", path)
        self.assertEqual(done.returncode, 2, done.stderr)
        os.unlink(os.path.join(self.dir, "a.pdf"))
        done = shenbao("dossier", "-T", self.templates, "-o", self.pdf, path)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(sorted(os.listdir(self.dir)), ["T", "batch.xml"])

    def test_a_kill_leaves_no_half_file(self):
        for i in range(60):
            self.put(f"{i}.pdf", pdfs.marked(f"n{i}", 20))
        path = self.put("batch.xml", batch(applicant("".join(honour(f"H{i}", f"{i}.pdf") for i in range(60)))))
        out = os.path.join(self.dir, "out")
        os.mkdir(out)
        for wait in [0.002 * i for i in range(40 if LONG else 12)]:
            child = subprocess.Popen([dossiers.PROGRAM, "dossier", "-T", self.templates, "-o", os.path.join(out, "x.pdf"), path])
            try:
                child.wait(wait * 10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            time.sleep(0.05) # the worker goes with its parent
            for name in os.listdir(out):
                self.assertEqual(name, "x.pdf")
                self.assertEqual(subprocess.run(["qpdf", "--check", os.path.join(out, name)], capture_output=True).returncode, 0)
                os.unlink(os.path.join(out, name))

    def loops(self):
        """Structures that lead back to themselves, or go very deep."""
        loop = pdfs.Pdf()
        page = loop.page(pdfs.words("lp1"))
        item = loop.add("")
        loop.set(item, f"<</Title(t)/Next {item} 0 R/First {item} 0 R/Parent {item} 0 R/Dest[{page} 0 R/Fit]>>")
        names = loop.add("")
        loop.set(names, f"<</Kids[{names} 0 R {names} 0 R]>>")
        field = loop.add("")
        loop.set(field, f"<</Kids[{field} 0 R {field} 0 R]/Parent {field} 0 R/Subtype/Widget/Rect[0 0 1 1]/F 4>>")
        loop.catalog_extra = (f"/Outlines<</First {item} 0 R>>/Names<</Dests {names} 0 R>>/AcroForm<</Fields[{field} 0 R]>>")
        loop.set(page, loop.objects[page - 1][:-2] + f"/Annots[{field} 0 R<</Subtype/Link/Rect[0 0 9 9]/Dest(x)>>]>>".encode())
        return loop.bytes()

    def test_loops_end(self):
        self.put("loop.pdf", self.loops())
        volume = self.bind(honour("H1", "loop.pdf"))
        self.assertIn("lp1", volume.text(next(r["physical"] for r in self.ledger() if r["kind"] == "copy") - 1))

    def test_k4_14_a_page_tree_that_leads_back_has_each_page_once(self):
        pdf = pdfs.Pdf()
        pdf.page(pdfs.words("xp1"))
        pdf.kids.append(pdf.pages)
        self.put("a.pdf", pdf.bytes())
        volume = self.bind(honour("H1", "a.pdf"))
        self.assertRegex(self.messages, r"warning: \[R76.*'a\.pdf' is damaged, and used")
        self.check_volume(volume, {"a.pdf": "x"})

    def test_a_file_that_ends_the_process_costs_one_dossier_and_is_named(self):
        self.put("deep.pdf", pdfs.deep_chain())
        self.put("good.pdf", pdfs.marked("good", 1))
        out = os.path.join(self.dir, "out")
        path = self.put("batch.xml", batch(applicant(honour("H1", "good.pdf") + honour("H2", "deep.pdf"), "A1"),
                                           applicant(honour("H1", "good.pdf"), "B1")))
        done = shenbao("dossier", "-T", self.templates, "-o", out + "/", "--report", self.report, path)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stderr.decode(), r"batch\.xml:4: error: \[R76\] A1 王某某 H2: .*'deep\.pdf'")
        self.assertEqual([n[:2] for n in os.listdir(out)], ["B1"])
        volume = self.bind(honour("H1", "good.pdf") + honour("H2", "deep.pdf"), status=3, options=["--skip-bad"])
        self.check_volume(volume, {"good.pdf": "good"})
        self.assertEqual([r["source"] for r in self.ledger() if r["kind"] == "missing"], ["deep.pdf"])

    def test_every_attachment_has_limits_of_its_own(self):
        """Of time, memory, depth, pages and pixels: each file that goes beyond them is named in one run, and costs one dossier."""
        said = {"slow.pdf": "more than 10 seconds", "content.pdf": "damaged|memory", "objects.pdf": "damaged|memory",
                "levels.pdf": "died", "pages.pdf": "200000 pages, more than the limit of 5000", "pixels.png": "60000x60000 pixels"}
        for name, data in zip(said, (pdfs.slow(), pdfs.content_bomb(), pdfs.object_stream_bomb(), pdfs.page_tree(200000, 1),
                                     pdfs.page_tree(1, 200000), pdfs.png_bomb())):
            self.put(name, data)
        harmless = {"loop.pdf": pdfs.xref_loop(), "brackets.pdf": pdfs.deep_array(), "many.pdf": pdfs.many_objects(30000)}
        for name, data in harmless.items():
            self.put(name, data)
        out = os.path.join(self.dir, "out")
        good = "".join(honour(f"G{i}", n) for i, n in enumerate(harmless))
        bad = "".join(honour(f"H{i}", n) for i, n in enumerate(said))
        path = self.put("batch.xml", batch(applicant(good + bad, "A1"), applicant(good, "B1")))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = shenbao("dossier", "-T", self.templates, "-o", out + "/", path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(done.returncode, 3, done.stderr)
        messages = done.stderr.decode()
        for i, (name, words) in enumerate(said.items()):
            self.assertRegex(messages, rf"error: \[R76\] A1 王某某 H{i}: .*'{name}'.*({words})")
        self.assertEqual(messages.count("error:"), len(said), messages)
        self.assertEqual([n[:2] for n in os.listdir(out)], ["B1"])
        if "san" not in os.path.basename(dossiers.BUILD):
            self.assertLess(after.ru_utime - before.ru_utime, 40)
            self.assertLess(after.ru_maxrss, (1024 + 200) * 1024)

    def test_files_that_were_broken_at_random_never_crash_it(self):
        r = random.Random(7)
        pdf = pdfs.Pdf()
        for i in range(3):
            pdf.page(pdfs.words(f"p{i}"), extra="/Rotate 90/CropBox[10 10 500 700]")
        whole = pdf.bytes()
        for i in range(60 if LONG else 12):
            data = bytearray(whole)
            for _ in range(r.choice([1, 3, 10, 40])):
                at = r.randrange(len(data))
                if r.random() < 0.2:
                    del data[at:at + r.randrange(60)]
                else:
                    data[at] = r.randrange(256)
            self.put(f"{i}.pdf", bytes(data))
        volume = self.bind("".join(honour(f"H{i}", f"{i}.pdf") for i in range(60 if LONG else 12)), status=3, options=["--skip-bad"])
        self.assertEqual(sum(row["pages"] for row in self.ledger()), volume.count())
        self.assertNotRegex(self.messages, "died")

    def test_usage_and_templates(self):
        done = shenbao("dossier", "-h")
        self.assertEqual(done.returncode, 0)
        for option in (b"--duplex", b"--keep-a3", b"--skip-bad", b"--password-file"):
            self.assertIn(option, done.stdout)
        self.assertEqual(shenbao("dossier", "--nonsense").returncode, 2)
        self.put("a.pdf", pdfs.marked("a", 1))
        with open(template("dossier.xml"), encoding="utf-8") as f:
            own = f.read()
        self.put("T/dossier.xml", own.replace('template="statement"', 'template="nowhere"'))
        self.bind(honour("H1", "a.pdf"), status=2)
        self.assertIn("nowhere.xml", self.messages)
        # next year's order is an edit: 荣誉证书 first
        moved = re.search(r'  <section title="荣誉证书">.*?</section>\n', own, re.S).group()
        rest = own.replace(moved, "")
        at = rest.index("  <section")
        self.put("T/dossier.xml", rest[:at] + moved + rest[at:])
        volume = self.bind(honour("H1", "a.pdf"))
        self.check_volume(volume)
        self.assertEqual([r["title"] for r in self.ledger() if r["kind"] == "separator"][0], "荣誉证书")

    def test_a_paper_that_changes_its_length_with_the_numbers_is_refused(self):
        self.put("T/score-sheet.xml", dossiers.STUB.format("score-sheet").replace(
            "<p outline", "<if test=\"page('H1') != ''\"><page-break/><p>x</p><page-break/></if><p outline"))
        self.put("a.pdf", pdfs.marked("a", 1))
        # both passes see the numbers of the plan: the first one none at all
        self.bind(honour("H1", "a.pdf") + '<score item="1" self="1" refs="H1">x</score>', status=2)
        self.assertIn("score-sheet", self.messages)


if __name__ == "__main__":
    unittest.main()
