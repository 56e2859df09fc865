"""The desk for everyone: by keyboard alone, for who hears it read, in every width and both colour schemes, and with a thousand people: make check-desk."""
import os
import unittest

import batches
from clerks import Clerk, files_of, workbook
from desks import SAMPLES, sample_files

try:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
except ImportError:
    pass

# What has the keyboard: its name, whether that can be seen, and whether it lies within the window.
FOCUSED = """
const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
return {name: e === document.body ? '' : e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].textContent) || e.textContent, tag: e.tagName,
        ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, within: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth}"""


class Keyboard(Clerk):
    def focused(self):
        return self.script(FOCUSED)

    def press(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def press_with(self, held, key):
        ActionChains(self.browser).key_down(held).send_keys(key).key_up(held).perform()

    def to(self, name, tag=None, key=Keys.TAB):
        """On by this key until what bears the name has the keyboard; each stop on the way is seen."""
        for _ in range(150):
            self.press(key)
            now = self.focused()
            if now["tag"] != "BODY":
                self.assertTrue(now["ring"], now)
                self.assertTrue(now["within"] or now["tag"] in ("MAIN",), now)
            if name in now["name"] and tag in (None, now["tag"]):
                return now
        self.fail(f"no way to {name}: {self.text()}")

    def enter(self, name, tag=None):
        self.to(name, tag)
        self.press(Keys.ENTER)

    def has(self, name):
        self.wait(lambda: name in self.focused()["name"])

    def test_the_whole_way(self):
        self.go()
        self.to("批次名称")
        self.press("键盘")
        self.to("按哪份通知申报")
        for _ in range(20):
            if self.script("return document.getElementById('profile').value") == "zhejiang-mining":
                break
            self.press(Keys.ARROW_DOWN)
        self.enter("新建批次", "BUTTON")
        self.has("键盘")  # the heading of what it came to
        self.enter("下载空白工作簿")
        self.downloaded(".xlsx")
        self.to("选文件", "BUTTON")
        self.send(files_of(("A003",), "人员!M2=33019919900209"))
        self.assertEqual(self.focused()["name"], "选文件")  # not lost by what came meanwhile
        self.browser.refresh()
        self.one(".person")
        self.enter("沈", "A")
        self.has("A003")
        self.in_place()
        self.on_the_page()
        self.enter("键盘", "A")
        self.has("沈")  # where one was in the list
        self.the_papers()
        self.removed()

    def in_place(self):
        """Beside the finding."""
        self.enter("改正：身份证号", "BUTTON")
        self.has("身份证号　改为")
        self.press("33019919900209013X", Keys.ENTER)
        self.wait(lambda: not self.all(".finding.error"))
        self.has("问题")  # from here the next one is near

    def on_the_page(self):
        self.to("看哪份材料")
        self.press("专业技术资格申报材料真实性")
        self.wait(lambda: "pledge" in self.browser.current_url and self.all(".page .field"))
        self.to("姓名", "g")
        self.to("手机", "g", Keys.ARROW_RIGHT)
        self.press(Keys.ENTER)
        self.has("手机　改为")
        self.press(Keys.ESCAPE)
        self.has("13800000003")
        self.press(Keys.ENTER)
        self.has("手机　改为")
        self.press_with(Keys.CONTROL, "a")
        self.press("13900000009", Keys.ENTER)
        self.has("手机　13900000009　人员!N2　在网页上改过")  # back on the field, which says so
        self.enter("撤销改正")
        self.printed("手机", "13800000003")
        self.has("问题")

    def the_papers(self):
        self.enter("出材料（打包）")
        self.one("a.button", "下载全部材料")
        self.settle()
        self.assertNotEqual(self.focused()["tag"], "BODY")
        self.enter("打印顺序", "SUMMARY")
        self.one("details[open] table")
        self.browser.execute_script("document.querySelector('h1').focus()")
        self.enter("下载全部材料", "A")
        self.downloaded(".zip")

    def removed(self):
        self.enter("删除这个批次")
        self.has("不删")
        self.press(Keys.ESCAPE)
        self.has("删除这个批次")
        self.press(Keys.ENTER)
        self.has("不删")
        self.press_with(Keys.SHIFT, Keys.TAB)
        self.has("删除")
        self.press(Keys.ENTER)
        self.has("申报批次")


# Whatever can be done is named; headings go down by one; ids are one's own; nothing is wider than the window, cut off, or lies over another.
NAMELESS = """
const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
const faults = [], ids = new Set();
let level = 0;
for (const h of document.querySelectorAll('h1,h2,h3,h4')) if (shown(h)) { const n = +h.tagName[1]; if (n > level + 1) faults.push('heading ' + h.textContent); level = n; }
if (document.querySelectorAll('h1').length !== 1) faults.push('h1');
for (const e of document.querySelectorAll('[id]')) { if (ids.has(e.id)) faults.push('id ' + e.id); ids.add(e.id); }
for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby],label[for]'))
  for (const id of (e.getAttribute('aria-labelledby') || e.getAttribute('aria-describedby') || e.getAttribute('for')).split(' ')) if (!document.getElementById(id)) faults.push('no ' + id);
return faults"""
OVER = """
const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
const faults = [], width = document.documentElement.scrollWidth;
if (width > innerWidth) faults.push('wide ' + width);
const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowX)) return true; return false; };
const all = [...document.querySelectorAll('a,button,input,select,textarea,summary,h1,h2,h3,p,.badge')].filter(e => shown(e) && !e.closest('.page,#notice,#field') && !e.matches('.skip,input[type=file]'));
for (const e of all) {
  const r = e.getBoundingClientRect();
  if ((r.right > innerWidth + 1 || r.left < -1) && !scrolls(e)) faults.push('out ' + e.textContent);
  if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).display !== 'inline' && e.tagName !== 'INPUT') faults.push('cut ' + e.textContent);
}
const controls = all.filter(e => e.matches('a,button,input,select,textarea,summary,.badge') && !e.closest('aside'));
for (let i = 0; i < controls.length; i++) for (let j = i + 1; j < controls.length; j++) {
  const a = controls[i], b = controls[j], r = a.getBoundingClientRect(), s = b.getBoundingClientRect();
  if (!a.contains(b) && !b.contains(a) && Math.min(r.right, s.right) - Math.max(r.left, s.left) > 1 && Math.min(r.bottom, s.bottom) - Math.max(r.top, s.top) > 1
      && !(getComputedStyle(a).display === 'inline' && getComputedStyle(b).display === 'inline')) faults.push('over ' + a.textContent + ' / ' + b.textContent);
}
return faults"""
# The contrast of every text with what lies below it, and of each control's border with what lies around it (WCAG 2.1, 1.4.3 and 1.4.11).
CONTRAST = """
const rgba = c => { const m = c.match(/[\\d.]+/g).map(Number); return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
const below = e => { const layers = []; for (let p = e; p; p = p.parentElement) layers.push(rgba(getComputedStyle(p).backgroundColor)); return layers.reduceRight((b, a) => over(a, b), [255, 255, 255, 1]); };
const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const shown = e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden' && !e.closest('.page,[aria-disabled=true],.skip');
const faults = [];
let texts = 0, controls = 0, least = 99;
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let t; (t = walk.nextNode());) {
  const e = t.parentElement;
  if (!t.data.trim() || !shown(e) || e.matches('script,noscript,option')) continue;
  const s = getComputedStyle(e), px = parseFloat(s.fontSize), large = px >= 24 || (px >= 18.66 && s.fontWeight >= 700), b = below(e), r = ratio(over(rgba(s.color), b), b);
  texts++;
  least = Math.min(least, r);
  if (r < (large ? 3 : 4.5)) faults.push([r.toFixed(2), s.color, t.data]);
}
for (const e of document.querySelectorAll('button,.button,input:not([type=file]),select,textarea,.drop')) {
  if (!shown(e)) continue;
  const around = below(e.parentElement), s = getComputedStyle(e), r = Math.max(ratio(over(rgba(s.borderTopColor), around), around), ratio(below(e), around));
  controls++;
  if (r < 3) faults.push([r.toFixed(2), s.borderTopColor, e.textContent || e.id]);
}
const e = document.querySelector('.field, button') , ring = document.createElement('button');
document.querySelector('main').append(ring);
ring.focus({focusVisible: true});
const outline = rgba(getComputedStyle(document.documentElement).getPropertyValue('--focus').trim().replace(/^#(..)(..)(..)$/, (_, ...h) => h.slice(0, 3).map(x => parseInt(x, 16)).join(' ')));
if (ratio(outline, below(document.querySelector('main'))) < 3) faults.push('focus');
ring.remove();
return {faults, texts, controls, least}"""

DOES = {"button", "link", "textbox", "combobox", "checkbox", "listbox", "progressbar", "alertdialog", "dialog", "DisclosureTriangle", "menuitem", "radio", "slider", "spinbutton", "switch", "tab", "region", "group", "image"}


class Views(Clerk):
    """Every view, as it is shown with data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = ("A001", "A003", "A005")
        cls.empty = cls.desk.batch("新的一批")
        cls.none = cls.desk.batch("没有工作簿")
        cls.desk.upload(cls.none, {"坏.zip": b"no archive", "说明.txt": b"1", "某人/身份证.pdf": b"%PDF-1.4"})
        cls.faulty = cls.desk.batch("有错的一批，名字长到一行写不下、要折到下一行去的那种 <b>&amp;")
        cls.desk.upload(cls.faulty, {**files_of(people, "人员!D3=正常申请", "人员!M2=330199198411064012"), "某人/身份证.pdf": b"%PDF-1.4"})
        cls.mended = cls.desk.batch("一人有错")
        cls.desk.upload(cls.mended, files_of(people, "人员!M2=330199198411064012"))
        cls.done = cls.desk.batch("出过材料的一批")
        cls.desk.upload(cls.done, sample_files("A003"))
        for changes in (("人员!N2=13900000001",), ()):
            cls.desk.ask("POST", f"/api/batches/{cls.done}/package", {})
            cls.desk.settled(cls.done)
            if changes:
                cls.desk.upload(cls.done, {"申报数据.xlsx": workbook(("A003",), *changes)})

    def views(self):
        """Goes to each and names it; what can be opened is opened."""
        for name, view, ready in (("home", "", "#name"), ("new", self.empty, ".drop"), ("none", self.none, ".alert"), ("faulty", self.faulty, ".person"),
                                  ("done", self.done, "details"), ("unread", self.faulty + "/A003", ".pages .alert"), ("person", self.mended + "/A001/pledge", ".page .field"),
                                  ("papers", self.done + "/A003/pledge", ".page .field"), ("gone", "999999", "h1")):
            self.go(view)
            self.one(ready)
            self.script("document.querySelectorAll('details').forEach(d => { d.open = true; }); document.querySelectorAll('.finding button[aria-expanded]').forEach((b, i) => { if (i < 2) b.click(); }); document.querySelectorAll('main > section > div > button.danger').forEach(b => b.click())")
            if self.all(".page .field"):
                self.script("document.querySelector('.page .field').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
            self.script("document.activeElement.blur(); scrollTo(0, 0)")
            yield name

    def in_language(self, language):
        self.go()
        self.script("localStorage.setItem('language', arguments[0])", language)
        self.addCleanup(lambda: self.script("localStorage.removeItem('language')"))

    def test_everything_that_can_be_done_has_a_name(self):
        for language, tag in (("zh", "zh-CN"), ("en", "en")):
            self.in_language(language)
            for view in self.views():
                with self.subTest(view=view, language=language):
                    self.assertEqual(self.script("return document.documentElement.lang"), tag)
                    self.assertEqual(self.script(NAMELESS), [])
                    nodes = self.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
                    does = [n for n in nodes if not n["ignored"] and n["role"]["value"] in DOES and any(p["name"] == "focusable" for p in n.get("properties", []))]
                    self.assertGreater(len(does), 2)
                    self.assertEqual([n["role"]["value"] for n in does if not n.get("name", {}).get("value", "").strip()], [])

    def test_colours_can_be_told_apart(self):
        for scheme in ("light", "dark"):
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            for view in self.views():
                for notice in ("", "bad"):
                    with self.subTest(view=view, scheme=scheme):
                        self.script("const n = document.getElementById('notice'); n.textContent = '说明'; n.className = arguments[0]; document.querySelectorAll('.steps li').forEach((l, i) => { l.className = ['done', 'now', ''][i % 3]; })", notice)
                        found = self.script(CONTRAST)
                        self.assertEqual(found["faults"], [])
                        self.assertGreater(found["texts"], 5)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_every_width_shows_all(self):
        for language in ("zh", "en"):
            self.in_language(language)
            for view in self.views():
                for width in (360, 1280, 2560):
                    self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
                    with self.subTest(view=view, width=width, language=language):
                        self.assertEqual(self.script(OVER), [])
                    if os.environ.get("SHENBAO_PICTURES"):
                        self.picture(os.path.join(os.environ["SHENBAO_PICTURES"], f"{view}-{language}-{width}.png"))
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def test_on_paper_stands_what_was_found_and_nothing_to_click(self):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        for _ in self.views():
            self.assertEqual(self.script("return [...document.querySelectorAll('button, .button, .drop, header, #field, input, select, textarea')].filter(e => e.getClientRects().length).map(e => e.outerHTML)"), [])
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


class Long(Clerk):
    """A thousand people. What the page holds is counted, and not how long it takes."""

    PEOPLE = 1000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(os.path.join(SAMPLES, "batch.xml"), encoding="utf-8") as f:
            text = f.read()
        bodies = batches.APPLICANT.findall(text)
        start, end = text.index(bodies[0]), text.index("</unit>", text.index(bodies[0]))
        people = "".join(batches.again(bodies[i % len(bodies)], i, i // len(bodies)) for i in range(cls.PEOPLE))
        cls.batch_id = cls.desk.batch("一千人")
        cls.desk.upload(cls.batch_id, {"batch.xml": (text[:start] + people + batches.APPLICANT.sub("", text[end:])).encode()})

    def nodes(self):
        return self.script("return document.querySelectorAll('main *').length")

    def people(self):
        return [e.get_attribute("hash").split("/")[-1] for e in self.all("a.person")]

    def test_lists_stay_short(self):
        self.go(self.batch_id)
        self.one("a.person")
        self.assertEqual(len(self.people()), 50)
        self.assertLess(self.nodes(), 1500)
        first = self.people()
        self.click(".pager button", "后 50 项")
        self.wait(lambda: self.people() and self.people() != first)
        self.assertIn("第 51 至 100 项，共 1000 项", self.text())
        second = self.people()
        self.click("a.person", second[3])
        self.one(".finding")
        self.assertLess(self.script("return document.querySelectorAll('main aside *').length"), 1500)
        self.browser.back()
        self.wait(lambda: self.people() == second)  # where one was
        self.assertIn(second[3], self.script("return document.activeElement.hash"))

    def test_one_is_found(self):
        self.go(self.batch_id)
        box = self.one("#filter")
        box.send_keys("B00777")
        self.wait(lambda: self.people() == ["B00777"])
        self.click(".tile", "可以打印")
        self.wait(lambda: len(self.all(".tile[aria-pressed=true]")) == 1)
        box.send_keys(Keys.CONTROL, "a", Keys.NULL, "没有这个人")
        self.one(".pager", "没有符合的")
        self.assertEqual(self.people(), [])


if __name__ == "__main__":
    unittest.main()
