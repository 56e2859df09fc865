"""Hostile and broken media, one applicant of a batch at a time: the others are written, the message names the file."""
import os
import re
import shutil
import struct
import tempfile
import unittest
import zlib

from blackbox_evaluation_form import BATCH, ROOT, shenbao

def chunk(kind, data, crc=None):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body) if crc is None else crc)

def png(width, height, idat, crc=None):
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(idat), crc) + chunk(b"IEND", b"")

class HostilePhotos(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-hostile-")
        samples = os.path.join(cls.dir, "samples")
        shutil.copytree(os.path.join(ROOT, "samples"), samples)
        cls.batch = os.path.join(samples, os.path.basename(BATCH))
        with open(cls.batch, encoding="utf-8") as f:
            match = re.search(r'<applicant id="A001".*?<photo href="([^"]+)"', f.read(), re.S)
        cls.photo = os.path.join(samples, match.group(1))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    def draw(self, data):
        """Puts data in the place of A001's photo and draws A001 and A002."""
        if os.path.lexists(self.photo):
            os.remove(self.photo)
        if data is not None:
            with open(self.photo, "wb") as f:
                f.write(data)
        out = tempfile.mkdtemp(dir=self.dir)
        done = shenbao("evaluation-form", "-a", "A001", "-a", "A002", "-o", out + "/", self.batch)
        return done, sorted(os.listdir(out))

    def assert_only_a001_fails(self, data):
        done, made = self.draw(data)
        message = done.stderr.decode()
        self.assertEqual(done.returncode, 3, message)
        self.assertEqual([name.split("-")[0] for name in made], ["A002"])
        self.assertIn("A001", message)
        self.assertIn(os.path.basename(self.photo), message)

    def test_a_name_that_would_forge_a_line(self):
        folder = os.path.join(self.dir, "a\nbatch.xml:1: error: forged\x1b[31m")
        os.mkdir(folder)
        path = os.path.join(folder, "batch.xml")
        with open(self.batch, encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
            out.write(f.read().replace('mode="', 'mode="\u009b31m&#10;batch.xml:1: error: forged', 1))
        for program in ("check", "evaluation-form"): # a report, and errors
            done = shenbao(program, "-a", "A001", path)
            said = done.stdout + done.stderr
            self.assertIn(b"\\x0Abatch.xml:1: error: forged\\x1B[31m/batch.xml:", said)
            self.assertEqual([line for line in said.decode().splitlines() if line.startswith("batch.xml:1")], [])
            self.assertNotIn(b"\x1b", said)
            self.assertNotIn(b"\xc2\x9b", said)

    def test_a_missing_photo(self):
        self.assert_only_a001_fails(None)

    def test_nothing_in_it(self):
        self.assert_only_a001_fails(b"")

    def test_a_png_bomb(self):
        self.assert_only_a001_fails(png(60000, 60000, b"\0" * 7501))

    def test_a_png_with_a_bad_crc(self):
        self.assert_only_a001_fails(png(8, 8, b"\0\xff" * 8, crc=1))

    def test_a_truncated_png(self):
        self.assert_only_a001_fails(png(8, 8, b"\0\xff" * 8)[:50])

    def test_a_jpeg_without_end(self):
        with open(os.path.join(ROOT, "samples", os.path.relpath(self.photo, os.path.dirname(self.batch))), "rb") as f:
            self.assert_only_a001_fails(f.read()[:-40])

    def test_other_kinds_are_named(self):
        for kind, data in (("WebP", b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 24), ("HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 32)):
            done, _ = self.draw(data)
            self.assertEqual(done.returncode, 3)
            self.assertIn(kind.lower(), done.stderr.decode().lower())

    def test_a_link_out_of_the_directory(self):
        outside = os.path.join(self.dir, "outside.jpg")
        shutil.copy(os.path.join(ROOT, "samples", os.path.relpath(self.photo, os.path.dirname(self.batch))), outside)
        if os.path.lexists(self.photo):
            os.remove(self.photo)
        os.symlink(outside, self.photo)
        out = tempfile.mkdtemp(dir=self.dir)
        done = shenbao("evaluation-form", "-a", "A001", "-o", os.path.join(out, "x.pdf"), self.batch)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(os.listdir(out), [])

class MissingGlyphs(unittest.TestCase):
    def test_an_unassigned_character_stops_its_applicant_only(self):
        with tempfile.TemporaryDirectory() as folder:
            samples = os.path.join(folder, "samples")
            shutil.copytree(os.path.join(ROOT, "samples"), samples)
            batch = os.path.join(samples, os.path.basename(BATCH))
            with open(batch, encoding="utf-8") as f:
                text = f.read()
            start = text.index('id="A001"')
            text = text[:start] + re.sub(r"<birthplace>[^<]*", "<birthplace>\U0003fffd", text[start:], count=1)
            with open(batch, "w", encoding="utf-8") as f:
                f.write(text)
            out = os.path.join(folder, "out")
            done = shenbao("evaluation-form", "-o", out + "/", batch)
            message = done.stderr.decode()
            self.assertEqual(done.returncode, 3, message)
            self.assertEqual(len(os.listdir(out)), 7)
            for part in ("R77", "A001", "U+3FFFD", "出生地"):
                self.assertIn(part, message)
            done = shenbao("evaluation-form", "-a", "A001", "-o", os.path.join(folder, "x.pdf"), batch)
            self.assertEqual(done.returncode, 1)
            self.assertFalse(os.path.exists(os.path.join(folder, "x.pdf")))
