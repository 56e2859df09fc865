"""PDFs that have what attachments seldom have, each thing in many ways: what binding makes of them is a golden (blackbox_generated)."""
import zlib

import pdfs
from blackbox_annotations import annotated, form, utf16

RED = "/C[1 0 0]"
BORDERS = ("", "/BS<</W 3>>", "/BS<</W 0>>", "/BS<</W 2000>>", "/BS<</W 4/S/D>>", "/BS<</W 4/S/D/D[5 2 1]>>", "/BS<</W 4/S/D/D[0 0]>>", "/BS<</W 4/S/U>>",
           "/BS<</W 4/S/B>>", "/BS<</W 4/S/I>>", "/Border[0 0 5]", "/Border[0 0 5[4 2]]", "/Border[0 0 5[]]", "/Border[9 9 -1]", "/Border[0 0 0]")
COLOURS = ("", "/C[]", "/C[.25]", "/C[1 .5 0]", "/C[.1 .2 .3 .4]", "/C[2 -1 0]", "/C[1 0]", "/C[1 1 1 1 1]", "/C[.5]/IC[0 1 0]", "/C[]/IC[.7]",
           "/IC[0 0 1 0]", "/C[1 0 0]/IC[]", "/C[.5]/CA .25", "/C[.5]/CA 7", "/C[.5]/CA -1")
ENDINGS = ("None", "Square", "Circle", "Diamond", "OpenArrow", "ClosedArrow", "Butt", "ROpenArrow", "RClosedArrow", "Slash")
QUADS = "[{0} {3} {2} {3} {0} {1} {2} {1}]"


