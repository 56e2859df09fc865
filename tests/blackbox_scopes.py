"""Papers and lists of an applicant, a unit, a delegation and the batch; several volumes; boxes; inserted pages
(tests/profiles/three-volumes)."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import openpyxl

from blackbox_evaluation_form import BATCH, PROGRAM, ROOT, folded, text_of

PROFILE = os.path.join(ROOT, "tests", "profiles", "three-volumes")


def run(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=300, env=dict(os.environ, LC_ALL="C"))


def pages(pdf):
    out = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return [folded(p) for p in out.split("\f")[:-1]]


class Scopes(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="scopes-")
        self.addCleanup(shutil.rmtree, self.dir)

    def draw(self, name, *args, out=None, batch=BATCH):
        target = os.path.join(self.dir, out or name + ".pdf")
        done = run(name, "--profile", PROFILE, *args, "-o", target, batch)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return target

    def test_a_paper_of_a_unit_sees_its_people_and_the_elements_it_names(self):
        files = sorted(os.listdir(self.draw("unit-summary", out="units/")))
        self.assertEqual([f[:3] for f in files], ["U01", "U02", "U03"])
        text = folded(text_of(os.path.join(self.dir, "units", files[1])))
        self.assertIn("示例市矿山技术研究院申报人员", text)
        self.assertIn("委托单位：示例市人力资源和社会保障局", text)
        self.assertIn("共3人", text)
        self.assertRegex(text, "A004.*示例.*大学4")
        overlay = os.path.join(self.dir, "overlay")
        os.mkdir(overlay)
        with open(os.path.join(PROFILE, "unit-summary.xml"), encoding="utf-8") as f, \
                open(os.path.join(overlay, "unit-summary.xml"), "w", encoding="utf-8") as g:
            g.write(f.read().replace("name education project", "name education"))
        text = folded(text_of(self.draw("unit-summary", "-T", overlay, "-u", "U02", out="less.pdf")))
        self.assertRegex(text, "A004.*示例.*大学0")  # its projects are none of these elements
        self.assertNotIn("A001", text)
        one = self.draw("unit-summary", "-u", "U03")
        self.assertIn("共2人", folded(text_of(one)))

    def test_a_paper_of_the_batch_is_one(self):
        text = folded(text_of(self.draw("batch-summary")))
        self.assertIn("示例市矿山技术研究院：3人", text)
        self.assertIn("委托单位1个，共8人", text)
        self.draw("batch-summary", out="folder/")
        self.assertEqual(os.listdir(os.path.join(self.dir, "folder")), ["batch-batch-summary.pdf"])

    def test_a_paper_of_the_batch_spans_files(self):
        with open(BATCH, encoding="utf-8") as f:
            text = f.read()
        for name in ("photos", "scans"):
            os.symlink(os.path.join(os.path.dirname(BATCH), name), os.path.join(self.dir, name))
        halves = []
        for i, units in enumerate((r"U01", r"U0[23]")):
            cut = re.sub(r'  <unit id="(?!%s").*?</unit>\n' % units, "", text, flags=re.S)
            halves.append(os.path.join(self.dir, f"half{i}.xml"))
            with open(halves[-1], "w", encoding="utf-8") as f:
                f.write(cut)
        target = os.path.join(self.dir, "both.pdf")
        done = run("batch-summary", "--profile", PROFILE, "-o", target, *halves)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("委托单位1个，共8人", folded(text_of(target)))

    def test_a_faulty_applicant_keeps_back_the_papers_that_would_name_it(self):
        with open(BATCH, encoding="utf-8") as f:
            text = f.read().replace('<applicant id="A007"', '<applicant id="A007" what="?"', 1)
        batch = os.path.join(self.dir, "batch.xml")
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text)
        done = run("unit-summary", "--profile", PROFILE, "-o", os.path.join(self.dir, "out/"), "--report",
                   os.path.join(self.dir, "r.json"), batch)
        self.assertEqual(done.returncode, 3)
        with open(os.path.join(self.dir, "r.json"), encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual([(u["id"], u["status"]) for u in report["units"]], [("U01", "ok"), ("U02", "ok"), ("U03", "failed")])
        self.assertEqual(run("batch-summary", "--profile", PROFILE, "-o", os.path.join(self.dir, "b.pdf"), batch).returncode, 1)

    def test_lists_of_each_scope(self):
        rows = {}
        for name in ("person-list", "unit-list", "batch-list"):
            self.draw(name, out=name + "/")
            rows[name] = [openpyxl.load_workbook(f).active["B3"].value for f in glob.glob(os.path.join(self.dir, name, "*.xlsx"))]
        self.assertEqual([len(rows[n]) for n in ("person-list", "unit-list", "batch-list")], [8, 3, 1])
        self.assertEqual(len(set(rows["person-list"])), 8)
        self.assertEqual(len(pages(self.draw("batch-list", "--print"))), 1)
        of_unit = self.draw("batch-list", "-u", "U03", out="unit.xlsx")
        self.assertEqual([c.value for c in openpyxl.load_workbook(of_unit).active["A"][2:4]], [1, 2])

    def test_volumes_have_contents_and_numbers_of_their_own(self):
        works = pages(self.draw("works", "-a", "A001"))
        contents = next(p for p in works if "目录" in p)
        first, last = re.search(r"块度图像识别误差来源分析》.*?论(\d+)—论(\d+)", contents).groups()
        stamped = [m.group(1) for p in works for m in re.finditer(r"论(\d+)$", p)]
        self.assertIn(first, stamped)
        self.assertEqual(last, stamped[-1])
        self.assertIn("业1", "".join(pages(self.draw("achievements", "-a", "A001"))))
        form = "".join(pages(self.draw("register", "-a", "A001")))
        numbers = re.findall(r"（(业|论)(\d+)）", form)
        self.assertEqual({v for v, _ in numbers}, {"业", "论"})
        self.assertIn(f"误差来源分析（论{first}）", form)
        self.assertEqual(len(pages(self.draw("works", "-a", "A003"))), 2)  # nothing falls into it: cover and contents

    def test_volumes_are_made_in_whichever_order(self):
        own = os.path.join(self.dir, "own")
        os.mkdir(own)
        with open(os.path.join(PROFILE, "package.xml"), encoding="utf-8") as f:
            lines = f.read().splitlines(True)
        papers = [line for line in lines if "<paper " in line]
        with open(os.path.join(own, "package.xml"), "w", encoding="utf-8") as f:
            f.write("".join(lines).replace("".join(papers), "".join(reversed(papers))))
        trees = []
        for more in ((), ("-T", own)):
            out = os.path.join(self.dir, f"order{len(trees)}")
            done = run("package", "-q", "--profile", PROFILE, *more, "-a", "A001", "-o", out + "/", BATCH)
            self.assertEqual(done.returncode, 0, done.stderr)
            trees.append({})
            for path in glob.glob(os.path.join(out, "**", "*.pdf"), recursive=True):
                with open(path, "rb") as f:
                    trees[-1][os.path.relpath(path, out)] = f.read()
        self.assertEqual(*trees)

    def test_pages_that_do_not_belong_to_a_form_are_inserted(self):
        feet = [re.search("第([^页]*)页共4页", p).group(1) for p in pages(self.draw("register", "-a", "A001"))]
        self.assertEqual(feet, ["1", "2", "2-1", "3", "4"])
        with open(os.path.join(PROFILE, "register.xml"), encoding="utf-8") as f:
            text = f.read()
        own = os.path.join(self.dir, "own")
        os.mkdir(own)
        with open(os.path.join(own, "register.xml"), "w", encoding="utf-8") as f:
            f.write(text.replace('pages="4"', 'pages="5"'))
        done = run("register", "--profile", PROFILE, "-T", own, "-a", "A001", "-o", os.path.join(self.dir, "r.pdf"), BATCH)
        self.assertEqual(done.returncode, 2)
        self.assertIn("the form has 5 pages, and its page-breaks make 4", done.stderr)

    def test_the_package_has_them_all_under_the_notice_s_names(self):
        out = os.path.join(self.dir, "out")
        done = run("package", "-q", "--profile", PROFILE, "-o", out + "/", BATCH)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        files = {os.path.relpath(os.path.join(d, f), out) for d, _, names in os.walk(out) for f in names}
        office = "示例市人力资源和社会保障局"
        for name in ("汇总/全批汇总.pdf", "汇总/全批名单.xlsx", "汇总/全批名单.pdf", f"{office}/单位U02/单位汇总.pdf",
                     f"{office}/单位U02/单位名单.xlsx", f"{office}/单位U02/林㛃-A004/业绩成果.pdf", f"print/{office}-标签.pdf"):
            self.assertIn(name, files)
        with open(os.path.join(out, "report.json"), encoding="utf-8") as f:
            report = json.load(f)
        self.assertEqual([d["kind"] for d in report["batch"][0]["documents"]], ["batch-summary", "batch-list", "batch-list"])
        self.assertEqual([u["id"] for u in report["units"]], ["U01", "U02", "U03"])
        with open(os.path.join(out, "print", "print-list.txt"), encoding="utf-8") as f:
            listed = f.read()
        self.assertRegex(listed, r"single\t\.\./汇总/全批汇总\.pdf")
        self.assertRegex(listed, rf"single\t\.\./{office}/单位U02/单位汇总\.pdf.*\tU02\t")
        labels = folded(text_of(os.path.join(out, "print", f"{office}-标签.pdf")))
        self.assertIn("业绩成果第2册（共3册）", labels)
        boxes = re.findall(r"盒(\d)—(\d)", labels)
        self.assertEqual(boxes[:3], [("1", "3"), ("2", "3"), ("3", "3")])
        with open(os.path.join(out, "manifest.json"), encoding="utf-8") as f:
            before = f.read()
        again = run("package", "--profile", PROFILE, "-o", out + "/", BATCH)
        self.assertIn("0 documents made", again.stderr)
        with open(os.path.join(out, "manifest.json"), encoding="utf-8") as f:
            self.assertEqual(f.read(), before)


if __name__ == "__main__":
    unittest.main()
