"""The score models: DESIGN's test vectors, and random worlds against exact fractions computed apart from the SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.quality import create_quality_tables, write_rules, write_run
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.defs.project import project_models
from dq_pipeline.domain.rules import ColumnWeight, Rule, ScoreWeights, Suite
from dq_pipeline.policies.scores import SCORE_WEIGHTS
from dq_pipeline.settings import CONTRACTS, MODELS_SQL, SUITES
from tests.expectations.examples import TABLES

NOW = datetime(2026, 1, 5)
CUSTOMERS = "staging.customers"
# (column, dimension, severity, outcome, failing rows)
RuleFacts = tuple[str, str, str, str, Iterable[int]]
PENALTIES: dict[str, Fraction] = {severity: Fraction(weight) for severity, weight in SCORE_WEIGHTS.severity.items()}


@pytest.fixture(scope="module")
def models() -> list[SqlModel]:
    """The models of `dbt_like_sql/quality` that make the scores, in their order."""
    found = project_models(load_contracts(CONTRACTS))
    staging = {model.table for model in upstream(found, ["staging.customers"])}
    return [m for m in upstream(found, ["quality.scores"]) if m.schema == "quality" and m.table not in staging]


@dataclass
class Given:
    """A warehouse in words: rules by column, the rows each fails on, weights, duplicates."""

    rows: int = 10
    sources: int = 1
    owners: int = 1
    rules: dict[str, RuleFacts] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)
    customers: list[int] = field(default_factory=list)

    def source(self, row: int) -> str:
        return f"source {row % self.sources}"

    def owner(self, row: int) -> str:
        return f"owner {row % self.owners}"

    def user(self, row: int) -> str:
        return f"user {row % 2}"


def scores(models: list[SqlModel], world: Given) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(score, coverage, rows, weight, impact) of every scope."""
    rules = tuple(
        Rule(rule_id, CUSTOMERS, column, dimension, severity, "o", "d", "w", "f", False, "expect")  # type: ignore[arg-type]
        for rule_id, (column, dimension, severity, _, _) in world.rules.items()
    )
    weights = tuple(ColumnWeight(CUSTOMERS, column, weight, "") for column, weight in world.weights.items())  # type: ignore[arg-type]
    with duckdb.connect() as con:
        con.execute(TABLES)
        create_quality_tables(con)
        write_rules(con, [Suite("s", CUSTOMERS, ("record_key",), rules)], ScoreWeights(SCORE_WEIGHTS.severity, weights))
        write_run(con, run_id="r", measured_at=NOW, model_hash="m", rule_set_hash="h")
        many(
            con,
            "staging.customers (record_key, source_system, owner, created_by)",
            [(f"k{row}", world.source(row), world.owner(row), world.user(row)) for row in range(world.rows)],
        )
        many(
            con,
            "golden.crosswalk (record_key, source_system, customer_id)",
            [(f"k{row}", world.source(row), f"c{customer}") for row, customer in enumerate(world.customers)],
        )
        for rule_id, (column, dimension, severity, outcome, failing) in world.rules.items():
            many(
                con,
                "quality.rule_results",
                [("r", NOW, rule_id, CUSTOMERS, column, dimension, severity, "o", world.rows, 0, outcome, "", "h")],
            )
            many(
                con,
                "quality.failing_rows",
                [(rule_id, CUSTOMERS, column, f"k{row}", world.source(row), NOW, NOW, None, 0) for row in failing],
            )
        for model in models:
            create_model_table(con, model)
        found = con.execute("select scope_type, scope, score, coverage, rows, weight, impact from quality.scores")
        return {(kind, scope): tuple(rest) for kind, scope, *rest in found.fetchall()}


