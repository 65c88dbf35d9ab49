"""The one resource: where the state lies, when the run began, and the lock that keeps runs apart."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from dq_pipeline.adapters.file_modes import PRIVATE, make_private
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.clock import utc_now
from dq_pipeline.defs.event_log import quick_event_log
from dq_pipeline.domain.publishing import Acceptance
from dq_pipeline.settings import CONTRACTS, MODELS_SQL, Home, actor


def _quick_event_log(context: dg.InitResourceContext) -> AbstractContextManager[None]:
    if context.instance is None or context.run is None:
        return nullcontext()
    return quick_event_log(context.instance, context.run.run_id)


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
    _actor: str = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Workspace]:
        self._home = Home.from_environment()
        self._run_id = context.run.run_id if context.run else "none"
        self._now = utc_now()
        self._actor = _started_by(context.run.tags if context.run else {})
        os.umask(PRIVATE)
        with run_lock(self._home.lock, run_id=self._run_id), _quick_event_log(context):
            make_private(self._home.root)
            # What a killed run left of its scratch files holds customers' values.
            shutil.rmtree(self._home.work, ignore_errors=True)
            if self._home.governance.exists():
                _finish_requests(self._home, self._now, self._actor)
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
    def actor(self) -> str:
        """Who started the run: a schedule or sensor by its name, else DQ_ACTOR, else the user the system knows."""
        return self._actor

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


def _started_by(tags: Mapping[str, str]) -> str:
    for kind in ("schedule", "sensor"):
        if tags.get(f"dagster/{kind}_name"):
            return f"{kind} {tags[f'dagster/{kind}_name']}"
    return tags.get("user") or actor()


def _finish_requests(home: Home, now: datetime, actor: str) -> None:
    """Erasures that a kill cut off, or whose waiting period is over, come before anything is loaded."""
    from dq_pipeline.adapters.contracts import load_contracts
    from dq_pipeline.adapters.governance.erasure import finish_requests
    from dq_pipeline.adapters.governance.places import Places

    finish_requests(Places(home.root, MODELS_SQL, load_contracts(CONTRACTS)), now, actor=actor)
