"""Dagster's record of a run, written without waiting for the disk."""

from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text

from dq_pipeline.defs.event_log import quick_event_log


def waits_at_commits(instance: dg.DagsterInstance) -> list[bool]:
    """Whether the event log, and the list of runs, wait for the disk at every commit (synchronous=full)."""
    waits = []
    for connect in (instance.event_log_storage.index_connection, instance.run_storage.connect):  # type: ignore[attr-defined]
        with connect() as con:
            waits.append(con.execute(text("pragma synchronous")).scalar() == 2)
    return waits


def test_a_run_is_recorded_as_ever_and_waits_only_outside(tmp_path: Path) -> None:
    seen = []

    @dg.asset
    def table(context: dg.AssetExecutionContext) -> None:
        with quick_event_log(context.instance, context.run_id):
            with quick_event_log(context.instance, context.run_id):
                context.log.info("inside")
                seen.append(waits_at_commits(context.instance))
            seen.append(waits_at_commits(context.instance))
            seen.append((tmp_path / "history" / "runs" / f"{context.run_id}.db-wal").exists())

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        done = dg.materialize([table], instance=instance)
        assert waits_at_commits(instance) == [True, True]
    assert seen == [[False, False], [False, False], True]
    assert done.success
    assert not list(tmp_path.rglob("*.db-wal"))
    with dg.DagsterInstance.local_temp(str(tmp_path)) as again:
        assert "inside" in [entry.user_message for entry in again.all_logs(done.run_id)]
        assert [run.run_id for run in again.get_runs()] == [done.run_id]
        assert again.get_latest_materialization_event(dg.AssetKey("table")) is not None


def test_a_run_that_is_quick_from_its_first_line_on_can_read_those_before_it(tmp_path: Path) -> None:
    """Its own file does not exist yet; the files of other runs are opened as ever."""

    @dg.op
    def note(context: dg.OpExecutionContext) -> None:
        context.log.info("noted")

    @dg.job
    def noting() -> None:
        note()

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        before = noting.execute_in_process(instance=instance)
        with quick_event_log(instance, "11111111-1111-1111-1111-111111111111"):
            with pytest.raises(ZeroDivisionError), instance.event_log_storage.index_connection() as con:  # type: ignore[attr-defined]
                con.execute(text("delete from event_logs"))
                raise ZeroDivisionError
            run = noting.execute_in_process(instance=instance, run_id="11111111-1111-1111-1111-111111111111")
            told = [[entry.user_message for entry in instance.all_logs(done.run_id)] for done in (before, run)]
    assert "noted" in told[0] and "noted" in told[1] and len(told[0]) == len(told[1])


def test_a_storage_that_is_no_file_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance, quick_event_log(instance, "run"):
        assert "_connect" not in vars(instance.event_log_storage)
        assert "connect" not in vars(instance.run_storage)
