#!/usr/bin/python3
"""Makes the photos and scans that batch.xml, faulty/batch.xml and jiangsu/batch.xml cite, beside them: python3 make-media.py

A page shows what the batches say about it (kind, part, item), so media and batches cannot drift apart. What is special
about a file (turned, grey, with alpha, broken) stands in the tables below; the rest follows from its suffix.
Runs again to the same bytes with the versions that made what is committed, those of Debian 12: Pillow 9.4.0 (package
python3-pil) on libjpeg-turbo 2.1.5, zlib 1.2.13 and FreeType 2.12.1; fonts-noto-cjk 1:20220127+repack1-1.
"""
import io
import os
import random
import shutil
import xml.etree.ElementTree as ET
import zlib

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

HERE = os.path.dirname(os.path.abspath(__file__))
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
A4, A3 = (595, 842), (842, 1191)  # pixels at 72 dpi: a point each

# Size as it stands upright; A004 and A006 are at the two limits of the ratio, 0.65 and 0.80.
PHOTOS = {
    "A001": (480, 672), "A002": (413, 579), "A003": (390, 567), "A004": (520, 800),
    "A005": (600, 800), "A006": (640, 800), "A007": (500, 700), "A008": (480, 672), "B001": (413, 579), "B002": (413, 579),
}
LYING_PHOTO = "photos/A008.jpg"  # EXIF orientation 6

# EXIF orientation of scans that a phone took.
TURNED = {"scans/A001/id.jpg": 6, "scans/A001/H1.jpg": 8, "scans/A002/id.jpg": 3, "scans/A006/Q1.jpg": 6, "scans/A007/M1.jpg": 6, "scans/A007/id.jpg": 8}
GREY = {"scans/A001/J2.jpg", "scans/A002/title.jpg", "scans/A006/id.jpg", "scans/A007/appointment.jpg"}
LANDSCAPE = {"scans/A001/J4.jpg", "scans/A001/H2.png", "scans/A007/P1-contribution.jpg", "scans/A008/title.png"}
# PNG is grey levels in a palette, but for these.
PNG_MODES = {
    "scans/A001/J1.png": "RGBA", "scans/A001/J5.png": "tRNS", "scans/A001/Q2.png": "LA",
    "scans/A004/H1.png": "RGBA", "scans/A007/J1.png": "RGB", "scans/A008/Z1.png": "1",
}
# PDF pages that lie on their side in the file and are set upright by /Rotate; pages in A3, lying.
ROTATED = {"scans/A001/history.pdf": 90, "scans/A007/P2.pdf": 90, "scans/A007/history.pdf": 270}
A3_PAGES = {"scans/A007/P1-drawing.pdf"}

# What is broken in faulty/. F002's photo is missing.
MISSING = {"photos/F002.jpg"}
TRUNCATED = {"photos/F003.jpg"}
BAD_CRC = {"photos/F004.png", "scans/F004-honour.png"}
WEB_PAGE = {"photos/F005.jpg"}


def font(size):
    # Not Raqm, which Pillow takes when it happens to be there.
    return ImageFont.truetype(FONT, size, index=2, layout_engine=ImageFont.Layout.BASIC)


def jpeg(image, quality, orientation=1):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    image.save(out, "JPEG", quality=quality, dpi=(72, 72), **({"exif": exif} if orientation != 1 else {}))
    return out.getvalue()


def as_stored(image, orientation):
    """The upright image as a camera stores it that notes this EXIF orientation."""
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    return image.transpose(turn[orientation]) if orientation != 1 else image


