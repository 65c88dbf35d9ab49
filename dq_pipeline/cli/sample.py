"""`dq-pipeline sample`: extracts of an invented world, with known truth."""

from __future__ import annotations

from pathlib import Path

import click

from dq_pipeline.cli.console import number, say
from dq_pipeline.errors import InputError
from dq_pipeline.settings import Home

# From here on it takes long enough for a person to want to see it move.
SLOW = 100_000


@click.command()
@click.option("--records", type=click.IntRange(100, 10_000_000), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write (default: DQ_HOME/extracts).")
@click.option("--if-absent", is_flag=True, help="Do nothing when the folder already holds extracts.")
def sample(records: int, seed: int, out: Path | None, if_absent: bool) -> int:
    """Write extracts of five CRM systems, interactions and transactions, and truth.csv beside them."""
    home = Home.from_environment()
    folder = (out or home.extracts).expanduser().resolve()
    if folder.is_dir() and any(folder.iterdir()):
        if if_absent:
            return 0
        raise InputError(
            "the folder is not empty; sample extracts are not mixed with others",
            where=str(folder),
            fix="name another folder with --out, or empty this one",
        )
    from dq_pipeline.sample import write_sample

    home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    summary = write_sample(folder, records=records, seed=seed, progress=_tell if records >= SLOW else None)
    say(f"Sample: {number(summary.records)} records of {number(summary.customers)} customers in {folder}")
    return 0


def _tell(done: int, total: int, what: str) -> None:
    say(f"  {done}/{total} {what}")
