#!/usr/bin/env python3
"""reportlab_pages.py FACE PAGES OUT N: N documents of the pages in a JSON file, drawn by ReportLab as OUT-1.pdf and so on.

Each text is a paragraph that is broken by the rules of CJK and set at its place, as a form's cells are.
"""
import json
import sys
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

face, pages, out, count = sys.argv[1:]
with open(pages, encoding="utf-8") as f:
    pages = json.load(f)
MOST = 450  # points: the width of a form's text
styles = {}
pdfmetrics.registerFont(TTFont("face", face))
for n in range(1, int(count) + 1):
    canvas = Canvas(f"{out}-{n}.pdf", pageCompression=1)
    for texts, rules in pages:
        for x, y, width, height in rules:
            canvas.rect(x, y, width, height, stroke=0, fill=1)
        for x, y, size, text in texts:
            if size not in styles:
                styles[size] = ParagraphStyle("cell", fontName="face", fontSize=size, leading=size, wordWrap="CJK")
            paragraph = Paragraph(escape(text), styles[size])
            _, height = paragraph.wrapOn(canvas, MOST, MOST)
            paragraph.drawOn(canvas, x, y + size - height)
        canvas.showPage()
    canvas.save()
