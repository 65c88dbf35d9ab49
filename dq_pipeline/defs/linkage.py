"""Stage 4, linkage: the model, the pairs it scores, and the clusters of records that are one customer."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.governance.audit import record_audit
from dq_pipeline.adapters.linkage.model import Model, save_model
from dq_pipeline.adapters.linkage.promotion import promote_model, promoted_model
from dq_pipeline.defs.linkage_drift import drift_checks, statistics_asset
from dq_pipeline.defs.tables import OWNER, materialized, table_spec, tags
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.linkage import blocking_table, policies_fingerprint
from dq_pipeline.domain.model_diff import ModelDiff
from dq_pipeline.domain.promotion import PIPELINE
from dq_pipeline.policies.linkage import POLICIES, SEED

MODEL = dg.AssetKey(["linkage", "model"])
_RESULTS = {
    "linkage.pairs": "Every pair scored above the stored limit, with the evidence of each comparison.",
    "linkage.clusters": "Which records are one customer, before the customer has an id.",
    "linkage.joins": "The steps in which the records of each customer were joined.",
    "linkage.review": "Pairs and clusters a person should look at, with the reason.",
}


def linkage_assets() -> list[dg.AssetsDefinition]:
    """The model in use, everything scored with it, and what that looked like, with checks that it looks as before."""
    return [_model(), _results(), statistics_asset(), drift_checks()]


def train(workspace: Workspace) -> Model:
    """Train on the records now in the warehouse and save the artefact; which model is in use stays as it is."""
    from dq_pipeline.adapters.linkage.training import train_model

    model = train_model(workspace.home.warehouse, workspace.home.work, POLICIES, seed=SEED, now=workspace.now)
    save_model(workspace.home.models, model)
    return model


def usable_model(workspace: Workspace) -> Model | None:
    """The model in use; None when there is none or it was trained under another policy."""
    model = promoted_model(workspace.home.models)
    return model if model and model.manifest["policy"] == policies_fingerprint(POLICIES) else None


def promote_alone(workspace: Workspace, model: Model) -> None:
    """Promote without a person: only where nothing could be scored otherwise."""
    outgrown = promoted_model(workspace.home.models)
    reason = f"the linkage policy is not that of model {outgrown.version}" if outgrown else "the first model"
    promote_model(workspace.home.models, model.version, POLICIES, author=PIPELINE, reason=reason, at=workspace.now)
    with workspace.warehouse.transaction() as con:
        record_audit(
            con,
            at=workspace.now,
            actor=workspace.actor,
            action="model_promote",
            subject=model.version,
            reason=reason,
            details={"author": PIPELINE, "previous": outgrown.version if outgrown else None},
        )


def _model() -> dg.AssetsDefinition:
    @dg.asset(
        key=MODEL,
        description="The linkage model in use: Splink settings with fitted m and u, and a manifest. "
        "Trained when there is none or the policy changed; otherwise by the job train_linkage_model, and in use "
        "once a person promotes it.",
        group_name="linkage",
        kinds={"splink", "json"},
        owners=[OWNER],
        tags=tags("linkage.model"),
        deps=[dg.AssetKey(["linkage", "records"])],
    )
    def model(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult[Any]:
        in_use = usable_model(workspace)
        trained = in_use is None
        if in_use is None:
            context.log.info("training the model")
            in_use = train(workspace)
            promote_alone(workspace, in_use)
        return dg.MaterializeResult(metadata={"version": in_use.version, "trained_in_this_run": trained})

    return model


def _results() -> dg.AssetsDefinition:
    specs = [
        table_spec(t, text, group="linkage", deps=["linkage.records", "linkage.model"], kinds=("duckdb", "splink"))
        for t, text in _RESULTS.items()
    ]

    @dg.multi_asset(specs=specs, name="link_records")
    def results(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        from dq_pipeline.adapters.linkage.linking import link

        model = usable_model(workspace)
        if model is None:
            model = train(workspace)
            promote_alone(workspace, model)
        summary = link(workspace.warehouse, workspace.home.work, model, POLICIES, progress=context.log.info)
        with workspace.warehouse.connect() as con:
            blocking = dg.MetadataValue.md(blocking_table(summary.blocking))
            yield materialized(con, "linkage.pairs", {"compared": summary.compared, "blocking": blocking})
            yield materialized(con, "linkage.clusters", {"customers": summary.customers})
            yield materialized(con, "linkage.joins")
            yield materialized(con, "linkage.review")

    return results


@dg.op(description="Train on the warehouse as it is, save the model, say what promoting it would change.")
def train_and_compare(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """The one step of the training job. A model never takes the place of a usable one by itself: customers would be
    merged and split overnight without anybody having looked."""
    from dq_pipeline.adapters.linkage.model_diff import diff_models

    in_use, trained = usable_model(workspace), train(workspace)
    if in_use is None:
        promote_alone(workspace, trained)
        context.log.info(f"promoted model {trained.version}: there was none to use")
    elif in_use.version == trained.version:
        context.log.info(f"nothing changed since model {trained.version} was trained; it stays in use")
    else:
        found = diff_models(
            workspace.warehouse, workspace.home.work, in_use, trained, POLICIES, progress=context.log.info
        )
        context.log.info("\n".join(found.lines()))
        context.log_event(dg.AssetObservation(MODEL, metadata=_told(found)))


def _told(found: ModelDiff) -> dict[str, Any]:
    """A diff as metadata of the model: keys and figures."""
    return {
        "trained": found.after,
        "in_use": found.before,
        "customers_merged": found.merged,
        "customers_split": found.split,
        "pairs_joined": found.joined,
        "pairs_parted": found.parted,
        "diff": dg.MetadataValue.md("```\n" + "\n".join(found.lines()) + "\n```"),
        "to_promote": f"dq-pipeline models promote {found.after} --reason TEXT",
    }


@dg.job(executor_def=dg.in_process_executor, description="Train the linkage model anew; monthly, or by hand.")
def train_linkage_model() -> None:
    """Training apart from the nightly run, so that customers do not move because a model did."""
    train_and_compare()
