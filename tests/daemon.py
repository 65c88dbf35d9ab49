"""Dagster's daemon, tick by tick: the real schedules, sensors and run queue of the project on a home of its own."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import create_test_daemon_workspace_context, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import launch_scheduled_runs

from dq_pipeline.adapters.ingest import CHECKS
from dq_pipeline.definitions import defs
from dq_pipeline.defs.ingest import LOADED
from dq_pipeline.settings import Home
from tests.line import PROJECT

_LOG = logging.getLogger("daemon")
# More than the longest interval at which a sensor looks.
_NEXT_LOOK = timedelta(hours=1)


@dataclass
class Daemon:
    """What the daemon does, when the test says so. Runs stay in the queue until `run_next`."""

    instance: dg.DagsterInstance
    workspace: Any
    definitions: dg.Definitions
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))

    def look_at_schedules(self, moment: datetime) -> list[str]:
        """The schedules that put a run into the queue at that moment."""
        before = {run.run_id for run in self.instance.get_runs()}
        with freeze_time(moment):
            list(launch_scheduled_runs(self.workspace, _LOG, moment, {}))
        new = [run for run in self.instance.get_runs() if run.run_id not in before]
        return sorted(run.tags["dagster/schedule_name"] for run in new)

    def look_at_sensors(self) -> dict[str, str]:
        """What each sensor that is on said: `run`, why not, or its error."""
        self.clock += _NEXT_LOOK
        with freeze_time(self.clock):
            list(execute_sensor_iteration(self.workspace, _LOG, None, None))
        said = {}
        for state in self.instance.all_instigator_state():
            if state.instigator_type.value == "SENSOR":
                (tick,) = self.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
                said[state.name] = str(tick.error or tick.skip_reason or ("run" if tick.run_ids else "nothing"))
        return said

    def run_next(self) -> dg.DagsterRun:
        """Execute the oldest run in the queue, in this process; the run as it ended."""
        run = self.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))[-1]
        taken = dg.DagsterEvent(dg.DagsterEventType.PIPELINE_STARTING.value, run.job_name)
        self.instance.report_dagster_event(taken, run_id=run.run_id)
        execute_run(InMemoryJob(self.definitions.resolve_job_def(run.job_name)), self._now(run.run_id), self.instance)
        return self._now(run.run_id)

    def ingest(self, source: str) -> dg.DagsterRun:
        """A run of one raw table and the checks made with it, as somebody starts it in Dagster's pages."""
        raw = dg.AssetKey(["raw", source])
        checks = {dg.AssetCheckKey(raw, name) for name in (LOADED, *CHECKS)}
        job = self.definitions.resolve_implicit_global_asset_job_def()
        part = job.get_subset(asset_selection={raw}, asset_check_selection=checks)
        return self._now(part.execute_in_process(instance=self.instance, raise_on_error=False).run_id)

    def _now(self, run_id: str) -> dg.DagsterRun:
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run


@contextmanager
def daemon(home: Home) -> Iterator[Daemon]:
    """The daemon on the instance of this home; `DQ_HOME` must name it."""
    home.dagster.mkdir()
    shutil.copy(PROJECT / "dagster.yaml", home.dagster)
    origin = LoadableTargetOrigin(module_name="dq_pipeline.definitions")
    target = InProcessWorkspaceLoadTarget(InProcessCodeLocationOrigin(origin, location_name="dq_pipeline.definitions"))
    with (
        dg.DagsterInstance.from_config(str(home.dagster)) as instance,
        create_test_daemon_workspace_context(target, instance) as workspace,
    ):
        yield Daemon(instance, workspace, defs())
