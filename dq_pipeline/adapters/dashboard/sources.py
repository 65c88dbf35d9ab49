"""What the sources delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dashboard import Delivery, LoadedFile
from dq_pipeline.domain.scorecard import SourceFinding

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
SOURCE_FINDINGS = """
select source, check_name, problem from raw.source_findings where coalesce(problem, '') <> '' order by all
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


def read_source_findings(tables: Tables) -> tuple[SourceFinding, ...]:
    """What stands out about the newest extracts; nothing where nothing does. Counts and column names only."""
    return tuple(SourceFinding(*row) for row in tables.rows(("raw.source_findings",), SOURCE_FINDINGS))
