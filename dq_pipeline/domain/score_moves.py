"""Why the overall score moved from one published version to the next, in sentences whose points add up.

The exact parts come from quality.move_parts. What is shown is rounded to hundredths so that the figures a reader adds
up give the difference of the two scores shown (largest remainder, as seats are shared out after an election).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import Literal

# The steps from one score to the other, in the order of quality.move_parts; they add up to the whole move.
STEPS = ("same_rules", "rules_new", "rules_gone", "weights")
# Three ways to split what the data did.
SPLITS = ("rule", "source", "owner")
SHOWN = 3  # of each split; the rest is one sentence

Change = Literal["added", "removed", "redefined", "stopped", "started", "weighted"]
_OF_STEP: dict[str, tuple[Change, ...]] = {
    "rules_new": ("added", "started", "redefined"),
    "rules_gone": ("removed", "stopped", "redefined"),
    "weights": ("weighted",),
}
_STEP_SAYS = {
    "same_rules": "By the rules and weights both have in common the data moved it by {points}.",
    "rules_new": "Rules that count now and did not before moved it by {points}: {rules}.",
    "rules_gone": "Rules that counted before and do not now moved it by {points}: {rules}.",
    "weights": "Other weights or severities moved it by {points}: {rules}.",
}
_NOISE = 1e-9  # of a point: what sums of doubles leave over


@dataclass(frozen=True)
class Part:
    """One line of quality.move_parts: `points` of the overall score, positive where it rose; None: not measured."""

    part: str
    name: str | None
    points: float | None


@dataclass(frozen=True)
class Version:
    """One side of the comparison: scores as shown (None: not measured), model, and the sources scored."""

    score: float | None
    model_hash: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """One line of quality.score_moves. `points` are exact; the text has them rounded."""

    kind: str
    name: str
    points: float | None
    text: str


def explain_move(
    before: Version | None, now: Version, parts: Sequence[Part], changes: Iterable[tuple[str, Change]]
) -> list[Sentence]:
    """The move from `before` (None: nothing published yet) to `now`, the whole first, then what it is made of.

    `changes`: rule ids with what happened to them. Parts of nought points are left out, changes never are. Without
    `parts`, or where a step measures nothing, the move is told and said to be unexplained.
    """
    if before is None:
        return [Sentence("total", "", None, f"The overall score is {_score(now.score)}: the first one published.")]
    points = {part.part: part.points for part in parts if part.part not in SPLITS}
    moved = _hundredths(before.score, now.score)
    found = [Sentence("total", "", points.get("total"), _total(before.score, now.score, moved))]
    found += _world_changes(before, now)
    if moved is None or any(points.get(step) is None for step in STEPS):
        text = "It cannot be told why: nothing was kept that both can be measured by."
        return [*found, Sentence("unexplained", "", points.get("total"), text)] if moved else found
    named = _named(changes)
    for step, hundredths in zip(STEPS, shared_out([points[step] or 0.0 for step in STEPS], moved), strict=True):
        rules = ", ".join(named.get(step, ()))
        details = (
            [line for split in SPLITS for line in _split(split, parts, hundredths)] if step == "same_rules" else []
        )
        if hundredths or rules or details:
            text = _STEP_SAYS[step].format(points=_signed(hundredths), rules=rules or "rounding")
            found += [Sentence(step, "", points[step], text), *details]
        elif step == "same_rules":  # the trend needs it, whatever it is
            found.append(Sentence(step, "", points[step], "By the rules both have in common nothing moved."))
    return found


def shared_out(values: Sequence[float], total: int) -> list[int]:
    """Each value in whole hundredths, so that they sum to `total`: rounded down, then one more for those cut most.

    What is then still missing, because a shown score is capped below 100, falls to the largest.
    """
    exact = [round(100 * value, 7) for value in values]
    shown = [floor(value) for value in exact]
    cut = sorted((k for k, value in enumerate(exact) if value > shown[k]), key=lambda k: shown[k] - exact[k])
    for k in cut[: max(total - sum(shown), 0)]:
        shown[k] += 1
    shown[max(range(len(exact)), key=lambda k: abs(exact[k]))] += total - sum(shown)
    return shown


def _split(split: str, parts: Sequence[Part], total: int) -> list[Sentence]:
    """The parts of one split that moved most, and the rest in one line; they sum to `total` hundredths."""
    moved = [(part.name, part.points) for part in parts if part.part == split and abs(part.points or 0.0) > _NOISE]
    lines = sorted(((name, points or 0.0) for name, points in moved), key=lambda line: (-abs(line[1]), line[0] or ""))
    named = SHOWN if len(lines) > SHOWN + 1 else len(lines)
    top = [(name, points, f"{split} {name}" if name else f"rows of no {split}") for name, points in lines[:named]]
    if rest := lines[named:]:
        top.append(("", sum(points for _, points in rest), f"{len(rest)} other {split}s"))
    if not top:
        return []
    shown = shared_out([points for _, points, _ in top], total)
    return [
        Sentence(split, name or "", points, f"{label}: {_signed(hundredths)}")
        for (name, points, label), hundredths in zip(top, shown, strict=True)
        if hundredths
    ]


def _world_changes(before: Version, now: Version) -> list[Sentence]:
    found = []
    if before.model_hash != now.model_hash:
        text = (
            f"The linkage model changed ({before.model_hash or 'none'} to {now.model_hash or 'none'}): what duplicates "
            "and golden customers moved may be its work."
        )
        found.append(Sentence("model", "", None, text))
    for source in sorted({*now.sources} - {*before.sources}):
        found.append(Sentence("source_new", source, None, f"Source {source} is new: it was not scored before."))
    for source in sorted({*before.sources} - {*now.sources}):
        found.append(Sentence("source_absent", source, None, f"Source {source} is absent: it was scored before."))
    return found


def _named(changes: Iterable[tuple[str, Change]]) -> dict[str, list[str]]:
    """Step -> the rules behind it, each with what happened."""
    found: dict[str, list[str]] = {}
    for rule_id, change in sorted(changes):
        for step, kinds in _OF_STEP.items():
            if change in kinds:
                found.setdefault(step, []).append(rule_id if change == "weighted" else f"{rule_id} ({change})")
    return found


def _total(before: float | None, now: float | None, moved: int | None) -> str:
    if moved is None:
        return f"The overall score was {_score(before)} in the version before and is {_score(now)}."
    if not moved:
        return f"The overall score is as in the version before: {_score(now)}."
    way = "rose" if moved > 0 else "fell"
    return f"The overall score {way} from {_score(before)} to {_score(now)} ({_signed(moved)})."


def _hundredths(before: float | None, now: float | None) -> int | None:
    return None if before is None or now is None else round(100 * now) - round(100 * before)


def _score(score: float | None) -> str:
    return "not measured" if score is None else f"{score:.2f}"


def _signed(hundredths: int) -> str:
    """`+0.25`, `-1.00`, `0.00`."""
    return f"{hundredths / 100:+.2f}" if hundredths else "0.00"
