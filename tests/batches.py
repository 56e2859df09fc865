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
    return body.replace('href="scans/', f'href="again/{round_}/') if round_ else body


def generate(folder, count):
    """count copies in the samples' first unit; their media are the samples', by ways of their own. The path of the batch."""
    with open(os.path.join(SAMPLES, "batch.xml"), encoding="utf-8") as f:
        text = f.read()
    for name in ("photos", "scans"):
        if not os.path.exists(os.path.join(folder, name)):
            shutil.copytree(os.path.join(SAMPLES, name), os.path.join(folder, name))
    bodies = APPLICANT.findall(text)
    start = text.index(bodies[0])
    rest = APPLICANT.sub("", text[text.index("</unit>", start):])
    ways = os.path.join(folder, "again")
    os.makedirs(ways, exist_ok=True)
    for i in range(1, (count + len(bodies) - 1) // len(bodies)):
        if not os.path.lexists(os.path.join(ways, str(i))):
            os.symlink("../scans", os.path.join(ways, str(i)))
    path = os.path.join(folder, f"batch-{count}.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text[:start])
        for i in range(count):
            f.write(again(bodies[i % len(bodies)], i, i // len(bodies)) + "\n")
        f.write(rest)
    return path
