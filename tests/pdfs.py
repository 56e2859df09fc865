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


def png(width, height, pixel, depth=8, color=2):
    """pixel(x, y) gives the bytes of one pixel (8 bits, color 0 grey, 2 RGB, 4 grey and alpha, 6 RGBA)."""
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def jpeg(orientation=None, path="scans/A001/Q1.jpg"):
    """One of the samples', with an EXIF orientation put in (and its own taken out)."""
    with open(os.path.join(ROOT, "samples", path), "rb") as f:
        data = f.read()
    out, at = data[:2], 2
    if orientation:
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + b"\0\0\0\0"
        out += b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
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


def render(pdf, page, renderer, dpi):
    if renderer == "pdftoppm":
        args = ["pdftoppm", "-r", str(dpi), "-gray", "-f", str(page), "-l", str(page), pdf]
    else:
        args = ["mutool", "draw", "-q", "-r", str(dpi), "-c", "gray", "-F", "pgm", "-o", "-", pdf, str(page)]
    done = subprocess.run(args, capture_output=True)  # of content that breaks off a renderer complains, and draws the rest
    if not done.stdout:
        raise AssertionError(done.stderr.decode())
    return Image(done.stdout)


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


def png_bomb():
    """60000 x 60000 of one bit, in a few kilobytes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 4000000, 9)) + chunk(b"IEND", b""))
