#!/usr/bin/env python3
"""Writes han_strokes.inc and han_readings.inc, what han.c knows of Chinese characters for putting names in order.

    python3 make-han.py UNICODE CNCHAR

UNICODE is the folder of Debian's package unicode-data 15.0.0 (/usr/share/unicode); CNCHAR is cnchar.order.min.js of the
npm package cnchar-order 3.2.6. Their licences stand in han-licences.txt.

Counts of strokes are the first value of Unihan's kTotalStrokes, except in OFFICIAL_COUNTS. Characters whose strokes
cnchar-order has in their order are listed as GB 13000.1's order (GF 3003-1999) has them: by count, by the five kinds of
strokes (heng, shu, pie, dian, zhe) one after another, then main forms before attached ones and fewer folds before more.
What that leaves open, or gives otherwise than the table of the State Council (OFFICIAL), follows the table. Readings are
the first value of Unihan's kMandarin, unless the dictionary of that table (kTGHZ2013) does not know it for the character:
then the dictionary's first.
"""
import bz2
import json
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))

# cnchar-order's letter of each form of stroke, by kind, main forms first, then in the order of their folds.
KINDS = ["ji", "fg", "s", "kdl", "cebhnmtyvproxuqazw"]
KIND = {letter: kind for kind, letters in enumerate(KINDS) for letter in letters}
# Forms in their order within the kind: the two dots that the package tells apart are one form.
FORM = {letter: letters.index(letter) for letters in KINDS for letter in letters} | {"d": KINDS[3].index("k")}

# General Table of Standard Chinese Characters (State Council, 2013): characters of the same strokes, in its order, where
# the forms do not give that order.
OFFICIAL = """八人入 儿匕几九 工土士 大丈 夕久么勺凡丸及 开井 犬太 曰日 贝冈内水 化仇 父从 石右 旦目且 兄叽 叨另 矢失 议必 召加 旬旨旭
杠杜 肛肚 沈沉 泪沮 钢钠 晾景 汩汨 胛胂 钽钼""".split()
# The same table: characters that it writes with other components than kTotalStrokes counts.
OFFICIAL_COUNTS = {
    6: "䜣", 7: "𫇭䢺", 8: "䢼𦭜𬩽𬮿𬯀䌹", 9: "𠳐𦰡䴓𫄧", 10: "䥽䓖", 11: "䓫䓬䓨䓛䴕𫟼䴔𬯎", 13: "䴖䣘䲟",
    14: "𫞩𥔲䴗𨱏㮾", 15: "䴘", 16: "䦃𫟦𨱑", 17: "㘎䲠", 18: "䗴䲢䴙𬙊",
}
# Two surnames and two characters of given names that the package lacks or gets wrong: the strokes of their parts.
LACKING = {"郤": "skslfcj" + "wf", "訚": "kfr" + "kjjjfcj", "䶮": "jsusk" + "jjsl", "皙": "jfskssjf" + "sfcjj"}


def unihan(folder, name, key):
    values = {}
    with bz2.open(os.path.join(folder, f"Unihan_{name}.txt.bz2"), "rt", encoding="utf-8") as f:
        for line in f:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 3 and fields[1] == key:
                values[chr(int(fields[0][2:], 16))] = unicodedata.normalize("NFC", fields[2]).split()
    return values


def readings_in_dictionary(folder, key):
    """What stands behind the place in a dictionary (kTGHZ2013, kXHC1983), with commas."""
    return {c: [reading for value in values for reading in value.split(":")[1].split(",")]
            for c, values in unihan(folder, "Readings", key).items()}


def read_readings(folder):
    """All readings that there are, in their order; the commonest of each character."""
    mandarin = unihan(folder, "Readings", "kMandarin")
    dictionary = readings_in_dictionary(folder, "kTGHZ2013")
    older = readings_in_dictionary(folder, "kXHC1983")
    every = {r for source in (mandarin, dictionary, older) for values in source.values() for r in values}
    commonest = {c: values[0] if values[0] in dictionary.get(c, values) else dictionary[c][0]
                 for c, values in mandarin.items()}
    return sorted(every, key=syllable), commonest


def sequences(path, counts):
    """The strokes of each character as cnchar-order's letters; what contradicts the count is left out."""
    with open(path, encoding="utf-8") as f:
        found = json.loads(re.search(r"""JSON\.parse\('(\{"一":.*?\})'\)""", f.read()).group(1))
    return {c: letters for c, letters in (found | LACKING).items() if len(letters) == counts[c]}


def stroke_order(strokes):
    place = {c: (i, n) for i, group in enumerate(OFFICIAL) for n, c in enumerate(group)}
    first = {i: min(group, key=lambda c: forms(strokes[c])) for i, group in enumerate(OFFICIAL)}

    def key(c):
        group, n = place.get(c, (None, 0))
        leader = c if group is None else first[group]
        return len(strokes[c]), [KIND[s] for s in strokes[c]], forms(strokes[leader]), ord(leader), n

    return sorted(strokes, key=key)


