"""`dq-pipeline drift`: what is unlike the runs before, and saying that it should be."""

from __future__ import annotations

import click

from dq_pipeline.cli.console import say
from dq_pipeline.cli.steward import author_and_reason, note
from dq_pipeline.clock import utc_now
from dq_pipeline.policies.drift import DRIFT_POLICY
from dq_pipeline.settings import Home


@click.group()
def drift() -> None:
    """Show what in the newest run deviates from the runs before, or mark it as expected."""


@drift.command("list")
def list_deviations() -> int:
    """Show the open deviations of the newest run, table by table."""
    from dq_pipeline.adapters.anomalies import newest_drift
    from dq_pipeline.adapters.warehouse import Warehouse

    with Warehouse(Home.from_environment().warehouse).connect(read_only=True) as con:
        for table in newest_drift(con, DRIFT_POLICY):
            say(f"{table.table}: {table.heading()}")
            for anomaly in table.anomalies:
                say(f"  {anomaly.anomaly_id}  {anomaly.severity:<8} {anomaly.text()}")
    return 0


@drift.command()
@click.argument("anomaly_id", metavar="ID")
@author_and_reason
def expect(anomaly_id: str, author: str, reason: str) -> int:
    """Mark the deviation ID as expected: what is usual for its measure is learned anew from that run on."""
    from dq_pipeline.adapters.anomalies import expect_deviation
    from dq_pipeline.adapters.run_lock import run_lock
    from dq_pipeline.adapters.warehouse import Warehouse

    home = Home.from_environment()
    now = utc_now()
    with Warehouse(home.warehouse).connect(read_only=True):
        pass  # a mistyped DQ_HOME must not make a warehouse
    with run_lock(home.lock, run_id="none"), Warehouse(home.warehouse).transaction() as con:
        found = expect_deviation(con, anomaly_id, reason=reason, author=author, now=now)
        note(con, "deviation_expected", subject=anomaly_id, reason=reason, author=author)
    say(f"Expected from now on: {found.table} {found.text()}")
    say(f"It is learned anew: {DRIFT_POLICY.runs_needed} runs, then deviations of it are told again.")
    return 0
