"""What a steward may decide, and decisions that contradict each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

Verdict = Literal["same", "different"]


@dataclass(frozen=True)
class NewDecision:
    """A decision to be recorded, about source records and never about customers, whose ids come and go.

    `same`, `different`: about the two records, in any order. `pin`: the customer of the record `left_key` has `value`
    for `attribute`, until the day `expires_on`; there is no `right_key`.
    """

    kind: Literal["same", "different", "pin"]
    left_key: str
    right_key: str | None = None
    attribute: str | None = None
    value: str | None = None
    expires_on: date | None = None
    author: str = ""
    reason: str = ""

    @property
    def record_keys(self) -> tuple[str, ...]:
        """The records it is about, in order: one or two."""
        return (self.left_key,) if self.right_key is None else tuple(sorted((self.left_key, self.right_key)))

    def problems(self) -> list[str]:
        """What is wrong with it by itself, without a value in the words."""
        found = [f"the {name} is empty" for name in ("author", "reason") if not getattr(self, name).strip()]
        if self.kind == "pin":
            found += [f"a pin needs its {name}" for name in ("attribute", "value") if not getattr(self, name)]
            return found + ["a pin is anchored on one record"] * (self.right_key is not None)
        if self.right_key is None or self.left_key == self.right_key:
            found.append("two different records are needed")
        if (self.attribute, self.value, self.expires_on) != (None, None, None):
            found.append("attribute, value and expiry belong to a pin")
        return found


@dataclass(frozen=True)
class PairDecision:
    """A decision in force: the two records are one customer (`same`) or are not."""

    number: int
    left_key: str
    right_key: str
    verdict: Verdict


@dataclass(frozen=True)
class Contradiction:
    """Records that are one customer by the decisions `same`, though the decision `different` parts its two.

    `same` is a shortest path between the two, `records` the records along it.
    """

    different: PairDecision
    same: tuple[PairDecision, ...]
    records: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all decisions it is made of; revoking any one of them ends it."""
        return tuple(sorted({self.different.number, *(decision.number for decision in self.same)}))


def contradictions(decisions: Iterable[PairDecision]) -> tuple[Contradiction, ...]:
    """Every `different` between two records that a chain of `same` makes one (A = B, B = C, A ≠ C), by number.

    Of several shortest chains the one whose keys come first is told.
    """
    together: list[PairDecision] = []
    apart: list[PairDecision] = []
    for decision in sorted(decisions, key=lambda d: d.number):
        (together if decision.verdict == "same" else apart).append(decision)
    groups = _groups(together)
    broken = [d for d in apart if d.left_key in groups and groups[d.left_key] == groups.get(d.right_key)]
    neighbours = _neighbours(together) if broken else {}
    return tuple(_contradiction(decision, neighbours) for decision in broken)


def _groups(together: Sequence[PairDecision]) -> dict[str, str]:
    """Record -> a record that stands for all it is one with (union-find with path halving, Tarjan 1975)."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    for decision in together:
        parent[root(decision.left_key)] = root(decision.right_key)
    return {key: root(key) for key in tuple(parent)}


def _neighbours(together: Sequence[PairDecision]) -> dict[str, dict[str, PairDecision]]:
    """Record -> the records it is one with by one decision, in order of their keys."""
    found: dict[str, dict[str, PairDecision]] = {}
    for decision in together:
        found.setdefault(decision.left_key, {})[decision.right_key] = decision
        found.setdefault(decision.right_key, {})[decision.left_key] = decision
    return {key: dict(sorted(others.items())) for key, others in found.items()}


def _contradiction(decision: PairDecision, neighbours: Mapping[str, Mapping[str, PairDecision]]) -> Contradiction:
    """Breadth first from one record to the other, which are known to be connected."""
    came_from: dict[str, str] = {decision.left_key: ""}
    waiting = deque([decision.left_key])
    while decision.right_key not in came_from:
        here = waiting.popleft()
        for key in neighbours[here]:
            if key not in came_from:
                came_from[key] = here
                waiting.append(key)
    path = [decision.right_key]
    while came_from[path[-1]]:
        path.append(came_from[path[-1]])
    path.reverse()
    steps = tuple(neighbours[one][other] for one, other in pairwise(path))
    return Contradiction(decision, steps, tuple(path))
