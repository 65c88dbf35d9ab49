"""Twins, father and son, households: kept apart and brought before a person, however little there is to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.adapters.linkage.explain import explain_pair
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.stewardship import create_stewardship_tables, record_decisions
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.policies.linkage import PERSON_GUARDS, PERSONS, POLICIES
from tests.adapters.linkage.records_table import record, town, warehouse_of, write_records

NOW = datetime(2026, 11, 20, 8)
TWINS = "may be twins: one family name, birthdate and address, but two given names"
GENERATIONS = "may be father and son: one name, but Senior and Junior"
NAMESAKES = "may be father and son: one name and address, born a generation apart"
FAMILIES = ("okonkwo", "lindqvist", "featherby", "marchetti", "szymborska", "dubrovnik", "haugland", "papandreou")


def home(number: int) -> dict[str, str]:
    """What a family has in common, and the birthdate of its children, another for every number."""
    name = FAMILIES[number % 8] + "x" * (number // 8)
    return {
        **{"family_name": name, "address": f"{number} {name[::-1]} street", "locality": "northtown"},
        **{"postal_code": f"AB{20 + number}1CD", "birthdate": f"{1960 + number}-0{1 + number % 9}-{10 + number}"},
    }


def two(number: int, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records `a:<number>` and `b:<number>` of one home, with addresses and phones that no other home has; born on
    one day, unless they say otherwise."""
    return [
        record(f"{source}:{number}", **{**home(number), **_own(number, values)})
        for source, values in (("a", one), ("b", other))
    ]


def _own(number: int, values: Mapping[str, Any]) -> dict[str, Any]:
    own = dict(values)
    if "email" in own:
        own["email"] = f"{'abcdefghijklmnopqrst'[number] * 3}.{own['email']}"
    if "phone" in own:
        own["phone"] += f"{number:02d}"
    return own


CHIDI, ADA = {"given_name": "chidi"}, {"given_name": "ada"}
MAIL, POST = {"email": "sunny@mail.example"}, {"email": "winter@mail.example"}
LANDLINE = {"phone": "44200000"}
BORN_SOME_DAY = {"birthdate": None}
SCENES = {
    "twins with two e-mail addresses": (CHIDI | MAIL, ADA | POST),
    "twins with two phones": (CHIDI | {"phone": "44200011"}, ADA | {"phone": "44700012"}),
    "twins with two national ids": (CHIDI | {"national_id": "AB123456"}, ADA | {"national_id": "XY987654"}),
    "twins with nothing of their own": (CHIDI, ADA),
    "twins with one landline": (CHIDI | MAIL | LANDLINE, ADA | POST | LANDLINE),
    "father and son": (CHIDI | {"birthdate": "1925-11-27"}, CHIDI),
    "father and son with one landline": (CHIDI | {"birthdate": "1925-11-27"} | LANDLINE, CHIDI | LANDLINE),
    "senior and junior": (CHIDI | BORN_SOME_DAY | {"generation": 1}, CHIDI | BORN_SOME_DAY | {"generation": 2}),
    "husband and wife": (CHIDI | MAIL | {"birthdate": None}, ADA | POST | {"birthdate": None}),
    "a slip": (CHIDI | MAIL, {"given_name": "chidy"} | POST),
    "an initial": (CHIDI | MAIL, {"given_name": "c"} | POST),
    "a short form": (CHIDI | MAIL, {"given_name": "chidike"} | POST),
    "one e-mail address": (CHIDI | {"email": "me@mail.example"}, ADA | {"email": "me@mail.example"}),
    "a digit of the birthdate": (CHIDI | MAIL | {"birthdate": "1971-03-22"}, CHIDI | POST),
}
ASKED = {
    name: {"father": NAMESAKES, "senior": GENERATIONS, "twins": TWINS}[kind]
    for name in SCENES
    if (kind := name.split()[0]) in ("father", "senior", "twins")
}
APART = {*ASKED, "husband and wife"}


@dataclass(frozen=True)
class World:
    """A model learned from people none of whom are twins, and a warehouse to use it in."""

    folder: Path
    model: Model

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.folder / "w.duckdb")

    def link(self, rows: Sequence[Mapping[str, Any]], *, model: Model | None = None, full: bool = False) -> None:
        with self.warehouse.transaction() as con:
            write_records(con, rows, "linkage.records")
            con.execute("create or replace table staging.customers as from linkage.records")
            create_stewardship_tables(con)
        link(self.warehouse, self.folder / "work", model or self.model, POLICIES, full=full)

    def rows(self, query: str) -> list[Any]:
        with self.warehouse.connect(read_only=True) as con:
            return con.execute(query).fetchall()


FEW = pytest.mark.parametrize("world", [3], indirect=True, ids=["hardly any people"])


