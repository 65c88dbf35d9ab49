"""Corrections as a protocol: written down, switched off, undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.contract import Contract, FileLayout
from dq_pipeline.domain.corrections import CorrectionRule
from dq_pipeline.policies.corrections import CORRECTION_RULES
from dq_pipeline.policies.placeholders import SHARING_LIMITS
from tests.adapters.staging_models import Connection, build, records, rows

TODAY = date(2026, 11, 20)
TABLES = ("staging.customers", "staging.match_forms", "staging.contact_points", "staging.consents")
RULES = {rule.rule_id: rule for rule in CORRECTION_RULES}
# The source writes the month first, so 25/04 is a day against its order.
CRM = {"crm": Contract("crm", "crm", "customers", FileLayout("csv", ("*.csv",)), (), "crm", "", date_order="mdy")}
PEOPLE: list[dict[str, str | None]] = [
    {"email": "Ann@GMIAL.com", "birthdate": "05/17/1980", "created_at": "2020-01-01"},
    {"email": "bob@gmail.com", "birthdate": "04/03/85", "created_at": "25/04/2020 10:30"},
    {"email": "eve@firm.de", "birthdate": "25/04/1980", "created_at": "2020-01-01 10:00:00"},
    {"email": "ira@firm.de", "birthdate": "25/04/80"},
    {"given_name": "Hofmann", "family_name": "Moritz", "birthdate": "1990-01-02"},
    {"birthdate": "31048"},
    *({"given_name": "Moritz", "family_name": f"Bach{chr(97 + i % 26)}{chr(97 + i // 26)}"} for i in range(99)),
    *({"given_name": f"Elsa{chr(97 + i % 26)}{chr(97 + i // 26)}", "family_name": "Hofmann"} for i in range(99)),
]


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        create_schemas(connection)
        yield connection


def standardise(con: Connection, rules: Iterable[CorrectionRule]) -> dict[str, list[tuple[Any, ...]]]:
    """Table -> all its rows, with these correction rules."""
    parse_values(con, CRM, as_of=TODAY, corrections=rules, sharing=SHARING_LIMITS)
    build(con, *TABLES)
    return {table: rows(con, f"select * from {table} order by all") for table in TABLES}


def test_every_change_is_written_down_and_made(con: Connection) -> None:
    records(con, *PEOPLE)
    standardise(con, CORRECTION_RULES)
    sql = "select record_key, column_name, rule_id, before, after, applied from quality.corrections order by all"
    assert rows(con, sql) == [
        ("crm:1", "email", "email.domain_slip", "Ann@GMIAL.com", "ann@gmail.com", True),
        ("crm:2", "birthdate", "date.two_digit_year", "04/03/85", "1985-04-03", True),
        ("crm:2", "created_at", "date.other_order", "25/04/2020 10:30", "2020-04-25 10:30:00", True),
        ("crm:3", "birthdate", "date.other_order", "25/04/1980", "1980-04-25", True),
        ("crm:4", "birthdate", "date.other_order", "25/04/80", "1980-04-25", True),
        ("crm:4", "birthdate", "date.two_digit_year", "25/04/80", "1980-04-25", True),
        ("crm:5", "family_name", "name.swapped", "Moritz", "Hofmann", True),
        ("crm:5", "given_name", "name.swapped", "Hofmann", "Moritz", True),
        ("crm:6", "birthdate", "birthdate.spreadsheet_day", "31048", "1985-01-01", True),
    ]
    columns = "email, birthdate::varchar, birthdate_status, created_at::varchar, name"
    by_key = {row[0]: row[1:] for row in rows(con, f"select source_record_id, {columns} from staging.customers")}
    assert by_key["1"][:3] == ("ann@gmail.com", "1980-05-17", "valid")
    assert by_key["2"][1:4] == ("1985-04-03", "valid", "2020-04-25 10:30:00")
    assert by_key["4"][1:3] == ("1980-04-25", "valid")
    assert by_key["5"][4] == "Moritz Hofmann"
    assert by_key["6"][1:3] == ("1985-01-01", "valid")
    keys = "email_key, email_keys, birthdate::varchar, birth_year, given_name_key, family_name_key, name_key"
    forms = {row[0]: row[1:] for row in rows(con, f"select source_record_id, {keys} from staging.match_forms")}
    assert forms["1"][:2] == ("ann@gmail.com", ["ann@gmail.com"])
    assert forms["3"][2:4] == ("1980-04-25", 1980)
    assert forms["5"][4:] == ("moritz", "hofmann", "moritz hofmann")
    sql = "select value, value_as_given, status from staging.contact_points where record_key = 'crm:1'"
    assert rows(con, sql) == [("ann@gmail.com", "Ann@GMIAL.com", "valid")]


@pytest.mark.parametrize("rule_id", RULES)
def test_switching_a_rule_off_undoes_it_and_still_proposes(con: Connection, rule_id: str) -> None:
    records(con, *PEOPLE)
    without = standardise(con, [rule for rule in CORRECTION_RULES if rule.rule_id != rule_id])
    with_it = standardise(con, CORRECTION_RULES)
    proposed = rows(con, "select * exclude (applied) from quality.corrections order by all")
    off = standardise(con, [replace(r, enabled=r.rule_id != rule_id) for r in CORRECTION_RULES])
    assert rows(con, "select * exclude (applied) from quality.corrections order by all") == proposed
    assert rows(con, f"select count(*) from quality.corrections where applied and rule_id = '{rule_id}'") == [(0,)]
    assert off == without
    assert off["staging.customers"] != with_it["staging.customers"]


def test_with_every_rule_off_the_tables_are_those_of_a_project_without_rules(con: Connection) -> None:
    records(con, *PEOPLE)
    assert standardise(con, [replace(rule, enabled=False) for rule in CORRECTION_RULES]) == standardise(con, [])


def test_a_birthdate_that_is_none_says_why(con: Connection) -> None:
    """Whatever stands in the field: no birthdate without a status that a rule reports."""
    texts = ["31.02.1980", "never", "00/00/0000", "1980", "03.04.1985", "99999", "31048", "2085-01-01", "?"]
    texts += ["1900-01-01", "19801-01-01", "12/1980", "-1", "1e5", "30 Feb 1980", "a\x01b"]
    records(con, *({"birthdate": text} for text in texts), {"email": "a@b.de"})
    for rules in (CORRECTION_RULES, ()):
        standardise(con, rules)
        silent = "select birthdate_as_given, birthdate_status from staging.customers where birthdate is null and "
        assert rows(con, silent + "birthdate_as_given is not null and birthdate_status in ('missing', 'valid')") == []
        assert rows(con, silent + "birthdate_as_given is null") == [(None, "missing")]
        assert rows(con, "select birthdate_status from staging.customers where birthdate_as_given like '2085%'") == [
            ("future",)
        ]


def test_a_rule_without_columns_or_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="names no column"):
        replace(CORRECTION_RULES[0], columns=())
    with pytest.raises(ValueError, match="between 0 and 1"):
        replace(CORRECTION_RULES[0], confidence=1.5)
    assert len(RULES) == len(CORRECTION_RULES)
