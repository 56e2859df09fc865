"""A third notice, written as templates/README.md says and by nothing else: the first's folder copied, two papers more, one roster less,
other copies, another scoring table."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import BATCH, PROGRAM, folded, text_of
from profiles import TEMPLATES

GONE = ("roster.xml", "rubric-blasting.xml", "rubric-mining.xml")
EDITS = (
    ("profile.xml", 'title="浙江省矿山工程、爆破行业高级工程师" year="2026"', 'title="示例省矿山工程高级工程师" year="2027"'),
    ("profile.xml", '  <clause id="一.2">花名册 1 份，按电子报表打印，并送电子文档</clause>\n', ""),
    ("profile.xml", '  <clause id="一.1">', '  <unasked>filler</unasked>\n\n  <clause id="一.1">'),
    ("profile.xml", '  <clause id="二.3">', '  <clause id="二.14">诚信声明 2 份</clause>\n  <clause id="二.15">单位推荐意见</clause>\n  <clause id="二.3">'),
    ("profile.xml", '  <roster name="roster"/>\n', ""),
    ("profile.xml", '  <rubric name="rubric-blasting"/>\n  <rubric name="rubric-mining"/>\n', '  <rubric name="rubric-third"/>\n'),
    ("profile.xml", '  <paper name="pledge"/>', '  <paper name="integrity"/>\n  <paper name="unit-opinion"/>\n  <paper name="pledge"/>'),
    ("profile.xml", 'name="evaluation-copies" value="3"', 'name="evaluation-copies" value="2"'),
    ("profile.xml", '="浙江省', '="示例省'),
    ("upload.xml", 'title="浙江省', 'title="示例省'),
    ("papers.xml", '评审表" copies="3"', '评审表" copies="2"'),
    ("papers.xml", '情况综合表" copies="3"', '情况综合表" copies="5"'),
    ("papers.xml", "</papers>", '  <item name="integrity" title="诚信声明" copies="2" goes="bag" clause="（二）14" signed="本人" seals=""/>\n</papers>'),
    ("package.xml", '  <paper name="roster" file="花名册" print="single"/>\n', ""),
    ("package.xml", '  <paper name="pledge"', '  <paper name="integrity" file="诚信声明"/>\n  <paper name="unit-opinion" file="单位推荐意见" print="single"/>\n'
                                           '  <paper name="pledge"'),
    ("composite-table.xml", 'copies="3"', 'copies="5"'),
    ("dossier.xml", '评审表》" copies="3"', '评审表》" copies="2"'),
    ("dossier.xml", '情况综合表》" copies="3"', '情况综合表》" copies="5"'),
    ("rules.notice.xml", '  <rule id="R03" clause="一.2"/>\n  <rule id="R04" clause="一.2"/>\n', ""),
    ("rules.notice.xml", '<require rule="R06" size="A4" copies="3"/>', '<require rule="R06" size="A4" copies="2"/>'),
    ("rules.notice.xml", '<require rule="R09" size="A4" copies="3"', '<require rule="R09" size="A4" copies="5"'))
NEW = {
    "integrity.xml": """<form name="integrity" title="诚信声明" paper="A4" margin="30mm 28mm" font="fangsong" size="四号" copies="2" binding="loose">
  <p font="biaosong" size="二号" align="center" after="8mm">诚信声明</p>
  <p indent="2字"><value-of select="../@name" label="单位"/><value-of select="person/name" one-face="true" label="姓名"/>声明：所报材料真实。</p>
  <p align="right" before="20mm">声明人（签字）：　　　　　　</p>
</form>
""",
    "unit-opinion.xml": """<form name="unit-opinion" title="单位推荐意见" for="unit" elements="person name" paper="A4" margin="30mm 28mm" font="fangsong"
      size="四号" copies="1" binding="loose" seals="所在单位">
  <p font="biaosong" size="二号" align="center" after="8mm"><value-of select="@name" label="单位"/>推荐意见</p>
  <p indent="2字">推荐<for-each select="applicant"><if test="position() &gt; 1">、</if><value-of select="person/name" label="姓名"/></for-each>。</p>
</form>
""",
    "rubric-third.xml": """<rubric name="示例省矿山工程高级工程师评分表" official="false" total="100" pass="60" proof="evidence" test="true()">
  <part id="1" name="水平" max="40">
    <item id="1.1" name="资质" max="40" mode="capped" directory="持有资质的证书"><criterion>每本10分</criterion></item>
  </part>
  <part id="2" name="业绩" max="60">
    <item id="2.1" name="工作业绩" max="60" mode="capped" count="2" directory="工作业绩"><criterion>最高两项，各30分</criterion></item>
  </part>
