"""What the commands of a steward share: who says what and why, and the warehouse open for one word of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from dq_pipeline.settings import Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.warehouse import Connection


def author_and_reason(command: Callable[..., int]) -> Callable[..., int]:
    """The two options without which nothing is decided."""
    command = click.option("--reason", required=True, help="Why.")(command)
    return click.option("--author", required=True, help="Who says so.")(command)


def utc_now() -> datetime:
    """The moment of a decision, as the ledger keeps it: UTC, whole seconds, no zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@contextmanager
def open_ledger() -> Iterator[Connection]:
    """The warehouse for writing, in one transaction and while no run is in progress.

    Raises BusyError while one is, and InputError where there is no warehouse: a mistyped DQ_HOME must not make one.
    """
    from dq_pipeline.adapters.run_lock import run_lock
    from dq_pipeline.adapters.warehouse import Warehouse

    home = Home.from_environment()
    with Warehouse(home.warehouse).connect(read_only=True):
        pass
    with run_lock(home.lock, run_id="none"), Warehouse(home.warehouse).transaction() as con:
        yield con


@contextmanager
def read_warehouse() -> Iterator[Connection]:
    """The warehouse for reading. Raises InputError where there is none, BusyError while a run writes it."""
    from dq_pipeline.adapters.warehouse import Warehouse

    with Warehouse(Home.from_environment().warehouse).connect(read_only=True) as con:
        yield con
