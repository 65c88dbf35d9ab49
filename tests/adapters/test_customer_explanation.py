"""The sentences about a customer: keys and rules, values only when asked for."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from dq_pipeline.adapters.customer_explanation import explain_customer, living_customer
from dq_pipeline.errors import InputError
from tests.adapters.golden_world import World

ANN = {"name": "Ann", "email": "ann@x.org", "cluster": 1, "updated_at": datetime(2026, 1, 1)}
BOB = {"name": "Bob", "email": "bob@x.org", "cluster": 1, "updated_at": datetime(2026, 6, 1)}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.run({"crm:1": ANN, "shop:1": BOB, "shop:2": {"cluster": 2, "name": "Cyd"}})
    yield made
    made.con.close()


def test_every_attribute_says_whence_and_why_and_who_lost(world: World) -> None:
    world.pin("crm:1", "birthdate", "1980-05-01")
    world.run()
    assert explain_customer(world.con, "C000000001") == [
        "C000000001: 2 records: crm:1, shop:1",
        "  name from crm:1, by 'trusted': its source is trusted more (the usual spelling); 1 of 2 records says so; "
        "1 other value",
        "    shop:1 lost by 'trusted'",
        "  email from shop:1, by 'recent': its record was updated later; 1 of 2 records says so; 1 other value",
        "    crm:1 lost by 'recent'",
        "  birthdate from decision 1, by 'pinned': a steward said so; 0 of 0 records say so",
        "  country from crm:1, by 'only value': no record says anything else; 2 of 2 records say so",
        "  pin 1: birthdate on crm:1, applied; Eve on 2026-11-02: rang",
        "  2026-11-02 minted: new customer",
    ]


def test_values_are_told_only_when_asked_for(world: World) -> None:
    told = "\n".join(explain_customer(world.con, "C000000001", values=True))
    assert "  name 'Ann' from crm:1" in told
    assert "    shop:1 'Bob' lost by 'trusted'" in told
    assert "Ann" not in "\n".join(explain_customer(world.con, "C000000001"))


def test_a_published_version_without_staging_tells_golden_values(world: World) -> None:
    world.con.execute("drop table staging.customers; drop table golden.pins_status")
    told = "\n".join(explain_customer(world.con, "C000000001", values=True))
    assert "'ann@x.org'" not in told
    assert "'bob@x.org'" in told


def test_an_old_id_is_followed_and_an_unknown_one_refused(world: World) -> None:
    world.run({"crm:1": ANN, "shop:1": BOB, "shop:2": {"cluster": 1, "name": "Cyd"}})
    told = explain_customer(world.con, "C000000002")
    assert told[0] == "C000000002 leads to C000000001 now"
    assert told[2] == "  2026-11-03 merged: its records joined C000000001"
    assert told[3] == "C000000001: 3 records: crm:1, shop:1, shop:2"
    with pytest.raises(InputError, match="is no longer in use: it leads to C000000001"):
        living_customer(world.con, "C000000002")
    world.run({"crm:1": ANN | {"cluster": 3}})
    world.run({})
    assert explain_customer(world.con, "C000000001")[0] == "C000000001 has no records any more"
    with pytest.raises(InputError, match="there is no customer 'C9'"):
        explain_customer(world.con, "C9")
