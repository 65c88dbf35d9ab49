"""Profiles: what every table looks like tonight, and a warning where that is not what it used to look like."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.anomalies import find_anomalies, newest_drift
from dq_pipeline.adapters.profiles import profile_tables
from dq_pipeline.defs.tables import key, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import PIPELINE_OWNER
from dq_pipeline.policies.drift import DRIFT_POLICY

CHECK = "like_earlier_runs"
_PROFILES = {
    "quality.profiles": "Of every run, table and column: missing, distinct, length, frequent values as keyed hashes.",
    "quality.anomalies": "Where a profile deviates from those of the runs published before it.",
}


def profiles_asset(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """`quality.profiles` and `quality.anomalies`, of the current records of every source and of all customers."""
    tables = profiled_tables(contracts)
    specs = [table_spec(t, text, group="validation", deps=tables) for t, text in _PROFILES.items()]

    @dg.multi_asset(specs=specs, name="profile_tables")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            profile_tables(con, tables, run_id=workspace.run_id, now=workspace.now)
            find_anomalies(con, DRIFT_POLICY, run_id=workspace.run_id, now=workspace.now)
            for table in _PROFILES:
                yield materialized(con, table)

    return build


def profile_checks(contracts: Mapping[str, Contract]) -> dg.AssetChecksDefinition:
    """A warning on every profiled table that deviates from its own past; it passes while that is being learned."""
    specs = [
        dg.AssetCheckSpec(
            CHECK,
            asset=key(table),
            description="Rows, missing and distinct values, lengths and frequent values are as in the runs before.",
            metadata={"owner": PIPELINE_OWNER},
            additional_deps=[key("quality.anomalies")],
        )
        for table in profiled_tables(contracts)
    ]

    @dg.multi_asset_check(specs=specs, name="profiles_like_earlier_runs", can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        wanted = {check.asset_key for check in context.selected_asset_check_keys}
        with workspace.warehouse.connect() as con:
            drifts = newest_drift(con, DRIFT_POLICY)
        for drift in drifts:
            if key(drift.table) in wanted:
                yield dg.AssetCheckResult(
                    asset_key=key(drift.table),
                    check_name=CHECK,
                    passed=not drift.anomalies,
                    severity=dg.AssetCheckSeverity.WARN,
                    description=drift.heading(),
                    metadata={
                        "deviations": [anomaly.text() for anomaly in drift.anomalies],
                        "earlier_runs": drift.runs,
                        "runs_needed": drift.needed,
                    },
                )

    return check


def profiled_tables(contracts: Mapping[str, Contract]) -> list[str]:
    """The current records of every source as it sent them, and the customers of all."""
    return [*(f"raw.{contract.id}" for contract in contracts.values()), "staging.customers"]