</rubric>
"""}


def run(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=300, env=dict(os.environ, LC_ALL="C"))


class ThirdNotice(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="third-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.profile = os.path.join(self.dir, "third")
        shutil.copytree(os.path.join(TEMPLATES, "zhejiang-mining"), self.profile)

    def edit(self, edits=EDITS):
        for name in GONE:
            os.remove(os.path.join(self.profile, name))
        for name, text in NEW.items():
            with open(os.path.join(self.profile, name), "w", encoding="utf-8") as f:
                f.write(text)
        for name, old, new in edits:
            self.replace(name, old, new)

    def replace(self, name, old, new):
        path = os.path.join(self.profile, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))

    def test_each_edit_that_is_forgotten_is_told(self):
        """But for titles, years and clauses that nothing cites yet, which no program can know."""
        silent = ('title="浙江', '  <clause id="二.3">', '  <paper name="pledge"', '评审表》"', '情况综合表》"')
        self.edit([e for e in EDITS if e[1].startswith(silent) or e[0] == "package.xml"])
        done = run("profiles", "--check", self.profile)
        self.assertNotEqual(done.returncode, 0)
        for said in (r"profile\.xml:\d+: warning: the paper has no template: roster", r"the paper has no template: rubric-blasting",
                     r"asks for the word: filler", r"the number of copies of 专业技术职务任职资格评审表 is",
                     r"papers\.xml does not have the paper, .*: integrity",
                     r"profile\.xml:\d+: info: it names 浙江省"):
            self.assertRegex(done.stderr, said)
        path = os.path.join(self.profile, "profile.xml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace('  <roster name="roster"/>\n', ""))
        self.assertRegex(run("profiles", "--check", self.profile).stderr,
                         r"rules\.notice\.xml:\d+: warning: the rule is of a paper that the notice does not have: roster")

    def test_it_is_made_by_its_papers_copies_and_scoring(self):
        self.edit()
        done = run("profiles", "--check", self.profile)
        self.assertEqual((done.returncode, done.stdout), (0, "third: nothing was found\n"))
        self.assertRegex(done.stderr, r"^\S*rules\.notice\.xml:\d+: info: it names 浙江省 [^\n]*浙江省矿山工程高级工程师任职资格评价条件[^\n]*\n$")
        out = os.path.join(self.dir, "out")
        done = run("package", "-q", "--profile", self.profile, "-o", out + "/", BATCH)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(os.path.join(out, "report.json"), encoding="utf-8") as f:
            report = json.load(f)
        copies = {d["kind"]: d["copies"] for a in report["applicants"] for d in a["documents"]}
        self.assertEqual((copies["evaluation-form"], copies["composite-table"], copies["integrity"]), (2, 5, 2))
        self.assertEqual({d["kind"] for d in report["delegations"][0]["documents"]}, {"delegation-letter"})
        self.assertEqual([d["kind"] for u in report["units"] for d in u["documents"]], ["unit-opinion"] * 3)
        self.assertEqual(glob.glob(os.path.join(out, "**", "*花名册*"), recursive=True), [])
        score = glob.glob(os.path.join(out, "*", "*", "A001*", "评审打分表.pdf"))
        self.assertIn("示例省矿山工程高级工程师评分表", folded(text_of(score[0])))
        self.assertNotIn("R03", json.dumps(report, ensure_ascii=False))
        said = run("check", "--profile", self.profile, "-a", "A001", BATCH).stdout
        self.assertRegex(said, r"R46.*under 60")  # what the scoring table says is passed

    def test_another_year_is_a_few_edits_and_one_that_is_forgotten_is_told(self):
        """2027: its dates, and the form in two copies instead of three."""
        edits = (("profile.xml", 'year="2026"', 'year="2027"'),
                 ("profile.xml", '  <list type="mode">', '  <day name="asof" value="2027-06-30"/>\n  <day name="hours-asof" value="2026-12-31"/>\n'
                                                         '  <list type="mode">'),
                 ("profile.xml", 'name="evaluation-copies" value="3"', 'name="evaluation-copies" value="2"'),
                 ("papers.xml", '评审表" copies="3"', '评审表" copies="2"'),
                 ("dossier.xml", '评审表》" copies="3"', '评审表》" copies="2"'),
                 ("rules.notice.xml", 'rule="R06" size="A4" copies="3"', 'rule="R06" size="A4" copies="2"'))
        for i, (name, old, new) in enumerate(edits):
            self.replace(name, old, new)
            done = run("profiles", "--check", self.profile)
            self.assertEqual(done.returncode, 1 if 2 <= i < len(edits) - 1 else 0, done.stderr)
        with open(BATCH, encoding="utf-8") as f:
            text = f.read()
        batch = os.path.join(self.dir, "batch.xml")
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text.replace(' year="2026" asof="2026-09-30" submission="2026-10-10"', ' year="2027"', 1))
        said = run("check", "--profile", self.profile, "-a", "A001", batch).stdout
        self.assertRegex(said, r"R27.*the review of 2026 is missing")
        self.assertNotRegex(said, r"R06|lacks the attribute")

    def test_the_next_year_s_list_fits_on_a_screen(self):
        with open(os.path.join(TEMPLATES, "README.md"), encoding="utf-8") as f:
            part = re.search(r"## Next year\n(.*?)\n# ", f.read(), re.S).group(1)
        self.assertLess(part.count("\n"), 24)
        for name in ("profile.xml", "papers.xml", "package.xml", "dossier.xml", "rules.notice.xml", "rubric-", "upload.xml", "holidays.xml"):
            self.assertIn(name, part)


if __name__ == "__main__":
    unittest.main()
