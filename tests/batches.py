"""Batches as large as one likes, made of the samples' applicants under new ids and numbers."""
import os
import re
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(ROOT, "samples")
APPLICANT = re.compile(r"<applicant .*?</applicant>", re.S)


NUMBER = re.compile(r"(<id-number type=\"居民身份证\">\d{14})(\d{3})[\dX]")


def another_number(match, round_):
    """The same person's ID number as that of somebody else born on the day, of the same sex; there are 500 of them."""
    head, order = match[1], (int(match[2]) + 2 * round_) % 1000
    digits = f"{head[-14:]}{order:03}"
    check = sum(int(d) * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))
    return f"{head}{order:03}{'10X98765432'[check % 11]}"


def again(body, number, round_):
    """The applicant once more: what nobody shares with another is another's."""
    body = re.sub(r'(<applicant id=")[^"]*', rf"\g<1>B{number:05d}", body, count=1)
    body = NUMBER.sub(lambda m: another_number(m, round_), body)
    if not round_:
        return body
    body = OWN.sub(rf"\1own/{round_}/\2", body)
    return body.replace('href="scans/', f'href="again/{round_}/')


# What two people cannot share: photos, and what shows who one is.
OWN = re.compile(r'(href=")((?:photos/|scans/\w+/(?:id|title|appointment|degree|bachelor|master|doctor)\w*\.)[^"]*)')


def own_files(folder, body, round_):
    """Copies of these files that differ from everybody else's in their last bytes."""
    for _, name in OWN.findall(body):
        path = os.path.join(folder, "own", str(round_), name)
        if os.path.exists(path):
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.path.join(folder, name), "rb") as f:
            data = f.read()
        with open(path, "wb") as f:
            f.write(data + b"\n%% %d\n" % round_)


def credit_code(number):
    """A 统一社会信用代码 (GB 32100) of its own for each number."""
    marks = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91330199MA{number:07}"
    rest = sum(marks.index(c) * pow(3, i, 31) for i, c in enumerate(body)) % 31
    return body + marks[(31 - rest) % 31]


def party(text, letter, number):
    """A delegation or unit of the samples under another id and name."""
    text = re.sub(r' uscc="[^"]*"', f' uscc="{credit_code(1000 + number)}"', text, count=1)
    text = re.sub(rf' id="{letter}0?1"', f' id="{letter}{number:04}"', text, count=1)
    return re.sub(r' (issuer|name)="([^"]*)"', rf' \1="\2第{number}"', text, count=1)


def generate(folder, count, together=None):
    """count copies in the samples' first unit; their media are the samples', by ways of their own. The path of the batch.

    together: no more than so many in one unit and delegation; the others are in further ones.
    """
    with open(os.path.join(SAMPLES, "batch.xml"), encoding="utf-8") as f:
        text = f.read()
    for name in ("photos", "scans"):
        if not os.path.exists(os.path.join(folder, name)):
            shutil.copytree(os.path.join(SAMPLES, name), os.path.join(folder, name))
    bodies = APPLICANT.findall(text)
    start = text.index(bodies[0])
    rest = APPLICANT.sub("", text[text.index("</unit>", start):])
    delegation = text[text.index("<delegation "):text.index("<unit ")]
    unit = text[text.index("<unit "):start]
    ways = os.path.join(folder, "again")
    os.makedirs(ways, exist_ok=True)
    for i in range(1, (count + len(bodies) - 1) // len(bodies)):
        if not os.path.lexists(os.path.join(ways, str(i))):
            os.symlink("../scans", os.path.join(ways, str(i)))
    path = os.path.join(folder, f"batch-{count}.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text[:start])
        for i in range(count):
            if together and i > 0 and i % together == 0:
                number = i // together + 1
                f.write("</unit>\n" + party(unit, "U", number).replace('delegation="D1"', f'delegation="D{number:04}"'))
            if i >= len(bodies):
                own_files(folder, bodies[i % len(bodies)], i // len(bodies))
            f.write(again(bodies[i % len(bodies)], i, i // len(bodies)) + "\n")
        f.write(rest)
    if together:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        more = "".join(party(delegation, "D", n) for n in range(2, (count + together - 1) // together + 1))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(delegation, delegation + more, 1))
    return path
