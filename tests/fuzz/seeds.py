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


def needed(text, known):
    """The names that a text uses, and those that they use."""
    names = set(re.findall(r"\$([\w-]+)", text)) & set(known)
    more = set(re.findall(r"\$([\w-]+)", "".join(known[n] for n in names))) & set(known)
    return names if more <= names else needed(text + "".join(known[n] for n in names), known)


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
    known = {m[1]: m[0] for m in re.finditer(r'^  <(?:parameter|let|define|gather) name="([\w-]+)".*?/>', rules, re.S | re.M)}
    each = [m[0] for m in re.finditer(r"<rule .*?</rule>", rules, re.S)]
    for i in range(0, len(each), 3):
        names = needed("".join(each[i:i + 3]), known)
        put(out, "rules", f"rules-{i:03}.xml", "<rules>" + "\n".join([known[n] for n in known if n in names] + each[i:i + 3]) + "</rules>")
    for path in glob.glob(os.path.join(ROOT, "templates/*/rules.notice.xml")):
        changes = [m[0] for m in re.finditer(r"^  <(?:(?:parameter|let|define|gather) [^>]*/>|(rule|paper) .*?</\1>)", read(path).decode(), re.S | re.M)]
        for i in range(0, len(changes), 12):
            for kind in ("notice", "overlay"):
                put(out, "rules", f"{os.path.basename(os.path.dirname(path))}-{kind}-{i}.xml", f"<rules><!-- of-{kind} -->" + "\n".join(changes[i:i + 12]) + "</rules>")
    put(out, "rules", "local.xml", "<rules><!-- of-overlay --><rule id='R68' severity='warning'/><rule id='X1' scope='applicant'>"
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


def some_sheets(path, numbers, rows, out):
    """A workbook of these of its sheets and so many of their rows, with the comments of the last one: no drawings, no lists to choose from."""
    small = os.path.join(out, "small.zip")
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as to:
        names = z.namelist()
        table = re.findall(rb"<si>.*?</si>|<si/>", z.read("xl/sharedStrings.xml"), re.S) if "xl/sharedStrings.xml" in names else []
        used = []

        def string(m):
            used.append(table[int(m[2])])
            return m[1] + b"<v>%d</v>" % (len(used) - 1)

        kept = [n for n in names if re.fullmatch(rf"\[Content_Types\].xml|_rels/.rels|docProps/custom.xml|xl/(_rels/workbook.xml.rels|workbook.xml|styles.xml|"
                rf"worksheets/sheet({'|'.join(map(str, numbers))}).xml|worksheets/_rels/sheet{numbers[-1]}.xml.rels|comments{numbers[-1]}.xml|sharedStrings.xml)", n)]
        for name in sorted(kept, key=lambda n: n == "xl/sharedStrings.xml"):
            data = z.read(name)
            if "worksheets/sheet" in name:
                data = re.sub(rb"<dataValidations.*?</dataValidations>|<legacyDrawing[^>]*>", b"", data, flags=re.S)
                data = re.sub(rb'<row [^>]*?r="(\d+)"[^>]*?(?:/>|>.*?</row>)', lambda m: m[0] if int(m[1]) <= rows else b"", data, flags=re.S)
                data = re.sub(rb'(<c [^>]*t="s"[^>]*>)<v>(\d+)</v>', string, data)
            elif name == "xl/sharedStrings.xml":
                data = re.match(rb".*?<sst [^>]*>", data, re.S)[0] + b"".join(used) + b"</sst>"
            elif name == "xl/workbook.xml":
                for n, sheet in enumerate(re.findall(rb"<sheet [^>]*/>", data), 1):
                    data = data if n in numbers else data.replace(sheet, b"")
                data = re.sub(rb"<definedNames>.*?</definedNames>", b"", data, flags=re.S)
            else:
                data = re.sub(rb'<(?:Override|Relationship) [^>]*?(?:PartName|Target)="([^"]*)"[^>]*/>',
                              lambda m: m[0] if m[1].decode().split("/")[-1] in [k.split("/")[-1] for k in kept] else b"", data)
            to.writestr(name, data)
    data = read(small)
    os.remove(small)
    return data


def word_document(out, name, body, lists="", styles="", method=zipfile.ZIP_DEFLATED, head=""):
    path = os.path.join(out, "a.docx")
    package = "http://schemas.openxmlformats.org/package/2006/"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    spaces = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
              'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:m="m"')
    relation = "<Relationship Id='r{}' Type='" + office + "{}' Target='{}'/>"
    with zipfile.ZipFile(path, "w", method) as z:
        z.writestr("_rels/.rels", f"<Relationships xmlns='{package}relationships'>{relation.format(1, 'officeDocument', '/word/document.xml')}</Relationships>")
        z.writestr("word/_rels/document.xml.rels", f"<Relationships xmlns='{package}relationships'>{relation.format(1, 'numbering', '../word/numbering.xml')}"
                   f"{relation.format(2, 'styles', 'styles.xml')}</Relationships>")
        z.writestr("word/document.xml", head + f"<w:document {spaces}><w:body>{body}</w:body></w:document>")
        z.writestr("word/numbering.xml", f"<w:numbering {spaces}>{lists}</w:numbering>")
        z.writestr("word/styles.xml", f"<w:styles {spaces}>{styles}</w:styles>")
    put(out, "docx", name, read(path))
    os.remove(path)


