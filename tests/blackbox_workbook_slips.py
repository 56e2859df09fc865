"""What clerks get wrong in a workbook: the right cell, the right words, and nothing that follows from it.

Each slip is made in a workbook without faults, and check must say just what the table says beside what it said before.
"""
import datetime
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from blackbox_evaluation_form import PROGRAM
from workbooks import ROOT

SAMPLES = os.path.join(ROOT, "samples")
LONG = bool(os.environ.get("SHENBAO_LONG"))


class Book:
    """The workbook by its words: sheet, head, row (2 is the first below the heads)."""

    def __init__(self, path):
        self.book = openpyxl.load_workbook(path)

    def cell(self, sheet, head, row=2):
        s = self.book[sheet]
        for c in s[1]:
            if c.value and c.value.replace("（必填）", "") == head:
                return s.cell(row, c.column)
        raise KeyError(head)

    def put(self, sheet, head, value, form="@", row=2):
        c = self.cell(sheet, head, row)
        c.value, c.number_format = value, form
        return c


def put(sheet, head, value, form="@", row=2):
    """A slip: a value, as Excel keeps it."""
    def make(book):
        book.put(sheet, head, value, form, row)
    return make


def twice(sheet, head, value):
    """The same value in two rows."""
    def make(book):
        book.put(sheet, head, value)
        book.put(sheet, head, value, row=3)
    return make


def change(sheet, head, edit, row=2):
    """A slip: what becomes of the value that is there."""
    def make(book):
        c = book.cell(sheet, head, row)
        c.value = edit(c.value)
    return make


def rename(sheet, head, new):
    return lambda book: setattr(book.cell(sheet, head, 1), "value", new)


def nameless(sheet, row, id):
    """A row that tells whose it is by an id alone."""
    def make(book):
        book.put(sheet, "编号", id, row=row)
        book.put(sheet, "姓名", None, row=row)
    return make


def together(*slips):
    return lambda book: [slip(book) for slip in slips]


def below(sheet, values, blank=0):
    """A row below the last one, or below some blank ones."""
    def make(book):
        s = book.book[sheet]
        row = s.max_row + 1 + blank
        for column, value in values.items():
            s.cell(row, column).value = value
    return make


def two_lines_of_heads(book):
    s = book.book["项目"]
    s.insert_rows(1)
    s["A1"] = "基本情况"
    s.merge_cells("A1:F1")


def numbered(sheet, first=None):
    """A row below the heads with the columns' numbers, perhaps behind a word."""
    def make(book):
        table = book.book[sheet]
        heads = sum(cell.value is not None for cell in table[1])
        table.insert_rows(2)
        for column, value in enumerate(([first] if first else []) + list(range(1, heads + 1 - bool(first))), 1):
            table.cell(2, column).value = value
    return make


def blank_row(sheet, row, id):
    def make(book):
        book.book[sheet].insert_rows(row)
        book.book[sheet].cell(row, 1).value = id
    return make


def merge(sheet, cells):
    """Cells merged as Excel does it: all but the first are empty."""
    return lambda book: book.book[sheet].merge_cells(cells)


def folded(book):
    s = book.book["项目"]
    s.row_dimensions.group(2, 4, hidden=True)
    s.column_dimensions.group("G", "H", hidden=True)


def filtered(book):
    s = book.book["项目"]
    s.auto_filter.ref = "A1:S20"
    s.auto_filter.add_filter_column(0, ["A003"])
    s.row_dimensions[2].hidden = True


NBSP, SOFT, BOM = "\u00a0", "\u00ad", "\ufeff"
DAY = datetime.datetime
MONTH, WHOLE = "yyyy\"年\"m\"月\"", "yyyy/m/d"

