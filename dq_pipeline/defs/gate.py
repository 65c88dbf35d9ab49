"""Stage 6, the publish gate: what is written is audited before readers see it; a failure keeps yesterday's version."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
import duckdb

from dq_pipeline.adapters.gate import (
    growth_plausible,
    ids_stable,
    keys_unique,
    provenance_complete,
    record_acceptance,
)
from dq_pipeline.adapters.governance.audit import record_audit
from dq_pipeline.adapters.run_facts import row_balance
from dq_pipeline.defs.tables import key
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import PIPELINE_OWNER
from dq_pipeline.policies.publishing import GATE_LIMITS
from dq_pipeline.policies.survivorship import POLICY

_CHECKS = {
    "row_balance": "Every line is loaded or rejected; every record belongs to exactly one customer or is held back.",
    "keys_unique": "Every customer stands once in golden.customers, every record once in golden.crosswalk.",
    "provenance_complete": "Every golden value says which record of the customer it comes from.",
    "ids_stable": "Customers whose records did not change hold the same records as in the published version.",
    "growth_plausible": "No customer swallowed many others, and customers are in proportion to records.",
}


def gate_checks(contracts: Mapping[str, Contract]) -> dg.AssetChecksDefinition:
    """The blocking checks on the golden tables beside the rules of expectations/golden."""
    specs = [
        dg.AssetCheckSpec(
            name,
            asset=key("golden.customers"),
            description=description,
            blocking=True,
            metadata={"owner": PIPELINE_OWNER},
            additional_deps=[key("golden.crosswalk"), key("golden.attribute_provenance")],
        )
        for name, description in _CHECKS.items()
    ]

    @dg.multi_asset_check(specs=specs, name="publish_gate", can_subset=True)
    def gate(context: dg.AssetCheckExecutionContext, workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        wanted = {check.name for check in context.selected_asset_check_keys}
        with workspace.warehouse.connect() as con:
            for name in (name for name in _CHECKS if name in wanted):
                problems = _problems(con, name, workspace, contracts)
                yield gate_result(con, workspace, "golden.customers", name, problems)

    return gate


def gate_result(
    con: duckdb.DuckDBPyConnection, workspace: Workspace, table: str, check: str, problems: Sequence[str]
) -> dg.AssetCheckResult:
    """The result of a blocking check: a failure that a person accepted for this run is a warning, on record."""
    told = "; ".join(problems)
    acceptance = workspace.acceptance(check) if problems else None
    if acceptance:
        record_acceptance(con, acceptance, run_id=workspace.run_id, now=workspace.now, problem=told)
        record_audit(
            con,
            at=workspace.now,
            actor=workspace.actor,
            action="check_accepted",
            subject=f"{table} {check}",
            reason=acceptance.reason,
            details={"run": workspace.run_id, "author": acceptance.author, "problem": told},
        )
        told = f"{told} (accepted by {acceptance.author}: {acceptance.reason})"
    return dg.AssetCheckResult(
        asset_key=key(table),
        check_name=check,
        passed=not problems,
        severity=dg.AssetCheckSeverity.WARN if acceptance else dg.AssetCheckSeverity.ERROR,
        description=told or "nothing stands out",
    )


def _problems(
    con: duckdb.DuckDBPyConnection, check: str, workspace: Workspace, contracts: Mapping[str, Contract]
) -> list[str]:
    published = workspace.home.published
    if check == "row_balance":
        return row_balance(con, contracts.values())
    if check == "keys_unique":
        return keys_unique(con)
    if check == "provenance_complete":
        return provenance_complete(con, POLICY.attributes)
    if check == "ids_stable":
        return ids_stable(con, published, GATE_LIMITS)
    return growth_plausible(con, published, GATE_LIMITS)
