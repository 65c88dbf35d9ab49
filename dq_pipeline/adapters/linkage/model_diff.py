"""Two models on the same records, each linked in scratch: what promoting the second one would change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from dq_pipeline.adapters.linkage.linking import link_apart
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.domain.model_diff import (
    Change,
    ModelDiff,
    PairExample,
    Parameters,
    PriorShift,
    Rates,
    SourceChange,
    largest_shifts,
)

EXAMPLES = 5
SHIFTS = 10


def diff_models(
    warehouse: Warehouse,
    work_dir: Path,
    before: Model,
    after: Model,
    policies: Sequence[LinkagePolicy],
    *,
    progress: Callable[[str], object] | None = None,
) -> ModelDiff:
    """Link linkage.records of the warehouse with both models and compare; the warehouse is only read.

    Raises ConfigurationError when a model was trained under another policy than `policies`.
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="diff-", dir=work_dir) as name, duckdb.connect() as con:
        for side, model in (("before", before), ("after", after)):
            link_apart(warehouse, Path(name) / side, model, policies, progress=progress)
            _read_results(con, Path(name) / side, side)
        return compare_results(con, before, after, policies)


def compare_results(
    con: duckdb.DuckDBPyConnection, before: Model, after: Model, policies: Sequence[LinkagePolicy]
) -> ModelDiff:
    """The diff of the tables `clusters_before`, `clusters_after`, `pairs_before` and `pairs_after` (the columns of
    linkage.clusters and linkage.pairs)."""
    con.execute(_PLACED)
    counts = con.execute(_COUNTS).fetchall()[0]
    pairs_before, pairs_after, both = con.execute(_PAIRS).fetchall()[0]
    return ModelDiff(
        before.version,
        after.version,
        records=counts[0],
        pairs_before=pairs_before,
        pairs_after=pairs_after,
        joined=pairs_after - both,
        parted=pairs_before - both,
        customers_before=counts[1],
        customers_after=counts[2],
        unchanged=counts[3],
        merged=counts[1] - counts[3] - counts[4],
        split=counts[4],
        sources=tuple(SourceChange(*row) for row in con.execute(_SOURCES).fetchall()),
        examples=(*_examples(con, "joined"), *_examples(con, "parted")),
        priors=tuple(
            PriorShift(p.population, before.populations[p.population].prior, after.populations[p.population].prior)
            for p in policies
        ),
        shifts=largest_shifts(parameters(before, policies), parameters(after, policies), SHIFTS),
    )


def parameters(model: Model, policies: Sequence[LinkagePolicy]) -> Parameters:
    """m and u of every level of every comparison the model was trained on."""
    found = {}
    for policy in policies:
        part = model.populations[policy.population]
        comparisons = part.comparisons(policy)
        learned = part.parameters(comparisons)
        for comparison in comparisons:
            rates = learned[comparison.name]
            for level, m, u in zip(comparison.levels, rates.m, rates.u, strict=True):
                found[policy.population, comparison.name, level.label] = Rates(m, u)
    return found


def _read_results(con: duckdb.DuckDBPyConnection, folder: Path, side: str) -> None:
    for table in ("clusters", "pairs"):
        files = quote_literal(str(folder / "*" / table))
        con.execute(f"create or replace table {table}_{side} as from read_parquet({files})")


# Every record with its two clusters, their sizes, and how many records the two share.
_PLACED = """
    create or replace table placed as
    with twice as (
        select record_key, source_system, b.cluster_id as old, a.cluster_id as new
        from clusters_before as b join clusters_after as a using (record_key, source_system)
    ), cells as (
        select old, new, count(*) as shared,
            sum(count(*)) over (partition by old) as old_size,
            sum(count(*)) over (partition by new) as new_size
        from twice group by old, new
    )
    select twice.record_key, twice.source_system, cells.* from twice join cells using (old, new)
"""
_COUNTS = """
    select count(*), count(distinct old), count(distinct new),
        count(distinct old) filter (shared = old_size and shared = new_size),
        count(distinct old) filter (shared < old_size)
    from placed
"""
_PAIRS = """
    with cells as (select distinct old, new, shared, old_size, new_size from placed),
    olds as (select distinct old, old_size as n from cells),
    news as (select distinct new, new_size as n from cells)
    select
        (select coalesce(sum(n * (n - 1) // 2), 0)::bigint from olds),
        (select coalesce(sum(n * (n - 1) // 2), 0)::bigint from news),
        (select coalesce(sum(shared * (shared - 1) // 2), 0)::bigint from cells)
"""
_SOURCES = """
    select source_system, count(*), count(*) filter (shared < old_size or shared < new_size),
        count(distinct old), count(distinct new)
    from placed group by source_system order by source_system
"""


def _examples(con: duckdb.DuckDBPyConnection, change: Change) -> list[PairExample]:
    """The clearest cases, one a customer: the heaviest pairs newly joined, the lightest ones parted."""
    table, same, other, order = {
        "joined": ("pairs_after", "new", "old", "desc"),
        "parted": ("pairs_before", "old", "new", "asc"),
    }[change]
    rows = con.execute(
        f"""
        with changed as (
            select pairs.left_key, pairs.right_key, lefts.{same} as customer, pairs.match_weight as weight
            from {table} as pairs
            join placed as lefts on lefts.record_key = pairs.left_key
            join placed as rights on rights.record_key = pairs.right_key
            where lefts.{same} = rights.{same} and lefts.{other} <> rights.{other}
            qualify row_number() over (partition by customer order by weight {order}, left_key, right_key) = 1
        )
        select left_key, right_key, b.match_weight, a.match_weight
        from changed
        left join pairs_before as b using (left_key, right_key)
        left join pairs_after as a using (left_key, right_key)
        order by weight {order}, left_key, right_key limit {EXAMPLES}
        """
    ).fetchall()
    return [PairExample(change, *row) for row in rows]
