"""What blocking loses, measured with a known truth: pairs that never meet cannot be found by any model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from dq_pipeline.adapters.linkage.blocking import count_links
from dq_pipeline.adapters.linkage.blocks import BLOCKS, drop_closed, open_blocks
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, attach_records
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.domain.evaluation import BlockingQuality, KeyQuality
from dq_pipeline.domain.linkage import LinkagePolicy

_TRUE = "dq_link_true_pairs"


def measure_blocking(
    warehouse: Warehouse, work_dir: Path, model: Model, policies: Sequence[LinkagePolicy], *, truth: str, compared: int
) -> BlockingQuality:
    """How many true pairs the blocking of `model` finds, over all keys and by each.

    `truth`: SQL of the warehouse for `record_key, truth_id`. `compared`: candidate pairs of all populations. A true
    pair of a person and an organisation is never compared, and lost.
    """
    keys: list[KeyQuality] = []
    found = 0
    for policy in policies:
        with scratch_database(work_dir) as (con, _):
            attach_records(con, warehouse.path, policy)
            _read_true_pairs(con, warehouse.path, truth)
            open_blocks(con, policy, sizes=model.populations[policy.population].block_sizes)
            drop_closed(con)
            counts = count_links(con, _TRUE)
            keys += [
                KeyQuality(policy.population, key.name, *counts.get(number, (0, 0)))
                for number, key in enumerate(policy.blocking_keys)
            ]
            found += _met(con)
    with warehouse.connect(read_only=True) as con:
        records, true_pairs = con.execute(
            f"select sum(size)::bigint, sum(size * (size - 1) // 2)::bigint "
            f"from (select count(*) as size from ({truth}) group by truth_id)"
        ).fetchall()[0]
    return BlockingQuality(int(records or 0), int(true_pairs or 0), found, compared, tuple(keys))


def _read_true_pairs(con: duckdb.DuckDBPyConnection, warehouse: Path, truth: str) -> None:
    con.execute(f"attach {quote_literal(str(warehouse))} as dq_warehouse (read_only)")
    try:
        con.execute("use dq_warehouse")
        con.execute(f"create or replace temp table dq_link_truth as {truth}")
    finally:
        con.execute("use memory")
        con.execute("detach dq_warehouse")
    con.execute(
        f"""
        create or replace table {_TRUE} as
        with placed as (select {NUMBER}, truth_id from {RECORDS} join dq_link_truth using (record_key))
        select a.{NUMBER} as l, b.{NUMBER} as r from placed as a
        join placed as b on a.truth_id = b.truth_id and a.{NUMBER} < b.{NUMBER}
        """
    )


def _met(con: duckdb.DuckDBPyConnection) -> int:
    found = con.execute(
        f"select count(distinct (l, r)) from {_TRUE} join {BLOCKS} as one on one.{NUMBER} = l "
        f"join {BLOCKS} as two on two.{NUMBER} = r and two.block = one.block"
    ).fetchall()
    return int(found[0][0])