# (what it is, the slip, what is said: "SHEET!CELL severity: words" as regular expressions)
SLIPS = [
    # dates
    ("a month with a point", put("项目", "开始时间", "2017.3"), [r"项目!D2: info: .*写的是“2017\.3”，按“2017-03”读"]),
    ("a date in Chinese", put("任职资格", "取得时间", "2015年12月20日"), [r"任职资格!H2: info: .*按“2015-12-20”读"]),
    ("a date with slashes", put("任职资格", "聘任时间", "2016/1/1"), [r"任职资格!K2: info: .*按“2016-01-01”读"]),
    ("eight digits", put("人员", "出生日期", "19841106"), [r"人员!K2: info: .*按“1984-11-06”读"]),
    ("eight digits as a number", put("人员", "出生日期", 19841106, "General"), [r"人员!K2: info: .*按“1984-11-06”读"]),
    ("a date of Excel", put("人员", "出生日期", DAY(1984, 11, 6), WHOLE), []),
    ("a month of Excel", put("项目", "开始时间", DAY(2017, 3, 1), MONTH), []),
    ("until now", put("经历", "结束时间", "至今", row=4), [r"经历!E4: info: .*“至今”，按不填读"]),
    ("wide digits in a date", put("获奖荣誉", "取得日期", "２０２３．５"), [r"获奖荣誉!E2: info: .*按“2023-05”读"]),
    ("no month at all", put("项目", "开始时间", "2017-13"), [r"项目!D2: error: .*“2017-13”不是日期"]),
    ("no day of the calendar", put("人员", "出生日期", "1984-02-30"), [r"人员!K2: error: .*“1984-02-30”不是日期"]),
    ("a month typed as a number", put("项目", "结束时间", 2018.1, "General"), [r"项目!E2: error: .*2018 年 1 月还是 10 月"]),
    ("October by its format", put("项目", "结束时间", 2018.1, "0.00"), [r"项目!E2: info: .*按“2018-10”读"]),
    ("a day without its format", put("任职资格", "取得时间", 42358, "General"), [r"任职资格!H2: error: .*日期序号（2015-12-20）"]),
    ("a year typed into a date", put("获奖荣誉", "取得日期", DAY(1905, 7, 15), WHOLE), [r"获奖荣誉!E2: error: .*写了 2023"]),
    ("a day to which Excel has added the year", put("获奖荣誉", "取得日期", DAY(2026, 5, 1), "m\"月\"d\"日\""), [r"获奖荣誉!E2: error: .*年份 2026 是 Excel 补上的"]),
    ("a month typed into a date", put("项目", "开始时间", 3, WHOLE), [r"项目!D2: error: .*显示为 1900 年的日期，大概是.*写了 3"]),
    ("a time of day for a date", put("项目", "开始时间", 0.5, "h:mm"), [r"项目!D2: error: .*不是日期"]),
    ("a day that Excel alone has", put("项目", "开始时间", 60, WHOLE), [r"项目!D2: error: .*不是日期"]),
    ("yes for a date", put("项目", "开始时间", True, "General"), [r"项目!D2: error: .*不是日期"]),
    ("words for a date", put("论文著作", "发表时间", "去年八月"), [r"论文著作!D2: error: .*不是日期"]),
    # numbers
    ("the unit behind a sum", put("项目", "项目金额", "3200万元"), [r"项目!J2: info: .*按“3200”读"]),
    ("thousands set off", put("项目", "项目金额", "3,200"), [r"项目!J2: info: .*按“3200”读"]),
    ("wide digits in a sum", put("项目", "项目金额", "３２００"), [r"项目!J2: info: .*按“3200”读"]),
    ("about so much", put("项目", "项目金额", "约3200"), [r"项目!J2: error: .*“约3200”不是数字"]),
    ("yuan", put("项目", "项目金额", "32000000元"), [r"项目!J2: error: .*不是数字"]),
    ("a sum with a date's format", put("项目", "项目金额", DAY(1908, 10, 4), WHOLE), [r"项目!J2: error: .*日期格式"]),
    ("below zero by brackets", put("项目", "项目金额", -3, "General"), [r"项目!J2: error: .*不能是负数"]),
    ("hours with their unit", put("继续教育与考核", "培训学时", "32学时"), [r"继续教育与考核!S2: info: .*按“32”读"]),
    ("a sum that a format shows by ten thousands", put("项目", "项目金额", 32000000, '0!.0,"万元"'), [r"项目!J2: error: .*显示的不是实际的值 32000000"]),
    ("a point that a format draws", put("项目", "项目金额", 32000000, "0!.0000"), [r"项目!J2: error: .*显示的不是实际的值 32000000"]),
    ("yuan by the format", put("项目", "项目金额", 32000000, '#,##0"元"'), [r"项目!J2: error: .*显示的不是实际的值 32000000"]),
    ("the unit by the format", put("项目", "项目金额", 3200, '#,##0.00"万元"'), []),
    ("a currency", put("项目", "项目金额", 3200, '_-¥* #,##0.00_-;-¥* #,##0.00_-'), []),
    ("per cent for a sum", put("项目", "项目金额", 0.5, "0%"), [r"项目!J2: info: .*显示为 50%，实际的值是 0.5"]),
    # ranks and pages
    ("a rank with a wide stroke", put("项目", "排名", "1／8"), [r"项目!L2: info: .*按“1/8”读"]),
    ("a rank in words", put("获奖荣誉", "排名", "第2/9"), [r"获奖荣誉!I2: info: .*按“2/9”读"]),
    ("a rank that became a date", put("项目", "排名", DAY(2026, 1, 8), "m/d"), [r"项目!L2: error: .*变成了日期.*1/8"]),
    ("pages that became a date", put("论文著作", "起止页", DAY(2026, 3, 8), "m\"月\"d\"日\""), [r"论文著作!N2: error: .*变成了日期"]),
    ("pages of a scan with a wide mark", put("佐证材料", "页码", "１"), [r"佐证材料!H2: info: .*按“1”读"]),
    # yes and no, words of lists
    ("a tick", put("项目", "任现职以来", "√"), [r"项目!M2: info: .*按“是”读"]),
    ("a cross", put("项目", "集体成果", "×"), [r"项目!P2: info: .*按“否”读"]),
    ("one", put("项目", "任现职以来", 1, "General"), [r"项目!M2: info: .*按“是”读"]),
    ("TRUE", put("项目", "任现职以来", True, "General"), []),
    ("Y", put("论文著作", "代表作", "Y"), [r"论文著作!R2: info: .*按“是”读"]),
    ("neither yes nor no", put("论文著作", "代表作", "可能"), [r"论文著作!R2: error: .*“是”或“否”"]),
    ("a blank in a word", put("项目", "业绩类别", "工作 业绩"), [r"项目!Q2: info: .*按“工作业绩”读"]),
    ("a word that no list has", put("人员", "申报方式", "随便"), [r"人员!D2: error: .*"]),
    ("a word by another name", put("人员", "证件类型", "身份证"), [r"人员!L2: info: .*按“居民身份证”读"]),
    # codes
    ("an ID number as a number", put("人员", "身份证号", 330199198411060000, "0"), [r"人员!M2: error: .*末尾几位可能已被 Excel 改为 0"]),
    ("an ID number with an apostrophe", lambda b: b.put("人员", "身份证号", "'" + b.cell("人员", "身份证号").value), [r"人员!M2: info: "]),
    ("an ID number with invisible marks", lambda b: b.put("人员", "身份证号", "\u202d" + b.cell("人员", "身份证号").value + "\u202c"), [r"人员!M2: info: .*U\+202D"]),
    ("an ID number with blanks", lambda b: b.put("人员", "身份证号", b.cell("人员", "身份证号").value[:6] + " " + b.cell("人员", "身份证号").value[6:]), [r"人员!M2: info: .*写的是“\d{6}\*{9}\d{3}[\dX]”，按“\d{6}\*{8}\d{3}[\dX]”读"]),
    ("an ID number of full width", change("人员", "身份证号", lambda v: "".join(chr(ord(c) + 0xFEE0) for c in v)), [r"人员!M2: info: .*写的是“[０-９]{6}\*{8}[０-９]{3}[０-９Ｘ]”，按"]),
    ("an ID number that is mistyped", lambda b: b.put("人员", "身份证号", b.cell("人员", "身份证号").value[:-1] + ("1" if b.cell("人员", "身份证号").value[-1] != "1" else "2")), [r"人员!M2: (error|warning): .*身份证号"]),
    ("a phone as a number", put("人员", "手机号码", 13800000001, "General"), [r"人员!N2: info: .*数值按文字读取"]),
    ("a phone with blanks", put("人员", "手机号码", "138 0000 0001"), [r"人员!N2: info: .*按“13800000001”读"]),
    ("a certificate as a long number", put("学历", "证书编号", 100000200705000001, "General"), [r"学历!N2: error: .*长数字"]),
    ("a certificate with a date's look", put("获奖荣誉", "证书编号", DAY(2023, 2, 7), WHOLE), [r"获奖荣誉!F2: error: .*变成了日期"]),
    # texts
    ("a name with an invisible mark", lambda b: b.put("人员", "姓名", b.cell("人员", "姓名").value + "\u200b"), [r"人员!B2: .*U\+200B"]),
    ("a text as long as a cell", put("项目", "项目来源", "长" * 32767), [r"项目!G2: error: .*有 32767 字，最多 500 字"]),
    ("nothing but blanks", put("项目", "项目来源", " \u00a0\u3000"), []),
    ("a row of nothing but blanks", below("项目", {1: "\u00a0", 2: "\u3000", 6: " "}), []),
    ("halves of a character, as Excel escapes them", put("项目", "项目来源", "示例_xD842__xDFB7_厂"), []),
    ("a link", lambda b: setattr(b.cell("项目", "项目来源"), "hyperlink", "http://example.invalid/"), []),
    ("heads without the mark of what is required", lambda b: [setattr(c, "value", c.value.replace("（必填）", "")) for c in b.book["项目"][1] if c.value], []),
    ("an error of Excel", put("项目", "项目级别", "#N/A"), [r"项目!H2: error: .*错误值 #N/A"]),
    ("a formula without a result", put("项目", "项目级别", "=A1&B1"), [r"项目!H2: error: .*公式没有结果"]),
    ("a control character", put("项目", "项目来源", "甲_x000B_乙"), [r"项目!G2: error: .*U\+000B"]),
    # rows
    ("a person that nobody is", put("项目", "编号", "A009"), [r"项目!A2: error: .*A009"]),
    ("a person whose number has a letter O, and an entry that others cite", nameless("项目", 3, "A0O1"), [r"项目!A3: error: .*没有编号 A0O1；是不是 A001"]),
    ("an entry without a person", put("项目", "编号", None), [r"项目!A2: "]),
    ("a name that is another's", put("项目", "姓名", "沈某"), [r"项目!B2: error: "]),
    ("two people of one id", put("人员", "编号", "A001", row=3), [r"人员!A3: error: .*A001"]),
    ("a person without a name", put("人员", "姓名", None), [r"人员!B2: error: .*姓名"]),
    ("a unit that is none", put("人员", "单位编号", "U09"), [r"人员!C2: error: .*U09"]),
    ("a required cell left empty", put("任职资格", "资格名称", None), [r"任职资格!E2: error: .*资格名称"]),
    ("an entry's id twice", twice("职务兼职", "条目编号", "K1"), [r"职务兼职!C3: error: .*K1 重复（另一处在 ?职务兼职!C2"]),
    ("a reference to nothing", put("条件对照", "佐证", "P99"), [r"条件对照!D2: .*P99"]),
    ("references with Chinese marks", put("条件对照", "佐证", "P1、P4，P6 P7"), [r"条件对照!D2: info: .*按“P1 P4 P6 P7”读"]),
    ("a scan that is not there", put("佐证材料", "文件", "scans/A001/无.pdf"), [r"佐证材料!G2: error: .*找不到"]),
    ("a path of Windows", lambda b: b.put("佐证材料", "文件", '"' + b.cell("佐证材料", "文件").value.replace("/", "\\") + '"'), [r"佐证材料!G2: info: "]),
    # sheets and heads
    ("a head misspelt", lambda b: setattr(b.cell("项目", "项目级别", 1), "value", "项目及别"), [r"项目!H1: warning: .*是不是“项目级别”"]),
    ("a head of the clerk's own", lambda b: setattr(b.book["项目"].cell(1, 25), "value", "备忘"), [r"项目!Y1: info: .*备忘|项目!Y1: warning: .*备忘"]),
    ("a sheet that was copied", lambda b: setattr(b.book.copy_worksheet(b.book["人员"]), "title", "人员 (2)"), [r"人员 \(2\).*: "]),
    ("a sheet of the clerk's own", lambda b: b.book.create_sheet("草稿").append(["甲"]), [r"草稿.*: "]),
    ("a number merged over two rows", lambda b: b.book["项目"].merge_cells("J2:J3"), [r"项目!J2: error: .*合并"]),
    ("a title merged over two rows", merge("项目", "F2:F3"), [r"项目!F2: error: .*合并了几行"]),
    ("an id merged over its rows", merge("项目", "A2:A4"), [r"项目!A2: info: .*合并单元格 A2:A4 的每一行都按“A001”读"]),
    ("a hidden sheet", lambda b: setattr(b.book["项目"], "sheet_state", "veryHidden"), [r"项目: info: 这张表隐藏着，也读了"]),
    ("grouped rows and columns, folded", folded, [r"项目!A2: info: 有 3 行隐藏着（第 2 至 4 行之间）", r"项目!G1: info: 隐藏着的列（项目来源、项目级别）"]),
    ("a window frozen elsewhere", lambda b: setattr(b.book["项目"], "freeze_panes", "H9"), []),
    ("a hidden row", lambda b: setattr(b.book["项目"].row_dimensions[3], "hidden", True), [r"项目.*: info: .*隐藏"]),
    ("a hidden column", lambda b: setattr(b.book["项目"].column_dimensions["D"], "hidden", True), [r"项目!D1: info: 隐藏着的列（开始时间）也都读了"]),
]

