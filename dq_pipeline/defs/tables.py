"""How every stage reports a table to Dagster: rows, columns, where they come from, kinds, owner. Never a value."""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg
import duckdb

from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.sql_models import SqlModel
from dq_pipeline.adapters.warehouse import describe_table, row_count
from dq_pipeline.defs.project import lineage
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.dictionary import PIPELINE_OWNER
from dq_pipeline.domain.lineage import Column
from dq_pipeline.domain.publishing import PUBLISHED_TABLES
from dq_pipeline.errors import ConfigurationError

OWNER = f"team:{PIPELINE_OWNER}"


def key(table: str) -> dg.AssetKey:
    """`schema.table` as an asset key."""
    return dg.AssetKey(table.split("."))


def tags(table: str) -> dict[str, str]:
    """What the catalogue of assets is searched by: the layer of the line, and whether readers get the table."""
    return {"layer": table.partition(".")[0], "audience": "readers" if table in PUBLISHED_TABLES else "pipeline"}


def table_spec(
    table: str, description: str, *, group: str, deps: Iterable[str] = (), kinds: Iterable[str] = ("duckdb",)
) -> dg.AssetSpec:
    """The asset that is the table `schema.table`; `deps` are tables too."""
    return dg.AssetSpec(
        key(table),
        description=description,
        group_name=group,
        deps=[key(dep) for dep in deps],
        owners=[OWNER],
        kinds=set(kinds),
        tags=tags(table),
    )


def materialized(
    con: duckdb.DuckDBPyConnection, table: str, extra: Mapping[str, Any] | None = None
) -> dg.MaterializeResult[Any]:
    """Row count, column schema and column lineage of a table just written, as metadata."""
    schema, name = table.split(".")
    columns = describe_table(con, schema, name)
    metadata = {
        "dagster/row_count": row_count(con, schema, name),
        "dagster/column_schema": dg.TableSchema([dg.TableColumn(column, kind) for column, kind in columns]),
        **_column_lineage(table, [column for column, _ in columns]),
        **(extra or {}),
    }
    return dg.MaterializeResult(asset_key=key(table), metadata=metadata)


def _column_lineage(table: str, columns: Iterable[str]) -> dict[str, Any]:
    """What each column is computed from. A model that runs and yet cannot be told says so, and stops no run."""
    try:
        origins = lineage().columns
    except ConfigurationError as error:
        return {"column_lineage_problem": error.text()}
    upstream = {name: origins[Column(table, name)].upstream for name in columns if Column(table, name) in origins}
    deps = {
        name: [
            dg.TableColumnDep(asset_key=key(column.table), column_name=column.name)
            for column in dict.fromkeys(dependency.column for dependency in found)
        ]
        for name, found in upstream.items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}


def model_asset(model: SqlModel, *, group: str, extra_deps: Iterable[str] = ()) -> dg.AssetsDefinition:
    """The asset of one SQL model: runs its SELECT into its table."""
    deps = dict.fromkeys([*model.reads, *extra_deps])
    spec = table_spec(model.table, model.description, group=group, deps=deps, kinds=("duckdb", "sql"))

    @dg.multi_asset(specs=[spec], name=model.table.replace(".", "__"))
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        with workspace.warehouse.transaction() as con:
            refresh_model_table(con, model)
            return materialized(con, model.table)

    return build
