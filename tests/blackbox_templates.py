"""The papers' templates: valid by form.rng, no wider than their text block, and nothing of the record left unprinted."""
import fnmatch
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from blackbox_evaluation_form import BATCH, WATERMARK, folded, shenbao, text_of
from profiles import parameters, template, templates, whole

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEMA = template("form.rng")
XS = "{http://www.w3.org/2001/XMLSchema}"
RNG = "{http://relaxng.org/ns/structure/1.0}"

# What a form is filled with, where it is not an applicant.
STARTS = {"delegation-letter": "delegation", "dossier-separator": "section", "dossier-missing": "entry",
          "print-tally": "print", "print-separators": "print", "print-labels": "print"}
# What package says of what it prints.
PRINT = {"print": "row value", "row": "c", "value": "@name"}
# What the dossier adds to the applicant for its own sheets: element -> what stands in it.
DOSSIER = {"dossier": "section loose page @title @last @pages",
           "section": "entry @number @title @first @last @anchor @none",
           "entry": "@number @title @first @last @pages @anchor @kind @href",
           "loose": "@number @title @copies @note",
           "page": "@number @kind @side"}
# Variables that the program gives.
GIVEN = {"delegation-letter": {"roster"}}

# Words of the vocabulary that no template binds, and why. Patterns as of file names; one that matches no unbound word must go.
UNPRINTED = {
    "names and joins records": "*/@id",
    "only checked, or used by the checks": """
        batch/@asof batch/@submission unit/@authorised unit/@region applicant/profile profile/* education/@verified
        education/@first */@related batch/@deadline batch/@*-asof applicant/@penalty-until award/@achievement
        employment/@civil-servant unit/@former-names""",
    "names the notice that the batch follows": "batch/@profile",
    "belongs to the roster": "delegation/@filler delegation/@copies unit/contact contact/* applicant/@note",
    "belongs to the dossier, which holds the proofs": """
        evidence/* document/* applicant/none none/* applicant/pension pension/*
        applicant/qualification qualification/* applicant/influence influence/*""",
}


def forms():
    for path in templates():
        if ET.parse(path).getroot().tag == "form":
            yield path, whole(path)


def faults(data):
    """What xmllint says against a template; None when it is valid."""
    root = ET.fromstring(data)
    return said_of(data) if root.tag != "form" else said_of(with_plain_root(root)) or said_of(without_content(root))


def said_of(data):
    done = subprocess.run(["xmllint", "--noout", "--relaxng", SCHEMA, "-"], input=data, capture_output=True)
    return done.stderr.decode() if done.returncode else None


# xmllint goes on with a state of its own for each set of optional attributes that an element has, through all of its content: a form
# of nine such would take minutes. Its root and its content are looked at apart.
ASKED = ("name", "title")


def with_plain_root(root):
    plain = ET.Element(root.tag, {k: v for k, v in root.attrib.items() if k in ASKED})
    plain.extend(root)
    return ET.tostring(plain)


def without_content(root):
    bare = ET.Element(root.tag, root.attrib)
    ET.SubElement(bare, "p").text = "x"
    return ET.tostring(bare)


def expanded(schema):
    """The schema with its named groups put where they are referred to."""
    for kind in ("group", "attributeGroup"):
        named = {g.get("name"): g for g in schema.findall(XS + kind)}
        for parent in list(schema.iter()):
            for i, child in reversed(list(enumerate(parent))):
                if child.tag == XS + kind and child.get("ref") in named:
                    parent[i:i + 1] = list(named[child.get("ref")])
        for group in named.values():
            schema.remove(group)
    return schema


# What the first pass counts (record.h), as if it stood in the record.
COUNTED = {"unit": "recommended", "recommended": "@target @grade @n"}


