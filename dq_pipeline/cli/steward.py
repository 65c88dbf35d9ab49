"""What the commands of a steward share: who says what and why, and the warehouse open for one word of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dq_pipeline.clock import utc_now
from dq_pipeline.settings import Home, actor

if TYPE_CHECKING:
    from dq_pipeline.adapters.warehouse import Connection


# Whose word it is, the same at every command; the audit trail also has who typed it, which nobody can choose.
author_option = click.option(
    "--author",
    callback=lambda _context, _parameter, name: actor() if name is None else name,
    help="Whose word it is (default: DQ_ACTOR, else the system's user).",
)


def author_and_reason(command: Callable[..., int]) -> Callable[..., int]:
    """Whose word it is, and why: the latter is always asked for."""
    return author_option(click.option("--reason", required=True, help="Why.")(command))


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


def values_option(text: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """--values, which shows customers' values, and --reason, which stands in the audit trail then."""

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        command = click.option("--reason", default="", help="Why the values are looked at.")(command)
        return click.option("--values", is_flag=True, help=text)(command)

    return decorated


def note_unmasking(command: str, subject: str, *, reason: str) -> None:
    """Before customers' values are shown: who looked at whose, and why. Raises BusyError while a run is in progress.

    Where there is no warehouse there is no trail either: what is shown then is somebody's copy of a published version.
    """
    if Home.from_environment().warehouse.exists():
        with open_ledger() as con:
            note(con, "unmask", subject=subject, reason=reason.strip(), command=command)


@contextmanager
def read_warehouse() -> Iterator[Connection]:
    """The warehouse for reading. Raises InputError where there is none, BusyError while a run writes it."""
    from dq_pipeline.adapters.warehouse import Warehouse

    with Warehouse(Home.from_environment().warehouse).connect(read_only=True) as con:
        yield con
