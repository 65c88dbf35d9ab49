"""The model as an artefact: written whole, read back equal, promoted in one rename, never outside its folder."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.linkage.model import Model, list_models, load_model, save_model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.domain.linkage import policies_fingerprint
from dq_pipeline.errors import ConfigurationError, InputError
from dq_pipeline.policies.linkage import POLICIES
from tests.adapters.linkage.records_table import town, warehouse_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("model")
    warehouse = warehouse_of(folder / "warehouse.duckdb", town(people=60)[0])
    return train_model(warehouse.path, folder / "work", POLICIES, seed=1, now=datetime(2026, 11, 20, 8))


def test_a_policy_that_contradicts_itself_trains_no_model(tmp_path: Path) -> None:
    wrong = [replace(policy, thresholds=replace(policy.thresholds, keep=5.0)) for policy in POLICIES]
    with pytest.raises(ConfigurationError) as found:
        train_model(tmp_path / "none.duckdb", tmp_path / "work", wrong, seed=1, now=datetime(2026, 11, 20, 8))
    assert found.value.problems == ("thresholds: hopeless <= keep <= review <= merge must hold",) * 2


def test_a_model_is_read_back_as_it_was_saved(tmp_path: Path, model: Model) -> None:
    folder = save_model(tmp_path, model)
    again = load_model(tmp_path, model.version)
    assert folder == tmp_path / model.version
    assert again.manifest == model.manifest
    assert list(again.populations) == ["person", "organisation"]
    for name, part in again.populations.items():
        saved = model.populations[name]
        assert (part.version, part.settings, part.facts) == (model.version, saved.settings, saved.facts)
        assert {column: table.to_pylist() for column, table in part.rarity.items()} == {
            column: table.to_pylist() for column, table in saved.rarity.items()
        }
    assert list_models(tmp_path) == [model.version]


def test_the_manifest_says_where_the_model_comes_from(model: Model) -> None:
    assert model.manifest["trained_at"] == "2026-11-20T08:00:00"
    assert model.manifest["seed"] == 1
    assert model.manifest["policy"] == policies_fingerprint(POLICIES)
    assert set(model.manifest["libraries"]) == {"duckdb", "numpy", "splink"}
    for policy in POLICIES:
        facts = model.populations[policy.population].facts
        assert facts["policy"] == policy.fingerprint()
        assert [entry["key"] for entry in facts["blocking"]] == [key.name for key in policy.blocking_keys]
        assert {*facts["comparisons"], *facts["left_out"]} == {c.name for c in policy.comparisons}
    assert "job title" in model.populations["person"].facts["left_out"]
    assert model.populations["organisation"].facts["records"] == 0


def test_the_saved_model_holds_no_value_of_a_customer(tmp_path: Path, model: Model) -> None:
    folder = save_model(tmp_path, model)
    text = "".join(path.read_text() for path in folder.rglob("*.json"))
    values = {row["family_name"] for row in town(people=60)[0]} | {"northtown", ".example"}
    assert not [value for value in values if value in text]


def test_splink_loads_the_saved_model(tmp_path: Path, model: Model) -> None:
    from splink import SettingsCreator

    save_model(tmp_path, model)
    settings = SettingsCreator.from_path_or_dict(tmp_path / model.version / "person" / "model.json")
    prior = settings.create_settings_dict("duckdb")["probability_two_random_records_match"]
    assert prior == model.populations["person"].prior


@pytest.mark.parametrize("version", ["", "..", "../elsewhere", "/etc", "absent"])
def test_no_other_folder_is_read_as_a_model(tmp_path: Path, model: Model, version: str) -> None:
    save_model(tmp_path / "elsewhere", model)
    (tmp_path / "models").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        load_model(tmp_path / "models", version)


@pytest.mark.parametrize("damage", ["person/model.json", "manifest.json", "person/rarity/given_name.parquet"])
def test_a_damaged_model_is_told_not_used(tmp_path: Path, model: Model, damage: str) -> None:
    folder = save_model(tmp_path, model)
    (folder / damage).write_text("{")
    with pytest.raises(InputError, match="train a new model"):
        load_model(tmp_path, model.version)


def test_half_a_model_is_never_seen(tmp_path: Path, model: Model) -> None:
    (tmp_path / f".{model.version}.part").mkdir()
    (tmp_path / f".{model.version}.part" / "manifest.json").write_text("{}")
    assert list_models(tmp_path) == []
    save_model(tmp_path, model)
    assert json.loads((tmp_path / model.version / "manifest.json").read_text()) == model.manifest
