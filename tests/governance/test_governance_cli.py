"""What the commands say, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.governance.places import Places
from tests.governance.planted import EMAIL, ok
from tests.line import Line

pytestmark = pytest.mark.slow
WORDS = ("--author", "Eve Stone", "--reason", "case 12/26")


@pytest.fixture(scope="module")
def line(copy_of_world: Callable[[Path], Places], tmp_path_factory: pytest.TempPathFactory) -> Line:
    return Line(copy_of_world(tmp_path_factory.mktemp("cli") / "home").root)


def test_who_is_on_hold_is_not_erased_until_it_is_released(line: Line, customer: str) -> None:
    assert "5 source records are on hold." in ok(line.command("hold", "add", "zoho:zcrm_planted_1", *WORDS))
    refused = line.command("erase", customer, *WORDS, "--confirm")
    assert refused.returncode == 1
    assert "is on legal hold" in refused.stderr and "Eve Stone: case 12/26" in refused.stderr
    assert "1 holds in force" in ok(line.command("hold", "list"))
    assert "1 holds released." in ok(line.command("hold", "release", customer, *WORDS))
    shown = ok(line.command("erase", customer, *WORDS))
    assert "Nothing was removed" in shown and EMAIL not in shown


def test_retention_shows_and_removes_nothing_by_itself(line: Line) -> None:
    shown = ok(line.command("retention"))
    assert "zoho_contacts.customer_records: 2190 days from last_activity" in shown
    assert "Nothing was removed" in shown


def test_unknown_names_are_told(line: Line) -> None:
    for name in ("C999999999", "zoho:nobody"):
        done = line.command("erase", name, *WORDS)
        assert done.returncode == 2 and f"'{name}'" in done.stderr


def test_the_trail_holds_until_somebody_changes_it(line: Line) -> None:
    listed = ok(line.command("audit", "list"))
    assert "hold_added" in listed and "hold_released" in listed
    assert "entries, the chain holds" in ok(line.command("audit", "verify"))
    with duckdb.connect(str(line.home / "warehouse.duckdb")) as con:
        con.execute("update governance.audit set actor = 'nobody' where number = 1").fetchall()
    broken = line.command("audit", "verify")
    assert broken.returncode == 1 and "entry 1: it was changed after it was written" in broken.stderr
