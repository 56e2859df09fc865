"""PDFs and pictures made by hand, good and bad, for the tests of the dossier. Nothing but the standard library."""
import hashlib
import os
import struct
import subprocess
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Pdf:
    """Objects in order, written with a classic cross-reference table. add() gives the number of an object."""

    def __init__(self, version="1.4"):
        self.version, self.objects, self.trailer = version, [], ""
        self.catalog = self.add("")
        self.pages = self.add("")
        self.kids, self.catalog_extra, self.pages_extra = [], "", ""
        self.font = self.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")

    def add(self, body):
        self.objects.append(body if isinstance(body, bytes) else body.encode("latin-1"))
        return len(self.objects)

    def set(self, number, body):
        self.objects[number - 1] = body if isinstance(body, bytes) else body.encode("latin-1")

    def stream(self, data, extra="", packed=True):
        data = data if isinstance(data, bytes) else data.encode("latin-1")
        if packed:
            data, extra = zlib.compress(data), extra + "/Filter/FlateDecode"
        return self.add(f"<<{extra}/Length {len(data)}>>stream\n".encode("latin-1") + data + b"\nendstream")

    def page(self, content, box=(0, 0, 595, 842), extra="", resources="", contents=None):
        """contents: the /Contents entry instead of a stream made of content."""
        if contents is None:
            contents = f"{self.stream(content)} 0 R"
        media = f"/MediaBox[{' '.join(map(str, box))}]" if box else ""
        number = self.add(f"<</Type/Page/Parent {self.pages} 0 R{media}{extra}"
                          f"/Resources<</Font<</F1 {self.font} 0 R>>{resources}>>/Contents {contents}>>")
        self.kids.append(number)
        return number

    def bytes(self, xref=True, count=None):
        self.set(self.pages, f"<</Type/Pages/Count {len(self.kids) if count is None else count}"
                             f"/Kids[{' '.join(f'{k} 0 R' for k in self.kids)}]{self.pages_extra}>>")
        self.set(self.catalog, f"<</Type/Catalog/Pages {self.pages} 0 R{self.catalog_extra}>>")
        parts, places = [f"%PDF-{self.version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1")], []
        at = len(parts[0])
        for i, body in enumerate(self.objects):
            places.append(at)
            parts.append(f"{i + 1} 0 obj\n".encode() + body + b"\nendobj\n")
            at += len(parts[-1])
        out = b"".join(parts)
        if not xref:
            return out
        start = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{p:010} 00000 n \n".encode() for p in places)
        out += f"trailer\n<</Size {len(places) + 1}/Root {self.catalog} 0 R{self.trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
        return out


def words(text, x=72, y=700, size=24):
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"


