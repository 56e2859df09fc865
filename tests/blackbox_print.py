"""The printer's part of a package: merged files, print-list.txt, and print.sh with an lp that writes down what it gets."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from blackbox_evaluation_form import PROGRAM, ROOT

COLUMNS = ("how", "file", "copies", "sides", "media", "colour", "sheets", "key", "paper", "delegation", "unit", "person", "name",
           "order", "run", "held")
SHELLS = [s for s in (["dash"], ["bash"], ["busybox", "sh"]) if shutil.which(s[0])]

# An lp that fails at the job of the number in the file fail, and an lpstat and lpoptions that say what stands in files.
STUBS = {
    "lp": 'n=$(($(cat count 2>/dev/null || echo 0) + 1))\n[ "$n" != "$(cat fail 2>/dev/null)" ] || { echo "lp: Forbidden" >&2; rm fail; exit 1; }\n'
          'echo $n > count\nfor a; do printf "%s\\t" "$a"; done >> printed\necho >> printed\necho "request id is office-$n (1 file(s))"\n',
    "lpstat": 'case $1 in\n-d) echo "system default destination: office" ;;\n-p) cat state 2>/dev/null || echo "printer office is idle.  enabled" ;;\n'
              '-o) n=$(cat waiting 2>/dev/null || echo 0); [ "$n" = 0 ] || echo $((n - 50)) > waiting; i=0; while [ $i -lt $n ]; do echo "office-$i"; i=$((i + 1)); done; echo x >> asked ;;\nesac\n',
    "lpoptions": 'echo "$@" >> lpoptions-asked; cat options 2>/dev/null\n',
}


def rows_of(folder):
    with open(os.path.join(folder, "print", "print-list.txt"), encoding="utf-8") as f:
        lines = f.read().split("\n")
    return [dict(zip(COLUMNS, line.split("\t"))) for line in lines if line and not line.startswith("#")]


class Print(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="shenbao-test-")
        cls.addClassCleanup(shutil.rmtree, cls.base)
        cls.input = os.path.join(cls.base, "in")
        shutil.copytree(os.path.join(ROOT, "samples"), cls.input)
        cls.made = os.path.join(cls.base, "made")
        cls.package(cls.made)

    @classmethod
    def package(cls, out, status=0):
        done = subprocess.run([PROGRAM, "package", "-q", os.path.join(cls.input, "batch.xml"), "-o", out], capture_output=True, text=True)
        assert done.returncode == status, done.stderr[-2000:]

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-test-", dir=self.base)
        self.out = os.path.join(self.dir, "a tree")
        shutil.copytree(self.made, self.out)
        self.bin = os.path.join(self.dir, "bin")
        os.mkdir(self.bin)
        for name, text in STUBS.items():
            path = os.path.join(self.bin, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(f"#!/bin/sh\ncd {self.bin} || exit 9\n{text}")
            os.chmod(path, 0o755)

    def say(self, name, text):
        with open(os.path.join(self.bin, name), "w", encoding="utf-8") as f:
            f.write(str(text))

    def run_script(self, *args, status=0, shell=("sh",), **more):
        env = {**os.environ, "PATH": self.bin + ":" + os.environ["PATH"], "LC_ALL": "C", "PRINT_WAIT": "0", "CDPATH": "/:/tmp", **more}
        env.pop("PRINTER", None)
        done = subprocess.run([*shell, os.path.join(self.out, "print", "print.sh"), *args], capture_output=True, text=True, env=env,
                              cwd="/", stdin=subprocess.DEVNULL, timeout=300)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def printed(self):
        """What lp got: each job's arguments, and forgets them."""
        path = os.path.join(self.bin, "printed")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            jobs = [line.split("\t")[:-1] for line in f.read().splitlines()]
        os.remove(path)
        return jobs

    def files(self):
        return [job[-1][2:] for job in self.printed()]

    def edit(self, *changes):
        path = os.path.join(self.input, "batch.xml")
        with open(path, encoding="utf-8") as f:
            before = text = f.read()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

        def restore():
            with open(path, "w", encoding="utf-8") as f:
                f.write(before)
        self.addCleanup(restore)

    # --- what is printed ---

    def test_the_list_says_what_is_there(self):
        rows = rows_of(self.out)
        self.assertEqual({len(r) for r in rows}, {len(COLUMNS)})
        for r in rows:
            path = os.path.join(self.out, "print", r["file"])
            pages = int(subprocess.run(["qpdf", "--show-npages", path], capture_output=True, text=True, check=True).stdout)
            if r["how"] in ("separator", "unit"):
                self.assertLessEqual(int(r["run"]), pages)
                continue
            self.assertEqual(int(r["sheets"]), pages if r["sides"] == "one-sided" else (pages + 1) // 2, r["file"])
        runs = {r["file"]: r for r in rows if r["how"] == "run"}
        for name, run in runs.items():
            held = [r for r in rows if r["run"] == name]
            self.assertEqual({r["how"] for r in held}, {"document"})
            self.assertEqual(sum(int(r["copies"]) for r in held), int(run["held"]))
            self.assertEqual(run["copies"], "1")
        self.assertEqual({r["paper"] for r in rows if r["colour"] == "colour"}, {"评审委托书"})
        self.assertEqual({r["media"] for r in rows if r["paper"] == "花名册"}, {"A3"})

    def test_copies_of_a_person_lie_together_and_begin_on_front_sides(self):
        run = next(r for r in rows_of(self.out) if r["how"] == "run" and r["paper"] == "评审表")
        path = os.path.join(self.out, "print", run["file"])
        self.assertEqual(subprocess.run(["qpdf", "--check", path], capture_output=True).returncode, 0)
        outline = json.loads(subprocess.run(["qpdf", "--json", "--json-key=outlines", path], capture_output=True, text=True,
                                            check=True).stdout)["outlines"]
        self.assertEqual([o["title"].split()[0] for o in outline], [f"A00{n}" for n in range(1, 9)])
        starts = [o["destpageposfrom1"] for o in outline]
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
        for start, end in zip(starts, starts[1:] + [len(text) + 1]):
            pages = text[start - 1:end - 1]
            self.assertEqual((start % 2, len(pages) % 6), (1, 0))  # three copies, each of whole sheets
            once = pages[:len(pages) // 3]
            self.assertTrue(once[0].strip())
            self.assertEqual(pages, once * 3)
        alone = sum(os.path.getsize(os.path.join(self.out, "print", r["file"])) for r in rows_of(self.out) if r["run"] == run["file"])
        self.assertLess(os.path.getsize(path), alone * 0.5)

    def font_files(self, path):
        """Of the file's fonts their faces, and the objects that hold the glyphs."""
        objects = json.loads(subprocess.run(["qpdf", "--json=2", "--json-key=qpdf", path], capture_output=True, check=True).stdout)["qpdf"][1]
        found = [o["value"] for o in objects.values() if isinstance(o.get("value"), dict) and "/FontFile2" in o["value"]]
        return {d["/FontName"].split("+")[1] for d in found}, {d["/FontFile2"] for d in found}

    def test_a_face_is_there_once_and_every_page_looks_as_it_did(self):
        for run in (r for r in rows_of(self.out) if r["how"] == "run" and r["paper"] in ("综合表", "核对清单")):
            path = os.path.join(self.out, "print", run["file"])
            faces, files = self.font_files(path)
            self.assertEqual(len(faces), len(files))
            outline = json.loads(subprocess.run(["qpdf", "--json", "--json-key=outlines", path], capture_output=True, check=True).stdout)["outlines"]
            held = [r for r in rows_of(self.out) if r["run"] == run["file"]]
            self.assertEqual(len(outline), len(held))
            for entry, document in zip(outline, held):
                alone = os.path.join(self.out, "print", document["file"])
                for command in (["pdftoppm", "-r", "36", "-f", "{0}", "-l", "{0}", "{1}"],
                                ["mutool", "draw", "-q", "-r", "36", "-F", "ppm", "-o", "-", "{1}", "{0}"]):
                    seen = [subprocess.run([c.format(page, name) for c in command], capture_output=True, check=True).stdout
                            for page, name in ((entry["destpageposfrom1"], path), (1, alone))]
                    self.assertTrue(seen[0])
                    self.assertEqual(*seen, (run["file"], document["file"], command[0]))

    # --- the script ---

    def test_all_of_it_in_order_in_every_shell(self):
        rows = [r for r in rows_of(self.out) if r["how"] in ("tally", "run", "single")]
        passes = {("A4", "mono"): 1, ("A3", "mono"): 2, ("A4", "colour"): 3}
        rows.sort(key=lambda r: r["how"] != "tally" and passes[r["media"], r["colour"]])
        for shell in SHELLS:
            with self.subTest(shell=shell):
                done = self.run_script(shell=shell)
                self.assertEqual(done.stdout, "the next pass is on A3\nthe next pass is in colour\n")
                jobs = self.printed()
                self.assertEqual([j[-1] for j in jobs], ["./" + r["file"] for r in rows])
                for job, r in zip(jobs, rows):
                    self.assertEqual(job[:4], ["-d", "office", "-n", r["copies"]])
                    for option in (f"media={r['media']}", f"sides={r['sides']}", "collate=true", "job-sheets=none,none", "number-up=1",
                                   "print-scaling=none"):
                        self.assertIn(option, job)
                    self.assertEqual("print-color-mode=color" in job, r["colour"] == "colour")
                    title = job[job.index("-t") + 1]
                    self.assertEqual(title, f"{r['paper']} " + (f"{r['person']} {r['name']}" if r["person"] != "-" else r["delegation"]))

    def test_by_person_each_ones_copies_are_together(self):
        self.run_script("--by", "person", "--pass", "A4", "--no-tally")
        jobs = self.printed()
        people = [j[j.index("-t") + 1].split()[1] for j in jobs]
        self.assertEqual(people, sorted(people))
        forms = [j for j in jobs if j[-1].endswith("/评审表.pdf")]
        self.assertEqual([j[j.index("-n") + 1] for j in forms], ["3"] * 8)

    def test_a_part(self):
        for args, wanted in ((("--person", "A003"), lambda r: r["person"] == "A003"), (("--unit", "U02"), lambda r: r["unit"] == "U02"),
                             (("--unit", "U02", "--paper", "综合表"), lambda r: r["unit"] == "U02" and r["paper"] == "综合表"),
                             (("--person", "A003", "--from", "3"), lambda r: r["person"] == "A003")):
            self.run_script(*args)
            some = [r["file"] for r in rows_of(self.out) if r["how"] in ("document", "single") and wanted(r)]
            self.assertEqual(self.files(), some[2 if "--from" in args else 0:], args)
        self.run_script("--delegation", "D1-示例市人力资源和社会保障局", "--paper", "综合表")
        self.assertEqual(self.files(), ["D1-示例市人力资源和社会保障局-综合表.pdf"])
        self.assertEqual(self.run_script("--person", "nobody").stdout, "there is nothing to print\n")

    def test_sheets_for_who_prints(self):
        """The tally begins, and its sums are those of the list; a separator stands before each person or unit; labels by themselves."""
        rows = rows_of(self.out)
        tally = next(r for r in rows if r["how"] == "tally")
        text = subprocess.run(["pdftotext", "-layout", os.path.join(self.out, "print", tally["file"]), "-"], capture_output=True, text=True,
                              check=True).stdout
        sheets = sum(int(r["copies"]) * int(r["sheets"]) for r in rows if r["how"] in ("document", "single"))
        self.assertRegex(text, rf"8 ?人， ?{sheets} ?张")
        for r in rows:
            if r["how"] == "separator":
                mine = sum(int(x["copies"]) * int(x["sheets"]) for x in rows if x["person"] == r["person"] and x["how"] in ("document", "single"))
                page = subprocess.run(["pdftotext", "-f", r["run"], "-l", r["run"], os.path.join(self.out, "print", r["file"]), "-"],
                                      capture_output=True, text=True, check=True).stdout
                for word in (r["person"], f"{mine}", *r["name"].split("·")):
                    self.assertIn(word, page)
        self.run_script("--separators", "person", "--pass", "A4")
        jobs = self.printed()
        self.assertEqual(jobs[0][-1], "./" + tally["file"])
        self.assertTrue(jobs[1][-1].endswith("花名册.pdf") or "page-ranges=1" in jobs[1])
        ranges = [o for j in jobs for o in j if o.startswith("page-ranges=")]
        self.assertEqual(ranges, [f"page-ranges={n}" for n in range(1, 9)])
        for before, job in zip(jobs, jobs[1:]):
            if job[-1].endswith("/材料袋面清单.pdf"):
                self.assertTrue(before[-1].endswith("-隔页.pdf"))
        self.run_script("--separators", "unit", "--unit", "U02")
        self.assertEqual([o for j in self.printed() for o in j if o.startswith("page-ranges=")], ["page-ranges=10"])
        self.run_script("--labels")
        self.assertEqual(self.files(), [r["file"] for r in rows if r["how"] == "labels"])

    def test_a_name_too_long_for_a_label_costs_the_labels_alone(self):
        with open(os.path.join(self.input, "batch.xml"), encoding="utf-8") as f:
            name = re.search(r'<unit [^>]*? name="([^"]*)"', f.read())[1]
        self.edit((f' name="{name}"', f' name="{(name * 9)[:95]}"'))
        out = os.path.join(self.dir, "new")
        done = subprocess.run([PROGRAM, "package", "-q", "--lang", "en", os.path.join(self.input, "batch.xml"), "-o", out], capture_output=True, text=True)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stderr, r"\[R79\] D1 标签 单位: \d+ characters too many")
        self.assertEqual({r["how"] for r in rows_of(self.made)} - {r["how"] for r in rows_of(out)}, {"labels"})
        self.assertEqual([r["paper"] for r in rows_of(out)], [r["paper"] for r in rows_of(self.made) if r["how"] != "labels"])
        for report in ("report.json", "report.html", "changes.html"):
            self.assertTrue(os.path.exists(os.path.join(out, report)))

    def test_it_prints_on_no_argument_but_its_own(self):
        for args, status in ((("-h",), 0), (("--help",), 0), (("-n",), 0), (("--hlep",), 2), (("x",), 2), (("--by", "height"), 2),
                             (("--from", "0"), 2), (("--person",), 2), (("--person", ""), 2), (("--unit", "-"), 2), (("--pass", "A5"), 2), (("-n", "y"), 2)):
            self.run_script(*args, status=status)
            self.assertEqual(self.printed(), [], args)
            self.assertFalse(os.path.exists(os.path.join(self.out, "print", "print-log.txt")))
        shown = self.run_script("-n", LC_ALL="zh_CN.UTF-8").stdout
        self.assertRegex(shown, r"合计  评审表  24 份  \d+ 张\n")
        self.assertRegex(shown, r"共 \d+ 张纸\n$")
        self.assertIn("用法：sh print.sh", self.run_script("-h", LC_ALL="zh_CN.UTF-8").stdout)

    def test_a_folder_that_is_only_read_keeps_its_log_elsewhere(self):
        place = os.path.join(self.out, "print")
        if subprocess.run(["mount", "--bind", place, place], capture_output=True).returncode:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", place], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
        self.assertIn("PRINT_LOG", self.run_script(status=2).stderr)
        self.assertEqual(self.printed(), [])
        log = os.path.join(self.dir, "log of today")
        self.say("fail", 3)
        self.run_script(status=2, PRINT_LOG=log)
        self.run_script("-r", PRINT_LOG=log)
        files = self.files()
        self.assertEqual(len(files), len(set(files)))
        self.assertEqual(set(files), {r["file"] for r in rows_of(self.out) if r["how"] in ("tally", "run", "single")})
        self.assertTrue(os.path.exists(log))

    def test_what_stopped_goes_on_without_doubles(self):
        self.run_script()
        whole = self.files()
        os.remove(os.path.join(self.out, "print", "print-log.txt"))
        self.say("count", 0)
        self.say("fail", 4)
        told = self.run_script(status=2).stderr
        self.assertIn("job 4 was not taken", told)
        self.assertIn("lp: Forbidden", told)
        self.assertIn("did not come to its end", self.run_script(status=2).stderr)
        first = self.files()
        self.assertEqual(first, whole[:3])
        self.run_script("-r")
        self.assertEqual(first + self.files(), whole)
        self.assertIn("nothing to go on with", self.run_script("-r", status=2).stderr)
        with open(os.path.join(self.out, "print", "print-log.txt"), encoding="utf-8") as f:
            log = [line.split("\t") for line in f.read().splitlines()]
        self.assertEqual([line[0] for line in log if line[0] != "sent"], ["begin", "end"])
        keys = {r["file"]: r["key"] for r in rows_of(self.out)}
        self.assertTrue(all(keys[line[1]] == line[2] and re.fullmatch(r"office-\d+", line[4]) for line in log if line[0] == "sent"))
        self.say("fail", 99)
        self.run_script("--again")
        self.assertEqual(self.files(), whole)

    def log(self, text=None):
        """print-log.txt, or another one in its place."""
        path = os.path.join(self.out, "print", "print-log.txt")
        if text is not None:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        with open(path, encoding="utf-8") as f:
            return f.read()

    def test_a_log_that_was_cut_hides_no_job(self):
        self.run_script()
        whole, log = self.files(), self.log()
        lines = log.splitlines(keepends=True)
        for cut in ("end\nsent\tfoo", log[:-1], lines[0] + lines[1] + "end\nsent"):
            self.log(cut)
            self.run_script("--again")
            self.assertEqual(self.files(), whole)
            self.assertIn("\nbegin\t", self.log())
        self.log(lines[0] + lines[1] + lines[2][:-20])
        self.run_script("-r")
        self.assertEqual(self.files(), whole[1:])
        self.log(lines[0][:-9])
        self.assertIn("--again", self.run_script("-r", status=2).stderr)
        self.assertEqual(self.printed(), [])

    def test_a_log_that_cannot_be_written_stops_it(self):
        path = os.path.join(self.out, "print", "print-log.txt")
        with open(os.path.join(self.bin, "lp"), "a", encoding="utf-8") as f:
            f.write(f"rm '{path}' && mkdir '{path}'\n")
        self.assertIn("job 1 was taken", self.run_script(status=2).stderr)
        self.assertEqual(len(self.printed()), 1)
        for log in (path, "/dev/zero"):
            self.assertIn("no regular file", self.run_script(PRINT_LOG=log, status=2).stderr)

    def test_what_was_all_printed_comes_to_its_end(self):
        self.run_script("--changed")
        self.log(self.log().removesuffix("end\n"))
        self.assertEqual(self.run_script("-r").stdout, "there is nothing to print\n")
        self.assertIn("nothing to go on with", self.run_script("-r", status=2).stderr)

    def test_odd_pages_alone_are_not_all(self):
        self.say("fail", 2)
        self.run_script("--changed", "--two-pass", "--paper", "评审表", "--person", "A001", status=2)
        odd, = self.printed()
        self.run_script("-r")
        even, = self.printed()
        self.assertIn("page-set=even", even)
        self.assertEqual(odd[-1], even[-1])

    def test_no_job_of_that_number(self):
        for number in ("9999", "99999999999999999999999", "08"):
            self.run_script("--from", number, status=2)
            self.assertFalse(os.path.exists(os.path.join(self.out, "print", "print-log.txt")))
        self.assertIn("and no job 9999", self.run_script("--from", "9999", status=2).stderr)

    def test_ids_are_texts(self):
        path = os.path.join(self.out, "print", "print-list.txt")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for old, new in (("A001", "01"), ("A002", "1"), ("A003", "1e0"), ("A004", "a\\061")):
            text = text.replace(f"\t{old}\t", f"\t{new}\t")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        for person in ("01", "1", "1e0", "a\\061"):
            self.run_script("--person", person)
            files = self.files()
            self.assertEqual({r["person"] for r in rows_of(self.out) if r["file"] in files}, {person})
            self.run_script("--person", person, "--paper", "评审表")
            self.assertEqual(len(self.files()), 1, person)
        self.assertEqual(self.run_script("--person", "a1").stdout, "there is nothing to print\n")

    def test_a_part_that_stopped_goes_on_as_that_part(self):
        self.say("fail", 3)
        self.run_script("--unit", "U02", "--by", "person", status=2)
        first = self.files()
        self.run_script("-r")
        self.assertEqual(first + self.files(), [r["file"] for r in sorted(rows_of(self.out), key=lambda r: int(r["order"]))
                                                if r["unit"] == "U02" and r["how"] in ("document", "single")])

    def test_only_what_has_changed(self):
        self.run_script()
        self.files()
        self.assertEqual(self.run_script("--changed").stdout, "there is nothing to print\n")
        self.edit(("<name>沈𠅤</name>", "<name>沈𠅥</name>"))
        self.package(self.out)
        self.run_script("--changed")
        files = self.files()
        self.assertTrue(files)
        own = [f for f in files if "/A003-" in f]
        self.assertEqual([f for f in files if f not in own and not f.endswith(("评审委托书.pdf", "花名册.pdf"))], [])
        self.assertTrue(any(f.endswith("/评审表.pdf") for f in own))
        self.assertEqual(subprocess.run([PROGRAM, "package", "--verify", self.out], capture_output=True).returncode, 0)

    def test_a_change_that_is_taken_back_is_printed_again(self):
        self.run_script()
        self.files()
        for old, new in (("<statement>", "<statement>改"), ("<statement>改", "<statement>")):
            self.edit((old, new))
            self.package(self.out)
            self.run_script("--changed")
            self.assertTrue([f for f in self.files() if f.endswith("/书面材料.pdf")], new)
        self.assertEqual(self.run_script("--changed").stdout, "there is nothing to print\n")

    def test_it_waits_for_room_and_stops_with_the_printer(self):
        self.say("waiting", 150)
        self.run_script("--paper", "综合表")
        self.assertEqual(len(self.files()), 1)
        with open(os.path.join(self.bin, "asked"), encoding="utf-8") as f:
            self.assertEqual(len(f.read().splitlines()), 3)  # 150, 100, 50
        self.say("state", "printer office disabled since Thu -\n\tout of paper\n")
        self.assertIn("the printer has stopped", self.run_script("--paper", "综合表", status=2).stderr)
        self.assertEqual(self.printed(), [])

    def test_what_the_queue_cannot_do_is_said_first(self):
        a4 = "PageSize/Media Size: *A4 A5 Letter\n"
        simplex = "Duplex/2-Sided Printing: *None\n"
        for options, args, words in ((a4 + "Duplex/2-Sided: *None DuplexNoTumble\n", (), "has no A3"), (a4 + simplex, ("--pass", "A4"), "one side only"),
                                     ("PageSize/Media Size: A4 *A3\n", (), "one side only")):
            self.say("options", options)
            self.assertIn(words, self.run_script(*args, status=2).stderr)
            self.assertEqual(self.printed(), [])
        for options, args in (("PageSize/Media Size: A4 *A3\nDuplex/2-Sided: None *DuplexNoTumble DuplexTumble\n", ()),
                              (a4 + simplex, ("--paper", "公示情况")), (a4 + simplex, ("--pass", "A4", "--two-pass", "-y")), ("", ())):
            self.say("options", options)
            self.run_script(*args)
            self.assertTrue(self.printed())
        self.assertIn("-p office -l", open(os.path.join(self.bin, "lpoptions-asked"), encoding="utf-8").read())

    def test_one_sided_printers_get_odd_pages_then_even_ones(self):
        done = self.run_script("--paper", "评审表", "--two-pass")
        self.assertIn("put the stack back, turned", done.stdout)
        odd, even = self.printed()
        self.assertTrue({"sides=one-sided", "page-set=odd"} < set(odd))
        self.assertTrue({"sides=one-sided", "page-set=even", "outputorder=reverse"} < set(even))
        self.assertEqual(odd[-1], even[-1])

    def test_a_list_or_file_that_is_not_whole_prints_nothing(self):
        path = os.path.join(self.out, "print", "print-list.txt")
        with open(path, "rb") as f:
            data = f.read()
        for cut in (0, 10, len(data) // 2, data.rindex(b"\n# end"), len(data) - 2):
            with open(path, "wb") as f:
                f.write(data[:cut])
            self.assertIn("is not whole", self.run_script(status=2).stderr)
        os.remove(path)
        self.assertIn("there is no print-list.txt", self.run_script(status=2).stderr)
        with open(path, "wb") as f:
            f.write(data)
        victim = next(r for r in rows_of(self.out) if r["how"] == "single" and r["paper"] == "书面材料")["file"]
        open(os.path.join(self.out, "print", victim), "wb").close()
        self.assertIn(victim, self.run_script(status=2).stderr)
        self.assertEqual(self.printed(), [])


if __name__ == "__main__":
    unittest.main()
