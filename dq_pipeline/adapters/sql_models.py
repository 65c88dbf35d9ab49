"""SQL models: plain SELECTs in files. The folder is the schema, the file is the table.

What a model reads is found by parsing it with DuckDB's own parser, so the parser that decides the order is the
one that runs the statement.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.warehouse import column_schema, quote_identifier
from dq_pipeline.errors import ConfigurationError

# A line of the header comment that has a model made as a view: for what is only looked up, as millions of facts.
_AS_VIEW = "-- materialized: view"
_BY_KEY = re.compile(r"-- materialized: by (\w+)")
_BY_CHANGES = re.compile(r"-- materialized: changes by (\w+)")
_PLACE = re.compile(r"[A-Za-z_]\w*/[A-Za-z_]\w*\.sql", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class SqlModel:
    """One file: `table` is `schema.table`, `reads` the tables it selects from, sorted; `views`: those of them that are
    made as views by models."""

    table: str
    path: Path
    sql: str
    description: str
    reads: tuple[str, ...]
    views: tuple[SqlModel, ...] = ()

    @property
    def file(self) -> str:
        """`schema/table.sql`."""
        return "/".join(self.path.parts[-2:])

    @property
    def schema(self) -> str:
        return self.table.split(".")[0]

    @property
    def name(self) -> str:
        return self.table.split(".")[1]

    @property
    def target(self) -> str:
        """The table as SQL names it."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"

    @property
    def is_view(self) -> bool:
        """Whether the header comment says `materialized: view`."""
        return _AS_VIEW in _header_lines(self.sql)

    @property
    def row_key(self) -> str | None:
        """The column named by the header comment `materialized: by <column>`, which tells what a row follows from."""
        return next((found[1] for line in _header_lines(self.sql) if (found := _BY_KEY.fullmatch(line))), None)

    @property
    def change_key(self) -> str | None:
        """The column named by the header comment `materialized: changes by <column>`, if there is one."""
        return next((found[1] for line in _header_lines(self.sql) if (found := _BY_CHANGES.fullmatch(line))), None)


def load_sql_models(
    folder: Path,
    *,
    known_tables: Iterable[str] = (),
    made_elsewhere: Iterable[str] = (),
    schemas: Collection[str] = (),
) -> dict[str, SqlModel]:
    """Every `<schema>/<table>.sql` under `folder`, in an order in which each comes after what it reads.

    A model may read other models, `known_tables` and `made_elsewhere`; the last are tables that the pipeline itself
    writes, so no file may. `schemas`: the folders allowed (none given: any). Letter case does not tell tables apart.
    Raises ConfigurationError with every problem, each by its file: not UTF-8, empty, no single SELECT, out of place,
    second file of one table, a table the pipeline writes itself, reads an unknown table, in a circle.
    """
    problems: list[str] = []
    models, broken = _read_models(folder, schemas, problems)
    reserved = {table.lower(): table for table in made_elsewhere}
    problems += [
        f"{model.file}: the pipeline itself writes {reserved[key]}; give the file another name"
        for key, model in models.items()
        if key in reserved
    ]
    known = {table.lower(): table for table in known_tables} | reserved | {k: m.table for k, m in models.items()}
    for model in models.values():
        problems += _unknown_reads(model, known, broken)
    named = {
        model.table: replace(model, reads=tuple(sorted({known.get(r.lower(), r) for r in model.reads})))
        for model in models.values()
    }
    order, circles = _ordered(named)
    if problems + circles:
        raise ConfigurationError(
            "SQL models cannot be used",
            where=folder.name,
            problems=(*problems, *circles),
            fix="each file <schema>/<table>.sql holds one SELECT that reads schema-qualified tables which exist",
        )
    models = {}
    for table in order:
        views = tuple(models[read] for read in named[table].reads if read in models and models[read].is_view)
        models[table] = replace(named[table], views=views)
    return models


def create_model_table(con: duckdb.DuckDBPyConnection, model: SqlModel) -> None:
    """(Re)create the model's table, or view, from its SELECT.

    Raises ConfigurationError naming the file when DuckDB refuses the statement.
    """
    with refusals_of(model):
        _drop_of_other_kind(con, model)
        con.execute(f"create or replace {'view' if model.is_view else 'table'} {model.target} as {model.sql}")


def same_columns(con: duckdb.DuckDBPyConnection, model: SqlModel) -> bool:
    """Whether the model's table is there, a table, with the columns that its SELECT has now."""
    found = con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = ? and table_name = ?",
        [model.schema, model.name],
    ).fetchall()
    stored = column_schema(con, model.schema, model.name)
    return bool(found) and stored == [(n, k) for n, k, *_ in con.execute(f"describe {model.sql}").fetchall()]


@contextmanager
def refusals_of(model: SqlModel) -> Iterator[None]:
    """What DuckDB says of the model's SELECT, as a ConfigurationError that names the file and no value."""
    try:
        yield
    except (duckdb.DataError, duckdb.InvalidInputException) as error:
        # DuckDB's own words quote the value, which is a customer's.
        raise ConfigurationError(
            f"the SELECT fails on a value ({type(error).__name__})",
            where=str(model.path),
            fix="use try_cast, try_strptime or try(…), which give NULL where a value does not fit",
        ) from None
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise ConfigurationError(
            f"DuckDB refuses the SELECT: {_first_line(str(error))}",
            where=str(model.path),
            fix="paste the file into a DuckDB shell opened on the warehouse to see where",
        ) from error


