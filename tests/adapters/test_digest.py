"""The weekly digest: what is yours, what is late, sent to a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from dq_pipeline.adapters.digest import read_digests, send_digests
from dq_pipeline.adapters.notify import Target
from dq_pipeline.domain.digest import Corrections, OpenIssue, digests
from tests.adapters.alert_server import AlertServer, alert_server
from tests.adapters.quality.issue_world import START, IssueWorld


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> Iterator[AlertServer]:
    with alert_server() as made:
        yield made


def issue(number: int, owner: str, due: int, severity: str = "critical", source: str = "crm") -> OpenIssue:
    return OpenIssue(f"I{number}", f"rule.{number}", severity, source, owner, 1200, START + timedelta(days=due), START)


def test_each_owner_hears_what_is_theirs_and_what_is_late() -> None:
    given = [issue(1, "sales", 9), issue(2, "sales", -1), issue(3, "sales", 3, source=""), issue(4, "privacy", 30)]
    done = [Corrections("sales", 7, 2, 30.4), Corrections("it", 3, 1, None), Corrections("old", 3, 0, 2.0)]
    found = digests(given, done, now=START, lines=10)
    assert list(found) == ["it", "privacy", "sales"]
    assert found["sales"].title == "Data quality, sales: 3 open, 1 overdue"
    assert found["sales"].body.splitlines() == [
        "Overdue: 1",
        "- rule.2: 1,200 rows (crm 1,200) fail. Critical, 1 day overdue [I2]",
        "Due within a week: 1",
        f"- rule.3: 1,200 rows fail. Critical, due {START + timedelta(days=3):%Y-%m-%d} [I3]",
        "Due later: 1",
        f"- rule.1: 1,200 rows (crm 1,200) fail. Critical, due {START + timedelta(days=9):%Y-%m-%d} [I1]",
        "New in the last week: 3. Corrected: 2 in the last week, 7 in all, half of them within 2 days.",
        "All of it: dq-pipeline issues list --owner sales",
        "One of them, with its rows and how to mend it: dq-pipeline issues show ID",
    ]
    assert "Overdue: none" in found["it"].body and "Corrected: 1 in the last week, 3 in all.\n" in found["it"].body
    assert found["privacy"].body.count("Corrected so far: none.") == 1


def test_one_rule_in_several_sources_is_one_line() -> None:
    given = [
        replace(issue(number, "sales", 3, source=source), rule_id="r", asks="It rings.", rows=rows, assignee="Paula")
        for number, source, rows in ((1, "crm", 1), (2, "shop", 1500), (3, "web", 20))
    ]
    body = digests(given, [], now=START, lines=1)["sales"].body
    assert "It rings: 1,521 rows (shop 1,500, web 20, crm 1) fail. Critical, due " in body
    assert ", Paula works on it [I1, I2, I3]" in body and "more" not in body


def test_many_are_cut_short_the_soonest_due_first() -> None:
    body = digests([issue(n, "sales", -n) for n in range(1, 6)], [], now=START, lines=2)["sales"].body
    assert "I5" in body and "I4" in body and "I3 " not in body
    assert "and 3 more" in body


def test_the_ledger_is_read_and_sent_to_whom_it_concerns(server: AlertServer) -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 5}})
    found = read_digests(world.con, now=START + timedelta(days=30), lines=10)
    assert found["sales"].title == "Data quality, sales: 1 open, 1 overdue"
    with alert_server() as other:
        targets = [Target(server.url), Target(other.url, "privacy")]
        assert send_digests(found, targets, seconds=5) == {targets[0].name: 1}
        assert other.received == []
    assert "It is asked: 5 rows (crm 5) fail. Critical, " in found["sales"].body
    assert server.received == [(found["sales"].title, found["sales"].body)]
    world.run(1, {})
    after = read_digests(world.con, now=START + timedelta(days=2), lines=10)
    assert "Corrected: 1 in the last week, 1 in all" in after["sales"].body


def test_a_server_that_refuses_is_counted_and_nothing_is_said_before_the_first_run() -> None:
    with alert_server("refuses") as server:
        found = digests([issue(1, "sales", 1)], [], now=START, lines=5)
        assert send_digests(found, [Target(server.url)], seconds=5) == {Target(server.url).name: 0}
    with duckdb.connect() as con:
        assert read_digests(con, now=START, lines=5) == {}
