"""Everything Dagster sees, the stages in the order of the data."""

from __future__ import annotations

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Read contracts, SQL models and suites, and build the assets from them. Nothing is read at import."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.suites import load_suites
    from dq_pipeline.defs import (
        automation,
        dictionary,
        gate,
        golden,
        ingest,
        issues,
        linkage,
        loads,
        models,
        profiles,
        publish,
        quarantine,
        scores,
        staging,
        validation,
    )
    from dq_pipeline.defs.workspace import Workspace
    from dq_pipeline.settings import CONTRACTS, SUITES

    contracts, suites = load_contracts(CONTRACTS), load_suites(SUITES)
    assets = [
        *ingest.ingest_assets(contracts),
        loads.loads_asset(contracts),
        *staging.combining_assets(contracts),
        *models.model_assets(contracts),
        dictionary.dictionary_asset(contracts),
        validation.rules_asset(suites),
        validation.ledger_asset(suites),
        profiles.profiles_asset(contracts),
        quarantine.quarantine_asset(),
        *linkage.linkage_assets(),
        *golden.golden_assets(),
        *scores.score_assets(suites),
        *issues.issue_assets(),
        publish.publish_asset(contracts),
    ]
    return dg.Definitions(
        assets=automation.fresh(assets),
        asset_checks=[*validation.rule_checks(suites), profiles.profile_checks(contracts), gate.gate_checks(contracts)],
        jobs=automation.JOBS,
        schedules=automation.SCHEDULES,
        sensors=automation.SENSORS,
        resources={"workspace": Workspace()},
        executor=dg.in_process_executor,
    )
