"""What every reader is given, and what it hands to the loader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_pipeline.adapters.ingest.ledger import Rejects
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ColumnPlan, plan_columns
from dq_pipeline.errors import InputError

# DuckDB's default, below which its read buffers need not grow.
DUCKDB_LONGEST_LINE_BYTES = 2 << 20


@dataclass(frozen=True)
class Extract:
    """One file to read: `name` is shown and stored, `scratch` may be written, `con` is in the transaction."""

    con: duckdb.DuckDBPyConnection
    contract: Contract
    path: Path
    name: str
    scratch: Path
    rejects: Rejects


@dataclass(frozen=True)
class Prepared:
    """Lines that DuckDB can load: the SQL `relation` has `_line BIGINT`; column i of the plan is
    `expressions[i]` over it. `lines`: rows that the relation must have.
    """

    plan: ColumnPlan
    relation: str
    expressions: Sequence[str]
    lines: int
    encoding: str = ""


def checked_plan(extract: Extract, found: Sequence[str]) -> ColumnPlan:
    """The plan of a file's columns. Raises InputError with every problem the names have."""
    plan = plan_columns(extract.contract, found)
    if plan.problems:
        raise InputError(
            "the columns are not those of the contract",
            where=extract.name,
            problems=plan.problems,
            fix="export with the contract's column names, or bring the contract up to date",
        )
    return plan


def no_lines(extract: Extract) -> InputError:
    """The error for a file that has columns but no data."""
    return InputError(
        "the file has no data lines",
        where=extract.name,
        fix="check the export; remove the file if there was nothing to export",
    )
