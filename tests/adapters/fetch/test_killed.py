"""Killed at any moment, the next fetch completes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.adapters.fetch.conftest import Mirror
from tests.adapters.fetch.http_server import Web

BIG = bytes(range(256)) * 20_000

# Fetches, and kills itself with SIGKILL when the given audit event about a path with the given ending comes again.
CHILD = """
import os, signal, sys
from pathlib import Path
from tests.adapters.fetch.conftest import Mirror
folder, location, event, ending, times = sys.argv[1:]
left = int(times)
def watch(name, arguments):
    global left
    if name == event and any(str(argument).endswith(ending) for argument in arguments):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
Mirror(Path(folder), location).fetch()
"""


def child(mirror: Mirror, event: str = "none", ending: str = "", times: int = 0) -> subprocess.Popen[bytes]:
    arguments = [str(mirror.folder), mirror.location, event, ending, str(times)]
    return subprocess.Popen([sys.executable, "-c", CHILD, *arguments])


def test_a_download_killed_half_way_is_continued(web: Web, over_http: Mirror) -> None:
    web.put("a.csv", BIG)
    web.fail("GET", "a.csv", ("hang", 3_000_000))
    fetching = child(over_http)
    part = over_http.folder / ".a.csv.part"
    deadline = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size >= 1 << 20):
        assert time.monotonic() < deadline
        assert fetching.poll() is None
        time.sleep(0.01)
    fetching.kill()
    fetching.wait()
    assert over_http.names() == [".a.csv.part"]
    have = part.stat().st_size
    result = over_http.fetch()
    assert over_http.read("a.csv") == BIG
    assert web.asked("GET", "a.csv") == ["", f"bytes={have}-"]
    assert result.bytes == len(BIG) - have
    assert over_http.names() == ["a.csv"]


@pytest.mark.parametrize(
    ("event", "ending", "times"),
    [
        ("open", ".part", 0),  # before the first byte
        ("os.rename", "a.csv", 0),  # complete, not yet named
        ("os.rename", "b.csv", 0),  # between two names
        ("open", ".fetched.jsonl", 5),  # named, not yet remembered
        ("os.rename", ".fetched.jsonl", 1),  # before the manifest is rewritten
        ("os.rename", "c.csv", 0),  # before the withdrawal
    ],
)
def test_killed_at_a_step_the_next_fetch_completes(
    web: Web, over_http: Mirror, event: str, ending: str, times: int
) -> None:
    web.put("a.csv", b"old a", etag='"1"')  # but for the ETag the old and the new look alike
    web.put("c.csv", b"old c")
    over_http.fetch()
    del web.files["c.csv"]
    web.put("a.csv", b"new a", etag='"2"')
    web.put("b.csv", b"new b")
    fetching = child(over_http, event, ending, times)
    assert fetching.wait(60) == -signal.SIGKILL
    over_http.fetch()
    assert over_http.names() == [".withdrawn", "a.csv", "b.csv"]
    assert (over_http.read("a.csv"), over_http.read("b.csv")) == (b"new a", b"new b")
    assert [path.name for path in Path(over_http.folder, ".withdrawn").iterdir()] == ["c.csv"]
    again = over_http.fetch()
    assert (again.fetched, again.unchanged, again.withdrawn, again.problems) == (0, 2, 0, ())
