"""Data that teach a model little: two records, nothing shared, everything alike, one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite, log2
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.policies.linkage import PERSONS, POLICIES
from tests.adapters.linkage.records_table import record, town, warehouse_of

NOW = datetime(2026, 11, 20, 8)
OTHER = {"given_name": "chidi", "family_name": "okonkwo", "birthdate": "1985-11-30"}
RARE = {"given_name": "araminta", "family_name": "featherstonehaugh", "birthdate": "1961-04-17"}


def customers(folder: Path, rows: Sequence[Mapping[str, Any]]) -> tuple[Model, list[list[str]]]:
    """The model trained on the records, and the groups of keys it makes of them."""
    warehouse = warehouse_of(folder / "warehouse.duckdb", rows)
    model = train_model(warehouse.path, folder / "work", POLICIES, seed=1, now=NOW)
    link(warehouse, folder / "work", model, POLICIES)
    with warehouse.connect(read_only=True) as con:
        found = con.execute(
            "select list(record_key order by record_key) from linkage.clusters group by cluster_id order by 1"
        ).fetchall()
    return model, [keys for (keys,) in found]


def weights(model: Model) -> list[float]:
    part = model.populations["person"]
    levels = part.parameters(part.comparisons(PERSONS)).values()
    return [log2(m / u) for level in levels for m, u in zip(level.m, level.u, strict=True)]


def test_two_records_of_two_people(tmp_path: Path) -> None:
    model, found = customers(tmp_path, [record("a:1", **RARE), record("b:1", **OTHER)])
    assert found == [["a:1"], ["b:1"]]
    assert all(isfinite(weight) for weight in weights(model))


def test_five_records_three_of_them_one_person(tmp_path: Path) -> None:
    rows = [
        record("a:1", **RARE),
        record("b:1", **RARE | {"given_name": "aramintha"}),
        record("c:1", **RARE | {"birthdate": "1961-04-11"}),
        record("a:2", **OTHER),
        record("b:3", given_name="astrid", family_name="lindqvist", birthdate="1990-06-02"),
    ]
    assert customers(tmp_path, rows)[1] == [["a:1", "b:1", "c:1"], ["a:2"], ["b:3"]]


def test_nothing_in_common_is_twenty_customers(tmp_path: Path) -> None:
    rows = [
        record(
            f"a:{n:02d}",
            given_name=chr(97 + n) * 5,
            family_name=chr(117 - n) * 7,
            birthdate=f"{1950 + n}-03-{n + 1:02d}",
        )
        for n in range(20)
    ]
    model, found = customers(tmp_path, rows)
    assert len(found) == 20
    assert all(isfinite(weight) for weight in weights(model))


def test_everything_alike_does_not_fail(tmp_path: Path) -> None:
    """No comparison has two different values, so nothing can be learned or said: all stay apart."""
    _, found = customers(tmp_path, [record(f"a:{n:02d}", **RARE) for n in range(12)])
    assert sum(len(keys) for keys in found) == 12


def test_a_word_that_all_the_few_organisations_share_joins_none_of_them(tmp_path: Path) -> None:
    """Of eight firms that all trade in exports, only the two at one address are one."""
    towns = ("lahore", "smolensk", "athens", "toronto", "salem", "camden", "lima")
    rows = [
        record(
            f"a:{n}",
            party_type="organisation",
            organisation=f"{name} exports",
            organisation_words=[name, "exports"],
            telling_word=name,
            address=f"{n + 1} {name} street",
            street=f"{name} street",
            locality=name,
        )
        for n, name in enumerate(towns)
    ]
    rows.append(rows[2] | {"record_key": "b:2", "source_system": "b", "source_record_id": "2"})
    found = customers(tmp_path, rows)[1]
    assert [keys for keys in found if len(keys) > 1] == [["a:2", "b:2"]]


def test_day_and_month_swapped_is_little_against_one_customer(tmp_path: Path) -> None:
    rows = [
        record("a:1", **RARE | {"birthdate": "1961-04-07"}),
        record("b:1", **RARE | {"birthdate": "1961-07-04"}),
        record("a:2", **OTHER),
        record("b:3", given_name="astrid", family_name="lindqvist", birthdate="1990-06-02"),
    ]
    assert customers(tmp_path, rows)[1] == [["a:1", "b:1"], ["a:2"], ["b:3"]]


def test_one_column_only(tmp_path: Path) -> None:
    rows = [record(f"{source}:{n}", email=f"user{n}@mail.example") for n in range(15) for source in "ab"]
    _, found = customers(tmp_path, rows)
    assert found == sorted([f"a:{n}", f"b:{n}"] for n in range(15))


@pytest.mark.parametrize("people", [60, 400])
def test_the_share_of_matches_is_found_without_anchors(tmp_path: Path, people: int) -> None:
    """No e-mail, phone or national id: names, birthdates and addresses alone."""
    rows, truth = town(people, seed=7)
    for row in rows:
        row |= {"email": None, "emails": [], "email_local_part": None, "email_domain": None}
        row |= {"phone": None, "phone_endings": []}
    model, found = customers(tmp_path, rows)
    sizes = [list(truth.values()).count(person) for person in set(truth.values())]
    possible = len(rows) * (len(rows) - 1) / 2
    true_prior = sum(size * (size - 1) / 2 for size in sizes) / possible
    assert log2(model.populations["person"].prior / true_prior) == pytest.approx(0, abs=0.5)
    right = sum(len({truth[key] for key in keys}) == 1 for keys in found)
    assert right >= 0.98 * len(found)
