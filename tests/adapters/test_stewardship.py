"""The stewardship ledger on a real DuckDB: what is in force after any sequence of words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.stewardship import (
    create_stewardship_tables,
    decisions,
    pair_decisions,
    record_decisions,
    revoke,
    unknown_keys,
)
from dq_pipeline.domain.stewardship import NewDecision, PairDecision
from dq_pipeline.errors import InputError

NOW = datetime(2026, 11, 20, 9)
LATER = datetime(2026, 11, 21, 9)
A, B, C = "crm:1", "crm:2", "shop:'; drop table stewardship.decisions --"
WORDS = {"author": "Eve", "reason": "rang them up"}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create schema staging; create table staging.customers (record_key varchar)")
        made.execute("insert into staging.customers select unnest($keys)", {"keys": [A, B, C]})
        create_stewardship_tables(made)
        yield made


def said(kind: Any, left: str, right: str | None = None, **more: Any) -> NewDecision:
    return NewDecision(kind, left, right, **(WORDS | more))


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def test_decisions_are_rows_with_author_and_reason_and_views_of_what_is_in_force(
    con: duckdb.DuckDBPyConnection,
) -> None:
    pin = said("pin", A, attribute="birthdate", value="1970-02-01", expires_on=date(2027, 1, 1), author=" Tom ")
    assert record_decisions(con, [said("same", C, A), pin], decided_at=NOW) == [1, 2]
    assert record_decisions(con, [said("different", B, C)], decided_at=LATER) == [3]
    assert rows(con, "from stewardship.decisions order by number") == [
        (1, NOW, "Eve", "same", A, C, None, None, None, "rang them up", None),
        (2, NOW, "Tom", "pin", A, None, "birthdate", "1970-02-01", date(2027, 1, 1), "rang them up", None),
        (3, LATER, "Eve", "different", B, C, None, None, None, "rang them up", None),
    ]
    assert rows(con, "from stewardship.link_decisions order by number") == [
        (1, A, C, "same", NOW, "Eve", "rang them up"),
        (3, B, C, "different", LATER, "Eve", "rang them up"),
    ]
    assert rows(con, "from stewardship.pins") == [
        (2, A, "birthdate", "1970-02-01", NOW, "Tom", "rang them up", date(2027, 1, 1))
    ]
    assert pair_decisions(con) == [PairDecision(1, A, C, "same"), PairDecision(3, B, C, "different")]


def test_the_newest_decision_counts_and_revoking_it_brings_the_one_before_back(con: duckdb.DuckDBPyConnection) -> None:
    record_decisions(con, [said("same", A, B)], decided_at=NOW)
    record_decisions(con, [said("different", A, B)], decided_at=LATER)
    assert pair_decisions(con) == [PairDecision(2, A, B, "different")]
    assert revoke(con, 2, **WORDS, decided_at=LATER) == 3
    assert pair_decisions(con) == [PairDecision(1, A, B, "same")]
    assert revoke(con, 3, **WORDS, decided_at=LATER) == 4
    assert pair_decisions(con) == [PairDecision(2, A, B, "different")]
    told = {d.number: (d.in_force, d.revoked_by, d.superseded_by) for d in decisions(con)}
    assert told == {
        1: (False, None, 2),
        2: (True, None, None),
        3: (False, 4, None),
        4: (True, None, None),
    }


def test_pins_of_one_record_and_attribute_follow_each_other(con: duckdb.DuckDBPyConnection) -> None:
    first = said("pin", A, attribute="email", value="a@b.test")
    others = [said("pin", A, attribute="email", value="c@d.test"), said("pin", A, attribute="name", value="Ann")]
    record_decisions(con, [first, *others, said("pin", B, attribute="email", value="e@f.test")], decided_at=NOW)
    in_force = "select number, value from stewardship.pins order by number"
    assert rows(con, in_force) == [(2, "c@d.test"), (3, "Ann"), (4, "e@f.test")]
    revoke(con, 2, **WORDS, decided_at=NOW)
    assert rows(con, in_force) == [(1, "a@b.test"), (3, "Ann"), (4, "e@f.test")]


def test_every_problem_is_told_and_nothing_written(con: duckdb.DuckDBPyConnection) -> None:
    wrong = [
        said("same", A, B),
        said("same", A, "crm:9", author=""),
        said("different", B, B),
        said("pin", "crm:8", attribute="email", value="a@b.test", expires_on=date(2026, 11, 19)),
    ]
    with pytest.raises(InputError) as raised:
        record_decisions(con, wrong, decided_at=NOW)
    assert raised.value.problems == (
        "decision 2: the author is empty",
        "decision 2: there is no record 'crm:9'",
        "decision 3: two different records are needed",
        "decision 4: there is no record 'crm:8'",
        "decision 4: it has expired already",
    )
    assert "a@b.test" not in raised.value.text()
    assert decisions(con) == []


def test_a_record_decided_about_before_may_be_gone_from_the_sources(con: duckdb.DuckDBPyConnection) -> None:
    record_decisions(con, [said("same", A, B)], decided_at=NOW)
    con.execute("delete from staging.customers where record_key = 'crm:2'")
    assert unknown_keys(con, [A, B, C, "crm:9"]) == {"crm:9"}
    assert record_decisions(con, [said("different", A, B)], decided_at=LATER) == [2]
    con.execute("drop table staging.customers")
    assert unknown_keys(con, [A, B, C]) == {C}


@pytest.mark.parametrize(
    ("number", "words", "problem"),
    [
        (9, WORDS, "there is no decision 9"),
        (1, WORDS, "decision 1 is revoked already, by 2"),
        (3, {"author": "Eve", "reason": " "}, "the reason is empty"),
    ],
)
def test_what_cannot_be_revoked_is_refused(
    con: duckdb.DuckDBPyConnection, number: int, words: dict[str, str], problem: str
) -> None:
    record_decisions(con, [said("same", A, B)], decided_at=NOW)
    revoke(con, 1, **WORDS, decided_at=NOW)
    record_decisions(con, [said("same", A, C)], decided_at=NOW)
    with pytest.raises(InputError, match=problem):
        revoke(con, number, **words, decided_at=NOW)
    assert len(decisions(con)) == 3


def test_without_a_ledger_readers_find_nothing_decided() -> None:
    with duckdb.connect() as con:
        assert decisions(con) == []
        assert pair_decisions(con) == []
        assert unknown_keys(con, [A]) == {A}


def test_making_the_tables_again_keeps_what_was_decided(con: duckdb.DuckDBPyConnection) -> None:
    record_decisions(con, [said("same", A, B)], decided_at=NOW)
    create_stewardship_tables(con)
    assert [decision.number for decision in decisions(con)] == [1]


WORD = st.one_of(
    st.tuples(st.sampled_from(["same", "different"]), st.sampled_from([(A, B), (B, C), (C, A)])),
    st.tuples(st.just("revoke"), st.integers(1, 8)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORD, max_size=10))
def test_any_sequence_of_words_leaves_in_force_what_a_plain_model_says(
    con: duckdb.DuckDBPyConnection, words: list[tuple[str, Any]]
) -> None:
    """The model: a word is in force unless one in force revokes it; the newest in force of a pair counts."""
    con.execute("delete from stewardship.decisions")
    model: list[tuple[str, Any]] = []

    def stands(number: int) -> bool:
        return not any(kind == "revoke" and what == number and stands(n) for n, (kind, what) in enumerate(model, 1))

    for kind, what in words:
        if kind == "revoke":
            allowed = what <= len(model) and stands(what)
            try:
                revoke(con, what, **WORDS, decided_at=NOW)
            except InputError:
                assert not allowed
                continue
            assert allowed
        else:
            record_decisions(con, [said(kind, *what)], decided_at=NOW)
        model.append((kind, what))
    expected = {
        tuple(sorted(what)): (number, kind)
        for number, (kind, what) in enumerate(model, 1)
        if kind != "revoke" and stands(number)
    }
    found = {(d.left_key, d.right_key): (d.number, d.verdict) for d in pair_decisions(con)}
    assert found == expected
    assert {d.number for d in decisions(con) if d.revoked_by is None} == {
        number for number in range(1, len(model) + 1) if stands(number)
    }
