"""Batches as large as one likes, made of the samples' applicants under new ids."""
import os
import re
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(ROOT, "samples")
APPLICANT = re.compile(r"<applicant .*?</applicant>", re.S)


def generate(folder, count):
    """count copies in the samples' first unit; their media are the samples'. The path of the batch."""
    with open(os.path.join(SAMPLES, "batch.xml"), encoding="utf-8") as f:
        text = f.read()
    for name in ("photos", "scans"):
        if not os.path.exists(os.path.join(folder, name)):
            shutil.copytree(os.path.join(SAMPLES, name), os.path.join(folder, name))
    bodies = APPLICANT.findall(text)
    start = text.index(bodies[0])
    rest = APPLICANT.sub("", text[text.index("</unit>", start):])
    path = os.path.join(folder, f"batch-{count}.xml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text[:start])
        for i in range(count):
            f.write(re.sub(r'(<applicant id=")[^"]*', rf"\g<1>B{i:05d}", bodies[i % len(bodies)], count=1) + "\n")
        f.write(rest)
    return path
