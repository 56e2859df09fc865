"""Files for the cases: made of a sample's photograph by changing its headers, so that no picture has to be committed."""
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


def sized(jpeg, width, height):
    parts, rest = segments(jpeg)
    return build([(m, p[:1] + struct.pack(">HH", height, width) + p[5:] if m in (0xC0, 0xC2) else p) for m, p in parts], rest)


def turned(jpeg):
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    parts, rest = segments(jpeg)
    return build(parts, rest, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)


def cmyk(jpeg):
    parts, rest = segments(jpeg)
    out = []
    for m, p in parts:
        if m in (0xC0, 0xC2):
            p = p[:5] + b"\x04" + b"".join(bytes([i, 0x11, 0]) for i in (1, 2, 3, 4))
        elif m == 0xDA:
            p = b"\x04" + b"".join(bytes([i, 0]) for i in (1, 2, 3, 4)) + p[-3:]
        out.append((m, p))
    return build(out, rest)


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    # lines that do not deflate, so that the file is large enough
    lines = b"".join(b"\0" + os.urandom(width) for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n"
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n")


def pdf():
    out, at = PDF, []
    for i in range(1, 5):
        at.append(out.index(b"%d 0 obj" % i))
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % a for a in at)
    return out + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def make(folder, sample):
    with open(sample, "rb") as f:
        original = f.read()
    parts, rest = segments(original)
    small = build(parts, rest[:2000].replace(b"\xff", b"\xfe") + b"\xff\xd9")  # headers and a little
    base = padded(sized(small, 420, 560), 60000)
    files = {"photo.jpg": base, "jpeg.png": base, "upper.JPEG": base, "scan.pdf": pdf(), "empty.pdf": b"",
             "photo.png": png(420, 560), "cmyk.jpg": padded(cmyk(sized(small, 420, 560)), 60000)}
    for n in (30720, 30721, 31744, 1048576, 1048575):
        files[f"bytes-{n}.jpg"] = padded(sized(small, 420, 560), n)
    for w, h in ((215, 301), (216, 301), (216, 300), (6499, 10000), (650, 1000), (800, 1000), (801, 1000)):
        files[f"size-{w}x{h}.jpg"] = padded(sized(small, w, h), 60000)
    for w, h in ((400, 300), (560, 400)):
        files[f"turned-{w}x{h}.jpg"] = padded(turned(sized(small, w, h)), 60000)
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
