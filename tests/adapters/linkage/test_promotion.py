"""The model in use: who put it there and why, going back, and everything that is refused."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.linkage.model import Model, save_model
from dq_pipeline.adapters.linkage.promotion import (
    promote_model,
    promoted_model,
    promoted_version,
    promotions,
    roll_back,
)
from dq_pipeline.domain.linkage import LinkagePolicy, policies_fingerprint
from dq_pipeline.domain.promotion import Promotion
from dq_pipeline.errors import ConfigurationError, InputError
from dq_pipeline.policies.linkage import POLICIES

AT = datetime(2026, 11, 20, 9, 30)
WORD = {"author": "Eve", "reason": "fewer families merged", "at": AT}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Three models that were trained under the policy, and one under another."""
    manifest = {"policy": policies_fingerprint(POLICIES), "populations": [], "trained_at": AT.isoformat()}
    for version in ("a1", "b2", "c3"):
        save_model(tmp_path, Model(version, manifest, {}))
    save_model(tmp_path, Model("old", {**manifest, "policy": "another"}, {}))
    return tmp_path


def test_nothing_is_in_use_before_the_first_promotion(models: Path) -> None:
    assert promoted_version(models) is None
    assert promoted_model(models) is None
    assert promotions(models) == ()


def test_every_change_is_written_down(models: Path) -> None:
    promote_model(models, "a1", POLICIES, **WORD)
    promote_model(models, "b2", POLICIES, author=" Tom ", reason=" new year ", at=AT)
    assert promoted_version(models) == "b2"
    found = promoted_model(models)
    assert found is not None
    assert found.version == "b2"
    roll_back(models, POLICIES, **WORD)
    assert promoted_version(models) == "a1"
    assert promotions(models) == (
        Promotion(AT, "promote", "a1", None, "Eve", "fewer families merged"),
        Promotion(AT, "promote", "b2", "a1", "Tom", "new year"),
        Promotion(AT, "rollback", "a1", "b2", "Eve", "fewer families merged"),
    )


def test_two_rollbacks_lead_two_models_back(models: Path) -> None:
    for version in ("a1", "b2", "c3"):
        promote_model(models, version, POLICIES, **WORD)
    assert [roll_back(models, POLICIES, **WORD).version for _ in range(2)] == ["b2", "a1"]
    with pytest.raises(InputError, match="no model was promoted before"):
        roll_back(models, POLICIES, **WORD)


@pytest.mark.parametrize(
    ("version", "word", "problem"),
    [
        ("a1", WORD, "in use already"),
        ("nothing", WORD, "cannot be read"),
        ("../elsewhere", WORD, "cannot be read"),
        ("b2", {**WORD, "author": " "}, "needs an author and a reason"),
        ("b2", {**WORD, "reason": ""}, "needs an author and a reason"),
    ],
)
def test_what_is_refused_changes_nothing(models: Path, version: str, word: dict[str, object], problem: str) -> None:
    promote_model(models, "a1", POLICIES, **WORD)
    with pytest.raises(InputError, match=problem):
        promote_model(models, version, POLICIES, **word)  # type: ignore[arg-type]
    assert promoted_version(models) == "a1"
    assert len(promotions(models)) == 1


def test_a_model_of_another_policy_is_refused_and_says_what_to_do(models: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"model old was trained under another linkage policy(?s:.)*models train"
    ):
        promote_model(models, "old", POLICIES, **WORD)
    promote_model(models, "a1", POLICIES, **WORD)
    changed: list[LinkagePolicy] = [dataclasses.replace(policy, explanations=()) for policy in POLICIES]
    with pytest.raises(ConfigurationError, match="another linkage policy"):
        promote_model(models, "b2", changed, **WORD)


def test_a_killed_process_leaves_a_history_that_works(models: Path) -> None:
    """Cut short within the line, or after it and before the switch."""
    promote_model(models, "a1", POLICIES, **WORD)
    history = models / "promotions.jsonl"
    whole = history.read_text()
    history.write_text(whole + whole[:30])
    assert len(promotions(models)) == 1
    promote_model(models, "b2", POLICIES, **WORD)
    assert [entry.version for entry in promotions(models)] == ["a1", "b2"]
    history.write_text(history.read_text() + Promotion(AT, "promote", "c3", "b2", "Eve", "x").line() + "\n")
    assert promoted_version(models) == "b2"
    assert roll_back(models, POLICIES, **WORD).version == "a1"


def test_a_damaged_history_is_told_with_its_line(models: Path) -> None:
    promote_model(models, "a1", POLICIES, **WORD)
    history = models / "promotions.jsonl"
    history.write_text("{}\n" + history.read_text())
    with pytest.raises(InputError, match=r"promotions\.jsonl, line 1"):
        promotions(models)
