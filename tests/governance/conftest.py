"""A home in which the line has run once, with a person planted in every source; tests work on copies of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.settings import CONTRACTS, MODELS_SQL
from tests.governance.planted import EMAIL, GIVEN, ok
from tests.line import Line
from tests.once import once_a_session

NOW = datetime(2026, 11, 22, 12, 0, 0)


@pytest.fixture(scope="session")
def world(small_line: Line, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Run once; the person pinned by a steward, and noted by somebody in a file of their own. Never changed."""

    def make(folder: Path) -> None:
        folder.mkdir()
        line = small_line.copy(folder / "home")
        shutil.copytree(line.home / "extracts", folder / "delivered")
        words = ("--author", "Eve Stone", "--reason", f"{GIVEN} rang")
        ok(line.command("pin", customer_of(line), "given_name", f"{GIVEN} Maria", *words, "--yes"))
        (line.home / "notes.txt").write_text(f"call {EMAIL.upper()} back", "utf-16")

    return Line(once_a_session(tmp_path_factory, "governance", make) / "home")


def customer_of(line: Line) -> str:
    rows = line.query("select distinct customer_id from golden.crosswalk where record_key = 'zoho:zcrm_planted_1'")
    return str(rows[0][0])


@pytest.fixture(scope="session")
def customer(world: Line) -> str:
    """The id of the person."""
    return customer_of(world)


@pytest.fixture(scope="session")
def copy_of_world(world: Line) -> Callable[[Path], Places]:
    """A home of its own with the same content; the paths that the warehouse remembers follow."""

    def copied(target: Path) -> Places:
        return Places(world.copy(target).home, MODELS_SQL, load_contracts(CONTRACTS))

    return copied
