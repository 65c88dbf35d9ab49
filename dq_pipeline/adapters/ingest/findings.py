"""What stands out about a source's newest snapshot: its columns, its volume, its age. Names and counts, no values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from dq_pipeline.adapters.ingest.raw_tables import FOLDER_IN_USE
from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.volume import REMEMBERED, freshness_finding, volume_finding


@dataclass(frozen=True)
class Finding:
    """One check of a source: `problem` is empty when it passed; `facts` are what it looked at."""

    check: str
    problem: str
    facts: dict[str, Any]


# Check -> what it watches, in the order they are shown.
CHECKS = {
    "columns_as_contracted": "The files' columns are those of the contract; none is new, renamed, gone or moved.",
    "usual_volume": "The snapshot has about as many lines as those before it, and as many as the contract expects.",
    "extract_fresh": "The newest extract is no older than the contract promises.",
    "values_allowed": "Every drop-down holds one of the values that the contract lists.",
}


def source_findings(con: duckdb.DuckDBPyConnection, contract: Contract, *, now: datetime) -> list[Finding]:
    """Every check of `CHECKS` on the newest snapshot from the extracts folder in use; needs the raw tables."""
    snapshots = con.execute(
        f"select extracted_at, lines, load_ids from raw.snapshots where source = ? and not late and extracts_folder = "
        f"{FOLDER_IN_USE} order by snapshot_id desc limit {REMEMBERED + 1}",
        [contract.id],
    ).fetchall()
    extracted_at, lines, load_ids = snapshots[0] if snapshots else (None, 0, [])
    earlier = [row[1] for row in reversed(snapshots[1:])]
    return [
        _columns(con, load_ids, snapshots[1][2] if len(snapshots) > 1 else []),
        Finding(
            "usual_volume",
            volume_finding(contract, lines, earlier) if snapshots else "",
            {"lines": lines, "earlier_snapshots": len(earlier)},
        ),
        Finding(
            "extract_fresh",
            freshness_finding(contract, extracted_at, now),
            {"extracted_at": f"{extracted_at:%Y-%m-%d %H:%M}" if extracted_at else "never"},
        ),
        _drop_downs(con, contract),
    ]


def _columns(con: duckdb.DuckDBPyConnection, load_ids: list[int], before: list[int]) -> Finding:
    """Drift of the columns over all files of a snapshot.

    New and renamed columns are problems until the contract knows them; an optional column may be missing, and the
    order is free, so of these only a change since the snapshot `before` is one.
    """
    drift, usual = _drift(con, load_ids), _drift(con, before)
    gone = [name for name in drift["missing_columns"] if name not in usual["missing_columns"]]
    told = [
        f"{len(names)} {kind}: {', '.join(names)}"
        for kind, names in (
            ("new", drift["new_columns"]),
            ("renamed", drift["renamed_columns"]),
            ("no longer there", gone if before else []),
        )
        if names
    ]
    told += ["in another order than before"] if before and drift["reordered"] and not usual["reordered"] else []
    return Finding("columns_as_contracted", "; ".join(told), drift)


def _drift(con: duckdb.DuckDBPyConnection, load_ids: list[int]) -> dict[str, Any]:
    kinds = ("new_columns", "missing_columns", "renamed_columns")
    lists = ", ".join(f"list_sort(list_distinct(flatten(list({kind}))))" for kind in kinds)
    *found, reordered = con.execute(
        f"select {lists}, coalesce(bool_or(reordered), false) from raw.loads where list_contains(?, load_id)",
        [load_ids],
    ).fetchall()[0]
    return {**{kind: names or [] for kind, names in zip(kinds, found, strict=True)}, "reordered": reordered}


def _drop_downs(con: duckdb.DuckDBPyConnection, contract: Contract) -> Finding:
    """Current records whose value is none that the contract lists for its column; an empty value is none at all."""
    columns = [column for column in contract.columns if column.allowed_values]
    if not columns:
        return Finding("values_allowed", "", {})
    counts = ", ".join(
        f"count(*) filter (coalesce(trim({quote_identifier(column.name)}), '') <> '' "
        f"and not list_contains(?, trim({quote_identifier(column.name)})))"
        for column in columns
    )
    query = f"select {counts} from raw.{quote_identifier(contract.id)}"
    found = con.execute(query, [list(column.allowed_values) for column in columns]).fetchall()[0]
    wrong = {column.name: count for column, count in zip(columns, found, strict=True) if count}
    told = ", ".join(f"{count:,} in {name}" for name, count in wrong.items())
    return Finding("values_allowed", f"values that the contract does not list: {told}" if told else "", wrong)