def _drop_of_other_kind(con: duckdb.DuckDBPyConnection, model: SqlModel) -> None:
    """A table gives way to a view of its name and a view to a table: `or replace` covers one kind only."""
    kind, listed = ("table", "duckdb_tables()") if model.is_view else ("view", "duckdb_views()")
    found = con.execute(
        f"select 1 from {listed} where database_name = current_database() and schema_name = ? and {kind}_name = ?",
        [model.schema, model.name],
    ).fetchall()
    if found:
        con.execute(f"drop {kind} {model.target}")


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


def tables_read(sql: str) -> set[str]:
    """The tables a SELECT reads, as it names them, without its own common table expressions."""
    with duckdb.connect() as con:
        return _tables_in(json.loads(con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0][0]))


def _read_models(
    folder: Path, schemas: Collection[str], problems: list[str]
) -> tuple[dict[str, SqlModel], frozenset[str]]:
    """The models by lower-case table name, and the tables whose files have a problem (added to `problems`)."""
    models: dict[str, SqlModel] = {}
    broken = set()
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".sql" and path.is_file())
    if not files:
        problems.append("there is no SQL file")
    with duckdb.connect() as con:
        for path in files:
            file = path.relative_to(folder).as_posix()
            table = file[: -len(".sql")].replace("/", ".")
            twin = models.get(table.lower())
            try:
                if not _PLACE.fullmatch(file):
                    raise ConfigurationError("must lie at <schema>/<table>.sql, names of letters, digits and _")
                if schemas and table.split(".")[0] not in schemas:
                    raise ConfigurationError(f"its folder must be one of {', '.join(schemas)}")
                if twin:
                    raise ConfigurationError(f"makes the same table as {twin.file}")
                models[table.lower()] = _read_model(con, table, path)
            except ConfigurationError as error:
                problems.append(f"{file}: {error.message}")
                broken.add(table.lower())
    return models, frozenset(broken)


def _read_model(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> SqlModel:
    try:
        sql = path.read_text(encoding="utf-8-sig").strip().rstrip(";")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"is not UTF-8 (byte {error.start})") from None
    parsed = json.loads(con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0][0])
    if parsed["error"]:
        raise ConfigurationError(f"is no SELECT: {_first_line(parsed['error_message'])}")
    if len(parsed["statements"]) != 1:
        count = len(parsed["statements"])
        raise ConfigurationError(f"holds {count} statements, not one" if count else "is empty")
    reads = _tables_in(parsed["statements"][0]["node"])
    bare = sorted(table for table in reads if "." not in table)
    if bare:
        raise ConfigurationError(f"reads tables without a schema: {', '.join(bare)}")
    return SqlModel(table, path, sql, _header_comment(sql), tuple(sorted(reads)))


def _tables_in(statement: Any) -> set[str]:
    """Names of the base tables a serialised statement reads, without its own common table expressions."""
    tables: set[str] = set()
    ctes: set[str] = set()
    for node in nodes_of(statement):
        ctes.update(entry["key"] for entry in node.get("cte_map", {}).get("map", []))
        if node.get("type") == "BASE_TABLE":
            schema, name = node.get("schema_name"), node["table_name"]
            tables.add(f"{schema}.{name}" if schema else name)
    return tables - ctes


def nodes_of(node: Any) -> Iterator[dict[str, Any]]:
    """Every node of a serialised statement."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _unknown_reads(model: SqlModel, known: Mapping[str, str], broken: frozenset[str]) -> Iterator[str]:
    for table in model.reads:
        if table.lower() not in known and table.lower() not in broken:
            close = get_close_matches(table.lower(), known, n=1)
            hint = f"; did you mean {known[close[0]]}?" if close else ""
            yield f"{model.file}: reads {table}, which nothing makes{hint}"


def _ordered(models: Mapping[str, SqlModel]) -> tuple[list[str], list[str]]:
    """The tables in order, and every circle as a sentence."""
    graph = {table: [read for read in model.reads if read in models] for table, model in models.items()}
    circles: list[str] = []
    while True:
        try:
            return list(TopologicalSorter(graph).static_order()), circles
        except CycleError as error:
            circle = [models[table].file for table in reversed(error.args[1])]
            circles.append(f"{circle[0]}: reads itself by way of " + " -> ".join(circle))
            graph = {table: reads for table, reads in graph.items() if table not in error.args[1]}
            graph = {table: [read for read in reads if read in graph] for table, reads in graph.items()}


def _header_comment(sql: str) -> str:
    lines = (line.removeprefix("--").strip() for line in _header_lines(sql) if not _is_directive(line))
    return "\n".join(lines).strip()


def _is_directive(line: str) -> bool:
    return line == _AS_VIEW or any(kind.fullmatch(line) for kind in (_BY_KEY, _BY_CHANGES))


def _header_lines(sql: str) -> list[str]:
    return [line.rstrip() for line in takewhile(lambda line: line.startswith("--"), sql.splitlines())]


def _first_line(text: str) -> str:
    return text.splitlines()[0]
