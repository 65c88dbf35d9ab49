"""What is written about every load: a row per file in `raw.loads`, per snapshot in `raw.snapshots`, per unreadable line
in `raw.rejects`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from dq_pipeline.adapters.ingest.files import Content
from dq_pipeline.adapters.ingest.raw_tables import FOLDER_IN_USE
from dq_pipeline.adapters.ingest.versions import RecordCounts
from dq_pipeline.adapters.warehouse import quote_identifier, row_count
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ColumnPlan
from dq_pipeline.domain.snapshots import DatedFile, Loaded

REJECTS_PER_INSERT = 1_000
ERASED = "erased"  # the reason of a line left out because the person has been erased
REJECT_BYTES_PER_INSERT = 16 << 20


@dataclass(frozen=True)
class Load:
    """One file loaded, as `raw.loads` has it."""

    load_id: int
    file: DatedFile
    content: Content
    loaded: int
    rejected: int
    erased: int
    encoding: str
    started_at: datetime
    finished_at: datetime
    plan: ColumnPlan


@dataclass(frozen=True)
class Snapshot:
    """What one snapshot brought: the `loads` of its new files; `known` loads brought its other files before."""

    loads: tuple[Load, ...]
    known: tuple[int, ...]
    extracted_at: datetime
    late: bool
    records: RecordCounts

    @property
    def snapshot_id(self) -> int:
        """The id of its last load."""
        return self.loads[-1].load_id


def next_load_id(con: duckdb.DuckDBPyConnection) -> int:
    """One more than any load there ever was, failed ones included."""
    return int(con.execute("select coalesce(max(load_id), 0) + 1 from raw.loads").fetchall()[0][0])


def loaded_before(con: duckdb.DuckDBPyConnection, contract: Contract) -> Loaded:
    """What the extracts folder in use has brought of this source."""
    of_source = f"where source = ? and extracts_folder = {FOLDER_IN_USE}"
    rows = con.execute(
        f"select load_id, file, content_hash from raw.loads {of_source} and status = 'loaded' order by load_id",
        [contract.id],
    ).fetchall()
    newest = con.execute(
        f"select extracted_at, load_ids from raw.snapshots {of_source} order by extracted_at desc, snapshot_id desc",
        [contract.id],
    ).fetchall()
    moment, load_ids = newest[0] if newest else (None, [])
    return Loaded(
        {content: (load_id, file) for load_id, file, content in rows},
        {file: content for _, file, content in rows},
        moment,
        frozenset(content for load_id, _, content in rows if load_id in set(load_ids)),
    )


def write_snapshot(con: duckdb.DuckDBPyConnection, contract: Contract, snapshot: Snapshot, run_id: str) -> None:
    """One row per file, and one for the snapshot that they are."""
    for load in snapshot.loads:
        row = {
            "load_id": load.load_id,
            "source": contract.id,
            "file": load.file.name,
            "content_hash": load.content.sha256,
            "bytes": load.content.size,
            "lines": load.loaded + load.rejected + load.erased,
            "loaded": load.loaded,
            "rejected": load.rejected,
            "erased": load.erased,
            "encoding": load.encoding,
            "started_at": load.started_at,
            "finished_at": load.finished_at,
            "status": "loaded",
            "note": "older than what is current: kept in the history" if snapshot.late else "",
            "run_id": run_id,
            "extracted_at": load.file.moment,
            "snapshot_id": snapshot.snapshot_id,
            "new_columns": list(load.plan.new),
            "missing_columns": list(load.plan.missing),
            "renamed_columns": list(load.plan.renamed),
            "reordered": load.plan.reordered,
        }
        _insert(con, "loads", row)
    _write_totals(con, contract, snapshot, run_id)


def write_failure(con: duckdb.DuckDBPyConnection, contract: Contract, problem: str, run_id: str, now: datetime) -> None:
    """One row for the source: nothing of it was loaded, and why."""
    row = {
        "load_id": next_load_id(con),
        "source": contract.id,
        "lines": 0,
        "loaded": 0,
        "rejected": 0,
        "erased": 0,
        "started_at": now,
        "finished_at": now,
        "status": "failed",
        "note": problem,
        "run_id": run_id,
    }
    _insert(con, "loads", row)


def _write_totals(con: duckdb.DuckDBPyConnection, contract: Contract, snapshot: Snapshot, run_id: str) -> None:
    """The snapshot's files are its new ones and those loaded before."""
    ids = [*snapshot.known, *(load.load_id for load in snapshot.loads)]
    files, lines, loaded, rejected = con.execute(
        "select count(*), sum(lines)::bigint, sum(loaded)::bigint, sum(rejected)::bigint from raw.loads "
        "where list_contains(?, load_id)",
        [ids],
    ).fetchall()[0]
    row = {
        "snapshot_id": snapshot.snapshot_id,
        "source": contract.id,
        "run_id": run_id,
        "load_ids": ids,
        "extracted_at": snapshot.extracted_at,
        "loaded_at": snapshot.loads[-1].finished_at,
        "late": snapshot.late,
        "files": files,
        "lines": lines,
        "loaded": loaded,
        "rejected": rejected,
        "new_records": snapshot.records.new,
        "changed_records": snapshot.records.changed,
        "unchanged_records": snapshot.records.unchanged,
        "deleted_records": snapshot.records.deleted,
        "current_records": row_count(con, "raw", contract.id),
    }
    _insert(con, "snapshots", row)


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    columns = ", ".join(map(quote_identifier, row))
    values = ", ".join("?" * len(row))
    con.execute(
        f"insert into raw.{table} ({columns}, extracts_folder) values ({values}, {FOLDER_IN_USE})", list(row.values())
    ).fetchall()


