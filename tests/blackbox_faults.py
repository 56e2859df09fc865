"""A machine that fails never looks like a paper that is right: faults injected call by call, limits, what is missing."""
import filecmp
import itertools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import openpyxl

from batches import generate
from blackbox_evaluation_form import BATCH, PROGRAM

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults"))
from desk_walk import FIRST, SECOND, Jobs, Pages, faults_of, new_batch, put_job, put_upload, read, sample_upload, surroundings, write  # noqa: E402
from programs import SANITIZER, Case, few_papers, only  # noqa: E402
from walk import Program, build_library, is_sanitized, walk  # noqa: E402

BUILD = os.path.dirname(os.path.dirname(PROGRAM))
SANITIZED = is_sanitized(BUILD)
SHARE = ["statement", "roster", "check json", "workbook", "import, statements", "upload", "schema", "package",
         "a roster, nothing nameless"]


class Folder(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="shenbao-faults-")

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def run_in(self, *args, env=None, **more):
        own = dict({"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": self.dir, "TMPDIR": self.dir}, **(env or {}))
        return subprocess.run([PROGRAM, *args], cwd=self.dir, env={k: v for k, v in own.items() if v is not None},
                              timeout=300, **dict({"capture_output": True}, **more))

    def made(self):
        return sorted(n for n in os.listdir(self.dir) if n != ".cache")

    def assert_fails(self, done, *words):
        """Exit status 2, a cause, and nothing made."""
        said = done.stderr.decode(errors="replace") if done.stderr is not None else ""
        self.assertEqual(done.returncode, 2, said)
        for word in words:
            self.assertIn(word, said)
        self.assertEqual(self.made(), [])

    def true(self, name, *args):
        """A document as it should be."""
        path = os.path.join(self.dir, "true-" + name)
        self.assertEqual(self.run_in(*args, "-o", path, BATCH).returncode, 0)
        return path


class Injected(unittest.TestCase):
    """Every kind that was found once, each call of it."""

    @classmethod
    def setUpClass(cls):
        cls.preload = build_library(BUILD)

    def judge(self, name, arguments, kinds, step=1, before=""):
        program = Program(PROGRAM, self.preload, Case(name, arguments, before))
        self.addCleanup(program.close)
        tried = 0
        for kind, errors in kinds.items():
            for number in range(1, program.counts[kind] + 1, step):
                fault = f"{kind}:{number}:{errors[number % len(errors)]}"
                self.assertIsNone(program.judge(fault), f"{name} {fault}")
                tried += 1
        self.assertGreater(tried, 1)

    def test_reads_that_fail_in_either_pass_end_the_run(self):
        self.judge("statement", ["statement", "-a", "A001", "-o", "a.pdf", BATCH], {"read": ["EIO", "ESTALE"]})

    def test_fonts_that_cannot_be_opened_now_are_not_replaced_by_others(self):
        self.judge("pledge", ["pledge", "-a", "A001", "-o", "a.pdf", BATCH],
                   {"open": ["EMFILE", "ENFILE"], "mmap": ["ENOMEM"], "stat": ["EIO", "ESTALE"]}, 3)

    def test_writes_that_fail_leave_no_workbook(self):
        self.judge("roster", ["roster", "-o", "a.xlsx", BATCH], {"write": ["ENOSPC"]}, 211)

    @unittest.skipIf(SANITIZED, "allocations are the sanitizer's")
    def test_memory_that_fails_ends_the_libraries_too(self):
        self.judge("roster", ["roster", "-o", "a.xlsx", BATCH], {"alloc": ["ENOMEM"]}, 1709)

    def test_a_tree_that_cannot_be_looked_at_is_not_another(self):
        tree = tempfile.mkdtemp(prefix="shenbao-faults-")
        self.addCleanup(shutil.rmtree, tree, True)
        batch = only(generate(tree, 3), "B00000", "B00002")
        subprocess.run([PROGRAM, "package", "-q", "-T", few_papers(tree), "-o", os.path.join(tree, "before", "tree"), batch], check=True,
                       env={"PATH": os.environ["PATH"], "HOME": tree}, capture_output=True)
        self.judge("verify", ["package", "--verify", "tree"], {"stat": ["EIO"], "dirs": ["ESTALE"]}, 1, os.path.join(tree, "before"))

    def test_a_sync_that_fails_once_is_not_tried_again(self):
        self.judge("statement", ["statement", "-a", "A001", "-o", "a.pdf", "--report", "a.json", BATCH], {"fsync": ["EIO"]})

    def test_the_machines_trouble_in_a_cage_is_not_the_attachments(self):
        self.judge("check", ["check", "-a", "A001", "--format", "json", "-o", "a.json", BATCH],
                   {"read": ["EIO", "ESTALE", "SHORT"]}, 19)
        if not SANITIZED:
            self.judge("check", ["check", "-a", "A001", "--format", "json", "-o", "a.json", BATCH], {"alloc": ["ENOMEM"]}, 30011)

    def test_a_share_of_all(self):
        done = walk(BUILD, 1, 1000, 35, among=SHARE)
        self.assertEqual(done.found, [])
        self.assertGreater(done.reached, 150)


