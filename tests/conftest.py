"""Homes in which the line has run once, for all tests that look at the result or go on from there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.governance.planted import plant
from tests.line import Line
from tests.once import once_a_session

# The same examples each time, so that a commit is judged by what it changes. Look for new ones now and then with
# HYPOTHESIS_PROFILE=explore.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

RECORDS = 10_000
_EXIT_STATUS = pytest.StashKey[int]()
SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def sample_line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A home in which `sample` and `run` were called once. Tests must not change it."""
    return Line(once_a_session(tmp_path_factory, "sample", lambda home: _sample(home, RECORDS, lambda extracts: None)))


@pytest.fixture(scope="session")
def small_line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """As `sample_line`, of 300 records and the person of tests/governance/planted.py in every source, in a home that
    everybody could write."""

    def change(extracts: Path) -> None:
        plant(extracts)
        for path in (extracts.parent, *extracts.parent.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)

    return Line(once_a_session(tmp_path_factory, "small", lambda home: _sample(home, 300, change)))


def _sample(home: Path, records: int, change: Callable[[Path], None]) -> None:
    line = Line(home)
    made = line.command("sample", "--records", str(records), "--seed", "1")
    assert made.returncode == 0, made.stderr
    change(home / "extracts")
    done = line.command("run")
    (home / "stdout.txt").write_text(done.stdout)
    (home / "stderr.txt").write_text(done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test first: no worker is left alone with one of them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The public labelled sets beside the project; tests that need them skip where they are absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with the public labelled sets is absent")
    return SHARED


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_EXIT_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave before the interpreter winds down: DuckDB's binding reports harmless "leaked" lines there, which would
    stand after the summary line."""
    status = config.stash.get(_EXIT_STATUS, None)
    if status is not None and not hasattr(config, "workerinput"):  # a worker process ends as its parent tells it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
