"""The desk in a real browser, as a clerk uses it: make check-desk. Skipped, by name, where Chromium, its driver or selenium is absent."""
import io
import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import zipfile

from blackbox_evaluation_form import PROGRAM
from desks import Desk, sample_files

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None

def is_known(host):
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False


missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)] + ([] if webdriver else ["python3-selenium"])
missing += [] if is_known("localhost") else ["localhost in /etc/hosts"]  # where chromedriver is asked for


@unittest.skipIf(missing, f"absent: {' '.join(missing)}")
class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.desk = Desk(os.path.join(cls.dir.name, "desk"))
        options = webdriver.ChromeOptions()
        for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
                     "disable-component-update", "disable-sync", "lang=zh-CN", "accept-lang=zh-CN", "window-size=1280,1000"):
            options.add_argument("--" + word)
        options.add_experimental_option("prefs", {"download.default_directory": cls.dir.name})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        cls.browser = webdriver.Chrome(options=options)
        cls.address = f"http://127.0.0.1:{cls.desk.port}/"

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.desk.stop()
        cls.dir.cleanup()

    def wait(self, found, seconds=120):
        for _ in range(seconds * 10):
            try:
                value = found()
                if value:
                    return value
            except Exception:  # the page is being drawn anew
                pass
            time.sleep(0.1)
        self.fail(self.browser.find_element(By.TAG_NAME, "body").text)

    def all(self, css):
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def one(self, css, text=""):
        return self.wait(lambda: next((e for e in self.all(css) if text in e.text), None))

    def click(self, css, text=""):
        """What is being drawn anew, or may not be clicked yet, is waited for."""
        self.wait(lambda: next((e for e in self.all(css) if text in e.text and e.is_enabled() and e.click() is None), None))

    def text(self):
        return self.browser.find_element(By.TAG_NAME, "main").text

    def clean_console(self):
        lines = [entry["message"] for entry in self.browser.get_log("browser")]
        self.assertEqual(lines, [])

    def new_batch(self, name):
        self.browser.get("about:blank")
        self.browser.get(self.address)
        self.one("#name").send_keys(name)
        next(o for o in self.all("#profile option") if o.get_attribute("value") == "zhejiang-mining").click()
        self.click("form button.main")
        self.wait(lambda: name in self.text() and "第一步" in self.text())

    def send(self, files):
        """path -> bytes, as if they were chosen together."""
        folder = tempfile.mkdtemp(dir=self.dir.name)
        for path, data in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "wb") as f:
                f.write(data)
        self.wait(lambda: self.all("input[webkitdirectory]"))[0].send_keys(folder)

    def test_the_whole_way(self):
        self.new_batch("浏览器里的一批 <b>&")
        self.send(sample_files("A003"))
        self.one(".person", "A003")
        self.assertIn("可付印", self.one(".person", "A003").text)
        self.click("button", "出材料")
        self.one("a.button", "下载全部材料")
        batch = self.browser.current_url.split("#/")[1]
        archive = self.desk.ask("GET", f"/api/batches/{batch}/zip").body
        with tempfile.TemporaryDirectory() as d:
            subprocess.run([PROGRAM, "package", "-q", "--profile", "zhejiang-mining", "-o", d, "book.xlsx"], check=True,
                           cwd=os.path.join(self.dir.name, "desk", batch, "current"))
            for name in zipfile.ZipFile(io.BytesIO(archive)).namelist():
                with open(os.path.join(d, name), "rb") as f:
                    self.assertEqual(zipfile.ZipFile(io.BytesIO(archive)).read(name), f.read(), name)
        self.browser.refresh()
        self.one("a.button", "下载全部材料")
        self.clean_console()

    def test_a_field_is_found_corrected_and_put_back(self):
        self.new_batch("改正")
        self.send(sample_files("A003"))
        self.click(".person", "A003")
        choice = self.one("#paper")
        next(o for o in choice.find_elements(By.TAG_NAME, "option") if o.get_attribute("value") == "pledge").click()
        field = self.wait(lambda: next((e for e in self.all(".page .field") if e.get_attribute("data-label") == "手机"), None))
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
        field.send_keys(Keys.ENTER)  # as with the keyboard alone
        self.one("#field", "人员!")
        box = self.one("#field .value")
        self.assertEqual(box.get_attribute("value"), "13800000003")
        box.clear()
        box.send_keys("13900000009", Keys.ENTER)
        self.one("button", "撤销改正")
        self.wait(lambda: any(e.get_attribute("data-value") == "13900000009" for e in self.all(".page .field")))
        self.click("button", "撤销改正")
        self.wait(lambda: any(e.get_attribute("data-value") == "13800000003" for e in self.all(".page .field")))
        self.clean_console()

    def test_two_tabs_show_the_same(self):
        self.new_batch("两个窗口")
        first, address = self.browser.current_window_handle, self.browser.current_url
        self.browser.switch_to.new_window("tab")
        self.browser.get(address)
        self.wait(lambda: "第一步" in self.text())
        second = self.browser.current_window_handle
        self.browser.switch_to.window(first)
        self.send({"说明.txt": b"1"})
        self.browser.switch_to.window(second)
        self.one(".alert", "还没有收到工作簿")
        self.browser.close()
        self.browser.switch_to.window(first)
        self.one(".alert", "还没有收到工作簿")

    def test_a_desk_that_comes_back_is_found_again(self):
        self.new_batch("重启")
        self.desk.stop(9)
        self.wait(lambda: "连接断了" in self.browser.find_element(By.ID, "notice").text)
        self.desk.start()
        self.wait(lambda: not self.browser.find_element(By.ID, "notice").is_displayed())
        self.send({"说明.txt": b"1"})
        self.one(".alert", "还没有收到工作簿")
        self.browser.get_log("browser")  # it has told of the connection that was refused

    def test_nothing_is_asked_of_anybody_else(self):
        self.browser.get_log("performance")
        self.browser.get("about:blank")
        self.browser.get(self.address)
        self.one("#name")
        for entry in self.browser.get_log("performance"):
            if '"Network.requestWillBeSent"' in entry["message"]:
                self.assertRegex(entry["message"], r'"url":"(http://127\.0\.0\.1:\d+/|about:|data:)')

    def test_a_batch_is_deleted_only_when_that_is_meant(self):
        self.new_batch("要删的")
        self.click("button.danger", "删除这个批次")
        self.click("button", "不删")
        self.click("button.danger", "删除这个批次")
        self.click(".alert button.danger", "删除")
        self.one("h1", "申报批次")
        self.assertNotIn("要删的", self.text())

    def test_narrow_screens_scroll_in_one_direction_alone(self):
        for width in (360, 1280, 2560):
            self.browser.set_window_size(width, 900)
            for view in ("", "1"):
                self.browser.get("about:blank")
                self.browser.get(self.address + "#/" + view)
                time.sleep(1)
                wide, inner = self.browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
                self.assertLessEqual(wide, inner, (width, view))
        self.browser.set_window_size(1280, 1000)


if __name__ == "__main__":
    unittest.main()
