"""Stage 1, ingest: every source's extract files become `raw.<source>`; what cannot be read is reported."""

import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import dagster as dg

from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.adapters.ingest import CHECKS, Finding, IngestResult, ingest_source, refuse_source, source_findings
from dq_pipeline.adapters.run_facts import record_source_status
from dq_pipeline.defs.tables import key, materialized, tags
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import DqError
from dq_pipeline.settings import MODELS_SQL

LOADED = "extract_loaded"


def ingest_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """One asset a contract. A source that cannot be loaded fails its check and leaves the others alone."""
    return [_source_asset(contract) for contract in contracts.values()]


def _source_asset(contract: Contract) -> dg.AssetsDefinition:
    table = f"raw.{contract.id}"
    checks = {LOADED: "The extract was read, or is absent.", **CHECKS}

    @dg.asset(
        key=key(table),
        description=contract.description,
        group_name="ingest",
        kinds={"duckdb", contract.layout.format.removesuffix("_pages")},
        owners=[f"team:{contract.owner}"],
        tags=tags(table),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=contract.freshness_hours)),
        check_specs=[
            dg.AssetCheckSpec(name, asset=key(table), description=text, metadata={"owner": contract.owner})
            for name, text in checks.items()
        ],
    )
    def load(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        result, fetched = _fetch_and_ingest(workspace, contract)
        with workspace.warehouse.transaction() as con:
            record_source_status(
                con,
                contract.id,
                run_id=workspace.run_id,
                now=workspace.now,
                status=result.status,
                problem=result.problem,
            )
            findings = source_findings(con, contract, now=workspace.now)
            yield materialized(con, table, {**_facts(result), **fetched})
        yield from _check_results(contract, result, findings)

    return load


def _fetch_and_ingest(workspace: Workspace, contract: Contract) -> tuple[IngestResult, dict[str, Any]]:
    """What became of the source, and of its remote folder where it has one."""
    warehouse, folder, run_id, now = workspace.warehouse, workspace.extracts_folder, workspace.run_id, workspace.now
    fetched: dict[str, Any] = {}
    if contract.location and workspace.fetches:
        from dq_pipeline.adapters.fetch import fetch_extracts

        try:
            done = fetch_extracts(contract, folder / contract.id, environment=os.environ)
        except DqError as error:
            return refuse_source(warehouse, folder, contract, error.text(), run_id=run_id, now=now), {}
        fetched = {
            f"remote_{name}": list(value) if isinstance(value, tuple) else value
            for name, value in vars(done).items()
            if name != "source"
        }
    suppressions = Suppressions(workspace.home.governance, MODELS_SQL)
    result = ingest_source(warehouse, folder, contract, run_id=run_id, now=now, erased=suppressions or None)
    if suppressions and not workspace.extracts:
        _clean_extracts(workspace, contract)
    return result, fetched


def _clean_extracts(workspace: Workspace, contract: Contract) -> None:
    from dq_pipeline.adapters.governance.delivered import clean_delivered
    from dq_pipeline.adapters.governance.places import Places

    clean_delivered(Places(workspace.home.root, MODELS_SQL, {contract.id: contract}), contract)


def _check_results(contract: Contract, result: IngestResult, findings: list[Finding]) -> Iterator[dg.AssetCheckResult]:
    """An extract that cannot be read is an error; one that merely looks odd is a warning a person sees."""
    asset = key(f"raw.{contract.id}")
    yield dg.AssetCheckResult(
        passed=result.status != "failed",
        check_name=LOADED,
        asset_key=asset,
        metadata={**_facts(result), "owner": contract.owner},
        description=result.problem,
    )
    for finding in findings:
        yield dg.AssetCheckResult(
            passed=not finding.problem,
            check_name=finding.check,
            asset_key=asset,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={**finding.facts, "problem": finding.problem},
            description=finding.problem,
        )


def _facts(result: IngestResult) -> dict[str, Any]:
    return {
        "status": result.status,
        "files": result.files,
        "lines": result.lines,
        "loaded": result.loaded,
        "rejected": result.rejected,
        "erased": result.erased,
        "new_records": result.new_records,
        "changed_records": result.changed_records,
        "unchanged_records": result.unchanged_records,
        "deleted_records": result.deleted_records,
        "problem": result.problem,
    }
