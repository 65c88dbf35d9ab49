"""What wakes the pipeline up: new files in the extracts folder, and at the locations that sources are fetched from."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.fetch import pending_extracts
from dq_pipeline.adapters.ingest.files import source_files
from dq_pipeline.defs.dead_runs import fail_dead_runs
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import DqError
from dq_pipeline.settings import CONTRACTS, Home

# A file still being written changes under the reader; one untouched for this long is taken as complete.
SETTLED_SECONDS = 60
# How long new files of one source wait for a file of another that is still being written.
PATIENCE_SECONDS = 900
GROWING = "growing"


def find_new_extracts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """A run when a source's extract files differ from those of the last one. Sources that are fetched from a location
    are not looked at: their files change by the run itself."""
    home = Home.from_environment()
    fail_dead_runs(context.instance, home)
    now = time.time()
    here = [contract for contract in load_contracts(CONTRACTS).values() if not contract.location]
    looks = _looks(context, here, lambda contract: look_at_extracts(home.extracts, contract, now=now))
    cursor = Cursor.parse(context.cursor)
    if context.cursor is None:
        cursor = replace(cursor, asked=_loaded_already(context.instance, home, here, looks))
    return _decide(cursor, looks, now)


def find_remote_extracts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """A run when the locations of the sources have what was not fetched yet, the same at two looks."""
    extracts = Home.from_environment().extracts
    cursor = Cursor.parse(context.cursor)
    remote = [contract for contract in load_contracts(CONTRACTS).values() if contract.location]
    looks = _looks(context, remote, lambda c: pending_extracts(c, extracts / c.id, environment=os.environ))
    settled = {source: look if cursor.looks.get(source) == look else GROWING for source, look in looks.items()}
    return _decide(cursor, settled, time.time(), last_looks=looks)


def _looks(
    context: dg.SensorEvaluationContext, contracts: Iterable[Contract], look: Callable[[Contract], str]
) -> dict[str, str]:
    """By source, what a look found, if anything. A source that cannot be looked at is said and holds no other back."""
    found = {}
    for contract in contracts:
        try:
            found[contract.id] = look(contract)
        except DqError as error:
            context.log.warning(error.text())
    return {source: fingerprint for source, fingerprint in found.items() if fingerprint}


@dataclass(frozen=True)
class Cursor:
    """What a sensor remembers. `asked`: by source, the fingerprint that the last run was asked for; `looks`: those of
    the last look; `runs`: how many runs were asked for; `waiting_since`: when it began to hold one back."""

    asked: Mapping[str, str] = field(default_factory=dict)
    looks: Mapping[str, str] = field(default_factory=dict)
    runs: int = 0
    waiting_since: float | None = None

    @classmethod
    def parse(cls, text: str | None) -> Cursor:
        """An unreadable cursor, as of another version, is an empty one: one run too many does no harm."""
        try:
            return cls(**json.loads(text or "{}"))
        except (ValueError, TypeError):
            return cls()

    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


def look_at_extracts(extracts: Path, contract: Contract, *, now: float) -> str:
    """A fingerprint of names, sizes and modification times of the files that the loader would take; GROWING when one
    was modified within SETTLED_SECONDS of `now`, empty without files."""
    facts = _files(extracts, contract)
    if not facts:
        return ""
    # A time far in the future is the clock of another machine, not a file being written.
    if any(abs(now - modified / 1e9) < SETTLED_SECONDS for _, _, modified in facts):
        return GROWING
    return hashlib.sha256(repr(facts).encode("utf-8", "backslashreplace")).hexdigest()


def _files(extracts: Path, contract: Contract) -> list[tuple[str, int, int]]:
    """Name, bytes and time of the last change (nanoseconds) of every file that the loader would take."""
    facts = []
    for path in source_files(extracts, contract).files:
        with suppress(FileNotFoundError):
            found = path.stat()
            facts.append((path.name, found.st_size, found.st_mtime_ns))
    return facts


def _loaded_already(
    instance: dg.DagsterInstance, home: Home, contracts: Iterable[Contract], looks: Mapping[str, str]
) -> dict[str, str]:
    """At the first look ever: the sources whose files are all older than the last refresh that succeeded on them, such
    as one from the command line. Without it, whoever opens Dagster after a run would see it run again."""
    refreshed = dg.RunsFilter(job_name="refresh", statuses=[dg.DagsterRunStatus.SUCCESS])
    started = max(
        (
            record.start_time or 0.0
            for record in instance.get_run_records(refreshed, limit=1)
            if not _reads_elsewhere(record.dagster_run)
        ),
        default=0.0,
    )
    return {
        contract.id: looks[contract.id]
        for contract in contracts
        if contract.id in looks and all(changed / 1e9 < started for _, _, changed in _files(home.extracts, contract))
    }


def _reads_elsewhere(run: dg.DagsterRun) -> bool:
    """Whether the run was told to read another folder than the home's own (see Workspace)."""
    config: Any = run.run_config
    for name in ("resources", "workspace", "config", "extracts"):
        config = config.get(name, {}) if isinstance(config, Mapping) else {}
    return bool(config)


def _decide(
    cursor: Cursor, looks: Mapping[str, str], now: float, *, last_looks: Mapping[str, str] | None = None
) -> dg.SensorResult:
    """A run loads every source, so it waits for one that is still growing; but not longer than PATIENCE_SECONDS, or
    one export that never ends would hold back all others. The loader refuses a file that changes under it."""
    settled = {source: look for source, look in looks.items() if look != GROWING}
    growing = ", ".join(sorted(looks.keys() - settled.keys()))
    changed = [source for source, look in settled.items() if cursor.asked.get(source) != look]
    since = now if cursor.waiting_since is None else cursor.waiting_since
    if not changed or (growing and now - since < PATIENCE_SECONDS):
        reason = f"still being written: {growing}" if growing else "no new extract files"
        kept = replace(cursor, looks=last_looks or {}, waiting_since=since if changed else None)
        return dg.SensorResult(skip_reason=reason, cursor=kept.text())
    asked = {source: look for source, look in {**cursor.asked, **settled}.items() if source in looks}
    started = replace(cursor, asked=asked, looks=last_looks or {}, runs=cursor.runs + 1, waiting_since=None)
    # Counted, because Dagster starts a key only once, and files may come back to what they were.
    key = hashlib.sha256(started.text().encode()).hexdigest()
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=started.text())
