"""The figures of a run, counted again by other means, and drifts put into the data on purpose."""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dq_pipeline.adapters.linkage.drift import linkage_drift, record_run_statistics, run_statistics
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.linkage_drift import WEIGHT_EDGES, Drift
from dq_pipeline.policies.linkage import POLICIES
from dq_pipeline.policies.linkage_drift import LINKAGE_DRIFT
from tests.adapters.linkage.records_table import town, warehouse_of

FIRST_NIGHT = datetime(2026, 11, 20, 2)
ROWS = town(people=420)[0]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Model]]:
    """A town linked once, its figures recorded."""
    folder = tmp_path_factory.mktemp("drift")
    warehouse = warehouse_of(folder / "warehouse.duckdb", ROWS)
    with warehouse.transaction() as con:
        create_stewardship_tables(con)
    model = train_model(warehouse.path, folder / "work", POLICIES, seed=1, now=FIRST_NIGHT)
    night(warehouse, model, 0)
    yield warehouse.path, model


@pytest.fixture
def linked(first: tuple[Path, Model], tmp_path: Path) -> tuple[Warehouse, Model]:
    """A copy of it."""
    (tmp_path / "warehouse.duckdb").write_bytes(first[0].read_bytes())
    return Warehouse(tmp_path / "warehouse.duckdb"), first[1]


def change(warehouse: Warehouse, *statements: str) -> None:
    """Change linkage.records and what they come from."""
    with warehouse.transaction() as con:
        for statement in statements:
            con.execute(statement)
        con.execute(
            "create or replace table staging.customers as "
            "select record_key, source_system, source_record_id from linkage.records"
        )


def night(warehouse: Warehouse, model: Model, number: int) -> None:
    """Link what is in the warehouse now, and measure."""
    link(warehouse, warehouse.path.parent / "work", model, POLICIES)
    measure(warehouse, model, number)


def measure(warehouse: Warehouse, model: Model, number: int) -> None:
    now = FIRST_NIGHT + timedelta(days=number)
    record_run_statistics(warehouse, warehouse.path.parent / "work", model, POLICIES, run_id=f"night {number}", now=now)


def drifts(warehouse: Warehouse) -> tuple[Drift, ...]:
    with warehouse.connect(read_only=True) as con:
        return linkage_drift(con, LINKAGE_DRIFT)


def test_the_figures_are_those_of_the_stored_pairs(linked: tuple[Warehouse, Model]) -> None:
    warehouse, model = linked
    with warehouse.connect(read_only=True) as con:
        stored = con.execute("select match_weight, match_probability, blocking_key from linkage.pairs").fetchall()
        (organisations, _), (persons, same) = run_statistics(con)
    keep = POLICIES[0].thresholds.keep
    kept = [row for row in stored if row[0] >= keep]
    assert persons == same
    assert (persons.population, persons.model_version) == ("person", model.version)
    assert (persons.records, persons.pairs) == (len(ROWS), len(kept))
    bins = [bisect_right(WEIGHT_EDGES, weight) for weight, _, _ in kept]
    assert persons.weight_counts == tuple(bins.count(number) for number in range(len(persons.weight_counts)))
    assert persons.key_pairs["e-mail"] == sum(key == "e-mail" for _, _, key in kept)
    possible = len(ROWS) * (len(ROWS) - 1) / 2
    assert persons.implied_prior == pytest.approx(sum(row[1] for row in kept) / possible)
    assert persons.implied_prior == pytest.approx(persons.model_prior, rel=0.05)
    assert sum(persons.self_weight_counts) == len(ROWS)
    assert set(persons.unseen.values()) == {0.0}
    assert (organisations.population, organisations.records, organisations.pairs) == ("organisation", 0, 0)


def test_one_row_a_run_and_population(linked: tuple[Warehouse, Model]) -> None:
    warehouse, model = linked
    measure(warehouse, model, 1)
    measure(warehouse, model, 1)
    with warehouse.connect(read_only=True) as con:
        rows = con.execute("select run_id, population from linkage.run_statistics order by measured_at, 2").fetchall()
    assert rows == [(f"night {n}", population) for n in (0, 1) for population in ("organisation", "person")]


def test_the_same_records_again_are_no_drift(linked: tuple[Warehouse, Model]) -> None:
    warehouse, model = linked
    night(warehouse, model, 1)
    assert drifts(warehouse) == ()


def test_a_small_delta_is_no_drift(linked: tuple[Warehouse, Model]) -> None:
    """One in a hundred gone, one in a hundred moved house."""
    warehouse, model = linked
    change(
        warehouse,
        "delete from linkage.records where hash(record_key) % 100 = 1",
        "update linkage.records set address = '7 nowhere lane', house_number = '7', street = 'nowhere lane', "
        "postal_code = 'ZZ99' where hash(record_key) % 100 = 2",
    )
    night(warehouse, model, 1)
    assert drifts(warehouse) == ()


def test_a_source_with_shuffled_birthdates_trips(linked: tuple[Warehouse, Model]) -> None:
    """Every value is a good one, no rule fails: only linkage sees that they belong to other people."""
    warehouse, model = linked
    ours = "(select record_key, row_number() over (order by record_key) as n from linkage.records)"
    theirs = (
        "(select birthdate_text, birth_year, birthdate_readings, row_number() over (order by hash(record_key)) as n "
        "from linkage.records)"
    )
    change(
        warehouse,
        "update linkage.records as records set birthdate_text = theirs.birthdate_text, "
        "birth_year = theirs.birth_year, birthdate_readings = theirs.birthdate_readings "
        f"from {ours} as ours join {theirs} as theirs using (n) "
        "where ours.record_key = records.record_key and records.source_system = 'b'",
    )
    night(warehouse, model, 1)
    assert "weights" in {drift.subject for drift in drifts(warehouse)}
    # What was usual with one model says nothing about the next.
    parts = {name: dataclasses.replace(part, version="next") for name, part in model.populations.items()}
    night(warehouse, Model("next", model.manifest, parts), 2)
    assert "weights" not in {drift.subject for drift in drifts(warehouse)}


def test_a_source_without_its_columns_trips(linked: tuple[Warehouse, Model]) -> None:
    """Names are all that source b says any more: fewer pairs, by other keys."""
    warehouse, model = linked
    lost = ("birthdate_text", "birth_year", "birthdate_readings", "email", "phone", "address", "postal_code")
    nothing = ", ".join(f"{column} = null" for column in lost)
    change(
        warehouse,
        f"update linkage.records set {nothing}, emails = [], phone_endings = [] where source_system = 'b'",
    )
    night(warehouse, model, 1)
    found = drifts(warehouse)
    assert {drift.subject for drift in found} >= {"blocking", "weights"}
    assert {"e-mail", "phone"} <= {drift.what for drift in found if drift.subject == "blocking"}


def test_values_the_model_never_saw_trip(linked: tuple[Warehouse, Model]) -> None:
    warehouse, model = linked
    change(warehouse, "update linkage.records set family_name = family_name || 'son', phone = '1' || phone")
    night(warehouse, model, 1)
    assert {drift.what for drift in drifts(warehouse) if drift.subject == "unseen"} == {"family_name", "phone"}


def test_no_value_of_a_customer_is_kept(linked: tuple[Warehouse, Model]) -> None:
    warehouse, _ = linked
    with warehouse.connect(read_only=True) as con:
        text = str(con.execute("from linkage.run_statistics").fetchall())
    values = {row[name] for row in ROWS for name in ("family_name", "email", "phone", "postal_code") if row[name]}
    assert not [value for value in values if value in text]
