#!/usr/bin/env python3
"""Binds every PDF, JPEG and PNG below a folder as one piece of evidence of one applicant, and compares what is seen of it.

usage: bind_corpus.py FOLDER... [--pages N] [--verdicts]    (make bind-corpus DIR=FOLDER)

One line a file: the verdict of the dossier; whether check says the same in the same words; pages that look otherwise than the original
in two renderers (pdftoppm and mutool); characters of its text that are lost. A loss beside which nobody was warned is SILENT. At most
N pages of a file are compared (4), the first among them. Exit status 1: something is lost in silence, or the two verdicts differ.
Not part of make check: it takes a second a file."""
import argparse
import collections
import html
import itertools
import json
import multiprocessing
import operator
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import dossiers  # noqa: E402

SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".jpe")
BATCH, SECONDS = 200, 60   # files a run of the programs; for a renderer
DPI, BLOCK = 50, 8         # of the sheet; pixels a side of what is compared by its mean
DIFFERENT = 40             # levels of 255 between the means
LARGE = 3                  # times its size
SEEN = 3                   # blocks that differ: less is the edge of a letter


def files_below(folders):
    for folder in folders:
        if os.path.isfile(folder):
            yield folder
        for path, _, names in sorted(os.walk(folder)):
            yield from (os.path.join(path, n) for n in sorted(names) if n.lower().endswith(SUFFIXES))


# --- the two programs ---

def bind(batch, overlay, folder):
    """For each file its dossier (or None) with its ledger, and the messages of dossier and of check about files."""
    body = []
    for i, path in enumerate(batch):
        name = f"{i}{os.path.splitext(path)[1].lower()}"
        os.link(path, os.path.join(folder, name)) if same_disk(path, folder) else copy(path, os.path.join(folder, name))
        body.append(dossiers.applicant(dossiers.honour("H1", name), f"A{i}", f"某{i}"))
    with open(os.path.join(folder, "batch.xml"), "w", encoding="utf-8") as f:
        f.write(dossiers.batch(*body))
    common = ["--lang", "zh", "-T", overlay]
    report = os.path.join(folder, "dossier.json")
    subprocess.run([dossiers.PROGRAM, "dossier", *common, "-j", "2", "-o", folder + "/out/", "--report", report, folder + "/batch.xml"],
                   capture_output=True)
    checked = subprocess.run([dossiers.PROGRAM, "check", *common, "--rules", "R76", "--format", "json", folder + "/batch.xml"],
                             capture_output=True)
    bound, said = read_report(report), {}
    for ident, a in read(checked.stdout).items():
        said[ident] = messages(a)
    return [(bound.get(f"A{i}"), said.get(f"A{i}", [])) for i in range(len(batch))]


def same_disk(path, folder):
    return os.stat(path).st_dev == os.stat(folder).st_dev


def copy(path, to):
    with open(path, "rb") as f, open(to, "wb") as out:
        out.write(f.read())


def read(data):
    try:
        return {a["id"]: a for a in json.loads(data)["applicants"]}
    except ValueError:
        return {}


def read_report(path):
    with open(path, "rb") as f:
        return read(f.read())


def messages(applicant):
    return sorted({(f["severity"], re.sub(r"^“\d+\.\w+”", "", f["message"])) for f in applicant["findings"]
                   if f.get("rule") == "R76" and not re.search("空白页；请核对|is a blank page;|: blank; check", f["message"])})


# --- what is seen ---

def run(*args):
    try:
        return subprocess.run(args, capture_output=True, timeout=SECONDS).stdout
    except subprocess.TimeoutExpired:
        return b""


def draw(renderer, path, page, dpi):
    """(width, height, pixels in red, green, blue), or None: it cannot."""
    if renderer == "mutool":
        data = run("mutool", "draw", "-q", "-r", f"{dpi:.4f}", "-c", "rgb", "-F", "ppm", "-o", "-", path, str(page))
    else:
        data = run("pdftoppm", "-q", "-cropbox", "-r", f"{dpi:.4f}", "-f", str(page), "-l", str(page), path)
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    if not head:
        return None
    width, height = int(head[1]), int(head[2])
    return width, height, data[head.end():head.end() + 3 * width * height]


def sums(image, channel):
    """A table in which the sum of any rectangle is read from its corners."""
    width, height, data = image
    rows, above = [[0] * (width + 1)], [0] * (width + 1)
    for y in range(height):
        row = data[3 * width * y + channel:3 * width * (y + 1):3]
        above = list(map(operator.add, above, itertools.accumulate(row, initial=0)))
        rows.append(above)
    return rows


def total(table, x, y):
    return table[y + BLOCK][x + BLOCK] - table[y][x + BLOCK] - table[y + BLOCK][x] + table[y][x]


