#!/usr/bin/env python3
"""Lets calls fail in the desk, or kills it there, and looks at what its batches hold then.

    desk_walk.py BUILD [--part K/N]    every N-th call of each kind, from the K-th; 1/1: all

Of two things: a job (a process of its own), and what serves the page, asked as a browser asks.

What must hold: a job that is done has made what it makes when nothing fails. One that is not leaves nothing that is taken
for it, and the next one makes all. An answer of success is the true one, no other one blames the data, and an upload is
complete only when all of its files are there.
"""
import argparse
import concurrent.futures
import filecmp
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

from programs import ROOT, SAMPLES, SANITIZER
from walk import BLAME, ERRORS, FOLDER, HARMLESS, KINDS, build_library, files_below, read_counts, spent

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

DEAR = {"data": 20, "pages": 4}  # tried every so manieth alone
CREATED = "2026-09-01T08:00:00Z"
ASKED = ["open", "read", "write", "rename", "link", "unlink", "fsync", "mmap", "fork", "stat", "mkdir", "truncate", "close",
         "dirs", "access", "poll", "wait", "seek", "mode", "descriptor", "load", "alloc"]


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("A001/学历.pdf", b"1" * 3000)
        z.writestr("zzzz.txt", b"6")
    return out.getvalue().replace(b"zzzz.txt", "张三".encode("gbk") + b".txt")


FIRST = {"a/x.pdf": b"%PDF-1.4 first", "b.zip": archive(), "notes.xml": b"<notes/>", "a/y.jpg": b"y" * 70000}
SECOND = {"a/x.pdf": b"%PDF-1.4 second", "c/d.txt": b"d"}


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content if isinstance(content, bytes) else json.dumps(content).encode())


def content(path):
    """None: there is no such file."""
    if not os.path.exists(path):
        return None
    with open(path, "rb") as f:
        return f.read()


def read(path):
    """None: there is none that is whole."""
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def put_upload(batch, number, files, base=0):
    for path, data in files.items():
        write(os.path.join(batch, "uploads", str(number), path), data)
    write(os.path.join(batch, "uploads", f"{number}.json"), {
        "base": base, "created": CREATED, "complete": True, "files": len(files), "bytes": sum(map(len, files.values()))})
    write(os.path.join(batch, "uploads", f"{number}.files.json"), [{"path": p, "size": len(d)} for p, d in files.items()])


def put_job(batch, number, kind, upload=0, **more):
    write(os.path.join(batch, "jobs", f"{number}.json"), {"number": number, "kind": kind, "state": "queued", "upload": upload, **more})


def new_batch(folder, *uploads):
    """A batch whose last upload is current and not taken yet."""
    write(os.path.join(folder, "batch.json"), {"name": "甲", "profile": "zhejiang-mining", "created": CREATED})
    for name in ("current", "pages", "jobs", "uploads"):
        os.makedirs(os.path.join(folder, name))
    for number, files in enumerate(uploads, 1):
        put_upload(folder, number, files, number - 1)
    write(os.path.join(folder, "current.json"), {"upload": len(uploads)})
    return folder


def sample_upload(binary, folder):
    """A workbook and the scans of one of the samples' people."""
    book, files = os.path.join(folder, "b.xlsx"), {}
    subprocess.run([binary, "workbook", "-a", "A003", "-o", book, os.path.join(SAMPLES, "batch.xml")], check=True, capture_output=True)
    for path in (book, os.path.join(SAMPLES, "scans", "A003", "title.pdf"), os.path.join(SAMPLES, "photos", "A003.jpg")):
        if os.path.exists(path):
            with open(path, "rb") as f:
                files[os.path.basename(path)] = f.read()
    return files


def surroundings(folder, preload, fault, word, **more):
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TMPDIR": folder, "HOME": folder, "LD_PRELOAD": preload,
           "FAULT_IN": word, **SANITIZER, **more}
    if fault:
        env["FAULT"] = fault
    return env


def is_job_file(path):
    """What tells of the run itself: excerpts say when the files were changed that they are of, and may be missing."""
    return re.search(r"(^|/)(jobs/\d+\.json|counts|\.lock|excerpts)$", path) is not None


