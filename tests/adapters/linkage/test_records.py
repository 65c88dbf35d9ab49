"""Records as linkage sees them: numbering, values that prove nothing, rarity."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from dq_pipeline.adapters.linkage.records import (
    RECORDS,
    fingerprint,
    measure_rarity,
    prepare_records,
    rarity_table,
    usable_comparisons,
)
from dq_pipeline.domain.linkage import Comparison, Level
from dq_pipeline.errors import ConfigurationError
from dq_pipeline.policies.linkage import ORGANISATIONS, PERSONS
from tests.adapters.linkage.records_table import record, write_records


def prepared(rows: list[dict], policy=PERSONS) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    write_records(con, rows, "source_rows")
    prepare_records(con, policy, source="source_rows")
    return con


def column(con: duckdb.DuckDBPyConnection, name: str) -> list:
    return [row[0] for row in con.execute(f"select {name} from {RECORDS} order by record_number").fetchall()]


def test_records_are_numbered_by_key_whatever_the_order_of_rows() -> None:
    rows = [record("b:2", given_name="ann"), record("a:9", given_name="bob"), record("a:10", given_name="cid")]
    first, second = prepared(rows), prepared(rows[::-1])
    assert column(first, "record_key") == ["a:10", "a:9", "b:2"]
    assert fingerprint(first) == fingerprint(second)
    changed = prepared([*rows[:2], record("a:10", given_name="cyd")])
    assert fingerprint(changed) != fingerprint(first)


def test_a_number_many_differently_named_people_have_is_no_evidence() -> None:
    switchboard, own = "441000000001", "442000000002"
    rows = [record(f"a:{i:02d}", given_name=f"name{i}", family_name="x", phone=switchboard) for i in range(20)]
    rows += [record(f"b:{i}", given_name="ann", family_name="lee", phone=own) for i in range(20)]
    con = prepared(rows)
    assert set(column(con, "phone")) == {None, own}
    assert con.execute(f"select distinct phone_endings from {RECORDS} order by all").fetchall() == [
        ([],),
        ([own[-8:]],),
    ]


def test_rarity_counts_other_customers_not_records() -> None:
    """Ten records of one Zola are one customer; three Smiths are three; who else is a Zola is guessed."""
    rows = [record(f"a:{i}", given_name="emile", family_name="zola") for i in range(10)]
    rows += [record(f"b:{i}", given_name=g, family_name="smith") for i, g in enumerate(["ann", "bob", "cid"])]
    con = prepared(rows)
    measure_rarity(con, ["family_name"])
    shares = dict(
        con.execute(
            f"select distinct family_name, tf_family_name_id from {RECORDS} join {rarity_table('family_name')} "
            "using (family_name_id)"
        ).fetchall()
    )
    # Four customers; of values seen once there is 1, seen twice 0: (2 * 0 + 2.5) / (1 + 5) others of a Zola,
    # in a world of twenty more.
    assert shares == pytest.approx({"smith": 2 / 4, "zola": 2.5 / 6 / (4 + 20)})


def test_a_family_name_is_as_rare_as_in_the_countries_that_have_it() -> None:
    """Of four in Poland two are Kowalski, of six in Britain two are Smith; where Lee lives, nobody knows. A given name
    is judged among all ten and Lee."""
    poles = [record(f"a:{g}", given_name=g, family_name=f, country="PL") for g, f in zip("abcd", "kknn", strict=True)]
    britons = [
        record(f"b:{g}", given_name=g, family_name=f, country="GB") for g, f in zip("efghai", "ssttuu", strict=True)
    ]
    con = prepared(
        [
            *poles,
            *britons,
            record("c:1", given_name="z", family_name="l"),
            record("c:2", given_name="y", family_name="l"),
        ]
    )
    measure_rarity(con, ["family_name", "given_name"])

    def shares(column: str) -> dict[str, float]:
        query = (
            f"select distinct {column}, tf_{column}_id from {RECORDS} join {rarity_table(column)} using ({column}_id)"
        )
        return dict(con.execute(query).fetchall())

    assert shares("family_name") == pytest.approx(
        {"k": 1 / 4, "n": 1 / 4, "s": 1 / 6, "t": 1 / 6, "u": 1 / 6, "l": 1 / 12}
    )
    assert shares("given_name")["a"] == pytest.approx(1 / 12)


def test_two_names_around_one_word_may_be_one_customer() -> None:
    """A shared word leaves the names different: of three firms named Atlas two may be the pair compared."""
    names = ["atlas shipping", "atlas shipping north", "atlas", "quirk", "quirk south"]
    rows = [
        record(f"a:{n}", party_type="organisation", organisation=name, telling_word=name.split()[0])
        for n, name in enumerate(names)
    ]
    con = prepared(rows, ORGANISATIONS)
    measure_rarity(con, ["telling_word"])
    shares = con.execute(
        f"select distinct telling_word, tf_telling_word_id from {RECORDS} join {rarity_table('telling_word')} "
        "using (telling_word_id) order by all"
    ).fetchall()
    # Two customers of Atlas, one of Quirk, whose rarity is guessed: (2 * 1 + 2.5) / (1 + 5).
    assert shares == [("atlas", pytest.approx(1 / 3)), ("quirk", pytest.approx(4.5 / 6 / (3 + 20)))]


def test_frequencies_hold_no_value_of_a_customer() -> None:
    con = prepared([record("a:1", given_name="ann", family_name="lee"), record("b:1", given_name="ann")])
    measure_rarity(con, ["given_name"])
    assert con.execute(f"select typeof(given_name_id) from {rarity_table('given_name')}").fetchall() == [("UBIGINT",)]


def test_comparisons_without_two_different_values_are_left_out() -> None:
    rows = [record(f"a:{i}", given_name=f"name{i}", family_name="lee", locality="town") for i in range(5)]
    assert [c.name for c in usable_comparisons(prepared(rows), PERSONS)] == ["given name"]


def test_a_policy_that_names_unknown_columns_is_refused_with_all_of_them() -> None:
    shoes = Comparison("shoes", ("shoe_size", "shoe_colour"), "false", (Level("", "any", 1.0),), "test")
    with pytest.raises(ConfigurationError) as caught:
        prepared([record("a:1")], replace(PERSONS, comparisons=(shoes,)))
    assert caught.value.problems == ("shoe_colour", "shoe_size")
