"""Batches for the dossier's tests, and how a bound volume is read back."""
import html
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.join(BUILD, "bin", "shenbao")
OWN = ("work-history", "statement", "score-sheet", "milestone-form")

STUB = """<?xml version="1.0" encoding="UTF-8"?>
<form name="{0}" title="{0}" paper="A4" margin="25mm" font="song" size="10.5pt">
  <p outline="1">{0}</p>
  <for-each select="score">
    <p><value-of select="@item"/>=<value-of select="page(@refs)" empty="缺"/>;</p>
  </for-each>
</form>
"""


def overlay(folder, names=OWN):
    """Small papers of ours in a folder for -T: what the real ones look like is for other tests."""
    os.makedirs(folder, exist_ok=True)
    for name in names:
        with open(os.path.join(folder, name + ".xml"), "w", encoding="utf-8") as f:
            f.write(STUB.format(name))
    return folder


def shenbao(*args, **more):
    env = dict(os.environ, LC_ALL="C", **more.pop("env", {}))
    return subprocess.run([PROGRAM, *args], capture_output=True, env=env, timeout=300, **more)


def applicant(body, ident="A1", name="王某某", mode="自评分申报"):
    return (f'<applicant id="{ident}" mode="{mode}" target="高级工程师" specialty="爆破工程"><person><name>{name}</name><sex>男</sex></person>'
            f'{body}<statement>述</statement></applicant>')


def batch(*applicants):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<batch year="2026" asof="2026-09-30" submission="2026-10-10"><plan>计划</plan>\n'
            '<unit id="U1" name="示例公司" kind="企业"><contact name="甲" phone="1"/>\n' + "\n".join(applicants) + "\n</unit></batch>\n")


def honour(ident, href, name=None, pages=None, date="2021-01"):
    selected = f' pages="{pages}"' if pages else ""
    return (f'<honour id="{ident}" date="{date}" name="{html.escape(name or ident)}" grade="市级" by="某">'
            f'<evidence kind="荣誉证书" href="{html.escape(href)}"{selected}/></honour>')


class Volume:
    """What a reader sees: the words of each page with their places, the numbers stamped on it, links and bookmarks."""

    def __init__(self, pdf, duplex=False):
        self.pdf, self.duplex = pdf, duplex
        xml = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, check=True).stdout
        xml = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", xml)
        space = "{http://www.w3.org/1999/xhtml}"
        self.pages = []
        for page in ET.fromstring(xml).iter(space + "page"):
            self.pages.append({"size": (float(page.get("width")), float(page.get("height"))),
                               "words": [(float(w.get("xMin")), float(w.get("yMin")), float(w.get("xMax")), float(w.get("yMax")),
                                          w.text or "") for w in page.iter(space + "word")]})
        data = subprocess.run(["qpdf", "--json=2", "--json-key=qpdf", "--json-key=pages", "--json-key=outlines", pdf],
                              capture_output=True, check=True).stdout
        self.json = json.loads(data.decode(errors="replace"))  # names of broken files may be any bytes
        self.objects = {k[4:]: v for k, v in self.json["qpdf"][1].items() if k.startswith("obj:")}
        self.index = {p["object"]: i for i, p in enumerate(self.json["pages"])}

    def count(self):
        return int(subprocess.run(["qpdf", "--show-npages", self.pdf], capture_output=True, text=True, check=True).stdout)

    def text(self, i):
        return "".join(w[4] for w in self.pages[i]["words"])

    def stamp(self, i):
        """The number in the lower outer corner; None: there is none."""
        width, height = self.pages[i]["size"]
        verso = self.duplex and i % 2 == 1
        found = [w[4] for w in self.pages[i]["words"]
                 if w[1] > height - 45 and (w[2] < 110 if verso else w[0] > width - 110)]
        return int(found[-1]) if found and found[-1].isdigit() else None

    def get(self, value):
        while isinstance(value, str) and re.fullmatch(r"\d+ \d+ R", value):
            o = self.objects[value]
            value = o.get("value", o.get("stream"))
        return value

    def links(self, i):
        """(rectangle with y downward, page index, y on that page from its top) of each link on a page."""
        page = self.get(self.json["pages"][i]["object"])
        height = self.pages[i]["size"][1]
        out = []
        for ref in self.get(page.get("/Annots", [])):
            a = self.get(ref)
            if "/Dest" not in a:
                continue
            x0, y0, x1, y1 = self.get(a["/Rect"])
            to = self.get(a["/Dest"])
            target = self.index[to[0]]
            out.append(((x0, height - y1, x1, height - y0), target, self.pages[target]["size"][1] - to[3]))
        return out

    def addresses(self, i):
        """(address, rectangle with y downward) of each link on a page that leads out of the file."""
        page, height = self.get(self.json["pages"][i]["object"]), self.pages[i]["size"][1]
        every = [self.get(ref) for ref in self.get(page.get("/Annots", []))]
        return [(a["/A"]["/URI"].removeprefix("u:"), (a["/Rect"][0], height - a["/Rect"][3], a["/Rect"][2], height - a["/Rect"][1]))
                for a in every if a.get("/A", {}).get("/S") == "/URI"]

    def within(self, i, rect):
        x0, y0, x1, y1 = rect
        return "".join(w[4] for w in self.pages[i]["words"]
                       if (w[0] + w[2]) / 2 >= x0 - 1 and (w[0] + w[2]) / 2 <= x1 + 1 and y0 - 2 <= (w[1] + w[3]) / 2 <= y1 + 2)

    def outline(self):
        """(level, title, page index), in order."""
        out = []

        def walk(items, level):
            for item in items:
                out.append((level, item["title"], item["destpageposfrom1"] - 1))
                walk(item["kids"], level + 1)
        walk(self.json["outlines"], 1)
        return out