class Jobs:
    """One job of a batch that is there already."""

    def __init__(self, name, binary, preload, before):
        self.name, self.binary, self.preload, self.before = name, binary, preload, before
        self.folder = tempfile.mkdtemp(prefix="shenbao-faults-", dir=FOLDER)
        self.reference = os.path.join(self.folder, "reference")
        shutil.copytree(before, self.reference)
        self.status, self.said, self.counts = self.run(self.reference, None)
        job = read(os.path.join(self.reference, "jobs", "1.json"))
        assert self.status == 0 and job["state"] == "done", (job, self.said)

    def run(self, batch, fault, job=1, **more):
        counts = os.path.join(batch, "counts")
        env = surroundings(self.folder, self.preload, fault, "--run", FAULT_COUNTS=counts, **more)
        done = subprocess.run([self.binary, "desk", "--run", batch, "--job", str(job), "--quota", "1e9"], env=env, capture_output=True,
                              start_new_session=True, timeout=300, check=False)
        return done.returncode, done.stderr.decode(errors="replace"), read_counts(counts)

    def differs(self, batch):
        """What is not as the reference has it; None: all is."""
        made, true = files_below(batch), files_below(self.reference)
        for path in sorted((made | true) - {p for p in made | true if is_job_file(p)}):
            if path not in made or path not in true:
                return f"{'left behind' if path in made else 'missing'}: {path}"
            if not filecmp.cmp(os.path.join(batch, path), os.path.join(self.reference, path), False):
                return f"other bytes in {path}"
        return None

    def judge(self, fault):
        kind, _, error = fault.split(":")[:3]
        batch = os.path.join(tempfile.mkdtemp(prefix="case-", dir=self.folder), "1")
        shutil.copytree(self.before, batch)
        try:
            status, said, _ = self.run(batch, fault)
            if status < 0 and error != "KILL":
                return f"killed by signal {-status}"
            if status not in (0, 2, -9):
                return f"exit {status}: {said[-300:]}"
            job, taken = read(os.path.join(batch, "jobs", "1.json")), read(os.path.join(batch, "taken.json")) or {}
            if job is None:
                return "the job's file is not whole"
            if job["state"] == "done" or taken.get("settled") and taken["upload"] == job["upload"]:
                wrong = self.differs(batch)
                return wrong if not wrong or kind != "unlink" or not wrong.startswith("left") else None
            if {error, f"{kind}:{error}"} & HARMLESS:
                return f"gave up: {said[-300:]}"
            if BLAME.search(said + json.dumps(taken.get("refused", []), ensure_ascii=False)):
                return f"blames the data: {said[-300:]} {taken.get('refused')}"
            return self.judge_next(batch, job)
        except subprocess.TimeoutExpired:
            return "hangs"
        finally:
            shutil.rmtree(os.path.dirname(batch))

    def judge_next(self, batch, job):
        """Whoever does it again gets all of it."""
        again = {**job, "number": 2, "state": "queued"}
        write(os.path.join(batch, "jobs", "2.json"), again)
        status, said, _ = self.run(batch, None, 2)
        after = read(os.path.join(batch, "jobs", "2.json"))
        if status or after["state"] != "done":
            return f"the next job ends with {status}, {after['state']}: {said[-300:]}"
        if job["kind"] != "take":
            return None  # an upload of the first one's number may be there
        return self.differs(batch)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Closed(Exception):
    """There was no answer."""


