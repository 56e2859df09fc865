"""The page's script as the oldest browser reads it, Chromium 86 (what offices run on Windows 7): make check-desk. Skipped, by name, where acorn is absent."""
import os
import re
import shutil
import subprocess
import unittest

from blackbox_evaluation_form import ROOT

PAGES = os.path.join(ROOT, "templates", "desk")
# What came later, or is there in a secure context alone: an office's desk is reached by http.
LATER = (r"\.at\(", r"\.findLast", r"\bObject\.hasOwn\b", r"\bstructuredClone\b", r"\bcrypto\b", r"\bAbortSignal\.(timeout|any)\b", r"\.groupBy\(", r"\.toSorted\(",
         r"\bcaches\b", r"\bserviceWorker\b", r"\bshowOpenFilePicker\b", r"\bnavigator\.share\b", r"\bnew Notification\b", r"<dialog\b|'dialog'", r"\.showModal\(",
         r"(?<!navigator\.clipboard && )navigator\.clipboard\.", r"(?<!e\.replaceChildren \? )e\.replaceChildren\(")


class Script(unittest.TestCase):
    @unittest.skipUnless(shutil.which("acorn"), "absent: node-acorn")
    def test_its_syntax_is_of_2020(self):
        done = subprocess.run(["acorn", "--ecma2020", "--silent", os.path.join(PAGES, "desk.js")], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = subprocess.run(["acorn", "--ecma2020", "--silent"], input="a ??= 1", capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)  # what came later is seen

    def test_it_calls_nothing_that_came_later(self):
        with open(os.path.join(PAGES, "desk.js"), encoding="utf-8") as f:
            script = f.read()
        self.assertEqual([word for word in LATER if re.search(word, script)], [])

    def test_nor_does_the_style(self):
        with open(os.path.join(PAGES, "desk.css"), encoding="utf-8") as f:
            style = f.read()
        self.assertEqual([word for word in (":has(", "@layer", "@container", "color-mix(", "dvh", "subgrid", "aspect-ratio", "inset:", "&:") if word in style], [])


if __name__ == "__main__":
    unittest.main()
