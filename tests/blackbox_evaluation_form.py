"""evaluation-form from outside: what is on the pages, the exit statuses, and that no half file is ever left."""
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

from batches import generate

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")
BATCH = os.path.join(ROOT, "samples", "batch.xml")
WATERMARK = "浙江省专业技术任职资格申报与评审管理平台"


def shenbao(*args, **more):
    env = dict(os.environ, LC_ALL="C", **more.pop("env", {}))
    return subprocess.run([PROGRAM, *args], capture_output=True, env=env, timeout=120, **more)


def folded(text):
    return re.sub(r"\s+", "", text)


def text_of(pdf, *options):
    return subprocess.run(["pdftotext", *options, pdf, "-"], capture_output=True, text=True, check=True).stdout


def gray_pixels(path):
    """(width, height, bytes) of a binary PGM."""
    with open(path, "rb") as f:
        head = re.match(rb"P5\s+(?:#.*\s+)?(\d+)\s+(\d+)\s+255\s", data := f.read())
    return int(head[1]), int(head[2]), data[head.end():]


class EvaluationForm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        cls.out = os.path.join(cls.dir, "out")
        cls.report = os.path.join(cls.dir, "report.json")
        cls.done = shenbao("evaluation-form", "-o", cls.out + "/", "--report", cls.report, BATCH)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def pdfs(self):
        return [os.path.join(self.out, n) for n in sorted(os.listdir(self.out))]

    def test_all_samples_are_written(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr.decode())
        with open(self.report, encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual(len(report["applicants"]), 8)
        self.assertEqual(len(self.pdfs()), 8)
        for a in report["applicants"]:
            self.assertIn(a["status"], ("ok", "warned"))
            self.assertEqual(a["documents"][0]["copies"], 3)
            self.assertEqual(a["documents"][0]["pages"] % 2, 0)

    def test_qpdf_finds_nothing(self):
        for pdf in self.pdfs():
            done = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_fonts_are_embedded_subset_and_mapped(self):
        for pdf in self.pdfs():
            table = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, check=True).stdout
            rows = table.splitlines()[2:]
            self.assertTrue(rows)
            for row in rows:
                self.assertRegex(row, r"yes\s+yes\s+yes", pdf)

    def test_names_and_long_texts_are_found_again(self):
        ids = {os.path.basename(p).split("-")[0]: p for p in self.pdfs()}
        for applicant in ET.parse(BATCH).getroot().iter("applicant"):
            # in the order of the content stream: cell by cell, where the page's order mixes lines of neighbouring cells
            text = folded(text_of(ids[applicant.get("id")], "-raw"))
            for path in ("person/name", "person/id-number", "person/mobile"):
                self.assertIn(folded(applicant.findtext(path)), text, path)
            for project in applicant.iter("project"):
                self.assertIn(folded(project.get("name")), text)

    def test_every_page_has_the_watermark(self):
        pdf = self.pdfs()[0]
        for page in text_of(pdf).split("\f")[:-1]:
            self.assertIn(WATERMARK, folded(page))

    def test_two_renderers_draw_the_same_page(self):
        pdf = self.pdfs()[0]
        subprocess.run(["pdftoppm", "-r", "70", "-gray", pdf, os.path.join(self.dir, "a")], check=True)
        subprocess.run(["mutool", "draw", "-q", "-r", "70", "-c", "gray", "-o", os.path.join(self.dir, "b-%02d.pgm"), pdf],
                       check=True, capture_output=True)
        for name in sorted(n for n in os.listdir(self.dir) if n.startswith("a-")):
            one, other = (gray_pixels(os.path.join(self.dir, n)) for n in (name, "b" + name[1:]))
            self.assertEqual(one[:2], other[:2], name)
            apart = sum(abs(x - y) > 64 for x, y in zip(one[2], other[2]))
            self.assertLess(apart, len(one[2]) / 100, name)

    def test_other_zone_locale_and_directory_give_the_same_bytes(self):
        other = os.path.join(self.dir, "other")
        done = shenbao("evaluation-form", "-j", "1", "-o", other + "/", BATCH, cwd="/",
                       env={"TZ": "America/Lima", "LANG": "de_DE.UTF-8"})
        self.assertEqual(done.returncode, 0, done.stderr)
        for pdf in self.pdfs():
            with open(pdf, "rb") as a, open(os.path.join(other, os.path.basename(pdf)), "rb") as b:
                self.assertEqual(hashlib.sha256(a.read()).digest(), hashlib.sha256(b.read()).digest(), pdf)

    def test_one_applicant_goes_to_standard_output(self):
        done = shenbao("evaluation-form", "-a", "A001", BATCH)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith(b"%PDF-"))
        self.assertEqual(shenbao("evaluation-form", BATCH).returncode, 2)

    def test_full_disk_is_noticed_and_the_device_stays(self):
        done = shenbao("evaluation-form", "-a", "A001", "-o", "/dev/full", BATCH)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))

    def test_numbers_of_volumes_of_any_kind_are_printed(self):
        """卷期页 stand on one line where they are as short as such numbers are, and are never a reason to print nothing."""
        folder = os.path.join(self.dir, "volumes")
        os.mkdir(folder)
        for name in ("photos", "scans"):
            shutil.copytree(os.path.join(ROOT, "samples", name), os.path.join(folder, name))
        with open(BATCH, encoding="utf-8") as f:
            text = f.read()
        self.assertEqual(text.count('volume="34"'), 1)
        batch, out = os.path.join(folder, "batch.xml"), os.path.join(folder, "out.pdf")
        for volume in ("第三十四卷总第二百零五期（增刊）", "1234567890123456789012345"):
            with open(batch, "w", encoding="utf-8") as f:
                f.write(text.replace('volume="34"', f'volume="{volume}"'))
            for paper in ("evaluation-form", "composite-table"):
                done = shenbao(paper, "-q", "-a", "A001", "-o", out, batch)
                self.assertEqual((done.returncode, done.stderr), (0, b""), (paper, volume))
                self.assertIn(volume, folded(text_of(out, "-raw")))

    def test_invisible_characters_are_told_and_do_not_print(self):
        """R78: pasted with the text, by no font drawn; the paper is the one without them, but for the soft hyphen's place."""
        invisible = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u202e\u2060\u2066\u3164\ufeff\uffa0\U000e0020"
        folder = os.path.join(self.dir, "invisible")
        os.mkdir(folder)
        for name in ("photos", "scans"):
            shutil.copytree(os.path.join(ROOT, "samples", name), os.path.join(folder, name))
        with open(BATCH, encoding="utf-8") as f:
            plain = f.read()
        dirty = plain.replace("一、主要工程业绩", invisible.join("一、主要工程业绩"), 1).replace("<name>陈", "<name>\u200b陈\u200d", 1)
        dirty = dirty.replace("exemplary", "exem\u00adplary").replace("任现职以来", "任现职\u00a0以来", 1)
        path = os.path.join(folder, "batch.xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(dirty)
        out = os.path.join(folder, "out.pdf")
        done = shenbao("evaluation-form", "-a", "A001", "--lang", "zh", "-o", out, path)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        said = done.stderr.decode().splitlines()
        self.assertEqual([line for line in said if "R78" not in line or "warning" not in line], [])
        name = next(line for line in said if "姓名" in line)
        self.assertIn("U+200B、U+200D", name)
        statement = next(line for line in said if "个人述职" in line)
        self.assertIn("、".join(f"U+{ord(c):04X}" for c in invisible), statement)
        self.assertIn("（在“一”之后）", statement)
        clean = os.path.join(self.out, sorted(os.listdir(self.out))[0])
        self.assertEqual(folded(text_of(out, "-raw")).replace("\u00ad", ""), folded(text_of(clean, "-raw")))

    def test_truncated_and_hostile_xml(self):
        with open(BATCH, "rb") as f:
            whole = f.read()
        bomb = (b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
                b"<batch>&b;</batch>")
        for data in (whole[: len(whole) // 20], bomb, b"", b"\xff\xfe\x00"):
            path = os.path.join(self.dir, "bad.xml")
            with open(path, "wb") as f:
                f.write(data)
            target = os.path.join(self.dir, "bad.pdf")
            done = shenbao("evaluation-form", "-o", target, path)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(b"bad.xml", done.stderr)
            self.assertFalse(os.path.exists(target))


class Many(unittest.TestCase):
    """A large batch: the same memory as a small one, and every document."""

    COUNT = 3000 if os.environ.get("SHENBAO_LONG") else 200

    def test_memory_is_flat_and_nothing_is_missing(self):
        peaks = []
        for count in (16, self.COUNT):
            with tempfile.TemporaryDirectory(prefix="shenbao-test-") as folder:
                out = os.path.join(folder, "out")
                script = ("import resource,subprocess,sys;r=subprocess.run(sys.argv[1:]).returncode;"
                          "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(r)")
                done = subprocess.run([sys.executable, "-c", script, PROGRAM, "evaluation-form", "-o", out + "/",
                                       generate(folder, count)], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                peaks.append(int(done.stdout))
                self.assertEqual(len(os.listdir(out)), count)
        with open(PROGRAM, "rb") as f:
            sanitized = b"__asan_init" in f.read()
        if not sanitized: # there freed memory is kept on purpose
            self.assertLess(peaks[1], 64 * 1024)
            self.assertLess(peaks[1], peaks[0] * 1.25)