class Calls(unittest.TestCase):
    """The library that lets calls fail knows every call of the program that can."""

    CAN_FAIL = set("""open open64 openat openat64 openat2 creat fopen fopen64 freopen fdopen tmpfile mkstemp mkostemp mkdtemp read pread
        pread64 readv preadv write pwrite pwrite64 writev pwritev fread _IO_fread fread_unlocked fwrite fwrite_unlocked fgets fgetc getc
        getchar getline getdelim fscanf __isoc99_fscanf fputs fputc putc putchar puts printf fprintf vfprintf vprintf dprintf fflush
        _IO_fflush fclose fseek fseeko fseeko64 ftell ftello lseek lseek64 rename renameat renameat2 link linkat symlink symlinkat unlink
        unlinkat remove rmdir mkdir mkdirat fsync fdatasync syncfs sync_file_range ftruncate truncate fallocate posix_fallocate stat stat64
        fstat fstat64 lstat fstatat statx statvfs fstatvfs access faccessat readlink readlinkat realpath opendir fdopendir readdir closedir
        scandir nftw ftw glob mmap mmap64 mremap fork vfork posix_spawn posix_spawnp execv execve execvp waitpid wait wait4 poll ppoll
        select pselect epoll_wait pipe pipe2 dup dup2 dup3 fcntl fcntl64 flock lockf socket socketpair bind listen accept accept4 send
        sendto sendmsg recv recvfrom recvmsg sendfile splice copy_file_range close chmod fchmod fchmodat chown fchown lchown fchownat chdir
        fchdir getcwd getrandom getentropy dlopen dlmopen iconv_open getgrnam getpwnam setrlimit getrlimit sigaction nanosleep
        __libc_malloc __libc_calloc __libc_realloc __libc_memalign""".split())
    # The desk's beginning, whose every one is told and ends it; which share of the processors a container grants.
    UNTRIED = {"socket", "bind", "listen", "__isoc99_fscanf"}

    def names(self, path, *options):
        out = subprocess.run(["nm", "-D", *options, path], capture_output=True, text=True, check=True).stdout
        return {line.split()[-1].split("@")[0] for line in out.splitlines() if line.strip()}

    def test_each_call_of_the_program_is_one_that_can_be_let_fail(self):
        imported = self.names(os.path.realpath(PROGRAM), "--undefined-only")
        known = self.names(build_library(BUILD), "--defined-only")
        self.assertGreater(len(imported & self.CAN_FAIL), 60)
        self.assertEqual((imported & self.CAN_FAIL) - known - self.UNTRIED, set())


