"""Erasure carried out step by step: each step can be taken twice, and one that a kill cut off is taken again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import duckdb

from dq_pipeline.adapters.governance.holds import held_keys
from dq_pipeline.adapters.governance.persons import Person, find_person, mark_person
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.removal import count_rows
from dq_pipeline.adapters.governance.requests import end_journal, journals, open_requests, read_journal, write_journal
from dq_pipeline.adapters.governance.steps import STEP_FUNCTIONS
from dq_pipeline.domain.erasure import Request
from dq_pipeline.errors import InputError


def preview_erasure(con: duckdb.DuckDBPyConnection, places: Places, person: Person) -> dict[str, int]:
    """Rows by table that an erasure of the person would remove or blank; no values. Changes nothing."""
    mark_person(con, person, places.contracts, places.sql_models)
    return count_rows(con)


def finish_requests(places: Places, now: datetime, *, actor: str) -> list[Request]:
    """Carry out what is due: begun and cut off, or past its waiting period, and not on hold. Under the run lock.

    `actor` is who runs, not who asked. Returns the requests completed. Cheap where there is none.
    """
    waiting = {request.request_id: request for request in journals(places.governance)}
    on_hold: set[str] = set()
    if places.warehouse.path.exists():
        with places.warehouse.connect(read_only=True) as con:
            on_hold = held_keys(con)
            for request in open_requests(con):
                waiting.setdefault(request.request_id, read_journal(places.governance, request))
    due = [_of_today(places, request) for request in waiting.values() if request.begun or request.not_before <= now]
    return [
        carry_out(places, each, now, actor=actor) for each in due if each.begun or not on_hold & {*each.record_keys}
    ]


def _of_today(places: Places, request: Request) -> Request:
    """While a request waited the customer may have got another record, or been merged: all of it is meant."""
    if request.begun or request.purpose != "erasure" or not places.warehouse.path.exists():
        return request
    with places.warehouse.connect(read_only=True) as con:
        try:
            person = find_person(con, (*request.customer_ids, *request.record_keys)[0])
        except InputError:  # its records are gone from the sources; what is left of them goes all the same
            return request
    return replace(
        request,
        customer_ids=tuple(dict.fromkeys([*request.customer_ids, *person.customer_ids])),
        record_keys=tuple(dict.fromkeys([*request.record_keys, *person.record_keys])),
    )


def carry_out(places: Places, request: Request, now: datetime, *, actor: str) -> Request:
    """Take the steps that are left, each put down in the journal when it is done. Under the run lock."""
    for step in request.steps_left:
        request = request.before(step)
        write_journal(places.governance, request)
        counts, notes = STEP_FUNCTIONS[step](places, request, now, actor)
        request = request.after(step, counts, notes)
        write_journal(places.governance, request)
    end_journal(places.governance, request)
    return request
