"""`dq-pipeline erase`: everything about one person removed, everywhere, for good."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import fail, number, printable, say
from dq_pipeline.cli.steward import author_and_reason, note, read_warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.errors import BlockedError, InputError
from dq_pipeline.settings import CONTRACTS, MODELS_SQL, Home, actor

if TYPE_CHECKING:
    from dq_pipeline.adapters.governance.persons import Person
    from dq_pipeline.adapters.governance.places import Places
    from dq_pipeline.adapters.warehouse import Connection
    from dq_pipeline.domain.erasure import Request


@click.command()
@click.argument("customer")
@click.option("--confirm", is_flag=True, help="Do it; without, only show what would be removed.")
@click.option("--wait", "days", type=click.IntRange(0, 30), default=0, metavar="DAYS", help="Carry it out then.")
@author_and_reason
def erase(customer: str, confirm: bool, days: int, author: str, reason: str) -> int:
    """Remove everything held on CUSTOMER (an id, or a record as source:id). It cannot be undone.

    A request with --wait is carried out by the first run after that many days. One that was cut off is completed by
    the next run, or by the same command once more.
    """
    places = open_places()
    if confirm and _finish(places, customer):
        return 0
    with read_warehouse() as con:
        person = _show(con, places, customer)
    if not confirm:
        say("Nothing was removed. To remove it for good, add --confirm.")
        return 0
    return _carry_out(places, person, days, author, reason)


def _finish(places: Places, customer: str) -> bool:
    """Complete what was cut off and what is due; whether the customer was among them."""
    from dq_pipeline.adapters.governance.erasure import finish_requests
    from dq_pipeline.adapters.run_lock import run_lock

    with read_warehouse():
        pass
    with run_lock(Home.from_environment().lock, run_id="erase"):
        done = finish_requests(places, utc_now(), actor=actor())
    for request in done:
        _tell(places, request)
    return any(customer in (*request.customer_ids, *request.record_keys) for request in done)


def open_places() -> Places:
    """Where this home keeps what it knows about people."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.governance.places import Places

    return Places(Home.from_environment().root, MODELS_SQL, load_contracts(CONTRACTS))


def _show(con: Connection, places: Places, customer: str) -> Person:
    from dq_pipeline.adapters.governance.erasure import preview_erasure
    from dq_pipeline.adapters.governance.holds import list_holds
    from dq_pipeline.adapters.governance.persons import find_person

    person = find_person(con, customer)
    holds = [hold for hold in list_holds(con) if {*person.record_keys} & {*hold.record_keys}]
    if holds:
        raise BlockedError(
            f"{customer} is on legal hold",
            problems=tuple(f"since {hold.decided_at:%Y-%m-%d}, {hold.author}: {hold.reason}" for hold in holds),
            fix="answer the request with the reason, or `dq-pipeline hold release` it first",
        )
    ids = ", ".join(person.customer_ids) or "no customer"
    say(printable(f"{ids}: {number(len(person.record_keys))} source records: {', '.join(person.record_keys)}"))
    for table, rows in preview_erasure(con, places, person).items():
        say(f"{number(rows):>10}  {table}")
    say("and what stands of it in extracts, models, published versions and files of your own in the state folder")
    return person


def _carry_out(places: Places, person: Person, days: int, author: str, reason: str) -> int:
    from dq_pipeline.adapters.governance.erasure import carry_out
    from dq_pipeline.adapters.governance.requests import open_request
    from dq_pipeline.adapters.run_lock import run_lock

    if not reason.strip():
        raise InputError("nothing was removed", fix="say why: --reason")
    now = utc_now()
    with run_lock(Home.from_environment().lock, run_id="erase"):
        with places.warehouse.transaction() as con:
            request = open_request(
                con,
                purpose="erasure",
                customer_ids=person.customer_ids,
                record_keys=person.record_keys,
                author=author,
                reason=reason.strip(),
                now=now,
                not_before=now + timedelta(days=days),
            )
            told = {"request": request.request_id, "records": len(person.record_keys), "wait_days": days}
            note(con, "erasure_requested", subject=request.subject, reason=reason, author=author, **told)
        if days:
            say(f"Request {request.request_id}: carried out by the first run after {request.not_before:%Y-%m-%d %H:%M}")
            say(f"The legal time ends on {request.due_at:%Y-%m-%d}.")
            return 0
        done = carry_out(places, request, now, actor=actor())
    _tell(places, done)
    return 0


def _tell(places: Places, done: Request) -> None:
    for remark in done.notes:
        fail(printable(f"To note: {remark}"))
    said = "Erased" if done.purpose == "erasure" else "Removed"
    say(f"{said}. Certificate: {places.governance / 'certificates' / done.request_id}.txt")
    say("Figures, scores and the published version follow with the next `dq-pipeline run`.")