class Desk(Folder):
    """What a batch of the desk holds when a call failed in one of its jobs, or in what serves its page."""

    def batch(self, *uploads, kind="take", **more):
        batch = new_batch(os.path.join(self.dir, "1"), *uploads)
        put_job(batch, 1, kind, len(uploads), **more)
        return batch

    def run_job(self, batch, fault=None, word="--run", number=1):
        """The job's file afterwards."""
        done = subprocess.run([PROGRAM, "desk", "--run", batch, "--job", str(number), "--quota", "1e9"], capture_output=True, timeout=300,
                              env=surroundings(self.dir, build_library(BUILD), fault, word))
        self.assertIn(done.returncode, (0, 2), done.stderr)
        return read(os.path.join(batch, "jobs", f"{number}.json"))

    def walk(self, what, part, parts):
        self.addCleanup(what.close)
        tried = 0
        for fault in faults_of(what.counts, part, parts):
            if SANITIZED and fault.startswith("alloc"):
                continue
            self.assertIsNone(what.judge(fault), fault)
            tried += 1
        self.assertGreater(tried, 10)

    def test_a_share_of_a_job(self):
        self.walk(Jobs("scans", PROGRAM, build_library(BUILD), self.batch(FIRST, SECOND)), 1, 25)

    def test_a_share_of_what_serves_the_page(self):
        self.walk(Pages(PROGRAM, build_library(BUILD)), 1, 200)

    def test_folders_that_cannot_be_listed_are_not_empty_ones(self):
        job = Jobs("scans", PROGRAM, build_library(BUILD), self.batch(FIRST, SECOND))
        self.addCleanup(job.close)
        for call in range(1, job.counts["dirs"] + 1):
            self.assertIsNone(job.judge(f"dirs:{call}:EMFILE"), call)

    def test_an_archive_that_the_disk_does_not_give_is_not_damaged(self):
        job = Jobs("scans", PROGRAM, build_library(BUILD), self.batch(FIRST))
        self.addCleanup(job.close)
        for kind in ("read", "seek"):
            for call in range(1, job.counts[kind] + 1):
                self.assertIsNone(job.judge(f"{kind}:{call}:EIO"), (kind, call))

    def test_an_import_that_the_machine_ends_is_not_the_inputs_fault(self):
        batch = self.batch(sample_upload(PROGRAM, self.dir))
        for word in ("import", "workbook", "check"):
            write(os.path.join(batch, "jobs", "1.json"), {"number": 1, "kind": "take", "state": "queued", "upload": 1})
            job = self.run_job(batch, "write:1:ENOSPC:ALL", word)
            self.assertEqual((word, job["state"]), (word, "failed"))
            self.assertFalse(read(os.path.join(batch, "taken.json"))["settled"])
        put_job(batch, 2, "take", 1)
        self.assertEqual(self.run_job(batch, number=2)["state"], "done")
        self.assertTrue(read(os.path.join(batch, "taken.json"))["settled"])

    def test_a_package_is_not_made_of_the_upload_before(self):
        """The job that was to take the last upload has failed; what lies in current/ is older."""
        files = sample_upload(PROGRAM, self.dir)
        batch = self.batch(files)
        self.assertEqual(self.run_job(batch)["state"], "done")
        put_upload(batch, 2, {"title.pdf": files["title.pdf"] + b"\n"}, 1)
        write(os.path.join(batch, "current.json"), {"upload": 2})
        put_job(batch, 2, "take", 2)
        self.assertEqual(self.run_job(batch, "mkdir:1:EACCES:ALL", number=2)["state"], "failed")
        put_job(batch, 3, "package")
        self.assertEqual(self.run_job(batch, "mkdir:1:EACCES:ALL", number=3)["state"], "failed")
        self.assertFalse(os.path.exists(os.path.join(batch, "out")))
        put_job(batch, 4, "correct", place="人员!A2", was="nothing of the kind", value="x")
        self.assertEqual(self.run_job(batch, number=4)["state"], "failed")  # and the upload has been taken for it
        with open(os.path.join(batch, "current", "title.pdf"), "rb") as f:
            self.assertEqual(f.read(), files["title.pdf"] + b"\n")

    def test_a_correction_that_is_not_kept_is_not_done(self):
        batch = self.batch(sample_upload(PROGRAM, self.dir))
        self.assertEqual(self.run_job(batch)["state"], "done")
        put_job(batch, 2, "correct", place="人员!N2", was="13800000003", value="13900000009")
        waiting = os.path.join(self.dir, "waiting")
        shutil.copytree(batch, waiting)
        states = set()
        for call in range(1, 12):
            shutil.rmtree(batch)
            shutil.copytree(waiting, batch)
            job = self.run_job(batch, f"rename:{call}:EIO", number=2)
            states.add(job["state"])
            with self.subTest(call):
                done = openpyxl.load_workbook(os.path.join(batch, "current", "book.xlsx"))["人员"]["N2"].value == "13900000009"
                self.assertTrue(job["state"] != "done" or done and read(os.path.join(batch, "current.json")) == {"upload": 2}, job)
        self.assertLessEqual({"done", "failed"}, states)


