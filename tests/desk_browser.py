"""The desk in a real browser, as a clerk uses it: make check-desk."""
import contextlib
import filecmp
import http.server
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import zipfile

from blackbox_evaluation_form import PROGRAM
from clerks import Clerk, files_of, missing, open_browser, workbook
from desks import Desk, sample_files

try:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    pass

THREE = ("A001", "A003", "A005")
MISTAKES = {"人员!D3": "正常申请", "人员!K4": "1975-13-03",                                  # mended in the workbook
            "人员!M2": "330199198411064012", "人员!M3": "33019919900209", "人员!J4": "女"}  # and in the page
LATER = {place: value for place, value in MISTAKES.items() if place not in ("人员!D3", "人员!K4")}
RIGHT = {"A001": "330199198411064018", "A005": "男"}


class Way(Clerk):
    def corrected(self, person, text):
        """Beside the one finding that is an error."""
        self.click(".person", person)
        self.click(".finding.error button", "改正")
        self.one(".finding.error .value").send_keys(text, Keys.ENTER)
        self.wait(lambda: "已改正" in self.text("#notice"))
        self.assertEqual(self.all(".finding.error"), [])
        self.browser.back()
        self.wait(lambda: len(self.all(".person")) == 3)

    def corrected_on_the_page(self, person, label, text):
        self.click(".person", person)
        self.choose("#paper", "pledge")
        field = self.field(label)
        self.assertIn("人员!M3", field.get_attribute("data-place"))
        self.script("arguments[0].scrollIntoView({block: 'center'})", field)
        ActionChains(self.browser).move_to_element(field).click().perform()
        box = self.one("#field .value")
        box.clear()
        box.send_keys(text, Keys.ENTER)
        self.printed(label, text)
        self.assertTrue(any("changed" in f.get_attribute("class") for f in self.all(".page .field")))
        self.browser.back()

    def pages_are_looked_at(self):
        """Of each person each paper that there is, every page of it."""
        for person in THREE:
            self.click(".person", person)
            for paper in [o.get_attribute("value") for o in self.wait(lambda: self.all("#paper option"))]:
                answer = self.desk.ask("GET", f"/api/batches/{self.batch()}/people/{person}/{paper}")
                self.choose("#paper", paper)
                if answer.status == 200:
                    self.wait(lambda: len(self.all(".page")) == answer.json["pages"] and paper in self.browser.current_url)
                    for n in range(answer.json["pages"]):
                        self.wait(lambda n=n: self.script("const p = document.querySelectorAll('.page')[arguments[0]]; p.scrollIntoView(); return p.querySelector('svg')", n))
                else:
                    self.one(".pages .alert")
            self.browser.back()
            self.one(".person")

    def held_cancelled_and_killed(self):
        """The package is begun thrice before it is made: reloaded and cancelled; killed with the desk; done."""
        first, address = self.browser.current_window_handle, self.browser.current_url
        self.click("button", "出材料")
        self.hold()
        self.one("section .card", "出材料")
        self.browser.refresh()
        self.one("section .card progress")
        self.browser.switch_to.new_window("tab")
        self.browser.get(address)
        self.click("button", "取消")
        self.one(".alert", "已取消")
        self.browser.close()
        self.browser.switch_to.window(first)
        self.one(".alert", "已取消")
        self.click(".alert button", "再做一次")
        self.hold()
        self.desk.stop(signal.SIGKILL)
        self.wait(lambda: "连接断了" in self.text("#notice"))
        self.desk.start()
        self.one(".alert", "中断")
        self.assertEqual((self.state()["checked"]["errors"], self.state()["job"]["state"]), (0, "interrupted"))
        self.click(".alert button", "再做一次")
        self.one("a.button", "下载全部材料")
        self.settle()

    def assert_is_the_package(self, archive):
        """What was unpacked is, byte for byte, what the program makes of the same data."""
        current = os.path.join(self.desk.directory, self.batch(), "current")
        ours, theirs = os.path.join(self.dir.name, "ours"), os.path.join(self.dir.name, "theirs")
        with zipfile.ZipFile(archive) as z:
            z.extractall(ours)
        subprocess.run([PROGRAM, "package", "-q", "--profile", "zhejiang-mining", "-o", theirs, "book.xlsx"], check=True, cwd=current)

        def tree(top):
            return {os.path.relpath(os.path.join(d, n), top) for d, folders, names in os.walk(top) for n in names if not n.startswith(".")}
        self.assertEqual(tree(ours), tree(theirs))
        self.assertGreater(len(tree(ours)), 60)
        for name in tree(ours):
            self.assertTrue(filecmp.cmp(os.path.join(ours, name), os.path.join(theirs, name), shallow=False), name)

    def test_the_whole_way(self):
        self.new_batch("三人 <b>粗</b>&amp;𠮷")
        self.click("a.button", "下载空白工作簿")
        self.assertTrue(zipfile.is_zipfile(self.downloaded("空白工作簿.xlsx")))
        self.send(files_of(THREE, *(f"{place}={value}" for place, value in MISTAKES.items())))
        self.wait(lambda: [e.text for e in self.all(".person .badge")] == ["有错"] * 3)
        self.click("a.button", "下载批注过的工作簿")
        self.assertTrue(zipfile.is_zipfile(self.downloaded("批注.xlsx")))
        self.send_alone("申报数据（改）.xlsx", workbook(THREE, *(f"{place}={value}" for place, value in LATER.items())))
        self.assertIn("取代先前交的“材料/申报数据.xlsx”", self.one("form select option:checked").text)
        self.click("form button", "继续上传")
        self.settled_after(1)
        self.wait(lambda: "下载现在用的工作簿" in self.text())
        self.wait(lambda: [e.text for e in self.all(".person .badge")] == ["有错"] * 3)
        self.corrected("A001", RIGHT["A001"])
        self.corrected_on_the_page("A003", "身份证号", "33019919900209013X")
        self.corrected("A005", RIGHT["A005"])
        self.wait(lambda: "没有错误" in self.text() and "有错" not in [e.text for e in self.all(".person .badge")])
        self.pages_are_looked_at()
        self.held_cancelled_and_killed()
        self.click("a.button", "下载全部材料")
        archive = self.downloaded(".zip")
        self.assertIn("𠮷", os.path.basename(archive))
        self.assert_is_the_package(archive)
        self.assertEqual(self.script("return document.querySelectorAll('main b i, h1 b').length"), 0)
        self.assertEqual(self.text("h1"), "三人 <b>粗</b>&amp;𠮷")

    def test_a_field_is_found_corrected_and_put_back(self):
        self.new_batch("改正")
        self.send(sample_files("A003"))
        self.click(".person", "A003")
        self.choose("#paper", "pledge")
        field = self.field("手机")
        self.script("arguments[0].scrollIntoView({block: 'center'})", field)
        field.send_keys(Keys.ENTER)
        self.one("#field", "人员!")
        box = self.one("#field .value")
        self.assertEqual(box.get_attribute("value"), "13800000003")
        box.clear()
        box.send_keys("13900000009", Keys.ENTER)
        self.one("button", "撤销改正")
        self.printed("手机", "13900000009")
        self.click("button", "撤销改正")
        self.printed("手机", "13800000003")

    def test_a_finding_shows_its_place(self):
        self.new_batch("位置")
        self.send(files_of(("A003",), "人员!M2=33019919900209"))
        self.click(".person", "A003")
        self.one(".page .field")
        self.click(".finding.error button", "在页面上看")
        self.wait(lambda: any("M2" in f.get_attribute("data-place") for f in self.all(".page .field.found")))
        self.assertEqual(self.one("#field .value").get_attribute("value"), "33019919900209")

    def test_each_page_speaks_its_own_language(self):
        batch = self.new_batch("两种语言")
        files = files_of(("A003",), "人员!M2=33019919900209")
        del files["scans/A003/id.pdf"]
        self.send({**files, "A003/胡乱.pdf": b"%PDF-1.4"})
        findings = [f for f in self.desk.ask("GET", f"/api/batches/{batch}/report").json["applicants"][0]["findings"]]
        self.addCleanup(lambda: self.script("localStorage.removeItem('language')"))
        for unmatched, key in (("没有对上", "message"), ("is not matched", "en")):
            self.one(".alert li", unmatched)
            self.click(".person", "A003")
            self.one(".finding")
            self.assertEqual(sorted(e.text for e in self.all(".finding > p")), sorted(f[key] for f in findings))
            self.assertTrue(all(f[key] in e.get_attribute("aria-label") for f, e in zip((f for f in findings if f.get("own")), self.all(".finding button[aria-expanded]"))))
            self.browser.back()
            self.one(".person")
            self.click("#language")
        self.desk.ask("POST", f"/api/batches/{batch}/corrections", {"place": "人员!M2", "person": "A003", "field": "person/id-number", "was": "1", "value": "2", "seen": 1})
        for reason in ("现在是“33019919900209”", "holds '33019919900209' now", "现在是"):
            self.one(".card.alert", reason)
            self.click("#language")

    def test_what_typing_cannot_mend_is_not_offered_to_be_typed(self):
        self.new_batch("改不了的")
        files = files_of(("A003",), "人员!M2=33019919900209")
        del files["scans/A003/id.pdf"], files["photos/A003.jpg"]
        self.send(files)
        self.click(".person", "A003")
        self.one(".finding.error")
        offered = {e.find_element(By.CSS_SELECTOR, "span").text: bool(e.find_elements(By.CSS_SELECTOR, "button[aria-expanded]")) for e in self.all(".finding.error")}
        self.assertEqual(offered, {"身份证号": True, "照片": False, "身份证": False})

    def test_pages_of_a_volume_come_when_they_are_near(self):
        self.new_batch("长册子")
        self.send(sample_files("A001"))
        self.click(".person", "A001")
        self.choose("#paper", "dossier")
        self.wait(lambda: "dossier" in self.browser.current_url and len(self.all(".page")) > 40 and self.all(".page svg"))
        asked = "return performance.getEntriesByType('resource').map(e => (e.name.match(/dossier\\/(\\d+)\\.svg/) || [])[1]).filter(n => n).map(Number)"
        drawn = "return [...document.querySelectorAll('.page')].map(p => p.childElementCount)"
        pages = len(self.all(".page"))
        self.assertLess(len(self.script(asked)), 8)
        self.script("document.querySelectorAll('.page')[arguments[0]].scrollIntoView()", pages - 1)
        self.wait(lambda: self.script(drawn)[-1])
        self.assertEqual(self.script(drawn)[pages // 2], 0)
        self.assertLess(len(set(self.script(asked))), 16)
        self.assertEqual(len(self.script(asked)), len(set(self.script(asked))))

    def test_what_is_sought_is_found_on_a_page_that_has_not_come(self):
        batch = self.new_batch("后面的页")
        self.send(sample_files("A003"))
        path = f"/api/batches/{batch}/people/A003/evaluation-form"
        pages = [self.desk.ask("GET", f"{path}/{n + 1:03}.svg").body for n in range(self.desk.ask("GET", path).json["pages"])]
        last = max(n for n, page in enumerate(pages) if b'class="field"' in page)
        where = "return [...document.querySelectorAll('.page')].findIndex(p => p.contains(document.activeElement))"
        self.browser.get(f"{self.address}#/{batch}/A003/evaluation-form")
        self.one(".page .field")
        self.assertEqual(self.script("return document.querySelectorAll('.page')[arguments[0]].childElementCount", last), 0)
        self.all(".page .field")[0].send_keys(Keys.END)
        self.wait(lambda: self.script(where) == last)
        self.browser.switch_to.active_element.send_keys(Keys.HOME)
        self.wait(lambda: self.script(where) == 0)

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

    def test_two_who_change_one_field_are_told(self):
        batch = self.new_batch("两人同改")
        self.send(sample_files("A003"))
        first, address = self.browser.current_window_handle, f"{self.address}#/{batch}/A003/pledge"
        self.browser.get(address)
        self.field("手机").send_keys(Keys.ENTER)
        self.browser.switch_to.new_window("tab")
        self.browser.get(address)
        self.field("手机").send_keys(Keys.ENTER)
        box = self.one("#field .value")
        box.clear()
        box.send_keys("13900000001", Keys.ENTER)
        self.printed("手机", "13900000001")
        self.browser.switch_to.window(first)
        self.wait(lambda: "别人改过" in self.text("#notice"))
        box = self.one("#field .value")
        box.clear()
        box.send_keys("13900000002", Keys.ENTER)
        self.wait(lambda: "没有做成" in self.text("#notice") and "13900000001" in self.text("#notice"))
        self.printed("手机", "13900000001")

    def test_a_desk_that_comes_back_is_found_again(self):
        self.new_batch("重启")
        self.desk.stop(signal.SIGKILL)
        self.wait(lambda: "连接断了" in self.text("#notice"))
        self.desk.start()
        self.wait(lambda: not self.browser.find_element(By.ID, "notice").is_displayed())
        self.send({"说明.txt": b"1"})
        self.one(".alert", "还没有收到工作簿")

    def test_a_desk_that_comes_back_is_found_again_behind_a_proxy(self):
        """Which answers for it meanwhile: a browser does not ask for a stream again that was refused."""
        class BadGateway(http.server.BaseHTTPRequestHandler):
            asked = []

            def do_GET(self):
                self.asked.append(self.path)
                self.send_error(502)

            def log_message(self, *words):
                pass

        gone = self.desk.batch("删了")
        self.new_batch("网关")
        first, address = self.browser.current_window_handle, f"{self.address}#/{gone}"
        self.browser.switch_to.new_window("tab")
        self.browser.get(address)
        self.one("h1", "删了")
        second = self.browser.current_window_handle
        self.desk.stop(signal.SIGKILL)
        proxy = http.server.ThreadingHTTPServer(("127.0.0.1", self.desk.port), BadGateway)
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        self.wait(lambda: len([p for p in BadGateway.asked if p.endswith("/events")]) >= 2)
        self.assertIn("连接断了", self.text("#notice"))
        proxy.shutdown()
        thread.join()
        proxy.server_close()
        os.rename(os.path.join(self.desk.directory, gone), os.path.join(self.dir.name, "gone"))
        self.desk.start()
        self.one("h1", "申报批次")
        self.browser.close()
        self.browser.switch_to.window(first)
        self.wait(lambda: not self.browser.find_element(By.ID, "notice").is_displayed())
        self.send({"说明.txt": b"1"})
        self.one(".alert", "还没有收到工作簿")
        self.assertNotEqual(first, second)

    def test_how_long_it_takes_is_told_whatever_the_clocks_say(self):
        batch = self.new_batch("钟")
        self.send(sample_files("A003"))
        self.click("button", "出材料")
        self.hold()
        job = self.state()["job"]
        for done in (1, 2):
            path = os.path.join(self.desk.directory, batch, "jobs", f"{job['number']}.json")
            with open(path + ".new", "w", encoding="utf-8") as f:
                json.dump({**job, "step": "papers", "done": done, "of": 8, "started": int(time.time()) + 7200}, f)
            os.rename(path + ".new", path)
            told = self.one("section .card", f"{done}/8").text
            self.assertNotIn("-", told)
            time.sleep(1)
        self.assertRegex(told, "约还需 \\d+ 秒")
        self.click("button", "取消")
        self.one(".alert", "已取消")

    def test_a_desk_that_is_off_is_said_to_be_off(self):
        self.go()
        self.desk.stop(signal.SIGKILL)
        self.one("#name").send_keys("没有")
        self.choose("#profile", "zhejiang-mining")
        self.click("form button.main")
        self.wait(lambda: "连不上工作台" in self.text("#notice"))
        self.desk.start()

    def test_clicked_twice_is_clicked_once(self):
        self.go()
        self.one("#name").send_keys("双击")
        self.choose("#profile", "zhejiang-mining")
        ActionChains(self.browser).double_click(self.one("form button.main")).perform()
        self.one("h2", "第一步")
        self.assertEqual([b["name"] for b in self.desk.ask("GET", "/api/desk").json["batches"]].count("双击"), 1)
        self.send(sample_files("A003"))
        before = self.job()
        ActionChains(self.browser).double_click(self.one("button", "出材料")).perform()
        self.one("a.button", "下载全部材料")
        self.settle()
        self.click("header .home")
        self.one("#name")
        self.browser.back()
        self.one("a.button", "下载全部材料")
        self.assertEqual(self.job(), before + 1)

    def test_a_corrected_file_may_be_chosen_again(self):
        self.new_batch("同一个文件")
        book = os.path.join(self.write({"申报数据.xlsx": workbook(("A003",), "人员!J2=女")}), "申报数据.xlsx")
        for changes, errors in ((("人员!J2=女",), True), ((), False)):
            with open(book, "wb") as f:
                f.write(workbook(("A003",), *changes))
            before = self.job()
            chooser = "input[type=file]:not([webkitdirectory])"
            self.wait(lambda: self.all(chooser))[0].send_keys(book)
            self.settled_after(before)
            self.assertEqual("性别" in self.desk.ask("GET", f"/api/batches/{self.batch()}/report").body.decode(), errors)
            self.assertEqual(self.all(chooser)[0].get_attribute("value"), "")

    def test_a_batch_is_deleted_only_when_that_is_meant(self):
        self.new_batch("要删的")
        self.click("button.danger", "删除这个批次")
        self.click("button", "不删")
        self.click("button.danger", "删除这个批次")
        self.click(".alert button.danger", "删除")
        self.one("h1", "申报批次")
        self.assertNotIn("要删的", self.text())


class Uploads(Clerk):
    desk_options = ("--quota", "3000000")

    def drop(self, path):
        """As from the file manager."""
        x, y = self.script("const e = document.querySelector('.drop'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]")
        data = {"items": [], "files": [path], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.browser.execute_cdp_cmd("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})

    def test_a_folder_is_dropped_whole(self):
        """More files than a reader of folders gives at once; one is gone before it is sent; empty ones are named."""
        self.new_batch("一千多个文件")
        files = {f"{p:02}/{k}/{n:02}.txt": b"%d" % n for p in range(25) for k in "ab" for n in range(25)}
        files["张三/身份证.jpg"], files["李四/身份证.jpg"], files["空.txt"] = b"1", b"2", b""
        top = self.write(files)
        os.mkdir(os.path.join(top, "空文件夹"))
        self.script("window.held = new Promise(go => { window.go = go; }); const real = Blob.prototype.arrayBuffer; Blob.prototype.arrayBuffer = async function () { window.waits = true; await window.held; return real.call(this); };")
        self.drop(top)
        self.wait(lambda: self.script("return window.waits"))
        os.unlink(os.path.join(top, "07", "b", "13.txt"))
        self.script("window.go()")
        self.wait(lambda: self.job() == 1, 300)
        self.settle()
        self.assertIn("读不出，没有上传：\n材料/07/b/13.txt", self.text())
        self.assertIn("文件夹是空的：\n材料/空文件夹", self.text())
        self.assertIn("文件是空的：\n材料/空.txt", self.text())
        current = os.path.join(self.desk.directory, self.batch(), "current")
        found = {os.path.relpath(os.path.join(d, n), current) for d, _, names in os.walk(current) for n in names}
        self.assertEqual(found, {"材料/" + p for p in files} - {"材料/07/b/13.txt"})

    def test_what_is_too_large_is_said_with_the_limit(self):
        self.new_batch("太大")
        top = self.write({"大.pdf": bytes(3 << 20)})
        self.wait(lambda: self.all("input[webkitdirectory]"))[0].send_keys(top)
        self.wait(lambda: "没有做成" in self.text("#notice") and "3 MB" in self.text("#notice"))
        self.assertEqual(self.state()["upload"], 0)

    def test_what_cannot_be_taken_is_named_with_what_to_do(self):
        self.new_batch("打不开的")
        top = self.write({"扫描件.rar": b"Rar!"})
        self.wait(lambda: self.all("input[webkitdirectory]"))[0].send_keys(top)
        self.wait(lambda: "扫描件.rar" in self.text("#notice") and "zip" in self.text("#notice"))
        self.send({"坏.zip": b"no archive"})
        self.one(".alert", "坏.zip")

    def test_markup_in_names_and_files_is_text(self):
        """Nothing that was handed in runs, whatever it is called; none of it is served at all."""
        self.new_batch("<img src=x onerror=ran()>")
        ran = b"<script>window.ran = 1; document.title = 'ran'</script>"
        names = {"<img src=x onerror=ran()>.jpg": ran, "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.ran=1'/>", "x.html": ran, "A003/<b>学历</b>.html.jpg": ran}
        self.send({**sample_files("A003"), **names})
        self.assertIn("<img src=x onerror=ran()>", self.text("h1"))
        self.wait(lambda: "<img src=x onerror=ran()>.jpg" in self.text() and "x.svg" in self.text())
        self.assertFalse(self.script("return 'ran' in window || Boolean(document.querySelector('main img, main script'))"))
        for name in names:
            self.assertNotEqual(self.desk.ask("GET", f"/api/batches/{self.batch()}/uploads/1/files/{urllib.parse.quote('材料/' + name)}").status, 200)

    def test_sending_is_stopped(self):
        self.new_batch("停止")
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2000}
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
        self.wait(lambda: self.all("input[webkitdirectory]"))[0].send_keys(self.write({"a.pdf": bytes(1 << 20)}))
        self.click("button", "停止上传")
        self.wait(lambda: "已停止上传" in self.text())
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
        self.assertEqual(self.state()["upload"], 0)


@unittest.skipIf(missing, f"absent: {' '.join(missing)}")
class Gate(unittest.TestCase):
    """Who comes from elsewhere."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.TemporaryDirectory(prefix="shenbao-test-")
        cls.addClassCleanup(cls.dir.cleanup)
        cls.desk = Desk(os.path.join(cls.dir.name, "desk"), token="a token of the tests")
        cls.addClassCleanup(cls.desk.stop)
        cls.other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Quiet", (http.server.SimpleHTTPRequestHandler,), {
            "log_message": lambda *_: None, "translate_path": lambda self, path: os.path.join(cls.dir.name, os.path.basename(path.split("?")[0]))}))
        threading.Thread(target=cls.other.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.other.server_close)
        cls.addClassCleanup(cls.other.shutdown)

    def setUp(self):
        self.browser = open_browser(words=("host-resolver-rules=MAP *.example 127.0.0.1",))
        self.addCleanup(self.browser.quit)
        self.address = f"http://127.0.0.1:{self.desk.port}/"

    def elsewhere(self, html, host="localhost"):
        """A page of somebody else's."""
        with open(os.path.join(self.dir.name, "page.html"), "w", encoding="utf-8") as f:
            f.write(f"<!DOCTYPE html><meta charset=utf-8><title>elsewhere</title>{html}")
        self.browser.get(f"http://{host}:{self.other.server_address[1]}/page.html")

    def body(self):
        return self.browser.find_element(By.TAG_NAME, "body").text

    def until(self, found):
        for _ in range(600):
            with contextlib.suppress(Exception):
                if found():
                    return
            time.sleep(0.05)
        self.fail(self.body())

    def test_a_link_from_elsewhere_lets_in_and_goes_on_doing_so(self):
        link = f"<a id=in href='{self.address}?token=a%20token%20of%20the%20tests'>with</a> <a id=again href='{self.address}'>without</a>"
        for way in ("in", "again"):
            self.elsewhere(link)
            self.browser.find_element(By.ID, way).click()
            self.until(lambda: "新建批次" in self.body())
            self.assertNotIn("token", self.browser.current_url)
            self.browser.refresh()
            self.until(lambda: "新建批次" in self.body())

    def test_a_wrong_token_does_not(self):
        for way in ("", "?token=a%20token%20of%20others"):
            self.browser.get(self.address + way)
            self.until(lambda: "管理员给的网址" in self.body())
            self.assertIn("Open the address again", self.body())
            self.assertNotIn("批次", self.body())

    def test_a_page_of_an_old_token_keeps_nobody_out(self):
        """It is told, and does not ask again and again, until its address is shut out for wrong tokens."""
        self.browser.get(self.address + "?token=a%20token%20of%20the%20tests")
        self.until(lambda: "新建批次" in self.body())
        batch = json.loads(self.browser.execute_script("const r = new XMLHttpRequest(); r.open('POST', '/api/batches', false); r.setRequestHeader('X-Shenbao', '1');"
                                                       "r.send(JSON.stringify({name: '换口令', profile: 'zhejiang-mining'})); return r.responseText"))["id"]
        self.browser.get(f"{self.address}#/{batch}")
        self.until(lambda: "删除这个批次" in self.body())
        self.browser.add_cookie({**self.browser.get_cookies()[0], "value": "0" * 64})  # as of another token
        self.desk.stop(signal.SIGKILL)
        self.desk.start()
        self.until(lambda: "管理员给的网址" in self.browser.find_element(By.ID, "notice").text)
        time.sleep(7)
        refused = [line for line in self.desk.said().splitlines() if line.endswith(" 401")]
        self.assertLess(len([line for line in refused if f"/{batch}" in line]), 5, refused)

    def test_nor_does_another_name_of_the_machine(self):
        self.browser.get(f"http://desk.example:{self.desk.port}/?token=a%20token%20of%20the%20tests")
        self.until(lambda: "--origin" in self.body())
        self.assertNotIn("批次", self.body())

    def test_another_page_asks_in_vain(self):
        self.browser.get(self.address + "?token=a%20token%20of%20the%20tests")
        self.until(lambda: "新建批次" in self.body())
        cookie = self.browser.get_cookies()[0]
        self.assertTrue(cookie["httpOnly"] and cookie["sameSite"] == "Strict", cookie)
        value = f"{cookie['name']}={cookie['value']}"
        before = self.desk.ask("GET", "/api/desk", headers={"Cookie": value}).json["batches"]
        self.elsewhere(f"<form method=post action='{self.address}api/batches' enctype='text/plain'><input name='{{\"name\":\"x\",\"profile\":\"zhejiang-mining\",\"y\":\"' value='\"}}'></form>"
                       f"<iframe src='{self.address}'></iframe>", "evil.example")
        done = self.browser.execute_async_script(
            "const done = arguments[1], ask = o => fetch(arguments[0] + 'api/batches', {method: 'POST', credentials: 'include', body: '{\"name\":\"x\",\"profile\":\"zhejiang-mining\"}', ...o}).then(r => r.type, e => 'refused');"
            "Promise.all([ask({mode: 'no-cors'}), ask({}), ask({headers: {'X-Shenbao': '1'}})]).then(done)", self.address)
        self.assertEqual(done, ["refused"] * 3)
        self.browser.switch_to.frame(0)
        self.assertNotIn("批次", self.body())
        self.browser.switch_to.default_content()
        self.browser.execute_script("document.forms[0].submit()")
        self.until(lambda: "elsewhere" not in self.browser.title)
        self.assertEqual(self.desk.ask("GET", "/api/desk", headers={"Cookie": value}).json["batches"], before)


class Old(Clerk):
    """Browsers that cannot run the script are told so."""

    def test_nothing_is_asked_of_anybody_else(self):
        self.browser.get_log("performance")
        self.go()
        self.one("#name")
        for entry in self.browser.get_log("performance"):
            if '"Network.requestWillBeSent"' in entry["message"]:
                self.assertRegex(entry["message"], r'"url":"(http://127\.0\.0\.1:\d+/|about:|data:)')

    def test_without_script_there_is_a_notice(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.browser.get("about:blank")
            self.browser.get(self.address)
            self.assertIn("请打开浏览器的 JavaScript", self.text("body"))
            self.assertIn("IE 模式不能使用本页", self.text("body"))
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    def test_where_the_script_cannot_be_read_there_is_one_too(self):
        """As in IE mode: scripts are on, and ours is not understood."""
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*desk.js"]})
        try:
            self.browser.get("about:blank")
            self.browser.get(self.address)
            self.assertIn("请换用新一些的浏览器", self.text("body"))
            self.assertIn("IE 模式不能使用本页", self.text("body"))
        finally:
            self.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


if __name__ == "__main__":
    unittest.main()
