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

# What it has had for longer; another is looked up before it stands here.
PROPERTIES = set("""align-items background border border-bottom border-collapse border-color border-left border-radius border-top border-width bottom box-shadow
    box-sizing break-before break-inside color cursor display fill fill-opacity flex flex-basis flex-wrap font font-family font-size font-weight gap grid-column
    grid-row grid-template-columns height justify-content justify-items justify-self left line-height list-style margin margin-bottom margin-left margin-top max-height
    max-width min-height min-width opacity order outline outline-offset overflow overflow-wrap overflow-x padding position scroll-padding stroke stroke-dasharray
    stroke-width text-align text-decoration top vertical-align white-space width z-index""".split())
SELECTORS = {"empty", "first-child", "focus", "focus-visible", "hover", "lang", "last-child", "nth-child", "root"}


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
            style = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        self.assertFalse(re.search(r"\{[^{}]*\{[^{}]*\{", style))  # rules within @media, and nothing within rules
        used = {p for block in re.findall(r"\{([^{}]*)\}", style) for p in re.findall(r"(?:^|;)\s*([a-z][a-z-]*)\s*:", block)}
        self.assertEqual(used - PROPERTIES, {"accent-color"})  # a colour: without it a bar is of the browser's own
        rest = re.sub(r"\{[^{}]*\}", "{}", style)
        self.assertEqual(set(re.findall(r"::?([a-z-]+)", re.sub(r"\([^)]*\)", "", rest))) - SELECTORS, set())
        self.assertEqual(set(re.findall(r"([a-z-]+)\(", style)) - {"calc", "lang", "minmax", "nth-child", "var"}, set())
        self.assertEqual(set(re.findall(r"@[a-z-]+ ?\(?[a-z-]+", style)), {"@media (prefers-color-scheme", "@media (max-width", "@media print"})
        self.assertEqual(set(re.findall(r"(?<![#\w.])\d*\.?\d+([a-z%]+)", re.sub(r"#[0-9a-f]{3,8}", "", style))) - {"%", "cm", "em", "fr", "pt", "px", "rem", "vh"}, set())


if __name__ == "__main__":
    unittest.main()
