"""Chromium without a window, told what a person would do: pages opened, looked at, clicked, typed into. Spoken to over its debugging pipe
(--remote-debugging-pipe: descriptors 3 and 4, messages of JSON with a NUL behind each)."""
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 120  # seconds for one answer, however busy the machine is


class Browser:
    """{with Browser() as b}. What any page asked for that is no file beside it is in b.requests."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="shenbao-browser-")
        to_child, self.out = os.pipe()
        self.into, from_child = os.pipe()
        # 3 and 4 are the child's, whatever numbers the pipes have here
        shell = f"exec 3<&{to_child} 4>&{from_child}; exec \"$@\""
        self.process = subprocess.Popen(
            ["sh", "-c", shell, "sh", CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
             f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=(to_child, from_child), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        os.close(to_child)
        os.close(from_child)
        self.rest, self.number, self.events, self.requests = b"", 0, [], []
        return self

    def __exit__(self, *error):
        os.close(self.out)
        os.close(self.into)
        os.killpg(self.process.pid, signal.SIGKILL)  # of its own session, begun above
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self):
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            if not select.select([self.into], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.into, 1 << 20)
            if not data:
                raise EOFError("the browser has ended")
            self.rest += data
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            got = self.message()
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            if got.get("method") == "Network.requestWillBeSent":
                self.requests.append(got["params"]["request"]["url"])
            self.events.append(got.get("method"))

    def open(self, path):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        page = Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        page.target = target
        for domain in ("Page", "Runtime", "Network", "DOM"):
            page.call(domain + ".enable")
        page.call("Page.navigate", url="file://" + path)
        page.wait("document.readyState === 'complete'")
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def ask(self, expression):
        """What the expression is, as JSON has it."""
        done = self.call("Runtime.evaluate", expression=f"JSON.stringify({expression})", returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"])
        return json.loads(done["result"].get("value", "null"))

    def wait(self, expression):
        end = time.monotonic() + PATIENCE
        while not self.ask(f"!!({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(expression)
            time.sleep(0.02)

    def front(self):
        self.browser.call("Target.activateTarget", targetId=self.target)
        self.call("Page.bringToFront")

    def click(self, element):
        """element: an expression. Clicked in its middle with the mouse, as a person does."""
        x, y = self.ask(f"(()=>{{const e={element};e.scrollIntoView({{block:'center'}});const r=e.getBoundingClientRect();"
                        "return [r.x+r.width/2,r.y+r.height/2]})()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def paste(self):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="v", code="KeyV", windowsVirtualKeyCode=86, modifiers=2,
                      commands=["paste"] if kind == "keyDown" else [])

    def give_file(self, element, path):
        """Chooses a file in an <input type=file>."""
        node = self.call("Runtime.evaluate", expression=element)["result"]["objectId"]
        self.call("DOM.setFileInputFiles", files=[path], objectId=node)
