"""The job `train_linkage_model` as Dagster runs it: a new model beside the one in use, and what it would change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dq_pipeline.adapters.linkage.model import list_models, load_model
from dq_pipeline.adapters.linkage.promotion import promoted_version, promotions
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.definitions import defs
from dq_pipeline.domain.promotion import PIPELINE
from dq_pipeline.settings import Home
from tests.adapters.linkage.records_table import town, warehouse_of


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    return Home.from_environment()


def fill(home: Home, *, seed: int) -> None:
    with warehouse_of(home.warehouse, town(people=60, seed=seed)[0]).transaction() as con:
        create_stewardship_tables(con)


def run(instance: dg.DagsterInstance) -> dict[str, Any]:
    """One run of the job; the metadata it left on the asset of the model, empty when it left none."""
    job = defs().resolve_job_def("train_linkage_model")
    done = job.execute_in_process(instance=instance)
    assert done.success
    events = instance.all_logs(done.run_id, of_type=dg.DagsterEventType.ASSET_OBSERVATION)
    found = [event.dagster_event.asset_observation_data.asset_observation for event in events if event.dagster_event]
    assert {observation.asset_key.to_user_string() for observation in found} <= {"linkage/model"}
    return {name: value.value for observation in found for name, value in observation.metadata.items()}


def test_a_new_model_stands_beside_the_one_in_use_until_a_person_promotes_it(home: Home) -> None:
    with dg.instance_for_test() as instance:
        fill(home, seed=5)
        assert run(instance) == {}
        (first,) = list_models(home.models)
        assert promoted_version(home.models) == first
        assert [entry.author for entry in promotions(home.models)] == [PIPELINE]

        assert run(instance) == {}, "the same records give the same model: nothing to tell"
        assert list_models(home.models) == [first]

        fill(home, seed=8)
        told = run(instance)
        assert promoted_version(home.models) == first
        assert len(promotions(home.models)) == 1
        (second,) = set(list_models(home.models)) - {first}
        assert datetime.fromisoformat(load_model(home.models, second).manifest["trained_at"])
    assert (told["in_use"], told["trained"]) == (first, second)
    counts = [told[name] for name in ("customers_merged", "customers_split", "pairs_joined", "pairs_parted")]
    assert all(isinstance(count, int) and count >= 0 for count in counts)
    assert f"Model {second} instead of {first}" in told["diff"]
    assert told["to_promote"] == f"dq-pipeline models promote {second} --reason TEXT"
    assert not home.work.exists() or list(home.work.iterdir()) == [], "nothing of the records is left behind"
