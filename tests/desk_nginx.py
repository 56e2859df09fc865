"""samples/desk/nginx.conf as it stands, but for names and places, in front of a desk: make check-desk. Skipped, by name, where nginx is absent."""
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from blackbox_evaluation_form import ROOT
from desks import Answer, Desk, free_port, sample_files

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
TOKEN = "a token of the tests"


@unittest.skipUnless(NGINX, "absent: nginx")
class Proxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.addClassCleanup(cls.dir.cleanup)
        cls.port = free_port()
        cls.host = f"127.0.0.1:{cls.port}"
        cls.desk = Desk(os.path.join(cls.dir.name, "desk"), token=TOKEN, options=["--origin", f"https://{cls.host}", "--proxy", "127.0.0.1"])
        cls.addClassCleanup(cls.desk.stop)
        os.chmod(cls.dir.name, 0o755)
        cls.make_site()
        cls.nginx = subprocess.Popen([NGINX, "-p", cls.dir.name, "-c", cls.path("nginx.conf"), "-g", "daemon off;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.nginx.wait, 60)
        cls.addClassCleanup(cls.nginx.terminate)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", cls.port), 1).close()
                break
            except OSError:
                time.sleep(0.05)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.dir.name, name)

    @classmethod
    def make_site(cls):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", cls.path("key.pem"),
                        "-out", cls.path("cert.pem")], check=True, capture_output=True)
        word = subprocess.run(["openssl", "passwd", "-apr1", "password"], check=True, capture_output=True, text=True).stdout
        with open(cls.path("htpasswd"), "w", encoding="ascii") as f:
            f.write("clerk:" + word)
        with open(os.path.join(ROOT, "samples", "desk", "nginx.conf"), encoding="utf-8") as f:
            site = f.read()
        for pattern, own in ((r"listen 443 ssl;", f"listen 127.0.0.1:{cls.port} ssl;"), (r"server_name \S+;", "server_name 127.0.0.1;"),
                             (r"/etc/ssl/certs/\S+\.pem", cls.path("cert.pem")), (r"/etc/ssl/private/\S+\.key", cls.path("key.pem")),
                             (r"/var/log/nginx/desk\.log", cls.path("access.log")), (r"/etc/nginx/desk\.htpasswd", cls.path("htpasswd")),
                             (r"http://127\.0\.0\.1:8750", f"http://127.0.0.1:{cls.desk.port}")):
            site, n = re.subn(pattern, own, site)
            assert n, pattern
        with open(cls.path("nginx.conf"), "w", encoding="utf-8") as f:
            f.write(f"pid {cls.path('nginx.pid')};\nerror_log {cls.path('error.log')};\nevents {{}}\nhttp {{\n")
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
                f.write(f"{kind}_temp_path {cls.path(kind)};\n")
            f.write(site + "}\n")

    def connect(self, timeout=120):
        context = ssl.create_default_context(cafile=self.path("cert.pem"))
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=context)

    LOGIN = {"Authorization": "Basic Y2xlcms6cGFzc3dvcmQ="}

    def ask(self, method, path, body=None, headers=None):
        c = self.connect()
        c.request(method, path, body, {**self.LOGIN, "X-Shenbao": "1", "Origin": f"https://{self.host}", **(headers or {})})
        answer = Answer(c.getresponse())
        c.close()
        return answer

    def cookie(self):
        answer = self.ask("GET", "/?token=" + TOKEN.replace(" ", "%20"))
        self.assertEqual(answer.status, 200)
        cookie = answer.headers["Set-Cookie"]
        self.assertIn("; Secure", cookie)
        return {"Cookie": cookie.split(";")[0]}

    def test_the_login_comes_first_and_then_the_token(self):
        c = self.connect()
        c.request("GET", "/")
        self.assertEqual(c.getresponse().status, 401)
        c.close()
        self.assertEqual(self.ask("GET", "/api/desk").status, 401)
        self.assertEqual(self.ask("GET", "/api/desk", headers=self.cookie()).status, 200)
        self.assertEqual(self.ask("GET", "/api/desk", headers={**self.cookie(), "Origin": "https://evil.example"}).status, 403)

    def test_a_batch_goes_through(self):
        cookie = self.cookie()
        batch = self.ask("POST", "/api/batches", b'{"name": "nginx", "profile": "zhejiang-mining"}', cookie).json["id"]
        files = {p.encode("ascii", "replace").decode().replace("?", "x"): d for p, d in sample_files("A003").items()}
        files["large.bin"] = os.urandom(8 << 20)  # larger than what nginx takes by itself
        listed = ",".join(f'{{"path": "{p}", "size": {len(d)}}}' for p, d in files.items())
        upload = self.ask("POST", f"/api/batches/{batch}/uploads", f'{{"files": [{listed}]}}'.encode(), cookie).json["upload"]
        for path, data in files.items():
            self.assertEqual(self.ask("PUT", f"/api/batches/{batch}/uploads/{upload}/files/{path}", data, cookie).status, 200)
        c = self.connect()  # told while it happens, not at the end
        c.request("GET", f"/api/batches/{batch}/events", headers={**self.LOGIN, **cookie})
        stream = c.getresponse()
        self.assertIn(b"data:", stream.readline())
        self.assertEqual(self.ask("POST", f"/api/batches/{batch}/uploads/{upload}/complete", b"{}", cookie).status, 200)
        for _ in range(100):
            if b'"job"' in stream.readline():
                break
        else:
            self.fail("nothing was told")
        c.close()
        state = self.desk_state(batch, cookie)
        self.assertEqual((state["checked"]["applicants"], state["checked"]["errors"]), (1, 0))
        with open(self.path("access.log"), encoding="utf-8") as f:
            log = f.read()
        self.assertNotIn("token", log)
        self.assertIn("/api/batches", log)

    def desk_state(self, batch, cookie):
        for _ in range(1800):
            state = self.ask("GET", f"/api/batches/{batch}", headers=cookie).json
            if state.get("job", {}).get("state") not in ("queued", "running"):
                return state
            time.sleep(0.1)
        self.fail(state)

    def test_wrong_tokens_count_for_who_sent_them_and_not_for_nginx(self):
        for _ in range(20):
            last = self.ask("GET", "/?token=wrong", headers={"X-Forwarded-For": "203.0.113.9"}).status
        self.assertEqual(last, 429)  # nginx has said who it was, not the header that was made up
        forged = self.desk.ask("GET", "/", headers={"X-Forwarded-For": "203.0.113.9", "Host": self.host})
        self.assertNotEqual(forged.status, 429)  # nobody has sent a wrong one from there
        self.assertEqual(self.desk.ask("GET", "/?token=" + TOKEN.replace(" ", "%20"), headers={"X-Forwarded-For": "203.0.113.10"}).status, 200)


