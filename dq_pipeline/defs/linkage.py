"""Stage 4, linkage: the model, the pairs it scores, and the clusters of records that are one customer."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.linkage import Model, link, promote_model, promoted_model, save_model, train_model
from dq_pipeline.defs.tables import OWNER, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.linkage import policies_fingerprint
from dq_pipeline.policies.linkage import POLICIES, SEED

MODEL = dg.AssetKey(["linkage", "model"])
_RESULTS = {
    "linkage.pairs": "Every pair scored above the stored limit, with the evidence of each comparison.",
    "linkage.clusters": "Which records are one customer, before the customer has an id.",
    "linkage.review": "Pairs and clusters a person should look at, with the reason.",
}


def linkage_assets() -> list[dg.AssetsDefinition]:
    """The model in use, then everything scored with it."""
    return [_model(), _results()]


def train(workspace: Workspace) -> Model:
    """Train on the records now in the warehouse, save the artefact and make it the one in use."""
    model = train_model(workspace.home.warehouse, workspace.home.work, POLICIES, seed=SEED, now=workspace.now)
    save_model(workspace.home.models, model)
    promote_model(workspace.home.models, model.version)
    return model


def _model() -> dg.AssetsDefinition:
    @dg.asset(
        key=MODEL,
        description="The linkage model in use: Splink settings with fitted m and u, and a manifest. "
        "Trained when there is none or the policy changed; otherwise by the job train_linkage_model.",
        group_name="linkage",
        kinds={"splink", "json"},
        owners=[OWNER],
        deps=[dg.AssetKey(["linkage", "records"])],
    )
    def model(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult[Any]:
        promoted = promoted_model(workspace.home.models)
        trained = promoted is None or promoted.manifest["policy"] != policies_fingerprint(POLICIES)
        if promoted is None or trained:
            context.log.info("training the model")
            promoted = train(workspace)
        return dg.MaterializeResult(metadata={"version": promoted.version, "trained_in_this_run": trained})

    return model


def _results() -> dg.AssetsDefinition:
    specs = [
        table_spec(t, text, group="linkage", deps=["linkage.records", "linkage.model"], kinds=("duckdb", "splink"))
        for t, text in _RESULTS.items()
    ]

    @dg.multi_asset(specs=specs, name="link_records")
    def results(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        model = promoted_model(workspace.home.models) or train(workspace)
        summary = link(workspace.warehouse, workspace.home.work, model, POLICIES, progress=context.log.info)
        with workspace.warehouse.connect() as con:
            yield materialized(con, "linkage.pairs", {"compared": summary.compared})
            yield materialized(con, "linkage.clusters", {"customers": summary.customers})
            yield materialized(con, "linkage.review")

    return results


@dg.op(description="Train on the warehouse as it is, save the model, make it the one in use.")
def train_and_promote(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """The one step of the training job."""
    context.log.info(f"promoted model {train(workspace).version}")


@dg.job(executor_def=dg.in_process_executor, description="Train the linkage model anew; monthly, or by hand.")
def train_linkage_model() -> None:
    """Training apart from the nightly run, so that customers do not move because a model did."""
    train_and_promote()
