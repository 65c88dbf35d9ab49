"""`dq-pipeline review`: the queue of pairs a person should look at, and the decisions people took."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import number, printable, say
from dq_pipeline.cli.steward import author_and_reason, author_option, note, note_unmasking, open_ledger, read_warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.domain.review import Values
from dq_pipeline.domain.stewardship import Contradiction, NewDecision, Verdict
from dq_pipeline.errors import InputError

if TYPE_CHECKING:
    from dq_pipeline.adapters.review import Plan
    from dq_pipeline.adapters.stewardship import Decision
    from dq_pipeline.adapters.warehouse import Connection

_NEXT_RUN = "It takes effect with the next `dq-pipeline run`."


@click.group()
def review() -> None:
    """Decide which records are one customer: show the queue, take it to a spreadsheet and back, undo."""


@review.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many at most.")
def list_items(limit: int) -> int:
    """List what is to be decided, what would change the most customers first."""
    from dq_pipeline.adapters.review import review_items

    with read_warehouse() as con:
        items = review_items(con)
    say(f"{number(len(items))} to decide")
    for item in items[:limit]:
        weight = "" if item.match_weight is None else f"{item.match_weight:+.1f}"
        keys = "  ".join(map(printable, dict.fromkeys((item.left_key, item.right_key))))
        say(f"{item.item:>6}  {item.customers:>3} customers  {weight:>6}  {keys}: {item.reason}")
    if len(items) > limit:
        say(f"… and {number(len(items) - limit)} more: --limit, or `dq-pipeline review export FILE`")
    return 0


@review.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--values",
    type=click.Choice(["keys", "masked", "full"]),
    default="keys",
    show_default=True,
    help="What to show of the two records: nothing but their keys, values like j***@g***.com, or all.",
)
@click.option("--reason", default="", help="Why values are exported in full.")
@click.option("--limit", type=click.IntRange(min=1), help="How many at most.")
@click.option("--excel", is_flag=True, help="Begin the file with the mark by which Excel knows UTF-8.")
def export(file: Path, values: Values, reason: str, limit: int | None, excel: bool) -> int:
    """Write the queue to FILE as CSV, with a column for the decision and one for the comment."""
    from dq_pipeline.adapters.review import review_items
    from dq_pipeline.adapters.review_file import write_review_file

    if values == "full":
        note_unmasking("review export", "review queue", reason=reason)
    with read_warehouse() as con:
        items = review_items(con, values=values, limit=limit)
    written = write_review_file(file, (item.cells() for item in items), values=values, byte_order_mark=excel)
    say(f"{number(written)} to decide, written to {file}, readable by you alone.")
    if values == "full":
        say("It holds personal data: delete it when it is imported.")
    return 0


@review.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@author_option
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
def import_file(file: Path, author: str, dry_run: bool) -> int:
    """Record the decisions of FILE: same, different or unsure, each with a comment. All of them, or none."""
    from dq_pipeline.adapters.review import known_decisions, plan
    from dq_pipeline.adapters.review_file import read_review_file

    answers = read_review_file(file, author=author)
    opened: AbstractContextManager[Connection] = read_warehouse() if dry_run else open_ledger()
    with opened as con:
        planned = plan(con, known_decisions(con, answers, where=str(file)))
        numbers = [] if dry_run else _record(con, planned)
        if numbers:
            note(con, "decide", subject="decisions" + _range(numbers), reason="review import", author=author)
    verdicts = [decision.kind for decision in planned.decisions]
    done = "would be recorded" if dry_run else "recorded" + _range(numbers)
    say(f"{_count(verdicts)} {done}: {verdicts.count('same')} same, {verdicts.count('different')} different.")
    say(
        f"Of the other rows {number(answers.empty)} are empty, {number(answers.unsure)} unsure, "
        f"{number(planned.repeated)} decided so already, {number(answers.repeated)} repeat another row."
    )
    _warn(planned)
    if numbers:
        say(_NEXT_RUN)
    return 0


@review.command()
@click.argument("left", metavar="SOURCE:ID")
@click.argument("right", metavar="SOURCE:ID")
@click.argument("verdict", type=click.Choice(["same", "different"]))
@author_and_reason
def decide(left: str, right: str, verdict: Verdict, author: str, reason: str) -> int:
    """Record that two source records are the same customer, or different ones."""
    from dq_pipeline.adapters.review import plan

    with open_ledger() as con:
        planned = plan(con, [NewDecision(verdict, left, right, author=author, reason=reason)])
        if planned.repeated:
            raise InputError(f"the two are decided to be {verdict} already", fix="`dq-pipeline review decisions`")
        (decided,) = _record(con, planned)
        note(con, "decide", subject=f"decision {decided}", reason=reason, author=author, verdict=verdict)
    say(f"Decision {decided} recorded. {_NEXT_RUN}")
    _warn(planned)
    return 0


@review.command()
@click.option("--all", "everything", is_flag=True, help="Also what was revoked or superseded.")
@click.option("--record", default="", metavar="SOURCE:ID", help="Only decisions about this record.")
def decisions(everything: bool, record: str) -> int:
    """List the decisions in force, by number: who, when, why. Values that are pinned are not shown."""
    from dq_pipeline.adapters.stewardship import decisions as all_decisions
    from dq_pipeline.adapters.stewardship import pair_decisions
    from dq_pipeline.domain.stewardship import contradictions

    with read_warehouse() as con:
        found = all_decisions(con)
        broken = contradictions(pair_decisions(con))
    standing = sum(decision.in_force and decision.kind != "revoke" for decision in found)
    say(f"{number(standing)} in force, {number(len(found))} ever recorded")
    for decision in found:
        shown = everything or (decision.in_force and decision.kind != "revoke")
        if shown and record in ("", decision.left_key, decision.right_key):
            say(_line(decision))
    for contradiction in broken:
        say(_sentence(contradiction))
    return 0


@review.command()
@click.argument("decision", metavar="NUMBER", type=int)
@author_and_reason
def revoke(decision: int, author: str, reason: str) -> int:
    """Take back decision NUMBER; revoking a revocation brings the decision back."""
    from dq_pipeline.adapters.stewardship import revoke as take_back

    with open_ledger() as con:
        said = take_back(con, decision, author=author, reason=reason, decided_at=utc_now())
        note(con, "revoke", subject=f"decision {decision}", reason=reason, author=author, decision=said)
    say(f"Decision {decision} is revoked, by {said}. {_NEXT_RUN}")
    return 0


def _record(con: Connection, planned: Plan) -> list[int]:
    from dq_pipeline.adapters.stewardship import record_decisions

    return record_decisions(con, planned.decisions, decided_at=utc_now())


def _range(numbers: list[int]) -> str:
    if not numbers:
        return ""
    return f" as number {numbers[0]}" + (f" to {numbers[-1]}" if len(numbers) > 1 else "")


def _count(verdicts: Sequence[str]) -> str:
    return f"{number(len(verdicts))} decision{'' if len(verdicts) == 1 else 's'}"


def _warn(planned: Plan) -> None:
    """What the steward may not have meant; the decisions stand all the same."""
    if planned.replaced:
        say(f"They change what was decided before: {', '.join(map(str, planned.replaced))}.")
    for contradiction in planned.contradictions:
        say(_sentence(contradiction))


def _sentence(contradiction: Contradiction) -> str:
    chain = " = ".join(map(printable, contradiction.records))
    ends = (contradiction.different.left_key, contradiction.different.right_key)
    return (
        f"Contradiction: {chain}, but {' ≠ '.join(map(printable, ends))}, by decisions "
        f"{', '.join(map(str, contradiction.numbers))}. Revoke one; until then these records are held for review."
    )


def _line(decision: Decision) -> str:
    keys = "  ".join(printable(key) for key in (decision.left_key, decision.right_key) if key)
    about = f" {decision.revokes}" if decision.revokes else f" {decision.attribute}" if decision.attribute else ""
    until = f" until {decision.expires_on}" if decision.expires_on else ""
    ended = (
        f"  [revoked by {decision.revoked_by}]"
        if decision.revoked_by
        else f"  [superseded by {decision.superseded_by}]"
        if decision.superseded_by
        else ""
    )
    said = f"{decision.decided_at:%Y-%m-%d} {printable(decision.author)}: {printable(decision.reason)}"
    return f"{decision.number:>6}  {decision.kind}{about}  {keys}{until}  {said}{ended}"
