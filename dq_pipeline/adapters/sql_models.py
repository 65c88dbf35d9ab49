"""SQL models: plain SELECTs in files. The folder is the schema, the file is the table.

What a model reads is found by parsing it with DuckDB's own parser, so the parser that decides the order is the
one that runs the statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.errors import ConfigurationError


@dataclass(frozen=True)
class SqlModel:
    """One file: `table` is `schema.table`, `reads` the tables it selects from, sorted."""

    table: str
    path: Path
    sql: str
    description: str
    reads: tuple[str, ...]

    @property
    def schema(self) -> str:
        return self.table.split(".")[0]

    @property
    def name(self) -> str:
        return self.table.split(".")[1]


def load_sql_models(folder: Path, *, known_tables: Iterable[str] = ()) -> dict[str, SqlModel]:
    """Every `<schema>/<table>.sql` under `folder`, in an order in which each comes after what it reads.

    `known_tables` are the tables made elsewhere (`raw.x`, …); a model may read those and other models only.
    Raises ConfigurationError naming every file that is empty, no single SELECT, in a cycle or reads an unknown
    table.
    """
    models: dict[str, SqlModel] = {}
    problems: list[str] = []
    with duckdb.connect() as con:
        for path in sorted(folder.glob("**/*.sql")):
            try:
                model = _read_model(con, folder, path)
            except ConfigurationError as error:
                problems.append(str(error))
                continue
            models[model.table] = model
    problems += _unknown_reads(models, set(known_tables))
    if problems:
        raise ConfigurationError(
            "SQL models cannot be used",
            where=folder.name,
            problems=tuple(problems),
            fix="each file holds one SELECT that reads schema-qualified tables which exist",
        )
    return {table: models[table] for table in _order(models, folder)}


def create_model_table(con: duckdb.DuckDBPyConnection, model: SqlModel) -> int:
    """(Re)create the model's table from its SELECT; returns its number of rows.

    Raises ConfigurationError naming the file when DuckDB refuses the statement.
    """
    target = f"{quote_identifier(model.schema)}.{quote_identifier(model.name)}"
    try:
        con.execute(f"create or replace table {target} as {model.sql}")
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise ConfigurationError(
            f"DuckDB refuses the SELECT: {_first_line(error)}",
            where=str(model.path),
            fix="paste the file into a DuckDB shell opened on the warehouse to see where",
        ) from error
    return int(con.execute(f"select count(*) from {target}").fetchall()[0][0])


def upstream(models: Mapping[str, SqlModel], targets: Iterable[str]) -> list[SqlModel]:
    """The models needed to build `targets`, themselves included, in the order of `models`."""
    wanted: set[str] = set()
    pending = list(targets)
    while pending:
        table = pending.pop()
        if table in models and table not in wanted:
            wanted.add(table)
            pending.extend(models[table].reads)
    return [model for table, model in models.items() if table in wanted]


def _read_model(con: duckdb.DuckDBPyConnection, folder: Path, path: Path) -> SqlModel:
    relative = path.relative_to(folder)
    where = relative.as_posix()
    if len(relative.parts) != 2:
        raise ConfigurationError("must lie at <schema>/<table>.sql", where=where)
    try:
        sql = path.read_text(encoding="utf-8").strip().rstrip(";")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"is not UTF-8 (byte {error.start})", where=where) from None
    if not _without_comments(sql):
        raise ConfigurationError("is empty", where=where)
    parsed = json.loads(con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0][0])
    if parsed["error"]:
        raise ConfigurationError(f"is no SELECT: {parsed['error_message']}", where=where)
    if len(parsed["statements"]) != 1:
        raise ConfigurationError(f"holds {len(parsed['statements'])} statements, not one", where=where)
    reads = _tables_read(parsed["statements"][0]["node"])
    bare = sorted(table for table in reads if "." not in table)
    if bare:
        raise ConfigurationError(f"reads tables without a schema: {', '.join(bare)}", where=where)
    table = f"{relative.parts[0]}.{path.stem}"
    return SqlModel(table, path, sql, _header_comment(sql), tuple(sorted(reads)))


def _tables_read(statement: Any) -> set[str]:
    """Names of the base tables a serialised statement reads, without its own common table expressions."""
    tables: set[str] = set()
    ctes: set[str] = set()
    for node in _walk(statement):
        ctes.update(entry["key"] for entry in node.get("cte_map", {}).get("map", []))
        if node.get("type") == "BASE_TABLE":
            schema, name = node["schema_name"], node["table_name"]
            tables.add(f"{schema}.{name}" if schema else name)
    return tables - ctes


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)


def _unknown_reads(models: Mapping[str, SqlModel], known: set[str]) -> list[str]:
    return [
        f"{model.schema}/{model.name}.sql: reads {table}, which nothing makes"
        for model in models.values()
        for table in model.reads
        if table not in models and table not in known
    ]


def _order(models: Mapping[str, SqlModel], folder: Path) -> list[str]:
    graph = {table: [read for read in model.reads if read in models] for table, model in models.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ConfigurationError(
            "SQL models read each other in a circle: " + " -> ".join(error.args[1]),
            where=folder.name,
            fix="break the circle in one of these files",
        ) from None


def _header_comment(sql: str) -> str:
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return "\n".join(lines).strip()


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.strip().startswith("--")).strip()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
