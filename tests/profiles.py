"""Where the shipped templates are: those of the profile that is used unless another is asked for, and those that profiles share."""
import glob
import os
import re
import xml.etree.ElementTree as ET

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TEMPLATES = os.path.join(ROOT, "templates")
BASE = os.path.join(TEMPLATES, "base")
PROFILE = os.path.join(TEMPLATES, "zhejiang-mining")
FOLDERS = (PROFILE, BASE)


def template(name):
    """The path of the file of that name, found as the programs find it."""
    for folder in FOLDERS:
        if os.path.exists(os.path.join(folder, name)):
            return os.path.join(folder, name)
    raise FileNotFoundError(name)


def templates():
    """All files of ours that are XML, in the order of their names."""
    return sorted((p for d in FOLDERS for p in glob.glob(os.path.join(d, "*.xml"))), key=os.path.basename)


def parameters():
    """The profile's."""
    path = os.path.join(PROFILE, "profile.xml")
    root = ET.parse(path).getroot() if os.path.exists(path) else ET.Element("profile")
    lists = {f"list-{x.get('type')}": " ".join(v.text for v in x.findall("value")) for x in root.findall("list")}
    return {**lists, **{p.get("name"): p.get("value") for p in root.iter("parameter")}}


def whole(path):
    """The root of a file of ours with its pieces and parameters put in, as xml/include.c does it."""
    root = ET.parse(path).getroot()
    return expand(root, [path], parameters(), {}, {})


def fill(text, values):
    return re.sub(r"\{\$([\w-]+)\}", lambda m: values.get(m[1], m[0]), text) if text else text


def expand(element, chain, ours, theirs, slots):
    """ours: parameters of the profile; theirs: of the includes on the way, whose slots are (element, chain, theirs, slots)."""
    for name, value in element.attrib.items():
        element.set(name, fill(value, {**ours, **theirs}))
    element.text, element.tail = fill(element.text, {**ours, **theirs}), fill(element.tail, {**ours, **theirs})
    children = []
    for child in list(element):
        if child.tag == "include":
            path = next(p for p in (os.path.join(d, child.get("href")) for d in FOLDERS) if os.path.exists(p) and p not in chain)
            more = {p.get("name"): fill(p.get("value"), {**ours, **theirs}) for p in child.findall("parameter")}
            given = {**{s.get("name"): (s, chain, theirs, slots) for s in child.findall("slot")}, **slots}
            children += list(expand(ET.parse(path).getroot(), chain + [path], ours, {**theirs, **more}, given))
        elif child.tag == "slot":
            by = slots.get(child.get("name"), (child, chain, theirs, slots))
            children += list(expand(by[0], by[1], ours, by[2], by[3]))
        else:
            children.append(expand(child, chain, ours, theirs, slots))
    element[:] = children
    return element