class Limits(Folder):
    def test_memory(self):
        true, sizes = self.true("a.pdf", "statement", "-a", "A001"), set()
        if SANITIZED:
            self.skipTest("the sanitizer's shadow is larger than any limit")
        for mb in (40, 60, 70, 80, 100, 150, 200, 4000):
            done = self.run_in("statement", "-a", "A001", "-o", "a.pdf", BATCH, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_AS, (mb << 20, mb << 20)))
            sizes.add(done.returncode)
            if done.returncode == 0:
                self.assertTrue(filecmp.cmp(true, os.path.join(self.dir, "a.pdf"), shallow=False), mb)
            else:
                self.assertIn(done.returncode, (2, 127), done.stderr)  # 127: not even the libraries could be loaded
                self.assertIn(b"error", done.stderr)
                self.assertEqual(self.made(), ["true-a.pdf"])
            if done.returncode == 2:
                self.assertIn(f"ulimit -v is {mb << 10}".encode(), done.stderr)
        self.assertIn(0, sizes)
        self.assertIn(2, sizes)

    def test_size_of_files(self):
        for program, name in (("statement", "a.pdf"), ("roster", "a.xlsx"), ("dossier", "a.pdf")):
            who = [] if program == "roster" else ["-a", "A001"]
            done = self.run_in(program, *who, "-o", name, BATCH,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
            self.assert_fails(done, "error: ", "ulimit -f")
            self.assertNotIn(b"died", done.stderr)

    def test_a_limit_withholds_nothing_and_prunes_nothing(self):
        """A person whose papers the machine did not make is no person with errors."""
        all_ = generate(self.dir, 5)
        package = ["package", "-q", "-T", few_papers(self.dir), "--prune=all", "-o", "tree/"]
        self.assertEqual(self.run_in(*package, only(all_, "B00002", "B00004")).returncode, 0)
        tree = os.path.join(self.dir, "tree")
        before = {os.path.join(f, n) for f, _, names in os.walk(tree) for n in names if n.endswith((".pdf", ".xlsx"))}
        done = self.run_in(*package, "--force", only(all_, "B00002"),
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60000, 60000)))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"ulimit -f is 58", done.stderr)
        self.assertNotIn(b"have errors", done.stderr)
        self.assertEqual({path for path in before if not os.path.exists(path)}, set())

    def test_open_files(self):
        true = self.true("a.pdf", "dossier", "-a", "A001")
        for n in (5, 6, 8, 10, 12, 16, 24):
            done = self.run_in("dossier", "-a", "A001", "-o", "a.pdf", BATCH,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n)))
            self.assertIn(done.returncode, (0, 2), done.stderr)
            if done.returncode == 0:
                self.assertTrue(filecmp.cmp(true, os.path.join(self.dir, "a.pdf"), shallow=False), n)
                os.unlink(os.path.join(self.dir, "a.pdf"))
            else:
                self.assertIn(b"error", done.stderr)
            self.assertEqual(self.made(), ["true-a.pdf"])


class Locks(Folder):
    def test_a_disk_without_locks_is_no_other_run(self):
        batch = only(generate(self.dir, 3), "B00000", "B00002")
        few, library = few_papers(self.dir), build_library(BUILD)
        for shard, calls in ((["--shard", "1/2"], 4), ([], 1)):
            for call in range(1, calls + 1):
                done = self.run_in("package", "-q", "-T", few, *shard, "-o", "tree/", batch, env={
                    "LD_PRELOAD": library, "FAULT": f"lock:{call}:ENOLCK", **SANITIZER})
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(b"this disk has no locks", done.stderr)
                self.assertNotIn(b"another run", done.stderr)


