"""Stage 6, issues: what failing rules mean to people, and stage 7, alerts: what people are told after publishing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import duckdb

from dq_pipeline.adapters.alerts import Told, tell
from dq_pipeline.adapters.issues import catch_up, move_issues
from dq_pipeline.adapters.notify import read_targets
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.failed_runs import failed_runs
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.errors import BusyError
from dq_pipeline.policies.alerts import ALERT_POLICY
from dq_pipeline.policies.issues import ISSUE_POLICY
from dq_pipeline.settings import Home

ISSUES = {
    "quality.issue_events": "What happened to every issue: opened, assigned, breached, resolved; only ever added to.",
    "quality.issue_history": "How many rows failed in every issue, run by run.",
    "quality.issues": "One issue a rule, source and owner: its state, due date and rows failing now.",
    "quality.issue_times": "How long every issue took to be found, acknowledged and resolved.",
}
ALERTS = {
    "quality.alerts": "What there was to tell: issues, scores, late sources, runs that did not publish.",
    "quality.alerts_sent": "Who was told, when, and what could not be sent.",
}


def issue_assets() -> list[dg.AssetsDefinition]:
    """The issue ledger, moved after the last rule of the run and before publishing, and the alerts after it."""
    return [_ledger_asset(), _alerts_asset()]


def _ledger_asset() -> dg.AssetsDefinition:
    # The run is described when all rules have run, those on golden among them.
    deps = ("quality.run", "quality.rules", "quality.rule_results", "quality.failing_rows")
    specs = [table_spec(table, text, group="scores", deps=deps) for table, text in ISSUES.items()]

    @dg.multi_asset(specs=specs, name="move_issues")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            events = move_issues(con, ISSUE_POLICY, run_id=workspace.run_id, now=workspace.now)
            for table in ISSUES:
                yield materialized(con, table, {"events": events})

    return build


def _alerts_asset() -> dg.AssetsDefinition:
    specs = [table_spec(t, text, group="publish", deps=("published", "quality.issues")) for t, text in ALERTS.items()]

    @dg.multi_asset(specs=specs, name="tell_alerts")
    def build(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        told = tell(
            workspace.warehouse.transaction,
            read_targets(os.environ, workspace.home.root),
            ALERT_POLICY,
            run_id=workspace.run_id,
            now=workspace.now,
            failures=failed_runs(context.instance, since=workspace.now - ALERT_POLICY.forget_after),
        )
        if told.failed:
            context.log.warning(f"{told.failed} alerts could not be sent; they are tried again with later runs")
        with workspace.warehouse.transaction() as con:
            for table in ALERTS:
                yield materialized(con, table, vars(told))

    return build


def tell_failed_runs(instance: dg.DagsterInstance, home: Home) -> Told | None:
    """Tell of the runs that did not publish, and open the issues that the newest of them found; each is told once.

    To be called when a run has failed. None while another run is in progress: it tells at its own end.
    """

    @contextmanager
    def ledger() -> Iterator[duckdb.DuckDBPyConnection]:
        with run_lock(home.lock, run_id="none"), Warehouse(home.warehouse).transaction() as con:
            yield con

    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    failures = failed_runs(instance, since=now - ALERT_POLICY.forget_after)
    if not failures:
        return Told()
    try:
        with ledger() as con:
            catch_up(con, ISSUE_POLICY)
        targets = read_targets(os.environ, home.root)
        return tell(ledger, targets, ALERT_POLICY, run_id=failures[0].run_id, now=now, failures=failures)
    except BusyError:
        return None


@dg.run_failure_sensor(name="failed_runs", description="Tells the people concerned of a run that did not publish.")
def tell_of_failure(context: dg.RunFailureSensorContext) -> None:
    """For runs of the daemon; `dq-pipeline run` tells by itself."""
    tell_failed_runs(context.instance, Home.from_environment())
