"""What is written about every load: one row per file in `raw.loads`, one per unreadable line in `raw.rejects`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from dq_pipeline.adapters.ingest.files import Content
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ColumnPlan

REJECTS_PER_INSERT = 1_000
REJECT_BYTES_PER_INSERT = 16 << 20


@dataclass(frozen=True)
class Load:
    """One file loaded, as `raw.loads` has it."""

    load_id: int
    file: str
    content: Content
    loaded: int
    rejected: int
    encoding: str
    started_at: datetime
    finished_at: datetime
    plan: ColumnPlan


def next_load_id(con: duckdb.DuckDBPyConnection) -> int:
    """One more than any load there ever was, failed ones included."""
    return int(con.execute("select coalesce(max(load_id), 0) + 1 from raw.loads").fetchall()[0][0])


def loaded_hashes(con: duckdb.DuckDBPyConnection, contract: Contract) -> set[str]:
    """Content hashes of the files of this source that came from the extracts folder in use."""
    query = (
        "select content_hash from raw.loads where source = ? and status = 'loaded' "
        "and extracts_folder = (select any_value(folder) from raw.extracts_folder)"
    )
    return {content for (content,) in con.execute(query, [contract.id]).fetchall()}


def write_loads(con: duckdb.DuckDBPyConnection, contract: Contract, loads: Sequence[Load], run_id: str) -> None:
    """One row per file."""
    for load in loads:
        row = [
            load.load_id,
            contract.id,
            load.file,
            load.content.sha256,
            load.content.size,
            load.loaded + load.rejected,
        ]
        row += [load.loaded, load.rejected, load.encoding, load.started_at, load.finished_at]
        _insert(con, [*row, "loaded", "", run_id])


def write_failure(con: duckdb.DuckDBPyConnection, contract: Contract, problem: str, run_id: str, now: datetime) -> None:
    """One row for the source: nothing of it was loaded, and why."""
    row = [next_load_id(con), contract.id, None, None, None, 0, 0, 0, None, now, now]
    _insert(con, [*row, "failed", problem, run_id])


def _insert(con: duckdb.DuckDBPyConnection, row: list[object]) -> None:
    values = ", ".join("?" * len(row))
    folder = "(select any_value(folder) from raw.extracts_folder)"
    con.execute(f"insert into raw.loads values ({values}, {folder})", row).fetchall()


@dataclass
class Rejects:
    """Lines of one file that could not be read, on their way into `raw.rejects`, a thousand at a time."""

    con: duckdb.DuckDBPyConnection
    load_id: int
    source: str
    file: str
    count: int = 0
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
        insert = f"insert into raw.rejects select ?, ?, ?, * from ({select})"
        added = int(self.con.execute(insert, [self.load_id, self.source, self.file]).fetchall()[0][0])
        self.count += added
        return added

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
        query = "select file, line, reason from raw.rejects where load_id = ? order by line limit ?"
        rows = self.con.execute(query, [self.load_id, most]).fetchall()
        return [f"{file}, line {line}: {reason}" for file, line, reason in rows]
