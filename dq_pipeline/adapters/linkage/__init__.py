"""Record linkage on Splink and DuckDB: train a model, link with it, explain a pair."""

from dq_pipeline.adapters.linkage.explain import explain_pair
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import (
    Model,
    PopulationModel,
    list_models,
    load_model,
    promote_model,
    promoted_model,
    promoted_version,
    save_model,
)
from dq_pipeline.adapters.linkage.training import train_model

__all__ = [
    "Model",
    "PopulationModel",
    "explain_pair",
    "link",
    "list_models",
    "load_model",
    "promote_model",
    "promoted_model",
    "promoted_version",
    "save_model",
    "train_model",
]
