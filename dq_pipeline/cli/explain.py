"""`dq-pipeline explain`: why two records are, or are not, one customer; or what made a customer what it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import printable, say
from dq_pipeline.cli.steward import note_unmasking, values_option
from dq_pipeline.errors import BusyError, InputError
from dq_pipeline.settings import Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.linkage.explain import LookAgain
    from dq_pipeline.adapters.warehouse import Connection
    from dq_pipeline.domain.explanation import Meeting, PairExplanation


@click.command()
@click.argument("left", metavar="SOURCE:ID", default="")
@click.argument("right", metavar="SOURCE:ID", default="")
@click.option("--customer", metavar="ID", default="", help="Explain a golden customer instead of two records.")
@click.option(
    "--html",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write Splink's waterfall chart, as one page that works offline.",
)
@values_option("Show what was compared, or the customer's values: personal data.")
def explain(left: str, right: str, customer: str, html: Path | None, values: bool, reason: str) -> int:
    """Say whether two source records are one customer, and why; with --customer, where each of its values is from."""
    if customer:
        if left or html:
            raise click.UsageError("--customer goes with neither record keys nor --html")
        return _explain_customer(customer, values, reason)
    if not right:
        raise click.UsageError("Missing argument 'SOURCE:ID': name two records, or --customer ID")
    for key in (left, right):
        if not all(key.partition(":")):
            raise InputError(f"{key!r} is no record key", fix="write it as source:id, for example hubspot:3422449818")
    return _explain_pair(left, right, html, values, reason)


def _explain_pair(left: str, right: str, html: Path | None, values: bool, reason: str) -> int:
    from dq_pipeline.adapters.linkage.explain import explain_pair

    home = Home.from_environment()
    with _database(home) as (con, is_warehouse):
        explanation = explain_pair(con, left, right, look_again=_look_again(home) if is_warehouse else None)
        compared = _compared(con, explanation) if values else {}
    if values:
        note_unmasking("explain", f"{explanation.left_key}, {explanation.right_key}", reason=reason)
    for line in explanation.lines():
        say(printable(line))
    for comparison, (one, other) in compared.items():
        if one or other:
            say(printable(f"  {comparison}: {one or '(nothing)'} | {other or '(nothing)'}"))
    if html:
        from dq_pipeline.adapters.linkage.waterfall import waterfall_page

        _write(html, waterfall_page(explanation, compared))
        say(f"Chart written to {html}, readable by you alone.")
    return 0


def _explain_customer(customer: str, values: bool, reason: str) -> int:
    from dq_pipeline.adapters.customer_explanation import explain_customer

    with _database(Home.from_environment()) as (con, _):
        lines = list(explain_customer(con, customer, values=values))
    if values:
        note_unmasking("explain", customer, reason=reason)
    for line in lines:
        say(printable(line))
    return 0


@contextmanager
def _database(home: Home) -> Iterator[tuple[Connection, bool]]:
    """The warehouse, which knows more and is newer; the published version where there is none or a run writes it."""
    from dq_pipeline.adapters.publish import current_version, full_database
    from dq_pipeline.adapters.warehouse import Warehouse

    published = Warehouse(full_database(home.published))
    with ExitStack() as stack:
        try:
            if not home.warehouse.exists():
                current_version(home.published)  # says so where nothing is published either
            con, is_warehouse = stack.enter_context(Warehouse(home.warehouse).connect(read_only=True)), True
        except (BusyError, InputError):
            if not published.path.exists():
                raise
            con, is_warehouse = stack.enter_context(published.connect(read_only=True)), False
        yield con, is_warehouse


def _look_again(home: Home) -> LookAgain | None:
    """Comparing two records again with the promoted model; None where there is none."""
    from dq_pipeline.adapters.linkage.meeting import look_again
    from dq_pipeline.adapters.linkage.promotion import promoted_model
    from dq_pipeline.policies.linkage import POLICIES

    model = promoted_model(home.models)
    if model is None:
        return None

    def compare(left_key: str, right_key: str, population: str) -> Meeting:
        policy = next(policy for policy in POLICIES if policy.population == population)
        return look_again(home.warehouse, home.work, model.populations[policy.population], policy, left_key, right_key)

    return compare


def _compared(con: Connection, explanation: PairExplanation) -> dict[str, tuple[str, str]]:
    """What each comparison looked at in the two records."""
    from dq_pipeline.adapters.linkage.waterfall import compared_values
    from dq_pipeline.policies.linkage import POLICIES

    policy = next((policy for policy in POLICIES if policy.population == explanation.populations[0]), POLICIES[0])
    return compared_values(con, policy, explanation.left_key, explanation.right_key)


def _write(path: Path, page: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise InputError(f"the file cannot be written: {error.strerror}", where=str(path)) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(page)
