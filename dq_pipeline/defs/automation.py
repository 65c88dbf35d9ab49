"""What runs by itself, all of it: jobs, when they run, what wakes them up, who is told, how fresh assets must be.

How the sensors decide is beside: `extract_sensors.py`, `telling.py`. What has the default status RUNNING works as soon
as Dagster is up (`dq-pipeline ui`), until somebody turns it off there. All times are UTC, and a run waits while another
is in progress (`dagster.yaml`).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import dagster as dg

from dq_pipeline.defs.digest import digest_job
from dq_pipeline.defs.extract_sensors import find_new_extracts, find_remote_extracts
from dq_pipeline.defs.linkage import train_linkage_model
from dq_pipeline.defs.retention import retention_job
from dq_pipeline.defs.telling import tell_of_checks, tell_of_failure

RUNNING, STOPPED = dg.DefaultSensorStatus.RUNNING, dg.DefaultSensorStatus.STOPPED

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="The whole line: extracts to published version.",
    executor_def=dg.in_process_executor,
)
JOBS = (refresh, train_linkage_model, retention_job, digest_job)


def _schedule(name: str, cron: str, job: Any, why: str, *, on: bool = True) -> dg.ScheduleDefinition:
    status = dg.DefaultScheduleStatus.RUNNING if on else dg.DefaultScheduleStatus.STOPPED
    return dg.ScheduleDefinition(
        name=name, job=job, cron_schedule=cron, execution_timezone="UTC", default_status=status, description=why
    )


SCHEDULES = (
    _schedule("nightly_refresh", "0 2 * * *", refresh, "Every night: whatever came, and what did not."),
    _schedule("monthly_training", "0 4 1 * *", train_linkage_model, "A new model a month, for a person to promote."),
    _schedule("weekly_digest", "0 7 * * 1", digest_job, "Mondays: to every owner, what is theirs and what is late."),
    # It removes for good: for those to turn on who have seen what `dq-pipeline retention` says is due.
    _schedule("weekly_retention", "0 1 * * 0", retention_job, "Sundays, before the refresh publishes anew.", on=False),
)

SENSORS = (
    dg.sensor(
        name="new_extracts",
        job=refresh,
        minimum_interval_seconds=60,
        default_status=RUNNING,
        description="Starts a run when files in the extracts folder have changed and are no longer being written.",
    )(find_new_extracts),
    dg.sensor(
        name="remote_extracts",
        job=refresh,
        minimum_interval_seconds=900,
        default_status=STOPPED,  # it knocks at other people's systems all day, and the nightly run fetches too
        description="Starts a run when a location has what was not fetched yet, the same at two looks.",
    )(find_remote_extracts),
    dg.run_failure_sensor(
        name="failed_runs",
        minimum_interval_seconds=30,
        default_status=RUNNING,
        description="Tells the people concerned of a run that did not publish.",
    )(tell_of_failure),
    dg.sensor(
        name="failed_checks",
        minimum_interval_seconds=60,
        default_status=RUNNING,
        description="Tells the people concerned of checks that failed in a run that went on.",
    )(tell_of_checks),
)


# What every night makes is there by six. How often a source sends is its contract's to say (defs/ingest.py).
BY_SIX = dg.FreshnessPolicy.cron(deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=4), timezone="UTC")


def fresh(assets: Iterable[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The assets, due every morning where nothing else is said of them; checks stay as they are."""

    def due(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec if spec.freshness_policy else spec.replace_attributes(freshness_policy=BY_SIX)

    return [made.map_asset_specs(due) if made.keys else made for made in assets]
