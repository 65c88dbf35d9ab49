"""The strict suite loader: what Great Expectations would drop in silence is an error that names file and rule."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest

from dq_pipeline.adapters.suites import load_suites, rule_set_hash
from dq_pipeline.errors import ConfigurationError
from dq_pipeline.settings import SUITES

ENTRY = {
    "type": "expect_column_values_to_not_be_null",
    "kwargs": {"column": "email"},
    "severity": "critical",
    "description": "There is an address.",
    "meta": {
        "rule_id": "staging.customers.email.present",
        "dimension": "completeness",
        "owner": "sales",
        "why": "Mail needs it.",
        "fix": "Ask for it.",
    },
}
SQL = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "select key from {batch}"}}
SUITE = {"name": "s", "meta": {"table": "staging.customers", "key": ["record_key"]}, "expectations": [ENTRY]}


def write(folder: Path, suite: object, path: str = "staging/customers.json") -> Path:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(suite if isinstance(suite, str) else json.dumps(suite))
    return folder


def entry(**changes: object) -> dict[str, object]:
    """The suite with its entry changed; `meta_x` changes meta, None removes a field."""
    changed = deepcopy(ENTRY)
    for name, value in changes.items():
        place = changed["meta"] if name.startswith("meta_") else changed
        name = name.removeprefix("meta_")
        if value is None:
            del place[name]
        else:
            place[name] = value
    return SUITE | {"expectations": [changed]}


def sql(query: str) -> dict[str, object]:
    return entry(**SQL | {"kwargs": {"unexpected_rows_query": query}})


BAD = {
    "not json": ("{", "is no JSON"),
    "no object": ([], "is no suite"),
    "no name": (SUITE | {"name": " "}, "has no name"),
    "unknown suite field": (SUITE | {"expectation": []}, "unknown field expectation"),
    "empty suite": (SUITE | {"expectations": []}, "an empty suite would pass"),
    "no meta": (SUITE | {"meta": None}, "has no meta with table and key"),
    "other table": (SUITE | {"meta": {"table": "staging.other", "key": ["k"]}}, "not the table its path names"),
    "no key": (SUITE | {"meta": {"table": "staging.customers", "key": []}}, "meta.key must list"),
    "unknown type": (entry(type="expect_column_values_to_be_lovely"), "is not supported"),
    "type is no text": (entry(type=["x"]), "is not supported"),
    "unknown severity": (entry(severity="fatal"), "severity 'fatal' is none of critical, warning, info"),
    "no severity": (entry(severity=None), "severity None"),
    "unknown entry field": (entry(kwarg={}), "unknown field kwarg"),
    "misspelt argument": (entry(kwargs={"column": "email", "mostyl": 1}), "unknown argument mostyl"),
    "condition": (
        entry(kwargs={"column": "e", "row_condition": "x"}),
        "unknown argument row_condition",
    ),
    "missing argument": (entry(kwargs={}), "lacks the argument column"),
    "no kwargs": (entry(kwargs=None), "has no kwargs"),
    "unknown parameter": (entry(kwargs={"column": {"$PARAMETER": "today"}}), "the only parameter of a run"),
    "no rule id": (entry(meta_rule_id=None), "meta has no rule_id"),
    "foreign rule id": (entry(meta_rule_id="golden.x.y"), "rule_id must be staging.customers."),
    "rule id no check can be named by": (entry(meta_rule_id="staging.customers.a__b"), "single underscores"),
    "unknown dimension": (entry(meta_dimension="beauty"), "dimension 'beauty' is none of"),
    "no why": (entry(meta_why=None), "meta has no why"),
    "no fix": (entry(meta_fix=""), "meta has no fix"),
    "no owner": (entry(meta_owner=None), "meta has no owner"),
    "no description": (entry(description=None), "has no description"),
    "blocking is no truth value": (entry(meta_blocking="yes"), "blocking must be true or false"),
    "unknown meta": (entry(meta_dimensoin="x"), "unknown field meta.dimensoin"),
    "sql without batch": (sql("select record_key from staging.customers"), "must select from {batch}"),
    "sql with a brace": (sql("select '{x}' from {batch}"), "braces other than {batch}"),
    "sql with a quantifier": (sql("select 1 from {batch} where a ~ 'x{3}'"), "braces other than {batch}"),
    "no sql": (sql("selekt record_key from {batch}"), "its SQL is no SELECT"),
    "two statements": (sql("select 1 from {batch}; select 2"), "more than one statement"),
    "sql that writes": (sql("delete from {batch}"), "its SQL is no SELECT"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_suite_is_named(tmp_path: Path, name: str) -> None:
    suite, message = BAD[name]
    with pytest.raises(ConfigurationError) as raised:
        load_suites(write(tmp_path, suite))
    assert message in str(raised.value)
    assert "staging" in str(raised.value)


@pytest.mark.parametrize("path", ["customers.json", "staging/a/customers.json", "Staging/customers.json"])
def test_a_suite_that_no_table_belongs_to(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigurationError, match="must lie at <schema>/<table>"):
        load_suites(write(tmp_path, SUITE, path))


def test_no_suite_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no suite"):
        load_suites(tmp_path)


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, entry(severity="fatal", meta_why=None))
    other = SUITE | {"meta": {"table": "staging.consents", "key": ["record_key"]}, "expectations": []}
    write(tmp_path, other, "staging/consents.json")
    with pytest.raises(ConfigurationError) as raised:
        load_suites(tmp_path)
    assert [problem.split(": ", 1)[0] for problem in raised.value.problems] == [
        "staging/consents.json",
        "staging/customers.json",
        "staging/customers.json",
    ]
    assert "rule staging.customers.email.present: severity 'fatal'" in raised.value.problems[1]


def test_a_rule_id_is_used_once(tmp_path: Path) -> None:
    write(tmp_path, SUITE | {"expectations": [ENTRY, ENTRY]})
    with pytest.raises(ConfigurationError, match=r"rule staging.customers.email.present exists 2 times"):
        load_suites(tmp_path)


def test_a_rule_as_read(tmp_path: Path) -> None:
    query = "select record_key from {batch} where record_key in (select record_key from golden.crosswalk)"
    suite = entry(**SQL, meta_column="email", meta_evaluates="email is not null", meta_blocking=True)
    suite["expectations"][0]["kwargs"] = {"unexpected_rows_query": query}
    (found,) = load_suites(write(tmp_path, suite))
    (rule,) = found.rules
    assert (found.table, found.key, found.reads) == ("staging.customers", ("record_key",), ("golden.crosswalk",))
    assert rule.check_name == "staging__customers__email__present"
    assert (rule.table, rule.column, rule.evaluates, rule.blocking) == (
        *("staging.customers", "email", "email is not null", True),
    )


def test_the_projects_suites_load_fast_and_without_great_expectations() -> None:
    code = (
        "import sys, time, duckdb; from pathlib import Path; from dq_pipeline.adapters.suites import load_suites\n"
        "before = time.perf_counter()\n"
        "suites = load_suites(Path(sys.argv[1]))\n"
        "seconds = time.perf_counter() - before\n"
        "assert 'great_expectations' not in sys.modules and 'sqlalchemy' not in sys.modules\n"
        "print(sum(len(suite.rules) for suite in suites), seconds)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(SUITES)], capture_output=True, text=True, check=True)
    rules, seconds = ran.stdout.split()
    assert int(rules) >= 40
    assert float(seconds) < 2


def test_the_hash_follows_what_is_measured_and_nothing_else(tmp_path: Path) -> None:
    def hashed(suite: dict[str, object], name: str) -> str:
        return rule_set_hash(load_suites(write(tmp_path / name, suite)))

    base = hashed(SUITE, "base")
    assert hashed(entry(meta_why="Other words.", meta_fix="Other words.", meta_owner="else"), "words") == base
    assert hashed(entry(severity="warning"), "severity") != base
    assert hashed(entry(kwargs={"column": "email", "mostly": 0.9}), "argument") != base
    second = deepcopy(ENTRY)
    second["meta"]["rule_id"] = "staging.customers.email.again"
    both = hashed(SUITE | {"expectations": [ENTRY, second]}, "both")
    assert hashed(SUITE | {"expectations": [second, ENTRY]}, "turned") == both != base
