"""What is kept too long goes, what is on hold stays, and the same extract does not bring back what went."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.governance.audit import audit_entries, verify_audit
from dq_pipeline.adapters.governance.erasure import finish_requests
from dq_pipeline.adapters.governance.holds import add_hold
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.removed_records import write_removed_records
from dq_pipeline.adapters.governance.retention import Plan, apply_retention, plan_retention
from dq_pipeline.adapters.ingest import ingest_source
from dq_pipeline.clock import utc_now
from dq_pipeline.defs.retention import retention_job
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.policies.retention import retention_rules
from tests.governance.planted import EMAIL, KEYS, STREET, found
from tests.line import Line

pytestmark = pytest.mark.slow
LATER = datetime(2035, 1, 1)  # long after the last sign of life of anybody in the sample
Copy = Callable[[Path], Places]


def planned(place: Places, now: datetime) -> Plan:
    with place.warehouse.connect() as con:
        return plan_retention(con, place, retention_rules(place.contracts.values()), now)


def test_what_is_due_goes_and_is_on_record_without_values(copy_of_world: Copy, customer: str, tmp_path: Path) -> None:
    place = copy_of_world(tmp_path / "home")
    with place.warehouse.transaction() as con:
        add_hold(con, "dynamics:00000000-aaaa-4bbb-8ccc-000000000001", author="Eve", reason="case", now=LATER)
    plan = planned(place, LATER)
    due = {(entry.rule.source, entry.rule.data_class): entry for entry in plan.dues}
    zoho = due[("zoho_contacts", "customer_records")]
    assert (zoho.held, zoho.to_remove) == (1, zoho.rows - 1)
    assert zoho.rows == 34  # every record: the last sign of life is more than six years ago
    assert due[("", "rejected_lines")].rows == 1
    assert not KEYS & set(plan.record_keys)
    request = apply_retention(place, plan, actor="job", now=LATER)
    assert request is not None and request.request_id == "R000001"
    assert planned(place, LATER).to_remove == 0
    with place.warehouse.connect(read_only=True) as con:
        kept = con.execute('select "Record Id" from raw_history.zoho_contacts').fetchall()
        assert kept == [("zcrm_planted_1",)]
        told = con.execute(
            "select data_class, clock, days, rows, kept_on_hold from governance.retention_removals "
            "where source = 'zoho_contacts' and request_id = ?",
            [request.request_id],
        ).fetchall()
        assert told == [("customer_records", "last_activity", 2190, 33, 1)]
        assert "retention_applied" in [entry.action for entry in audit_entries(con)]
        assert verify_audit(con) == []
    certificate = json.loads((place.governance / "certificates" / f"{request.request_id}.json").read_text())
    assert certificate["removed"]["raw_history.zoho_contacts"] == 33
    assert EMAIL not in json.dumps(certificate)
    assert finish_requests(place, LATER, actor="run") == []
    assert found(place.root) != {}  # the person on hold is there still


def test_the_same_content_stays_away_and_newer_content_comes(copy_of_world: Copy, tmp_path: Path, world: Line) -> None:
    place = copy_of_world(tmp_path / "home")
    apply_retention(place, planned(place, LATER), actor="job", now=LATER)
    (delivered,) = (world.home.parent / "delivered" / "zoho_contacts").iterdir()
    text = delivered.read_text("utf-8").replace(STREET, "1 New Street")
    target = place.root / "extracts" / "zoho_contacts" / "Contacts_2035_01_02.csv"
    target.write_text(text, "utf-8")
    contract = place.contracts["zoho_contacts"]
    result = ingest_source(
        place.warehouse, place.root / "extracts", contract, run_id="r", now=LATER, erased=place.suppressions
    )
    assert (result.status, result.lines, result.loaded, result.erased) == ("loaded", 34, 0, 34)
    (line,) = [row for row in text.splitlines() if row.startswith("zcrm_planted_1")]
    target.with_name("Contacts_2035_01_03.csv").write_text(text.replace(line, _touched(text, line)), "utf-8")
    result = ingest_source(
        place.warehouse, place.root / "extracts", contract, run_id="r", now=LATER, erased=place.suppressions
    )
    assert (result.loaded, result.erased, result.current_records) == (1, 33, 1)


def test_what_was_said_goes_with_the_record_and_what_was_bought_stays_by_its_key(
    copy_of_world: Copy, tmp_path: Path
) -> None:
    """Interactions that may stay for 25 years go all the same, six years after the last sign of life."""
    place, now = copy_of_world(tmp_path / "home"), datetime(2034, 1, 1)
    rules = [
        replace(rule, days=9000) if rule.data_class == "interactions" else rule
        for rule in retention_rules(place.contracts.values())
    ]
    with place.warehouse.connect() as con:
        plan = plan_retention(con, place, rules, now)
    assert {"hubspot:90000000001", "zoho:zcrm_planted_1"} <= set(plan.record_keys)
    assert "interactions|INT-PLANTED" in plan.facts
    assert "transactions|TRX-PLANTED" not in plan.facts
    apply_retention(place, plan, actor="job", now=now)
    with place.warehouse.transaction() as con:
        write_removed_records(con)
        told = "select kind, reason from golden.orphans where fact_id in ('TRX-PLANTED', 'INT-PLANTED')"
        assert con.execute(told).fetchall() == [("transaction", "removed_record")]


def test_the_weekly_job_removes_what_is_due(
    copy_of_world: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copy_of_world(tmp_path / "home")
    due = planned(place, utc_now())
    assert due.to_remove > 0
    monkeypatch.setenv("DQ_HOME", str(place.root))
    assert retention_job.execute_in_process(resources={"workspace": Workspace()}).success
    with place.warehouse.connect(read_only=True) as con:
        rows = con.execute("select sum(rows)::int from governance.retention_removals").fetchall()
    assert rows == [(due.to_remove,)]
    assert planned(place, utc_now()).to_remove == 0


def _touched(text: str, line: str) -> str:
    """The line with a new time of change."""
    header = text.splitlines()[0].split(",")
    cells = line.split(",")
    cells[header.index("Modified Time")] = "2035-01-01 10:00:00"
    return ",".join(cells)
