"""package run again and again on one folder, as over months: random corrections, people who come and go, scans that break and are mended,
other options, kills, and hands in the output folder; after each whole run it is what a run into an empty folder makes, and nothing else is gone.

SHENBAO_SEED=N begins with another number; a failure names its own, and tells what was done.
"""
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import PROGRAM, ROOT

LONG = bool(os.environ.get("SHENBAO_LONG"))
LIVES, STEPS = (40, 60) if LONG else (2, 16)
SEED = int(os.environ.get("SHENBAO_SEED", "1"))
SAMPLES = os.path.join(ROOT, "samples")
APPLICANT = re.compile(r"<applicant .*?</applicant>", re.S)
TOLD = {"changes.json", "changes.html"}  # of the run before
PACKAGE = """<package>
  <paper name="delegation-letter" file="评审委托书" print="single" colour="true"/>
  <paper name="roster" file="花名册" print="single"/>
  <paper name="dossier" file="书面材料" print="single"/>
  <paper name="pledge" file="真实性保证书" copies="{}"/>
  <paper name="upload" file="平台上传材料"/>
</package>
"""


def files(folder):
    """{path: digest} of all but what has a point before its name."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            if name[0] != ".":
                with open(os.path.join(base, name), "rb") as f:
                    found[os.path.relpath(os.path.join(base, name), folder)] = hashlib.sha256(f.read()).hexdigest()
    return found


class Life:
    def __init__(self, folder, seed):
        self.dir, self.chance, self.log = folder, random.Random(seed), []
        self.out, self.input = os.path.join(folder, "out"), os.path.join(folder, "in")
        for name in ("photos", "scans"):
            shutil.copytree(os.path.join(SAMPLES, name), os.path.join(self.input, name))
        os.mkdir(os.path.join(folder, "T"))
        with open(os.path.join(SAMPLES, "batch.xml"), encoding="utf-8") as f:
            self.text = f.read()
        self.people = {re.search('id="(.*?)"', b)[1]: b for b in APPLICANT.findall(self.text)}
        self.present = set(self.chance.sample(sorted(self.people)[1:], 3))
        self.copies, self.options, self.own, self.broken = 1, set(), {}, {}

    def run(self, out, *args, kill=None, cache="cache"):
        text = APPLICANT.sub(lambda m: self.people[i] if (i := re.search('id="(.*?)"', m[0])[1]) in self.present else "", self.text)
        for path, content in (("in/batch.xml", text), ("T/package.xml", PACKAGE.format(self.copies))):
            with open(os.path.join(self.dir, path), "w", encoding="utf-8") as f:
                f.write(content)
        with subprocess.Popen([PROGRAM, "package", "-T", os.path.join(self.dir, "T"), "-o", out, *sorted(self.options), *args,
                               os.path.join(self.input, "batch.xml")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              env=dict(os.environ, LC_ALL="C", XDG_CACHE_HOME=os.path.join(self.dir, cache))) as process:
            try:
                said = process.communicate(timeout=kill)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                said = process.communicate()[1]  # when its workers have gone, too
        return process.returncode, sorted(line.replace(out, "OUT") for line in said.splitlines() if ": error: " in line)

    # --- what happens ---

    def do_correct(self):
        who = self.chance.choice(sorted(self.present))
        spot = self.chance.choice(("<statement>", "<name>", ' department="', "<description>"))
        self.people[who] = self.people[who].replace(spot, spot + self.chance.choice("甲乙丙"), 1)
        return who, spot

    def do_come_or_go(self):
        who = self.chance.choice(sorted(self.people)[1:])
        self.present ^= {who} if len(self.present - {who}) > 1 else set()
        return who

    def do_break_or_mend(self):
        for path, data in self.broken.items():
            with open(path, "wb") as f:
                f.write(data)
        if self.broken:
            self.broken = {}
            return "mended"
        path = os.path.join(self.input, self.chance.choice(re.findall('href="(.*?)"', self.people[self.chance.choice(sorted(self.present))])))
        with open(path, "r+b") as f:
            self.broken[path] = f.read()
            f.truncate(self.chance.choice((0, len(self.broken[path]) // 2)))
        return path

    def do_option(self):
        self.options ^= {self.chance.choice(("--asof=2026-10-01", "--draft", "--duplex", "--name-template={name}", "--letter-for-ready"))}
        self.copies = self.chance.randint(1, 3)
        return self.options, self.copies

    def do_kill(self):
        return self.run(self.out, *self.chance.choice(([], ["--force"], ["--prune=all"])), kill=self.chance.uniform(0.05, 0.6))

    def do_part(self):
        return self.run(self.out, "-a", self.chance.choice(sorted(self.present)))[0]

    def do_by_hand(self):
        ours = sorted(set(files(self.out)) - set(self.own) - TOLD - {"manifest.json"})
        if not ours:
            return None
        path = os.path.join(self.out, self.chance.choice(ours))
        what = self.chance.choice(("add", "remove", "alter"))
        if what == "add":
            path = os.path.join(os.path.dirname(path), "笔记.txt")
        if what == "remove":
            os.remove(path)
        else:
            with open(path, "ab") as f:
                f.write(b"by hand")
        if what == "add":
            self.own[os.path.relpath(path, self.out)] = files(self.out)[os.path.relpath(path, self.out)]
        return what, path

    # --- and what holds after it ---

    def whole_run(self, case):
        status, said = self.run(self.out, "--prune=all")
        fresh = os.path.join(self.dir, "fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        case.assertEqual(self.run(fresh, cache="other"), (status, said))
        now, wanted = files(self.out), files(fresh)
        case.assertEqual({p: now.get(p) for p in self.own}, self.own)
        if status == 0:
            case.assertEqual({p: d for p, d in now.items() if p not in TOLD and p not in self.own}, {p: d for p, d in wanted.items() if p not in TOLD})
        else:  # papers that there were of who has errors stay
            reports = {"manifest.json", "report.json", "report.html"}
            case.assertEqual({p: now.get(p) for p in wanted if p not in TOLD | reports}, {p: d for p, d in wanted.items() if p not in TOLD | reports})
            with open(os.path.join(self.out, "report.json"), encoding="utf-8") as f:
                failed = {a["id"]: a["folder"] + "/" for a in json.load(f)["applicants"] if a["status"] == "failed"}
            with open(os.path.join(self.out, "manifest.json"), encoding="utf-8") as f:
                theirs = {m["path"] for m in json.load(f)["files"] if m.get("applicant") in failed}  # under another name, too
            case.assertEqual([p for p in now if p not in wanted and p not in self.own and p not in theirs
                              and not p.startswith(tuple(failed.values()))], [])
        case.assertEqual([n for _, _, names in os.walk(self.out) for n in names if n.startswith((".shenbao-", ".journal"))], [])

    def verify(self, case):
        """It says what is otherwise than manifest.json has it."""
        with open(os.path.join(self.out, "manifest.json"), encoding="utf-8") as f:
            listed = {m["path"]: m["sha256"] for m in json.load(f)["files"]}
        now = files(self.out)
        done = subprocess.run([PROGRAM, "package", "--verify", self.out], capture_output=True, text=True, env=dict(os.environ, LC_ALL="C"))
        told = {kind: {os.path.relpath(p, self.out) for p in re.findall(rf"^(.*?): {kind}: ", done.stderr, re.M)} for kind in ("error", "warning")}
        case.assertEqual(told["error"], {p for p, d in listed.items() if now.get(p) != d}, done.stderr)
        case.assertEqual(told["warning"], set(now) - set(listed) - TOLD - {"manifest.json"}, done.stderr)
        case.assertEqual(done.returncode, 1 if told["error"] else 0)

    def step(self, case):
        what = self.chance.choice(sorted(n for n in dir(self) if n.startswith("do_")))
        self.log.append(what)
        self.log.append(getattr(self, what)())
        if what == "do_by_hand" and os.path.exists(os.path.join(self.out, "manifest.json")) and not os.path.exists(os.path.join(self.out, ".journal")):
            self.verify(case)
        if self.chance.random() < 0.6:
            self.log.append("run")
            self.whole_run(case)
            self.verify(case)


class Months(unittest.TestCase):
    def test_a_folder_is_what_a_run_into_an_empty_one_makes(self):
        for seed in range(SEED, SEED + LIVES):
            with tempfile.TemporaryDirectory(prefix="shenbao-months-") as folder:
                life = Life(folder, seed)
                try:
                    for _ in range(STEPS):
                        life.step(self)
                except AssertionError as e:
                    raise AssertionError(f"SHENBAO_SEED={seed}: {life.log}") from e


if __name__ == "__main__":
    unittest.main()
