"""Writing what a linkage found: whole tables the first time, afterwards only the rows that differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from dq_pipeline.adapters.linkage.blocking import RECHECKED
from dq_pipeline.adapters.linkage.blocks import CLOSED
from dq_pipeline.adapters.linkage.clusters import TOUCHED, stored_clusters_sql, stored_joins_sql
from dq_pipeline.adapters.linkage.decisions import DECIDED
from dq_pipeline.adapters.linkage.records import NUMBER
from dq_pipeline.adapters.linkage.scoring import asked_sql
from dq_pipeline.adapters.linkage.state import CHANGED, GONE, STATES, STORED
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.linkage import LinkagePolicy

# Columns each table is ordered by when it is written whole.
ORDER = {
    "pairs": "left_key, right_key",
    "clusters": "record_key",
    "joins": "cluster_id, step",
    "record_states": "record_key",
    "closed_blocks": "population, number, block",
    "applied_decisions": "left_key, right_key",
}
# What is cheaper to write whole than to compare.
_SMALL = ("closed_blocks", "applied_decisions")
_GONE = {
    "pairs": "(left_key, right_key) in (select (left_key, right_key) from dropped_pairs) "
    "or left_key in (from dropped_records) or right_key in (from dropped_records)",
    "clusters": "record_key in (from dropped_clustered) or record_key in (from dropped_records)",
    "joins": "cluster_id in (select cluster_id from linkage.clusters where record_key in (from dropped_clustered) "
    "or record_key in (from dropped_records))",
    "record_states": "record_key in (from dropped_records)",
}


def export(con: duckdb.DuckDBPyConnection, folder: Path, policy: LinkagePolicy, pairs: str) -> None:
    """Write one population's new rows, and the keys of the rows they take the place of, as Parquet files.

    `pairs`: SELECT of the rows of linkage.pairs.
    """
    population = quote_literal(policy.population)
    keep = policy.thresholds.keep
    selects = {
        "pairs": pairs,
        "clusters": stored_clusters_sql(),
        "joins": stored_joins_sql(),
        "record_states": f"select record_key, {population} as population, row_hash "
        f"from {STATES} semi join {CHANGED} using ({NUMBER})",
        "closed_blocks": f"select {population} as population, number, block from {CLOSED}",
        "applied_decisions": f"select lefts.record_key as left_key, rights.record_key as right_key, verdict "
        f"from {DECIDED} join {STATES} as lefts on lefts.{NUMBER} = l join {STATES} as rights on rights.{NUMBER} = r",
        "dropped_records": f"select record_key from {GONE} union all "
        f"select record_key from {STATES} semi join {CHANGED} using ({NUMBER})",
        "dropped_clustered": f"select record_key from {STATES} semi join {TOUCHED} using ({NUMBER})",
        "dropped_pairs": f"""
            with dropped as (
                select stored.l, stored.r from {STORED} as stored
                left join {TOUCHED} as one on one.{NUMBER} = stored.l
                left join {TOUCHED} as two on two.{NUMBER} = stored.r
                where one.component = two.component
                    or (match_weight < {keep} and not {asked_sql(policy)}
                        and (one.{NUMBER} is not null or two.{NUMBER} is not null))
                union select l, r from {RECHECKED}
            )
            select lefts.record_key as left_key, rights.record_key as right_key from dropped
            join {STATES} as lefts on lefts.{NUMBER} = l join {STATES} as rights on rights.{NUMBER} = r
        """,
    }
    for name, select in selects.items():
        con.execute(f"copy ({select}) to {quote_literal(str(folder / name))} (format parquet)")


def write_whole(con: duckdb.DuckDBPyConnection, folders: Sequence[Path]) -> None:
    """Replace the tables of schema linkage in the warehouse by what was exported."""
    for name, order in ORDER.items():
        con.execute(f"create or replace table linkage.{name} as from {_files(folders, name)} order by {order}")


def write_differences(con: duckdb.DuckDBPyConnection, folders: Sequence[Path]) -> None:
    """Take out the rows that hold no more and add the new ones; both populations' before either's, because a record
    may have changed from a person to an organisation."""
    for name in ("dropped_records", "dropped_clustered", "dropped_pairs"):
        con.execute(f"create or replace temp table {name} as select distinct * from {_files(folders, name)}")
    # Joins first: they are found through the clusters as they were.
    for name in ("joins", "pairs", "clusters", "record_states"):
        con.execute(f"delete from linkage.{name} where {_GONE[name]}")
        con.execute(f"insert into linkage.{name} by name from {_files(folders, name)}")
    for name in _SMALL:
        con.execute(f"create or replace table linkage.{name} as from {_files(folders, name)} order by {ORDER[name]}")


def _files(folders: Sequence[Path], name: str) -> str:
    return f"read_parquet([{', '.join(quote_literal(str(folder / name)) for folder in folders)}])"
