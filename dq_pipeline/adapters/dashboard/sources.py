"""What the sources delivered, and what they say about consent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dashboard import ConsentPurpose, Delivery, LoadedFile

FILES_SHOWN = 5

LOADS = """
select source, count(*) filter (where status = 'loaded'), sum(lines)::bigint, sum(loaded)::bigint,
    sum(rejected)::bigint, max(finished_at) filter (where status = 'loaded'),
    max(finished_at) filter (where status <> 'loaded'),
    max(coalesce(extracted_at, finished_at)) filter (where status = 'loaded')
from raw.loads group by all order by all
"""
LATEST_FILES = """
select source, file, lines, loaded, rejected, finished_at from raw.loads
where status = 'loaded'
qualify row_number() over (partition by source order by finished_at desc, file) <= $shown
order by source, finished_at desc, file
"""
CONSENTS = """
select purpose,
    count(*) filter (where status = 'granted'), count(*) filter (where status = 'denied'),
    count(*) filter (where status = 'withdrawn'),
    count(*) filter (where status is null or status not in ('granted', 'denied', 'withdrawn')),
    count(distinct record_key),
    count(*) filter (where status = 'granted' and (given_at is null or coalesce(trim(method), '') = ''))
from staging.consents group by all order by all
"""
# A refusal in any system holds for the whole customer until a person decides otherwise: the safe reading.
CONTACTABLE = """
with said as (
    select x.customer_id, c.purpose,
        bool_or(c.status = 'granted') as granted,
        bool_or(c.status in ('denied', 'withdrawn')) as refused,
        bool_or(c.status = 'granted' and c.given_at is not null and coalesce(trim(c.method), '') <> '') as proven
    from staging.consents c join golden.crosswalk x using (record_key)
    where x.customer_id is not null
    group by all
),
reachable as (
    select distinct x.customer_id, p.channel
    from staging.contact_points p join golden.crosswalk x using (record_key)
    where p.status = 'valid'
),
channel(purpose, channel) as (
    values ('marketing_email', 'email'), ('marketing_sms', 'phone'), ('marketing_phone', 'phone')
)
select s.purpose, count(*) filter (where s.proven and not s.refused and r.customer_id is not null),
    count(*) filter (where s.granted and s.refused), any_value(c.channel) is not null
from said s
left join channel c using (purpose)
left join reachable r on r.customer_id = s.customer_id and r.channel = c.channel
group by s.purpose
"""


def read_deliveries(tables: Tables, contracts: Mapping[str, Contract], published_at: datetime) -> tuple[Delivery, ...]:
    """One row for each contract, delivered or not, and for each source that was loaded without one."""
    loads = {row[0]: row[1:] for row in tables.rows(("raw.loads",), LOADS)}
    latest: dict[str, list[LoadedFile]] = defaultdict(list)
    for source, *file in tables.rows(("raw.loads",), LATEST_FILES, {"shown": FILES_SHOWN}):
        latest[source].append(LoadedFile(*file))
    records: dict[str, int] = {}
    if tables.has_column("staging.customers", "contract_id"):
        records = dict(tables.rows((), "select contract_id, count(*) from staging.customers group by all"))
    deliveries = []
    for source in [*contracts, *sorted(loads.keys() - contracts.keys())]:
        contract = contracts.get(source)
        nothing = (0, 0, 0, 0, None, None, None)
        files, lines, loaded, rejected, last, refused, extracted = loads.get(source, nothing)
        deliveries.append(
            Delivery(
                contract_id=source,
                source_system=contract.source_system if contract else source,
                owner=contract.owner if contract else "",
                files=files,
                lines=lines or 0,
                loaded=loaded or 0,
                rejected=rejected or 0,
                records=records.get(source, 0) if contract and contract.kind == "customers" else None,
                last_load=last,
                refused_at=refused,
                late=contract is not None and is_late(extracted, published_at, contract.freshness_hours),
                freshness_hours=contract.freshness_hours if contract else None,
                retention_days=contract.retention_days if contract else None,
                latest=tuple(latest[source]),
            )
        )
    return tuple(deliveries)


def is_late(newest: datetime | None, now: datetime, freshness_hours: float) -> bool:
    """Whether the newest extract is older than promised; nothing loaded is absent, not late. All times UTC."""
    return newest is not None and now - newest > timedelta(hours=freshness_hours)


def read_consents(tables: Tables) -> tuple[ConsentPurpose, ...]:
    """Consent entries by purpose, and the customers who may really be contacted."""
    records = tables.count("staging.customers")
    needs = ("staging.consents", "golden.crosswalk", "staging.contact_points")
    customers = {row[0]: row[1:] for row in tables.rows(needs, CONTACTABLE)}
    purposes = []
    for purpose, granted, denied, withdrawn, unknown, speaking, unproven in tables.rows(
        ("staging.consents",), CONSENTS
    ):
        contactable, contradicting, has_channel = customers.get(purpose, (None, None, False))
        purposes.append(
            ConsentPurpose(
                purpose=purpose or "no purpose stated",
                granted=granted,
                denied=denied,
                withdrawn=withdrawn,
                unknown=unknown,
                silent=None if records is None else max(records - speaking, 0),
                unproven=unproven,
                contactable=contactable if has_channel else None,
                contradicting=contradicting,
            )
        )
    return tuple(purposes)
