"""The intake workbook: written, read, and told of in its own words."""
import os
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import PROGRAM
from workbooks import ROOT, RandomBatch, Vocabulary, columns, first_difference, openpyxl, read

FORM = os.path.join(ROOT, "templates", "base", "workbook.xml")
SAMPLE = os.path.join(ROOT, "samples", "batch.xml")
LONG = bool(os.environ.get("SHENBAO_LONG"))


def run(*args, status=0, language="zh"):
    done = subprocess.run([PROGRAM, *args, "--lang", language], capture_output=True, text=True, timeout=600)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{args}: status {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def assert_same(self, a, b):
        first, second = read(a), read(b)
        self.assertTrue(first == second, first_difference(first, second))


class RoundTrip(Folder):
    def there_and_back(self, xml, name="book"):
        book, back = self.path(name + ".xlsx"), self.path(name + "-back.xml")
        run("workbook", xml, "-o", book)
        run("import", book, "-o", back)
        self.assert_same(xml, back)
        return book

    def test_the_sample_comes_back(self):
        book = self.there_and_back(SAMPLE)
        saved = self.path("saved.xlsx")
        openpyxl.load_workbook(book).save(saved)
        run("import", saved, "-o", self.path("saved.xml"))
        self.assert_same(SAMPLE, self.path("saved.xml"))

    def test_random_batches_come_back(self):
        for seed in range(1000 if LONG else 60):
            with self.subTest(seed=seed):
                xml = self.path("random.xml")
                with open(xml, "w", encoding="utf-8") as f:
                    f.write(RandomBatch(seed).batch())
                self.there_and_back(xml)

    def test_every_word_of_the_vocabulary_has_a_column(self):
        vocabulary, missing = Vocabulary(), []
        held = {(element, column.get("path")) for _, elements, column in columns(FORM) for element in elements}
        ways = {"document": "evidence"}  # an evidence of no entry

        def walk(element, top, prefix):
            name = element.get("name")
            for attribute, _, _ in vocabulary.attributes(element):
                if (ways.get(top, top), f"{prefix}@{attribute}") not in held:
                    missing.append(f"{top}/{prefix}@{attribute}")
            if vocabulary.text_type(element) and (ways.get(top, top), prefix[:-1] or ".") not in held:
                missing.append(f"{top}/{prefix[:-1]} text of {name}")
            for child in vocabulary.children(element):
                if any(e == child.get("name") for _, elements, _ in columns(FORM) for e in elements) or child.get("name") == "document":
                    continue  # it has rows of its own
                walk(child, top, prefix + child.get("name") + "/")

        for name in sorted({e for _, elements, _ in columns(FORM) for e in elements} | {"document"}):
            walk(vocabulary.elements[name], name, "")
        # posts/@level ... are columns; what ties rows together is no column of its own
        self.assertEqual([m for m in missing], [])


if __name__ == "__main__":
    unittest.main()
