"""Candidate pairs: which records are compared at all, within a budget that no data can break.

Every key of the policy becomes a 64-bit hash per record. A value shared by too many records (a town, Smith, J.)
makes no pairs under that key; how many is too many is chosen key by key so that the budget of pairs holds.
"""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.domain.linkage import BlockingKey, BlockingReport, LinkagePolicy, Population

PAIRS = "dq_link_pairs"
_KEYS = "dq_link_keys"
_SIZES = "dq_link_block_sizes"


def find_pairs(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, *, records: str = RECORDS
) -> tuple[BlockingReport, ...]:
    """Make the table PAIRS (`join_key_l < join_key_r`: record numbers, `match_key`: number of the first key that
    finds the pair), in order. Returns what each key gave and what was left out.
    """
    _collect_keys(con, policy.blocking_keys, records)
    rows = int(con.execute(f"select count(*) from {records}").fetchall()[0][0])
    reports = _choose_block_sizes(con, policy, rows)
    limits = ", ".join(f"({number}, {report.block_size})" for number, report in enumerate(reports))
    con.execute(
        f"""
        create or replace table {PAIRS} as
        with kept as (
            select keys.* from {_KEYS} as keys
            join {_SIZES} as sizes using (number, key)
            join (values {limits}) as chosen(number, block_size) using (number)
            where sizes.records between 2 and chosen.block_size
        )
        select l.{NUMBER} as join_key_l, r.{NUMBER} as join_key_r, min(l.number)::utinyint as match_key
        from kept as l join kept as r on l.key = r.key and l.number = r.number and l.{NUMBER} < r.{NUMBER}
        group by all order by all
        """
    )
    for table in (_KEYS, _SIZES):
        con.execute(f"drop table {table}")
    return reports


def key_expression(key: BlockingKey) -> str:
    """SQL for a key's list of values (VARCHAR[]) of one record; empty when it has none."""
    if key.each:
        return f"coalesce({key.each}, [])"
    parts = " || chr(31) || ".join(f"({part})" for part in key.parts)
    return f"list_filter([{parts}], lambda value: value is not null)"


def _collect_keys(con: duckdb.DuckDBPyConnection, keys: tuple[BlockingKey, ...], records: str) -> None:
    con.execute(f"create or replace table {_KEYS} ({NUMBER} integer, number utinyint, key ubigint)")
    for number, key in enumerate(keys):
        values = f"select {NUMBER}, unnest(list_distinct({key_expression(key)})) as value from {records}"
        con.execute(
            f"insert into {_KEYS} select {NUMBER}, {number}, md5_number_lower(value) from ({values}) "
            "where value is not null and value <> ''"
        )
    con.execute(
        f"create or replace table {_SIZES} as "
        f"select number, key, count(*) as records from {_KEYS} group by all having count(*) > 1"
    )


def _choose_block_sizes(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, rows: int) -> tuple[BlockingReport, ...]:
    """For each key the largest block size within its budget and what is left of the whole one.

    Small blocks first: they are the ones that tell. Keys stand in the policy from the most selective on, so the
    whole budget is spent on the best evidence first.
    """
    limits = policy.limits
    left = limits.pairs_per_record * rows
    reports = []
    for number, key in enumerate(policy.blocking_keys):
        budget = min(left, limits.pairs_per_record_and_key * rows)
        report = _report(con, policy.population, number, key.name, budget, limits.block_size)
        left -= report.pairs
        reports.append(report)
    return tuple(reports)


def _report(
    con: duckdb.DuckDBPyConnection, population: Population, number: int, name: str, budget: int, block_size: int
) -> BlockingReport:
    """Blocks of one size are taken or left together, so that the choice does not depend on their order."""
    row = con.execute(
        f"""
        with by_size as (
            select records, count(*) as blocks, sum(sum(records * (records - 1) // 2)) over (order by records) as pairs
            from {_SIZES} where number = ? group by records
        ), taken as (
            select max(records) as size, max(pairs) as pairs from by_size where pairs <= ? and records <= ?
        )
        select coalesce(taken.size, 0), coalesce(taken.pairs, 0),
            coalesce(sum(blocks) filter (records > coalesce(taken.size, 0)), 0),
            coalesce(sum(blocks * records) filter (records > coalesce(taken.size, 0)), 0)
        from taken left join by_size on true group by all
        """,
        [number, budget, block_size],
    ).fetchall()[0]
    return BlockingReport(population, name, int(row[1]), int(row[0]), int(row[2]), int(row[3]))
