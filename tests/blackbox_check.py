"""check: the table of cases (tests/check/cases.py), the samples, what applicants share, the stages, the reports, the options."""
import colorsys
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "check"))
import cases  # noqa: E402
import media  # noqa: E402
from profiles import template, whole  # noqa: E402

BIN = os.path.join(os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build")), "bin", "shenbao")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<batch year="2026" asof="%s" submission="2026-10-10">\n<plan>示例评审计划</plan>\n' \
       '<committee name="示例评审委员会" office="示例协会" address="示例路1号"/>\n'


# What applicants are asked beside each other: the cases are copies of one person.
SHARED = "R86,R102,R115,R116"


def id_number(birth, sequence):
    digits = f"330199{birth}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def check(*arguments, env=None):
    return subprocess.run([BIN, "check", *arguments], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, **(env or {})))


def on_platform(text):
    """All scans uploaded, as before mailing they should be (R08)."""
    return re.sub(r'(<(?:evidence|document) (?![^>]*uploaded)[^>]*href="[^"]+"[^>]*?)/>', r'\1 uploaded="true"/>', text)


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.dir = cls.temporary.name
        media.make(cls.dir)
        with open(os.path.join(HERE, "check", "base.xml"), encoding="utf-8") as f:
            cls.base = f.read()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def unit(self, number, edits):
        """base.xml as applicant C<number> of a unit and a delegation of its own, edited."""
        text = self.base
        for old, new in edits:
            self.assertIn(old, text, f"case {number}")
            text = text.replace(old, new)
        for mark, value in (("@D@", f"D{number}"), ("@U@", f"U{number}"), ("@A@", f"C{number}"),
                            ("@ID@", id_number("19850312", number * 2 + 1))):
            text = text.replace(mark, value)
        return text

    def batch(self, units, asof="2026-09-30", name="batch.xml"):
        path = os.path.join(self.dir, name)
        delegations = [re.search(r" *<delegation.*?/>", u, re.S).group(0) for u in units]
        with open(path, "w", encoding="utf-8") as f:
            f.write(HEAD % asof + "\n".join(delegations))
            f.write("\n".join(u.replace(d, "") for u, d in zip(units, delegations)) + "</batch>\n")
        return path

    def report(self, path, *options, status=None):
        if "--rules" not in options and "--no-rules" not in options:
            options = (*options, "--no-rules", "R115")  # all copies cite the same two files
        done = check("--format", "json", *options, path)
        self.assertEqual(done.stderr, "")
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout[-2000:])
        return json.loads(done.stdout)

    @staticmethod
    def told(report, person):
        """[(rule, severity, message)] of errors and warnings about one applicant and its unit."""
        mine = [a for a in report["applicants"] if a["id"] == person]
        return [(f.get("rule"), f["severity"], f["message"]) for a in mine for f in a["findings"] if f["severity"] != "info"]

    def test_the_base_is_clean(self):
        path = self.batch([on_platform(self.unit(0, []))])
        report = self.report(path, "--stage", "submit", status=0)
        self.assertEqual(self.told(report, "C0"), [])
        self.assertEqual(report["counts"]["errors"] + report["counts"]["warnings"], 0, report["findings"])
        for options in ((), ("--all",)):
            done = check("--lang", "en", "-q", "--no-rules", "R115", *options, path)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"\A1 applicants?: 0 errors, 0 warnings, \d+ notes?\n\Z")

    def test_each_case_says_just_what_the_table_says(self):
        for stage in ("prepare", "submit"):
            table = [(i, c) for i, c in enumerate(cases.CASES, 1)
                     if (c[5] if len(c) > 5 else "prepare") == stage]
            units = [self.unit(i, c[2]) for i, c in table]
            path = self.batch([on_platform(u) for u in units] if stage == "submit" else units)
            report = self.report(path, "--stage", stage, "--no-rules", SHARED)
            shared = {}
            for f in report["findings"]:
                if f["severity"] != "info" and f.get("unit"):
                    shared.setdefault(f["unit"].replace("U", "C"), []).append((f["rule"], f["severity"], f["message"]))
            for i, c in table:
                rule, what, expected, piece = c[0], c[1], c[3], c[4] if len(c) > 4 else None
                with self.subTest(case=i, rule=rule, what=what, stage=stage):
                    told = self.told(report, f"C{i}") + shared.get(f"C{i}", [])
                    wanted = sorted((r.rstrip("w"), s) for r, s in expected.items())
                    self.assertEqual(sorted({(r or "", s) for r, s, _ in told}), wanted, told)
                    if piece:
                        self.assertTrue(any(r == rule and piece in m for r, _, m in told), told)

    def test_every_rule_has_a_case_that_breaks_it_and_a_near_miss(self):
        """In the table, or in a test that the table names."""
        rules = set()
        for name in ("rules.xml", "rules.notice.xml"):
            with open(template(name), encoding="utf-8") as f:
                rules |= set(re.findall(r'<rule id="(R\d+)"', f.read()))
        rules = sorted(rules, key=lambda r: int(r[1:]))
        self.assertEqual(rules, [f"R{i:02d}" for i in range(1, len(rules) + 1)])
        self.assertGreaterEqual(len(rules), 123)
        told = [{r.rstrip("w") for r in c[3]} for c in cases.CASES]
        for rule in rules:
            with self.subTest(rule=rule):
                broken = any(c[0] == rule and rule in t for c, t in zip(cases.CASES, told))
                near = any(c[0] == rule and rule not in t for c, t in zip(cases.CASES, told))
                self.assertTrue(broken and near or rule in cases.HELD or rule in cases.RETIRED)
        for named in {name for names in cases.HELD.values() for name in names}:
            module, test = named.split(".")
            with open(os.path.join(HERE, module + ".py"), encoding="utf-8") as f:
                self.assertIn(f"    def {test}(self", f.read(), named)

    # --- what applicants share ---

    def test_shared(self):
        empty = self.unit(1, [('issuer="示例市人力资源和社会保障局"', 'issuer=""')])
        late = self.unit(2, [(' number="示人社函〔2026〕1号"', "")])
        agency = self.unit(3, [('kind="设区市人事"', 'kind="人事代理"')])
        alone = self.unit(4, [('kind="设区市人事"', 'kind="人事代理"'), (' supervisor="示例市应急管理局"', ' supervisor=""')])
        path = self.batch([empty, late, agency, alone])
        report = self.report(path, "--no-rules", SHARED, status=1)
        found = [(f["rule"], f["severity"], f.get("unit")) for f in report["findings"] if f["rule"] in ("R01", "R02")]
        self.assertEqual(found, [("R01", "error", None), ("R02", "error", "U3"), ("R02", "warning", "U4"), ("R01", "info", None)])
        report = self.report(path, "--rules", "R01", "--stage", "submit", status=1)
        self.assertEqual([f["severity"] for f in report["findings"]], ["error", "error"])
        path = self.batch([self.unit(1, [])])
        for year, severity in (("2025", []), ("2027", []), ("2062", ["warning"])):
            with open(path, encoding="utf-8") as f:
                text = re.sub('<batch year="\\d+"', f'<batch year="{year}"', f.read())
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            found = self.report(path, "--rules", "R75", status=0)["findings"]
            self.assertEqual([f["severity"] for f in found if f.get("label") == "评审年度"], severity, year)
        neither = self.unit(5, [('issuer="示例市人力资源和社会保障局"', 'issuer="待定"'), ('addressee="示例评审委员会"', 'addressee=""')])
        found = self.report(self.batch([self.unit(1, []), neither]), "--rules", "R01", status=1)["findings"]
        self.assertEqual([(f["severity"], f["label"]) for f in found], [("error", "委托单位"), ("error", "主送单位")])

    def test_two_people_with_one_number_or_one_rank(self):
        one = self.unit(1, [])
        same = self.unit(2, [("@ID@", id_number("19850312", 3)), ('rank="', 'rank="1')])
        other = self.unit(3, [('rank="2/9"', 'rank="3/9"'), ('name="示例港区爆破开挖工程"', 'name="另一工程"'),
                              ('rank="3/6"', 'rank="1/6"'), ('title="露天台阶爆破"', 'title="别的"'), ('name="示例防护装置"', 'name="别的"'),
                              ('rank="5/12"', 'rank="6/13"')])
        report = self.report(self.batch([one, same, other]), "--rules", "R86", status=0)
        self.assertEqual(self.told(report, "C1"), [])
        told = [m for _, _, m in self.told(report, "C2")]
        self.assertTrue(any("与C1 陈远山重复" in m for m in told), told)
        told = [m for _, _, m in self.told(report, "C3")]
        self.assertEqual(len(told), 1, told)  # the award's ranks differ and its total agrees; the standard's totals differ
        self.assertIn("“示例规程”的总人数（6/13）与C1 陈远山所填不同", told[0])

    def test_the_boundary_of_four_years(self):
        unit = self.unit(1, cases.doctor("2022-09", {2022, 2023, 2025}, "2022-12"))
        told = self.told(self.report(self.batch([unit], "2026-09-15"), "--rules", "R27,R29"), "C1")
        self.assertEqual([(r, s) for r, s, _ in told], [("R29", "warning")])
        self.assertIn("不知哪一日", told[0][2])
        told = self.told(self.report(self.batch([unit], "2026-09-30"), "--rules", "R27,R29"), "C1")
        self.assertEqual([(r, s) for r, s, _ in told], [("R27", "error")])  # four years by every reading
        told = self.told(self.report(self.batch([unit], "2026-08-31"), "--rules", "R27,R29"), "C1")
        self.assertEqual([(r, s) for r, s, _ in told], [("R29", "error")])  # under four years by every reading

    def test_notes(self):
        unit = self.unit(1, [('<profile complete="true"', '<profile complete="false"'), ("<health>健康", "<health>"),
                             (' href="scan.pdf" uploaded="true"/>\n    </applicant>', ' href="scan.pdf"/>\n    </applicant>')])
        report = self.report(self.batch([unit]), status=0)
        notes = {f["rule"]: f["message"] for f in report["applicants"][0]["findings"] if f["severity"] == "info"}
        self.assertLessEqual({"R08", "R20", "R53", "R80"}, set(notes))
        self.assertRegex(notes["R08"], "^身份证.*须在平台填报")
        self.assertIn("身体状况为空", notes["R80"])
        self.assertEqual([f["rule"] for f in report["findings"]], ["R63", "R65", "R71", "R85"])
        report = self.report(self.batch([on_platform(self.unit(1, []))]), status=0)
        self.assertEqual({f["rule"] for f in report["applicants"][0]["findings"] if f["severity"] == "info"} & {"R08", "R53", "R80"}, set())

    # --- what more than one person, or the batch, says ---

    def told_of(self, rule, units, *options, head=None, asof="2026-09-30"):
        """[(applicant or unit or None, severity, message)] of one rule."""
        path = self.batch(units, asof)
        if head:
            with open(path, encoding="utf-8") as f:
                text = f.read()
            self.assertIn(head[0], text)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace(*head, 1))
        report = self.report(path, "--rules", rule, *options)
        return [(a["id"], f["severity"], f["message"]) for a in report["applicants"] for f in a["findings"]] + \
            [(f.get("unit"), f["severity"], f["message"]) for f in report["findings"]]

    def test_closing_dates(self):
        """Seniority, achievements, insurance and hours close on days of their own."""
        asof = 'asof="2026-09-30"'
        four_years = self.unit(1, cases.mode("正常申报", "第六条（一）", [('obtained="2018-12-10"', 'obtained="2021-12-01"'), ('appointed="2019-01-01"', 'appointed="2021-12-01"')]))
        self.assertEqual([s for _, s, _ in self.told_of("R93", [four_years])], ["warning"])
        self.assertEqual(self.told_of("R93", [four_years], head=(asof, asof + ' seniority-asof="2026-12-31"')), [])
        late = self.unit(1, [('date="2022-08" kind', 'date="2026-08" kind')])
        self.assertEqual(self.told_of("R30", [late]), [])
        told = self.told_of("R30", [late], head=(asof, asof + ' achievements-asof="2026-06-30"'))
        self.assertEqual([s for _, s, _ in told], ["error"])
        self.assertIn("晚于核查日期2026.06.30", told[0][2])
        insured = self.unit(1, [('from="2023-09" to="2026-08"', 'from="2023-09" to="2026-04"')])
        self.assertIn("缺2026.05—2026.07", self.told_of("R18", [insured])[0][2])
        self.assertIn("缺2023.06—2023.08", self.told_of("R18", [insured], head=(asof, asof + ' insurance-asof="2026-06-15"'))[0][2])
        hours = self.unit(1, [('year="2025" professional="70"', 'year="2025" professional="50"')])
        self.assertEqual(len(self.told_of("R24", [hours])), 2)
        self.assertEqual(self.told_of("R24", [hours], head=(asof, asof + ' hours-asof="2025-06-30"')), [])
        self.assertEqual(len(self.told_of("R24", [hours], head=(asof, asof + ' hours-asof="2025-12-31"'))), 2)  # the year is over

    def test_last_year_is_expected_from_april_on(self):
        unit = self.unit(1, [('<review id="K2025" year="2025" unit="示例爆破" grade="合格"><evidence kind="年度考核表" href="scan.pdf"/></review>', ""),
                             ('year="2025" professional="70" public="18" industry="6" online-a="30"><evidence kind="继续教育证明" href="scan.pdf"/></training>',
                              'year="2025" professional="70" public="18" industry="6" online-a="30"/>')])
        for asof, severity in (("2026-02-28", "warning"), ("2026-03-31", "warning"), ("2026-04-01", "error")):
            told = self.told_of("R22,R27", [unit], asof=asof)
            self.assertEqual([s for _, s, _ in told], [severity] * 2, (asof, told))

    def test_the_deadline(self):
        units, submission = [self.unit(1, [])], 'submission="2026-10-10"'
        self.assertEqual(self.told_of("R122", units, head=(submission, submission + ' deadline="2026-10-10"')), [])
        told = self.told_of("R122", units, head=(submission, submission + ' deadline="2026-10-09"'))
        self.assertEqual([s for _, s, _ in told], ["error"])
        self.assertIn("晚于截止2026.10.09", told[0][2])

    def test_the_delegation_letter(self):
        self.assertEqual(self.told_of("R117", [self.unit(1, [])]), [])
        for edits, severity, piece in ((("date=\"2026-09-20\"", "date=\"2026-10-11\""), "error", "晚于报送"),
                                       (("〔2026〕1号", "〔2025〕1号"), "warning", "年份与成文日期")):
            told = self.told_of("R117", [self.unit(1, [edits])])
            self.assertEqual([(p, s) for p, s, _ in told], [(None, severity)], told)
            self.assertIn(piece, told[0][2])

    RECOMMENDING = (
        "同意推荐。", "同意。", "经研究，同意推荐。", "同意推荐申报高级工程师。", "情况属实，同意申报。", "经集体研究，同意推荐参加评审。", "同意上报", "同 意",
        "公示期间无不同意见，同意推荐。", "公示期间未收到不同意见，予以推荐。", "经公示无异议，推荐申报。", "无人不同意，推荐其参加评审。",
        "民主测评同意推荐12票，不同意推荐1票，同意推荐。", "表决：同意9票，不同意0票，弃权0票。", "同意推荐10人，不推荐0人。", "无不符合条件情形，特推荐。",
        "经审核，材料真实，无不符合申报条件情形。", "材料齐全、真实，符合申报条件。", "符合申报条件，特此推荐。", "符合评审条件，同意报送。", "该同志工作认真，成绩突出，建议推荐。",
        "该同志政治立场坚定，能胜任现岗位工作，考核合格。", "经审核，所填内容属实。", "属实", "情况属实，请予评审。", "已核实。", "经党委会研究，择优推荐。", "同意该同志申报。",
        "同意所在单位意见。", "同意单位意见，上报。", "拟同意推荐，请审核。", "推荐该同志参评。", "现推荐该同志参加高级工程师评审。", "符合岗位设置要求，有空缺岗位，同意推荐。",
        "公示5个工作日，无异议，同意推荐上报。", "经单位考核推荐小组评议，一致同意推荐。", "没有不同意见。", "不存在不符合条件的情况，同意。", "该同志不计报酬、不怕困难，同意推荐。",
        "申报材料真实有效，未发现不符合要求之处，同意推荐。", "待遇不变，同意推荐。", "请评委会审定。", "同意推荐。（盖章）", "Agreed",
        "没有发现不符合申报条件的情况，予以上报。", "无任何不符合申报条件的情形，材料属实。", "如有虚假，不得申报，责任自负。材料真实。", "材料真实，如不符合条件由本人负责，请予评审。",
        "评审结果未公布前不得申报其他资格，现予上报。", "赞成9票，不同意0票。", "9票赞成，0票不同意，推荐。", "赞成：7人；不同意：0人；通过。", "经考察，不宜推荐的情形均不存在，请评审",
        "公示期间无人提出不同意", "公示期内没有收到不支持的意见，属实", "公示期间，未有人表示不同意", "从不推荐不合格人员，该同志合格", "严格把关，对不符合申报条件的不予推荐，该同志符合条件。")
    REFUSING = (
        "不同意推荐。", "不同意。", "不 同 意", "不予推荐", "经研究，不予推荐。", "暂不推荐。", "任职年限不足，不同意申报。", "该同志不符合申报条件，不予推荐。", "材料真实，但岗位已满，暂缓推荐。",
        "不宜推荐。", "不建议推荐", "公示有不同意见，不予上报。", "不具备申报条件。", "不同意上报", "考核不合格，不予申报。",
        "不同意其推荐申报", "同意票未过半，不予推荐", "未同意", "未予推荐", "不再推荐", "无法推荐", "不予以推荐", "难以同意推荐", "不拟推荐", "达不到申报条件", "未获通过")
    SAYING_NOTHING = ("暂无。", "待补充。", "同上。", "略。", "XXX", "ＸＸＸ", "xxxxxxx", "无。无。", "（略）", "【待定】", "——", "……", "？？？", "×××", "待定", "无 。", "N/A", "、", "同上，略", "○○○")

    def test_opinions_recommend(self):
        for stage in ("prepare", "submit"):
            texts = self.RECOMMENDING + self.REFUSING + self.SAYING_NOTHING
            told = self.told_of("R124", [self.unit(i, [("同意推荐。</opinion>", text + "</opinion>")]) for i, text in enumerate(texts)], "--stage", stage)
            said = {person: message for person, _, message in told}
            self.assertEqual(len(said), len(told))
            for i, text in enumerate(texts):
                piece = "" if text in self.RECOMMENDING else "像是不同意推荐" if text in self.REFUSING else "意见只写了"
                with self.subTest(text=text):
                    self.assertEqual(piece in said.get(f"C{i}", ""), True)
                    self.assertEqual(f"C{i}" in said, piece != "", said.get(f"C{i}"))
            self.assertEqual({severity for _, severity, _ in told}, {"warning"})

    def test_a_statement_says_something(self):
        elsewhere = ("见附件。", "详见附件", "另附", "（附后）")
        fine = ("从事爆破。", "略有所成。", "无轨运输的设计。", "待定岗位上的工作。", "任现职以来，从无到有建立了试验室。", "见附件所列各项，均由本人完成。", "X射线检测。")
        texts = self.SAYING_NOTHING + elsewhere + fine
        told = self.told_of("R25", [self.unit(i, cases.statement("@")) for i in range(1)])
        self.assertEqual(told, [])
        units = [self.unit(i, [("任现职以来从事爆破设计与施工。</statement>", text + "</statement>")]) for i, text in enumerate(texts)]
        told = {person: (severity, message) for person, severity, message in self.told_of("R25", units)}
        for i, text in enumerate(texts):
            with self.subTest(text=text):
                self.assertEqual(told.get(f"C{i}", ("",))[0], "" if text in fine else "error")
        self.assertIn("只写了“见附件。”", told[f"C{len(self.SAYING_NOTHING)}"][1])

    def test_who_delegates_for_whom(self):
        """Of whose personnel office the unit is, by its tier, and by the office's name."""
        tier, kind, issuer, above = 'tier="设区市"', 'kind="设区市人事"', 'issuer="示例市人力资源和社会保障局"', 'supervisor="示例市应急管理局"'
        agency = (kind, 'kind="人事代理"')
        fine = ([], [(tier, 'tier="县（市、区）"')], [(tier, 'tier="其他"'), (kind, 'kind="省直人事"'), (issuer, 'issuer="示例省应急管理厅人事处"')],
                [(tier, 'tier="省直"'), (kind, 'kind="省直人事"'), (issuer, 'issuer="示例省市场监督管理局人事处"')],
                [(tier, 'tier="省直"'), (kind, 'kind="省直人事"'), (issuer, 'issuer="示例自治区人力资源和社会保障厅"')],
                [(tier, 'tier="省直"'), (kind, 'kind="省直人事"'), (issuer, 'issuer="上海市人力资源和社会保障局"')],
                [(issuer, 'issuer="浙江省示例市职称改革工作领导小组办公室"')], [(issuer, 'issuer="示例市城乡建设委员会组织人事处"')], [(issuer, 'issuer="示例市人民政府办公厅人事处"')],
                *([(tier, 'tier="省直"'), agency, (above, f'supervisor="{words}"')] for words in
                  ("", "无", "无主管部门", "无归口主管部门", "无上级主管部门", "没有主管部门", "本单位无主管部门", "暂无主管单位", "（无）", "无行业主管部门。", "—")))
        told = (([(tier, 'tier="省直"')], "一般由省直部门的人事部门委托"),
                ([(kind, 'kind="省直人事"'), (issuer, 'issuer="示例省应急管理厅人事处"')], "应由设区市人事部门委托"),
                ([(tier, 'tier="县（市、区）"'), (kind, 'kind="省直人事"'), (issuer, 'issuer="示例省应急管理厅人事处"')], "应由设区市人事部门委托"),
                ([(tier, 'tier="县（市、区）"'), agency, (above, 'supervisor="无主管部门"')], "应由设区市人事部门委托"),
                ([(tier, 'tier="省直"'), (kind, 'kind="省直人事"')], "像是设区市或县的部门"),
                ([(issuer, 'issuer="示例省应急管理厅人事处"')], "像是省直部门"), ([(issuer, 'issuer="示例省人力资源和社会保障厅"')], "像是省直部门"),
                ([(tier, 'tier="省直"'), agency], "不能由人事代理机构"))
        for edits in fine:
            with self.subTest(edits=edits):
                self.assertEqual(self.told_of("R02", [self.unit(1, edits)]), [])
        for edits, piece in told:
            with self.subTest(edits=edits):
                said = self.told_of("R02", [self.unit(1, edits)])
                self.assertEqual(len(said), 1, said)
                self.assertIn(piece, said[0][2])

    def test_a_letter_that_has_no_number_yet(self):
        for number, open_ in (("示人社函〔2026〕1号", False), ("示人社〔2026〕第10号", False), ("示职称办函2026-08", False), ("示例函[2026]123号", False), ("无线电委〔2026〕5号", False), ("文号：示人社〔2026〕1号", False), ("暂无文号", True), ("未编号", True), ("示人社函〔2026〕待定号", True), ("示人社函〔2026〕□号", True),
                              ("", True), ("待定", True), ("暂无。", True), ("示人社函〔2026〕号", True), ("示人社函〔2026〕 号", True), ("示人社函〔2026〕XX号", True), ("示人社函〔2026〕第__号", True), ("〔〕", True)):
            with self.subTest(number=number):
                told = self.told_of("R01", [self.unit(1, [("示人社函〔2026〕1号", number)])], "--stage", "submit")
                self.assertEqual([s for _, s, _ in told], ["error"] * open_, told)

    def test_notes_on_the_new_rows(self):
        other = cases.pension("2025-03", ("2025-04", "2025-12", "示例劳务有限公司"), ("2026-01", "2026-08", "示例爆破工程有限公司"))
        told = self.told_of("R92", [self.unit(1, other), self.unit(2, [])])
        self.assertEqual([(p, s) for p, s, _ in told], [("C1", "info")], told)
        self.assertIn("2025.04—2025.12参保单位为示例劳务有限公司，工作单位为示例爆破工程有限公司", told[0][2])
        indexed = self.unit(1, [('pages="45-52"', 'pages="45-52" indexed="EI"'), ('title="露天台阶爆破"', 'title="Bench blasting"')])
        proved = self.unit(2, [('pages="45-52"', 'pages="45-52" indexed="EI"'), ('title="露天台阶爆破"', 'title="Bench blasting"'),
                               ('<evidence part="封面"', '<evidence kind="检索证明" href="scan.pdf"/><evidence kind="中文译文" href="scan.pdf"/><evidence part="封面"')])
        self.assertEqual([(p, s) for p, s, _ in self.told_of("R109", [indexed, proved])], [("C1", "info")] * 2)
        folder = self.overlay("strict-proof", {"rules.local.xml": '<rules><parameter name="search-proof" value="warning"/></rules>'})
        self.assertEqual([(p, s) for p, s, _ in self.told_of("R109", [indexed, proved], "-T", folder)], [("C1", "warning")] * 2)

    def test_what_the_platform_takes(self):
        unit = self.unit(1, [])
        self.assertEqual(self.told_of("R111", [unit]), [])
        folder = self.overlay("platform", {"rules.local.xml": '<rules><parameter name="upload-types" value="JPEG PNG"/><parameter name="upload-bytes" value="100"/></rules>'})
        told = self.told_of("R111", [unit], "-T", folder)
        self.assertTrue(told and all(s == "warning" for _, s, _ in told), told)
        self.assertTrue(any("平台只收JPEG、PNG" in m for _, _, m in told), told)
        self.assertTrue(any("超过上限" in m for _, _, m in told), told)

    def test_each_hue_behind_a_face_has_its_name(self):
        """And its code: around the circle in steps of 12 degrees, and what is too dark or too pale to have a hue."""
        names = ((18, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (195, "cyan"), (260, "blue"), (335, "purple"), (360, "red"))
        backs = [(tuple(round(255 * v) for v in colorsys.hsv_to_rgb(hue / 360, 0.7, 0.8)), next(name for below, name in names if hue < below))
                 for hue in range(1, 360, 12)]
        backs += [((70, 70, 70), "grey"), ((100, 80, 80), "grey"), ((110, 80, 80), "red"), ((60, 10, 10), "black"), ((70, 10, 10), "red")]
        units = []
        for i, (colour, _) in enumerate(backs):
            with open(os.path.join(self.dir, f"hue-{i}.jpg"), "wb") as f:
                f.write(media.blocks(400, 560, media.portrait(lambda x, y, c=colour: c)))
            units.append(self.unit(i, [('<photo href="photo.jpg"/>', f'<photo href="hue-{i}.jpg"/>')]))
        done = check("--lang", "en", "--rules", "R70", "--format", "json", self.batch(units))
        said = {a["id"]: [f["message"] for f in a["findings"]] for a in json.loads(done.stdout)["applicants"]}
        for i, (colour, name) in enumerate(backs):
            self.assertEqual(len(said[f"C{i}"]), 1, (colour, said[f"C{i}"]))
            told = re.search(rf" is {name} \(#([0-9A-F]{{6}})\)", said[f"C{i}"][0])
            self.assertTrue(told, (colour, said[f"C{i}"]))
            self.assertLess(max(abs(a - b) for a, b in zip(bytes.fromhex(told[1]), colour)), 6, (colour, told[1]))

    def test_inputs_agree(self):
        one, two = self.unit(1, []), self.unit(2, [])
        self.assertEqual(self.told_of("R102", [one, two]), [])
        for edits, piece in (([('name="示例爆破工程有限公司" uscc', 'name="另一公司" uscc')], "单位名称"), ([("91330199MA0000015A", "91330199MA00000310")], "统一社会信用代码"),
                             ([('date="2026-09-20"', 'date="2026-09-21"')], "成文日期"), ([("@ID@", id_number("19850312", 3)), ("<name>陈远山", "<name>陈近山")], "姓名")):
            told = self.told_of("R102", [one, self.unit(2, edits)])
            self.assertEqual([(p, s) for p, s, _ in told], [("C2", "error")], told)
            self.assertIn("C1 陈远山", told[0][2])

    def test_one_file_for_two(self):
        shared = self.told_of("R115", [self.unit(1, []), self.unit(2, [])])
        self.assertEqual({(p, s) for p, s, _ in shared if s == "error"}, {("C2", "error")})  # photo, ID card, title and appointment
        self.assertTrue(any("照片与C1 陈远山的是同一文件" in m for _, _, m in shared), shared)
        names = ("photo.jpg", "scan.pdf")
        for name in names:
            with open(os.path.join(self.dir, name), "rb") as f, open(os.path.join(self.dir, "own-" + name), "wb") as g:
                g.write(f.read() + b"\n% own\n")
        own = [(f'href="{n}"', f'href="own-{n}"') for n in names]
        self.assertEqual([x for x in self.told_of("R115", [self.unit(1, []), self.unit(2, own)]) if x[1] == "error"], [])
        # within a person: every award, honour ... and review has a file of its own, or pages of one
        text, pages = self.unit(1, []), iter(range(1, 99))
        apart = re.sub(r'(<(?:award|honour|patent|standard|qualification|review) .*?href="scan.pdf")', lambda m: f'{m[1]} pages="{next(pages)}"', text)
        self.assertEqual(self.told_of("R115", [apart]), [])
        twice = apart.replace('pages="2"', 'pages="1"', 1)
        told = self.told_of("R115", [twice])
        self.assertEqual([s for _, s, _ in told], ["warning"], told)
        self.assertIn("另一年度的是同一文件", told[0][2])

    def test_given_twice(self):
        again = '<project id="P9" start="2019-03" end="2021-10" name="%s" role="参加" rank="2/9" since="true" related="true" category="工作业绩"/><paper id="L1"'
        self.assertEqual([s for _, s, _ in self.told_of("R116", [self.unit(1, [('<paper id="L1"', again % "示例港区　爆破开挖工程")])])], ["warning"])
        self.assertEqual(self.told_of("R116", [self.unit(1, [('<paper id="L1"', again % "示例港区爆破开挖工程（二期）")])]), [])
        yearly = '<honour date="%s" name="示例优秀工作者" grade="市级" by="示例协会"/><honour id="H1"'
        self.assertEqual(self.told_of("R116", [self.unit(1, [('<honour id="H1"', yearly % "2023-05")])]), [])
        self.assertEqual([s for _, s, _ in self.told_of("R116", [self.unit(1, [('<honour id="H1"', yearly % "2024-05")])])], ["warning"])
        first = [(cases.NUMBER + ' rank="1/4"', cases.NUMBER + ' rank="%s"')]
        told = self.told_of("R116", [self.unit(1, []), self.unit(2, []), self.unit(3, [(first[0][0], first[0][1] % "2/4")])])
        self.assertEqual([(p, s) for p, s, _ in told], [("C2", "warning")], told)
        self.assertIn("与C1 陈远山都排第1", told[0][2])

    def test_statements_that_are_alike(self):
        """Four fifths the same are told once, of the later one; half, or short ones, are not."""
        def statement(*parts):
            words = "".join("".join(chr(0x4E00 + (p * 7919 + k * k * 1047 + k * 31) % 20000) for k in range(100)) + "。" for p in parts)
            return [("任现职以来从事爆破设计与施工。</statement>", words + "</statement>")]
        for own, wanted in ((range(100, 105), 0), ((0, 1, 2, 3, 4), 1), ((0, 1, 2, 3, 100, 4), 1), ((0, 100, 101, 102, 103), 0)):
            with self.subTest(own=own):
                told = self.told_of("R116", [self.unit(1, statement(0, 1, 2, 3, 4)), self.unit(2, statement(*own))])
                told = [t for t in told if "雷同" in t[2]]
                self.assertEqual([(p, s) for p, s, _ in told], [("C2", "warning")] * wanted, told)
        self.assertEqual([t for t in self.told_of("R116", [self.unit(1, []), self.unit(3, [])]) if "雷同" in t[2]], [])  # short ones

    # --- who fills in a workbook ---

    def test_a_finding_stands_at_the_cell_to_be_changed(self):
        """Of a word that is missing, too: at the column where it goes."""
        import openpyxl
        table = (("R01", [(' addressee="示例评审委员会"', ' addressee=""')], "委托", "主送单位"), ("R01", [('issuer="示例市人力资源和社会保障局"', 'issuer=""')], "委托", "委托单位"),
                 ("R02", [('delegation="@D@" name', 'name')], "单位", "委托编号"), ("R64", [(' authorised="true"', "")], "单位", "已授权"),
                 ("R89", [("<sex>男</sex>", "")], "人员", "性别"), ("R89", [(' type="居民身份证"', "")], "人员", "证件类型"),
                 ("R89", [(' post="项目总工"/>\n      <title', '/>\n      <title')], "人员", "现任职务"), ("R47", [(' basis="第六条（二）"', "")], "人员", "申报依据"),
                 ("R48", [('basis="第六条（二）"', 'basis="第六条（一）"')], "人员", "申报依据"), ("R41", [('established="false" specialty="爆破工程"', 'established="false"')], "人员", "现从事专业"),
                 ("R31", [('rank="2/9" related="true"', 'rank="2/9"')], "获奖荣誉", "与申报专业相关"), ("R89", [(' name="示例科学技术奖" grade', " grade")], "获奖荣誉", "名称"),
                 ("R89", [(' number="T/XX 001-2023"', "")], "专利标准资质", "号码"), ("R108", [(' cn="00-1001/TD"', "")], "论文著作", "CN 刊号"),
                 ("R24", [('year="2025" professional="70" public="18"', 'year="2025" professional="70" public="17"')], "继续教育与考核", "一般公需学时"),
                 ("R28", [('grade="优秀"', 'grade="不合格"')], "继续教育与考核", "考核等次"), ("R43", [('refs="Q1" directory', "directory")], "打分", "佐证"),
                 ("R39", [(' directory="工作业绩"', "")], "打分", "佐证目录"), ("R42", [('reviewed-total="84"', 'reviewed-total="83"')], "手续", "复核总分"),
                 ("R18", [('from="2023-09"', 'from="2023-10"')], "养老保险", "编号"), ("R19", [('region="330000" unit', 'region="杭州市" unit')], "养老保险", "参保地"))
        book = os.path.join(self.dir, "cells.xlsx")
        path = self.batch([self.unit(i, edits) for i, (_, edits, _, _) in enumerate(table, 1)])
        done = subprocess.run([BIN, "workbook", "-o", book, path], capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        report = self.report(book, "--no-rules", SHARED)
        sheets = openpyxl.load_workbook(book)
        found = {}
        for whose, f in [(a["id"], f) for a in report["applicants"] for f in a["findings"]] + [(f.get("unit") or "", f) for f in report["findings"]]:
            if f["severity"] != "info" and f.get("cell"):
                head = sheets[f["sheet"]][re.match("[A-Z]+", f["cell"])[0] + "1"].value.removesuffix("（必填）")
                found.setdefault((f["rule"], whose[1:]), []).append((f["sheet"], head))
        for i, (rule, _, sheet, head) in enumerate(table, 1):
            with self.subTest(rule=rule, head=head):
                at = found.get((rule, str(i)), []) + (found.get((rule, ""), []) if sheet == "委托" else [])
                self.assertIn((sheet, head), at)

    # --- the papers ---

    def overlay(self, name, files):
        folder = os.path.join(self.dir, name)
        os.makedirs(folder, exist_ok=True)
        for file, text in files.items():
            with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
                f.write(text)
        return folder

    def test_templates_are_compared(self):
        path = self.batch([self.unit(0, [])])
        for rule, name, old, new in (("R09", "composite-table", 'copies="3"', 'copies="2"'), ("R09", "composite-table", "主管部门", "上级部门"), *(
            (rule, "evaluation-form", old, new) for rule, old, new in (("R05", "浙江省专业技术任职资格申报与评审管理平台", "浙江省专业技术职务任职资格申报与评审管理平台"),
                               ("R06", 'copies="3"', 'copies="2"'), ("R07", "主管部门", "上级部门"),
                               ("R57", 'binding="loose"', 'binding="bound"')))):
            with self.subTest(rule=rule, old=old):
                form = ET.tostring(whole(template(name + ".xml")), encoding="unicode")
                self.assertIn(old, form)
                folder = self.overlay(f"templates-{rule}-{len(old)}", {name + ".xml": form.replace(old, new)})
                report = self.report(path, "-T", folder, status=1)
                self.assertEqual([(f["rule"], f["severity"]) for f in report["findings"] if f["severity"] != "info"], [(rule, "error")])
                self.assertEqual(self.report(path, "-T", folder, "--no-rules", rule, status=0)["counts"]["errors"], 0)

    def test_what_does_not_fit_is_told(self):
        form = ('<form name="evaluation-form" title="表" paper="A4" margin="20mm" copies="3" binding="loose" seals="所在单位 主管部门">'
                '<watermark text="浙江省专业技术任职资格申报与评审管理平台" size="20pt"/><style name="label" align="center"/>'
                '<table columns="20mm 20mm"><tr height="8mm"><td class="label">单位</td><td overflow="error">'
                '<value-of select="../@name"/></td></tr></table></form>')
        folder = self.overlay("narrow", {"evaluation-form.xml": form})
        long = self.unit(1, [('name="示例爆破工程有限公司" uscc', 'name="示例市远岭大型露天矿山爆破工程技术服务有限责任公司" uscc')])
        short = self.unit(2, [('name="示例爆破工程有限公司" uscc', 'name="甲公司" uscc')])
        report = self.report(self.batch([long, short]), "-T", folder, "--rules", "R79", status=1)
        self.assertEqual([(r, s) for r, s, _ in self.told(report, "C1")], [("R79", "error")])
        self.assertEqual(self.told(report, "C2"), [])

    def test_what_was_computed_and_does_not_fit_is_told_at_the_person(self):
        path = self.batch([self.unit(1, [('year="2025" professional="70"', 'year="2025" professional="123456789012.25"')])])
        told = [f for a in self.report(path, "--rules", "R79", status=1)["applicants"] for f in a["findings"]]
        self.assertEqual([f["label"] for f in told], ["继续教育学时"], told)
        with open(path, encoding="utf-8") as f:
            self.assertIn(f.read().split("\n")[told[0]["line"] - 1].split()[0], ("<applicant", "<training"))
        self.assertEqual(told[0]["file"], path)

    def test_what_does_not_fit_the_roster_is_told_in_its_words(self):
        wide = self.unit(1, [("<mobile>13800000001", "<mobile>138000000011380")])
        near = self.unit(2, [("<mobile>13800000001", "<mobile>138000000011")])
        path = self.batch([wide, near])
        report = self.report(path, "--rules", "R79", status=1)
        told = self.told(report, "C1")
        self.assertEqual([(r, s) for r, s, _ in told], [("R79", "error")])
        self.assertEqual(self.told(report, "C2"), [])
        done = subprocess.run([BIN, "roster", "--print", "-o", os.path.join(self.dir, "rosters") + "/", path], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8"))
        self.assertEqual(done.returncode, 3)  # the other delegation's was written
        self.assertIn(check("--lang", "en", "--rules", "R79", path).stdout.split("] ", 1)[1].split("\n")[0], done.stderr)

    def test_a_number_that_the_roster_rounds_fits_it(self):
        with open(template("roster.xml"), encoding="utf-8") as f:
            text = f.read()
        column = 'type="number" select="scoring/@self-total"'
        self.assertIn(column, text)
        overlay = os.path.join(self.dir, "rounded")
        os.makedirs(overlay)
        with open(os.path.join(overlay, "roster.xml"), "w", encoding="utf-8") as f:
            f.write(text.replace(column, 'type="number" format="0.0" select="scoring/@self-total div 7"'))
        report = self.report(self.batch([self.unit(1, [])]), "-T", overlay, "--rules", "R79", status=0)
        self.assertEqual(self.told(report, "C1"), [])

    def test_zeros_that_the_roster_leaves_out_need_no_room_in_it(self):
        totals = (("85.5000000000", 0), ("85.000000000000", 0), ("85.5123456789", 1), ("85.5123456780", 1), ("85.30000000000001", 1))
        report = self.report(self.batch([self.unit(n, [('self-total="86"', f'self-total="{total}"')]) for n, (total, _) in enumerate(totals)]), "--rules", "R79", status=1)
        self.assertEqual([len(self.told(report, f"C{n}")) for n in range(len(totals))], [told for _, told in totals])

    def test_posts_without_a_number_are_told_once(self):
        unit = self.unit(1, [*cases.ON, ('approved="20" ', "")])
        found = self.report(self.batch([unit]), "--rules", "R54", status=1)["findings"]
        self.assertEqual([f["rule"] for f in found], ["R54"], found)

    # --- ID numbers ---

    def test_id_numbers_are_masked(self):
        number = id_number("19850312", 3)
        unit = self.unit(1, [('<document id="F1" kind="身份证" href="scan.pdf"', f'<document id="F1" kind="身份证" href="{number}.pdf"')])
        wrong = self.unit(2, [("@ID@", "330199198503120014")])
        passport = self.unit(3, [('type="居民身份证">@ID@', 'type="护照">EX1234567'), ('kind="身份证" href="scan.pdf"', 'kind="其他" href="EX1234567.pdf"')])
        path = self.batch([unit, wrong, passport])
        for options in ((), ("--format", "json"), ("--format", "html"), ("--lang", "en")):
            out = check(*options, path).stdout
            for secret in (number, "330199198503120014", "EX1234567"):
                self.assertNotIn(secret, out, options)
        self.assertIn(number + ".pdf", check("--show-ids", path).stdout)
        self.assertIn("校验码应为3，填的是4", check("--lang", "zh", path).stdout)

    # --- rules of one's own ---

    def test_an_overlay_changes_rules(self):
        path = self.batch([self.unit(1, [('year="2025" professional="70"', 'year="2025" professional="60"'),
                                         ("<mobile>13800000001", "<mobile>")])])
        self.assertEqual([r for r, _, _ in self.told(self.report(path, status=0), "C1")], ["R24", "R24"])
        for name, rules, wanted, status in (
                ("off", '<rule id="R24" off="true"/>', [], 0),
                ("strict", '<rule id="R24" severity="error"/>', [("R24", "error")] * 2, 1),
                ("parameter", '<parameter name="hours-professional" value="60"/><parameter name="hours-total" value="80"/>', [], 0),
                ("own", '<rule id="R24" off="true"/><rule id="L01" clause="本局" severity="error" label="手机"><case when="not(person/mobile!=\'\')" '
                 'field="person/mobile"><zh>缺手机号{person/name}；请补上</zh><en>no mobile</en></case></rule>', [("L01", "error")], 1),
                ("replaced", '<rule id="R24" severity="warning"><case when="true()"><zh>换了</zh><en>replaced</en></case></rule>', [("R24", "warning")], 0)):
            with self.subTest(name):
                folder = self.overlay("rules-" + name, {"rules.local.xml": f"<rules>{rules}</rules>"})
                self.assertEqual([(r, s) for r, s, _ in self.told(self.report(path, "-T", folder, status=status), "C1")], wanted)
        done = check("--lang", "zh", "-q", "-T", os.path.join(self.dir, "rules-own"), path)
        self.assertIn("error: [L01（本局）] C1 陈远山 手机：缺手机号陈远山；请补上", done.stdout)

    def test_an_overlay_changes_what_papers_must_say(self):
        """Requirements are dropped and replaced; of a paper that there is not nothing is asked; parameters are added."""
        form = ET.tostring(whole(template("evaluation-form.xml")), encoding="unicode").replace('copies="3"', 'copies="4"', 1)
        path = self.batch([self.unit(0, [])])
        own = '<parameter name="own" value="7"/><rule id="L01" severity="warning"><case when="$own=7"><zh>七；核对</zh><en>seven; check it</en></case></rule>'
        for name, rules, wanted in (("kept", "", ["R06"]), ("dropped", '<paper form="evaluation-form"/>', []),
                                    ("replaced", '<paper form="evaluation-form"><require rule="R06" copies="4"/></paper>', []),
                                    ("contrary", '<paper form="evaluation-form"><require rule="R06" copies="5"/></paper>', ["R06"]),
                                    ("lacking", '<paper form="no-such-form"><require rule="R06" copies="5"/></paper>', ["R06"])):
            with self.subTest(name):
                folder = self.overlay("papers-" + name, {"rules.local.xml": f"<rules>{rules}{own}</rules>", "evaluation-form.xml": form})
                report = self.report(path, "-T", folder, "--rules", "R06,L01", status=bool(wanted))
                self.assertEqual([f["rule"] for f in report["findings"]], wanted)
                self.assertEqual([r for r, _, _ in self.told(report, "C0")], ["L01"])

    def test_a_parameter_of_an_overlay_has_a_use(self):
        path = self.batch([self.unit(0, [])])
        for name, word in (("hours-totl", "没有规则用到参数 hours-totl；是不是 hours-total"), ("quite-another", "没有规则用到参数 quite-another\n"),
                           ("no-objection", "参数 no-objection 不起作用")):
            folder = self.overlay("use-" + name, {"rules.local.xml": f'<rules>\n<parameter name="{name}" value="80"/></rules>'})
            done = check("--lang", "zh", "-q", "-T", folder, path)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"rules.local.xml:2: error: {word}", done.stderr)

    def test_one_scoring_table_a_specialty(self):
        with open(template("rubric-blasting.xml"), encoding="utf-8") as f:
            table = f.read().replace("浙江省爆破行业高级工程师任职资格评审打分表", "本局打分表").replace("<specialty>爆破器材</specialty>", "")
        path = self.batch([self.unit(1, [('item="3.1" self="5"', 'item="9.9" self="5"'), ("reviewed-total=\"84\"", "reviewed-total=\"79\""), ("self-total=\"86\"", "self-total=\"81\"")])])
        folder = self.overlay("own-table", {"rubric-own.xml": table})
        told = self.told(self.report(path, "--rules", "R40", "-T", folder), "C1")
        self.assertEqual(len(told), 1, told)
        self.assertIn("《本局打分表》", told[0][2])
        folder = self.overlay("two-tables", {"rubric-own.xml": table, "rubric-other.xml": table})
        done = check("--lang", "zh", "-T", folder, path)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertRegex(done.stderr, r"rubric-own\.xml: error: .*爆破工程.*rubric-other\.xml")

    def test_tables_that_a_test_chooses(self):
        """Of the overlay the two fit alike: both are named. One alone counts, and what an entry's proofs do not reach is said."""
        table = ('<rubric name="{0}" official="true" total="100" pass="60" proof="evidence" test="@mode=\'自评分申报\'">'
                 '<part id="1" name="一" max="100"><item id="3.1" name="一" max="50" mode="capped" directory="一">'
                 '<criterion points="2">每项2分</criterion></item></part></rubric>')
        path = self.batch([self.unit(1, [])])
        folder = self.overlay("both", {"rubric-a.xml": table.format("甲表"), "rubric-b.xml": table.format("乙表")})
        told = self.told(self.report(path, "--rules", "R40", "-T", folder), "C1")
        self.assertTrue(any("《甲表》和《乙表》" in m for _, _, m in told), told)
        folder = self.overlay("one", {"rubric-a.xml": table.format("甲表")})
        told = self.told(self.report(path, "--rules", "R42", "-T", folder), "C1")
        self.assertTrue(any("打分项3.1自评5分，按评分标准其证明材料最多2分" in m for _, _, m in told), told)

    def test_a_broken_rule_file_is_an_error_with_its_line(self):
        path = self.batch([self.unit(0, [])])
        case = '<case when="true()"><zh>a</zh><en>b</en></case>'
        for text, line, piece in (
                ("<rules>\n<rule id='L01'", 2, "XML"), ("<wrong/>", 1, "<rules>"), ("<rules>\n\n<rool/></rules>", 3, "<rool>"),
                ("<rules>\n<rule id='L01' sverity='error'>" + case + "</rule></rules>", 2, "sverity"),
                ("<rules><rule id='L01' severity='bad'>" + case + "</rule></rules>", 1, "bad"),
                ("<rules>\n<rule>" + case + "</rule></rules>", 2, "id"), ("<rules><rule id='r1'>" + case + "</rule></rules>", 1, "r1"),
                ("<rules><rule id='L01'>\n<case when='no-such()'><zh>a</zh><en>b</en></case></rule></rules>", 2, "no-such"),
                ("<rules><rule id='L01'>\n<case when='1 +'><zh>a</zh><en>b</en></case></rule></rules>", 2, "1 +"),
                ("<rules><rule id='L01'>\n<case when='true()'><zh>a</zh></case></rule></rules>", 2, "<en>"),
                ("<rules><rule id='L01'>\n<case when='true()'>\n<zh>{name</zh><en>b</en></case></rule></rules>", 3, "{"),
                ("<rules><rule id='L01'/></rules>", 1, "<case>"),
                ("<rules>\n<rule id='L01'><case when='$nothing'><zh>a</zh><en>b</en></case></rule></rules>", 2, "$nothing")):
            with self.subTest(text=text):
                folder = self.overlay("broken", {"rules.local.xml": text})
                done = check("--lang", "zh", "-T", folder, path)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(f"rules.local.xml:{line}: error:", done.stderr)
                self.assertIn(piece, done.stderr)

    def test_a_broken_template_ends_it_with_its_line(self):
        """Of whichever paper that is laid out: the first, one between, the last."""
        papers = [e.get("name") for e in whole(template("papers.xml")).iter("item")]
        self.assertGreater(len(papers), 2)
        for name in (papers[0], papers[len(papers) // 2], papers[-1]):
            with self.subTest(name=name):
                folder = self.overlay("broken-" + name, {name + ".xml": "<form>\n<wrong/></form>"})
                done = check("--lang", "zh", "-T", folder, self.batch([self.unit(0, [])]))
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"{name}.xml:2: error:", done.stderr)

    # --- statuses, options, reports ---

    def test_statuses_and_options(self):
        one_file = self.overlay("one-file", {"rules.local.xml": '<rules><rule id="R115" off="true"/></rules>'})
        clean, warned = self.batch([self.unit(0, [])], name="clean.xml"), self.batch([self.unit(1, [('self-total="86"', 'self-total="87"')])], name="warned.xml")
        wrong = self.batch([self.unit(2, [('grade="优秀"', 'grade="不合格"'), ('date="2023-05" name', 'date="2018-05" name')]), self.unit(3, [])], name="wrong.xml")
        for status, *arguments in ((0, clean), (0, warned), (1, "--strict", warned), (0, "--strict", clean), (1, wrong),
                                   (0, "-a", "C3", wrong), (0, "-u", "U3", wrong), (1, "-u", "U2", wrong), (0, "--no-rules", "R30,R28", wrong),
                                   (1, "--no-rules", "R30", wrong), (0, "--rules", "R68,R69", wrong), (1, "--rules", "R28", wrong),
                                   (2, "--rules", "R999", wrong), (2, "--rules", "", wrong), (2, "--rules", "R28", "--no-rules", "R28", wrong), (2, "--no-rules", "r18", wrong), (2, "--format", "xml", wrong),
                                   (2, "--stage", "later", wrong), (2, "--nonsense", wrong), (2, "/proc/nonexistent.xml"), (2, "-o", "/dev/full", wrong),
                                   (2, "-a", "nobody", wrong), (0, "-h"), (1, wrong, "--report", os.path.join(self.dir, "r.json"))):
            with self.subTest(arguments=arguments):
                done = check(*arguments, "-T", one_file)
                self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        with open(os.path.join(self.dir, "r.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["counts"]["errors"], 2)
        out = check("--lang", "zh", "-q", "--rules", "R30,R28", wrong).stdout.splitlines()
        self.assertEqual([line.split("] ")[0].split("[")[1] for line in out[:-1]], ["R28（二.9）", "R30（二.10，网7）"])
        self.assertEqual(out[-1], "共2人：错误2，警告0，提示0")
        self.assertRegex(out[0], r"^/.*/wrong\.xml:\d+: error: \[R28（二\.9）\] C2 陈远山 年度考核：2023年度考核为不合格，")

    def test_sorted_by_applicant_then_severity(self):
        report = self.report(self.batch([self.unit(i, [('grade="优秀"', 'grade="不合格"'), ('self-total="86"', 'self-total="87"')]) for i in range(3)]))
        rank = {"error": 0, "warning": 1, "info": 2}
        self.assertEqual([a["id"] for a in report["applicants"]], ["C0", "C1", "C2"])
        for a in report["applicants"]:
            order = [rank[f["severity"]] for f in a["findings"]]
            self.assertEqual(order, sorted(order))

    def test_faults_of_the_record_and_of_the_rules_in_one_run(self):
        unit = self.unit(1, [("<sex>男", "<sex>甲"), ("@ID@", "330199198503120014"), ('date="2023-05" name', 'date="2023-02-30" name'), ('grade="优秀"', 'grade="不合格"')])
        report = self.report(self.batch([unit, self.unit(2, [])]), status=1)
        told = self.told(report, "C1")
        self.assertEqual([a["status"] for a in report["applicants"]][0], "failed")
        self.assertTrue(any("甲" in m for r, _, m in told if r is None), told)
        self.assertTrue(any("2023-02-30" in m for r, _, m in told if r is None), told)
        self.assertLessEqual({"R74", "R28"}, {r for r, _, _ in told})
        self.assertEqual([r for r, _, _ in self.told(report, "C2") if r not in SHARED], [])

    def test_equal_input_gives_equal_bytes(self):
        path = self.batch([self.unit(i, [('grade="优秀"', 'grade="不合格"')]) for i in range(12)])
        for format in ("text", "json", "html"):
            one = check("--lang", "zh", "--format", format, "-j", "1", path).stdout
            self.assertEqual(one, check("--lang", "zh", "--format", format, "-j", "4", path, env={"TZ": "Asia/Kathmandu", "LC_ALL": "C"}).stdout)

    def test_a_plan_on_a_line_of_its_own_is_one_line(self):
        path = self.batch([self.unit(1, [])])
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for plan, told in (("\n  示例评审计划\n", False), ("示例\n  评审计划", True), ("示例\n评审计划", True)):
            done = subprocess.run([BIN, "check", "--lang", "zh", "--rules", "R78"], input=text.replace("示例评审计划", plan), capture_output=True, text=True, cwd=self.dir, timeout=60)
            self.assertEqual("评审计划里有换行" in done.stdout, told, (plan, done.stdout))

    def test_standard_input(self):
        with open(os.path.join(ROOT, "samples", "batch.xml"), "rb") as f:
            done = subprocess.run([BIN, "check", "--rules", "R28"], stdin=f, capture_output=True, cwd=os.path.join(ROOT, "samples"), timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_messages_are_whole_in_both_languages(self):
        path = self.batch([self.unit(i, c[2]) for i, c in enumerate(cases.CASES, 1)])
        for lang in ("zh", "en"):
            for stage in ("prepare", "submit"):
                report = self.report(path, "--lang", lang, "--stage", stage, "--no-rules", SHARED)
                for f in [f for a in report["applicants"] for f in a["findings"]] + report["findings"]:
                    with self.subTest(rule=f.get("rule"), message=f["message"]):
                        self.assertNotRegex(f["message"], r"[{}]|NaN|\ba?\(\)|“”|\x01|undefined")
                        self.assertTrue(f["message"].strip())
                        if f.get("rule") and f["severity"] != "info":
                            self.assertRegex(f["message"], "；|，" if lang == "zh" else "[;,:]")  # what is wrong, and what to do

    def test_reports_keep_to_the_schema(self):
        import jsonschema
        with open(template("report.schema.json"), encoding="utf-8") as f:
            schema = json.load(f)
        validator = jsonschema.Draft7Validator(schema)
        validator.check_schema(schema)
        samples = os.path.join(ROOT, "samples")
        for batch in (os.path.join(samples, "batch.xml"), os.path.join(samples, "faulty", "batch.xml")):
            validator.validate(json.loads(check("--format", "json", batch).stdout))
            report = os.path.join(self.dir, "drawn.json")
            for program in ("evaluation-form", "statement", "public-notice", "delegation-letter", "roster"):
                with self.subTest(program=program, batch=batch):
                    subprocess.run([BIN, program, "-o", os.path.join(self.dir, "drawn") + "/", "--report", report, batch], capture_output=True, timeout=300)
                    with open(report, encoding="utf-8") as f:
                        validator.validate(json.load(f))

    def test_a_bilingual_report_says_what_either_language_does(self):
        import jsonschema
        with open(template("report.schema.json"), encoding="utf-8") as f:
            validator = jsonschema.Draft7Validator(json.load(f))
        batch = os.path.join(ROOT, "samples", "faulty", "batch.xml")

        def told(member, *args):
            report = json.loads(check("--format", "json", *args, batch).stdout)
            validator.validate(report)
            return [f.get(member) for part in [report, *report["applicants"]] for f in part["findings"] + part.get("common", [])]
        zh, en = told("message", "--lang", "zh"), told("message", "--lang", "en")
        self.assertGreater(len(zh), 20)
        self.assertEqual((told("en", "--lang", "zh", "--bilingual"), told("zh", "--lang", "en", "--bilingual")), (en, zh))
        self.assertEqual((told("message", "--lang", "zh", "--bilingual"), set(told("en", "--lang", "zh"))), (zh, {None}))

    def test_a_finding_tells_whether_its_cell_is_its_fields_own(self):
        book = os.path.join(self.dir, "own.xlsx")
        subprocess.run([BIN, "workbook", "-a", "A003", "-o", book, os.path.join(ROOT, "samples", "batch.xml")], check=True, capture_output=True)
        subprocess.run([BIN, "workbook", book, "--set", "人员!M2=33019919900209", "-o", book + ".2.xlsx"], check=True)  # its scans are elsewhere
        findings = json.loads(check("--format", "json", book + ".2.xlsx").stdout)["applicants"][0]["findings"]
        own = {f["label"]: f.get("own", False) for f in findings if f["severity"] == "error"}
        self.assertEqual({label: own[label] for label in ("身份证号", "照片", "身份证")}, {"身份证号": True, "照片": False, "身份证": False})

    def test_rules_keep_to_their_schema(self):
        done = subprocess.run(["xmllint", "--noout", "--relaxng", template("rules.rng"),
                               template("rules.xml")], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_page_is_whole_and_stands_alone(self):
        from html.parser import HTMLParser
        open_, seen = [], []

        class Reader(HTMLParser):
            def handle_starttag(self, tag, attrs):
                seen.append((tag, dict(attrs)))
                if tag not in ("meta", "input", "br"):
                    open_.append(tag)

            def handle_endtag(self, tag):
                assert open_.pop() == tag, tag

        unit = self.unit(1, [('name="示例科学技术奖" grade', 'name="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;" grade'), (' date="2023-05" name', ' date="2010-05" name')])
        for batch in ([unit], [unit, self.unit(2, [])]):  # with nothing that several have in common, and with that
            seen.clear()
            page = check("--format", "html", self.batch(batch)).stdout
            Reader().feed(page)
            self.assertEqual(open_, [])
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertEqual(sum(tag == "script" for tag, _ in seen), 1)
        self.assertFalse([t for t in seen if "src" in t[1] or t[1].get("href", "#")[0] != "#" or t[0] == "link"])
        self.assertNotIn("://", page)
        rows = [a["data-s"] for t, a in seen if "data-s" in a]
        report = json.loads(check("--format", "json", os.path.join(self.dir, "batch.xml")).stdout)
        self.assertEqual(len(rows), report["counts"]["errors"] + report["counts"]["warnings"] + report["counts"]["infos"])

    def test_samples(self):
        """The clean ones have no error; all say what their golden says."""
        for name, path in (("batch", "samples/batch.xml"), ("faulty", "samples/faulty/batch.xml")):
            done = subprocess.run([BIN, "check", "--lang", "zh", "-F", "tests/fonts", path], capture_output=True, text=True, cwd=ROOT, timeout=120)
            self.assertEqual(done.returncode, name == "faulty", done.stderr)
            golden = os.path.join(HERE, "check", name + ".txt")
            if os.environ.get("SHENBAO_GOLDEN"):
                with open(golden, "w", encoding="utf-8") as f:
                    f.write(done.stdout)
            with open(golden, encoding="utf-8") as f:
                self.assertEqual(done.stdout, f.read())


if __name__ == "__main__":
    unittest.main()
