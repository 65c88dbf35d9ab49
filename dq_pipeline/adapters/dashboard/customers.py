"""How many customers stand behind the records: the headline and the duplicates."""

from __future__ import annotations

from collections import Counter
from itertools import compress, permutations
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.dashboard import Duplicates, Headline, LargestCustomer, SourceCustomers

LARGEST = 5
LINKED_TABLES = ("staging.customers", "golden.crosswalk")

# A crosswalk row whose record has left staging counts for nobody.
LINKED = """
with linked as (
    select c.source_system, x.customer_id
    from staging.customers c join golden.crosswalk x using (record_key)
    where x.customer_id is not null
)
"""
BY_SOURCE = "select source_system, count(*) from {} group by all order by count(*) desc, source_system"
# Customers by how many records they have and in which systems, one bit a system: a few hundred rows whatever the number
# of records. The smallest ids of each are enough to name the largest customers of all.
SPREAD = """
, numbered as (
    select source_system, row_number() over (order by source_system) - 1 as place
    from (select distinct source_system from linked)
),
spread as (
    select customer_id, count(*) as records, bitstring_agg(place::integer, 0, {last}) as systems
    from linked join numbered using (source_system) group by customer_id
)
select records, (select list(source_system order by place) from numbered),
    systems::varchar, count(*), list_sort(min(customer_id, {largest}))
from spread group by all order by 1, 3
"""
BANDS = "select coalesce(band, 'unknown'), count(*) from linkage.pairs group by all order by all"
REASONS = """
select coalesce(reason, 'no reason given'), count(*) from linkage.review group by all order by 2 desc, 1 limit 6
"""


class Alike(NamedTuple):
    """Customers with the same number of records in the same systems; `examples` are the smallest of their ids."""

    records: int
    systems: tuple[str, ...]
    customers: int
    examples: tuple[str, ...]


def read_spread(tables: Tables) -> list[Alike]:
    """All customers, grouped by how many records they have and where; none when nothing was resolved."""
    counted = tables.rows(LINKED_TABLES, "select count(distinct source_system) from staging.customers")
    if not counted or not counted[0][0]:
        return []
    query = LINKED + SPREAD.format(last=counted[0][0] - 1, largest=LARGEST)
    return [
        Alike(records, tuple(compress(names, map(int, bits))), customers, tuple(examples))
        for records, names, bits, customers, examples in tables.rows(LINKED_TABLES, query)
    ]


def read_headline(tables: Tables, spread: list[Alike]) -> Headline:
    """Records, customers and what lies between them, for all and for each source."""
    records = tables.rows(("staging.customers",), BY_SOURCE.format("staging.customers"))
    total = sum(count for _, count in records) if tables.has("staging.customers") else None
    if not spread:
        return Headline(total, sources=tuple(SourceCustomers(source, count) for source, count in records))
    linked = dict(tables.rows(LINKED_TABLES, LINKED + BY_SOURCE.format("linked")))
    return Headline(
        records=total,
        customers=sum(alike.customers for alike in spread),
        unlinked=(total or 0) - sum(linked.values()),
        organisations=_organisations(tables),
        golden_rows=tables.count("golden.customers"),
        sources=tuple(
            SourceCustomers(
                source,
                count,
                linked=linked.get(source, 0),
                customers=sum(alike.customers for alike in spread if source in alike.systems),
                shared=sum(a.customers for a in spread if source in a.systems and len(a.systems) > 1),
            )
            for source, count in records
        ),
    )


def _organisations(tables: Tables) -> int | None:
    if not tables.has_column("golden.customers", "party_type"):
        return None
    query = "select count(*) filter (where party_type = 'organisation') from golden.customers"
    return int(tables.rows((), query)[0][0])


def read_duplicates(tables: Tables, spread: list[Alike]) -> Duplicates:
    """Cluster sizes, spread over systems, scored pairs by band, the review queue and the largest customers."""
    sizes: Counter[int] = Counter()
    systems: Counter[int] = Counter()
    overlaps: Counter[tuple[str, str]] = Counter()
    for alike in spread:
        sizes[alike.records] += alike.customers
        systems[len(alike.systems)] += alike.customers
        overlaps.update(dict.fromkeys(permutations(alike.systems, 2), alike.customers))
    has_reasons = tables.has_column("linkage.review", "reason")
    return Duplicates(
        sizes=tuple(sorted(sizes.items())),
        systems=tuple(sorted(systems.items())),
        overlaps=dict(sorted(overlaps.items())),
        bands=tuple(tables.rows(("linkage.pairs",), BANDS)),
        review=tables.count("linkage.review") if spread else None,
        review_reasons=tuple(tables.rows((), REASONS)) if has_reasons else (),
        largest=_largest(spread),
    )


def _largest(spread: list[Alike]) -> tuple[LargestCustomer, ...]:
    """Customers with most records, of those that have more than two; ties by id."""
    found = [LargestCustomer(name, a.records, a.systems) for a in spread if a.records > 2 for name in a.examples]
    return tuple(sorted(found, key=lambda customer: (-customer.records, customer.customer_id))[:LARGEST])
