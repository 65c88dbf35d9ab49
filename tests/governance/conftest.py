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
from tests.governance.planted import EMAIL, GIVEN, ok, plant
from tests.line import Line
from tests.once import once_a_session

NOW = datetime(2026, 11, 22, 12, 0, 0)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Run once; the person pinned by a steward, and noted by somebody in a file of their own. Never changed."""
    return Line(once_a_session(tmp_path_factory, "governance", _run_world) / "home")


def _run_world(folder: Path) -> None:
    line = Line(folder / "home")
    ok(line.command("sample", "--records", "300", "--seed", "1"))
    plant(line.home / "extracts")
    shutil.copytree(line.home / "extracts", folder / "delivered")
    ok(line.command("run"))
    words = ("--author", "Eve Stone", "--reason", f"{GIVEN} rang")
    ok(line.command("pin", customer_of(line), "given_name", f"{GIVEN} Maria", *words, "--yes"))
    (line.home / "notes.txt").write_text(f"call {EMAIL.upper()} back", "utf-16")


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
        shutil.copytree(world.home, target, symlinks=True)
        place = Places(target, MODELS_SQL, load_contracts(CONTRACTS))
        with place.warehouse.transaction() as con:
            for table in ("raw.loads", "raw.snapshots"):
                con.execute(f"update {table} set extracts_folder = ?", [str(target / "extracts")]).fetchall()
            con.execute("update raw.extracts_folder set folder = ?", [str(target / "extracts")]).fetchall()
        return place

    return copied
