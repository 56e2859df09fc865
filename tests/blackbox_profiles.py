"""Notices as data: two profiles, the programs that their papers are, what a profile lacks, and no word of a notice in C."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from blackbox_evaluation_form import BATCH, PROGRAM, ROOT, folded, text_of
from profiles import TEMPLATES

SECOND = os.path.join(ROOT, "samples", "jiangsu", "batch.xml")


def run(*args, **more):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=200,
                          env=dict(os.environ, LC_ALL="C"), **more)


class Profiles(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="profiles-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def put(self, text, *names):
        os.makedirs(os.path.dirname(self.path(*names)), exist_ok=True)
        with open(self.path(*names), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(*names)

    def test_they_are_listed_with_source_and_what_is_not_official(self):
        done = run("profiles")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for path in glob.glob(os.path.join(TEMPLATES, "*", "profile.xml")):
            root = ET.parse(path).getroot()
            for text in (os.path.basename(os.path.dirname(path)), root.get("title"), root.get("year"), root.findtext("source"),
                         *(u.text for u in root.findall("unofficial"))):
                self.assertIn(text, done.stdout)
        self.assertRegex(done.stdout, r"(?m)^zhejiang-mining \*$")

    def test_ours_lack_nothing(self):
        for name in ("zhejiang-mining", "jiangsu-electronics", *glob.glob(os.path.join(ROOT, "tests", "profiles", "*"))):
            done = run("profiles", "--check", name)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, f"{os.path.basename(name)}: nothing was found\n", ""))

    def test_what_a_profile_lacks_is_told(self):
        shutil.copytree(os.path.join(TEMPLATES, "jiangsu-electronics"), self.path("own"))
        for name, old, new in (("package.xml", "</package>", '<paper name="poem" file="诗"/></package>'),
                               ("profile.xml", "<parameter ", '<parameter name="nobody" value="1"/><parameter '),
                               ("rules.notice.xml", 'id="R27" clause="要求八"', 'id="R27" clause="要求十"'),
                               ("rules.notice.xml", "@mode='破格申报' and", "@mode='自评分申报' and"),
                               ("rules.notice.xml", '<rule id="R28"', '<rule id="R10" clause="要求一"/><rule id="R999" clause="要求一"/><rule id="R28"'),
                               ("rules.notice.xml", "<parameter ", '<parameter name="idle" value="1"/><parameter '),
                               ("papers.xml", 'clause="要求二"', 'clause="要求丙"'),
                               ("profile.xml", "<paper ", '<paper name="absent"/><paper '),
                               ("profile.xml", " directory ", " ")):
            with open(self.path("own", name), encoding="utf-8") as f:
                text = f.read()
            self.assertIn(old, text)
            self.put(text.replace(old, new, 1), "own", name)
        self.put('<form name="leaflet" title="传单"><p>有</p></form>', "own", "leaflet.xml")
        done = run("profiles", "--check", self.path("own"))
        self.assertNotEqual(done.returncode, 0)
        for said in (r"package\.xml:\d+: warning: the paper has no template: poem",
                     r"rules\.notice\.xml:\d+: warning: no value of the notice's, so that this never holds: @mode='自评分申报'",
                     r"rules\.notice\.xml:\d+: warning: the rule is of a paper that the notice does not have: pledge",
                     r"rules\.notice\.xml:\d+: warning: there is no shared rule of the name: R999",
                     r"profile\.xml:\d+: warning: the paper has no template: absent",
                     r"leaflet\.xml:\d+: warning: profile\.xml does not name the paper: leaflet",
                     r"applicants\.xsd:\d+: warning: no paper and no rule asks for the word: directory",
                     r"papers\.xml:\d+: warning: the notice's list lacks the clause: 要求丙",
                     r"rules\.notice\.xml:\d+: warning: nothing asks for the parameter: idle",
                     r"profile\.xml:\d+: warning: nothing asks for the parameter: nobody",
                     r"rules\.notice\.xml:\d+: warning: the notice's list lacks the clause: 要求十"):
            self.assertRegex(done.stderr, said)

    def test_the_batch_names_its_profile_and_the_command_line_overrides_it(self):
        self.assertIn("has no paper pledge", run("pledge", "-o", self.path("a/"), SECOND).stderr)
        with open(SECOND, encoding="utf-8") as f:
            piped = run("brief-table", "-a", "B001", "-o", self.path("piped.pdf"), "--lang", "en", stdin=f)
        self.assertIn("photos/B001.jpg" if piped.returncode else "", piped.stderr)
        done = run("check", "--profile", "jiangsu-electronics", BATCH)
        self.assertEqual(done.returncode, 1)
        self.assertIn("自评分申报", done.stderr + done.stdout)
        done = run("check", "--profile", "jiangsu", BATCH)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no profile 'jiangsu'", done.stderr)
        both = run("check", BATCH.replace("batch.xml", "jiangsu/batch.xml"), self.put(
            '<batch year="2026" asof="2026-06-30" profile="zhejiang-mining"/>', "other.xml"))
        self.assertEqual(both.returncode, 2)
        self.assertIn("make them apart", both.stderr)
        hostile = self.put('<batch year="2026" asof="2026-06-30" profile="../../../etc"/>', "hostile.xml")
        self.assertIn("there is no profile", run("check", hostile).stderr)

    def test_any_paper_is_a_program_with_help_from_its_template(self):
        done = run("brief-table", "-h")
        self.assertEqual(done.returncode, 0)
        self.assertIn("申报电子信息工程专业技术资格人员简介表", done.stdout)
        self.assertIn("专业技术资格评审申报表", run("evaluation-form", "--profile", "jiangsu-electronics", "-h").stdout)
        self.assertIn("专业技术职务任职资格评审表", run("evaluation-form", "-h").stdout)
        self.put('<form name="note" title="便条"><p>给<value-of select="person/name"/></p></form>', "own", "note.xml")
        done = run("note", "-T", self.path("own"), "-a", "A001", "-o", self.path("n.pdf"), BATCH)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("给陈𬱖", folded(text_of(self.path("n.pdf"))))

    def test_the_second_is_drawn_whole(self):
        done = run("package", "-o", self.path("out/"), SECOND)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path("out", "report.json"), encoding="utf-8") as f:
            report = json.load(f)
        kinds = {d["kind"] for a in report["applicants"] for d in a["documents"]}
        self.assertEqual(kinds, {"evaluation-form", "brief-table", "brief-table-middle", "dossier", "statement"})
        files = [os.path.relpath(os.path.join(d, f), self.path("out")) for d, _, names in os.walk(self.path("out")) for f in names]
        lists = sorted(os.path.basename(f) for f in files if "汇总表" in f)
        self.assertEqual(lists, sorted(f"汇总表-{g}.{s}" for g in ("高级工程师-a计算机网络", "高级工程师-b通信", "研究员级高级工程师", "工程师")
                                       for s in ("pdf", "xlsx")))
        form = next(f for f in files if f.endswith("B001-顾清和/评审申报表.pdf"))
        text = folded(text_of(self.path("out", form)))
        self.assertIn("专业技术资格评审申报表", text)
        self.assertIn("设区市职称办意见", text)
        self.assertNotIn("浙江", text)
        letter = folded(text_of(self.path("out", next(f for f in files if f.endswith("评审委托书.pdf")))))
        self.assertIn("高级工程师", letter)
        copies = {d["kind"]: d["copies"] for a in report["applicants"] for d in a["documents"]}
        self.assertEqual((copies["evaluation-form"], copies["brief-table"], copies["brief-table-middle"]), (2, 20, 10))
        again = run("package", "-o", self.path("out/"), SECOND)
        self.assertIn("0 documents made", again.stderr + again.stdout)

    def test_the_second_prints_what_it_printed(self):
        """SHENBAO_GOLDEN=write records it anew: look at the pages first."""
        fonts = ("-F", os.path.join(ROOT, "tests", "fonts"))
        for paper, who in (("evaluation-form", "B001"), ("evaluation-form", "B002"), ("brief-table", "B001"), ("brief-table", "B002"),
                           ("brief-table", "B003"), ("brief-table-middle", "B004"), ("dossier", "B001"), ("dossier", "B003"), ("dossier", "B004"), ("statement", "B002"),
                           ("delegation-letter", "D1"), ("summary-a", "D1"), ("summary-professor", "D2"), ("summary-engineer", "D2")):
            pdf = self.path(f"{paper}-{who}.pdf")
            more = ("-a", who) if who[0] == "B" else ("--print",) if paper.startswith("summary") else ("-u", "U01")
            done = run(paper, *fonts, *more, "-o", pdf, SECOND)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
            golden = os.path.join(ROOT, "tests", "goldens", "jiangsu", f"{paper}-{who}.txt")
            if os.environ.get("SHENBAO_GOLDEN") == "write":
                os.makedirs(os.path.dirname(golden), exist_ok=True)
                with open(golden, "w", encoding="utf-8") as f:
                    f.write(text)
            with open(golden, encoding="utf-8") as f:
                self.assertEqual(text, f.read(), golden)

    def test_rules_of_the_second_are_its_own(self):
        with open(SECOND, encoding="utf-8") as f:
            text = f.read()
        for kind in ("photos", "scans"):
            shutil.copytree(os.path.join(os.path.dirname(SECOND), kind), self.path(kind))
        self.assertEqual(run("check", SECOND).returncode, 0)
        for old, new, rule in (('obtained="2018-11-20"', 'obtained="2023-11-20"', "J01（资格条件）"),
                               ('id="K2025" year="2025" unit="示例市云帆信息技术有限公司" grade="合格"',
                                'id="K2025" year="2025" unit="示例市云帆信息技术有限公司" grade="基本合格"', "J02（资格条件）"),
                               ('target="高级工程师" exceptional="false"', 'target="技师" exceptional="false"', "J04（要求三）"),
                               ("grade=\"三等奖\" by=\"示例省人民政府\"", "grade=\"三等奖\" by=\"示例市人民政府\"", "J01（资格条件）")):
            self.assertIn(old, text)
            done = run("check", self.put(text.replace(old, new, 1), "batch.xml"))
            self.assertEqual(done.returncode, 1, rule)
            self.assertIn(rule, done.stderr + done.stdout)
        cited = set(re.findall(r"\[[A-Z]\d+（([^）]*)）\]", run("check", SECOND).stdout))
        known = {c.get("id") for c in ET.parse(os.path.join(TEMPLATES, "jiangsu-electronics", "profile.xml")).iter("clause")}
        self.assertLessEqual(cited, known)

    def test_a_variant_of_a_form_says_only_what_differs(self):
        self.put('<form name="evaluation-form" title="样张" paper="A4" margin="20mm 21.5mm" font="fangsong" size="五号" pages="even">'
                 '<include href="evaluation-form.xml"><slot name="watermark"><watermark text="样张"/></slot></include></form>',
                 "own", "evaluation-form.xml")
        done = run("evaluation-form", "-T", self.path("own"), "-a", "A002", "-o", self.path("f.pdf"), BATCH)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        text = folded(text_of(self.path("f.pdf")))
        self.assertIn("样张", text)
        self.assertNotIn("管理平台", text)
        self.put('<form name="evaluation-form" title="x">\n<include href="evaluation-form.xml"><slot name="nothing"/></include></form>',
                 "own", "evaluation-form.xml")
        done = run("evaluation-form", "-T", self.path("own"), "-a", "A002", "-o", self.path("f.pdf"), BATCH)
        self.assertEqual(done.returncode, 2)
        self.assertIn('own/evaluation-form.xml:2: error: evaluation-form.xml has no <slot name="nothing">', done.stderr)

    def test_the_schema_has_the_notices_lists(self):
        for name, batch, mode in (("zhejiang-mining", BATCH, "自评分申报"), ("jiangsu-electronics", SECOND, "破格申报")):
            schema = self.path(name + ".xsd")
            done = run("schema", "--profile", name, "-o", schema)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            with open(schema, encoding="utf-8") as f:
                self.assertIn(f'value="{mode}"', f.read())
            done = subprocess.run(["xmllint", "--noout", "--schema", schema, batch], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_all_files_hold_to_their_schemas(self):
        schemas = {"rules": "rules.rng", "dossier": "dossier.rng", "package": "package.rng", "roster": "roster.rng"}
        for path in glob.glob(os.path.join(TEMPLATES, "*", "*.xml")):
            schema = schemas.get(ET.parse(path).getroot().tag)
            if schema and not any(x.tag == "include" for x in ET.parse(path).iter()):
                done = subprocess.run(["xmllint", "--noout", "--relaxng", os.path.join(TEMPLATES, "base", schema), path],
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_second_repeats_nothing_of_the_first(self):
        def lines(name):
            for path in glob.glob(os.path.join(TEMPLATES, name, "*.xml")):
                with open(path, encoding="utf-8") as f:
                    yield from (s.strip() for s in f if len(s.strip()) > 60 and not s.strip().startswith(("<?", "<!--")))
        shared = set(lines("zhejiang-mining")) & set(lines("jiangsu-electronics"))
        allowed = {s for s in shared if "dossier-cover" in s or "dossier-stamp" in s or s.startswith("<copies") or s.startswith("<items")}
        self.assertEqual(shared - allowed, set())

    def test_no_word_of_a_notice_stands_in_c(self):
        words = set()
        for folder in glob.glob(os.path.join(TEMPLATES, "*", "profile.xml")):
            root = ET.parse(folder).getroot()
            words |= {v.text for v in root.iter("value")} | {p.get("value") for p in root.iter("parameter")}
            for path in glob.glob(os.path.join(os.path.dirname(folder), "*.xml")):
                tree = ET.parse(path).getroot()
                words |= {tree.get("title", "")} if tree.tag in ("form", "roster", "dossier") else set()
                words |= {s.text for s in tree.iter("specialty") if s.text}
        said, clauses = set(), set()
        for path in glob.glob(os.path.join(TEMPLATES, "*", "*.xml")):
            tree = ET.parse(path).getroot()
            clauses |= {c.get("id") for c in tree.iter("clause") if re.search("[.网0-9]", c.get("id", ""))} if tree.tag == "profile" else set()
            for e in tree.iter() if tree.tag == "rules" else ():
                if e.tag in ("zh", "zh-book"):
                    said |= {p.strip() for p in re.split(r"\{[^}]*\}|[，。；：、“”（）《》]", e.text)}
        said = {p for p in said if len(re.findall(r"[\u4e00-\u9fff]", p)) >= 8} - {"统一社会信用代码"}
        self.assertGreater(len(said), 150)
        for path in glob.glob(os.path.join(ROOT, "generators", "*", "*.c")):
            with open(path, encoding="utf-8") as f:
                text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
            for word in said:
                self.assertNotIn(word, text, path)
            for clause in clauses:
                self.assertNotIn(f'"{clause}"', text, path)
        words = {w for w in words if len(re.findall(r"[\u4e00-\u9fff]", w)) >= 5 and "{" not in w}
        self.assertGreater(len(words), 30)
        for path in glob.glob(os.path.join(ROOT, "generators", "*", "*.[ch]")):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            for word in words | {"浙江", "矿山", "爆破", "标志性业绩"}:
                self.assertTrue(word not in text, f"{word} in {path}")


if __name__ == "__main__":
    unittest.main()
