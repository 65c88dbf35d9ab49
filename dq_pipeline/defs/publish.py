"""Stage 7, publish: everything readers see, written beside the old version and switched over in one rename."""

from collections.abc import Mapping
from importlib.metadata import version as library_version
from typing import Any

import dagster as dg
import duckdb

from dq_pipeline.adapters.dashboard import collect_material, render_site
from dq_pipeline.adapters.governance.audit import record_audit
from dq_pipeline.adapters.governance.compliance import measure_compliance
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.history import add_to_history, record_publication
from dq_pipeline.adapters.linkage.page import read_page
from dq_pipeline.adapters.linkage.promotion import promoted_version
from dq_pipeline.adapters.publish import current_version, publish_version
from dq_pipeline.adapters.role_views import published_columns
from dq_pipeline.adapters.run_facts import run_manifest
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.defs.project import dictionary, lineage, project_models
from dq_pipeline.defs.tables import OWNER, key
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.access import RoleView, plan_view
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import InputError
from dq_pipeline.policies.governance import EVERY_READER, EXPORTED_TABLES, ROLES, VOCABULARY
from dq_pipeline.policies.publishing import KEPT_VERSIONS
from dq_pipeline.policies.retention import retention_rules
from dq_pipeline.settings import MODELS_SQL, SUITES

KEY = dg.AssetKey("published")
READ = (
    *("quality.scores", "quality.score_trend", "quality.score_moves", "quality.headline"),
    *("quality.issue_impacts", "golden.customers", "raw.source_findings", "linkage.run_statistics"),
    *("golden.marketing_contacts", "quality.correction_times", "quality.dictionary", "quality.dictionary_findings"),
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
        tags={"layer": "published", "audience": "readers"},
        deps=[key(table) for table in READ],
    )
    def publish(workspace: Workspace) -> dg.MaterializeResult[Any]:
        model = promoted_version(workspace.home.models)
        version = f"{workspace.now:%Y%m%dT%H%M%SZ}-{workspace.run_id[:8]}"
        with workspace.warehouse.transaction() as con:
            add_to_history(con, published_run=published_run(workspace))
            measure_compliance(
                con,
                Places(workspace.home.root, MODELS_SQL, contracts),
                retention_rules(contracts.values()),
                run_id=workspace.run_id,
                now=workspace.now,
            )
        with workspace.warehouse.connect() as con:
            facts = run_manifest(con, workspace.run_id, contracts)
            material = collect_material(
                con,
                run_id=workspace.run_id,
                version=version,
                published_at=workspace.now,
                contracts=contracts,
                models=project_models(contracts),
                lineage=lineage(),
                suites=load_suites(SUITES),
                vocabulary=VOCABULARY,
            )
            views = role_views(con, contracts)
            publish_version(
                con,
                workspace.home.published,
                version,
                views=views,
                salts=workspace.home.governance,
                dashboard=render_site(material),
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
            for view in (view for view in views if view.role):
                record_audit(
                    con,
                    at=workspace.now,
                    actor=workspace.actor,
                    action="role_export",
                    subject=view.role,
                    reason="published",
                    details={"version": version, "tables": len(view.tables), "files": sorted(view.files)},
                )
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


def role_views(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> list[RoleView]:
    """What every reader and each role gets of the tables that are in the warehouse."""
    described = dictionary()
    classes = {(table.name, column.name): column.classification for table in described for column in table.columns}
    tables = published_columns(con, EXPORTED_TABLES, classes)
    return [plan_view(role, contracts.values(), tables) for role in (EVERY_READER, *ROLES)]


def published_run(workspace: Workspace) -> str | None:
    """The run of the version readers see now, None before the first."""
    try:
        return str(current_version(workspace.home.published)[1]["run_id"])
    except InputError:
        return None