def grid(keys, width=90, height=50, columns=5):
    """Each with its place on the page: {0} {1} {2} {3} are left, bottom, right, top."""
    for i, key in enumerate(keys):
        x, y = 40 + (width + 15) * (i % columns), 740 - (height + 14) * (i // columns)
        box = (x, y, x + width, y + height)
        yield f"/Rect[{x} {y} {x + width} {y + height}]/F 4" + key.replace("<<", "\0").replace(">>", "\1").format(*box).replace("\0", "<<").replace("\1", ">>")


def page(keys, **more):
    return annotated(*(key.replace("{", "{{").replace("}", "}}") for key in grid(keys, **more)))


def every(kind, more=("",)):
    return ["/Subtype/" + kind + m for m in more]


def annotations():
    line = "/L[{0} {1} {2} {3}]"
    yield "square", page(every("Square", BORDERS + COLOURS) + every("Square", ("/C[1]/RD[5 6 7 8]", "/C[0]/RD[60 0 60 0]", "/C[0]/RD[0 25 0 25]")))
    yield "circle", page(every("Circle", BORDERS + COLOURS) + every("Circle", ("/C[1]/RD[5 6 7 8]/BS<</W 3>>", "/BS<</W 60>>")))
    yield "line", page(every("Line", [line + more for more in BORDERS + COLOURS]) + every("Line", (
        line + "/C[0]/LL 10", line + "/C[0]/LL -10/LLE 4", line + "/LL 8/LLE 5", line + "/LLE 5", line + "/LL 0", line + "/LL 5/LLE -3", line + "/LL 5/LLE 2000",
        "/L[{0} {1} {0} {1}]/LL 9/LE[/Butt/Butt]", line + "/Cap true/Contents(caption)", line + "/Cap true", "/L[1 2 3]", line + "/LL 1000000")))
    yield "ends", page(every("Line", [line + f"/IC[0 1 0]/BS<</W {w}>>/LE[/{end}/{ENDINGS[-i]}]" for w in (0.5, 3) for i, end in enumerate(ENDINGS)])
                       + every("PolyLine", [f"/Vertices[{{0}} {{1}} {{2}} {{1}} {{2}} {{3}}]{RED}/IC[1]/LE[/{end}/{end}]" for end in ENDINGS]))
    yield "points", page(every("Polygon", [f"/Vertices[{{0}} {{1}} {{2}} {{1}} {{2}} {{3}}]{more}" for more in BORDERS[:4] + COLOURS])
                         + every("Polygon", ("/Vertices[{0} {1}]", "/Vertices[{0} {1} {2} {3} 7]", "/Vertices[{0} {1} {2} {3} 9000000 1]"))
                         + every("Ink", [f"/InkList[[{{0}} {{1}} {{2}} {{3}}][{{0}} {{3}}][]]{more}" for more in ("", RED, "/C[]", "/BS<</W 0>>", "/BS<</W 9>>")]))
    marks = ["/QuadPoints" + QUADS, f"/QuadPoints{QUADS}{RED}", f"/QuadPoints{QUADS}/C[]", f"/QuadPoints{QUADS}/CA .5",
             "/QuadPoints[{0} {3} {2} {3} {0} {1} {2} {1} {0} 20 {2} 30 {0} 10 {2} 15]", "/QuadPoints[{0} {1}]",
             "/QuadPoints[{0} {3} {0} {3} {0} {1} {0} {1}]", "/QuadPoints[{0} {1} {2} {1} {0} {1} {2} {1}]"]
    yield "marks", page([key for kind in ("Highlight", "Underline", "StrikeOut", "Squiggly") for key in every(kind, marks)], height=30)
    words = f"/Contents{utf16('一段说明 of words that goes on')}"
    free = ["/DA(0 g /Helv 9 Tf)", "/DA(1 0 0 rg /F 0 Tf)/Q 1", "/DA(0 1 1 0 k /SimSun 8 Tf)/Q 2", "/Q 3", "/C[1 1 0]/BS<</W 4>>", "/BS<</W 0>>", "/RD[5 5 5 5]", "/RC(x)",
            "/CL[{0} {1} 300 60 {2} {3}]/LE/OpenArrow", "/CL[{0} {1}]", "/CL[{0} {1} {2} {3}]/LE/Circle/BS<</W 3>>"]
    yield "free", page([*every("FreeText", [words + more for more in free]), *every("FreeText", ("", "/RC(x)", "/Contents()/C[1]"))], width=150, columns=3)
    icons = [k + c for k in ("Text", "FileAttachment", "Caret") for c in COLOURS[:5]] + ["Caret/RD[10 10 10 10]", "Popup", "Watermark", "TrapNet", "PrinterMark"]
    yield "icons", page(["/Subtype/" + k for k in icons] + every("Stamp", ("", "/Name/Approved", "/Name/NotForPublicRelease", "/Name/ABC", "/Name/#20")))
    yield "corners", annotated("/Subtype/Text/F 4/Rect[90 90 90 90]", "/Subtype/Square/F 4/Rect[90 90 90 190]", "/Subtype/Caret/F 4/Rect[300 300 310 305]",
                               "/Subtype/Square/F 4/Rect[400 500 300 400]", "/Subtype/Square/F 4/Rect[0 0 2000000 9]")
    yield "links", annotated(*(f"/Subtype/Link/F 4/Rect[{60 + 30 * i} 300 {80 + 30 * i} 350]{k}" for i, k in enumerate(BORDERS)),
                             *(f"/Subtype/Link/F 4/Border[0 0 2]/Rect[{60 + 30 * i} 500 {80 + 30 * i} 550]{k}" for i, k in enumerate(COLOURS)))


def looks(pdf):
    def shape(content, extra="/BBox[0 0 90 50]"):
        return pdf.stream(content, "/Type/XObject/Subtype/Form" + extra)
    font = "/BBox[0 0 90 50]/Resources<</Font<</H<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    return {"red": shape("1 0 0 rg 0 0 90 50 re f"), "none": shape(""), "part": shape("0 1 0 rg 10 10 20 20 re f", "/BBox[10 10 30 30]"),
            "turned": shape("0 1 0 rg 10 10 20 20 re f", "/BBox[10 10 30 30]/Matrix[0 2 -2 0 5 6]"), "flat": shape("0 0 9 9 re f", "/BBox[0 0 0 9]"),
            "old": shape("BT /H 9 Tf 3 9 Td (Old) Tj ET", font), "new": shape("BT /H 9 Tf 3 9 Td [(Va)-9(lue)] TJ ET", font)}


def own_looks():
    """Appearances of their own, placed by /BBox and /Matrix; flags of printing, turning and size."""
    keys = [f"/Subtype/Stamp/AP<</N {{{{{n}}}}} 0 R>>" for n in ("red", "none", "part", "turned", "flat")]
    keys += [f"/Subtype/Square{f}/AP<</N {{{{part}}}} 0 R>>" for f in ("/F 0", "/F 2", "/F 6", "/F 12", "/F 20", "/F 28", "/F 32", "/F 36", "/F 128")]
    keys += ["/Subtype/Stamp/AS/a/AP<</N<</a {{red}} 0 R/b {{part}} 0 R>>>>", "/Subtype/Stamp/AS/c/AP<</N<</a {{red}} 0 R>>>>", "/Subtype/Stamp/AP<</D {{red}} 0 R>>"]
    placed = [key.replace("/F 4", "", 1) if "/F " in key.split("]", 1)[1][4:] else key for key in grid(keys)]
    yield "looks", annotated(*placed, prepare=looks)
    yield "looks-turned", annotated(*placed, prepare=looks, box=(0, 0, 842, 595), extra="/Rotate 90")
    yield "looks-large", annotated(*placed, prepare=looks, box=(-50, 20, 1190, 1684), extra="/Rotate 270/UserUnit 2")


