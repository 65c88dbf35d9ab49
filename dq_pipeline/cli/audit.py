"""`dq-pipeline audit`: who did what, and whether the trail still is as it was written."""

from __future__ import annotations

import click

from dq_pipeline.cli.console import fail, number, printable, say
from dq_pipeline.cli.steward import read_warehouse

_SHOWN = 200  # characters of an entry's details; the table has them all


@click.group()
def audit() -> None:
    """The trail of who did what, when and why."""


@audit.command("list")
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="How many of the newest.")
def list_entries(last: int) -> int:
    """Show the newest entries, the oldest of them first."""
    from dq_pipeline.adapters.governance.audit import audit_entries

    with read_warehouse() as con:
        entries = audit_entries(con, newest=last)
    for entry in entries:
        told = f"{entry.number:>6}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor}  {entry.action}  {entry.subject}"
        details = entry.details if len(entry.details) <= _SHOWN else f"{entry.details[:_SHOWN]}…"
        say(printable(f"{told}  {details}" + (f": {entry.reason}" if entry.reason else "")))
    return 0


@audit.command()
def verify() -> int:
    """Find every entry that was changed, removed, added or moved. Exit code 1 when there is one."""
    from dq_pipeline.adapters.governance.audit import audit_entries, verify_audit

    with read_warehouse() as con:
        entries, problems = audit_entries(con), verify_audit(con)
    for problem in problems:
        fail(f"  - entry {problem.number}: {problem.text}")
    said = "the chain holds" if not problems else f"{number(len(problems))} problems"
    say(f"{number(len(entries))} entries, {said}")
    return 1 if problems else 0
