"""A clerk at the desk: a real browser, and what one does in it. Skipped, by name, where Chromium, its driver or selenium is absent."""
import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from blackbox_desk import children
from blackbox_evaluation_form import PROGRAM
from desks import SAMPLES, Desk, sample_files

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.common.by import By
except ImportError:
    webdriver = None


def is_known(host):
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)] + ([] if webdriver else ["python3-selenium"])
missing += [] if is_known("localhost") else ["localhost in /etc/hosts"]  # where chromedriver is asked for


def workbook(people, *changes):
    """The bytes of a workbook of these sample applicants; changes: SHEET!CELL=TEXT."""
    with tempfile.TemporaryDirectory() as d:
        book = os.path.join(d, "b.xlsx")
        subprocess.run([PROGRAM, "workbook", *(a for p in people for a in ("-a", p)), "-o", book, os.path.join(SAMPLES, "batch.xml")], check=True, capture_output=True)
        for change in changes:
            subprocess.run([PROGRAM, "workbook", book, "--set", change, "-o", book + ".new"], check=True, capture_output=True)
            os.replace(book + ".new", book)
        with open(book, "rb") as f:
            return f.read()


def files_of(people, *changes):
    """path -> bytes: one workbook of these people, their photos and scans."""
    files = {}
    for person in people:
        files.update(sample_files(person))
    return {**files, "申报数据.xlsx": workbook(people, *changes)}


def open_browser(language="zh-CN", downloads=None, words=()):
    options = webdriver.ChromeOptions()
    for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update",
                 "disable-sync", "lang=" + language, "accept-lang=" + language, "window-size=1280,1000", *words):
        options.add_argument("--" + word)
    if downloads:
        options.add_experimental_option("prefs", {"download.default_directory": downloads})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options)


@unittest.skipIf(missing, f"absent: {' '.join(missing)}")
class Clerk(unittest.TestCase):
    """A desk and a browser for all tests of a class. What the browser's console says is a fault, but for answers that are refusals."""
    desk_options, browser_words = (), ()

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.addClassCleanup(cls.dir.cleanup)
        cls.desk = Desk(os.path.join(cls.dir.name, "desk"), options=cls.desk_options)
        cls.addClassCleanup(cls.desk.stop)
        cls.downloads = os.path.join(cls.dir.name, "downloads")
        os.mkdir(cls.downloads)
        cls.browser = open_browser(downloads=cls.downloads, words=cls.browser_words)
        cls.addClassCleanup(cls.browser.quit)
        cls.address = f"http://127.0.0.1:{cls.desk.port}/"

    def tearDown(self):
        while len(self.browser.window_handles) > 1:
            self.browser.switch_to.window(self.browser.window_handles[-1])
            self.browser.close()
        self.browser.switch_to.window(self.browser.window_handles[0])
        lines = [entry["message"] for entry in self.browser.get_log("browser") if "Failed to load resource" not in entry["message"]]
        self.assertEqual(lines, [])

    def wait(self, found, seconds=120):
        end, why = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            try:
                value = found()
                if value:
                    return value
            except WebDriverException as e:  # the page is being drawn anew
                why = e.msg
            time.sleep(0.05)
        self.fail(f"{self.text('body')}\n{why}")

    def all(self, css):
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def one(self, css, text=""):
        return self.wait(lambda: next((e for e in self.all(css) if text in e.text), None))

    def click(self, css, text=""):
        """What is being drawn anew, or may not be clicked yet, is waited for."""
        def clicked():
            e = next((e for e in self.all(css) if text in e.text and e.get_attribute("aria-disabled") != "true"), None)
            if e:
                self.script("arguments[0].scrollIntoView({block: 'center'})", e)
                e.click()
            return e
        self.wait(clicked)

    def choose(self, css, value):
        self.wait(lambda: next((o for o in self.all(css + " option") if o.get_attribute("value") == value), None)).click()

    def text(self, css="main"):
        return self.browser.find_element(By.CSS_SELECTOR, css).text

    def script(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def go(self, view=""):
        """The page anew, with nothing of the view before."""
        self.browser.get("about:blank")
        self.browser.get(self.address + "#/" + view)
        self.one("h1")

    def new_batch(self, name):
        self.go()
        self.one("#name").send_keys(name)
        self.choose("#profile", "zhejiang-mining")
        self.click("form button.main")
        self.wait(lambda: name in self.text() and "第一步" in self.text())
        return self.browser.current_url.split("#/")[1]

    def write(self, files):
        folder = os.path.join(tempfile.mkdtemp(dir=self.dir.name), "材料")
        for path, data in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "wb") as f:
                f.write(data)
        return folder

    def send_alone(self, path, data):
        """One file, chosen by itself."""
        self.wait(lambda: self.all("input[type=file]:not([webkitdirectory])"))[0].send_keys(os.path.join(self.write({path: data}), path))

    def send(self, files):
        """path -> bytes, as a folder that is chosen; waits for the end of what reads them."""
        before = self.job()
        self.wait(lambda: self.all("input[webkitdirectory]"))[0].send_keys(self.write(files))
        self.settled_after(before)

    def batch(self):
        return self.browser.current_url.split("#/")[1].split("/")[0]

    def state(self):
        return self.desk.ask("GET", f"/api/batches/{self.batch()}").json

    def job(self):
        return self.state().get("job", {}).get("number", 0)

    def settled_after(self, job):
        self.wait(lambda: self.job() > job)
        self.settle()

    def settle(self):
        """Until the page shows that nothing is being done."""
        self.desk.settled(self.batch())
        self.wait(lambda: "正在做" not in self.text() and "在排队" not in self.text())

    def field(self, label):
        """What is printed under a label on the pages that are shown."""
        return self.wait(lambda: next((e for e in self.all(".page .field") if e.get_attribute("data-label") == label), None))

    def printed(self, label, value):
        self.wait(lambda: any(e.get_attribute("data-value") == value for e in self.all(".page .field") if e.get_attribute("data-label") == label))

    def downloaded(self, suffix):
        """The file that the browser saves; it is the caller's, and no longer there."""
        def whole():
            names = os.listdir(self.downloads)
            return names[0] if len(names) == 1 and names[0].endswith(suffix) else None
        name = self.wait(whole)
        to = os.path.join(tempfile.mkdtemp(dir=self.dir.name), name)
        os.rename(os.path.join(self.downloads, name), to)
        return to

    def hold(self):
        """Stops what the desk has begun, in the middle: a job that runs until it is cancelled or the desk ends."""
        self.wait(lambda: self.state()["job"]["state"] == "running")
        held, last = children(self.desk.process.pid), None
        while not held or held != last:  # one that was about to end, or to begin another
            for pid in held:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            time.sleep(0.1)
            held, last = children(self.desk.process.pid), held
        self.assertEqual(self.state()["job"]["state"], "running")

    def picture(self, path):
        """For who looks at the pages: all of it, as PNG."""
        with open(path, "wb") as f:
            f.write(base64.b64decode(self.browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})["data"]))
