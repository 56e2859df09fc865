#!/usr/bin/env python3
"""Where fuzzing begins: what samples/, templates/ and the tests hold, small and in the forms that mutators know.

    seeds.py FOLDER      writes FOLDER/DOOR/... for each door, and FOLDER/DOOR.dict for those that have words
"""
import glob
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LARGEST = 1 << 17  # bytes of a seed
sys.path.insert(0, os.path.join(ROOT, "tests"))

from workbooks import RandomBatch


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


def some_entries(batch, which):
    """Of a batch one entry in four, less what refers to others."""
    root = ET.fromstring(batch)
    for person in root.iter("applicant"):
        for i, entry in enumerate(list(person)):
            if entry.tag != "person" and i % 4 != which % 4:
                person.remove(entry)
    for element in root.iter():
        element.attrib.pop("refs", None)
    return ET.tostring(root, encoding="unicode")


def sheets(out):
    """Small batches of all words, many of them hard to carry; for each of what is made of them."""
    batches = [read(os.path.join(ROOT, p)).decode() for p in ("tests/layout/batch.xml", "samples/jiangsu/batch.xml")]
    batches[1] = re.sub('basis="[^"]*"', 'basis="第六条（一）"', batches[1]).replace("破格申报", "正常申报")  # the door knows the schema's own lists
    whole = sorted((b for b in map(RandomBatch.batch, map(RandomBatch, range(200))) if b.count("<applicant") > 1), key=len)[:12]
    batches += [some_entries(b, i // 3) for i, b in enumerate(whole)]
    for i, batch in enumerate(batches):
        if i % 2:  # whom the second notice's list has
            batch = re.sub("<applicant [^>]*>", lambda m: re.sub(' (target|specialty)="[^"]*"', "", m[0]).replace(
                "<applicant", '<applicant target="高级工程师" specialty="计算机"'), batch)
        for what in range(4):
            put(out, "sheets", f"{i}-{what}", bytes([what << 5 | i * 10 % 32 & 30 | i % 2]) + batch.encode())


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


def statements(out):
    """In every encoding, cut, and what is none."""
    text = "本人从事采矿工作。\r\n一、项目：𬱖\r\n\r\n"
    for name in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"):
        data = (b"\xfe\xff" if name == "utf-16-be" else b"") + text.encode(name)
        put(out, "docx", name, data)
        put(out, "docx", name + "-cut", data[:-5] + b"\xd8\x00"[:1 + len(name) % 2])
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    for i, name in enumerate(("EncryptedPackage", "WordDocument", "Workbook", "DataSpaces", "ET")):
        for pad in (0, 4, 8, 12):  # by its size it is a .txt, .docx, .doc or .wps
            put(out, "docx", f"ole-{i}-{pad}", ole + name.encode("utf-16-le") + bytes(-len(name) * 2 % 16 + pad))
        put(out, "workbook", f"ole-{i}", ole + name.encode("utf-16-le") + bytes(100))
    for name, data in (("rtf", b"{\\rtf1 x}"), ("html", b"<html><table>"), ("pdf", b"%PDF-1.4"), ("csv", "姓名,编号\n王,1".encode()), ("et", b"\xd0\xcf\x11\xe0"), ("ods", b"")):
        put(out, "docx", name, data)
        put(out, "workbook", name, data)


def with_pictures(path, out):
    """A workbook whose cells hold pictures, as Excel and as WPS have them, and one beside its rows."""
    main, office = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rich, of_rich = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata", "http://schemas.microsoft.com/office/2017/06/relationships"
    drawn = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="' + office + '"'
    picture = '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_A"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic>'
    image = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{office}/image" Target="/xl/media/1.png"/></Relationships>'
    related = [(f"{of_rich}/rdRichValue", "richData/rdrichvalue.xml"), (f"{of_rich}/rdRichValueStructure", "richData/rdrichvaluestructure.xml"),
               (f"{of_rich}/richValueRel", "richData/richValueRel.xml"), (f"{office}/sheetMetadata", "metadata.xml"), ("http://www.wps.cn/officeDocument/2020/cellImage", "cellimages.xml")]
    added = {
        "xl/cellimages.xml": f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" {drawn}><etc:cellImage>{picture}</etc:cellImage></etc:cellImages>',
        "xl/_rels/cellimages.xml.rels": image, "xl/richData/_rels/richValueRel.xml.rels": image, "xl/drawings/_rels/d.xml.rels": image, "xl/media/1.png": "PNG",
        "xl/drawings/d.xml": f"<xdr:wsDr {drawn}><xdr:oneCellAnchor><xdr:from><xdr:col>21</xdr:col><xdr:row>1</xdr:row></xdr:from>{picture}</xdr:oneCellAnchor></xdr:wsDr>",
        "xl/metadata.xml": f'<metadata xmlns="{main}" xmlns:xlrd="{rich}"><metadataTypes><metadataType name="XLRICHVALUE"/></metadataTypes><futureMetadata name="XLRICHVALUE"><bk><extLst>'
                           '<ext><xlrd:rvb i="0"/></ext></extLst></bk></futureMetadata><valueMetadata><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>',
        "xl/richData/rdrichvaluestructure.xml": f'<rvStructures xmlns="{rich}"><s t="_localImage"><k n="_rvRel:LocalImageIdentifier" t="i"/><k n="CalcOrigin" t="i"/></s></rvStructures>',
        "xl/richData/rdrichvalue.xml": f'<rvData xmlns="{rich}"><rv s="0"><v>0</v><v>5</v></rv></rvData>',
        "xl/richData/richValueRel.xml": f'<richValueRels xmlns="http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel" xmlns:r="{office}"><rel r:id="rId1"/></richValueRels>'}
    cells = '<c r="Y{0}" t="e" vm="1"><v>#VALUE!</v></c><c r="Z{0}" t="str"><f>_xlfn.DISPIMG("ID_A",1)</f><v>=DISPIMG("ID_A",1)</v></c></row>'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(some_sheets(path, (2, 4, 6), 3, out))) as z, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as to:
        for name in z.namelist():
            data = z.read(name).decode()
            if name == "xl/_rels/workbook.xml.rels":
                data = data.replace("</Relationships>", "".join(f'<Relationship Id="p{i}" Type="{t}" Target="{f}"/>' for i, (t, f) in enumerate(related)) + "</Relationships>")
            if "worksheets/sheet" in name:
                data = re.sub(r'(<row [^>]*r="(\d+)"[^>]*>.*?)</row>', lambda m: m[1] + cells.format(m[2]) if int(m[2]) > 1 else m[0], data, flags=re.S)
                data = data.replace("</worksheet>", f'<drawing xmlns:r="{office}" r:id="d1"/></worksheet>')
                added["xl/worksheets/_rels/" + name.split("/")[-1] + ".rels"] = image.replace("rId1", "d1").replace("/image", "/drawing").replace("media/1.png", "drawings/d.xml")
            if "_rels/sheet" not in name:
                to.writestr(name, data)
        for name, data in added.items():
            to.writestr(name, data)
    return made.getvalue()


def archives(out):
    """Workbooks and Word documents."""
    for path in [os.path.join(ROOT, "samples/batch.xlsx")] + glob.glob(os.path.join(ROOT, "tests/saved_books/*.xlsx")):
        for last in (3, 5, *range(7, 24)):
            data = some_sheets(path, (2, 4, 6, last), 2 + last % 3, out)
            put(out, "workbook", f"{last}-{os.path.basename(path)}", data)
            if last % 4 == 3:
                put(out, "marked", f"{last}-{os.path.basename(path)}", data)
        put(out, "workbook", "pictures-" + os.path.basename(path), with_pictures(path, out))
    words(out)
    statements(out)
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


def one_page(*objects, page="", content=b"0 0 9 9 re f", root=""):
    """A PDF of one page; the objects are numbered from 5 on."""
    def stream(about, data):
        return f"<<{about}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"
    made = [f"<</Type/Catalog/Pages 2 0 R{root}>>".encode(), b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R{page}>>".encode(), content if content.startswith(b"<<") else stream("", content)]
    made += [stream(*o) if isinstance(o, tuple) else o.encode() for o in objects]
    return b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (i, o) for i, o in enumerate(made, 1)) + b"trailer<</Root 1 0 R/Size %d>>\n" % (len(made) + 1)


def odd_pdfs(out):
    """What an attachment may bring along, a kind each."""
    kinds = ("Circle", "Polygon", "PolyLine", "Caret", "Squiggly", "StrikeOut", "Underline", "Highlight", "Square", "Line", "Ink", "Stamp", "FreeText", "FileAttachment", "Redact", "Popup")
    marks = [f"<</Type/Annot/Subtype/{k}/Rect[20 20 150 90]/F 4/C[1 0 0]/IC[0 1 0]/BS<</W 2/S/D/D[3 1]>>/BE<</S/C/I 1>>/QuadPoints[20 90 150 90 20 20 150 20]/Vertices[20 20 90 90 150 20]"
             f"/InkList[[20 20 90 90]]/L[20 20 150 90]/LE[/Circle/ClosedArrow]/CL[20 20 50 50 90 20]/DA(/Helv 9 Tf 0 g)/Contents(a b)/FS 5 0 R/Name/Draft>>" for k in kinds]
    named = "<</Type/Filespec/F(a.txt)/EF<</F 6 0 R>>>>"
    files = {"marks": one_page(named, ("/Type/EmbeddedFile", b"x"), page="/Annots[" + "".join(marks) + "]", root="/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>")}
    boxes = [f"<</Type/Annot/Subtype/Widget/Rect[20 {20 + 25 * i} 150 {40 + 25 * i}]/F 4/T(f{i})/DA(/F1 9 Tf 0 g){more}>>" for i, more in enumerate((
        "/FT/Tx/Ff 16777216/MaxLen 5/V(abc)", "/FT/Tx/Ff 8192/V(abc)", "/FT/Tx/Ff 4096/Q 1/V(a\\nb)/MK<</BC[1 0 0]/BG[0 1 0]/R 90>>", "/FT/Btn/Ff 65536/MK<</CA(Go)>>",
        "/FT/Btn/Ff 32768/AS/On/V/On/MK<</CA(l)>>/Opt[(x)]/AP<</N<</On 5 0 R/Off 5 0 R>>>>", "/FT/Btn/AS/Off/V/Yes/AP<</N<</Yes 5 0 R>>>>", "/FT/Ch/Ff 131072/Opt[[(a)(b)](c)]/V(a)",
        "/FT/Ch/Opt[(a)(b)(c)]/V[(a)(c)]/I[0 2]/TI 1", "/FT/Sig", "/FT/Tx/V 6 0 R/RV(x)"))]
    files["fields"] = one_page(("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 9 9 re f"), ("", b"text"), page="/Annots[" + "".join(boxes) + "]",
                               root="/AcroForm<</NeedAppearances true/DA(/F1 0 Tf)/DR<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>")
    groups = ("<</Type/OCG/Name(a)/Usage<</Print<</PrintState/OFF>>/View<</ViewState/ON>>>>>>", "<</Type/OCG/Name(b)/Intent/Design>>",
              "<</Type/OCMD/OCGs[5 0 R 6 0 R]/P/AnyOff>>", "<</Type/OCMD/VE[/And[/Not 5 0 R][/Or 6 0 R 7 0 R]]>>")
    files["layers"] = one_page(*groups, page="/Resources<</Properties<</A 5 0 R/B 7 0 R/C 8 0 R>>>>", content=b"/OC/A BDC 1 1 5 5 re f EMC /OC/B BDC /OC/C BDC 0 0 1 1 re f EMC EMC /OC/A BDC",
                               root="/OCProperties<</OCGs[5 0 R 6 0 R]/D<</BaseState/OFF/ON[5 0 R]/OFF[6 0 R]/Intent[/View]/AS[<</Event/Print/OCGs[5 0 R]/Category[/Print]>>]/RBGroups[[5 0 R 6 0 R]]>>>>")
    files["links"] = one_page("<</Names[(a)[3 0 R/XYZ 1 2 0](b)<</D[3 0 R/FitR 1 2 3 4]>>]>>", "<</First 7 0 R/Last 7 0 R/Count 1>>", "<</Title(\\376\\377x)/Parent 6 0 R/Dest(b)/First 6 0 R>>",
                              page="/Annots[<</Subtype/Link/Rect[0 0 9 9]/Dest(a)>><</Subtype/Link/Rect[0 0 9 9]/A<</S/GoTo/D(b)>>>><</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://x)>>>>]",
                              root="/Names<</Dests 5 0 R>>/Outlines 6 0 R/Dests<</c[3 0 R/Fit]>>")
    packed = zlib.compress(b"".join(b"0.%d %d 0 rg 10 %d %d 50 re f\n" % (i * i, i, i * 7, i * 13) for i in range(99)))
    for name, data in (("cut", packed[:-12]), ("spoilt", packed[:300] + bytes(9) + packed[310:]), ("unpacked", b"\x78\x9c" + b"\xff" * 9)):
        whole = f"<</Filter/FlateDecode/DecodeParms<</Predictor 1>>/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"
        files["content-" + name] = one_page(("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter/FlateDecode", data), content=whole, page="/Resources<</XObject<</X 5 0 R>>>>")
    jpeg = read(os.path.join(ROOT, "tests/attachments/wide.jpg"))
    picture = "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent "
    scans = {"jpeg": (picture + "8/ColorSpace/DeviceRGB/Filter/DCTDecode", jpeg), "grey": (picture + "8/ColorSpace/DeviceGray/Filter/FlateDecode", zlib.compress(b"\xff" * 64)),
             "rgb": (picture + "8/ColorSpace/DeviceRGB", bytes(range(192))), "fax": (picture + "1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 8/Rows 8>>", bytes(9)),
             "mask": (picture + "1/ImageMask true/Filter/RunLengthDecode", b"\x80"), "icc": (picture + "8/ColorSpace[/ICCBased 6 0 R]/SMask 5 0 R", bytes(192))}
    for name, scan in scans.items():
        files["scan-" + name] = one_page(scan, ("/N 3", bytes(128)), page="/Resources<</XObject<</S 5 0 R>>>>", content=b"q 200 0 0 300 0 0 cm /S Do Q")
    files["inline"] = one_page(page="/Resources<</Font<</F<</Type/Font/Subtype/TrueType/BaseFont/SimSun>>>>>>", content=b"q 200 0 0 300 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q BT /F 9 Tf (a\\)b) Tj <4142> Tj ET % x")
    for name, data in files.items():
        for door in ("pdf", "bind"):
            put(out, door, name, data)


def pdfs(out):
    """Their objects in the open: no object streams, nothing compressed."""
    odd_pdfs(out)
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


def lists(out):
    """Small texts beside the data, and the committee's list."""
    put(out, "lists", "marks", b"\0# x\nA001\tscans/A001/P1.pdf\t1-2\tproject p1\nA001\tscans/A001/B1.pdf\t\n\nA002\tx\t\t\n")
    edits = ('{"applicant":"A001","field":"person/name","place":"人员!D7","was":"王","value":"李"}', '{"applicant":"A001","field":"project[1]/@role","value":"x"}',
             '{"applicant":"A001","field":"batch/unit/@name","value":"x"}', '{"place":"人员!D7","value":""}', '{"applicant":"A001","field":"batch/@plan","value":"y"}')
    put(out, "lists", "edits", b"\1" + "\n".join(edits).encode())
    put(out, "lists", "token", b"\2" + b"0123456789abcdef0123456789\r\nmore\n")
    for i, word in enumerate(("人员!D7=男", "A003:person/sex=男", "A003:project[2]/@role==", "!=", ":=")):
        put(out, "lists", f"word-{i}", b"\3" + word.encode())
    put(out, "tables", "rework", "<rework from='评委会' date='2026-10-01'><point applicant='A001' paper='评审表' label='姓名' field='person/name' was='王' should='李'>姓名不对</point>"
        "<point name='王某某'>材料不全</point></rework>")


def scans(out):
    """Names of scans, as people give them."""
    words = re.findall(r'="([^"]+)"', read(os.path.join(ROOT, "templates/base/scans.xml")).decode())
    names = ["A001/身份证.jpg", "陈𬱖-照片.jpg", "A001-P1-合同.pdf", "A001/P1/02 验收证书.pdf", "A001/P1/1.pdf", "A001/P1/10.pdf", "王某/毕业证(1).PDF", "A0011/项目1/合同 - 副本.pdf", "__MACOSX/._a", "Thumbs.db",
             "A001_学历_本科.png", "A001/专利2.pdf", "无主.pdf", "A001/论文：题目.pdf", "a.docx", "A001/x.heic", "110105194912310021.jpg"]
    put(out, "scans", "names", "\n".join(names))
    for i in range(0, len(words), 8):
        put(out, "scans", f"words-{i}", "\n".join(f"A001/{w.split()[0]}{k}.pdf" for k, w in enumerate(words[i:i + 8]) if w.split()))
    dictionary(out, "scans", [w for word in words for w in word.split()] + ["A001", "陈𬱖", "A0011", "王某", ".pdf\n", ".jpg\n", "P1", "R1", "/", "-", "（1）"])


def requests(out):
    """What a browser asks of the desk, one thing after another."""
    own = "Host: 127.0.0.1:8750\nX-Shenbao: 1\n\n"

    def asks(name, *blocks, gate=""):
        put(out, "desk", name, gate + "\n" + "\n--\n".join(blocks))

    reads = ("/", "/desk.js", "/api/desk", "/api/batches/1", "/api/batches/1/report", "/api/batches/1/taken", "/api/batches/1/package", "/api/batches/1/changes",
             "/api/batches/1/print", "/api/batches/1/room", "/api/batches/1/book", "/api/batches/1/marked", "/api/batches/1/blank", "/api/batches/1/events",
             "/api/batches/1/out/%E7%8E%8B%E6%9F%90%E6%9F%90/a.pdf", "/api/batches/1/out/..%2f..%2fsecret", "/api/batches/1/current/book.xlsx", "/api/batches/1/zip",
             "/api/batches/1/zip/%E7%8E%8B%E6%9F%90%E6%9F%90", "/api/batches/1/people/A001/pledge", "/api/batches/1/people/A001/pledge/001.svg", "/api/batches/2", "/x")
    for i, path in enumerate(reads):
        asks(f"get-{i}", f"GET {path}\n{own}")
    files = '{"files":[{"path":"甲/a.xlsx","size":3},{"path":"甲/b/c.pdf","size":0},{"path":"申报数据.xml","size":6}]}'
    put_a, put_b = "PUT /api/batches/1/uploads/1/files/%E7%94%B2/a.xlsx\n", "PUT /api/batches/1/uploads/1/files/%E7%94%B2/b/c.pdf\n"
    put_c = "PUT /api/batches/1/uploads/1/files/%E7%94%B3%E6%8A%A5%E6%95%B0%E6%8D%AE.xml\n"
    complete = "POST /api/batches/1/uploads/1/complete\n" + own
    asks("upload", f"POST /api/batches/1/uploads\n{own}{files}", f"{put_a}{own}abc", put_b + own, f"{put_c}X-Cut: 1\n{own}<bat", f"GET /api/batches/1/uploads/1\n{own}",
         f"{put_c}{own}<batch", complete + "{}", "TAKE", f"GET /api/batches/1\n{own}", f"POST /api/batches/1/uploads/1/restore\n{own}" + "{}", "TAKE",
         f"DELETE /api/batches/1/jobs/1\n{own}", f"DELETE /api/batches/1\n{own}")
    asks("partly", f"POST /api/batches/1/uploads\n{own}" + '{"replace":1,"files":[{"path":"a.zip","size":2},{"path":"book.xlsx","size":1}]}',
         f"PUT /api/batches/1/uploads/1/files/book.xlsx\n{own}abc", f"PUT /api/batches/1/uploads/1/files/a.zip\n{own}PK", complete + "{}", complete + '{"partly":1}', "TAKE")
    asks("refused", f"POST /api/batches/1/uploads\n{own}" + '{"files":[{"path":"../a","size":3},{"path":"a","size":-1},{"path":"a/b","size":1e300},{"path":"x.rar","size":1}]}',
         f"POST /api/batches/1/uploads\n{own}" + '{"files":[{"path":"a","size":1},{"path":"a/b","size":1},{"path":"a","size":1}]}', f"POST /api/batches/1/uploads\n{own}[")
    asks("change", f"POST /api/batches/1/corrections\n{own}" + '{"place":"人员!D7","person":"A001","field":"person/name","was":"王","value":"李"}',
         f"POST /api/batches/1/package\n{own}" + "{}", f"POST /api/batches/1/passwords\n{own}" + '{"passwords":"a\\nb"}', f"POST /api/batches\n{own}" + '{"name":"新","profile":"p"}')
    asks("foreign", "GET /\nHost: evil\n\n", "POST /api/batches\nHost: 127.0.0.1:8750\nOrigin: http://evil\n\n{}", f"OPTIONS /\n{own}", f"GET /\nContent-Length: 1\nTransfer-Encoding: gzip\n{own}",
         f"GET /x\nAccept: text/html\n{own}", f"HEAD /\n{own}")
    asks("token", "GET /?token=secret\nHost: hr.example:8443\nX-Forwarded-Proto: https\n\n", "GET /\nHost: hr.example:8443\n\n", "GET /?token=x\nHost: 0.0.0.0:8750\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\n\n",
         "GET /?again=1\nHost: 0.0.0.0:8750\nCookie: a=b; shenbao-desk=x\n\n", "GET /api/desk?token=secret\nHost: 0.0.0.0:8750\n\n", gate="t")


def small_png(width, height, kind):
    """Of colour type 0, 2 or 6, with 8 bits."""
    def chunk(tag, data):
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
    rows = b"".join(b"\0" + bytes((x * y + x) % 256 for x in range(width * {0: 1, 2: 3, 6: 4}[kind])) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def uploads(out):
    """Scans of every kind, one beside another, with limits of every kind."""
    scans = [read(p) for p in sorted(glob.glob(os.path.join(out, "pdf", "*"))) if os.path.getsize(p) < 1 << 14]
    pictures = [read(p) for p in sorted(glob.glob(os.path.join(out, "jpeg", "*"))) if os.path.getsize(p) < 1 << 10]
    pictures += [small_png(40, 60, 2), small_png(20, 30, 0), small_png(90, 90, 6), small_png(3, 200, 2)]
    pictures += [read(p) for p in sorted(glob.glob(os.path.join(HERE, "corpus", "[jp][pn]*g", "*")))[::5] if os.path.getsize(p) < 1 << 11]
    for i, scan in enumerate(scans):
        for pages, beside in ((b"", (scan,)), (b"1 1", (scan, pictures[i % len(pictures)])), (b" 1", (pictures[i % len(pictures)], scan))):
            put(out, "upload", f"{i}-{len(pages)}-{len(beside)}", b"\n--\n".join((bytes([i * 37 % 64, (i * 41 + len(pages)) % 128]) + pages, *beside)))
    for i, picture in enumerate(pictures):
        for limits in (0, 8, 19, 49):
            put(out, "upload", f"picture-{i}-{limits}", bytes([limits, 32 + i % 4]) + b"\n--\n" + picture)


def font_file(em, glyphs):
    """As pdf/font_file.c makes them: each glyph its advance, and a contour of these points."""
    data, places, widths = b"", [0, 0], struct.pack(">HH", em, 0)
    for advance, points in glyphs:
        drawn = struct.pack(">hhhhhHH", 1, 0, 0, 99, 99, len(points) - 1, 0) + b"\1" * len(points) + b"".join(struct.pack(">h", v) for axis in zip(*points) for v in axis)
        data += drawn + bytes(-len(drawn) % 4)
        places.append(len(data))
        widths += struct.pack(">HH", advance, 0)
    tables = {b"glyf": data, b"head": bytes(18) + struct.pack(">H", em) + bytes(30) + struct.pack(">HH", 1, 0), b"hhea": bytes(34) + struct.pack(">H", len(glyphs) + 1), b"hmtx": widths,
              b"loca": struct.pack(f">{len(places)}I", *places), b"maxp": struct.pack(">IH", 0x10000, len(glyphs) + 1) + bytes(26)}
    offset, directory = 12 + 16 * len(tables), struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32)
    for tag, table in tables.items():
        directory += tag + struct.pack(">III", 0, offset, len(table))
        offset += len(table) + -len(table) % 4
    return directory + b"".join(t + bytes(-len(t) % 4) for t in tables.values())


def print_runs(out):
    """Papers in subsets of one face or of two, and the fonts themselves."""
    shapes = [(500 + 100 * i, [(0, 0), (10 * i, 90), (50, i)]) for i in range(8)]
    fonts = [font_file(1000, shapes[:3]), font_file(1000, shapes[2:6]), font_file(1000, shapes[::3]), font_file(2048, shapes[4:])]

    def paper(*fonts, more=""):
        names = "".join(f"/F{i} {5 + 4 * i} 0 R" for i in range(len(fonts)))
        objects = []
        for i, (face, data) in enumerate(fonts):
            at = 5 + 4 * i
            objects += [f"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+{face}/Encoding/Identity-H/DescendantFonts[{at + 1} 0 R]>>",
                        f"<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap/Identity/BaseFont/ABCDEF+{face}/FontDescriptor {at + 2} 0 R/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
                        f"<</Type/FontDescriptor/FontName/ABCDEF+{face}/Flags 4/FontFile2 {at + 3} 0 R>>", (f"/Length1 {len(data)}", data)]
        return one_page(*objects, page=f"/Resources<</Font<<{names}>>>>{more}", content=b"BT /F0 9 Tf <00010002> Tj ET")

    song, hei = paper(("Song", fonts[0])), paper(("Song", fonts[1]), ("Hei", fonts[2]), more="/Rotate 90")
    packed = zlib.compress(fonts[2])
    small = paper(("Song", fonts[2])).replace(b"/Length1 %d/Length %d>>stream\n" % (len(fonts[2]), len(fonts[2])) + fonts[2],
                                              b"/Length1 %d/Filter/FlateDecode/Length %d>>stream\n" % (len(fonts[2]), len(packed)) + packed)
    layered = read(os.path.join(out, "pdf", "layers"))
    for i, parts in enumerate(((song,), (song, hei), (song, small, hei), (hei, paper(("Song", fonts[3])), song), (layered, song, layered), fonts[:3], fonts[1:], fonts[:1] * 2)):
        for how in (0, 5, 6):
            put(out, "merge", f"{i}-{how}", b"\n--\n".join((bytes([how]), *parts)))
    for name in ("marks", "fields", "links", "scan-jpeg", "inline"):
        put(out, "merge", name, b"\n--\n".join((b"\4", song, read(os.path.join(out, "pdf", name)))))


def joins(out):
    """Batches of the same unit, of other units under the same ids, and that say different things."""
    text = read(os.path.join(ROOT, "tests/layout/batch.xml")).decode()
    jiangsu = read(os.path.join(ROOT, "samples/jiangsu/batch.xml")).decode()
    person = '<applicant id="A001" mode="正常申报" specialty="爆破工程" target="高级工程师"><person><name>王某</name></person></applicant>'
    small = re.sub(r"<applicant .*</applicant>", person, text, flags=re.S)
    other = small.replace('name="示例爆破工程有限公司"', 'name="另一公司"').replace('issuer="示例局"', 'issuer="另一局"')
    second = small.replace("A001", "A002").replace("王某", "李某").replace('kind="企业"', 'kind="企业" uscc="91330199MA0000015A"')
    for i, parts in enumerate(((text,), (text, small), (small, other), (small, second), (second, small, other), (small, small.replace("示例计划", "别的计划")),
                               (text, text), (text, second), (jiangsu, small), (small, small.replace('id="U01"', 'id="U02"')))):
        put(out, "join", str(i), "\n--\n".join(parts))


def papers(out):
    """Each paper of each profile (which of them is a byte) for somebody with little, somebody with much, and somebody with very long texts."""
    person = re.compile(r"<applicant .*?</applicant>", re.S)
    little = read(os.path.join(ROOT, "tests/layout/batch.xml")).decode()
    head, foot = little[:person.search(little).start()], little[person.search(little).end():]
    everybody = [m for path in ("samples/batch.xml", "samples/jiangsu/batch.xml") for m in person.findall(read(os.path.join(ROOT, path)).decode())]
    much = [re.sub(r"<evidence .*?/>", "", p) for p in everybody]
    long = re.sub(r"(<name>|work=\"|<description>|<statement>)", lambda m: m[1] + "长江" * 60, much[0])
    for paper in range(24):
        for i, text in enumerate((little, head + everybody[paper % len(everybody)] + foot, head + much[(paper + 7) % len(much)] + foot, head + long + foot)):
            put(out, "papers", f"{paper}-{i}", bytes([paper]) + text.encode())


def earlier(out):
    """Names that are not quite those of files; and what a run has kept of a workbook."""
    files = "scans/A001/P1.pdf\nscans/A001/身份证.jpg\nＡ.png\ne\u0301.jpg\n扫描 件/x.PDF\na/b/c.jpeg".encode() + "\n张.pdf".encode("gbk")
    for i, name in enumerate(("SCANS/a001/p1.PDF", "scans\\A001\\P1.pdf", "file:scans/A001/P1%2Epdf", "P1.pdf", "scans/A001/身份证.png", "A.png", "é.jpg", "扫描%20件/x.pdf", "./a//b/c.jpeg",
                              "张.pdf", " a/b/c ", "C:/a/b/c.jpeg", "https://a/P1.pdf", "%2e%2e/outside.pdf", "．．/outside.pdf", "outside.pdf", "b/c.jpeg")):
        put(out, "near", str(i), name.encode() + b"\n" + files)

    def number(*values):
        return b"".join(struct.pack("=Q", v) for v in values)

    def text(*values):
        return b"".join(number(len(v.encode())) + v.encode() for v in values)

    def rows(*lines):
        return number(len(lines)) + b"".join(number(line, sheet, row) + text(element) + number(0) for line, sheet, row, element in lines)

    for n in range(3):
        own = text("<applicant id='A001'>\n</applicant>\n") + rows((0, 0, 2, "applicant"), (1, 1, 2, "project"))
        sheets = number(2) + b"".join(text(s) + number(1, 2, 1) + text("@id", "编号", "") + number(3) for s in ("人员", "项目"))
        people = number(n) + b"".join(text(f"A00{i + 1}") + number(14, 2, 2, 0, len(own)) for i in range(n))
        head = text("state") + people + text("<batch>\n<unit>\n</unit>\n</batch>\n") + rows((1, 0, 1, "unit"), (3, 0, 1, "batch")) + sheets + number(1) + text("U01", "高级工程师", "七级", "2")
        put(out, "excerpt", str(n), own + head + b"shenbao excerpt1" + number(len(own)))


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
    dictionary(out, "desk", ["\n--\n", "GET ", "POST ", "PUT ", "DELETE ", "/api/batches/1/", "uploads/1/", "files/", "complete", "restore", "\nTAKE", "Host: 127.0.0.1:8750\n",
                            "X-Shenbao: 1\n", "Cookie: ", "Origin: ", "%2e", "%2f", "%E7", ".part-", ".zip", ".xlsx", '"path":', '"size":', '"files":[{', '"replace":1', '"partly":1'])
    dictionary(out, "near", ["..", "%2e", "%2F", "．", "／", "＼", "‥", "\u3000", "\\", "file:", ".pdf", ".JPG", "./", "\u0301", "outside.pdf", "\n"])
    dictionary(out, "options", ["--" + w for w in ("format", "duplex", "photo", "lang", "asof", "strict", "report", "draft", "profile", "help")])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    out = os.path.abspath(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    for part in (records, sheets, tables, expressions, archives, pdfs, pictures, fonts, texts, lists, scans, requests, uploads, print_runs, joins, papers, earlier, dictionaries):
        part(out)


if __name__ == "__main__":
    main()
