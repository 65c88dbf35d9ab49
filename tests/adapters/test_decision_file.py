"""The file beside the ledger, on real files and a real DuckDB: whatever is lost or cut off, no word of a steward is."""

from __future__ import annotations

import json
import stat
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.adapters.decision_file import keep_decisions
from dq_pipeline.adapters.stewardship import create_stewardship_tables, record_decisions, revoke
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.errors import InputError

NOW = datetime(2026, 11, 20, 9)
KEYS = ["crm:1", "crm:2", "shop:'; drop table stewardship.decisions --\n☃"]
WORDS = {"author": "Eve", "reason": 'rang "them" up\n, twice'}
LEDGER = "select * from stewardship.decisions order by number"


class Ledger:
    """A warehouse and its file."""

    def __init__(self, folder: Path):
        self.warehouse, self.file = Warehouse(folder / "w.duckdb"), folder / "stewardship" / "decisions.jsonl"
        self.start()

    def start(self) -> None:
        with self.warehouse.transaction() as con:
            con.execute(
                "create table staging.customers as select unnest($keys::varchar[]) as record_key", {"keys": KEYS}
            )
            create_stewardship_tables(con)

    def decide(self, *decisions: NewDecision) -> None:
        with self.warehouse.transaction() as con:
            record_decisions(con, decisions, decided_at=NOW)

    def keep(self) -> int:
        return keep_decisions(self.warehouse, self.file)

    def execute(self, query: str) -> list[tuple[Any, ...]]:
        with self.warehouse.transaction() as con:
            return con.execute(query).fetchall()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def lose_warehouse(self) -> None:
        self.warehouse.path.unlink()
        self.start()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Two decisions, a pin and a revocation, kept."""
    made = Ledger(tmp_path)
    made.decide(NewDecision("same", KEYS[0], KEYS[2], **WORDS), NewDecision("different", KEYS[0], KEYS[1], **WORDS))
    made.decide(NewDecision("pin", KEYS[1], None, "email", "ann@mail.example", date(2027, 1, 1), **WORDS))
    with made.warehouse.transaction() as con:
        revoke(con, 2, **WORDS, decided_at=NOW)
    assert made.keep() == 0
    return made


def test_every_word_is_a_line_that_only_its_owner_can_read(ledger: Ledger) -> None:
    assert [(line["number"], line["kind"], line["revokes"]) for line in ledger.lines()] == [
        (1, "same", None),
        (2, "different", None),
        (3, "pin", None),
        (4, "revoke", 2),
    ]
    assert stat.S_IMODE(ledger.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.file.parent.stat().st_mode) == 0o700


def test_a_new_warehouse_gets_every_word_back(ledger: Ledger) -> None:
    before, lines = ledger.execute(LEDGER), ledger.file.read_bytes()
    ledger.lose_warehouse()
    assert ledger.execute(LEDGER) == []
    assert ledger.keep() == 4
    assert ledger.execute(LEDGER) == before
    assert ledger.execute("select number from stewardship.link_decisions") == [(1,)]
    assert ledger.keep() == 0
    assert ledger.file.read_bytes() == lines


def test_an_older_warehouse_gets_what_it_lacks(ledger: Ledger) -> None:
    before = ledger.execute(LEDGER)
    ledger.execute("delete from stewardship.decisions where number > 2")
    assert ledger.keep() == 2
    assert ledger.execute(LEDGER) == before


def test_lines_are_only_added(ledger: Ledger) -> None:
    before, inode = ledger.file.read_bytes(), ledger.file.stat().st_ino
    ledger.decide(NewDecision("same", KEYS[1], KEYS[2], **WORDS))
    ledger.keep()
    assert ledger.file.read_bytes().startswith(before)
    assert ledger.file.stat().st_ino == inode
    assert len(ledger.lines()) == 5


def test_killed_between_table_and_file_the_next_command_writes_the_line(ledger: Ledger) -> None:
    ledger.decide(NewDecision("same", KEYS[1], KEYS[2], **WORDS))
    assert len(ledger.lines()) == 4
    ledger.keep()
    assert [line["number"] for line in ledger.lines()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cut", [1, 2, 40, 10_000])
def test_killed_in_the_middle_of_a_line_it_is_written_again(ledger: Ledger, cut: int) -> None:
    """Of the last line any part may be missing, even only its end."""
    whole = ledger.file.read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    ledger.file.write_bytes(whole[: max(last, len(whole) - cut)])
    ledger.keep()
    assert ledger.file.read_bytes() == whole
    assert stat.S_IMODE(ledger.file.stat().st_mode) == 0o600


def test_what_was_blanked_in_the_ledger_is_in_no_file_any_more(ledger: Ledger) -> None:
    ledger.execute("update stewardship.decisions set value = '', reason = '' where number = 3")
    ledger.keep()
    assert "ann@mail.example" not in ledger.file.read_text()
    assert [(line["number"], line["reason"] == "") for line in ledger.lines()] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]
    assert [path.name for path in ledger.file.parent.iterdir()] == ["decisions.jsonl"]


def test_a_file_of_another_warehouse_changes_nothing(ledger: Ledger) -> None:
    ledger.lose_warehouse()
    ledger.decide(NewDecision("same", KEYS[0], KEYS[1], **WORDS))
    before = ledger.file.read_bytes()
    with pytest.raises(InputError, match="different decisions under the numbers 1 to 1"):
        ledger.keep()
    assert ledger.file.read_bytes() == before
    assert len(ledger.execute(LEDGER)) == 1


@pytest.mark.parametrize("line", ["{}", "[1]", "no json", '{"number": "1"}', "null"])
def test_a_line_that_is_no_decision_is_told_by_its_number(ledger: Ledger, line: str) -> None:
    ledger.file.write_text(ledger.file.read_text() + line + "\n")
    with pytest.raises(InputError, match="line 5 is no decision"):
        ledger.keep()
    assert len(ledger.execute(LEDGER)) == 4


def test_without_a_word_there_is_no_file(tmp_path: Path) -> None:
    empty = Ledger(tmp_path)
    assert empty.keep() == 0
    assert not empty.file.exists()
