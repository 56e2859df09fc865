#!/usr/bin/env python3
"""Where fuzzing begins: what samples/, templates/ and the tests hold, small and in the forms that mutators know.

    seeds.py FOLDER      writes FOLDER/DOOR/... for each door, and FOLDER/DOOR.dict for those that have words
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LARGEST = 1 << 17  # bytes of a seed


def put(out, door, name, data):
    if len(data) > LARGEST:
        return
    os.makedirs(os.path.join(out, door), exist_ok=True)
    with open(os.path.join(out, door, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def read(path):
    with open(path, "rb") as f:
        return f.read()


def copy(out, door, *patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(ROOT, pattern), recursive=True)):
            put(out, door, os.path.relpath(path, ROOT).replace("/", "-"), read(path))


def records(out):
    """Small batches, also in every encoding that the record knows."""
    for pattern in ("tests/layout/batch.xml", "tests/check/base.xml", "samples/faulty/batch.xml", "samples/jiangsu/batch.xml"):
        copy(out, "record", pattern)
        copy(out, "decode", pattern)
    text = read(os.path.join(ROOT, "tests/layout/batch.xml")).decode()
    body = re.sub(r"^<\?xml.*?\?>\s*", "", text)
    for name in ("GB18030", "GBK", "GB2312", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-8"):
        for declared in (f"<?xml version='1.0' encoding='{name}'?>\n", ""):
            for marked in ("", "\ufeff"):
                data = (marked + declared + body).encode({"UTF-16": "UTF-16LE"}.get(name, name), errors="ignore")
                put(out, "decode", f"{name}-{bool(declared)}-{bool(marked)}", data)


def tables(out):
    copy(out, "template", "tests/layout/[a-z]*.xml", "templates/*/[a-z]*-[a-z]*.xml")
    copy(out, "rules", "templates/*/rules*.xml")
    copy(out, "tables", "templates/*/*.xml", "tests/rubrics/*.xml")
    schema = read(os.path.join(ROOT, "templates/base/applicants.xsd")).decode()
    head = re.match(r".*?<xs:schema.*?>", schema, re.S)[0]
    parts = re.findall(r"^  <xs:(?:simpleType|complexType|element|group|attributeGroup) .*?^  </xs:\w+>", schema, re.S | re.M)
    for i in range(6):
        put(out, "vocabulary", f"{i}.xsd", head + "\n".join(parts[i::6]) + "</xs:schema>")
    copy(out, "fonts_xml", "fonts/fonts.xml", "tests/fonts/fonts.xml")
    rules = read(os.path.join(ROOT, "templates/base/rules.xml")).decode()
    each = {kind: [m[0] for m in re.finditer(pattern, rules, re.S)]
            for kind, pattern in (("parameter", r"<parameter .*?/>"), ("let", r"<(?:let|define|gather) [^>]*/>"), ("rule", r"<rule .*?</rule>"))}
    for i in range(0, len(each["rule"]), 4):
        some = each["parameter"][i // 4::30] + each["let"][i // 4::40] + each["rule"][i:i + 4]
        put(out, "rules", f"rules-{i:03}.xml", "<rules>" + "\n".join(some) + "</rules>")
    put(out, "rules", "local.xml", "<rules><!-- local --><rule id='R68' severity='warning'/><rule id='X1' scope='applicant'>"
        "<case when=\"person/name = ''\"><zh>空{person/name}</zh><en>empty</en></case></rule></rules>")


def expressions(out):
    """Every expression of the templates, and what unit tests ask."""
    found = set()
    for path in glob.glob(os.path.join(ROOT, "templates/*/*.xml")):
        found.update(re.findall(r'(?:select|test|when|each|key|value|sort|let)="([^"]{3,200})"', read(path).decode()))
    for path in glob.glob(os.path.join(ROOT, "tests/unit/test_r*.c")):
        found.update(re.findall(r'\{"([a-z-]+\([^"]*\))"', read(path).decode()))
    for i, text in enumerate(sorted(found)):
        put(out, "query", f"{i:04}", text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def some_sheets(path, first, out):
    """A workbook of seven of its sheets, the persons' among them, without drawings and lists to choose from."""
    small = os.path.join(out, "small.zip")
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as to:
        gone = [n for n in range(1, 40) if n not in (2, 3, 4, 5, *range(first, first + 3))]
        for info in z.infolist():
            part = re.match(r"xl/(?:worksheets/(?:_rels/)?sheet|comments)(\d+)\.", info.filename)
            if re.search(r"drawings/|theme|docProps/app", info.filename) or (part and int(part[1]) in gone):
                continue
            data = re.sub(rb"<dataValidations.*?</dataValidations>", b"", z.read(info), flags=re.S)
            if info.filename == "xl/workbook.xml":
                sheets = re.findall(rb"<sheet [^>]*/>", data)
                for n in gone:
                    data = data.replace(sheets[n - 1], b"") if n <= len(sheets) else data
            to.writestr(info.filename, data)
    data = read(small)
    os.remove(small)
    return data


