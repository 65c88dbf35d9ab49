"""However the records come, night by night with changes and deletions, the result is that of one full linkage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.stewardship import record_decisions, revoke
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.linkage import Guard, LinkageSummary
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.policies.linkage import PERSONS
from tests.adapters.linkage.records_table import record, town, warehouse_of, write_records

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 20, 8)
_KEYS = (
    "e-mail",
    "phone",
    "name and birthdate",
    "address",
    "full name",
    "birthdate",
    "family name",
    "given name and town",
)
# Here a birthdate is all it takes, so that guards hold, and fall with what is decided, all the time.
_TWINS = Guard(
    "twins",
    "twins",
    when={"given name": ("different",), "family name": ("the same",), "birthdate": ("the same",)},
    differs={"phone": ("different",)},
    unless={},
    asks=True,
    reason="as the policy of the project, with fewer fields",
)
# Blocks of more than four records are closed, so that records that come and go open and close them all the time.
POLICY = replace(
    PERSONS,
    comparisons=tuple(c for c in PERSONS.comparisons if c.name in ("given name", "family name", "birthdate", "phone")),
    blocking_keys=tuple(key for key in PERSONS.blocking_keys if key.name in _KEYS),
    explanations=tuple(
        replace(e, shares={"family name": e.shares["family name"]})
        for e in PERSONS.explanations
        if e.name == "household"
    ),
    limits=replace(PERSONS.limits, block_size=4, sampled_pairs=2_000),
    guards=(_TWINS,),
)
RESULTS = ("pairs", "clusters", "joins", "review", "record_states", "closed_blocks", "applied_decisions")
World = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Learned from a town; the worlds below are linked with it, whatever is in them."""
    folder = tmp_path_factory.mktemp("model")
    warehouse = warehouse_of(folder / "warehouse.duckdb", town(people=120)[0])
    trained = train_model(warehouse.path, folder / "work", [POLICY], seed=1, now=NOW)
    part = trained.populations["person"]
    sizes = [{**report, "block_size": 4} for report in part.facts["blocking"]]
    return replace(trained, populations={"person": replace(part, facts={**part.facts, "blocking": sizes})})


def load(warehouse: Warehouse, world: World) -> None:
    with warehouse.transaction() as con:
        write_records(con, world.values(), "linkage.records")
        con.execute("create or replace table staging.customers as from linkage.records")


