"""The tables that say what is known of records, and who may be another customer than at the last look at them.

Who brings such a table up to date notes which records' rows changed (adapters/changed_records). Customers who have one
of these records, or had it, are suspects; so are those of whom a moment has come since, and those of whom something is
another that has no notes: the critical rules that fail, and pins. Of nobody else anything has changed. Where a table
has no notes, or not the rows it was left with, anybody is a suspect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb

from dq_pipeline.adapters.changed_records import changed_since, last_note, noted_as
from dq_pipeline.adapters.pins import ANCHORS
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, row_count, table_exists
from dq_pipeline.domain.extracts import ROW_ORIGIN

RECORD_TABLES = (
    *("golden.crosswalk", "staging.customers", "staging.contact_points", "staging.consents"),
    *("staging.interactions", "staging.transactions"),
)
# One row for each open failure: (record_key, content), the latter a hash.
_FAILURES = """
select f.record_key, hash('failing', f.rule_id, f.table_name, f.column_name, r.columns) as content
from quality.failing_rows as f join quality.rules as r using (rule_id)
where f.fixed_at is null and r.severity = 'critical'
"""
_NO_FAILURES = "select null::varchar as record_key, null::ubigint as content where false"
_PINS = f"select customer_id, hash('pin', number) as content from ({ANCHORS})"
_NO_PINS = "select null::varchar as customer_id, null::ubigint as content where false"

_UNNOTED = """
create or replace temp table unnoted_now as
select customer_id, sum(content) as unnoted from (
    select customer_id, content from ({failures}) join golden.crosswalk using (record_key) union all ({pins})
) group by customer_id
"""
_SUSPECTS = """
create or replace temp table suspects as
with records as ({records})
select customer_id from golden.crosswalk where record_key in (from records)
union select customer_id from golden.memberships where record_key in (from records)
union select customer_id from ({pins})
union select coalesce(now.customer_id, known.customer_id) from temp.unnoted_now as now
    full join (from golden.customer_inputs where unnoted is not null and not is_gone) as known using (customer_id)
    where now.unnoted is distinct from known.unnoted
"""


@dataclass(frozen=True)
class RecordTable:
    """A table of RECORD_TABLES that is there; `moments`: those of its columns that are dates or times."""

    table: str
    columns: tuple[str, ...]
    moments: tuple[str, ...]


@dataclass(frozen=True)
class Inputs:
    """All that is known of customers. `ends`: when the day of the run does; what is dated later is still to come."""

    tables: tuple[RecordTable, ...]
    ends: str | None
    failures: str
    pins: str

    def contents(self) -> Iterator[str]:
        """SELECTs of (record, content), hashes, one row for each that says something about a record."""
        for found in self.tables:
            parts = [quote_literal(found.table), *map(quote_identifier, found.columns)]
            if self.ends:
                ends = f"timestamp {quote_literal(self.ends)}"
                parts += [f"{quote_identifier(name)} < {ends}" for name in found.moments]
            yield f"select hash(record_key) as record, hash({', '.join(parts)}) as content from {found.table}"
        yield f"select hash(record_key), content from ({self.failures})"

    def basis(self) -> str:
        """Names what is looked at, and how."""
        of_any_day = replace(self, ends="9999-12-31" if self.ends else None)
        return hashlib.sha256("\n".join(of_any_day.contents()).encode()).hexdigest()


def find_inputs(con: duckdb.DuckDBPyConnection) -> Inputs:
    """What there is to look at in the warehouse."""
    tables = []
    for table in RECORD_TABLES:
        # Where a row stood in its extract says nothing of the customer.
        columns = [found for found in column_schema(con, *table.split(".")) if found[0] not in ROW_ORIGIN]
        moments = tuple(name for name, kind in columns if kind.startswith(("TIMESTAMP", "DATE")))
        if columns:
            tables.append(RecordTable(table, tuple(name for name, _ in columns), moments))
    has_failures = table_exists(con, "quality", "failing_rows") and table_exists(con, "quality", "rules")
    pins = _PINS if table_exists(con, "stewardship", "pins") else _NO_PINS
    return Inputs(tuple(tables), _end_of_day(con), _FAILURES if has_failures else _NO_FAILURES, pins)


def seen(con: duckdb.DuckDBPyConnection, inputs: Inputs) -> str:
    """What golden.customer_inputs, just brought up to date, remembers of a look."""
    note = last_note(con) if _are_noted(con, inputs.tables) else "-"
    customers = row_count(con, "golden", "customer_inputs")
    return f"{inputs.basis()} {note} {customers} {inputs.ends or '-'}"


def look_at_unnoted(con: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    """Make `temp.unnoted_now (customer_id, unnoted)`: a digest of the failures and pins of all customers with any."""
    con.execute(_UNNOTED.format(failures=inputs.failures, pins=inputs.pins))


def find_suspects(con: duckdb.DuckDBPyConnection, inputs: Inputs, before: str) -> bool:
    """Make `temp.suspects (customer_id)` by what was `seen` at the last look; after `look_at_unnoted`.

    A pinned customer is always one. False, and nothing made, where anybody may have changed.
    """
    if len(before.split()) != 4:
        return False
    basis, note, customers, ended = before.split()
    known = (basis, customers) == (inputs.basis(), str(row_count(con, "golden", "customer_inputs")))
    if not known or not _are_noted(con, inputs.tables):
        return False
    changed = changed_since(con, note, [found.table for found in inputs.tables])
    if changed is None:
        return False
    records = " union ".join([changed, *(_come(inputs, ended) if ended != inputs.ends else ())])
    con.execute(_SUSPECTS.format(records=records, pins=inputs.pins))
    return True


def _are_noted(con: duckdb.DuckDBPyConnection, tables: Sequence[RecordTable]) -> bool:
    return all(noted_as(con, found.table) for found in tables)


def _come(inputs: Inputs, ended: str) -> Iterator[str]:
    """SELECTs of the records of which a moment lies between the end of the day at the last look and today's."""
    begins, ends = sorted((ended, inputs.ends or ended))
    for found in inputs.tables:
        tests = [
            f"{quote_identifier(name)} >= timestamp {quote_literal(begins)} "
            f"and {quote_identifier(name)} < timestamp {quote_literal(ends)}"
            for name in found.moments
        ]
        if tests:
            yield f"select record_key from {found.table} where {' or '.join(tests)}"


def _end_of_day(con: duckdb.DuckDBPyConnection) -> str | None:
    if not table_exists(con, "staging", "source_conventions"):
        return None
    found = con.execute(
        "select strftime(max(as_of) + interval 1 day, '%Y-%m-%dT%H:%M:%S') from staging.source_conventions"
    ).fetchall()
    ends: str | None = found[0][0]
    return ends
