"""package from outside: the tree, what is made anew and what not, kills, full disks, names, shards, workers that die."""
import atexit
import filecmp
import glob
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree as ET

from batches import generate
from blackbox_evaluation_form import BATCH, PROGRAM, ROOT
from memory import ROLES, watch
from profiles import FOLDERS, template
from terminal import open_terminal

LONG = bool(os.environ.get("SHENBAO_LONG"))
MANY = 3000 if LONG else 200
KILLS = 100 if LONG else 20
with open(PROGRAM, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()


# Digests are kept from run to run, here and not among the user's own.
CACHE = tempfile.mkdtemp(prefix="shenbao-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)
os.environ["XDG_CACHE_HOME"] = CACHE


def package(*args, **more):
    env = {**os.environ, "LC_ALL": "C", **more.pop("env", {})}
    more.setdefault("timeout", 3600 if LONG else 900)
    return subprocess.run([PROGRAM, "package", *args], capture_output=True, text=True, env=env, **more)


def tree(folder):
    """{path: bytes} of everything in it but what tells of the run before."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in set(names) - {"changes.json", "changes.html"}:
            path = os.path.join(base, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = f.read()
    return found


def identities(folder):
    """{path: (inode, mtime)}: what a rewritten file does not keep. The lock is no document."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            st = os.stat(path)
            found[os.path.relpath(path, folder)] = (st.st_ino, st.st_mtime_ns)
    return found


def report_of(folder):
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as f:
        return json.load(f)


def whole(path):
    """Is the file what its name says, from its first byte to its last?"""
    with open(path, "rb") as f:
        data = f.read()
    if path.endswith(".pdf"):  # a scan for the platform is the clerk's own, whatever stands behind its end
        return data.startswith(b"%PDF-") and ("/上传/" in path or data.rstrip().endswith(b"%%EOF"))
    if path.endswith(".xlsx"):
        return data.startswith(b"PK") and b"PK\5\6" in data[-100:]
    if path.endswith(".json"):
        return isinstance(json.loads(data), dict)
    return True


class Package(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-test-")
        self.addCleanup(shutil.rmtree, self.dir)
        self.out = os.path.join(self.dir, "out")

    def made(self, *args, status=0, **more):
        done = package(*args, "-o", self.out, **more)
        self.assertEqual(done.returncode, status, done.stderr[-4000:])
        return done

    def assert_true_tree(self, folder=None):
        done = package("--verify", folder or self.out)
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])

    def copy_samples(self):
        folder = os.path.join(self.dir, "in")
        shutil.copytree(os.path.join(ROOT, "samples"), folder)
        return os.path.join(folder, "batch.xml")

    def edit(self, path, *changes):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    # --- the tree ---

    def test_the_tree_is_complete_private_and_true(self):
        self.made(BATCH)
        report = report_of(self.out)
        files = tree(self.out)
        self.assertEqual([a["status"] for a in report["applicants"]].count("failed"), 0)
        self.assertEqual(len(report["applicants"]), 8)
        self.assertEqual({d["kind"] for d in report["delegations"][0]["documents"]}, {"delegation-letter", "roster"})
        listed = {d["file"] for a in report["applicants"] + report["delegations"] for d in a["documents"]}
        prints = {f for f in files if f.startswith("print/")}
        self.assertTrue({"print/print-list.txt", "print/print.sh"} < prints)
        self.assertEqual(set(files), listed | prints | {"report.json", "report.html", "changes.json", "changes.html", "manifest.json", ".lock"} & set(files))
        with open(os.path.join(self.out, "manifest.json"), encoding="utf-8") as f:
            manifest = {m["path"]: m for m in json.load(f)["files"]}
        self.assertEqual(set(manifest), set(files) - {"changes.json", "changes.html", "manifest.json", ".lock"})
        for a in report["applicants"]:
            for d in a["documents"]:
                self.assertEqual([manifest[d["file"]].get(k) for k in ("pages", "copies")], [d.get(k) for k in ("pages", "copies")])
                if not d["file"].endswith(".pdf"):
                    continue
                pages = subprocess.run(["qpdf", "--show-npages", os.path.join(self.out, d["file"])], capture_output=True,
                                       text=True, check=True).stdout
                self.assertEqual(int(pages), d["pages"], d["file"])
        for base, folders, names in os.walk(self.out):
            for name in names:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(base, name)).st_mode), 0o600, name)
            for name in folders:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(base, name)).st_mode), 0o700, name)
        self.assert_true_tree()

    def kit(self, *patterns):
        """The files of the upload kit that a run would make, each with its reason, by their names."""
        lines = self.made(*patterns, "--dry-run").stdout.splitlines()
        return {os.path.basename(path): reason for path, reason in (line.split("\t") for line in lines)
                if "/上传/" in path or path.endswith("填报稿.html")}

    def test_the_upload_kit_is_made_anew_file_by_file(self):
        batch = self.copy_samples()
        self.made(batch)
        self.assert_true_tree()
        report = {a["id"]: a for a in report_of(self.out)["applicants"]}
        alone = os.path.join(self.dir, "alone")
        subprocess.run([PROGRAM, "upload", "-q", "-o", alone, batch], check=True, stderr=subprocess.DEVNULL)
        for ident, a in report.items():
            listed = {os.path.relpath(d["file"], a["folder"]) for d in a["documents"] if d["kind"] == "upload"}
            folder = glob.glob(os.path.join(glob.escape(alone), ident + "-*"))[0]
            self.assertEqual(listed, set(tree(folder)))
            for name in listed:
                self.assertTrue(filecmp.cmp(os.path.join(folder, name), os.path.join(self.out, a["folder"], name), shallow=False), name)
        with open(os.path.join(self.out, "report.html"), encoding="utf-8") as f:
            self.assertRegex(f.read(), r'/%E4%B8%8A%E4%BC%A0/">上传/ \(\d\d\)</a>')
        with open(os.path.join(self.out, "print", "print-list.txt"), encoding="utf-8") as f:
            self.assertNotIn("上传/", f.read())
        who = (batch, "-a", "A003")
        self.assertEqual(self.kit(*who), {})
        folder = os.path.join(self.out, report["A003"]["folder"], "上传")
        some = sorted(n for n in os.listdir(folder) if n.endswith(".pdf"))[0]
        os.remove(os.path.join(folder, some))
        self.assertEqual(self.kit(*who), {some: "altered or missing in the tree", "填报稿.html": "altered or missing in the tree"})
        self.made(*who)
        self.assertTrue(os.path.exists(os.path.join(folder, some)))
        with open(batch, encoding="utf-8") as f:
            person = re.search(r'<applicant id="A003".*?</applicant>', f.read(), re.S)[0]
        statement = re.search(r"<statement>.", person, re.S)[0]
        old = re.search(r'<project [^>]*name="([^"]*)"', person)
        self.edit(batch, (person, person.replace(statement, "<statement>改" + statement[-1])))
        self.assertEqual(self.kit(*who), {"填报稿.html": "record"} | ({n: "record" for n in os.listdir(folder) if "证件照" in n}))
        self.made(batch)
        self.edit(batch, (old[0], old[0].replace(old[1], "改名")))
        changed = {n: r for n, r in self.kit(*who).items() if "工作业绩" in n}
        self.assertEqual(changed, {"A003 沈𠅤 工作业绩 改名.pdf": "new"})
        done = self.made(batch)
        self.assertRegex(done.stderr, r"上传/A003 沈𠅤 工作业绩 .*nobody in the batch has this document any more")
        self.made(batch, "--prune")
        self.assertEqual([n for n in os.listdir(folder) if "工作业绩" in n and old[1] in n], [])
        self.assert_true_tree()

    def test_a_file_that_the_platform_would_not_take_costs_no_other_paper(self):
        overlay = os.path.join(self.dir, "T")
        os.mkdir(overlay)
        shutil.copy(template("upload.xml"), overlay)
        self.edit(os.path.join(overlay, "upload.xml"), ('bytes="10485760"', 'bytes="6000"'))
        done = self.made(BATCH, "-T", overlay, "-a", "A003", status=3)
        self.assertIn("R111", done.stderr)
        self.assertIn("more than the platform's", done.stderr)
        names = {os.path.basename(f) for f in tree(self.out)}
        self.assertLess({"评审表.pdf", "书面材料.pdf", "填报稿.html"}, names)
        again = self.made(BATCH, "-T", overlay, "-a", "A003", status=3)
        self.assertIn("more than the platform's", again.stderr)

    def test_the_page_adds_up_the_papers_of_each_and_of_all(self):
        self.made(BATCH)
        with open(os.path.join(self.out, "report.html"), encoding="utf-8") as f:
            page = f.read()

        def summed(html):
            total = [0, 0, 0]
            for row in re.findall(r'<tr><td><a .*</tr>', html):
                pages, copies, sheets = (int(n or 0) for n in re.findall(r'<td class="n"[^>]*>(\d*)</td>', row))
                self.assertEqual(sheets, copies * ((pages + 1) // 2 if re.search(">(?:双面|two)<", row) else pages), row)
                total = [a + b for a, b in zip(total, (1, pages, sheets))]
            return total

        def told(numbers, html):
            return [int(n) for n in re.search(numbers, html).groups()]

        people = [block.split("</details>")[0] for block in page.split('<details class="person"')[1:]]
        self.assertEqual(len(people), 8)
        for block in people:
            self.assertGreater(min(summed(block)), 1)
            self.assertEqual(told(r"(\d+)(?:件| papers,) (\d+)(?:页| pages,) (\d+)(?:张纸| sheets)</span>", block), summed(block))
        self.assertEqual(told(r"(\d+)(?:件，| papers of )(\d+)(?:页；打印用纸| pages; )(\d+)", page), summed(page))

    def test_papers_go_to_whom_they_are_for(self):
        self.made(BATCH)
        with open(template("package.xml"), encoding="utf-8") as f:
            package_names = set(re.findall(r'<paper name="([a-z-]+)"', f.read()))
        kinds = {a["id"]: {d["kind"] for d in a["documents"]} for a in report_of(self.out)["applicants"]}
        everybody = package_names - {"delegation-letter", "roster", "score-sheet", "milestone-form", "post-form"}
        with open(BATCH, encoding="utf-8") as f:
            batch = f.read()
        for unit in re.findall(r"<unit .*?</unit>", batch, re.S):
            institution = 'kind="事业单位"' in unit[: unit.index(">")]
            for applicant in re.findall(r"<applicant .*?</applicant>", unit, re.S):
                ident, head = re.search(r'id="([^"]+)"', applicant)[1], applicant[: applicant.index(">")]
                want = set(everybody)
                if 'mode="自评分申报"' in head or "<score " in applicant:
                    want.add("score-sheet")
                if "标志性业绩直接申报" in head or 'exceptional="true"' in head:
                    want.add("milestone-form")
                if institution and 'established="false"' not in applicant:
                    want.add("post-form")
                self.assertEqual(kinds[ident], want & package_names, ident)

    def test_other_workers_zone_locale_and_directory_give_the_same_bytes(self):
        self.made(BATCH, "-j1", env={"TZ": "Asia/Shanghai"})
        one, self.out = tree(self.out), os.path.join(self.dir, "other")
        self.made(BATCH, "-j4", cwd="/", env={"TZ": "America/Lima", "LANG": "de_DE.UTF-8", "LC_ALL": "zh_CN.UTF-8"})
        other = tree(self.out)
        self.assertEqual(sorted(one), sorted(other))
        for path in one:
            self.assertEqual(one[path], other[path], path)

    # --- only what changed ---

    def test_what_is_the_same_is_not_written(self):
        batch = self.copy_samples()
        self.made(batch)
        before = identities(self.out)
        self.made(batch)
        self.assertEqual(identities(self.out), before)
        photo = os.path.join(os.path.dirname(batch), "photos", "A003.jpg")
        os.utime(photo)
        self.made(batch)
        self.assertEqual(identities(self.out), before)
        # a byte of the picture's own data: the last before the end marker that is neither marker nor stuffing
        with open(photo, "r+b") as f:
            data = bytearray(f.read())
            at = next(i for i in range(len(data) - 40, 0, -1) if data[i] not in (0, 255) and data[i - 1] != 255)
            data[at] ^= 1
            f.seek(0)
            f.write(data)
        self.made(batch)
        changed = {p for p, i in identities(self.out).items() if before.get(p) != i}
        self.assertTrue(any("/A003-" in p for p in changed))
        for path in changed:
            self.assertTrue("/A003-" in path or path.startswith(("print/", "report.", "changes.", "manifest.json")), path)
        self.assert_true_tree()

    WATCH_OPENS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void note(const char *path)
{
    static int (*real)(const char *, int, ...);
    const char *leaf = strrchr(path, '/'), *to = getenv("OPENED");
    char line[300];
    if (!real)
        real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    int fd = real(to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    int n = snprintf(line, sizeof line, "%.290s\n", leaf ? leaf + 1 : path);
    if (fd < 0 || write(fd, line, n) != n)
        abort();
    close(fd);
}
int openat(int dir, const char *path, int flags, ...)
{
    va_list a; va_start(a, flags); int mode = va_arg(a, int); va_end(a);
    if (!(flags & O_PATH))
        note(path);
    return ((int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat"))(dir, path, flags, mode);
}
int open(const char *path, int flags, ...)
{
    va_list a; va_start(a, flags); int mode = va_arg(a, int); va_end(a);
    if (!(flags & O_PATH))
        note(path);
    return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open"))(path, flags, mode);
}
"""

    def watcher_of_opens(self):
        """A function that makes a run and says the names of all files it has opened, without their folders."""
        shim, log = os.path.join(self.dir, "opens.so"), os.path.join(self.dir, "opened")
        subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", shim, "-xc", "-"], input=self.WATCH_OPENS, text=True, check=True)
        env = {"LD_PRELOAD": shim, "OPENED": log, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}

        def made(*args):
            if os.path.exists(log):
                os.remove(log)
            self.made(*args, env=env)
            with open(log, encoding="utf-8", errors="replace") as f:
                return f.read().splitlines()
        return made

    def test_files_that_are_as_they_were_are_not_read(self):
        batch = self.copy_samples()
        folder = os.path.dirname(batch)
        media = {n for part in ("photos", "scans") for _, _, names in os.walk(os.path.join(folder, part)) for n in names}
        made = self.watcher_of_opens()
        time.sleep(3.1)  # what was changed a moment ago may be changed again in the same tick of a clock
        self.assertTrue({"A003.jpg", "P1.pdf", "J1.png"} <= set(made(batch)) & media)
        before, whole_tree = identities(self.out), tree(self.out)
        self.assertEqual(set(made(batch)) & media, set())
        self.assertEqual(identities(self.out), before)
        time.sleep(3.1)
        made(batch)  # has looked at the papers themselves, now old enough
        papers = {"评审表.pdf", "书面材料.pdf", "花名册.xlsx"}
        self.assertEqual(set(made(batch)) & (media | papers), set())
        self.assert_true_tree()

        # a touch: read once, and nothing is made
        photo = os.path.join(folder, "photos", "A003.jpg")
        os.utime(photo)
        self.assertEqual(set(made(batch)) & media, {"A003.jpg"})
        self.assertEqual(identities(self.out), before)
        # another byte, but the same size and time: ctime tells
        with open(photo, "r+b") as f:
            data = bytearray(f.read())
            at = next(i for i in range(len(data) - 40, 0, -1) if data[i] not in (0, 255) and data[i - 1] != 255)
            data[at] ^= 1
            st = os.stat(photo)
            f.seek(0)
            f.write(data)
        os.utime(photo, ns=(st.st_atime_ns, st.st_mtime_ns))
        self.made(batch)
        changed = {p for p, i in identities(self.out).items() if before.get(p) != i and p.endswith("评审表.pdf")}
        self.assertEqual(sorted("/A003-" in p or "print/" in p for p in changed), [True, True], changed)
        # a paper that somebody has altered is made again
        data[at] ^= 1
        with open(photo, "r+b") as f:
            f.write(data)
        self.made(batch)
        form = os.path.join(self.out, next(p for p in whole_tree if p.endswith("评审表.pdf")))
        st = os.stat(form)
        with open(form, "r+b") as f:
            f.seek(2000)
            f.write(b"####")
        os.utime(form, ns=(st.st_atime_ns, st.st_mtime_ns))
        self.made(batch)
        self.assertEqual(tree(self.out), whole_tree)
        # a folder swapped for another one whose files are older
        os.rename(os.path.join(folder, "scans"), os.path.join(folder, "other"))
        shutil.copytree(os.path.join(folder, "other"), os.path.join(folder, "scans"))
        shutil.copy(os.path.join(folder, "scans", "A001", "J2.jpg"), os.path.join(folder, "scans", "A001", "J4.jpg"))
        self.made(batch)
        dossiers = {p for p in tree(self.out) if p.endswith("书面材料.pdf") and tree(self.out)[p] != whole_tree[p]}
        self.assertEqual(len(dossiers), 1)

    def test_without_a_place_for_what_is_kept_or_with_nonsense_there_all_goes_well(self):
        batch = self.copy_samples()
        cache = os.path.join(self.dir, "cache")
        self.made(batch, env={"XDG_CACHE_HOME": cache})
        (path,) = glob.glob(os.path.join(cache, "shenbao", "*.digests"))
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700)
        before = identities(self.out)
        for content in (b"", b"nonsense" * 100, os.urandom(5000)):
            with open(path, "wb") as f:
                f.write(content)
            self.made(batch, env={"XDG_CACHE_HOME": cache})
            self.assertEqual(identities(self.out), before)
        for env in ({"XDG_CACHE_HOME": "/proc/none"}, {"XDG_CACHE_HOME": "relative", "HOME": "/dev/null"},
                    {"XDG_CACHE_HOME": "", "HOME": ""}):
            self.made(batch, env=env)
            self.assertEqual(identities(self.out), before)
        given = os.path.join(self.dir, "given")
        self.made(batch, env={"CACHE_DIRECTORY": given})  # systemd's
        self.assertEqual(len(glob.glob(os.path.join(given, "*.digests"))), 1)

    def test_what_check_has_found_is_kept_and_told_again(self):
        batch = self.copy_samples()
        self.edit(batch, ("<birth>1984-11-06</birth>", "<birth>1984-11-07</birth>"))  # not what the ID number says
        first = self.made(batch, status=3)
        told = sorted(line for line in first.stderr.splitlines() if "[R" in line)
        self.assertTrue(any("error: [R74" in line for line in told), told)
        for _ in range(2):
            again = self.made(batch, status=3)
            self.assertEqual(sorted(line for line in again.stderr.splitlines() if "[R" in line), told)
        # where it stands has moved, and that is told
        self.edit(batch, ("  <plan>", "\n\n\n  <plan>"))
        self.made(batch, status=3)
        kept, self.out = tree(self.out), os.path.join(self.dir, "fresh")
        self.made(batch, status=3)
        self.assertEqual(kept, tree(self.out))
        # another rule is another answer
        overlay = os.path.join(self.dir, "templates")
        os.mkdir(overlay)
        with open(os.path.join(overlay, "rules.local.xml"), "w", encoding="utf-8") as f:
            f.write('<rules><rule id="R74" off="true"/></rules>')
        done = self.made(batch, "-T", overlay)
        self.assertNotIn("error: [R74", done.stderr)
        self.assertIn("error: [R74", self.made(batch, status=3).stderr)

    def test_rosters_and_print_runs_of_what_has_not_changed_are_left(self):
        batch = self.copy_samples()
        self.made(batch)
        before = identities(self.out)
        rosters = {p for p in before if "花名册" in p}
        self.assertEqual(len(rosters), 2)
        self.assertNotIn("花名册", self.made(batch, "--dry-run").stdout)
        self.edit(batch, ("<name>陈𬱖</name>", "<name>陈某</name>"))
        plan = self.made(batch, "--dry-run").stdout
        self.assertEqual([line.rpartition("/")[2] for line in plan.splitlines() if "花名册" in line],
                         ["花名册.xlsx\trecord", "花名册.pdf\trecord"])
        self.made(batch, "--prune")
        after = identities(self.out)
        self.assertTrue(all(after[p] != before[p] for p in rosters))
        # a photo is on two papers
        self.made(batch)
        before = identities(self.out)
        photos = os.path.join(os.path.dirname(batch), "photos")
        with open(os.path.join(photos, "A002.jpg"), "rb") as f, open(os.path.join(photos, "A003.jpg"), "wb") as g:
            g.write(f.read() + b"3")
        self.made(batch)
        changed = {p for p, i in identities(self.out).items() if before.get(p) != i}
        self.assertEqual({p.rpartition("-")[2] for p in changed if p.startswith("print/")}, {"评审表.pdf", "综合表.pdf", "list.txt"},
                         changed)
        self.assertFalse(changed & rosters)
        self.assert_true_tree()

    def test_moved_lines_change_nothing_but_the_report(self):
        batch = self.copy_samples()
        self.made(batch)
        before = identities(self.out)
        self.edit(batch, ("  <plan>", "\n\n  <!-- moved -->\n  <plan>"))
        done = self.made(batch)
        self.assertIn(" 0 documents made", done.stderr)
        changed = {p for p, i in identities(self.out).items() if before.get(p) != i}
        self.assertTrue(changed <= {"report.json", "report.html", "manifest.json"}, changed)

    def test_a_name_changes_its_papers_and_the_old_ones_are_stale_until_pruned(self):
        batch = self.copy_samples()
        self.made(batch)
        self.edit(batch, ("<name>陈𬱖</name>", "<name>陈某</name>"))
        done = self.made(batch)
        stale = [p for p in report_of(self.out)["stale"]]
        self.assertTrue(stale and all("A001-陈𬱖" in p for p in stale))
        self.assertIn("--prune", done.stderr)
        self.assertTrue(os.path.exists(os.path.join(self.out, stale[0])))
        self.made(batch, "-a", "A002", "--prune")
        self.assertTrue(os.path.exists(os.path.join(self.out, stale[0])))
        self.made(batch, "--prune")
        self.assertFalse(os.path.exists(os.path.dirname(os.path.join(self.out, stale[0]))))
        self.assertNotIn("stale", report_of(self.out))
        self.assert_true_tree()

    def without(self, batch, *ids):
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        for i in ids:
            text, n = re.subn(rf'<applicant id="{i}".*?</applicant>', "", text, flags=re.S)
            self.assertEqual(n, 1)
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text)

    def test_many_people_are_pruned_only_when_that_is_meant(self):
        batch = self.copy_samples()
        self.made(batch)
        self.without(batch, "A007", "A008")
        done = self.made(batch, "--prune")
        self.assertIn("--prune=all", done.stderr)
        self.assertTrue(report_of(self.out)["stale"])
        self.assertEqual(package(batch, "-o", self.out, "--prune=everything").returncode, 2)
        self.made(batch, "--prune=all")
        self.assertNotIn("stale", report_of(self.out))
        self.assert_true_tree()

    def test_what_somebody_removed_by_hand_is_not_asked_for(self):
        batch = self.copy_samples()
        self.made(batch)
        self.without(batch, "A007", "A008")
        self.made(batch)
        gone = {os.path.dirname(p) for p in report_of(self.out)["stale"]}
        for folder in gone:
            shutil.rmtree(os.path.join(self.out, folder), ignore_errors=True)
        self.assertEqual(package("--verify", self.out).returncode, 1)
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text[: text.index('<applicant id="A005"')])
        package(batch, "-o", self.out)  # who is no more is not known
        self.assertEqual(package("--verify", self.out).returncode, 1)
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text)
        self.made(batch)
        self.assertNotIn("stale", report_of(self.out))
        self.assert_true_tree()

    def test_nothing_is_pruned_when_the_batch_breaks_off(self):
        batch = self.copy_samples()
        self.made(batch)
        before = set(tree(self.out))
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text[: text.index('<applicant id="A005"')])
        done = package(batch, "-o", self.out, "--prune")
        self.assertIn(done.returncode, (1, 3), done.stderr)
        self.assertTrue(before <= set(tree(self.out)))
        self.assert_true_tree()

    def test_force_and_dry_run(self):
        done = package(BATCH, "-o", self.out, "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(os.path.exists(self.out))
        self.assertRegex(done.stdout, r"A001-.*评审表\.pdf\tnew")
        self.made(BATCH)
        before = identities(self.out)
        self.assertEqual(package(BATCH, "-o", self.out, "--dry-run").stdout, "")
        self.assertIn("\tforced", package(BATCH, "-o", self.out, "--dry-run", "--force").stdout)
        done = package(BATCH, "-o", self.out, "--dry-run", "--asof", "2026-10-01")
        self.assertIn("评审表.pdf\toptions", done.stdout)
        done = self.made(BATCH, "--force")
        self.assertNotIn(" 0 documents made", done.stderr)
        self.assertEqual(identities(self.out), before)

    def test_a_changed_template_or_font_makes_what_uses_it(self):
        overlay = os.path.join(self.dir, "templates")
        for folder in FOLDERS:
            shutil.copytree(folder, overlay, dirs_exist_ok=True)
        self.made(BATCH, "-T", overlay)
        self.edit(os.path.join(overlay, "pledge.xml"), ('size="', 'floor="9pt" size="'))
        done = package(BATCH, "-o", self.out, "-T", overlay, "--dry-run")
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 8)
        self.assertTrue(all(line.endswith("真实性保证书.pdf\ttemplate") for line in lines), lines)
        fonts = os.path.join(self.dir, "fonts")
        os.mkdir(fonts)
        with open(os.path.join(ROOT, "fonts", "free", "FandolFang-Regular.otf"), "rb") as f:
            face = f.read()
        for name in ("ascii", "utf-16-be"):  # of one name it would be a copy of the other, and nothing to be drawn anew
            face = face.replace("FandolFang".encode(name), "MandolFang".encode(name))
        with open(os.path.join(fonts, "SIMFANG.TTF"), "wb") as f:
            f.write(face)
        done = package(BATCH, "-o", self.out, "-T", overlay, "-F", fonts, "--dry-run")
        self.assertTrue(done.stdout.splitlines())
        self.assertTrue(all("fonts" in line.split("\t")[1] for line in done.stdout.splitlines()), done.stdout)

    def linked_overlays(self):
        """A folder of one's own files, and the options -T and -F: links to folders in which every file is a link to one of them."""
        own = os.path.join(self.dir, "own")
        os.mkdir(own)
        shutil.copy(template("pledge.xml"), own)
        shutil.copy(os.path.join(ROOT, "fonts", "fonts.xml"), own)
        shutil.copy(os.path.join(ROOT, "fonts", "free", "FandolFang-Regular.otf"), os.path.join(own, "SIMFANG.TTF"))
        with open(os.path.join(own, "rules.local.xml"), "w", encoding="utf-8") as f:
            f.write('<rules><rule id="R74" severity="error"/></rules>')
        for kind, names in (("templates", ("pledge.xml", "rules.local.xml")), ("fonts", ("fonts.xml", "SIMFANG.TTF"))):
            os.makedirs(os.path.join(self.dir, "links", kind))
            for name in names:
                os.symlink(os.path.join(own, name), os.path.join(self.dir, "links", kind, name))
            os.symlink(os.path.join(self.dir, "links", kind), os.path.join(self.dir, kind))
        return own, ["-T", os.path.join(self.dir, "templates"), "-F", os.path.join(self.dir, "fonts")]

    def test_a_file_behind_a_link_is_seen_to_change(self):
        own, overlays = self.linked_overlays()
        plan = [BATCH, "-o", self.out, *overlays, "-a", "A001", "--dry-run"]
        self.made(BATCH, "-a", "A001", *overlays)
        self.assertEqual(package(*plan).stdout, "")
        for name, old, new, reason in (("pledge.xml", b'size="', b'floor="9pt" size="', "template"),
                                       ("fonts.xml", b"</fonts>", b"<!-- changed --></fonts>", "fonts"),
                                       ("SIMFANG.TTF", b"OTTO", b"OTTO", "fonts")):
            with self.subTest(name), open(os.path.join(own, name), "r+b") as f:
                data = f.read()
                f.seek(0)
                f.write(data.replace(old, new, 1) + (b"\0" if old == new else b""))
                f.flush()
                lines = package(*plan).stdout.splitlines()
                self.assertEqual({line.partition("\t")[2] for line in lines}, {reason}, lines)
                self.assertEqual(len(lines) == 1, reason == "template", lines)
                f.seek(0)
                f.write(data)
                f.truncate()

    def test_a_rule_behind_a_link_is_seen_to_change(self):
        own, overlays = self.linked_overlays()
        batch = self.copy_samples()
        self.edit(batch, ("<birth>1984-11-06</birth>", "<birth>1984-11-07</birth>"))  # not what the ID number says
        for _ in range(2):
            self.assertIn("error: [R74", self.made(batch, *overlays, status=3).stderr)
        self.edit(os.path.join(own, "rules.local.xml"), ('severity="error"', 'off="true"'))
        self.assertNotIn("error: [R74", self.made(batch, *overlays).stderr)

    def test_a_file_whose_digest_cannot_be_made_is_named(self):
        own, overlays = self.linked_overlays()
        os.symlink(os.path.join(own, "nowhere.xml"), os.path.join(self.dir, "templates", "spare.xml"))
        done = self.made(BATCH, *overlays, status=2)
        self.assertEqual(done.stderr.count("spare.xml: error: it must be a regular file that can be read"), 1, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.out, "report.json")))
        os.remove(os.path.join(self.dir, "templates", "spare.xml"))
        pipe = os.path.join(self.dir, "passwords")
        os.mkfifo(pipe)
        with subprocess.Popen(["sh", "-c", 'echo secret > "$0"', pipe]):
            self.assertIn("passwords: error: it must be a regular file that can be read", self.made(BATCH, *overlays, "--password-file", pipe, status=2).stderr)

    def test_a_link_in_the_tree_is_no_document(self):
        self.made(BATCH)
        form = os.path.join(self.out, next(p for p in tree(self.out) if p.endswith("评审表.pdf")))
        os.rename(form, os.path.join(self.dir, "moved.pdf"))
        os.symlink(os.path.join(self.dir, "moved.pdf"), form)
        self.assertEqual(package("--verify", self.out).returncode, 1)
        plan = package(BATCH, "-o", self.out, "--dry-run").stdout.splitlines()
        self.assertEqual(plan, [form + "\taltered or missing in the tree"])

    def test_another_number_of_copies_is_told(self):
        overlay = os.path.join(self.dir, "templates")
        os.mkdir(overlay)
        shutil.copy(template("package.xml"), overlay)
        self.made(BATCH, "-T", overlay)
        before = identities(self.out)
        self.edit(os.path.join(overlay, "package.xml"), ('name="evaluation-form"', 'name="evaluation-form" copies="7"'))
        plan = package(BATCH, "-o", self.out, "-T", overlay, "--dry-run").stdout.splitlines()
        self.assertEqual({line.rpartition("/")[2] for line in plan}, {"评审表.pdf\tcopies"})
        self.assertEqual(len(plan), 8)
        self.made(BATCH, "-T", overlay)
        for a in report_of(self.out)["applicants"]:
            self.assertEqual([d["copies"] for d in a["documents"] if d["kind"] == "evaluation-form"], [7])
        with open(os.path.join(self.out, "manifest.json"), encoding="utf-8") as f:
            self.assertEqual({m["copies"] for m in json.load(f)["files"] if m["path"].endswith("/评审表.pdf")}, {7})
        changed = {p for p, i in identities(self.out).items() if before.get(p) != i}
        changed = {re.sub(r"D1-[^-]*-", "", p) for p in changed}  # of the documents the bytes are the same
        self.assertEqual(changed, {"report.json", "report.html", "manifest.json", "print/print-list.txt", "print/评审表.pdf",
                                   "print/打印清单.pdf", "print/隔页.pdf"})

    def test_a_program_that_draws_otherwise_makes_everything_anew(self):
        self.made(BATCH, "-a", "A001")
        place = os.path.join(self.dir, "other", "build", "bin")
        os.makedirs(place)
        for name in ("templates", "fonts"):
            os.symlink(os.path.join(ROOT, name), os.path.join(self.dir, "other", name))
        other = os.path.join(place, "shenbao")
        with open(PROGRAM, "rb") as f:
            program = f.read()
        drawing = re.search(rb"shenbao drawing \d+\0", program)[0]
        plan = [other, "package", BATCH, "-a", "A001", "-o", self.out, "--dry-run"]
        for change, due in ((lambda b: b + b"\0", 0), (lambda b: b.replace(drawing, b"shenbao drawing X\0"[-len(drawing):]), 10)):
            with open(other, "wb") as f:
                f.write(change(program))
            os.chmod(other, 0o755)
            lines = subprocess.run(plan, capture_output=True, text=True, check=True).stdout.splitlines()
            self.assertTrue(len(lines) >= due if due else not lines, lines)
            self.assertTrue(all(line.endswith("\tprogram") for line in lines), lines)

    def test_a_missing_paper_is_named_with_its_line(self):
        overlay = os.path.join(self.dir, "templates")
        os.mkdir(overlay)
        with open(os.path.join(overlay, "package.xml"), "w", encoding="utf-8") as f:
            f.write('<package>\n<paper name="no-such-form" file="x"/>\n<paper name="pledge" file="y" copies="none"/>\n</package>\n')
        done = self.made(BATCH, "-T", overlay, status=2)
        self.assertIn("package.xml:2: error: there is no template no-such-form.xml", done.stderr)
        self.assertIn('package.xml:3: error: <paper> copies="none" is not understood; it takes: 1 - 99', done.stderr)

    # --- verify ---

    def test_verify_names_what_is_wrong(self):
        self.made(BATCH)
        paths = [os.path.join(self.out, p) for p in sorted(tree(self.out)) if p.endswith("评审表.pdf")]
        with open(paths[0], "r+b") as f:
            f.seek(1000)
            byte = f.read(1)[0]
            f.seek(1000)
            f.write(bytes([byte ^ 1]))
        os.remove(paths[1])
        with open(os.path.join(os.path.dirname(paths[2]), "extra.pdf"), "w", encoding="utf-8") as f:
            f.write("?")
        done = package("--verify", self.out)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{paths[0]}: error: it is not what the manifest says", done.stderr)
        self.assertIn(f"{paths[1]}: error: the manifest lists it, but it is missing", done.stderr)
        self.assertIn("extra.pdf: warning: the manifest does not list it", done.stderr)
        done = package(BATCH, "-o", self.out, "--dry-run")
        self.assertEqual(done.stdout.count("altered or missing in the tree"), 2, done.stdout)
        self.made(BATCH)
        self.assert_true_tree()
        self.assertEqual(package("--verify", os.path.join(self.dir, "nowhere")).returncode, 2)
        done = package("--verify", self.out, BATCH)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("reads no input: " + BATCH, done.stderr)

    def test_a_manifest_of_nonsense_leads_to_no_harm(self):
        victim = os.path.join(self.dir, "victim")
        with open(victim, "w", encoding="utf-8") as f:
            f.write("mine")
        os.mkdir(self.out)
        with open(os.path.join(self.out, "manifest.json"), "w", encoding="utf-8") as f:
            f.write('{"version": 1, "files": [\n{"path": "../victim", "sha256": "' + "0" * 64 + '", "bytes": 4},\n'
                    '{"path": "/etc/passwd", "sha256": "' + "0" * 64 + '"},\n[[[[[[\n{"path": 7}\n{"path": "a\\u0000b"}\n]}\n')
        done = self.made(BATCH, "--prune")
        self.assertIn("manifest.json:2: warning", done.stderr)
        self.assertTrue(os.path.exists(victim))
        self.assert_true_tree()

    def test_a_manifest_that_is_not_whole_is_told_of(self):
        self.made(BATCH, "-a", "A001")
        path = os.path.join(self.out, "manifest.json")
        with open(path, "rb") as f:
            whole = f.read()
        for damaged in (whole[:whole.rindex(b"\n", 0, len(whole) // 2) + 1], whole.replace(b"\n", b"\r\n"), json.dumps(json.loads(whole), indent=1).encode(),
                        b"", bytes(len(whole))):
            with open(path, "wb") as f:
                f.write(damaged)
            done = package("--verify", self.out)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("manifest.json: error: it is cut, or another program wrote it", done.stderr)
            done = package(BATCH, "-a", "A001", "-o", os.path.join(self.dir, "other"), "--dry-run", "--since", self.out)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("is made anew", done.stderr)
        self.assertIn("manifest.json: warning: it is cut, or another program wrote it", self.made(BATCH, "-a", "A001").stderr)
        self.assertEqual(package("--verify", self.out).returncode, 0)

    def test_owners_of_no_batch_in_the_manifest(self):
        os.mkdir(self.out)
        with open(os.path.join(self.out, "manifest.json"), "w", encoding="utf-8") as f:
            f.write('{"version": 1, "files": [\n')
            f.write(",\n".join(f'{{"path": "x/y/z/{n}.pdf", "sha256": "{n:064}", "bytes": 4, "applicant": "{id}"}}'
                               for n, id in enumerate(("", " ", " 9", " 9zzz", "  "))) + "\n]}\n")
        self.made(BATCH, "--prune=all")
        self.assert_true_tree()

    # --- one at a time, and whatever ends it ---

    def written(self):
        """The documents of the tree, and when each was written."""
        return {(path, os.stat(path).st_mtime_ns) for path in glob.glob(os.path.join(self.out, "**", "*.pdf"), recursive=True)
                if os.path.exists(path)}

    def start(self, *args, **more):
        self.before = self.written()
        return subprocess.Popen([PROGRAM, "package", *args, "-o", self.out], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                env=dict(os.environ, LC_ALL="C"), **more)

    def wait_for_work(self, process):
        """Until the run has written something."""
        until = time.time() + 120
        while time.time() < until and process.poll() is None:
            if self.written() - self.before:
                return
            time.sleep(0.01)
        self.fail(f"it made nothing: {process.poll()}")

    def test_two_runs_exclude_each_other_and_signals_end_one_cleanly(self):
        batch = generate(self.dir, 200)
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            first = self.start(batch, "--asof", f"2026-10-{number:02}")
            self.wait_for_work(first)
            second = package(batch, "-o", self.out)
            self.assertEqual(second.returncode, 2)
            self.assertIn("another run is writing this folder", second.stderr)
            self.assertEqual(package(batch, "-o", self.out, "--shard", "1/4").returncode, 2)
            first.send_signal(number)
            _, messages = first.communicate(timeout=60)
            self.assertEqual(first.returncode, status, messages[-2000:])
            self.assertNotIn(b"error:", messages)
            self.assert_true_tree()
        self.made(batch)
        self.assert_true_tree()
        self.assertFalse([n for n in os.listdir(self.out) if n.startswith(".journal")])

    def test_kills_leave_whole_files_and_a_true_manifest(self):
        batch = generate(self.dir, 200)
        chance = random.Random(20260930)
        days = ["2026-09-30", "2026-10-01", "2026-10-02"]
        killed = 0
        for i in range(KILLS * 3):
            if killed == KILLS:
                break
            # another date makes every document another one: there is always work to be interrupted
            process = self.start(batch, "--asof", days[i % 3])
            try:
                process.wait(timeout=chance.uniform(0.2, 3))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
            process.communicate()
            for base, _, names in os.walk(self.out):
                for name in names:
                    if not name.startswith("."):
                        self.assertTrue(whole(os.path.join(base, name)), name)
            if os.path.exists(os.path.join(self.out, ".journal")) or os.path.exists(os.path.join(self.out, "manifest.json")):
                done = package("--verify", self.out)
                self.assertTrue(done.returncode == 0 or "empty" in done.stderr, done.stderr[-2000:])
        self.assertEqual(killed, KILLS)
        self.made(batch)
        self.assert_true_tree()
        self.assertFalse([n for _, _, names in os.walk(self.out) for n in names if n.startswith((".shenbao-", ".journal"))])
        ended, self.out = tree(self.out), os.path.join(self.dir, "fresh")
        self.made(batch)
        self.assertEqual(ended, tree(self.out))

    def test_a_full_disk_is_system_trouble_and_the_next_run_completes(self):
        place = os.path.join(self.dir, "disk")
        os.mkdir(place)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True).returncode:
            self.skipTest("no tmpfs can be mounted here")
        try:
            self.out = os.path.join(place, "out")
            # Full at another moment each time; in less than 8 MB two processes may keep each other from finishing anything.
            for size in ("12k", "20k", "32k", "80k", "200k", "1m", "2m", "3m", "8m"):
                subprocess.run(["mount", "-o", "remount,size=" + size, place], check=True)
                done = self.made(BATCH, "--force", "-j", "2", status=2)
                self.assertRegex(done.stderr, "the disk is full|is there room on the disk|look for room", size)
            for path in tree(self.out):
                if not os.path.basename(path).startswith("."):
                    self.assertTrue(whole(os.path.join(self.out, path)), path)
            subprocess.run(["mount", "-o", "remount,size=100m", place], check=True)
            self.assert_true_tree()
            self.made(BATCH)
            self.assert_true_tree()
            self.assertEqual(report_of(self.out)["counts"]["written"], 8)
        finally:
            subprocess.run(["umount", "-l", place], check=True)

    # --- workers ---

    SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void act(const char *path)
{
    const char *later = getenv("LATER"); /* a file that is there when check has been done */
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (!strncmp(name, "crash", 5) && (!later || !access(later, F_OK)))
        raise(SIGSEGV);
    if (!strncmp(name, "kill", 4) && (!later || !access(later, F_OK)))
        raise(SIGKILL);
    while (!strncmp(name, "hang", 4))
        pause();
}
#define OPEN(name, before, names, ...) \
    int name(before const char *path, int flags, ...) \
    { \
        va_list a; va_start(a, flags); int mode = va_arg(a, int); va_end(a); \
        act(path); \
        return ((int (*)(before const char *, int, ...))dlsym(RTLD_NEXT, #name))(names path, flags, mode); \
    }
#define COMMA ,
#define NOTHING
OPEN(open, NOTHING, NOTHING)
OPEN(open64, NOTHING, NOTHING)
OPEN(openat, int dir COMMA, dir COMMA)
OPEN(openat64, int dir COMMA, dir COMMA)
"""

    def test_a_report_that_cannot_be_written_is_told(self):
        done = self.made(BATCH, "--report", "/dev/full", status=2)
        self.assertEqual(done.stderr.count("/dev/full: error: cannot write"), 1, done.stderr)

    def test_a_crash_a_hang_and_a_missing_file_cost_one_applicant_each(self):
        batch = self.copy_samples()
        seconds = "30" if SANITIZED else "6"
        photos = os.path.join(os.path.dirname(batch), "photos")
        shutil.move(os.path.join(photos, "A002.jpg"), os.path.join(photos, "crash.jpg"))
        shutil.move(os.path.join(photos, "A004.jpg"), os.path.join(photos, "hang.jpg"))
        os.remove(os.path.join(photos, "A006.jpg"))
        self.edit(batch, ("photos/A002.jpg", "photos/crash.jpg"), ("photos/A004.jpg", "photos/hang.jpg"))
        shim = os.path.join(self.dir, "shim.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", shim, "-xc", "-"], input=self.SHIM, text=True, check=True)
        for workers in ("-j1", "-j2"):
            done = self.made(batch, workers, "--timeout", seconds, status=3,
                             env={"LD_PRELOAD": shim, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"})
            report = report_of(self.out)
            failed = {a["id"]: " ".join(f["message"] for f in a["findings"] if f["severity"] == "error")
                      for a in report["applicants"] if a["status"] == "failed"}
            self.assertEqual(set(failed), {"A002", "A004", "A006"})
            self.assertIn("“photos/crash.jpg”的进程崩溃", failed["A002"])
            self.assertIn(f"“photos/hang.jpg”用了 {seconds} 秒以上", failed["A004"])
            self.assertRegex(done.stderr, r"\[R76\] A002 .*the process that read file 'photos/crash.jpg' died")
            self.assertRegex(done.stderr, r"\[R76\] A004 .*reading file 'photos/hang.jpg' took more than " + seconds)
            self.assertIn("A006.jpg", failed["A006"])
            for ident in failed:
                self.assertRegex(done.stderr, rf"error: (\[R\d+[^]]*\] )?{ident} ")
            for a in report["applicants"]:
                self.assertEqual(bool(a["documents"]), a["id"] not in failed)
            self.assert_true_tree()
            shutil.rmtree(self.out)
        # the same after check, when papers are drawn: the first one's folder is there
        self.made(batch, "-a", "A001")
        env = {"LD_PRELOAD": shim, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0",
               "LATER": glob.glob(os.path.join(self.out, "*", "*", "A001*"))[0]}
        shutil.rmtree(self.out)
        self.edit(batch, ("photos/hang.jpg", "photos/A004.jpg"))
        for name, mark in (("A004.jpg", b"4"), ("A006.jpg", b"6")):  # of a person's own
            with open(os.path.join(photos, "A001.jpg"), "rb") as f, open(os.path.join(photos, name), "wb") as g:
                g.write(f.read() + mark)
        done = self.made(batch, "-j1", status=3, env=env)
        failed = [a for a in report_of(self.out)["applicants"] if a["status"] == "failed"]
        self.assertEqual([a["id"] for a in failed], ["A002"])
        self.assertIn("photos/crash.jpg", failed[0]["findings"][0]["message"])
        shutil.rmtree(self.out)
        self.made(batch, "--fail-fast", "-j1", "--timeout", seconds, status=1,
                  env={"LD_PRELOAD": shim, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"})
        self.assertFalse([p for p in tree(self.out) if p.endswith(".pdf")])

    def test_a_process_that_is_killed_is_nobodys_data(self):
        batch = self.copy_samples()
        photos = os.path.join(os.path.dirname(batch), "photos")
        shutil.move(os.path.join(photos, "A002.jpg"), os.path.join(photos, "kill.jpg"))
        self.edit(batch, ("photos/A002.jpg", "photos/kill.jpg"))
        shim = os.path.join(self.dir, "shim.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", shim, "-xc", "-"], input=self.SHIM, text=True, check=True)
        env = {"LD_PRELOAD": shim, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
        forms = os.path.join(self.dir, "forms")
        done = subprocess.run([PROGRAM, "evaluation-form", "-j2", "-o", forms + "/", batch], capture_output=True, text=True,
                              env={**os.environ, **env})
        self.assertEqual((done.returncode, len(os.listdir(forms))), (2, 7), done.stderr)
        self.assertRegex(done.stderr, "A002 .*was ended from outside")
        self.made(batch, "-a", "A001")
        later = glob.glob(os.path.join(self.out, "*", "*", "A001*"))[0]
        shutil.rmtree(self.out)
        done = self.made(batch, "-j1", status=2, env={**env, "LATER": later})
        self.assertRegex(done.stderr, "A002 .*was ended from outside")
        self.assertNotRegex(done.stderr, r"R76|export|have errors")
        papers = {p.split("/")[2][:4] for p in tree(self.out) if p.endswith(".pdf") and p.count("/") > 2}
        self.assertEqual(papers, {f"A00{i}" for i in (1, 3, 4, 5, 6, 7, 8)})
        self.assertFalse(os.path.exists(os.path.join(self.out, "print")))
        self.made(batch)
        self.assert_true_tree()

    def test_a_faulty_record_fails_and_the_rest_goes_on(self):
        batch = self.copy_samples()
        self.edit(batch, ("<birth>1984-11-06</birth>", "<birth>yesterday</birth>"))
        self.made(batch, status=3)
        states = {a["id"]: a["status"] for a in report_of(self.out)["applicants"]}
        self.assertEqual([i for i, s in states.items() if s == "failed"], ["A001"])
        self.assertEqual(report_of(self.out)["delegations"][0]["status"], "failed")
        self.made(batch, "-a", "A001", status=1)

    def test_a_broken_overlay_is_said_before_anything_is_drawn(self):
        batch = self.copy_samples()
        for name in ("roster", "surnames", "papers", "rules.local", "rubric-own", "dossier", "package", "checklist", "characters", "holidays",
                     "delegation-letter", "dossier-stamp"):
            with self.subTest(name):
                folder = os.path.join(self.dir, "overlay-" + name)
                os.makedirs(folder)
                with open(os.path.join(folder, name + ".xml"), "w", encoding="utf-8") as f:
                    f.write("<no>")
                done = self.made(batch, "-T", folder, status=2)
                self.assertIn(name + ".xml", done.stderr)
                self.assertFalse(os.path.isdir(self.out) and [p for p in tree(self.out) if p.endswith((".pdf", ".xlsx"))])

    def letters_and_rosters(self):
        return sorted(os.path.basename(p) for p in tree(self.out) if p.count("/") == 1 and not p.startswith("print/"))

    def test_letter_and_roster_vouch_for_nobody_without_papers(self):
        batch = self.copy_samples()
        os.remove(os.path.join(os.path.dirname(batch), "photos", "A003.jpg"))  # an error of check, not of the record
        done = self.made(batch, status=3)
        self.assertEqual(self.letters_and_rosters(), [])
        self.assertRegex(done.stderr, r"error: D1 .*applicants A003 of it have errors.*--letter-for-ready")
        delegation = report_of(self.out)["delegations"][0]
        self.assertEqual(delegation["status"], "failed")
        self.assertTrue([f for f in delegation.get("findings", report_of(self.out)["findings"]) if "A003" in f["message"]])
        self.made(batch, "--letter-for-ready", status=3)
        self.assertEqual(self.letters_and_rosters(), ["花名册.pdf", "花名册.xlsx", "评审委托书.pdf"])
        for name in ("评审委托书.pdf", "花名册.pdf"):
            text = self.text_of(glob.glob(os.path.join(self.out, "*", name))[0])
            self.assertNotIn("沈𠅤", text, name)
            for other in ("陈𬱖", "林㛃", "欧阳予安"):
                self.assertIn(other, text, name)
        shutil.copy(os.path.join(ROOT, "samples", "photos", "A003.jpg"), os.path.join(os.path.dirname(batch), "photos"))
        self.made(batch)  # mended: all stand in both
        for name in ("评审委托书.pdf", "花名册.pdf"):
            self.assertIn("沈𠅤", self.text_of(glob.glob(os.path.join(self.out, "*", name))[0]), name)
        os.remove(os.path.join(os.path.dirname(batch), "photos", "A003.jpg"))
        done = self.made(batch, status=3)  # withheld again: what is still there is told
        self.assertRegex(done.stderr, r"warning: is of an earlier run and names people who were not drawn this time.* \(3 of this kind; the report has all\)")
        self.made(batch, "--prune", status=3)
        self.assertEqual(self.letters_and_rosters(), [])
        self.assertTrue([p for p in tree(self.out) if "A003" in p])  # who failed keeps what there is

    @staticmethod
    def text_of(pdf):
        """Without white space."""
        done = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True)
        return re.sub(r"\s", "", done.stdout)

    def test_every_paper_is_where_all_say(self):
        """Bound, loose or both, in so many copies: bag list, print list, volume and report say the same, in all modes and kinds of unit."""
        batch = self.copy_samples()
        milestone = '<milestone id="M9" date="2024-12" name="示例破格业绩" rank="1/5" condition="1" related="true"><evidence kind="标志性业绩证明" href="scans/A002/J1.png"/></milestone>'
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        for ident in ("A001", "A002", "A004", "A005"):  # 破格 in each of the other modes
            start = text.index(f'<applicant id="{ident}"')
            end = text.index("</applicant>", start)
            body = text[start:end].replace('exceptional="false"', 'exceptional="true"', 1)
            text = text[:start] + body + milestone + text[end:]
        for kind in ("社会团体", "机关", "其他") if os.environ.get("SHENBAO_LONG") else ("社会团体",):  # besides 企业 and 事业单位
            with self.subTest(kind=kind):
                at = text.index('<unit id="U03"')
                with open(batch, "w", encoding="utf-8") as f:
                    f.write(text[:at] + text[at:].replace('kind="企业"', f'kind="{kind}"', 1))
                self.made(batch)
                self.every_paper_is_where_all_say()

    def every_paper_is_where_all_say(self):
        templates = {n: ET.parse(template(n + ".xml")).getroot() for n in ("papers", "package", "dossier")}
        files = {p.get("name"): p.get("file") for p in templates["package"]}
        bound_as = {p.get("template"): p.get("title") for p in templates["dossier"].iter("paper")}
        with open(os.path.join(self.out, "print", "print-list.txt"), encoding="utf-8") as f:
            rows = [line.split("\t") for line in f if not line.startswith("#")]
        printed = {(row[11], row[8]): int(row[2]) for row in rows if row[0] != "run"}
        for a in report_of(self.out)["applicants"]:
            folder = os.path.join(self.out, a["folder"])
            bag = self.text_of(os.path.join(folder, files["material-list"] + ".pdf"))
            volume = self.text_of(os.path.join(folder, files["dossier"] + ".pdf"))
            made = {d["kind"]: d for d in a["documents"]}
            self.assertEqual("milestone-form" in made, a["id"] in ("A001", "A002", "A004", "A005", "A007"), a["id"])
            for item in templates["papers"]:
                name, copies, bound = item.get("name"), int(item.get("copies")), item.get("goes") == "volume"
                loose = copies - bound
                with self.subTest(applicant=a["id"], paper=name):
                    if name not in made:
                        self.assertNotIn(item.get("title"), bag)
                        continue
                    self.assertEqual(made[name]["copies"], copies)
                    self.assertEqual(printed.get((a["id"], files[name]), 0), loose)
                    self.assertEqual(bool(bound), name in bound_as)
                    if bound:
                        self.assertIn(re.sub(r"\s", "", bound_as[name]), volume)
                    if item.get("goes") == "bag" or (bound and loose):
                        self.assertRegex(bag, re.escape(item.get("title")) + str(loose) + ("另有1份" if bound else "不装订"))
                    else:
                        self.assertNotIn(item.get("title"), bag)

    def test_papers_of_one_who_fails_later_stay_and_are_not_printed(self):
        batch = self.copy_samples()
        self.made(batch)
        folder = next(a["folder"] for a in report_of(self.out)["applicants"] if a["id"] == "A003")
        before = {p: b for p, b in tree(self.out).items() if p.startswith(folder)}
        os.remove(os.path.join(os.path.dirname(batch), "photos", "A003.jpg"))
        self.made(batch, "--prune", status=3)
        self.assertEqual({p: b for p, b in tree(self.out).items() if p.startswith(folder)}, before)
        runs = [p for p in tree(self.out) if p.startswith("print/") and p.endswith("评审表.pdf")]
        outline = subprocess.run(["qpdf", "--json", "--json-key=outlines", os.path.join(self.out, runs[0])], capture_output=True,
                                 text=True, check=True).stdout
        self.assertEqual([o["title"].split()[0] for o in json.loads(outline)["outlines"]],
                         ["A001", "A002", "A004", "A005", "A006", "A007", "A008"])

    def test_papers_of_one_who_fails_under_another_name_stay(self):
        """The folder bears the name; the file's line in the manifest says whose it is."""
        batch = self.copy_samples()
        self.made(batch)
        folder = next(a["folder"] for a in report_of(self.out)["applicants"] if a["id"] == "A003")
        before = {p: b for p, b in tree(self.out).items() if p.startswith(folder + "/")}
        os.remove(os.path.join(os.path.dirname(batch), "photos", "A003.jpg"))
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        with open(batch, "w", encoding="utf-8") as f:
            f.write(re.sub(r'(id="A003".*?<name>).*?(</name>)', r"\1陈某\2", text, count=1, flags=re.S)
                    .replace('issuer="', 'issuer="新'))
        self.made(batch, "--prune=all", status=3)
        self.assertEqual({p: b for p, b in tree(self.out).items() if p.startswith(folder + "/")}, before)
        self.assertEqual(self.letters_and_rosters(), [])  # of the delegation's old name, too: they name one who was not drawn
        self.assert_true_tree()

    # --- names ---

    def test_names_are_safe_unique_and_mapped(self):
        batch = self.copy_samples()
        long_name = "长" * 90
        self.edit(batch, ("<name>陈𬱖</name>", "<name>../../x</name>"), ("<name>沈𠅤</name>", "<name>a/b</name>"),
                  ("<name>林㛃</name>", "<name>CON</name>"), ("<name>何𫖯</name>", f"<name>{long_name}</name>"),
                  ("<name>龚䶮</name>", "<name>欧阳予安</name>"))
        for template in ("{id}-{name}", "{name}", "{name}.", "{unit}"):
            self.out = os.path.join(self.dir, "out" + template)
            done = package(batch, "-o", self.out, "--name-template", template)
            self.assertIn(done.returncode, (0, 3), done.stderr)
            folders = [a["folder"] for a in report_of(self.out)["applicants"]]
            self.assertEqual(len({f.lower() for f in folders}), 8, folders)
            for folder in folders:
                self.assertTrue(all(len(part.encode()) <= 255 for part in folder.split("/")), folder)
                self.assertNotRegex(folder, r'[\\:*?"<>|\x00-\x1f]|(^|/)(CON|\.\.?)(/|$)|[. ](/|$)')
                self.assertEqual(len(folder.split("/")), 3, folder)
            outside = set(os.listdir(self.dir)) - {"in"}
            self.assertTrue(all(n.startswith("out") for n in outside), outside)
            self.assert_true_tree()
        self.assertIn("{nmae}", package(batch, "-o", self.out, "--name-template", "{nmae}").stderr)

    def test_names_that_differ_in_case_only_are_told_apart_whoever_is_asked_for(self):
        batch = self.copy_samples()
        self.edit(batch, ('id="A002"', 'id="a001"'), ("<name>陈𬱖</name>", "<name>Li</name>"),
                  ("<name>阿卜杜热合曼·买买提吐尔逊·阿布都克里木·艾尔肯江</name>", "<name>LI</name>"))
        self.made(batch, "-a", "a001")
        one = {p for p in tree(self.out) if p.endswith("评审表.pdf")}
        self.made(batch)
        both = {p for p in tree(self.out) if p.endswith("评审表.pdf") and "001" in p}
        self.assertTrue(one < both and len({p.lower() for p in both}) == 2, both)

    # --- parts ---

    def test_four_shards_at_once_then_the_whole(self):
        batch = generate(self.dir, 40)
        command = [PROGRAM, "package", "-q", "-j1", batch, "-o", self.out, "--shard"]
        if shutil.which("parallel"):
            done = subprocess.run(["parallel", "-q", "-j4", *command, "{}/4", ":::", "1", "2", "3", "4"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        else:
            runs = [subprocess.Popen([*command, f"{k}/4"]) for k in range(1, 5)]
            self.assertEqual([r.wait() for r in runs], [0] * 4)
        self.assert_true_tree()
        papers = {p for p in tree(self.out) if p.endswith(".pdf")}
        before = identities(self.out)
        done = self.made(batch)
        after = identities(self.out)
        self.assertTrue(all(after[p] == before[p] for p in papers))
        self.assert_true_tree()
        together, self.out = tree(self.out), os.path.join(self.dir, "whole")
        self.made(batch)
        self.assertEqual(together, tree(self.out))

    def test_shards_of_delegations_leave_reports_alone_to_the_end(self):
        batch = generate(self.dir, 7, together=2)
        for part in ([], ["--part", "print"]):
            for k in range(1, 4):
                self.made("-q", batch, "--shard", f"{k}/3", *part)
        self.assert_true_tree()
        papers = {p for p in tree(self.out) if p.endswith((".pdf", ".xlsx"))}
        self.assertEqual(len([p for p in papers if "委托书" in p]), 4)
        before = identities(self.out)
        done = self.made(batch)
        self.assertIn("; 0 documents made (0 pages), ", done.stderr)
        after = identities(self.out)
        self.assertEqual({p for p in after if after[p] != before.get(p)},
                         {"report.json", "report.html", "changes.json", "changes.html", "manifest.json", "print/print-list.txt", "print/print.sh"})
        together, self.out = tree(self.out), os.path.join(self.dir, "whole")
        self.made("-q", batch)
        self.assertEqual(together, tree(self.out))
        for wrong in (["--part", "print"], ["--part", "print", "--shard", "1/2", "-a", "B00000"], ["--part", "x", "--shard", "1/2"]):
            self.assertIn("--part", self.made(batch, *wrong, status=2).stderr)

    def test_shards_carry_the_same_weight(self):
        batch = generate(self.dir, 8)
        with open(os.path.join(self.dir, "photos", "A003.jpg"), "ab") as f:
            f.truncate(300 << 20)  # as heavy as all the others
        loads = []
        for k in range(1, 4):
            report = os.path.join(self.dir, "report.json")
            package("-q", batch, "--shard", f"{k}/3", "--dry-run", "-o", self.out, "--report", report)
            plan = package("-q", batch, "--shard", f"{k}/3", "--dry-run", "-o", self.out).stdout
            loads.append(set(re.findall(r"/(B\d{5})-", plan)))
        self.assertEqual(len(set.union(*loads)), 7)  # the heavy one's photo is refused, and nothing is to be made
        self.assertIn(set(), loads)

    def test_shards_by_schedulers_and_the_wrong_ones(self):
        batch = generate(self.dir, 8)
        ids = set()
        for k in range(3):
            env = ({"SLURM_ARRAY_TASK_ID": str(5 + k), "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "3"},
                   {"JOB_COMPLETION_INDEX": str(k), "SHENBAO_SHARDS": "3"},
                   {"SLURM_ARRAY_TASK_ID": str(5 + 2 * k), "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "3",
                    "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_MAX": "9"})[k]
            report = os.path.join(self.dir, f"report-{k}.json")
            self.made(batch, "--shard", "auto", "--report", report, env=env)
            with open(report, encoding="utf-8") as f:
                some = {a["id"] for a in json.load(f)["applicants"]}
            self.assertFalse(ids & some)
            ids |= some
        self.assertEqual(len(ids), 8)
        for task, count, more in ((3, 1, {}), (3, 2, {"SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "5"}), (9, 1, {"SHENBAO_SHARDS": "8"})):
            env = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": str(count), **more}
            self.assertIn("SHENBAO_SHARDS", self.made(batch, "--shard", "auto", status=2, env=env).stderr)
        self.made("-q", batch, "--shard", "auto", env={"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "1", "SHENBAO_SHARDS": "8"})
        for bad in ("0/4", "5/4", "x", "1/", "/2", "1/0", "auto", "1/99999999"):
            done = self.made(batch, "--shard", bad, status=2)
            self.assertIn("--shard", done.stderr)

    def test_a_part_makes_no_papers_of_the_whole(self):
        self.made(BATCH, "-u", "U02")
        self.assertFalse([p for p in tree(self.out) if "print/" in p or "report" in p or "花名册" in p])
        self.assert_true_tree()

    # --- many ---

    def test_many_applicants_in_flat_memory_at_an_even_rate(self):
        peaks, told = {}, []
        for count in (16, MANY):
            self.out = os.path.join(self.dir, f"out-{count}")
            batch = generate(self.dir, count, 300)
            began = time.time()
            status, peaks[count] = watch([PROGRAM, "package", "-q", "-o", self.out, batch], self.out, stderr=subprocess.DEVNULL)
            spent = time.time() - began
            self.assertEqual(status, 0)
            report = report_of(self.out)
            self.assertEqual(report["counts"]["written"], count)
            times = sorted(os.stat(os.path.join(b, n)).st_mtime for b, _, names in os.walk(self.out) for n in names
                           if n == "书面材料.pdf")
            sizes = {len(a["documents"]) for a in report["applicants"]}
            self.assertTrue(min(sizes) >= 9, sizes)
            used = sum(os.stat(os.path.join(b, n)).st_blocks * 512 for b, _, names in os.walk(self.out) for n in names)
            again = time.time()
            self.made(batch, "-q")
            told.append(f"{count} applicants: {count / spent:.1f}/s, unchanged {count / (time.time() - again):.0f}/s, {used / 1e9:.2f} GB; "
                        + ", ".join(f"{r} {peaks[count][r][0] / 1024:.0f} MB" for r in ROLES if r in peaks[count]))
            if count == MANY:
                quarter = count // 4
                first, last = times[quarter] - times[0], times[-1] - times[-quarter]
                told.append(f"the first quarter in {first:.0f} s, the last in {last:.0f} s")
                self.assertLess(last, 3 * first + 5)
            shutil.rmtree(self.out)
        print("", *told, sep="\npackage: ")
        if not SANITIZED:
            few, many = peaks[16], peaks[MANY]
            for role in ("worker", "merger"):  # of its own, besides what its parent has
                self.assertLess(many[role][0] - many["parent"][0], 64 * 1024, (role, many))
            self.assertLess(many["parent"][0], few["parent"][0] + 4096 + MANY * 24, many)  # KB an applicant, who has forty files with those for the platform

    def test_a_terminal_shows_how_far_it_is(self):
        batch = generate(self.dir, 24)
        screen, end = open_terminal(self)
        run = subprocess.Popen([PROGRAM, "package", "-j1", batch, "-o", self.out], stdout=subprocess.DEVNULL, stderr=end,
                               env=dict(os.environ, LC_ALL="C"))
        os.close(end)
        shown = b""
        try:
            while piece := os.read(screen, 65536):
                shown += piece
        except OSError:  # the other end is closed
            pass
        self.assertEqual(run.wait(), 0)
        os.close(screen)
        shown = shown.decode()
        bars = re.findall(r"\r\[([#.]{30})\] (\d+)/24  ([\d.]+)/s  (\d+) s left", shown)
        self.assertTrue(bars, shown[:2000])
        for bar, done, _, _ in bars:
            self.assertEqual(bar.count("#"), int(done) * 30 // 24)
        # it is gone before anything else is said
        self.assertIn("\r\x1b[K", shown)
        self.assertNotIn("[", shown[shown.rindex("\r\x1b[K") + 4:].replace("[R", "R"))
        self.assertNotIn("\r", self.made(batch, "--force").stderr)
        self.assertEqual(self.made(batch, "-q").stdout, "")

    def test_wrong_options_are_named(self):
        for args, word in ((["--stage", "later"], "--stage"), (["--timeout", "0"], "--timeout"), (["--name-template", ""], "--name-template")):
            done = self.made(BATCH, *args, status=2)
            self.assertIn(word, done.stderr)
        self.assertEqual(package(BATCH).returncode, 2)
        self.assertEqual(package(BATCH, "-o", "-").returncode, 2)


if __name__ == "__main__":
    unittest.main()