# What pasting from the web, from chats and from other programs brings along.
SLIPS += [
    ("blanks of the web around a date", change("项目", "开始时间", lambda v: NBSP + v + NBSP), [r"项目!D2: info: .*按“2017-03”读"]),
    ("a blank of the web behind an id", change("项目", "编号", lambda v: v + NBSP), [r"项目!A2: info: .*按“A001”读"]),
    ("an id in wide characters", put("项目", "编号", "Ａ００１"), [r"项目!A2: info: .*按“A001”读"]),
    ("an id in small letters", put("项目", "编号", "a001"), [r"项目!A2: error: .*没有编号 a001；是不是 A001"]),
    ("a soft hyphen in a title", change("论文著作", "题目", lambda v: v[:2] + SOFT + v[2:]), [r"论文著作!F2: warning: .*U\+00AD"]),
    ("a soft hyphen in an ID number", change("人员", "身份证号", lambda v: v[:6] + SOFT + v[6:]), [r"人员!M2: info: .*U\+00AD"]),
    ("a line end behind a name", change("人员", "姓名", lambda v: v + "\n"), [r"人员!B2: error: .*U\+000A"]),
    ("a blank behind a word of a list", put("人员", "性别", "男 "), [r"人员!J2: info: .*按“男”读"]),
    ("a blank of the web behind a word of a list", put("人员", "性别", "男" + NBSP), [r"人员!J2: info: .*按“男”读"]),
    ("a wide blank behind a word of a list", put("人员", "申报方式", "自评分申报　"), [r"人员!D2: info: .*按“自评分申报”读"]),
    ("the same as above", put("项目", "项目来源", "同上"), [r"项目!G2: warning: .*写的是“同上”，也照这样印出；请写出内容"]),
    ("a phone with the country's code", put("人员", "手机号码", "+86 138 0000 0001"), [r"人员!N2: info: .*按“\+8613800000001”读"]),
    ("a line break behind a unit's name", change("单位", "单位名称", lambda v: v + "\n"), []),
    ("a line break in a unit's name", change("单位", "单位名称", lambda v: v[:4] + "\n" + v[4:]), [r"单位!C2: warning: \[R78\] .*单位名称里有换行"]),
    ("a phone in wide digits", put("人员", "手机号码", "１３８００００００００"), [r"人员!N2: info: .*按“13800000000”读"]),
    ("an apostrophe before a phone", change("人员", "手机号码", lambda v: "'" + v), [r"人员!N2: info: .*按“13800000001”读"]),
    ("a byte order mark before a code", change("单位", "统一社会信用代码", lambda v: BOM + v), [r"单位!D2: info: .*U\+FEFF"]),
    ("a letter O for a zero", change("单位", "统一社会信用代码", lambda v: v.replace("0", "O", 1)), [r"单位!D2: warning: .*统一社会信用代码校验不符"]),
    ("a day with its midnight", put("项目", "开始时间", "2017-03-01 00:00:00"), [r"项目!D2: info: .*按“2017-03-01”读"]),
    ("a point behind a month", put("项目", "开始时间", "2017.03."), [r"项目!D2: info: .*按“2017-03”读"]),
    ("a year of two digits", put("项目", "开始时间", "17.3"), [r"项目!D2: error: .*不是日期"]),
    ("two dates in a cell", put("项目", "开始时间", "2017.3-2018.6"), [r"项目!D2: error: .*不是日期"]),
    ("a month in English", put("项目", "开始时间", "Mar-17"), [r"项目!D2: error: .*不是日期"]),
    ("a year with its word", put("项目", "开始时间", "2017年"), [r"项目!D2: info: .*按“2017”读"]),
    ("a full stop in a date", put("项目", "开始时间", "2017。3"), [r"项目!D2: info: .*按“2017-03”读"]),
    ("a date of Excel with a time", put("项目", "开始时间", DAY(2017, 3, 1, 8, 30), "yyyy/m/d h:mm"), [r"项目!D2: info: .*时间不计"]),
    ("a sum in yuan by its sign", put("项目", "项目金额", "￥3200"), [r"项目!J2: error: .*不是数字"]),
    ("blanks of the web around a sum", put("项目", "项目金额", NBSP + "3200" + NBSP), [r"项目!J2: info: .*按“3200”读"]),
    ("a head merged with its neighbour", lambda b: b.book["项目"].merge_cells("I1:J1"), [r"项目!J2: warning: .*没有表头"]),
    ("a line end in a head", rename("项目", "项目金额", "项目\n金额"), []),
    ("blanks of the web around a head", rename("项目", "项目金额", NBSP + "项目金额" + NBSP), []),
    ("a star before a head", rename("项目", "项目名称", "*项目名称"), []),
    ("another unit in a head", rename("项目", "项目金额", "项目金额（元）"), [r"项目!J1: warning: .*是不是“项目金额”"]),
    ("rows hidden by a filter", filtered, [r"项目!A2: info: 有 1 行隐藏着"]),
    ("a name by a formula without a result", change("项目", "姓名", lambda v: "=VLOOKUP(A2,人员!A:B,2,0)"), [r"项目!B2: error: .*公式没有结果"]),
    ("yes in English", put("项目", "任现职以来", "yes"), [r"项目!M2: info: .*按“是”读"]),
    ("a rank in Chinese", put("项目", "排名", "第一"), [r"项目!L2: info: .*按“1”读"]),
    ("a rank with a remark", put("项目", "排名", "1（共8人）"), [r"项目!L2: error: .*不是排名"]),
    ("pages in words", put("佐证材料", "页码", "第1页"), [r"佐证材料!H2: info: .*按“1”读"]),
    ("an address for a path", change("佐证材料", "文件", lambda v: "file:///C:/资料/" + v), [r"佐证材料!G2: error: .*找不到"]),
    ("a suffix in capitals", change("佐证材料", "文件", lambda v: v[:-3] + v[-3:].upper()), [r"佐证材料!G2: error: .*找不到；有“scans/A001/title.pdf”"]),
    ("the same as above", put("项目", "姓名", "同上", row=3), [r"项目!B3: error: .*这里写的是“同上”"]),
    ("a total below the people", below("人员", {1: "合计", 3: "2人"}), [r"人员!A\d+: info: 这一行是合计"]),
    ("a total in the place of a name", below("人员", {2: "合　计：", 5: 2}), [r"人员!B\d+: info: 这一行是合计"]),
    ("the total of a table, as Excel calls it", below("项目", {1: "汇总", 10: 12345}), [r"项目!A13: info: 这一行是合计"]),
    ("a person's total among the projects", below("项目", {1: "A001", 6: "小计", 10: "12345"}), [r"项目!F\d+: info: 这一行是合计"]),
    ("who has filled it in", below("人员", {1: "填表人：王某某", 5: "联系电话：0571"}), [r"人员!A\d+: info: 这一行是表下的说明"]),
    ("a note below a blank row", below("项目", {1: "注:以上金额为合同金额"}, 2), [r"项目!A\d+: info: 这一行是表下的说明"]),
    ("the columns numbered below the heads", numbered("项目"), [r"项目!A2: info: 这一行是各栏的序号", r"项目!A3: info: \[R107", r"项目!A13: info: \[R107"]),
    ("the columns numbered, and what the row is", numbered("项目", "栏次"), [r"项目!A2: info: 这一行是各栏的序号", r"项目!A3: info: \[R107", r"项目!A13: info: \[R107"]),
    ("a column of running numbers", lambda b: setattr(b.book["项目"].cell(1, 25), "value", "序号"), [r"项目!Y1: warning: 没有“序号”这一列，这一列没有读$"]),
    ("ids and names filled in too far", below("项目", {1: "A003", 2: "沈𠅤"}), [r"项目!A13: warning: A003 \S+ ?.*没有内容，没有读"]),
    ("nothing, in a word", below("获奖荣誉", {1: "A003", 6: "无"}), [r"获奖荣誉!A11: warning: .*没有内容，没有读"]),
    ("nothing, in each cell", below("项目", {column: "/" for column in range(1, 18)}), [r"项目!A13: warning: .*没有内容，没有读"]),
    ("an id alone among the rows, which counts where they are named by numbers", together(blank_row("项目", 3, "A001"), put("佐证材料", "所属条目", "项目#2", row=19)),
     [r"项目!A2: error: \[R33.*缺人员名单", r"佐证材料!C19: error: .*没有编号为 项目#2 的条目", r"项目!A3: warning: .*没有内容，没有读", r"项目!A13: info: \[R107"]),
    ("ids filled in too far, of nobody", below("项目", {1: "A009"}), [r"项目!A13: error: .*A009"]),
    ("a project that is called after a sum", put("项目", "项目名称", "合计10万方爆破工程"), [r"项目!A2: info: .*（合计10万方爆破工程等"]),
    ("a remark below the rows", lambda b: b.book["项目"].append(["注 以上为主要项目"]), [r"项目!A\d+: (error|info): .*以上为主要项目", r"项目!A\d+: (error|info): .*以上为主要项目"]),
    ("an id that is another one in 人员", put("人员", "编号", "B001", row=3), [r"学历!A\d: error: .*没有编号 A003；是不是 B001", r".*A003 还写在这里和后面的行里"] + [": info: .*B001"] * 5),  # as said of A003 before
]

