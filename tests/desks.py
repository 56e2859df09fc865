"""A desk of the tests' own: started, asked, stopped. Nothing but the standard library."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

from blackbox_evaluation_form import PROGRAM, ROOT

SAMPLES = os.path.join(ROOT, "samples")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Desk:
    """token: its text; options: more of the command line, PORT in it is the desk's; apart: in a process group of its own, for who kills that."""

    def __init__(self, directory, token=None, options=(), env=None, apart=False):
        self.directory, self.port, self.apart = directory, free_port(), apart
        self.log = tempfile.NamedTemporaryFile(prefix="shenbao-desk-", suffix=".log")
        self.token = token
        self.options = list(options)
        if token:
            self.token_file = tempfile.NamedTemporaryFile("w", prefix="shenbao-token-")
            self.token_file.write(token + "\n")
            self.token_file.flush()
            self.options += ["--token-file", self.token_file.name]
        self.env = {**os.environ, "LC_ALL": "zh_CN.UTF-8", **(env or {})}
        self.start()

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "desk", "-d", self.directory, "--listen", f"127.0.0.1:{self.port}", *(o.replace("PORT", str(self.port)) for o in self.options)],
                                        stdout=self.log, stderr=self.log, env=self.env, start_new_session=self.apart)
        for _ in range(600):
            if self.process.poll() is not None:
                raise AssertionError(self.said())
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("no desk")

    def said(self):
        with open(self.log.name, encoding="utf-8") as f:
            return f.read()

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(60)
        if how == signal.SIGTERM:
            self.log.close()
            if self.token:
                self.token_file.close()
        return status

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        c.request(method, path, data, {"X-Shenbao": "1", **(headers or {})})
        answer = Answer(c.getresponse())
        c.close()
        return answer

    def raw(self, request):
        """The status of a request that is sent as it stands; 0: the connection was closed without one."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as s:
            s.sendall(request)
            got = s.recv(65536)
        m = re.match(rb"HTTP/1\.1 (\d+)", got)
        return int(m[1]) if m else 0

    # what the page does

    def batch(self, name="测试", profile="zhejiang-mining"):
        answer = self.ask("POST", "/api/batches", {"name": name, "profile": profile})
        assert answer.status == 201, answer.body
        return answer.json["id"]

    def announce(self, batch, files):
        return self.ask("POST", f"/api/batches/{batch}/uploads", {"files": [{"path": p, "size": len(d)} for p, d in files.items()]})

    def put(self, batch, upload, path, data):
        return self.ask("PUT", f"/api/batches/{batch}/uploads/{upload}/files/{urllib.parse.quote(path)}", data)

    def upload(self, batch, files):
        """files: path -> bytes. Waits until they have been looked at; the batch's state."""
        upload = self.announce(batch, files).json["upload"]
        for path, data in files.items():
            assert self.put(batch, upload, path, data).status == 200, path
        answer = self.ask("POST", f"/api/batches/{batch}/uploads/{upload}/complete", {})
        assert answer.status == 200, answer.body
        return self.settled(batch)

    def settled(self, batch, seconds=180):
        for _ in range(seconds * 10):
            state = self.ask("GET", f"/api/batches/{batch}").json
            if state.get("job", {}).get("state") not in ("queued", "running"):
                return state
            time.sleep(0.1)
        raise AssertionError(state)


def sample_files(person, folder=""):
    """path -> bytes of one sample applicant: a workbook, photo and scans."""
    files = {}
    with tempfile.TemporaryDirectory() as d:
        book = os.path.join(d, "b.xlsx")
        subprocess.run([PROGRAM, "workbook", "-a", person, "-o", book, os.path.join(SAMPLES, "batch.xml")], check=True, capture_output=True)
        with open(book, "rb") as f:
            files[folder + "申报数据.xlsx"] = f.read()
    for root, _, names in os.walk(SAMPLES):
        for name in names:
            path = os.path.join(root, name)
            inner = os.path.relpath(path, SAMPLES)
            if inner.startswith((f"scans/{person}/", f"photos/{person}.")):
                with open(path, "rb") as f:
                    files[folder + inner] = f.read()
    return files
