"""All that a page says of one rule: its definition, its life over the runs, and the keys of the rows that fail it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.charts import finite
from dq_pipeline.domain.dashboard import RuleRow
from dq_pipeline.domain.measured import Score
from dq_pipeline.domain.rules import Rule
from dq_pipeline.domain.scorecard import FailingKey, IssueLine, Measurement, RuleDetail

KEYS_SHOWN = 20
RUNS_SHOWN = 60

# The newest first, ties by key: what broke last night stands on top, and the same night gives the same page.
_KEYS = """
with newest as (
    select rule_id, unnest(min({
        'newest': -epoch_us(first_seen), 'record_key': record_key, 'source_system': coalesce(source_system, ''),
        'first_seen': first_seen, 'times_reopened': coalesce(times_reopened, 0)
    }, $shown), recursive := true)
    from quality.failing_rows where fixed_at is null group by rule_id
)
select * exclude (newest) from newest order by rule_id, newest, record_key
"""
_FRESH = """
select rule_id, count(*) from quality.failing_rows
where fixed_at is null and first_seen = $measured_at group by all
"""
_DECLARED = "select rule_id, expectation_type, coalesce(blocking, false), penalty::double from quality.rules"
_SCORED = "select scope, score, coverage, impact from quality.scores where run_id = $run and scope_type = 'rule'"
# A run that was not published was seen by nobody: it is left out, this one excepted.
_HISTORY = """
select rule_id, measured_at, outcome, evaluated, failed from quality.rule_results
where run_id = $run or run_id in (select run_id from quality.publications)
qualify row_number() over (partition by rule_id order by measured_at desc, run_id desc) <= $shown
order by rule_id, measured_at, run_id
"""
_CHANGES = "select rule_id, change from quality.rule_changes"
_THIS_RUN = "select max(measured_at) from quality.rule_results where run_id = $run"

Value = TypeVar("Value")


class _Declared(NamedTuple):
    expectation_type: str = ""
    blocking: bool = False
    penalty: float | None = None


def read_rule_details(
    tables: Tables, rules: Iterable[RuleRow], written: Mapping[str, Rule], run_id: str, now: datetime
) -> tuple[RuleDetail, ...]:
    """Every rule in the order given. `written` are the rules of the suites by id; at most `KEYS_SHOWN` keys each."""
    declared = {rule: _Declared(*rest) for rule, *rest in tables.rows(("quality.rules",), _DECLARED)}
    run = {"run": run_id}
    scored = {
        rule: (Score(finite(score), finite(coverage) or 0.0), finite(impact))
        for rule, score, coverage, impact in tables.rows(("quality.scores",), _SCORED, run)
    }
    runs = {"run": run_id, "shown": RUNS_SHOWN}
    history = _by_rule(tables.rows(("quality.rule_results", "quality.publications"), _HISTORY, runs), Measurement)
    keys = _by_rule(tables.rows(("quality.failing_rows",), _KEYS, {"shown": KEYS_SHOWN}), FailingKey)
    fresh = _first_found(tables, run_id)
    changes = dict(tables.rows(("quality.rule_changes",), _CHANGES))
    issues: dict[str, list[IssueLine]] = defaultdict(list)
    for issue in read_issues(tables, now) or ():
        issues[issue.rule_id].append(issue)
    return tuple(
        RuleDetail(
            rule,
            *_definition(written.get(rule.rule_id), declared.get(rule.rule_id, _Declared())),
            *scored.get(rule.rule_id, (Score(), None)),
            change=changes.get(rule.rule_id, ""),
            history=tuple(history[rule.rule_id]),
            keys=tuple(keys[rule.rule_id]),
            fresh=fresh.get(rule.rule_id, 0),
            issues=tuple(issues[rule.rule_id]),
        )
        for rule in rules
    )


def _definition(written: Rule | None, declared: _Declared) -> tuple[str, Mapping[str, Any], str, bool, float | None]:
    """Type, arguments, condition, blocking, penalty; the suite has all of a rule, the table what was run."""
    arguments, evaluates = (written.arguments, written.evaluates) if written else ({}, "")
    return declared.expectation_type, arguments, evaluates, declared.blocking, declared.penalty


def _first_found(tables: Tables, run_id: str) -> dict[str, int]:
    """Findings that this run was the first to see, by rule."""
    found = tables.rows(("quality.rule_results",), _THIS_RUN, {"run": run_id})
    measured_at: datetime | None = found[0][0] if found else None
    return dict(tables.rows(("quality.failing_rows",), _FRESH, {"measured_at": measured_at}))


def _by_rule(rows: Iterable[tuple[Any, ...]], make: Callable[..., Value]) -> dict[str, list[Value]]:
    grouped: dict[str, list[Value]] = defaultdict(list)
    for rule, *values in rows:
        grouped[rule].append(make(*values))
    return grouped