def marked(name, pages, box=(0, 0, 595, 842), extra=""):
    """pages pages that say NAMEpN."""
    pdf = Pdf()
    for i in range(pages):
        pdf.page(words(f"{name}p{i + 1}", box[0] + (box[2] - box[0]) * 0.1, box[1] + (box[3] - box[1]) * 0.5,
                       max(2, (box[2] - box[0]) / 25)), box, extra)
    return pdf.bytes()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, pixel, depth=8, color=2, palette=None, trns=None, interlaced=False):
    """pixel(x, y) gives the samples of one pixel (color 0 grey, 2 RGB, 3 an index into palette, 4 grey and alpha, 6 RGBA)."""
    def row(xs, y):
        samples = [s for x in xs for s in pixel(x, y)]
        if depth == 16:
            return b"\0" + struct.pack(f">{len(samples)}H", *samples)
        bits = "".join(f"{s:0{depth}b}" for s in samples)
        bits += "0" * (-len(bits) % 8)
        return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")

    passes = ([(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] if interlaced
              else [(0, 0, 1, 1)])
    data = b"".join(row(range(x0, width, dx), y) for x0, y0, dx, dy in passes if x0 < width for y in range(y0, height, dy))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))
            + (chunk(b"PLTE", b"".join(map(bytes, palette))) if palette else b"") + (chunk(b"tRNS", trns) if trns else b"")
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def exif(orientation):
    data = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def block_jpeg(width, height, block, components=3, progressive=False, adobe=None, orientation=None):
    """width x height blocks of 8 x 8 pixels of one colour each: block(x, y) gives the samples as they are stored (YCbCr, one grey,
    or four). adobe: the transform of an APP14."""
    class Bits:
        def __init__(self):
            self.value, self.n, self.out = 0, 0, bytearray()

        def put(self, value, n):
            self.value, self.n = self.value << n | value, self.n + n
            while self.n >= 8:
                self.n -= 8
                byte = self.value >> self.n & 255
                self.out += bytes([byte, 0] if byte == 255 else [byte])
            self.value &= (1 << self.n) - 1

        def end(self):
            self.put((1 << -self.n % 8) - 1, -self.n % 8)
            return bytes(self.out)

    def segment(marker, data):
        return bytes([255, marker]) + struct.pack(">H", len(data) + 2) + data

    def scan(which, first, last, data):
        return segment(0xda, bytes([len(which)]) + b"".join(bytes([c + 1, 0]) for c in which) + bytes([first, last, 0])) + data

    mean, bits = [0] * components, Bits()
    for y in range(height):
        for x in range(width):
            for c, value in enumerate(block(x, y)):
                difference, mean[c] = 8 * (value - 128) - mean[c], 8 * (value - 128)
                size = abs(difference).bit_length()
                bits.put(size, 4)
                bits.put(difference if difference >= 0 else difference + (1 << size) - 1, size)
                if not progressive:
                    bits.put(0, 1)
    every = range(components)
    scans = scan(every, 0, 0 if progressive else 63, bits.end())
    for c in every if progressive else ():
        nothing = Bits()
        nothing.put(0, width * height)
        scans += scan([c], 1, 63, nothing.end())
    frame = struct.pack(">BHHB", 8, height * 8, width * 8, components) + b"".join(bytes([c + 1, 0x11, 0]) for c in every)
    return (b"\xff\xd8" + (exif(orientation) if orientation else b"")
            + (segment(0xee, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, adobe)) if adobe is not None else b"")
            + segment(0xdb, b"\0" + b"\1" * 64) + segment(0xc2 if progressive else 0xc0, frame)
            + segment(0xc4, b"\0" + bytes([0, 0, 0, 12]) + bytes(12) + bytes(range(12)) + b"\x10\1" + bytes(15) + b"\0")
            + scans + b"\xff\xd9")


def ycbcr(r, g, b):
    y = 0.299 * r + 0.587 * g + 0.114 * b
    return tuple(min(255, max(0, round(v))) for v in (y, (b - y) * 0.564 + 128, (r - y) * 0.713 + 128))


def jpeg(orientation=None, path="scans/A001/Q1.jpg"):
    """One of the samples', with an EXIF orientation put in (and its own taken out)."""
    with open(os.path.join(ROOT, "samples", path), "rb") as f:
        data = f.read()
    out, at = data[:2], 2
    if orientation:
        out += exif(orientation)
    while data[at + 1] != 0xda:
        length = struct.unpack(">H", data[at + 2:at + 4])[0]
        if not (orientation and data[at + 1] == 0xe1):
            out += data[at:at + 2 + length]
        at += 2 + length
    return out + data[at:]


class Image:
    """Grey pixels, 0 black."""

    def __init__(self, pgm):
        head = pgm.split(b"\n", 3)
        self.width, self.height = map(int, head[1].split())
        self.data = head[3]

    def at(self, x, y):
        return self.data[y * self.width + x]

    def row(self, y):
        return self.data[y * self.width:(y + 1) * self.width]

    def ink(self, x0, y0, x1, y1):
        """The box around what is darker than the paper: left, top, right, bottom."""
        rows = [(y, [x for x, v in enumerate(self.row(y)[x0:x1]) if v < 200]) for y in range(y0, y1)]
        rows = [(y, xs) for y, xs in rows if xs]
        return (x0 + min(xs[0] for _, xs in rows), rows[0][0], x0 + max(xs[-1] for _, xs in rows), rows[-1][0])


