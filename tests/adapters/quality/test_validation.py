"""Validation on a real warehouse: counts, failing keys, outcomes, the ledger, and nothing that leaks or locks."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.expectations import validate
from dq_pipeline.adapters.quality import write_rules
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.rules import SQL_RULE, Rule, RuleResult, ScoreWeights, Suite
from dq_pipeline.policies.scores import SCORE_WEIGHTS

MONDAY = datetime(2026, 1, 5, 6)
COLUMNS = "record_key varchar, source_system varchar, a varchar, b varchar, n integer, m integer, seen timestamp"
MARKER = "Zaphod'); drop table t;--"


def rule(name: str, kind: str, arguments: dict[str, Any], **more: Any) -> Rule:
    column = more.pop("column", arguments.get("column"))
    return Rule(
        *(f"staging.t.{name}", "staging.t", column, "validity", more.pop("severity", "critical")),
        *("owner", "what", "why", "fix", False, kind, arguments),
        **more,
    )


def suite(*rules: Rule) -> Suite:
    return Suite("t", "staging.t", ("record_key",), rules)


def sql(name: str, query: str, **more: Any) -> Rule:
    return rule(name, SQL_RULE, {"unexpected_rows_query": query}, **more)


def warehouse(path: Path, rows: list[tuple[Any, ...]]) -> Warehouse:
    """A warehouse with `staging.t`: rows of (a, b, n, m, seen) under keys s:0, s:1, …"""
    made = Warehouse(path / "warehouse.duckdb")
    with made.transaction() as con:
        con.execute(f"create or replace table staging.t ({COLUMNS})")
        for number, row in enumerate(rows):
            con.execute("insert into staging.t values (?, 's', ?, ?, ?, ?, ?)", [f"s:{number}", *row])
    return made


def run(made: Warehouse, *rules: Rule, run_id: str = "r", now: datetime = MONDAY) -> dict[str, RuleResult]:
    found = validate(made, [suite(*rules)], run_id=run_id, now=now)
    assert [result.rule for result in found] == list(rules)
    return {result.rule_id.removeprefix("staging.t."): result for result in found}


def read(made: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with made.connect(read_only=True) as con:
        return con.execute(query).fetchall()


def failing(made: Warehouse) -> dict[str, list[int]]:
    """Row numbers by rule."""
    found: dict[str, list[int]] = {}
    query = "select rule_id, record_key from quality.failing_rows where fixed_at is null order by all"
    for rule_id, key in read(made, query):
        found.setdefault(rule_id.removeprefix("staging.t."), []).append(int(key.removeprefix("s:")))
    return {name: sorted(rows) for name, rows in found.items()}


# --- every supported type against an independent reading of what it means --------------------------------------

ROWS: list[tuple[Any, ...]] = [
    ("x1", "x1", 1, 1, MONDAY),
    ("x1", None, 2, 1, MONDAY + timedelta(seconds=1)),
    (None, "b", 3, 5, None),
    (None, None, None, None, None),
    ("it's", "it's", 3, 3, MONDAY - timedelta(days=1)),
    ("É%_:c", "é", -7, 2, MONDAY),
    ("", "", 0, 0, MONDAY),
    (MARKER, MARKER, 3, 5, MONDAY),
    ("yy", "x1", 9, None, MONDAY),
    ("yy", "x1", None, 4, MONDAY),
]
Fails = Callable[[tuple[Any, ...]], bool]


def twice(*positions: int) -> Fails:
    """Rows whose values at the positions are all there and occur more than once."""

    def fails(row: tuple[Any, ...]) -> bool:
        key = [row[position] for position in positions]
        same = [other for other in ROWS if [other[position] for position in positions] == key]
        return None not in key and len(same) > 1

    return fails


A, B, N, M, SEEN = range(5)
NOW = {"$PARAMETER": "measured_at"}
# name: type, arguments, the rows it looks at, the rows that fail
ORACLE: dict[str, tuple[str, dict[str, Any], Fails, Fails]] = {
    "not_null": ("values_to_not_be_null", {}, lambda r: True, lambda r: r[A] is None),
    "null": ("values_to_be_null", {}, lambda r: True, lambda r: r[A] is not None),
    "unique": ("values_to_be_unique", {}, lambda r: r[A] is not None, twice(A)),
    "in_set": (
        *("values_to_be_in_set", {"value_set": ["x1", "it's"]}),
        *(lambda r: r[A] is not None, lambda r: r[A] not in (None, "x1", "it's")),
    ),
    "not_in_set": (
        *("values_to_not_be_in_set", {"value_set": ["", MARKER]}),
        *(lambda r: r[A] is not None, lambda r: r[A] in ("", MARKER)),
    ),
    "regex": (
        *("values_to_match_regex", {"regex": r"^[a-z']+\d?$"}),
        *(lambda r: r[A] is not None, lambda r: r[A] is not None and not re.search(r"^[a-z']+\d?$", r[A])),
    ),
    "not_regex": (
        *("values_to_not_match_regex", {"regex": "%_:c|drop"}),
        *(lambda r: r[A] is not None, lambda r: bool(re.search("%_:c|drop", r[A] or ""))),
    ),
    "regex_list": (
        *("values_to_match_regex_list", {"regex_list": ["^x", "^y"]}),
        *(lambda r: r[A] is not None, lambda r: r[A] is not None and not re.match("[xy]", r[A])),
    ),
    "not_regex_list": (
        *("values_to_not_match_regex_list", {"regex_list": ["^x", "^y"]}),
        *(lambda r: r[A] is not None, lambda r: bool(re.match("[xy]", r[A] or ""))),
    ),
    "lengths": (
        *("value_lengths_to_be_between", {"min_value": 1, "max_value": 4}),
        *(lambda r: r[A] is not None, lambda r: r[A] is not None and not 1 <= len(r[A]) <= 4),
    ),
    "length": (
        *("value_lengths_to_equal", {"value": 2}),
        *(lambda r: r[A] is not None, lambda r: r[A] is not None and len(r[A]) != 2),
    ),
    "between": (
        *("values_to_be_between", {"column": "n", "min_value": 0, "max_value": 3, "strict_min": True}),
        *(lambda r: r[N] is not None, lambda r: r[N] is not None and not 0 < r[N] <= 3),
    ),
    "not_after_now": (
        *("values_to_be_between", {"column": "seen", "max_value": NOW}),
        *(lambda r: r[SEEN] is not None, lambda r: r[SEEN] is not None and r[SEEN] > MONDAY),
    ),
}
PAIRS: dict[str, tuple[str, dict[str, Any], Fails, Fails]] = {
    "pair_greater": (
        *("pair_values_a_to_be_greater_than_b", {"or_equal": True, "ignore_row_if": "either_value_is_missing"}),
        *(lambda r: None not in (r[N], r[M]), lambda r: None not in (r[N], r[M]) and r[N] < r[M]),
    ),
    "pair_strictly_greater": (
        *("pair_values_a_to_be_greater_than_b", {}),
        *(lambda r: (r[N], r[M]) != (None, None), lambda r: None not in (r[N], r[M]) and r[N] <= r[M]),
    ),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, RuleResult], dict[str, list[int]]]:
    made = warehouse(tmp_path_factory.mktemp("oracle"), ROWS)
    rules = [
        *(rule(name, f"expect_column_{t}", {"column": "a"} | kwargs) for name, (t, kwargs, _, _) in ORACLE.items()),
        *(
            rule(name, f"expect_column_{t}", {"column_A": "n", "column_B": "m"} | kwargs)
            for name, (t, kwargs, _, _) in PAIRS.items()
        ),
        rule("compound", "expect_compound_columns_to_be_unique", {"column_list": ["b", "a"]}),
        sql("sql", "select record_key, source_system from {batch} where n = 3;"),
        sql("sql_of_some", "select * from {batch} where n > 3", evaluates="n > 2"),
        sql("sql_now", "select record_key, source_system from {batch} where seen > getvariable('measured_at')"),
        rule("rows", "expect_table_row_count_to_be_between", {"min_value": 11}),
        rule("columns", "expect_table_columns_to_match_set", {"column_set": ["a", "b"], "exact_match": False}),
        rule("mostly", "expect_column_values_to_not_be_null", {"column": "a", "mostly": 0.5}),
    ]
    return run(made, *rules), failing(made)


@pytest.mark.parametrize("name", [*ORACLE, *PAIRS])
def test_counts_and_keys_against_an_oracle(judged, name: str) -> None:
    results, keys = judged
    _, _, looked_at, fails = (ORACLE | PAIRS)[name]
    expected = [number for number, row in enumerate(ROWS) if fails(row)]
    result = results[name]
    assert (result.outcome, result.message) == ("failed" if expected else "passed", "")
    assert (result.evaluated, result.failed) == (sum(map(looked_at, ROWS)), len(expected))
    assert keys.get(name, []) == expected
    assert 0 < len(expected) < len(ROWS)


def test_rules_of_their_own_kind(judged) -> None:
    results, keys = judged
    assert (results["compound"].failed, keys["compound"]) == (2, [8, 9])
    assert (results["sql"].evaluated, results["sql"].failed, keys["sql"]) == (10, 3, [2, 4, 7])
    assert (results["sql_of_some"].evaluated, results["sql_of_some"].failed, keys["sql_of_some"]) == (4, 1, [8])
    assert keys["sql_now"] == [1]
    assert (results["rows"].outcome, results["rows"].evaluated, results["rows"].failed) == ("failed", 1, 1)
    assert (results["columns"].outcome, results["columns"].failed) == ("passed", 0)
    assert (results["mostly"].outcome, results["mostly"].failed, keys["mostly"]) == ("passed", 2, [2, 3])


# --- outcomes ---------------------------------------------------------------------------------------------------

NOT_NULL = rule("ok", "expect_column_values_to_not_be_null", {"column": "a"})
BROKEN = {
    "column": (rule("x", "expect_column_values_to_be_unique", {"column": "gone"}), "staging.t has no column gone"),
    "regex": (rule("x", "expect_column_values_to_match_regex", {"column": "a", "regex": "("}), "could not be computed"),
    "arguments": (
        rule("x", "expect_column_values_to_be_between", {"column": "n", "min_value": [1]}),
        "its arguments are refused",
    ),
    "types": (
        rule("x", "expect_column_values_to_be_between", {"column": "a", "min_value": 1}),
        "could not be computed",
    ),
    "conversion": (
        sql("x", "select record_key, source_system from {batch} where a::integer > 0"),
        "it could not be computed (ConversionException)",
    ),
    "sql": (
        sql("x", "select record_key, source_system from {batch} where gone"),
        'Binder Error: Referenced column "gone"',
    ),
    "keys": (sql("x", "select a from {batch} where n = 3"), 'Binder Error: Referenced column "record_key"'),
    "population": (sql("x", "select * from {batch} where n = 3", evaluates="gone"), "Binder Error"),
    "too few": (
        sql("x", "select * from {batch} where n = 3", evaluates="n = 4"),
        "3 rows fail, but the rule is about 0",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_that_cannot_run_is_errored_and_hides_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    made = warehouse(tmp_path, ROWS)
    broken, message = BROKEN[name]
    with caplog.at_level(logging.DEBUG):
        results = run(made, broken, NOT_NULL)
    assert (results["x"].outcome, results["x"].evaluated, results["x"].failed) == ("errored", 0, 0)
    assert message in results["x"].message
    assert (results["ok"].outcome, results["ok"].evaluated, results["ok"].failed) == ("failed", 10, 2)
    assert failing(made) == {"ok": [2, 3]}
    said = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("great_expectations")]
    assert "Zaphod" not in results["x"].message + said.out + said.err + "".join(ours)


def test_a_value_that_looks_like_an_error_does_not_get_out(tmp_path: Path) -> None:
    value = "(_duckdb.BinderException) Binder Error: Zaphod"
    made = warehouse(tmp_path, [(value, None, None, None, None)])
    results = run(made, sql("x", "select * from {batch} where a::integer > 0"))
    assert results["x"].message == "it could not be computed (ConversionException)"


def test_a_missing_table_and_a_missing_key_are_errored(tmp_path: Path) -> None:
    made = warehouse(tmp_path, ROWS)
    nowhere = replace(NOT_NULL, rule_id="staging.u.ok", table="staging.u")
    found = validate(
        made,
        [Suite("u", "staging.u", ("k",), (nowhere,)), Suite("t", "staging.t", ("k",), (NOT_NULL,))],
        run_id="r",
        now=MONDAY,
    )
    assert [(result.outcome, result.message) for result in found] == [
        ("errored", "there is no table staging.u"),
        ("errored", "staging.t has no column k"),
    ]


def test_nothing_to_look_at_is_not_evaluated(tmp_path: Path) -> None:
    unique = rule("u", "expect_column_values_to_be_unique", {"column": "b"})
    counted = sql("s", "select * from {batch} where n = 3", evaluates="n is not null")
    empty = run(warehouse(tmp_path, []), unique, counted, NOT_NULL)
    assert {result.outcome for result in empty.values()} == {"not_evaluated"}
    assert {result.message for result in empty.values()} == {"the table is empty"}
    only_nulls = run(warehouse(tmp_path, [("x", None, None, None, None)] * 3), unique, counted, NOT_NULL)
    assert [only_nulls[name].outcome for name in ("u", "s", "ok")] == ["not_evaluated", "not_evaluated", "passed"]
    assert only_nulls["u"].message == "no row has a value to look at"


# --- the ledger -------------------------------------------------------------------------------------------------


def ledger(made: Warehouse) -> list[tuple[Any, ...]]:
    query = (
        "select record_key, day(first_seen), day(last_seen), day(fixed_at), times_reopened "
        "from quality.failing_rows order by record_key"
    )
    return [(int(key.removeprefix("s:")), *rest) for key, *rest in read(made, query)]


def on_day(day: int, path: Path, values: list[str | None], *, run_id: str = "", extra: Rule = NOT_NULL) -> Warehouse:
    made = warehouse(path, [(value, None, None, None, None) for value in values])
    run(made, extra, run_id=run_id or f"run {day}", now=datetime(2026, 1, day))
    return made


def test_the_life_of_a_failing_row(tmp_path: Path) -> None:
    made = on_day(1, tmp_path, [None, None, "x"])
    assert ledger(made) == [(0, 1, 1, None, 0), (1, 1, 1, None, 0)]
    on_day(2, tmp_path, [None, "x", "x"])
    assert ledger(made) == [(0, 1, 2, None, 0), (1, 1, 1, 2, 0)]
    on_day(3, tmp_path, [None, "x", None])
    assert ledger(made) == [(0, 1, 3, None, 0), (1, 1, 1, 2, 0), (2, 3, 3, None, 0)]
    on_day(4, tmp_path, ["x", None, None])
    assert ledger(made) == [(0, 1, 3, 4, 0), (1, 1, 4, None, 1), (2, 3, 4, None, 0)]
    on_day(5, tmp_path, ["x", "x"])  # record s:2 is gone: it fails no more
    assert ledger(made) == [(0, 1, 3, 4, 0), (1, 1, 4, 5, 1), (2, 3, 4, 5, 0)]


def test_the_same_data_again_only_moves_last_seen(tmp_path: Path) -> None:
    made = on_day(1, tmp_path, [None, "x", None])
    on_day(2, tmp_path, [None, "x", None])
    assert ledger(made) == [(0, 1, 2, None, 0), (2, 1, 2, None, 0)]
    counts = "select run_id, evaluated, failed, outcome from quality.rule_results order by run_id"
    assert read(made, counts) == [("run 1", 3, 2, "failed"), ("run 2", 3, 2, "failed")]


def test_the_same_run_again_replaces_its_results(tmp_path: Path) -> None:
    made = on_day(1, tmp_path, [None, "x", None], run_id="r")
    on_day(1, tmp_path, [None, "x", None], run_id="r")
    assert ledger(made) == [(0, 1, 1, None, 0), (2, 1, 1, None, 0)]
    assert read(made, "select run_id, failed from quality.rule_results") == [("r", 2)]


def test_an_errored_rule_and_an_empty_table_close_nothing(tmp_path: Path) -> None:
    made = on_day(1, tmp_path, [None, "x"])
    broken = replace(NOT_NULL, arguments={"column": "gone"})
    on_day(2, tmp_path, ["x", "x"], extra=broken)
    assert ledger(made) == [(0, 1, 1, None, 0)]
    on_day(3, tmp_path, [])
    assert ledger(made) == [(0, 1, 1, None, 0)]
    on_day(4, tmp_path, ["x", "x"])
    assert ledger(made) == [(0, 1, 1, 4, 0)]


def test_suites_validated_in_parts_keep_each_others_results(tmp_path: Path) -> None:
    made = warehouse(tmp_path, ROWS)
    other = rule("other", "expect_column_values_to_not_be_null", {"column": "b"})
    run(made, NOT_NULL)
    run(made, other)
    assert failing(made) == {"ok": [2, 3], "other": [1, 3]}
    assert read(made, "select rule_id from quality.rule_results order by 1") == [
        ("staging.t.ok",),
        ("staging.t.other",),
    ]


def test_a_retired_rule_leaves_no_open_rows(tmp_path: Path) -> None:
    made = on_day(1, tmp_path, [None])
    on_day(2, tmp_path, [None])
    weights = ScoreWeights(SCORE_WEIGHTS.severity, ())
    with made.transaction() as con:
        write_rules(con, [suite(NOT_NULL)], weights)
    assert ledger(made) == [(0, 1, 2, None, 0)]
    with made.transaction() as con:
        write_rules(con, [suite(replace(NOT_NULL, rule_id="staging.t.new"))], weights)
    assert ledger(made) == [(0, 1, 2, 2, 0)]


def test_what_is_stored(tmp_path: Path) -> None:
    """Times arrive in any zone and are kept in UTC; the results carry the hash they are told."""
    made = warehouse(tmp_path, ROWS)
    now = datetime(2026, 1, 5, 8, tzinfo=timezone(timedelta(hours=2)))
    validate(made, [suite(NOT_NULL)], run_id="r", now=now, rule_set="all")
    assert now.astimezone(UTC).replace(tzinfo=None) == MONDAY
    assert read(made, "select * from quality.rule_results") == [
        ("r", MONDAY, "staging.t.ok", "staging.t", "a", "validity", "critical", "owner", 10, 2, "failed", "", "all")
    ]
    assert read(made, "select * from quality.failing_rows order by record_key limit 1") == [
        ("staging.t.ok", "staging.t", "a", "s:2", "s", MONDAY, MONDAY, None, 0)
    ]


def test_no_value_of_a_row_leaves_with_the_results(judged) -> None:
    results, keys = judged
    said = repr([(r.rule_id, r.outcome, r.evaluated, r.failed, r.message) for r in results.values()]) + repr(keys)
    assert not any(value in said for value in (MARKER, "it's", "É%_:c"))


def test_the_warehouse_is_free_afterwards(tmp_path: Path) -> None:
    made = warehouse(tmp_path, ROWS)
    run(made, NOT_NULL)
    # Another configuration is refused as long as a single cursor of the first is open.
    with duckdb.connect(str(made.path), config={"threads": 1}) as con:
        assert con.execute("select count(*) from quality.failing_rows").fetchall() == [(2,)]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["warehouse.duckdb", "work"]