def portrait(seed, size, woman):
    """A neutral head and shoulders on white, nobody's: shapes, softened, with a grain as a camera leaves it."""
    dice = random.Random(seed)
    w, h = size[0] * 2, size[1] * 2
    figure, mask = Image.new("RGB", (w, h), "white"), Image.new("L", (w, h), 0)
    suit = dice.choice([(44, 54, 82), (60, 62, 68), (82, 66, 60), (52, 74, 78), (74, 60, 84)])
    skin, hair = (214, 186, 164), (46, 42, 42)
    cx, unit = w // 2, min(w, h * 0.72) / 100

    def box(x0, y0, x1, y1):
        return [cx + x0 * unit, y0 * unit, cx + x1 * unit, y1 * unit]

    def put(shape, where, colour, **more):
        for picture, fill in ((figure, colour), (mask, 255)):
            getattr(ImageDraw.Draw(picture), shape)(where, fill=fill, **more)

    top = 16
    if woman:
        put("rounded_rectangle", box(-25, top + 4, 25, top + 64), hair, radius=20 * unit)
    put("rounded_rectangle", box(-44, top + 68, 44, 400), suit, radius=26 * unit)
    put("rectangle", box(-9, top + 46, 9, top + 74), tuple(c - 18 for c in skin))
    put("polygon", [(cx - 12 * unit, (top + 68) * unit), (cx + 12 * unit, (top + 68) * unit), (cx, (top + 94) * unit)], (240, 240, 244))
    put("ellipse", box(-23, top - 3, 23, top + 40), hair)
    put("ellipse", box(-20, top + 4, 20, top + 58), skin)
    put("pieslice", box(-22, top - 2, 22, top + 34), hair, start=180, end=360)
    figure, mask = figure.resize(size, Image.Resampling.LANCZOS), mask.resize(size, Image.Resampling.LANCZOS)
    grain = Image.frombytes("L", size, dice.randbytes(size[0] * size[1])).filter(ImageFilter.GaussianBlur(0.7))
    light = Image.linear_gradient("L").rotate(90).resize(size).point(lambda v: 96 + v // 4)
    for layer, strength in ((grain, 0.16), (light, 0.12)):
        figure = Image.blend(figure, Image.merge("RGB", [layer] * 3), strength)
    return Image.composite(figure, Image.new("RGB", size, "white"), mask)


def photo(href, woman):
    name = os.path.splitext(os.path.basename(href))[0]
    picture = portrait(name, PHOTOS.get(name, (413, 579)), woman)
    if href.endswith(".png"):
        return png(picture.resize((236, 331)).quantize(16), "P")
    orientation = 6 if href == LYING_PHOTO else 1
    stored = as_stored(picture, orientation)
    for quality in range(70, 100):
        data = jpeg(stored, quality, orientation)
        if len(data) >= 36000:  # the notice asks for more than 30 K
            return data
    raise SystemExit(f"{href}: only {len(data)} bytes")


def wrapped(text, face, width):
    lines, line = [], ""
    for c in text:
        if line and face.getlength(line + c) > width:
            lines.append(line)
            line = ""
        line += c
    return lines + [line]


def sheet(size, lines, page, pages, mode="L"):
    """A page that says what it stands for: 示例 above, its lines, grey rules as text, a seal's place, 第n页 共m页."""
    w, h = size
    image = Image.new(mode, size, 255 if mode in "1L" else "white")
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"  # without grey edges: half the bytes
    ink = 0 if mode in "1L" else (30, 30, 60)
    soft = 0 if mode == "1" else 150 if mode == "L" else (150, 150, 160)
    red = ink if mode in "1L" else (200, 30, 30)
    edge = min(w, h) // 14
    draw.rectangle([edge, edge, w - edge, h - edge], outline=ink, width=2)
    big, small = font(min(w, h) // 12), font(min(w, h) // 28)
    draw.text((w / 2, edge * 2), "示例", font=big, fill=red, anchor="mm")
    y = edge * 3
    for text in lines:
        for line in wrapped(text, small, w - 4 * edge):
            draw.text((edge * 2, y), line, font=small, fill=ink)
            y += small.size * 3 // 2
    for rule in range(int(y) + small.size, h - 5 * edge, small.size * 2):
        draw.line([edge * 2, rule, w - edge * 2, rule], fill=soft)
    draw.ellipse([w - 5 * edge, h - 5 * edge, w - 2 * edge, h - 2 * edge], outline=red, width=3)
    draw.text((w - 3.5 * edge, h - 3.5 * edge), "示例章", font=small, fill=red, anchor="mm")
    draw.text((w / 2, h - edge * 1.6), f"第{page}页 共{pages}页", font=small, fill=ink, anchor="mm")
    return image


def png(image, mode):
    if mode == "P":
        image = image.quantize(8) if image.mode != "P" else image
    elif mode == "tRNS":  # a palette whose white is transparent
        image = image.quantize(8)
        white = image.getpixel((0, 0))
        out = io.BytesIO()
        image.save(out, "PNG", optimize=True, dpi=(72, 72), transparency=white)
        return out.getvalue()
    elif mode in ("RGBA", "LA"):  # fades to the right
        fade = Image.linear_gradient("L").rotate(90, expand=True).resize(image.size).point(lambda v: 255 - v // 2)
        paper = image.convert("L").point(lambda v: 255 if v < 250 else 0)
        image = image.convert("RGB" if mode == "RGBA" else "L")
        image.putalpha(ImageChops.lighter(fade, paper))
    else:
        image = image.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, dpi=(72, 72))
    return out.getvalue()


def pdf(pages):
    """pages: (1-bit image as stored, /Rotate). Our own few objects: Pillow would note the time of day."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for image, rotate in pages:
        w, h = image.size
        data = zlib.compress(image.tobytes(), 9)
        first = len(objects) + 1
        kids.append(first)
        draw = b"q %d 0 0 %d 0 0 cm /S Do Q" % (w, h)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Rotate %d /Resources << /XObject << /S %d 0 R >> >> /Contents %d 0 R >>"
                       % (w, h, rotate, first + 2, first + 1))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(draw), draw))
        objects.append(b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode"
                       b" /Length %d >>\nstream\n%s\nendstream" % (w, h, len(data), data))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % k for k in kids), len(kids))
    out, places = bytearray(b"%PDF-1.4\n%\xe4\xb8\xad\xe6\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def scan(href, cited):
    """cited: page number -> what the batch says of it."""
    count = max(cited)
    lines = [list(dict.fromkeys(cited.get(n, []))) or ["（空白页）"] for n in range(1, count + 1)]
    size = A4[::-1] if href in LANDSCAPE else A4
    if href.endswith(".pdf"):
        pages = []
        for n in range(1, count + 1):
            image = sheet(A3[::-1] if href in A3_PAGES else size, lines[n - 1], n, count, "1")
            rotate = ROTATED.get(href, 0)  # clockwise: stored turned the other way
            pages.append((image.rotate(rotate, expand=True), rotate))
        return pdf(pages)
    if href.endswith(".png"):
        return png(sheet(size, lines[0], 1, count, "RGB"), PNG_MODES.get(href, "P"))
    orientation = TURNED.get(href, 1)
    return jpeg(as_stored(sheet(size, lines[0], 1, count, "L" if href in GREY else "RGB"), orientation), 40, orientation)


def selected(pages):
    for part in filter(None, pages.split(",")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def citations(applicant):
    """href -> {page: what stands on it}"""
    files = {}
    for item in applicant:
        for e in [item] if item.tag == "document" else item.iter("evidence"):
            title = item.get("name") or item.get("title") or item.get("school") or item.get("year") or ""
            label = f"{e.get('kind') or item.get('kind')} {e.get('part', '')}".strip()
            pages = files.setdefault(e.get("href"), {})
            for n in list(selected(e.get("pages", ""))) or [1]:
                pages.setdefault(n, []).append(label)
                pages[n] += [f"{applicant.get('id')} {item.get('id', '')} {title}"]
    return files


def broken(href, data):
    if href in TRUNCATED:
        return data[: len(data) * 6 // 10]
    if href in BAD_CRC:
        at = data.index(b"IDAT")
        end = at + 4 + int.from_bytes(data[at - 4:at], "big")
        return data[:end] + bytes(b ^ 0xFF for b in data[end:end + 4]) + data[end + 4:]
    if href in WEB_PAGE:
        return "<!DOCTYPE html>\n<title>404 Not Found</title>\n<p>照片不存在</p>\n".encode()
    return data


def main():
    for name in ("batch.xml", "faulty/batch.xml", "jiangsu/batch.xml"):
        folder = os.path.dirname(os.path.join(HERE, name))
        for kind in ("photos", "scans"):
            shutil.rmtree(os.path.join(folder, kind), ignore_errors=True)
        for applicant in ET.parse(os.path.join(HERE, name)).iter("applicant"):
            href, woman = applicant.find("person/photo").get("href"), applicant.findtext("person/sex") == "女"
            made = {} if href in MISSING else {href: photo(href, woman)}
            for href, cited in citations(applicant).items():
                made[href] = scan(href, cited)
            for href, data in made.items():
                path = os.path.join(folder, href)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as f:
                    f.write(broken(href, data))


if __name__ == "__main__":
    main()
