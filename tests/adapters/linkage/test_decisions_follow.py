"""What a steward decided about a record holds for it under a new key, after a reload and under another model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.stewardship import create_stewardship_tables, decisions, record_decisions, revoke
from dq_pipeline.domain.stewardship import NewDecision, Verdict
from dq_pipeline.policies.linkage import PERSONS
from tests.adapters.linkage.records_table import record, town, warehouse_of, write_records

NOW = datetime(2026, 11, 20, 8)
ARAMINTA = {"given_name": "araminta", "family_name": "featherby", "birthdate": "1961-04-17"}
PEOPLE = {
    "a:1": ARAMINTA | {"email": "araminta@mail.example"},
    "b:1": ARAMINTA | {"email": "araminta@mail.example", "phone": "4420000001"},
    "a:2": {"given_name": "chidi", "family_name": "okonkwo", "birthdate": "1985-11-30"},
    "b:2": {"given_name": "astrid", "family_name": "lindqvist", "birthdate": "1990-06-02"},
}


class Nights:
    """A warehouse that is loaded, linked and given ids, night after night."""

    def __init__(self, folder: Path):
        self.folder, self.nights = folder, 0
        self.warehouse = warehouse_of(folder / "w.duckdb", town(people=40)[0])
        self.model = self.trained(1)

    def trained(self, seed: int) -> Model:
        return train_model(self.warehouse.path, self.folder / "work", [PERSONS], seed=seed, now=NOW)

    @property
    def now(self) -> datetime:
        return NOW + timedelta(days=self.nights)

    def load(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        self.nights += 1
        with self.warehouse.transaction() as con:
            write_records(con, [record(key, **values) for key, values in people.items()], "linkage.records")
            con.execute(
                "create or replace table staging.customers as select record_key, source_system, source_record_id, "
                "full_name as name, birthdate_text as birthdate, email, phone as phone_number from linkage.records"
            )
            create_stewardship_tables(con)
        link(self.warehouse, self.folder / "work", self.model, [PERSONS])
        with self.warehouse.transaction() as con:
            assign_customer_ids(con, run_id=f"night {self.nights}", now=self.now)

    def decide(self, verdict: Verdict, left: str, right: str) -> None:
        said = NewDecision(verdict, left, right, author="Eve", reason="rang")
        with self.warehouse.transaction() as con:
            record_decisions(con, [said], decided_at=self.now + timedelta(hours=1))

    def customers(self) -> list[str]:
        """The keys of each customer of more than one record."""
        query = (
            "select string_agg(record_key, ' ' order by record_key) as keys from linkage.clusters "
            "group by cluster_id having count(*) > 1 order by keys"
        )
        return [keys for (keys,) in self.rows(query)]

    def rows(self, query: str) -> list[Any]:
        with self.warehouse.connect(read_only=True) as con:
            return con.execute(query).fetchall()


def rekeyed(keys: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    return {keys.get(key, key): values for key, values in PEOPLE.items()}


def test_decisions_follow_a_record_to_its_new_key_the_same_night_and_ever_after(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.load(PEOPLE)
    assert nights.customers() == ["a:1 b:1"]
    ids = dict(nights.rows("select record_key, customer_id from golden.crosswalk"))
    nights.decide("different", "a:1", "b:1")
    nights.decide("same", "a:2", "b:2")
    nights.load(PEOPLE)
    assert nights.customers() == ["a:2 b:2"]

    moved = rekeyed({"a:1": "a:901", "b:2": "b:902"})
    nights.load(moved)
    assert nights.customers() == ["a:2 b:902"]
    assert nights.rows("select left_key, right_key, verdict from stewardship.link_decisions order by number") == [
        ("a:901", "b:1", "different"),
        ("a:2", "b:902", "same"),
    ]
    nights.load(moved)
    assert nights.customers() == ["a:2 b:902"]
    assert nights.rows("select count(*) from linkage.review where kind = 'pair'") == [(0,)]

    nights.model = nights.trained(2)
    again = rekeyed({"a:1": "a:77", "b:1": "b:78", "a:2": "a:79", "b:2": "b:902"})
    nights.load(again)
    assert nights.customers() == ["a:79 b:902"]
    link(nights.warehouse, tmp_path / "work", nights.model, [PERSONS], full=True)
    assert nights.customers() == ["a:79 b:902"]
    kept = dict(nights.rows("select record_key, customer_id from golden.crosswalk"))
    assert ids["a:1"] in (kept["a:77"], kept["b:78"])
    with nights.warehouse.transaction() as con:
        assert [(d.left_key, d.right_key) for d in decisions(con)] == [("a:1", "b:1"), ("a:2", "b:2")]
        revoke(con, 1, author="Eve", reason="it was her after all", decided_at=nights.now)
    nights.load(again)
    assert nights.customers() == ["a:77 b:78", "a:79 b:902"]


def test_a_key_given_to_somebody_else_takes_no_decision_with_it(tmp_path: Path) -> None:
    """Astrid moves from b:2 to b:902; later b:2 is Ravi, and what was said of Astrid is not said of him."""
    nights = Nights(tmp_path)
    nights.load(PEOPLE)
    nights.decide("same", "a:2", "b:2")
    nights.load(rekeyed({"b:2": "b:902"}))
    reused = {**rekeyed({"b:2": "b:902"}), "b:2": {"given_name": "ravi", "family_name": "sundaram"}}
    nights.load(reused)
    assert nights.customers() == ["a:1 b:1", "a:2 b:902"]
    nights.decide("same", "b:2", "b:902")
    nights.load(reused)
    assert nights.customers() == ["a:1 b:1", "a:2 b:2 b:902"]
