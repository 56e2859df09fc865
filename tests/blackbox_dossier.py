"""dossier from outside: what is printed, stamped, linked and bookmarked is true, whatever is bound."""
import json
import os
import random
import re
import shutil
import tempfile
import unittest

import dossiers
import pdfs
from dossiers import Volume, applicant, batch, honour, shenbao

ROOT = dossiers.ROOT
LONG = bool(os.environ.get("SHENBAO_LONG"))


class Folder(unittest.TestCase):
    """A folder with an input, its files, and templates of its own."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-dossier-")
        self.templates = dossiers.overlay(os.path.join(self.dir, "T"))
        self.pdf = os.path.join(self.dir, "out.pdf")
        self.report = os.path.join(self.dir, "report.json")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def put(self, name, data):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb" if isinstance(data, bytes) else "w", **({} if isinstance(data, bytes) else {"encoding": "utf-8"})) as f:
            f.write(data)
        return path

    def bind(self, *bodies, status=0, options=(), **more):
        """Binds one applicant (or those given whole) and reads the report."""
        if os.path.exists(self.report):
            os.unlink(self.report)
        people = [b if b.startswith("<applicant") else applicant(b) for b in bodies]
        done = shenbao("dossier", "-T", self.templates, "-o", self.pdf, "--report", self.report, *options,
                       self.put("batch.xml", batch(*people)), **more)
        self.messages = done.stderr.decode()
        self.assertEqual(done.returncode, status, self.messages)
        if os.path.exists(self.report):
            with open(self.report, encoding="utf-8") as f:
                self.found = json.load(f)
        return Volume(self.pdf) if os.path.exists(self.pdf) else None

    def ledger(self):
        return self.found["applicants"][0]["ledger"]

    def check_volume(self, volume, markers=None):
        """All that must be true of any volume. markers: of each source file, the name that its pages say (nameP)."""
        ledger = self.ledger()
        self.assertEqual(sum(row["pages"] for row in ledger), volume.count())
        self.assertEqual(self.found["applicants"][0]["documents"][0]["pages"], volume.count())
        physical = 1
        for row in ledger:
            self.assertEqual(row["physical"], physical, row)
            physical += row["pages"]
            for k in range(row["pages"]):
                stamp = volume.stamp(row["physical"] - 1 + k)
                self.assertEqual(stamp, row["stamped"] + k if "stamped" in row else None, (row, k))
            if markers and row["kind"] == "copy" and row["source"] in markers:
                selected = []
                for part in row["source_pages"].split(","):
                    a, _, b = part.partition("-")
                    selected += range(int(a), int(b or a) + 1)
                self.assertEqual(len(selected), row["pages"])
                for k, page in enumerate(selected):
                    self.assertIn(f"{markers[row['source']]}p{page}", volume.text(row["physical"] - 1 + k), row)
        self.check_contents(volume, ledger)
        self.check_outline(volume, ledger)

    def check_contents(self, volume, ledger):
        contents = next(row for row in ledger if row["kind"] == "contents")
        aimed, text = {}, ""
        for i in range(contents["physical"] - 1, contents["physical"] - 1 + contents["pages"]):
            text += volume.text(i)
            for rect, target, _ in volume.links(i):
                said = volume.within(i, rect)
                aimed.setdefault(target, []).append(said)
                numbers = said.split("—")
                if rect[0] > 300 and numbers[0].isdigit():
                    self.assertEqual(int(numbers[0]), volume.stamp(target), said)
                    if len(numbers) > 1:
                        self.assertEqual(int(numbers[1]), volume.stamp(target + int(numbers[1]) - int(numbers[0])), said)
        for row in ledger:
            if row["kind"] in ("separator", "paper", "copy", "missing"):
                said = aimed.get(row["physical"] - 1)
                self.assertTrue(said, f"no line of the contents leads to {row}")
                last = row["stamped"] + row["pages"] - 1
                want = str(row["stamped"]) if row["pages"] == 1 or row["kind"] == "separator" else f"{row['stamped']}—{last}"
                self.assertIn(want, said, row)
                self.assertTrue(any(row["title"].replace(" ", "")[:8] in s for s in said), (row, said))
                self.assertIn(row["title"].replace(" ", "")[:8], text)

    def check_outline(self, volume, ledger):
        outline = [o for o in volume.outline() if o[0] <= 2]
        want = [(1 if row["kind"] in ("separator", "contents") else 2, row["title"], row["physical"] - 1)
                for row in ledger if row["kind"] not in ("cover", "blank")]
        self.assertEqual([o for o in outline], want)


def random_dossier(folder, seed):
    """The body of an applicant, what each file's pages say, and where each id must be found (None: nowhere)."""
    r = random.Random(seed)
    files, markers, body, scores = {}, {}, "", []
    target = r.choice([5, 10, 20, 40]) if seed % 5 else r.choice([100, 200, 400])
    kinds = [("qualification", "资质证书"), ("influence", "聘书"), ("honour", "荣誉证书"), ("award", "获奖证书"),
             ("patent", "专利证书"), ("standard", "标准文本"), ("project", "合同"), ("paper", None)]
    pages, n = 0, 0
    while pages < target:
        n += 1
        kind, evidence = r.choice(kinds)
        ident, form = f"{kind[0].upper()}{n}", r.random()
        attributes = {"paper": f'title="论文{ident}" journal="刊" date="20{r.randint(10, 26)}"',
                      "project": f'name="工程{ident}" start="20{r.randint(10, 26)}-0{r.randint(1, 9)}" '
                                 f'category="{r.choice(["工作业绩", "科研项目"])}"'
                      }.get(kind, f'name="证{ident}" date="20{r.randint(10, 26)}-0{r.randint(1, 9)}"')
        inner = ""
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            if files and r.random() < 0.2:
                href = r.choice(sorted(files))
            else:
                href = f"scans/f{len(files)}." + ("pdf" if r.random() < 0.7 else "jpg")
                count = r.choice([1, 1, 2, 3, 5, 8, 13]) if href.endswith("pdf") else 1
                if href.endswith("pdf"):
                    markers[href] = f"f{len(files)}x"
                    box = r.choice([(0, 0, 595, 842), (0, 0, 842, 595), (0, 0, 612, 792), (-50, -60, 300, 400), (0, 0, 842, 1191),
                                    (100, 50, 5000, 7000), (0, 0, 60, 90)])
                    data = pdfs.marked(markers[href], count, box, r.choice(["", "/Rotate 90", "/Rotate 180", "/Rotate -90"]))
                else:
                    data = pdfs.jpeg(r.randint(1, 8))
                os.makedirs(os.path.join(folder, "scans"), exist_ok=True)
                with open(os.path.join(folder, href), "wb") as f:
                    f.write(data)
                files[href] = count
            a = r.randint(1, files[href])
            b = r.randint(a, files[href])
            selected = r.choice(["", f' pages="{a}-{b}"', f' pages="{a}"'])
            pages += files[href]
            loose = f' form="{r.choice(["原件", "书"])}"' if form < 0.1 else ""
            inner += (f'<evidence kind="{evidence}" href="{href}"{selected}{loose}/>' if evidence else
                      f'<evidence part="正文" href="{href}"{selected}{loose}/>')
        if form > 0.95:
            inner = ""
        body += f'<{kind} id="{ident}" {attributes}>{inner}</{kind}>'
        scores.append((ident, "缺" if not inner else "另附" if form < 0.1 else None))
    for i, (ident, _) in enumerate(scores):
        body += f'<score item="s{i}" self="1" refs="{ident}">x</score>'
    return body, markers, scores