def results(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    with warehouse.connect(read_only=True) as con:
        return {table: con.execute(f"select * from linkage.{table} order by all").fetchall() for table in RESULTS}


def linked(warehouse: Warehouse, folder: Path, model: Model, **options: Any) -> LinkageSummary:
    return link(warehouse, folder / "work", model, [POLICY], **options)


GIVEN = ("ann", "bob", "cid", "dora", "eve")
FAMILY = ("lee", "fox", "kowalski", "smythe")
PHONES = ("4410000001", "4425222202", "4437333303")
STREETS = ("1 mill road", "2 mill road", "7 high street")


class Islands:
    """Many small worlds in one, each with names, phones and places of its own, so that one linkage is many examples.

    On every island families share names, addresses and phones, and one in some fields is missing; every night records
    come, go, change and get new keys, and stewards decide.
    """

    COUNT, KEYS = 16, [f"{source}{number:02d}" for source in ("a:", "b:", "c:") for number in range(6)]

    def __init__(self, seed: int):
        self.random = np.random.default_rng(seed)
        self.world: dict[str, dict[str, Any]] = {}
        for island in range(self.COUNT):
            for key in self._some(self.KEYS, least=5, most=14):
                self._put(island, f"{key}{island:02d}")

    def night(self) -> list[tuple[str, str, str]]:
        """Change the world; returns what was decided."""
        decided = []
        for island in range(self.COUNT):
            for key in self._some(self.KEYS, least=0, most=4):
                self._change(island, f"{key}{island:02d}")
            here = sorted(key for key in self.world if key.endswith(f"{island:02d}"))
            for _ in range(self.random.integers(0, 3) if len(here) > 1 else 0):
                left, right = sorted(self.random.choice(here, 2, replace=False).tolist())
                decided.append((left, right, str(self.random.choice(["same", "different"]))))
        return decided

    def _change(self, island: int, key: str) -> None:
        what = self.random.choice(["goes", "changes", "has a new key"])
        if what == "changes" or key not in self.world:
            self._put(island, key)
            return
        gone = self.world.pop(key)
        if what == "has a new key":
            new = f"{key[:2]}9{key[3:]}"
            self.world[new] = {**gone, "record_key": new, "source_record_id": new[2:]}

    def _put(self, island: int, key: str) -> None:
        def one(*values: str | None) -> str | None:
            return None if (value := self.random.choice(np.array(values, dtype=object))) is None else f"{value}"

        self.world[key] = record(
            key,
            given_name=one(*GIVEN),
            family_name=f"{one(*FAMILY)}{chr(97 + island) * 3}",
            birthdate=one(None, *(f"{1950 + island}-{day}" for day in ("01-02", "02-01", "12-24", "05-05"))),
            phone=one(None, *(f"{phone[:-2]}{island:02d}{phone[-1]}" for phone in PHONES)),
            address=one(None, *(f"{street}{chr(97 + island) * 3}" for street in STREETS)),
            locality=one(None, f"town{island}", f"city{island}"),
        )

    def _some(self, values: Sequence[str], *, least: int, most: int) -> list[str]:
        return self.random.choice(values, self.random.integers(least, most + 1), replace=False).tolist()


@settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1))
def test_any_split_into_nightly_loads_gives_what_one_full_linkage_gives(model: Model, seed: int) -> None:
    islands = Islands(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        warehouse = warehouse_of(folder / "nightly.duckdb", islands.world.values())
        linked(warehouse, folder, model)
        for _ in range(3):
            decided = islands.night()
            load(warehouse, islands.world)
            decide(warehouse, decided)
            linked(warehouse, folder, model)
        nightly = results(warehouse)
        summary = linked(warehouse, folder, model, full=True)
        assert nightly == results(warehouse)
        assert summary.records == len(islands.world)
        assert any(pair[-2] for pair in nightly["pairs"]), "guards had something to hold"


def family(key: str, given: str, birthdate: str | None = "1980-01-02") -> dict[str, Any]:
    return record(key, given_name=given, family_name="kowalski", birthdate=birthdate)


def clusters(warehouse: Warehouse) -> dict[str, str]:
    with warehouse.connect(read_only=True) as con:
        return dict(con.execute("select record_key, cluster_id from linkage.clusters").fetchall())


def test_a_block_that_closes_parts_a_pair_and_joins_it_again_when_it_opens(tmp_path: Path, model: Model) -> None:
    """Two records meet through their family name alone; three more Kowalskis make the name too common for a key."""
    pair = {"a:1": family("a:1", "ann"), "b:1": family("b:1", "ann", "1980-02-01")}
    more = {f"c:{n}": family(f"c:{n}", given, None) for n, given in enumerate(("bob", "cid", "eve"))}
    alone = [key for key in POLICY.blocking_keys if key.name == "family name"]
    policy = replace(POLICY, blocking_keys=tuple(alone))
    part = model.populations["person"]
    facts = {**part.facts, "policy": policy.fingerprint()}
    only = replace(model, populations={"person": replace(part, facts=facts)})
    warehouse = warehouse_of(tmp_path / "w.duckdb", pair.values())
    for world, together in ((pair, True), ({**pair, **more}, False), (pair, True)):
        load(warehouse, world)
        link(warehouse, tmp_path / "work", only, [policy])
        found = clusters(warehouse)
        assert (found["a:1"] == found["b:1"]) == together
        nightly = results(warehouse)
        link(warehouse, tmp_path / "work", only, [policy], full=True)
        assert results(warehouse) == nightly


def decide(warehouse: Warehouse, verdicts: Sequence[tuple[str, str, str]]) -> None:
    said = [NewDecision(kind, left, right, author="sam", reason="knows them") for left, right, kind in verdicts]  # type: ignore[arg-type]
    with warehouse.transaction() as con:
        record_decisions(con, said, decided_at=NOW)


def test_decisions_are_obeyed_and_survive_reload_and_a_new_model(tmp_path: Path, model: Model) -> None:
    """One clear couple is parted, two strangers are joined; a reload, another model and a revocation follow."""
    world = {
        "a:1": record("a:1", given_name="ann", family_name="lee", birthdate="1980-01-02", phone=PHONES[0]),
        "b:1": record("b:1", given_name="ann", family_name="lee", birthdate="1980-01-02", phone=PHONES[0]),
        "a:2": record("a:2", given_name="bob", family_name="fox", birthdate="1991-12-24"),
        "b:2": record("b:2", given_name="eve", family_name="smythe", birthdate="2001-05-05"),
    }
    warehouse = warehouse_of(tmp_path / "w.duckdb", world.values())
    linked(warehouse, tmp_path, model)
    assert clusters(warehouse) == {"a:1": "a:1", "b:1": "a:1", "a:2": "a:2", "b:2": "b:2"}
    decide(warehouse, [("a:1", "b:1", "different"), ("a:2", "b:2", "same")])
    obeyed = {"a:1": "a:1", "b:1": "b:1", "a:2": "a:2", "b:2": "a:2"}
    renamed = replace(model, version="another", manifest={**model.manifest, "version": "another"})
    for used in (model, model, renamed):
        load(warehouse, world)
        linked(warehouse, tmp_path, used)
        assert clusters(warehouse) == obeyed
        assert results(warehouse)["review"] == []
    with warehouse.connect() as con:
        joined = con.execute(
            "select kept_key, absorbed_key, match_weight, pairs, compared from linkage.joins"
        ).fetchall()
        assert joined == [("a:2", "b:2", None, 1, 0)]
        revoke(con, 1, author="sam", reason="it was her after all", decided_at=NOW)
    linked(warehouse, tmp_path, renamed)
    assert clusters(warehouse) == {"a:1": "a:1", "b:1": "a:1", "a:2": "a:2", "b:2": "a:2"}


def test_contradicting_decisions_are_reported_and_none_of_the_joins_is_made(tmp_path: Path, model: Model) -> None:
    world = {f"a:{n}": record(f"a:{n}", given_name=GIVEN[n], family_name=FAMILY[n]) for n in range(3)}
    warehouse = warehouse_of(tmp_path / "w.duckdb", world.values())
    decide(warehouse, [("a:0", "a:1", "same"), ("a:1", "a:2", "same"), ("a:0", "a:2", "different")])
    linked(warehouse, tmp_path, model)
    assert clusters(warehouse) == {key: key for key in world}
    with warehouse.connect() as con:
        assert con.execute("select kind, left_key, right_key from linkage.review").fetchall() == [
            ("contradiction", "a:0", "a:2")
        ]
        revoke(con, 3, author="sam", reason="a mistake", decided_at=NOW)
    linked(warehouse, tmp_path, model)
    assert set(clusters(warehouse).values()) == {"a:0"}
