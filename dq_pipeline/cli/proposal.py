"""What `pin`, `unpin`, `split` and `merge` share: show what would change, ask, save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from dq_pipeline.cli.changes import change_lines
from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import author_and_reason, note, note_unmasking, open_ledger, read_warehouse
from dq_pipeline.clock import utc_now

if TYPE_CHECKING:
    from dq_pipeline.adapters.preview import Duplicates, Preview
    from dq_pipeline.adapters.proposals import Proposal, Propose


@dataclass(frozen=True)
class Said:
    """The options of `pin`, `unpin`, `split` and `merge`: whose word it is, why, and how it is to be taken."""

    author: str
    reason: str
    only_preview: bool
    yes: bool
    values: bool


def steward_options(command: Callable[..., int]) -> Callable[..., int]:
    """--author, --reason, --preview, --yes and --values; the command gets them as one argument, `said`."""
    names = [field.name for field in fields(Said)]

    @wraps(command)
    def taking_one(**options: Any) -> int:
        said = Said(**{name: options.pop(name) for name in names})
        return command(said=said, **options)

    decorated: Callable[..., int] = taking_one
    for option in (
        click.option("--values", is_flag=True, help="Show customers' values: personal data."),
        click.option("--yes", is_flag=True, help="Save without asking."),
        click.option("--preview", "only_preview", is_flag=True, help="Only show what would change."),
    ):
        decorated = option(decorated)
    return author_and_reason(decorated)


def decide(propose: Propose, said: Said) -> int:
    """Show what the proposal would change and, if the steward agrees, add it to the ledger."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.preview import preview
    from dq_pipeline.adapters.proposals import save
    from dq_pipeline.defs.project import project_models
    from dq_pipeline.policies.survivorship import POLICY
    from dq_pipeline.settings import CONTRACTS

    models = project_models(load_contracts(CONTRACTS))
    with read_warehouse() as con:
        proposal = propose(con, utc_now())
        found = preview(con, proposal, POLICY, models, now=utc_now())
    command = click.get_current_context().info_name or "decide"
    if said.values:
        note_unmasking(command, ", ".join(proposal.customers), reason=said.reason)
    for line in preview_lines(proposal, found, values=said.values):
        say(printable(line))
    if said.only_preview or not (said.yes or click.confirm("Save?")):
        say("Nothing was saved.")
        return 0
    with open_ledger() as con:
        now = utc_now()
        proposal = propose(con, now)
        numbers = save(con, proposal, decided_at=now)
        about = ", ".join(proposal.customers)
        note(con, command, subject=about, reason=proposal.reason, author=proposal.author, decisions=numbers)
    told = ", ".join(map(str, numbers))
    say(
        f"Saved as {'decision' if len(numbers) == 1 else 'decisions'} {told}, in force from the next `dq-pipeline run`."
    )
    say("To take one back: `dq-pipeline review revoke NUMBER`.")
    return 0


def preview_lines(proposal: Proposal, found: Preview, *, values: bool) -> Iterator[str]:
    """The preview in sentences: decisions, golden rows, consents, duplicates; keys and rules unless `values`."""
    yield f"{', '.join(proposal.customers)}: {_counted(proposal)}"
    for remark in proposal.notes:
        yield f"  note: {remark}"
    if not found.changes:
        yield "  no golden row would change"
    for change in found.changes:
        is_new = change.customer_id in found.minted
        name = "a new customer" if is_new else change.customer_id
        heirs = ["a new customer" if heir in found.minted else heir for heir in change.heirs]
        records = found.records[change.customer_id]
        yield f"  {change.operation} {name}" + (f": records {', '.join(records)}" if records else "")
        if heirs:
            yield f"    to {', '.join(heirs)}"
        yield from change_lines(change, found.winners, values=values)
    for consent in found.consents:
        name = "a new customer" if consent.customer_id in found.minted else consent.customer_id
        yield f"  consent of {name}, {consent.purpose}: {consent.before or 'none'} -> {consent.after or 'none'}"
    yield from map(_duplicates, found.duplicates)


def _counted(proposal: Proposal) -> str:
    kinds = [decision.kind for decision in proposal.decisions]
    parts = [f"{number(kinds.count(kind))} x {kind}" for kind in dict.fromkeys(kinds)]
    parts += [f"takes back {', '.join(map(str, proposal.revokes))}"] if proposal.revokes else []
    return f"{'; '.join(parts)}. Where nothing else changes, the next run would make of it:"


def _duplicates(found: Duplicates) -> str:
    now, then = (100 * count / found.records for count in (found.before, found.after))
    return (
        f"  duplicates in {found.source_system}: {number(found.before)} -> {number(found.after)} of "
        f"{number(found.records)} records, {now:.2f} % -> {then:.2f} %"
    )


def as_date(_context: Any, _parameter: Any, value: datetime | None) -> Any:
    """A click callback: the day of a moment."""
    return value.date() if value else None
