"""The desk as a browser and others meet it: uploads, jobs, papers, and who gets in."""
import concurrent.futures
import contextlib
import http.client
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ET
import zipfile

from blackbox_evaluation_form import PROGRAM
from desks import SAMPLES, Desk, sample_files


def children(pid):
    """All processes below it."""
    out = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(a): int(b) for a, b in (line.split() for line in out.splitlines())}
    found, more = set(), {pid}
    while more:
        more = {p for p, parent in parents.items() if parent in more} - found
        found |= more
    return found


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            return "Z" not in f.read().rsplit(")", 1)[1]
    except OSError:
        return False


class Way(unittest.TestCase):
    """From an empty desk to the package, with one person."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.desk = Desk(cls.dir.name)
        cls.batch = cls.desk.batch("矿山 𠮷,\";<b>")
        cls.files = sample_files("A003", "三人/")
        cls.state = cls.desk.upload(cls.batch, cls.files)
        cls.desk.ask("POST", f"/api/batches/{cls.batch}/package", {})
        cls.packed = cls.desk.settled(cls.batch)

    @classmethod
    def tearDownClass(cls):
        cls.desk.stop()
        cls.dir.cleanup()

    def path(self, rest):
        return f"/api/batches/{self.batch}/{rest}"

    def test_it_is_checked_by_itself(self):
        self.assertEqual((self.state["job"]["state"], self.state["job"]["kind"]), ("done", "take"))
        self.assertEqual((self.state["checked"]["applicants"], self.state["checked"]["errors"]), (1, 0))
        report = self.desk.ask("GET", self.path("report")).json
        self.assertEqual([a["id"] for a in report["applicants"]], ["A003"])
        findings = report["findings"] + report["applicants"][0]["findings"]
        self.assertTrue(findings)
        for f in findings:  # for pages in either language
            self.assertRegex(f["message"], "[一-鿿]")
            self.assertRegex(f["en"], "[a-z]{3} ")
        self.assertEqual(self.desk.ask("GET", self.path("taken")).json["inputs"], ["三人/申报数据.xlsx"])

    def test_the_package_is_what_the_program_makes(self):
        self.assertEqual((self.packed["job"]["state"], self.packed["job"]["status"]), ("done", 0))
        with tempfile.TemporaryDirectory() as d:
            book = os.path.join(self.dir.name, self.batch, "current", "book.xlsx")
            done = subprocess.run([PROGRAM, "package", "--profile", "zhejiang-mining", "-o", os.path.join(d, "out"), "book.xlsx"],
                                  cwd=os.path.dirname(book), capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            answer = self.desk.ask("GET", self.path("zip"))
            self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))
            z = zipfile.ZipFile(io.BytesIO(answer.body))
            self.assertIsNone(z.testzip())
            tree = {}
            for root, folders, names in os.walk(os.path.join(d, "out")):
                folders[:] = [f for f in folders if not f.startswith(".")]
                for name in names:
                    if not name.startswith("."):
                        with open(os.path.join(root, name), "rb") as f:
                            tree[os.path.relpath(os.path.join(root, name), os.path.join(d, "out"))] = f.read()
            self.assertEqual({n: z.read(n) for n in z.namelist()}, tree)
            self.assertEqual(answer.body, self.desk.ask("GET", self.path("zip")).body)
            for _ in range(100):  # the snapshot goes when the connection does
                left = [n for n in os.listdir(os.path.join(self.dir.name, self.batch)) if n.startswith(".snapshot")]
                if not left:
                    break
                time.sleep(0.1)
            self.assertEqual(left, [])

    def test_what_to_print_is_told(self):
        printing = self.desk.ask("GET", self.path("print"))
        self.assertEqual((printing.status, printing.headers["Content-Type"]), (200, "text/plain; charset=utf-8"))
        self.assertIn("评审表.pdf", printing.body.decode())
        room = self.desk.ask("GET", self.path("room")).json
        self.assertTrue(0 < room["left"] <= room["quota"], room)

    def test_a_person_alone_is_an_archive_too(self):
        report = self.desk.ask("GET", self.path("package")).json
        folder = report["applicants"][0]["folder"]
        z = zipfile.ZipFile(io.BytesIO(self.desk.ask("GET", self.path("zip/" + urllib.parse.quote(folder))).body))
        self.assertIn("评审表.pdf", z.namelist())
        self.assertEqual(self.desk.ask("GET", self.path("zip/nobody")).status, 404)

    def test_a_name_for_every_reader(self):
        disposition = self.desk.ask("GET", self.path("zip")).headers["Content-Disposition"]
        self.assertRegex(disposition, r'^attachment; filename="[ -!#-~]*"; filename\*=UTF-8\'\'[A-Za-z0-9%._~-]*$')
        self.assertIn("%F0%A0%AE%B7", disposition)

    def test_pages_are_drawn_when_they_are_looked_at(self):
        answer = self.desk.ask("GET", self.path("people/A003/pledge"))
        self.assertEqual((answer.status, answer.json), (200, {"pages": 1}))
        page = self.desk.ask("GET", self.path("people/A003/pledge/001.svg"))
        self.assertEqual((page.status, page.headers["Content-Type"]), (200, "image/svg+xml"))
        self.assertIn("book.xlsx:", page.body.decode())
        self.assertTrue(os.path.exists(os.path.join(self.dir.name, self.batch, "excerpts")))  # of which they are made
        for wrong in ("people/A003/pledge/002.svg", "people/A003/pledge/done", "people/A003/-x", "people/A003/--strict", "people/A003/..%2fpledge"):
            self.assertIn(self.desk.ask("GET", self.path(wrong)).status, (400, 404, 422), wrong)
        for person in ("A999", "--strict"):
            nobody = self.desk.ask("GET", self.path(f"people/{person}/pledge"))
            self.assertEqual(nobody.status, 500)
            self.assertNotIn("改正", nobody.json["zh"])  # there is nothing in the data to be mended

    def test_the_volume_is_looked_through_before_it_is_printed(self):
        profile = next(p for p in self.desk.ask("GET", "/api/desk").json["profiles"] if p["name"] == "zhejiang-mining")
        self.assertEqual([p["name"] for p in profile["papers"] if p["bound"]], ["dossier"])
        answer = self.desk.ask("GET", self.path("people/A003/dossier"))
        pages = next(len(d["pages"]) if isinstance(d.get("pages"), list) else d["pages"]
                     for a in self.desk.ask("GET", self.path("package")).json["applicants"] for d in a["documents"] if d["file"].endswith("书面材料.pdf"))
        self.assertEqual((answer.status, answer.json), (200, {"pages": pages}))
        frames, pictures = [], []
        for n in range(1, pages + 1):
            page = ET.fromstring(self.desk.ask("GET", self.path(f"people/A003/dossier/{n:03}.svg")).body)
            frames += [(e.get("data-file"), e.get("data-page")) for e in page.iter() if e.get("class") == "copy"]
            pictures += [e.get("href") for e in page.iter() if e.tag.endswith("image")]
        self.assertTrue(frames)
        for name in pictures:
            self.assertEqual(self.desk.ask("GET", self.path("people/A003/dossier/" + name)).headers["Content-Type"], "image/jpeg")
        for name, _ in frames:  # what is behind them can be fetched, and runs nowhere
            answer = self.desk.ask("GET", self.path("current/" + urllib.parse.quote(name)))
            self.assertEqual((answer.status, answer.headers["Content-Type"], answer.body[:5]), (200, "application/octet-stream", b"%PDF-"))
            self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        for wrong in ("current/", "current/..", "current/%2e%2e/passwords.txt", "current/nothing", "current/scans"):
            self.assertIn(self.desk.ask("GET", self.path(wrong)).status, (400, 404), wrong)

    def test_what_is_uploaded_never_runs_here(self):
        files = {"x.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "x.html": b"<script>alert(1)</script>", "y.jpg": b"<html><script>alert(1)</script>",
                 "<b>&\"'.txt": b"markup"}
        batch = self.desk.batch("<script>alert(1)</script>")
        self.desk.upload(batch, files)
        for name, data in files.items():
            answer = self.desk.ask("GET", f"/api/batches/{batch}/current/" + urllib.parse.quote(name))
            self.assertEqual((answer.status, answer.body, answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]),
                             (200, data, "application/octet-stream", "nosniff"), name)
            self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment; "))

    def test_requests_in_one_piece_are_answered_in_turn(self):
        host = f"Host: 127.0.0.1:{self.desk.port}\r\n"
        with socket.create_connection(("127.0.0.1", self.desk.port), 20) as s:
            s.sendall(f"GET / HTTP/1.1\r\n{host}\r\nHEAD /desk.js HTTP/1.1\r\n{host}\r\nGET / HTTP/1.1\r\n{host}Range: bytes=0-1\r\nConnection: close\r\n\r\n".encode())
            got = b""
            while True:
                piece = s.recv(65536)
                if not piece:
                    break
                got += piece
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+) ", got), [b"200", b"200", b"200"])

    def test_workbooks_are_saved(self):
        for what in ("book", "marked", "blank"):
            answer = self.desk.ask("GET", self.path(what))
            self.assertEqual(answer.status, 200, what)
            self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
            self.assertIn("xl/workbook.xml", zipfile.ZipFile(io.BytesIO(answer.body)).namelist())

    def test_the_page_asks_nobody_else(self):
        for name in ("", "desk.js", "desk.css", "desk.svg"):
            answer = self.desk.ask("GET", "/" + name)
            self.assertEqual(answer.status, 200)
            text = answer.body.decode().replace("http://www.w3.org/2000/svg", "")
            self.assertNotRegex(text, r"https?://|style=|<script>|\bon\w+=\"")
            self.assertIn("default-src 'self'", answer.headers["Content-Security-Policy"])
            self.assertEqual((answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]), ("nosniff", "no-store"))

    def test_whoever_follows_is_told(self):
        with socket.create_connection(("127.0.0.1", self.desk.port), 20) as s:
            s.sendall(f"GET {self.path('events')} HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\n\r\n".encode())
            got = b""
            while b"\n\n" not in got.split(b"\r\n\r\n", 1)[-1]:
                got += s.recv(65536)
        self.assertIn(b"text/event-stream", got)
        self.assertIn("矿山".encode(), got)

    def test_papers_are_shown_and_all_else_is_saved(self):
        pdf = next(d["file"] for d in self.desk.ask("GET", self.path("package")).json["applicants"][0]["documents"] if d["file"].endswith(".pdf"))
        answer = self.desk.ask("GET", self.path("out/" + urllib.parse.quote(pdf)))
        self.assertEqual((answer.status, answer.headers["Content-Type"], answer.body[:5]), (200, "application/pdf", b"%PDF-"))
        answer = self.desk.ask("GET", self.path("out/report.html"))
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/octet-stream"))
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        for wrong in ("out/", "out/nothing", "out/..", "out/%2e%2e/batch.json", "out/.lock/x"):
            self.assertIn(self.desk.ask("GET", self.path(wrong)).status, (400, 404), wrong)


class Uploads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.desk = Desk(cls.dir.name, options=["--quota", "2000000"])

    @classmethod
    def tearDownClass(cls):
        cls.desk.stop()
        cls.dir.cleanup()

    def setUp(self):
        self.batch = self.desk.batch()

    def work(self):
        top = os.path.join(self.dir.name, self.batch, "current")
        found = {}
        for folder, _, names in os.walk(top):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    found[os.path.relpath(os.path.join(folder, name), top)] = f.read()
        return found

    def refused(self):
        return self.desk.ask("GET", f"/api/batches/{self.batch}/taken").json["refused"]

    def test_paths_are_kept_and_later_files_take_the_place_of_earlier_ones(self):
        self.desk.upload(self.batch, {"张三/身份证.jpg": b"1", "李四/身份证.jpg": b"2", "空.txt": b"", ".DS_Store": b"x", "张三/._身份证.jpg": b"x"})
        self.assertEqual(self.work(), {"张三/身份证.jpg": b"1", "李四/身份证.jpg": b"2", "空.txt": b""})
        taken = self.desk.ask("GET", f"/api/batches/{self.batch}/taken").json
        self.assertEqual((taken["files"], taken["junk"], taken["empty"]), (3, 2, 1))
        self.desk.upload(self.batch, {"张三/身份证.jpg": b"3"})
        self.assertEqual(self.work()["张三/身份证.jpg"], b"3")
        self.assertEqual(len(self.work()), 3)
        self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/1/restore", {}).status, 200)
        self.desk.settled(self.batch)
        self.assertEqual(self.work()["张三/身份证.jpg"], b"1")

    def test_an_upload_is_current_only_when_all_has_come(self):
        files = {"a.txt": b"aa", "b.txt": b"bbb"}
        upload = self.desk.announce(self.batch, files).json["upload"]
        self.assertEqual(self.desk.put(self.batch, upload, "a.txt", b"aa").status, 200)
        self.assertEqual(self.desk.put(self.batch, upload, "b.txt", b"b").status, 400)     # fewer bytes
        self.assertEqual(self.desk.put(self.batch, upload, "b.txt", b"bbbb").status, 400)  # more
        self.assertEqual(self.desk.put(self.batch, upload, "c.txt", b"c").status, 400)     # not announced
        answer = self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/{upload}/complete", {})
        self.assertEqual((answer.status, answer.json), (409, {"missing": ["b.txt"], "received": 1, "of": 2}))
        self.assertEqual(self.desk.ask("GET", f"/api/batches/{self.batch}").json["upload"], 0)
        self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/{upload}/complete", {"partly": 1}).status, 200)
        self.desk.settled(self.batch)
        self.assertEqual(self.work(), {"a.txt": b"aa"})
        self.assertEqual(self.desk.put(self.batch, upload, "b.txt", b"bbb").status, 400)   # too late
        folder = os.path.join(self.dir.name, self.batch, "uploads", str(upload))
        self.assertEqual(os.listdir(folder), ["a.txt"])

    def test_what_was_never_complete_goes_after_a_day(self):
        uploads = os.path.join(self.dir.name, self.batch, "uploads")
        old, fresh = (self.desk.announce(self.batch, {"a.txt": b"aa", "b/c.txt": b"c"}).json["upload"] for _ in range(2))
        for upload in (old, fresh):
            self.assertEqual(self.desk.put(self.batch, upload, "b/c.txt", b"c").status, 200)
        long_ago = time.time() - 2 * 86400
        os.utime(os.path.join(uploads, str(old)), (long_ago, long_ago))
        state = self.desk.upload(self.batch, {"d.txt": b"d"})
        self.assertEqual(sorted(n for n in os.listdir(uploads) if os.path.isdir(os.path.join(uploads, n))), [str(fresh), str(state["upload"])])
        self.assertEqual([u["complete"] for u in state["uploads"]], [True, False, False])
        self.assertEqual((self.desk.put(self.batch, old, "a.txt", b"aa").status, self.desk.put(self.batch, fresh, "a.txt", b"aa").status), (400, 200))

    def test_what_was_cut_by_a_kill_does_not_stay(self):
        upload = self.desk.announce(self.batch, {"a.txt": b"aa", "b.txt": b"bb"}).json["upload"]
        folder = os.path.join(self.dir.name, self.batch, "uploads", str(upload))
        with socket.create_connection(("127.0.0.1", self.desk.port)) as s:
            s.sendall(f"PUT /api/batches/{self.batch}/uploads/{upload}/files/a.txt HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\nX-Shenbao: 1\r\nContent-Length: 2\r\n\r\na".encode())
            while not os.listdir(folder):
                time.sleep(0.02)
            self.desk.stop(signal.SIGKILL)
        self.desk.start()
        for path in ("a.txt", "b.txt"):
            self.assertEqual(self.desk.put(self.batch, upload, path, b"xx").status, 200)
        self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/{upload}/complete", {}).status, 200)
        self.desk.settled(self.batch)
        self.assertEqual(sorted(os.listdir(folder)), ["a.txt", "b.txt"])

    def test_what_cannot_be_used_is_refused_by_name_before_it_is_sent(self):
        for name, word in (("a.rar", "zip"), ("a.7z", "zip"), ("a.xls", "xlsx"), ("表.ET", "xlsx"), ("../a", "改名"), ("/a", "改名"), ("a/../b", "改名"),
                           ("a\nb", "改名"), ("a\\b", "改名"), ("x" * 256, "改名"), ("", "改名"), ("a/", "改名"), ("a//b", "改名")):
            answer = self.desk.ask("POST", f"/api/batches/{self.batch}/uploads", {"files": [{"path": name, "size": 1}]})
            self.assertEqual(answer.status, 400, name)
            self.assertIn(word, answer.json["zh"], name)
        answer = self.desk.ask("POST", f"/api/batches/{self.batch}/uploads", {"files": [{"path": p, "size": 1} for p in ("甲.rar", "乙/表.xls", "好.pdf")]})
        for language in ("zh", "en"):
            self.assertEqual([line.split("：")[0].split(": ")[0] for line in answer.json[language].split("\n")], ["甲.rar", "乙/表.xls"])
        for body in ({}, {"files": []}, {"files": 3}, {"files": [{}]}, {"files": [{"path": "a", "size": -1}]}, {"files": [{"path": "a", "size": 1}] * 2},
                     {"files": [{"path": "a", "size": 1e9}]}, {"files": [{"path": "a", "size": "x"}, {"path": "a/b", "size": 1e300}]}):
            self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/uploads", body).status, 400, body)

    def test_archives_are_unpacked_and_nothing_leaves_them(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("A001/学历.pdf", b"1")
            z.writestr("../outside", b"x")
            z.writestr("/absolute", b"x")
            z.writestr("a\\b.txt", b"2")
            z.writestr("Twice.txt", b"3")
            z.writestr("twice.txt", b"4")
            z.writestr("__MACOSX/._x", b"x")
            z.writestr("e\u0301.txt", b"5")
            link = zipfile.ZipInfo("link")
            link.create_system, link.external_attr = 3, 0o120777 << 16
            z.writestr(link, "/etc")
            z.writestr("link/passwd", b"x")
            gbk = zipfile.ZipInfo("zzzzzz.txt")
            z.writestr(gbk, b"6")
        data = out.getvalue().replace(b"zzzzzz.txt", "张三丰".encode("gbk") + b".txt")
        self.desk.upload(self.batch, {"扫描/all.zip": data})
        self.assertEqual(self.work(), {"A001/学历.pdf": b"1", "a/b.txt": b"2", "Twice.txt": b"3", "é.txt": b"5", "张三丰.txt": b"6", "link/passwd": b"x"})
        self.assertEqual(len(self.refused()), 4, self.refused())
        self.assertFalse(os.path.exists(os.path.join(self.dir.name, "outside")))

    def archive(self, files):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            for name, data in files.items():
                z.writestr(name, data)
        return out.getvalue()

    def test_archives_with_files_of_one_name_lose_none(self):
        """Each packed without the folder that told whose it is; what is the same in both is there once."""
        self.desk.upload(self.batch, {"张三.zip": self.archive({"身份证.jpg": b"1", "通知.pdf": b"x"}), "李四.zip": self.archive({"身份证.jpg": b"2", "通知.pdf": b"x"}),
                                      "身份证.jpg": b"3"})
        self.assertEqual(sorted(self.work().values()), [b"1", b"2", b"3", b"x"])
        self.assertLessEqual({"身份证.jpg", "通知.pdf"}, set(self.work()))
        self.assertTrue({"张三/身份证.jpg", "李四/身份证.jpg"} & set(self.work()))
        self.assertTrue(all("重名" in r["zh"] and r["file"] == "身份证.jpg" for r in self.refused()))
        told = len(self.refused())
        self.assertEqual(told, len(self.work()) - 2)
        self.desk.upload(self.batch, {"身份证.jpg": b"4"})  # later ones take the place as ever
        self.assertEqual(self.work()["身份证.jpg"], b"4")

    def test_files_and_folders_of_one_name_are_told(self):
        answer = self.desk.announce(self.batch, {"a": b"1", "a.txt": b"", "a/b": b"2"})
        self.assertEqual(answer.status, 400)
        self.assertIn("a/b", answer.json["zh"])
        self.assertEqual(self.desk.upload(self.batch, {"x.zip": self.archive({"a": b"1", "a/b": b"2", "c/d": b"3", "c": b"4"})})["job"]["state"], "done")
        self.assertEqual(self.work(), {"a": b"1", "c/d": b"3"})
        self.assertEqual([r["file"] for r in self.refused()], ["a/b", "c"])
        self.assertEqual(self.desk.upload(self.batch, {"a/e": b"5", "c": b"6", "f": b"7"})["job"]["state"], "done")
        self.assertEqual(self.work(), {"a": b"1", "c/d": b"3", "f": b"7"})
        self.assertEqual([r["file"] for r in self.refused()], ["a/e", "c"])
        self.desk.upload(self.batch, {"caf\u00e9.txt": b"1", "cafe\u0301.txt": b"2"})  # one name here
        self.assertEqual(len(self.refused()), 3)

    def test_what_lies_deep_is_taken_or_refused(self):
        deep = "/".join(["d"] * 31)
        self.assertEqual(self.desk.upload(self.batch, {f"{deep}/a.txt": b"1", "x.zip": self.archive({f"{deep}/b.txt": b"2", f"{deep}/d/c.txt": b"3"})})["job"]["state"], "done")
        self.assertEqual(self.work(), {f"{deep}/a.txt": b"1", f"{deep}/b.txt": b"2"})
        self.assertEqual([r["file"] for r in self.refused()], [f"{deep}/d/c.txt"])
        for name in (f"{deep}/d/c.txt", ".part-1.pdf", "a/.part-x"):
            self.assertEqual(self.desk.announce(self.batch, {name: b"1"}).status, 400, name)

    def test_bodies_come_in_every_way_that_there_is(self):
        upload = self.desk.announce(self.batch, {"a.txt": b"hello", "b.txt": b"hello"}).json["upload"]
        path = f"/api/batches/{self.batch}/uploads/{upload}/files/"
        head = f" HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\nX-Shenbao: 1\r\n"
        for name, lines, body, status in (("a.txt", "Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", 200), ("b.txt", "Content-Length: 5\r\n", b"hello", 200),
                                          ("a.txt", "Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!", 400),
                                          ("a.txt", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", 400),
                                          ("a.txt", "Transfer-Encoding: gzip, chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", 501),
                                          ("a.txt", "Transfer-Encoding: identity\r\n", b"hello", 501),
                                          ("a.txt", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", 400)):
            self.assertEqual(self.desk.raw(f"PUT {path}{name}{head}{lines}\r\n".encode() + body), status, lines)
        with socket.create_connection(("127.0.0.1", self.desk.port), 20) as s:
            s.sendall(f"PUT {path}b.txt{head}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n".encode())
            self.assertTrue(s.recv(1000).startswith(b"HTTP/1.1 100 "))
            s.sendall(b"hello")
            self.assertTrue(s.recv(1000).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(self.desk.ask("HEAD", "/desk.js").status, 200)

    def test_hostile_archives_are_refused_by_name(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            z.writestr("secret.txt", b"x" * 100)
            z.writestr("plain.txt", b"1")
            z.writestr("inner.rar", b"Rar!")
        data = bytearray(out.getvalue())
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the first entry says that it is encrypted
            data[data.index(mark) + at] |= 1
        self.desk.upload(self.batch, {"a.zip": bytes(data)})
        self.assertNotIn("secret.txt", self.work())
        self.assertEqual(self.work().get("plain.txt"), b"1")
        self.assertTrue(any("secret.txt" in (r["file"] or "") + r["zh"] for r in self.refused()), self.refused())
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("kernel", bytes(1 << 20))
        data = out.getvalue()
        first, last = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
        entries = b"".join(data[first:last].replace(b"kernel", b"k%05d" % i) for i in range(200))  # all of them that one
        end = data[last:last + 8] + (200).to_bytes(2, "little") * 2 + len(entries).to_bytes(4, "little") + data[last + 16:]
        self.desk.upload(self.batch, {"bomb.zip": data[:first] + entries + end})
        self.assertLess(sum(len(d) for d in self.work().values()), 4 << 20)
        self.assertEqual(self.desk.upload(self.batch, {"after.txt": b"1"})["upload"], 3)

    def test_what_is_no_archive_or_too_large_costs_only_itself(self):
        self.assertEqual(self.desk.upload(self.batch, {"a.txt": b"1"})["job"]["state"], "done")
        self.assertEqual(self.desk.upload(self.batch, {"b.zip": b"no archive"})["job"]["state"], "failed")
        self.assertEqual(self.work(), {"a.txt": b"1"})
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("zeros", bytes(60 << 20))
        self.assertEqual(self.desk.upload(self.batch, {"bomb.zip": bomb.getvalue()})["job"]["state"], "failed")
        self.assertEqual(self.work(), {"a.txt": b"1"})

    def test_a_batch_goes_with_all_its_files(self):
        self.desk.upload(self.batch, {"a.txt": b"1"})
        self.assertEqual(self.desk.ask("DELETE", f"/api/batches/{self.batch}").status, 200)
        self.assertEqual(self.desk.ask("GET", f"/api/batches/{self.batch}").status, 404)
        self.assertFalse(os.path.exists(os.path.join(self.dir.name, self.batch)))
        self.assertNotEqual(self.desk.batch(), self.batch)  # a page that still shows it is not to show another

    def test_names_of_others_in_its_folder_give_no_numbers(self):
        for name in ("20261130123456", "9223372036854775807", "99999999999999999999.zip"):
            os.mkdir(os.path.join(self.dir.name, name))
            self.addCleanup(os.rmdir, os.path.join(self.dir.name, name))
        batch = self.desk.batch()
        self.assertEqual(self.desk.ask("GET", f"/api/batches/{batch}").status, 200)
        os.mkdir(os.path.join(self.dir.name, batch, "uploads", "20261130123456"))
        self.assertEqual(self.desk.upload(batch, {"a.txt": b"1"})["upload"], 1)

    def test_it_goes_while_something_works_in_it(self):
        for after in (0, 0.3, 1):
            batch = self.desk.batch()
            files = sample_files("A003")
            upload = self.desk.announce(batch, files).json["upload"]
            for path, data in files.items():
                self.assertEqual(self.desk.put(batch, upload, path, data).status, 200)
            self.assertEqual(self.desk.ask("POST", f"/api/batches/{batch}/uploads/{upload}/complete", {}).status, 200)
            time.sleep(after)
            self.assertEqual(self.desk.ask("DELETE", f"/api/batches/{batch}").status, 200)
            self.assertEqual([n for n in os.listdir(self.dir.name) if n in (batch, ".deleted-" + batch)], [])

    def test_what_is_damaged_is_told_and_not_written_over(self):
        """By a disk or a hand: the desk writes these files whole."""
        good, *bad = (self.desk.batch(f"第{i}批") for i in range(6))
        for batch, (name, text) in zip(bad, (("batch.json", '{"name": "'), ("batch.json", ""), ("batch.json", None), ("current.json", ""), ("current.json", "{}"))):
            self.desk.upload(batch, {"a.txt": b"1"})
            path = os.path.join(self.dir.name, batch, name)
            os.remove(path)
            if text is not None:
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
        listed = {b["id"]: b for b in self.desk.ask("GET", "/api/desk").json["batches"]}
        self.assertNotIn("damaged", listed[good])
        self.assertEqual([listed[b].get("damaged") for b in bad], [True] * 5)
        self.assertEqual([listed[b]["name"] for b in bad], [*bad[:3], "第4批", "第5批"])
        for batch in bad:
            for answer in (self.desk.ask("GET", f"/api/batches/{batch}"), self.desk.announce(batch, {"b.txt": b"2"})):
                self.assertEqual(answer.status, 500)
                self.assertIn("已损坏", answer.json["zh"])
        upload = self.desk.announce(good, {"a.txt": b"1"}).json["upload"]
        for text in ("", "[{}]", '[{"path": 1}]'):
            with open(os.path.join(self.dir.name, good, "uploads", f"{upload}.files.json"), "w", encoding="utf-8") as f:
                f.write(text)
            self.assertEqual(self.desk.put(good, upload, "a.txt", b"1").status, 400)
            self.assertEqual(self.desk.ask("POST", f"/api/batches/{good}/uploads/{upload}/complete", {}).status, 404)
        self.desk.stop(signal.SIGKILL)
        self.desk.start()  # they keep no others from being served
        self.assertEqual(self.desk.upload(good, {"a.txt": b"1"})["job"]["state"], "done")
        for batch in bad:
            shutil.rmtree(os.path.join(self.dir.name, batch))

    def test_names_that_grow_too_long_are_told(self):
        """Some characters are longer when they are composed."""
        long = "\ufb1d" * 80 + ".pdf"
        self.assertEqual(self.desk.upload(self.batch, {long: b"1", "a.txt": b"2"})["job"]["state"], "done")
        self.assertEqual((self.work(), [r["file"] for r in self.refused()]), ({"a.txt": b"2"}, [long]))

    def test_two_uploads_at_once_lose_nothing(self):
        one, other = ({"a.txt": b"1"}, {"b.txt": b"2"})
        numbers = [self.desk.announce(self.batch, files).json["upload"] for files in (one, other)]
        for number, files in zip(numbers, (one, other)):
            for path, data in files.items():
                self.assertEqual(self.desk.put(self.batch, number, path, data).status, 200)
        complete = lambda n: self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/{n}/complete", {})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            told = list(pool.map(complete, numbers * 4))
        self.assertLessEqual({a.status for a in told}, {200, 409})
        state = self.desk.settled(self.batch)
        self.assertEqual(self.work(), {**one, **other}, state)
        first = min(numbers, key=lambda n: n == state["upload"])
        self.assertEqual(complete(first).status, 409)  # once more, late
        self.assertEqual(self.desk.settled(self.batch)["upload"], state["upload"])
        self.desk.ask("POST", f"/api/batches/{self.batch}/uploads", {"files": [{"path": "c.txt", "size": 0}], "replace": True})
        self.assertEqual(self.desk.put(self.batch, 3, "c.txt", b"").status, 200)
        self.assertEqual(complete(3).status, 200)
        self.desk.settled(self.batch)
        self.assertEqual(self.work(), {"c.txt": b""})


class Corrections(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        self.addCleanup(self.dir.cleanup)
        self.desk = Desk(self.dir.name)
        self.addCleanup(self.desk.stop)
        self.batch = self.desk.batch()
        self.files = sample_files("A003", "三人/")
        self.desk.upload(self.batch, self.files)

    def correct(self, place, was, value, **more):
        answer = self.desk.ask("POST", f"/api/batches/{self.batch}/corrections", {"place": place, "was": was, "value": value, **more})
        self.assertEqual(answer.status, 200, answer.body)
        return self.desk.settled(self.batch)

    def fields(self):
        self.assertEqual(self.desk.ask("GET", f"/api/batches/{self.batch}/people/A003/pledge").status, 200)
        page = self.desk.ask("GET", f"/api/batches/{self.batch}/people/A003/pledge/001.svg").body
        return {e.get("data-label"): (e.get("data-place").split(":", 1)[1], e.get("data-value")) for e in ET.fromstring(page).iter() if e.get("class") == "field"}

    def test_a_field_is_corrected_where_it_is_seen_and_can_be_put_back(self):
        label, (place, was) = next((label, f) for label, f in self.fields().items() if label == "手机")
        state = self.correct(place, was, "13900000009")
        self.assertEqual((state["job"]["state"], state["uploads"][0]["place"]), ("done", place), state)
        self.assertEqual(self.fields()[label], (place, "13900000009"))
        self.assertEqual(len(os.listdir(os.path.join(self.dir.name, self.batch, "pages"))), 1)  # those of what was before have gone
        answer = self.correct(place, was, "13700000001")
        self.assertEqual(answer["job"]["state"], "failed")
        reason = answer["job"]["reason"]
        self.assertIn("13900000009", reason["zh"])  # what it holds, and what it was said to hold
        self.assertIn("别处", reason["zh"])
        self.assertRegex(reason["en"], "^holds '13900000009' now, .*elsewhere")
        self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/1/restore", {})
        self.desk.settled(self.batch)
        self.assertEqual(self.fields()[label], (place, was))

    def test_scans_that_belong_to_nothing_are_told(self):
        self.desk.upload(self.batch, {"材料/A003/胡乱.pdf": b"%PDF-1.4", "某人/身份证.pdf": b"%PDF-1.4"})
        told = self.desk.ask("GET", f"/api/batches/{self.batch}/taken").json["unmatched"]
        self.assertEqual(sorted(t["zh"].split("”")[0] for t in told), ["“材料/A003/胡乱.pdf", "“某人/身份证.pdf"], told)
        self.assertEqual(sorted(t["en"].split("' ")[0] for t in told), ["'材料/A003/胡乱.pdf", "'某人/身份证.pdf"], told)

    def test_what_changed_since_the_last_package_is_told(self):
        self.desk.ask("POST", f"/api/batches/{self.batch}/package", {})
        self.assertEqual(self.desk.settled(self.batch)["package"]["applicants"], 1)
        place, was = self.fields()["手机"]
        self.correct(place, was, "13900000009")
        self.desk.ask("POST", f"/api/batches/{self.batch}/package", {})
        self.desk.settled(self.batch)
        changes = self.desk.ask("GET", f"/api/batches/{self.batch}/changes").json["changes"]
        self.assertFalse(changes["first"])
        person = next(o for o in changes["list"] if o["id"] == "A003")
        self.assertTrue(any("真实性保证书" in d["file"] and d["reprint"] == "1" for d in person["documents"]), person)

    def test_passwords_of_pdfs_are_used_and_not_shown(self):
        scan = next(p for p in self.files if p.endswith("/id.pdf"))
        plain, locked = os.path.join(self.dir.name, "plain.pdf"), os.path.join(self.dir.name, "locked.pdf")
        with open(plain, "wb") as f:
            f.write(self.files[scan])
        subprocess.run(["qpdf", "--encrypt", "open sesame", "owner", "256", "--", plain, locked], check=True)
        with open(locked, "rb") as f:
            self.assertGreater(self.desk.upload(self.batch, {scan: f.read()})["checked"]["errors"], 0)
        self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/passwords", {"passwords": "another\nopen sesame\n"}).status, 200)
        state = self.desk.settled(self.batch)
        self.assertEqual((state["checked"]["errors"], state["passwords"]), (0, True))
        self.assertNotIn("sesame", self.desk.ask("GET", f"/api/batches/{self.batch}").body.decode())
        for wrong in ({}, {"passwords": 1}, {"passwords": "x" * 5000}):
            self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/passwords", wrong).status, 400)
        self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/passwords", {"passwords": " \r\n"}).status, 200)  # they are taken away
        state = self.desk.settled(self.batch)
        self.assertEqual((state["checked"]["errors"] > 0, state["passwords"]), (True, False))

    def test_passwords_that_come_while_it_is_checked_are_used(self):
        """What is at work may have read those of before."""
        self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/uploads/1/restore", {}).status, 200)
        while self.desk.ask("GET", f"/api/batches/{self.batch}").json["job"]["state"] != "running":
            time.sleep(0.01)
        running, *others = (self.desk.ask("POST", f"/api/batches/{self.batch}/{way}", {"passwords": "x"}).json["job"] for way in ("uploads/1/restore", "passwords", "passwords"))
        self.assertEqual(others, [running + 1] * 2)
        self.assertEqual(self.desk.settled(self.batch)["job"]["number"], running + 1)

    def test_a_name_is_corrected_wherever_it_stands(self):
        place, was = self.fields()["姓名"]
        state = self.correct(place, was, "沈𠮷", person="A003", field="person/name")
        self.assertEqual((state["job"]["state"], state["checked"]["errors"]), ("done", 0), state)
        self.assertEqual(self.fields()["姓名"], (place, "沈𠮷"))
        answer = self.correct(place, was, "沈", person="A003", field="person/name")
        self.assertEqual(answer["job"]["state"], "failed")
        self.assertIn("现在是“沈𠮷”", answer["job"]["reason"]["zh"])

    def test_corrections_are_made_again_in_a_later_workbook_that_holds_the_old_text(self):
        place, was = self.fields()["姓名"]
        self.correct(place, was, "沈𠮷", person="A003", field="person/name")
        book = next(p for p in self.files if p.endswith(".xlsx"))
        mobile_place, mobile = self.fields()["手机"]
        self.correct(mobile_place, mobile, "13900000009", person="A003", field="person/mobile")
        moved = self.edited(self.files[book], "A003:person/name=沈小")  # no longer what the first one corrected
        self.desk.upload(self.batch, {book: moved})
        self.assertEqual((self.fields()["手机"][1], self.fields()["姓名"][1]), ("13900000009", "沈小"))
        lost = self.desk.ask("GET", f"/api/batches/{self.batch}/taken").json["lost"]
        self.assertEqual([(c["was"], c["value"]) for c in lost], [(was, "沈𠮷")])
        scan = next(p for p in self.files if p.endswith(".jpg"))
        self.desk.upload(self.batch, {scan: self.files[scan]})
        self.assertEqual(self.fields()["手机"][1], "13900000009")

    def test_names_of_the_desks_own_files_may_be_used(self):
        """What it makes of the data lies beside them, and was taken for them."""
        files = sample_files("A003")
        book = files.pop("申报数据.xlsx")
        with open(os.path.join(SAMPLES, "batch.xml"), "rb") as f:
            xml = f.read()
        for names in (("book.xlsx",), (".batch.xml",), (".corrected.xlsx",), ("book.xlsx/a.txt", "甲.xlsx")):
            batch = self.desk.batch()
            state = self.desk.upload(batch, {**files, **{name: {"txt": b"x", "xml": xml}.get(name[-3:], book) for name in names}})
            self.assertEqual((state["job"]["state"], state["data"], state["checked"]["applicants"] > 0), ("done", True, True), names)
            again = self.desk.upload(batch, {"later.txt": b"x"})
            self.assertEqual((again["job"]["state"], again["data"]), ("done", True), names)

    def test_names_that_addresses_write_otherwise_are_names(self):
        """Buildings and percentages: 1#楼, 完成率100%."""
        folder = "1#楼 100%25?&+;/"
        files = {folder + path: data for path, data in self.files.items()}
        batch = self.desk.batch()
        state = self.desk.upload(batch, files)
        self.assertEqual((state["job"]["state"], state["checked"]), ("done", {**self.desk.ask("GET", f"/api/batches/{self.batch}").json["checked"], "time": state["checked"]["time"]}))
        scan = next(p for p in files if p.endswith(".pdf"))
        answer = self.desk.ask("GET", f"/api/batches/{batch}/current/" + urllib.parse.quote(scan))
        self.assertEqual((answer.status, answer.body), (200, files[scan]))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as z:
            for path, data in files.items():
                z.writestr(path, data)
        batch = self.desk.batch()
        self.assertEqual(self.desk.upload(batch, {"a.zip": archive.getvalue()})["checked"]["errors"], state["checked"]["errors"])
        self.assertEqual(self.desk.ask("GET", f"/api/batches/{batch}/taken").json["refused"], [])
        self.desk.ask("POST", f"/api/batches/{batch}/package", {})
        self.assertEqual(self.desk.settled(batch)["job"]["state"], "done")

    def test_people_have_any_id(self):
        """In an address one with a slash is encoded twice, as the page does with all."""
        with open(os.path.join(SAMPLES, "batch.xml"), encoding="utf-8") as f:
            text = f.read()
        for person in ("2026/003", "a\\b", "-3", "50%", "100%2F", "甲?#", "R&D"):
            source, book = os.path.join(self.dir.name, "b.xml"), os.path.join(self.dir.name, "b.xlsx")
            with open(source, "w", encoding="utf-8") as f:
                f.write(text.replace('id="A003"', f'id="{person.replace("&", "&amp;")}"'))
            subprocess.run([PROGRAM, "workbook", "-a", person, "-o", book, source], check=True, capture_output=True)
            batch = self.desk.batch()
            with open(book, "rb") as f:
                self.desk.upload(batch, {"申报数据.xlsx": f.read()})
            people = self.desk.ask("GET", f"/api/batches/{batch}/report").json["applicants"]
            self.assertEqual([a["id"] for a in people], [person])
            address = f"/api/batches/{batch}/people/" + urllib.parse.quote(urllib.parse.quote(person, safe=""), safe="")
            answer = self.desk.ask("GET", address + "/pledge")
            self.assertEqual((answer.status, answer.body), (200, b'{"pages": 1}'), person)
            self.assertEqual(self.desk.ask("GET", address + "/pledge/001.svg").status, 200)

    def test_names_that_look_like_options_are_names(self):
        """Anything may be a file's name; what is written goes nowhere else for that."""
        outside = os.path.join(self.dir.name, "elsewhere", "made.xlsx")
        os.mkdir(os.path.dirname(outside))
        files = sample_files("A003")
        book = files.pop("申报数据.xlsx")
        for name in ("-申报数据.xlsx", "--help.xlsx", f"-o{outside}"):
            batch = self.desk.batch()
            state = self.desk.upload(batch, {**files, name: book})
            self.assertEqual((state["job"]["state"], state["checked"]["applicants"]), ("done", 1), name)
        state = self.desk.upload(batch, {**files, "申报数据.xlsx": book, f"-o{outside}": book})
        self.assertEqual(state["job"]["state"], "done")
        self.assertFalse(os.path.exists(outside))

    def test_an_input_that_cannot_be_read_is_corrected_itself(self):
        book = next(p for p in self.files if p.endswith(".xlsx"))
        state = self.desk.upload(self.batch, {book: self.edited(self.files[book], "学历!B2=别人")})
        self.assertEqual(state["data"], False)
        finding = next(f for f in self.desk.ask("GET", f"/api/batches/{self.batch}/report").json["applicants"][0]["findings"] if f["severity"] == "error")
        self.assertEqual((finding["sheet"], finding["cell"], finding["file"]), ("学历", "B2", book))
        change = {"place": "学历!B2", "file": book, "value": "沈𠅤", "seen": state["upload"]}
        answer = self.desk.ask("POST", f"/api/batches/{self.batch}/corrections", change)
        self.assertEqual(answer.status, 200)
        corrected = self.desk.settled(self.batch)
        self.assertEqual((corrected["job"]["state"], corrected["data"], corrected["checked"]["errors"]), ("done", True, 0), corrected)
        self.desk.ask("POST", f"/api/batches/{self.batch}/corrections", change)  # seen is no longer what is current
        self.assertEqual(self.desk.settled(self.batch)["job"]["state"], "failed")
        for file in ("../batch.json", "没有.xlsx"):
            answer = self.desk.ask("POST", f"/api/batches/{self.batch}/corrections", {**change, "file": file})
            self.assertEqual((answer.status, self.desk.settled(self.batch)["job"]["state"]), (400 if ".." in file else 200, "failed"), file)

    def edited(self, data, *words):
        book = os.path.join(self.dir.name, "edited.xlsx")
        with open(book, "wb") as f:
            f.write(data)
        for word in words:
            subprocess.run([PROGRAM, "workbook", book, "--set", word, "-o", book + ".new"], check=True, capture_output=True)
            os.replace(book + ".new", book)
        with open(book, "rb") as f:
            return f.read()

    def test_what_is_no_correction_is_refused(self):
        for body in ({}, {"place": "x", "was": "", "value": ""}, {"place": "人员!C3", "was": 1, "value": ""}, {"place": "人员!C3", "value": ""}, {"place": "人员!C3", "was": "", "value": "x" * 40000}):
            self.assertEqual(self.desk.ask("POST", f"/api/batches/{self.batch}/corrections", body).status, 400)
        self.assertEqual(self.correct("没有!C3", "", "x")["job"]["state"], "failed")
        self.assertEqual(self.correct("人员!--x", "", "x")["job"]["state"], "failed")


