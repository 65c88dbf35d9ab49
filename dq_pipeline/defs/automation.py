"""What runs by itself: the job, its schedule, and the sensors for new extracts, put here and at a location."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import dagster as dg

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.fetch import pending_extracts
from dq_pipeline.adapters.ingest.files import source_files
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.domain.contract import Contract
from dq_pipeline.errors import BusyError, DqError
from dq_pipeline.settings import CONTRACTS, Home

# A file still being written changes under the reader; one untouched for this long is taken as complete.
SETTLED_SECONDS = 60
# How long new files of one source wait for a file of another that is still being written.
PATIENCE_SECONDS = 900
GROWING = "growing"

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="The whole line: extracts to published version.",
    executor_def=dg.in_process_executor,
)

nightly_refresh = dg.ScheduleDefinition(
    name="nightly_refresh", job=refresh, cron_schedule="0 2 * * *", execution_timezone="UTC"
)


# A run takes the lock within seconds of starting; one that has not after this long never will.
STARTING_SECONDS = 300


def fail_dead_runs(instance: dg.DagsterInstance, home: Home, *, older_than: float = STARTING_SECONDS) -> list[str]:
    """Mark runs as failed whose process was killed; returns their ids.

    Dagster believes such a run to be in progress for ever, and with one run at a time none would start again. While a
    run is alive it holds the run lock, so whatever is in progress while the lock is free is dead.
    """
    try:
        with run_lock(home.lock, run_id="none"):
            in_progress = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
            dead = [
                record.dagster_run
                for record in instance.get_run_records(in_progress)
                if time.time() - record.create_timestamp.timestamp() >= older_than
            ]
            for run in dead:
                instance.report_run_failed(run, "The process of this run ended without a word; the next run is safe.")
            return [run.run_id for run in dead]
    except BusyError:
        return []


@dg.sensor(job=refresh, minimum_interval_seconds=60)
def new_extracts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a run when a source's extract files differ from those of the last one. Sources that are fetched from a
    location are not looked at: their files change by the run itself."""
    home = Home.from_environment()
    fail_dead_runs(context.instance, home)
    now = time.time()
    here = [contract for contract in load_contracts(CONTRACTS).values() if not contract.location]
    looks = _looks(context, here, lambda contract: look_at_extracts(home.extracts, contract, now=now))
    return _decide(Cursor.parse(context.cursor), looks, now)


@dg.sensor(job=refresh, minimum_interval_seconds=900)
def remote_extracts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a run when the locations of the sources have what was not fetched yet, the same at two looks.

    Off until somebody turns it on: the nightly run fetches too.
    """
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
    facts = []
    for path in source_files(extracts, contract).files:
        with suppress(FileNotFoundError):
            found = path.stat()
            facts.append((path.name, found.st_size, found.st_mtime_ns))
    if not facts:
        return ""
    # A time far in the future is the clock of another machine, not a file being written.
    if any(abs(now - modified / 1e9) < SETTLED_SECONDS for _, _, modified in facts):
        return GROWING
    return hashlib.sha256(repr(facts).encode("utf-8", "backslashreplace")).hexdigest()


def _decide(
    cursor: Cursor, looks: Mapping[str, str], now: float, *, last_looks: Mapping[str, str] | None = None
) -> dg.SensorResult | dg.SkipReason:
    """A run loads every source, so it waits for one that is still growing; but not longer than PATIENCE_SECONDS, or
    one export that never ends would hold back all others. The loader refuses a file that changes under it."""
    settled = {source: look for source, look in looks.items() if look != GROWING}
    growing = ", ".join(sorted(looks.keys() - settled.keys()))
    changed = [source for source, look in settled.items() if cursor.asked.get(source) != look]
    since = now if cursor.waiting_since is None else cursor.waiting_since
    if not changed or (growing and now - since < PATIENCE_SECONDS):
        reason = f"still being written: {growing}" if growing else "no new extract files"
        kept = replace(cursor, looks=last_looks or {}, waiting_since=since if changed else None)
        return dg.SkipReason(reason) if kept == cursor else dg.SensorResult(skip_reason=reason, cursor=kept.text())
    asked = {source: look for source, look in {**cursor.asked, **settled}.items() if source in looks}
    started = replace(cursor, asked=asked, looks=last_looks or {}, runs=cursor.runs + 1, waiting_since=None)
    # Counted, because Dagster starts a key only once, and files may come back to what they were.
    key = hashlib.sha256(started.text().encode()).hexdigest()
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=started.text())
