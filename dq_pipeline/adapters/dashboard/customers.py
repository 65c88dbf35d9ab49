"""How many customers stand behind the records: the headline and the duplicates."""

from __future__ import annotations

from collections import Counter
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
),
held as (
    select customer_id, source_system, count(*) as records from linked group by all
),
spread as (
    select customer_id, sum(records)::bigint as records, list(source_system order by source_system) as systems
    from held group by all
)
"""
SPREAD = "select records, systems, count(*) from spread group by all order by all"
LARGEST_CUSTOMERS = """
select customer_id, records, systems from spread where records > 2 order by records desc, customer_id limit $largest
"""
BANDS = "select coalesce(band, 'unknown'), count(*) from linkage.pairs group by all order by all"
REASONS = """
select coalesce(reason, 'no reason given'), count(*) from linkage.review group by all order by 2 desc, 1 limit 6
"""


class Alike(NamedTuple):
    """Customers with the same number of records in the same systems."""

    records: int
    systems: tuple[str, ...]
    customers: int


def read_spread(tables: Tables) -> list[Alike]:
    """All customers, grouped by how many records they have and where; none when nothing was resolved."""
    return [
        Alike(records, tuple(systems), customers)
        for records, systems, customers in tables.rows(LINKED_TABLES, LINKED + SPREAD)
    ]


def read_headline(tables: Tables, spread: list[Alike]) -> Headline:
    """Records, customers and what lies between them, for all and for each source."""
    by_source = "select source_system, count(*) from {} group by all order by count(*) desc, source_system"
    records = tables.rows(("staging.customers",), by_source.format("staging.customers"))
    total = sum(count for _, count in records) if tables.has("staging.customers") else None
    if not spread:
        return Headline(total, sources=tuple(SourceCustomers(source, count) for source, count in records))
    linked = dict(tables.rows(LINKED_TABLES, LINKED + by_source.format("linked")))
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
    for alike in spread:
        sizes[alike.records] += alike.customers
        systems[len(alike.systems)] += alike.customers
    has_reasons = tables.has_column("linkage.review", "reason")
    return Duplicates(
        sizes=tuple(sorted(sizes.items())),
        systems=tuple(sorted(systems.items())),
        bands=tuple(tables.rows(("linkage.pairs",), BANDS)),
        review=tables.count("linkage.review") if spread else None,
        review_reasons=tuple(tables.rows((), REASONS)) if has_reasons else (),
        largest=tuple(
            LargestCustomer(customer_id, records, tuple(names))
            for customer_id, records, names in tables.rows(
                LINKED_TABLES, LINKED + LARGEST_CUSTOMERS, {"largest": LARGEST}
            )
        ),
    )
