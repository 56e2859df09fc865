"""Applicants of random length, made of what the samples' applicants have: for tests that measure how papers fill their pages."""
import copy
import os
import random
import re
import shutil
import xml.etree.ElementTree as ET

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(ROOT, "samples")

# tag -> (fewest, most)
ENTRIES = {"role": (0, 5), "education": (1, 4), "experience": (1, 8), "title": (1, 3), "training": (0, 6), "course": (0, 5),
           "project": (1, 10), "paper": (0, 8), "award": (0, 4), "honour": (0, 3), "patent": (0, 4), "standard": (0, 3)}
DROPPED = {"score", "scoring", "milestone", "recommendation", "condition", "none", "statement", "document", "opinion"}
OPINIONS = ("所在单位", "主管部门", "设区市人力社保部门")


def statement(chance, sentences, length):
    """So many characters in paragraphs of some sentences each."""
    paragraphs, used = [""], 0
    while used < length:
        sentence = chance.choice(sentences)[:length - used]
        used += len(sentence)
        paragraphs[-1] += sentence
        if chance.random() < 0.2 and used < length - 10:
            paragraphs.append("")
    return "\n".join(p for p in paragraphs if p)


def opinion(chance, by):
    node = ET.Element("opinion", {"by": by, "date": "2026-09-10"})
    node.text = chance.choice(("同意推荐。", "经2026年9月1日至9月8日公示无异议，材料真实，符合申报条件，同意推荐。" * chance.choice((1, 1, 2))))
    return node


def entry(chance, model, ident):
    node = copy.deepcopy(model)
    if node.get("id"):
        node.set("id", ident)
    if node.tag != "training":
        for evidence in node.findall("evidence"):
            node.remove(evidence)
    if node.tag in ("project", "paper", "title"):
        node.set("since" if node.tag != "title" else "current", chance.choice(("true", "true", "true", "false")))
    return node


def applicant(chance, model, pool, sentences, ident):
    """The model's person and employment, with other entries."""
    node = copy.deepcopy(model)
    node.set("id", ident)
    for child in list(node):
        if child.tag in ENTRIES or child.tag in DROPPED:
            node.remove(child)
    for tag, (fewest, most) in ENTRIES.items():
        for i in range(chance.randint(fewest, most)):
            node.append(entry(chance, chance.choice(pool[tag]), f"{tag[:2].upper()}{tag[-1]}{i}"))
    if node.find("title") is not None:
        for title in node.findall("title"):
            title.set("current", "false")
        title.set("current", "true")
    ET.SubElement(node, "statement").text = statement(chance, sentences, chance.randint(180, 1000))
    for by in OPINIONS:
        if chance.random() < 0.4:
            node.append(opinion(chance, by))
    return node


def generate(folder, count, seed):
    """The path of a batch with so many applicants in the samples' units; the same for the same seed."""
    chance = random.Random(seed)
    batch = ET.parse(os.path.join(SAMPLES, "batch.xml")).getroot()
    models = list(batch.iter("applicant"))
    pool = {tag: [e for m in models for e in m.findall(tag)] for tag in ENTRIES}
    sentences = [s + "。" for m in models for s in re.split(r"[。\n]", m.findtext("statement")) if s.strip()]
    units = list(batch.iter("unit"))
    for unit in units:
        for child in unit.findall("applicant"):
            unit.remove(child)
    for i in range(count):
        model = models[i % len(models)]
        chance.choice(units).append(applicant(chance, model, pool, sentences, f"R{i:03}"))
    if not os.path.exists(os.path.join(folder, "photos")):
        shutil.copytree(os.path.join(SAMPLES, "photos"), os.path.join(folder, "photos"))
    path = os.path.join(folder, f"random-{seed}.xml")
    ET.ElementTree(batch).write(path, encoding="utf-8", xml_declaration=True)
    return path
