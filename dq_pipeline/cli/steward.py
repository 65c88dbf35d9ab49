"""What the commands of a steward share: who says what and why, and the warehouse open for one word of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import actor
from dq_pipeline.clock import utc_now
from dq_pipeline.settings import Home

if TYPE_CHECKING:
    from dq_pipeline.adapters.warehouse import Connection


def author_and_reason(command: Callable[..., int]) -> Callable[..., int]:
    """The two options without which nothing is decided."""
    command = click.option("--reason", required=True, help="Why.")(command)
    return click.option("--author", required=True, help="Who says so.")(command)


@contextmanager
def open_ledger() -> Iterator[Connection]:
    """The warehouse for writing, in one transaction and while no run is in progress; the file of the decisions follows.

    Raises BusyError while one is, and InputError where there is no warehouse: a mistyped DQ_HOME must not make one.
    """
    from dq_pipeline.adapters.decision_file import keep_decisions
    from dq_pipeline.adapters.run_lock import run_lock
    from dq_pipeline.adapters.warehouse import Warehouse

    home = Home.from_environment()
    warehouse = Warehouse(home.warehouse)
    with warehouse.connect(read_only=True):
        pass
    with run_lock(home.lock, run_id="none"):
        keep_decisions(warehouse, home.decisions)
        with warehouse.transaction() as con:
            yield con
        keep_decisions(warehouse, home.decisions)


def note(con: Connection, action: str, *, subject: str, reason: str, **details: object) -> None:
    """One entry in the audit trail, by whoever acts, for what was just done in `con`. Names keys and counts only."""
    from dq_pipeline.adapters.governance.audit import record_audit

    record_audit(con, at=utc_now(), actor=actor(), action=action, subject=subject, reason=reason, details=details)


def note_unmasking(command: str, subject: str) -> None:
    """Before customers' values are shown: who looked at whose. Raises BusyError while a run is in progress.

    Where there is no warehouse there is no trail either: what is shown then is somebody's copy of a published version.
    """
    if Home.from_environment().warehouse.exists():
        with open_ledger() as con:
            note(con, "unmask", subject=subject, reason="", command=command)


@contextmanager
def read_warehouse() -> Iterator[Connection]:
    """The warehouse for reading. Raises InputError where there is none, BusyError while a run writes it."""
    from dq_pipeline.adapters.warehouse import Warehouse

    with Warehouse(Home.from_environment().warehouse).connect(read_only=True) as con:
        yield con
