"""Compliance: requests and their deadlines, what is kept too long, what no policy covers, and the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.adapters.dashboard.pages.consent import SourcePurpose, read_by_source
from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import UNCLASSIFIED, DictionaryTable

# Days before a deadline from which a request is told to be pressing.
PRESSING_DAYS = 7
# Schemas that people read; the rest is how the pipeline gets there.
GOVERNED = ("staging", "quality", "golden")

# Opened by people for people; what retention removes is asked for by nobody.
ERASURES = """
select request_id, requested_at, due_at, not_before from governance.erasure_requests
where event = 'requested' and purpose = 'erasure' and request_id not in
    (select request_id from governance.erasure_requests where event <> 'requested')
order by due_at, request_id
"""
ACCESSES = """
select request_id, requested_at, due_at, null from governance.access_requests
where completed_at is null order by due_at, request_id
"""
ANSWERED = """
select 'erasure', count(*), count(*) filter (happened_at > due_at) from governance.erasure_requests
where event = 'completed' and purpose = 'erasure'
"""
ACCESSED = """
select 'access', count(*), count(*) filter (completed_at > due_at) from governance.access_requests
where completed_at is not null
"""
RETENTION = """
select source, data_class, days, counted_from, legal_basis, due, kept_on_hold, oldest from governance.retention_status
order by due - kept_on_hold desc, source, data_class
"""
HOLDS = """
select count(distinct number), count(distinct key) from (
    select number, unnest(record_keys) as key from governance.holds where decision = 'hold'
        and number not in (select releases from governance.holds where decision = 'release'))
"""
REMOVED = """
select max(removed_at), sum(rows)::bigint, count(distinct request_id)
from governance.retention_removals
"""
CHECKS = "select checked_at, entries, problems from governance.audit_checks order by checked_at desc limit 1"


@dataclass(frozen=True)
class Request:
    """A request of a person that is not answered yet. `days_left` is negative when it is late."""

    request_id: str
    kind: Literal["erasure", "access"]
    requested_at: datetime
    due_at: datetime
    waits_until: datetime | None
    days_left: int

    @property
    def state(self) -> str:
        """`late`, `pressing` or `in time`."""
        return "late" if self.days_left < 0 else "pressing" if self.days_left <= PRESSING_DAYS else "in time"


@dataclass(frozen=True)
class Kept:
    """What one retention rule finds: rows whose time is up, and how many of them a legal hold keeps."""

    source: str
    data_class: str
    days: int
    counted_from: str
    legal_basis: str
    due: int
    on_hold: int
    oldest: date | None

    @property
    def overdue(self) -> int:
        return self.due - self.on_hold


@dataclass(frozen=True)
class Consents:
    """Of one source, over all purposes: statements, grants, and grants that lack date or method."""

    source: str
    speaking: int
    granted: int
    unusable: int


@dataclass(frozen=True)
class Gap:
    """What some lack: `what` each `of_what` should have, and the names of those without."""

    what: str
    of_what: str
    names: list[str]


def pages(material: Material) -> Iterator[Page]:
    """`compliance.html`."""
    tables = material.tables
    dictionary = [table for table in material.dictionary if table.schema in GOVERNED]
    checked = tables.rows(("governance.audit_checks",), CHECKS)
    context = {
        "requests": read_requests(tables, material.now),
        "answered": [
            *tables.rows(("governance.erasure_requests",), ANSWERED),
            *tables.rows(("governance.access_requests",), ACCESSED),
        ],
        "retention": [Kept(*row) for row in tables.rows(("governance.retention_status",), RETENTION)],
        "holds": _first(tables.rows(("governance.holds",), HOLDS)),
        "removed": _first(tables.rows(("governance.retention_removals",), REMOVED)),
        "consents": [sum_consents(source, said.values()) for source, said in read_by_source(tables).items()],
        "gaps": find_gaps(dictionary, tuple(material.contracts.values())),
        "columns": sum(len(table.columns) for table in dictionary),
        "audit": _first(checked),
    }
    yield Page("compliance.html", "Compliance", "pages/compliance.html.j2", context)


def _first(rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    return rows[0] if rows else None


def read_requests(tables: Tables, now: datetime) -> list[Request]:
    """Open requests, the one due first at the top."""
    found = [("erasure", row) for row in tables.rows(("governance.erasure_requests",), ERASURES)]
    found += [("access", row) for row in tables.rows(("governance.access_requests",), ACCESSES)]
    requests = [
        Request(name, "erasure" if kind == "erasure" else "access", at, due, waits, (due.date() - now.date()).days)
        for kind, (name, at, due, waits) in found
    ]
    return sorted(requests, key=lambda request: (request.due_at, request.request_id))


def sum_consents(source: str, said: Iterable[SourcePurpose]) -> Consents:
    """All purposes of a source together."""
    rows = list(said)
    return Consents(
        source, sum(row.speaking for row in rows), sum(row.granted for row in rows), sum(row.unusable for row in rows)
    )


def find_gaps(dictionary: Sequence[DictionaryTable], contracts: Sequence[Contract]) -> list[Gap]:
    """What policies leave open, in the order of the dictionary."""
    columns = [(f"{table.name}.{column.name}", column) for table in dictionary for column in table.columns]
    undefined = [name for name, column in columns if not (column.meaning or column.made)]
    unclassified = [name for name, column in columns if column.classification == UNCLASSIFIED]
    return [
        Gap("owner", "table", [table.name for table in dictionary if not table.owner]),
        Gap("definition", "column", undefined),
        Gap("classification", "column", unclassified),
        Gap("time to be kept", "source", [contract.id for contract in contracts if contract.retention_days <= 0]),
        Gap("legal basis", "source", [contract.id for contract in contracts if not contract.retention_basis.strip()]),
    ]
