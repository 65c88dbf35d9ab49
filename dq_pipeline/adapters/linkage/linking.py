"""Linking with a trained model: read, block, score, cluster, write, in this order and each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from dq_pipeline.adapters.laps import LapClock
from dq_pipeline.adapters.linkage.blocking import PAIRS, find_pairs
from dq_pipeline.adapters.linkage.clusters import cluster_records, stored_clusters_sql, stored_review_sql
from dq_pipeline.adapters.linkage.model import Model, PopulationModel
from dq_pipeline.adapters.linkage.records import attach_records
from dq_pipeline.adapters.linkage.scoring import score_pairs, stored_pairs_sql
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.domain.linkage import BlockingReport, LinkagePolicy, LinkageSummary
from dq_pipeline.errors import ConfigurationError

_ORDER = {
    "pairs": "left_key, right_key",
    "clusters": "record_key",
    "review": "records desc, match_weight desc nulls first, left_key, right_key, kind",
}
RESULTS = tuple(_ORDER)


def link(
    warehouse: Warehouse,
    work_dir: Path,
    model: Model,
    policies: Sequence[LinkagePolicy],
    *,
    progress: Callable[[str], object] | None = None,
) -> LinkageSummary:
    """Replace linkage.pairs, linkage.clusters and linkage.review, in one transaction.

    The warehouse is only read until everything is computed, and open for writing a moment. The same records and
    model give the same rows in the same order. Raises ConfigurationError when the model was trained under
    another policy, or linkage.records does not hold every record of staging.customers that is not held back.
    """
    tell, clock = progress or (lambda _: None), LapClock()
    with TemporaryDirectory(prefix="linked-", dir=_made(work_dir)) as name:
        folder = Path(name)
        parts = [
            _link_population(warehouse, folder / policy.population, model.populations[policy.population], policy, tell)
            for policy in policies
        ]
        clock.lap("link")
        _write(warehouse, [folder / policy.population for policy in policies])
        clock.lap("write")
        seconds = {lap: sum(part.seconds[lap] for part in parts) for lap in parts[0].seconds}
        return LinkageSummary(
            records=sum(part.records for part in parts),
            customers=sum(part.customers for part in parts),
            compared=sum(part.compared for part in parts),
            merge_pairs=sum(part.merge_pairs for part in parts),
            review_pairs=sum(part.review_pairs for part in parts),
            review_items=sum(part.review_items for part in parts),
            model_version=model.version,
            blocking=tuple(chain.from_iterable(part.blocking for part in parts)),
            seconds={**seconds, "write": clock.laps["write"]},
        )


def _link_population(
    warehouse: Warehouse,
    folder: Path,
    model: PopulationModel,
    policy: LinkagePolicy,
    tell: Callable[[str], object],
) -> LinkageSummary:
    """The results of one population as Parquet files in `folder`."""
    clock = LapClock()
    comparisons = model.comparisons(policy)
    with scratch_database(folder) as (con, _):
        records = attach_records(con, warehouse.path, policy)
        clock.lap("read")
        blocking = find_pairs(con, policy)
        compared = int(con.execute(f"select count(*) from {PAIRS}").fetchall()[0][0])
        clock.lap("block")
        tell(f"comparing {compared:,} pairs of {records:,} {policy.population} records")
        score_pairs(con, model, policy)
        clock.lap("score")
        customers = cluster_records(con, comparisons, model, policy)
        clock.lap("cluster")
        selects = (stored_pairs_sql(comparisons, model, policy), stored_clusters_sql(), stored_review_sql(policy))
        for name, select in zip(RESULTS, selects, strict=True):
            con.execute(f"copy ({select}) to {quote_literal(str(folder / name))} (format parquet)")
        clock.lap("store")
        return _summary(con, folder, records, customers, compared, model, blocking, clock.laps)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(warehouse: Warehouse, folders: Sequence[Path]) -> None:
    with warehouse.transaction() as con:
        for name in RESULTS:
            files = ", ".join(quote_literal(str(folder / name)) for folder in folders)
            con.execute(
                f"create or replace table linkage.{name} as from read_parquet([{files}]) order by {_ORDER[name]}"
            )
        lost, extra = con.execute(
            "select count(*) filter (clusters.record_key is null), count(*) filter (customers.record_key is null) "
            "from (select record_key from staging.customers where record_key not in "
            "(select record_key from quality.held_records where released_at is null)) as customers "
            "full join linkage.clusters as clusters using (record_key)"
        ).fetchall()[0]
        if lost or extra:
            raise ConfigurationError(
                f"{lost} records of staging.customers are in no cluster, {extra} clustered records are not there",
                where="dbt_like_sql/linkage/records.sql",
                fix="linkage.records must have every record that is not held back once; rebuild both",
            )


def _summary(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    records: int,
    customers: int,
    compared: int,
    model: PopulationModel,
    blocking: tuple[BlockingReport, ...],
    seconds: dict[str, float],
) -> LinkageSummary:
    pairs, review = (f"read_parquet({quote_literal(str(folder / name))})" for name in ("pairs", "review"))
    merge, doubtful = con.execute(
        f"select count(*) filter (band = 'merge'), count(*) filter (band = 'review') from {pairs}"
    ).fetchall()[0]
    items = con.execute(f"select count(*) from {review}").fetchall()[0][0]
    return LinkageSummary(
        records=records,
        customers=customers,
        compared=compared,
        merge_pairs=int(merge),
        review_pairs=int(doubtful),
        review_items=int(items),
        model_version=model.version,
        blocking=blocking,
        seconds=seconds,
    )