class Cut(unittest.TestCase):
    """A download that is cut is seen to be cut, by nginx's client as by the desk's own."""

    @unittest.skipUnless(NGINX, "absent: nginx")
    def test_a_desk_that_dies_in_the_middle_of_an_archive(self):
        class One(Proxy):
            pass
        One.setUpClass()
        try:
            self.cut(One)
        finally:
            One.doClassCleanups()

    def cut(self, site):
        root = site.desk.directory
        one = site("cookie")
        cookie = one.cookie()
        batch = one.ask("POST", "/api/batches", b'{"name": "cut", "profile": "zhejiang-mining"}', cookie).json["id"]
        out = os.path.join(root, batch, "out")
        os.mkdir(out)
        with open(os.path.join(out, "large.bin"), "wb") as f:
            f.truncate(300 << 20)
        for direct in (True, False):
            c = http.client.HTTPConnection("127.0.0.1", site.desk.port, timeout=60) if direct else one.connect(60)
            c.request("GET", f"/api/batches/{batch}/zip", headers={**site.LOGIN, **cookie})
            answer = c.getresponse()
            self.assertEqual(answer.status, 200)
            length, got = int(answer.headers["Content-Length"]), len(answer.read(1 << 20))
            if direct:
                c.close()
                continue
            site.desk.stop(9)
            try:
                while more := answer.read(1 << 20):
                    got += len(more)
            except OSError:  # or the connection breaks off outright
                pass
            self.assertLess(got, length)  # what a browser tells as a download that has failed
            c.close()


if __name__ == "__main__":
    unittest.main()
