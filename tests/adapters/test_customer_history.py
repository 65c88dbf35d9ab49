"""Versions of customers and the feed of their changes: by hand, and that replaying the feed gives the table."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.customer_history import Change, changes_behind, count_changes, position_of
from dq_pipeline.errors import InputError
from tests.adapters.golden_world import START, World

ANN = {"name": "Ann", "email": "ann@x.org", "updated_at": datetime(2026, 1, 1)}
BOB = {"name": "Bob", "email": "bob@x.org", "updated_at": datetime(2026, 1, 1)}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.con.close()


def test_unchanged_customers_add_nothing(world: World) -> None:
    assert world.run({"crm:1": ANN, "crm:2": BOB}) == {"insert": 2}
    assert world.run() == {}
    assert world.run({"crm:1": ANN | {"email": "a@y.org"}, "crm:2": BOB}) == {"update": 1}
    assert world.rows("select sequence, operation, customer_id, changed, heirs from golden.changes order by all") == [
        (1, "insert", "C000000001", [], []),
        (2, "insert", "C000000002", [], []),
        (3, "update", "C000000001", ["email"], []),
    ]
    assert world.rows(
        "select customer_id, email, valid_from, valid_to, sequence from golden.customers_history order by sequence"
    ) == [
        ("C000000001", "ann@x.org", START + timedelta(1), START + timedelta(3), 1),
        ("C000000002", "bob@x.org", START + timedelta(1), None, 2),
        ("C000000001", "a@y.org", START + timedelta(3), None, 3),
    ]


def test_what_a_merge_leads_to_is_there_before_the_merge(world: World) -> None:
    world.run({"crm:1": ANN, "shop:1": BOB, "shop:2": ANN})
    together = {"crm:1": ANN | {"cluster": 1}, "shop:1": BOB | {"cluster": 1}}
    assert world.run(together) == {"update": 1, "merge": 1, "delete": 1}
    assert [(c.operation, c.customer_id, c.heirs) for c in changes_behind(world.con, 3, limit=9)] == [
        ("update", "C000000001", ()),
        ("merge", "C000000002", ("C000000001",)),
        ("delete", "C000000003", ()),
    ]
    assert world.run({"crm:1": ANN, "shop:1": BOB}) == {"insert": 1, "split": 1}
    assert [(c.operation, c.customer_id, c.heirs) for c in changes_behind(world.con, 6, limit=9)] == [
        ("insert", "C000000002", ()),
        ("split", "C000000001", ("C000000002",)),
    ]


def test_a_run_killed_after_the_ledger_costs_the_feed_no_split(world: World) -> None:
    from dq_pipeline.adapters.identity import assign_customer_ids

    world.run({"crm:1": ANN | {"cluster": 1}, "shop:1": BOB | {"cluster": 1}})
    world.load({"crm:1": ANN, "shop:1": BOB})
    assign_customer_ids(world.con, run_id="killed", now=world.now)
    assert world.run() == {"insert": 1, "split": 1}
    assert world.run() == {}


def test_values_before_and_after_belong_to_the_change(world: World) -> None:
    world.run({"crm:1": ANN})
    world.run({"crm:1": ANN | {"email": "a@y.org", "birthdate": "1980-05-01"}})
    (change,) = changes_behind(world.con, 1, limit=9)
    assert change == Change(
        *(2, START + timedelta(2), "update", "C000000001", ("email", "birthdate"), ()),
        before={"email": "ann@x.org", "birthdate": None},
        after={"email": "a@y.org", "birthdate": "1980-05-01"},
    )


def test_the_place_in_the_feed_is_found_by_run_version_and_date(world: World) -> None:
    world.run({"crm:1": ANN})
    world.run({"crm:1": BOB})
    world.con.execute("create table quality.publications (run_id varchar, version varchar, published_at timestamp)")
    world.con.execute(
        "insert into quality.publications values ('quiet-run', '20261105T020000Z-quiet-ru', $1)", [START + timedelta(4)]
    )
    told = {s: position_of(world.con, s) for s in ("run-0001", "2026-11-03", "2026-11-02T02:00:00+00:00", "quiet-ru")}
    assert told == {"run-0001": 1, "2026-11-03": 1, "2026-11-02T02:00:00+00:00": 1, "quiet-ru": 2}
    assert position_of(world.con, "20261105T020000Z-quiet-ru") == 2
    assert position_of(world.con, "2020-01-01") == 0
    assert count_changes(world.con, 1) == {"update": 1}
    with pytest.raises(InputError, match="'run-' is no run, version or date"):
        position_of(world.con, "run-")


def test_a_new_attribute_is_a_new_column_of_the_history(world: World) -> None:
    world.run({"crm:1": ANN})
    world.con.execute("alter table golden.customers_history drop column country")
    assert world.run() == {"update": 1}
    assert world.rows("select country, valid_to is null from golden.customers_history order by sequence") == [
        (None, False),
        ("GB", True),
    ]


def test_a_clock_set_back_leaves_the_past_in_order(world: World) -> None:
    world.run({"crm:1": ANN})
    world.runs = -20
    world.run({"crm:1": BOB})
    assert world.rows("select valid_from <= valid_to from golden.customers_history where valid_to is not null") == [
        (True,)
    ]
    assert len(world.customers()) == 1


def replay(feed: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    table: dict[str, tuple[Any, ...]] = {}
    for change in feed:
        about = ("sequence", "run_id", "changed_at", "operation", "changed", "heirs")
        if change["operation"] in ("merge", "delete"):
            table.pop(change["customer_id"], None)
        else:
            table[change["customer_id"]] = tuple(value for name, value in change.items() if name not in about)
    return [table[customer_id] for customer_id in sorted(table)]


loads = st.dictionaries(
    st.sampled_from(["crm:1", "crm:2", "shop:3", "shop:4"]),
    st.fixed_dictionaries(
        {
            "cluster": st.integers(0, 2),
            "name": st.sampled_from([None, "Ann", "Bob"]),
            "email": st.sampled_from([None, "a@x.org", "b@x.org"]),
        }
    ),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(loads, min_size=2, max_size=4))
def test_replaying_the_feed_gives_the_table_and_every_past_day_can_be_had(history: list[dict[str, Any]]) -> None:
    world = World()
    states = []
    for load in history:
        world.run(load)
        states.append(world.customers())
    for day, state in enumerate(states, 1):
        assert world.customers(f"golden.customers_as_of(timestamp '{START + timedelta(days=day)}')") == state
    cursor = world.con.execute("from golden.change_feed order by sequence")
    names = [column[0] for column in cursor.description]
    feed = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert [change["sequence"] for change in feed] == list(range(1, len(feed) + 1))
    assert replay(feed) == states[-1]
    assert replay([change for change in feed for _ in range(2)]) == states[-1], "each change twice is each change once"
    ids = {change["customer_id"] for change in feed}
    assert all(heir in ids for change in feed for heir in change["heirs"])
    assert world.run() == {}
    world.con.close()
