"""A headless Chromium driven over its own pipe: the DevTools protocol without a further package.

Messages are JSON, each closed by a NUL, read from file descriptor 3 of the browser and written to 4.
"""

from __future__ import annotations

import base64
import fcntl
import importlib.util
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


# How a page is looked at: the size of the window and the colour scheme.
VIEWS: dict[str, dict[str, Any]] = {
    "desk": {"width": 1280},
    "dark": {"width": 1280, "dark": True},
    "phone": {"width": 390, "height": 844},
}
PAPER = {"desk": "rgb(251, 250, 246)", "dark": "rgb(22, 21, 19)", "phone": "rgb(251, 250, 246)"}


def find_chromium() -> str | None:
    """Path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """One page: open it, look at it, and read what it logged and asked for."""

    def __init__(self, chromium: str, profile: Path):
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        # High numbers first, so that moving one end to 3 or 4 cannot close the other.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (to_read, to_write)]
        self._process = subprocess.Popen(
            [chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=lambda: (os.dup2(ends[0], 3), os.dup2(ends[1], 4)),
        )
        for end in (to_read, to_write, *ends):
            os.close(end)
        self._buffer, self._count, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to one command; events that arrive meanwhile are kept."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self.events.append(answer)

    def _next(self, seconds: float = 30) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(deadline - time.monotonic(), 0))
            assert ready, "Chromium did not answer in time"
            chunk = os.read(self._read, 1 << 20)
            assert chunk, "Chromium ended"
            self._buffer += chunk
        message, self._buffer = self._buffer.split(b"\0", 1)
        return dict(json.loads(message))

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Load a file at a window size and colour scheme, and wait until it is there."""
        self.events.clear()
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700
        )
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait_for("Page.loadEventFired")

    def wait_for(self, method: str) -> None:
        """Until an event has come since the last `open` or clearing of `events`."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._next())

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression (promises are awaited)."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def complaints(self) -> list[str]:
        """Console messages and exceptions since the page was opened."""
        noisy = ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        return [json.dumps(event["params"]) for event in self.events if event.get("method") in noisy]

    def requests(self) -> list[str]:
        """Addresses the page asked for since it was opened, itself included."""
        asked = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in asked]

    def screenshot(self, path: Path) -> None:
        """The whole page as a PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        found = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(found["data"]))

    def pdf(self, path: Path) -> None:
        """The page as it prints."""
        found = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        path.write_bytes(base64.b64decode(found["data"]))

    def close(self) -> None:
        """End the browser."""
        os.close(self._write)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)


def open_quietly(browser: Page, path: Path, view: str) -> None:
    """Open a page in one of the `VIEWS`: it asks for nothing but itself, logs nothing and fits the window."""
    browser.open(path, **VIEWS[view])
    assert browser.complaints() == [], path.name
    assert browser.requests() == [path.as_uri()]
    assert browser.run("document.documentElement.scrollWidth") == VIEWS[view]["width"], path.name
    assert browser.run("getComputedStyle(document.body).backgroundColor") == PAPER[view]


def accessibility_problems(browser: Page) -> list[str]:
    """What axe-core finds wrong with the page that is open, as `rule (impact): element`.

    Of every table the first rows stand for all: looking at each of thousands of like cells takes minutes.
    """
    browser.run("document.querySelectorAll('tbody').forEach(b => [...b.rows].slice(9).forEach(row => row.remove()))")
    found = importlib.util.find_spec("axe_core_python")
    assert found and found.origin
    script = (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    browser.run(f"{script}; true")
    problems = browser.run("axe.run(document, {resultTypes: ['violations'], preload: false})")["violations"]
    return [f"{p['id']} ({p['impact']}): {node['html']}" for p in problems for node in p["nodes"]]
