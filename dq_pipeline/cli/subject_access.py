"""`dq-pipeline subject-access`: everything held on one person, for the person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dq_pipeline.cli.console import number, say
from dq_pipeline.cli.erase import open_places
from dq_pipeline.cli.steward import author_and_reason, note, open_ledger
from dq_pipeline.clock import utc_now
from dq_pipeline.domain.erasure import DEADLINE


@click.command("subject-access")
@click.argument("customer")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the answer; without, only note the request.",
)
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), help="The day the person asked (default: today).")
@author_and_reason
def subject_access(customer: str, out: Path | None, received: datetime | None, author: str, reason: str) -> int:
    """Write all that is held on CUSTOMER (an id, or a record as source:id) as JSON and HTML: personal data.

    Without --out the request is put on record, and the legal time of 30 days with it; the answer closes it.
    """
    from dq_pipeline.adapters.governance.persons import find_person
    from dq_pipeline.adapters.governance.subject_access import collect, record_access, write_answer
    from dq_pipeline.policies.retention import retention_rules

    places, now = open_places(), utc_now()
    rules = retention_rules(places.contracts.values())
    with open_ledger() as con:
        person = find_person(con, customer)
        told = collect(con, places, person, rules, now=now) if out else {}
        paths = write_answer(told, out.expanduser()) if out else ()
        asked = received or now
        name = record_access(
            con, person, author=author, reason=reason, requested_at=asked, now=now, answered=bool(paths)
        )
        action, records = "subject_access" if paths else "subject_access_requested", len(person.record_keys)
        note(con, action, subject=customer, reason=reason, author=author, request=name, records=records)
    say(f"Request {name}: {number(len(person.record_keys))} source records")
    for path in paths:
        say(f"  {path}")
    if paths:
        say("Both hold personal data: hand them to the person only, and remove them afterwards.")
    else:
        say(f"To be answered by {asked + DEADLINE:%Y-%m-%d}: call again with --out.")
    return 0