class RandomDossiers(Folder):
    def test_every_number_is_true(self):
        for seed in range(300 if LONG else 20):
            with self.subTest(seed=seed):
                body, markers, scores = random_dossier(self.dir, seed)
                volume = self.bind(body, options=["--duplex"] if seed % 2 else [])
                self.check_volume(volume, markers)
                self.check_citations(volume, body, scores)
                if seed % 2:
                    for row in self.ledger():
                        if row["kind"] in ("separator", "contents"):
                            self.assertEqual(row["physical"] % 2, 1, row)
                shutil.rmtree(os.path.join(self.dir, "scans"))

    def check_citations(self, volume, body, scores):
        """What the score sheet in the volume prints for each id is the first page of that id's evidence."""
        ledger = self.ledger()
        sheet = next(row for row in ledger if row.get("source") == "score-sheet")
        text = "".join(volume.text(i) for i in range(sheet["physical"] - 1, sheet["physical"] - 1 + sheet["pages"]))
        for i, (ident, want) in enumerate(scores):
            if want is None:
                # entries are titled by the ids in this batch: 证H3, 工程P4（合同）, 《论文P5》
                rows = [row for row in ledger if row["kind"] == "copy" and re.search(r"[A-Z]\d+", row["title"]).group() == ident]
                self.assertTrue(rows, ident)
                want = str(min(row["stamped"] for row in rows))
            self.assertIn(f"s{i}={want};", text)


if __name__ == "__main__":
    unittest.main()
