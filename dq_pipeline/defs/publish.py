"""Stage 7, publish: everything readers see, written beside the old version and switched over in one rename."""

from collections.abc import Mapping
from importlib.metadata import version as library_version
from typing import Any

import dagster as dg

from dq_pipeline.adapters.dashboard import collect_dashboard, render_dashboard
from dq_pipeline.adapters.history import add_to_history, record_publication
from dq_pipeline.adapters.linkage.page import read_page
from dq_pipeline.adapters.linkage.promotion import promoted_version
from dq_pipeline.adapters.publish import current_version, publish_version
from dq_pipeline.adapters.run_facts import run_manifest
from dq_pipeline.defs.tables import OWNER, key
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import InputError
from dq_pipeline.policies.publishing import KEPT_VERSIONS

KEY = dg.AssetKey("published")
READ = (
    *("quality.scores", "quality.score_trend", "quality.score_moves", "quality.headline"),
    *("quality.issue_impacts", "golden.customers", "raw.source_findings", "linkage.run_statistics"),
)
_LIBRARIES = ("dagster", "duckdb", "great-expectations", "splink", "dq-pipeline")


def publish_asset(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """`published`: the version folder and the switch."""

    @dg.asset(
        key=KEY,
        description="What readers see: Parquet, a DuckDB file, the dashboard; switched over in one rename.",
        group_name="publish",
        kinds={"parquet", "duckdb", "html"},
        owners=[OWNER],
        deps=[key(table) for table in READ],
    )
    def publish(workspace: Workspace) -> dg.MaterializeResult[Any]:
        model = promoted_version(workspace.home.models)
        version = f"{workspace.now:%Y%m%dT%H%M%SZ}-{workspace.run_id[:8]}"
        with workspace.warehouse.transaction() as con:
            add_to_history(con, published_run=published_run(workspace))
        with workspace.warehouse.connect() as con:
            facts = run_manifest(con, workspace.run_id, contracts)
            data = collect_dashboard(
                con, run_id=workspace.run_id, version=version, published_at=workspace.now, contracts=contracts
            )
            publish_version(
                con,
                workspace.home.published,
                version,
                dashboard=render_dashboard(data),
                linkage_charts=read_page(workspace.home.models, model) if model else "",
                manifest={
                    **facts,
                    "published_at": workspace.now.isoformat(),
                    "model": model,
                    "libraries": {name: library_version(name) for name in _LIBRARIES},
                },
                keep=KEPT_VERSIONS,
            )
            record_publication(con, run_id=workspace.run_id, version=version, published_at=workspace.now)
        return dg.MaterializeResult(
            metadata={
                "version": version,
                "records": facts["records"],
                "customers": facts["customers"],
                "overall_score": facts["overall"]["score"],
                "coverage": facts["overall"]["coverage"],
            }
        )

    return publish


def published_run(workspace: Workspace) -> str | None:
    """The run of the version readers see now, None before the first."""
    try:
        return str(current_version(workspace.home.published)[1]["run_id"])
    except InputError:
        return None
