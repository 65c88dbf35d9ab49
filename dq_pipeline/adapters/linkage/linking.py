"""Linking with a trained model: read, block, score, cluster, write, in this order and each once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from dq_pipeline.adapters.laps import LapClock
from dq_pipeline.adapters.linkage.blocking import PAIRS, find_pairs
from dq_pipeline.adapters.linkage.clusters import cluster_records, stored_clusters_sql, stored_review_sql
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.records import attach_records
from dq_pipeline.adapters.linkage.scoring import score_pairs, stored_pairs_sql
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.domain.linkage import BlockingReport, LinkagePolicy, LinkageSummary
from dq_pipeline.errors import ConfigurationError

RESULTS = ("pairs", "clusters", "review")


def link(
    warehouse: Warehouse,
    work_dir: Path,
    model: Model,
    policy: LinkagePolicy,
    *,
    progress: Callable[[str], object] | None = None,
) -> LinkageSummary:
    """Replace linkage.pairs, linkage.clusters and linkage.review, in one transaction.

    The warehouse is only read until everything is computed, and open for writing a moment. The same records and
    model give the same rows in the same order. Raises ConfigurationError when the model was trained under
    another policy, or linkage.records does not hold every record of staging.customers that is not held back.
    """
    tell, clock = progress or (lambda _: None), LapClock()
    comparisons = model.comparisons(policy)
    with scratch_database(work_dir) as (con, folder):
        records = attach_records(con, warehouse.path, policy)
        clock.lap("read")
        blocking = find_pairs(con, policy)
        compared = int(con.execute(f"select count(*) from {PAIRS}").fetchall()[0][0])
        clock.lap("block")
        tell(f"comparing {compared:,} pairs of {records:,} records")
        score_pairs(con, model, policy)
        clock.lap("score")
        tell("forming customers")
        customers = cluster_records(con, comparisons, model, policy)
        clock.lap("cluster")
        selects = (stored_pairs_sql(comparisons, model, policy), stored_clusters_sql(), stored_review_sql(policy))
        for name, select in zip(RESULTS, selects, strict=True):
            con.execute(f"copy ({select}) to {quote_literal(str(folder / name))} (format parquet)")
        _write(warehouse, folder)
        clock.lap("write")
        return _summary(con, folder, records, customers, compared, model, blocking, clock.laps)


def _write(warehouse: Warehouse, folder: Path) -> None:
    with warehouse.transaction() as con:
        for name in RESULTS:
            source = f"read_parquet({quote_literal(str(folder / name))})"
            con.execute(f"create or replace table linkage.{name} as from {source}")
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
    model: Model,
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
