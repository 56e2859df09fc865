"""What stands on a PDF's pages, measured: runs of text with their places and ruled lines, in millimetres from the upper left corner."""
import re
import subprocess
import xml.etree.ElementTree as ET

MM = 25.4 / 72
NOT_XML = re.compile(r'unicode="[^"]{2,}"|&#(?:x[0-9a-fA-F]*|\d*);?')


class Run:
    """Glyphs of one size on one baseline: x0 to x1, at y."""

    def __init__(self, text, x0, x1, y, size, xs):
        self.text, self.x0, self.x1, self.y, self.size, self.xs = text, x0, x1, y, size, xs

    def __repr__(self):
        return f"{self.text!r} {self.x0:.1f}–{self.x1:.1f}, {self.y:.1f}"


class Page:
    """runs: text in black; rules: (x0, y0, x1, y1), x0 == x1 or y0 == y1."""

    def __init__(self, width, height):
        self.width, self.height, self.runs, self.rules = width, height, [], []

    def text(self):
        return "".join(r.text for r in self.runs)

    def level(self):
        """The level rules from above: (y, x0, x1)."""
        return sorted((y0, x0, x1) for x0, y0, x1, y1 in self.rules if y0 == y1)

    def upright(self):
        return sorted((x0, y0, y1) for x0, y0, x1, y1 in self.rules if x0 == x1)

    def cell(self, run):
        """(left, top, right, bottom): the nearest rules around a run."""
        x, y = (run.x0 + run.x1) / 2, run.y - run.size * MM * 0.35
        beside = [(y0, x0, x1) for y0, x0, x1 in self.level() if x0 <= x <= x1]
        over = [(x0, y0, y1) for x0, y0, y1 in self.upright() if y0 <= y <= y1]
        return (max((a[0] for a in over if a[0] < x), default=0), max((a[0] for a in beside if a[0] < y), default=0),
                min((a[0] for a in over if a[0] > x), default=self.width), min((a[0] for a in beside if a[0] > y), default=self.height))


def numbers(text):
    return [float(n) for n in text.split()]


def lines_of(glyphs):
    """The glyphs of one item, parted where the baseline changes or x goes back."""
    line = []
    for g in glyphs:
        if line and (abs(float(g.get("y")) - float(line[-1].get("y"))) > 0.01 or float(g.get("x")) < float(line[-1].get("x"))):
            yield line
            line = []
        line.append(g)
    yield line


def add_text(page, item):
    if item.get("colorspace") == "DeviceGray" and float((item.get("color") or "0").split()[0]) > 0.5:
        return  # the watermark
    a, b, c, d, e, f = numbers(item.get("transform"))
    for span in item.iter("span"):
        size = numbers(span.get("trm"))[0]
        glyphs = [g for g in span.iter("g") if g.get("unicode")]
        if not glyphs or b:
            continue
        for line in lines_of(glyphs):
            xs = [(a * float(g.get("x")) + e) * MM for g in line]
            page.runs.append(Run("".join(g.get("unicode") for g in line), xs[0],
                                 xs[-1] + float(line[-1].get("adv")) * size * a * MM,
                                 (d * float(line[0].get("y")) + f) * MM, size * abs(d), xs))


def add_rules(page, item):
    a, _, _, d, e, f = numbers(item.get("transform"))
    corners = []
    for step in item:
        if step.tag == "moveto":
            corners = []
        if step.get("x"):
            corners.append(((a * float(step.get("x")) + e) * MM, (d * float(step.get("y")) + f) * MM))
        elif step.tag == "closepath" and corners:
            xs, ys = [c[0] for c in corners], [c[1] for c in corners]
            x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
            if y1 - y0 < 0.9 < x1 - x0:
                page.rules.append((x0, (y0 + y1) / 2, x1, (y0 + y1) / 2))
            elif x1 - x0 < 0.9 < y1 - y0:
                page.rules.append(((x0 + x1) / 2, y0, (x0 + x1) / 2, y1))


def pages(pdf):
    trace = subprocess.run(["mutool", "draw", "-q", "-F", "trace", "-o", "-", pdf], capture_output=True, check=True).stdout
    text = NOT_XML.sub(lambda m: 'unicode="�"' if m[0].startswith("u") else "�", trace.decode("utf-8", "replace"))
    found = []
    for node in ET.fromstring(text).iter("page"):
        x0, y0, x1, y1 = numbers(node.get("mediabox"))
        page = Page((x1 - x0) * MM, (y1 - y0) * MM)
        for item in node.iter():
            if item.tag == "fill_text":
                add_text(page, item)
            elif item.tag in ("fill_path", "stroke_path"):
                add_rules(page, item)
        found.append(page)
    return found
