"""The one resource: where the state lies, when the run began, and the lock that keeps runs apart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.publishing import Acceptance
from dq_pipeline.settings import Home


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """`extracts`: folder to read instead of `<DQ_HOME>/extracts`. `accepted`: blocking checks that may fail in this
    run, with `accepted_by` and `accepted_because`. Held once a run, the run lock with it."""

    extracts: str = ""
    accepted: list[str] = []
    accepted_by: str = ""
    accepted_because: str = ""

    _home: Home = PrivateAttr()
    _run_id: str = PrivateAttr()
    _now: datetime = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Workspace]:
        self._home = Home.from_environment()
        self._run_id = context.run.run_id if context.run else "none"
        self._now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        with run_lock(self._home.lock, run_id=self._run_id):
            # What a killed run left of its scratch files holds customers' values.
            shutil.rmtree(self._home.work, ignore_errors=True)
            yield self

    def acceptance(self, check: str) -> Acceptance | None:
        """The word of a person that this check may fail in this run, if there is one."""
        return Acceptance(check, self.accepted_by, self.accepted_because) if check in self.accepted else None

    @property
    def home(self) -> Home:
        return self._home

    @property
    def run_id(self) -> str:
        return self._run_id

    @property
    def now(self) -> datetime:
        """When the run began, UTC, without zone: the one clock of the run."""
        return self._now

    @property
    def fetches(self) -> bool:
        """Whether the run brings remote extracts: not when it was told which folder to read."""
        return not self.extracts

    @property
    def extracts_folder(self) -> Path:
        return Path(self.extracts).expanduser().resolve() if self.extracts else self.home.extracts

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.home.warehouse)
