"""Every file of `dbt_like_sql/` as an asset, in the group of its schema, and what those of golden need beside them."""

from collections.abc import Mapping

import dagster as dg

from dq_pipeline.adapters.sql_models import SqlModel, upstream
from dq_pipeline.defs import scores
from dq_pipeline.defs.activity import activity_assets
from dq_pipeline.defs.project import GROUPS, project_models
from dq_pipeline.defs.tables import model_asset
from dq_pipeline.domain.contract import Contract


def model_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """One asset a SQL file; the policy that golden models read, and the macro on top of them."""
    models = project_models(contracts)
    needed = {m.table for m in upstream(models, [m.table for m in models.values() if m.schema != "quality"])}
    assets = [_asset(model, needed_before=model.table in needed) for model in models.values()]
    return [*assets, *activity_assets(contracts)]


def _asset(model: SqlModel, *, needed_before: bool) -> dg.AssetsDefinition:
    """Models of `quality` wait for golden and its checks, save those that staging itself is made of; those built
    customer by customer for the step that finds out who is concerned."""
    if model.schema == "quality" and needed_before:
        return model_asset(model, group="staging")
    after: tuple[str, ...] = scores.AFTER if model.schema == "quality" else ()
    if model.row_key == "customer_id":
        after = ("golden.customers",)
    return model_asset(model, group=GROUPS[model.schema], extra_deps=after)
