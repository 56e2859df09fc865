"""A person fills in a page of the platform's kind from 填报稿.html alone: in a browser, with the mouse, the copy buttons and the clipboard."""
import html
import os
import re
import time
import unittest
import urllib.parse

import pdfs
from browser import CHROMIUM, PATIENCE, Browser
from blackbox_upload import Folder, honour
from dossiers import ROOT, batch, shenbao
from profiles import template

FORM = os.path.join(ROOT, "tests", "form_page.html")
NAME = "\u845b\U000E0100\U0002CC56\u370e\u00b7e\u0301"  # a variation sequence, an extension character, one of extension A, a combining mark
LAST = "\U0002CC56"


def person(statement, birth="1985-03-02"):
    school = "示例矿业大学" + LAST + " &<b>“甲”\u3000乙"
    return (f'<applicant id="A1" mode="自评分申报" target="高级工程师" specialty="爆破工程"><person><name>{NAME}</name><sex>女</sex><birth>{birth}</birth>'
            '<id-number type="居民身份证">11010119850302001X</id-number><mobile>13800000000</mobile></person>'
            '<employment started="2007-07-01" post="工程师"/>'
            f'<education start="2003-09" end="2007-06-30" school="{html.escape(school)}" level="大学本科"/>'
            '<education start="2007-09" end="2010-06" school="乙大学" level="硕士研究生"/>'
            '<document kind="身份证" href="id.pdf"/>'
            + honour("h.pdf", "甲 奖") + honour("h.pdf", "乙奖", "2") + f"<statement>{html.escape(statement)}</statement></applicant>")


