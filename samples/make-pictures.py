#!/usr/bin/env python3
"""The pictures of README.md: pages that come out of samples/batch.xml. "make pictures" runs it, with pdftoppm (poppler-utils), and with
Chromium, where that is, for the report."""
import glob
import os
import shutil
import struct
import subprocess
import tempfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# name: a document of the package, its page, dots per inch
PICTURES = {"evaluation-form": ("A001*/评审表.pdf", 3, 75),
            "composite-table": ("A001*/综合表.pdf", 1, 75),
            "contents": ("A001*/书面材料.pdf", 2, 75),
            "score-sheet": ("A001*/评审打分表.pdf", 1, 75),
            "roster": ("花名册.pdf", 1, 75)}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pgm):
    """16 shades of grey do for print, and take a third of the room of 256."""
    _, size, _, pixels = pgm.split(b"\n", 3)
    width, height = map(int, size.split())
    rows = bytearray()
    for y in range(height):
        row = [(v + 8) // 17 for v in pixels[y * width:(y + 1) * width]] + [0] * (width % 2)
        rows += b"\0" + bytes(a << 4 | b for a, b in zip(row[::2], row[1::2]))
    head = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def main():
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([os.path.join(ROOT, "build/bin/shenbao"), "package", "-q", "-o", out, os.path.join(ROOT, "samples/batch.xml")],
                       check=True)
        for name, (path, page, dpi) in PICTURES.items():
            file = next(f for f in glob.glob(os.path.join(out, "**", path), recursive=True) if "/print/" not in f)
            pgm = subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), "-f", str(page), "-l", str(page), file],
                                 capture_output=True, check=True).stdout
            with open(os.path.join(ROOT, "samples", "pictures", name + ".png"), "wb") as f:
                f.write(png(pgm))
        if shutil.which("chromium"):
            subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--lang=zh-CN", "--hide-scrollbars",
                            "--window-size=1000,1100", "--screenshot=" + os.path.join(ROOT, "samples/pictures/report.png"),
                            os.path.join(out, "report.html")], check=True, capture_output=True)


main()
