#!/usr/bin/env python3
"""reportlab_pages.py FACE PAGES OUT N: N documents of the pages in a JSON file, drawn by ReportLab as OUT-1.pdf and so on."""
import json
import sys

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

face, pages, out, count = sys.argv[1:]
with open(pages, encoding="utf-8") as f:
    pages = json.load(f)
pdfmetrics.registerFont(TTFont("face", face))
for n in range(1, int(count) + 1):
    canvas = Canvas(f"{out}-{n}.pdf", pageCompression=1)
    for texts, rules in pages:
        for x, y, width, height in rules:
            canvas.rect(x, y, width, height, stroke=0, fill=1)
        for x, y, size, text in texts:
            canvas.setFont("face", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
