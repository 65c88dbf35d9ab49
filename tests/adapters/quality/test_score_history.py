"""From one published run to the next: what is kept, why the score moved, and the like-for-like line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.history import add_to_history, create_history_tables, record_publication
from dq_pipeline.adapters.quality import create_quality_tables, write_rules, write_run
from dq_pipeline.adapters.score_moves import score_sentences, write_score_moves
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, upstream
from dq_pipeline.defs.project import project_models
from dq_pipeline.domain.rules import ColumnWeight, Rule, ScoreWeights, Suite
from dq_pipeline.policies.scores import SCORE_WEIGHTS
from dq_pipeline.settings import CONTRACTS
from tests.expectations.examples import TABLES

CUSTOMERS = "staging.customers"
START = datetime(2026, 1, 5)
# rule id: (column, severity, pattern it looks for, failing rows); None for the rows: it errored
Rules = dict[str, tuple[str, str, str, set[int] | None]]
ROWS = 10


class Runs:
    """A warehouse of ten customers of two sources and owners, scored run after run."""

    def __init__(self, con: duckdb.DuckDBPyConnection, models: list[SqlModel]):
        self.con = con
        self.before_moves = [m for m in models if m.name != "score_trend"]
        self.trend = [m for m in models if m.name == "score_trend"]
        con.execute(TABLES)
        create_quality_tables(con)
        con.execute(
            "insert into staging.customers (record_key, source_system, owner) "
            f"select 'k' || i, ['ao', 'zoho'][1 + i % 2], ['north', 'south'][1 + i // 5] from range({ROWS}) t(i)"
        )

    def score(
        self, run: str, rules: Rules, *, after: str | None, weights: dict[str, int] | None = None
    ) -> float | None:
        """The overall score, not rounded; None where nothing was measured."""
        now = START + timedelta(days=int(run))
        declared = tuple(
            Rule(rule_id, CUSTOMERS, column, "validity", severity, "o", "d", "w", "f", False, "e", {"regex": pattern})  # type: ignore[arg-type]
            for rule_id, (column, severity, pattern, _) in rules.items()
        )
        weighted = tuple(ColumnWeight(CUSTOMERS, column, weight, "") for column, weight in (weights or {}).items())  # type: ignore[arg-type]
        suite = Suite("s", CUSTOMERS, ("record_key",), declared)
        write_rules(self.con, [suite], ScoreWeights(SCORE_WEIGHTS.severity, weighted))
        self.con.execute("delete from quality.failing_rows")
        for rule_id, (column, severity, _, rows) in rules.items():
            outcome = "errored" if rows is None else "failed"
            result = (run, now, rule_id, CUSTOMERS, column, "validity", severity, "o", ROWS, 0, outcome, "", "h")
            self.con.execute(f"insert into quality.rule_results values ({', '.join('?' * 13)})", result)
            self.con.execute(
                "insert into quality.failing_rows select $rule, $table, $column, 'k' || unnest($rows::int[]), "
                "'', $now, $now, null, 0",
                {"rule": rule_id, "table": CUSTOMERS, "column": column, "rows": sorted(rows or ()), "now": now},
            )
        create_history_tables(self.con)
        write_run(
            self.con,
            run_id=run,
            measured_at=now,
            model_hash="m",
            rule_set_hash=str(sorted(rules)),
            previous_run_id=after,
        )
        for model in self.before_moves:
            create_model_table(self.con, model)
        write_score_moves(self.con)
        for model in self.trend:
            create_model_table(self.con, model)
        impact = self.con.execute("select impact from quality.scores where scope_type = 'overall'").fetchall()[0][0]
        return None if impact is None else 100 - impact

    def publish(self, run: str, *, after: str | None) -> None:
        add_to_history(self.con, published_run=after)
        record_publication(self.con, run_id=run, version=f"v{run}", published_at=START)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def texts(self, run: str) -> list[str]:
        return [sentence["text"] for sentence in score_sentences(self.con, run)]


@pytest.fixture(scope="module")
def models() -> list[SqlModel]:
    """The models that make scores, moves and trend, in their order."""
    found = project_models(load_contracts(CONTRACTS))
    staging = {model.table for model in upstream(found, ["staging.customers"])}
    targets = ["quality.score_trend", "quality.move_parts", "quality.rule_changes", "quality.scores"]
    return [m for m in upstream(found, targets) if m.schema == "quality" and m.table not in staging]


@pytest.fixture
def runs(models: list[SqlModel]) -> Iterator[Runs]:
    with duckdb.connect() as con:
        yield Runs(con, models)


def test_a_year_in_three_runs(runs: Runs) -> None:
    first: Rules = {"email.valid": ("email", "critical", "@", {0, 1}), "name.present": ("name", "critical", "", {0})}
    assert runs.score("1", first, after=None) == 85.0
    assert runs.texts("1") == ["The overall score is 85.00: the first one published."]
    runs.publish("1", after=None)

    # Row 2 (ao, north) fails too; a new rule finds row 9.
    second = first | {
        "email.valid": ("email", "critical", "@", {0, 1, 2}),
        "name.known": ("name", "critical", "", {9}),
    }
    assert runs.score("2", second, after="1") == 75.0
    assert runs.texts("2") == [
        "The overall score fell from 85.00 to 75.00 (-10.00).",
        "By the rules and weights both have in common the data moved it by -5.00.",
        "rule email.valid: -5.00",
        "source ao: -5.00",
        "owner north: -5.00",
        "Rules that count now and did not before moved it by -5.00: name.known (added).",
    ]
    runs.publish("2", after="1")

    # The e-mails are mended, and count three times as much.
    third = second | {"email.valid": ("email", "critical", "@", set())}
    assert runs.score("3", third, after="2", weights={"email": 3}) == 95.0
    assert runs.texts("3") == [
        "The overall score rose from 75.00 to 95.00 (+20.00).",
        "By the rules and weights both have in common the data moved it by +22.50.",
        "rule email.valid: +22.50",
        "source ao: +15.00",
        "source zoho: +7.50",
        "owner north: +22.50",
        "Other weights or severities moved it by -2.50: email.valid.",
    ]
    trend = "select run_id, actual, like_for_like, rules_changed, weights_changed from quality.score_trend"
    assert runs.rows(trend) == [
        ("1", 85.0, 77.5, False, False),
        ("2", 75.0, 72.5, True, False),
        ("3", 95.0, 95.0, False, True),
    ]


def test_a_rule_that_is_another_under_its_old_name_is_not_the_same_rule(runs: Runs) -> None:
    runs.score("1", {"r": ("email", "critical", "a", {0}), "s": ("name", "warning", "", {1})}, after=None)
    runs.publish("1", after=None)
    runs.score("2", {"r": ("email", "critical", "b", {0, 1, 2}), "s": ("name", "critical", "", {1})}, after="1")
    steps = "select part, round(points, 6) from quality.move_parts where part not in ('rule', 'source', 'owner')"
    assert dict(runs.rows(steps)) == {  # 92.5, 95 without r, 90 with s critical, and 80 with the new r
        "total": -12.5,
        "rules_gone": 2.5,
        "weights": -5.0,
        "same_rules": 0.0,
        "rules_new": -10.0,
    }
    assert dict(runs.rows("select rule_id, change from quality.rule_changes")) == {"r": "redefined", "s": "weighted"}


def test_runs_never_published_leave_nothing_behind(runs: Runs) -> None:
    rules: Rules = {"r": ("email", "critical", "", {0})}
    runs.score("1", rules, after=None)
    runs.publish("1", after=None)
    runs.score("2", rules, after="1")
    add_to_history(runs.con, published_run="1")  # and killed before it was published
    runs.score("3", rules, after="1")
    assert runs.rows("select run_id from quality.score_trend") == [("1",), ("3",)]
    runs.publish("3", after="1")
    for table in ("score_history", "rule_history", "score_moves"):
        assert runs.rows(f"select distinct run_id from quality.{table} order by 1") == [("1",), ("3",)]
    runs.score("4", rules, after="3")
    runs.publish("4", after="3")
    assert runs.rows("select distinct run_id from quality.pattern_history order by 1") == [("3",), ("4",)]
    runs.publish("4", after="4")  # published, and killed before that was noted
    assert runs.rows("select count(*) from quality.score_history where scope_type = 'overall'") == [(3,)]


def test_a_version_published_before_details_were_kept_is_compared_without_them(runs: Runs) -> None:
    rules: Rules = {"r": ("email", "critical", "", {0})}
    runs.score("1", rules, after=None)
    runs.publish("1", after=None)
    runs.con.execute("delete from quality.rule_history; delete from quality.pattern_history")
    runs.score("2", {"r": ("email", "critical", "", {0, 1})}, after="1")
    assert runs.texts("2") == [
        "The overall score fell from 90.00 to 80.00 (-10.00).",
        "It cannot be told why: nothing was kept that both can be measured by.",
    ]
    assert runs.rows("select run_id, like_for_like from quality.score_trend") == [("1", None), ("2", 80.0)]


_RULE = st.tuples(
    st.sampled_from(["email", "name"]),
    st.sampled_from(["critical", "warning", "info"]),
    st.sampled_from(["a", "b"]),
    st.one_of(st.none(), st.sets(st.integers(0, ROWS - 1))),
)
_RULES = st.dictionaries(st.sampled_from(["r1", "r2", "r3", "r4"]), _RULE, min_size=1)
_WEIGHTS = st.dictionaries(st.sampled_from(["email", "name"]), st.integers(0, 3))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds=st.tuples(_RULES, _RULES), weights=st.tuples(_WEIGHTS, _WEIGHTS))
def test_the_parts_always_add_up_to_the_move(
    models: list[SqlModel], worlds: tuple[Rules, Rules], weights: tuple[dict[str, int], dict[str, int]]
) -> None:
    with duckdb.connect() as con:
        runs = Runs(con, models)
        before = runs.score("1", worlds[0], after=None, weights=weights[0])
        runs.publish("1", after=None)
        now = runs.score("2", worlds[1], after="1", weights=weights[1])
        found = runs.rows("select part, sum(points), bool_or(points is null) from quality.move_parts group by part")
    points = {part: None if unknown else value for part, value, unknown in found}
    if before is None or now is None:
        assert points.get("total") is None
        return
    assert points["total"] == pytest.approx(now - before)
    steps = [points[step] for step in ("rules_gone", "weights", "same_rules", "rules_new")]
    known = [step for step in steps if step is not None]
    if len(known) == len(steps):  # a step between the two may measure nothing: no rule in common
        assert sum(known) == pytest.approx(points["total"])
        for split in ("rule", "source", "owner"):
            assert points.get(split, 0.0) == pytest.approx(points["same_rules"])
