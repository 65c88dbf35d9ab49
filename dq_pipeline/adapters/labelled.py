"""Labelled sets: records with canonical column names, and the truth about which of them are one customer."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.errors import InputError

KEY = ("source_system", "source_record_id")
TRUTH_COLUMNS = (*KEY, "truth_id")


def load_records(con: duckdb.DuckDBPyConnection, path: Path, canonical: Sequence[str]) -> list[str]:
    """Load a CSV (plain or .gz) with canonical column names into `evaluation.records`, all text, trimmed.

    Returns the columns that are not canonical and were left out. Raises InputError naming the file when it cannot
    be read, lacks the key or a single attribute, or holds a key twice.
    """
    header = _header(path)
    _require(path, header, KEY)
    known = [name for name in header if name in canonical]
    if not known:
        raise InputError("has no canonical column", where=str(path), fix="name columns as docs/architecture.md does")
    columns = ", ".join(
        f"nullif(trim({quote_identifier(name)}), '') as {quote_identifier(name)}" for name in (*KEY, *known)
    )
    con.execute("create schema if not exists evaluation")
    _read(con, path, f"create or replace table evaluation.records as select {columns} from {_scan(path, header)}")
    _reject_bad_keys(con, path, "evaluation.records")
    return [name for name in header if name not in canonical and name not in KEY]


def load_truth(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Load `source_system, source_record_id, truth_id` into `evaluation.truth`.

    Raises InputError when the file cannot be read or does not speak of exactly the records loaded.
    """
    header = _header(path)
    _require(path, header, TRUTH_COLUMNS)
    columns = ", ".join(quote_identifier(name) for name in TRUTH_COLUMNS)
    _read(con, path, f"create or replace table evaluation.truth as select {columns} from {_scan(path, header)}")
    _reject_bad_keys(con, path, "evaluation.truth")
    unknown, untold = con.execute(
        "select count(*) filter (r.source_record_id is null), count(*) filter (t.source_record_id is null) "
        "from evaluation.records as r full join evaluation.truth as t using (source_system, source_record_id)"
    ).fetchall()[0]
    if unknown or untold:
        raise InputError(
            f"{unknown} truth lines name no record, {untold} records have no truth",
            where=str(path),
            fix="records and truth must speak of the same source_system and source_record_id",
        )


def _header(path: Path) -> list[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except FileNotFoundError:
        raise InputError("does not exist", where=str(path), fix="check the path") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read ({type(error).__name__})", where=str(path), fix="give a UTF-8 CSV, plain or .gz"
        ) from None
    if len(set(header)) != len(header) or "" in header:
        raise InputError("has empty or repeated column names", where=str(path), fix="name each column once")
    return header


def _require(path: Path, header: Sequence[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(f"lacks the column {', '.join(missing)}", where=str(path), fix="add it, or rename yours")


def _scan(path: Path, header: Sequence[str]) -> str:
    columns = ", ".join(f"{quote_literal(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({quote_literal(str(path))}, columns = {{{columns}}}, header = true, auto_detect = false, "
        "delim = ',', quote = '\"', escape = '\"')"
    )


def _read(con: duckdb.DuckDBPyConnection, path: Path, statement: str) -> None:
    try:
        con.execute(statement)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
        line = next((part for part in str(error).splitlines() if "ine" in part and ":" in part), "")
        where = (
            f"{path}, {line.partition('Original')[0].strip()}" if line.startswith("CSV Error on Line") else str(path)
        )
        raise InputError("is no well-formed CSV", where=where, fix="mend the line and try again") from None


def _reject_bad_keys(con: duckdb.DuckDBPyConnection, path: Path, table: str) -> None:
    empty, rows, keys = con.execute(
        "select count(*) filter (source_system is null or source_record_id is null), count(*), "
        f"count(distinct (source_system, source_record_id)) from {table}"
    ).fetchall()[0]
    if rows == 0:
        raise InputError("holds no lines", where=str(path), fix="give at least two records")
    if empty or rows != keys:
        raise InputError(
            f"{empty} lines without a key, {rows - keys} keys more than once",
            where=str(path),
            fix="each line needs its own source_system and source_record_id",
        )
