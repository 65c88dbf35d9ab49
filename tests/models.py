"""The project's SQL models, for tests that give them what they read."""

from __future__ import annotations

import re
from functools import cache

from dq_pipeline.adapters.sql_models import SqlModel, load_sql_models
from dq_pipeline.settings import MODELS_SQL


@cache
def sql_models() -> dict[str, SqlModel]:
    """Every model. Whether every table a model reads is made somewhere is for the definitions to check."""
    mentioned = {name for path in MODELS_SQL.glob("*/*.sql") for name in re.findall(r"[a-z_]+\.\w+", path.read_text())}
    return load_sql_models(MODELS_SQL, known_tables=mentioned)
