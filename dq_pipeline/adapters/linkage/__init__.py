"""Record linkage on Splink and DuckDB: train a model, link with it, explain a pair."""

from dq_pipeline.adapters.linkage.drift import linkage_drift, record_run_statistics, run_statistics
from dq_pipeline.adapters.linkage.explain import explain_pair
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import (
    Model,
    PopulationModel,
    list_models,
    load_model,
    save_model,
)
from dq_pipeline.adapters.linkage.model_diff import diff_models
from dq_pipeline.adapters.linkage.page import read_page, render_linkage_charts, write_page
from dq_pipeline.adapters.linkage.promotion import (
    promote_model,
    promoted_model,
    promoted_version,
    promotions,
    roll_back,
)
from dq_pipeline.adapters.linkage.training import train_model

__all__ = [
    "Model",
    "PopulationModel",
    "diff_models",
    "explain_pair",
    "link",
    "linkage_drift",
    "list_models",
    "load_model",
    "promote_model",
    "promoted_model",
    "promoted_version",
    "promotions",
    "read_page",
    "record_run_statistics",
    "render_linkage_charts",
    "roll_back",
    "run_statistics",
    "save_model",
    "train_model",
    "write_page",
]
