"""The table of who may include whom holds (see generators/README.md)."""
import glob
import os
import re
import subprocess
import unittest

from blackbox_evaluation_form import PROGRAM

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

MAY = {
    "core": set(),
    "record": {"core"},
    "media": {"core"},
    "text": {"core"},
    "layout": {"core", "record", "media", "text"},
    "plan": {"core", "record"},
    "pdf": {"core", "text", "layout", "media"},
    "rules": {"core", "record", "media", "text", "layout"},
    "bind": {"core", "media", "plan", "pdf"},
    "sheet": {"core", "record", "text"},
}

# Library headers, and the only files that may see them.
LIBRARIES = {
    r"libxml/": r"record/|rules/|layout/template\.c|sheet/template\.c",
    r"png\.h": r"media/",
    r"jpeglib\.h": r"media/backdrop\.c",
    r"qpdf/": r"media/|bind/qdoc\.[ch]",
    r"ft2build|freetype/": r"text/|pdf/",
    r"unicode/": r"text/|sheet/",
    r"xlsxwriter": r"sheet/",
    r"hpdf": r"pdf/",
    r"libdeflate|zlib": r"pdf/|sheet/verify\.c",
    r"nettle/": r"core/digest\.c",
}


def sources():
    for path in sorted(glob.glob(os.path.join(ROOT, "generators", "*", "*.[ch]"))):
        with open(path, encoding="utf-8") as f:
            yield os.path.relpath(path, os.path.join(ROOT, "generators")), f.read()


class Includes(unittest.TestCase):
    def test_modules_include_what_the_table_names(self):
        for path, text in sources():
            module = path.split("/")[0]
            if module == "programs":
                continue
            for other in re.findall(r'^#include "(\w+)/', text, re.M):
                self.assertIn(other, MAY[module] | {module}, path)

    def test_libraries_stay_behind_their_modules(self):
        for path, text in sources():
            for header in re.findall(r"^#include <([^>]+)>", text, re.M):
                for library, allowed in LIBRARIES.items():
                    if re.match(library, header):
                        self.assertRegex(path, allowed, header)

    def test_the_one_library_that_is_loaded_late_is_not_linked(self):
        """What it is for is said in media/qpdf.h; the calls in bind/qdoc.c and media/ end in media/qpdf.c."""
        for path, text in sources():
            if path != "media/qpdf.c":
                self.assertNotIn("dlopen", text, path)
        linked = subprocess.run(["readelf", "-d", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.assertIn("libhpdf", linked)
        self.assertNotIn("libqpdf", linked)
