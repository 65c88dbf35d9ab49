"""Dagster's own record of a run, written without opening a file and waiting for the disk at every line of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Connect = Callable[..., AbstractContextManager["Connection"]]


@contextmanager
def quick_event_log(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """While the block runs, an event costs no more than a write to SQLite's write-ahead log.

    For each of some three thousand statements Dagster makes an engine, opens a file, compiles the SQL anew and closes
    the file, and whoever closes a file last makes SQLite write everything back and wait for the disk. Here one engine
    a file is kept until the end. `synchronous=normal` leaves out the wait at each commit: a killed process loses
    nothing, a power cut the last lines of the log. See https://www.sqlite.org/pragma.html#pragma_synchronous.
    Any other storage is left as it is.
    """
    from dagster._core.storage.event_log import SqliteEventLogStorage
    from dagster._core.storage.runs import SqliteRunStorage

    events, runs = instance.event_log_storage, instance.run_storage
    with ExitStack() as kept:
        if isinstance(events, SqliteEventLogStorage) and "_connect" not in vars(events):
            urls = [(shard, events.conn_string_for_shard(shard)) for shard in (run_id, "index")]
            kept.enter_context(_kept_open(events, "_connect", dict(urls)))
        if isinstance(runs, SqliteRunStorage) and "connect" not in vars(runs):
            kept.enter_context(_kept_open(runs, "connect", {"": runs._conn_string}))
        yield


@contextmanager
def _kept_open(storage: Any, method: str, files: Mapping[str, str]) -> Iterator[None]:
    """`storage.<method>(name)` gives the one connection to each of `files` (name -> URL); of others, a new one each."""
    dagsters_own: Connect = getattr(storage, method)
    engines: dict[str, Engine] = {}
    one_at_a_time = RLock()  # Dagster asks for a connection while it holds one

    @contextmanager
    def connect(*name: str) -> Iterator[Connection]:
        file = name[0] if name else ""
        if file not in files:
            with dagsters_own(*name) as con:
                yield con
            return
        with one_at_a_time:
            if file not in engines:
                with dagsters_own(*name):  # makes the file and its tables where they are missing
                    engines[file] = _engine(files[file])
            with engines[file].begin() as con:
                yield con

    vars(storage)[method] = connect
    try:
        yield
    finally:
        del vars(storage)[method]
        for engine in engines.values():
            engine.dispose()


def _engine(url: str) -> Engine:
    """One connection, whichever thread asks; it waits as long for another process as Dagster's own do."""
    from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
    from sqlalchemy import StaticPool, create_engine, event

    options = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = create_engine(url, poolclass=StaticPool, connect_args=options)
    event.listen(engine, "connect", lambda con, _record: con.execute("pragma synchronous=normal"))
    return engine
