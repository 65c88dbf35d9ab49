"""Two records that no stored pair speaks of: would they meet, and how do they score?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from dq_pipeline.adapters.linkage.blocking import PAIRS
from dq_pipeline.adapters.linkage.blocks import BLOCKS, CLOSED, open_blocks
from dq_pipeline.adapters.linkage.explain import read_pair
from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, attach_records
from dq_pipeline.adapters.linkage.scoring import Scorer, stored_pairs_sql
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.domain.explanation import Meeting
from dq_pipeline.domain.linkage import LinkagePolicy

_ANY_WEIGHT = -1000.0


def look_again(
    warehouse: Path, work_dir: Path, model: PopulationModel, policy: LinkagePolicy, left_key: str, right_key: str
) -> Meeting:
    """Compare two records of the population with the model, whether or not they share a key.

    All its records are prepared, because what is put right or left out in one depends on the others. Raises
    ConfigurationError when the model was trained under another policy.
    """
    with scratch_database(work_dir) as (con, _):
        attach_records(con, warehouse, policy)
        con.execute(
            f"create or replace table {PAIRS} as select min({NUMBER}) as join_key_l, max({NUMBER}) as join_key_r, "
            f"0::utinyint as match_key from {RECORDS} where record_key in (?, ?)",
            [left_key, right_key],
        )
        shared = _shared_keys(con, model, policy)
        Scorer(con, model, policy).score(least=_ANY_WEIGHT)
        scored = stored_pairs_sql(model.comparisons(policy), model, policy, also="true")
        pair = read_pair(con, f"({scored})", left_key, right_key)
        return Meeting(
            tuple(shared),
            tuple(name for name, is_open in shared.items() if not is_open),
            replace(pair, blocking_key="") if pair else None,
            policy.thresholds.keep,
        )


def _shared_keys(con: duckdb.DuckDBPyConnection, model: PopulationModel, policy: LinkagePolicy) -> dict[str, bool]:
    """Name of every key of which the pair in PAIRS has a value in common -> whether one of these has them compared.

    The blocks are those of the last run: they depend on nothing but the records and the model.
    """
    open_blocks(con, policy, sizes=model.block_sizes)
    rows = con.execute(
        f"""
        select number, bool_or(block not in (select block from {CLOSED})) from {BLOCKS} as l
        join {BLOCKS} as r using (number, block)
        join {PAIRS} on join_key_l = l.{NUMBER} and join_key_r = r.{NUMBER}
        group by number order by number
        """
    ).fetchall()
    return {policy.blocking_keys[number].name: is_open for number, is_open in rows}
