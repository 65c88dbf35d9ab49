"""What stewards decided about pairs of records, as linkage obeys it: which decisions can hold, which contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from dq_pipeline.adapters.linkage.records import NUMBER
from dq_pipeline.adapters.linkage.state import STATES, WAREHOUSE
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.clustering import IntArray, settle

# NUMBERs `l`, `r` and the `verdict` of the decisions obeyed now, of one population.
DECIDED = "dq_link_decided"
# NUMBER of the records of decisions that came or went since the last linkage.
REDECIDED = "dq_link_redecided"


@dataclass(frozen=True)
class Decided:
    """Record numbers, one row a decision: what must be one customer, but for decisions that others contradict, and what
    must not."""

    together: IntArray
    apart: IntArray


def read_decisions(
    con: duckdb.DuckDBPyConnection, warehouse: Path, *, fresh: bool, heirs: Sequence[tuple[str, str]] = ()
) -> Decided:
    """Make DECIDED and REDECIDED from the decisions of the warehouse of which both records are in STATES; the others
    wait. `fresh`: as if none had been obeyed before. `heirs`: (former key, key) of records that have a new one."""
    con.execute("create or replace temp table dq_link_heirs (former_key varchar, heir_key varchar)")
    if heirs:
        con.executemany("insert into dq_link_heirs values (?, ?)", [list(heir) for heir in heirs])
    con.execute(f"attach {quote_literal(str(warehouse))} as {WAREHOUSE} (read_only)")
    try:
        _make(con, "dq_link_said", "stewardship", "link_decisions")
        _make(con, "dq_link_obeyed", "linkage", "" if fresh else "applied_decisions")
    finally:
        con.execute(f"detach {WAREHOUSE}")
    size = int(con.execute(f"select count(*) from {STATES}").fetchall()[0][0])
    together, apart = (_numbers(con, verdict) for verdict in ("same", "different"))
    decided = Decided(together[settle(together, apart, size).kept], apart)
    _keep(con, decided)
    con.execute(
        f"""
        create or replace table {REDECIDED} as
        with now as (select l, r, verdict from {DECIDED}), before as (select l, r, verdict from dq_link_obeyed),
        differ as ((from now except from before) union all (from before except from now))
        select l as {NUMBER} from differ where l is not null union select r from differ where r is not null
        """
    )
    return decided


def _make(con: duckdb.DuckDBPyConnection, name: str, schema: str, table: str) -> None:
    """Decisions by record number, NULL for a record that is not there; none when there is no such table."""
    exists = con.execute(
        "select count(*) from information_schema.tables "
        "where table_catalog = ? and table_schema = ? and table_name = ?",
        [WAREHOUSE, schema, table],
    ).fetchall()[0][0]
    source = "(select '' as left_key, '' as right_key, '' as verdict where false)"
    if exists:
        source = f"{WAREHOUSE}.{schema}.{table}"
    con.execute(
        f"create or replace temp table {name} as "
        f"with said as ({_with_heirs_sql(source)}) "
        f"select lefts.{NUMBER} as l, rights.{NUMBER} as r, verdict from said "
        f"left join {STATES} as lefts on lefts.record_key = said.left_key "
        f"left join {STATES} as rights on rights.record_key = said.right_key where said.left_key <> said.right_key"
    )


def _with_heirs_sql(source: str) -> str:
    """SELECT of the decisions in `source` about the records as they are called now, the smaller key left."""
    return f"""
        select least(one, other) as left_key, greatest(one, other) as right_key, verdict from (
            select coalesce(lefts.heir_key, left_key) as one, coalesce(rights.heir_key, right_key) as other, verdict
            from {source}
            left join dq_link_heirs as lefts on lefts.former_key = left_key
            left join dq_link_heirs as rights on rights.former_key = right_key
        )
    """


def _numbers(con: duckdb.DuckDBPyConnection, verdict: str) -> IntArray:
    found = con.execute(
        "select l, r from dq_link_said where verdict = ? and l is not null and r is not null order by l, r", [verdict]
    ).fetchnumpy()
    return np.column_stack([np.asarray(found["l"], dtype=np.int64), np.asarray(found["r"], dtype=np.int64)])


def _keep(con: duckdb.DuckDBPyConnection, decided: Decided) -> None:
    con.execute(f"create or replace table {DECIDED} (l integer, r integer, verdict varchar)")
    for verdict, pairs in (("same", decided.together), ("different", decided.apart)):
        if len(pairs):
            con.execute(
                f"insert into {DECIDED} select unnest($l::integer[]), unnest($r::integer[]), $verdict",
                {"l": pairs[:, 0].tolist(), "r": pairs[:, 1].tolist(), "verdict": verdict},
            )