class Vocabulary:
    """The words of applicants.xsd and rubric.rng: element/@attribute and parent/child."""

    def __init__(self):
        self.children, self.attributes, self.parents = {}, {}, {}
        schema = expanded(ET.parse(template("applicants.xsd")).getroot())
        for element in schema.iter(XS + "element"):
            name = element.get("name")
            if not name:
                continue
            below = [e for e in element.iter(XS + "element") if e is not element]
            self.children.setdefault(name, set()).update(e.get("ref") or e.get("name") for e in below)
            if not below:
                self.attributes.setdefault(name, set()).update(
                    a.get("name") for a in element.iter(XS + "attribute"))
        for element in schema.findall(XS + "element"):
            self.attributes[element.get("name")] = {a.get("name") for a in element.iter(XS + "attribute")}
        for parent, children in self.children.items():
            for child in children:
                self.parents.setdefault(child, set()).add(parent)
        self.ours = {"item"}  # of papers.xml, and the rubrics'
        self.attributes["item"] = {a for i in ET.parse(template("papers.xml")).getroot() for a in i.keys()}
        rubric = ET.parse(template("rubric.rng")).getroot()
        self.defined = {d.get("name"): d for d in rubric.findall(RNG + "define")}
        self.add_rubric(rubric.find(RNG + "start"), None)
        for parent, inside in [("applicant", "dossier"), *DOSSIER.items(), *COUNTED.items(), *PRINT.items()]:
            if parent not in ("applicant", "unit"):
                self.ours.add(parent)
            for name in inside.split():
                if name[0] == "@":
                    self.attributes.setdefault(parent, set()).add(name[1:])
                else:
                    self.children.setdefault(parent, set()).add(name)
                    self.parents.setdefault(name, set()).add(parent)

    def add_rubric(self, pattern, inside):
        for child in pattern:
            name = child.get("name")
            if child.tag == RNG + "attribute":
                self.attributes.setdefault(inside, set()).add(name)
            elif child.tag == RNG + "element":
                self.ours.add(name)
                self.attributes.setdefault(name, set())
                if inside:
                    self.children.setdefault(inside, set()).add(name)
                    self.parents.setdefault(name, set()).add(inside)
                self.add_rubric(child, name)
            elif child.tag == RNG + "ref":
                self.add_rubric(self.defined[name], inside)
            else:
                self.add_rubric(child, inside)

    def words(self):
        """Those of a record."""
        return ({f"{e}/@{a}" for e in self.attributes.keys() - self.ours for a in self.attributes[e]} |
                {f"{p}/{c}" for p in self.children.keys() - self.ours for c in self.children[p]})


class Paths:
    """Follows the location paths of an XPath expression through the vocabulary and notes the words they meet.

    Nodes are element names, and element/@name for attributes. A step that the vocabulary does not know is a fault."""

    TOKEN = re.compile(r"""\s*('[^']*'|"[^"]*"|\d+(?:\.\d+)?|\$[\w-]+|//|\.\.|::|!=|<=|>=|[\w][\w-]*|[-+*/.@()\[\],|=<>])""")
    # What those of our functions give that give nodes.
    FUNCTIONS = {"papers": {"item"}, "applicant": {"applicant"}, "rubric": {"rubric"}, "rubrics": {"rubric"}}
    OPERATORS = {"or", "and", "div", "mod", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "|"}

    def __init__(self, vocabulary):
        self.vocabulary, self.met, self.unknown = vocabulary, set(), []
        bearers = {e for e in vocabulary.children["applicant"] if "id" in vocabulary.attributes.get(e, ())}
        self.functions = {**self.FUNCTIONS, "refs": bearers}

    def follow(self, text, context):
        self.tokens, at = [], 0
        for match in self.TOKEN.finditer(text):
            if match.start() != at:
                break
            self.tokens.append(match.group(1))
            at = match.end()
        if text[at:].strip():
            raise ValueError(f"cannot read {text[at:]!r} in {text!r}")
        self.at, self.text = 0, text
        result = self.expression(context)
        if self.peek() is not None:
            raise ValueError(f"stray {self.peek()!r} in {text!r}")
        return result

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self, context):
        nodes = self.operand(context)
        while self.peek() in self.OPERATORS:
            self.take()
            nodes = nodes | self.operand(context)
        return nodes

    def operand(self, context):
        while self.peek() == "-":
            self.take()
        token = self.peek()
        nodes, primary = set(), True
        if token == "(":
            self.take()
            nodes = self.expression(context)
            self.take()
        elif token[0] in "'\"$" or token[0].isdigit():
            self.take()
        elif self.peek(1) == "(" and token not in ("node", "text"):
            nodes = self.functions.get(self.take(), set())
            self.take()
            while self.peek() != ")":
                self.expression(context)
                if self.peek() == ",":
                    self.take()
            self.take()
        else:
            primary = False
        if not primary:
            return self.path(context)
        nodes = self.predicates(nodes)
        return self.path_rest(nodes)

    def path(self, context):
        if self.peek() == "/":
            self.take()
            context = {"/"}
        return self.path_rest(self.step(context))

    def path_rest(self, nodes):
        while self.peek() == "/":
            self.take()
            nodes = self.step(nodes)
        return nodes

    def predicates(self, nodes):
        while self.peek() == "[":
            self.take()
            self.expression(nodes)
            self.take()
        return nodes

    def step(self, context):
        v, token, found = self.vocabulary, self.take(), set()
        if token == "." or (token == "text" and self.peek() == "("):
            if token == "text":
                self.take()
                self.take()
            return self.predicates(context)
        if self.peek() == "::":
            self.take()
            context = set().union(*(v.parents.get(node, set()) for node in context))
            axis, token = token, self.take()
            if axis == "parent":
                return self.predicates(context & {token})
        if token == "..":
            for node in context:
                found |= {node.split("/@")[0]} if "/@" in node else v.parents.get(node, set())
            return self.predicates(found)
        if token == "@":
            name = self.take()
            for node in context:
                found |= {f"{node}/@{a}" for a in v.attributes.get(node, ()) if name in ("*", a)}
            self.met |= found if name != "*" else set()
            if not found and name != "*":
                self.unknown.append(f"@{name} of {sorted(context)} in {self.text}")
            return self.predicates(found)
        for node in context:
            if node == "/":
                found |= {"batch"} & {token}
                continue
            names = v.children.get(node, set()) if token == "*" else v.children.get(node, set()) & {token}
            found |= names
            if token != "*":
                self.met |= {f"{node}/{n}" for n in names}
        if not found and token != "*":
            self.unknown.append(f"{token} of {sorted(context)} in {self.text}")
        return self.predicates(found)