def archives(out):
    """Workbooks and Word documents."""
    for path in [os.path.join(ROOT, "samples/batch.xlsx")] + glob.glob(os.path.join(ROOT, "tests/saved_books/*.xlsx")):
        for first in range(6, 24, 3):
            data = some_sheets(path, first, out)
            put(out, "workbook", f"{first}-{os.path.basename(path)}", data)
            put(out, "marked", f"{first}-{os.path.basename(path)}", data)
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    numbers = (f"<w:numbering {w}><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:start w:val='1'/>"
               "<w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%1、'/></w:lvl></w:abstractNum>"
               "<w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num></w:numbering>")
    body = ("<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>一</w:t><w:tab/>"
            "<w:br/><w:sym w:font='Wingdings' w:char='F0FC'/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:ins><w:r><w:t>二</w:t></w:r>"
            "</w:ins><w:del><w:r><w:delText>三</w:delText></w:r></w:del></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:pict/>"
            "<w:footnoteReference w:id='1'/><w:commentReference w:id='1'/></w:r></w:p>")
    path = os.path.join(out, "a.docx")
    package = "http://schemas.openxmlformats.org/package/2006/"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", f"<Types xmlns='{package}content-types'/>")
        z.writestr("_rels/.rels", f"<Relationships xmlns='{package}relationships'><Relationship Id='r1' "
                   f"Type='{office}officeDocument' Target='word/document.xml'/></Relationships>")
        z.writestr("word/_rels/document.xml.rels", f"<Relationships xmlns='{package}relationships'><Relationship Id='r1' "
                   f"Type='{office}numbering' Target='numbering.xml'/></Relationships>")
        z.writestr("word/document.xml", f"<w:document {w}><w:body>{body}</w:body></w:document>")
        z.writestr("word/numbering.xml", numbers)
    put(out, "docx", "a.docx", read(path))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name in ("申报数据.xlsx", "scans/A001/P1-合同.pdf", "scans\\A001\\P2.jpg", "../x", "__MACOSX/._a", "scans/", "a", "A", "/b", "e\u0301.pdf"):
            z.writestr(name, name * 40)
    put(out, "unpack", "a.zip", read(path))
    os.remove(path)