def fields():
    def texts(keys):
        return form(*(key.split("/F 4")[0] + key.split("/F 4")[1] + f"/T(f{i})" for i, key in enumerate(grid(keys))), prepare=looks)
    value = "/FT/Tx/V(Value)"
    frames = [f"/MK<<{mk}>>{bs}" for mk in ("/BC[1 0 0]", "/BG[.5]", "/BC[0]/BG[1 1 0]") for bs in ("", "/BS<</W 3/S/B>>", "/BS<</W 3/S/U>>", "/BS<</W 0>>", "/BS<</W 2/S/I>>")]
    yield "frames", texts([value + f for f in frames] + ["/FT/Btn/Ff 65536" + f for f in frames])
    comb = "/FT/Tx/V(AB)/Ff 16777216/DA(0 g /Helv 10 Tf)"
    yield "texts", texts([value + more for more in (
        "/Q 1", "/Q 2", "/Q 7", "/DA(0 g /Helv 0 Tf)", "/DA(0 g /KaiTi 7 Tf)", "/DA(.2 .3 .4 rg /Times 99 Tf)", "/Ff 4096", "/Ff 8192", "/Ff 12288/DA(0 g /H 8 Tf)",
        "/MK<</R 90>>", "/MK<</R 180>>", "/MK<</R 270/BC[0]>>", "/MK<</R -90>>", "/AP<</N {{old}} 0 R>>", "/AP<</N {{new}} 0 R>>", "/AP<</N {{none}} 0 R>>",
        "/AP<</N {{old}} 0 R>>/AA<</F<<>>>>", "/AP<</N {{red}} 0 R>>", "/Ff 8192/AP<</N {{old}} 0 R>>")]
        + ["/FT/Tx/Ff 4096/DA(0 g /H 0 Tf)/V(many words that need more lines\\rthan one)", comb, comb + "/MaxLen 2", comb + "/MaxLen 3/MK<</BC[0]>>",
           comb + "/MaxLen 4/MK<</BC[0]/R 90>>", comb + "/MaxLen 5/MK<</BC[0]>>/BS<</W 0>>", "/FT/Tx/V(AB)/Ff 16781312/MaxLen 9", "/FT/Tx", "/FT/Tx/V()/AP<</N {{old}} 0 R>>",
           "/FT/Sig", "/FT/Sig/V<<>>/AP<</N {{red}} 0 R>>"])
    options, look = "/FT/Ch/Opt[(one)[(2)(two)](three)(four)(five)(six)]", "/DA(0 g /Helv 11 Tf)"
    yield "choices", texts([options + (more if "/DA" in more else look + more) for more in (
        "", "/V(one)", "/V(2)", "/V(six)", "/V[(one)(three)]", "/TI 2", "/TI 2/V(one)", "/TI 5", "/TI 99", "/TI -1", "/Ff 131072", "/Ff 131072/V(2)", "/Ff 131072/V(else)",
        "/V(2)/MK<</BC[0]>>/BS<</W 4>>", "/V(2)/DA(0 g /H 0 Tf)", "/V(2)/DA(0 g /H 40 Tf)", "/V(2)/AP<</N {{old}} 0 R>>", "/V(2)/AP<</N {{none}} 0 R>>")]
        + ["/FT/Ch/V(x)", "/FT/Ch/Opt[]"])
    on = "/FT/Btn/V/Yes/DA(1 0 0 rg)"
    states = "/AP<</N<</a {{red}} 0 R/Off {{none}} 0 R>>>>"
    yield "buttons", texts([on + f"/MK<</CA({c})>>" for c in "48unHlx"] + [on + f"/MK<</CA({c})/BC[0]>>/BS<</W 5/S/{s}>>" for c in "4l" for s in "SBU"] + [
        "/FT/Btn" + more for more in ("", "/V/a" + states, "/V/b" + states, "/AS/a" + states, "/AS/Off" + states, "/AS/Off/V/a" + states, "/AS/b" + states, "/V/Off/MK<</BC[0]>>",
                                      "/Ff 32768/V/a" + states, "/Ff 32768/AS/a/V/b" + states, "/Ff 32768/AS/Yes/V/Off/DA(1 g)", "/Ff 32768/V/x", "/AP<</N {{red}} 0 R>>",
                                      "/Ff 65536/MK<</CA(Push me)/BC[0]/BG[.9]/R 90>>", "/Ff 65536/MK<</CA(Push)>>/DA(0 g /H 9 Tf)", "/Ff 65536/AS/a" + states)])
    yield "needed", form("/FT/Tx/V(Value)/AP<</N {new} 0 R>>/Rect[40 700 130 750]", "/FT/Btn/V/b/AS/a/AP<</N<</a {red} 0 R>>>>/Rect[140 700 230 750]",
                         "/FT/Ch/V(2)/Opt[(1)(2)]/AP<</N {old} 0 R>>/Rect[240 700 330 750]", need=True, prepare=looks)