def different_blocks(one, other, left, top):
    """Blocks of one that are seen nowhere near their place in the other, where one's corner is at left, top."""
    found = set()
    for channel in range(3):
        a, b = sums(one, channel), sums(other, channel)
        for y in range(0, one[1] - BLOCK + 1, BLOCK):
            for x in range(0, one[0] - BLOCK + 1, BLOCK):
                wanted = total(a, x, y)
                for dy, dx in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (-1, -1), (1, -1), (-1, 1)):
                    u, v = x + left + dx, y + top + dy
                    if (0 <= u <= other[0] - BLOCK and 0 <= v <= other[1] - BLOCK
                            and abs(total(b, u, v) - wanted) < DIFFERENT * BLOCK * BLOCK):
                        break
                else:
                    found.add((x, y))
    return len(found)


def numbers(text):
    return [float(v) for v in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", text)]


def place_of_form(volume, page):
    """Where a page of an attachment stands on its sheet, and how much smaller: left, top from above, scale; in points."""
    form = run("mutool", "show", volume, f"pages/{page}/Resources/XObject/A0").decode("latin-1")
    box, matrix = re.search(r"/BBox \[([^]]*)\]", form), re.search(r"/Matrix \[([^]]*)\]", form)
    if not box or not matrix:
        return None
    b, m = numbers(box[1]), numbers(matrix[1])
    xs = [m[0] * x + m[2] * y + m[4] for x in (b[0], b[2]) for y in (b[1], b[3])]
    ys = [m[1] * x + m[3] * y + m[5] for x in (b[0], b[2]) for y in (b[1], b[3])]
    return min(xs), max(ys), max(xs) - min(xs)


def place_of_picture(volume, page):
    trace = run("mutool", "trace", volume, str(page)).decode("latin-1")
    boxes = [numbers(t) for t in re.findall(r'<fill_image [^>]*transform="([^"]*)"', trace)]
    if not boxes:
        return None
    m = max(boxes, key=lambda v: abs(v[0] * v[3] - v[1] * v[2]))
    xs, ys = [m[4], m[4] + m[0], m[4] + m[2], m[4] + m[0] + m[2]], [m[5], m[5] + m[1], m[5] + m[3], m[5] + m[1] + m[3]]
    return min(xs), min(ys), max(xs) - min(xs)


def sheet_height(volume, page):
    box = re.search(r'<MediaBox ([^>]*)/>', run("mutool", "pages", volume, str(page)).decode("latin-1"))
    values = dict(re.findall(r'(\w)="([^"]*)"', box[1]))
    return float(values["t"]) - float(values["b"])


def orientation(path):
    """How a camera was held, 1 to 8: the first directory of the picture's Exif."""
    with open(path, "rb") as f:
        data = f.read(1 << 18)
    at = data.find(b"Exif\0\0")
    tiff = data[at + 6:] if at >= 0 else data[data.find(b"eXIf") + 4:] if b"eXIf" in data else b""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if not order:
        return 1
    number = lambda a, n: int.from_bytes(tiff[a:a + n], order)
    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * number(first, 2), 12):
        if number(entry, 2) == 0x0112:
            return number(entry + 8, 2 if number(entry + 2, 2) == 3 else 4)
    return 1


def upright(image, orientation):
    """mutool as Debian has it turns some pictures by their Exif and shows others as they are stored."""
    width, height, data = image
    if not 2 <= orientation <= 8:
        return image
    rows = [[data[3 * (y * width + x):3 * (y * width + x) + 3] for x in range(width)] for y in range(height)]
    if orientation >= 5:
        rows = [list(column) for column in zip(*rows)]
    if orientation in (2, 3, 6, 7):
        rows = [row[::-1] for row in rows]
    if orientation in (3, 4, 7, 8):
        rows = rows[::-1]
    return len(rows[0]), len(rows), b"".join(b"".join(row) for row in rows)


def stored_lying(path, shown):
    """Is a JPEG that is held upright by its Exif shown as it is stored?"""
    with open(path, "rb") as f:
        data = f.read()
    for marker in (b"\xff\xc0", b"\xff\xc2"):
        at = data.rfind(marker)
        if at >= 0:
            height, width = (int.from_bytes(data[at + k:at + k + 2], "big") for k in (5, 7))
            return (width > height) == (shown[0] > shown[1])
    return True


def comparable(renderer, path, scale):
    """Is the picture alone drawn as the renderer would draw it? mutool as Debian has it takes no notice of profiles and gamma, and
    of a few pixels that are drawn large each renderer makes something else."""
    with open(path, "rb") as f:
        data = f.read()
    coloured = any(word in data for word in (b"iCCP", b"gAMA", b"cHRM", b"ICC_PROFILE")) or b"\x04\x01" in data[data.find(b"\xff\xc0") + 9:][:2]
    return scale < LARGE and not (coloured and renderer != "mutool")


def compare_page(renderer, path, source_page, volume, page):
    """Blocks that differ; None: the renderer draws no original."""
    picture = not path.lower().endswith(".pdf")
    place = place_of_picture(volume, page) if picture else place_of_form(volume, page)
    if not place:
        return 0 if picture else 999
    left, top, width = place
    if not picture:
        top = sheet_height(volume, page) - top
    by = "mutool" if picture else renderer  # the only one of the two that opens pictures
    probe = draw(by, path, source_page, 72)
    turned = orientation(path) if picture else 1
    if not probe or not probe[0]:
        return None
    side = probe[turned in (5, 6, 7, 8) and stored_lying(path, probe)]
    if picture and not comparable(renderer, path, width / side):
        return None
    original = draw(by, path, source_page, DPI * width / side)
    bound = draw(renderer, volume, page, DPI)
    if not original or not bound:
        return None if not original else 999
    place = round(left * DPI / 72), round(top * DPI / 72)
    lying = different_blocks(original, bound, *place)
    return min(lying, different_blocks(upright(original, turned), bound, *place)) if turned > 1 and lying else lying