def many(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' for _ in rows[0])})", rows)


OVERALL = ("overall", "overall")
EMAIL, NAME, KEY = (("column", f"{CUSTOMERS}.{column}") for column in ("email", "name", "record_key"))


def test_vector_1_a_row_that_fails_twice_is_lost_once(models: list[SqlModel]) -> None:
    world = Given(
        rules={
            "invalid": ("email", "validity", "critical", "failed", [1, 2]),
            "missing": ("email", "completeness", "critical", "failed", [2, 3]),
        },
        weights={"record_key": "0"},
    )
    found = scores(models, world)
    assert found[EMAIL] == (70.0, 1.0, 10, 1.0, 30.0)
    assert found[OVERALL][0] == 70.0
    assert found["dimension", "validity"][0] == found["dimension", "completeness"][0] == 80.0
    for rule in ("invalid", "missing"):
        score, _, _, _, impact = found["rule", rule]
        assert (score, impact) == (80.0, 15.0)


def test_vector_2_all_rows_bad_is_nought(models: list[SqlModel]) -> None:
    found = scores(models, Given(rules={"r": ("email", "validity", "critical", "failed", range(10))}))
    assert (found[EMAIL][0], found[OVERALL][0]) == (0.0, 0.0)


def test_vector_3_no_rule_ran_is_no_score(models: list[SqlModel]) -> None:
    errored = scores(models, Given(rules={"r": ("email", "validity", "critical", "errored", [1])}))
    assert errored[EMAIL][:2] == errored[OVERALL][:2] == (None, 0.0)
    assert errored[OVERALL][4] is None
    assert scores(models, Given(weights={"email": "2"}))[OVERALL][:2] == (None, 0.0)
    assert scores(models, Given(rows=0))[OVERALL][:2] == (None, 0.0)


def test_vector_4_weights_and_impacts(models: list[SqlModel]) -> None:
    world = Given(
        rules={
            "half": ("email", "validity", "critical", "failed", range(5)),
            "none": ("name", "validity", "critical", "passed", []),
        },
        weights={"email": "2", "name": "1", "record_key": "0"},
    )
    found = scores(models, world)
    assert (found[EMAIL][0], found[NAME][0], found[OVERALL][0]) == (50.0, 100.0, 66.66)
    assert (floor(found[EMAIL][4] * 100) / 100, found[NAME][4]) == (33.33, 0.0)


def test_severity_decides_how_much_of_a_row_is_lost(models: list[SqlModel]) -> None:
    world = Given(
        rules={
            "warning": ("email", "validity", "warning", "failed", [0, 1, 2, 3]),
            "critical": ("email", "accuracy", "critical", "failed", [3]),
            "info": ("email", "consistency", "info", "failed", range(10)),
        }
    )
    found = scores(models, world)
    assert found[EMAIL][0] == 75.0  # rows 0, 1, 2 lose a half, row 3 all
    assert found["dimension", "validity"][0] == 80.0
    assert found["dimension", "consistency"][0] == 100.0


def test_duplicates_within_a_source_are_lost_rows(models: list[SqlModel]) -> None:
    """Source 0 has records 0, 2, 4, 6 of customers 0, 0, 0, 2; source 1 has 1, 3, 5, 7 of 0, 1, 2, 2."""
    found = scores(models, Given(rows=8, sources=2, customers=[0, 0, 0, 1, 0, 2, 2, 2]))
    assert found["source", "source 0"][0] == 50.0
    assert found["source", "source 1"][0] == 75.0
    assert found["dimension", "uniqueness"][0] == found[KEY][0] == 62.5


def test_a_hundred_needs_everything_measured(models: list[SqlModel]) -> None:
    passed: RuleFacts = ("email", "validity", "critical", "passed", [])
    errored: RuleFacts = ("email", "accuracy", "info", "errored", [])
    linked = list(range(10))
    assert scores(models, Given(rules={"a": passed}, customers=linked))[OVERALL][:2] == (100.0, 1.0)
    partly = scores(models, Given(rules={"a": passed, "b": errored}, customers=linked))
    assert partly[EMAIL][:2] == (99.99, 0.5)
    assert partly[OVERALL][:2] == (99.99, 0.75)
    assert scores(models, Given(rules={"a": passed}))[OVERALL][:2] == (99.99, 0.5)  # linkage has not run


def test_one_bad_row_in_a_million_is_not_a_hundred(models: list[SqlModel]) -> None:
    with duckdb.connect() as con:
        con.execute(TABLES)
        create_quality_tables(con)
        rule = Rule("r", CUSTOMERS, "email", "validity", "warning", "o", "d", "w", "f", False, "expect")
        write_rules(con, [Suite("s", CUSTOMERS, ("record_key",), (rule,))], ScoreWeights(SCORE_WEIGHTS.severity, ()))
        write_run(con, run_id="r", measured_at=NOW, model_hash="m", rule_set_hash="h")
        con.execute(
            "insert into staging.customers (record_key, source_system) select 'k' || i, 's' from range(1000000) t(i)"
        )
        con.execute("insert into golden.crosswalk select record_key, 's', null, record_key from staging.customers")
        many(
            con, "quality.rule_results", [("r", NOW, "r", CUSTOMERS, "email", "", "", "", 1000000, 1, "failed", "", "")]
        )
        many(con, "quality.failing_rows", [("r", CUSTOMERS, "email", "k7", "s", NOW, NOW, None, 0)])
        for model in models:
            create_model_table(con, model)
        query = "select score, impact from quality.scores where scope_type = 'overall'"
        assert con.execute(query).fetchall() == [(99.99, 0.000025)]


def expected(world: Given, rows: list[int], columns: dict[str, list[str]]) -> tuple[Fraction, Fraction]:
    """(possible, lost) over the rows and columns; `columns` gives the rules that ran on each."""
    possible = lost = Fraction(0)
    for column, rules in columns.items():
        weight = Fraction(world.weights.get(column, "1"))
        possible += weight * len(rows)
        for row in rows:
            hit = [PENALTIES[world.rules[rule][2]] for rule in rules if row in world.rules[rule][4]]
            lost += weight * max(hit, default=Fraction(0))
    return possible, lost


@st.composite
def worlds(draw: st.DrawFn) -> Given:
    rows = draw(st.integers(1, 12))
    column = st.sampled_from(["email", "name", "birthdate"])
    rule = st.tuples(
        column,
        st.sampled_from(["validity", "completeness"]),
        st.sampled_from(["critical", "warning", "info"]),
        st.sampled_from(["failed", "failed", "errored", "not_evaluated"]),
        st.sets(st.integers(0, rows - 1)),
    )
    return Given(
        rows=rows,
        sources=draw(st.integers(1, 3)),
        owners=draw(st.integers(1, 2)),
        rules={f"rule {number}": rule for number, rule in enumerate(draw(st.lists(rule, max_size=6)))},
        weights=draw(st.dictionaries(column, st.sampled_from(["0", "0.125", "0.3", "1", "3"]))) | {"record_key": "1"},
    )


@settings(max_examples=25, deadline=None)
@given(world=worlds())
def test_scores_are_exact_and_impacts_add_up(models: list[SqlModel], world: Given) -> None:
    found = scores(models, world)
    ran = {rule: facts for rule, facts in world.rules.items() if facts[3] == "failed"}
    columns = {column: [r for r, f in ran.items() if f[0] == column] for column in {f[0] for f in ran.values()}}
    everything = list(range(world.rows))
    possible_overall, lost_overall = expected(world, everything, columns)

    def check(scope: tuple[str, str], rows: list[int], columns: dict[str, list[str]]) -> None:
        possible, lost = expected(world, rows, columns)
        score, coverage, _, weight, impact = found[scope]
        assert 0 <= coverage <= 1
        if not possible:
            assert score is None
            return
        exact = 100 * (1 - lost / possible)
        assert score == (99.99 if exact == 100 and coverage < 1 else floor(exact * 100) / 100)
        assert impact == pytest.approx(float(100 * lost / possible_overall))
        assert weight * len(rows) == pytest.approx(float(possible))

    check(OVERALL, everything, columns)
    for column in columns:
        check(("column", f"{CUSTOMERS}.{column}"), everything, {column: columns[column]})
    for source in {world.source(row) for row in everything}:
        check(("source", source), [row for row in everything if world.source(row) == source], columns)
    for owner in {world.owner(row) for row in everything}:
        check(("owner", owner), [row for row in everything if world.owner(row) == owner], columns)
    for user in {f"{world.source(row)}:{world.user(row)}" for row in everything}:
        entered = [row for row in everything if f"{world.source(row)}:{world.user(row)}" == user]
        check(("created_by", user), entered, columns)
    for rule, facts in ran.items():
        possible, lost = expected(world, everything, {facts[0]: [rule]})
        score = 100 * (1 - lost / possible) if possible else None
        assert found["rule", rule][0] == (None if score is None else floor(score * 100) / 100)
    for dimension in {facts[1] for facts in ran.values()}:
        of = {c: [r for r in rules if ran[r][1] == dimension] for c, rules in columns.items()}
        check(("dimension", dimension), everything, {c: rules for c, rules in of.items() if rules})
    if possible_overall:
        loss = float(100 * lost_overall / possible_overall)
        for kind in ("column", "source", "owner", "table", "created_by", "data_elements", "rule"):
            impacts = [impact for (scope_type, _), (*_, impact) in found.items() if scope_type == kind]
            assert sum(impact or 0.0 for impact in impacts) == pytest.approx(loss)


def test_every_weight_is_of_a_column_some_rule_scores() -> None:
    scored = {(rule.table, rule.column) for suite in load_suites(SUITES) for rule in suite.rules}
    assert [(c.table, c.column) for c in SCORE_WEIGHTS.columns if (c.table, c.column) not in scored] == []


def test_every_suites_table_is_among_the_scored_rows() -> None:
    text = (Path(MODELS_SQL) / "quality" / "scored_rows.sql").read_text()
    scored = [suite for suite in load_suites(SUITES) if any(rule.column for rule in suite.rules)]
    assert [suite.table for suite in scored if f"'{suite.table}'" not in text] == []
