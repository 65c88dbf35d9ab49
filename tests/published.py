"""A version of what every reader sees, for tests that publish tables of their own making."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.role_views import published_columns
from dq_pipeline.domain.access import RoleView, plan_view
from dq_pipeline.policies.governance import EVERY_READER, EXPORTED_TABLES


def readers_view(con: duckdb.DuckDBPyConnection) -> RoleView:
    """Of the tables that are there, no column of which is personal."""
    rows = con.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns"
    ).fetchall()
    classes = dict.fromkeys(rows, "none")
    return plan_view(EVERY_READER, (), published_columns(con, EXPORTED_TABLES, classes))
