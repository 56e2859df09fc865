"""Batches compared whatever their form: XML, or a workbook made of it."""
import os
import random
import re
import xml.etree.ElementTree as ET
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEMA = os.path.join(ROOT, "templates", "base", "applicants.xsd")
XS = "{http://www.w3.org/2001/XMLSchema}"


def canonical(node):
    """What a batch says: attributes by name, children by kind in their order; what is empty says nothing."""
    attributes = tuple(sorted((k, v) for k, v in node.attrib.items() if v))
    children = sorted((c for c in map(canonical, node) if c), key=lambda c: c[0])
    text = (node.text or "") if len(node) == 0 else ""
    if "\n" in text and not text.strip():  # an element's lines, where no child is left in it
        text = ""
    return (node.tag, attributes, text, tuple(children)) if attributes or text or children else None


def read(path):
    return canonical(ET.parse(path).getroot())


def first_difference(a, b, path=""):
    """Where two canonical batches differ, for a message."""
    if a == b:
        return ""
    if not a or not b or a[0] != b[0]:
        return f"{path}: {str(a)[:300]} / {str(b)[:300]}"
    path += "/" + a[0] + dict(a[1]).get("id", "").join("()")
    if a[1] != b[1] or a[2] != b[2]:
        return f"{path}: {set(a[1]) ^ set(b[1])} {a[2][:200]!r} {b[2][:200]!r}"
    for x, y in zip(a[3], b[3]):
        if x != y:
            return first_difference(x, y, path)
    return f"{path}: {len(a[3])} children, {len(b[3])}"


class Vocabulary:
    """The schema's words: attributes with their types, children, how often each may occur."""

    def __init__(self):
        root = ET.parse(SCHEMA).getroot()
        self.groups = {g.get("name"): g for g in root if g.tag in (XS + "attributeGroup", XS + "group")}
        self.elements = {e.get("name"): e for e in root if e.tag == XS + "element"}
        self.types = {t.get("name"): t for t in root if t.tag == XS + "simpleType"}

    def attributes(self, element):
        """(name, type, required) of each."""
        def walk(node):
            for c in node:
                if c.tag == XS + "attribute":
                    yield c.get("name"), c.get("type"), c.get("use") == "required"
                elif c.tag == XS + "attributeGroup":
                    yield from walk(self.groups[c.get("ref")])
                elif c.tag in (XS + "complexType", XS + "simpleContent", XS + "extension"):
                    yield from walk(c)
        return list(walk(element))

    def children(self, element):
        def walk(node):
            for c in node:
                if c.tag == XS + "element":
                    yield self.elements[c.get("ref")] if c.get("ref") else c
                elif c.tag == XS + "group":
                    yield from walk(self.groups[c.get("ref")] if c.get("ref") else c)
                elif c.tag in (XS + "complexType", XS + "choice"):
                    yield from walk(c)
        return list(walk(element))

    def text_type(self, element):
        extension = element.find(f"{XS}complexType/{XS}simpleContent/{XS}extension")
        return element.get("type") or (extension.get("base") if extension is not None else None)

    def many(self, element):
        return [i.text for i in element.findall(f"{XS}annotation/{XS}appinfo")] == ["many"]

    def values(self, name):
        return [e.get("value") for e in self.types[name].iter(XS + "enumeration")]


