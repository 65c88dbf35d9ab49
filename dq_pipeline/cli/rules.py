"""`dq-pipeline rules propose`: a suite for a new source, from its data, for a person to review."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import fail, number, say
from dq_pipeline.clock import utc_now
from dq_pipeline.errors import InputError
from dq_pipeline.settings import CONTRACTS, Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.propose import KnownColumn
    from dq_pipeline.domain.contract import Contract


@click.group()
def rules() -> None:
    """Work on the rules of expectations/."""


@rules.command()
@click.argument("source")
@click.option("--layer", type=click.Choice(["raw", "staging"]), default="raw", show_default=True, help="Which table.")
@click.option(
    "--share",
    type=click.FloatRange(0.5, 1.0),
    default=0.99,
    show_default=True,
    help="Least share of rows that conform.",
)
@click.option("--rows", type=click.IntRange(1), default=100, show_default=True, help="Least rows to conclude from.")
def propose(source: str, layer: str, share: float, rows: int) -> int:
    """Print a suite of rules that the data of SOURCE (a contract id) keeps, each with its evidence in `notes`.

    Nothing is switched on: save what you agree with as expectations/<layer>/<source>.json.
    """
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.propose import propose_suite
    from dq_pipeline.adapters.warehouse import Warehouse, column_schema
    from dq_pipeline.domain.column_facts import Threshold

    contracts = load_contracts(CONTRACTS)
    if source not in contracts:
        raise InputError(f"there is no contract {source!r}", fix=f"name one of {', '.join(contracts)}")
    contract = contracts[source]
    with Warehouse(Home.from_environment().warehouse).connect(read_only=True) as con:
        present = [name for name, _ in column_schema(con, layer, source)]
        proposal = propose_suite(
            con,
            f"{layer}.{source}",
            key=_key(contract, present),
            owner=contract.owner,
            known=_known_raw(contract) if layer == "raw" else _known_staging(contract, present, contracts),
            date_order=contract.date_order,
            threshold=Threshold(share, rows),
            now=utc_now(),
        )
    say(json.dumps(proposal.document, indent=2, ensure_ascii=False))
    count = len(proposal.document["expectations"])
    fail(f"{count} of {proposal.measured} rules tried hold on {number(proposal.rows)} rows; none is switched on.")
    for rule_id, why in proposal.errored.items():
        fail(f"  {rule_id} could not be run: {why}")
    fail(f"Review them, then save as expectations/{layer}/{source}.json, with examples in tests/expectations/.")
    return 0


def _key(contract: Contract, present: list[str]) -> tuple[str, ...]:
    """The contract's key where the table has it; a mapped customer table names it source_record_id."""
    return contract.key if set(contract.key) <= set(present) else ("source_record_id",)


def _known_raw(contract: Contract) -> dict[str, KnownColumn]:
    from dq_pipeline.adapters.propose import KnownColumn

    return {column.name: KnownColumn(column.classification, column.allowed_values) for column in contract.columns}


def _known_staging(contract: Contract, present: list[str], contracts: dict[str, Contract]) -> dict[str, KnownColumn]:
    """A mapped column is no more public than every raw column it comes from; what comes from none is personal."""
    from dq_pipeline.adapters.propose import KnownColumn
    from dq_pipeline.defs.project import lineage
    from dq_pipeline.domain.lineage import Column

    classes = {
        Column(f"raw.{page.id}", column.name): column.classification
        for page in contracts.values()
        for column in page.columns
    }
    found, known = lineage(), {}
    for name in present:
        column = Column(f"staging.{contract.id}", name)
        ends = [end.column for end in found.upstream(column).ends()] if column in found.columns else []
        public = bool(ends) and all(classes.get(end) == "none" for end in ends)
        known[name] = KnownColumn("none" if public else "personal")
    return known
