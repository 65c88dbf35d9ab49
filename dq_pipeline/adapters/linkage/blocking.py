"""Candidate pairs: which records are compared at all. Two records are when they share an open block."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, sqrt

import duckdb

from dq_pipeline.adapters.linkage.blocks import BLOCKS, FLIPPED, drop_closed, open_blocks
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.domain.linkage import BlockingReport, LinkagePolicy

PAIRS = "dq_link_pairs"
# Pairs whose candidacy may have changed though neither record has: both are in a block that opened or closed.
RECHECKED = "dq_link_rechecked"

# `join_key_l < join_key_r` (record numbers), `match_key` (number of the first key that finds the pair), in order.
_COLUMNS = "least(a, b) as join_key_l, greatest(a, b) as join_key_r, min(number)::utinyint as match_key"
_ONCE = f"select {_COLUMNS} from found group by all order by all"


def find_pairs(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, *, sample: str = RECORDS
) -> tuple[BlockingReport, ...]:
    """Make the table PAIRS of the candidate pairs whose smaller record number is in the table `sample`:
    `join_key_l < join_key_r` (record numbers), `match_key` (number of the first key that finds the pair), in order.
    Returns what each key gives, and leaves out, of all records."""
    reports = open_blocks(con, policy)
    drop_closed(con)
    _make(con, f"with found as ({_joined_sql(f'l.{NUMBER} in (select {NUMBER} from {sample})')}) {_ONCE}")
    return reports


def pairs_in_parts(con: duckdb.DuckDBPyConnection, pairs: int, part: int) -> Iterator[float]:
    """Make PAIRS of BLOCKS part by part, so that never all are there at once, and yield the share done with each.

    `pairs`: how many there are about, `part`: how many to make at once. The parts are ranges of the smaller
    record number; the smaller it is, the more there are above it, so that the ranges grow.
    """
    records = int(con.execute(f"select coalesce(max({NUMBER}), -1) + 1 from {BLOCKS}").fetchall()[0][0])
    parts = max(1, ceil(pairs / part))
    edges = [ceil(records * (1 - sqrt(1 - k / parts))) for k in range(parts + 1)]
    for k in range(parts):
        within = f"l.{NUMBER} >= {edges[k]} and l.{NUMBER} < {edges[k + 1]}"
        _make(con, f"with found as ({_joined_sql(within)}) {_ONCE}")
        yield (k + 1) / parts


def find_rechecked(con: duckdb.DuckDBPyConnection, stored: str) -> None:
    """Make RECHECKED of FLIPPED and the table `stored`, the pairs kept last time (`l`, `r`)."""
    con.execute(
        f"""
        create or replace table {RECHECKED} as
        select l.{NUMBER} as l, r.{NUMBER} as r from {FLIPPED} as l
        join {FLIPPED} as r on l.block = r.block and l.{NUMBER} < r.{NUMBER} where l.opened
        union
        select stored.l, stored.r from {stored} as stored
        join {FLIPPED} as one on one.{NUMBER} = stored.l and not one.opened
        join {FLIPPED} as two on two.{NUMBER} = stored.r and two.block = one.block
        """
    )


def find_touched_pairs(con: duckdb.DuckDBPyConnection, changed: str) -> None:
    """Make PAIRS of all that may differ from the last linkage: pairs with a record of the table `changed`, and those
    of RECHECKED that are candidates now."""
    _make(
        con,
        f"""
        with found as (
            select one.{NUMBER} as a, two.{NUMBER} as b, one.number
            from (from {BLOCKS} semi join {changed} using ({NUMBER})) as one
            join {BLOCKS} as two on one.block = two.block and one.{NUMBER} <> two.{NUMBER}
            union all
            select l, r, one.number from {RECHECKED}
            join {BLOCKS} as one on one.{NUMBER} = l join {BLOCKS} as two on two.{NUMBER} = r and two.block = one.block
        ) {_ONCE}
        """,
    )


def find_pairs_within(con: duckdb.DuckDBPyConnection, groups: str, known: str) -> None:
    """Make PAIRS of the candidate pairs inside a group (table `groups`: record number, `component`) that the table
    `known` (`l`, `r`) does not have."""
    con.execute(
        f"create or replace temp table dq_link_grouped as select {NUMBER}, number, block, component "
        f"from {BLOCKS} join {groups} using ({NUMBER})"
    )
    _make(
        con,
        f"""
        with found as (
            select l.{NUMBER} as a, r.{NUMBER} as b, l.number from dq_link_grouped as l
            join dq_link_grouped as r on l.block = r.block and l.component = r.component and l.{NUMBER} < r.{NUMBER}
        ), once as ({_ONCE})
        select once.* from once anti join {known} as known on known.l = join_key_l and known.r = join_key_r
        order by all
        """,
    )
    con.execute("drop table dq_link_grouped")


def count_links(con: duckdb.DuckDBPyConnection, links: str) -> dict[int, tuple[int, int]]:
    """Number of each key -> how many of the pairs of the table `links` (`l`, `r`) it finds, and finds alone."""
    rows = con.execute(
        f"""
        with found as (
            select l, r, one.number from {links} join {BLOCKS} as one on one.{NUMBER} = l
            join {BLOCKS} as two on two.{NUMBER} = r and two.block = one.block group by all
        ), counted as (select number, count(*) over (partition by l, r) as keys from found)
        select number, count(*), count(*) filter (keys = 1) from counted group by number
        """
    ).fetchall()
    return {number: (links, alone) for number, links, alone in rows}


def _joined_sql(condition: str) -> str:
    return (
        f"select l.{NUMBER} as a, r.{NUMBER} as b, l.number from {BLOCKS} as l "
        f"join {BLOCKS} as r on l.block = r.block and l.{NUMBER} < r.{NUMBER} where {condition}"
    )


def _make(con: duckdb.DuckDBPyConnection, select: str) -> None:
    con.execute(f"create or replace table {PAIRS} as {select}")
