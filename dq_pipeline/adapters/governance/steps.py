"""The steps of an erasure. Each can be taken twice: what is gone already is not found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.decision_file import keep_decisions
from dq_pipeline.adapters.governance.audit import blank_reasons, record_audit
from dq_pipeline.adapters.governance.copies import clean_models, clean_published, drop_old_versions
from dq_pipeline.adapters.governance.delivered import clean_source_extracts
from dq_pipeline.adapters.governance.key_hashes import hash_kept_keys, key_hashes
from dq_pipeline.adapters.governance.ledger import blank_rejects, close_ledger, forget_history, keep_withdrawals
from dq_pipeline.adapters.governance.mapping import stored_lines
from dq_pipeline.adapters.governance.persons import Person, mark_person, own_values
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.removal import remove_rows
from dq_pipeline.adapters.governance.requests import close_request, write_private
from dq_pipeline.adapters.governance.rewrite import rewrite_database
from dq_pipeline.adapters.governance.stray_files import (
    files_outside,
    is_sqlite,
    scrub_sqlite,
    scrub_text,
    stray_files,
)
from dq_pipeline.adapters.governance.suppression import KEPT_KINDS, tokens_sql
from dq_pipeline.adapters.id_redirects import write_redirects
from dq_pipeline.adapters.ingest.files import source_files
from dq_pipeline.adapters.ingest.raw_tables import data_columns
from dq_pipeline.adapters.warehouse import quote_literal, table_exists
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.erasure import Request, certificate, certificate_text, is_erased_key
from dq_pipeline.errors import InputError

_Done = tuple[Mapping[str, int], tuple[str, ...]]  # counts by place, notes
_MINE = "rowid in (select row from temp.dq_person_rows where contract_id = %s)"


@contextmanager
def _marked(places: Places, request: Request, *, values: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse in one transaction, the person's rows and values marked in temporary tables."""
    ids = request.customer_ids if request.purpose == "erasure" else ()
    facts = None if request.purpose == "erasure" else request.facts
    with places.warehouse.transaction() as con:
        mark_person(con, Person(ids, request.record_keys), places.contracts, places.sql_models, facts=facts)
        if values:
            own_values(con, places.contracts)
        yield con


