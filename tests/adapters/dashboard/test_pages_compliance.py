"""The page of compliance: requests and deadlines, retention, gaps in the policies, the audit trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.dashboard.pages import compliance
from dq_pipeline.adapters.governance.audit import record_audit
from dq_pipeline.adapters.governance.compliance import measure_compliance
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.requests import close_request, open_request
from dq_pipeline.policies.retention import retention_rules
from dq_pipeline.settings import MODELS_SQL
from tests.adapters.dashboard.documented import (
    NOW,
    contracts,
    documented_warehouse,
    fill,
    material,
    render,
    rows_of,
    text_of,
)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return documented_warehouse()


def test_nothing_measured_says_so(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("drop schema if exists governance cascade")
    text = text_of(render(compliance, material(con)))
    assert "Nobody waits for an answer." in text
    assert "What is due for removal was not measured in this run." in text
    assert "The trail was not verified in this run." in text


def test_open_requests_by_deadline_and_those_answered(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("drop schema if exists governance cascade")

    def ask(days_ago: int) -> None:
        at = NOW - timedelta(days=days_ago)
        request = open_request(
            con,
            purpose="erasure",
            customer_ids=("C1",),
            record_keys=("zoho:1",),
            author="ann",
            reason="asked",
            now=at,
            not_before=at + timedelta(days=3),
        )
        if days_ago == 50:
            close_request(con, request, event="completed", now=at + timedelta(days=31))

    for days_ago in (50, 1, 32, 25):
        ask(days_ago)
    html = render(compliance, material(con))
    assert [(row[1], row[4]) for row in rows_of(html, "Open requests, the next deadline first")[1:]] == [
        ("erasure", "✗ 2 days late"),
        ("erasure", "! 5 days left"),
        ("erasure", "✓ 29 days left"),
    ]
    assert "1 erasure request answered so far, 1 after the deadline." in text_of(html)
    assert "C1" not in text_of(html)
    assert "zoho:1" not in html


def test_what_is_due_and_the_trail_as_the_night_found_them(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("drop schema if exists governance cascade")
    places = Places(tmp_path, MODELS_SQL, contracts())
    rules = retention_rules(places.contracts.values())
    days = next(rule.days for rule in rules if rule.source == "zoho_contacts")
    old, young = NOW - timedelta(days=days + 1), NOW - timedelta(days=days - 1)
    columns = "record_key, contract_id, updated_at"
    fill(con, "staging.customers", columns, ("zoho:1", "zoho_contacts", old), ("zoho:2", "zoho_contacts", young))
    record_audit(con, at=NOW, actor="ann", action="pin", subject="C1", reason="called", details={})
    record_audit(con, at=NOW, actor="bob", action="split", subject="C2", reason="twins", details={})
    measure_compliance(con, places, rules, run_id="run-1", now=NOW)
    html = render(compliance, material(con))
    first = rows_of(html, "Rules of retention, those with most to remove first")[1]
    assert (first[0], first[1], first[5:]) == ("zoho_contacts", "customer records", ["1", "–", "1", _day(old)])
    assert "✓ whole 2 entries, each sealed by the one behind it" in text_of(html)

    con.execute("update governance.audit set reason = 'never' where number = 1")
    measure_compliance(con, places, rules, run_id="run-2", now=NOW + timedelta(days=1))
    text = text_of(render(compliance, material(con)))
    assert "✗ broken At 23 Nov 2026, 02:00 UTC the chain of 2 entries did not hold in 1 place" in text


def test_gaps_are_named_by_column_and_source(con: duckdb.DuckDBPyConnection) -> None:
    (page,) = compliance.pages(material(con))
    found = {gap.what: gap.names for gap in page.context["gaps"]}
    assert list(found) == ["owner", "definition", "classification", "time to be kept", "legal basis"]
    assert (found["owner"], found["classification"], found["time to be kept"]) == ([], [], [])
    assert page.context["columns"] > 500


def test_grants_without_proof_by_source(con: duckdb.DuckDBPyConnection) -> None:
    said = [
        ("zoho", "zoho:1", "granted", NOW, "web form", "marketing_email"),
        ("zoho", "zoho:1", "granted", None, "web form", "tracking"),
        ("zoho", "zoho:2", "denied", None, None, "tracking"),
    ]
    fill(con, "staging.consents", "source_system, record_key, status, given_at, method, purpose", *said)
    html = render(compliance, material(con))
    assert rows_of(html, "Statements on consent by source, all purposes")[1:] == [["zoho", "3", "2", "1", "50%", ""]]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
