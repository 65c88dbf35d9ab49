"""A `staging.parsed_*` table brought up to date: new values parsed, the answers to values nobody has any more removed.

Values that left the sources leave the table too: a person erased there must not live on here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import duckdb

from dq_pipeline.adapters.parsed_tables import ParsedTable
from dq_pipeline.adapters.reading_conventions import FORMER_CONTEXT
from dq_pipeline.adapters.source_changes import CAME, WENT
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 100_000


def refresh_answers(
    con: duckdb.DuckDBPyConnection, table: ParsedTable, release: str, parse: Callable[..., Any], *, changes_only: bool
) -> int:
    """Make the table hold exactly the distinct values of now; returns how many had to be parsed.

    `release`: the version of the parsers; answers of another one are given anew. `changes_only`: the table holds
    exactly the values there were before the rows of CAME came and those of WENT went, by the same release.
    """
    name, keys = f"staging.{table.name}", ", ".join(table.keys)
    if dict(column_schema(con, "staging", table.name)) != table.columns:
        columns = ", ".join(f"{quote_identifier(column)} {kind}" for column, kind in table.columns.items())
        con.execute(f"create or replace table {name} ({columns})")
        changes_only = False
    if changes_only:
        _match_changes(con, table)
    else:
        con.execute(f"delete from {name} where parser_version <> ?", [release])
        _match_everything(con, table)
    new = con.sql(f"select {keys} from unmatched_values where is_new").to_arrow_table()
    con.execute(f"delete from {name} where ({keys}) in (select ({keys}) from unmatched_values where not is_new)")
    for chunk in _answers(table, new, release, parse):
        con.register("parsed_chunk", chunk)
        con.execute(f"insert into {name} by name select * from parsed_chunk")
        con.unregister("parsed_chunk")
    con.execute("drop table unmatched_values")
    return int(new.num_rows)


def _match_everything(con: duckdb.DuckDBPyConnection, table: ParsedTable) -> None:
    """Make `unmatched_values`: the keys, and `is_new`, of values without an answer and answers without a value.

    One pass for both questions, over values as often as they occur: few are new, few are gone, and only these few are
    made distinct.
    """
    same = " and ".join(f"wanted.{key} = known.{key}" for key in table.keys)
    con.execute(
        f"create or replace temp table unmatched_values as "
        f"select distinct {', '.join(f'coalesce(wanted.{key}, known.{key}) as {key}' for key in table.keys)}, "
        f"known.raw is null as is_new from (select * from ({table.values}) where raw <> '') as wanted "
        f"full join staging.{table.name} as known on {same} where wanted.raw is null or known.raw is null"
    )


def _match_changes(con: duckdb.DuckDBPyConnection, table: ParsedTable) -> None:
    """The same from the rows that came and went: a value in both is neither new nor gone."""
    keys = ", ".join(table.keys)
    gone = table.values_in(WENT).replace("staging.reading_context", FORMER_CONTEXT)
    for name, values in (("values_come", table.values_in(CAME)), ("values_gone", gone)):
        con.execute(f"create or replace temp table {name} as select distinct {keys} from ({values}) where raw <> ''")
    known = f"select {keys} from staging.{table.name}"
    # Each time the many are streamed past the few, whose hash table is small: semi joins, never anti joins of the many.
    con.execute("create or replace temp table values_fresh as from values_come except from values_gone")
    con.execute(
        "create or replace temp table values_left as "
        f"select distinct {keys} from ({known}) semi join (from values_gone except from values_come) using ({keys})"
    )
    in_use = f"select {keys} from values_left where false"
    if con.execute("select 1 from values_left limit 1").fetchall():
        in_use = f"select {keys} from ({table.values}) semi join values_left using ({keys})"
    con.execute(
        "create or replace temp table unmatched_values as "
        f"select *, true as is_new from (from values_fresh except ({known} semi join values_fresh using ({keys}))) "
        f"union all select *, false from (from values_left except ({in_use}))"
    )


def _answers(table: ParsedTable, values: pa.Table, release: str, parse: Callable[..., Any]) -> Iterator[pa.Table]:
    """The values in chunks, with what the parser makes of each."""
    import pyarrow as pa

    kinds = {
        "VARCHAR": pa.string(),
        "BOOLEAN": pa.bool_(),
        "SMALLINT": pa.int16(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "VARCHAR[]": pa.list_(pa.string()),
        "DATE[]": pa.list_(pa.date32()),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in table.columns.items()])
    for start in range(0, values.num_rows, _CHUNK):
        keys = [column.to_pylist() for column in values.slice(start, _CHUNK).columns]
        answers = zip(*map(parse, *keys), strict=True)
        columns = [*keys, *answers, [release] * len(keys[0])]
        yield pa.table(
            [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)], schema=schema
        )
