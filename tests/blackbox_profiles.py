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

    def slips(self, name, slips):
        """Each slip alone in a copy of one of ours: what is told of it, and that nothing was told without it."""
        for file, old, new, said in slips:
            own = self.path("slip")
            shutil.rmtree(own, ignore_errors=True)
            shutil.copytree(os.path.join(TEMPLATES, name), own)
            with open(os.path.join(own, file), encoding="utf-8") as f:
                text = f.read()
            with self.subTest(file=file, new=new):
                self.assertIn(old, text)
                self.put(text.replace(old, new, 1), "slip", file)
                done = run("profiles", "--check", own)
                self.assertNotEqual(done.returncode, 0)
                self.assertRegex(done.stderr, said)

    def test_misspelt_steps_are_told(self):
        self.slips("jiangsu-electronics", (
            ("rules.notice.xml", "mentions(@grade, $prize-grades, '')", "mentions(@grad, $prize-grades, '')",
             r"rules\.notice\.xml:\d+: warning: the input has no word award/@grad, so that nothing is selected; is it @grade\?"),
            ("rules.notice.xml", "{../@name}为", "{../@nam}为", r"rules\.notice\.xml:\d+: warning: .*no word unit/@nam,.*@name\?"),
            ("brief-page.xml", "month(person/birth)", "month(person/brith)",
             r"(?s)^\S*brief-table(-middle)?\.xml:\d+: \S*brief-page\.xml:\d+: warning: [^\n]*no word person/brith,[^\n]*is it birth\?[^\n]*\n$"),
            ("brief-page.xml", '@journal | @publisher', '@journal | @publishr', r"no word paper/@publishr,.*@publisher\?"),
            ("summary-columns.xml", "education[last()]/@degree", "education[last()]/@degre", r"no word education/@degre,"),
            ("summary-columns.xml", "self::unit/@name", "self::unit/@nome", r"no word unit/@nome,"),
            ("papers.xml", "@target = '工程师'", "@targt = '工程师'", r"papers\.xml:\d+: warning: .*no word applicant/@targt,"),
            ("dossier.xml", 'select="qualification" title="@name"', 'select="qualification" title="@nme"', r"no word qualification/@nme,"),
            ("dossier.xml", "../@kind", "../@kinnd", r"dossier\.xml:\d+: warning: the input has no word @kinnd,")))
        self.slips("zhejiang-mining", (
            ("score-sheet.xml", 'select="@max"', 'select="@maxx"', r"no word .*@maxx,.*is it @max\?"),
            ("checklist.xml", '<value-of select="@signed"', '<value-of select="@singed"', r"no word item/@singed,.*is it @signed\?"),
            ("upload.xml", 'select="experience" sort="@start"', 'select="experiense" sort="@start"', r"no word applicant/experiense,.*is it experience\?"),
            ("rubric-mining.xml", "@verified", "@verifed", r"no word @verifed,"),
            ("profile.xml", "<list type", '<unasked>direktory</unasked><list type', r"profile\.xml:\d+: warning: unasked has a word .* does not have: direktory"),
            ("profile.xml", "<list type", '<day name="senority-asof" value="2026-12-31"/><list type',
             r"profile\.xml:\d+: warning: .*no word batch/@senority-asof,.*is it @seniority-asof\?")))

    def test_what_a_paper_about_several_people_does_not_see_is_told(self):
        shutil.copytree(os.path.join(ROOT, "tests", "profiles", "three-volumes"), self.path("own"))
        with open(self.path("own", "unit-summary.xml"), encoding="utf-8") as f:
            text = f.read()
        self.put(text.replace('elements="person name education project"', 'elements="person name project"'), "own", "unit-summary.xml")
        done = run("profiles", "--check", self.path("own"))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^\S*unit-summary\.xml:\d+: warning: it is not among the form's elements, so that nothing is "
                                      r"selected here; add it to them: education\n$")

    def test_what_files_say_of_a_paper_differently_is_told(self):
        self.slips("zhejiang-mining", (
            ("papers.xml", 'title="技术工作经历"', 'title="工作经历"', r'papers\.xml:\d+: warning: the title of work-history is "工作经历" here and "技术工作经历" in'),
            ("papers.xml", '综合表" copies="3"', '综合表" copies="4"', r'the number of copies of composite-table is "4" here and "3" in composite-table\.xml'),
            ("papers.xml", 'seals="所在单位、主管部门"', 'seals="所在单位"', r"the list of seals of composite-table"),
            ("papers.xml", "</papers>", '<item name="delegation-letter" title="评审委托书" goes="bag"/></papers>',
             r"papers\.xml:\d+: warning: papers\.xml is what each applicant hands in, which this is not .*: delegation-letter"),
            ("papers.xml", 'copies="1" goes="platform" clause="（二）2', 'copies="1" goes="volume" clause="（二）2',
             r"it goes into the volume, and no volume binds it .*: pledge"),
            ("papers.xml", 'copies="1" goes="volume" clause="（二）8', 'copies="1" goes="bag" clause="（二）8',
             r"dossier\.xml:\d+: warning: the volume binds it, and papers\.xml does not say .*: statement"),
            ("package.xml", '  <paper name="pledge" file="真实性保证书"/>\n', "",
             r"papers\.xml:\d+: warning: package\.xml does not have the paper.*: pledge"),
            ("package.xml", 'file="核对清单" copies="1"', 'file="核对清单"', r"package\.xml:\d+: warning: papers\.xml does not have the paper.*: checklist"),
            ("package.xml", 'print="single" colour="true"', 'print="single" copies="2" colour="true"',
             r'the number of copies of delegation-letter is "2" here and "1" in delegation-letter\.xml'),
            ("package.xml", "<package>", '<package applicant="{id}-{unitname}">',
             r'package\.xml:\d+: error: the folder\'s name "\{id\}-\{unitname\}" has \{unitname\}, which is not known'),
            ("dossier.xml", '综合表》" copies="3"', '综合表》" copies="2"',
             r'dossier\.xml:\d+: warning: the number of copies of 推荐\S+综合表 is "2" here and "3" in papers\.xml')))

    def test_scoring_tables_that_cannot_be_meant_are_told(self):
        self.slips("zhejiang-mining", (
            ("rubric-mining.xml", 'max="24"', 'max="20"', r"rubric-mining\.xml:\d+: warning: 学术技术成果和工作业绩: the maxima below add up to 56, which never comes to 60"),
            ("rubric-mining.xml", 'max="10">\n    <item id="3.1"', 'max="9">\n    <item id="3.1"', r"add up to 99, which never comes to 100"),
            ("rubric-mining.xml", 'pass="80"', 'pass="108"', r"pass is more than total.*: 108"),
            ("rubric-mining.xml", '  <rank to="5" factor="1"/>\n  <rank factor="0.7"/>\n', "", r"the table has no <rank>.*: 工作业绩"),
            ("rubric-mining.xml", '  <rank factor="0.7"/>\n', '  <rank factor="0.7"/>\n  <rank to="8" factor="0.5"/>\n', r"it never counts: 0\.5"),
            ("rubric-mining.xml", "<criterion>一级建造师", '<criterion points="9">一级建造师', r"more points than its item's maximum: 9"),
            ("rubric-mining.xml", "<specialty>矿建工程</specialty>\n", "", r"profile\.xml:\d+: warning: no scoring table is for the specialty: 矿建工程"),
            ("rubric-mining.xml", "<specialty>矿建工程", "<specialty>矿井工程", r"none of the notice's specialties: 矿井工程"),
            ("profile.xml", '  <rubric name="rubric-mining"/>\n', "", r"rubric-mining\.xml:\d+: warning: profile\.xml does not name the paper: rubric-mining")))
        shutil.copytree(os.path.join(TEMPLATES, "zhejiang-mining"), self.path("more"))
        with open(self.path("more", "rubric-mining.xml"), encoding="utf-8") as f:
            text = f.read()
        self.put(text.replace('max="10">\n    <item id="3.1"', 'max="20">\n    <item id="3.3" name="附加" max="10" mode="sum" directory="x">'
                              '<criterion>附加分</criterion></item>\n    <item id="3.1"'), "more", "rubric-mining.xml")
        done = run("profiles", "--check", self.path("more"))
        self.assertEqual((done.returncode, done.stdout), (0, "more: nothing was found\n"))  # extra points may be meant
        self.assertRegex(done.stderr, r"^\S*rubric-mining\.xml:\d+: info: .* add up to 110, which is over 100; look them over\n$")

    def test_what_is_left_of_the_notice_that_was_copied_is_told(self):
        self.slips("jiangsu-electronics", (
            ("brief-page.xml", "主要业绩</td>", "主要业绩</td><td>（二）10、网7</td>",
             r"brief-page\.xml:\d+: warning: clauses of another notice \(zhejiang-mining\), which this one does not have: （二）10、网7"),
            ("package.xml", "<package>", '<package><paper name="other" file="浙江省的表"/>',
             r"package\.xml:\d+: info: it names 浙江省 \(zhejiang-mining\); see whether that is meant: 浙江省的表")))
        self.slips("zhejiang-mining", (
            ("upload.xml", 'clause="网8" files', 'clause="网18" files', r"upload\.xml:\d+: warning: the notice's list lacks the clause: 网18"),
            ("upload.xml", 'clause="（二）6"', 'clause="（二）60"', r"the notice's list lacks the clause: 二\.60")))

    def test_a_slip_of_xml_is_told_once_and_nothing_that_follows_from_it(self):
        for name in ("rules.notice.xml", "package.xml", "papers.xml", "score-sheet.xml", "dossier.xml"):
            shutil.rmtree(self.path("own"), ignore_errors=True)
            shutil.copytree(os.path.join(TEMPLATES, "zhejiang-mining"), self.path("own"))
            with open(self.path("own", name), encoding="utf-8") as f:
                text = f.read()
            self.put(text.replace("\n  <", "\n  <<", 1), "own", name)
            done = run("profiles", "--check", self.path("own"))
            self.assertEqual(done.returncode, 2, name)
            self.assertRegex(done.stderr, rf"^\S*{re.escape(name)}:\d+: error: is not well-formed XML: [^\n]*\n$")

    def test_dates_of_the_notice_are_those_of_a_batch_that_does_not_give_them(self):
        shutil.copytree(os.path.join(TEMPLATES, "zhejiang-mining"), self.path("own"))
        with open(self.path("own", "profile.xml"), encoding="utf-8") as f:
            text = f.read()
        days = "".join(f'<day name="{n}" value="{v}"/>' for n, v in (("asof", "2026-06-30"), ("deadline", "2026-09-01"), ("hours-asof", "2025-12-31")))
        self.put(text.replace("<list ", days + "<list ", 1), "own", "profile.xml")
        with open(BATCH, encoding="utf-8") as f:
            batch = f.read()
        dates = ' asof="2026-09-30" submission="2026-10-10"'
        self.assertIn(dates, batch)
        bare = self.put(batch.replace(dates, ' submission="2026-09-10"'), "bare.xml")
        self.assertIn("batch lacks the attribute asof", run("check", bare).stdout)
        said = run("check", "--profile", self.path("own"), bare).stdout
        self.assertNotIn("lacks the attribute", said)
        self.assertRegex(said, r"R122.*2026-09-10 is after the deadline 2026-09-01")
        said = run("check", "--profile", self.path("own"), self.put(batch.replace(
            dates, ' asof="2026-06-30" submission="2026-09-10" deadline="2026-10-01"'), "full.xml")).stdout
        self.assertNotIn("R122", said)
        self.put(text.replace("<list ", '<day name="asof" value="2026-06"/><list ', 1), "own", "profile.xml")
        done = run("check", "--profile", self.path("own"), bare)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"own/profile\.xml:\d+: error: .*2026-06")

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

    def test_a_profile_is_a_folder_wherever_it_is_and_whatever_it_is_called(self):
        for name in ("本年", "of this year"):
            shutil.copytree(os.path.join(TEMPLATES, "jiangsu-electronics"), self.path(name))
            self.put('<form name="note" title="便条"><p>给<value-of select="person/name"/></p></form>', name, "note.xml")
            for given in (name, name + "/", os.path.join(".", name), self.path(name)):
                done = run("note", "--profile", given, "-a", "B001", "-o", self.path("n.pdf"), SECOND, cwd=self.dir)
                self.assertEqual((done.returncode, done.stderr), (0, ""), given)
                self.assertIn("给顾清和", folded(text_of(self.path("n.pdf"))))
        done = run("check", "--profile", ".", SECOND, cwd=self.path("本年"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        os.mkdir(self.path("empty"))
        done = run("statement", "--profile", "empty", "-o", self.path("n.pdf"), SECOND, cwd=self.dir)
        self.assertEqual((done.returncode, done.stderr), (2, "empty: error: is no folder of a profile: it has no profile.xml\n"))
        named = self.put('<batch year="2026" asof="2026-06-30" profile="本年"/>', "named.xml")
        self.assertIn("--profile takes the folder of one of your own", run("check", named, cwd=self.dir).stderr)

    def test_files_that_include_one_another_in_a_circle_are_told(self):
        shutil.copytree(os.path.join(TEMPLATES, "jiangsu-electronics"), self.path("own"))
        self.put('<piece><include href="b.xml"/></piece>', "own", "a.xml")
        self.put('<piece><include href="a.xml"/></piece>', "own", "b.xml")
        self.put('<form name="note" title="便条"><include href="a.xml"/></form>', "own", "note.xml")
        done = run("note", "--profile", self.path("own"), "-a", "B001", "-o", self.path("n.pdf"), SECOND)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"own/note\.xml:1: \S+/a\.xml:1: \S+/b\.xml:1: error: a\.xml is being included: these files include one another")

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
                           ("delegation-letter", "D1"), ("delegation-letter", "D2"), ("summary-a", "D1"), ("summary-professor", "D2"), ("summary-engineer", "D2")):
            pdf = self.path(f"{paper}-{who}.pdf")
            more = ("-a", who) if who[0] == "B" else ("--print",) if paper.startswith("summary") else ("-u", "U01" if who == "D1" else "U02")
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
        # Sentences of the notice broken, and what is near to that and right: what is said beside nothing.
        last = 'id="K2025" year="2025" unit="示例市云帆信息技术有限公司" grade="'
        title, since = 'obtained="2018-11-20" authority="示例市人力资源和社会保障局" certificate="示2018000021" appointed="2019-01-01"', 'start="2019-03" end="2021-06"'
        five = (title, title.replace("2018-11-20", "2021-05-20").replace("2019-01-01", "2021-06-01"))
        by, grade = 'by="示例省人民政府" rank="2/9"', 'grade="三等奖"'
        proof = '<evidence kind="%s" href="scans/%s"/>'
        training = '<evidence kind="继续教育证明" href="scans/B001/training.pdf"/>'
        level = 'level="本科" degree="学士" form="全日制" origin="国内" verified="备案表" certificate="100000200805000021"'
        no_number = level.replace(' certificate="100000200805000021"', "")
        degrees = '<evidence kind="学历证书" href="scans/B001/degree.pdf" pages="1"/><evidence kind="学位证书" href="scans/B001/degree.pdf" pages="2"/>'
        project = text[text.index('<project id="P1" start="2019-03"'):]
        project = project[:project.index("</project>") + len("</project>")]
        paper = text[text.index('<paper id="J1"'):]
        paper = paper[:paper.index("</paper>") + len("</paper>")]
        for edits, wanted in (
                ([("工程师\" level=\"中级", "助理工程师\" level=\"初级")], {"R120": "error"}), ([("工程师\" level=\"中级", "经济师\" level=\"中级")], {"R120": "warning"}),
                ([("高级工程师\" level=\"副高", "工程师\" level=\"中级")], {"R120": "error"}), ([("助理工程师\" level=\"初级", "助理工程师\" level=\"助理级")], {}),
                ([("工程师\" level=\"中级", "高级工程师\" level=\"副高")], {"J04": "warning"}),
                ([('basis="学历条件"', 'basis="破格条件"')], {"R48": "error"}), ([('exceptional="false"', 'exceptional="true"')], {"J08": "warning"}),
                ([(last + "合格", last + "基本 合格")], {"J02": "error"}), ([(last + "合格", last + "称职")], {}), ([('grade="优秀"', 'grade="基本合格"')], {}),
                ([five, (since, since.replace("2021-06", "2022-06")), ('grade="优秀"', 'grade="基本合格"')], {"J01": "warning"}),
                ([five, (since, since.replace("2021-06", "2022-06"))], {}), ([(since, 'start="2015-03" end="2017-06"')], {"R30": "warning"}),
                ([(level, no_number.replace("本科", "中专").replace("学士", "无"))], {"J01": "error"}), ([(level, no_number.replace("本科", "大专").replace("学士", "无"))], {}),
                ([(level, no_number.replace("本科", "大学").replace("学士", ""))], {}), ([(level, no_number.replace("本科", "研究生班").replace("学士", ""))], {"R89": "warning"}),
                ([(level, no_number.replace("备案表", "自动提取")), (degrees, "")], {"R14": "error"}), ([("origin=\"国内", "origin=\"国外")], {"R52": "warning"}),
                ([(by, by.replace("示例省人民政府", "工业和信息化部"))], {}), ([(by, by.replace("示例省人民政府", "国务院"))], {}), ([(by, by.replace("示例省人民政府", "上海市人民政府"))], {}),
                ([(by, by.replace("示例省人民政府", "示例省电信集团有限公司"))], {"J01": "error"}), ([(by, by.replace("示例省人民政府", "示例公司人力资源部"))], {"J01": "error"}),
                ([(grade, 'grade="省级三等奖"')], {}), ([(grade, 'grade="特等奖"')], {}), ([(grade, 'grade="金奖"')], {"J01": "warning"}), ([(grade, 'grade="优秀奖"')], {"J01": "error"}),
                ([(proof % ("获奖证书", "B003/R1.jpg"), "")], {"R17": "warning"}), ([(proof % ("专利证书", "B002/Q1.jpg"), "")], {"R17": "warning"}),
                ([(training, "")], {"J06": "error"}), ([(training, ""), ('<document id="D1" kind="身份证" href="scans/B001', '<document id="D2" kind="继续教育证明" href="scans/B001/training.pdf"/><document id="D1" kind="身份证" href="scans/B001')], {}),
                ([(project, "")], {"J07": "warning"}), ([(paper, "")], {"J07": "warning"}), ([(paper, '<none section="论文著作"/>')], {}),
                ([('specialty="计算机" target', 'specialty="机械" target')], {"J04": "warning"}), ([('specialty="计算机" target', 'specialty="技术管理及其他" target')], {}),
                ([('date="2026-06-25"', 'date="2026-07-25"')], {"R117": "error"}), ([('established="false"', 'established="false" civil-servant="true"')], {"R90": "error"}),
                ([('id="U02" delegation="D2"', 'id="U02" delegation="D1"')], {"R02": "warning"})):
            broken = text
            for old, new in edits:
                self.assertIn(old, broken)
                broken = broken.replace(old, new, 1)
            said = json.loads(run("check", "--format", "json", "--no-rules", "R101,R108", self.put(broken, "batch.xml")).stdout)
            said = {(f["rule"], f["severity"]) for f in [*said["findings"], *(f for a in said["applicants"] for f in a["findings"])] if f["severity"] != "info"}
            self.assertEqual(said, set(wanted.items()), edits)
        for result, told in (("无异议", False), ("未发现问题", True)):
            notice = f'<contact name="沈若溪" phone="0510-00000001"/><publicity start="2026-06-01" end="2026-06-09" result="{result}"/>'
            done = run("check", self.put(text.replace('<contact name="沈若溪" phone="0510-00000001"/>', notice), "batch.xml"))
            self.assertEqual("J05（要求委托）" in done.stdout, told, result)
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
