"""Stage 6, issues: what failing rules mean to people, and stage 7, alerts: what people are told after publishing."""

import os
from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.alerts import tell
from dq_pipeline.adapters.issues import move_issues
from dq_pipeline.adapters.notify import read_targets
from dq_pipeline.defs.failed_runs import failed_checks, failed_runs
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.policies.alerts import ALERT_POLICY
from dq_pipeline.policies.issues import ISSUE_POLICY

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
            checks=failed_checks(context.instance, workspace.run_id),
        )
        if told.failed:
            context.log.warning(f"{told.failed} alerts could not be sent; they are tried again with later runs")
        with workspace.warehouse.transaction() as con:
            for table in ALERTS:
                yield materialized(con, table, vars(told))

    return build