def layers():
    """Every policy over layers that are on and off, in content, in forms and nested."""
    pdf = pdfs.Pdf("1.7")
    on, off, screen = (pdf.add(f"<</Type/OCG/Name({n})/Usage<</Print<</PrintState/{p}>>/View<</ViewState/ON>>>>>>") for n, p in (("on", "ON"), ("off", "OFF"), ("s", "OFF")))
    groups = [f"{on} 0 R", f"{off} 0 R", f"{screen} 0 R"]
    for policy in ("", "/P/AllOn", "/P/AnyOn", "/P/AnyOff", "/P/AllOff", "/P/Other"):
        for which in (f"{on} 0 R", f"[{on} 0 R {off} 0 R]", f"[{off} 0 R {off} 0 R]", f"[{on} 0 R null]", "[]"):
            groups.append(f"<</Type/OCMD/OCGs {which}{policy}>>")
    for rule in (f"[/Not {on} 0 R]", f"[/Not {off} 0 R]", f"[/And {on} 0 R {off} 0 R]", f"[/Or {off} 0 R {on} 0 R]", f"[/And {on} 0 R[/Not {off} 0 R]]",
                 f"[/Or {off} 0 R[/And {on} 0 R {off} 0 R]]", "[/Or]", "[/And]", "[/Xor 1 2]"):
        groups.append(f"<</Type/OCMD/OCGs {on} 0 R/VE{rule}>>")
    content = "".join(f"/OC /G{i} BDC {40 + 20 * (i % 20)} {100 + 20 * (i // 20)} 9 9 re f EMC\n" for i in range(len(groups)))
    nested = "/OC /G0 BDC /OC /G1 BDC 1 1 5 5 re f EMC 9 9 5 5 re f EMC /Span <</A 1>> BDC /OC /G1 BDC 20 1 5 5 re f EMC EMC"
    properties = "/Properties<<" + "".join(f"/G{i} {g}" for i, g in enumerate(groups)) + ">>"
    shape = pdf.stream(nested, "/Type/XObject/Subtype/Form/BBox[0 0 90 90]/Resources<<" + properties + ">>")
    hidden = pdf.stream("0 0 90 90 re f", f"/Type/XObject/Subtype/Form/BBox[0 0 90 90]/OC {off} 0 R")
    for _ in range(2):
        pdf.page(content + "q 1 0 0 1 300 300 cm /X Do Q /H Do " + nested, resources=f"{properties}/XObject<</X {shape} 0 R/H {hidden} 0 R>>")
    pdf.catalog_extra = (f"/OCProperties<</OCGs[{on} 0 R {off} 0 R {screen} 0 R]/D<</OFF[{off} 0 R]/AS[<</Event/Print/Category[/Print]/OCGs[{screen} 0 R]>>"
                         f"<</Event/View/Category[/View]/OCGs[{on} 0 R]>>]>>>>")
    yield "layers", pdf.bytes()
    pdf.catalog_extra = f"/OCProperties<</OCGs[{on} 0 R {off} 0 R {screen} 0 R]/D<</BaseState/OFF/ON[{on} 0 R]>>>>"
    yield "layers-off", pdf.bytes()