class Colours:
    """Pixels in red, green and blue."""

    def __init__(self, ppm):
        head = ppm.split(b"\n", 3)
        self.width, self.height = map(int, head[1].split())
        self.data = head[3][:3 * self.width * self.height]

    def at(self, x, y):
        i = 3 * (int(y) * self.width + int(x))
        return tuple(self.data[i:i + 3])

    def where(self, colour):
        """The box around what has the colour, nearly: left, top, right, bottom, the last two beyond it. None: nothing has."""
        near = [int.from_bytes(self.data[c::3].translate(bytes(abs(v - colour[c]) < 90 for v in range(256))), "big") for c in range(3)]
        every = (near[0] & near[1] & near[2]).to_bytes(self.width * self.height, "big")
        rows = [(y, every.find(1, y * self.width, (y + 1) * self.width)) for y in range(self.height)]
        rows = [(y, at - y * self.width, every.rfind(1, at, (y + 1) * self.width) - y * self.width) for y, at in rows if at >= 0]
        if not rows:
            return None
        return (min(r[1] for r in rows), rows[0][0], max(r[2] for r in rows) + 1, rows[-1][0] + 1)


def render(pdf, page, renderer, dpi, colours=False):
    if renderer == "pdftoppm":
        args = ["pdftoppm", "-r", str(dpi), *([] if colours else ["-gray"]), "-f", str(page), "-l", str(page), pdf]
    else:
        args = ["mutool", "draw", "-q", "-r", str(dpi), "-c", "rgb" if colours else "gray", "-F", "ppm" if colours else "pgm", "-o", "-",
                pdf, str(page)]
    done = subprocess.run(args, capture_output=True)  # of content that breaks off a renderer complains, and draws the rest
    if not done.stdout:
        raise AssertionError(done.stderr.decode())
    return (Colours if colours else Image)(done.stdout)


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


# --- files that mean harm: small, and more than any reader has room or time for ---

def repeated(begin, piece, times):
    """A zlib stream of begin and then piece, times over, made without ever holding that (its checksum is wrong)."""
    packer = zlib.compressobj(9)
    head = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * times + b"\x03\0\0\0\0\0"


def with_content(filters, data):
    pdf = Pdf()
    number = pdf.add(b"<</Filter[%s]/Length %d>>stream\n" % (filters, len(data)) + data + b"\nendstream")
    pdf.page("", contents=f"{number} 0 R")
    return pdf.bytes()


def slow():
    """Nothing at all, which takes a minute to be read: 64 GiB of spaces that stand for no byte."""
    return with_content(b"/FlateDecode/FlateDecode/ASCIIHexDecode", zlib.compress(repeated(b"", b" " * (1 << 20), 64 << 10), 9))


def content_bomb():
    return with_content(b"/FlateDecode/FlateDecode", zlib.compress(repeated(b"", b"q Q " * (1 << 18), 8 << 10), 9))


def object_stream_bomb():
    """Its catalog is in an object stream of 8 GiB, which must be unpacked for it."""
    inner = zlib.compress(repeated(b"1 0 <</Type/Catalog/Pages 2 0 R>>", b" " * (1 << 20), 8 << 10), 9)
    parts = [b"%PDF-1.5\n", b"2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
             b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n",
             b"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(inner) + inner
             + b"\nendstream\nendobj\n"]
    places = [len(b"".join(parts[:i])) for i in range(5)]
    rows = b"".join(struct.pack(">BIH", *row) for row in [(0, 0, 65535), (2, 4, 0), *((1, p, 0) for p in places[1:])])
    xref = b"5 0 obj\n<</Type/XRef/W[1 4 2]/Size 6/Root 1 0 R/Length %d>>stream\n" % len(rows) + rows + b"\nendstream\nendobj\n"
    return b"".join(parts) + xref + b"startxref\n%d\n%%%%EOF\n" % places[4]


