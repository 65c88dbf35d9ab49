"""Stage 5, golden: what age and inactivity mean, which the SQL models read, and consent as of any date."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.activity import ACTIVITY_TABLES, create_consent_macro, write_activity_policy
from dq_pipeline.defs.tables import key, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.policies.activity import POLICY

CONSENT_AS_OF = "golden.consent_as_of"


def activity_assets(contracts: Mapping[str, Contract]) -> list[dg.AssetsDefinition]:
    """The policy of activity as tables, and the macro `golden.consent_as_of(moment)`."""
    return [_policy(contracts), _consent_macro()]


def _policy(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    specs = [table_spec(table, text, group="golden") for table, text in ACTIVITY_TABLES.items()]

    @dg.multi_asset(specs=specs, name="write_activity_policy")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            write_activity_policy(con, POLICY, contracts.values())
            for table in ACTIVITY_TABLES:
                yield materialized(con, table)

    return build


def _consent_macro() -> dg.AssetsDefinition:
    spec = table_spec(
        CONSENT_AS_OF,
        "Table macro: golden.consents as it would have read at a moment, by the statements dated until then.",
        group="golden",
        deps=["golden.consent_history"],
    )

    @dg.multi_asset(specs=[spec], name="create_consent_macro")
    def build(workspace: Workspace) -> dg.MaterializeResult[Any]:
        with workspace.warehouse.transaction() as con:
            create_consent_macro(con)
        return dg.MaterializeResult(asset_key=key(CONSENT_AS_OF))

    return build
