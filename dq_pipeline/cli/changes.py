"""`dq-pipeline changes`: what became of the golden customers since somebody last looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import note_unmasking, read_warehouse, values_option

if TYPE_CHECKING:
    from dq_pipeline.adapters.customer_history import Change

_WORDS = {"insert": "new", "update": "changed", "split": "split", "merge": "merged", "delete": "gone"}


@click.command()
@click.option(
    "--since", required=True, metavar="RUN|DATE", help="A run id, a published version, or a day or moment (UTC)."
)
@values_option("Show values before and after: personal data.")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="How many to list at most.")
def changes(since: str, values: bool, reason: str, limit: int) -> int:
    """List the customers that are new, changed, merged, split or gone since a run or a date, in order.

    The same, with every value, is published for stewards as data_steward/changes.parquet.
    """
    from dq_pipeline.adapters.customer_history import changes_behind, count_changes, position_of

    with read_warehouse() as con:
        position = position_of(con, since)
        counts = count_changes(con, position)
        found = changes_behind(con, position, limit=limit)
    if values:
        note_unmasking("changes", f"changes behind {position}", reason=reason)
    told = ", ".join(f"{number(counts[operation])} {word}" for operation, word in _WORDS.items() if operation in counts)
    say(f"Since {printable(since)}: {told or 'nothing changed'}")
    for change in found:
        heirs = f" to {', '.join(change.heirs)}" if change.heirs else ""
        word = "erased" if change.is_erased else _WORDS[change.operation]
        say(f"{change.sequence:>8}  {change.changed_at:%Y-%m-%d %H:%M}  {word:<7}  {change.customer_id}{heirs}")
        for line in change_lines(change, {}, values=values):
            say(printable(f"        {line}"))
    more = sum(counts.values()) - len(found)
    if more:
        say(f"… and {number(more)} more: --limit, or changes.parquet in the published version")
    return 0


def change_lines(change: Change, winners: Mapping[tuple[str, str], tuple[str, str]], *, values: bool) -> Iterator[str]:
    """One line per attribute that changed; with its records (`winners`: now and then) and values where asked for."""
    for name in change.changed:
        before, after = winners.get((change.customer_id, name), ("", ""))
        source = f" from {before or 'no record'} -> {after or 'no record'}" if before or after else ""
        value = f" {change.before.get(name)!r} -> {change.after.get(name)!r}" if values else ""
        yield f"    {name}{source}{value}"
