"""What stands in linkage.review, worked out from stored results made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.linkage.review import write_review
from dq_pipeline.adapters.stewardship import create_stewardship_tables, record_decisions
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.stewardship import NewDecision, Verdict
from dq_pipeline.policies.linkage import PERSONS, POLICIES

MANY = PERSONS.limits.cluster_size + 1
MERGE, REVIEW, WORST = PERSONS.thresholds.merge, PERSONS.thresholds.review, PERSONS.thresholds.contradiction
DISAGREE = "records of one customer contradict each other"
BY_LITTLE = "two groups of records hang together by little"
TOO_MANY = "more records than one customer plausibly has"

_TABLES = """
create table linkage.clusters (record_key varchar, cluster_id varchar);
create table linkage.record_states (record_key varchar, population varchar);
create table linkage.pairs (left_key varchar, right_key varchar, match_weight double, band varchar, guard varchar,
    evidence struct(comparison varchar, level varchar, match_weight double)[]);
create table linkage.joins (cluster_id varchar, step integer, kept_key varchar, absorbed_key varchar,
    match_weight double, pairs bigint, compared bigint);
create table staging.customers (record_key varchar);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        create_schemas(made)
        made.execute(_TABLES)
        create_stewardship_tables(made)
        yield made


def customer(con: duckdb.DuckDBPyConnection, *keys: str, population: str = "person") -> None:
    for key in keys:
        con.execute("insert into linkage.clusters values (?, ?)", [key, min(keys)])
        con.execute("insert into linkage.record_states values (?, ?)", [key, population])
        con.execute("insert into staging.customers values (?)", [key])


def pair(con: duckdb.DuckDBPyConnection, left: str, right: str, weight: float, guard: str | None = None) -> None:
    band = "merge" if weight >= MERGE else "review" if weight >= REVIEW else "reject"
    con.execute("insert into linkage.pairs values (?, ?, ?, ?, ?, [])", [left, right, weight, band, guard])


def join(con: duckdb.DuckDBPyConnection, kept: str, absorbed: str, weight: float, pairs: int, compared: int) -> None:
    con.execute("insert into linkage.joins values ('a:1', 1, ?, ?, ?, ?, ?)", [kept, absorbed, weight, pairs, compared])


def decide(con: duckdb.DuckDBPyConnection, verdict: Verdict, left: str, right: str) -> None:
    said = NewDecision(verdict, left, right, author="Eve", reason="rang")
    record_decisions(con, [said], decided_at=datetime(2026, 11, 20))


def review(con: duckdb.DuckDBPyConnection, columns: str = "kind, left_key, right_key, reason") -> list[Any]:
    write_review(con, POLICIES)
    return con.execute(f"select {columns} from linkage.review").fetchall()


def test_a_customer_of_too_many_records_is_one_question(con: duckdb.DuckDBPyConnection) -> None:
    customer(con, *(f"a:{number:02d}" for number in range(MANY)))
    customer(con, *(f"b:{number:02d}" for number in range(MANY - 1)))
    assert review(con, "kind, left_key, right_key, reason, records, customers, match_weight") == [
        ("cluster", "a:00", "a:00", TOO_MANY, MANY, 1, None)
    ]


@pytest.mark.parametrize(
    ("weight", "pairs", "compared", "weak"),
    [
        (MERGE - 0.1, 4, 2, True),
        (MERGE + 0.1, 4, 2, False),
        (MERGE - 0.1, 4, 3, False),
        (MERGE - 0.1, 3, 1, False),
    ],
    ids=["half compared, below the line", "above the line", "most compared", "a pair with one record"],
)
def test_two_groups_that_hang_together_by_little_are_a_question(
    con: duckdb.DuckDBPyConnection, weight: float, pairs: int, compared: int, weak: bool
) -> None:
    customer(con, "a:1", "a:2", "b:1", "b:2")
    join(con, "a:1", "b:1", weight, pairs, compared)
    assert review(con) == [("cluster", "a:1", "b:1", BY_LITTLE)] * weak
    decide(con, "same", "a:1", "b:1")
    assert review(con) == []


def test_a_customer_whose_records_contradict_each_other_is_asked_about_by_its_worst_pair(
    con: duckdb.DuckDBPyConnection,
) -> None:
    customer(con, "a:1", "a:2", "b:1")
    pair(con, "a:1", "a:2", 9.0)
    pair(con, "a:1", "b:1", WORST)
    pair(con, "a:2", "b:1", WORST - 3)
    assert review(con, "kind, left_key, right_key, reason, records, customers, match_weight") == [
        ("cluster", "a:2", "b:1", DISAGREE, 3, 1, WORST - 3)
    ]
    decide(con, "same", "a:2", "b:1")
    assert review(con) == [("cluster", "a:1", "b:1", DISAGREE)]


def test_decisions_that_cannot_all_hold_are_asked_about_first(con: duckdb.DuckDBPyConnection) -> None:
    for key in ("a:1", "b:1", "c:1"):
        customer(con, key)
    customer(con, "d:1", population="organisation")
    pair(con, "a:1", "b:1", MERGE - 0.5)
    decide(con, "same", "a:1", "b:1")
    decide(con, "same", "b:1", "c:1")
    decide(con, "different", "a:1", "c:1")
    decide(con, "same", "a:1", "d:1")
    kinds = [(kind, left, right) for kind, left, right, _ in review(con)]
    assert kinds == [("contradiction", "a:1", "c:1"), ("contradiction", "a:1", "d:1")]


@pytest.mark.parametrize(
    ("guard", "weight", "reason"),
    [
        ("twins", WORST - 4, "may be twins: one family name, birthdate and address, but two given names"),
        ("father and son", 6.0, "may be father and son: one name and address, born a generation apart"),
        ("household", 6.0, "may be two members of one household: one family name and address, but two given names"),
        ("household", REVIEW - 1, ""),
        (None, 6.0, "fit as a pair, but other records of the two customers disagree"),
        (None, 0.0, "too little evidence either way"),
        (None, REVIEW - 1, ""),
    ],
)
def test_two_customers_are_asked_about_once_with_the_reason_that_outranks_the_others(
    con: duckdb.DuckDBPyConnection, guard: str | None, weight: float, reason: str
) -> None:
    customer(con, "a:1", "a:2")
    customer(con, "b:1", "b:2")
    pair(con, "a:1", "b:1", weight, guard)
    pair(con, "a:2", "b:2", REVIEW - 2)
    assert review(con) == ([("pair", "a:1", "b:1", reason)] if reason else [])
    decide(con, "different", "a:2", "b:2")
    assert review(con) == []


def test_twins_are_asked_about_by_the_pair_that_shows_them_to_be(con: duckdb.DuckDBPyConnection) -> None:
    customer(con, "a:1", "a:2")
    customer(con, "b:1")
    pair(con, "a:1", "b:1", 2.5)
    pair(con, "a:2", "b:1", -9.0, "twins")
    assert [row[1:3] for row in review(con)] == [("a:2", "b:1")]
