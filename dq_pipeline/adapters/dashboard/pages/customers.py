"""Customers and duplicates: from records to customers, how sure that is, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain import charts, wording
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.masking import mask_value

LARGEST_SIZE = 8
KEYS_SHOWN = 12
QUESTIONS_SHOWN = 8
# What a reader recognises a record by, where the contract of its source lets the reader see it masked.
SHOWN = ("name", "birthdate", "email", "phone_number")
# Days a question has waited, from each bound to the next.
AGES = (("today", 0), ("1 to 3 days", 1), ("4 to 14 days", 4), ("15 to 30 days", 15), ("longer", 31))

FIGURES = """
select name, scope, value, low, high, denominator, explanation from quality.headline
where name in ('customers', 'duplicate_share') and value is not null
"""
WAITING = """
select kind, list_position($bounds, list_max(list_filter($bounds, lambda bound: bound <= age))) - 1, count(*)
from (
    select kind, greatest(date_diff('day', first_seen, $now::timestamp), 0) as age
    from quality.review_backlog where closed_at is null
)
group by all order by all
"""
# The queue is kept in its order: what is decided first may change most customers.
FIRST_QUESTIONS = """
select kind, left_key, right_key, reason, match_weight, customers from linkage.review order by rowid limit $shown
"""
HELD = """
select reason, count(*) from (
    select unnest(reasons) as reason from quality.held_records where released_at is null
) group by all order by 2 desc, 1
"""
DECAY = """
select coalesce(activity.decay_class, 'unknown'), any_value(classes.from_days), any_value(classes.to_days), count(*)
from golden.customer_activity activity
left join golden.decay_classes classes on classes.subject = 'customer' and classes.decay_class = activity.decay_class
group by all order by 2 nulls last, 1
"""
MEMBERS = """
select customer_id, record_key from golden.crosswalk
where customer_id in (select unnest($customers::varchar[]))
qualify row_number() over (partition by customer_id order by record_key) <= $shown
order by customer_id, record_key
"""
# Asked only for the records shown, of sources whose contract allows it: no other value leaves the warehouse.
VALUES = f"""
select record_key, {", ".join(f"{name}::varchar" for name in SHOWN)} from staging.customers
where contract_id in (select unnest($contracts::varchar[])) and record_key in (select unnest($keys::varchar[]))
"""


class Figure(NamedTuple):
    """A figure of `quality.headline` with its bounds (None: it has none)."""

    name: str
    scope: str
    value: float
    low: float | None
    high: float | None
    denominator: int | None
    explanation: str


@dataclass(frozen=True)
class Waiting:
    """What waits in the review queue: questions by age, oldest bound last, for each kind of question."""

    by_kind: Mapping[str, tuple[int, ...]]

    @property
    def ages(self) -> tuple[tuple[str, int], ...]:
        """(how long, questions)."""
        return tuple((label, sum(c[n] for c in self.by_kind.values())) for n, (label, _) in enumerate(AGES))


@dataclass(frozen=True)
class Member:
    """A record of a large customer; `masked` by attribute, empty where its source's contract does not allow it."""

    record_key: str
    masked: Mapping[str, str]


def pages(material: Material) -> Iterator[Page]:
    """`customers.html`."""
    tables, data = material.tables, material.data
    headline, found = data.headline, data.duplicates
    think, have = wording.headline_sentences(headline.records, headline.customers)
    figures = [Figure(*row) for row in tables.rows(("quality.headline",), FIGURES)]
    shares = [figure for figure in figures if figure.name == "duplicate_share"]
    losses = (headline.repeated or 0, headline.across or 0, headline.unlinked)
    context = {
        "head": headline,
        "found": found,
        "think": think,
        "have": have,
        "waterfall": charts.waterfall(headline.records or 0, losses),
        "customers": next((figure for figure in figures if figure.name == "customers"), None),
        "shares": sorted(shares, key=lambda share: (share.scope.startswith("("), share.scope == "(all)", share.scope)),
        "widest": max([0.05, *(figure.high or figure.value for figure in shares)]),
        "sizes": charts.fold_tail(found.sizes, LARGEST_SIZE),
        "waiting": read_waiting(material),
        "questions": read_questions(tables),
        "held": tables.rows(("quality.held_records",), HELD),
        "decay": tables.rows(("golden.customer_activity", "golden.decay_classes"), DECAY),
        "members": read_members(tables, [customer.customer_id for customer in found.largest], material.contracts),
        "keys_shown": KEYS_SHOWN,
        "shown": SHOWN,
        "allowing": sorted({c.source_system for c in material.contracts.values() if c.shows_masked_examples}),
    }
    yield Page("customers.html", "Customers and duplicates", "pages/customers.html.j2", context)


def read_waiting(material: Material) -> Waiting | None:
    """Open questions of the review queue by how long they have waited; None where that is not kept."""
    if not material.tables.has("quality.review_backlog"):
        return None
    parameters = {"bounds": [days for _, days in AGES], "now": material.now}
    counts: dict[str, list[int]] = {}
    for kind, age, count in material.tables.rows((), WAITING, parameters):
        counts.setdefault(kind, [0] * len(AGES))[age] = count
    return Waiting({kind: tuple(ages) for kind, ages in counts.items()})


def read_questions(tables: Tables) -> list[tuple[Any, ...]]:
    """(kind, the two record keys, reason, match weight, customers it may change) of the first in the review queue."""
    if not tables.has_column("linkage.review", "customers"):
        return []
    return tables.rows((), FIRST_QUESTIONS, {"shown": QUESTIONS_SHOWN})


def read_members(
    tables: Tables, customers: list[str], contracts: Mapping[str, Contract]
) -> dict[str, tuple[Member, ...]]:
    """The first records of each customer by key, with masked values where the contract of their source allows it."""
    rows = tables.rows(("golden.crosswalk",), MEMBERS, {"customers": customers, "shown": KEYS_SHOWN})
    allowed = [contract.id for contract in contracts.values() if contract.shows_masked_examples]
    masked: dict[str, dict[str, str]] = {}
    if allowed:
        parameters = {"contracts": allowed, "keys": [key for _, key in rows]}
        for key, *values in tables.rows(("staging.customers",), VALUES, parameters):
            named = zip(SHOWN, values, strict=True)
            masked[key] = {name: mask_value(name, value) for name, value in named if value}
    members: dict[str, list[Member]] = {}
    for customer, key in rows:
        members.setdefault(customer, []).append(Member(key, masked.get(key, {})))
    return {customer: tuple(found) for customer, found in members.items()}
