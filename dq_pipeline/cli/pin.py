"""`dq-pipeline pin`, `unpin` and `pins`: a steward's value for a customer, above what the sources say."""

from __future__ import annotations

from datetime import date

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.proposal import Said, as_date, decide, steward_options
from dq_pipeline.cli.steward import read_warehouse


@click.command()
@click.argument("customer")
@click.argument("attribute")
@click.argument("value")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), callback=as_date, metavar="DATE", help="The last day it counts."
)
@steward_options
def pin(customer: str, attribute: str, value: str, expires: date | None, said: Said) -> int:
    """Give CUSTOMER the VALUE for ATTRIBUTE, whatever its sources say.

    The pin is anchored on one of the customer's records and follows it through reloads, merges and splits.
    """
    from dq_pipeline.adapters.proposals import propose_pin
    from dq_pipeline.policies.survivorship import POLICY

    return decide(
        lambda con, now: propose_pin(
            con,
            customer,
            attribute,
            value,
            attributes=POLICY.attributes,
            expires_on=expires,
            author=said.author,
            reason=said.reason,
            today=now.date(),
        ),
        said,
    )


@click.command()
@click.argument("customer")
@click.argument("attribute")
@steward_options
def unpin(customer: str, attribute: str, said: Said) -> int:
    """Take back every pin of ATTRIBUTE of CUSTOMER: the sources decide again."""
    from dq_pipeline.adapters.proposals import propose_unpin

    return decide(lambda con, _: propose_unpin(con, customer, attribute, author=said.author, reason=said.reason), said)


@click.command()
def pins() -> int:
    """List the pins in force, by number, with what the newest run made of them."""
    from dq_pipeline.adapters.pins import list_pins

    with read_warehouse() as con:
        found = list_pins(con)
    away = sum(entry.proposed_for_removal for entry in found)
    say(f"{number(len(found))} pinned, of which the sources agree with {number(away)} by now: these can go")
    for entry in found:
        until = f" until {entry.expires_on}" if entry.expires_on else ""
        state = f"{entry.status}, can go" if entry.proposed_for_removal else entry.status
        where = entry.customer_id or "no customer"
        say(
            printable(
                f"{entry.number:>6}  {where}  {entry.attribute} on {entry.record_key}{until}  {state}  "
                f"{entry.author} on {entry.decided_at:%Y-%m-%d}: {entry.reason}"
            )
        )
    return 0