@pytest.fixture(scope="module", params=[3, 120], ids=["hardly any people", "a small town"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Every scene linked, each in a home of its own."""
    folder = tmp_path_factory.mktemp("guards")
    rows, truth = town(people=request.param)
    rows = [
        row | {"national_id": f"AB{number:06d}", "generation": 1 + number % 2}
        for row in rows
        for number in (truth[row["record_key"]],)
    ]
    warehouse = warehouse_of(folder / "w.duckdb", rows)
    made = World(folder, train_model(warehouse.path, folder / "work", POLICIES, seed=1, now=NOW))
    made.link([row for number, scene in enumerate(SCENES.values()) for row in two(number, *scene)])
    return made


def test_they_are_two_customers_and_a_person_is_asked(world: World) -> None:
    together = dict(world.rows("select record_key, cluster_id from linkage.clusters"))
    numbers = {name: number for number, name in enumerate(SCENES)}
    joined = {name for name, n in numbers.items() if together[f"a:{n}"] == together[f"b:{n}"]}
    assert joined & APART == set()
    asked = {
        (left, right): reason
        for left, right, reason in world.rows("select left_key, right_key, reason from linkage.review")
    }
    for name, number in numbers.items():
        reason = asked.get((f"a:{number}", f"b:{number}"), "")
        assert (reason in (TWINS, NAMESAKES, GENERATIONS)) == (name in ASKED), name
        assert name not in ASKED or reason == ASKED[name]


def test_a_pair_tells_its_guard_and_so_does_its_explanation(world: World) -> None:
    assert world.rows("select guard from linkage.pairs where (left_key, right_key) = ('a:0', 'b:0')") == [("twins",)]
    with world.warehouse.connect(read_only=True) as con:
        told = explain_pair(con, "a:0", "b:0")
    assert not told.same_customer
    assert told.notes == (f"up for review: {TWINS}",)


@FEW
def test_neither_a_third_record_nor_the_night_that_brings_it_joins_twins(world: World) -> None:
    """It fits both: his initial is hers too. What the night does not touch stays as it was."""
    rows = [
        *two(0, CHIDI | MAIL, ADA | POST),
        *two(1, CHIDI | {"national_id": "AB123456"}, ADA | {"national_id": "XY987654"}),
    ]
    both = record("c:0", **{**home(0), **LANDLINE, "given_name": None, "birthdate": None})
    world.link(rows)
    world.link([*rows, both])
    tables = [f"select * from linkage.{name} order by all" for name in ("pairs", "clusters", "joins", "review")]
    nightly = [world.rows(table) for table in tables]
    world.link([*rows, both], full=True)
    assert [world.rows(table) for table in tables] == nightly
    cluster = dict(world.rows("select record_key, cluster_id from linkage.clusters"))
    assert cluster["a:0"] != cluster["b:0"]
    assert cluster["a:1"] != cluster["b:1"]
    asked = world.rows("select left_key, right_key from linkage.review where reason like 'may be twins:%'")
    assert ("a:1", "b:1") in asked


@FEW
def test_a_steward_knows_better_and_all_their_records_follow(world: World) -> None:
    """Ada is his second name: once a person has said so of two records, no guard parts the others."""
    shared = LANDLINE
    rows = [*two(0, CHIDI | MAIL | shared, ADA | POST | shared)]
    rows += [{**row, "record_key": row["record_key"].replace(":0", ":00")} for row in rows]
    world.link(rows)
    together = "select list(record_key order by record_key) from linkage.clusters group by cluster_id order by 1"
    assert world.rows(together) == [(["a:0", "a:00"],), (["b:0", "b:00"],)]
    with world.warehouse.transaction() as con:
        record_decisions(con, [NewDecision("same", "a:0", "b:0", author="Eve", reason="rang")], decided_at=NOW)
    world.link(rows)
    assert world.rows(together) == [(["a:0", "a:00", "b:0", "b:00"],)]
    assert world.rows("from linkage.review") == []


@FEW
def test_where_nobody_shares_a_home_two_names_are_a_slip(world: World) -> None:
    """Many records that show no household have taught the model so: then the evidence alone decides."""
    part = world.model.populations["person"]
    facts = {**part.facts, "rivals": {**part.facts["rivals"], "household": part.prior * 0.01}}
    lonely = replace(world.model, populations={**world.model.populations, "person": replace(part, facts=facts)})
    world.link(two(0, CHIDI | MAIL, ADA | POST), model=lonely, full=True)
    assert world.rows("select count(*) from linkage.pairs where guard is not null") == [(0,)]


def test_guards_say_why_and_a_policy_may_have_none() -> None:
    assert [guard.name for guard in PERSON_GUARDS if not guard.reason] == []
    assert PERSONS.asking_guards == ("twins", "father and son", "generations")
    assert replace(PERSONS, guards=()).asking_guards == ()
