"""`dq-pipeline erase`: everything about one person removed, everywhere, for good."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import fail, number, printable, say
from dq_pipeline.cli.steward import author_and_reason, read_warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.errors import BlockedError, InputError
from dq_pipeline.settings import CONTRACTS, MODELS_SQL, Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.governance.persons import Person
    from dq_pipeline.adapters.governance.places import Places
    from dq_pipeline.adapters.warehouse import Connection


@click.command()
@click.argument("customer")
@click.option("--confirm", is_flag=True, help="Do it; without, only show what would be removed.")
@click.option("--wait", "days", type=click.IntRange(0, 30), default=0, metavar="DAYS", help="Carry it out then.")
@author_and_reason
def erase(customer: str, confirm: bool, days: int, author: str, reason: str) -> int:
    """Remove everything held on CUSTOMER (an id, or a record as source:id). It cannot be undone.

    A request with --wait is carried out by the first run after that many days.
    """
    places = open_places()
    with read_warehouse() as con:
        person = _show(con, places, customer)
    if not confirm:
        say("Nothing was removed. To remove it for good, add --confirm.")
        return 0
    return _carry_out(places, person, customer, days, author, reason)


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


def _carry_out(places: Places, person: Person, customer: str, days: int, author: str, reason: str) -> int:
    from dq_pipeline.adapters.governance.audit import record_audit
    from dq_pipeline.adapters.governance.erasure import carry_out
    from dq_pipeline.adapters.governance.requests import open_request
    from dq_pipeline.adapters.run_lock import run_lock

    if not (author.strip() and reason.strip()):
        raise InputError("nothing was removed", fix="give --author and --reason")
    now = utc_now()
    with run_lock(Home.from_environment().lock, run_id="erase"):
        with places.warehouse.transaction() as con:
            request = open_request(
                con,
                purpose="erasure",
                customer_ids=person.customer_ids,
                record_keys=person.record_keys,
                author=author.strip(),
                reason=reason.strip(),
                now=now,
                not_before=now + timedelta(days=days),
            )
            record_audit(
                con,
                at=now,
                actor=author.strip(),
                action="erasure_requested",
                subject=customer,
                reason=reason.strip(),
                details={"request": request.request_id, "records": len(person.record_keys), "wait_days": days},
            )
        if days:
            say(f"Request {request.request_id}: carried out by the first run after {request.not_before:%Y-%m-%d %H:%M}")
            say(f"The legal time ends on {request.due_at:%Y-%m-%d}.")
            return 0
        done = carry_out(places, request, now)
    for note in done.notes:
        fail(printable(f"To note: {note}"))
    certificates = places.governance / "certificates" / f"{request.request_id}.txt"
    say(f"Erased. Certificate: {certificates}")
    say("Figures, scores and the published version follow with the next `dq-pipeline run`.")
    return 0