@unittest.skipUnless(CHROMIUM, "chromium is not there")
class FormPage(Folder):
    """The platform's words are those of an upload.xml of the test's: what the platform really asks for is nobody's to say."""

    def setUp(self):
        super().setUp()
        with open(template("upload.xml"), encoding="utf-8") as f:
            text = f.read()
        for old, new in (('<field label="性别" select="person/sex"', '<field label="性别" select="person/sex" words="性别"'),
                         ('select="employment/@started" date="yyyy-mm"', 'select="employment/@started" date="yyyy年m月"'),
                         ('<field label="学历" select="@level"', '<field label="学历" select="@level" words="学历"'),
                         ("  <photo ", '  <words name="性别"><word from="男" to="男性"/><word from="女" to="女性"/></words>\n'
                          '  <words name="学历"><word from="大学本科" to="本科"/><word from="硕士研究生" to="硕士"/></words>\n  <photo ')):
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.put("T/upload.xml", text)
        self.put("id.pdf", pdfs.marked("i", 1))
        self.put("h.pdf", pdfs.marked("h", 2))
        browser = Browser()
        self.browser = browser.__enter__()
        self.addCleanup(browser.__exit__)

    def open(self, who):
        self.batch = self.put("batch.xml", batch(who))
        self.upload(source=self.batch, options=("-T", os.path.join(self.dir, "T")))
        self.folder = os.path.join(self.out, self.report["applicants"][0]["folder"])
        self.sheet_page = self.browser.open(os.path.join(self.folder, "填报稿.html"))
        self.form = self.browser.open(FORM)

    def test_values_have_room_on_a_phone_and_nothing_hangs_out(self):
        self.open(person("述职"))
        for width in (360, 1280):
            self.sheet_page.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
            room = self.sheet_page.ask("Math.min(...[...document.querySelectorAll('tr')].filter(r=>r.querySelector('th')&&r.querySelector('td.v'))"
                                       ".map(r=>r.querySelector('td.v').offsetWidth/r.querySelector('th').offsetWidth))")
            self.assertGreater(room, 1.5, width)
            self.assertLessEqual(self.sheet_page.ask("document.documentElement.scrollWidth"), width)

    def copy(self, label, number=0):
        """Clicks the button in the row of that label; what the person sees there."""
        button = ("[...document.querySelectorAll('tr')].filter(r=>r.querySelector('th')&&r.querySelector('button')&&"
                  f"r.querySelector('th').firstChild.textContent.trim()==='{label}')[{number}].querySelector('button')")
        self.sheet_page.front()
        self.sheet_page.click(button)
        self.sheet_page.wait(f"({button}).textContent==='已复制'")
        return self.sheet_page.ask(f"({button}).closest('tr').querySelector('td.v').textContent")

    def fill(self, label, number=0):
        """As a person does: by the label, with what was copied; of a list, the option that reads the same."""
        seen = self.copy(label, number)
        field = f"document.querySelectorAll('[name=\"{label}\"]')[0]"
        self.form.front()
        if self.form.ask(field + ".tagName") == "SELECT":
            options = self.form.ask(f"[...{field}.options].map(o=>o.text)")
            self.assertIn(seen, options, label)
            self.form.ask(f"(()=>{{{field}.value={seen!r}}})()")
        else:
            self.form.ask(f"(()=>{{{field}.value=''}})()")
            self.form.click(field)
            self.form.paste()
            self.form.wait(field + ".value!==''")
        return self.form.ask(field + ".value")

    def files_of(self, directory):
        """The files that the sheet links to in rows of that directory, as paths."""
        hrefs = self.sheet_page.ask("[...document.querySelectorAll('tr')].filter(r=>r.children.length===5&&"
                                    f"r.children[1].textContent==='{directory}').map(r=>r.querySelector('a').getAttribute('href'))")
        return [os.path.join(self.folder, urllib.parse.unquote(h)) for h in hrefs]

    def give_files(self):
        for directory in ("个人基本信息", "荣誉"):
            field = f"document.querySelector('[name=\"附件 {directory}\"]')"
            for path in self.files_of(directory):
                self.assertTrue(os.path.exists(path), path)
            node = self.form.call("Runtime.evaluate", expression=field)["result"]["objectId"]
            self.form.call("DOM.setFileInputFiles", files=self.files_of(directory), objectId=node)

    def submit(self):
        self.form.front()
        self.form.click("document.getElementById('submit')")
        return self.form.ask("document.getElementById('faults').textContent")

    def assert_nothing_was_fetched(self):
        self.assertEqual({urllib.parse.urlparse(u).scheme for u in self.browser.requests} - {"file", "data", "blob"}, set())
        self.assertEqual(len(self.browser.requests), 2, "more than the two pages themselves")

    def test_a_page_is_filled_in_from_the_sheet_alone(self):
        statement = "一、工作\n\n\u3000\u3000二、业绩 <b>&amp; “引号” \t制表" + LAST + NAME
        statement += "述" * (1000 - len(statement.encode("utf-16-le")) // 2)
        self.open(person(statement))
        self.assertEqual(self.fill("姓名"), NAME)
        self.assertEqual(self.fill("性别"), "女性")
        self.assertEqual(self.fill("出生日期"), "1985-03-02")
        self.assertEqual(self.fill("证件号码"), "11010119850302001X")
        self.assertEqual(self.fill("手机号码"), "13800000000")
        self.assertEqual(self.fill("参加工作时间"), "2007年7月")
        self.assertEqual(self.fill("毕业学校", 0), "示例矿业大学" + LAST + " &<b>“甲”\u3000乙")
        self.assertEqual(self.fill("毕业时间", 1), "2010-06")
        self.assertEqual(self.fill("学历", 1), "硕士")
        self.assertEqual(self.fill("毕业时间", 0), "2007-06")
        self.assertEqual(self.fill("学历", 0), "本科")
        self.assertEqual(self.fill("个人述职"), statement)
        self.assertEqual(self.form.ask("document.getElementById('count').textContent"), "1000/1000")
        self.give_files()
        self.assertEqual(self.submit(), "已提交")
        self.assert_nothing_was_fetched()

    def test_the_counts_are_the_forms_at_the_limit_and_beyond(self):
        for n in (1000, 1001):
            self.open(person("述" * n))
            pasted = self.fill("个人述职")
            self.assertEqual(len(pasted), 1000)
            counts = [int(c) for c in re.search(r"字符 (\d+)，Word 字数 (\d+)，网页计数 (\d+)", self.sheet_page.ask("document.body.textContent")).groups()]
            self.assertEqual(counts, [n, n, n])
            self.assertEqual("超 1" in self.sheet_page.ask("document.body.textContent"), n > 1000)
        self.open(person("述" * 999 + LAST))  # 1,000 characters, 1,001 to this page
        self.assertNotIn(LAST, self.fill("个人述职"))
        self.assertIn("字符 1000，Word 字数 1000，网页计数 1001；有的计法超 1", self.sheet_page.ask("document.body.textContent"))

    def reloaded(self, wanted):
        """The list of what is done after a reload. A page may ask a busy browser before what the page before it stored has arrived there: once more."""
        end = time.monotonic() + PATIENCE
        while True:
            self.sheet_page.ask("window.before=true")
            self.sheet_page.call("Page.reload")
            self.sheet_page.wait("!window.before&&document.readyState==='complete'")
            found = self.sheet_page.ask("document.getElementById('done').value")
            if found == wanted or time.monotonic() > end:
                return found

    def test_what_is_ticked_in_one_window_is_seen_in_the_other(self):
        self.open(person("述"))
        other, done = self.browser.open(os.path.join(self.folder, "填报稿.html")), "document.getElementById('done').value.split('\\n').length-1"
        for number, page in enumerate((self.sheet_page, other)):
            page.front()
            page.click(f"document.querySelectorAll('input[data-f]')[{number}]")
        for page in (self.sheet_page, other):
            page.wait(done + "===2")

    def test_what_was_ticked_is_taken_down_and_check_knows(self):
        self.open(person("述"))
        tick = "[...document.querySelectorAll('input[data-f]')].filter(b=>b.dataset.f.includes('荣誉证书'))"
        self.sheet_page.front()
        for number in range(2):
            self.sheet_page.click(f"{tick}[{number}]")
        kept = self.sheet_page.ask("document.getElementById('done').value")
        self.assertEqual(kept.count("\n"), 2)
        self.assertEqual(self.reloaded(kept), kept)  # they stay in the browser
        overlay = ("-T", os.path.join(self.dir, "T"))
        done = shenbao("upload", "--done", self.put("list.txt", kept), *overlay, self.batch)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = shenbao("check", "--rules", "R08", "--stage", "submit", self.batch).stdout.decode()
        self.assertNotIn("荣誉证书", found)
        self.assertIn("身份证", found)
        self.assertEqual({d["title"]: d["uploaded"] for d in self.upload(source=self.batch, options=overlay).values()},
                         {"甲 奖": True, "乙奖": True, "": False})


class Answers(Folder):
    def test_a_date_that_the_record_does_not_know_to_the_day_says_so(self):
        self.put("id.pdf", pdfs.marked("i", 1))
        self.put("h.pdf", pdfs.marked("h", 2))
        self.upload(person("述", birth="1985-03"))
        text = self.sheet().text
        self.assertEqual(self.sheet().value("出生日期"), "1985-03")
        self.assertIn("数据只到月，平台要填到日，请补", text)
        self.assertEqual(self.sheet().value("参加工作时间"), "2007-07")
        self.assertIn("数据中为 2007-07-01", text)

    def test_words_that_nobody_lists_are_named_with_their_line(self):
        with open(template("upload.xml"), encoding="utf-8") as f:
            text = f.read()
        old = '<field label="性别" select="person/sex"'
        self.put("T/upload.xml", text.replace(old, old + ' words="性别"'))
        self.put("U/upload.xml", text.replace(old, old + ' words="性别"').replace(
            "  <photo ", '  <words name="性别"><word from="男" to="男性"/></words>\n  <photo '))
        done = shenbao("upload", "-o", self.out, "-T", os.path.join(self.dir, "T"), self.put("b.xml", batch(person("述"))))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr.decode(), r"upload\.xml:\d+: error: there are no <words> named 性别")
        self.put("id.pdf", pdfs.marked("i", 1))
        self.put("h.pdf", pdfs.marked("h", 2))
        self.upload(person("述"), options=("-T", os.path.join(self.dir, "U")))
        self.assertIn("平台的选项里没有这个词", self.sheet().text)
