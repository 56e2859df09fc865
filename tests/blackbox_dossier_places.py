"""dossier from outside: every pixel of an attachment comes to its place, in its colour, whatever it is made of."""
import re
import subprocess
import unittest

import pdfs
from blackbox_dossier import Folder
from dossiers import honour
from profiles import template

RENDERERS = ("pdftoppm", "mutool")
DPI = 144
MM = 72 / 25.4
A4, A3 = (595.28, 841.89), (841.89, 1190.55)
TOP, RIGHT, BOTTOM, LEFT = 12 * MM, 12 * MM, 38 * MM, 22 * MM  # what a copy leaves free, by dossier.xml
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
MARK = 0.12  # of the shorter side


def marks(width, height):
    """Of an upright page of that size: a square in three of its corners, as left, top, right, bottom from its upper left corner."""
    m = MARK * min(width, height)
    return {RED: (0, 0, m, m), GREEN: (width - m, 0, width, m), BLUE: (width - m, height - m, width, height)}


def marked_content(box, rotate):
    """The marks in the user space of a page that is turned clockwise."""
    x0, y0, x1, y1 = box
    lies = rotate % 180 == 90
    out = ""
    for colour, (left, top, right, bottom) in marks(*((y1 - y0, x1 - x0) if lies else (x1 - x0, y1 - y0))).items():
        corners = [{0: (x0 + u, y1 - v), 90: (x0 + v, y0 + u), 180: (x1 - u, y0 + v), 270: (x1 - v, y1 - u)}[rotate % 360]
                   for u, v in ((left, top), (right, bottom))]
        (xa, ya), (xb, yb) = corners
        out += f"{colour[0] / 255} {colour[1] / 255} {colour[2] / 255} rg {min(xa, xb)} {min(ya, yb)} {abs(xb - xa)} {abs(yb - ya)} re f\n"
    return out


def marked_page(box=(0, 0, 400, 300), extra="", rotate=0, before="", after="", media=None, inherited=False):
    """box is what is seen of the page."""
    pdf = pdfs.Pdf()
    pdf.page(before + marked_content(box, rotate) + after, None if inherited else media or box, extra)
    if inherited:
        pdf.pages_extra = f"/Rotate {rotate}/MediaBox[{' '.join(map(str, box))}]"
    return pdf.bytes()


def places(width, height, sheet=A4, any_size=False, turned=False):
    """Where the marks must be on the sheet, in points from its upper left corner: undistorted, never enlarged unless its size is not
    known, centred between the margins; turned: a quarter to the left."""
    w, h = sheet[0] - LEFT - RIGHT, sheet[1] - TOP - BOTTOM
    scale = min(w / height, h / width) if turned else min(w / width, h / height)
    if not any_size:
        scale = min(scale, 1)
    x = LEFT + (w - scale * (height if turned else width)) / 2
    y = TOP + (h - scale * (width if turned else height)) / 2
    out = {}
    for colour, (left, top, right, bottom) in marks(width, height).items():
        if turned:
            left, top, right, bottom = top, width - right, bottom, width - left
        out[colour] = (x + scale * left, y + scale * top, x + scale * right, y + scale * bottom)
    return out