class Descriptors(Folder):
    def closed(self, *fds):
        return lambda: [os.close(fd) for fd in fds]

    def test_no_file_gets_the_number_of_a_closed_one(self):
        true = self.true("a.pdf", "statement", "-a", "A001")
        for fds in ((0,), (1,), (2,), (0, 1), (0, 1, 2)):
            done = self.run_in("statement", "-a", "A001", "-o", "a.pdf", BATCH, capture_output=False, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=self.closed(*fds))
            self.assertEqual(done.returncode, 0, fds)
            self.assertTrue(filecmp.cmp(true, os.path.join(self.dir, "a.pdf"), shallow=False), fds)

    def test_messages_do_not_get_into_a_tree(self):
        batch = generate(self.dir, 1)
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text.replace('href="photos/', 'href="nowhere/', 1))
        self.run_in("package", "-o", "tree/", batch, capture_output=False, preexec_fn=self.closed(0, 1, 2))
        self.assertEqual(os.path.getsize(os.path.join(self.dir, "tree", ".lock")), 0)

    def test_output_that_is_closed_is_an_error(self):
        self.assert_fails(self.run_in("statement", "-a", "A001", "-o", "-", BATCH, capture_output=False,
                                      stderr=subprocess.PIPE, preexec_fn=self.closed(1)), "cannot write")

    def test_input_that_is_closed_is_an_error(self):
        self.assert_fails(self.run_in("statement", "-o", "a.pdf", "-", preexec_fn=self.closed(0)), "reading failed")

    def test_a_closed_pipe_ends_quietly(self):
        read, write = os.pipe()
        os.close(read)
        for action in (True, False):  # the signal as it is, and ignored as some shells leave it
            done = self.run_in("statement", "-a", "A001", "-o", "-", BATCH, capture_output=False, stdout=write,
                               stderr=subprocess.PIPE, restore_signals=action)
            self.assertEqual((done.returncode, done.stderr), (2, b""))
        os.close(write)


