"""Dagster's record of a run, written without waiting for the disk."""

import sqlite3
from pathlib import Path

import dagster as dg
from sqlalchemy import Engine, create_engine, event, text

from dq_pipeline.defs import event_log
from dq_pipeline.defs.event_log import quick_event_log


def waits_at_commits(database: Path) -> bool:
    """Whether a connection made now waits for the disk at every commit (synchronous=full)."""
    with create_engine(f"sqlite:///{database}").connect() as con:
        return con.execute(text("pragma synchronous")).scalar() == 2


def test_a_run_is_recorded_as_ever_and_waits_only_outside(tmp_path: Path) -> None:
    seen = []

    @dg.asset
    def table(context: dg.AssetExecutionContext) -> None:
        with quick_event_log(context.instance, context.run_id), quick_event_log(context.instance, context.run_id):
            context.log.info("inside")
            seen.append(waits_at_commits(tmp_path / "other.db"))
            seen.append(waits_at_commits(tmp_path / "other.db"))
            seen.append((tmp_path / "history" / "runs" / f"{context.run_id}.db-wal").exists())

    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        done = dg.materialize([table], instance=instance)
        entries = [entry.user_message for entry in instance.all_logs(done.run_id)]
    assert seen == [False, False, True]
    assert "inside" in entries
    assert done.success
    assert waits_at_commits(tmp_path / "other.db")
    assert not event.contains(Engine, "connect", event_log._without_waiting)


def test_a_storage_that_is_no_file_is_left_alone(tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance, quick_event_log(instance, "run"):
        assert waits_at_commits(tmp_path / "other.db")


def test_nothing_but_sqlite_is_touched() -> None:
    event_log._without_waiting(object(), None)
    with sqlite3.connect(":memory:") as con:
        event_log._without_waiting(con, None)
        assert con.execute("pragma synchronous").fetchall() == [(1,)]