class Gate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.desk = Desk(cls.dir.name, token="a token of the tests")

    @classmethod
    def tearDownClass(cls):
        cls.desk.stop()
        cls.dir.cleanup()

    def test_raw_requests(self):
        host = f"Host: 127.0.0.1:{self.desk.port}\r\n"
        table = [(f"GET / HTTP/1.1\r\n{host}", 200),
                 ("GET / HTTP/1.1\r\nHost: evil.com\r\n", 421),
                 (f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}.evil.com\r\n", 421),
                 (f"GET / HTTP/1.1\r\n{host}{host}", 421),
                 (f"GET / HTTP/1.1\r\n{host}Origin: http://evil.com\r\n", 403),
                 (f"GET http://127.0.0.1:{self.desk.port}/ HTTP/1.1\r\n{host}", 400),
                 (f"GET /../etc/passwd HTTP/1.1\r\n{host}", 400),
                 (f"GET /%2e%2e/etc/passwd HTTP/1.1\r\n{host}", 400),
                 (f"GET /a%00b HTTP/1.1\r\n{host}", 400),
                 (f"GET /a%0d%0ab HTTP/1.1\r\n{host}", 400),
                 (f"GET /api/desk HTTP/1.1\r\n{host}", 401),
                 (f"POST /api/batches HTTP/1.1\r\n{host}Content-Length: 2\r\n", 403),
                 (f"TRACE / HTTP/1.1\r\n{host}", 405),
                 ("GET / HTTP/1.1\r\n", 421)]
        before = self.desk.said().count("\n")
        for request, status in table:
            got = self.desk.raw((request + "\r\n").encode())
            self.assertEqual(got, status, request)
        lines = self.desk.said().split("\n")[before:]
        self.assertLessEqual(len(lines) - 1, len(table))
        self.assertFalse([line for line in lines if "passwd" in line])

    def test_odd_requests_are_answered_or_closed_and_the_next_is_served(self):
        host = f"Host: 127.0.0.1:{self.desk.port}\r\n"
        hidden = f"GET /hidden HTTP/1.1\r\n{host}\r\n"
        table = [(f"OPTIONS / HTTP/1.1\r\n{host}", {405}), (f"OPTIONS * HTTP/1.1\r\n{host}", {400, 405}), (f"CONNECT a:1 HTTP/1.1\r\n{host}", {0, 400, 405}),
                 (f"HEAD / HTTP/1.1\r\n{host}", {401}), (f"HEAD /desk.js HTTP/1.1\r\n{host}", {401}), (f"PATCH / HTTP/1.1\r\n{host}", {405}),
                 (f"GET /%252e%252e/x HTTP/1.1\r\n{host}", {401, 404}), (f"GET /%c0%ae%c0%ae/x HTTP/1.1\r\n{host}", {400}), (f"GET /%ff HTTP/1.1\r\n{host}", {400}),
                 (f"GET /%ed%a0%80 HTTP/1.1\r\n{host}", {400}), (f"GET /a%5cb HTTP/1.1\r\n{host}", {400}), (f"GET /a%2fb HTTP/1.1\r\n{host}", {400}), (f"GET /a% HTTP/1.1\r\n{host}", {400}),
                 (f"GET / HTTP/1.1\r\nHost: 127.0.0.1.:{self.desk.port}\r\n", {421}), ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", {421}), ("GET / HTTP/1.1\r\nHost:\r\n", {421}),
                 (f"GET / HTTP/1.1\r\nHost: LOCALHOST:{self.desk.port}\r\n", {200}), (f"GET / HTTP/1.1\r\nHost: [::1]:{self.desk.port}\r\n", {200}),
                 (f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}@evil.com\r\n", {421}), (f"GET / HTTP/1.1\r\n{host}Origin: null\r\n", {403}),
                 (f"GET / HTTP/1.1\r\n{host}Origin: http://127.0.0.1:{self.desk.port}\r\nOrigin: http://evil.com\r\n", {403}),
                 (f"POST / HTTP/1.1\r\n{host}X-Shenbao: 1\r\nContent-Length: -1\r\n", {0, 400}), (f"POST / HTTP/1.1\r\n{host}X-Shenbao: 1\r\nContent-Length: 0x5\r\n", {0, 400}),
                 (f"POST / HTTP/1.1\r\n{host}X-Shenbao: 1\r\nContent-Length: 99999999999999999999\r\n", {0, 400, 413}),
                 (f"POST / HTTP/1.1\r\n{host}X-Shenbao: 1\r\nTransfer-Encoding: chunked, identity\r\nContent-Length: 3\r\n", {0, 400}),
                 (f"GET / HTTP/1.1\r\n{host}X: " + "y" * 70000 + "\r\n", {0, 400, 413, 431}), (f"GET / HTTP/1.1\r\n{host}" + "X: y\r\n" * 20000, {0, 400, 413, 431}),
                 (f"GET /{'a' * 70000} HTTP/1.1\r\n{host}", {0, 400, 414}), ("\x00\x01\x02", {0, 400}), ("GET / HTTP/9.9\r\n" + host, {0, 400, 505}), ("GET\r\n", {0, 400})]
        for request, statuses in table:
            try:
                got = self.desk.raw((request + "\r\n").encode("latin-1"))
            except OSError:
                got = 0
            self.assertIn(got, statuses, request[:90])
        for smuggled in (f"POST / HTTP/1.1\r\n{host}Content-Length: {len(hidden)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
                         f"POST / HTTP/1.1\r\n{host}Content-Length: 0\r\nContent-Length: {len(hidden)}\r\n\r\n{hidden}",
                         f"POST / HTTP/1.1\r\n{host}Transfer-Encoding: gzip, chunked\r\n\r\n{hidden}",
                         f"GET / HTTP/1.1\r\n{host}Transfer-Encoding: gzip\r\n\r\n{hidden}"):
            try:
                self.desk.raw(smuggled.encode())
            except OSError:
                pass
        self.assertNotIn("/hidden", self.desk.said())
        self.assertEqual(self.desk.ask("GET", "/").status, 200)

    def test_the_log_is_plain_text(self):
        host = f"Host: 127.0.0.1:{self.desk.port}\r\n"
        for method in ("G\x1b[31mET", "\xff\xfe", "A" * 5000, "GET\rdesk:", "G\tET"):
            self.desk.raw(f"{method} / HTTP/1.1\r\n{host}\r\n".encode("latin-1"))
        lines = [line for line in self.desk.said().splitlines() if not line.startswith("desk: http://")]
        self.assertTrue(all(re.fullmatch(r"desk: [0-9a-f.:]+ ([A-Z]{1,9}|…) [a-z0-9./…]+ \d{3}", line) for line in lines), lines)

    def test_the_token_lets_in(self):
        answer = self.desk.ask("GET", "/?token=a%20token%20of%20the%20tests")
        self.assertEqual(answer.status, 200)
        cookie = answer.headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        self.assertNotIn("token", cookie.split(";")[0].split("=")[1])
        value = cookie.split(";")[0]
        self.assertEqual(self.desk.ask("GET", "/api/desk", headers={"Cookie": value}).status, 200)
        self.assertEqual(self.desk.ask("GET", "/api/desk", headers={"Cookie": "x=" + "y" * 30000 + "; " + value}).status, 200)
        self.assertEqual(self.desk.ask("GET", "/api/desk", headers={"Cookie": "shenbao-desk=" + "0" * 64}).status, 401)

    def test_who_has_no_token_is_told_what_to_do_by_a_page_that_tells_nothing_else(self):
        told = []
        for path in ("/?again=1", "/api/batches/1", "/api/batches/999999", "/nothing", "/?token=wrong"):
            answer = self.desk.ask("GET", path, headers={"Accept": "text/html,*/*"})
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (401, "text/html; charset=utf-8"))
            self.assertIn("default-src 'self'", answer.headers["Content-Security-Policy"])
            told.append(answer.body.decode())
        self.assertEqual(len(set(told)), 1)
        page = told[0]
        self.assertRegex(page, '<html lang="zh-CN">.*再打开一次.*<p lang="en">Open the address again')
        self.assertNotRegex(page, "(?i)<(script|style|link|img)|style=|批次|batch")

    def test_others_need_a_token(self):
        for listen in (["--listen", "0.0.0.0:8750"], ["--origin", "https://hr.example"]):
            with tempfile.TemporaryDirectory() as d:
                done = subprocess.run([PROGRAM, "desk", "-d", d, *listen], capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 2)
                self.assertIn(b"--token-file", done.stderr)


