"""What another linkage model would change: pairs, customers, sources, parameters. Keys and figures, no value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Literal

from dq_pipeline.domain.linkage import Population

Change = Literal["joined", "parted"]


@dataclass(frozen=True)
class PairExample:
    """Two records that one model holds to be one customer and the other does not; weights None: not stored."""

    change: Change
    left_key: str
    right_key: str
    weight_before: float | None
    weight_after: float | None


@dataclass(frozen=True)
class SourceChange:
    """`moved`: records of the source whose customer has other records than before."""

    source: str
    records: int
    moved: int
    customers_before: int
    customers_after: int


@dataclass(frozen=True)
class Rates:
    """m and u of one level: how often it is found among pairs that are one customer, and among those that are not."""

    m: float
    u: float

    @property
    def weight(self) -> float:
        """log2(m / u)."""
        return log2(self.m / self.u)


@dataclass(frozen=True)
class ParameterShift:
    """One level in both models."""

    population: Population
    comparison: str
    level: str
    before: Rates
    after: Rates

    @property
    def effect(self) -> float:
        """By how much the shift moves the match weight of a pair that is one customer, on average: the change of
        weight times how often such a pair shows the level. A level hardly ever seen moves a lot and changes nothing.
        """
        return abs(self.after.weight - self.before.weight) * (self.before.m + self.after.m) / 2


@dataclass(frozen=True)
class PriorShift:
    """The prior of one population in both models: the probability that two random records are one customer."""

    population: Population
    before: float
    after: float


@dataclass(frozen=True)
class ModelDiff:
    """Both models on the same records. Pairs are all pairs of records in one customer, scored or not.

    customers_before = unchanged + merged + split: a customer is `split` when its records are in several afterwards,
    else `merged` when others joined it.
    """

    before: str
    after: str
    records: int
    pairs_before: int
    pairs_after: int
    joined: int
    parted: int
    customers_before: int
    customers_after: int
    unchanged: int
    merged: int
    split: int
    sources: tuple[SourceChange, ...]
    examples: tuple[PairExample, ...]
    priors: tuple[PriorShift, ...]
    shifts: tuple[ParameterShift, ...]

    @property
    def changed_share(self) -> float:
        """Customers that are merged or split, of those there were."""
        return (self.merged + self.split) / self.customers_before if self.customers_before else 0.0

    def lines(self) -> Iterator[str]:
        """The whole diff as plain text."""
        yield f"Model {self.after} instead of {self.before}, on {self.records:,} records"
        yield f"  customers  {self.customers_before:,} -> {self.customers_after:,}: {self.unchanged:,} unchanged, "
        yield f"             {self.merged:,} merged with others, {self.split:,} split ({self.changed_share:.2%} change)"
        yield f"  pairs      {self.pairs_before:,} -> {self.pairs_after:,}: {self.joined:,} newly joined, "
        yield f"             {self.parted:,} parted"
        yield from _table(
            ("source", "records", "moved", "customers before", "after"),
            [
                (s.source, f"{s.records:,}", f"{s.moved:,}", f"{s.customers_before:,}", f"{s.customers_after:,}")
                for s in self.sources
            ],
        )
        yield from _table(
            ("pair", "record", "record", "weight before", "after"),
            [
                (e.change, e.left_key, e.right_key, _weight(e.weight_before), _weight(e.weight_after))
                for e in self.examples
            ],
        )
        yield from _table(
            ("population", "prior before", "after"),
            [(p.population, f"{p.before:.3g}", f"{p.after:.3g}") for p in self.priors],
        )
        yield from _table(
            ("population", "comparison: level", "m before", "after", "u before", "after", "weight before", "after"),
            [
                (
                    s.population,
                    f"{s.comparison}: {s.level}",
                    *(f"{value:.3g}" for value in (s.before.m, s.after.m, s.before.u, s.after.u)),
                    _weight(s.before.weight),
                    _weight(s.after.weight),
                )
                for s in self.shifts
            ],
        )


Parameters = Mapping[tuple[Population, str, str], Rates]


def largest_shifts(before: Parameters, after: Parameters, most: int) -> tuple[ParameterShift, ...]:
    """The `most` shifts with the largest effect, of the levels both models have; none where nothing moved."""
    shifts = [ParameterShift(*key, before[key], after[key]) for key in before if key in after]
    ranked = sorted(shifts, key=lambda s: (-s.effect, s.population, s.comparison, s.level))
    return tuple(shift for shift in ranked[:most] if shift.effect > 0)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """An indented table under an empty line; the first columns are texts, the figures stand to the right."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    figures = [all(row[column][:1] in "0123456789+-.\N{EN DASH}" for row in rows) for column in range(len(head))]
    yield ""
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(row, widths, figures, strict=True)
        ]
        yield ("  " + "  ".join(cells)).rstrip()


def _weight(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:+.2f}"
