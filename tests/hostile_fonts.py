#!/usr/bin/env python3
"""Writes small TrueType files, sound and hostile, for the tests of fonts: hostile_fonts.py DIR."""
import os
import struct
import sys
import zlib

UPEM = 1000
# a square; no outline at all; an outline without any area; what stands over a letter; a letter with something over it
INK, EMPTY, FLAT, MARK, TALL, FAR = "ink", "empty", "flat", "mark", "tall", "far"
OUTLINES = {INK: ([100, 900, 900, 100], [0, 0, 800, 800]), FLAT: ([100, 900, 500, 300], [0, 0, 0, 0]),
            MARK: ([0, 200, 200, 0], [600, 600, 700, 700]), TALL: ([100, 900, 900, 100], [0, 0, 950, 950]),
            FAR: ([100, 17000, 17000, 100], [0, 0, 800, 800])}


def composed(*gids):
    """The outlines of these glyphs, each where it is."""
    parts = [struct.pack(">HHbb", 0x22 if i + 1 < len(gids) else 0x02, gid, 0, 0) for i, gid in enumerate(gids)]
    return struct.pack(">hhhhh", -1, 100, 0, 900, 800) + b"".join(parts)


def outline(kind):
    """The record of a kind; bytes are one already."""
    if kind == EMPTY:
        return b""
    if isinstance(kind, bytes):
        return kind
    xs, ys = OUTLINES[kind]
    deltas = [b - a for a, b in zip([0] + xs, xs)] + [b - a for a, b in zip([0] + ys, ys)]
    head = struct.pack(">hhhhhHH", 1, min(xs), min(ys), max(xs), max(ys), len(xs) - 1, 0)
    return head + bytes([1] * len(xs)) + struct.pack(">8h", *deltas)


def cmap(chars, sequences):
    """A format 12 table and, for variation sequences, a format 14 one. Glyph ids follow the order of the dicts."""
    groups = b"".join(struct.pack(">LLL", cp, cp, gid) for cp, gid in sorted(chars.items()))
    full = struct.pack(">HHLLL", 12, 0, 16 + len(groups), 0, len(chars)) + groups
    tables = [(3, 10, full)]
    if sequences:
        selectors = sorted({vs for _, vs in sequences})
        head, body = b"", b""
        at = 10 + 11 * len(selectors)
        for selector in selectors:
            maps = sorted((cp, gid) for (cp, vs), gid in sequences.items() if vs == selector)
            head += selector.to_bytes(3, "big") + struct.pack(">LL", 0, at + len(body))
            body += struct.pack(">L", len(maps))
            body += b"".join(cp.to_bytes(3, "big") + struct.pack(">H", gid) for cp, gid in maps)
        tables.insert(0, (0, 5, struct.pack(">HLL", 14, at + len(body), len(selectors)) + head + body))
    out, body = struct.pack(">HH", 0, len(tables)), b""
    for platform, encoding, data in tables:
        out += struct.pack(">HHL", platform, encoding, 4 + 8 * len(tables) + len(body))
        body += data
    return out + body


def variations(count):
    """An axis of weight from 100 by 400 to 900; the last moves the right edge and the advance of all glyphs by 100."""
    fvar = struct.pack(">HHHHHHHH", 1, 0, 16, 2, 1, 20, 0, 8) + b"wght" + \
        struct.pack(">lllHH", 100 << 16, 400 << 16, 900 << 16, 0, 256)
    deltas = b"\0" + bytes([0x47]) + struct.pack(">8h", 0, 100, 100, 0, 0, 100, 0, 0) + bytes([0x87])
    one = struct.pack(">HHHHh", 1, 10, len(deltas), 0xA000, 0x4000) + deltas
    one += b"\0" * (-len(one) % 4)
    gvar = struct.pack(">HHHHLHHL", 1, 0, 1, 0, 20 + 4 * (count + 1), count, 1, 20 + 4 * (count + 1))
    gvar += b"".join(struct.pack(">L", i * len(one)) for i in range(count + 1)) + one * count
    return {"fvar": fvar, "gvar": gvar}


def collection(*files):
    """The same tables, with places counted from the beginning of the collection."""
    out, body, at = struct.pack(">4sLL", b"ttcf", 0x10000, len(files)), b"", 12 + 4 * len(files)
    for data in files:
        out += struct.pack(">L", at + len(body))
        count = struct.unpack_from(">H", data, 4)[0]
        moved = bytearray(data)
        for i in range(count):
            entry = 12 + 16 * i + 8
            struct.pack_into(">L", moved, entry, struct.unpack_from(">L", data, entry)[0] + at + len(body))
        body += bytes(moved)
    return out + body