# What one slip would have others say of it: each is told once, and at the cell that is to be mended.
SLIPS += [
    ("a statement's file that is not there", put("述职", "个人述职", "述职.docx"), [r"述职!C2: error: .*“述职\.docx”找不到"]),
    ("heads that are gone", lambda b: b.book["项目"].delete_rows(1),
     [r"^项目: error: 前 10 行里没有表头", r"人员!A2: warning: \[R59", r"人员!A2: info: \[R08", r"人员!A3: warning: \[R59", r"人员!A3: info: \[R08"]),
    ("a head that has to be there", rename("项目", "项目名称", None), [r"项目!A1: error: 缺少“项目名称”列", r"项目!F2: warning: .*没有表头"]),
    ("an id that its format shows otherwise", put("项目", "编号", 1, '"A"000'), [r"项目!A2: error: .*显示的不是实际的值 1"]),
    ("an entry of another number than others cite", put("项目", "条目编号", "项目一"),
     [r"项目!A2: error: \[R33", r"佐证材料!C17: error: .*没有编号为 P1 的条目", r"佐证材料!C18: error: .*P1 还写在这里和后面的行里",
      r"条件对照!D2: error: .*P1 不在", r"打分!F6: error: .*P1 不在", r"人员!A2: info: \[R08"]),
    ("a date in Chinese numerals", put("项目", "开始时间", "二〇一七年三月"), [r"项目!D2: info: .*按“2017-03”读"]),
    ("six digits for a month", put("项目", "开始时间", 201703, "General"), [r"项目!D2: info: .*按“2017-03”读"]),
    ("an end before its beginning", put("项目", "结束时间", "2010-01"), [r"项目!A2: error: \[R30", r"项目!E2: error: \[R75\] .*晚于结束2010\.01"]),
    ("a month as Excel shows it in English", put("项目", "开始时间", DAY(2017, 3, 1), "mmm-yy"), []),
    ("until now for a beginning", put("经历", "开始时间", "至今", row=4), [r"经历!D4: error: .*写的是“至今”，这里要写具体的日期"]),
    ("valid for good", put("佐证材料", "有效期至", "长期"), [r"佐证材料!J2: info: .*“长期”，按不填读"]),
    ("hundreds of millions", put("项目", "项目金额", "0.32亿元"), [r"项目!J2: error: .*不是数字"]),
    ("a sum in two parts", put("打分", "自评分", "8+2"), [r"打分!D2: error: .*不是数字"]),
    ("more points than there are", put("打分", "自评分", "999"), [r"打分!D2: warning: \[R42.*超过最高分8"]),
    ("a rank behind the last", put("项目", "排名", "9/8"), [r"项目!L2: error: \[R98\] .*9/8不成立"]),
    ("a rank in words that are none", put("项目", "排名", "负责人"), [r"项目!L2: error: .*不是排名"]),
    ("how many pages for which", put("佐证材料", "页码", "共5页"), [r"佐证材料!H2: error: .*不是页码"]),
    ("pages that go backward", put("佐证材料", "页码", "5-2"), [r"佐证材料!G2: error: .*第 5-2 页"]),
    ("yes in other words", put("项目", "任现职以来", "是的"), [r"项目!M2: info: .*按“是”读"]),
    ("a heavy tick", put("项目", "任现职以来", "✔"), [r"项目!M2: info: .*按“是”读"]),
    ("two for yes", put("项目", "任现职以来", 2, "General"), [r"项目!M2: error: .*“是”或“否”"]),
    ("two words of a list", put("项目", "业绩类别", "工作业绩/科研项目"), [r"项目!Q2: error: .*应为：工作业绩、科研项目"]),
    ("a number before a head", rename("项目", "项目金额", "5.项目金额(万元)"), [r"项目!J1: warning: .*是不是“项目金额”"]),
    ("an ID number of fifteen digits", put("人员", "身份证号", "330199841106001"), [r"人员!M2: error: \[R74\] .*填了15位"]),
    ("a masked ID number", change("人员", "身份证号", lambda v: v[:6] + "*" * 8 + v[-4:]), [r"人员!M2: error: \[R74\] .*前17位应为数字"]),
    ("two phones", put("人员", "手机号码", "13800000001/13900000001"), [r"人员!N2: warning: \[R104\]"]),
    ("a photo that is a folder", put("人员", "照片", "photos"), [r"人员!V2: error: \[R76\] .*是文件夹"]),
    ("a path that goes up", put("佐证材料", "文件", "../scans/A001/P1.pdf"), [r"佐证材料!G2: error: \[R76\] .*不在数据文件所在的文件夹内"]),
    ("a delegation that is none", put("单位", "委托编号", "D9"), [r"单位!B2: error: .*D9 不在本文件中；是不是 D1"]),
    ("an id that Excel has made a number", put("人员", "编号", 12345678901234567000, "General"), [r"人员!A2: error: .*长数字"]),
    ("an id that Excel has made a date, which rows name without a name", together(put("人员", "编号", DAY(2026, 1, 1), WHOLE), nameless("项目", 3, "A001")), [r"人员!A2: error: .*变成了日期"]),
    ("an id that is an error, and a row of somebody else who is nobody", together(put("人员", "编号", "#N/A", row=3), below("学历", {1: "Z9", 2: "张三"})),
     [r"人员!A3: error: .*#N/A", r"学历!A\d+: error: .*没有编号 Z9$"]),
    ("a person without an id", put("人员", "编号", None), [r"人员!A2: error: .*没有填申报人编号"]),
    ("a unit's id that is an error", put("单位", "单位编号", "#N/A"), [r"单位!A2: error: .*#N/A"]),
    ("a delegation's id that is an error", put("委托", "委托编号", "#N/A"), [r"委托!A2: error: .*#N/A"]),
    ("an entry's id that others cite, and that Excel has made a date", put("项目", "条目编号", DAY(2026, 1, 1), WHOLE), [r"项目!C2: error: .*变成了日期"]),
    ("two of them", together(*(put("项目", "条目编号", DAY(2026, 1, row), WHOLE, row) for row in (2, 3))),
     [r"项目!C2: error: .*变成了日期", r"项目!C3: error: .*变成了日期"]),
    ("a serial for a month in a book that counts its days from 1904",
     lambda b: (setattr(b.book, "epoch", CALENDAR_MAC_1904), b.put("项目", "开始时间", 42795, "General")), [r"项目!D2: error: .*写 2021-03-02"]),
    ("a line end of the web in a title", change("论文著作", "题目", lambda v: v[:2] + "\u2028" + v[2:]), [r"论文著作!F2: warning: \[R78\] .*换行符U\+2028"]),
    ("two rows for the batch", below("批次", {1: "2027"}), [r"批次!A3: error: .*只能填一行"]),
]