def forms(letters):
    return [FORM[s] for s in letters]


def syllable(reading):
    """What a reading is sorted by: its letters (ü after u), then its tone, the neutral one last."""
    letters, tone = "", 5
    for c in unicodedata.normalize("NFD", reading):
        mark = "\u0304\u0301\u030C\u0300".find(c)
        if mark >= 0:
            tone = mark + 1
        else:
            letters += c
    plain = letters.replace("\u0308", "")
    return plain, letters != plain, tone


def blocks(characters):
    found = []
    for c in sorted(map(ord, characters)):
        if found and c == found[-1][1] + 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return found


def chunks(items, size):
    return [items[i:i + size] for i in range(0, len(items), size)]


def count_sign(count):
    """One byte for a count, from $ for 1 on; ? escaped, since two of them may begin a trigraph."""
    sign = chr(ord("#") + count)
    return "\\" + sign if sign in "?\\\"" else sign


def head(name, what):
    return [f"/* {name} - made by make-han.py, which names the sources: do not edit. Licences: han-licences.txt.",
            f" * {what} */"]


def strokes_table(counts, radicals, order):
    characters = [chr(c) for first, last in blocks(counts) for c in range(first, last + 1)]
    lines = head("han_strokes.inc", "What the order by strokes goes by.") + ["", "/* The characters that are known. */",
                 "static const struct {", "    uint32_t first, last;", "} BLOCKS[] = {"]
    lines += [f"    {{0x{first:04X}, 0x{last:04X}}}," for first, last in blocks(counts)]
    lines += ["};", f"enum {{ CHARACTERS = {len(characters)}, COUNTS_IN_ROW = 64 }};", "",
              "/* How many strokes each of them has, one after another: $ is 1, % is 2, and so on. */",
              "static const char STROKE_COUNTS[][COUNTS_IN_ROW + 1] = {"]
    lines += ['    "' + "".join(count_sign(counts[c]) for c in row) + '",' for row in chunks(characters, 64)]
    runs = []
    for i, c in enumerate(characters):
        if not runs or radicals[c] != runs[-1][1]:
            runs.append((i, radicals[c]))
    lines += ["};", "", "/* Their radicals (kRSUnicode), in runs: number of the run's first character, radical. */",
              "static const struct {", "    uint32_t first;", "    uint8_t radical;", "} RADICALS[] = {"]
    lines += ["    " + " ".join(f"{{{i}, {r}}}," for i, r in row) for row in chunks(runs, 8)]
    lines += ["};", "", "/* The characters whose strokes are known one by one, in their order. */",
              "enum { ORDERED_IN_ROW = 40 };", "static const char16_t STROKE_ORDER[][ORDERED_IN_ROW + 1] = {"]
    lines += ['    u"' + "".join(row) + '",' for row in chunks(order, 40)]
    return "\n".join(lines + ["};", ""])


def readings_table(readings, commonest):
    number = {reading: i + 1 for i, reading in enumerate(readings)}
    characters = {reading: [] for reading in readings}
    for c in sorted(commonest):
        characters[commonest[c]].append(c)
    lines = head("han_readings.inc", "Readings in Mandarin.") + [
        "", "/* All readings, by their bytes, each with its place in their order, from 1. */",
        "static const struct reading_name {", "    char name[8];", "    uint16_t number;", "} READING_NAMES[] = {"]
    by_bytes = sorted(readings, key=lambda reading: reading.encode())
    lines += ["    " + " ".join(f'{{"{r}", {number[r]}}},' for r in row) for row in chunks(by_bytes, 6)]
    lines += ["};", "", "/* The characters whose commonest reading each is. */", "enum { READ_IN_ROW = 12 };",
              "static const struct {", "    uint16_t reading;", "    char32_t characters[READ_IN_ROW + 1];",
              "} READINGS[] = {"]
    for reading in readings:
        lines += [f'    {{{number[reading]}, U"{"".join(row)}"}}, /* {reading} */' for row in chunks(characters[reading], 12)]
    return "\n".join(lines + ["};", ""])


def write(name, text):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        f.write(text)


def main():
    folder, cnchar = sys.argv[1:]
    counts = {c: int(values[0]) for c, values in unihan(folder, "IRGSources", "kTotalStrokes").items()}
    counts |= {c: n for n, characters in OFFICIAL_COUNTS.items() for c in characters}
    radicals = {c: int(re.match(r"\d+", values[0]).group()) for c, values in unihan(folder, "IRGSources", "kRSUnicode").items()}
    order = stroke_order(sequences(cnchar, counts))
    write("han_strokes.inc", strokes_table(counts, radicals, order))
    write("han_readings.inc", readings_table(*read_readings(folder)))


if __name__ == "__main__":
    main()
