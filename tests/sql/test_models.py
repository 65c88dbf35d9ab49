"""Runs every `tests/sql/<schema>/<table>/**/expect.csv` against its SQL model (see README.md here)."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.adapters.standardise import complete_source_records, parse_values
from dq_pipeline.adapters.warehouse import create_schemas, quote_identifier
from dq_pipeline.domain.canonical import RECORD_COLUMNS
from dq_pipeline.domain.contract import Contract
from dq_pipeline.settings import CONTRACTS
from tests.models import sql_models

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/*/**/expect.csv"))
SOURCE_RECORDS = "staging.source_records"


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return load_contracts(CONTRACTS)


@pytest.fixture(scope="module")
def models() -> dict[str, SqlModel]:
    return sql_models()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.relative_to(HERE).as_posix())
def test_model(case: Path, models: dict[str, SqlModel], contracts: dict[str, Contract]) -> None:
    schema, table = case.relative_to(HERE).parts[:2]
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        create_schemas(con)
        given = [_create_given(con, path, contracts) for path in sorted(case.glob("given_*.csv"))]
        as_of = case / "parse_as_of.txt"
        if as_of.exists():
            parse_values(con, contracts, as_of=date.fromisoformat(as_of.read_text().strip()))
        missing = {name: model for name, model in models.items() if name not in given}
        for model in upstream(missing, [f"{schema}.{table}"]):
            create_model_table(con, model)
        problem = _difference(con, case, f"{schema}.{table}")
        assert not problem, f"{case.relative_to(HERE).as_posix()}: {problem}"


def test_every_staging_model_has_a_case(models: dict[str, SqlModel]) -> None:
    tested = {".".join(case.relative_to(HERE).parts[:2]) for case in CASES}
    assert {model.table for model in models.values() if model.schema == "staging"} - tested == set()


def test_a_difference_prints_the_rows(tmp_path: Path) -> None:
    (tmp_path / "expect.csv").write_text("k,status\na:1,granted\na:2,denied\na:2,denied\na:3,\n")
    with duckdb.connect() as con:
        con.execute("create table t as from (values ('a:1', 'denied'), ('a:2', 'denied'), ('a:3', null)) v(k, status)")
        told = _difference(con, tmp_path, "t")
        con.execute("delete from t where k = 'a:1'")
        con.execute("insert into t values ('a:1', 'granted'), ('a:2', 'denied')")
        assert _difference(con, tmp_path, "t") == ""
    assert told.splitlines() == [
        "rows missing 2, rows too many 1",
        "  missing   k=a:1  status=granted",
        "  missing   k=a:2  status=denied",
        "  too many  k=a:1  status=denied",
    ]


def _create_given(con: duckdb.DuckDBPyConnection, path: Path, contracts: dict[str, Contract]) -> str:
    name = path.stem.removeprefix("given_")
    schema, table = name.split(".")
    defaults = RECORD_COLUMNS if name == SOURCE_RECORDS else {}
    columns, rows = _read(path, defaults)
    known = list(columns)
    if schema == "raw" and table in contracts:
        wanted = {column.name: "VARCHAR" for column in contracts[table].columns}
        wanted |= {"_load_id": "BIGINT", "_file": "VARCHAR", "_line": "BIGINT"}
        assert set(columns) <= set(wanted), f"{path}: no column of the contract: {set(columns) - set(wanted)}"
        columns = wanted | columns
    definitions = ", ".join(f"{quote_identifier(column)} {kind}" for column, kind in columns.items())
    con.execute(f"create schema if not exists {quote_identifier(schema)}")
    con.execute(f"create table {quote_identifier(schema)}.{quote_identifier(table)} ({definitions})")
    values = ", ".join(_typed(columns[column]) for column in known)
    names = ", ".join(quote_identifier(column) for column in known)
    for row in rows:
        con.execute(f"insert into {schema}.{quote_identifier(table)} ({names}) values ({values})", row)
    if name == SOURCE_RECORDS:
        complete_source_records(con)
    return name


def _typed(kind: str) -> str:
    nested = "[" in kind or kind.startswith("STRUCT")
    return f"cast(cast(? as json) as {kind})" if nested else f"cast(? as {kind})"


def _read(path: Path, defaults: dict[str, str]) -> tuple[dict[str, str], list[list[str | None]]]:
    """Column -> type from the header, and the rows with empty cells as None."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = [line for line in csv.reader(file) if line]
    columns = {}
    for title in header:
        name, _, kind = title.partition(":")
        columns[name] = kind or defaults.get(name, "VARCHAR")
    for number, line in enumerate(lines, 2):
        assert len(line) == len(columns), f"{path}, row {number}: {len(line)} cells for {len(columns)} columns"
    return columns, [[cell if cell != "" else None for cell in line] for line in lines]


def _difference(con: duckdb.DuckDBPyConnection, case: Path, table: str) -> str:
    """The rows that differ from `expect.csv`, one a line; empty when none does."""
    columns, expected = _read(case / "expect.csv", {})
    texts = ", ".join(f"{quote_identifier(column)}::varchar" for column in columns)
    got = Counter(con.execute(f"select {texts} from {table}").fetchall())
    wanted = Counter(map(tuple, expected))
    missing, surplus = list((wanted - got).elements()), list((got - wanted).elements())
    lines = [_line("missing ", columns, row) for row in missing] + [_line("too many", columns, row) for row in surplus]
    head = f"rows missing {len(missing)}, rows too many {len(surplus)}"
    return "\n".join([head, *sorted(lines)]) if lines else ""


def _line(kind: str, columns: dict[str, str], row: tuple[str | None, ...]) -> str:
    cells = "  ".join(f"{name}={value}" for name, value in zip(columns, row, strict=True))
    return f"  {kind}  {cells}"
