"""Measuring linkage on a labelled set: the same standardisation, model and clusters as the main job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dq_pipeline.adapters.labelled import load_records, load_truth
from dq_pipeline.adapters.laps import LapClock
from dq_pipeline.adapters.linkage.blocking_truth import measure_blocking
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.source_records import complete_source_records
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.domain.canonical import ATTRIBUTES
from dq_pipeline.domain.corrections import CorrectionRule
from dq_pipeline.domain.evaluation import BlockingQuality, Evaluation, evaluate_clusters
from dq_pipeline.domain.linkage import LinkagePolicy, LinkageSummary
from dq_pipeline.domain.shared_values import SharingLimit

_TRUTH = (
    "select record_key, truth_id from linkage.records join evaluation.truth using (source_system, source_record_id)"
)


@dataclass(frozen=True)
class EvaluationReport:
    """`ignored`: columns of the file that are not canonical and were left out. `seconds`: per stage."""

    evaluation: Evaluation
    linkage: LinkageSummary
    blocking: BlockingQuality
    ignored: tuple[str, ...]
    seconds: Mapping[str, float]


def evaluate_files(
    records: Path,
    truth: Path,
    *,
    policies: Sequence[LinkagePolicy],
    corrections: Sequence[CorrectionRule],
    sharing: Sequence[SharingLimit],
    models: Mapping[str, SqlModel],
    work: Path,
    seed: int,
    now: datetime,
    clusters_out: Path | None = None,
    look: Callable[[Warehouse, Model], object] | None = None,
    progress: Callable[[str], object] | None = None,
) -> EvaluationReport:
    """Standardise and link `records` in a scratch warehouse under `work`, and compare with `truth`.

    `records`: CSV with canonical column names; `truth`: `source_system, source_record_id, truth_id`. Pairs that
    blocking missed count as missed. `clusters_out`: CSV to write, `source_system, source_record_id, cluster_id`.
    `look`: called with the linked warehouse, truth in it, and the model, before both go away. Raises InputError when a
    file cannot be used.
    """
    warehouse, clock = Warehouse(work / "warehouse.duckdb"), LapClock()
    tell = progress or (lambda _: None)
    with warehouse.transaction() as con:
        tell("loading")
        ignored = load_records(con, records, list(ATTRIBUTES))
        load_truth(con, truth)
        con.execute("create or replace table staging.source_records as select * from evaluation.records")
        complete_source_records(con)
        clock.lap("load")
        tell("standardising")
        parse_values(con, {}, as_of=now.date(), corrections=corrections, sharing=sharing)
        create_quarantine_tables(con)  # empty: a labelled set is measured on all its records
        create_stewardship_tables(con)  # and by the model alone
        for model in upstream(models, ["linkage.records"]):
            create_model_table(con, model)
        clock.lap("standardise")
    tell("training")
    trained = train_model(warehouse.path, work, policies, seed=seed, now=now)
    clock.lap("train")
    tell("linking")
    summary = link(warehouse, work, trained, policies, progress=progress)
    clock.lap("link")
    with warehouse.connect(read_only=True) as con:
        answers = con.execute(
            "select cluster_id, truth_id from linkage.clusters join evaluation.truth "
            "using (source_system, source_record_id) order by record_key"
        ).fetchall()
        if clusters_out:
            con.execute(
                "copy (select source_system, source_record_id, cluster_id from linkage.clusters order by record_key) "
                f"to {quote_literal(str(clusters_out))} (format csv, header)"
            )
    if look:
        look(warehouse, trained)
    evaluation = evaluate_clusters([str(row[0]) for row in answers], [str(row[1]) for row in answers])
    blocking = measure_blocking(warehouse, work, trained, policies, truth=_TRUTH, compared=summary.compared)
    clock.lap("measure")
    return EvaluationReport(evaluation, summary, blocking, tuple(ignored), clock.laps)