class Pages:
    """What serves the page, and a browser that asks it."""
    name = "pages"

    def __init__(self, binary, preload):
        self.binary, self.preload = binary, preload
        self.folder = tempfile.mkdtemp(prefix="shenbao-faults-", dir=FOLDER)
        self.before = os.path.join(self.folder, "before")
        new_batch(os.path.join(self.before, "1"), FIRST)
        for path, data in {"甲/a.pdf": b"%PDF-1.4 a", "report.json": b'{"counts": {"applicants": 1}}', "乙/b.pdf": b"%PDF-1.4 b" * 9000}.items():
            write(os.path.join(self.before, "1", "out", path), data)
        self.reference, self.counts, wrong = self.walk(None, os.path.join(self.folder, "reference"))
        assert not wrong, wrong

    def ask(self, desk, answers, name, method, path, body=None):
        """(status, what it says), also into answers by its name."""
        try:
            answer = desk.ask(method, path, body)
        except Exception as e:  # whatever http.client makes of a connection that is gone
            answers[name] = (0, repr(e).encode())
            raise Closed from e
        answers[name] = (answer.status, answer.body)
        return answer

    def browse(self, desk, answers):
        """From an old batch to a new upload that is taken; what was asked stands in answers."""
        def ask(*what):
            return self.ask(desk, answers, *what)

        for name, path in (("desk", "api/desk"), ("page", ""), ("zip", "api/batches/1/zip"), ("file", "api/batches/1/out/" + "%E4%B9%99/b.pdf"),
                           ("package", "api/batches/1/package"), ("script", "desk.js")):
            try:
                ask(name, "GET", "/" + path)
            except Closed:
                pass
        files = [{"path": p, "size": len(d)} for p, d in SECOND.items()]
        new = ask("upload", "POST", "/api/batches/1/uploads", {"files": files})
        if new.status != 200:
            return
        below = f"/api/batches/1/uploads/{new.json['upload']}"
        for path, data in SECOND.items():
            ask("put " + path, "PUT", f"{below}/files/{path}", data)
        ask("progress", "GET", below)
        ask("complete", "POST", below + "/complete", {})
        for _ in range(200):
            state = ask("state", "GET", "/api/batches/1")
            if state.status == 200 and state.json.get("job", {}).get("state") not in ("queued", "running"):
                done = state.json.get("job", {}).get("state") == "done"
                break
            time.sleep(0.05)
        else:
            answers["hangs"], done = (0, b""), False
        if done:
            ask("taken", "GET", "/api/batches/1/taken")

    def walk(self, fault, root):
        """(answers by name, calls by kind, how it ended wrong)"""
        from desks import Desk
        shutil.copytree(self.before, root)
        counts, answers = os.path.join(self.folder, os.path.basename(root) + ".counts"), {}
        env = surroundings(self.folder, self.preload, fault, "-d", FAULT_COUNTS=counts)
        try:
            desk = Desk(root, env=env, apart=True)
        except AssertionError as e:  # it did not begin, and has said why
            return {}, read_counts(counts), None if re.search("error: |错误", str(e)) or fault.endswith("KILL") else f"did not begin: {e}"
        try:
            self.browse(desk, answers)
        except Closed:
            pass
        ended = desk.process.poll()
        said = desk.said()
        status = desk.stop()
        wrong = None
        if fault and fault.endswith(":KILL"):
            return answers, read_counts(counts), None
        if ended is not None and (ended != 2 or "error" not in said and "错误" not in said):
            wrong = f"the desk ended with {ended}: {said[-300:]}"
        elif ended is None and status not in (0, 2):
            wrong = f"the desk ends with {status}"
        return answers, read_counts(counts), wrong

    def judge(self, fault):
        root = tempfile.mkdtemp(prefix="case-", dir=self.folder)
        os.rmdir(root)
        try:
            answers, _, wrong = self.walk(fault, root)
            return wrong or self.judge_answers(answers) or self.judge_upload(answers, os.path.join(root, "1"), fault)
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def judge_answers(self, answers):
        refused = False  # something before, so that what follows has reason to be another
        for name, (status, body) in answers.items():
            if refused and name in ("progress", "complete", "state", "taken"):
                continue
            refused = refused or (status not in range(200, 300) and name.split()[0] in ("upload", "put", "complete"))
            true_status, true_body = self.reference.get(name, (0, b""))
            if name == "hangs":
                return "the job is never over"
            if status in range(400, 500) and status != true_status:
                return f"{name}: {status} blames whoever asks: {body.decode(errors='replace')[:200]}"
            if status in range(200, 300) and (status != true_status or plain(name, body) != plain(name, true_body)):
                return f"{name}: another answer: {plain(name, body)[:300]} {plain(name, true_body)[:300]}"
        return None

    def judge_upload(self, answers, batch, fault):
        """An upload that looks complete is; one that was said to be complete is taken, or can be."""
        about = read(os.path.join(batch, "uploads", "2.json")) or {}
        current = read(os.path.join(batch, "current.json"))
        said = answers.get("complete", (0, b""))[0] == 200
        if about.get("complete") or said:
            for path, data in SECOND.items():
                file = os.path.join(batch, "uploads", "2", path)
                if content(file) != data:
                    return f"complete, and without {path}"
            if about.get("base") != 1:
                return f"builds on {about.get('base')}"
        if said and (current != {"upload": 2} or not about.get("complete")):
            return "said to be complete, and is not"
        if current not in ({"upload": 1}, {"upload": 2}):
            return f"current: {current}"
        job = read(os.path.join(batch, "jobs", "1.json"))
        if said and (job or {}).get("state") == "done":
            with open(os.path.join(batch, "current", "a", "x.pdf"), "rb") as f:
                if f.read() != SECOND["a/x.pdf"] or not os.path.exists(os.path.join(batch, "current", "a", "y.jpg")):
                    return "the job is done, and the files are others"
        stray = [p for p in files_below(batch) if "/.part-" in "/" + p]
        return f"left behind: {stray[0]}" if stray and not fault.startswith("unlink") and answers.get("state", (0,))[0] else None

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def plain(name, body):
    """Without what is of the time."""
    if name in ("desk", "state", "progress", "complete", "taken"):
        body = re.sub(rb'"(created|started|ended|time|taken|data_time|done|of|step)": ?("[^"]*"|\d+),?\s*', b"", body)
        if name == "state":  # a job that has failed says so
            body = re.sub(rb'"job": ?\{[^}]*\},?\s*', b"", body)
    return body


