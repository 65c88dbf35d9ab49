"""Between staging and linkage: the records of which nobody could say whose they are stay behind, with their reasons;
and the ledger of what stewards decided, which linkage and golden obey.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.decision_file import keep_decisions
from dq_pipeline.adapters.quarantine import hold_records
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.policies.quarantine import HOLD_REASONS

_TABLES = {
    "quality.held_records": "Records that cannot take part in linkage, with their reasons; some released by a steward.",
    "quality.releases": "What stewards decided about held records: who, when, why; only ever added to.",
}
_LEDGER = {
    "stewardship.decisions": "Every word of a steward about records: who, when, why; only ever added to.",
    "stewardship.link_decisions": "The decisions in force about two records: the same customer, or different ones.",
    "stewardship.pins": "The values in force that a steward pinned to a record and attribute.",
}


def quarantine_asset() -> dg.AssetsDefinition:
    """`quality.held_records` by the policy and the stewards' decisions, which the command line writes."""
    deps = ["staging.customers", "staging.match_forms"]
    specs = [table_spec(t, text, group="validation", deps=deps) for t, text in _TABLES.items()]
    specs += [table_spec(t, text, group="validation") for t, text in _LEDGER.items()]

    @dg.multi_asset(specs=specs, name="hold_records")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        keep_decisions(workspace.warehouse, workspace.home.decisions)
        with workspace.warehouse.transaction() as con:
            held = hold_records(con, HOLD_REASONS, run_id=workspace.run_id, now=workspace.now)
            for table in _TABLES:
                yield materialized(con, table, {"held": held} if table == "quality.held_records" else None)
            for table in _LEDGER:
                yield materialized(con, table)

    return build
