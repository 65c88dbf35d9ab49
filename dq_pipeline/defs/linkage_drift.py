"""What every run's linkage looks like, as figures and as a page, and a warning where the model no longer fits."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.linkage.promotion import promoted_model
from dq_pipeline.defs.tables import key, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.dictionary import PIPELINE_OWNER
from dq_pipeline.domain.linkage_drift import Drift, Subject
from dq_pipeline.errors import InputError
from dq_pipeline.policies.linkage import POLICIES
from dq_pipeline.policies.linkage_drift import LINKAGE_DRIFT

STATISTICS = "linkage.run_statistics"
_PAIRS = key("linkage.pairs")
_CHECKS: dict[Subject, tuple[str, str]] = {
    "weights": ("match_weights_as_at_first_use", "Match weights are distributed as in the first run with this model."),
    "blocking": ("blocking_as_at_first_use", "Every blocking key finds about as many pairs per record as at first."),
    "unlinkable": ("few_unlinkable_records", "No more records than at first say too little to be linked to anything."),
    "prior": ("prior_as_trained", "The scored pairs imply about the share of duplicates the model was trained with."),
    "unseen": ("values_known_to_the_model", "The model knows how frequent nearly all values are."),
}


def statistics_asset() -> dg.AssetsDefinition:
    """`linkage.run_statistics`: one row a run and population."""
    text = "Of every run: match weights, pairs by blocking key, unlinkable records, prior, unseen values, as counts."
    spec = table_spec(STATISTICS, text, group="linkage", deps=["linkage.pairs", "linkage.records"])

    @dg.multi_asset(specs=[spec], name="linkage__run_statistics")
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        from dq_pipeline.adapters.linkage.drift import record_run_statistics
        from dq_pipeline.adapters.linkage.page import render_linkage_charts, write_page

        home, model = workspace.home, promoted_model(workspace.home.models)
        if model is None:
            raise InputError("no linkage model is in use", fix="materialise linkage/pairs, which trains the first")
        record_run_statistics(
            workspace.warehouse, home.work, model, POLICIES, run_id=workspace.run_id, now=workspace.now
        )
        with workspace.warehouse.connect() as con:
            page = render_linkage_charts(con, model, POLICIES, LINKAGE_DRIFT)
            charts = write_page(home.models, model.version, page)
            return materialized(con, STATISTICS, {"charts": dg.MetadataValue.path(str(charts))})

    return build


def drift_checks() -> dg.AssetChecksDefinition:
    """Five warnings on `linkage/pairs`; all pass in the first run with a model, which is what they compare with."""
    specs = [
        dg.AssetCheckSpec(
            name, asset=_PAIRS, description=text, additional_deps=[key(STATISTICS)], metadata={"owner": PIPELINE_OWNER}
        )
        for name, text in _CHECKS.values()
    ]

    @dg.multi_asset_check(specs=specs, name="linkage_as_at_first_use", can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        from dq_pipeline.adapters.linkage.drift import linkage_drift

        with workspace.warehouse.connect() as con:
            found = linkage_drift(con, LINKAGE_DRIFT)
        wanted = {check.name for check in context.selected_asset_check_keys}
        for subject, (name, _) in _CHECKS.items():
            if name in wanted:
                yield _result(name, [drift for drift in found if drift.subject == subject])

    return check


def _result(name: str, found: list[Drift]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_PAIRS,
        check_name=name,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{found[0].population}: {found[0].text}" if found else None,
        metadata={"drift": [f"{drift.population}: {drift.text}" for drift in found]} if found else {},
    )
