"""How far a request has come survives in its journal; its certificate says what was done and holds no key."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from dq_pipeline.adapters.governance.requests import (
    close_request,
    end_journal,
    journals,
    open_request,
    open_requests,
    read_journal,
    write_journal,
)
from dq_pipeline.domain.erasure import STEPS, Request, certificate, certificate_text

NOW = datetime(2026, 11, 22, 12, 0, 0)
REQUEST = Request("E000001", ("C7", "C3"), ("zoho:z1",), "Eve", "asked", NOW, NOW + timedelta(days=7))


def test_steps_are_taken_in_order_and_counts_kept() -> None:
    half = REQUEST.before(STEPS[0]).after(STEPS[0], {"a": 1}).before(STEPS[1]).after(STEPS[1], {"a": 2, "b": 3}, ("n",))
    assert half.steps_left == STEPS[2:]
    assert (half.counts, half.notes) == ({"a": 3, "b": 3}, ("n",))
    assert Request.from_json(half.as_json()) == half


def test_a_step_begun_twice_says_so_once() -> None:
    again = REQUEST.before("models").before("models").before("models")
    assert [note.partition(":")[0] for note in again.notes] == ["models"]


def test_the_journal_remembers_and_is_private(tmp_path: Path) -> None:
    assert read_journal(tmp_path, REQUEST) == REQUEST and journals(tmp_path) == []
    begun = REQUEST.before("suppressed")
    write_journal(tmp_path, begun)
    assert read_journal(tmp_path, REQUEST) == begun and journals(tmp_path) == [begun]
    (path,) = (tmp_path / "in_progress").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    end_journal(tmp_path, begun)
    assert journals(tmp_path) == []


def test_requests_are_open_until_they_are_completed() -> None:
    words = {"record_keys": ("zoho:z1",), "author": "Eve", "reason": "asked", "now": NOW, "not_before": NOW}
    with duckdb.connect() as con:
        assert open_requests(con) == []
        first = open_request(con, purpose="erasure", customer_ids=("C7",), **words)  # type: ignore[arg-type]
        second = open_request(con, purpose="retention", customer_ids=(), facts=("i|1",), **words)  # type: ignore[arg-type]
        assert [first.request_id, second.request_id] == ["E000001", "R000002"]
        assert open_requests(con) == [first, second]
        assert close_request(con, first, event="completed", now=NOW)
        assert not close_request(con, first, event="completed", now=NOW)
        assert open_requests(con) == [second]
        due = con.execute("select distinct due_at from governance.erasure_requests").fetchall()
    assert due == [(datetime(2026, 12, 22, 12, 0, 0),)]


def test_a_certificate_counts_and_names_no_record() -> None:
    done = REQUEST.after("warehouse", {"golden.customers": 1, "staging.customers": 2})
    told = certificate(done, completed_at=NOW + timedelta(days=31))
    assert told["in_time"] is False and told["removed"] == {"golden.customers": 1, "staging.customers": 2}
    text = certificate_text(told)
    assert "Customer: C7 (formerly C3)" in text and "AFTER the legal time" in text
    assert "zoho:z1" not in text + str(told)
