"""What another model would change: against counting by hand, and against two models that were really trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.model_diff import compare_results, diff_models
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.model_diff import ModelDiff, PairExample, SourceChange
from dq_pipeline.policies.linkage import POLICIES
from tests.adapters.linkage.records_table import town, warehouse_of

NOW = datetime(2026, 11, 20, 8)
DOUBT = 2.0**-25


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = warehouse_of(tmp_path_factory.mktemp("diff") / "warehouse.duckdb", town(people=120)[0])
    with made.transaction() as con:
        create_stewardship_tables(con)
    return made


@pytest.fixture(scope="module")
def model(warehouse: Warehouse) -> Model:
    return train_model(warehouse.path, warehouse.path.parent / "work", POLICIES, seed=1, now=NOW)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def with_prior(model: Model, factor: float) -> Model:
    """The same model, but one to whom the odds of a duplicate are `factor` times what they were."""
    person = model.populations["person"]
    odds = person.prior / (1 - person.prior) * factor
    settings = {**person.settings, "probability_two_random_records_match": odds / (1 + odds)}
    part = dataclasses.replace(person, version="other", settings=settings)
    return Model("other", model.manifest, {**model.populations, "person": part})


def test_counted_by_hand(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """{1,2} stays, {3} and {4,5} become one, {6,7,8} falls into {6,7} and {8}, {9,10}+{11} become {9},{10,11}."""
    before = {1: 1, 2: 1, 3: 3, 4: 4, 5: 4, 6: 6, 7: 6, 8: 6, 9: 9, 10: 9, 11: 11}
    after = {1: 1, 2: 1, 3: 3, 4: 3, 5: 3, 6: 6, 7: 6, 8: 8, 9: 9, 10: 10, 11: 10}
    for side, clusters in (("before", before), ("after", after)):
        con.execute(f"create table clusters_{side} (record_key varchar, source_system varchar, cluster_id varchar)")
        con.executemany(
            f"insert into clusters_{side} values (?, ?, ?)",
            [(f"r{key:02}", "crm" if key < 9 else "shop", f"r{cluster:02}") for key, cluster in clusters.items()],
        )
        con.execute(f"create table pairs_{side} (left_key varchar, right_key varchar, match_weight double)")
    con.execute("insert into pairs_before values ('r06', 'r08', 3.0), ('r07', 'r08', 2.0), ('r09', 'r10', 1.5)")
    con.execute("insert into pairs_after values ('r03', 'r04', 4.0), ('r03', 'r05', 9.0), ('r06', 'r08', 0.5)")
    found = compare_results(con, model, model, POLICIES)
    assert (found.records, found.customers_before, found.customers_after) == (11, 6, 6)
    assert (found.unchanged, found.merged, found.split) == (1, 3, 2)
    assert (found.pairs_before, found.pairs_after, found.joined, found.parted) == (6, 6, 3, 3)
    assert found.changed_share == pytest.approx(5 / 6)
    assert found.sources == (SourceChange("crm", 8, 6, 4, 4), SourceChange("shop", 3, 3, 2, 2))
    assert found.examples == (
        PairExample("joined", "r03", "r05", None, 9.0),
        PairExample("parted", "r09", "r10", 1.5, None),
        PairExample("parted", "r07", "r08", 2.0, None),
    )
    assert found.shifts == ()


def test_a_model_against_itself_changes_nothing(warehouse: Warehouse, tmp_path: Path, model: Model) -> None:
    found = diff_models(warehouse, tmp_path, model, with_prior(model, 1.0), POLICIES)
    assert found.joined == found.parted == found.merged == found.split == 0
    assert found.unchanged == found.customers_before == found.customers_after > 100
    assert (found.examples, found.shifts) == ((), ())
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_doubts_parts_what_the_other_joined(warehouse: Warehouse, tmp_path: Path, model: Model) -> None:
    """And what the diff says is what linking with it then does; the warehouse itself stays as it was."""
    content = warehouse.path.read_bytes()
    (tmp_path / "copy.duckdb").write_bytes(content)
    copy = Warehouse(tmp_path / "copy.duckdb")
    doubting = with_prior(model, DOUBT)
    found = diff_models(warehouse, tmp_path, doubting, model, POLICIES)
    assert warehouse.path.read_bytes() == content
    assert (found.parted, found.split) == (0, 0)
    assert found.joined > 0
    assert found.customers_before - found.customers_after >= found.merged / 2 > 0
    link(copy, tmp_path, model, POLICIES)
    with copy.connect(read_only=True) as con:
        customers, pairs = con.execute(
            "select count(*), sum(n * (n - 1) // 2) from "
            "(select count(*) as n from linkage.clusters group by cluster_id)"
        ).fetchall()[0]
    assert (found.customers_after, found.pairs_after) == (customers, pairs)
    for example in found.examples:
        assert example.change == "joined"
        assert example.weight_after is not None
        assert example.weight_before is None or example.weight_before < example.weight_after
    prior = found.priors[0]
    assert prior.population == "person"
    assert prior.before / (1 - prior.before) == pytest.approx(prior.after / (1 - prior.after) * DOUBT)


def test_the_parameters_that_moved_most_come_first(warehouse: Warehouse, tmp_path: Path, model: Model) -> None:
    """Another town, other parameters: the effect is the change of weight times how often the level is seen."""
    other = warehouse_of(tmp_path / "other.duckdb", town(people=120, seed=8)[0])
    trained = train_model(other.path, tmp_path, POLICIES, seed=1, now=NOW)
    found = diff_models(warehouse, tmp_path, model, trained, POLICIES)
    assert 1 <= len(found.shifts) <= 10
    effects = [shift.effect for shift in found.shifts]
    assert effects == sorted(effects, reverse=True)
    first = found.shifts[0]
    change = abs(first.after.weight - first.before.weight)
    assert first.effect == pytest.approx(change * (first.before.m + first.after.m) / 2)


def test_the_words_name_records_and_hold_no_value(warehouse: Warehouse, tmp_path: Path, model: Model) -> None:
    found: ModelDiff = diff_models(warehouse, tmp_path, model, with_prior(model, DOUBT), POLICIES)
    text = "\n".join(found.lines())
    assert text.startswith(f"Model other instead of {model.version}, on {found.records} records")
    assert f"{found.merged} merged with others, {found.split} split" in text
    example = found.examples[0]
    assert example.left_key in text
    assert example.right_key in text
    rows = town(people=120)[0]
    values = {row[name] for row in rows for name in ("family_name", "email", "phone", "postal_code") if row[name]}
    assert not [value for value in values if value in text]
