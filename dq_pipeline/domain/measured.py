"""Scores as they were measured, in one run and over the published versions, and why they moved.

Scores run from 0 to 100, coverages from 0 to 1, times are UTC. `None` always means "not measured".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

# Kinds of moves that split one and the same move: by rule, by source, by owner.
PARTS = ("rule", "source", "owner")


@dataclass(frozen=True)
class Score:
    """A score (0 to 100) with the coverage (0 to 1) it was measured at: one is never shown without the other."""

    value: float | None = None
    coverage: float = 0.0


@dataclass(frozen=True)
class Scope:
    """The score of one source, owner, dimension or table; `history` is its score per version, oldest first."""

    name: str
    score: Score
    rows: int | None = None
    impact: float | None = None
    history: tuple[float | None, ...] = ()

    @property
    def change(self) -> float | None:
        """Points gained since the version before; None unless both versions were measured."""
        if len(self.history) < 2 or self.history[-1] is None or self.history[-2] is None:
            return None
        return self.history[-1] - self.history[-2]


@dataclass(frozen=True)
class Move:
    """One sentence on why the score moved, as `quality.score_moves` has it.

    Where `kind` is rule, source or owner it is a part of the move: a label and a figure with its sign; `name` is empty
    where the part is of several.
    """

    kind: str
    name: str
    text: str

    @property
    def label(self) -> str:
        """The sentence without its figure."""
        return self.text.removesuffix(self._figure).removesuffix(": ") if self._figure else self.text

    @property
    def figure(self) -> str:
        """The points it moved the score by, with their sign; empty where the sentence ends in none."""
        return self._figure.replace("-", "\N{MINUS SIGN}")

    @property
    def _figure(self) -> str:
        found = re.search(r"[+-]\d+\.\d+$", self.text)
        return found[0] if found else ""


@dataclass(frozen=True)
class TrendPoint:
    """A published run: its score, and what else changed at it.

    `like_for_like` is the score it would have had by today's rules and weights as far as can be told
    (`quality.score_trend`); `moves` say why the score moved, the whole of it first.
    """

    run_id: str
    measured_at: datetime
    score: Score
    like_for_like: float | None = None
    rules_changed: bool = False
    weights_changed: bool = False
    model_changed: bool = False
    sources_new: tuple[str, ...] = ()
    sources_absent: tuple[str, ...] = ()
    rule_set_hash: str = ""
    model_hash: str = ""
    version: str = ""
    records: int | None = None
    customers: int | None = None
    moves: tuple[Move, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The move in whole sentences, without its parts by rule, source and owner."""
        return tuple(move.text for move in self.moves if move.kind not in PARTS)

    @property
    def changes(self) -> tuple[str, ...]:
        """What changed besides the data, in a word or two each."""
        said = (
            (self.rules_changed, "rules"),
            (self.weights_changed, "weights"),
            (self.model_changed, "linkage model"),
            *((True, f"{source} new") for source in self.sources_new),
            *((True, f"{source} absent") for source in self.sources_absent),
        )
        return tuple(words for changed, words in said if changed)
