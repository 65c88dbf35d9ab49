"""Consent and contactability: whom we may contact, for what, and what stands in the way."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.adapters.dashboard.tables import Tables

# Days since a usable consent was given, from each bound to the next.
AGES = (
    ("under 6 months", 0),
    ("6 to 12 months", 183),
    ("1 to 2 years", 365),
    ("2 to 3 years", 730),
    ("3 to 5 years", 1095),
    ("5 years and more", 1826),
)

# Once through all consents: a few thousand rows, by the days a usable one is old.
SAID = """
select purpose, max(channel),
    case when status = 'granted' then if(usable, 'usable', 'unusable') else status end as said,
    if(usable, date_diff('day', given_at, $now::timestamp), null) as age, count(*)
from golden.consents group by purpose, said, age order by all
"""
CONTACTABLE = "select purpose, count(*) from golden.contactable group by purpose"
SOURCES = """
select source_system, purpose, count(distinct record_key),
    count(*) filter (status = 'granted'),
    count(*) filter (status = 'granted' and given_at is null and method is not null),
    count(*) filter (status = 'granted' and given_at is not null and method is null),
    count(*) filter (status = 'granted' and given_at is null and method is null)
from staging.consents where purpose is not null group by all order by all
"""
RECORDS = "select source_system, count(*) from staging.customers group by all order by all"


@dataclass(frozen=True)
class Purpose:
    """One purpose, in customers. `usable + unusable + denied + withdrawn + unclear + unknown + silent` are all.

    `unusable`: granted, but without date or method; `unclear`: granted and refused, and dates cannot tell which came
    last; `silent`: no record says anything. `contactable` is None where the purpose has no channel to contact by.
    """

    name: str
    channel: str | None
    usable: int
    unusable: int
    denied: int
    withdrawn: int
    unclear: int
    unknown: int
    silent: int
    contactable: int | None

    @property
    def parts(self) -> tuple[int, ...]:
        """Customers by what they said, in the order the bar is drawn."""
        return self.usable, self.unusable, self.denied, self.withdrawn, self.unclear, self.unknown, self.silent

    @property
    def granted(self) -> int:
        return self.usable + self.unusable

    @property
    def unreachable(self) -> int | None:
        """Customers with a usable consent and no way to use it."""
        return None if self.contactable is None else self.usable - self.contactable


class SourcePurpose(NamedTuple):
    """What the records of one source say on one purpose: records that speak, grants, and grants that lack proof."""

    speaking: int
    granted: int
    no_date: int
    no_method: int
    neither: int

    @property
    def unusable(self) -> int:
        return self.no_date + self.no_method + self.neither


class Said(NamedTuple):
    """How many customers said the same on a purpose; `age`: days since a usable consent was given."""

    purpose: str
    channel: str | None
    said: str
    age: int | None
    customers: int


def pages(material: Material) -> Iterator[Page]:
    """`consent.html`."""
    tables = material.tables
    said = [Said(*row) for row in tables.rows(("golden.consents",), SAID, {"now": material.now})]
    by_source = read_by_source(tables)
    context = {
        "customers": tables.count("golden.customers"),
        "purposes": read_purposes(tables, said),
        "records": dict(tables.rows(("staging.customers",), RECORDS)),
        "by_source": by_source,
        "source_purposes": sorted({purpose for found in by_source.values() for purpose in found}),
        "ages": sum_ages(said),
        "age_labels": [label for label, _ in AGES],
    }
    yield Page("consent.html", "Consent and contactability", "pages/consent.html.j2", context)


def read_purposes(tables: Tables, said: Sequence[Said]) -> tuple[Purpose, ...]:
    """Every purpose anybody said anything on, by what holds for the customers today."""
    customers = tables.count("golden.customers") or 0
    reached = dict(tables.rows(("golden.contactable",), CONTACTABLE))
    known = tables.has("golden.contactable")
    counts: dict[tuple[str, str | None], Counter[str]] = defaultdict(Counter)
    for found in said:
        counts[found.purpose, found.channel][found.said] += found.customers
    return tuple(
        Purpose(
            name,
            channel,
            usable=words["usable"],
            unusable=words["unusable"],
            denied=words["denied"],
            withdrawn=words["withdrawn"],
            unclear=words["deny_until_clarified"],
            unknown=words["unknown"],
            silent=max(customers - words.total(), 0),
            contactable=reached.get(name, 0) if channel and known else None,
        )
        for (name, channel), words in counts.items()
    )


def sum_ages(said: Sequence[Said]) -> Mapping[str, tuple[int, ...]]:
    """Purpose -> usable consents by age, as `AGES` parts it; one dated in the future is as good as new."""
    bounds = [days for _, days in AGES]
    counts: dict[str, list[int]] = {}
    for found in said:
        if found.age is not None:
            place = max(bisect_right(bounds, found.age) - 1, 0)
            counts.setdefault(found.purpose, [0] * len(AGES))[place] += found.customers
    return {purpose: tuple(ages) for purpose, ages in counts.items()}


def read_by_source(tables: Tables) -> Mapping[str, Mapping[str, SourcePurpose]]:
    """Source system -> purpose -> what its records say."""
    found: dict[str, dict[str, SourcePurpose]] = defaultdict(dict)
    for source, purpose, *counts in tables.rows(("staging.consents",), SOURCES):
        found[source][purpose] = SourcePurpose(*counts)
    return dict(found)
