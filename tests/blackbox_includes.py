"""The table of who may include whom holds (see generators/README.md)."""
import glob
import os
import re
import subprocess
import sys
import unittest

from blackbox_evaluation_form import PROGRAM

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

MAY = {
    "core": set(),
    "xml": {"core"},
    "media": {"core"},
    "record": {"core", "xml"},
    "text": {"core", "xml"},
    "profile": {"core", "record", "xml"},
    "query": {"core", "record", "xml"},
    "layout": {"core", "query", "record", "media", "text", "xml"},
    "pdf": {"core", "layout", "text", "media"},
    "svg": {"core", "layout", "record", "text", "media"},
    "bind": {"core", "layout", "media", "pdf", "text"},
    "papers": {"core", "layout", "media", "pdf", "svg", "query", "record", "text", "xml"},
    "sheet": {"core", "query", "record", "layout", "pdf", "text", "xml"},
    "workbook": {"core", "media", "record", "sheet", "xml"},
    "dossier": {"core", "papers", "bind", "layout", "pdf", "media", "query", "record", "xml"},
    "upload": {"core", "dossier", "papers", "bind", "pdf", "media", "query", "record", "xml"},
    "check": {"core", "dossier", "sheet", "layout", "profile", "query", "record", "media", "text", "xml"},
    "desk": {"core", "profile"},
    "package": {"core", "check", "upload", "papers", "sheet", "workbook", "bind", "layout", "media", "query", "record", "xml"},
}

# Library headers, and the only files that may see them.
LIBRARIES = {
    r"libxml/": r"xml/|record/|query/|profile/|workbook/|check/functions\.c|layout/template\.c",
    r"png\.h": r"media/",
    r"jpeglib\.h": r"media/jpeg_guard\.h",
    r"qpdf/": r"media/|bind/qdoc\.[ch]",
    r"ft2build|freetype/": r"text/",
    r"unicode/": r"text/|sheet/|media/near_name\.c|desk/unpack\.c",
    r"xlsxwriter": r"sheet/|workbook/",
    r"zip\.h": r"workbook/|desk/unpack\.c",
    r"microhttpd": r"desk/",
    r"hpdf": r"pdf/",
    r"libdeflate|zlib": r"pdf/|sheet/verify\.c|media/png(_rows)?\.c|bind/salvage\.c|workbook/archive_writer\.c|desk/zip_stream\.c",
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

    def test_libraries_that_are_loaded_late_are_not_linked(self):
        """What they are for is said in media/qpdf.h and desk/microhttpd.h."""
        for path, text in sources():
            if path != "core/late_library.c":
                self.assertNotIn("dlopen", text, path)
        linked = subprocess.run(["readelf", "-d", PROGRAM], capture_output=True, text=True, check=True).stdout
        self.assertIn("libhpdf", linked)
        self.assertNotIn("libqpdf", linked)
        self.assertNotIn("libmicrohttpd", linked)

    def test_the_map_lists_the_files_as_they_are(self):
        told = subprocess.run([sys.executable, os.path.join(ROOT, "generators", "map.py"), "--check"], capture_output=True, text=True)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
