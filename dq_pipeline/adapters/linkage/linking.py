"""Linking with a trained model: what differs from the last time is blocked, scored and clustered, and nothing else.

A first linkage differs in everything; it is the same code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from dq_pipeline.adapters.laps import LapClock
from dq_pipeline.adapters.linkage.blocking import (
    count_links,
    find_pairs_within,
    find_rechecked,
    find_touched_pairs,
    pairs_in_parts,
)
from dq_pipeline.adapters.linkage.blocks import FLIPPED, compare_with_closed, open_blocks
from dq_pipeline.adapters.linkage.clusters import CLUSTERS, LINKS, TOUCHED, cluster_touched, find_touched
from dq_pipeline.adapters.linkage.decisions import read_decisions
from dq_pipeline.adapters.linkage.model import Model, PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, attach_records
from dq_pipeline.adapters.linkage.results import export, write_differences, write_whole
from dq_pipeline.adapters.linkage.review import write_review
from dq_pipeline.adapters.linkage.scoring import SCORED, Scorer, stored_pairs_sql
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.adapters.linkage.state import (
    CHANGED,
    CLOSED_BEFORE,
    STORED,
    Start,
    hash_records,
    read_start,
    read_state,
    write_state,
)
from dq_pipeline.adapters.rekeyed import heirs_tonight
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.linkage import BlockingReport, LinkagePolicy, LinkageSummary
from dq_pipeline.errors import ConfigurationError

# Candidate pairs made at once; those that are compared, few of them, take some hundred megabytes.
PART = 8_000_000
Tell = Callable[[str], object]


@dataclass(frozen=True)
class _Part:
    """What linking one population did."""

    compared: int
    blocking: tuple[BlockingReport, ...]
    seconds: dict[str, float]


def link(
    warehouse: Warehouse,
    work_dir: Path,
    model: Model,
    policies: Sequence[LinkagePolicy],
    *,
    full: bool = False,
    progress: Tell | None = None,
) -> LinkageSummary:
    """Bring linkage.pairs, .clusters, .joins and .review up to date, in one transaction.

    Only what differs from the last linkage is compared, unless model, policies, code or libraries are others or
    `full` is set; the rows are the same either way. They depend on the records, the model, the decisions in force and
    the customers there were when the model was first used, not on the order of rows or how the records came. The
    warehouse is only read until everything is computed; a run that ends early leaves it as it was. Raises
    ConfigurationError when the model was trained under another policy, or linkage.records does not hold every record
    of staging.customers that is not held back.
    """
    tell, clock = progress or (lambda _: None), LapClock()
    start = read_start(warehouse, model, policies, full=full)
    tell("comparing all records" if start.fresh else "comparing what changed since the last linkage")
    with TemporaryDirectory(prefix="linked-", dir=_made(work_dir)) as name:
        folders = [Path(name) / policy.population for policy in policies]
        parts = [
            _link_part(warehouse, folder, model.populations[policy.population], policy, start, tell)
            for folder, policy in zip(folders, policies, strict=True)
        ]
        clock.lap("link")
        with warehouse.transaction() as con:
            _write(con, folders, policies, start)
            clock.lap("write")
            seconds = {lap: round(sum(part.seconds[lap] for part in parts), 2) for lap in parts[0].seconds}
            return _summary(con, model, parts, {**seconds, "write": clock.laps["write"]})


def link_apart(
    warehouse: Warehouse,
    folder: Path,
    model: Model,
    policies: Sequence[LinkagePolicy],
    *,
    progress: Tell | None = None,
) -> None:
    """Link as the first run with `model` would, and leave `pairs`, `clusters` and `joins` of each population as Parquet
    files in `folder/<population>`; the warehouse is only read."""
    start = read_start(warehouse, model, policies, full=True)
    for policy in policies:
        part = model.populations[policy.population]
        _link_part(warehouse, _made(folder / policy.population), part, policy, start, progress or (lambda _: None))


def _link_part(
    warehouse: Warehouse, folder: Path, model: PopulationModel, policy: LinkagePolicy, start: Start, tell: Tell
) -> _Part:
    clock = LapClock()
    with scratch_database(folder) as (con, _):
        records = attach_records(con, warehouse.path, policy)
        hash_records(con)
        read_state(con, warehouse.path, policy, fresh=start.fresh, anchors=start.anchors)
        with warehouse.connect(read_only=True) as opened:
            heirs = heirs_tonight(opened)
        decided = read_decisions(con, warehouse.path, fresh=start.fresh, heirs=heirs)
        clock.lap("read")
        blocking = open_blocks(con, policy, sizes=model.block_sizes)
        compare_with_closed(con, CLOSED_BEFORE)
        clock.lap("block")
        scorer = Scorer(con, model, policy)
        compared = _score_changes(con, scorer, blocking, policy, start, tell)
        touched = find_touched(con, decided, policy, FLIPPED)
        found = count_links(con, LINKS)
        blocking = tuple(
            replace(report, links=links, links_alone=alone)
            for report, (links, alone) in zip(
                blocking, (found.get(n, (0, 0)) for n in range(len(blocking))), strict=True
            )
        )
        find_pairs_within(con, TOUCHED, SCORED)
        again = scorer.score(least=policy.thresholds.hopeless)
        compared += 0 if start.fresh else again  # the first time all pairs were counted above
        clock.lap("score")
        comparisons = model.comparisons(policy)
        cluster_touched(con, comparisons, model, policy, decided)
        tell(f"clustered {touched:,} of {records:,} {policy.population} records anew")
        clock.lap("cluster")
        export(con, folder, policy, stored_pairs_sql(comparisons, model, policy, also=_ONE_CUSTOMER))
        clock.lap("store")
        return _Part(compared, blocking, clock.laps)


# Of every pair of records of one customer the evidence is kept, however little it is.
_ONE_CUSTOMER = (
    f"(select cluster from {CLUSTERS} where {NUMBER} = l) = (select cluster from {CLUSTERS} where {NUMBER} = r)"
)


def _score_changes(
    con: duckdb.DuckDBPyConnection,
    scorer: Scorer,
    blocking: Sequence[BlockingReport],
    policy: LinkagePolicy,
    start: Start,
    tell: Tell,
) -> int:
    """Score every pair that may be another than last time; all of them the first time. Returns how many."""
    keep = policy.thresholds.keep
    find_rechecked(con, STORED)
    if not start.fresh:
        find_touched_pairs(con, CHANGED)
        return scorer.score(least=keep)
    compared, began = 0, time.monotonic()
    for done in pairs_in_parts(con, sum(report.pairs for report in blocking), PART):
        compared += scorer.score(least=keep)
        left = (time.monotonic() - began) * (1 / done - 1)
        tell(f"compared {compared:,} pairs of {policy.population} records, about {left:,.0f} s left")
    return compared


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(
    con: duckdb.DuckDBPyConnection, folders: Sequence[Path], policies: Sequence[LinkagePolicy], start: Start
) -> None:
    write_state(con, start)
    if start.fresh:
        write_whole(con, folders)
    else:
        write_differences(con, folders)
    _check_complete(con)
    write_review(con, policies)


def _check_complete(con: duckdb.DuckDBPyConnection) -> None:
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
    con: duckdb.DuckDBPyConnection, model: Model, parts: Sequence[_Part], seconds: dict[str, float]
) -> LinkageSummary:
    records, customers, merge, doubtful, items = con.execute(
        "select (select count(*) from linkage.clusters), (select count(distinct cluster_id) from linkage.clusters), "
        "(select count(*) from linkage.pairs where band = 'merge'), "
        "(select count(*) from linkage.pairs where band = 'review'), (select count(*) from linkage.review)"
    ).fetchall()[0]
    return LinkageSummary(
        records=int(records),
        customers=int(customers),
        compared=sum(part.compared for part in parts),
        merge_pairs=int(merge),
        review_pairs=int(doubtful),
        review_items=int(items),
        model_version=model.version,
        blocking=tuple(chain.from_iterable(part.blocking for part in parts)),
        seconds=seconds,
    )
