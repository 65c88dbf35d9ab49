"""One measured step of the validation benchmark, in a process of its own: prints seconds and peak memory as JSON.

`python validation_speed.py write|sql|rules FOLDER`
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.expectations import validate
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.rules import COMPOUND_UNIQUE, SQL_RULE, Rule, Suite

ROWS = 1_000_000
NOW = datetime(2026, 1, 15)
# Fifteen columns in the shape of staging.customers, each with one or two in a hundred values wrong.
COLUMNS = {
    "record_key": "'crm:' || i",
    "source_system": "['ao', 'hubspot', 'zoho'][1 + i % 3]",
    "given_name": "if(i % 100 = 1, null, 'name ' || hash(i) % 5000)",
    "family_name": "if(i % 100 = 2, '', 'family ' || hash(i * 3) % 50000)",
    "birthdate": "date '1950-01-01' + if(i % 100 = 3, -30000, (i * 13 % 20000)::integer)",
    "email": "if(i % 100 = 4, 'no address', 'user' || i // if(i % 50 = 0, 100, 1) || '@mail' || i % 900 || '.example')",
    "email_status": "if(i % 100 = 4, 'invalid', 'valid')",
    "phone_number": "if(i % 100 = 5, '020 7946', '+4420' || (10000000 + i))",
    "country": "if(i % 100 = 6, 'XX', ['GB', 'DE', 'FR', 'NL'][1 + i % 4])",
    "postal_code": "if(i % 100 = 7, null, lpad((i % 99999)::varchar, 5, '0'))",
    "status": "if(i % 100 = 8, 'gone', ['active', 'inactive'][1 + i % 2])",
    "owner": "'owner ' || i % 24",
    "created_at": "timestamp '2020-01-01' + to_minutes((i % 900000)::integer)",
    "updated_at": "timestamp '2023-01-01' - if(i % 100 = 9, interval 9 year, interval 1 minute * (i % 9000))",
    "amount": "if(i % 100 = 10, -1, i % 5000)::double",
}
# rule: type, arguments, and the same said in SQL: the condition of a failing row.
_BETWEEN = "values_to_be_between"
CHECKS: list[tuple[str, dict[str, object], str]] = [
    *(("values_to_not_be_null", {"column": name}, f"{name} is null") for name in list(COLUMNS)[2:14]),
    ("values_to_be_in_set", {"column": "status", "value_set": ["active", "inactive"]}, "status = 'gone'"),
    ("values_to_be_in_set", {"column": "country", "value_set": ["GB", "DE", "FR", "NL"]}, "country = 'XX'"),
    ("values_to_not_be_in_set", {"column": "email_status", "value_set": ["invalid"]}, "email_status = 'invalid'"),
    ("values_to_not_be_in_set", {"column": "country", "value_set": ["XX"]}, "country = 'XX'"),
    ("values_to_not_be_in_set", {"column": "family_name", "value_set": [""]}, "family_name = ''"),
    ("values_to_match_regex", {"column": "email", "regex": "^[^@ ]+@[^@ ]+$"}, "email !~ '^[^@ ]+@[^@ ]+$'"),
    ("values_to_match_regex", {"column": "phone_number", "regex": r"^\+\d+$"}, r"phone_number !~ '^\+\d+$'"),
    ("values_to_match_regex", {"column": "postal_code", "regex": r"^\d{5}$"}, r"postal_code !~ '^\d{5}$'"),
    ("values_to_not_match_regex", {"column": "email", "regex": "^no "}, "email ~ '^no '"),
    ("values_to_not_match_regex", {"column": "given_name", "regex": "test"}, "given_name ~ 'test'"),
    ("values_to_match_regex", {"column": "owner", "regex": "^owner"}, "owner !~ '^owner'"),
    *(
        (f"value_lengths_to_{_BETWEEN[10:]}", {"column": name, "min_value": 1, "max_value": 60}, condition)
        for name, condition in (
            ("given_name", "length(given_name) not between 1 and 60"),
            ("family_name", "length(family_name) not between 1 and 60"),
            ("email", "length(email) not between 1 and 60"),
            ("owner", "length(owner) not between 1 and 60"),
        )
    ),
    (_BETWEEN, {"column": "amount", "min_value": 0, "max_value": 5000}, "amount not between 0 and 5000"),
    (_BETWEEN, {"column": "amount", "max_value": 4000}, "amount > 4000"),
    (_BETWEEN, {"column": "birthdate", "min_value": "1900-01-01"}, "birthdate < date '1900-01-01'"),
    (_BETWEEN, {"column": "updated_at", "max_value": {"$PARAMETER": "measured_at"}}, f"updated_at > '{NOW}'"),
    (_BETWEEN, {"column": "created_at", "max_value": {"$PARAMETER": "measured_at"}}, f"created_at > '{NOW}'"),
]
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
SQL_CHECKS = (
    "email_status = 'valid' and email is null",
    "country = 'GB' and phone_number not like '+44%'",
    "given_name = family_name",
)
UNIQUE = (("record_key",), ("email",), ("phone_number",), ("email", "birthdate"))


def rules() -> tuple[list[Rule], dict[str, str]]:
    """Forty rules about rows, and for each the SELECT of its failing rows that a person would write."""
    made: list[Rule] = []
    selects: dict[str, str] = {}

    def add(kind: str, arguments: dict[str, object], failing: str) -> None:
        rule_id = f"staging.t.rule_{len(made)}"
        made.append(Rule(rule_id, "staging.t", "c", "validity", "warning", *"odwf", False, kind, arguments))
        selects[rule_id] = f"select '{rule_id}' as rule_id, record_key, source_system from staging.t {failing}"

    for kind, arguments, condition in CHECKS:
        add(f"expect_column_{kind}", arguments, f"where {condition}")
    pair: dict[str, object] = {
        **{"column_A": "updated_at", "column_B": "created_at", "or_equal": True},
        "ignore_row_if": "either_value_is_missing",
    }
    add(PAIR, pair, "where updated_at < created_at")
    for condition in SQL_CHECKS:
        query = f"select record_key, source_system from {{batch}} where {condition}"
        add(SQL_RULE, {"unexpected_rows_query": query}, f"where {condition}")
    for columns in UNIQUE:
        filled = " and ".join(f"{column} is not null" for column in columns)
        failing = f"where {filled} qualify count(*) over (partition by {', '.join(columns)}) > 1"
        if len(columns) == 1:
            add("expect_column_values_to_be_unique", {"column": columns[0]}, failing)
        else:
            add(COMPOUND_UNIQUE, {"column_list": list(columns)}, failing)
    assert len(made) == 40, len(made)
    return made, selects


def write(folder: Path) -> None:
    with Warehouse(folder / "w.duckdb").transaction() as con:
        columns = ", ".join(f"{expression} as {name}" for name, expression in COLUMNS.items())
        con.execute(f"create table staging.t as select {columns} from range({ROWS}) r(i)")


def plain_sql(folder: Path) -> dict[str, object]:
    """The failing rows of every rule into one table, rule by rule, in one transaction."""
    _, selects = rules()
    with duckdb.connect(str(folder / "w.duckdb")) as con:
        con.execute("create or replace table staging.failing (rule_id varchar, record_key varchar, source varchar)")
        con.begin()
        for select in selects.values():
            con.execute(f"insert into staging.failing {select}")
        con.commit()
        counts = con.execute("select rule_id, count(*) from staging.failing group by all order by all").fetchall()
    return {"failing": dict(counts)}


def run_rules(folder: Path, run: str) -> dict[str, object]:
    """Results and ledger, as the line writes them."""
    made, _ = rules()
    suite = Suite("t", "staging.t", ("record_key",), tuple(made))
    results = validate(Warehouse(folder / "w.duckdb"), [suite], run_id=run, now=NOW)
    wrong = [result.rule_id + ": " + result.message for result in results if result.outcome == "errored"]
    return {
        "failing": {r.rule_id: r.failed for r in sorted(results, key=lambda r: r.rule_id) if r.failed},
        "wrong": wrong,
    }


def main() -> None:
    step, folder = sys.argv[1], Path(sys.argv[2])
    if step == "write":
        write(folder)
        return
    facts: dict[str, object] = {}
    if step.startswith("rules"):
        started = time.perf_counter()
        import great_expectations  # noqa: F401  # its import is told apart

        facts["import_seconds"] = round(time.perf_counter() - started, 2)
        facts["import_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    started = time.perf_counter()
    facts |= plain_sql(folder) if step == "sql" else run_rules(folder, step)
    facts["seconds"] = round(time.perf_counter() - started, 2)
    facts["peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(facts), flush=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
