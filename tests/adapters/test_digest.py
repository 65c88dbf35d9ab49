"""The weekly digest: what is yours, what is late, sent to a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
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
    return OpenIssue(f"I{number}", f"rule.{number}", severity, source, owner, 1200, START + timedelta(days=due))


def test_each_owner_hears_what_is_theirs_and_what_is_late() -> None:
    given = [issue(1, "sales", 9), issue(2, "sales", -1), issue(3, "sales", 3, source=""), issue(4, "privacy", 30)]
    done = [Corrections("sales", 7, 2, 30.4), Corrections("it", 3, 1, None), Corrections("old", 3, 0, 2.0)]
    found = digests(given, done, now=START, lines=10)
    assert list(found) == ["it", "privacy", "sales"]
    assert found["sales"].title == "Data quality, sales: 3 open, 1 late"
    assert found["sales"].body.splitlines() == [
        "Late: 1",
        f"- crm: I2 rule.2, critical, 1,200 rows, due {START - timedelta(days=1):%Y-%m-%d}",
        "Not late: 2, of which 1 due within a week",
        f"- all sources: I3 rule.3, critical, 1,200 rows, due {START + timedelta(days=3):%Y-%m-%d}",
        f"- crm: I1 rule.1, critical, 1,200 rows, due {START + timedelta(days=9):%Y-%m-%d}",
        "Corrected: 2 in the last week, 7 in all; half of them within 30 hours",
        "Next: dq-pipeline issues list --owner sales",
    ]
    assert "Late: 0" in found["it"].body and "Corrected: 1 in the last week, 3 in all\n" in found["it"].body


def test_many_are_cut_short_the_soonest_due_first() -> None:
    body = digests([issue(n, "sales", -n) for n in range(1, 6)], [], now=START, lines=2)["sales"].body
    assert "I5" in body and "I4" in body and "I3 " not in body
    assert "and 3 more" in body


def test_the_ledger_is_read_and_sent_to_whom_it_concerns(server: AlertServer) -> None:
    world = IssueWorld()
    world.run(0, {"email.valid": {"crm": 5}})
    found = read_digests(world.con, now=START + timedelta(days=30), lines=10)
    assert found["sales"].title == "Data quality, sales: 1 open, 1 late"
    with alert_server() as other:
        targets = [Target(server.url), Target(other.url, "privacy")]
        assert send_digests(found, targets, seconds=5) == {targets[0].name: 1}
        assert other.received == []
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
