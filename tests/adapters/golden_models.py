"""The SQL models of golden on tables made by hand, for tests."""

from __future__ import annotations

import re
from functools import cache

import duckdb

from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, load_sql_models
from dq_pipeline.settings import MODELS_SQL


def build_golden(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Make `golden.<name>` of each name, in the order of the models; what they read must be there."""
    for model in _models().values():
        if model.schema == "golden" and model.name in names:
            create_model_table(con, model)


def golden_models() -> list[SqlModel]:
    """All of them, in order."""
    return [model for model in _models().values() if model.schema == "golden"]


@cache
def _models() -> dict[str, SqlModel]:
    mentioned = {name for path in MODELS_SQL.glob("*/*.sql") for name in re.findall(r"[a-z_]+\.\w+", path.read_text())}
    return load_sql_models(MODELS_SQL, known_tables=mentioned)
