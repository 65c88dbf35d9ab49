"""`dq-pipeline retention` and `hold`: what is kept longer than it may be, its removal, and who must not be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.erase import open_places
from dq_pipeline.cli.steward import author_and_reason, note, open_ledger, read_warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.settings import Home, actor

if TYPE_CHECKING:
    from dq_pipeline.adapters.governance.retention import Plan


@click.command()
@click.option("--apply", "apply", is_flag=True, help="Remove what is due; without, only show it.")
def retention(apply: bool) -> int:
    """Show what is kept longer than the contracts and policies/retention.py allow."""
    from dq_pipeline.adapters.governance.retention import apply_retention, plan_retention
    from dq_pipeline.adapters.run_lock import run_lock
    from dq_pipeline.policies.retention import retention_rules

    places, now = open_places(), utc_now()
    rules = retention_rules(places.contracts.values())
    if not apply:
        with read_warehouse() as con:
            _show(plan_retention(con, places, rules, now))
        say("Nothing was removed. To remove what is due, add --apply.")
        return 0
    with read_warehouse():
        pass
    with run_lock(Home.from_environment().lock, run_id="retention"):
        with places.warehouse.connect() as con:
            plan = plan_retention(con, places, rules, now)
        _show(plan)
        request = apply_retention(places, plan, actor=actor(), now=now)
    say(f"Removed; on record as {request.request_id}." if request else "Nothing is due.")
    return 0


def _show(plan: Plan) -> None:
    for due in plan.dues:
        rule, held = due.rule, f", {number(due.held)} on hold" if due.held else ""
        oldest = f", the oldest of {due.oldest}" if due.oldest and due.rows else ""
        name = f"{rule.source}.{rule.data_class}" if rule.source else rule.data_class
        along = ", or with the record" if rule.with_record else ""
        say(printable(f"{number(due.rows):>10}  {name}: {rule.days} days from {rule.clock}{along}{held}{oldest}"))


@click.group()
def hold() -> None:
    """Legal holds: who must neither be erased nor removed when its time is up."""


@hold.command()
@click.argument("customer")
@author_and_reason
def add(customer: str, author: str, reason: str) -> int:
    """Put CUSTOMER (an id, or a record as source:id) on hold."""
    from dq_pipeline.adapters.governance.holds import add_hold

    with open_ledger() as con:
        person = add_hold(con, customer, author=author, reason=reason, now=utc_now())
        note(con, "hold_added", subject=customer, reason=reason, author=author, records=len(person.record_keys))
    say(f"{number(len(person.record_keys))} source records are on hold.")
    return 0


@hold.command()
@click.argument("customer")
@author_and_reason
def release(customer: str, author: str, reason: str) -> int:
    """Release every hold on CUSTOMER."""
    from dq_pipeline.adapters.governance.holds import release_hold

    with open_ledger() as con:
        count = release_hold(con, customer, author=author, reason=reason, now=utc_now())
        note(con, "hold_released", subject=customer, reason=reason, author=author, holds=count)
    say(f"{number(count)} holds released.")
    return 0


@hold.command("list")
def list_all() -> int:
    """List the holds in force."""
    from dq_pipeline.adapters.governance.holds import list_holds

    with read_warehouse() as con:
        holds = list_holds(con)
    for entry in holds:
        records = f"{number(len(entry.record_keys))} records"
        say(
            printable(
                f"{entry.number:>6}  {entry.customer_id}  {records}  {entry.author} on {entry.decided_at:%Y-%m-%d}: "
                f"{entry.reason}"
            )
        )
    say(f"{number(len(holds))} holds in force")
    return 0