def packed(data, more=0):
    """As WOFF, with one table more, of so many zeros."""
    rows = [struct.unpack_from(">4sLLL", data, 12 + 16 * i) for i in range(struct.unpack_from(">H", data, 4)[0])]
    tables = [(tag, total, length, zlib.compress(data[at:at + length])) for tag, total, at, length in rows]
    if more:
        tables.append((b"zero", 0, more, zlib.compress(bytes(more), 9)))
    at, out, body = 44 + 20 * len(tables), b"", b""
    for tag, total, length, stream in tables:
        stream = stream if len(stream) < length else data[[r[2] for r in rows if r[0] == tag][0]:][:length]
        out += struct.pack(">4sLLLL", tag, at + len(body), len(stream), length, total)
        body += stream + b"\0" * (-len(stream) % 4)
    unpacked = 12 + sum(16 + length + -length % 4 for _, _, length, _ in tables)
    head = struct.pack(">4sLLHHLHHLLLLL", b"wOFF", 0x10000, at + len(body), len(tables), 0, unpacked, 1, 0, 0, 0, 0, 0, 0)
    return head + out + body


def font(name, chars, sequences=None, fs_type=0, without=(), variable=False, widths=None):
    """A whole file. chars: code point -> kind; sequences: (code point, selector) -> kind; widths: code point -> other than 1000."""
    kinds = [INK] + list(chars.values()) + list((sequences or {}).values())
    ids = {cp: i + 1 for i, cp in enumerate(chars)}
    sequence_ids = {key: i + 1 + len(chars) for i, key in enumerate(sequences or {})}
    glyphs = [outline(kind) for kind in kinds]
    glyphs = [g + b"\0" * (-len(g) % 4) for g in glyphs]
    advances = [1000] + [(widths or {}).get(cp, 1000) for cp in chars] + [1000] * len(sequence_ids)
    loca = b"".join(struct.pack(">L", sum(map(len, glyphs[:i]))) for i in range(len(glyphs) + 1))
    text = name.encode("utf-16-be")
    tables = {
        "OS/2": struct.pack(">HhHHH", 3, 1000, 400, 5, fs_type).ljust(96, b"\0"),
        "cmap": cmap(ids, sequence_ids),
        "glyf": b"".join(glyphs),
        "head": struct.pack(">LLLLHHqqhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, UPEM, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
        "hhea": struct.pack(">LhhhH", 0x10000, 880, -120, 0, 1000).ljust(34, b"\0") + struct.pack(">H", len(glyphs)),
        "hmtx": b"".join(struct.pack(">HH", advance, 100) for advance in advances),
        "loca": loca,
        "maxp": struct.pack(">LH", 0x10000, len(glyphs)) + struct.pack(">HH", 4, 1).ljust(26, b"\0"),
        "name": struct.pack(">HHH", 0, 1, 18) + struct.pack(">HHHHHH", 3, 1, 0x409, 6, len(text), 0) + text,
    }
    if variable:
        tables.update(variations(len(glyphs)))
    for tag in without:
        del tables[tag]
    out = struct.pack(">LHHHH", 0x10000, len(tables), 0, 0, 0)
    at, body = 12 + 16 * len(tables), b""
    for tag, data in sorted(tables.items()):
        out += tag.encode() + struct.pack(">LLL", 0, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return out + body


def encrypted(data, key):
    """As Type 1 has it (Adobe Type 1 Font Format, 7.1), behind four bytes that mean nothing."""
    out = bytearray()
    for byte in bytes(4) + data:
        out.append(byte ^ key >> 8)
        key = (out[-1] + key) * 52845 + 22719 & 0xFFFF
    return bytes(out)


def type1(name, glyphs, fs_type):
    """A Type 1 file whose glyphs are squares, by their names."""
    def number(v):
        return b"\xff" + struct.pack(">l", v)
    square = (number(100) + number(1000) + b"\x0d" + number(0) + b"\x16" + number(800) + b"\x06" + number(800) + b"\x07" +
              number(-800) + b"\x06\x09\x0e")
    strings = b"".join(b"/%s %d RD %s ND\n" % (g, len(square) + 4, encrypted(square, 4330)) for g in [b".notdef"] + glyphs)
    private = (b"dup /Private 5 dict dup begin /RD {string currentfile exch readstring pop} def /ND {def} def /BlueValues [] def\n"
               b"/password 5839 def 2 index /CharStrings %d dict dup begin\n%send end put put mark currentfile closefile\n")
    head = ("%%!PS-AdobeFont-1.0: %s\n9 dict begin /FontInfo 2 dict dup begin /FSType %d def end def /FontName /%s def /PaintType 0 def\n"
            "/FontType 1 def /FontMatrix [0.001 0 0 0.001 0 0] def /Encoding StandardEncoding def /FontBBox {0 0 1000 1000} def\n"
            "currentdict end currentfile eexec\n" % (name, fs_type, name))
    return head.encode() + encrypted(private % (len(glyphs) + 1, strings), 55665) + b"0" * 512 + b"\ncleartomark\n"


def files():
    two = {0x4E00: INK, 0x4E8C: INK}
    sound = font("Sound", two)
    ge, selector = 0x845B, 0xE0101
    return {
        "sound.ttf": sound,
        "empty.ttf": font("Empty", {0x4E00: EMPTY, 0x4E8C: INK}),
        "flat.ttf": font("Flat", {0x4E00: FLAT, 0x4E8C: INK}),
        "restricted.ttf": font("Restricted", two, fs_type=2),
        "restricted.pfa": type1("Restricted", [b"uni4E00", b"uni4E8C"], 2),
        "preview.pfa": type1("Preview", [b"uni4E00", b"uni4E8C"], 4),
        "nosubset.ttf": font("NoSubset", two, fs_type=0x100),
        "bitmap.ttf": font("BitmapOnly", two, fs_type=0x200),
        "preview.ttf": font("Preview", two, fs_type=4),
        "truncated.ttf": sound[:len(sound) - 60],
        "nocmap.ttf": font("NoCmap", two, without=["cmap"]),
        "noglyf.ttf": font("NoGlyf", two, without=["glyf", "loca"]),
        "garbage.ttf": bytes(i * i * 31 % 251 for i in range(5000)),
        "packed.woff": packed(sound),
        "bomb.woff": packed(sound, 65 << 20),
        "zero.ttf": b"",
        "plain.ttf": font("Plain", {ge: INK, 0x4E00: INK}),
        "variant.ttf": font("Variant", {ge: INK}, {(ge, selector): INK}),
        "variable.ttf": font("Variable", two, variable=True),
        "two.ttc": collection(sound, font("Second", two)),
        # private use, and what is no character
        "private.ttf": font("Private", {0x4E00: INK, 0xE000: INK, 0xF0B7: INK, 0xFFFD: INK, 0xFDD0: INK, 0x100000: INK},
                            {(0xE000, 0xFE00): INK}),
        # Arabic, Hebrew, Mongolian; and what needs no shaping
        "joined.ttf": font("Joined", {cp: INK for cp in (0x4E00, 0x627, 0x645, 0x6CC, 0x5D0, 0x1820, 0x660, 0x2135)}),
        "marks.ttf": font("Marks", {0x4E00: INK, 0x65: INK, 0x69: TALL, 0x131: INK, 0x301: MARK, 0x323: MARK}),
        "composed.ttf": font("Composed", {0x4E00: INK, 0x65: INK, 0x301: MARK, 0xE9: TALL}),
        # no width; one that no line has room for; an outline that reaches too far
        "narrow.ttf": font("Narrow", {0x4E00: INK, 0x4E8C: INK, 0x20: EMPTY, 0x301: MARK}, widths={0x4E00: 0, 0x20: 0, 0x301: 0}),
        "wide.ttf": font("Wide", two, widths={0x4E00: 65535}),
        "far.ttf": font("Far", {0x4E00: FAR, 0x4E8C: INK}),
        # each glyph is the next one twice, which is itself such a one; and one is itself
        "fan.ttf": font("Fan", {0x4E00: composed(3, 3), 0x4E8C: INK, **{0x3400 + i: composed(i + 4, i + 4) for i in range(40)},
                                0x3500: EMPTY}),
        "self.ttf": font("Self", {0x4E00: composed(1), 0x4E8C: INK}),
        "twice.ttf": font("Twice", {0x4E00: composed(2, 2), 0x4E8C: INK}),
        "hollow.ttf": font("Hollow", {ge: INK}, {(ge, selector): EMPTY}),
    }


def main():
    for name, data in files().items():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
