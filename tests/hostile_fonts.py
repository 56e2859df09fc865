#!/usr/bin/env python3
"""Writes small TrueType files, sound and hostile, for the tests of fonts: hostile_fonts.py DIR."""
import os
import struct
import sys

UPEM = 1000
INK, EMPTY, FLAT = "ink", "empty", "flat"  # a square; no outline at all; an outline without any area


def outline(kind):
    if kind == EMPTY:
        return b""
    xs, ys = ([100, 900, 900, 100], [0, 0, 800, 800]) if kind == INK else ([100, 900, 500, 300], [0, 0, 0, 0])
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


def font(name, chars, sequences=None, fs_type=0, without=()):
    """A whole file. chars: code point -> kind; sequences: (code point, selector) -> kind."""
    kinds = [INK] + list(chars.values()) + list((sequences or {}).values())
    ids = {cp: i + 1 for i, cp in enumerate(chars)}
    sequence_ids = {key: i + 1 + len(chars) for i, key in enumerate(sequences or {})}
    glyphs = [outline(kind) for kind in kinds]
    glyphs = [g + b"\0" * (-len(g) % 4) for g in glyphs]
    loca = b"".join(struct.pack(">L", sum(map(len, glyphs[:i]))) for i in range(len(glyphs) + 1))
    text = name.encode("utf-16-be")
    tables = {
        "OS/2": struct.pack(">HhHHH", 3, 1000, 400, 5, fs_type).ljust(96, b"\0"),
        "cmap": cmap(ids, sequence_ids),
        "glyf": b"".join(glyphs),
        "head": struct.pack(">LLLLHHqqhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, UPEM, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
        "hhea": struct.pack(">LhhhH", 0x10000, 880, -120, 0, 1000).ljust(34, b"\0") + struct.pack(">H", 1),
        "hmtx": struct.pack(">HH", 1000, 100) + struct.pack(">h", 100) * (len(glyphs) - 1),
        "loca": loca,
        "maxp": struct.pack(">LH", 0x10000, len(glyphs)) + struct.pack(">HH", 4, 1).ljust(26, b"\0"),
        "name": struct.pack(">HHH", 0, 1, 18) + struct.pack(">HHHHHH", 3, 1, 0x409, 6, len(text), 0) + text,
    }
    for tag in without:
        del tables[tag]
    out = struct.pack(">LHHHH", 0x10000, len(tables), 0, 0, 0)
    at, body = 12 + 16 * len(tables), b""
    for tag, data in sorted(tables.items()):
        out += tag.encode() + struct.pack(">LLL", 0, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return out + body


def files():
    two = {0x4E00: INK, 0x4E8C: INK}
    sound = font("Sound", two)
    ge, selector = 0x845B, 0xE0101
    return {
        "sound.ttf": sound,
        "empty.ttf": font("Empty", {0x4E00: EMPTY, 0x4E8C: INK}),
        "flat.ttf": font("Flat", {0x4E00: FLAT, 0x4E8C: INK}),
        "restricted.ttf": font("Restricted", two, fs_type=2),
        "nosubset.ttf": font("NoSubset", two, fs_type=0x100),
        "bitmap.ttf": font("BitmapOnly", two, fs_type=0x200),
        "preview.ttf": font("Preview", two, fs_type=4),
        "truncated.ttf": sound[:len(sound) - 60],
        "nocmap.ttf": font("NoCmap", two, without=["cmap"]),
        "noglyf.ttf": font("NoGlyf", two, without=["glyf", "loca"]),
        "garbage.ttf": bytes(i * i * 31 % 251 for i in range(5000)),
        "zero.ttf": b"",
        "plain.ttf": font("Plain", {ge: INK, 0x4E00: INK}),
        "variant.ttf": font("Variant", {ge: INK}, {(ge, selector): INK}),
        "hollow.ttf": font("Hollow", {ge: INK}, {(ge, selector): EMPTY}),
    }


def main():
    for name, data in files().items():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
