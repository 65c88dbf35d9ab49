"""Stage 5, golden: every cluster gets its id for life, every attribute its winner and the reason."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.run_facts import row_balance
from dq_pipeline.defs.tables import key, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.policies.survivorship import POLICY

_IDENTITY = {
    "golden.crosswalk": "Which customer each source record belongs to.",
    "golden.identity_events": "What happened to customer ids, and why; only ever added to.",
    "golden.id_redirects": "Where every id ever published leads today.",
}
_CUSTOMERS = {
    "golden.customers": "One row per real customer.",
    "golden.attribute_provenance": "For every golden value: the record it came from and the rule that chose it.",
}


def golden_assets() -> list[dg.AssetsDefinition]:
    """The identity ledger, then the customers."""
    return [_identity(), _customers()]


def row_balance_check(contracts: Mapping[str, Contract]) -> dg.AssetChecksDefinition:
    """Nothing is lost: every line is loaded or rejected, every record belongs to one customer or is held back."""

    @dg.asset_check(
        asset=key("golden.customers"),
        name="row_balance",
        description="Every line is loaded or rejected; every record belongs to exactly one customer or is held back.",
        blocking=True,
    )
    def check(workspace: Workspace) -> dg.AssetCheckResult:
        with workspace.warehouse.connect() as con:
            problems = row_balance(con, contracts.values())
        return dg.AssetCheckResult(passed=not problems, description="; ".join(problems) or "all rows are accounted for")

    return check


def _identity() -> dg.AssetsDefinition:
    specs = [table_spec(t, text, group="golden", deps=["linkage.clusters"]) for t, text in _IDENTITY.items()]

    @dg.multi_asset(specs=specs, name="assign_customer_ids")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            summary = assign_customer_ids(con, run_id=workspace.run_id, now=workspace.now)
            for table in _IDENTITY:
                extra = {"customers": summary.customers, **summary.events} if table == "golden.crosswalk" else None
                yield materialized(con, table, extra)

    return build


def _customers() -> dg.AssetsDefinition:
    # The ledger stands for the checks that fill it: what failed in this run must be known before a value wins.
    deps = ["golden.crosswalk", "staging.customers", "quality.failing_rows", "quality.rules"]
    specs = [table_spec(t, text, group="golden", deps=deps) for t, text in _CUSTOMERS.items()]

    @dg.multi_asset(specs=specs, name="build_customers")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            build_customers(con, POLICY)
            for table in _CUSTOMERS:
                yield materialized(con, table)

    return build
