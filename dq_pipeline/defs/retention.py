"""Retention, weekly: what is due is told, then removed; what is on legal hold stays."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.settings import CONTRACTS, MODELS_SQL


@dg.op(description="Plan what is kept too long, and remove it.")
def remove_what_is_due(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """The plan and the removal in one run lock; figures by source and class, never a value."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.governance.places import Places
    from dq_pipeline.adapters.governance.retention import apply_retention, plan_retention
    from dq_pipeline.policies.retention import retention_rules

    places = Places(workspace.home.root, MODELS_SQL, load_contracts(CONTRACTS))
    if not places.warehouse.path.exists():
        context.log.info("there is no warehouse yet")
        return
    with places.warehouse.connect() as con:
        plan = plan_retention(con, places, retention_rules(places.contracts.values()), workspace.now)
    context.log.info(f"due: {_figures(plan)}")
    request = apply_retention(places, plan, actor=workspace.actor, now=workspace.now)
    context.log.info(f"removed, on record as {request.request_id}" if request else "nothing is due")


def _figures(plan: Any) -> Mapping[str, int]:
    return {f"{due.rule.source or 'all'}.{due.rule.data_class}": due.to_remove for due in plan.dues if due.rows}


@dg.job(
    name="retention",
    executor_def=dg.in_process_executor,
    description="Remove what is kept longer than contracts and policies allow; weekly, or by hand.",
)
def retention_job() -> None:
    """Apart from the nightly run, which brings figures and the published version up to date afterwards."""
    remove_what_is_due()
