"""All that is held on one person, for the person: as the sources delivered it, and what was made of it.

The right of access and to data portability (GDPR articles 15 and 20): JSON for machines, HTML for people. What counts
as the person's is what an erasure would remove, by the same conditions, so that the two cannot differ.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from dq_pipeline.adapters.governance.persons import Person, mark_person
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.removal import person_conditions
from dq_pipeline.adapters.governance.retention import keep_until
from dq_pipeline.adapters.ingest.raw_tables import data_columns
from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.domain.erasure import DEADLINE
from dq_pipeline.domain.retention import RetentionRule
from dq_pipeline.errors import InputError

TEMPLATE = Path(__file__).parent / "subject_access.html.j2"
_TABLE = """
create schema if not exists governance;
create table if not exists governance.access_requests
    (number bigint, request_id varchar, customer_id varchar, records bigint, requested_at timestamp,
     completed_at timestamp, due_at timestamp, author varchar, reason varchar)
"""
# Told in sections of their own, or no more than how the same data is indexed.
_TOLD_APART = ("golden.customers", "golden.consents", "staging.interactions", "staging.transactions")
# Comparisons with records of other people name these.
_OF_OTHERS = ("linkage.pairs", "linkage.review", "linkage.joins", "linkage.anchors", "quality.review_backlog")
_ORIGIN = ("_file", "_line", "_current", "_delivered_at")
_PROVENANCE = """
select attribute, record_key, source_system, rule, reason from golden.attribute_provenance
where customer_id in (from temp.dq_person_keys) order by attribute
"""


def collect(
    con: duckdb.DuckDBPyConnection,
    places: Places,
    person: Person,
    rules: Sequence[RetentionRule],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Everything held on the person as plain data: what a reader asks for first, then every other table's rows."""
    mark_person(con, person, places.contracts, places.sql_models)
    tables = {table: _rows(con, table, where) for table, where in person_conditions(con).items()}
    tables = {table: rows for table, rows in tables.items() if rows}
    golden = tables.get("golden.customers", [])
    return {
        "made_at": now.isoformat(),
        "customer_ids": list(person.customer_ids),
        "record_keys": list(person.record_keys),
        "sources": [
            _source(con, places, rules, source) for source in places.contracts if f"raw_history.{source}" in tables
        ],
        "keep_until": {key: day.isoformat() for key, day in keep_until(con, rules, person.record_keys, now).items()},
        "golden": golden[0] if golden else {},
        "origin_of_golden_values": _select(con, _PROVENANCE) if golden else [],
        "consents": tables.get("golden.consent_history", []) or tables.get("staging.consents", []),
        "interactions": tables.get("staging.interactions", []),
        "transactions": tables.get("staging.transactions", []),
        "everything_else": {
            table: rows
            for table, rows in tables.items()
            if table not in (*_TOLD_APART, *_OF_OTHERS) and not table.startswith("raw_history.")
        },
    }


def _source(
    con: duckdb.DuckDBPyConnection, places: Places, rules: Sequence[RetentionRule], source: str
) -> dict[str, Any]:
    """What one source delivered, every version, with purpose, owner, recipients and how long it may be kept."""
    contract = places.contracts[source]
    rule = next((rule for rule in rules if rule.source == source), None)
    columns = ", ".join(f"h.{quote_identifier(name)}" for name in data_columns(con, contract))
    rows = _select(
        con,
        f"select {columns}, h._file, h._line, h._ended is null as _current, first.extracted_at as _delivered_at "
        f"from raw_history.{quote_identifier(source)} as h left join raw.loads as first on first.load_id = _first_seen "
        f"where h.rowid in (select row from temp.dq_person_rows where contract_id = {quote_literal(source)}) "
        "order by _file, _line",
    )
    return {
        "source": source,
        "system": contract.source_system,
        "purpose": contract.description,
        "owner": contract.owner,
        "recipients": dict(contract.roles),
        "retention": {"days": rule.days, "clock": rule.clock, "legal_basis": rule.legal_basis} if rule else {},
        "records": [_record(row) for row in rows],
    }


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    origin = {name[1:]: row[name] for name in _ORIGIN}
    values = {name: value for name, value in row.items() if name not in _ORIGIN and value not in (None, "")}
    return {**origin, "values": values}


def _rows(con: duckdb.DuckDBPyConnection, table: str, where: str) -> list[dict[str, Any]]:
    path = ".".join(map(quote_identifier, table.split(".", 1)))
    return _select(con, f"select * from {path} where {where}")


def _select(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = con.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def write_answer(told: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """`subject-access.json` and `.html` in the folder, for their user only. Raises InputError for existing ones."""
    from jinja2 import Environment

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        TEMPLATE.read_text(encoding="utf-8")
    )
    plain = json.loads(json.dumps(told, default=str))
    texts = {
        folder / "subject-access.json": json.dumps(plain, indent=2, ensure_ascii=False) + "\n",
        folder / "subject-access.html": template.render(told=plain),
    }
    there = tuple(path.name for path in texts if path.exists())
    if there:
        raise InputError("the answer is there already", where=str(folder), problems=there, fix="name another folder")
    for path, text in texts.items():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    json_path, html_path = texts
    return json_path, html_path


def record_access(
    con: duckdb.DuckDBPyConnection,
    person: Person,
    *,
    author: str,
    reason: str,
    requested_at: datetime,
    now: datetime,
    answered: bool,
) -> str:
    """Put on record that a person asked, or was answered; returns the number of the request.

    An answer closes the person's oldest open request, the clock of which began when it was made.
    """
    con.execute(_TABLE)
    customer = person.customer_ids[0] if person.customer_ids else person.record_keys[0]
    waiting = con.execute(
        "select request_id from governance.access_requests where customer_id = ? and completed_at is null "
        "order by number limit 1",
        [customer],
    ).fetchall()
    if waiting and answered:
        name = str(waiting[0][0])
        con.execute(
            "update governance.access_requests set completed_at = ?, records = ? where request_id = ?",
            [now, len(person.record_keys), name],
        ).fetchall()
    else:
        name = _add_request(
            con, customer, len(person.record_keys), requested_at, now if answered else None, author, reason
        )
    return name


def _add_request(
    con: duckdb.DuckDBPyConnection,
    customer: str,
    records: int,
    requested_at: datetime,
    completed_at: datetime | None,
    author: str,
    reason: str,
) -> str:
    number = con.execute("select count(*) + 1 from governance.access_requests").fetchall()[0][0]
    name = f"A{number:06d}"
    con.execute(
        "insert into governance.access_requests values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*(number, name, customer, records, requested_at, completed_at, requested_at + DEADLINE), *(author, reason)],
    ).fetchall()
    return name
