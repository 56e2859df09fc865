"""Nothing that a reader prints of an attachment is lost: layers, annotations, form fields, page groups.

What is bound is compared with what two renderers draw of the attachment itself.
"""
import glob
import json
import os
import re
import subprocess

import pdfs
from blackbox_dossier import Folder
from dossiers import applicant, batch, honour, shenbao

CASES = os.path.join(pdfs.ROOT, "tests", "cases")
RENDERERS = ("pdftoppm", "mutool")
MM = 72 / 25.4
LEFT, TOP, WIDTH, HEIGHT = 22 * MM, 12 * MM, 595.28 - 34 * MM, 841.89 - 50 * MM
COLOURED = 90  # how far the channels of a colour are apart, at least


def case(folder, name):
    with open(os.path.join(CASES, folder, name), "rb") as f:
        return f.read()


def names(folder):
    return sorted(os.path.basename(p) for p in glob.glob(os.path.join(CASES, folder, "*.pdf")))


def place(width, height):
    """Scale and lower left corner of an upright page on its sheet."""
    k = min(1, WIDTH / width, HEIGHT / height)
    return k, LEFT + (WIDTH - k * width) / 2, 50 * MM - 12 * MM + (HEIGHT - k * height) / 2


def coloured(image, box=None):
    """The box around everything that is neither grey nor white, in pixels; None: nothing is."""
    x0, y0, x1, y1 = box or (0, 0, image.width, image.height)
    found = []
    for y in range(max(int(y0), 0), min(int(y1), image.height)):
        row = image.data[3 * y * image.width:3 * (y + 1) * image.width]
        found += [(x, y) for x in range(max(int(x0), 0), min(int(x1), image.width))
                  if max(row[3 * x:3 * x + 3]) - min(row[3 * x:3 * x + 3]) >= COLOURED]
    if not found:
        return None
    return min(x for x, _ in found), min(y for _, y in found), max(x for x, _ in found) + 1, max(y for _, y in found) + 1


def annotated(*annotations, box=(0, 0, 595, 842), extra="", catalog="", prepare=None):
    """A page with annotations, each the inside of a dictionary ({n}: numbers that prepare makes)."""
    pdf = pdfs.Pdf("1.7")
    made = prepare(pdf) if prepare else {}
    numbers = [pdf.add("<</Type/Annot" + a.format(**made) + ">>") for a in annotations]
    page = pdf.page(pdfs.words("body", box[0] + 40, box[1] + 40, 12), box, extra)
    pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{' '.join(f'{n} 0 R' for n in numbers)}]>>".encode())
    pdf.catalog_extra = catalog.format(fields=" ".join(f"{n} 0 R" for n in numbers), **made)
    return pdf.bytes()


def form(*fields, need=False, **more):
    look = "/DA(/Helv 0 Tf 0 g)/DR<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    catalog = "/AcroForm<<" + look + "/Fields[{fields}]" + ("/NeedAppearances true" if need else "") + ">>"
    return annotated(*("/Subtype/Widget/F 4" + f for f in fields), catalog=catalog, **more)


def utf16(text):
    return f"<{('feff' + text.encode('utf-16-be').hex())}>"


