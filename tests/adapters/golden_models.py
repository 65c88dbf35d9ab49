"""The SQL models of golden on tables made by hand, for tests."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.sql_models import SqlModel, create_model_table
from tests.models import sql_models


def build_golden(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Make `golden.<name>` of each name, in the order of the models; what they read must be there."""
    for model in sql_models().values():
        if model.schema == "golden" and model.name in names:
            create_model_table(con, model)


def golden_models() -> list[SqlModel]:
    """All of them, in order."""
    return [model for model in sql_models().values() if model.schema == "golden"]
