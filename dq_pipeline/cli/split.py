"""`dq-pipeline split` and `merge`: a steward's word that records are of two customers, or two customers one."""

from __future__ import annotations

import click

from dq_pipeline.cli.proposal import decide, steward_options


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
def split(
    customer: str, records: tuple[str, ...], author: str, reason: str, only_preview: bool, yes: bool, values: bool
) -> int:
    """Part the named records from CUSTOMER: they are of somebody else."""
    from dq_pipeline.adapters.proposals import propose_split

    return decide(
        lambda con, _: propose_split(con, customer, records, author=author, reason=reason),
        only_preview=only_preview,
        yes=yes,
        values=values,
    )


@click.command()
@click.argument("customer")
@click.argument("other", metavar="CUSTOMER")
@steward_options
def merge(customer: str, other: str, author: str, reason: str, only_preview: bool, yes: bool, values: bool) -> int:
    """Make the two customers one."""
    from dq_pipeline.adapters.proposals import propose_merge

    return decide(
        lambda con, _: propose_merge(con, customer, other, author=author, reason=reason),
        only_preview=only_preview,
        yes=yes,
        values=values,
    )
