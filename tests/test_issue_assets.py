"""Issues and alerts in Dagster: the assets on a real warehouse, and runs that fail, block or collide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from dq_pipeline.adapters.alerts import Told
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.failed_runs import failed_runs
from dq_pipeline.defs.issues import issue_assets
from dq_pipeline.defs.telling import tell_failed_runs, tell_of_failure
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.settings import Home
from tests.adapters.alert_server import AlertServer, alert_server
from tests.adapters.quality.issue_world import IssueWorld


@dg.asset(key=["staging", "customers"])
def customers() -> None:
    """The table the check is on."""


@dg.asset_check(asset=customers, name="staging__customers__not_empty", blocking=True)
def not_empty() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False)


@dg.asset_check(asset=customers, name="accepted", blocking=True)
def accepted() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


@dg.asset
def broken() -> None:
    try:
        raise KeyError("Qzxsecret of a customer")
    except KeyError as error:
        raise ValueError("Qzxsecret of a customer") from error


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "*")
    made = Home.from_environment()
    with Warehouse(made.warehouse).connect() as con:
        IssueWorld(con).judge(0, {"email.valid": {"crm": 3}}, run_id="blocked")
    return made


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertServer]:
    with alert_server() as made:
        monkeypatch.setenv("DQ_ALERT_URLS", made.url)
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(instance: dg.DagsterInstance, *assets: object) -> dg.ExecuteInProcessResult:
    return dg.materialize([*assets], instance=instance, raise_on_error=False)  # type: ignore[list-item]


def since() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)


def test_a_failed_run_is_known_by_its_checks_or_by_its_steps_and_no_words(instance: dg.DagsterInstance) -> None:
    blocked = run(instance, customers, not_empty, accepted)
    failed = run(instance, broken)
    run(instance, customers)
    newest, oldest = failed_runs(instance, since=since())
    assert (oldest.run_id, oldest.checks) == (
        blocked.run_id,
        ("staging.customers staging__customers__not_empty",),
    )
    assert (newest.run_id, newest.checks, newest.steps, newest.error) == (failed.run_id, (), ("broken",), "KeyError")
    assert abs(newest.ended_at - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)
    assert failed_runs(instance, since=since() + timedelta(hours=2)) == []


def test_a_run_that_did_not_publish_is_told_once_with_the_issues_it_found(
    home: Home, server: AlertServer, instance: dg.DagsterInstance
) -> None:
    assert tell_failed_runs(instance, home) == Told()
    blocked = run(instance, customers, not_empty, accepted)
    assert tell_failed_runs(instance, home) == Told(sent=1)
    assert tell_failed_runs(instance, home) == Told()
    ((title, body),) = server.received
    assert title == f"Not published: run {blocked.run_id[:8]}"
    assert "dq-pipeline failing staging.customers.not_empty" in body
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        assert con.execute("select issue_id, run_id from quality.issue_events").fetchall() == [("I000001", "blocked")]


def test_the_sensor_tells_too_and_leaves_it_to_a_run_in_progress(
    home: Home, server: AlertServer, instance: dg.DagsterInstance
) -> None:
    failed = run(instance, broken)
    context = dg.build_run_status_sensor_context(
        "failed_runs", failed.get_run_failure_event(), instance, failed.dagster_run
    ).for_run_failure()
    with run_lock(home.lock, run_id="night"):
        assert tell_failed_runs(instance, home) is None
        tell_of_failure(context)
    assert server.received == []
    tell_of_failure(context)
    assert [title for title, _ in server.received] == [f"Run failed: run {failed.run_id[:8]}"]
    assert "Qzx" not in str(server.received)


def test_the_assets_move_the_ledger_and_tell_after_publishing(
    home: Home, server: AlertServer, instance: dg.DagsterInstance
) -> None:
    failed = run(instance, broken)
    with Warehouse(home.warehouse).connect() as con:
        con.execute("create table quality.publications (run_id varchar, version varchar, published_at timestamp)")
    done = dg.materialize(issue_assets(), instance=instance, resources={"workspace": Workspace()})
    assert done.success
    made = {event.asset_key.to_user_string() for event in done.get_asset_materialization_events() if event.asset_key}
    assert made == {
        *("quality/issue_events", "quality/issue_history", "quality/issues", "quality/issue_times"),
        *("quality/alerts", "quality/alerts_sent"),
    }
    assert [title for title, _ in server.received] == [f"Run failed: run {failed.run_id[:8]}"]
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        sent = "select kind, status from quality.alerts join quality.alerts_sent using (event_id)"
        assert con.execute(sent).fetchall() == [("run_failed", "sent")]


def test_a_server_that_refuses_fails_no_run(home: Home, server: AlertServer, instance: dg.DagsterInstance) -> None:
    server.manner = "refuses"
    run(instance, broken)
    assert tell_failed_runs(instance, home) == Told(failed=1)
    done = dg.materialize(issue_assets(), instance=instance, resources={"workspace": Workspace()})
    assert done.success
    assert len(server.requests) == 1