def boxes():
    """Pages of all sizes, turns and origins; what is cut off them."""
    pdf = pdfs.Pdf("1.6")
    for i, (box, extra) in enumerate((
            ((0, 0, 595, 842), ""), ((0, 0, 842, 595), ""), ((10, -20, 605, 822), "/Rotate 90"), ((0, 0, 420, 595), "/Rotate 180"), ((0, 0, 842, 1191), ""),
            ((0, 0, 1191, 842), "/Rotate 270"), ((0, 0, 3000, 4000), ""), ((0, 0, 30, 40), ""), ((0, 0, 300, 400), "/UserUnit 2"), ((0, 0, 595, 842), "/Rotate -90"),
            ((0, 0, 595, 842), "/Rotate 450"), ((0, 0, 595, 842), "/Rotate 45"), ((595, 842, 0, 0), ""), ((0, 0, 595, 842), "/CropBox[100 100 400 500]"),
            ((0, 0, 595, 842), "/CropBox[900 900 1000 1000]"), ((0, 0, 595, 842), "/CropBox[-50 -50 300 900]"), ((0, 0, 595, 842), "/CropBox[400 500 100 100]/Rotate 90"),
            ((0, 0, 200, 2000), ""), ((0, 0, 2000, 200), ""), ((0, 0, 0, 0), ""), (None, ""))):
        pdf.page(pdfs.words(f"b{i}", 20, 20, 12), box, extra)
    yield "boxes", pdf.bytes()
    pdf = pdfs.Pdf("1.6")
    around = (-1000, -1000, 1000, 1000)
    for box, extra in (*((around, f"/CropBox[{crop}]") for crop in ("-300 0 300 400", "0 -400 300 400", "-300 -400 0 0", "0 0 .1 9", "0 0 9 .1", "0 0 .2 9", "0 0 9 .2", "0 0 300 400 5", "0 0 300")),
                       ((0, 0, 1190, 1684), ""), ((0, 0, 1200, 1700), ""), ((0, 0, 1684, 1190), ""), ((0, 0, 842, 1190.6), ""), ((0, 0, 850, 1210), ""), ((0, 0, 595, 842, 7), ""),
                       ((0, 0, .1, 9), ""), ((0, 0, 9, .1), ""), ((0, 0, .3, .3), ""), ((0, 0, 14400, 14400), ""), ((0, 0, 14401, 300), ""), ((0, 0, 300, 14401), ""),
                       ((900000, 900000, 900595, 900842), ""), (around, "/CropBox[0 0 300 0]"),
                       *(((0, 0, 300, 400), f"/UserUnit {u}") for u in (.005, .01, .5, 1000, 1001, -1, 3))):
        pdf.page(pdfs.words("b", 20, 20, 12), box, extra)
    yield "limits", pdf.bytes()


