"""Where the shipped templates are: those of the profile that is used unless another is asked for, and those that profiles share."""
import glob
import os

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