class Surroundings(Folder):
    def test_no_home_and_no_folder_of_temporary_files(self):
        done = self.run_in("statement", "-a", "A001", "-o", "a.pdf", BATCH, env={"HOME": None})
        self.assertEqual(done.returncode, 0, done.stderr)
        os.unlink(os.path.join(self.dir, "a.pdf"))
        done = self.run_in("roster", "-o", "a.xlsx", BATCH, env={"TMPDIR": os.path.join(self.dir, "none")})
        self.assert_fails(done, "none")

    @unittest.skipIf(SANITIZED, "a sanitizer finds its options in /proc")
    def test_without_proc(self):
        """Some build rooms have none. What can be made is the true one, the rest says why not."""
        hide = "mount -t tmpfs none /proc && exec \"$@\""
        if subprocess.run(["unshare", "-m", "sh", "-c", hide, "sh", "true"], capture_output=True).returncode:
            self.skipTest("may not unshare")
        true = self.true("a.pdf", "statement", "-a", "A001")
        for program, name in (("statement", "a.pdf"), ("roster", "a.xlsx"), ("dossier", "a.pdf")):
            who = [] if program == "roster" else ["-a", "A001"]
            done = subprocess.run(["unshare", "-m", "sh", "-c", hide, "sh", PROGRAM, program, *who, "-o", name, BATCH],
                                  cwd=self.dir, env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": self.dir},
                                  capture_output=True, timeout=300)
            self.assertIn(done.returncode, (0, 2), done.stderr)
            if done.returncode:
                self.assertIn(b"/proc: it is not mounted", done.stderr)
            elif program == "statement":
                self.assertTrue(filecmp.cmp(true, os.path.join(self.dir, "a.pdf"), shallow=False))
            if os.path.exists(os.path.join(self.dir, name)):
                os.unlink(os.path.join(self.dir, name))
            self.assertEqual(self.made(), ["true-a.pdf"])

    def test_two_packages_on_one_tree(self):
        batch = generate(self.dir, 1)
        both = [subprocess.Popen([PROGRAM, "package", "-q", "-o", "tree/", batch], cwd=self.dir, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, env=dict(os.environ, LC_ALL="C")) for _ in range(2)]
        said = [p.communicate(timeout=300)[1].decode() for p in both]
        for process, text in zip(both, said):
            self.assertIn(process.returncode, (0, 2), text)
            if process.returncode == 2:
                self.assertIn("another run", text)
        self.assertIn(0, [p.returncode for p in both])
        self.assertEqual(self.run_in("package", "--verify", "tree/").returncode, 0)

    def assert_same_papers(self):
        """The tree's papers are those of a fresh one."""
        for folder, _, names in os.walk(os.path.join(self.dir, "fresh")):
            for name in (n for n in names if n.endswith((".pdf", ".xlsx"))):
                path = os.path.join(folder, name)
                self.assertTrue(filecmp.cmp(path, path.replace("/fresh", "/tree"), shallow=False), path)

    def test_a_clock_that_is_set_back_between_two_runs(self):
        """Both what the time is, and when files were changed that are written from then on."""
        batch = generate(self.dir, 1)
        package = ["package", "-q", "-T", few_papers(self.dir)]
        self.assertEqual(self.run_in(*package, "-o", "tree/", batch).returncode, 0)
        moment = int(time.time()) + 1
        while time.time() < moment:
            time.sleep(0.05)
        env = {"LD_PRELOAD": build_library(BUILD), "FAULT_CLOCK": f"{400 * 86400}:{moment}", **SANITIZER}
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        for word in ("爆炸", "爆碎"):
            with open(batch, "w", encoding="utf-8") as f:
                f.write(text.replace("爆破", word, 1))
            for tree in ("tree/", "fresh/"):
                done = self.run_in(*package, "-o", tree, batch, env=env)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assert_same_papers()
            shutil.rmtree(os.path.join(self.dir, "fresh"))
        done = self.run_in("package", "--verify", "tree/", env=env)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_an_attachment_that_changes_during_the_run(self):
        """The run that sees it cut says so, or its papers are those of the whole one; the next one makes what is missing."""
        batch = only(generate(self.dir, 3), "B00002")
        package = ["package", "-q", "-T", few_papers(self.dir), "-o"]
        path = os.path.join(self.dir, "scans", "A003", "title.pdf")
        with open(path, "rb") as f:
            data = f.read()
        stop = threading.Event()

        def change():
            for part in itertools.cycle((data[:len(data) // 2], data, b"")):
                with open(path, "wb") as f:
                    f.write(part)
                if stop.wait(0.02):
                    break
        thread = threading.Thread(target=change)
        thread.start()
        try:
            runs = [self.run_in(*package, "tree/", batch) for _ in range(3)]
        finally:
            stop.set()
            thread.join()
        for done in runs:
            self.assertIn(done.returncode, (0, 1, 2, 3), done.stderr)
            self.assertTrue(done.returncode == 0 or b"title.pdf" in done.stderr, done.stderr)
        with open(path, "wb") as f:
            f.write(data)
        for tree in ("tree/", "fresh/"):
            done = self.run_in(*package, tree, batch)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same_papers()

    def test_an_attachment_that_is_changed_and_restored_during_the_run(self):
        """Whichever reading of it sees the other bytes: nothing made or found of those is believed once the file is as it was."""
        batch = only(generate(self.dir, 3), "B00002")
        package = ["package", "-q", "-T", few_papers(self.dir), "-j", "1", "-o"]
        path = os.path.join(self.dir, "scans", "A003", "title.pdf")
        true, other = (os.path.join(self.dir, name) for name in ("true.pdf", "other.pdf"))
        shutil.copy(path, true)
        shutil.copy(os.path.join(self.dir, "scans", "A003", "review.pdf"), other)
        open(other + ".empty", "w").close()
        self.assertEqual(self.run_in(*package, "fresh/", batch).returncode, 0)
        for bytes_of in (other, other + ".empty"):
            for reading in range(1, 9):
                env = {"LD_PRELOAD": build_library(BUILD), "FAULT_CHANGED": f"{reading}:{path}:{bytes_of}:{true}", **SANITIZER}
                before = os.stat(path).st_mtime_ns
                done = self.run_in(*package, "tree/", batch, env=env)
                self.assertTrue(done.returncode == 0 or b"title.pdf" in done.stderr, done.stderr)
                changed = os.stat(path).st_mtime_ns != before
                shutil.copy(true, path)
                with self.subTest(bytes=bytes_of, reading=reading):
                    self.assertEqual(self.run_in(*package, "tree/", batch).returncode, 0)
                    self.assert_same_papers()
                shutil.rmtree(os.path.join(self.dir, "tree"))
        self.assertFalse(changed, "more readings than were tried")

    def test_input_that_changes_during_the_run(self):
        batch = generate(self.dir, 6)
        with open(batch, encoding="utf-8") as f:
            text = f.read()
        stop = threading.Event()

        def change():
            while not stop.is_set():
                with open(batch, "r+", encoding="utf-8") as f:
                    f.write(text)
                time.sleep(0.005)
        thread = threading.Thread(target=change)
        thread.start()
        try:
            done = [self.run_in("statement", "-o", f"out{i}/", batch) for i in range(3)]
        finally:
            stop.set()
            thread.join()
        for run in done:
            self.assertIn(run.returncode, (0, 2), run.stderr)
            if run.returncode:
                self.assertIn(b"changed during the run", run.stderr)


class Statuses(Folder):
    def test_a_fault_of_another_unit_is_said_and_does_not_count(self):
        with open(BATCH, encoding="utf-8") as f:
            text = f.read()
        second = text.index("<unit ", text.index("<unit ") + 1)
        batch = os.path.join(self.dir, "batch.xml")
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text[:second] + '<unit nonsense="1"' + text[second + 5:])
        done = self.run_in("statement", "-a", "A001", "-o", "a.pdf", batch)
        self.assertIn(b"unit has no attribute nonsense", done.stderr)
        self.assertEqual(done.returncode, 0)

    def test_people_behind_a_break_in_the_file_are_missing(self):
        with open(BATCH, encoding="utf-8") as f:
            text = f.read()
        batch = os.path.join(self.dir, "batch.xml")
        with open(batch, "w", encoding="utf-8") as f:
            f.write(text[:text.rindex("<applicant ")])
        self.assertEqual(self.run_in("statement", "-o", "out/", batch).returncode, 3)


class Links(Folder):
    def test_a_link_that_cannot_be_looked_at_is_not_replaced(self):
        """Nor is a folder that lies behind one taken for the tree's own."""
        true, link, target = (os.path.join(self.dir, n) for n in ("true", "a.xsd", "target"))
        self.run_in("schema", "-o", true)
        os.symlink(target, link)
        library = build_library(BUILD)
        for call in range(1, 60):
            with open(target, "w", encoding="utf-8") as f:
                f.write("old")
            done = self.run_in("schema", "-o", link, env={"LD_PRELOAD": library, "FAULT": f"stat:{call}:EIO", **SANITIZER})
            with self.subTest(call), open(target, encoding="utf-8") as f:
                self.assertTrue(os.path.islink(link))
                self.assertEqual(done.returncode == 0, f.read() != "old", done.stderr)
            if os.path.islink(link):
                continue
            os.replace(link, target)
            os.symlink(target, link)

    def test_a_document_replaced_by_a_link_is_not_written_through(self):
        batch = generate(self.dir, 1)
        self.assertEqual(self.run_in("package", "-q", "-o", "tree/", batch).returncode, 0)
        tree, other = os.path.join(self.dir, "tree"), os.path.join(self.dir, "other")
        document = next(os.path.join(f, n) for f, _, names in os.walk(tree) for n in names if n.endswith(".pdf"))
        with open(other, "w", encoding="utf-8") as f:
            f.write("mine")
        saved = document + ".true"
        shutil.move(document, saved)
        os.symlink(other, document)
        self.assertEqual(self.run_in("package", "-q", "-o", "tree/", batch).returncode, 0)
        with open(other, encoding="utf-8") as f:
            self.assertEqual(f.read(), "mine")
        self.assertTrue(filecmp.cmp(document, saved, shallow=False))
        self.assertFalse(os.path.islink(document))

    def test_a_folder_replaced_by_a_link_is_not_entered(self):
        batch = generate(self.dir, 1)
        self.assertEqual(self.run_in("package", "-q", "-o", "tree/", batch).returncode, 0)
        tree, other = os.path.join(self.dir, "tree"), os.path.join(self.dir, "other")
        folder = next(f for f, _, names in os.walk(tree) if f != tree and any(n.endswith(".pdf") for n in names))
        shutil.rmtree(folder)
        os.mkdir(other)
        os.symlink(other, folder)
        done = self.run_in("package", "-q", "-o", "tree/", batch)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"this is a link", done.stderr)
        self.assertEqual(os.listdir(other), [])


if __name__ == "__main__":
    unittest.main()