def bound(forms_and_paths, vocabulary):
    """The words that these templates bind, and the steps that the vocabulary does not know."""
    paths = Paths(vocabulary)
    for _, root in forms_and_paths:
        walk(root, root, {STARTS.get(root.get("name"), "applicant")}, paths)
    return paths.met, paths.unknown


def walk(form, element, context, paths, calls=()):
    """Follows every XPath of a template, for-each by for-each, templates where they are called."""
    for child in element:
        if child.tag == "template":
            continue
        inner = context
        for name in ("select", "test", "href", "anchor", "checked", "to"):
            if child.tag != "page-break" and child.get(name) is not None:
                nodes = paths.follow(child.get(name), context)
                if child.tag == "for-each":
                    inner = nodes
        if child.tag == "call-template" and child.get("name") not in calls:
            called = form.find(f"template[@name='{child.get('name')}']")
            if called is None:
                paths.unknown.append(f"template {child.get('name')}")
            else:
                walk(form, called, context, paths, calls + (child.get("name"),))
        walk(form, child, inner, paths, calls)


POINTS = {"mm": 72 / 25.4, "cm": 720 / 25.4, "pt": 1, "字": 12}


def points(length):
    number, unit = re.fullmatch(r"([\d.]+)(mm|cm|pt|字)", length).groups()
    return float(number) * POINTS[unit]


def measure(form):
    """Width of the text block in points."""
    width, height = {"A4": (210, 297), "A3": (297, 420)}[form.get("paper", "A4")]
    if form.get("orientation") == "landscape":
        width = height
    sides = [points(m) for m in form.get("margin", "20mm").split()]
    right = sides[1] if len(sides) > 1 else sides[0]
    left = sides[3] if len(sides) > 3 else right
    return width * POINTS["mm"] - right - left


