"""The publish gate on tables small enough to check by eye: what it lets through, and what it stops."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.gate import (
    accepted_checks,
    growth_plausible,
    ids_stable,
    keys_unique,
    provenance_complete,
    record_acceptance,
)
from dq_pipeline.adapters.publish import publish_version
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.domain.publishing import Acceptance, GateLimits
from tests.published import readers_view

LIMITS = GateLimits(moved_share=0.1, moved_customers=1, growth_factor=3.0, growth_records=2, disproportion=0.2)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for schema in ("raw", "staging", "golden", "quality"):
            made.execute(f"create schema {schema}")
        made.execute("create table raw.loads (load_id bigint)")
        made.execute("create table staging.customers (record_key varchar, _load_id bigint)")
        made.execute(
            "create table golden.crosswalk (record_key varchar, source_system varchar, source_record_id varchar, "
            "customer_id varchar)"
        )
        made.execute("create table golden.customers (customer_id varchar, email varchar, record_count bigint)")
        made.execute(
            "create table golden.attribute_provenance "
            "(customer_id varchar, attribute varchar, record_key varchar, pin bigint)"
        )
        made.execute("create table quality.scores (scope_type varchar, scope varchar)")
        made.execute("create view golden.change_feed as select 1 as sequence")
        create_stewardship_tables(made)
        yield made


def fill(
    con: duckdb.DuckDBPyConnection, customers: dict[str, str], *, load: int = 1, loads: dict[str, int] | None = None
) -> None:
    """`customers`: id -> its records, parted by blanks. `loads`: the load of a record, where it is not `load`."""
    for table in (
        "raw.loads",
        "staging.customers",
        "golden.crosswalk",
        "golden.customers",
        "golden.attribute_provenance",
    ):
        con.execute(f"delete from {table}")
    con.executemany(
        "insert into raw.loads values (?)", [[n] for n in range(1, max([load, *(loads or {}).values()]) + 1)]
    )
    for customer, records in customers.items():
        keys = records.split()
        con.execute("insert into golden.customers values (?, ?, ?)", [customer, f"{customer}@x.example", len(keys)])
        con.execute("insert into golden.attribute_provenance values (?, 'email', ?, null)", [customer, keys[0]])
        for key in keys:
            con.execute("insert into staging.customers values (?, ?)", [key, (loads or {}).get(key, load)])
            con.execute("insert into golden.crosswalk values (?, 's', ?, ?)", [key, key, customer])


def publish(con: duckdb.DuckDBPyConnection, folder: Path) -> Path:
    views = [readers_view(con)]
    publish_version(con, folder, "v1", views=views, salts=folder, dashboard=(), linkage_charts="", manifest={}, keep=2)
    return folder


def test_keys_that_stand_twice_or_in_one_table_only_are_told(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, {"C1": "a b", "C2": "c"})
    assert keys_unique(con) == []
    con.execute("insert into golden.crosswalk values ('a', 's', 'a', 'C2')")
    con.execute("insert into golden.customers values ('C3', null, 1)")
    assert keys_unique(con) == [
        "golden.crosswalk has 4 rows and 3 different record_key",
        "1 customer ids stand in only one of golden.customers and golden.crosswalk",
    ]


def test_every_value_has_its_provenance(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, {"C1": "a b", "C2": "c", "C3": "d"})
    assert provenance_complete(con, ["email"]) == []
    con.execute("delete from golden.attribute_provenance where customer_id = 'C1'")
    con.execute("update golden.customers set email = null where customer_id = 'C2'")
    con.execute("update golden.attribute_provenance set record_key = 'a' where customer_id = 'C3'")
    con.execute("insert into golden.customers values ('C4', 'pinned@x.example', 1)")
    con.execute("insert into golden.attribute_provenance values ('C4', 'email', null, 7)")
    assert provenance_complete(con, ["email"]) == [
        "1 golden values do not say where they come from",
        "1 rows of golden.attribute_provenance stand for no value",
        "1 golden values come from a record of another customer",
    ]


BEFORE = {"C1": "a b", "C2": "c d", "C3": "e f", "C4": "g"}


def test_before_the_first_publication_there_is_nothing_to_compare(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    fill(con, BEFORE)
    assert ids_stable(con, tmp_path, LIMITS) == []
    assert growth_plausible(con, tmp_path, LIMITS) == []


@pytest.mark.parametrize(
    ("after", "loads", "moved"),
    [
        pytest.param(BEFORE, {}, 0, id="nothing changed"),
        pytest.param({"C1": "a", "C5": "b", "C2": "c", "C6": "d", "C3": "e f", "C4": "g"}, {}, 2, id="two fell apart"),
        pytest.param({"C1": "a b c d", "C3": "e f", "C4": "g"}, {}, 2, id="two became one"),
        pytest.param({"C9": "a b", "C8": "c d", "C3": "e f", "C4": "g"}, {}, 2, id="two have other ids"),
        pytest.param({"C1": "a b c d", "C3": "e f", "C4": "g"}, {"c": 2}, 0, id="a changed record explains it"),
        pytest.param({"C1": "a b c d n", "C3": "e f", "C4": "g"}, {"n": 2}, 0, id="a new record explains it"),
        pytest.param({"C1": "a", "C2": "c", "C3": "e f", "C4": "g"}, {}, 0, id="records gone"),
    ],
)
def test_customers_that_move_by_themselves_are_counted(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, after: dict[str, str], loads: dict[str, int], moved: int
) -> None:
    fill(con, BEFORE)
    published = publish(con, tmp_path)
    fill(con, after, loads=loads)
    told = "published customers hold other records than before, though nothing about their records changed; 10.0% may"
    assert ids_stable(con, published, LIMITS) == ([f"{moved} of 4 {told}"] if moved else [])


def test_a_stewards_decision_explains_a_move(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(con, BEFORE)
    published = publish(con, tmp_path)
    fill(con, {"C1": "a", "C5": "b", "C2": "c", "C6": "d", "C3": "e f", "C4": "g"})
    con.execute(
        "insert into stewardship.decisions (number, kind, left_key, right_key) values (1, 'different', 'a', 'b')"
    )
    assert ids_stable(con, published, LIMITS) == []


def test_a_customer_that_swallows_others_is_suspicious(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(con, {"C1": "a b", "C2": "c", "C3": "d", "C4": "e", "C5": "f", "C6": "g", "C7": "h", "C8": "i", "C9": "j"})
    published = publish(con, tmp_path)
    fill(con, {"C1": "a b c d e f g", "C7": "h", "C8": "i", "C9": "j", "C10": "k", "C11": "l", "C12": "m"})
    assert growth_plausible(con, published, LIMITS) == [
        "1 customers grew to more than 3 times their records, by more than 2",
        "7 customers of 13 records, 9 of 10 before: -40% customers a record, 20% may be",
    ]


def test_growth_with_the_records_is_plausible(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    fill(con, {"C1": "a b", "C2": "c d"})
    published = publish(con, tmp_path)
    fill(con, {"C1": "a b", "C2": "c d", "C3": "e f", "C4": "g h"}, load=2)
    assert growth_plausible(con, published, LIMITS) == []


def test_an_acceptance_is_on_record_once(con: duckdb.DuckDBPyConnection) -> None:
    word = Acceptance("ids_stable", "kim", "new model")
    for _ in range(2):
        record_acceptance(con, word, run_id="r1", now=datetime(2026, 11, 22), problem="9 moved")
    assert accepted_checks(con, "r1") == [
        {"check": "ids_stable", "author": "kim", "reason": "new model", "problem": "9 moved"}
    ]
    assert accepted_checks(con, "r2") == []
