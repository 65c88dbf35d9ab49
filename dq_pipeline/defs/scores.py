"""Stage 6, scores: the SQL models of `dbt_like_sql/quality/`, from rule results to one number with its coverage. Beside
them the run, what is kept of runs before, how long the review queue has waited, and why the score moved.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.history import create_history_tables
from dq_pipeline.adapters.linkage.promotion import promoted_version
from dq_pipeline.adapters.quality import write_run
from dq_pipeline.adapters.review_backlog import move_review_backlog, write_review_groups
from dq_pipeline.adapters.score_moves import write_score_moves
from dq_pipeline.adapters.suites import rule_set_hash
from dq_pipeline.defs.publish import published_run
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.rules import Suite

# The scores wait for golden and its checks, so that they speak of the customers about to be published; publishing waits
# for the scores, and so for every golden table that readers get.
AFTER = (
    *("golden.customers", "golden.crosswalk", "quality.rule_results", "quality.failing_rows"),
    *("golden.contact_points", "golden.consents", "golden.consent_as_of", "golden.contactable"),
    *("golden.customer_activity", "golden.lifetime_value", "golden.orphans"),
)

_RUN = {
    "quality.run": "The run being scored: when, by which rules and model, and the run it is compared with.",
    "quality.publications": "Every version ever published.",
    "quality.score_history": "The scores of every published run.",
    "quality.rule_history": "The rules behind the scores of every published run.",
    "quality.pattern_history": "Which rules failed together in the version published last, for the comparison.",
}
_BACKLOG = {
    "quality.review_backlog": "Every question of the review queue, since when it waits, when it was settled.",
    "quality.review_groups": "The customers there would be if every pair in the review queue were one.",
}
_MOVES = ("quality.run", "quality.scores", "quality.score_history", "quality.move_parts", "quality.rule_changes")


def score_assets(suites: tuple[Suite, ...]) -> list[dg.AssetsDefinition]:
    """What Python writes for the scores."""
    return [_run(suites), _backlog(), _moves()]


def _run(suites: tuple[Suite, ...]) -> dg.AssetsDefinition:
    specs = [table_spec(table, text, group="scores", deps=AFTER) for table, text in _RUN.items()]

    @dg.multi_asset(specs=specs, name="describe_run")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            create_history_tables(con)
            write_run(
                con,
                run_id=workspace.run_id,
                measured_at=workspace.now,
                model_hash=promoted_version(workspace.home.models) or "",
                rule_set_hash=rule_set_hash(suites),
                previous_run_id=published_run(workspace),
            )
            for table in _RUN:
                yield materialized(con, table)

    return build


def _backlog() -> dg.AssetsDefinition:
    deps = ["linkage.review", "golden.crosswalk"]
    specs = [table_spec(table, text, group="scores", deps=deps) for table, text in _BACKLOG.items()]

    @dg.multi_asset(specs=specs, name="follow_review_queue")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            move_review_backlog(con, now=workspace.now)
            write_review_groups(con)
            for table in _BACKLOG:
                yield materialized(con, table)

    return build


def _moves() -> dg.AssetsDefinition:
    spec = table_spec("quality.score_moves", "Why the overall score moved, in sentences.", group="scores", deps=_MOVES)

    @dg.multi_asset(specs=[spec], name="explain_score")
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        with workspace.warehouse.transaction() as con:
            write_score_moves(con)
            return materialized(con, "quality.score_moves")

    return build
