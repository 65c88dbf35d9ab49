"""`dq-pipeline evaluate`: how well linkage does on a labelled set."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import fail, number, say
from dq_pipeline.clock import utc_now
from dq_pipeline.errors import InputError

if TYPE_CHECKING:
    from dq_pipeline.adapters.evaluate import EvaluationReport
    from dq_pipeline.adapters.linkage.model import Model
    from dq_pipeline.adapters.warehouse import Warehouse


@click.command()
@click.option("--records", type=click.Path(path_type=Path), required=True, help="CSV (or .csv.gz), canonical columns.")
@click.option("--truth", type=click.Path(path_type=Path), required=True, help="source_system,source_record_id,truth_id")
@click.option("--clusters", type=click.Path(path_type=Path), help="Write the clusters found to this CSV.")
@click.option("--charts", type=click.Path(path_type=Path), help="Write the linkage's charts to this HTML file.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(records: Path, truth: Path, clusters: Path | None, charts: Path | None, as_json: bool) -> int:
    """Standardise and link a labelled CSV in a scratch warehouse, and compare with its truth."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.evaluate import evaluate_files
    from dq_pipeline.defs.project import project_models
    from dq_pipeline.policies.corrections import CORRECTION_RULES
    from dq_pipeline.policies.linkage import POLICIES, SEED
    from dq_pipeline.policies.placeholders import SHARING_LIMITS
    from dq_pipeline.settings import CONTRACTS

    with tempfile.TemporaryDirectory(prefix="dq-evaluate-") as work:
        report = evaluate_files(
            records.expanduser().resolve(),
            truth.expanduser().resolve(),
            policies=POLICIES,
            corrections=CORRECTION_RULES,
            sharing=SHARING_LIMITS,
            models=project_models(load_contracts(CONTRACTS)),
            work=Path(work),
            seed=SEED,
            now=utc_now(),
            clusters_out=clusters.expanduser().resolve() if clusters else None,
            look=partial(_write_charts, charts.expanduser().resolve()) if charts else None,
            progress=_tell if sys.stderr.isatty() else None,
        )
    if as_json:
        say(json.dumps(_figures(report), indent=2))
    else:
        _print(report)
    return 0


def _write_charts(path: Path, warehouse: Warehouse, model: Model) -> None:
    from dq_pipeline.adapters.linkage.drift import record_run_statistics
    from dq_pipeline.adapters.linkage.page import render_linkage_charts
    from dq_pipeline.policies.linkage import POLICIES
    from dq_pipeline.policies.linkage_drift import LINKAGE_DRIFT

    now = utc_now()
    record_run_statistics(warehouse, warehouse.path.parent, model, POLICIES, run_id="evaluate", now=now)
    with warehouse.connect(read_only=True) as con:
        page = render_linkage_charts(con, model, POLICIES, LINKAGE_DRIFT)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written ({type(error).__name__})", where=str(path), fix="check the path") from None


def _tell(text: str) -> None:
    fail(f"  {text}")


def _figures(report: EvaluationReport) -> dict[str, object]:
    return {
        **asdict(report.evaluation),
        "pairwise_f1": report.evaluation.pairwise_f1,
        "b_cubed_f1": report.evaluation.b_cubed_f1,
        "pairs_compared": report.linkage.compared,
        "pairs_completeness": report.blocking.pairs_completeness,
        "reduction_ratio": report.blocking.reduction_ratio,
        "blocking_keys": [
            asdict(key) | {"pairs": gave.pairs, "left_out_records": gave.left_out_records}
            for key, gave in zip(report.blocking.keys, report.linkage.blocking, strict=True)
        ],
        "ignored_columns": list(report.ignored),
        "seconds": dict(report.seconds),
        "seconds_total": round(sum(report.seconds.values()), 2),
    }


def _print(report: EvaluationReport) -> None:
    found, linked = report.evaluation, report.linkage
    true, customers = number(found.true_customers), number(found.predicted_customers)
    say(f"{number(found.records)} records, {true} customers; found {customers}")
    pairs = (number(linked.compared), number(found.true_pairs), number(found.correct_pairs))
    say(f"{pairs[0]} pairs compared; of {pairs[1]} true pairs {pairs[2]} found")
    blocking = report.blocking
    say(f"Blocking keeps {blocking.pairs_completeness:.2%} of true pairs, saves {blocking.reduction_ratio:.3%} of all")
    say(f"{'':<10}{'precision':>10}{'recall':>10}{'F1':>10}")
    for name, precision, recall, f1 in (
        ("pairwise", found.pairwise_precision, found.pairwise_recall, found.pairwise_f1),
        ("B-cubed", found.b_cubed_precision, found.b_cubed_recall, found.b_cubed_f1),
    ):
        say(f"{name:<10}{precision:>10.4f}{recall:>10.4f}{f1:>10.4f}")
    say(f"Clusters exactly right: {number(found.exact_clusters)} ({found.exact_cluster_share:.1%})")
    if report.ignored:
        say(f"Columns left out, no canonical name: {', '.join(report.ignored)}")
    say("Seconds: " + "  ".join(f"{stage} {spent:.1f}" for stage, spent in report.seconds.items()))