def words(out):
    """Word documents: all kinds of numbers, styles that number, what is left out, and what is no document."""
    def level(n, kind, text="%1、", start=1, more=""):
        return f"<w:lvl w:ilvl='{n}'><w:start w:val='{start}'/><w:numFmt w:val='{kind}'/><w:lvlText w:val='{text}'/>{more}</w:lvl>"

    def numbered(list_of, deep, text="字"):
        return f"<w:p><w:pPr><w:numPr><w:ilvl w:val='{deep}'/><w:numId w:val='{list_of}'/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    kinds = ("chineseCounting", "upperRoman", "lowerRoman", "upperLetter", "decimalZero", "decimalEnclosedCircle", "none", "ideographDigital", "bullet")
    for start in (1, 19, 105, 3999, 9999):
        lists = "<w:abstractNum w:abstractNumId='0'>" + "".join(level(i, k, f"（%{i + 1}.%1", start) for i, k in enumerate(kinds)) + "</w:abstractNum>"
        lists += "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
        word_document(out, f"kinds-{start}", "".join(numbered(1, i) for i in range(9)), lists)
    lists = ("<w:abstractNum w:abstractNumId='1'>" + level(0, "bullet", "\uf0b7o") + level(1, "decimal", "%2", 3, "<w:suff w:val='nothing'/>") +
             "</w:abstractNum><w:num w:numId='2'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='1'><w:startOverride w:val='7'/></w:lvlOverride></w:num>")
    styles = ("<w:style w:styleId='A'><w:basedOn w:val='B'/></w:style><w:style w:styleId='B'><w:basedOn w:val='A'/><w:pPr><w:numPr><w:ilvl w:val='1'/>"
              "<w:numId w:val='2'/></w:numPr></w:pPr></w:style><w:style w:styleId='C'><w:basedOn w:val='C'/></w:style>")
    body = "".join(f"<w:p><w:pPr><w:pStyle w:val='{s}'/></w:pPr><w:r><w:sym/><w:noBreakHyphen/><w:cr/></w:r></w:p>" for s in "ABCD")
    word_document(out, "styles", body + numbered(2, 0) + numbered(2, 9) + numbered(3, 0), lists, styles)
    body = ("<w:tbl><w:tr><w:tc><w:p><w:ins><w:r><w:t>二</w:t></w:r></w:ins><w:del><w:r><w:delText>三</w:delText></w:r></w:del></w:p></w:tc></w:tr></w:tbl>"
            "<w:p><w:r><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict><w:footnoteReference/><w:commentReference/><w:rPr><w:vanish/></w:rPr><w:tab/>"
            "<w:t>藏</w:t></w:r><w:r><w:rPr><w:vanish w:val='off'/></w:rPr><w:t>见</w:t><w:br w:type='page'/><w:br/></w:r><m:oMath><m:t>x</m:t></m:oMath></w:p>"
            "<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>甲</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p/></mc:Fallback></mc:AlternateContent>")
    word_document(out, "left-out", body)
    word_document(out, "stored", body, method=zipfile.ZIP_STORED)
    word_document(out, "packed-else", body, method=zipfile.ZIP_BZIP2)
    word_document(out, "long", numbered(1, 0), "<w:abstractNum w:abstractNumId='0'>" + level(0, "decimal", "x" * 1001) + "</w:abstractNum>")
    word_document(out, "many", numbered(1, 0), "<w:num/>" * 10001)
    word_document(out, "many-styles", numbered(1, 0), "", "<w:style/>" * 10001)
    word_document(out, "doctype", body, head="<!DOCTYPE w:document [<!ENTITY a 'b'>]>")


def archives(out):
    """Workbooks and Word documents."""
    for path in [os.path.join(ROOT, "samples/batch.xlsx")] + glob.glob(os.path.join(ROOT, "tests/saved_books/*.xlsx")):
        for last in (3, 5, *range(7, 24)):
            data = some_sheets(path, (2, 4, 6, last), 2 + last % 3, out)
            put(out, "workbook", f"{last}-{os.path.basename(path)}", data)
            if last % 4 == 3:
                put(out, "marked", f"{last}-{os.path.basename(path)}", data)
    words(out)
    path = os.path.join(out, "a.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name in ("申报数据.xlsx", "scans/A001/P1-合同.pdf", "scans\\A001\\P2.jpg", "../x", "__MACOSX/._a", "scans/", "a", "A", "/b", "e\u0301.pdf", "a/below",
                     "张".encode("gbk").decode("cp437") + ".pdf", "x" * 300, "Thumbs.db", "~$a.xlsx", "scans/A001"):
            z.writestr(name, name * 40)
        for name, mode in (("link", 0o120777), ("pipe", 0o010644), ("program", 0o100755)):
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, mode << 16
            z.writestr(entry, "/etc")
    put(out, "unpack", "a.zip", read(path))
    data = bytearray(read(path))
    data[data.index(b"PK\x03\x04") + 6] |= 1  # the first one says that it is encrypted
    data[data.index(b"PK\x01\x02") + 8] |= 1
    put(out, "unpack", "locked.zip", bytes(data))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("bomb", bytes(6 << 20))
    put(out, "unpack", "bomb.zip", read(path))
    put(out, "unpack", "none.zip", "PK")
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