class RandomBatch:
    """A batch that the schema allows, as XML text, with all words and characters that are hard to carry."""

    CHARACTERS = "甲乙丙丁示例爆破工程𬱖𠅤㐂ABCxyz0189 　·—“”（）《》<>&'\"；，。、Ωμ²³①/\\-_.%+=#@^é\u00b7"
    WORDS = ["=SUM(A1)", "_x0041_", "+86", "1/8", "2024.10", "1E5", "007", "(3)", "TRUE", "#N/A", "'引号", " 前后有空格 ",
             "2024-06", "至今", "是", "不适用", "a\tb"]

    CODES = ("phone", "uscc", "certificate", "mobile", "id-number")

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.vocabulary = Vocabulary()
        self.ids = 0

    def line(self, breaks=False):
        r = self.random
        if r.random() < 0.15:
            return r.choice(self.WORDS)
        text = "".join(r.choice(self.CHARACTERS + ("\n" if breaks else "")) for _ in range(r.randint(1, 40)))
        return text if any(map(str.isalnum, text)) else "字" + text

    def value(self, kind):
        r = self.random
        if kind in ("line", "specialty", "target", "section"):  # those that a notice may list are open
            return self.line()
        if kind == "text":
            return self.line(True)
        if kind in ("date", "day"):
            full = f"{r.randint(1950, 2026)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"
            return full if kind == "day" else full[:r.choice((4, 7, 10))]
        simple = {"year": lambda: str(r.randint(1960, 2026)),
                  "number": lambda: r.choice((str(r.randint(0, 99999)), f"{r.randint(0, 999)}.{r.randint(0, 9999)}", "0.5", "12.50")),
                  "count": lambda: str(r.randint(0, 999999)),
                  "rank": lambda: r.choice(("1", "3/12", "10/10")),
                  "id": self.new_id, "refs": lambda: "",
                  "pages": lambda: r.choice(("1", "2-4", "1-2,7,9-10")),
                  "bool": lambda: r.choice(("true", "false")),
                  "path": lambda: f"scans/{r.randint(1, 99)}/文件 {r.randint(1, 9)}.pdf"}
        return simple[kind]() if kind in simple else r.choice(self.vocabulary.values(kind))

    def code(self):
        """What is read without its blanks: they say nothing in a number."""
        return self.random.choice(("0571-00000000", "13800000000", "330199198503120013", "33019919850312001X", "01234567890123456789", "示2015000001", "(0571)1234"))

    def new_id(self):
        self.ids += 1
        return f"{self.random.choice('APQ项')}{self.ids}"

    def element(self, declared, refs, depth=0, **fixed):
        """An element as ET; refs: ids that its refs may name."""
        r, v = self.random, self.vocabulary
        node = ET.Element(declared.get("name"))
        for name, kind, required in v.attributes(declared):
            if name in fixed:
                value = fixed[name]
            elif name == "delegation":
                value = None
            elif name == "profile" and declared.get("name") == "batch":
                value = "zhejiang-mining" if r.random() < 0.6 else None  # a notice that is there
            elif kind == "refs":
                value = " ".join(r.sample(refs, min(len(refs), r.randint(0, 3))))
            elif name in self.CODES:
                value = self.code() if r.random() < 0.6 else None
            else:
                value = self.value(kind) if required or r.random() < 0.6 else None
            if value:
                node.set(name, value)
        if declared.get("name") == "evidence" and not node.get("kind") and not node.get("part"):
            node.set("kind", "其他")
        kind = v.text_type(declared)
        if kind:
            node.text = self.code() if declared.get("name") in self.CODES else self.value(kind)
        for child in v.children(declared):
            name = child.get("name")
            if name in ("unit", "delegation", "applicant"):
                continue
            most = r.choice((0, 1, 1, 2, 3)) if v.many(child) else r.choice((0, 1, 1))
            if name in ("person", "name"):
                most = 1
            for _ in range(most):
                made = self.element(child, refs, depth + 1)
                node.append(made)
                if made.get("id") and depth == 0:
                    refs.append(made.get("id"))
        return node

    def batch(self):
        v, r = self.vocabulary, self.random
        self.ids = 0
        batch = self.element(v.elements["batch"], [], asof="2026-09-30")
        for d in range(r.randint(1, 2)):
            batch.append(self.element(v.elements["delegation"], [], id=f"D{d}", issuer=f"委托单位{d}"))
        for u in range(r.randint(1, 3)):
            unit = self.element(v.elements["unit"], [], id=f"U{u}", name=f"单位{u}", delegation="D0", uscc=None)
            for a in range(r.randint(0 if u else 1, 4)):
                unit.append(self.element(v.elements["applicant"], [], id=f"A{u}-{a}"))
            batch.append(unit)
        return ET.tostring(batch, encoding="unicode")


def columns(form):
    """(sheet, row elements, column) of templates/base/workbook.xml."""
    for sheet in ET.parse(form).getroot().iter("sheet"):
        rows = [r.get("element") for r in sheet.iter("row")]
        for column in sheet.iter("column"):
            yield sheet.get("title"), column.get("of", " ".join(rows)).split(), column


def rows_of(path):
    """The lines of a text report that have a place in a workbook: (sheet, cell, rest)."""
    return [m.groups() for m in re.finditer(r"^[^\n]*?\.xlsx:([^!\n]+)!([A-Z]+\d+): (.*)$", path, re.M)]


def parts(path):
    """The parts of a workbook: {name: bytes}."""
    with zipfile.ZipFile(path) as z:
        return {name: z.read(name) for name in z.namelist()}


def pack(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)


def sheet_part(files, title):
    """The name of a sheet's part, as Office's own programs lay them out."""
    book = files["xl/workbook.xml"].decode()
    relation = re.search(rf'<sheet [^>]*name="{re.escape(title)}"[^>]*r:id="(\w+)"', book).group(1)
    entry = next(e for e in re.findall(r"<Relationship [^>]*>", files["xl/_rels/workbook.xml.rels"].decode()) if f'Id="{relation}"' in e)
    target = re.search(r'Target="([^"]*)"', entry).group(1)
    return target.lstrip("/") if target.startswith("/") else "xl/" + target
