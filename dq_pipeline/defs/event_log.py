"""Dagster's own record of a run, written without waiting for the disk at every line of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg


@contextmanager
def quick_event_log(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """While the block runs, an event costs no more than a write to SQLite's write-ahead log.

    Dagster opens and closes its files for each of some two thousand events, and whoever closes a file last makes SQLite
    write everything back and wait for the disk: a connection kept open until the end spares that. `synchronous=normal`
    leaves out the wait at each commit: a killed process loses nothing, a power cut the last lines of the log.
    See https://www.sqlite.org/pragma.html#pragma_synchronous. Any other storage is left as it is.
    """
    from dagster._core.storage.event_log import SqliteEventLogStorage
    from sqlalchemy import Engine, event

    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        yield
        return
    with ExitStack() as kept:
        for path in (storage.path_for_shard(shard) for shard in (run_id, "index")):
            if Path(path).exists():  # that of the run begins with its first event
                con = kept.enter_context(closing(sqlite3.connect(path, check_same_thread=False)))
                con.execute("select count(*) from sqlite_master").fetchall()
        if not event.contains(Engine, "connect", _without_waiting):
            event.listen(Engine, "connect", _without_waiting)
            kept.callback(event.remove, Engine, "connect", _without_waiting)
        yield


def _without_waiting(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous=normal")