class Templates(unittest.TestCase):
    def test_every_form_is_valid(self):
        found = list(forms())
        self.assertIn("evaluation-form", [root.get("name") for _, root in found])
        for path in templates():
            if ET.parse(path).getroot().tag in ("form", "piece"):
                with open(path, "rb") as f:
                    self.assertIsNone(faults(f.read()), path)
        for path, root in found:
            self.assertIsNone(faults(ET.tostring(root)), path)
            self.assertEqual(root.get("name") + ".xml", os.path.basename(path))

    def test_columns_fit_the_text_block(self):
        for path, root in forms():
            for table in root.iter("table"):
                fixed = [c for c in table.get("columns").split() if not c.endswith("fr")]
                width = sum(points(c) for c in fixed)
                room = min(measure(root), points(table.get("width", "1000mm")))
                self.assertLessEqual(width, room + 0.01, f"{path}: {table.get('columns')}")

    def test_styles_templates_and_variables_are_there(self):
        for path, root in forms():
            styles = {s.get("name") for s in root.iter("style")}
            for element in root.iter():
                for name in (element.get("class") or "").split():
                    self.assertIn(name, styles, path)
            given = {v.get("name") for v in root.iter() if v.tag in ("variable", "with-param")}
            used = set(re.findall(r"\$([\w-]+)", " ".join(v for e in root.iter() for v in e.attrib.values())))
            self.assertEqual(used - given - set(parameters()), GIVEN.get(root.get("name"), set()), path)
            called = {c.get("name") for c in root.iter("call-template")}
            self.assertLessEqual(called, {t.get("name") for t in root.iter("template")}, path)
            own = {t.get("name") for t in ET.parse(path).getroot().iter("template")}  # a piece may bring more
            self.assertLessEqual(own, called, path)

    def test_paths_are_in_the_vocabulary_and_no_word_is_forgotten(self):
        vocabulary = Vocabulary()
        met, unknown = bound(forms(), vocabulary)
        self.assertEqual(unknown, [])
        unbound = vocabulary.words() - met
        excused = set()
        for reason, patterns in UNPRINTED.items():
            for pattern in patterns.split():
                hits = set(fnmatch.filter(unbound, pattern))
                self.assertTrue(hits, f"{pattern} ({reason}) is bound by now, or no word of the vocabulary")
                excused |= hits
        self.assertEqual(sorted(unbound - excused), [])


    def test_a_misspelt_word_is_noticed(self):
        for path in ("project[@sinc = 'false']/@name", "projekt/@name", "person/name/@sex", "publicity | ../title", "../../posts"):
            paths = Paths(Vocabulary())
            paths.follow(path, {"applicant"})
            self.assertTrue(paths.unknown, path)
        paths = Paths(Vocabulary())
        nodes = paths.follow("sum((training/@public | title[last()]/@level)[. != '']) - count(../posts) = year(asof())", {"applicant"})
        self.assertEqual(paths.unknown, [])
        self.assertEqual(paths.met, {"applicant/training", "training/@public", "applicant/title", "title/@level", "unit/posts"})
        self.assertEqual(nodes, set())


class EvaluationForm(unittest.TestCase):
    """What the notice and the form's makers prescribe to the letter."""

    @classmethod
    def setUpClass(cls):
        cls.form = whole(template("evaluation-form.xml"))

    def test_head(self):
        facts = {k: self.form.get(k) for k in ("title", "paper", "orientation", "pages", "copies", "binding")}
        self.assertEqual(facts, {"title": "专业技术职务任职资格评审表", "paper": "A4", "orientation": "portrait",
                                 "pages": "even", "copies": "3", "binding": "loose"})
        self.assertEqual([w.get("text") for w in self.form.iter("watermark")],
                         ["浙江省专业技术任职资格申报与评审管理平台"])

    def test_parts(self):
        parts = [p.text for p in self.form.iter("p") if p.get("class") == "part"]
        self.assertEqual(parts, [
            "备注",  # where the count has to be made even
            "一、基本情况", "二、学历（学位）", "三、工作经历", "四、资格与聘任", "五、继续教育", "六、年度考核", "七、主要业绩",
            "八、论文著作", "九、获奖及荣誉情况", "十、专利、软件著作权及标准", "十一、个人述职", "十二、本人承诺", "十三、所在单位意见",
            "十四、主管部门意见", "十五、设区市人力社保部门或省直单位人事部门意见", "十六、专业组意见", "十七、评委会意见", "十八、人力社保部门意见"])
        part = self.form.find("style[@name='part']")
        self.assertEqual((part.get("outline"), part.get("keep-with-next")), ("1", "true"))

    def test_tables_are_as_wide_as_the_text_block_and_have_heads_that_repeat(self):
        ruled = [t for t in self.form.iter("table") if t.get("frame")]  # not the cover's, nor that of the notes
        self.assertEqual(len(ruled), 21)
        for table in ruled:
            self.assertAlmostEqual(sum(points(c) for c in table.get("columns").split()), 167 * POINTS["mm"], 3)
            self.assertEqual(table.get("frame"), "1pt")
            if table.find("thead") is not None:
                self.assertTrue(table.get("continued").endswith("（续）"))
        self.assertAlmostEqual(measure(self.form), 167 * POINTS["mm"], 3)

    def test_the_photo_has_its_place(self):
        photo, = self.form.iter("image")
        self.assertGreaterEqual(points(photo.get("width")), points("30mm"))
        self.assertGreaterEqual(points(photo.get("height")), points("42mm"))
        self.assertEqual(photo.get("required"), "true")

    def test_boxes_with_signatures_are_never_split(self):
        boxes = [tr for tr in self.form.iter("tr") if tr.find("td/foot") is not None]
        self.assertEqual(len(boxes), 8)
        loose = [tr.find("td[foot]").get("label") for tr in boxes if tr.get("keep") != "whole"]
        self.assertEqual(loose, ["个人述职"]) # flows over pages


