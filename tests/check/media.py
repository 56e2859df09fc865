"""Files for the cases: pictures made by hand, so that none has to be committed."""
import functools
import os
import struct
import zlib


def segments(jpeg):
    """(marker, payload) up to the start of scan, and the rest."""
    at, out = 2, []
    while True:
        marker, length = jpeg[at + 1], struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        out.append((marker, jpeg[at + 4:at + 2 + length]))
        at += 2 + length
        if marker == 0xDA:
            return out, jpeg[at:]


def build(parts, rest, before=b""):
    return b"\xff\xd8" + before + b"".join(b"\xff" + bytes([m]) + struct.pack(">H", len(p) + 2) + p for m, p in parts) + rest


def padded(jpeg, size):
    """Comments after the start until the file has just so many bytes."""
    pad = b""
    while len(jpeg) + len(pad) < size:
        left = size - len(jpeg) - len(pad)
        n = min(left - 4, 65000)
        if 0 < left - n - 4 < 4:
            n -= 8
        pad += b"\xff\xfe" + struct.pack(">H", n + 2) + b"x" * n
    return jpeg[:2] + pad + jpeg[2:]


def turned(jpeg):
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    parts, rest = segments(jpeg)
    return build(parts, rest, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)


def blocks(width, height, colour):
    """A baseline JPEG of squares of 8 pixels, each of the one colour (R, G, B) that colour(x, y) has at its middle (0 to 1)."""
    across, down = (width + 7) // 8, (height + 7) // 8
    bits, before = [], [0, 0, 0]
    for row in range(down):
        for column in range(across):
            r, g, b = colour((column + 0.5) / across, (row + 0.5) / down)
            ycc = (0.299 * r + 0.587 * g + 0.114 * b, 128 - 0.168736 * r - 0.331264 * g + 0.5 * b, 128 + 0.5 * r - 0.418688 * g - 0.081312 * b)
            for i, v in enumerate(ycc):
                dc = round(v - 128)  # the table divides by 8, and a flat block is 8 times its level
                diff, before[i] = dc - before[i], dc
                size = abs(diff).bit_length()
                bits.append(f"{size:04b}" + (f"{diff if diff > 0 else diff + (1 << size) - 1:0{size}b}" if size else "") + "0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    data = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")
    parts = [(0xDB, b"\0" + b"\x08" * 64),
             (0xC0, struct.pack(">BHHB", 8, height, width, 3) + b"".join(bytes([i, 0x11, 0]) for i in (1, 2, 3))),
             (0xC4, b"\0" + bytes([0, 0, 0, 12]) + bytes(12) + bytes(range(12))),
             (0xC4, b"\x10" + bytes([1]) + bytes(15) + b"\0"),
             (0xDA, b"\x03\x01\0\x02\0\x03\0\0\x3f\0")]
    return build(parts, data + b"\xff\xd9")


