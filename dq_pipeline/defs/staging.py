"""Stage 2, staging: each source mapped onto the canonical names, then all of them in one standardised shape."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.governance.removed_records import REMOVED_RECORDS, write_removed_records
from dq_pipeline.adapters.run_facts import require_records
from dq_pipeline.adapters.standardise import PARSED_TABLES, combine_sources, parse_values
from dq_pipeline.defs.tables import materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.policies.corrections import CORRECTION_RULES
from dq_pipeline.policies.placeholders import SHARING_LIMITS

SOURCE_RECORDS = "staging.source_records"


def combining_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """`staging.source_records`, the parsers' answers, which the SQL models then join, and what is there no more."""
    return [_source_records(contracts), _parsed_values(contracts), _removed_records()]


def _removed_records() -> dg.AssetsDefinition:
    text = "Keys of the records that retention has removed: facts that the law keeps may still name them."
    deps = ["staging.customers"]
    spec = table_spec(REMOVED_RECORDS, text, group="staging", deps=deps, kinds=("duckdb", "python"))

    @dg.multi_asset(specs=[spec], name="write_removed_records")
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        with workspace.warehouse.transaction() as con:
            write_removed_records(con)
            return materialized(con, REMOVED_RECORDS)

    return build


def _source_records(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    sources = [f"staging.{c.id}" for c in contracts.values() if c.kind == "customers"]
    spec = table_spec(
        SOURCE_RECORDS,
        "All customer records of all sources in one shape, as they arrived.",
        group="staging",
        deps=sources,
    )

    @dg.multi_asset(specs=[spec], name="combine_sources")
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        with workspace.warehouse.transaction() as con:
            combine_sources(con, contracts)
            require_records(con)
            return materialized(con, SOURCE_RECORDS)

    return build


def _parsed_values(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    specs = [
        table_spec(table, description, group="staging", deps=[SOURCE_RECORDS], kinds=("duckdb", "python"))
        for table, description in PARSED_TABLES.items()
    ]

    @dg.multi_asset(specs=specs, name="parse_values")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            parsed = parse_values(
                con,
                contracts,
                as_of=workspace.now.date(),
                corrections=CORRECTION_RULES,
                sharing=SHARING_LIMITS,
            )
            for table in PARSED_TABLES:
                yield materialized(con, table, {"newly_parsed": parsed.get(table, 0)})

    return build