def characters(path, *pages):
    """Those of words that are seen: what a crop box hides is no loss."""
    found, width, height = collections.Counter(), 0, 0
    for line in run("pdftotext", "-q", "-bbox", "-cropbox", *pages, path, "-").decode(errors="replace").splitlines():
        if page := re.search(r'<page width="([^"]*)" height="([^"]*)"', line):
            width, height = float(page[1]), float(page[2])
        elif word := re.search(r'<word xMin="([^"]*)" yMin="([^"]*)" xMax="([^"]*)" yMax="([^"]*)">(.*)</word>', line):
            x, y = (float(word[1]) + float(word[3])) / 2, (float(word[2]) + float(word[4])) / 2
            if 0 <= x <= width and 0 <= y <= height:
                found.update(c for c in html.unescape(word[5]) if c.isprintable() and not c.isspace())
    return found


def compare(task):
    """(differing pages in each renderer, characters lost)."""
    path, volume, first, pages, most = task
    out = {"pdftoppm": [], "mutool": []}
    chosen = sorted({round(i * (pages - 1) / max(1, min(most, pages) - 1)) for i in range(min(most, pages))})
    for i in chosen:
        for renderer, found in out.items():
            blocks = compare_page(renderer, path, i + 1, volume, first + i)
            if blocks and blocks >= SEEN:
                found.append(f"{i + 1}:{blocks}")
    lost = 0
    if path.lower().endswith(".pdf"):
        lost = sum((characters(path) - characters(volume, "-f", str(first), "-l", str(first + pages - 1))).values())
    return out["pdftoppm"], out["mutool"], lost


# --- the table ---

def verdict(said):
    severities = {s for s, _ in said}
    return "refused" if "error" in severities else "warned" if "warning" in severities else "bound"


def tasks_of(batch, bound, folder, most):
    for path, (applicant, _) in zip(batch, bound):
        for document in (applicant or {}).get("documents", []):
            for row in document.get("ledger", (applicant or {}).get("ledger", [])):
                if row["kind"] == "copy":
                    yield path, os.path.join(folder, "out", os.path.basename(document["file"])), row["physical"], row["pages"], most


def judge(path, applicant, checked, seen):
    said = messages(applicant) if applicant else []
    row = {"file": path, "verdict": verdict(said) if applicant else "NOTHING", "said": said, "checked": checked,
           "agree": said == checked, "seen": seen, "silent": False}
    if row["verdict"] == "bound" and seen and (seen[0] or seen[1] or seen[2]):
        row["silent"] = True
    if applicant and not seen and row["verdict"] != "refused":
        row["verdict"] = "NOTHING"
    return row


def show(row):
    seen = row["seen"] or ([], [], 0)
    print("\t".join([row["verdict"] + (" SILENT" if row["silent"] else ""), "same" if row["agree"] else "DIFFERS",
                     "pdftoppm " + (",".join(seen[0]) or "-"), "mutool " + (",".join(seen[1]) or "-"), f"text -{seen[2]}",
                     row["file"], " | ".join(m for _, m in row["said"])]))
    if not row["agree"]:
        print("\t\tcheck says: " + " | ".join(f"{s}: {m}" for s, m in row["checked"]))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--verdicts", action="store_true", help="compare nothing that is seen")
    options = parser.parse_args()
    files, rows = list(files_below(options.folders)), []
    with tempfile.TemporaryDirectory(prefix="shenbao-corpus-") as top, multiprocessing.Pool(2) as pool:
        overlay = dossiers.overlay(os.path.join(top, "T"))
        for start in range(0, len(files), BATCH):
            batch, folder = files[start:start + BATCH], os.path.join(top, str(start))
            os.mkdir(folder)
            bound = bind(batch, overlay, folder)
            tasks = list(tasks_of(batch, bound, folder, options.pages))
            results = [([], [], 0)] * len(tasks) if options.verdicts else pool.map(compare, tasks, 1)
            seen = {t[0]: r for t, r in zip(tasks, results)}
            for path, (applicant, checked) in zip(batch, bound):
                rows.append(judge(path, applicant, checked, seen.get(path)))
                show(rows[-1])
            subprocess.run(["rm", "-rf", folder])
    counts = collections.Counter(r["verdict"] for r in rows)
    silent, differ = sum(r["silent"] for r in rows), sum(not r["agree"] for r in rows)
    print(f"{len(rows)} files: " + ", ".join(f"{n} {v}" for v, n in sorted(counts.items())) +
          f"; {silent} lose something in silence, {differ} verdicts differ")
    return 1 if silent or differ or counts["NOTHING"] else 0


if __name__ == "__main__":
    sys.exit(main())
