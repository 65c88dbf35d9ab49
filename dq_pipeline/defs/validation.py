"""Stage 3, validation: every rule of every Great Expectations suite is an asset check on the table it guards."""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from dq_pipeline.adapters.expectations import validate
from dq_pipeline.adapters.quality import write_rules
from dq_pipeline.adapters.suites import rule_set_hash
from dq_pipeline.defs.gate import gate_result
from dq_pipeline.defs.tables import key, materialized, table_spec
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.rules import RuleResult, Suite
from dq_pipeline.policies.scores import SCORE_WEIGHTS

LEDGER = {
    "quality.rule_results": "What every rule found in every run: evaluated, failed, or why it could not run.",
    "quality.failing_rows": "Every failing record of every rule, by key, with first seen, last seen and fixed.",
}


def rule_checks(suites: tuple[Suite, ...]) -> list[dg.AssetChecksDefinition]:
    """One check step a suite, one check a rule. A blocking rule that fails stops everything downstream."""
    rule_set = rule_set_hash(suites)
    return [_suite_checks(suite, rule_set) for suite in suites]


def rules_asset(suites: tuple[Suite, ...]) -> dg.AssetsDefinition:
    """`quality.rules`: the suites as a table, for scores and readers."""
    specs = [
        table_spec("quality.rules", "Every rule: what it asks, why, and who mends it.", group="validation"),
        table_spec("quality.score_weights", "The weight of every column in the scores.", group="validation"),
    ]

    @dg.multi_asset(specs=specs, name="write_rules")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.transaction() as con:
            write_rules(con, suites, SCORE_WEIGHTS)
            for spec in specs:
                yield materialized(con, ".".join(spec.key.path))

    return build


def ledger_asset(suites: Iterable[Suite]) -> dg.AssetsDefinition:
    """The tables the check steps fill, as assets: what stands downstream waits for the checks."""
    guarded = [suite.table for suite in suites if suite.table.startswith("staging.")]
    specs = [table_spec(t, text, group="validation", deps=guarded) for t, text in LEDGER.items()]

    @dg.multi_asset(specs=specs, name="quality_ledger")
    def build(workspace: Workspace) -> Iterator[dg.MaterializeResult[Any]]:
        with workspace.warehouse.connect() as con:
            for table in LEDGER:
                yield materialized(con, table)

    return build


def _suite_checks(suite: Suite, rule_set: str) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            rule.check_name,
            asset=key(suite.table),
            description=f"{rule.description} {rule.why}",
            blocking=rule.blocking,
            additional_deps=[key(table) for table in suite.reads],
            metadata={"rule": rule.rule_id, "owner": rule.owner, "fix": rule.fix, "dimension": rule.dimension},
        )
        for rule in suite.rules
    ]

    @dg.multi_asset_check(specs=specs, name=suite.table.replace(".", "__") + "__rules", can_subset=True)
    def check(context: dg.AssetCheckExecutionContext, workspace: Workspace) -> Iterator[dg.AssetCheckResult]:
        wanted = {check.name for check in context.selected_asset_check_keys}
        for result in validate(
            workspace.warehouse, (suite,), run_id=workspace.run_id, now=workspace.now, rule_set=rule_set
        ):
            if result.rule.check_name in wanted:
                yield _accepted(result, workspace) or _check_result(result)

    return check


def _accepted(result: RuleResult, workspace: Workspace) -> dg.AssetCheckResult | None:
    """A blocking rule that failed and that a person let pass in this run."""
    if not result.rule.blocking or result.outcome != "failed" or not workspace.acceptance(result.rule.check_name):
        return None
    with workspace.warehouse.transaction() as con:
        found = result.message or f"{result.failed} of {result.evaluated} fail"
        return gate_result(con, workspace, result.rule.table, result.rule.check_name, [found])


def _check_result(result: RuleResult) -> dg.AssetCheckResult:
    """An errored rule is shown as a warning, never as passed; a rule without data passes and says so."""
    rule = result.rule
    critical = rule.severity == "critical" and result.outcome == "failed"
    return dg.AssetCheckResult(
        asset_key=key(rule.table),
        check_name=rule.check_name,
        passed=result.outcome in ("passed", "not_evaluated"),
        severity=dg.AssetCheckSeverity.ERROR if critical else dg.AssetCheckSeverity.WARN,
        description=result.message,
        metadata={
            "outcome": result.outcome,
            "evaluated": result.evaluated,
            "failed": result.failed,
            "share_failed": round(result.failed / result.evaluated, 6) if result.evaluated else 0.0,
            "why": rule.why,
            "fix": rule.fix,
        },
    )
