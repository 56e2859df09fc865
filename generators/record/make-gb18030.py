#!/usr/bin/env python3
"""Writes gb18030_table.inc, the table of GB 18030 that gb18030.c reads with.

    python3 make-gb18030.py           writes the table beside this file
    python3 make-gb18030.py --check   exits 1 when the table there is another one

The mapping is the one that the Unicode Technical Committee recommends for GB 18030-2022 (L2/23-003R) and that
WHATWG's Encoding Standard has as its index gb18030. Its base is Python's own codec gb18030 (CJKCodecs by Hye-Shik
Chang, part of Python, PSF licence), which holds the mapping of the edition of 2000. What later editions and the
recommendation changed is stated in full in CHANGED and FOUR_BYTE_CHANGED, so that a Python with a later codec gives
the same table.
"""
import os
import sys

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gb18030_table.inc")
LEADS = range(0x81, 0xFF)
TRAILS = [b for b in range(0x40, 0xFF) if b != 0x7F]
BMP_CODES = 39420  # four-byte codes from 81308130 up to 8431A439, which stand for the BMP

# Two-byte codes.
CHANGED = {
    0xA8BC: 0x1E3F,  # edition of 2005: ḿ
    # edition of 2022: the vertical forms and the ideographs that had private-use characters before
    0xA6D9: 0xFE10, 0xA6DA: 0xFE12, 0xA6DB: 0xFE11, 0xA6DC: 0xFE13, 0xA6DD: 0xFE14, 0xA6DE: 0xFE15, 0xA6DF: 0xFE16,
    0xA6EC: 0xFE17, 0xA6ED: 0xFE18, 0xA6F3: 0xFE19,
    0xFE59: 0x9FB4, 0xFE61: 0x9FB5, 0xFE66: 0x9FB6, 0xFE67: 0x9FB7, 0xFE6D: 0x9FB8, 0xFE7E: 0x9FB9, 0xFE90: 0x9FBA,
    0xFEA0: 0x9FBB,
    0xA3A0: 0x3000,  # U+E5E5 in the standard; WHATWG: what systems that write the code mean by it
    # six ideographs that stay private-use characters in two bytes, by the recommendation too
    0xFE51: 0xE816, 0xFE52: 0xE817, 0xFE53: 0xE818, 0xFE6C: 0xE831, 0xFE76: 0xE83B, 0xFE91: 0xE855,
}
# Four-byte codes, which keep the characters that the two-byte codes were given.
FOUR_BYTE_CHANGED = {
    0x8135F437: 0xE7C7,  # exchanged with A8BC in 2005
    0x82359037: 0x9FB4, 0x82359038: 0x9FB5, 0x82359039: 0x9FB6, 0x82359130: 0x9FB7, 0x82359131: 0x9FB8,
    0x82359132: 0x9FB9, 0x82359133: 0x9FBA, 0x82359134: 0x9FBB,
    0x84318236: 0xFE10, 0x84318237: 0xFE11, 0x84318238: 0xFE12, 0x84318239: 0xFE13, 0x84318330: 0xFE14,
    0x84318331: 0xFE15, 0x84318332: 0xFE16, 0x84318333: 0xFE17, 0x84318334: 0xFE18, 0x84318335: 0xFE19,
}


def of_two_bytes(lead, trail):
    return CHANGED.get(lead << 8 | trail) or ord(bytes([lead, trail]).decode("gb18030"))


def of_four_bytes(number):
    code = bytes([0x81 + number // 12600, 0x30 + number // 1260 % 10, 0x81 + number // 10 % 126, 0x30 + number % 10])
    return FOUR_BYTE_CHANGED.get(int.from_bytes(code, "big")) or ord(code.decode("gb18030"))


def quoted(c):
    """Private-use characters and spaces by number: nobody sees which they are."""
    return f"\\u{c:04X}" if 0xE000 <= c < 0xF900 or c in (0x3000, 0xAD) else chr(c)


def runs():
    """Four-byte codes in runs that go up by one with their characters: (number of the first code, its character)."""
    found = []
    for number in range(BMP_CODES):
        character = of_four_bytes(number)
        if not found or character - found[-1][1] != number - found[-1][0]:
            found.append((number, character))
    return found


def table():
    lines = ["/* gb18030_table.inc - made by make-gb18030.py, which names the source and its licence: do not edit.",
             " * The characters of the two-byte codes, a line a lead byte from 81 to FE, in the order of the trail bytes from",
             " * 40 to 7E and 80 to FE. */",
             f"static const char32_t TWO_BYTES[{len(LEADS)}][{len(TRAILS)} + 1] = {{"]
    for lead in LEADS:
        lines.append('    U"' + "".join(quoted(of_two_bytes(lead, trail)) for trail in TRAILS) + '",')
    lines += ["};", "",
              "/* The four-byte codes of the BMP, numbered from 81308130 on: runs in which code and character go up together. */",
              "static const struct {",
              "    uint16_t number, character;",
              "} FOUR_BYTES[] = {"]
    found = runs()
    for i in range(0, len(found), 5):
        lines.append("    " + " ".join(f"{{{n}, 0x{c:04X}}}," for n, c in found[i:i + 5]))
    lines += ["};", ""]
    return "\n".join(lines)


def main():
    if sys.argv[1:] == ["--check"]:
        with open(TABLE, encoding="utf-8") as f:
            sys.exit(0 if f.read() == table() else f"{TABLE} is not what {sys.argv[0]} makes")
    with open(TABLE, "w", encoding="utf-8") as f:
        f.write(table())


if __name__ == "__main__":
    main()
