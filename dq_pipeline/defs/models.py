"""Every file of `dbt_like_sql/` as an asset, in the group of its schema."""

from collections.abc import Mapping

import dagster as dg

from dq_pipeline.adapters.sql_models import SqlModel, load_sql_models
from dq_pipeline.adapters.standardise import PARSED_TABLES
from dq_pipeline.defs import scores, staging, validation
from dq_pipeline.defs.tables import model_asset
from dq_pipeline.domain.contract import Contract
from dq_pipeline.settings import MODELS_SQL

_GROUPS = {"staging": "staging", "linkage": "linkage", "golden": "golden", "quality": "scores"}

# Tables that Python makes and SQL models may read.
MADE_ELSEWHERE = (
    staging.SOURCE_RECORDS,
    *PARSED_TABLES,
    *validation.LEDGER,
    "quality.rules",
    "quality.score_weights",
    "quality.run",
    "linkage.pairs",
    "linkage.clusters",
    "linkage.review",
    "golden.crosswalk",
    "golden.customers",
    "golden.attribute_provenance",
)


def project_models(contracts: Mapping[str, Contract]) -> dict[str, SqlModel]:
    """The project's SQL models in the order to run them."""
    return load_sql_models(MODELS_SQL, known_tables=[*MADE_ELSEWHERE, *(f"raw.{c}" for c in contracts), "raw.loads"])


def model_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """One asset a SQL file."""
    return [
        model_asset(model, group=_GROUPS[model.schema], extra_deps=scores.AFTER if model.schema == "quality" else ())
        for model in project_models(contracts).values()
    ]