class Annotations(Folder):
    def bind_files(self, files, status=0):
        """Binds name: bytes, each as evidence of its own, and asks check as well: both say the same of the files."""
        for name, data in files.items():
            self.put(name, data)
        body = "".join(honour(f"H{i}", name) for i, name in enumerate(files))
        volume = self.bind(body, status=status)
        checked = shenbao("check", os.path.join(self.dir, "batch.xml"))
        said = (checked.stdout + checked.stderr).decode()
        self.assertEqual(self.told(said), self.told(self.messages))
        if volume:
            self.sheets = {row["source"]: row["physical"] for row in self.ledger() if row["kind"] == "copy"}
        return volume

    def told(self, messages):
        """What is said of PDFs, without the place."""
        return sorted(re.findall(r"(error|warning): .*?(PDF '.*)", messages))

    def picture(self, name, renderer, dpi=72):
        return pdfs.render(self.pdf, self.sheets[name], renderer, dpi, colours=True)

    def on_sheet(self, x, y, page=(595, 842)):
        """Pixels at 72 dpi of a place on an upright page whose lower left corner is 0 0."""
        k, left, bottom = place(*page)
        return left + k * x, 841.89 - (bottom + k * y)

    def spot(self, name, renderer, x, y, page=(595, 842)):
        return self.picture(name, renderer).at(*self.on_sheet(x, y, page))

    def words_at(self, volume, name):
        """Word: where it begins and ends and stands, in the space of an upright A4 page."""
        k, left, bottom = place(595, 842)
        return {w[4]: ((w[0] - left) / k, (w[2] - left) / k, (841.89 - (w[1] + w[3]) / 2 - bottom) / k)
                for w in volume.pages[self.sheets[name] - 1]["words"]}

    # --- layers ---

    def test_layers_of_one_name_keep_their_own_state(self):
        for order in (("hidden.pdf", "shown.pdf"), ("shown.pdf", "hidden.pdf")):
            volume = self.bind_files({n: case("layers-of-one-name", n) for n in
                                      order + ("h21c-two-layers-of-one-name.pdf", "plain.pdf")})
            self.check_volume(volume)
            for renderer in RENDERERS:
                self.assertEqual(self.spot("shown.pdf", renderer, 350, 350), (255, 0, 0), (order, renderer))
                self.assertEqual(self.spot("hidden.pdf", renderer, 350, 350), (255, 255, 255), (order, renderer))
                image = self.picture("h21c-two-layers-of-one-name.pdf", renderer)
                self.assertEqual([self.dark(image, y, (300, 300)) for y in (260, 200, 150)], [True, False, True], renderer)

    def dark(self, image, y, page):
        """Is there ink on the line of text at y?"""
        x0, y0 = self.on_sheet(0, y + 15, page)
        x1, y1 = self.on_sheet(page[0], y, page)
        return any(min(image.at(x, row)) < 128 for row in range(int(y0), int(y1)) for x in range(int(x0), int(x1)))

    def test_layers_are_in_the_state_for_printing(self):
        self.bind_files({"h4.pdf": case("print-state-of-layers", "h4-print-usage-layers.pdf")})
        self.assertRegex(self.messages, r"warning: .*'h4\.pdf' has a layer \"screen only\"")
        for renderer in RENDERERS:
            image = self.picture("h4.pdf", renderer)
            self.assertEqual([self.dark(image, y, (300, 300)) for y in (260, 200, 150)], [True, False, True], renderer)

    LAYERS = {  # of layer a, whose state is for the test to say, and layer b, which is off; which squares are seen
        "base-off": ("/BaseState/OFF/ON[{a} 0 R]", "", "a"),
        "intent": ("/OFF[{a} 0 R {b} 0 R]", "/Intent/Design", "a"),
        "both-categories": ("/OFF[{b} 0 R]/AS[<</Event/Print/Category[/View/Print]/OCGs[{a} 0 R]>>]",
                            "/Usage<</Print<</PrintState/ON>>/View<</ViewState/OFF>>>>", ""),
        "other-event": ("/OFF[{b} 0 R]/AS[<</Event/View/Category[/View]/OCGs[{a} 0 R]>>]", "/Usage<</View<</ViewState/OFF>>>>", "a"),
        "no-application": ("/OFF[{b} 0 R]", "/Usage<</Print<</PrintState/OFF>>>>", "a"),
    }

    def layered(self, config, layer, use="/OC /A BDC 1 0 0 rg 100 500 100 100 re f EMC /OC /B BDC 0 0 1 rg 300 500 100 100 re f EMC"):
        pdf = pdfs.Pdf("1.7")
        a, b = pdf.add(f"<</Type/OCG/Name(l){layer}>>"), pdf.add("<</Type/OCG/Name(l)>>")
        member = pdf.add(f"<</Type/OCMD/VE[/And[/Not {b} 0 R]{a} 0 R]>>")
        policy = pdf.add(f"<</Type/OCMD/OCGs[{a} 0 R {b} 0 R]/P/AllOn>>")
        pdf.page(use, resources=f"/Properties<</A {a} 0 R/B {b} 0 R/M {member} 0 R/P {policy} 0 R>>")
        pdf.catalog_extra = f"/OCProperties<</OCGs[{a} 0 R {b} 0 R]/D<<{config.format(a=a, b=b)}>>>>"
        return pdf.bytes()

    def test_the_rules_of_layers(self):
        self.bind_files({n: self.layered(config, layer) for n, (config, layer, _) in self.LAYERS.items()})
        for name, (_, _, seen) in self.LAYERS.items():
            for renderer in RENDERERS:
                self.assertEqual("a" * (self.spot(name, renderer, 150, 550) == (255, 0, 0))
                                 + "b" * (self.spot(name, renderer, 350, 550) == (0, 0, 255)), seen, (name, renderer))

    def test_membership_of_several_layers(self):
        use = "/OC /M BDC 1 0 0 rg 100 500 100 100 re f EMC /OC /P BDC 0 0 1 rg 300 500 100 100 re f EMC"
        self.bind_files({"m.pdf": self.layered("/OFF[{b} 0 R]", "", use), "n.pdf": self.layered("/OFF[{a} 0 R]", "", use)})
        for renderer in RENDERERS:
            self.assertEqual(self.spot("m.pdf", renderer, 150, 550), (255, 0, 0), renderer)
            self.assertEqual(self.spot("m.pdf", renderer, 350, 550), (255, 255, 255), renderer)
            self.assertEqual(self.spot("n.pdf", renderer, 150, 550), (255, 255, 255), renderer)

    def test_one_layered_file_of_two_people(self):
        """Each has a volume of their own, in whatever order and by how many workers."""
        for name in ("hidden.pdf", "shown.pdf"):
            self.put(name, case("layers-of-one-name", name))
        people = [applicant(honour("H1", first) + honour("H2", second), ident, who) for ident, who, first, second in
                  (("A1", "甲某", "hidden.pdf", "shown.pdf"), ("A2", "乙某", "shown.pdf", "hidden.pdf"))]
        path = self.put("batch.xml", batch(*people))
        for jobs in ("1", "2"):
            out = os.path.join(self.dir, "out" + jobs) + "/"
            report = os.path.join(self.dir, "two.json")
            done = shenbao("dossier", "-T", self.templates, "-j", jobs, "-o", out, "--report", report, path)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(report, encoding="utf-8") as f:
                people = json.load(f)["applicants"]
            for person in people:
                rows = {r["source"]: r["physical"] for r in person["ledger"] if r["kind"] == "copy"}
                volume = os.path.join(out, os.path.basename(person["documents"][0]["file"]))
                for name, seen in (("hidden.pdf", (255, 255, 255)), ("shown.pdf", (255, 0, 0))):
                    for renderer in RENDERERS:
                        image = pdfs.render(volume, rows[name], renderer, 72, colours=True)
                        self.assertEqual(image.at(*self.on_sheet(350, 350)), seen, (jobs, person["id"], name, renderer))

    # --- page groups ---

    def test_a_page_group_is_isolated(self):
        self.bind_files({n: case("page-group", n) for n in names("page-group")})
        for name in names("page-group"):
            for renderer in RENDERERS:
                for got, want in zip(self.spot(name, renderer, 150, 150, (300, 300)), (255, 217, 217)):
                    self.assertAlmostEqual(got, want, delta=2, msg=(name, renderer))

    # --- annotations ---

    def test_annotations_without_appearance_are_drawn_as_the_renderers_draw_them(self):
        folder = "annotations-without-appearance"
        self.bind_files({n: case(folder, n) for n in names(folder)})
        self.assertEqual([m for _, m in self.told(self.messages) if "drawn by its name" not in m], [])
        k, left, bottom = place(595, 842)
        for name in names(folder):
            for renderer in RENDERERS:
                original = coloured(pdfs.render(os.path.join(self.dir, name), 1, renderer, 72, colours=True))
                bound = coloured(self.picture(name, renderer))
                if name in ("hidden.pdf", "stamp-noap.pdf", "text-noap.pdf", "noview-print.pdf"):
                    self.assertEqual(bound is None, name == "hidden.pdf", (name, renderer))
                    continue
                if "h1" in name:
                    k, left, bottom = place(300, 300)
                    high = 300
                else:
                    k, left, bottom = place(595, 842)
                    high = 842
                want = (left + k * original[0], 841.89 - bottom - k * (high - original[1]), left + k * original[2],
                        841.89 - bottom - k * (high - original[3]))
                loose = 45 if "freetext" in name or "h1" in name else 3  # set in a face of ours
                for got, expected in zip(bound, want):
                    self.assertAlmostEqual(got, expected, delta=loose, msg=(name, renderer, bound, want))

    KINDS = {  # in the rectangle 200 300 400 500
        "Circle": "/C[1 0 0]/IC[0 1 0]", "Line": "/C[1 0 0]/L[210 310 390 490]/LE[/OpenArrow/ClosedArrow]/BS<</W 6>>",
        "Ink": "/C[1 0 0]/InkList[[210 310 390 490]]/BS<</W 6>>", "Polygon": "/C[1 0 0]/IC[0 1 0]/Vertices[210 310 390 310 300 490]",
        "PolyLine": "/C[1 0 0]/Vertices[210 310 390 310 300 490]/BS<</W 6>>",
        "Highlight": "/C[1 1 0]/QuadPoints[220 480 380 480 220 320 380 320]",
        "Underline": "/C[1 0 0]/QuadPoints[220 480 380 480 220 320 380 320]",
        "StrikeOut": "/C[1 0 0]/QuadPoints[220 480 380 480 220 320 380 320]",
        "Squiggly": "/C[1 0 0]/QuadPoints[220 480 380 480 220 320 380 320]",
        "FreeText": f"/DA(1 0 0 rg /Helv 30 Tf)/Contents{utf16('free 同意')}", "Caret": "/C[1 0 0]", "Text": "/C[1 0 0]", "FileAttachment": "/C[1 0 0]",
        "Stamp": "/Name/NotApproved", "Link": "/Border[0 0 6]/C[1 0 0]", "Square": "/C[1 0 0]/Border[0 0 6[4 2]]",
    }

    def test_every_kind_is_drawn_within_its_rectangle(self):
        self.bind_files({kind: annotated(f"/Subtype/{kind}/Rect[200 300 400 500]/F 4{keys}") for kind, keys in self.KINDS.items()})
        said = [m for _, m in self.told(self.messages) if "'FileAttachment'" not in m]
        self.assertEqual(len(said), 1, said)
        self.assertRegex(said[0], r"'Stamp' has an annotation \(Stamp\) on page 1 without an appearance, which was drawn by its name")
        x0, y1 = self.on_sheet(195, 295)
        x1, y0 = self.on_sheet(405, 505)
        for kind in self.KINDS:
            for renderer in RENDERERS:
                box = coloured(self.picture(kind, renderer))
                self.assertTrue(box, (kind, renderer))
                slack = 40 if kind == "Highlight" else 0  # its round ends
                self.assertTrue(box[0] >= x0 - slack and box[1] >= y0 and box[2] <= x1 + slack and box[3] <= y1, (kind, renderer, box))
        volume = subprocess.run(["pdftotext", self.pdf, "-"], capture_output=True, text=True, check=True).stdout
        self.assertIn("free 同意", volume)
        self.assertIn("NOT APPROVED", volume)

    def test_a_caret_as_large_as_the_page_covers_nothing(self):
        self.bind_files({"a.pdf": annotated("/Subtype/Caret/Rect[0 0 595 842]/C[1 0 0]/F 4")})
        x0, y1 = self.on_sheet(0, 0)
        x1, y0 = self.on_sheet(595, 842)
        for renderer in RENDERERS:
            box = coloured(self.picture("a.pdf", renderer))
            self.assertTrue(box and box[2] - box[0] < (x1 - x0) / 10 and box[3] - box[1] < (y1 - y0) / 10, (renderer, box))

    def test_an_appearance_of_no_possible_size_counts_as_none(self):
        def look(pdf):
            return {"n": pdf.stream("0 0 1 rg 0 0 9 9 re f", "/Type/XObject/Subtype/Form/BBox[0 0 0 0]")}
        self.bind_files({"a.pdf": annotated("/Subtype/Square/C[1 0 0]/IC[1 0 0]/Rect[200 300 400 500]/F 4/AP<</N {n} 0 R>>",
                                            "/Subtype/Sound/Rect[10 10 50 50]/F 4/AP<</N {n} 0 R>>", prepare=look)})
        self.assertEqual(sorted(self.told(self.messages))[-1][1].split(" (")[1][:5], "Sound")
        for renderer in RENDERERS:
            self.assertEqual(self.spot("a.pdf", renderer, 300, 400), (255, 0, 0), renderer)

    def test_frames_of_links_are_drawn_or_named(self):
        link = "/Subtype/Link/Rect[200 300 400 500]/C[1 0 0]"
        self.bind_files({"frame": annotated(link + "/F 4/Border[0 0 9]"), "screen": annotated(link + "/Border[0 0 9]"),
                         "none": annotated(link + "/Border[0 0 0]"), "default": annotated(link + "/F 4")})
        self.assertEqual(len(self.told(self.messages)), 1, self.messages)
        self.assertRegex(self.messages, r"'screen' has an annotation \(Link\) on page 1 that is seen on screen and not printed")
        for renderer in RENDERERS:
            self.assertEqual([name for name in self.sheets if coloured(self.picture(name, renderer))], ["frame"], renderer)

    def test_kinds_that_are_not_drawn_are_named(self):
        self.bind_files({"s.pdf": annotated("/Subtype/Sound/Rect[10 10 50 50]/F 4", "/Subtype/Ink/Rect[10 10 50 50]/F 4",
                                            "/Subtype/Popup/Rect[10 10 50 50]/F 4", "/Subtype/Watermark/Rect[10 10 50 50]/F 4")})
        self.assertEqual(len(self.told(self.messages)), 2, self.messages)
        for kind in ("Sound", "Ink"):
            self.assertRegex(self.messages, rf"warning: .*'s\.pdf' has an annotation \({kind}\) on page 1 without an appearance")

    def test_print_hidden_and_no_view_are_obeyed(self):
        square = "/Subtype/Square/C[1 0 0]/IC[1 0 0]/Rect[200 300 400 500]"
        flags = {"print": (4, True), "none": (0, False), "hidden": (2 | 4, False), "no-view": (32, False), "print-no-view": (36, True)}
        self.bind_files({name: annotated(f"{square}/F {f}") for name, (f, _) in flags.items()})
        self.assertEqual(len(self.told(self.messages)), 1, self.messages)
        self.assertRegex(self.messages, r"warning: .*'none' has an annotation \(Square\) on page 1 that is seen on screen and not printed")
        for name, (_, printed) in flags.items():
            for renderer in RENDERERS:
                self.assertEqual(self.spot(name, renderer, 300, 400), (255, 0, 0) if printed else (255, 255, 255), (name, renderer))

    def test_one_warning_names_all_pages(self):
        pdf = pdfs.Pdf()
        for i in range(6):
            page = pdf.page(pdfs.words("x"))
            if i != 3:
                note = pdf.add("<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents(n)>>")
                pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{note} 0 R]>>".encode())
        self.bind_files({"n.pdf": pdf.bytes()})
        self.assertRegex(self.messages, r"\(Text\) on page 1-3,5-6 that is seen")
        self.assertEqual(len(self.told(self.messages)), 1)

    def test_layers_of_annotations_are_obeyed(self):
        def layers(pdf):
            return {"on": pdf.add("<</Type/OCG/Name(a)>>"), "off": pdf.add("<</Type/OCG/Name(a)>>")}
        square = "/Subtype/Square/F 4/C[1 0 0]/IC[1 0 0]/Rect[{} 300 {} 400]"
        self.bind_files({"l.pdf": annotated(square.format(100, 200) + "/OC {on} 0 R", square.format(300, 400) + "/OC {off} 0 R",
                                            catalog="/OCProperties<</OCGs[{on} 0 R {off} 0 R]/D<</OFF[{off} 0 R]>>>>", prepare=layers)})
        for renderer in RENDERERS:
            self.assertEqual(self.spot("l.pdf", renderer, 150, 350), (255, 0, 0), renderer)
            self.assertEqual(self.spot("l.pdf", renderer, 350, 350), (255, 255, 255), renderer)

    def test_the_layer_of_an_appearance_stream_hides_no_annotation(self):
        def looks(pdf):
            off = pdf.add("<</Type/OCG/Name(a)>>")
            return {"off": off, "n": pdf.stream("1 0 0 rg 0 0 100 100 re f", f"/Type/XObject/Subtype/Form/BBox[0 0 100 100]/OC {off} 0 R")}
        self.bind_files({"l.pdf": annotated("/Subtype/Stamp/F 4/Rect[100 300 200 400]/AP<</N {n} 0 R>>",
                                            catalog="/OCProperties<</OCGs[{off} 0 R]/D<</OFF[{off} 0 R]>>>>", prepare=looks)})
        for renderer in RENDERERS:
            self.assertEqual(self.spot("l.pdf", renderer, 150, 350), (255, 0, 0), renderer)

    def test_annotations_that_do_not_turn_or_shrink(self):
        """A stamp 60 wide and 20 high at 200,500: on a turned page upright from its upper left corner, on a large one as large as ever."""
        def look(pdf):
            return {"n": pdf.stream("1 0 0 rg 0 0 60 20 re f", "/Type/XObject/Subtype/Form/BBox[0 0 60 20]")}
        stamp = "/Subtype/Stamp/Rect[200 480 260 500]/AP<</N {n} 0 R>>/F "
        files = {"turned": annotated(stamp + "20", box=(0, 0, 842, 595), extra="/Rotate 90", prepare=look),
                 "turns": annotated(stamp + "4", box=(0, 0, 842, 595), extra="/Rotate 90", prepare=look),
                 "large": annotated(stamp + "12", box=(0, 0, 1190, 1684), prepare=look),
                 "shrinks": annotated(stamp + "4", box=(0, 0, 1190, 1684), prepare=look)}
        self.bind_files(files)
        k, left, bottom = place(595, 842)
        half, left2, bottom2 = place(1190, 1684)
        # of the turned page 595 by 842, x is the page's y and y downward is its x
        want = {"turned": (left + k * 500, 841.89 - bottom - k * (842 - 200), k * 60, k * 20),
                "turns": (left + k * 480, 841.89 - bottom - k * (842 - 200), k * 20, k * 60),
                "large": (left2 + half * 200, 841.89 - bottom2 - half * 500, 60, 20),
                "shrinks": (left2 + half * 200, 841.89 - bottom2 - half * 500, half * 60, half * 20)}
        for name, (x, y, width, height) in want.items():
            for renderer in RENDERERS:
                box = coloured(self.picture(name, renderer))
                for got, expected in zip(box, (x, y, x + width, y + height)):
                    self.assertAlmostEqual(got, expected, delta=2, msg=(name, renderer, box))

    def test_annotations_stay_in_their_place_on_a_sheet_of_a3(self):
        square = "/Subtype/Square/C[1 0 0]/IC[1 0 0]/F 4/Rect[{0} 500 {1} 600]".format
        self.put("a.pdf", annotated(square(600, 700), box=(0, 0, 1191, 842)))
        volume = self.bind(honour("H1", "a.pdf"), options=["--keep-a3"])
        sheet = [r for r in self.ledger() if r["kind"] == "copy"][0]["physical"]
        for renderer in RENDERERS:
            image = pdfs.render(self.pdf, sheet, renderer, 36, colours=True)
            self.assertGreater(image.width, image.height)
            x0, y0, x1, y1 = coloured(image)
            self.assertAlmostEqual((x1 - x0) / (y1 - y0), 1, delta=0.1)
            self.assertAlmostEqual((x0 + x1) / 2 / image.width, 650 / 1191, delta=0.03)
        self.assertTrue(volume)

    def test_opacity_and_highlighting_let_the_text_through(self):
        black = pdfs.Pdf("1.7")
        page = black.page("0 g 250 350 100 100 re f")
        marks = [black.add("<</Type/Annot/Subtype/Highlight/F 4/C[1 1 0]/Rect[200 300 400 500]/QuadPoints[200 500 400 500 200 300 400 300]>>"),
                 black.add("<</Type/Annot/Subtype/Square/F 4/CA 0.5/C[]/IC[1 0 0]/Rect[200 100 400 200]>>")]
        black.set(page, black.objects[page - 1][:-2] + f"/Annots[{marks[0]} 0 R {marks[1]} 0 R]>>".encode())
        self.bind_files({"b.pdf": black.bytes()})
        for renderer in RENDERERS:
            self.assertEqual(self.spot("b.pdf", renderer, 300, 400), (0, 0, 0), renderer)
            self.assertEqual(self.spot("b.pdf", renderer, 220, 400), (255, 255, 0), renderer)
            for got, want in zip(self.spot("b.pdf", renderer, 300, 150), (255, 128, 128)):
                self.assertAlmostEqual(got, want, delta=2, msg=renderer)

    # --- fields ---

    def test_fields_of_the_cases(self):
        folder = "fields-that-do-not-print"
        self.bind_files({n: case(folder, n) for n in names(folder)})
        self.assertEqual(len(self.told(self.messages)), 1, self.messages)
        self.assertRegex(self.messages, r"warning: .*h32.*has a form field \"a\" on page 1 that is filled in and not printed")
        for renderer in RENDERERS:
            self.assertEqual(self.spot("h8-checkbox-v-without-as.pdf", renderer, 40, 200, (300, 300)), (0, 0, 0), renderer)

    def test_an_icon_needs_no_more_than_a_corner(self):
        note = "/Subtype/Text/Contents(note)/C[0 1 0]/Rect[100 700 100 700]"
        self.bind_files({"printed.pdf": annotated("/F 4" + note), "screen.pdf": annotated(note)})
        for renderer in RENDERERS:
            self.assertIsNotNone(coloured(self.picture("printed.pdf", renderer)), renderer)
        self.assertRegex(self.messages, r"screen\.pdf.*annotation \(Text\) on page 1 that is seen on screen and not printed")

    def test_what_unprinted_fields_show_beside_a_value_is_named(self):
        def looks(pdf):
            font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
            return {"caption": pdf.stream("BT /F 12 Tf 2 9 Td (Submit) Tj ET", "/Type/XObject/Subtype/Form/BBox[0 0 100 30]" + font),
                    "frame": pdf.stream("0 0 100 30 re S", "/Type/XObject/Subtype/Form/BBox[0 0 100 30]")}
        button = "/Subtype/Widget/FT/Btn/Ff 65536/T(button)/Rect[100 700 200 730]/AP<</N {caption} 0 R>>"
        signature = "/Subtype/Widget/FT/Sig/T(signature)/Rect[100 600 200 630]/AP<</N {caption} 0 R>>"
        state = "/Subtype/Widget/FT/Btn/Ff 65536/T(state)/Rect[300 700 400 730]/AS/push/AP<</N<</push {caption} 0 R>>>>"
        choice = "/Subtype/Widget/FT/Ch/T(list)/Opt[(A)(B)]/Rect[100 500 200 530]/AP<</N {caption} 0 R>>"
        empty = "/Subtype/Widget/FT/Tx/T(empty)/Rect[100 400 200 430]/AP<</N {frame} 0 R>>"
        bare = "/Subtype/Widget/FT/{}/T(bare {})/Rect[100 {} 200 {}]"
        rows, words = bare.format("Ch/Opt[(A)(B)]", "list", 300, 330), bare.format("Btn/Ff 65536/MK<</CA(Send)>>", "button", 200, 230)
        self.bind_files({"a.pdf": annotated(button, signature, choice, state, empty, rows, words, prepare=looks,
                                            catalog="/AcroForm<</Fields[{fields}]>>")})
        for name in ("button", "signature", "list", "state", "bare list", "bare button"):
            self.assertIn(f'has a form field "{name}" on page 1 that is seen on screen and not printed', self.messages)
        self.assertNotIn("empty", self.messages)

    def test_a_place_for_a_signature_that_is_missing_is_named(self):
        self.bind_files({"open.pdf": form("/FT/Sig/T(seal)/Rect[50 600 250 660]"),
                         "signed.pdf": form("/FT/Sig/T(seal)/Rect[50 600 250 660]/V<</Type/Sig/Filter/X>>"),
                         "blank.pdf": form("/FT/Sig/T(seal)/Rect[50 600 250 660]/AP<</N {look} 0 R>>",
                                           prepare=lambda pdf: {"look": pdf.stream(" ", "/Subtype/Form/BBox[0 0 200 60]")}),
                         "invisible.pdf": form("/FT/Sig/T(seal)/Rect[0 0 0 0]")})
        self.assertEqual(self.messages.count("that nobody has signed"), 2)
        self.assertIn("'open.pdf' has a signature field \"seal\" on page 1 that nobody has signed", self.messages)

    def test_of_many_findings_of_a_kind_the_first_are_told_one_by_one(self):
        pdf = pdfs.Pdf("1.7")
        layers = " ".join(f"{pdf.add(f'<</Type/OCG/Name(l{i})/Usage<</Print<</PrintState/OFF>>>>>>')} 0 R" for i in range(7))
        fonts = "".join(f"/F{i} {pdf.add(f'<</Type/Font/Subtype/TrueType/BaseFont/Song{i}>>')} 0 R" for i in range(7))
        for page in range(2):
            fields = " ".join(f"{pdf.add(f'<</Type/Annot/Subtype/Widget/F 4/FT/Sig/T(f{page}{i:02})/Rect[50 600 250 660]>>')} 0 R" for i in range(20))
            text = pdf.stream("BT " + "".join(f"/F{i} 9 Tf (x) Tj " for i in range(7)) + "ET")
            pdf.kids.append(pdf.add(f"<</Type/Page/Parent {pdf.pages} 0 R/MediaBox[0 0 595 842]/Contents {text} 0 R/Resources<</Font<<{fonts}>>>>/Annots[{fields}]>>"))
        pdf.catalog_extra = f"/OCProperties<</OCGs[{layers}]/D<</AS[<</Event/Print/Category[/Print]/OCGs[{layers}]>>]>>>>"
        few = form(*(f"/FT/Sig/T(g{i})/Rect[50 600 250 660]" for i in range(6)))
        self.bind_files({"few.pdf": few, "many.pdf": pdf.bytes()})
        told = [text for _, text in self.told(self.messages)]
        for words, count in (("many.pdf' has a signature field", 6), ("many.pdf' has a layer", 6), ("many.pdf', page 1-2: the font", 6), ("few.pdf' has", 6)):
            self.assertEqual(len([t for t in told if t.startswith("PDF '" + words)]), count, (words, told))
        self.assertEqual(len(told), 24, told)
        rest = "f005、f006、f007"
        for words in (f'many.pdf\' has a signature field "{rest}', '… (35 in all)" on page 1-2 that nobody has signed', 'many.pdf\' has a layer "l5、l6 (2 in all)" that is seen',
                      "many.pdf', page 1-2: the font 'Song5、Song6 (2 in all)' is not embedded", 'few.pdf\' has a signature field "g5" on page 1 that'):
            self.assertTrue(any(words in t for t in told), (words, told))
        said = shenbao("check", "--lang", "zh", os.path.join(self.dir, "batch.xml")).stdout.decode()
        self.assertIn("PDF“many.pdf”的图层“l5、l6（共 2 个）”只在屏幕上显示、不打印", said)

    def test_values_get_an_appearance_in_a_font_that_has_them(self):
        def empty(pdf):
            return {"empty": pdf.stream("/Tx BMC EMC", "/Type/XObject/Subtype/Form/BBox[0 0 300 30]"),
                    "stale": pdf.stream("/Tx BMC q BT /Helv 12 Tf 0 g 2 9 Td (Old) Tj ET Q EMC", "/Type/XObject/Subtype/Form/BBox[0 0 300 30]"
                                        "/Resources<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"),
                    "script": pdf.stream("/Tx BMC q BT /Helv 12 Tf 0 g 2 9 Td ($1.00) Tj ET Q EMC", "/Type/XObject/Subtype/Form/BBox[0 0 300 30]"
                                         "/Resources<</Font<</Helv<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>")}
        plain = form(f"/FT/Tx/T(a)/V{utf16('张三𬱖')}/Rect[100 700 400 730]", "/FT/Tx/T(b)/V(Missing)/Rect[100 600 400 630]",
                     "/FT/Tx/T(c)/V(Emptied)/AP<</N {empty} 0 R>>/Rect[100 500 400 530]",
                     "/FT/Tx/T(d)/V(Fresh)/AP<</N {stale} 0 R>>/Rect[100 400 400 430]",
                     "/FT/Tx/T(e)/V(1)/AP<</N {script} 0 R>>/AA<</F<</S/JavaScript/JS(x)>>>>/Rect[100 300 400 330]", prepare=empty)
        needed = form("/FT/Tx/T(g)/V(Wanted)/AP<</N {script} 0 R>>/Rect[100 700 400 730]", need=True, prepare=empty)
        volume = self.bind_files({"plain.pdf": plain, "needed.pdf": needed})
        self.assertEqual(len(self.told(self.messages)), 1, self.messages)
        self.assertRegex(self.messages, r"warning: .*'plain\.pdf' has a form field \"d\" on page 1 that shows something else")
        for name, shown, gone in (("plain.pdf", ("张三𬱖", "Missing", "Emptied", "Fresh", "$1.00"), ("Old",)),
                                  ("needed.pdf", ("Wanted",), ("$1.00",))):
            text = subprocess.run(["mutool", "draw", "-q", "-F", "txt", self.pdf, str(self.sheets[name])], capture_output=True, text=True,
                                  check=True).stdout
            for word in shown:
                self.assertIn(word, volume.text(self.sheets[name] - 1))
                self.assertIn(word, text)
            for word in gone:
                self.assertNotIn(word, volume.text(self.sheets[name] - 1))
        fonts = subprocess.run(["pdffonts", self.pdf], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
        self.assertEqual({line.split()[-5] for line in fonts if "+" in line.split()[0]}, {"yes"})
        words = self.words_at(volume, "plain.pdf")
        for word, y in (("张三𬱖", 715), ("Missing", 615), ("Emptied", 515), ("Fresh", 415)):
            self.assertAlmostEqual(words[word][2], y, delta=4, msg=word)
            self.assertAlmostEqual(words[word][0], 103, delta=3, msg=word)

    def test_an_empty_field_without_appearance_has_its_box(self):
        box = "/Rect[100 300 200 400]/MK<</BG[1 0 0]/BC[0 0 1]>>/T(a)"
        fields = {"text": "/FT/Tx", "empty": "/FT/Tx/V()", "choice": "/FT/Ch/Ff 131072/Opt[(a)(b)]/V<feff>"}
        self.bind_files({f"{n}.pdf": form(f + box) for n, f in fields.items()})
        for name in fields:
            for renderer in RENDERERS:
                self.assertEqual(self.spot(f"{name}.pdf", renderer, 150, 350), (255, 0, 0), (name, renderer))

    def test_the_cells_of_a_comb_are_divided(self):
        comb = "/FT/Tx/V(AB)/Ff 16777216/MaxLen 4/DA(/Helv 12 Tf 0 g)/Rect[100 600 300 630]/T({0})/MK<<{1}>>".format
        self.bind_files({"lined.pdf": form(comb("a", "/BC[1 0 0]")), "plain.pdf": form(comb("b", ""))})
        for renderer in RENDERERS:
            image = self.picture("lined.pdf", renderer)
            for x, red in ((150, True), (175, False), (200, True), (250, True)):
                around = [self.on_sheet(x - 3, 606), self.on_sheet(x + 3, 609)]
                box = around[0][0], around[1][1], around[1][0], around[0][1]
                self.assertEqual(bool(coloured(image, box)), red, (renderer, x))
            self.assertFalse(coloured(self.picture("plain.pdf", renderer)), renderer)

    def test_how_text_is_set(self):
        colour = "/DA(/Helv 12 Tf 1 0 0 rg)"
        volume = self.bind_files({"f.pdf": form(
            "/FT/Tx/T(left)/V(left)/Q 0/DA(/Helv 12 Tf 0 g)/Rect[100 700 400 730]",
            "/FT/Tx/T(mid)/V(middle)/Q 1/DA(/Helv 12 Tf 0 g)/Rect[100 650 400 680]",
            "/FT/Tx/T(right)/V(right)/Q 2" + colour + "/Rect[100 600 400 630]",
            "/FT/Tx/T(comb)/V(ABCD)/Ff 16777216/MaxLen 6/DA(/Helv 12 Tf 0 g)/Rect[100 550 400 580]",
            "/FT/Tx/T(lines)/V(one two three four five six seven eight nine\\rten)/Ff 4096/DA(/Helv 12 Tf 0 g)/Rect[100 440 220 540]",
            "/FT/Tx/T(small)/V(a value that is much longer than its field is wide)/DA(/Helv 12 Tf 0 g)/Rect[100 400 220 420]",
            "/FT/Ch/T(combo)/Ff 131072/Opt[[(x)(Shown)][(y)(Other)]]/V(x)/Rect[100 350 400 380]",
            "/FT/Ch/T(list)/Opt[(First)(Second)(Third)]/V(Second)/Rect[100 250 400 320]",
            "/FT/Ch/T(unchosen)/Opt[(Alpha)(Beta)]/Rect[250 440 400 540]",
            "/FT/Ch/T(only)/Opt[(Sole)]/Rect[420 440 500 540]",
            "/FT/Tx/T(secret)/V(abc)/Ff 8192/Rect[100 200 400 230]",
            "/FT/Tx/T(turned)/V(turned)/MK<</R 90>>/DA(/Helv 12 Tf 0 g)/Rect[450 200 480 400]")})
        self.assertEqual(self.told(self.messages), [])
        words = self.words_at(volume, "f.pdf")
        self.assertAlmostEqual(words["left"][0], 103, delta=3)
        self.assertAlmostEqual((words["middle"][0] + words["middle"][1]) / 2, 250, delta=2)
        self.assertAlmostEqual(words["right"][1], 397, delta=3)
        for i, letter in enumerate("ABCD"):
            self.assertAlmostEqual((words[letter][0] + words[letter][1]) / 2, 125 + 50 * i, delta=2, msg=letter)
        self.assertGreater(words["one"][2], words["ten"][2] + 20)
        self.assertLess(words["wide"][1], 220)
        self.assertIn("Shown", words)
        self.assertNotIn("Other", words)
        self.assertGreater(words["First"][2], words["Second"][2])
        self.assertGreater(words["Alpha"][2], words["Beta"][2])
        self.assertIn("Sole", words)
        self.assertIn("***", words)
        self.assertIn("turned", volume.text(self.sheets["f.pdf"] - 1))
        for renderer in RENDERERS:
            image = self.picture("f.pdf", renderer)
            x0, y1 = self.on_sheet(350, 600)
            x1, y0 = self.on_sheet(400, 630)
            self.assertTrue(coloured(image, (x0, y0, x1, y1)), renderer)
            x0, y1 = self.on_sheet(450, 200)
            x1, y0 = self.on_sheet(480, 400)
            box = [(x, y) for x in range(int(x0), int(x1)) for y in range(int(y0), int(y1)) if min(image.at(x, y)) < 128]
            across, along = (max(v[i] for v in box) - min(v[i] for v in box) for i in (0, 1))
            self.assertGreater(along, across, renderer)
            self.assertGreater(max(y for _, y in box), y1 - 15, renderer)

    def test_buttons_are_in_their_state(self):
        def looks(pdf):
            return {"red": pdf.stream("1 0 0 rg 0 0 40 40 re f", "/Type/XObject/Subtype/Form/BBox[0 0 40 40]"),
                    "blank": pdf.stream("", "/Type/XObject/Subtype/Form/BBox[0 0 40 40]")}
        states = "/AP<</N<</On {red} 0 R/Off {blank} 0 R>>>>"
        fields = {  # field: seen?
            "/FT/Btn/V/On/AS/On" + states: True, "/FT/Btn/V/On" + states: True, "/FT/Btn/V/On/AS/Off" + states: True,
            "/FT/Btn/V/Off/AS/Off" + states: False, "/FT/Btn/AS/On" + states: True, "/FT/Btn/V/On/AS/On/DA(1 0 0 rg)": True,
            "/FT/Btn/V/Off/AS/Off/DA(1 0 0 rg)": False, "/FT/Btn/V/Yes/DA(1 0 0 rg)/MK<</CA(8)>>": True,
            "/FT/Btn/Ff 32768/V/On/AS/On/DA(1 0 0 rg)": True, "/FT/Btn/Ff 65536/MK<</CA(Press)/BC[1 0 0]>>": True,
            "/FT/Btn/V/Other/AS/On" + states: True, "/FT/Btn/Ff 32768/V/Off/AS/On" + states: True}
        self.bind_files({"b.pdf": form(*(f"{f}/T(f{i})/Rect[{100 + 100 * (i % 4)} {600 - 100 * (i // 4)} {140 + 100 * (i % 4)} {640 - 100 * (i // 4)}]"
                                         for i, f in enumerate(fields)), prepare=looks)})
        self.assertEqual([re.search('field "(.*?)".*', m)[1] for _, m in self.told(self.messages)], ["f2"])  # on, and looks off
        for renderer in RENDERERS:
            image = self.picture("b.pdf", renderer)
            for i, (field, seen) in enumerate(fields.items()):
                x0, y1 = self.on_sheet(100 + 100 * (i % 4), 600 - 100 * (i // 4))
                x1, y0 = self.on_sheet(140 + 100 * (i % 4), 640 - 100 * (i // 4))
                self.assertEqual(coloured(image, (x0, y0, x1, y1)) is not None, seen, (field, renderer))

    def test_radio_buttons_follow_their_group(self):
        pdf = pdfs.Pdf("1.7")
        look = pdf.stream("1 0 0 rg 0 0 40 40 re f", "/Type/XObject/Subtype/Form/BBox[0 0 40 40]")
        off = pdf.stream("", "/Type/XObject/Subtype/Form/BBox[0 0 40 40]")
        parent = pdf.add("")
        # a is stale: its group says b, which has no state of its own
        kids = [pdf.add(f"<</Type/Annot/Subtype/Widget/F 4/Parent {parent} 0 R/Rect[{x} 600 {x + 40} 640]{state}"
                        f"/AP<</N<</{name} {look} 0 R/Off {off} 0 R>>>>>>")
                for x, name, state in ((100, "a", "/AS/a"), (200, "b", ""), (300, "c", "/AS/Off"))]
        refs = " ".join(f"{k} 0 R" for k in kids)
        pdf.set(parent, f"<</FT/Btn/Ff 32768/T(group)/V/b/Kids[{refs}]>>")
        page = pdf.page(pdfs.words("x"))
        pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{refs}]>>".encode())
        pdf.catalog_extra = f"/AcroForm<</Fields[{parent} 0 R]>>"
        self.bind_files({"r.pdf": pdf.bytes()})
        for renderer in RENDERERS:
            self.assertEqual([self.spot("r.pdf", renderer, x + 20, 620) == (255, 0, 0) for x in (100, 200, 300)], [False, True, False], renderer)

    def test_what_cannot_be_made_stops_the_binding_and_names_the_field(self):
        faults = {
            "glyph.pdf": (form(f"/FT/Tx/T(who)/V{utf16('a' + chr(0x10FFFD))}/Rect[100 700 400 730]"),
                          r'has a form field "who" on page 1 with the character U\+10FFFD'),
            "room.pdf": (form(f"/FT/Tx/T(long)/V({'word ' * 200})/Rect[100 700 200 712]"), r'has a form field "long" on page 1 whose value does not fit'),
            "comb.pdf": (form("/FT/Tx/T(comb)/V(12345)/Ff 16777216/MaxLen 3/Rect[100 700 200 712]"), r'field "comb" on page 1 whose value does not'),
            "free.pdf": (annotated("/Subtype/FreeText/F 4/Rect[10 10 200 100]/DA(/H 12 Tf)/Contents" + utf16(chr(0x10FFFD))),
                         r"has an annotation \(FreeText\) on page 1 with the character U\+10FFFD"),
        }
        faults["right.pdf"] = (form(f"/FT/Tx/T(name)/V{utf16('محمد')}/Rect[100 700 400 730]"),
                               r'has a form field "name" on page 1 with the character U\+0645')
        radio = pdfs.Pdf("1.7")
        parent = radio.add("")
        kids = [radio.add(f"<</Type/Annot/Subtype/Widget/F 4/Parent {parent} 0 R/Rect[{x} 700 {x + 20} 720]>>") for x in (100, 200)]
        radio.set(parent, f"<</FT/Btn/Ff 32768/T(choice)/V/B/Kids[{kids[0]} 0 R {kids[1]} 0 R]>>")
        page = radio.page(pdfs.words("x"))
        radio.set(page, radio.objects[page - 1][:-2] + f"/Annots[{kids[0]} 0 R {kids[1]} 0 R]>>".encode())
        radio.catalog_extra = f"/AcroForm<</Fields[{parent} 0 R]>>"
        faults["radio.pdf"] = (radio.bytes(), r'has a radio button "choice" on page 1 without appearances')
        self.bind_files({name: data for name, (data, _) in faults.items()}, status=1)
        for name, (_, message) in faults.items():
            self.assertRegex(self.messages, rf"error: .*'{re.escape(name)}' {message}" if message.startswith("has") else message)

    def test_a_radio_button_without_looks_is_told_by_its_place_among_the_options(self):
        files = {}
        for name, value in (("word", "(second)"), ("number", "/1")):
            pdf = pdfs.Pdf("1.7")
            parent = pdf.add("")
            kids = [pdf.add(f"<</Type/Annot/Subtype/Widget/F 4/Parent {parent} 0 R/DA(1 0 0 rg)/Rect[{x} 700 {x + 20} 720]>>") for x in (100, 200)]
            refs = " ".join(f"{k} 0 R" for k in kids)
            pdf.set(parent, f"<</FT/Btn/Ff 32768/T(choice)/V{value}/Opt[(first)(second)]/Kids[{refs}]>>")
            page = pdf.page(pdfs.words("x"))
            pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{refs}]>>".encode())
            pdf.catalog_extra = f"/AcroForm<</Fields[{parent} 0 R]>>"
            files[name + ".pdf"] = pdf.bytes()
        self.bind_files(files)
        for name in files:
            for renderer in RENDERERS:
                self.assertEqual([self.spot(name, renderer, x, 710) for x in (110, 210)], [(255, 255, 255), (255, 0, 0)], (name, renderer))

    def test_a_rectangle_of_more_or_fewer_numbers_is_told(self):
        def look(pdf):
            return {"own": pdf.stream("1 0 0 rg 0 0 100 50 re f", "/Type/XObject/Subtype/Form/BBox[0 0 100 50 9]")}
        files = {"own.pdf": annotated("/Subtype/Stamp/F 4/Rect[100 700 200 750 9]/AP<</N {own} 0 R>>", prepare=look),
                 "box.pdf": annotated("/Subtype/Stamp/F 4/Rect[100 700 200 750]/AP<</N {own} 0 R>>", prepare=look),
                 "made.pdf": annotated("/Subtype/Square/F 4/C[1 0 0]/IC[1 0 0]/Rect[100 700 200 750 9]"),
                 "field.pdf": form("/FT/Tx/T(who)/MK<</BG[1 0 0]>>/V(x)/Rect[100 700 200 750 9]"),
                 "few.pdf": annotated("/Subtype/Square/F 4/C[1 0 0]/IC[1 0 0]/Rect[100 700 200]")}
        self.bind_files(files)
        told = r"warning: .*'{}.pdf' has an annotation or a form field \({}\) on page 1 with too many numbers"
        for name, what in (("own", "Stamp"), ("made", "Square"), ("field", "who")):
            self.assertRegex(self.messages, told.format(name, what))
        self.assertRegex(self.messages, r"'few\.pdf' has an annotation \(Square\) on page 1 of no possible size")
        self.assertEqual(self.messages.count("warning:"), 4, self.messages)
        for renderer in RENDERERS:
            for name in files:
                self.assertEqual(self.spot(name, renderer, 180, 745), (255, 0, 0) if name != "few.pdf" else (255, 255, 255), (name, renderer))

    def test_only_the_pages_that_are_cited_are_judged(self):
        pdf = pdfs.Pdf("1.7")
        field = pdf.add(f"<</Type/Annot/Subtype/Widget/F 4/FT/Tx/T(who)/V{utf16(chr(0x10FFFD))}/Rect[100 700 400 730]>>")
        pdf.page(pdfs.words("one"))
        page = pdf.page(pdfs.words("two"))
        pdf.set(page, pdf.objects[page - 1][:-2] + f"/Annots[{field} 0 R]>>".encode())
        self.put("p.pdf", pdf.bytes())
        self.bind(honour("H1", "p.pdf", pages="1"))
        checked = shenbao("check", self.put("c.xml", batch(applicant(honour("H1", "p.pdf", pages="1")))))
        self.assertNotIn(b"U+10FFFD", checked.stdout + checked.stderr)
        self.bind(honour("H1", "p.pdf", pages="2"), status=1)

    def test_equal_input_gives_equal_bytes(self):
        files = {"f.pdf": form(f"/FT/Tx/T(a)/V{utf16('张三')}/Rect[100 700 400 730]"),
                 "a.pdf": case("annotations-without-appearance", "h1-annots-without-ap.pdf"),
                 "l.pdf": case("layers-of-one-name", "h21c-two-layers-of-one-name.pdf")}
        self.bind_files(files)
        first = pdfs.digest(self.pdf)
        self.bind_files(files)
        self.assertEqual(pdfs.digest(self.pdf), first)
