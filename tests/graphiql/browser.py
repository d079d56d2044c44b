"""A headless Chromium driven by the DevTools protocol, over the pipe that it offers for that."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE_SECONDS = 180
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1400,900",
    # A page that asks for another host gets an error here, on every machine, connected or not.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)

# Chromium reads commands from descriptor 3 and writes its answers to 4. (The first pipe's reading end got the lowest
# free number, so writing over 3 first cannot hit the other one.)
WITH_PIPE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def chromium() -> str | None:
    """The browser of this machine, if it has one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """A browser with a new, empty profile; leaving the context ends it and removes the profile."""

    def __init__(self, program: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        to_browser, self._commands = os.pipe()
        self._messages, from_browser = os.pipe()
        launcher = (sys.executable, "-c", WITH_PIPE, str(to_browser), str(from_browser))
        self._process = subprocess.Popen(
            [*launcher, program, *FLAGS, f"--user-data-dir={self._profile.name}"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._received = b""
        self._last_id = 0
        self._pages: list[Page] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A closed pipe is the browser's sign to end.
        os.close(self._commands)
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._messages)
        self._profile.cleanup()

    def open_page(self, url: str) -> Page:
        """A new tab, its load event fired. Its storage is that of the browser's other tabs."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        page = Page(self, attached["sessionId"])
        self._pages.append(page)
        page.prepare()
        page.load(url)
        return page

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The result of one command; what the browser reports meanwhile reaches the pages."""
        sent = self.send(method, session, **parameters)
        while (answer := self.next_message()).get("id") != sent:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def send(self, method: str, session: str | None = None, **parameters: Any) -> int:
        """The id of a command whose answer nobody awaits here."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        return self._last_id

    def next_message(self) -> dict[str, Any]:
        """The browser's next answer or event, once the pages have seen it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while b"\0" not in self._received:
            ready, _, _ = select.select([self._messages], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"the browser said nothing for {PATIENCE_SECONDS} seconds")
            received = os.read(self._messages, 1 << 16)
            if not received:
                raise RuntimeError("the browser ended")
            self._received += received
        raw, _, self._received = self._received.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        for page in self._pages:
            page.observe(message)
        return message


class Page:
    """One tab, with every request that it and its workers made and every error that its console shows."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.requests: list[str] = []
        self.console_errors: list[str] = []
        self._browser = browser
        self._sessions = [session]
        self._loads = 0

    def prepare(self) -> None:
        """Has everything reported from the first request on; workers report as sessions of their own."""
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        self._call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)

    def load(self, url: str) -> None:
        """Goes to `url` and waits for its load event."""
        loads = self._loads
        answer = self._call("Page.navigate", url=url)
        if "errorText" in answer:
            raise RuntimeError(f"{url}: {answer['errorText']}")
        while self._loads == loads:
            self._browser.next_message()

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited if it is a promise."""
        answer = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_until(self, condition: str) -> None:
        """Returns once a JavaScript condition holds, looked at in every frame that the page draws."""
        held = self.evaluate(
            f"""new Promise((resolve) => {{
                const deadline = performance.now() + {PATIENCE_SECONDS * 500};
                const look = () => {{
                    if ({condition}) resolve(true);
                    else if (performance.now() > deadline) resolve(false);
                    else requestAnimationFrame(look);
                }};
                look();
            }})"""
        )
        if not held:
            raise TimeoutError(f"never held: {condition}; console: {self.console_errors}")

    def click(self, selector: str) -> None:
        """Presses the left button in the middle of the first such element, once there is one; scrolled to if need be."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait_until(f"{element}?.checkVisibility()")
        self.evaluate(
            f"{element}.scrollIntoView({{block: 'nearest', inline: 'nearest', behavior: 'instant'}})"
        )
        place = self.evaluate(
            f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
            f"({element}.getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._call(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
            )

    def press(self, key: str, *, ctrl: bool = False) -> None:
        """One key, named by the letter on it."""
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=f"Key{key.upper()}",
                windowsVirtualKeyCode=ord(key.upper()),
                modifiers=2 if ctrl else 0,
            )

    def write(self, text: str) -> None:
        """Enters text where the cursor is, all at once."""
        self._call("Input.insertText", text=text)

    def text_of(self, selector: str) -> str:
        """What a reader sees in the first such element; Monaco's unbreakable spaces count as spaces."""
        self.wait_until(f"document.querySelector({json.dumps(selector)})")
        text: str = self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def screenshot(self, path: Path) -> None:
        """Writes the visible part of the page as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def observe(self, message: dict[str, Any]) -> None:
        """Takes note of one event if it is about this page or one of its workers."""
        if message.get("sessionId") not in self._sessions:
            return
        event, details = message.get("method"), message.get("params", {})
        if event == "Target.attachedToTarget":
            self._follow(details["sessionId"])
        elif event == "Page.loadEventFired":
            self._loads += 1
        elif event == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            self.console_errors.append(json.dumps(details["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and details["type"] in {"error", "assert"}:
            self.console_errors.append(json.dumps(details["args"]))
        elif event == "Log.entryAdded" and details["entry"]["level"] == "error":
            self.console_errors.append(json.dumps(details["entry"]))

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._sessions[0], **parameters)

    def _follow(self, session: str) -> None:
        """Watches a worker from its first step: it waits until told to run."""
        self._sessions.append(session)
        for domain in ("Network", "Runtime", "Log"):
            self._browser.send(f"{domain}.enable", session)
        self._browser.send("Runtime.runIfWaitingForDebugger", session)