def shared_award(book):
    """An award of two people, merged over the rows of both."""
    s = book.book["获奖荣誉"]
    row = s.max_row + 1
    for id, at in (("A001", row), ("A003", row + 1)):
        book.put("获奖荣誉", "编号", id, row=at)
    for head, value in (("种类", "获奖"), ("名称", "示例奖"), ("等级", "二等奖")):
        column = book.put("获奖荣誉", head, value, row=row).column_letter
        s.merge_cells(f"{column}{row}:{column}{row + 1}")


def in_other_columns(book):
    """What a row says stands in a column of the clerk's own, and in one without a head."""
    s = book.book["获奖荣誉"]
    row, column = s.max_row + 1, s.max_column + 1
    s.cell(1, column).value = "奖项名"
    s.cell(row, 1).value, s.cell(row, column).value = "A001", "示例奖"
    s.cell(row + 1, 1).value, s.cell(row + 1, column + 2).value = "A003", "示例奖"


def opinion_without_giver(kind):
    """One row, and no column for what just a row of 意见 has to have."""
    def make(book):
        s = book.book["推荐与意见"]
        s.delete_rows(2, s.max_row)
        for head, value in (("编号", "A001"), ("种类", kind), ("内容", "同意推荐。")):
            book.put("推荐与意见", head, value)
        s.delete_cols(book.cell("推荐与意见", "意见方").column)
    return make


