"""Consent of a customer, resolved from the records it has today: against an independent account of the rules, at any
date, and after a merge is undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.activity import create_consent_macro
from dq_pipeline.adapters.warehouse import create_schemas
from tests.adapters.golden_models import build_golden

# status, day of January 2024 (None: no date; 99: after the day of the run), whether it says how
Statement = tuple[str, int | None, bool]
FUTURE = 99
Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with duckdb.connect() as made:
        create_schemas(made)
        made.execute(
            "create table staging.consents (record_key varchar, purpose varchar, status varchar, given_at timestamp, "
            "method varchar); create table golden.crosswalk (record_key varchar, customer_id varchar); "
            "create table staging.source_conventions as select 'crm' as contract_id, date '2024-02-01' as as_of"
        )
        yield made


def write(con: Connection, customers: Sequence[Sequence[Statement]]) -> None:
    """Customer 0, 1, … of one record a statement: 0:0, 0:1, …"""
    con.execute("delete from staging.consents")
    con.execute("delete from golden.crosswalk")
    rows = [
        [f"{customer}:{number}", status, moment(day), "web form" if proven else None]
        for customer, statements in enumerate(customers)
        for number, (status, day, proven) in enumerate(statements)
    ]
    if rows:
        con.executemany("insert into staging.consents values (?1, 'tracking', ?2, ?3, ?4)", rows)
        con.executemany("insert into golden.crosswalk values (?, split_part(?, ':', 1))", [[r[0], r[0]] for r in rows])


def moment(day: int | None) -> datetime | None:
    return None if day is None else datetime(2030, 1, 1) if day == FUTURE else datetime(2024, 1, day)


def build(con: Connection) -> None:
    build_golden(con, "consent_history", "consents")


def answers(con: Connection) -> dict[str, tuple[str, bool]]:
    build(con)
    found = con.execute("select customer_id, status, usable from golden.consents").fetchall()
    return {customer: (status, usable) for customer, status, usable in found}


def told(statements: Sequence[Statement]) -> tuple[str, bool]:
    """The rules anew: put every statement without a date (or with one in the future) at every place it may have had,
    and see whether the last word is the same each time. A grant that cannot be proven is no word against a refusal."""
    words = [(status, None if day == FUTURE else day, proven) for status, day, proven in statements]
    said = [word for word in words if word[0] != "unknown"]
    refusals = [word for word in said if word[0] != "granted"]
    grants = [word for word in said if word[0] == "granted"]
    if not said:
        return "unknown", False
    if not refusals:
        return "granted", any(day is not None and proven for _, day, proven in grants)
    heard = [word for word in grants if word[1] is None or word[2]] + refusals
    if not grants or not [word for word in heard if word[0] == "granted"]:
        return last_refusal(refusals), False
    outcomes = set()
    places = [[day] if day is not None else [0.5, *(day + 0.5 for day in range(1, 9))] for _, day, _ in heard]
    for days in product(*places):
        last = max(days)
        newest = [word for word, day in zip(heard, days, strict=True) if day == last]
        outcomes.add(frozenset("granted" if word[0] == "granted" else "no" for word in newest))
    if outcomes == {frozenset({"granted"})}:
        return "granted", True
    return (last_refusal(refusals), False) if outcomes == {frozenset({"no"})} else ("deny_until_clarified", False)


def last_refusal(refusals: Sequence[Statement]) -> str:
    """The newest; of those of one moment, or without any date, that of the smallest record key."""
    newest = max((day or 0) for _, day, _ in refusals)
    return next(status for status, day, _ in refusals if (day or 0) == newest)


statement = st.tuples(
    st.sampled_from(["granted", "denied", "withdrawn", "unknown"]),
    st.sampled_from([None, FUTURE, 1, 2, 3, 4]),
    st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(statement, min_size=1, max_size=4), min_size=1, max_size=40))
def test_consent_is_what_the_rules_say(con: Connection, customers: list[list[Statement]]) -> None:
    write(con, customers)
    found = answers(con)
    # A future date is no date: what the rules say of it, they say of None.
    plain = [[(s, None if d == FUTURE else d, p) for s, d, p in statements] for statements in customers]
    assert found == {str(number): told(statements) for number, statements in enumerate(plain)}


def test_consent_as_of_a_moment_is_what_the_statements_until_then_make_of_it(con: Connection) -> None:
    write(con, [[("granted", 5, True), ("withdrawn", 10, False), ("granted", 20, True)], [("denied", None, False)]])
    build(con)
    create_consent_macro(con)

    def as_of(text: str) -> list[tuple[object, ...]]:
        query = "select customer_id, status, usable, record_key from golden.consent_as_of(?) order by customer_id"
        return con.execute(query, [text]).fetchall()

    undated = ("1", "denied", False, "1:0")
    assert as_of("2024-01-04") == [undated]
    assert as_of("2024-01-05") == [("0", "granted", True, "0:0"), undated]
    assert as_of("2024-01-09 23:59:59") == [("0", "granted", True, "0:0"), undated]
    assert as_of("2024-01-10") == [("0", "withdrawn", False, "0:1"), undated]
    assert as_of("2099-01-01") == [("0", "granted", True, "0:2"), undated]
    now = con.execute("select customer_id, status, usable, record_key from golden.consents order by 1").fetchall()
    assert now == as_of("2024-02-01")


def test_the_macro_goes_along_into_another_database_and_survives_a_rebuilt_table(con: Connection) -> None:
    write(con, [[("granted", 5, True)]])
    build(con)
    con.execute("attach ':memory:' as published; create schema published.golden")
    con.execute("create table published.golden.consent_history as from golden.consent_history")
    create_consent_macro(con, "published")
    create_consent_macro(con)
    write(con, [])
    build(con)
    counted = "select count(*) from {}golden.consent_as_of(timestamp '2024-01-06')"
    assert con.execute(counted.format("published.")).fetchall() == [(1,)]
    assert con.execute(counted.format("")).fetchall() == [(0,)]
    con.execute("detach published")


def test_the_children_of_a_split_get_the_consent_of_their_own_records_back(con: Connection) -> None:
    write(con, [[("granted", 5, True), ("withdrawn", 10, False)], [("granted", 1, True)]])
    before = answers(con)
    con.execute("update golden.crosswalk set customer_id = 'all'")
    assert answers(con) == {"all": ("withdrawn", False)}
    con.execute("update golden.crosswalk set customer_id = record_key")
    assert answers(con) == {"0:0": ("granted", True), "0:1": ("withdrawn", False), "1:0": ("granted", True)}
    con.execute("update golden.crosswalk set customer_id = split_part(record_key, ':', 1)")
    assert answers(con) == before == {"0": ("withdrawn", False), "1": ("granted", True)}


def test_the_order_of_rows_decides_nothing(con: Connection) -> None:
    write(con, [[("granted", 5, True), ("granted", 5, True), ("denied", 3, False), ("withdrawn", 3, True)]] * 3)
    build(con)
    first = con.execute("from golden.consent_history order by all").fetchall()
    con.execute("create or replace table staging.consents as from staging.consents order by record_key desc")
    build(con)
    assert con.execute("from golden.consent_history order by all").fetchall() == first
