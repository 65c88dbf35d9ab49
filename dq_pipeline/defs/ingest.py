"""Stage 1, ingest: every source's extract files become `raw.<source>`; what cannot be read is reported."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.ingest import IngestResult, ingest_source
from dq_pipeline.adapters.run_facts import record_source_status
from dq_pipeline.defs.tables import key, materialized
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract

CHECK = "extract_loaded"


def ingest_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """One asset a contract. A source that cannot be loaded fails its check and leaves the others alone."""
    return [_source_asset(contract) for contract in contracts.values()]


def _source_asset(contract: Contract) -> dg.AssetsDefinition:
    table = f"raw.{contract.id}"

    @dg.asset(
        key=key(table),
        description=contract.description,
        group_name="ingest",
        kinds={"duckdb", contract.layout.format.removesuffix("_pages")},
        owners=[f"team:{contract.owner}"],
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key(table), description="The extract was read, or is absent.")],
    )
    def load(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        result = ingest_source(
            workspace.warehouse,
            workspace.extracts_folder,
            contract,
            run_id=workspace.run_id,
            now=workspace.now,
        )
        facts = _facts(result)
        with workspace.warehouse.transaction() as con:
            record_source_status(
                con,
                contract.id,
                run_id=workspace.run_id,
                now=workspace.now,
                status=result.status,
                problem=result.problem,
            )
            yield materialized(con, table, facts)
        yield dg.AssetCheckResult(
            passed=result.status != "failed", check_name=CHECK, asset_key=key(table), metadata=facts
        )

    return load


def _facts(result: IngestResult) -> dict[str, Any]:
    return {
        "status": result.status,
        "files": result.files,
        "lines": result.lines,
        "loaded": result.loaded,
        "rejected": result.rejected,
        "new_columns": list(result.new_columns),
        "missing_columns": list(result.missing_columns),
        "problem": result.problem,
    }