def printed_forms(value):
    """How a value may stand on paper: a date by points or in words, to the day or to the month; all else as it is."""
    match = re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", value)
    if not match:
        return [folded(value), re.sub("[-–~]", "—", folded(value))]  # pages from—to
    year, month, day = match.groups()
    return [f"{year}.{month}" + (f".{day}" if day else ""), f"{year}.{month}—", f"—{year}.{month}",
            f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")]


def values(element, met):
    """(word, value) of what stands in and below an element of the record, as far as a template binds the word."""
    for name, value in element.attrib.items():
        if f"{element.tag}/@{name}" in met:
            yield f"{element.tag}/@{name}", value
    for child in element:
        if f"{element.tag}/{child.tag}" in met:
            yield from values(child, met)
            for line in (child.text or "").split("\n"):
                yield f"{element.tag}/{child.tag}", line.strip()


class OnPaper(unittest.TestCase):
    """The samples, drawn and read back."""

    # Said by nothing, since it is what everybody expects; truths and paths are printed as something else.
    UNSAID = {"居民身份证", "国内", "true", "false", ""}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.done = shenbao("evaluation-form", "-o", cls.folder.name + "/", BATCH)
        # less what stands between the lines of a text that goes on on the next page
        between = WATERMARK + r"|第\d+页共\d+页|十一、个人述职（续）"
        cls.texts = {name.split("-")[0]: re.sub(between, "", folded(text_of(os.path.join(cls.folder.name, name), "-raw")))
                     for name in os.listdir(cls.folder.name)}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_bound_value_is_printed(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr.decode())
        form = [f for f in forms() if f[1].get("name") == "evaluation-form"]
        met, _ = bound(form, Vocabulary())
        looked_at = 0
        for applicant in ET.parse(BATCH).getroot().iter("applicant"):
            text = self.texts[applicant.get("id")]
            for word, value in values(applicant, met - {"photo/@href"}):
                if value not in self.UNSAID:
                    looked_at += 1
                    self.assertTrue(any(f in text for f in printed_forms(value)),
                                    f"{applicant.get('id')} {word}: {value}")
        self.assertGreater(looked_at, 1000)

    def test_boxes_of_later_hands_are_empty(self):
        last = "人力社保部门意见"
        tails = {text.split("十六、专业组意见")[1].rsplit(last, 1)[0] for text in self.texts.values()}
        self.assertEqual(len(tails), 1)
        self.assertNotRegex(tails.pop(), r"\d")


BASE = """<?xml version="1.0" encoding="UTF-8"?>
<form name="sample" title="样表" paper="A4" margin="20mm 21.5mm" font="song" size="五号" pages="even">
  <watermark text="样" gray="0.85" angle="-30"/>
  <style name="label" font="hei" spread="4字"/>
  <running at="foot" first="false"><p>第<page-number/>页</p></running>
  <template name="cells"><td>甲</td><for-each select="a" min="1"><td/></for-each></template>
  <p class="label" outline="1">标题</p>
  <table columns="20mm 1fr 3字" frame="1pt">
    <thead><tr height="9mm"><td>头</td><call-template name="cells"><with-param name="n" select="1"/></call-template></tr></thead>
    <for-each select="a" min="3">
      <sort select="@b" order="descending" type="number"/>
      <tr min-height="2行" keep="whole">
        <td><p>段<br/><value-of select="." empty="无" one-face="true"/></p><foot><p>签字</p></foot></td>
        <td lines="top left">字<span underline="true">字</span></td>
        <td padding="1mm 2mm"><choose><when test="@a">是</when><otherwise>否</otherwise></choose></td>
      </tr>
    </for-each>
  </table>
  <image href="b/@href" width="3cm" height="42mm"/>
  <page-break to="front"/>
</form>
"""

# (what is wrong, what stands in BASE, what stands there instead)
BROKEN = [
    ("an attribute nobody knows", 'class="label" outline="1"', 'class="label" colour="red"'),
    ("an attribute of another element", '<tr height="9mm">', '<tr height="9mm" colspan="2">'),
    ("a style in place of its name", 'class="label"', 'style="font: hei"'),
    ("a length without unit", 'frame="1pt"', 'frame="1"'),
    ("a unit nobody knows", 'height="9mm"', 'height="9px"'),
    ("a negative length", 'height="9mm"', 'height="-9mm"'),
    ("five margins", 'margin="20mm 21.5mm"', 'margin="1mm 1mm 1mm 1mm 1mm"'),
    ("a size nobody cast", 'size="五号"', 'size="九号"'),
    ("a size for a length", 'frame="1pt"', 'frame="五号"'),
    ("a font file for a role", 'font="song"', 'font="simsun.ttf"'),
    ("a share without fr", 'columns="20mm 1fr 3字"', 'columns="20mm 1 3字"'),
    ("no columns", 'columns="20mm 1fr 3字"', ""),
    ("odd pages", 'pages="even"', 'pages="odd"'),
    ("a bookmark of level 4", 'outline="1"', 'outline="4"'),
    ("a truth by number", 'one-face="true"', 'one-face="1"'),
    ("two rules of height", 'min-height="2行"', 'min-height="2行" height="9mm"'),
    ("a side nobody has", 'lines="top left"', 'lines="top middle"'),
    ("keep as in CSS", 'keep="whole"', 'keep="always"'),
    ("an empty XPath", 'select="@b"', 'select=" "'),
    ("no XPath", '<value-of select="."', "<value-of"),
    ("sort by size", 'type="number"', 'type="size"'),
    ("min of none", 'min="3"', 'min="0"'),
    ("a name with a space", 'name="cells"><td>', 'name="the cells"><td>'),
    ("a row outside a table", '<page-break to="front"/>', "<tr><td/></tr>"),
    ("a cell outside a row", "<thead><tr", "<thead><td/><tr"),
    ("text outside a paragraph", '<page-break to="front"/>', "字"),
    ("text between cells", '<td lines="top left">', '字<td lines="top left">'),
    ("a paragraph in a paragraph", "段<br/>", "<p>段</p>"),
    ("text beside a paragraph", "<td><p>段", "<td>字<p>段"),
    ("a foot outside a cell", '<page-break to="front"/>', "<foot><p/></foot>"),
    ("a foot before the text", "<td><p>段", "<td><foot><p/></foot><p>段"),
    ("a second head", "</thead>", "</thead><thead/>"),
    ("sort that is not first", '<sort select="@b" order="descending" type="number"/>', '<tr><td/></tr><sort select="@b"/>'),
    ("otherwise before when", '<choose><when test="@a">是</when>', '<choose><otherwise/><when test="@a">是</when>'),
    ("choose without when", '<when test="@a">是</when>', ""),
    ("a style after the blocks", '<page-break to="front"/>', '<style name="late"/>'),
    ("words in a break", '<page-break to="front"/>', "<page-break>字</page-break>"),
    ("a word of HTML that is not ours", "<page-break to=\"front\"/>", "<div/>"),
    ("a picture without a box", 'width="3cm" height="42mm"', ""),
    ("cells and blocks in one template", "<td>甲</td>", "<td>甲</td><p/>"),
    ("no title", 'title="样表"', ""),
    ("lighter than white", 'gray="0.85"', 'gray="8.5"'),
    ("less than no share", 'keep="whole"', 'keep="whole" stretch="-1"'),
]


class Schema(unittest.TestCase):
    def test_the_sample_is_valid(self):
        self.assertIsNone(faults(BASE.encode()))

    def test_faults_are_refused(self):
        for what, right, wrong in BROKEN:
            with self.subTest(what):
                self.assertEqual(BASE.count(right), 1, right)
                said = faults(BASE.replace(right, wrong).encode())
                self.assertIsNotNone(said, what)
                self.assertIn("validity error", said, what)

    def test_the_program_refuses_them_too_and_says_where(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as folder:
            path = os.path.join(folder, "evaluation-form.xml")
            for what, right, wrong in [("nothing", "<form", "<form")] + BROKEN:
                with self.subTest(what):
                    with open(path, "w", encoding="utf-8") as f:
                        f.write(BASE.replace(right, wrong))
                    done = shenbao("evaluation-form", "-T", folder, "-a", "A001", "-o", os.path.join(folder, "x.pdf"), BATCH)
                    if what == "nothing":
                        self.assertEqual(done.returncode, 0, done.stderr.decode())
                        continue
                    self.assertEqual(done.returncode, 2, what)
                    self.assertRegex(done.stderr.decode(), r"(?m)^" + re.escape(path) + r":\d+: error: ", what)
