"""Who is told when Dagster's daemon did the work: of runs that failed, and of checks that failed in runs that went on.

A whole refresh tells by itself at its end, and `dq-pipeline run` when it fails. Every event is told once, whoever comes
first (`adapters/alerts.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
import duckdb

from dq_pipeline.adapters.alerts import Told, tell
from dq_pipeline.adapters.issues import catch_up
from dq_pipeline.adapters.notify import read_targets
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.defs.failed_runs import failed_checks, failed_runs
from dq_pipeline.domain.alerts import FailedCheck
from dq_pipeline.errors import BusyError
from dq_pipeline.policies.alerts import ALERT_POLICY
from dq_pipeline.policies.issues import ISSUE_POLICY
from dq_pipeline.settings import Home

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
_UNDER_WAY = [
    *(dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED),
    *(dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED),
]


def tell_failed_runs(instance: dg.DagsterInstance, home: Home, checks: Iterable[FailedCheck] = ()) -> Told | None:
    """Tell of the runs that did not publish and of `checks`, and open the issues that the newest validation found.

    To be called when a run has ended. None while another run is in progress, which holds the warehouse.
    """
    now = utc_now()
    failures = failed_runs(instance, since=now - ALERT_POLICY.forget_after)

    @contextmanager
    def ledger() -> Iterator[duckdb.DuckDBPyConnection]:
        with run_lock(home.lock, run_id="none"), Warehouse(home.warehouse).transaction() as con:
            yield con

    try:
        with ledger() as con:
            catch_up(con, ISSUE_POLICY)
        targets = read_targets(os.environ, home.root)
        run_id = failures[0].run_id if failures else ""
        return tell(ledger, targets, ALERT_POLICY, run_id=run_id, now=now, failures=failures, checks=checks)
    except BusyError:
        return None


def tell_of_failure(context: dg.RunFailureSensorContext) -> None:
    """At once, unless another run is about to need the warehouse: what is left is told by `tell_of_checks`."""
    if not _under_way(context.instance):
        tell_failed_runs(context.instance, Home.from_environment())


def tell_of_checks(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Of every run that has ended since the last time, also one of a few assets picked in Dagster: the failed checks
    that held nothing back. Blocking ones failed the run. The cursor is when the newest of these runs ended."""
    instance = context.instance
    if _under_way(instance):
        return dg.SkipReason("a run is in progress")
    earliest = (utc_now() - ALERT_POLICY.forget_after).replace(tzinfo=UTC)
    since = datetime.fromisoformat(context.cursor) if context.cursor else earliest
    ended = instance.get_run_records(dg.RunsFilter(statuses=_ENDED, updated_after=max(since, earliest)))
    if not ended:
        return dg.SkipReason("no run has ended since")
    checks = [check for record in ended for check in failed_checks(instance, record.dagster_run.run_id)]
    told = tell_failed_runs(instance, Home.from_environment(), checks)
    if told is None:
        return dg.SkipReason("a run is in progress")
    newest = max(record.update_timestamp for record in ended).replace(tzinfo=UTC)
    return dg.SensorResult(skip_reason=f"told: {told.sent} sent, {told.failed} failed", cursor=newest.isoformat())


def _under_way(instance: dg.DagsterInstance) -> bool:
    return instance.get_runs_count(dg.RunsFilter(statuses=_UNDER_WAY)) > 0