class Places(Folder):
    def check(self, cases, options=()):
        """cases: of each file its bytes and where its marks must be; all are bound at once, and nothing is said of any."""
        for name, (data, _) in cases.items():
            self.put(name, data)
        volume = self.bind("".join(honour(f"H{i}", name) for i, name in enumerate(cases)), options=options)
        self.check_volume(volume)
        self.assertEqual([m for m in self.messages.splitlines() if "is larger than A2" not in m], [])
        rows = [r for r in self.ledger() if r["kind"] == "copy"]
        self.assertEqual([r["source"] for r in rows], list(cases))
        for row, (name, (_, want)) in zip(rows, cases.items()):
            for renderer in RENDERERS:
                image = pdfs.render(self.pdf, row["physical"], renderer, DPI, colours=True)
                for colour, box in want.items():
                    found = image.where(colour)
                    self.assertIsNotNone(found, (name, renderer, colour))
                    for a, b in zip(found, box):
                        self.assertLess(abs(a - b * DPI / 72), 2.5, (name, renderer, colour, found, box))
        return volume

    def test_every_corner_of_a_page_comes_to_its_place(self):
        upright, lying, tall = places(400, 300), places(300, 400), (0, 0, 900, 1200)
        cases = {f"rotate{r}.pdf": (marked_page(rotate=r, extra=f"/Rotate {r}"), lying if r % 180 else upright)
                 for r in (0, 90, 180, 270, -90, 450)}
        cases.update({f"large{r}.pdf": (marked_page(tall, rotate=r, extra=f"/Rotate {r}"), places(*((1200, 900) if r % 180 else (900, 1200))))
                      for r in (0, 90, 180, 270)})
        cases["inherited.pdf"] = (marked_page(rotate=90, inherited=True), lying)
        for r in (0, 90, 270):
            cases[f"crop{r}.pdf"] = (marked_page((150, 250, 550, 550), f"/CropBox[150 250 550 550]/Rotate {r}", r, media=(0, 0, 595, 842)),
                                     lying if r else upright)
            cases[f"negative{r}.pdf"] = (marked_page((-300, -400, 100, -100), f"/Rotate {r}", r), lying if r else upright)
        cases["reversed.pdf"] = (marked_page((0, 0, 400, 300), media=(400, 300, 0, 0)), upright)
        cases["beyond.pdf"] = (marked_page((0, 0, 400, 300), "/CropBox[-500 -500 5000 5000]"), upright)
        cases["unit.pdf"] = (marked_page((0, 0, 200, 150), "/UserUnit 2"), upright)
        cases["unit-large.pdf"] = (marked_page((0, 0, 600, 800), "/UserUnit 2"), places(1200, 1600))
        for name, content in {"open": "q 1 0 0 -1 0 842 cm 5 0 0 5 0 0 cm q ", "clip": "0 0 10 10 re W n ", "pop": "Q Q Q ",
                              "colour": "1 1 1 rg 0.5 g 40 w ", "text": "BT 7 Tr 300 Tz "}.items():
            cases[name + ".pdf"] = (marked_page(after=content), upright)
        cases["moved.pdf"] = (marked_page(before="q 2 0 0 2 0 0 cm Q "), upright)
        self.check(cases)

    def test_nothing_outside_the_visible_box_is_seen(self):
        # white reaches a little farther, or the edges would be mixed of both
        outside = "1 0 0 rg -1000 -1000 5000 5000 re f 1 g 147 247 406 306 re f\n"
        cases = {f"crop{r}.pdf": (marked_page((150, 250, 550, 550), f"/CropBox[150 250 550 550]/Rotate {r}", r, outside, media=(0, 0, 595, 842)),
                                  places(*((300, 400) if r else (400, 300)))) for r in (0, 90)}
        self.check(cases)

    def test_lying_pages_are_turned_where_the_template_says_so(self):
        with open(template("dossier.xml"), encoding="utf-8") as f:
            own = f.read()
        box = (0, 0, 1000, 600)
        lying, upright = marked_page(box), marked_page((0, 0, 600, 1000), "/Rotate 90", 90)
        picture = picture_of(100, 50)
        files = {"lying.pdf": lying, "rotated.pdf": upright, "small.pdf": marked_page(), "tall.pdf": marked_page((0, 0, 600, 1000)),
                 "lying.jpg": picture}
        self.check({"lying.pdf": (lying, places(1000, 600)), "rotated.pdf": (upright, places(1000, 600)),
                    "lying.jpg": (picture, places(100, 50, any_size=True))})
        self.put("T/dossier.xml", own.replace('landscape="fit"', 'landscape="turn"'))
        self.check({"lying.pdf": (lying, places(1000, 600, turned=True)), "rotated.pdf": (upright, places(1000, 600, turned=True)),
                    "small.pdf": (files["small.pdf"], places(400, 300)),  # as large either way
                    "tall.pdf": (files["tall.pdf"], places(600, 1000)),
                    "lying.jpg": (picture, places(100, 50, any_size=True, turned=True))})

    def test_a3_is_kept_when_that_is_asked_for(self):
        tall, wide = (0, 0, 842, 1191), (0, 0, 1191, 842)
        files = {"tall.pdf": (tall, marked_page(tall)), "wide.pdf": (wide, marked_page(wide)),
                 "rotated.pdf": (wide, marked_page(tall, "/Rotate 90", 90)), "a4.pdf": ((0, 0, 595, 842), marked_page((0, 0, 595, 842)))}
        self.check({name: (data, places(*box[2:])) for name, (box, data) in files.items()})
        sheets = {"tall.pdf": A3, "wide.pdf": A3[::-1], "rotated.pdf": A3[::-1], "a4.pdf": A4}
        volume = self.check({name: (data, places(*box[2:], sheet=sheets[name])) for name, (box, data) in files.items()}, ["--keep-a3"])
        for row in (r for r in self.ledger() if r["kind"] == "copy"):
            want, got = sheets[row["source"]], volume.pages[row["physical"] - 1]["size"]
            self.assertTrue(all(abs(a - b) < 0.1 for a, b in zip(want, got)), (row, got))

    def test_pictures_of_all_orientations_come_to_their_places(self):
        self.check({f"{o}.jpg": (picture_of(100, 50, o), places(100, 50, any_size=True)) for o in range(1, 9)})


