"""Every rule of every suite is proven both ways: it lets good rows pass and finds bad ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.expectations import validate
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.rules import RuleResult
from dq_pipeline.settings import SUITES
from tests.expectations.examples import TABLES, insert_examples, read_examples, rules_with_examples

NOW = datetime(2026, 1, 15, 12)
ALL = load_suites(SUITES)
RULES = [rule for suite in ALL for rule in suite.rules]
EXAMPLES = [example for suite in ALL for example in read_examples(suite)]


class Judged:
    """All suites run once over all examples, and once over empty tables."""

    def __init__(self, folder: Path):
        self.results, self.failing = self._run(folder / "examples.duckdb", filled=True)
        self.results_when_empty, _ = self._run(folder / "empty.duckdb", filled=False)

    def _run(self, path: Path, *, filled: bool) -> tuple[dict[str, RuleResult], dict[str, set[str]]]:
        warehouse = Warehouse(path)
        with warehouse.transaction() as con:
            con.execute(TABLES)
            if filled:
                insert_examples(con, EXAMPLES)
        results = {result.rule_id: result for result in validate(warehouse, ALL, run_id="r", now=NOW)}
        with warehouse.connect(read_only=True) as con:
            keys: dict[str, set[str]] = {}
            for rule_id, key in con.execute("select rule_id, record_key from quality.failing_rows").fetchall():
                keys.setdefault(rule_id, set()).add(key)
        return results, keys


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return Judged(tmp_path_factory.mktemp("judged"))


@pytest.mark.parametrize("suite", ALL, ids=lambda suite: suite.table)
def test_every_rule_has_examples_of_both_kinds(suite) -> None:
    assert rules_with_examples(suite) == {rule.rule_id: {"pass", "fail"} for rule in suite.rules}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule_id}-{e.kind}-{e.number}")
def test_rule_finds_what_it_should_and_nothing_else(judged: Judged, example) -> None:
    assert judged.results[example.rule_id].outcome == "failed", judged.results[example.rule_id].message
    found = example.keys & judged.failing[example.rule_id]
    assert found == (example.keys if example.kind == "fail" else set())


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.concerns_rows], ids=lambda rule: rule.rule_id)
def test_rules_about_the_whole_table(judged: Judged, rule) -> None:
    full, empty = judged.results[rule.rule_id], judged.results_when_empty[rule.rule_id]
    assert (full.outcome, full.evaluated, full.failed) == ("passed", 1, 0)
    assert (empty.outcome, empty.evaluated, empty.failed) == ("failed", 1, 1)


def test_a_rule_about_rows_is_not_evaluated_on_an_empty_table(judged: Judged) -> None:
    outcomes = {result.outcome for result in judged.results_when_empty.values() if result.rule.concerns_rows}
    assert outcomes == {"not_evaluated"}


def test_only_structural_rules_block() -> None:
    structural = ("not_empty", ".present", ".unique", ".no_customer_lost", ".has_records")
    blocking = [rule for rule in RULES if rule.blocking]
    assert blocking
    assert all(rule.severity == "critical" and rule.rule_id.endswith(structural) for rule in blocking)
    assert {rule.column for rule in blocking} == {
        *(None, "record_key", "source_system", "customer_id", "interaction_id", "transaction_id")
    }