class Addresses(unittest.TestCase):
    """Reached by others than this machine: what one of them does is not another's to bear."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.desk = Desk(cls.dir.name, token="a token of the tests", options=["--listen", "0.0.0.0:PORT", "--origin", "http://127.0.0.1:PORT"])

    @classmethod
    def tearDownClass(cls):
        cls.desk.stop()
        cls.dir.cleanup()

    def connect(self, address):
        return socket.create_connection(("127.0.0.1", self.desk.port), 20, source_address=(address, 0))

    def status(self, address, target, headers=""):
        with self.connect(address) as s:
            s.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self.desk.port}\r\n{headers}\r\n".encode())
            try:
                return int(s.recv(65536).split()[1])
            except (OSError, IndexError):
                return 0

    def test_wrong_tokens_shut_their_address_out(self):
        told = [self.status("127.0.0.3", f"/?token=wrong{i}", "X-Forwarded-For: 203.0.113.%d\r\n" % i) for i in range(20)]
        self.assertEqual(told, [401] * 10 + [429] * 10)  # nobody is believed to be another
        right = "/?token=a%20token%20of%20the%20tests"
        self.assertEqual((self.status("127.0.0.3", right), self.status("127.0.0.4", right)), (429, 200))

    def test_connections_of_one_address_leave_room_for_others(self):
        many = []
        try:
            for _ in range(260):
                s = self.connect("127.0.0.5")
                s.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
                many.append(s)
            self.assertEqual(self.status("127.0.0.6", "/"), 200)
            self.assertEqual(self.status("127.0.0.5", "/"), 0)
        finally:
            for s in many:
                s.close()


class Words(unittest.TestCase):
    def test_tokens_as_editors_and_openssl_write_them(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            path, token = os.path.join(d, "token"), "aB3/xy+zABCDEFGH/IJKLMNOPQRSTU=="
            for data in ("\ufeff" + token + "\r\n", token + " \t\n", token):
                with open(path, "wb") as f:
                    f.write(data.encode())
                desk = Desk(d, options=["--token-file", path])
                try:
                    for shown in (token, urllib.parse.quote(token, safe="")):
                        self.assertIn("shenbao-desk=", desk.ask("GET", "/?token=" + shown).headers["Set-Cookie"] or "", data)
                finally:
                    desk.stop()
            for data in (token.encode("utf-16"), "工作台的口令工作台的口令".encode("gbk"), b"0123456789\x1bABCDEFGH", b"\n" + token.encode(), b""):
                with open(path, "wb") as f:
                    f.write(data)
                done = subprocess.run([PROGRAM, "desk", "-d", d, "--token-file", path, "--lang", "en"], capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 2, data)
                self.assertRegex(done.stderr.decode(), ":1: error: .*(the token|UTF-8)", data)

    def test_a_port_that_is_taken_is_told(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d, socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            done = subprocess.run([PROGRAM, "desk", "-d", d, "--listen", "127.0.0.1:%d" % s.getsockname()[1], "--lang", "zh"], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 2)
            self.assertIn("端口已被占用", done.stderr.decode())

    def test_what_it_cannot_serve_is_said_at_once(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            for wrong in (["--listen", "127.0.0.1:99999"], ["--listen", "127.0.0.1:0"], ["--listen", "127.0.0.1"], ["--listen", "127.0.0.1:http"],
                          ["--quota", "abc"], ["--quota", "0"], ["--quota", "1x"], ["--origin", "hr.example"], ["--origin", "https://hr.example/desk"],
                          ["--origin", "https://"], ["--origin", "https://hr.example,ftp://hr.example"]):
                done = subprocess.run([PROGRAM, "desk", "-d", d, *wrong], capture_output=True, timeout=60)
                self.assertEqual((done.returncode, done.stdout), (2, b""), wrong)

    def test_a_slip_in_the_path_makes_no_folders(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            done = subprocess.run([PROGRAM, "desk", "-d", os.path.join(d, "a", "b")], capture_output=True, timeout=60)
            self.assertEqual((done.returncode, os.listdir(d)), (2, []))
            desk = Desk(os.path.join(d, "a"))
            self.assertEqual(os.stat(os.path.join(d, "a")).st_mode & 0o777, 0o700)
            desk.stop()

    def test_two_do_not_serve_one_folder(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                done = subprocess.run([PROGRAM, "desk", "-d", d, "--listen", "127.0.0.1:8750", "--lang", "en"], capture_output=True, timeout=60)
                self.assertEqual(done.returncode, 2)
                self.assertIn(b"another run is writing", done.stderr)
            finally:
                desk.stop()


class Slow(unittest.TestCase):
    def test_who_dribbles_a_request_is_let_go(self):
        """Longer than a head may take, and with less than the time between bytes that closes a silent one."""
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                batch = desk.batch()
                slow = [socket.create_connection(("127.0.0.1", desk.port), 60) for _ in range(60)]
                stream = socket.create_connection(("127.0.0.1", desk.port), 60)
                stream.sendall(f"GET /api/batches/{batch}/events HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n\r\n".encode())
                began = time.monotonic()
                for s in slow:
                    s.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
                while slow and time.monotonic() - began < 60:
                    time.sleep(1)
                    for s in list(slow):
                        try:
                            s.sendall(b"x")
                        except OSError:
                            s.close()
                            slow.remove(s)
                self.assertEqual(len(slow), 0)
                self.assertEqual(desk.ask("GET", "/").status, 200)
                stream.setblocking(False)
                got = stream.recv(1 << 20)
                self.assertTrue(got)  # who listens is not let go
                try:
                    self.assertTrue(stream.recv(1 << 20))
                except BlockingIOError:
                    pass
                stream.close()
            finally:
                desk.stop()


class Ends(unittest.TestCase):
    def test_a_kill_costs_the_job_alone(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                batch = desk.batch()
                desk.upload(batch, sample_files("A003"))
                desk.ask("POST", f"/api/batches/{batch}/package", {})
                while not any("out" in n for n in os.listdir(os.path.join(d, batch))):
                    time.sleep(0.02)
                below = children(desk.process.pid)
                desk.stop(signal.SIGKILL)
                for _ in range(100):
                    alive = [p for p in below if is_alive(p)]
                    if not alive:
                        break
                    time.sleep(0.1)
                self.assertFalse(alive)
                desk.start()
                state = desk.ask("GET", f"/api/batches/{batch}").json
                self.assertIn(state["job"]["state"], ("interrupted", "done"))
                self.assertEqual(state["checked"]["applicants"], 1)
                desk.ask("POST", f"/api/batches/{batch}/package", {})
                self.assertEqual(desk.settled(batch)["job"]["state"], "done")
            finally:
                desk.stop()

    def test_a_job_gets_nothing_of_what_others_send(self):
        def words(pid):
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                return f.read()

        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                batch, other = desk.batch(), desk.batch()
                upload = desk.announce(other, {"a.txt": b"aa"}).json["upload"]
                with socket.create_connection(("127.0.0.1", desk.port)) as s:
                    s.sendall(f"PUT /api/batches/{other}/uploads/{upload}/files/a.txt HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nX-Shenbao: 1\r\nContent-Length: 2\r\n\r\na".encode())
                    while not os.listdir(os.path.join(d, other, "uploads", str(upload))):
                        time.sleep(0.02)
                    files, held = sample_files("A003"), []
                    first = desk.announce(batch, files).json["upload"]
                    for path, data in files.items():
                        desk.put(batch, first, path, data)
                    self.assertEqual(desk.ask("POST", f"/api/batches/{batch}/uploads/{first}/complete", {}).status, 200)
                    while desk.ask("GET", f"/api/batches/{batch}").json["job"]["state"] != "done":
                        for pid in children(desk.process.pid):
                            with contextlib.suppress(OSError):
                                if words(pid) != words(desk.process.pid):  # else it is no program yet
                                    held += [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
                self.assertTrue(held)
                self.assertEqual([path for path in held if f"/{other}/" in path], [])
            finally:
                desk.stop()

    def test_a_download_that_is_cut_is_seen_to_be_cut(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                batch = desk.batch()
                os.makedirs(os.path.join(d, batch, "out"))
                with open(os.path.join(d, batch, "out", "large.pdf"), "wb") as f:
                    f.truncate(64 << 20)
                c = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
                c.request("GET", f"/api/batches/{batch}/zip")
                answer = c.getresponse()
                self.assertGreater(int(answer.headers["Content-Length"]), 64 << 20)
                answer.read(1 << 20)
                desk.stop(signal.SIGKILL)
                with self.assertRaises((http.client.IncompleteRead, OSError)):
                    answer.read()
                desk.start()
                self.assertEqual([n for n in os.listdir(os.path.join(d, batch)) if n.startswith(".snapshot")], [])
            finally:
                desk.stop()

    def test_kills_at_any_time_leave_the_batch_as_it_was(self):
        """During an upload, a job and a correction; then all goes on."""
        files = sample_files("A003")
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                batch = desk.batch()
                desk.upload(batch, {"first.txt": b"1"})
                kept = desk.ask("GET", f"/api/batches/{batch}").json["upload"]
                for after in (0, 1, len(files) // 2, len(files)):  # files that have come
                    upload = desk.announce(batch, files).json["upload"]
                    for path, data in list(files.items())[:after]:
                        self.assertEqual(desk.put(batch, upload, path, data).status, 200)
                    desk.stop(signal.SIGKILL)
                    desk.start()
                    state = desk.ask("GET", f"/api/batches/{batch}").json
                    self.assertEqual((state["upload"], state["job"]["state"]), (kept, "done"))
                    self.assertEqual(desk.ask("GET", f"/api/batches/{batch}/uploads/{upload}").json["received"], after)
                for wait in (0, 0.2, 0.6, 1.2, 2.5):  # of the job
                    self.assertEqual(desk.ask("POST", f"/api/batches/{batch}/uploads/{upload}/complete", {}).status, 200)
                    time.sleep(wait)
                    desk.stop(signal.SIGKILL)
                    desk.start()
                    state = desk.settled(batch)
                    self.assertIn(state["job"]["state"], ("done", "interrupted"), state)
                    self.assertEqual(desk.ask("GET", f"/api/batches/{batch}").json["upload"], upload)
                desk.ask("POST", f"/api/batches/{batch}/uploads/{upload}/complete", {})
                state = desk.settled(batch)
                self.assertEqual((state["job"]["state"], state["checked"]["errors"], state["data"]), ("done", 0, True), state)
                desk.ask("POST", f"/api/batches/{batch}/package", {})
                self.assertEqual(desk.settled(batch)["job"]["state"], "done")
            finally:
                desk.stop()

    def test_it_stops_with_streams_open_and_forgets_those_who_have_gone(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            batch = desk.batch()

            def follow():
                s = socket.create_connection(("127.0.0.1", desk.port), 20)
                s.sendall(f"GET /api/batches/{batch}/events HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n\r\n".encode())
                s.recv(100)
                return s

            descriptors = lambda: len(os.listdir(f"/proc/{desk.process.pid}/fd"))
            desk.ask("GET", "/")
            before = descriptors()
            gone = [follow() for _ in range(100)]
            self.assertGreaterEqual(descriptors(), before + 90)
            for s in gone:
                s.close()
            for _ in range(600):
                if descriptors() <= before + 5:
                    break
                time.sleep(0.1)
            self.assertLessEqual(descriptors(), before + 5)
            stay = [follow() for _ in range(20)]
            began = time.monotonic()
            self.assertEqual(desk.stop(), 0)
            self.assertLess(time.monotonic() - began, 20)
            for s in stay:
                s.close()

    def test_a_double_click_is_one_job_and_cancel_ends_it(self):
        with tempfile.TemporaryDirectory(prefix="shenbao-test-") as d:
            desk = Desk(d)
            try:
                batch = desk.batch()
                desk.upload(batch, sample_files("A003"))
                with concurrent.futures.ThreadPoolExecutor(8) as pool:
                    jobs = {a.json["job"] for a in pool.map(lambda _: desk.ask("POST", f"/api/batches/{batch}/package", {}), range(8))}
                self.assertEqual(len(jobs), 1)
                self.assertEqual(desk.ask("DELETE", f"/api/batches/{batch}/jobs/{jobs.pop()}").status, 200)
                self.assertEqual(desk.settled(batch)["job"]["state"], "cancelled")
                self.assertEqual(desk.ask("DELETE", f"/api/batches/{batch}/jobs/99").status, 404)
            finally:
                desk.stop()


if __name__ == "__main__":
    unittest.main()
