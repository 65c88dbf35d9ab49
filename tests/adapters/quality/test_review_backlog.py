"""How long questions wait, and what the review queue would do to the number of customers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import networkx as nx
import pytest

from dq_pipeline.adapters.review_backlog import move_review_backlog, write_review_groups

NIGHT = timedelta(days=1)
MONDAY = datetime(2026, 1, 5)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema linkage; create schema golden; create schema quality")
        con.execute("create table linkage.review (kind varchar, left_key varchar, right_key varchar)")
        con.execute("create table golden.crosswalk (record_key varchar, customer_id varchar)")
        yield con


def customers(con: duckdb.DuckDBPyConnection, **records: str) -> None:
    con.execute("delete from golden.crosswalk")
    for customer, keys in records.items():
        con.executemany("insert into golden.crosswalk values (?, ?)", [(key, customer) for key in keys.split()])


def queue(con: duckdb.DuckDBPyConnection, *items: tuple[str, str, str]) -> None:
    con.execute("delete from linkage.review")
    con.executemany("insert into linkage.review values (?, ?, ?)", items)


def test_a_question_keeps_its_age_whichever_pair_stands_for_it(con: duckdb.DuckDBPyConnection) -> None:
    customers(con, C1="a b", C2="c d", C3="e")
    queue(con, ("pair", "b", "c"), ("cluster", "a", "b"), ("pair", "c", "e"), ("contradiction", "a", "held"))
    move_review_backlog(con, now=MONDAY)
    queue(con, ("pair", "a", "d"), ("pair", "b", "d"), ("cluster", "a", "b"), ("contradiction", "a", "held"))
    move_review_backlog(con, now=MONDAY + NIGHT)
    queue(con, ("pair", "a", "d"), ("pair", "c", "e"))
    move_review_backlog(con, now=MONDAY + 2 * NIGHT)
    columns = "kind, left_id, right_id, left_key, day(first_seen), day(last_seen), day(closed_at), times_reopened"
    assert con.execute(f"select {columns} from quality.review_backlog order by all").fetchall() == [
        ("cluster", "C1", "C1", "a", 5, 6, 7, 0),
        ("contradiction", "C1", "held", "a", 5, 6, 7, 0),
        ("pair", "C1", "C2", "a", 5, 7, None, 0),
        ("pair", "C2", "C3", "c", 5, 7, None, 1),
    ]


def test_groups_are_the_components_of_the_pairs_that_wait(con: duckdb.DuckDBPyConnection) -> None:
    draw = random.Random(3)
    con.execute(
        "insert into golden.crosswalk select 'k' || i, 'C' || lpad((i // 2)::varchar, 4, '0') from range(400) t(i)"
    )
    pairs = [(f"k{draw.randrange(400)}", f"k{draw.randrange(400)}") for _ in range(120)]
    path = [(f"k{2 * i}", f"k{2 * i + 3}") for i in range(60)]  # one long chain
    queue(con, *(("pair", *pair) for pair in pairs + path), ("cluster", "k0", "k399"))
    fewer = write_review_groups(con)
    customer = {f"k{i}": f"C{i // 2:04}" for i in range(400)}
    graph = nx.Graph((customer[a], customer[b]) for a, b in pairs + path if customer[a] != customer[b])
    wanted = {node: min(group) for group in nx.connected_components(graph) for node in group}
    assert dict(con.execute("from quality.review_groups").fetchall()) == wanted
    assert fewer == len(wanted) - len(set(wanted.values()))


def test_an_empty_queue_leaves_customers_as_they_are(con: duckdb.DuckDBPyConnection) -> None:
    assert write_review_groups(con) == 0
    assert con.execute("select count(*) from quality.review_groups").fetchall() == [(0,)]
