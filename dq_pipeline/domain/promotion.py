"""Which linkage model is in use, and since when: an append-only history of promotions and rollbacks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Action = Literal["promote", "rollback"]
# Who promotes the first model, or the one that takes the place of a model the policy has outgrown.
PIPELINE = "dq-pipeline"


@dataclass(frozen=True)
class Promotion:
    """One change of the model in use: `version` takes the place of `previous` (None: there was none). `at` is UTC."""

    at: datetime
    action: Action
    version: str
    previous: str | None
    author: str
    reason: str

    def line(self) -> str:
        """One line of JSON, without its end."""
        fields = {**vars(self), "at": self.at.isoformat(timespec="seconds")}
        return json.dumps(fields, ensure_ascii=False)


def parse_promotion(line: str) -> Promotion:
    """Read a line back. Raises ValueError or KeyError when it is none."""
    found = json.loads(line)
    if not isinstance(found, dict) or found.get("action") not in ("promote", "rollback"):
        raise ValueError("no promotion")
    previous = found["previous"]
    return Promotion(
        at=datetime.fromisoformat(found["at"]),
        action=found["action"],
        version=str(found["version"]),
        previous=None if previous is None else str(previous),
        author=str(found["author"]),
        reason=str(found["reason"]),
    )


def promoted_before(history: Iterable[Promotion], current: str) -> str | None:
    """The version a rollback from `current` leads to; None when there is none.

    Promotions pile up and each rollback takes the top one off, so that two rollbacks lead two models back and not to
    and fro. A change that was written and never took effect, its process killed, is no entry's `previous`.
    """
    entries = list(history)
    if entries and entries[-1].version != current:
        entries.pop()
    pile: list[str] = []
    for entry in entries:
        _take_off(pile, entry.previous)
        if entry.action == "rollback":
            del pile[-1:]
            _take_off(pile, entry.version)
        else:
            pile.append(entry.version)
    _take_off(pile, current)
    return pile[-2] if len(pile) > 1 else None


def _take_off(pile: list[str], top: str | None) -> None:
    """Take off what lies above `top`; where it is not in the pile, it is all that is left."""
    while pile and pile[-1] != top:
        pile.pop()
    if not pile and top:
        pile.append(top)
