"""check: the table of cases (tests/check/cases.py), the samples, what applicants share, the stages, the reports, the options."""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "check"))
import cases  # noqa: E402
import media  # noqa: E402

BIN = os.path.join(os.environ.get("SHENBAO_BUILD", os.path.join(ROOT, "build")), "bin", "shenbao")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<batch year="2026" asof="%s" submission="2026-10-10">\n<plan>示例评审计划</plan>\n' \
       '<committee name="示例评审委员会" office="示例协会" address="示例路1号"/>\n'


def id_number(birth, sequence):
    digits = f"330199{birth}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights)) % 11]


def check(*arguments, env=None):
    return subprocess.run([BIN, "check", *arguments], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, **(env or {})))


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.dir = cls.temporary.name
        media.make(cls.dir, os.path.join(ROOT, "samples", "photos", "A001.jpg"))
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
        report = self.report(self.batch([self.unit(0, [])]), "--stage", "submit", status=0)
        self.assertEqual(self.told(report, "C0"), [])
        self.assertEqual(report["counts"]["errors"] + report["counts"]["warnings"], 0, report["findings"])

    def test_each_case_says_just_what_the_table_says(self):
        for stage in ("prepare", "submit"):
            table = [(i, c) for i, c in enumerate(cases.CASES, 1)
                     if (c[5] if len(c) > 5 else "prepare") == stage]
            path = self.batch([self.unit(i, c[2]) for i, c in table])
            report = self.report(path, "--stage", stage, "--no-rules", "R86")
            shared = {}
            for f in report["findings"]:
                if f["severity"] != "info" and f.get("unit"):
                    shared.setdefault(f["unit"].replace("U", "C"), []).append((f["rule"], f["severity"], f["message"]))
            for i, c in table:
                rule, what, expected, piece = c[0], c[1], c[3], c[4] if len(c) > 4 else None
                with self.subTest(case=i, rule=rule, what=what, stage=stage):
                    told = self.told(report, f"C{i}") + shared.get(f"C{i}", [])
                    wanted = sorted((r[:3], s) for r, s in expected.items())
                    self.assertEqual(sorted({(r, s) for r, s, _ in told}), wanted, told)
                    if piece:
                        self.assertTrue(any(r == rule and piece in m for r, _, m in told), told)

    def test_every_rule_has_a_row(self):
        with open(os.path.join(ROOT, "templates", "rules.xml"), encoding="utf-8") as f:
            rules = re.findall(r'<rule id="(R\d\d)"', f.read())
        self.assertEqual(rules, [f"R{i:02d}" for i in range(1, 89)])
        broken = {c[0] for c in cases.CASES if c[3]}
        for rule in rules:
            self.assertTrue(rule in broken or rule in cases.HELD, rule)


if __name__ == "__main__":
    unittest.main()