def picture(pdf, width, height, data, colours="/DeviceGray", bits=8, extra=""):
    return pdf.stream(data, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace{colours}/BitsPerComponent {bits}{extra}")


def pictures():
    """Scans from coarse to fine, whole pages and parts of them, in forms, turned; what is nearly blank. Each in a file of its own."""
    white, whole = b"\xff" * 40000, "q 595 0 0 842 0 0 cm /I{} Do Q"
    specks = bytearray(white)
    for i in range(0, 40000, 997):
        specks[i] = 0
    kinds = [(w, h, bytes(range(256)) * (w * h // 256 + 1)) for w, h in ((300, 400), (600, 800), (900, 1300), (1200, 100))] + [
        (512, 64, bytes(64 * 64), "/DeviceGray", 1), (200, 200, white), (200, 200, white[:-1]), (200, 200, bytes(specks)), (100, 133, white, "/DeviceRGB"),
        (200, 200, white, "/CalGray"), (200, 200, white, "[/CalGray<<>>]"), (100, 100, white, "/DeviceCMYK"), (200, 200, white, "/DeviceGray", 4),
        (200, 200, white, "/DeviceGray", 8, "/Mask[1 2]"), (200, 200, white, "/DeviceGray", 8, "/ImageMask true"), (200, 200, b"\x80" * 40000), (200, 200, b"\xf0" * 40000),
        (0, 200, white), (200, 200, white, "[/Indexed/DeviceGray 255 (x)]")]
    contents = [whole.format(i) for i in range(len(kinds) + 4)] + [
        "q 0 842 -595 0 595 0 cm /I0 Do Q", "/F Do", "q .5 0 0 .5 0 0 cm /F Do Q", "q 300 0 0 400 0 0 cm /I0 Do Q", "q 595 0 0 50 0 0 cm /I3 Do Q",
        "q 500 0 0 60 0 0 cm /I4 Do Q", "q 9 0 0 9 0 0 cm /I2 Do Q", "q 595 0 0 421 0 0 cm /I0 Do Q", "q 595 0 0 420 0 0 cm /I0 Do Q",
        "q 595 0 0 842 0 0 cm /I0 Do Q BT /F1 9 Tf 9 9 Td (words) Tj ET", "BT 3 Tr /F1 9 Tf 9 9 Td (unseen) Tj ET q 595 0 0 842 0 0 cm /I0 Do Q",
        "q 595 0 0 421 0 0 cm /I0 Do Q q 595 0 0 421 0 421 cm /I1 Do Q", "q 595 0 0 300 0 0 cm /I0 Do Q q 595 0 0 842 0 421 cm /I0 Do Q", "", " ", "q Q", "1 g 0 0 595 842 re f",
        "q 595 0 0 842 9000 0 cm /I0 Do Q", "q 595 0 0 842 0 0 cm BI /W 2/H 2/BPC 8/CS/G ID abcd EI Q", "q 2 0 0 2 0 0 cm q 297 0 0 421 0 0 cm /I0 Do Q Q /I0 Do",
        "Q q 595 0 0 842 0 0 cm /I0 Do", "q 9 9 9 1 0 0 1 0 0 cm 595 0 0 842 0 0 cm /I0 Do Q", "(/I9 Do \\( S ) % S\n<53> /P <</S(S)>> DP", "3 Tr", "0 0 m S", "f*", "/Sh sh", "0 Tr () Tj",
        "3 Tr () Tj", "3 Tr 0 Tr () Tj", "/Absent Do", "1 0 0 1 0 0 cm n"]
    for i, content in enumerate(contents):
        pdf = pdfs.Pdf()
        made = [f"/I{k} {picture(pdf, *kind)} 0 R" for k, kind in enumerate(kinds) if f"/I{k} " in content or (k == 0 and "/F " in content)]
        jpeg = [pdfs.block_jpeg(8, 8, lambda x, y: (255,), 1), pdfs.block_jpeg(8, 8, lambda x, y: (x * 30,), 1)]
        for k, (data, more) in enumerate([(jpeg[0], "/Filter/DCTDecode"), (jpeg[1], "/Filter[/DCTDecode]"), (bytes(9), "/Filter/CCITTFaxDecode"), (bytes(58), "/Filter/CCITTFaxDecode")]):
            if f"/I{len(kinds) + k} " in content:
                number = pdf.stream(data, f"/Type/XObject/Subtype/Image/Width 64/Height {64 if k < 2 else 200}/ColorSpace/DeviceGray/BitsPerComponent {8 if k < 2 else 1}{more}", packed=False)
                made.append(f"/I{len(kinds) + k} {number} 0 R")
        shape = pdf.stream("q 500 0 0 700 0 0 cm /I0 Do Q", f"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Matrix[1 .1 0 1 40 40]/Resources<</XObject<<{' '.join(made)}>>>>")
        pdf.page(content, resources=f"/XObject<<{' '.join(made)}/F {shape} 0 R>>", extra="/UserUnit 2" if i == 3 else "")
        yield f"picture-{i}", pdf.bytes()
    for i, (width, height) in enumerate(((300, 842), (595, 400), (1190, 842), (842, 1190), (1190, 400), (420, 595), (1684, 1190))):
        pdf = pdfs.Pdf()
        number = picture(pdf, *kinds[1])
        pdf.page(f"q {width} 0 0 {height} 0 0 cm /I Do Q", (0, 0, width, height), resources=f"/XObject<</I {number} 0 R>>")
        yield f"sheet-{i}", pdf.bytes()


def faces():
    """Fonts that are not in the file: used, unseen, in forms, in patterns, in kinds that need no file."""
    def font(kind, name, more=""):
        return f"<</Type/Font/Subtype/{kind}/BaseFont/{name}{more}>>"
    empty = "/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>"
    pdf = pdfs.Pdf()
    held = pdf.stream(b"no font", "/Length1 7")
    fonts = [font("Type1", "Helvetica"), font("TrueType", "SimSun", empty), font("TrueType", "Held", f"/FontDescriptor<</FontFile2 {held} 0 R>>"), font("Type1", "Symbol"),
             font("Type0", "STSong", f"/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong{empty}>>]"),
             font("Type0", "GBK", f"/Encoding/GBK-EUC-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/#CB#CE#CC#E5{empty}>>]"),
             font("Type3", "T3", "/FontBBox[0 0 1 1]/CharProcs<<>>"), font("Type1", "ABCDEF+Sub", empty), font("MMType1", "Mm"), font("Type1", "Arial,Bold")]
    resources = "<</Font<<" + "".join(f"/T{i} {f}" for i, f in enumerate(fonts)) + ">>>>"
    shape = pdf.stream("BT /T1 9 Tf (x) Tj ET", f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources{resources}")
    contents = [f"BT /T{i} 12 Tf 50 500 Td (word) Tj ET" for i in range(len(fonts))] + [
        "BT /T1 12 Tf 3 Tr (unseen) Tj ET", "BT /T1 12 Tf 3 Tr (unseen) Tj 0 Tr [(seen)-200] TJ ET", "BT /T1 12 Tf () Tj ET", "BT /T1 12 Tf ET", "q BT /T1 9 Tf ET Q BT (x) Tj ET",
        "BT /T1 9 Tf (x) ' ET", "BT /T1 9 Tf 1 2 (x) \" ET", "/X Do", "q 3 Tr /X Do Q", "BT /T9 9 Tf <41> Tj ET", "BT /T1 0 Tf (x) Tj ET", "BT /T1 9 Tf ( ) Tj ET", "/E gs BT (x) Tj ET",
        "BT /Missing 9 Tf (x) Tj ET", "BT /T1 -9 Tf [ 5 <> ] TJ ET", "BT /T1 .5 Tf (+1-2.5 true) Tj ET"]
    for content in contents:
        number = pdf.page(content, resources=(f"/XObject<</X {shape} 0 R>>" if "/X" in content else "") + f"/ExtGState<</E<</Font[{pdf.font} 0 R 9]>>>>")
        pdf.set(number, pdf.objects[number - 1].replace(f"/Font<</F1 {pdf.font} 0 R>>".encode(), resources[2:-2].encode()))
    yield "faces", pdf.bytes()


def unfinished():
    """Content that begins what it does not end, ends what it has not begun, or is damaged half way."""
    pdf = pdfs.Pdf()
    for content in ("/P BMC 0 0 9 9 re f", "/P <</A 1>> BDC /Q BMC 0 0 9 9 re f EMC", "EMC 0 0 9 9 re f", "q q 2 0 0 2 0 0 cm 0 0 9 9 re f", "Q Q 0 0 9 9 re f", "BT /F1 9 Tf (open) Tj",
                    "1 2 m 3 4 l", "0 0 9 9 re W", "BT /F1 9 Tf (a \\( b", "BI /W 1/H 1/BPC 8/CS/G ID EMC BMC EI /P BMC 0 0 9 9 re f", "(EMC) pop /P BMC % EMC\n0 0 9 9 re f", "ET EMC Q BT",
                    "<</A(EMC)>> /P BMC [EMC] 0 0 9 9 re f", "/P BMC /P BMC EMC EMC EMC /P BMC"):
        pdf.page(content)
    lines = "".join(f"{i * 37 % 101} {i * 53 % 97} m {i} {i * i % 89} l S\n" for i in range(600)).encode()
    packer = zlib.compressobj()
    packed = packer.compress(lines) + packer.flush(zlib.Z_SYNC_FLUSH)
    for data in (packed + b"\xff" * 40, packed[:len(packed) // 2], packed):
        damaged = pdf.stream(data, "/Filter/FlateDecode", packed=False)
        pdf.page("", contents=f"{damaged} 0 R")
        pdf.page("", contents=f"[{pdf.stream('q 1 0 0 1 9 9 cm')} 0 R {damaged} 0 R {pdf.stream('Q')} 0 R]")
    pdf.page("", contents="[]")
    pdf.page("", contents="null")
    yield "unfinished", pdf.bytes()
    def open_looks(pdf):
        inner = pdf.stream("/P BMC q 0 0 9 9 re f", "/Type/XObject/Subtype/Form/BBox[0 0 90 50]")
        outer = pdf.stream("/P BMC /P BMC /I Do", f"/Type/XObject/Subtype/Form/BBox[0 0 90 50]/Resources<</XObject<</I {inner} 0 R>>>>")
        return {"outer": outer, "inner": inner, "ended": pdf.stream("/P BMC 0 0 9 9 re f EMC", "/Type/XObject/Subtype/Form/BBox[0 0 90 50]")}
    states = "/AP<</N<</a {{inner}} 0 R/b {{outer}} 0 R/c {{ended}} 0 R>>>>"
    keys = ["/AP<</N {{outer}} 0 R>>", *(f"/AS/{state}" + states for state in "abc"), "/AP<</N {{ended}} 0 R>>", "/AP<</N {{inner}} 0 R>>"]
    for i in (0, 1, 4):
        yield f"unfinished-{i}", annotated(*grid("/Subtype/Stamp" + key for key in keys[i:]), prepare=open_looks)
    pdf = pdfs.Pdf()
    drawn = f"/XObject<</X {open_looks(pdf)['outer']} 0 R>>"
    pdf.page("/X Do", resources=drawn)
    pdf.page("", resources=drawn, contents=f"[{pdf.stream('/P BMC')} 0 R {pdf.stream('/X Do')} 0 R]")
    yield "unfinished-forms", pdf.bytes()


def ways():
    """Links, names and bookmarks of all shapes, within the file and out of it; files inside."""
    pdf = pdfs.Pdf("1.7")
    for i in range(4):
        pdf.page(pdfs.words(f"way{i}"), extra="/Rotate 90" if i == 2 else "")
    p = [f"{k} 0 R" for k in pdf.kids]
    targets = [f"/Dest[{p[1]}/XYZ 10 700 0]", f"/Dest[{p[2]}/XYZ null null null]", f"/Dest[{p[3]}/Fit]", f"/Dest[{p[1]}/FitH 300]", f"/Dest[{p[1]}/FitV 30]", f"/Dest[{p[2]}/FitR 1 2 3 4]",
               f"/Dest[{p[2]}/FitBH 77]", f"/Dest[{p[2]}/FitB]", "/Dest(named)", "/Dest/old", "/Dest(absent)", "/Dest[1/Fit]", "/Dest[9/Fit]", "/Dest[]", f"/A<</S/GoTo/D[{p[1]}/Fit]>>", "/A<</S/GoTo/D(zz)>>",
               "/A<</S/URI/URI(https://example.org/a\\(b\\))>>", "/A<</S/GoToR/F(other.pdf)/D[0/Fit]>>", "/A<</S/JavaScript/JS(x)>>", "/A<</S/Launch/F(x)>>", "/A<</S/URI/URI(javascript:x)>>", "",
               f"/Dest[{p[0]}/Fit]", f"/A<</S/GoTo/D[{p[0]}/XYZ 9 9 2]>>", "/Dest(a)", f"/Dest[{p[1]}/XYZ -50 2000 1]", f"/Dest[{p[1]}/XYZ 2000 -50 1]"]
    links = [pdf.add(f"<</Type/Annot/Subtype/Link/Rect[{40 + 22 * i} 100 {60 + 22 * i} 120]/Border[0 0 0]{t}>>") for i, t in enumerate(targets)]
    for k in pdf.kids[:3]:
        pdf.set(k, pdf.objects[k - 1][:-2] + f"/Annots[{' '.join(f'{n} 0 R' for n in links)}]>>".encode())
    leaf = pdf.add(f"<</Limits[(m)(zz)]/Names[(named)[{p[3]}/XYZ 5 6 1](zz)<</D[{p[1]}/FitH 9]>>]>>")
    first = pdf.add(f"<</Limits[(a)(b)]/Names[(a)[{p[0]}/Fit](b)[{p[1]}/Fit]]>>")
    kept = pdf.stream(b"inside", "/Type/EmbeddedFile")
    files = "".join(f"({n})<</Type/Filespec/F({n})/UF{utf16(n)}/EF<</F {kept} 0 R>>>>" for n in ("a.txt", "b.pdf", "c.xlsx"))
    outlines = pdf.add("")
    items = [pdf.add("") for _ in targets]
    for i, (item, target) in enumerate(zip(items, targets)):
        around = (f"/Prev {items[i - 1]} 0 R" if i and i != 5 else "") + (f"/Next {items[i + 1]} 0 R" if i + 1 < len(items) and i != 4 else "")
        kids = f"/First {items[5]} 0 R/Last {items[-1]} 0 R/Count {'-' * (i % 2)}3" if i == 3 else ""
        pdf.set(item, f"<</Title{utf16(f'书签 {i}') if i != 7 else '()'}/Parent {items[3] if i >= 5 else outlines} 0 R{around}{kids}{target}>>")
    pdf.set(outlines, f"<</Type/Outlines/First {items[0]} 0 R/Last {items[4]} 0 R/Count 5>>")
    pdf.catalog_extra = (f"/Outlines {outlines} 0 R/Names<</Dests<</Kids[{first} 0 R {leaf} 0 R]>>/EmbeddedFiles<</Names[{files}]>>>>/Dests<</old[{p[2]}/Fit]>>"
                         "/PageLabels<</Nums[0<</S/r>>2<</S/D/St 7/P(p)>>]>>")
    yield "ways", pdf.bytes()


def all_of_them():
    """(name, bytes) of each."""
    for family in (annotations, own_looks, fields, layers, boxes, pictures, faces, unfinished, ways):
        yield from family()
