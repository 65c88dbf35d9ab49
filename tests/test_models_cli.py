"""`dq-pipeline models` on a real warehouse file: train, compare, promote, go back, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.governance.audit import audit_entries
from dq_pipeline.adapters.linkage.model import Model, list_models, save_model
from dq_pipeline.adapters.linkage.promotion import promoted_version, promotions
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.cli.console import run_command
from dq_pipeline.settings import Home
from tests.adapters.linkage.records_table import town, warehouse_of

WORD = ("--author", "Eve", "--reason", "fewer families merged")
Models = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    fill(made, seed=5)
    return made


@pytest.fixture
def models(capsys: pytest.CaptureFixture[str]) -> Models:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["models", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def fill(home: Home, *, seed: int) -> None:
    """A town of its own in the warehouse."""
    with warehouse_of(home.warehouse, town(people=80, seed=seed)[0]).transaction() as con:
        create_stewardship_tables(con)


def test_from_the_first_model_to_the_second_and_back(home: Home, models: Models) -> None:
    assert models("list") == (0, f"0 models in {home.models}\n", "")
    code, out, err = models("train")
    assert (code, err) == (0, "")
    first = list_models(home.models)[0]
    assert f"  {first}  trained" in out
    assert promoted_version(home.models) is None
    code, out, _ = models("promote", first, *WORD)
    assert (code, out) == (0, f"Model {first} is used from the next run on, instead of none.\n")

    fill(home, seed=8)
    models("train")
    second = next(version for version in list_models(home.models) if version != first)
    code, out, err = models("diff", second)
    assert (code, err) == (0, "")
    assert out.startswith(f"Model {second} instead of {first}, on ")
    assert f"dq-pipeline models promote {second}" in out
    assert promoted_version(home.models) == first
    assert models("promote", second, *WORD)[1] == f"Model {second} is used from the next run on, instead of {first}.\n"

    code, out, _ = models("list")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == f"2 models in {home.models}"
    assert sum(line.startswith("*") for line in lines) == 1
    mark = next(number for number, line in enumerate(lines) if line.startswith(f"* {second} trained "))
    assert lines[mark].endswith("in use")
    assert lines[mark + 1].startswith("person ")
    assert "records" in lines[mark + 1]
    assert "prior 0.0" in lines[mark + 1]
    assert lines[mark + 3].endswith("by Eve: fewer families merged")

    assert models("rollback", *WORD)[1] == f"Model {first} is used from the next run on, instead of {second}.\n"
    assert promoted_version(home.models) == first
    assert [entry.action for entry in promotions(home.models)] == ["promote", "promote", "rollback"]
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        told = [(entry.action, entry.subject) for entry in audit_entries(con)]
    assert told == [("model_promote", first), ("model_promote", second), ("model_rollback", first)]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("promote", "absent", *WORD), "cannot be read"),
        (("promote", "old", *WORD), "model old was trained under another linkage policy"),
        (("promote", "old", "--author", "Eve"), "Missing option '--reason'"),
        (("rollback", *WORD), "no model was promoted before"),
        (("diff", "old"), "no model is in use yet"),
        (("diff", "old", "--against", "old"), "old is one model"),
    ],
)
def test_what_is_refused_changes_nothing(home: Home, models: Models, arguments: tuple[str, ...], problem: str) -> None:
    manifest = {"policy": "another", "populations": [], "trained_at": "2026-11-20T08:00:00"}
    save_model(home.models, Model("old", manifest, {}))
    code, out, err = models(*arguments)
    assert (code, out) == (2, "")
    assert problem in err
    assert promoted_version(home.models) is None
    assert promotions(home.models) == ()


def test_nothing_is_switched_while_a_run_is_in_progress(home: Home, models: Models) -> None:
    with run_lock(home.lock, run_id="night"):
        for command in (("train",), ("diff",), ("promote", "a1", *WORD), ("rollback", *WORD)):
            code, _, err = models(*command)
            assert code == 2
            assert "another run is in progress (run night" in err


def test_a_mistyped_home_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Models) -> None:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "typo"))
    for command in (("train",), ("promote", "a1", *WORD)):
        code, _, err = models(*command)
        assert code == 2
        assert "there is no warehouse yet" in err
    assert models("list")[0] == 0
    assert not (tmp_path / "typo").exists()
