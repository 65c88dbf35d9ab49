"""`dq-pipeline explain`: why two records are, or are not, one customer."""

from __future__ import annotations

import click

from dq_pipeline.cli.console import say
from dq_pipeline.errors import InputError
from dq_pipeline.settings import Home


@click.command()
@click.argument("left", metavar="SOURCE:ID")
@click.argument("right", metavar="SOURCE:ID")
def explain(left: str, right: str) -> int:
    """Say whether two source records are one customer, and why."""
    from dq_pipeline.adapters.linkage import explain_pair
    from dq_pipeline.adapters.publish import current_version
    from dq_pipeline.adapters.warehouse import Warehouse

    for key in (left, right):
        if not all(key.partition(":")):
            raise InputError(f"{key!r} is no record key", fix="write it as source:id, for example hubspot:3422449818")
    home = Home.from_environment()
    current_version(home.published)
    published = Warehouse(home.published / "current" / "published.duckdb")
    with published.connect(read_only=True) as con:
        for line in explain_pair(con, left, right).lines():
            say(line)
    return 0