def pdfs(out):
    """Their objects in the open: no object streams, nothing compressed."""
    for path in sorted(glob.glob(os.path.join(ROOT, "tests/attachments/*.pdf")) + glob.glob(os.path.join(ROOT, "tests/cases/*/*.pdf")) +
                       glob.glob(os.path.join(ROOT, "samples/scans/A001/[PB]1.pdf"))):
        open_form = os.path.join(out, "open.pdf")
        subprocess.run(["qpdf", "--qdf", "--object-streams=disable", "--no-original-object-ids", path, open_form],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        name = os.path.basename(os.path.dirname(path)) + "-" + os.path.basename(path)
        for door in ("pdf", "bind"):
            put(out, door, name, read(open_form) if os.path.exists(open_form) else read(path))
        if os.path.exists(open_form):
            os.remove(open_form)


def pictures(out):
    """Those that there are, and small ones in every form of JPEG."""
    pdf = os.path.join(ROOT, "samples/scans/A001/P1.pdf")
    for name, options in (("plain", []), ("grey", ["-gray"]), ("progressive", ["-jpegopt", "progressive=y"]),
                          ("cmyk", ["-jpegcmyk"]), ("coarse", ["-jpegopt", "quality=5"])):
        kind = [] if name == "cmyk" else ["-jpeg"]
        subprocess.run(["pdftoppm", "-r", "3", "-l", "1", *kind, *options, pdf, os.path.join(out, "p")], check=True)
        for path in glob.glob(os.path.join(out, "p*.jpg")):
            put(out, "jpeg", name, read(path))
            os.remove(path)
    copy(out, "jpeg", "samples/photos/A00[15].jpg", "tests/attachments/*.jpg", "samples/faulty/photos/*.jpg")
    copy(out, "png", "samples/scans/A001/*.png", "tests/attachments/*.png", "samples/faulty/photos/*.png")


def fonts(out):
    folder = os.path.join(out, "font")
    os.makedirs(folder, exist_ok=True)
    subprocess.run([sys.executable, os.path.join(ROOT, "tests/hostile_fonts.py"), folder], check=True)


def texts(out):
    put(out, "names", "a", "{id}-{name}\n王某某\n王某某\n../x\nCON\n．．\n{name}\n" + "长" * 100 + "\nA001\na001\nÀ\n")
    put(out, "names", "b", "{name}{unit}\n \n.\nprint\nPRINT\n\x01\n")
    for i, line in enumerate(("-o x", "--output=x", "-a A001", "--format=json", "--format", "-j 4", "-j-1", "--lang zh", "--asof 2026-09-30",
                              "--strict", "-h", "-V", "--help", "--", "-", "-T d -F d", "--photo=fit", "--fromat", "--as", "--report r -q")):
        put(out, "options", str(i), b"\xff\xff" + line.replace(" ", "\n").encode() + b"\nbatch.xml")
    put(out, "json", "a", '{"text":{"zh":"字","en":"a"},"severity":"error","rule":"R68","line":31,"numbers":[-0,1.5e9,true,null,"\\u4e00\\ud840\\udc00"]}')
    copy(out, "json", "templates/base/report.schema.json")
    for i, line in enumerate(("/batches/3/file/%E5%BC%A0.pdf?x=1&y=%2F", "/%2e%2e/a", "/a//b", "/a%2Fb", "/%C0%AF", "http://a/b", "/", "/a?x=%00")):
        put(out, "target", str(i), line + '\n{"place":"项目!D7","person":"A001","field":"person/name","was":null,"value":"王","seen":3}')
    put(out, "manifest", "a", '{"version":1,"files":[\n{"path":"A001/x.pdf","sha256":"' + "0" * 64 + '","bytes":1,"key":"k"},\n'
        '{"about":"A001","key":"x"}\n]}\n--\n{"path":"b.pdf","sha256":"' + "1" * 64 + '","bytes":2}\n{"path":"c","gone":1}\n--\n'
        "1 2 3 4 5 6 7 " + "0" * 64 + "\n")
    spans = ("本人自2015年12月起从事采矿工程技术工作，主持完成“露天矿边坡监测”等3项课题。", "Müller·古丽·买买提 https://a.cn/b?c=1 2024—2026年 120m³、35%",
             "（一）——……《》、。！？；：", "一\t二\u200b三\u00ad四\u2060", "张三", "𠀀𪚥\U000E0100", "e\u0301q\u0301\u0327")
    for i, line in enumerate(spans):
        for style in range(0, 40, 7):
            put(out, "paragraph", f"{i}-{style}", bytes([style, i]) + bytes([i, i]) + line.encode() + b"\n" + bytes([70 + i, 4]) + "12".encode())
    for i, text in enumerate(("2024年6月1日", "2024.6", "至今", "第1/8", "2-4,7", "1,234.50万元", "是", "√", "男性", "11010519491231002X",
                              "91350100M000100Y43", "45292", "P1、P2；R1", "２０２４－０６", "scans/A001/1.pdf", "#N/A", "1.1E+17", "一、二\n三")):
        for kind in range(0, 9):
            put(out, "value", f"{i}-{kind}", bytes([kind]) + text.encode())


def dictionary(out, door, words):
    with open(os.path.join(out, door + ".dict"), "w", encoding="ascii") as f:
        for word in sorted(set(words)):
            f.write('"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in word.encode()) + '"\n')


def dictionaries(out):
    sources = "".join(read(p).decode() for p in glob.glob(os.path.join(ROOT, "generators/query/*.c")) +
                      [os.path.join(ROOT, "generators/check/functions.c")])
    schema = read(os.path.join(ROOT, "templates/base/applicants.xsd")).decode()
    words = re.findall(r'name="([\w-]+)"', schema)
    functions = re.findall(r'^\s*\{"([a-z-]+)", \d', sources, re.M)
    axes = ["ancestor::", "descendant-or-self::", "following-sibling::", "preceding::", "self::node()", "..", "//", "@", "[1]", "[last()]", "|",
            " and ", " or ", " div ", " mod ", "*", "<=", "!=", "$x", "position()", "count(", "string(", "concat(", "translate(", "number("]
    dictionary(out, "query", words + [f + "(" for f in functions] + axes)
    values = re.findall(r'value="([^"]+)"', schema)
    dictionary(out, "decode", ["<?xml", "encoding=", "UTF-16", "GB18030", "<![CDATA[", "]]>", "<!DOCTYPE", "&#x", "&amp;", "xmlns:", "<applicant "] + words)
    dictionary(out, "value", values[:400] + ["年", "月", "日", "至", "万元", "、", "；", "－", "１", "~", "—"])
    dictionary(out, "paragraph", ["年", "—", "…", "·", "（", "）", "，", "。", "https://", "\u200b", "\u00ad", "\u3000", "\U000E0100", "\u0301"])
    dictionary(out, "json", ["\\u", "null", "true", "severity", "text", "subject", "field", "line", "stray", "1e999", "-0"])
    dictionary(out, "manifest", ["path", "sha256", "bytes", "gone", "about", "../", "1e308", "\n--\n"])
    dictionary(out, "options", ["--" + w for w in ("format", "duplex", "photo", "lang", "asof", "strict", "report", "draft", "profile", "help")])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    out = os.path.abspath(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    for part in (records, tables, expressions, archives, pdfs, pictures, fonts, texts, dictionaries):
        part(out)


if __name__ == "__main__":
    main()
