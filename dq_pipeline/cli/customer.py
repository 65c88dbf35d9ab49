"""`dq-pipeline customer`: one customer with all that happened, values masked unless they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import note_unmasking, values_option
from dq_pipeline.domain.masking import mask_value
from dq_pipeline.settings import Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.customer_timeline import ContactPoint, CustomerPage, Event

# Values that say nothing of a person by themselves; where something else stands in the column, a slip perhaps, it is
# masked like every attribute not named here: the first letter of each word.
_PLAIN = {
    "party_type": r"person|organisation",
    "country": r"[A-Z]{2}",
    "status": r"active|inactive|prospect|former|deceased|deleted",
}


@click.command()
@click.argument("customer_id", metavar="ID")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Events of the timeline.")
@values_option("Show values in full: personal data on your screen.")
def customer(customer_id: str, limit: int, values: bool, reason: str) -> int:
    """Show the customer ID: profile, contact points, consent, activity and timeline, newest first.

    ID may be one that was merged or split since, or a record as SOURCE:ID. What was published last is read.
    """
    from dq_pipeline.adapters.customer_timeline import customer_page, customer_timeline, find_customer
    from dq_pipeline.adapters.publish import current_version, full_database
    from dq_pipeline.adapters.warehouse import Warehouse

    home = Home.from_environment()
    current_version(home.published)
    with Warehouse(full_database(home.published)).connect(read_only=True) as con:
        found = find_customer(con, customer_id)
        if values:
            note_unmasking("customer", ", ".join(found.customer_ids), reason=reason)
        if found.note:
            say(f"{printable(found.note)}.")
        for living in found.customer_ids:
            events, total = customer_timeline(con, living, limit=limit)
            for line in _page(customer_page(con, living), values):
                say(printable(line))
            say(f"Timeline: {number(len(events))} of {number(total)}, newest first")
            for event in events:
                say(printable(_event(event, values)))
    return 0


def _page(page: CustomerPage, values: bool) -> Iterator[str]:
    sources = len({key.partition(":")[0] for key in page.record_keys})
    yield f"Customer {page.customer_id}: {_count(len(page.record_keys), 'record')} of {_count(sources, 'source')}"
    yield f"  {', '.join(page.record_keys)}"
    for name, value in page.attributes.items():
        yield f"  {name:<18} {value if values else _masked(name, value)}"
    yield "Contact points" if page.contact_points else "No contact points"
    for point in page.contact_points:
        yield f"  {point.channel:<6} {_point(point, values)}"
    yield "Consent" if page.consents else "No consent, no refusal"
    for consent in page.consents:
        word = "may be contacted" if consent.contactable else "usable" if consent.usable else "not usable"
        method = consent.method if values else None
        evidence = ", ".join(filter(None, (consent.record_key, _day(consent.given_at), method)))
        yield f"  {consent.purpose:<20} {consent.status} ({word}): {consent.reason} [{evidence}]"
    yield from _activity(page, values)


def _point(point: ContactPoint, values: bool) -> str:
    value = point.value if values else _masked(point.channel, point.value)
    words = ["preferred"] if point.is_preferred else []
    words += [point.status, *(["shared"] if point.is_shared else []), f"of {_count(point.record_count, 'record')}"]
    if point.last_confirmed_at:
        ago = _count(point.days_since_confirmed or 0, "day")
        words.append(f"confirmed {_day(point.last_confirmed_at)}, {ago} ago ({point.decay_class})")
    return f"{value}  {', '.join(words)}"


def _activity(page: CustomerPage, values: bool) -> Iterator[str]:
    facts = page.activity
    if not facts:
        return
    if facts["last_confirmed_at"]:
        state = "inactive since" if facts["is_inactive"] else "inactive from"
        ago = _count(facts["days_since_confirmed"], "day")
        yield f"Last confirmed {_day(facts['last_confirmed_at'])}, {ago} ago ({facts['decay_class']})"
        yield (
            f"  {state} {facts['inactive_from']} by the rules of its sources" if facts["inactive_from"] else "  active"
        )
    else:
        yield "Nothing with a date confirms this customer"
    span = (
        f", {_day(facts['first_contact_at'])} to {_day(facts['last_contact_at'])}" if facts["last_contact_at"] else ""
    )
    channels = ", ".join(channel.replace("_", " ") for channel in facts["channels_used"])
    yield f"  {_count(facts['interactions'], 'interaction')}{f' by {channels}' if channels else ''}{span}"
    yield f"  {_count(facts['transactions'], 'transaction')}, {_count(facts['refunds'], 'refund')} among them"
    failures = _count(facts["open_critical_failures"], "open failure")
    yield f"  {_count(facts['open_issues'], 'open issue')}; {failures} of critical rules on its records"
    if values:
        for currency, amount in page.lifetime_values:
            yield f"  lifetime value {amount:,.2f} {currency}"


def _event(event: Event, values: bool) -> str:
    told = "; ".join(filter(None, (event.text, event.values if values else "")))
    return f"  {event.moment or 'no date':<16}  {event.kind:<12}  {event.fact_id}  {event.record_key}  {told}".rstrip()


def _masked(name: str, value: str) -> str:
    return value if re.fullmatch(_PLAIN.get(name, ""), value) else mask_value(name, value)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _count(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"
