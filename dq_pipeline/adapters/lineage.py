"""The lineage of the whole project, from its contracts, its SQL models and what Python tables are declared to hold.

Everything is bound on an empty copy of the tables in memory, so it needs no warehouse, works before the first run and
says at once which SQL file would not run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from itertools import chain

import duckdb

from dq_pipeline.adapters.parsed_tables import COUNTRIES, VALUES, ParsedTable
from dq_pipeline.adapters.query_plan import PlanError, QueryColumn, query_columns
from dq_pipeline.adapters.sql_models import SqlModel, tables_read
from dq_pipeline.adapters.warehouse import create_schemas, quote_identifier
from dq_pipeline.domain.canonical import RECORD_COLUMNS
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.lineage import Column, Dependency, Lineage, Origin
from dq_pipeline.domain.made_tables import MadeColumn, MadeTables
from dq_pipeline.errors import ConfigurationError

PARSED = {f"staging.{table.name}": table for table in (COUNTRIES, *VALUES)}
SOURCE_RECORDS = "staging.source_records"
_CONSTANT = "a constant or a count of rows"
_POSITION = {"_load_id": "BIGINT", "_file": "VARCHAR", "_line": "BIGINT"}

Columns = Mapping[str, Origin]


def project_lineage(
    contracts: Mapping[str, Contract],
    models: Mapping[str, SqlModel],
    made: MadeTables,
    mixed: Mapping[Column, str] | None = None,
) -> Lineage:
    """The origin of every column of `raw.<contract>`, the models, the parsed tables and the tables of `made`.

    `mixed`: columns of models that hold values of many columns, and what they mean to a column that uses them.
    Raises ConfigurationError naming every SQL file that DuckDB cannot bind to the columns that are there.
    """
    tables = _tables(contracts, models, made)
    problems: list[str] = []
    with duckdb.connect() as con:
        catalogue = _Catalogue(con, mixed or {})
        for name in _order(tables):
            if tables[name].reads & catalogue.broken:
                catalogue.broken.add(name)
                continue
            try:
                catalogue.add(name, tables[name].columns(catalogue))
            except (PlanError, duckdb.Error) as error:
                catalogue.broken.add(name)
                problems.append(f"{models[name].file if name in models else name}: {str(error).splitlines()[0]}")
    if problems:
        raise ConfigurationError(
            "column lineage cannot be told",
            where="dbt_like_sql",
            problems=tuple(problems),
            fix="a column of an extract must stand on its contract page, one of a table in the SQL file that makes it",
        )
    return Lineage(catalogue.origins, frozenset(catalogue.lookups))


@dataclass
class _Catalogue:
    """The tables so far, empty, in a database of their own, and the origin of their columns."""

    con: duckdb.DuckDBPyConnection
    mixed: Mapping[Column, str]
    origins: dict[Column, Origin] = field(default_factory=dict)
    lookups: dict[str, tuple[str, ...]] = field(default_factory=lambda: {n: t.keys for n, t in PARSED.items()})
    broken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        create_schemas(self.con)

    def add(self, table: str, columns: Columns) -> None:
        self.create(table, {name: origin.type for name, origin in columns.items()})
        for name, origin in columns.items():
            column = Column(table, name)
            meaning = self.mixed.get(column)
            self.origins[column] = replace(origin, made=meaning, mixed=True) if meaning else origin
        self._note_lookup(table, columns)

    def create(self, table: str, types: Mapping[str, str]) -> None:
        target = ".".join(map(quote_identifier, table.split(".")))
        typed = ", ".join(f"{quote_identifier(name)} {data_type}" for name, data_type in types.items())
        self.con.execute(f"create table if not exists {target} ({typed})")

    def columns(self, sql: str) -> list[QueryColumn]:
        return query_columns(self.con, sql, self.lookups)

    def _note_lookup(self, table: str, columns: Columns) -> None:
        """A table that hands on the keys of a lookup table, row by row, is one too."""
        handed_on = {origin.upstream[0]: name for name, origin in columns.items() if len(origin.upstream) == 1}
        for lookup, keys in list(self.lookups.items()):
            names = [handed_on.get(Dependency(Column(lookup, key))) for key in keys]
            if all(names):
                self.lookups[table] = tuple(name for name in names if name)


@dataclass(frozen=True)
class _Table:
    """`reads`: the tables to add to the catalogue before its columns can be told."""

    reads: frozenset[str]
    columns: Callable[[_Catalogue], Columns]


def _order(tables: Mapping[str, _Table]) -> list[str]:
    graph = {name: sorted(table.reads & set(tables) - {name}) for name, table in tables.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise ConfigurationError(
            f"tables are made from each other: {circle}",
            where="dbt_like_sql",
            fix="break the circle in one of the files",
        ) from None


def _tables(contracts: Mapping[str, Contract], models: Mapping[str, SqlModel], made: MadeTables) -> dict[str, _Table]:
    customers = [f"staging.{contract.id}" for contract in contracts.values() if contract.kind == "customers"]
    tables = {f"raw.{contract.id}": _raw_table(contract) for contract in contracts.values()}
    tables |= {model.table: _model_table(model) for model in models.values()}
    tables |= {name: _parsed_table(name, table) for name, table in PARSED.items()}
    tables |= {name: _made_table(columns) for name, columns in made.items()}
    tables[SOURCE_RECORDS] = _Table(frozenset(customers), lambda catalogue: _source_records(catalogue, customers))
    return tables


def _raw_table(contract: Contract) -> _Table:
    names = {column.name: "VARCHAR" for column in contract.columns} | _POSITION
    columns = {
        name: Origin(data_type, made="where the line stands" if name in _POSITION else "")
        for name, data_type in names.items()
    }
    return _Table(frozenset(), lambda _: columns)


def _model_table(model: SqlModel) -> _Table:
    def columns(catalogue: _Catalogue) -> Columns:
        return {
            column.name: Origin(column.type, column.upstream, "" if column.upstream else _CONSTANT)
            for column in catalogue.columns(model.sql)
        }

    return _Table(frozenset(model.reads), columns)


def _parsed_table(name: str, table: ParsedTable) -> _Table:
    """The keys are the distinct values read; every answer of the parser is computed from all of them."""

    def columns(catalogue: _Catalogue) -> Columns:
        catalogue.create(name, table.columns)  # a parser may be asked again for what it answered itself
        keys = {
            column.name: tuple(d for d in column.upstream if d.column.table != name)
            for column in catalogue.columns(table.values)
        }
        read = tuple(sorted(set(chain.from_iterable(keys.values()))))
        found = {}
        for column, data_type in table.columns.items():
            upstream = keys.get(column, () if column == "parser_version" else read)
            made = _CONSTANT if column in keys else "read by the parser"
            found[column] = Origin(data_type, upstream, "" if column in keys and upstream else made)
        return found

    return _Table(frozenset(tables_read(table.values)), columns)


def _made_table(made: Mapping[str, MadeColumn]) -> _Table:
    def columns(catalogue: _Catalogue) -> Columns:
        return {name: _made_column(catalogue, column) for name, column in made.items()}

    return _Table(frozenset(source.table for column in made.values() for source in column.upstream), columns)


def _made_column(catalogue: _Catalogue, column: MadeColumn) -> Origin:
    unknown = [source for source in column.upstream if source not in catalogue.origins]
    if unknown:
        raise PlanError(f"is declared to come from {unknown[0]}, which is not there")
    data_type = column.type or catalogue.origins[column.upstream[0]].type
    return Origin(data_type, tuple(map(Dependency, column.upstream)), column.made)


def _source_records(catalogue: _Catalogue, sources: Sequence[str]) -> Columns:
    """The union of the sources by column name, and what the pipeline adds."""
    found = {
        name: Origin(data_type, tuple(_of_sources(catalogue, sources, name)), "")
        for name, data_type in RECORD_COLUMNS.items()
    }
    key = (*found["source_system"].upstream, *found["source_record_id"].upstream)
    found["record_key"] = Origin("VARCHAR", key, "source_system:source_record_id")
    found["contract_id"] = Origin("VARCHAR", made="the contract's id")
    return {
        name: origin if origin.upstream or origin.made else Origin(origin.type, made="no source has it")
        for name, origin in found.items()
    }


def _of_sources(catalogue: _Catalogue, sources: Sequence[str], name: str) -> Iterator[Dependency]:
    for source in sources:
        if Column(source, name) in catalogue.origins:
            yield Dependency(Column(source, name))