def _suppress(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    """Salted hashes by which later extracts are read without the person, and the fact that consent was refused."""
    kinds = KEPT_KINDS if request.purpose == "erasure" else ("version", "fact")
    with _marked(places, request, values=False) as con:
        con.execute("create or replace temp table dq_tokens (kind varchar, token varchar)")
        for mine in (True, False):
            for contract in places.contracts.values():
                if table_exists(con, "raw_history", contract.id):
                    _collect_tokens(con, places, contract, kinds, mine=mine)
        places.suppressions.prepare(con)
        digests = con.execute(
            "select distinct kind, dq_digest(kind, token) from temp.dq_tokens order by all"
        ).fetchall()
        places.suppressions.add(request.request_id, digests)
        if request.purpose == "erasure" and table_exists(con, "staging", "consents"):
            con.execute("create schema if not exists governance")
            keep_withdrawals(con, request, places.suppressions)
    return {}, ()


def _collect_tokens(
    con: duckdb.DuckDBPyConnection, places: Places, contract: Contract, kinds: tuple[str, ...], *, mine: bool
) -> None:
    """The person's tokens into `dq_tokens`, or out of it those that somebody else has too; a key is always its own."""
    condition = _MINE % quote_literal(contract.id)
    lines = stored_lines(contract, data_columns(con, contract), condition=condition if mine else f"not ({condition})")
    tokens = tokens_sql(places.sql_models, contract, lines)
    if mine:
        con.execute(
            f"insert into temp.dq_tokens select distinct kind, token from ({tokens}) where list_contains(?, kind)",
            [list(kinds)],
        ).fetchall()
    else:
        con.execute(
            "delete from temp.dq_tokens where kind not in ('key', 'version', 'fact') "
            f"and (kind, token) in (select (kind, token) from ({tokens}))"
        ).fetchall()


def _clean_extracts(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    counts: dict[str, int] = {}
    notes: list[str] = []
    for contract in places.contracts.values():
        cleaned, unread = clean_source_extracts(places, contract)
        for name, lines in cleaned.items():
            counts[f"extracts/{name}"] = counts.get(f"extracts/{name}", 0) + lines
        notes += [f"could not be read and may hold the person: {text}" for text in unread]
    with places.warehouse.connect(read_only=True) as con:
        others = con.execute(
            "select distinct extracts_folder from raw.loads where extracts_folder <> ?",
            [str((places.root / "extracts").resolve())],
        ).fetchall()
    notes += [f"extracts outside the state folder are their owner's to clean: {folder}" for (folder,) in others]
    return counts, tuple(notes)


def _clean_models(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    with _marked(places, request) as con:
        return clean_models(con, places.root / "models", request.request_id, now), ()


def _clean_published(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    """What retention removes leaves the current version when the next run replaces it: nobody waits for an answer."""
    if request.purpose == "retention":
        return drop_old_versions(places.root / "published"), ()
    with _marked(places, request, values=False) as con:
        hashes = key_hashes(places.suppressions, request.record_keys)
        return clean_published(con, places.root / "published", places.governance, hashes), ()


def _clean_stray_files(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    """Files of people's own making go, or lose the keys; the orchestrator's databases are cleaned in place."""
    if request.purpose == "retention":
        return {}, ()
    known = [places.root / name for name in ("published", "models", "governance", "stewardship")]
    known += [places.warehouse.path, places.warehouse.path.with_name("warehouse.duckdb.wal"), *_extracts(places)]
    shutil.rmtree(places.root / "work", ignore_errors=True)
    with _marked(places, request) as con:
        values = [value for (value,) in con.execute(_TELLING_VALUES).fetchall()]
    counts = {}
    for path in stray_files(places.root, known, values):
        if is_sqlite(path):
            scrub_sqlite(path, values)
        else:
            path.unlink()
        counts[path.relative_to(places.root).as_posix()] = 1
    keys = [key for key in request.record_keys if not is_erased_key(key)]
    for path in files_outside(places.root, known):
        times = 0 if is_sqlite(path) else scrub_text(path, keys)
        if times:
            counts[path.relative_to(places.root).as_posix()] = times
    return counts, ()


def _extracts(places: Places) -> Iterator[Path]:
    """The files that some source delivered; whatever else lies in the folder of extracts is a stray file."""
    for contract in places.contracts.values():
        with suppress(InputError):  # a folder that cannot be read was told of when the extracts were cleaned
            yield from source_files(places.root / "extracts", contract).files


# Values by which a file is known to speak of the person; a date or a town would be found everywhere.
_TELLING_VALUES = """
with told as (
    select unnest([name, email, phone_number, street_address, national_id]) as value from staging.customers
        where record_key in (from temp.dq_person_keys)
    union all select unnest([name, email, phone_number, street_address, national_id]) from staging.source_records
        where record_key in (from temp.dq_person_keys)
    union all select unnest([value, value_as_given]) from staging.contact_points
        where record_key in (from temp.dq_person_keys)
)
select distinct value from told where length(value) >= 7 and value in (from temp.dq_person_values) order by value
"""


def _clean_warehouse(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    """Everything in one transaction: a kill leaves the warehouse as it was. The file of decisions follows."""
    with _marked(places, request) as con:
        counts = {"raw.rejects": blank_rejects(con), "governance.audit": blank_reasons(con)}
        if request.purpose == "erasure":
            close_ledger(con, request, now)
        else:
            counts["golden.customers_history"] = forget_history(con)
        for table, rows in remove_rows(con).items():
            counts[table] = counts.get(table, 0) + rows
        if request.purpose == "erasure":
            write_redirects(con)
            hash_kept_keys(con, key_hashes(places.suppressions, request.record_keys))
    keep_decisions(places.warehouse, places.root / "stewardship" / "decisions.jsonl")
    return {table: rows for table, rows in counts.items() if rows}, ()


def _rewrite(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    rewrite_database(places.warehouse.path)
    shutil.rmtree(places.root / "work", ignore_errors=True)
    return {}, ()


def _certify(places: Places, request: Request, now: datetime, actor: str) -> _Done:
    told = certificate(request, completed_at=now)
    folder = places.governance / "certificates"
    write_private(folder / f"{request.request_id}.json", json.dumps(told, indent=2) + "\n")
    write_private(folder / f"{request.request_id}.txt", certificate_text(told))
    with places.warehouse.transaction() as con:
        if close_request(con, request, event="completed", now=now):
            if request.purpose == "erasure":
                hash_kept_keys(con, key_hashes(places.suppressions, request.record_keys))
            record_audit(
                con,
                at=now,
                actor=actor,
                action=f"{request.purpose}_completed",
                subject=request.subject,
                reason=request.reason,
                details={
                    "request": request.request_id,
                    "author": request.author,
                    "records": len(request.record_keys),
                    "removed": told["removed"],
                },
            )
    return {}, ()


# By the names of domain.erasure.STEPS.
STEP_FUNCTIONS: Mapping[str, Callable[[Places, Request, datetime, str], _Done]] = {
    "suppressed": _suppress,
    "extracts": _clean_extracts,
    "models": _clean_models,
    "published": _clean_published,
    "stray_files": _clean_stray_files,
    "warehouse": _clean_warehouse,
    "rewritten": _rewrite,
    "certified": _certify,
}
