"""roster from outside: workbooks read back by openpyxl and LibreOffice, the PDF by pdftotext, and no half file ever left."""
import csv
import datetime
import json
import os
import re
import resource
import shutil
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET
import zipfile

import openpyxl

from batches import generate
from blackbox_evaluation_form import BATCH, PROGRAM, folded, shenbao, text_of
from cost import cpu
from profiles import template

TITLE = "推荐高级工程师职务任职资格人员花名册"
SOFFICE = shutil.which("soffice")
LONG = bool(os.environ.get("SHENBAO_LONG"))
with open(PROGRAM, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()

# What other programs lost, changed or ran: each is to come back as it is.
AWKWARD = ["=1+1", "+86 138", "-", "@sum", '=HYPERLINK("http://x.invalid","y")', "000123", "1e5", "12345678901234567890",
           "_x0041_", "a&b<c>'\"", "王\u200f某", "\U0002CC56\U00020BB7\U0002B5AF\U0002A6A5", "1/8", "2020-06", "TRUE", "#N/A",
           " 前后有空格 ", "#REF!", "'单引号", "{=A1}", "ﾊﾝｶｸ", "é́", "第一行\n第二行"]

TEMPLATE = """<roster title="花名册" sheet="花名册" paper="A4" size="9pt" row-height="8mm" freeze="1" spare="200">
  <heading><field columns="1-3" select="@issuer | self::unit/@name">单位：</field></heading>
  <column head="序号" width="10mm" type="index"/>
  <column head="姓名" width="20mm" select="person/name"/>
  <group head="证件"><column head="身份证号" width="38mm" type="code" select="person/id-number"/>
    <column head="手机" width="28mm" type="code" select="person/mobile"/></group>
  <column head="出生" width="18mm" type="date" select="person/birth"/>
  <column head="分数" width="14mm" type="number" select="scoring/@self-total"/>
  <column head="备注" width="40mm" align="left" select="@note"/>{more}
  <sum>合计 <count/> 人，男 <count test="person/sex = '男'"/> 人</sum>
  <footer>第 <page-number/> 页 共 <page-count/> 页</footer>
</roster>
"""


def person(number, name="张三", note="", birth="1985-03-12", sex="男", mode="正常申报", score="80.5"):
    quoted = (note.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\n", "&#10;"))
    return (f'<applicant id="P{number}" mode="{mode}" specialty="爆破工程" target="高级工程师" note="{quoted}">'
            f"<person><name>{name}</name><sex>{sex}</sex><birth>{birth}</birth>"
            f'<id-number type="居民身份证">330199198503120013</id-number><mobile>13800000001</mobile></person>'
            f'<scoring self-total="{score}"/><statement>述职</statement></applicant>')


def batch(units, delegations=("D1",)):
    """units: (id, delegation, name, [applicants])."""
    heads = "".join(f'<delegation id="{d}" issuer="{d}局" filler="方远" phone="0571-00000000" date="2026-09-20"/>'
                    for d in delegations)
    bodies = "".join(f'<unit id="{u}" delegation="{d}" name="{n}" kind="企业">{"".join(people)}</unit>'
                     for u, d, n, people in units)
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<batch year="2026" asof="2026-09-30"><plan>计划</plan>\n{heads}\n'
            f"{bodies}\n</batch>")


def ranges_of(sheet):
    return [(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges]


def column_of(sheet, head, first=3, last=4):
    """The number of the column with this head in either of its rows."""
    for row in range(last, first - 1, -1):
        for cell in sheet[row]:
            if cell.value == head:
                return cell.column
    raise KeyError(head)


def first_columns(pdf):
    """Of each page, of each row that begins there, from above: the words in the first two columns of the roster that ships."""
    done = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    edges = [22.7, 22.7 + 28.3, 22.7 + 28.3 + 40.4]  # points: the margin, 10.5 and 15 mm at 404 / 425
    pages = []
    for page in done.split("<page ")[1:]:
        words = sorted((float(y), float(x), word) for x, y, word in
                       re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)</word>', page))
        sums = [y for y, _, word in words if word.startswith("合计")]
        numbers = [w for w in words if edges[0] < w[1] < edges[1] and w[2].isdigit() and w[0] not in sums]
        pages.append([(word, "".join(n for at, x, n in words if abs(at - y) < 12 and edges[1] < x < edges[2]))
                      for y, _, word in numbers])
    return pages


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def make(self, source, *options, template=None, out="out.xlsx", status=0):
        """Runs roster on a batch's text, with a template of its own; the path of what it wrote."""
        name = self.write("batch.xml", source)
        if template:
            self.write("templates/roster.xml", template)
            options += ("-T", self.path("templates"))
        self.done = shenbao("roster", "-o", self.path(out), *options, name)
        self.assertEqual(self.done.returncode, status, self.done.stderr.decode())
        return self.path(out)

    def errors(self):
        return self.done.stderr.decode()


class Samples(Case):
    """The roster of the samples, by the template that ships."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="shenbao-test-")
        cls.file = os.path.join(cls.folder, "roster.xlsx")
        cls.report = os.path.join(cls.folder, "report.json")
        cls.done = shenbao("roster", "-o", cls.file, "--report", cls.report, BATCH)
        cls.book = openpyxl.load_workbook(cls.file)
        cls.sheet = cls.book["花名册"]
        cls.people = list(ET.parse(BATCH).getroot().iter("applicant"))
        cls.units = {a.get("id"): u for u in ET.parse(BATCH).getroot().iter("unit") for a in u.iter("applicant")}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_written_in_silence_and_reported(self):
        self.assertEqual((self.done.returncode, self.done.stdout, self.done.stderr), (0, b"", b""))
        with open(self.report, encoding="utf-8") as f:
            report = json.load(f)
        document = report["delegations"][0]["documents"][0]
        self.assertEqual(document["rows"], 8)
        self.assertEqual(document["copies"], 1)
        self.assertEqual(report["counts"], {"applicants": 8, "delegations": 1, "written": 1, "errors": 0, "warnings": 0})

    def test_every_value_is_read_back_as_it_is_in_the_record(self):
        paths = {"姓名": "person/name", "性别": "person/sex", "身份证号": "person/id-number", "手机": "person/mobile"}
        for i, a in enumerate(self.people):
            row, unit = 5 + i, self.units[a.get("id")]

            def value(head):
                return self.sheet.cell(row, column_of(self.sheet, head)).value

            self.assertEqual(value("序号"), i + 1)
            for head, path in paths.items():
                self.assertEqual(value(head), a.findtext(path))
            self.assertEqual(value("工作单位"), unit.get("name"))
            self.assertEqual(value("主管部门"), unit.get("supervisor") or "无")
            self.assertEqual(value("单位性质"), unit.get("kind"))
            self.assertEqual(value("申报方式"), a.get("mode"))
            self.assertEqual(value("备注"), a.get("note") or None)
            self.assertEqual(value("是否在编"), {"true": "是", "false": "否"}.get(a.find("employment").get("established")))
            birth = datetime.datetime.fromisoformat(a.findtext("person/birth")) if len(a.findtext("person/birth")) == 10 \
                else a.findtext("person/birth").replace("-", ".")
            self.assertEqual(value("出生年月"), birth)
            scoring = a.find("scoring")
            self.assertEqual(value("自评分"), float(scoring.get("self-total")) if scoring is not None else None)
            title = a.find("title[@current='true']")
            obtained = title.get("obtained")
            self.assertEqual(value("取得时间"), datetime.datetime.fromisoformat(obtained) if len(obtained) == 10
                             else obtained.replace("-", "."))
            levels = {"博士": 4, "硕士": 3, "研究生": 3, "本科": 2}
            top = max(a.findall("education"), key=lambda e: (max((v for k, v in levels.items() if k in e.get("level")), default=1),
                                                             a.findall("education").index(e)))
            self.assertEqual(value("学历"), top.get("level"))
            self.assertEqual(value("毕业院校"), top.get("school"))
            self.assertEqual("".join(value("近5年考核").split()), "".join(
                f"{g}{n}" for g in ("优秀", "合格")
                if (n := sum(r.get("grade") == g and int(r.get("year")) >= 2021 for r in a.iter("review")))))

    def test_heading_sum_and_foot(self):
        texts = [c.value for row in self.sheet.iter_rows() for c in row if isinstance(c.value, str)]
        self.assertEqual(texts[0], TITLE)
        for text in ("单位（盖章）：示例市人力资源和社会保障局", "填报人：方远", "联系电话：0571-00000000", "填报时间：2026年9月20日",
                     "合计 8 人，其中正常申报 4 人，自评分申报 2 人，标志性业绩直接申报 1 人，转（兼）评申报 1 人；破格 1 人。"):
            self.assertIn(text, texts)

    def test_heads_span_and_ranges_do_not_overlap(self):
        ranges = ranges_of(self.sheet)
        self.assertIn((1, 1, 1, 30), ranges)
        self.assertIn((3, 1, 4, 1), ranges)  # 序号, over both rows
        start = column_of(self.sheet, "学历")
        self.assertEqual(self.sheet.cell(3, start).value, "最高学历")
        self.assertIn((3, start, 3, start + 4), ranges)
        for i, a in enumerate(ranges):
            for b in ranges[:i]:
                self.assertFalse(a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3], (a, b))

    def test_it_is_set_up_to_print_at_the_first_try(self):
        s = self.sheet
        self.assertEqual((s.page_setup.orientation, s.page_setup.paperSize), ("landscape", 8))
        self.assertEqual((s.sheet_properties.pageSetUpPr.fitToPage, s.page_setup.fitToWidth or 1, s.page_setup.fitToHeight),
                         (True, 1, 0))
        self.assertEqual(s.print_title_rows, "$3:$4")
        self.assertIsNone(s.print_title_cols)
        self.assertEqual(s.print_area, ["$A$1:$AD$14"])
        self.assertEqual(s.freeze_panes, "C5")
        self.assertEqual(s.oddFooter.center.text, "第 &P 页　共 &N 页")
        self.assertAlmostEqual(s.page_margins.left * 25.4, 8, places=1)
        self.assertTrue(s.print_options.horizontalCentered)

    def test_borders_reach_the_last_row_and_no_further(self):
        for column in range(1, 31):
            for row in range(5, 13):
                border = self.sheet.cell(row, column).border
                self.assertEqual({s.style for s in (border.top, border.left, border.bottom, border.right)}, {"thin"}, (row, column))
            for row in (1, 2, 14, 15, 16, 214):
                self.assertIsNone(self.sheet.cell(row, column).border.bottom.style, (row, column))

    def test_codes_are_text_and_stay_text_in_spare_rows(self):
        for head in ("身份证号", "手机", "姓名", "备注"):
            column = column_of(self.sheet, head)
            for row in list(range(5, 13)) + list(range(15, 215)):
                self.assertEqual(self.sheet.cell(row, column).number_format, "@", (head, row))
        with zipfile.ZipFile(self.file) as z:
            xml = z.read("xl/worksheets/sheet1.xml").decode()
        self.assertRegex(xml, r'<ignoredErrors><ignoredError sqref="A5:AD215" numberStoredAsText="1"')
        self.assertRegex(xml, r'<col min="5" max="5" width="[\d.]+" style="\d+"')  # below the spare rows, too

    def test_codes_numbers_and_dates_stand_on_one_line_and_shrink(self):
        for head in ("身份证号", "手机", "出生年月", "自评分", "序号"):
            for row in (5, 12, 15):
                alignment = self.sheet.cell(row, column_of(self.sheet, head)).alignment
                self.assertEqual((bool(alignment.wrap_text), bool(alignment.shrink_to_fit)), (False, True), (head, row))
        alignment = self.sheet.cell(5, column_of(self.sheet, "工作单位")).alignment
        self.assertEqual((bool(alignment.wrap_text), bool(alignment.shrink_to_fit)), (True, False))

    def test_dates_are_dates_shown_by_month(self):
        cell = self.sheet.cell(5, column_of(self.sheet, "出生年月"))
        self.assertTrue(cell.is_date)
        self.assertEqual(cell.number_format, "yyyy.mm")

    def test_closed_fields_offer_their_values(self):
        lists = {str(v.sqref): v.formula1 for v in self.sheet.data_validations.dataValidation}
        letter = openpyxl.utils.get_column_letter(column_of(self.sheet, "性别"))
        self.assertEqual(lists[f"{letter}5:{letter}12"], '"男,女"')
        self.assertEqual(lists[f"{letter}15:{letter}214"], '"男,女"')

    def test_no_formula_anywhere(self):
        with zipfile.ZipFile(self.file) as z:
            for name in z.namelist():
                self.assertNotRegex(z.read(name).decode(), r"<f[ >]", name)

    def test_plain_old_zip(self):
        with open(self.file, "rb") as f:
            data = f.read()
        self.assertNotIn(b"PK\x06\x06", data)  # ZIP64's end of the directory
        with zipfile.ZipFile(self.file) as z:
            for info in z.infolist():
                version, = struct.unpack_from("<H", data, info.header_offset + 4)
                self.assertEqual((version, info.extra), (20, b""))
                self.assertEqual(info.date_time, (1980, 1, 1, 0, 0, 0))

    def test_other_zone_locale_and_directory_give_the_same_bytes(self):
        done = shenbao("roster", "-o", self.path("other.xlsx"), BATCH, cwd="/",
                       env={"TZ": "America/Lima", "LANG": "de_DE.UTF-8"})
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.file, "rb") as a, open(self.path("other.xlsx"), "rb") as b:
            data = a.read()
            self.assertEqual(data, b.read())
        self.assertEqual(shenbao("roster", BATCH).stdout, data)
        self.assertEqual(shenbao("roster", "-o", "-", BATCH).stdout, data)
        with open(BATCH, "rb") as f:
            self.assertEqual(shenbao("roster", "-", stdin=f).stdout, data)

    def test_a_full_disk_is_noticed_wherever_it_is_full(self):
        done = shenbao("roster", "-o", "/dev/full", BATCH)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"/dev/full: error: cannot write", done.stderr)
        size = os.path.getsize(self.file)
        # The temporary files grow larger than the workbook: at every limit, all of it or nothing.
        for limit in [0, 512, 4096, 8192, 12288, 16384, 20480, 32768, 65536, 131072, size - 1, size, 10 * size, 1 << 20]:
            target = self.path("limited.xlsx")
            done = subprocess.run([PROGRAM, "roster", "-o", target, BATCH], capture_output=True, restore_signals=False,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            if done.returncode == 0:
                with open(target, "rb") as a, open(self.file, "rb") as b:
                    self.assertEqual(a.read(), b.read(), limit)
                os.unlink(target)
            else:
                self.assertEqual(done.returncode, 2, limit)
                self.assertIn(b"error: ", done.stderr)
                self.assertEqual(os.listdir(self.dir), [], limit)
        self.assertEqual(done.returncode, 0)

    def test_temporary_files_are_where_they_were_wished(self):
        for args in (["roster", BATCH], ["check", "-"]):
            with open(BATCH, "rb") as batch:
                done = shenbao(*args, stdin=batch, env={"TMPDIR": "/proc/nonexistent"})
            self.assertEqual(done.returncode, 2, args)
            self.assertIn(b"cannot make a temporary file in /proc/nonexistent (TMPDIR may name another folder): there is no such file", done.stderr)
        closed = "mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp && "
        if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "sh", "-c", closed + "true"], capture_output=True).returncode:
            self.skipTest("needs a /tmp of its own")
        # where everything but one folder is read-only
        wished = tempfile.mkdtemp(prefix="shenbao-test-", dir="/var/tmp")
        self.addCleanup(shutil.rmtree, wished)
        for args in (["roster", BATCH], ["roster", "-"]):
            with open(BATCH, "rb") as batch:
                done = subprocess.run(["unshare", "-m", "sh", "-c", closed + 'exec "$@"', "sh", PROGRAM, *args], stdin=batch,
                                      capture_output=True, env={**os.environ, "TMPDIR": wished})
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(wished), [])

    @unittest.skipUnless(SOFFICE, "soffice is not installed (libreoffice-calc)")
    def test_libreoffice_prints_one_page_in_width_with_type_that_can_be_read(self):
        pdf = office(self.dir, self.file, "pdf")
        info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
        self.assertRegex(info, r"Pages:\s+1\n")
        self.assertRegex(info, r"Page size:\s+1190\.\d+ x 841\.\d+ pts")
        self.assertNotIn("###", text_of(pdf))
        sizes = {float(s) for s in re.findall(r'size="([\d.]+)"', subprocess.run(
            ["mutool", "draw", "-F", "stext", pdf], capture_output=True, text=True).stdout)}
        # also where DejaVu Sans stands in for all fonts, whose digits are the widest; the scale is a whole per cent
        self.assertGreaterEqual(min(sizes), 6.9, sizes)
        words = text_of(pdf).split()
        for a in self.people:
            for path in ("person/id-number", "person/mobile"):
                self.assertIn(a.findtext(path), words)


def office(folder, file, kind):
    """LibreOffice's rendering of a workbook; each run has a profile of its own."""
    extension = kind.split(":")[0]
    subprocess.run([SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind, "--outdir",
                    folder, file], capture_output=True, check=True, timeout=120)
    return os.path.join(folder, os.path.splitext(os.path.basename(file))[0] + "." + extension)


class Values(Case):
    """What the record may hold, and what a sheet may make of it."""

    def notes(self, file):
        sheet = openpyxl.load_workbook(file)["花名册"]
        column = column_of(sheet, "备注")
        return [sheet.cell(5 + i, column) for i in range(len(AWKWARD))]

    def test_awkward_texts_come_back_as_they_are(self):
        people = [person(i, note=note) for i, note in enumerate(AWKWARD)]
        file = self.make(batch([("U1", "D1", "甲", people)]), template=TEMPLATE.format(more=""))
        for cell, note in zip(self.notes(file), AWKWARD):
            # openpyxl leaves Excel's escape as it stands
            self.assertEqual(cell.value.replace("_x005F_", "_"), note)
            self.assertEqual((cell.data_type, cell.number_format), ("s", "@"))
        with zipfile.ZipFile(file) as z:
            xml = z.read("xl/worksheets/sheet1.xml").decode()
        self.assertIn("_x005F_x0041_", xml)
        self.assertNotRegex(xml, r"<f[ >]|<hyperlink ")

    @unittest.skipUnless(SOFFICE, "soffice is not installed (libreoffice-calc)")
    def test_libreoffice_reads_the_same(self):
        people = [person(i, note=note) for i, note in enumerate(AWKWARD)]
        file = self.make(batch([("U1", "D1", "甲", people)]), template=TEMPLATE.format(more=""))
        with open(office(self.dir, file, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true"),
                  encoding="utf-8", newline="") as f:
            rows = list(csv.reader(f))
        for i, note in enumerate(AWKWARD):
            self.assertEqual(rows[4 + i], [str(i + 1), "张三", "330199198503120013", "13800000001", "1985.03", "80.5", note])
        self.assertEqual(rows[4 + len(AWKWARD)][0], f"合计 {len(AWKWARD)} 人，男 {len(AWKWARD)} 人")

    def test_dates(self):
        births = ["2020-06", "1899-12-31", "2024-02-29", "1985", "1900-03-01", "1900-02-28"]
        file = self.make(batch([("U1", "D1", "甲", [person(i, birth=b) for i, b in enumerate(births)])]),
                         template=TEMPLATE.format(more=""))
        sheet = openpyxl.load_workbook(file)["花名册"]
        values = [sheet.cell(5 + i, column_of(sheet, "出生")).value for i in range(len(births))]
        self.assertEqual(values, ["2020.06", "1899.12.31", datetime.datetime(2024, 2, 29), "1985",
                                  datetime.datetime(1900, 3, 1), "1900.02.28"])

    def test_a_long_list_stands_in_a_hidden_sheet(self):
        groups = [f"第{i:02d}个民族族称" for i in range(56)]
        column = ('<column head="民族" width="30mm" select="\'第03个民族族称\'">' + "".join(f"<value>{g}</value>" for g in groups) +
                  '</column><column head="逗号" width="20mm" select="\'甲,乙\'"><value>甲,乙</value><value>丙</value></column>')
        file = self.make(batch([("选项", "D1", "选项", [person(1)])]), "--sheet-per-unit", template=TEMPLATE.format(more=column))
        book = openpyxl.load_workbook(file)
        self.assertEqual(book.sheetnames, ["目录", "选项-选项", "选项"])
        self.assertEqual(book["选项"].sheet_state, "hidden")
        self.assertEqual([c.value for c in book["选项"]["A"]], groups)
        lists = [v.formula1 for v in book["选项-选项"].data_validations.dataValidation]
        self.assertEqual(lists, ["'选项'!$A$1:$A$56"] * 2 + ["'选项'!$B$1:$B$2"] * 2)

    def test_a_value_that_is_not_allowed_is_told(self):
        column = '<column head="性别" width="10mm" select="person/sex"><value>女</value></column>'
        source = batch([("U1", "D1", "甲", [person(1), person(2, sex="女")])])
        self.make(source, template=TEMPLATE.format(more=column))
        self.assertRegex(self.errors(), r'^\S+batch\.xml:\d+: warning: P1 张三 性别: "男" is none of the values .*\n$')
        self.make(source, "--strict", "--lang", "zh", template=TEMPLATE.format(more=column), out="strict.xlsx", status=1)
        self.assertIn("“男”不在可选值之内", self.errors())
        self.assertFalse(os.path.exists(self.path("strict.xlsx")))

    def test_a_long_text_is_set_smaller_and_a_longer_one_stands_below_its_row(self):
        column = '<column head="述职" width="40mm" select="concat(statement, statement)"/>'
        lengths = [2, 100, 200, 2000, 32768]
        people = [person(i, name=f"张{i}").replace("述职", "长" * (n // 2)) for i, n in enumerate(lengths)]
        file = self.make(batch([("U1", "D1", "甲", people)]), template=TEMPLATE.format(more=column))
        sheet = openpyxl.load_workbook(file)["花名册"]
        names = [row for row in range(5, sheet.max_row) if sheet.cell(row, 2).value]
        cells = [sheet.cell(row, 8) for row in names]
        self.assertEqual([sheet.cell(row, 2).value for row in names], [f"张{i}" for i in range(5)])
        self.assertEqual([c.value for c in cells], ["长" * 2, "长" * 100, "长" * 200, "见下行", "见下行"])
        self.assertEqual([c.font.size for c in cells[:2]], [9, 9])
        self.assertTrue(7 <= cells[2].font.size < 9)
        self.assertEqual(names[:4], [5, 6, 7, 8])
        end = next(row for row in range(5, sheet.max_row) if str(sheet.cell(row, 1).value).startswith("合计"))
        for row, after, n in zip(names[3:], names[4:] + [end], lengths[3:]):
            below = [sheet.cell(r, 1).value for r in range(row + 1, after)]
            self.assertEqual("".join(below), "述职：" + "长" * n)
            for r in range(row + 1, after):
                self.assertIn((r, 1, r, 8), ranges_of(sheet))
        self.assertTrue(all(d.height <= 166 for d in sheet.row_dimensions.values() if d.height))
        self.assertGreater(len(names), 0)

    @unittest.skipUnless(SOFFICE, "soffice is not installed (libreoffice-calc)")
    def test_the_signatures_are_printed_with_the_last_person(self):
        units = [(f"U{n}", "D1", f"第{n}单位", [person(n * 100 + i, name=f"张{n:02d}{i:02d}") for i in range(n)]) for n in range(1, 45)]
        pdf = office(self.dir, self.make(batch(units), "--sheet-per-unit"), "pdf")
        pages = [folded(p) for p in text_of(pdf, "-raw").split("\f")[:-1]]
        ends = [p for p in pages if "推荐部门（公章）" in p]
        self.assertEqual(len(ends), 44)
        for n, page in enumerate(ends, 1):
            self.assertIn(f"合计{n}人", page)
            self.assertIn(f"张{n:02d}{n - 1:02d}", page)

    def test_a_number_wider_than_its_column_is_set_smaller(self):
        people = [person(1, score="12"), person(2, score="12345.67")]
        file = self.make(batch([("U1", "D1", "甲", people)]), template=TEMPLATE.format(more=""))
        sheet = openpyxl.load_workbook(file)["花名册"]
        self.assertEqual([sheet.cell(row, 6).value for row in (5, 6)], [12, 12345.67])
        self.assertEqual(sheet.cell(5, 6).font.size, 9)
        self.assertTrue(7 <= sheet.cell(6, 6).font.size < 9)

    def test_a_number_too_wide_for_its_column_is_named(self):
        self.make(batch([("U1", "D1", "甲", [person(1, score="123456.789")])]), template=TEMPLATE.format(more=""), status=1)
        self.assertRegex(self.errors(), r"\[R79\] P1 张三 分数: cell 花名册!F5 is too narrow to show 123456\.789")


class Documents(Case):
    """Which rosters are written, under which names, in which order."""

    def names(self, file, sheet="花名册"):
        s = openpyxl.load_workbook(file)[sheet]
        column = column_of(s, "姓名")
        return [s.cell(r, column).value for r in range(5, 5 + sum(isinstance(c.value, (int, float)) for c in s["A"]))]

    def source(self):
        return batch([("U1", "D1", "甲公司", [person(1, "张三"), person(2, "曾五")]), ("U2", "D2", "乙公司", [person(3, "丁一")]),
                      ("U3", "D1", "丙公司", [person(4, "单六"), person(5, "欧阳七")])], ("D2", "D1"))

    def test_one_a_delegation_or_one_a_unit(self):
        self.make(self.source(), out="d/")
        self.assertEqual(sorted(os.listdir(self.path("d"))), ["D1-D1局-roster.xlsx", "D2-D2局-roster.xlsx"])
        self.assertEqual(self.names(self.path("d/D1-D1局-roster.xlsx")), ["张三", "曾五", "单六", "欧阳七"])
        self.assertEqual(self.names(self.path("d/D2-D2局-roster.xlsx")), ["丁一"])
        self.make(self.source(), "-u", "U3", out="u.xlsx")
        self.assertEqual(self.names(self.path("u.xlsx")), ["单六", "欧阳七"])
        self.assertEqual(openpyxl.load_workbook(self.path("u.xlsx"))["花名册"]["A2"].value, "单位（盖章）：丙公司")
        self.make(self.source(), "-u", "U3", "-u", "U1", out="u/")
        self.assertEqual(sorted(os.listdir(self.path("u"))), ["U1-甲公司-roster.xlsx", "U3-丙公司-roster.xlsx"])
        self.make(self.source(), "-u", "U3", "--print", "--report", self.path("report.json"), out="u.pdf")
        with open(self.path("report.json"), encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual([(u["id"], u["name"], u["documents"][0]["rows"], u["documents"][0]["pages"]) for u in report["units"]],
                         [("U3", "丙公司", 2, 1)])
        import jsonschema
        with open(template("report.schema.json"), encoding="utf-8") as f:
            jsonschema.Draft7Validator(json.load(f)).validate(report)
        done = shenbao("roster", self.path("batch.xml"))
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"2 documents need a directory", done.stderr)

    def test_a_roster_that_would_lack_somebody_is_not_written(self):
        source = self.source().replace('id="P4" mode="正常申报"', 'id="P4" mode="乱"')
        self.make(source, out="d/", status=3)
        self.assertEqual(os.listdir(self.path("d")), ["D2-D2局-roster.xlsx"])
        self.assertIn("error: of D1 D1局, 推荐高级工程师职务任职资格人员花名册 is not written", self.errors())
        self.make(source, "-u", "U1", out="u.xlsx", status=3)  # the batch is at fault all the same
        self.assertEqual(self.names(self.path("u.xlsx")), ["张三", "曾五"])
        self.make(source, "-u", "U3", out="n.xlsx", status=1)
        self.assertFalse(os.path.exists(self.path("n.xlsx")))

    def test_order(self):
        expected = {"given": ["张三", "曾五", "单六", "欧阳七"], "unit": ["单六", "欧阳七", "张三", "曾五"],
                    "pinyin": ["欧阳七", "单六", "曾五", "张三"], "strokes": ["张三", "欧阳七", "单六", "曾五"]}
        for order, names in expected.items():
            self.make(self.source(), "--sort", order, out="d/")
            file = self.path("d/D1-D1局-roster.xlsx")
            self.assertEqual(self.names(file), names, order)
            sheet = openpyxl.load_workbook(file)["花名册"]
            self.assertEqual([sheet.cell(5 + i, 1).value for i in range(4)], [1, 2, 3, 4])
        done = shenbao("roster", "--sort", "age", self.path("batch.xml"))
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"--sort takes one of given|unit|pinyin|strokes, not 'age'", done.stderr)

    def test_equals_stay_in_the_order_of_the_input(self):
        """However many: the names repeat, and so do strokes and readings of different ones."""
        names = ["张三", "陈一", "欧阳七", "司马光", "上官云", "邓小", "李", "阿卜杜·买买提", "Anna", "章三", "祭五", "䶮六", "黄一二三"]
        people = [person(i, names[i * 7 % len(names)]) for i in range(10000)]
        template = TEMPLATE.format(more='<column head="编号" width="20mm" select="@id"/>').replace("10mm", "14mm")
        for order, n, expected in (
                ("strokes", 10000, ["上官云", "邓小", "司马光", "李", "张三", "阿卜杜·买买提", "陈一", "欧阳七", "䶮六", "黄一二三", "祭五", "章三", "Anna"]),
                ("pinyin", 1000, ["阿卜杜·买买提", "陈一", "邓小", "黄一二三", "李", "欧阳七", "上官云", "司马光", "䶮六", "祭五", "张三", "章三", "Anna"])):
            file = self.make(batch([("U1", "D1", "甲", people[:n])]), "--sort", order, template=template)
            with open(file, "rb") as f:
                sheet = openpyxl.load_workbook(f, read_only=True)["花名册"]
                rows = [(row[1], int(row[7][1:])) for row in sheet.iter_rows(min_row=5, max_row=4 + n, max_col=8, values_only=True)]
            blocks = {}
            for at, (name, number) in enumerate(rows):
                blocks.setdefault(name, []).append((at, number))
            self.assertEqual(sorted(number for _, number in rows), list(range(n)))
            self.assertEqual(list(blocks), expected)
            for name, block in blocks.items():
                self.assertEqual(block[-1][0] - block[0][0], len(block) - 1, name)
                self.assertEqual(block, sorted(block, key=lambda place: place[1]), name)

    def test_of_many_without_strokes_twenty_are_named(self):
        rare = [chr(0x20000 + 997 * i) for i in range(25)]
        self.make(batch([("U1", "D1", "甲", [person(i, c + "某") for i, c in enumerate(rare)])]), "--sort", "strokes")
        said = [line for line in self.errors().splitlines() if "order by strokes" in line]
        self.assertEqual(len(said), 1)
        self.assertEqual(len([c for c in rare if f"{c} ({c}某)" in said[0]]), 20)
        self.assertIn(" and others ", said[0])

    def test_who_was_placed_without_strokes_or_reading_is_said_once(self):
        people = [person(1, "张㐂"), person(2, "张三"), person(3, "㐂五")]
        source = batch([("U1", "D1", "甲", people)])
        for order, names, words in (
                ("strokes", ["㐂五", "张三", "张㐂"], "order by strokes: the strokes of 㐂 (张㐂) are not known one by one"),
                ("pinyin", ["张三", "张㐂", "㐂五"], "order by pinyin: the reading of 㐂 (张㐂) is not known")):
            file = self.make(source, "--sort", order, "--report", self.path("report.json"), out=f"{order}.xlsx")
            self.assertEqual(self.names(file), names, order)
            self.assertEqual(self.errors().count(words), 1, self.errors())
            with open(self.path("report.json"), encoding="utf-8") as f:
                infos = [x for x in json.load(f)["findings"] if x["severity"] == "info"]
            self.assertEqual(len(infos), 1)
            self.assertIn("“㐂”（张㐂）", infos[0]["message"])
        self.make(source, "--sort", "given")
        self.assertEqual(self.errors(), "")

    def test_readings_of_surnames_must_be_such(self):
        for reading in ("", "shan", "shàn shàn", "shàn "):
            self.write("templates/surnames.xml", f'<surnames>\n<surname name="单" reading="{reading}"/></surnames>')
            self.make(self.source(), "-T", self.path("templates"), "--sort", "pinyin", out="d/", status=2)
            self.assertIn('surnames.xml:2: error: it takes <surname name="欧阳" reading="ōu yáng"/> here', self.errors())
        self.write("templates/surnames.xml", '<surnames><surname name="张" reading="ān"/></surnames>')
        self.make(self.source(), "-T", self.path("templates"), "--sort", "pinyin", out="d/")
        self.assertEqual(self.names(self.path("d/D1-D1局-roster.xlsx"))[0], "张三")

    def test_a_sheet_a_unit_and_one_that_lists_them(self):
        long_name = "示例[市]" + "甲" * 40
        units = [("U1", "D1", long_name, [person(1, "张三")]), ("U2", "D1", long_name, [person(2, "李四"), person(3, "王五")]),
                 ("U3", "D1", "Abc's", [person(4, "赵六")]), ("u3", "D1", "ABC'S", [person(5, "钱七")])]
        file = self.make(batch(units), "--sheet-per-unit")
        book = openpyxl.load_workbook(file)
        cut = [(f"U{i}-示例_市_" + "甲" * 40)[:31] for i in (1, 2)]
        self.assertEqual(book.sheetnames, ["目录", *cut, "U3-Abc's", "u3-ABC'S(2)"])
        self.assertEqual(self.names(file, cut[1]), ["李四", "王五"])
        fewer = openpyxl.load_workbook(self.make(batch(units[1:3]), "--sheet-per-unit", out="fewer.xlsx"))
        self.assertEqual(fewer.sheetnames, ["目录", cut[1], "U3-Abc's"])
        index = book["目录"]
        self.assertEqual([[c.value for c in row] for row in index.iter_rows(min_row=2, max_row=6)],
                         [["序号", "单位", "人数"], [1, long_name, 1], [2, long_name, 2], [3, "Abc's", 1], [4, "ABC'S", 1]])
        links = [index.cell(row, 2).hyperlink.location for row in range(3, 7)]
        self.assertIn("'U3-Abc''s'!A1", links)
        self.assertIn(f"'{cut[0]}'!A1", links)
        self.assertIn("合计 5 人", index.cell(7, 1).value)
        for name in book.sheetnames[1:]:
            self.assertEqual(book[name].print_title_rows, "$3:$4")
            self.assertRegex(book[name].cell(5 + len(self.names(file, name)), 1).value, r"^合计 \d 人")

    def test_more_sheets_than_files_may_be_open(self):
        source = batch([(f"U{i}", "D1", f"单位{i}", [person(i)]) for i in range(120)])
        name = self.write("batch.xml", source)
        done = subprocess.run([PROGRAM, "roster", "--sheet-per-unit", "-o", self.path("x.xlsx"), name], capture_output=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 1024)))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(openpyxl.load_workbook(self.path("x.xlsx"), read_only=True).sheetnames), 121)
        done = subprocess.run([PROGRAM, "roster", "--sheet-per-unit", "-o", self.path("y.xlsx"), name], capture_output=True,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"cannot make the sheet", done.stderr)
        self.assertFalse(os.path.exists(self.path("y.xlsx")))

    def test_usage(self):
        self.assertEqual(shenbao("roster", "-h").returncode, 0)
        self.assertIn(b"--sheet-per-unit", shenbao("roster", "-h").stdout)
        self.assertEqual(shenbao("roster", "--sorted", BATCH).returncode, 2)
        self.assertEqual(shenbao("roster", "--print", "--sheet-per-unit", BATCH).returncode, 2)


@unittest.skipIf(SANITIZED, "a sanitizer's own memory counts")
class Large(Case):
    """The samples' applicants over and over: whatever is in the rows, memory does not grow with them."""
    PEOPLE = 10000 if LONG else 2000

    def made(self, *options):
        self.out = self.path("roster")
        _, peak = cpu(PROGRAM, "roster", "-o", self.out, *options, generate(self.dir, self.PEOPLE))
        return peak / 1024

    def test_a_workbook_takes_little_memory(self):
        self.assertLess(self.made(), 16)
        with open(self.out, "rb") as f:
            sheet = openpyxl.load_workbook(f, read_only=True)["花名册"]
            numbers = [row[0] for row in sheet.iter_rows(min_row=5, max_col=1, values_only=True)]
        self.assertEqual(numbers[:self.PEOPLE], list(range(1, self.PEOPLE + 1)))

    def test_a_print_takes_bounded_memory(self):
        self.assertLess(self.made("--print"), 150)
        pages = first_columns(self.out)
        self.assertEqual([int(words[0]) for words in sum(pages, [])], list(range(1, self.PEOPLE + 1)))
        feet = [re.search(r"第(\d+)页共(\d+)页", folded(p)).groups() for p in text_of(self.out, "-raw").split("\f")[:-1]]
        self.assertEqual(feet, [(str(i), str(len(pages))) for i in range(1, len(pages) + 1)])


class Templates(Case):
    """The columns are data."""

    def test_the_one_that_ships_and_its_schema_agree(self):
        done = subprocess.run(["xmllint", "--noout", "--relaxng", template("roster.rng"),
                               template("roster.xml")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_overlapping_fields_are_a_fault_of_the_template(self):
        template = TEMPLATE.format(more="").replace("</heading>", '<field columns="3-5">填报人：</field></heading>')
        self.make(batch([("U1", "D1", "甲", [person(1)])]), template=template, status=2)
        self.assertRegex(self.errors(), r'templates/roster\.xml:2: error: "填报人：" \(columns 3-5\) overlaps "单位：" \(columns 1-3\)')

    def test_faults_are_all_told_and_the_schema_sees_them_too(self):
        faults = {'<column head="x" width="10mm" select="person/"/>': "bad XPath", '<column width="10mm" select="."/>': "lacks its attribute head",
                  '<column head="x" width="10" select="."/>': "width=", '<column head="x" width="10mm" select="." type="money"/>': "type=",
                  '<column head="x" width="10mm" select="." colour="red"/>': "no attribute colour", "<colum/>": "<colum> cannot stand in <roster>; is it <column>?"}
        self.make(batch([("U1", "D1", "甲", [person(1)])]), template=TEMPLATE.format(more="".join(faults)), status=2)
        for words in faults.values():
            self.assertIn(words, self.errors())
        for fault in list(faults)[1:]:
            path = self.write("one.xml", TEMPLATE.format(more=fault))
            done = subprocess.run(["xmllint", "--noout", "--relaxng", template("roster.rng"), path], capture_output=True)
            self.assertNotEqual(done.returncode, 0, fault)

    def test_columns_see_the_tables_that_papers_see(self):
        columns = "".join(f'<column head="{head}" width="20mm" type="number" select="{select}"/>' for head, select in (
            ("材料", "count(papers(.))"), ("打分表", "count(papers(.)[@name = 'score-sheet'])"),
            ("工作日", "workdays('2026-09-28', '2026-10-10')"), ("标准", "count(rubrics()[specialty = applicant()/@specialty])")))
        people = [person(1), person(2, mode="自评分申报")]
        file = self.make(batch([("U1", "D1", "甲", people)]), template=TEMPLATE.format(more=columns))
        sheet = openpyxl.load_workbook(file)["花名册"]
        rows = [[cell.value for cell in row[7:11]] for row in sheet.iter_rows(min_row=5, max_row=6)]
        self.assertEqual(rows, [[6, 0, 6, 1], [7, 1, 6, 1]])

    def test_what_only_an_evaluation_shows(self):
        self.make(batch([("U1", "D1", "甲", [person(1)])]), status=2,
                  template=TEMPLATE.format(more='<column head="x" width="10mm" select="$unset"/>'))
        self.assertIn("templates/roster.xml:9: error: P1 张三 bad XPath expression", self.errors())

    def test_a_footer_may_begin_with_a_digit(self):
        """Behind the size of its type: "&92026" would be type of 92026 points."""
        template = TEMPLATE.format(more="").replace("<footer>", "<footer>2026年度 A&amp;B ")
        file = self.make(batch([("U1", "D1", "甲", [person(1)])]), template=template)
        footer = openpyxl.load_workbook(file)["花名册"].oddFooter.center
        self.assertEqual((footer.text, footer.size, footer.font), ("2026年度 A&&B 第 &P 页 共 &N 页", 9, "宋体"))
        if SOFFICE:
            self.assertIn("2026年度A&B第1页共1页", folded(text_of(office(self.dir, file, "pdf"), "-raw")))

    def test_a_head_of_one_row(self):
        template = re.sub(r"</?group[^>]*>", "", TEMPLATE.format(more=""))
        file = self.make(batch([("U1", "D1", "甲", [person(1)])]), template=template)
        sheet = openpyxl.load_workbook(file)["花名册"]
        self.assertEqual(sheet.print_title_rows, "$3:$3")
        self.assertEqual([c.value for c in sheet[3]][:3], ["序号", "姓名", "身份证号"])
        self.assertEqual(sheet["B4"].value, "张三")


class Printed(Case):
    """--print: the same table through the layout engine."""

    def crowd(self, n):
        return batch([("U1", "D1", "甲公司", [person(i, f"张{i:03d}") for i in range(n)])])

    def test_every_page_has_the_head_and_every_row_is_there(self):
        pdf = self.make(self.crowd(300), "--print", out="r.pdf")
        pages = [folded(p) for p in text_of(pdf, "-raw").split("\f")[:-1]]
        self.assertGreater(len(pages), 3)
        for number, page in enumerate(pages, 1):
            self.assertEqual(page.count("序号"), 1, number)
            self.assertIn("最高学历", page)
            self.assertIn(f"第{number}页共{len(pages)}页", page)
        self.assertEqual([TITLE in p for p in pages], [True] + [False] * (len(pages) - 1))
        whole = "".join(pages)
        for i in range(300):
            self.assertEqual(whole.count(f"张{i:03d}"), 1)
        self.assertIn("合计300人", whole)
        self.assertIn("推荐部门（公章）", pages[-1])
        info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
        self.assertRegex(info, r"Page size:\s+119[01]\.\d+ x 84[12]\.\d+ pts \(A3\)")
        self.assertEqual(subprocess.run(["qpdf", "--check", pdf], capture_output=True).returncode, 0)
        sizes = {float(s) for s in re.findall(r'size="([\d.]+)"', subprocess.run(
            ["mutool", "draw", "-F", "stext", pdf], capture_output=True, text=True).stdout)}
        self.assertGreaterEqual(min(sizes), 7)

    def test_every_row_of_a_long_list_is_there_under_its_number(self):
        signs = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
        names = [signs[i // 529] + signs[i // 23 % 23] + signs[i % 23] for i in range(10000 if LONG else 1500)]
        people = [person(i, n) for i, n in enumerate(names)]
        pdf = self.make(batch([("U1", "D1", "甲公司", people)]), "--print", out="r.pdf")
        pages = first_columns(pdf)
        self.assertEqual(sum(pages, []), [(str(i), n) for i, n in enumerate(names, 1)])
        self.assertTrue(all(pages[:-1]))

    def test_words_and_dates_stay_whole_where_smaller_type_can_hold_them(self):
        """In cells of the samples' roster, and of the evaluation form."""
        for program, words in (("roster", ["Exemplary", "University", "Engineering"]), ("evaluation-form", ["2025.11.20"])):
            out = self.path(program)
            options = ("--print",) if program == "roster" else ("-a", "A008")
            self.assertEqual(shenbao(program, *options, "-o", out, BATCH).returncode, 0)
            printed = text_of(out, "-raw").split()
            for word in words:
                self.assertIn(word, printed)

    def test_a_word_that_no_size_holds_is_broken(self):
        people = [person(1, note="pneumonoultramicroscopicsilicovolcanoconiosis")]
        pdf = self.make(batch([("U1", "D1", "甲公司", people)]), "--print", out="r.pdf")
        self.assertIn("pneumonoultramicroscopicsilicovolcanoconiosis", folded(text_of(pdf, "-raw")))

    def test_the_signatures_do_not_stand_on_a_page_of_their_own(self):
        for n in range(20, 32):
            pdf = self.make(self.crowd(n), "--print", out="r.pdf")
            last = folded(text_of(pdf, "-raw").split("\f")[-2])
            self.assertIn("推荐部门（公章）", last)
            self.assertIn(f"合计{n}人", last)
            self.assertIn(f"张{n - 1:03d}", last)

    def test_rows_taller_than_a_page_lose_nothing(self):
        people = [person(i, f"张{i:03d}", note="甴" * (500 if 230 < i < 290 and i % 9 == 0 else 0)) for i in range(300)]
        pdf = self.make(batch([("U1", "D1", "甲公司", people)]), "--print", out="r.pdf")
        pages = first_columns(pdf)
        self.assertEqual([int(n) for n, _ in sum(pages, [])], list(range(1, 301)))
        self.assertIn([], pages)  # one that only goes on with a row
        self.assertEqual(text_of(pdf).count("甴"), 7 * 500)

    def test_all_faults_of_a_long_list_are_told_in_one_run(self):
        people = [person(i, f"张{i:03d}" if i % 250 != 20 else "李\U000323B0") for i in range(600)]
        self.make(batch([("U1", "D1", "甲", people)]), "--print", out="r.pdf", status=1)
        self.assertEqual(re.findall(r"error: \[R77\] (P\d+)", self.errors()), ["P20", "P270", "P520"])

    @unittest.skipUnless(SOFFICE, "soffice is not installed (libreoffice-calc)")
    def test_libreoffice_repeats_the_head_of_the_sheet_on_each_page(self):
        pdf = office(self.dir, self.make(self.crowd(300)), "pdf")
        pages = [folded(p) for p in text_of(pdf, "-raw").split("\f")[:-1]]
        self.assertGreater(len(pages), 3)
        for number, page in enumerate(pages, 1):
            self.assertIn("序号", page)
            self.assertIn("最高学历", page)
            self.assertIn(f"第{number}页共{len(pages)}页", page)
        self.assertNotIn("###", "".join(pages))
        whole = "".join(pages)
        for i in range(300):
            self.assertEqual(whole.count(f"张{i:03d}"), 1)

    def test_the_same_values_as_in_the_sheet(self):
        births = ["2020-06", "1985-03-12"]
        people = [person(i, birth=b, note="\U0002CC56\U00020BB7") for i, b in enumerate(births)]
        pdf = self.make(batch([("U1", "D1", "甲", people)]), "--print", template=TEMPLATE.format(more=""), out="r.pdf")
        text = folded(text_of(pdf))
        for value in ("2020.06", "1985.03", "330199198503120013", "13800000001", "80.5", "\U0002CC56\U00020BB7", "单位：D1局",
                      "合计2人，男2人"):
            self.assertIn(value, text)

    def test_a_character_without_a_glyph_is_named_with_its_person(self):
        people = [person(1, "张三"), person(2, "李\U0003FFFD四"[:1] + "\U000323B0")]
        self.make(batch([("U1", "D1", "甲", people)]), "--print", out="r.pdf", status=1)
        self.assertRegex(self.errors(), r"batch\.xml:\d+: error: \[R77\] P2 李\S* 姓名: .*U\+323B0")
        self.assertFalse(os.path.exists(self.path("r.pdf")))

    def test_same_bytes_and_standard_output(self):
        source = self.write("b.xml", self.crowd(3))
        first = shenbao("roster", "--print", source)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertTrue(first.stdout.startswith(b"%PDF-"))
        self.assertEqual(shenbao("roster", "--print", "-o", "-", source, env={"TZ": "Asia/Tokyo"}).stdout, first.stdout)
        self.assertEqual(shenbao("roster", "--print", "-o", "/dev/full", source).returncode, 2)


if __name__ == "__main__":
    unittest.main()