def flat(width, height, components=3):
    """The same, all of it white (of four components: of no colour)."""
    across, down = (width + 7) // 8, (height + 7) // 8
    white = [127, 0, 0] if components == 3 else [0] * components
    first = "".join((f"{v.bit_length():04b}" + (f"{v:b}" if v else "") + "0") for v in white)
    text = first + "0" * (5 * components * (across * down - 1))  # no difference, and the end of the block
    text += "1" * (-len(text) % 8)
    data = int("1" + text, 2).to_bytes(len(text) // 8 + 1, "big")[1:].replace(b"\xff", b"\xff\0")
    which = range(1, components + 1)
    parts = [(0xDB, b"\0" + b"\x08" * 64),
             (0xC0, struct.pack(">BHHB", 8, height, width, components) + b"".join(bytes([i, 0x11, 0]) for i in which)),
             (0xC4, b"\0" + bytes([0, 0, 0, 12]) + bytes(12) + bytes(range(12))),
             (0xC4, b"\x10" + bytes([1]) + bytes(15) + b"\0"),
             (0xDA, bytes([components]) + b"".join(bytes([i, 0]) for i in which) + b"\0\x3f\0")]
    if components == 4:
        parts.insert(0, (0xEE, b"Adobe\0\x64\0\0\0\0\0"))
    return build(parts, data + b"\xff\xd9")


def portrait(behind):
    """Hair, face and a dark suit before what is behind them."""
    def colour(x, y):
        if y > 0.62 and abs(x - 0.5) < 0.45:
            return 40, 45, 60
        if ((x - 0.5) / 0.25) ** 2 + ((y - 0.38) / 0.26) ** 2 < 1:
            return (50, 45, 45) if y < 0.28 else (214, 186, 164)
        return behind(x, y)
    return colour


BACKDROPS = {
    "white": lambda x, y: (255, 255, 255),
    "shaded": lambda x, y: (222 + int(24 * x),) * 3,            # a wall that the light does not reach evenly
    "warm": lambda x, y: (252, 248, 236),
    "corner": lambda x, y: (60, 60, 60) if x > 0.8 and y < 0.1 else (250, 250, 250),
    "grey": lambda x, y: (196, 196, 198),
    "blue": lambda x, y: (67, 142, 219),                        # of Chinese ID photos, as the red
    "red": lambda x, y: (215, 30, 40),
    "pale": lambda x, y: (205, 226, 246),
    "half": lambda x, y: (255, 255, 255) if x < 0.5 else (67, 142, 219),
}


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    # lines that hardly deflate, so that the file is large enough; light ones: the backdrop is to be white
    lines = b"".join(b"\0" + bytes(b | 0xE0 for b in os.urandom(width)) for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def pdf(*pages):
    """A PDF of A4 pages: of each what it draws, and the JPEGs (with their sizes) that it calls /P0, /P1 …"""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    kids = []
    for content, *pictures in pages:
        names = b""
        for i, (jpeg, width, height) in enumerate(pictures):
            names += b"/P%d %d 0 R" % (i, len(objects) + 1)
            objects.append(b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode"
                           b"/Length %d>>stream\n%s\nendstream" % (width, height, len(jpeg), jpeg))
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</XObject<<%s>>>>>>" % (len(objects), names))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    out, at = b"%PDF-1.4\n", []
    for i, o in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj" % i + o + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % a for a in at)
    return out + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


LINE = b"72 700 m 400 700 l S"
SCAN = b"q 595 0 0 842 0 0 cm /P0 Do Q"
RECOGNISED = SCAN + b" BT /F1 9 Tf 3 Tr (seen by nobody) Tj ET"


def lettered(width, height, ink=0.08):
    """As a scan of lines of print: so much of it is dark."""
    return blocks(width, height, lambda x, y: (30, 30, 30) if y * 40 % 1 < ink * 2 and int(x * 97) % 2 else (246, 244, 240)), width, height


def rgb_png(width, height, row):
    """row(y): the bytes of a line."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row(y) for y in range(height)))) + chunk(b"IEND", b"")


def lettered_row(y):
    dark, light = bytes((30, 30, 30)), bytes((246, 244, 240))
    return b"".join(dark if y % 37 < 12 and x * 97 % 1040 % (7 + y % 5) < 4 else light for x in range(1040))


@functools.lru_cache
def pdfs():
    fine, coarse, paper = lettered(1040, 1472), lettered(496, 704), (blocks(1040, 1472, lambda x, y: (246, 244, 240)), 1040, 1472)
    speck = (blocks(1040, 1472, lambda x, y: (0, 0, 0) if y > 0.99 or (0.5 < x < 0.51 and 0.5 < y < 0.51) else (235, 235, 230)), 1040, 1472)
    seal = (blocks(1040, 1472, lambda x, y: (200, 30, 30) if (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.003 else (250, 250, 250)), 1040, 1472)
    return {"paper.jpg": paper[0], "letters.jpg": fine[0], "scan.pdf": pdf((LINE,), (LINE,)), "blank.pdf": pdf((LINE,), (b"",), (b" q Q ",)),
            "fine.pdf": pdf((SCAN, fine)), "coarse.pdf": pdf((SCAN, fine), (SCAN, coarse), (RECOGNISED, coarse)),
            "paper.pdf": pdf((SCAN, fine), (SCAN, paper)), "speck.pdf": pdf((SCAN, speck)), "seal.pdf": pdf((SCAN, seal)),
            "paper.png": rgb_png(1040, 1472, lambda y: bytes((20, 20, 20) if y > 1460 else (246, 244, 240)) * 1040),
            "letters.png": rgb_png(1040, 1472, lettered_row),
            "logo.pdf": pdf((LINE + b" q 99 0 0 99 0 0 cm /P0 Do Q", coarse))}


@functools.lru_cache
def contents():
    base = padded(flat(420, 560), 60000)
    files = {"photo.jpg": base, "jpeg.png": base, "upper.JPEG": base, "empty.pdf": b"",
             "photo.png": png(420, 560), "cmyk.jpg": padded(flat(420, 560, 4), 60000)}
    files.update(pdfs())
    for n in (30720, 30721, 31744, 1048576, 1048575):
        files[f"bytes-{n}.jpg"] = padded(flat(420, 560), n)
    for w, h in ((215, 301), (216, 301), (216, 300), (2599, 3999), (650, 1000), (800, 1000), (801, 1000), (900, 1300)):
        files[f"size-{w}x{h}.jpg"] = padded(flat(w, h), 60000)
    for name, behind in BACKDROPS.items():
        files[f"{name}.jpg"] = padded(blocks(420, 560, portrait(behind)), 60000)
    files["blue-turned.jpg"] = padded(turned(blocks(560, 420, lambda x, y: portrait(BACKDROPS["blue"])(1 - y, x))), 60000)
    files["white-cut.jpg"] = padded(blocks(420, 560, portrait(BACKDROPS["white"]))[:1500] + b"\xff\xd9", 60000)
    for w, h in ((400, 300), (560, 400), (1400, 1000)):
        files[f"turned-{w}x{h}.jpg"] = padded(turned(flat(w, h)), 90000)  # as many bytes as print has
    return files


def make(folder):
    for name, data in contents().items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
