"""The audit trail shows every change that somebody makes to it behind its back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.governance.audit import audit_entries, blank_reasons, record_audit, verify_audit

AT = datetime(2026, 11, 22, 12, 0, 0)


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as opened:
        for n in range(1, 5):
            record_audit(
                opened, at=AT, actor="eve", action="pin", subject=f"zoho:{n}", reason="ü", details={"b": n, "a": 1}
            )
        yield opened


def problems(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    return [(problem.number, problem.text) for problem in verify_audit(con)]


def test_an_untouched_chain_holds(con: duckdb.DuckDBPyConnection) -> None:
    assert problems(con) == []
    first, *_, last = audit_entries(con)
    assert (first.number, last.number, first.previous_hash, last.details) == (1, 4, "0" * 64, '{"a":1,"b":4}')
    assert [entry.number for entry in audit_entries(con, newest=2)] == [3, 4]


def test_nothing_written_holds() -> None:
    with duckdb.connect() as empty:
        assert verify_audit(empty) == []


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "reason", "details"])
def test_a_changed_entry_is_found(con: duckdb.DuckDBPyConnection, column: str) -> None:
    value = {"at": "timestamp '2026-01-01'", "details": "'{}'::json"}.get(column, "'someone else'")
    con.execute(f'update governance.audit set "{column}" = {value} where number = 2')
    assert problems(con) == [(2, "it was changed after it was written")]


def test_a_changed_entry_with_a_fitting_hash_breaks_what_follows(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update governance.audit set actor = 'mallory' where number = 2")
    forged = audit_entries(con)[1].computed_hash()
    con.execute("update governance.audit set hash = ? where number = 2", [forged])
    assert problems(con) == [
        (3, "it does not follow the entry before it"),
        (2, "it is another than the one remembered"),
    ]


def test_a_removed_entry_is_found(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from governance.audit where number = 2")
    assert problems(con) == [
        (3, "entry 2 should stand before it"),
        (3, "it does not follow the entry before it"),
        (2, "it is not in the trail"),
    ]


def test_a_trail_cut_off_at_its_end_is_found(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from governance.audit where number > 2")
    assert problems(con) == [(3, "it is not in the trail"), (4, "it is not in the trail")]


def test_swapped_entries_are_found(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update governance.audit set number = case number when 2 then 3 else 2 end where number in (2, 3)")
    assert {number for number, _ in problems(con)} == {2, 3, 4}


def test_a_transaction_rolled_back_leaves_a_chain_that_holds_after_the_next_entry(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.begin()
    record_audit(con, at=AT, actor="eve", action="erase", subject="C1", reason="", details={})
    con.rollback()
    assert problems(con) == [(5, "it is not in the trail")]
    record_audit(con, at=AT, actor="eve", action="erase", subject="C1", reason="", details={"again": True})
    assert problems(con) == []


def test_a_reason_that_named_somebody_erased_can_go_and_the_chain_holds(con: duckdb.DuckDBPyConnection) -> None:
    record_audit(con, at=AT, actor="eve", action="pin", subject="zoho:9", reason="Zyxwena rang", details={})
    con.execute("create temp table dq_person_values as select unnest(['Zyxwena', 'ü']) as value")
    assert blank_reasons(con) == 1
    assert [entry.reason for entry in audit_entries(con)] == ["ü", "ü", "ü", "ü", None]
    assert problems(con) == []
    con.execute("update governance.audit set reason = 'she wrote' where number = 5")
    assert problems(con) == [(5, "it was changed after it was written")]


def test_the_head_is_readable_by_its_user_only(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert (tmp_path / "governance" / "audit_head.jsonl").stat().st_mode & 0o777 == 0o600
