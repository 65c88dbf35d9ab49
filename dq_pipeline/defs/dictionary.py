"""The data dictionary as an asset: whether every table and column has an owner, a meaning and a class."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from dq_pipeline.adapters.dictionary import (
    DESCRIBED_SCHEMAS,
    DICTIONARY,
    TABLE,
    dictionary_problems,
    tables_present,
    write_dictionary,
    write_dictionary_findings,
)
from dq_pipeline.adapters.glossary import read_glossary
from dq_pipeline.adapters.governance.policy_changes import policy_digests, record_policy_change
from dq_pipeline.defs.gate import gate_result
from dq_pipeline.defs.project import dictionary, lineage
from dq_pipeline.defs.tables import key, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import PIPELINE_OWNER
from dq_pipeline.domain.dictionary_findings import (
    DictionaryFinding,
    find_conflicts,
    find_gaps,
    find_silence,
    find_unknown,
)
from dq_pipeline.policies.governance import EXPORTED_TABLES, ROLES
from dq_pipeline.settings import CONTRACTS, GLOSSARY, POLICIES, PROJECT, SUITES

CLASSIFIED, DESCRIBED = "published_columns_classified", "columns_described"
_SHOWN = 20


def dictionary_asset(contracts: Mapping[str, Contract]) -> dg.AssetsDefinition:
    """`quality.dictionary` and `quality.dictionary_findings`, with a check that blocks publishing and one that warns.

    Nobody knows whom a column without a class may be shown to, so a published one stops the run. What lacks an owner or
    a meaning, or has two, can wait for its steward.
    """
    words = table_spec(DICTIONARY, "Every column: meaning, owner, class, word of the glossary.", group="validation")
    spec = table_spec(TABLE, "What the data dictionary lacks, and where it contradicts itself.", group="validation")
    checks = [
        dg.AssetCheckSpec(
            CLASSIFIED,
            asset=spec.key,
            blocking=True,
            description="Every published column is none, personal or sensitive.",
            metadata={"owner": PIPELINE_OWNER},
        ),
        dg.AssetCheckSpec(
            DESCRIBED,
            asset=spec.key,
            description="Every table and column has an owner and one meaning.",
            metadata={"owner": PIPELINE_OWNER},
        ),
    ]

    @dg.multi_asset(specs=[words, spec], check_specs=checks, name="check_dictionary")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        with workspace.warehouse.transaction() as con:
            digests = policy_digests(PROJECT, (POLICIES, CONTRACTS, SUITES))
            record_policy_change(con, digests, run_id=workspace.run_id, actor=workspace.actor, now=workspace.now)
            write_dictionary(con, dictionary())
            yield materialized(con, DICTIONARY)
            found = [*_findings(contracts), *find_unknown(dictionary(), tables_present(con))]
            write_dictionary_findings(con, found, published=EXPORTED_TABLES, now=workspace.now)
            yield materialized(con, TABLE, {"findings": len(found)})
            yield gate_result(con, workspace, TABLE, CLASSIFIED, dictionary_problems(con, blocking=True))
            others = dictionary_problems(con, blocking=False)
        yield dg.AssetCheckResult(
            asset_key=key(TABLE),
            check_name=DESCRIBED,
            passed=not others,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join([*others[:_SHOWN], *([f"and {len(others) - _SHOWN} more"] * (len(others) > _SHOWN))])
            or "nothing is missing",
        )

    return build


def _findings(contracts: Mapping[str, Contract]) -> Iterator[DictionaryFinding]:
    terms = read_glossary(GLOSSARY)
    described = [table for table in dictionary() if table.schema in DESCRIBED_SCHEMAS]
    published = [table for table in dictionary() if table.name in EXPORTED_TABLES]
    yield from find_gaps({table.name: table for table in (*described, *published)}.values(), terms)
    yield from find_conflicts(contracts, lineage(), terms)
    yield from find_silence(contracts.values(), [role.name for role in ROLES])
