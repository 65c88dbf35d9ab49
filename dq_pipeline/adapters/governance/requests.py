"""The record of requests: `governance.erasure_requests`, only ever added to, and the journal of the one in progress."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.erasure import Purpose, Request, request_id

_TABLE = """
create schema if not exists governance;
create table if not exists governance.erasure_requests
    (number bigint, request_id varchar, event varchar, happened_at timestamp, purpose varchar, customer_ids varchar[],
     record_keys varchar[], facts varchar[], author varchar, reason varchar, requested_at timestamp,
     not_before timestamp, due_at timestamp)
"""
_COLUMNS = "request_id, customer_ids, record_keys, author, reason, requested_at, not_before, purpose, facts"


def open_request(
    con: duckdb.DuckDBPyConnection,
    *,
    purpose: Purpose,
    customer_ids: tuple[str, ...],
    record_keys: tuple[str, ...],
    facts: tuple[str, ...] = (),
    author: str,
    reason: str,
    now: datetime,
    not_before: datetime,
) -> Request:
    """Put a request on record; it is carried out by the next call of `erasure.finish_requests` after `not_before`."""
    con.execute(_TABLE)
    number = con.execute("select count(distinct request_id) + 1 from governance.erasure_requests").fetchall()[0][0]
    name = request_id(number, purpose)
    request = Request(name, customer_ids, record_keys, author, reason, now, not_before, purpose=purpose, facts=facts)
    _add(con, request, "requested", now)
    return request


def close_request(con: duckdb.DuckDBPyConnection, request: Request, *, event: str, now: datetime) -> bool:
    """Put on record that a request is `completed` or `cancelled`; False when that has been said before."""
    con.execute(_TABLE)
    said = con.execute(
        "select 1 from governance.erasure_requests where request_id = ? and event in ('completed', 'cancelled')",
        [request.request_id],
    ).fetchall()
    if not said:
        _add(con, request, event, now)
    return not said


def open_requests(con: duckdb.DuckDBPyConnection) -> list[Request]:
    """Requests neither completed nor cancelled, the oldest first, as they were made."""
    if not table_exists(con, "governance", "erasure_requests"):
        return []
    rows = con.execute(
        f"select {_COLUMNS} from governance.erasure_requests where event = 'requested' and request_id not in "
        "(select request_id from governance.erasure_requests where event <> 'requested') order by number"
    ).fetchall()
    return [
        Request(name, tuple(ids), tuple(keys), author, reason, at, not_before, purpose=purpose, facts=tuple(facts))
        for name, ids, keys, author, reason, at, not_before, purpose, facts in rows
    ]


def _add(con: duckdb.DuckDBPyConnection, request: Request, event: str, now: datetime) -> None:
    con.execute(
        "insert into governance.erasure_requests select (select coalesce(max(number), 0) + 1 from "
        "governance.erasure_requests), $id, $event, $now, $purpose, $ids::varchar[], $keys::varchar[], "
        "$facts::varchar[], $author, $reason, $requested, $not_before, $due",
        {
            **{"id": request.request_id, "event": event, "now": now, "purpose": request.purpose},
            **{"ids": list(request.customer_ids), "keys": list(request.record_keys), "facts": list(request.facts)},
            **{"author": request.author, "reason": request.reason, "requested": request.requested_at},
            **{"not_before": request.not_before, "due": request.due_at},
        },
    ).fetchall()


def read_journal(folder: Path, request: Request) -> Request:
    """The request with the steps done so far, by its journal; as it is where there is none."""
    path = _journal(folder, request.request_id)
    return Request.from_json(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else request


def journals(folder: Path) -> list[Request]:
    """Every request begun and not ended, also of a warehouse that is gone."""
    paths = sorted((folder / "in_progress").glob("*.json"))
    return [Request.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def write_journal(folder: Path, request: Request) -> None:
    """Keep how far the request has come: keys, ids and counts, for its user only, on the disk when this returns."""
    write_private(_journal(folder, request.request_id), json.dumps(request.as_json(), indent=1) + "\n")


def end_journal(folder: Path, request: Request) -> None:
    """The request has ended; nothing of its progress is kept."""
    _journal(folder, request.request_id).unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """One file whole or not at all, mode 600."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _journal(folder: Path, request_id: str) -> Path:
    return folder / "in_progress" / f"{request_id}.json"