def page_tree(levels, pages):
    """A page tree so many levels deep, and as many pages at its end."""
    pdf = Pdf()
    first = len(pdf.objects) + 1
    content = first + levels + pages
    for i in range(levels):
        kids = f"{first + i + 1} 0 R" if i + 1 < levels else " ".join(f"{first + levels + k} 0 R" for k in range(pages))
        pdf.add(f"<</Type/Pages/Parent {first + i - 1 if i else pdf.pages} 0 R/Count {pages}/Kids[{kids}]>>")
    for i in range(pages):
        pdf.add(f"<</Type/Page/Parent {first + levels - 1} 0 R/MediaBox[0 0 595 842]/Contents {content} 0 R>>")
    pdf.stream(words("x"))
    pdf.kids.append(first)
    return pdf.bytes(count=pages)


def xref_loop():
    """The table before the table is the table itself."""
    data = marked("x", 1)
    start = int(data.split(b"startxref\n")[1].split()[0])
    return data.replace(b"trailer\n<<", b"trailer\n<</Prev %d" % start)


def deep_array():
    pdf = Pdf()
    number = pdf.add("[" * 200000 + "]" * 200000)
    pdf.page(words("x"), resources=f"/Properties<</P {number} 0 R>>")
    return pdf.bytes()


def deep_chain():
    """A chain of objects so long that following it by recursion ends the process."""
    pdf = Pdf()
    n = 100000
    first = len(pdf.objects) + 1
    for i in range(n):
        pdf.add(f"<</N {first + i + 1} 0 R>>")
    pdf.add("<<>>")
    pdf.page(words("x"), resources=f"/Properties<</P {first} 0 R>>")
    return pdf.bytes()


def many_objects(n=300000):
    """So many objects, each like a seventh of the others."""
    pdf = Pdf()
    first = len(pdf.objects) + 1
    for i in range(n):
        pdf.add(f"<</X {i % 7}>>")
    every = pdf.add("[" + " ".join(f"{first + i} 0 R" for i in range(n)) + "]")
    pdf.page(words("x"), resources=f"/Properties<</P {every} 0 R>>")
    return pdf.bytes()


def kids_that_hold_themselves(tree):
    """Nodes without a number in an array that is the kids of each; tree: what of the catalog is made so ("" for that of pages)."""
    pdf = Pdf("1.7")
    kids = pdf.add("")
    pdf.set(kids, f"[<</Type/Pages/Kids {kids} 0 R>>]")
    link = pdf.add("<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/Border[0 0 0]/Dest(x)>>")
    page = pdf.page(words("x"), extra=f"/Annots[{link} 0 R]")
    if tree:
        pdf.catalog_extra = f"/Names<</{tree}<</Kids {kids} 0 R>>>>"
        return pdf.bytes()
    pdf.set(kids, f"[<</Type/Pages/Kids {kids} 0 R>> {page} 0 R]")
    return pdf.bytes(xref=False).replace(b"/Kids[%d 0 R]" % page, b"/Kids %d 0 R" % kids) + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def shared_terms(n=10, depth=15):
    """A layer's expression of 10 to the power of 15 terms."""
    pdf = Pdf("1.7")
    group = term = pdf.add("<</Type/OCG/Name(x)>>")
    for _ in range(depth):
        term = pdf.add("[/And " + f"{term} 0 R " * n + "]")
    member = pdf.add(f"<</Type/OCMD/VE {term} 0 R>>")
    pdf.page("/OC /M BDC " + words("x") + " EMC", resources=f"/Properties<</M {member} 0 R>>")
    pdf.catalog_extra = f"/OCProperties<</OCGs[{group} 0 R]/D<<>>>>"
    return pdf.bytes()


def shared_usage(n=1000):
    """A thousand times a thousand layers."""
    pdf = Pdf("1.7")
    groups = [pdf.add("<</Type/OCG/Name(x)/Usage<</Print<</PrintState/OFF>>>>>>") for _ in range(n)]
    every = pdf.add(f"[{' '.join(f'{g} 0 R' for g in groups)}]")
    usage = pdf.add(f"<</Event/Print/Category[{'/X' * 1000}/Print]/OCGs {every} 0 R>>")
    pdf.page(words("x"), resources=f"/Properties<</P {groups[0]} 0 R>>")
    pdf.catalog_extra = f"/OCProperties<</OCGs {every} 0 R/D<</AS[{f'{usage} 0 R ' * n}]>>>>"
    return pdf.bytes()


