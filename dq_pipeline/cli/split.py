"""`dq-pipeline split` and `merge`: a steward's word that records are of two customers, or two customers one."""

from __future__ import annotations

import click

from dq_pipeline.cli.proposal import Said, decide, steward_options


@click.command()
@click.argument("customer")
@click.option(
    "--record",
    "records",
    multiple=True,
    required=True,
    metavar="SOURCE:ID",
    help="A record that is of somebody else; may be repeated.",
)
@steward_options
def split(customer: str, records: tuple[str, ...], said: Said) -> int:
    """Part the named records from CUSTOMER: they are of somebody else."""
    from dq_pipeline.adapters.proposals import propose_split

    return decide(lambda con, _: propose_split(con, customer, records, author=said.author, reason=said.reason), said)


@click.command()
@click.argument("customer")
@click.argument("other", metavar="CUSTOMER")
@steward_options
def merge(customer: str, other: str, said: Said) -> int:
    """Make the two customers one."""
    from dq_pipeline.adapters.proposals import propose_merge

    return decide(lambda con, _: propose_merge(con, customer, other, author=said.author, reason=said.reason), said)