@dataclass
class Rejects:
    """Lines of one file that could not be read, on their way into `raw.rejects`, a thousand at a time."""

    con: duckdb.DuckDBPyConnection
    load_id: int
    source: str
    file: str
    count: int = 0
    erased: int = 0
    _waiting: list[tuple[int, str, str]] = field(default_factory=list)
    _bytes: int = 0

    def add(self, line: int, raw: bytes, reason: str) -> None:
        """Keep one line. `raw` is its UTF-8 text."""
        self._waiting.append((line, raw.decode("utf-8", "backslashreplace"), reason))
        self._bytes += len(raw)
        self.count += 1
        if len(self._waiting) >= REJECTS_PER_INSERT or self._bytes >= REJECT_BYTES_PER_INSERT:
            self.flush()

    def add_selected(self, select: str) -> int:
        """Keep the (line, raw text, reason) rows of a query, and say how many they are."""
        if not self.con.execute(f"select 1 from ({select}) limit 1").fetchall():
            return 0  # nothing inserted first would hide what comes next: tests/upstream/test_duckdb_insert.py
        insert = f"insert into raw.rejects select ?, ?, ?, * from ({select})"
        added = int(self.con.execute(insert, [self.load_id, self.source, self.file]).fetchall()[0][0])
        self.count += added
        return added

    def add_erased(self, lines: Sequence[int]) -> None:
        """Say which lines were left out because the person was erased; nothing of what they say is kept."""
        self.con.execute(
            "insert into raw.rejects select ?, ?, ?, unnest(?), null, ?",
            [self.load_id, self.source, self.file, list(lines), ERASED],
        ).fetchall()
        self.erased += len(lines)

    def blank(self, lines: Sequence[int]) -> None:
        """Take the text out of rejected lines that are of somebody erased; they count as erased from now on."""
        if lines:
            self.con.execute(
                "update raw.rejects set raw_text = null, reason = ? where load_id = ? and list_contains(?, line)",
                [ERASED, self.load_id, list(lines)],
            ).fetchall()
            self.count -= len(lines)
            self.erased += len(lines)

    def flush(self) -> None:
        """Write what is waiting."""
        if self._waiting:
            columns = [list(column) for column in zip(*self._waiting, strict=True)]
            self.con.execute(
                "insert into raw.rejects select ?, ?, ?, unnest(?), unnest(?), unnest(?)",
                [self.load_id, self.source, self.file, *columns],
            ).fetchall()
            self._waiting.clear()
            self._bytes = 0

    def examples(self, most: int) -> list[str]:
        """The first rejects as `file, line n: reason`, without their text."""
        self.flush()
        query = "select file, line, reason from raw.rejects where load_id = ? and reason <> ? order by line limit ?"
        rows = self.con.execute(query, [self.load_id, ERASED, most]).fetchall()
        return [f"{file}, line {line}: {reason}" for file, line, reason in rows]
