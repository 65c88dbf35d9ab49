"""Stage 5, golden: every cluster gets its id for life, every attribute its winner and the reason."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.customer_history import record_history
from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.record_tables import RECORD_TABLES
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.policies.survivorship import POLICY

_IDENTITY = {
    "golden.crosswalk": "Which customer each source record belongs to.",
    "golden.identity_events": "What happened to customer ids, and why; only ever added to.",
    "golden.id_redirects": "Where every id ever published leads today.",
}
_CUSTOMERS = {
    "golden.customers": "One row per real customer.",
    "golden.attribute_provenance": "For every golden value: the record it came from, the rule that chose it, who lost.",
    "golden.pins_status": "Every pin in force: what became of it, and whether the sources agree by now.",
    "golden.customers_history": "Every version of every customer, with its time.",
    "golden.changes": "The feed of changes, numbered for good; only ever added to.",
    "golden.change_feed": "Each change with the row it led to, for those who keep a copy.",
}


def golden_assets() -> list[dg.AssetsDefinition]:
    """The identity ledger, then the customers."""
    return [_identity(), _customers()]


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
    # The ledger stands for the checks that fill it: what failed in this run must be known before a value wins. The
    # others are looked at for what changed, on behalf of all models that are built customer by customer.
    deps = [
        *_IDENTITY,
        "quality.failing_rows",
        "quality.rules",
        *(t for t in RECORD_TABLES if t.startswith("staging.")),
    ]
    specs = [table_spec(t, text, group="golden", deps=deps) for t, text in _CUSTOMERS.items()]

    @dg.multi_asset(specs=specs, name="build_customers")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            build_customers(con, POLICY, today=workspace.now.date())
            changes = record_history(con, run_id=workspace.run_id, now=workspace.now)
            for table in _CUSTOMERS:
                yield materialized(con, table, changes if table == "golden.changes" else None)

    return build
