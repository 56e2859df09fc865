"""The print room: people of six units from six files, XML and workbooks, packaged and printed by paper and by person.

In make check a stub stands for lp; in make check-long it is a CUPS of the test's own, on loopback, whose queue keeps what it gets.
"""
import collections
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from batches import generate
from blackbox_evaluation_form import PROGRAM
from blackbox_print import rows_of

LONG = bool(os.environ.get("SHENBAO_LONG"))
PEOPLE = 120 if LONG else 6

BACKEND = """#!/bin/sh
# job user title copies options [file]: keeps what is printed, and how it was asked for
[ $# -ge 5 ] || { echo 'direct keep "Unknown" "keep"'; exit 0; }
cat ${6:+"$6"} > FOLDER/$(printf %06d "$1").pdf
printf '%s\\t%s\\t%s\\t%s\\n' "$1" "$3" "$4" "$5" >> FOLDER/jobs
"""

CUPSD = """Listen 127.0.0.1:{port}
MaxJobs 500
PreserveJobHistory Yes
Browsing No
WebInterface No
DefaultAuthType None
LogLevel warn
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow 127.0.0.1
  </Limit>
</Policy>
"""

FILES = """ServerRoot {root}
ServerBin {root}/bin
CacheDir {root}/cache
StateDir {root}/state
RequestRoot {root}/spool
TempDir {root}/spool/tmp
ErrorLog {root}/error_log
AccessLog {root}/access_log
PageLog {root}/page_log
SystemGroup root
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Cups:
    """A server with one queue, keep."""

    def __init__(self, folder):
        self.root, self.kept = os.path.join(folder, "cups"), os.path.join(folder, "kept")
        for name in ("bin/backend", "bin/filter", "cache", "state", "spool/tmp", "ppd", "ssl"):
            os.makedirs(os.path.join(self.root, name))
        os.symlink("/usr/lib/cups/daemon", os.path.join(self.root, "bin/daemon"))  # what starts a backend
        os.makedirs(self.kept)
        os.chmod(self.kept, 0o777)
        port = free_port()
        self.env = dict(os.environ, CUPS_SERVER=f"127.0.0.1:{port}", LC_ALL="C")
        for name, text in (("cupsd.conf", CUPSD.format(port=port)), ("files.conf", FILES.format(root=self.root)),
                           ("bin/backend/keep", BACKEND.replace("FOLDER", self.kept))):
            with open(os.path.join(self.root, name), "w", encoding="utf-8") as f:
                f.write(text)
        os.chmod(os.path.join(self.root, "bin/backend/keep"), 0o700)
        self.server = subprocess.Popen(["/usr/sbin/cupsd", "-f", "-c", os.path.join(self.root, "cupsd.conf"), "-s", os.path.join(self.root, "files.conf")],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while subprocess.run(["lpstat", "-r"], env=self.env, capture_output=True).stdout != b"scheduler is running\n":
            if time.monotonic() > deadline or self.server.poll() is not None:
                self.end()
                raise unittest.SkipTest("cupsd does not run here")
            time.sleep(0.2)
        subprocess.run(["lpadmin", "-p", "keep", "-E", "-v", "keep:/", "-m", "raw"], env=self.env, check=True, capture_output=True)

    def wait(self):
        deadline = time.monotonic() + 120
        while subprocess.run(["lpstat", "-o", "keep"], env=self.env, capture_output=True).stdout.strip() and time.monotonic() < deadline:
            time.sleep(0.5)

    def jobs(self):
        """(title, copies, options, file) of each, in the order in which they came out; forgets them."""
        self.wait()
        with open(os.path.join(self.kept, "jobs"), encoding="utf-8") as f:
            lines = [line.split("\t") for line in f.read().splitlines()]
        os.remove(os.path.join(self.kept, "jobs"))
        return [(title, int(copies), options, os.path.join(self.kept, f"{int(number):06d}.pdf")) for number, title, copies, options in lines]

    def end(self):
        self.server.terminate()
        self.server.wait()


class Stub:
    """An lp that takes everything at once."""

    def __init__(self, folder):
        self.folder = folder
        path = os.path.join(folder, "lp")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\nfor a; do printf "%s\\t" "$a"; done >> {folder}/jobs\necho "$PWD" >> {folder}/jobs\necho "request id is x-1 (1 file(s))"\n')
        os.chmod(path, 0o755)
        for name in ("lpstat", "lpoptions"):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\n")
            os.chmod(path, 0o755)
        self.env = dict(os.environ, PATH=folder + ":" + os.environ["PATH"], LC_ALL="C")

    def jobs(self):
        with open(os.path.join(self.folder, "jobs"), encoding="utf-8") as f:
            lines = [line.split("\t") for line in f.read().splitlines()]
        os.remove(os.path.join(self.folder, "jobs"))
        return [(a[a.index("-t") + 1], int(a[a.index("-n") + 1]), " ".join(x for x in a if "=" in x), os.path.join(a[-1], a[-2])) for a in lines]

    def end(self):
        pass


def pages_of(path):
    return int(subprocess.run(["qpdf", "--show-npages", path], capture_output=True, text=True, check=True).stdout)


class Room(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="shenbao-room-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        os.chmod(cls.dir, 0o755)
        whole = generate(cls.dir, PEOPLE, together=PEOPLE // 6)
        with open(whole, encoding="utf-8") as f:
            units = [u for u, body in re.findall(r'<unit id="([^"]*)"(.*?)</unit>', f.read(), re.S) if "<applicant" in body]
        assert len(units) == 6, units
        cls.files = []
        for i, unit in enumerate(units):
            path = os.path.join(cls.dir, f"{i}." + ("xml" if i % 2 else "xlsx"))
            cls.shenbao("import" if i % 2 else "workbook", whole, "-u", unit, "-o", path)
            cls.files.append(path)
        cls.batch = os.path.join(cls.dir, "merged.xml")
        cls.shenbao("import", *cls.files, "-o", cls.batch)
        cls.out = os.path.join(cls.dir, "out")
        cls.shenbao("package", "-q", cls.batch, "-o", cls.out)
        cls.rows = rows_of(cls.out)

    @classmethod
    def shenbao(cls, *args):
        done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, env=dict(os.environ, LC_ALL="C"), timeout=3000)
        assert done.returncode == 0, (args, done.stderr[-3000:])
        return done

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="lp-", dir=self.dir)
        os.chmod(folder, 0o755)
        cups = LONG and os.geteuid() == 0 and shutil.which("lpadmin") and os.path.exists("/usr/sbin/cupsd")
        if LONG and not cups:
            self.skipTest("needs cups (root, cups-daemon, cups-client)")
        self.printer = Cups(folder) if cups else Stub(folder)
        self.addCleanup(self.printer.end)
        self.log = os.path.join(self.out, "print", "print-log.txt")
        if os.path.exists(self.log):
            os.remove(self.log)

    def script(self, *args):
        more = ["-d", "keep"] if isinstance(self.printer, Cups) else []
        done = subprocess.run(["sh", os.path.join(self.out, "print", "print.sh"), *more, *args], capture_output=True, text=True,
                              env=dict(self.printer.env, PRINT_WAIT="0.2"), stdin=subprocess.DEVNULL, timeout=900)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return self.printer.jobs()

    def sheets_printed(self, jobs):
        """How many sheets of each paper: its title is the job's first word."""
        found = collections.Counter()
        for title, copies, options, path in jobs:
            pages = pages_of(path)
            found[title.split()[0]] += copies * (pages if "one-sided" in options else (pages + 1) // 2)
        return found

    def tallied(self):
        """What the tallies of all delegations say, on paper."""
        found = collections.Counter()
        for row in self.rows:
            if row["how"] != "tally":
                continue
            text = subprocess.run(["pdftotext", "-layout", os.path.join(self.out, "print", row["file"]), "-"], capture_output=True, text=True,
                                  check=True).stdout
            for paper in {r["paper"] for r in self.rows if r["how"] in ("document", "single")}:
                line = re.search(rf"^ *{paper} +(\d+) +(\d+) +A\d +(\d+) ", text, re.M)
                if line:
                    found[paper] += int(line[3])
        return found

    @unittest.skipUnless(LONG, "of six people nothing is shared")
    def test_print_runs_have_under_a_third_of_the_bytes_of_what_they_hold(self):
        runs = {r["file"]: os.path.getsize(os.path.join(self.out, "print", r["file"])) for r in self.rows if r["how"] == "run"}
        held = sum(os.path.getsize(os.path.join(self.out, "print", r["file"])) for r in self.rows if r["run"] in runs)
        self.assertLess(sum(runs.values()), held / 3)

    def test_by_paper(self):
        jobs = self.script("--no-tally")
        wanted = [r for r in self.rows if r["how"] in ("run", "single")]
        self.assertEqual(len(jobs), len(wanted))
        for (title, copies, options, path), row in zip(jobs, sorted(wanted, key=lambda r: 3 if r["colour"] == "colour" else 2 if r["media"] == "A3" else 1)):
            self.assertEqual((title.split()[0], copies), (row["paper"], int(row["copies"])))
            self.assertEqual(pages_of(path), pages_of(os.path.join(self.out, "print", row["file"])))
            self.assertIn(f"sides={row['sides']}", options)
            self.assertIn(f"media={row['media']}", options)
        self.assertEqual(self.sheets_printed(jobs), self.tallied())

    def test_by_person(self):
        jobs = self.script("--by", "person", "--no-tally", "-y")
        wanted = [r for r in self.rows if r["how"] in ("document", "single")]
        self.assertEqual(len(jobs), len(wanted))
        people = [title.split()[1] for title, _, options, _ in jobs if "media=A4" in options and "print-color-mode=color" not in options and " - " not in title]
        blocks = [p for i, p in enumerate(people) if i == 0 or p != people[i - 1]]
        self.assertEqual(len([p for p in blocks if re.match(r"B\d", p)]), PEOPLE)  # each one's papers lie together
        self.assertEqual(self.sheets_printed(jobs), self.tallied())
        self.assertEqual(sum(c for _, c, _, _ in jobs), sum(int(r["copies"]) for r in wanted))


if __name__ == "__main__":
    unittest.main()
