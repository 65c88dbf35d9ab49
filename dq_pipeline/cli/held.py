"""`dq-pipeline held`: the records held out of linkage, and a steward's word to let one in or to take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import author_and_reason, note, open_ledger, read_warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.policies.quarantine import HOLD_REASONS

if TYPE_CHECKING:
    from dq_pipeline.adapters.quarantine import Decision, HeldRecord


@click.group()
def held() -> None:
    """Show the records held back from becoming customers, release one, or hold it again."""


@held.command("list")
@click.option("--source", default="", help="Only records of this source system, for example hubspot.")
def list_held(source: str) -> int:
    """List the held records, by key, with why and since when."""
    from dq_pipeline.adapters.quarantine import held_records

    with read_warehouse() as con:
        found = held_records(con, source=source)
    away = sum(not record.takes_part for record in found)
    say(f"{number(away)} record{'' if away == 1 else 's'} held back, {number(len(found) - away)} released by a steward")
    width = max((len(printable(record.record_key)) for record in found), default=0)
    for record in found:
        key = printable(record.record_key).ljust(width)
        say(f"{key}  since {record.since:%Y-%m-%d}  {_state(record):<32}  {', '.join(record.reasons)}")
    for reason in HOLD_REASONS:
        if any(reason.reason_id in record.reasons for record in found):
            say(f"{reason.reason_id}: {reason.sentence}")
    return 0


@held.command()
@click.argument("record_key", metavar="RECORD_KEY")
@author_and_reason
def release(record_key: str, author: str, reason: str) -> int:
    """Let the held record RECORD_KEY take part from the next run on."""
    _decide(record_key, "release", author, reason)
    say(f"{printable(record_key)} takes part from the next run on.")
    return 0


@held.command()
@click.argument("record_key", metavar="RECORD_KEY")
@author_and_reason
def hold(record_key: str, author: str, reason: str) -> int:
    """Revoke the release of RECORD_KEY: from the next run on it is held again if a reason still applies to it."""
    _decide(record_key, "hold", author, reason)
    say(f"{printable(record_key)} is held again from the next run on, if a reason still applies to it.")
    return 0


def _decide(record_key: str, decision: Decision, author: str, reason: str) -> None:
    from dq_pipeline.adapters.quarantine import decide

    with open_ledger() as con:
        decide(con, record_key, decision, author=author, reason=reason, now=utc_now())
        note(con, f"held_{decision}", subject=record_key, reason=reason, author=author)


def _state(record: HeldRecord) -> str:
    """Where the record stands, and what a steward's word changes in the next run."""
    author = printable(record.author)
    if record.takes_part:
        return f"released by {author}" if record.decision == "release" else f"to be held again, {author}"
    return f"to be released, {author}" if record.decision == "release" else "held"
