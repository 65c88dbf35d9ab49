"""The model in use: one pointer, switched in one rename, beside a history that says who switched it and why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from dq_pipeline.adapters.linkage.model import Model, load_model
from dq_pipeline.domain.linkage import LinkagePolicy, policies_fingerprint
from dq_pipeline.domain.promotion import Action, Promotion, parse_promotion, promoted_before
from dq_pipeline.errors import ConfigurationError, InputError

PROMOTED = "promoted"
HISTORY = "promotions.jsonl"


def promoted_version(models: Path) -> str | None:
    """The version in use; None when none was promoted yet."""
    try:
        return (models / PROMOTED).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def promoted_model(models: Path) -> Model | None:
    """The model in use; None when none was promoted yet. Raises InputError when it is damaged."""
    version = promoted_version(models)
    return load_model(models, version) if version else None


def promote_model(
    models: Path, version: str, policies: Sequence[LinkagePolicy], *, author: str, reason: str, at: datetime
) -> Promotion:
    """Make `version` the one in use and write down who did, why and when (`at`, UTC).

    Raises InputError when there is no such model, it is in use already, or author or reason is empty;
    ConfigurationError when it was trained under another policy than `policies`.
    """
    return _switch(models, version, policies, "promote", author, reason, at)


def roll_back(models: Path, policies: Sequence[LinkagePolicy], *, author: str, reason: str, at: datetime) -> Promotion:
    """Make the model promoted before the one in use the one in use again. Raises as `promote_model` does, and
    InputError when there was none before."""
    current = promoted_version(models)
    before = promoted_before(promotions(models), current) if current else None
    if before is None:
        raise InputError(
            "no model was promoted before the one in use",
            where=str(models / HISTORY),
            fix="`dq-pipeline models list` shows all; `models promote VERSION` takes any of them",
        )
    return _switch(models, before, policies, "rollback", author, reason, at)


def promotions(models: Path) -> tuple[Promotion, ...]:
    """The history, oldest first. A last line cut short by a killed process is left out; raises InputError when any
    other line cannot be read."""
    try:
        text = (models / HISTORY).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    found = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not line.endswith("\n"):
            break
        try:
            found.append(parse_promotion(line))
        except (ValueError, KeyError, TypeError):
            raise InputError(
                "is no promotion", where=f"{models / HISTORY}, line {number}", fix="restore the file from a backup"
            ) from None
    return tuple(found)


def _switch(
    models: Path,
    version: str,
    policies: Sequence[LinkagePolicy],
    action: Action,
    author: str,
    reason: str,
    at: datetime,
) -> Promotion:
    """The history is written first: a line too many says what was meant, a switch without one would say nothing."""
    if not author.strip() or not reason.strip():
        raise InputError("a promotion needs an author and a reason", fix="give both")
    current = promoted_version(models)
    if version == current:
        raise InputError(f"model {version} is in use already", fix="`dq-pipeline models list` shows the others")
    if load_model(models, version).manifest["policy"] != policies_fingerprint(policies):
        raise ConfigurationError(
            f"model {version} was trained under another linkage policy and cannot score with this one",
            where="dq_pipeline/policies/linkage.py",
            fix="train a new model (`dq-pipeline models train`), or undo the change of the policy",
        )
    promotion = Promotion(at, action, version, current, author.strip(), reason.strip())
    _append(models / HISTORY, promotion.line())
    half_done = models / f".{PROMOTED}.part"
    half_done.write_text(version + "\n", encoding="utf-8")
    half_done.replace(models / PROMOTED)
    return promotion


def _append(path: Path, line: str) -> None:
    """Add a line, and take off first what a killed process left of one."""
    with path.open("a+b") as file:
        file.seek(0)
        whole = file.read()
        file.truncate(whole.rfind(b"\n") + 1)
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
