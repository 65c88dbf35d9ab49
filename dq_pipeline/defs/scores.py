"""Stage 6, scores: the SQL models of `dbt_like_sql/quality/`, from rule results to one number with its coverage."""

from typing import Any

import dagster as dg

from dq_pipeline.adapters.linkage import promoted_version
from dq_pipeline.adapters.quality import write_run
from dq_pipeline.adapters.suites import rule_set_hash
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.rules import Suite

# The scores wait for golden and its checks, so that they speak of the customers about to be published.
AFTER = ("golden.customers", "golden.crosswalk", "quality.rule_results", "quality.failing_rows")


def run_asset(suites: tuple[Suite, ...]) -> dg.AssetsDefinition:
    """`quality.run`: the run the scores belong to, with the rules and the model behind them."""
    spec = table_spec(
        "quality.run", "The run being scored: when, by which rules and model.", group="scores", deps=AFTER
    )

    @dg.multi_asset(specs=[spec], name="describe_run")
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        with workspace.warehouse.transaction() as con:
            write_run(
                con,
                run_id=workspace.run_id,
                measured_at=workspace.now,
                model_hash=promoted_version(workspace.home.models) or "",
                rule_set_hash=rule_set_hash(suites),
            )
            return materialized(con, "quality.run")

    return build
