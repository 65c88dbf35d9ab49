"""Pinned values: above the sources, anchored on a record, gone when their time is up."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from dq_pipeline.adapters.stewardship import revoke
from tests.adapters.golden_world import START, World

ANN = {"name": "Ann", "email": "ann@x.org", "updated_at": datetime(2026, 1, 1)}
BOB = {"name": "Bob", "email": "bob@x.org", "updated_at": datetime(2026, 6, 1)}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.con.close()


def statuses(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "select number, customer_id, status, proposed_for_removal from golden.pins_status order by number"
    )


def emails(world: World) -> dict[str, str]:
    return dict(world.rows("select customer_id, email from golden.customers"))


def test_a_pin_outranks_the_sources_and_says_what_it_overruled(world: World) -> None:
    together = {"crm:1": ANN | {"cluster": 1}, "shop:1": BOB | {"cluster": 1}}
    world.run(together)
    number = world.pin("crm:1", "email", "pinned@x.org")
    world.pin("crm:1", "birthdate", "1980-05-01")
    assert world.run() == {"update": 1}
    assert world.rows("select email, birthdate, name from golden.customers") == [
        ("pinned@x.org", date(1980, 5, 1), "Ann")
    ]
    told = world.rows(
        "select record_key, rule, reason, values_seen, agreeing, candidates, agreement, "
        "[l.record_key || ' ' || l.lost_by for l in losers], pin "
        "from golden.attribute_provenance where attribute = 'email'"
    )
    assert told == [(None, "pinned", "a steward said so", 3, 0, 2, 0.0, ["crm:1 pinned", "shop:1 pinned"], number)]
    assert world.rows(
        "select candidates, agreement from golden.attribute_provenance where attribute = 'birthdate'"
    ) == [(0, None)]
    assert statuses(world) == [(1, "C000000001", "applied", False), (2, "C000000001", "applied", False)]
    assert world.run() == {}


def test_a_pin_follows_its_record_through_merge_and_split(world: World) -> None:
    world.run({"crm:1": ANN, "shop:1": BOB})
    world.pin("shop:1", "email", "pinned@x.org")
    world.run({"crm:1": ANN | {"cluster": 1}, "shop:1": BOB | {"cluster": 1}})
    assert emails(world) == {"C000000001": "pinned@x.org"}
    world.run({"crm:1": ANN, "shop:1": BOB})
    assert emails(world) == {"C000000001": "ann@x.org", "C000000002": "pinned@x.org"}
    world.run({"crm:1": ANN})
    assert statuses(world) == [(1, None, "dormant", False)]
    world.run({"crm:1": ANN, "shop:1": BOB})
    assert emails(world)["C000000002"] == "pinned@x.org"


def test_a_pin_stays_when_the_source_numbers_its_records_anew(world: World) -> None:
    known = ANN | {"birthdate": "1980-05-01"}
    world.run({"crm:1": known, "shop:1": BOB})
    world.pin("crm:1", "name", "Anne")
    for key in ("crm:77", "crm:99"):
        assert world.run({key: known, "shop:1": BOB}) == ({"update": 1} if key == "crm:77" else {})
        assert world.rows("select customer_id, name from golden.customers where name like 'An%'") == [
            ("C000000001", "Anne")
        ]
    assert statuses(world) == [(1, "C000000001", "applied", False)]


def test_of_two_pins_in_one_customer_the_newest_counts(world: World) -> None:
    world.run({"crm:1": ANN, "shop:1": BOB})
    world.pin("shop:1", "email", "first@x.org")
    world.pin("crm:1", "email", "second@x.org")
    world.run({"crm:1": ANN | {"cluster": 1}, "shop:1": BOB | {"cluster": 1}})
    assert emails(world) == {"C000000001": "second@x.org"}
    assert statuses(world) == [(1, "C000000001", "outranked", False), (2, "C000000001", "applied", False)]
    revoke(world.con, 2, author="Eve", reason="wrong one", decided_at=world.now)
    world.run()
    assert emails(world) == {"C000000001": "first@x.org"}


def test_a_pin_the_sources_agree_with_is_proposed_for_removal(world: World) -> None:
    world.run({"crm:1": ANN})
    world.pin("crm:1", "email", "new@x.org")
    world.run()
    assert statuses(world) == [(1, "C000000001", "applied", False)]
    world.run({"crm:1": ANN | {"email": "new@x.org"}})
    assert statuses(world) == [(1, "C000000001", "applied", True)]
    assert world.rows("select rule, agreement from golden.attribute_provenance where attribute = 'email'") == [
        ("pinned", 1.0)
    ]


def test_an_expired_pin_gives_the_sources_back_their_word(world: World) -> None:
    world.run({"crm:1": ANN})
    world.pin("crm:1", "email", "new@x.org", expires_on=(START + timedelta(days=2)).date())
    world.run()
    assert emails(world) == {"C000000001": "new@x.org"}, "the last day counts"
    world.run()
    assert emails(world) == {"C000000001": "ann@x.org"}
    assert statuses(world) == [(1, "C000000001", "expired", False)]


def test_a_pin_that_fits_no_more_does_no_harm(world: World) -> None:
    world.run({"crm:1": ANN})
    world.pin("crm:1", "birthdate", "in May")
    world.pin("crm:1", "shoe_size", "44")
    assert world.run() == {}
    assert statuses(world) == [(1, "C000000001", "unusable", False), (2, "C000000001", "unusable", False)]
