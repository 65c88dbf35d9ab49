"""Candidate pairs: found by any key, named by the first, and never more than the budget."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from dq_pipeline.adapters.linkage.blocking import PAIRS, find_pairs
from dq_pipeline.adapters.linkage.records import prepare_records
from dq_pipeline.domain.linkage import BlockingKey
from dq_pipeline.policies.linkage import PERSONS
from tests.adapters.linkage.records_table import record, write_records

KEYS = (
    BlockingKey("e-mail", each="emails"),
    BlockingKey("name and town", ("family_name", "locality")),
    BlockingKey("town", ("locality",)),
)


def candidates(rows: list[dict], **limits: int):
    con = duckdb.connect()
    write_records(con, rows, "source_rows")
    policy = replace(PERSONS, blocking_keys=KEYS, limits=replace(PERSONS.limits, **limits))
    prepare_records(con, policy, source="source_rows")
    reports = find_pairs(con, policy)
    pairs = con.execute(f"select join_key_l, join_key_r, match_key from {PAIRS}").fetchall()
    return pairs, {report.key: report for report in reports}


def test_a_pair_is_found_once_and_named_by_its_first_key() -> None:
    rows = [
        record("a:0", given_name="ann", family_name="lee", locality="x", email="a@x.example"),
        record("a:1", given_name="ann", family_name="lee", locality="x", email="b@x.example", emails=["a@x.example"]),
        record("a:2", given_name="bob", family_name="lee", locality="x"),
        record("a:3", given_name="cid", family_name="fox", locality=None),
        record("a:4", given_name="dan", family_name="fox", locality=None),
    ]
    pairs, _ = candidates(rows)
    assert pairs == [(0, 1, 0), (0, 2, 1), (1, 2, 1)]


def test_values_shared_by_too_many_are_left_out_and_told() -> None:
    rows = [record(f"a:{i:02d}", family_name=f"name{i // 2}", locality="x") for i in range(20)]
    pairs, reports = candidates(rows, block_size=10)
    assert [(left, right) for left, right, _ in pairs] == [(i, i + 1) for i in range(0, 20, 2)]
    town = reports["town"]
    assert (town.pairs, town.left_out_values, town.left_out_records) == (0, 1, 20)
    assert (reports["name and town"].pairs, reports["name and town"].left_out_values) == (10, 0)


@pytest.mark.parametrize("budget", [0, 1, 3, 10])
def test_the_budget_of_pairs_is_never_broken(budget: int) -> None:
    """A town of 60 and many families: whatever the data, at most `budget` pairs a record; small blocks first."""
    rows = [record(f"a:{i:02d}", family_name=f"name{i % 7}", locality="x" if i < 40 else "y") for i in range(60)]
    pairs, reports = candidates(rows, pairs_per_record=budget, pairs_per_record_and_key=budget)
    assert len(pairs) <= budget * 60
    assert sum(report.pairs for report in reports.values()) <= budget * 60
    if budget == 3:
        family, town = reports["name and town"], reports["town"]
        assert (family.pairs, family.left_out_values) == (114, 0)
        assert town.left_out_values == 2


def test_no_records_make_no_pairs() -> None:
    pairs, reports = candidates([])
    assert pairs == []
    assert {report.pairs for report in reports.values()} == {0}


def test_of_a_sample_of_records_the_pairs_with_all_larger_numbers_are_found() -> None:
    rows = [record(f"a:{i}", family_name="lee", locality="x") for i in range(5)]
    con = duckdb.connect()
    write_records(con, rows, "source_rows")
    policy = replace(PERSONS, blocking_keys=KEYS)
    prepare_records(con, policy, source="source_rows")
    con.execute("create table drawn as select unnest([1, 3]) as record_number")
    assert [report.pairs for report in find_pairs(con, policy, sample="drawn")] == [0, 10, 10]
    assert con.execute(f"select * from {PAIRS}").fetchall() == [(1, 2, 1), (1, 3, 1), (1, 4, 1), (3, 4, 1)]
