"""Blocks: the records that share a value of a blocking key, and which of them are too large to be compared.

Every key of the policy becomes a 64-bit hash per record. A value shared by too many records (a town, Smith, J.) makes
no pairs under that key: its block is closed. How many is too many is chosen key by key when a model is trained, and
kept with the model, so that from then on the candidate pairs depend on nothing but the records and the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.domain.linkage import BlockingKey, BlockingReport, LinkagePolicy

# Members of open blocks of two records and more: NUMBER, `number` of the key, `block` (hash of key and value).
BLOCKS = "dq_link_blocks"
# The closed ones: `number` of the key, `block`.
CLOSED = "dq_link_closed_blocks"
# Members of blocks that were closed at the last linkage and are open now (`opened`), or the other way round.
FLIPPED = "dq_link_flipped"


def open_blocks(
    con: duckdb.DuckDBPyConnection,
    policy: LinkagePolicy,
    *,
    sizes: Mapping[str, int] | None = None,
) -> tuple[BlockingReport, ...]:
    """Make BLOCKS and CLOSED of RECORDS. Returns what each key gives and leaves out.

    `sizes`: for each key (by name) the largest block, as the model keeps it. They hold as long as the pairs stay
    within the budget of the policy; beyond it, and without them, they are chosen anew, none larger than before.
    """
    collect_blocks(con, policy.blocking_keys)
    rows = _rows(con, RECORDS)
    reports = _with_sizes(con, policy, sizes) if sizes is not None else ()
    if sizes is None or sum(report.pairs for report in reports) > policy.limits.pairs_per_record * rows:
        reports = _within_budget(con, policy, sizes or {}, rows)
    limits = ", ".join(f"({number}, {report.block_size})" for number, report in enumerate(reports))
    con.execute(
        f"create or replace table {CLOSED} as select distinct number, block from {BLOCKS} "
        f"join (values {limits}) as chosen(number, block_size) using (number) where records > block_size"
    )
    return reports


def compare_with_closed(con: duckdb.DuckDBPyConnection, before: str) -> None:
    """Make FLIPPED from CLOSED and the table `before` (`number`, `block`), then take closed blocks out of BLOCKS."""
    con.execute(
        f"""
        create or replace table {FLIPPED} as
        with flips as (
            select block, false as opened from {CLOSED} anti join {before} as before using (block)
            union all
            select block, true from {before} as before anti join {CLOSED} using (block)
        )
        select {NUMBER}, block, opened from {BLOCKS} join flips using (block)
        """
    )
    drop_closed(con)


def drop_closed(con: duckdb.DuckDBPyConnection) -> None:
    """Leave only open blocks in BLOCKS."""
    con.execute(f"delete from {BLOCKS} where block in (select block from {CLOSED})")


def key_expression(key: BlockingKey) -> str:
    """SQL for a key's list of values (VARCHAR[]) of one record; empty when it has none."""
    if key.each:
        return f"coalesce({key.each}, [])"
    return f"list_filter([{_joined(key)}], lambda value: value is not null)"


def collect_blocks(con: duckdb.DuckDBPyConnection, keys: Sequence[BlockingKey]) -> None:
    """Make BLOCKS of all keys, open or not, with `records`, the size of the block. One key at a time: most values
    belong to one record only and are gone again before the next."""
    con.execute(f"create or replace table {BLOCKS} ({NUMBER} integer, number utinyint, block ubigint, records integer)")
    for number, key in enumerate(keys):
        values = f"unnest(list_distinct({key.each}))" if key.each else _joined(key)
        con.execute(
            f"""
            insert into {BLOCKS}
            with hashes as materialized (
                select {NUMBER}, hash({number}::utinyint, value) as block
                from (select {NUMBER}, {values} as value from {RECORDS}) where value <> ''
            ), sizes as (select block, count(*)::integer as records from hashes group by block having count(*) > 1)
            select {NUMBER}, {number}, block, records from hashes join sizes using (block)
            """
        )


def _joined(key: BlockingKey) -> str:
    return " || chr(31) || ".join(f"({part})" for part in key.parts)


def _within_budget(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, sizes: Mapping[str, int], rows: int
) -> tuple[BlockingReport, ...]:
    """For each key the largest block size within its budget and what is left of the whole one.

    Small blocks first: they are the ones that tell. Keys stand in the policy from the most selective on, so the
    whole budget is spent on the best evidence first.
    """
    limits = policy.limits
    left = limits.pairs_per_record * rows
    reports = []
    for number, key in enumerate(policy.blocking_keys):
        most = min(sizes.get(key.name, limits.block_size), limits.block_size)
        budget = min(left, limits.pairs_per_record_and_key * rows)
        report = _report(con, policy, number, budget, most)
        left -= report.pairs
        reports.append(report)
    return tuple(reports)


def _with_sizes(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, sizes: Mapping[str, int]
) -> tuple[BlockingReport, ...]:
    """The report of given block sizes, whatever it costs."""
    unlimited = 2**62
    return tuple(
        _report(con, policy, number, unlimited, sizes.get(key.name, policy.limits.block_size))
        for number, key in enumerate(policy.blocking_keys)
    )


def _report(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, number: int, budget: int, most: int
) -> BlockingReport:
    """Blocks of one size are taken or left together, so that the choice does not depend on their order. Where none
    has to be left for the budget, the block size is `most`: the blocks of tomorrow may be larger."""
    by_size = con.execute(
        f"""
        with by_size as (select records, count(*) // records as blocks from {BLOCKS} where number = ? group by records)
        select records, blocks, blocks * records * (records - 1) // 2 as pairs from by_size order by records
        """,
        [number],
    ).fetchall()
    report = BlockingReport(policy.population, policy.blocking_keys[number].name, 0, most, 0, 0)
    for place, (records, _, pairs) in enumerate(by_size):
        if records > report.block_size or report.pairs + pairs > budget:
            size, left_out = min(report.block_size, records - 1), by_size[place:]
            return replace(
                report,
                block_size=size,
                left_out_values=sum(blocks for _, blocks, _ in left_out),
                left_out_records=sum(blocks * members for members, blocks, _ in left_out),
            )
        report = replace(report, pairs=report.pairs + pairs)
    return report


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