def faults_of(counts, part, parts):
    """Of all calls that were counted, with each of their errors; of many allocations and kills some."""
    for kind in (*ASKED, "any"):
        step = max(1, counts[kind] // 60) if kind in ("alloc", "any") else 1
        yield from [f"{kind}:{number}:{error}" for number in range(1, counts[kind] + 1, step)
                    for error in ERRORS[kind]][(part - 1) % parts::parts]


def walk_all(what, part, parts, found):
    faults = list(faults_of(what.counts, part, parts))
    with concurrent.futures.ThreadPoolExecutor(2 * len(os.sched_getaffinity(0))) as pool:
        for fault, wrong in zip(faults, pool.map(what.judge, faults)):
            if wrong:
                found.append((what.name, fault, wrong))
                print(f"  desk, {what.name} {fault}: {wrong}", flush=True)
    return len(faults)


def befores(binary, folder):
    """(name, a batch with a job that waits)"""
    scans = new_batch(os.path.join(folder, "scans"), FIRST, SECOND)
    put_job(scans, 1, "take", 2)
    yield "scans", scans
    data = new_batch(os.path.join(folder, "data"), sample_upload(binary, folder))
    put_job(data, 1, "take", 1)
    yield "data", data


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--part", default="1/1", help="K/N")
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    part, parts = map(int, options.part.split("/"))
    found, tried = [], 0
    with tempfile.TemporaryDirectory(prefix="shenbao-faults-") as folder:
        binary, preload = os.path.join(os.path.abspath(options.build), "bin", "shenbao"), build_library(options.build)
        makers = {name: (lambda name=name, before=before: Jobs(name, binary, preload, before)) for name, before in befores(binary, folder)}
        makers["pages"] = lambda: Pages(binary, preload)
        for name, make in makers.items():
            if options.names and name not in options.names:
                continue
            begin, what = spent(), make()
            n = walk_all(what, part, parts * DEAR.get(name, 1), found)
            what.close()
            tried += n
            print(f"desk, {name}: {n} faults of {sum(what.counts[k] for k in ASKED)} calls; {spent() - begin:.1f} s", flush=True)
    print(f"desk, part {part} of {parts}: {tried} faults, {len(found)} wrong, {spent():.0f} seconds of a processor")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
