"""What runs by itself: the job, its schedule, and the sensor for new extracts."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import dagster as dg

from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.errors import BusyError
from dq_pipeline.settings import Home

# A file still being written changes under the reader; one untouched for this long is taken as complete.
SETTLED_SECONDS = 60

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="The whole line: extracts to published version.",
    executor_def=dg.in_process_executor,
)

nightly_refresh = dg.ScheduleDefinition(
    name="nightly_refresh", job=refresh, cron_schedule="0 2 * * *", execution_timezone="UTC"
)


# A run takes the lock within seconds of starting; one that has not after this long never will.
STARTING_SECONDS = 300


def fail_dead_runs(instance: dg.DagsterInstance, home: Home, *, older_than: float = STARTING_SECONDS) -> list[str]:
    """Mark runs as failed whose process was killed; returns their ids.

    Dagster believes such a run to be in progress for ever, and with one run at a time none would start again. While a
    run is alive it holds the run lock, so whatever is in progress while the lock is free is dead.
    """
    try:
        with run_lock(home.lock, run_id="none"):
            in_progress = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
            dead = [
                record.dagster_run
                for record in instance.get_run_records(in_progress)
                if time.time() - record.create_timestamp.timestamp() >= older_than
            ]
            for run in dead:
                instance.report_run_failed(run, "The process of this run ended without a word; the next run is safe.")
            return [run.run_id for run in dead]
    except BusyError:
        return []


@dg.sensor(job=refresh, minimum_interval_seconds=60)
def new_extracts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a run when the extract files differ from those of the last look and none is still growing."""
    home = Home.from_environment()
    fail_dead_runs(context.instance, home)
    files = _extract_files(home.extracts)
    if not files:
        return dg.SkipReason("there are no extract files")
    newest = max(modified for _, _, modified in files)
    if time.time() - newest < SETTLED_SECONDS:
        return dg.SkipReason("an extract file is still being written")
    fingerprint = hashlib.sha256(repr(files).encode()).hexdigest()
    if fingerprint == context.cursor:
        return dg.SkipReason("no new extract files")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=fingerprint)], cursor=fingerprint)


def _extract_files(folder: Path) -> list[tuple[str, int, float]]:
    """(path, bytes, modification time) of every extract file, sorted; names starting with a dot are not extracts."""
    found = []
    for path in sorted(folder.glob("*/*")):
        if path.is_file() and not path.name.startswith("."):
            facts = path.stat()
            found.append((path.relative_to(folder).as_posix(), facts.st_size, facts.st_mtime))
    return found