def first_scores(book):
    """Data right below the heads that count up."""
    s = book.book["打分"]
    s.insert_rows(2)
    for column, value in ((1, "A001"), (3, "1"), (4, 2), (5, 3)):
        s.cell(2, column).value = value


# Rows that look empty or of another kind, and are neither: what they say is not lost in silence. Some of the lines.
LOOK_EMPTY = [
    ("an award merged over the rows of two people", shared_award, [r"获奖荣誉!M11: error: .*合并了几行", r"空缺声明!A5: warning: .*A003 .*却又填了这一项"]),
    ("content in columns that are none of the form's", in_other_columns,
     [r"获奖荣誉!C11: error: .*没有填种类", r"获奖荣誉!C12: error: .*没有填种类", r"获奖荣誉!U12: warning: .*没有表头，没有读"]),
    ("scores that count up below the heads", first_scores, [r"打分!G2: error: .*打分项1缺佐证目录"]),
]


class Slips(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="shenbao-slips-")
        for name in ("batch.xml", "photos", "scans"):
            source = os.path.join(SAMPLES, name)
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, os.path.join(cls.folder, name))
        cls.base = os.path.join(cls.folder, "base.xlsx")
        subprocess.run([PROGRAM, "workbook", os.path.join(cls.folder, "batch.xml"), "-o", cls.base, "-a", "A001", "-a", "A003"], check=True)
        cls.book = cls.path("book.xlsx")
        Book(cls.base).book.save(cls.book)
        cls.before = cls.check()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)

    @classmethod
    def check(cls):
        """The findings as lines, without the file's name."""
        done = subprocess.run([PROGRAM, "check", "book.xlsx", "--lang", "zh", "--no-rules", "R101,R111"], cwd=cls.folder,
                              capture_output=True, text=True, check=False)
        lines = (done.stdout + done.stderr).splitlines()
        return [line.removeprefix("book.xlsx:").strip() for line in lines if not line.startswith("共")]

    def said(self, slip):
        book = Book(self.base)
        slip(book)
        book.book.save(self.book)
        before = {self.nameless(line) for line in self.before}
        return [line for line in self.check() if self.nameless(line) not in before]

    @staticmethod
    def nameless(line):
        return re.sub(r"(A00\d)( \S+)? (?=\S+：)", r"\1 ", line)

    def test_slips_are_told_at_their_cells_and_nothing_follows_from_them(self):
        for what, slip, words in SLIPS if LONG else SLIPS[::2]:
            with self.subTest(what):
                said = self.said(slip)
                self.assertEqual(len(said), len(words), "\n".join(said))
                for line, word in zip(said, words):
                    self.assertRegex(line, word)

    def test_rows_that_look_empty_are_read(self):
        for what, slip, words in LOOK_EMPTY:
            with self.subTest(what):
                said = "\n".join(self.said(slip))
                self.assertNotRegex(said, "没有内容|各栏的序号")
                for word in words:
                    self.assertRegex(said, word)

    def test_a_column_that_a_row_cannot_have_withholds_nobody(self):
        for kind, written in (("专家推荐", True), ("意见", False)):
            book = Book(self.base)
            opinion_without_giver(kind)(book)
            book.book.save(self.book)
            done = subprocess.run([PROGRAM, "package", "book.xlsx", "--dry-run", "-o", "out"], cwd=self.folder,
                                  capture_output=True, text=True, check=False)
            self.assertEqual("A001" in done.stdout, written, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
