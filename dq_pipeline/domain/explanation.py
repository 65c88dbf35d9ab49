"""Why two records are, or are not, one customer, in plain sentences. Keys and words, never a value of a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dq_pipeline.domain.stewardship import Contradiction, Verdict

_SCORED = {
    (True, "merge"): "One customer: the two records fit each other.",
    (True, "review"): "One customer: the evidence between these two is weak, other records of the customer join them.",
    (True, "reject"): "One customer: these two do not fit by themselves, other records of the customer join them.",
    (False, "merge"): "Two customers: the two fit as a pair, but the other records of the two customers disagree.",
    (False, "review"): "Two customers, perhaps one: the evidence leaves it open, so it is up for review.",
    (False, "reject"): "Two customers: what agrees is outweighed by what does not.",
}


@dataclass(frozen=True)
class Evidence:
    """One comparison of a pair: its name, what was found, and the match weight (log2 of m/u) that adds."""

    comparison: str
    level: str
    match_weight: float


@dataclass(frozen=True)
class ScoredPair:
    """A pair as the model sees it. `match_weight`: log2 odds, the sum of the evidence. `blocking_key`: why they met."""

    match_weight: float
    match_probability: float
    band: str
    blocking_key: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Meeting:
    """Two records that no stored pair speaks of, looked at again with the model in use.

    `shared`: names of the blocking keys both have in common; `too_common`: those of them that the last run left out,
    because too many records have them. `pair` is None where the model compares nothing.
    `keep`: the match weight from which pairs are stored.
    """

    shared: tuple[str, ...]
    too_common: tuple[str, ...]
    pair: ScoredPair | None
    keep: float


@dataclass(frozen=True)
class Said:
    """A decision in force."""

    number: int
    left_key: str
    right_key: str
    verdict: Verdict
    author: str
    decided_at: datetime
    reason: str


@dataclass(frozen=True)
class Join:
    """A step in which two groups of records became one; a group goes by its smallest record key.

    `match_weight`: pooled over the pairs between the groups (log2 odds); None where people decided it. `pairs`: how
    many there are, `compared`: how many of them were compared.
    """

    step: int
    kept_key: str
    absorbed_key: str
    match_weight: float | None
    pairs: int
    compared: int


@dataclass(frozen=True)
class PairExplanation:
    """All that is known of two records. `cannot_tell`: why something is not known."""

    left_key: str
    right_key: str
    same_customer: bool
    populations: tuple[str, str] = ("", "")
    held: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pair: ScoredPair | None = None
    meeting: Meeting | None = None
    decisions: tuple[Said, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    records: int = 0
    joins: tuple[Join, ...] = ()
    path: tuple[Join, ...] = ()
    notes: tuple[str, ...] = ()
    cannot_tell: str = ""

    @property
    def shown(self) -> ScoredPair | None:
        """The pair as stored, else as looked at again."""
        return self.pair or (self.meeting.pair if self.meeting else None)

    def verdict(self) -> str:
        """One customer or two, and the reason that outranks all others."""
        if self.held:
            why = "; ".join(f"{key} is held back ({', '.join(reasons)})" for key, reasons in self.held.items())
            return f"No customer in common yet: {why}. `dq-pipeline held release` lets it take part."
        word = next((d for d in self.decisions if {d.left_key, d.right_key} == {self.left_key, self.right_key}), None)
        if word:
            return self._decided(word)
        if not self.same_customer and self.populations[0] != self.populations[1]:
            kinds = " and the other ".join(_with_article(kind) for kind in self.populations)
            return f"Two customers: one is {kinds}; these are never compared."
        if self.pair and self.pair.band == "merge" and not self.same_customer and (self.notes or self.decisions):
            return "Two customers: the two fit as a pair, but are kept apart."
        if self.pair:
            return _SCORED[self.same_customer, self.pair.band]
        if self.same_customer:
            return "One customer: these two were never compared, other records of the customer join them."
        return f"Two customers: {self._apart()}"

    def _decided(self, word: Said) -> str:
        if self.same_customer == (word.verdict == "same"):
            return f"{'One customer' if self.same_customer else 'Two customers'}: a steward decided so."
        if self.populations[0] != self.populations[1]:
            later = "one is taken for a person and the other for an organisation: put the record right first"
        elif any(word.number in contradiction.numbers for contradiction in self.contradictions):
            later = "the decision is set aside, because it and others contradict each other"
        else:
            later = "the decision takes effect with the next run"
        if self.same_customer:
            return f"One customer still: a steward decided that they are two; {later}."
        return f"Two customers still: a steward decided that they are one; {later}."

    def _apart(self) -> str:
        meeting = self.meeting
        if meeting is None:
            return "they were never compared, or scored below the stored limit."
        if not meeting.shared:
            return "they were never compared, because they share no key by which records meet."
        open_keys = [name for name in meeting.shared if name not in meeting.too_common]
        if not open_keys:
            shared = ", ".join(meeting.shared)
            return f"they were never compared: what they share is too common to have records meet ({shared})."
        names = ", ".join(open_keys)
        if meeting.pair is None or meeting.pair.match_weight < meeting.keep:
            return f"they met through {names}, and scored below the stored limit of {meeting.keep:+.1f}."
        return f"the last run stored no comparison of them; the model in use would have them meet through {names}."

    def lines(self) -> list[str]:
        """The explanation as plain text: the two keys, the sentences, and the evidence as a table among them."""
        evidence = self.shown.evidence if self.shown else ()
        width = max((len(item.comparison) for item in evidence), default=0)
        table = [f"  {e.match_weight:+7.1f}  {e.comparison:<{width}}  {e.level}" for e in evidence]
        return [f"{self.left_key}  and  {self.right_key}", *self.sentences(table)]

    def sentences(self, table: Sequence[str] = ()) -> list[str]:
        """Verdict, decisions, match weight (then `table`), how the customer formed, and what else is to be said."""
        return [
            self.verdict(),
            *map(_decision_line, self.decisions),
            *self._weight_lines(),
            *table,
            *self._joins_lines(),
            *self.notes,
            *([self.cannot_tell] if self.cannot_tell else []),
        ]

    def _weight_lines(self) -> list[str]:
        pair = self.shown
        if pair is None:
            return []
        looked = "" if self.pair else "Compared for this answer: "
        met = f", met through: {pair.blocking_key}" if pair.blocking_key else ""
        return [
            f"{looked}Match weight {pair.match_weight:+.1f} (probability {pair.match_probability:.1%}), "
            f"band {pair.band}{met}"
        ]

    def _joins_lines(self) -> list[str]:
        if not self.path:
            return []
        return [
            f"The customer has {self.records} records, joined in {len(self.joins)} steps. "
            "Those that connect the two, the weakest first:",
            *map(_join_line, sorted(self.path, key=_weakest_first)),
        ]


def connecting_joins(joins: Iterable[Join], left_key: str, right_key: str) -> tuple[Join, ...]:
    """The joins by which two records of one customer came together, in order.

    In the tree of joins these are the steps on the way from each record up to the first they have in common.
    """
    groups = [{left_key}, {right_key}]
    found: list[Join] = []
    for join in sorted(joins, key=lambda join: join.step):
        ends = {join.kept_key, join.absorbed_key}
        touched = [group for group in groups if group & ends]
        if touched:
            found.append(join)
        if len(touched) == 2:
            break
        for group in touched:
            group |= ends
    return tuple(found)


def _weakest_first(join: Join) -> tuple[float, int]:
    return (float("inf") if join.match_weight is None else join.match_weight, join.step)


def _join_line(join: Join) -> str:
    if join.match_weight is None:
        return f"  decided  step {join.step}: {join.absorbed_key} to {join.kept_key}, by a steward"
    return (
        f"  {join.match_weight:+7.1f}  step {join.step}: the group of {join.absorbed_key} to the group of "
        f"{join.kept_key}, {join.compared} of {join.pairs} pairs compared"
    )


def _decision_line(said: Said) -> str:
    words = "are one customer" if said.verdict == "same" else "are different customers"
    return (
        f"Decision {said.number}, by {said.author} on {said.decided_at:%Y-%m-%d}: {said.left_key} and "
        f"{said.right_key} {words} ({said.reason})"
    )


def _with_article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"