def shared_forms(n=8, depth=11):
    """Forms that draw others, 8 to the power of 11 of them, with letters of a font from outside at the end."""
    pdf = Pdf("1.7")
    font = pdf.add("<</Type/Font/Subtype/TrueType/BaseFont/Outside>>")
    form = pdf.stream("BT /F 9 Tf (x) Tj ET", f"/Subtype/Form/BBox[0 0 99 99]/Resources<</Font<</F {font} 0 R>>>>")
    for _ in range(depth):
        form = pdf.stream("/X0 Do", "/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<<"
                          + "".join(f"/X{i} {form} 0 R" for i in range(n)) + ">>>>")
    pdf.page("/X Do", resources=f"/XObject<</X {form} 0 R>>")
    pdf.page("/X Do", resources=f"/XObject<</X {form} 0 R>>")
    return pdf.bytes()


def list_box(n=5000):
    """A list of so many rows, of which as many others are said to be chosen."""
    pdf = Pdf("1.7")
    rows, chosen = " ".join(f"(r{i})" for i in range(n)), " ".join(f"(c{i})" for i in range(n))
    pdf.page(words("x"), extra=f"/Annots[<</Subtype/Widget/F 4/FT/Ch/T(list)/Rect[100 100 300 300]/Opt[{rows}]/V[{chosen}]>>]")
    return pdf.bytes()


def long_name(n=1500):
    """So many signature fields, below one whose name is a megabyte long."""
    pdf = Pdf("1.7")
    above = pdf.add(f"<</FT/Sig/T({'n' * 1000000})>>")
    pdf.page(words("x"), extra="/Annots[" + f"<</Subtype/Widget/F 4/Parent {above} 0 R/Rect[9 9 99 99]>>" * n + "]")
    return pdf.bytes()


def squiggles(n=20000):
    """One annotation of so many squiggly lines, each of 2000 teeth."""
    pdf = Pdf("1.7")
    pdf.page(words("x"), extra=f"/Annots[<</Subtype/Squiggly/F 4/Rect[0 0 500 20]/QuadPoints[{'0 10 500 10 0 9 500 9 ' * n}]>>]")
    return pdf.bytes()


def short_names(n=400):
    """What seems to be the names of filters, behind much that seems to begin an object."""
    pdf = Pdf("1.7")
    pdf.page(words("x"))
    pdf.stream((b"o" * 4000 + b"/F/Fl" * 800) * n, packed=False)
    return pdf.bytes()


def often_drawn(times=50000):
    """A large form, as often as a page can draw it."""
    pdf = Pdf()
    form = pdf.stream(b" " * (4 << 20), "/Subtype/Form/BBox[0 0 99 99]")
    pdf.page("/X Do " * times, resources=f"/XObject<</X {form} 0 R>>")
    return pdf.bytes()


def shared_resources(n=2500):
    """So many pages that share the resources of so many pictures."""
    pdf = Pdf()
    pictures = [pdf.add(b"<</Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n0\nendstream")
                for _ in range(n)]
    resources = pdf.add("<</XObject<<" + "".join(f"/I{i} {p} 0 R" for i, p in enumerate(pictures)) + ">>>>")
    content = pdf.stream("q 9 0 0 9 0 0 cm /I0 Do Q")
    pdf.kids = [pdf.add(f"<</Type/Page/Parent {pdf.pages} 0 R/MediaBox[0 0 595 842]/Resources {resources} 0 R/Contents {content} 0 R>>")
                for _ in range(n)]
    return pdf.bytes()


def shared_content(n=110):
    """So many pages that share what unpacks to ten megabytes."""
    pdf = Pdf()
    content = pdf.stream(words("x") + " " * (10 << 20))
    for _ in range(n):
        pdf.page("", contents=f"{content} 0 R")
    return pdf.bytes()


def png_bomb():
    """60000 x 60000 of one bit, in a few kilobytes."""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 4000000, 9)) + chunk(b"IEND", b""))