def picture_of(width, height, orientation=1):
    """The marks on a picture that, upright, has so many blocks of 8 x 8 pixels; stored as the orientation says. Of 50 blocks a mark is
    six."""
    def upright(x, y):
        for colour, (left, top, right, bottom) in marks(width, height).items():
            if left <= x < right and top <= y < bottom:
                return colour
        return (255, 255, 255)

    w, h = width - 1, height - 1
    # what is stored at column c, row r (TIFF 6.0: which side of the picture the first row is, and the first column)
    from_stored = {1: lambda c, r: (c, r), 2: lambda c, r: (w - c, r), 3: lambda c, r: (w - c, h - r), 4: lambda c, r: (c, h - r),
                   5: lambda c, r: (r, c), 6: lambda c, r: (w - r, c), 7: lambda c, r: (w - r, h - c), 8: lambda c, r: (r, h - c)}
    size = (height, width) if orientation >= 5 else (width, height)
    return pdfs.block_jpeg(*size, lambda c, r: pdfs.ycbcr(*upright(*from_stored[orientation](c, r))), orientation=orientation)


CYAN, MAGENTA, YELLOW, BLACK, WHITE = (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (0, 0, 0, 0)
N = 24  # blocks, or with 8 times as many, pixels, a side of the pictures below


def quarter(x, y, side):
    """0 upper left, 1 upper right, 2 lower left, 3 lower right."""
    return 2 * (2 * y >= side) + (2 * x >= side)


class Pictures(Folder):
    def check(self, cases, told=()):
        """cases: of each file its bytes and the colours of its quarters (None: the paper's). told: of which something is said."""
        for name, (data, _) in cases.items():
            self.put(name, data)
        volume = self.bind("".join(honour(f"H{i}", name) for i, name in enumerate(cases)))
        self.check_volume(volume)
        self.assertEqual(re.findall(r"warning: .*? '(.*?)' is a CMYK picture that does not say", self.messages), list(told))
        self.assertEqual(self.messages.count("\n"), len(told))
        side = A4[0] - LEFT - RIGHT
        top = TOP + (A4[1] - TOP - BOTTOM - side) / 2
        rows = [r for r in self.ledger() if r["kind"] == "copy"]
        for row, (name, (_, quarters)) in zip(rows, cases.items()):
            for renderer in RENDERERS:
                image = pdfs.render(self.pdf, row["physical"], renderer, 36, colours=True)
                for i, want in enumerate(quarters):
                    got = image.at((LEFT + side * (0.25 + i % 2 / 2)) / 2, (top + side * (0.25 + i // 2 / 2)) / 2)
                    self.assertTrue(looks_like(got, want), (name, renderer, i, got, want))
        return volume

    def streams(self, volume, kind):
        """The streams of that filter, as they are in the file."""
        out = []
        for name, o in volume.objects.items():
            if o.get("stream", {}).get("dict", {}).get("/Filter") == kind:
                out.append((o["stream"]["dict"], subprocess.run(["qpdf", f"--show-object={name.split()[0]}", "--raw-stream-data", self.pdf],
                                                                capture_output=True, check=True).stdout))
        return out

    def test_jpegs_of_all_kinds_go_through_untouched_and_in_their_colours(self):
        inks = [CYAN, MAGENTA, YELLOW, BLACK]

        def inverted(ink):
            return tuple(255 - v for v in ink)

        def ycck(ink):
            return (*pdfs.ycbcr(*ink[:3]), 255 - ink[3])  # a reader takes the complement of the three, and then all are inverted

        greys = [(0,), (85,), (170,), (255,)]
        colours = [RED, GREEN, BLUE, (255, 255, 255)]
        kinds = {"cmyk": (inks, lambda v: v, 4, None), "adobe-cmyk": (inks, inverted, 4, 0), "adobe-ycck": (inks, ycck, 4, 2),
                 "grey": (greys, lambda v: v, 1, None), "rgb": (colours, lambda v: pdfs.ycbcr(*v), 3, None),
                 "adobe-rgb": (colours, lambda v: v, 3, 0)}
        cases = {}
        for name, (quarters, stored, components, adobe) in kinds.items():
            for progressive in (False, True):
                data = pdfs.block_jpeg(N, N, lambda x, y: stored(quarters[quarter(x, y, N)]), components, progressive, adobe)
                cases[f"{name}{'-progressive' * progressive}.jpg"] = (data, [v * 3 if len(v) == 1 else v for v in quarters])
        volume = self.check(cases, told=("cmyk.jpg", "cmyk-progressive.jpg"))
        streams = self.streams(volume, "/DCTDecode")
        self.assertEqual(sorted(data for _, data in streams), sorted(data for data, _ in cases.values()))
        for about, data in streams:
            name = next(n for n, (d, _) in cases.items() if d == data)
            space = "/DeviceCMYK" if "cmyk" in name or "ycck" in name else "/DeviceGray" if "grey" in name else "/DeviceRGB"
            self.assertEqual(about["/ColorSpace"], space, name)
            self.assertEqual("/Decode" in about, "adobe" in name and "rgb" not in name, name)

    def test_pngs_of_all_kinds_keep_their_colours(self):
        side = 8 * N
        colours, greys = [RED, GREEN, BLUE, (255, 255, 255)], [0, 85, 170, 255]
        cases = {}

        def add(name, quarters, samples, depth, color, palette=None, trns=None):
            for interlaced in (False, True):
                cases[f"{name}{'-interlaced' * interlaced}.png"] = (
                    pdfs.png(side, side, lambda x, y: samples[quarter(x, y, side)], depth, color, palette, trns, interlaced), quarters)

        shown = [(g, g, g) for g in greys]
        for depth in (8, 16):
            k = 257 if depth == 16 else 1
            full = 255 * k
            add(f"rgb{depth}", colours, [tuple(v * k for v in c) for c in colours], depth, 2)
            add(f"rgba{depth}", [*colours[:3], None], [*[tuple(v * k for v in c) + (full,) for c in colours[:3]], (0, 0, 0, 0)], depth, 6)
            add(f"grey-alpha{depth}", [*shown[:3], None], [*[(g * k, full) for g in greys[:3]], (0, 0)], depth, 4)
        add("rgb8-trns", [*colours[:2], None, colours[3]], colours, 8, 2, trns=b"\0\0\0\0\0\xff")
        add("rgb16-trns", [None, *colours[1:]], [tuple(v * 257 for v in c) for c in colours], 16, 2, trns=b"\xff\xff\0\0\0\0")
        for depth in (2, 4, 8, 16):
            samples = [((1 << depth) - 1) * g // 255 for g in greys]
            add(f"grey{depth}", shown, [(v,) for v in samples], depth, 0)
            add(f"grey{depth}-trns", [None, *shown[1:]], [(v,) for v in samples], depth, 0, trns=b"\0\0")
        add("grey1", [shown[0], shown[3], shown[3], shown[0]], [(0,), (1,), (1,), (0,)], 1, 0)
        for depth in (2, 4, 8):
            add(f"palette{depth}", colours, [(0,), (1,), (2,), (3,)], depth, 3, colours)
            add(f"palette{depth}-trns", [*colours[:2], None, colours[3]], [(0,), (1,), (2,), (3,)], depth, 3, colours, b"\xff\xff\0")
        add("palette1", [RED, BLUE, BLUE, RED], [(0,), (1,), (1,), (0,)], 1, 3, [RED, BLUE])
        self.check(cases)


def looks_like(got, want):
    """Of inks, which no two renderers mix in the same way: what is dark and what is bright of the three."""
    if want is None:
        want = (255, 255, 255)
    if len(want) == 3:
        return all(abs(a - b) < 12 for a, b in zip(got, want))
    dark = {CYAN: (1, None, 0), MAGENTA: (0, 1, None), YELLOW: (0, 0, 1), BLACK: (1, 1, 1), WHITE: (0, 0, 0)}[want]
    return all(d is None or (v < 100 if d else v > 190) for v, d in zip(got, dark))


if __name__ == "__main__":
    unittest.main()
