"""The ledger of loads as assets, so that rules can guard it: what came, and what the contracts say of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.source_findings import write_source_findings
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract

_LEDGER = {
    "raw.loads": "Every file ever loaded: lines, loaded, rejected, encoding, columns unlike the contract's.",
    "raw.snapshots": "Every export of a source: its files, its records new, changed, unchanged and deleted.",
    "raw.source_findings": "What every contract promises of its source, checked: '' or what is wrong.",
}


def loads_asset(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """`raw.loads`, `raw.snapshots` and `raw.source_findings`, complete when every source was ingested."""
    sources = [f"raw.{contract}" for contract in contracts]
    specs = [table_spec(table, text, group="ingest", deps=sources) for table, text in _LEDGER.items()]

    @dg.multi_asset(specs=specs, name="ledger_of_loads")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            write_source_findings(con, contracts.values(), now=workspace.now)
            for table in _LEDGER:
                yield materialized(con, table)

    return build
