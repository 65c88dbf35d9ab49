"""Runs whose process was killed, and which Dagster would wait for."""

from __future__ import annotations

import time

import dagster as dg

from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.errors import BusyError
from dq_pipeline.settings import Home

# A run takes the lock within seconds of starting; one that has not after this long never will.
STARTING_SECONDS = 300


def fail_dead_runs(instance: dg.DagsterInstance, home: Home, *, older_than: float = STARTING_SECONDS) -> list[str]:
    """Mark runs as failed whose process was killed; returns their ids.

    Dagster believes such a run to be in progress for ever, and with one run at a time none would start again. While a
    run is alive it holds the run lock, so whatever is in progress while the lock is free is dead.
    """
    if not _in_progress(instance, older_than):
        return []  # the lock is left to a run that may want it this moment
    try:
        with run_lock(home.lock, run_id="none"):
            dead = _in_progress(instance, older_than)
            for run in dead:
                instance.report_run_failed(run, "The process of this run ended without a word; the next run is safe.")
            return [run.run_id for run in dead]
    except BusyError:
        return []


def _in_progress(instance: dg.DagsterInstance, older_than: float) -> list[dg.DagsterRun]:
    wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    return [
        record.dagster_run
        for record in instance.get_run_records(wanted)
        if time.time() - record.create_timestamp.timestamp() >= older_than
    ]
