"""A source's folder of extracts made equal to its remote folder: all of it, or as it was before."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from dq_pipeline.adapters.fetch.download import Download
from dq_pipeline.adapters.fetch.failures import Refused, StillWritten, TransportError
from dq_pipeline.adapters.fetch.folder import LocalFolder
from dq_pipeline.adapters.fetch.listing import NOT_TOLD, RemoteFile, Version, choose
from dq_pipeline.adapters.fetch.location import Location, resolve_location
from dq_pipeline.adapters.fetch.manifest import read_manifest
from dq_pipeline.adapters.fetch.remote import RemoteFolder
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import printable
from dq_pipeline.errors import InputError

FIRST_PAUSE_SECONDS = 1
LONGEST_PAUSE_SECONDS = 60

T = TypeVar("T")
Pause = Callable[[float], None]


@dataclass(frozen=True)
class FetchResult:
    """What one fetch found and did, in files. `bytes`: received, failed attempts included.

    `growing`: files still being written, left for the next run. `problems`: what else was left out, a sentence each.
    """

    source: str
    location: str = ""
    found: int = 0
    fetched: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    bytes: int = 0
    growing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def fetch_extracts(
    contract: Contract,
    folder: Path,
    *,
    environment: Mapping[str, str],
    pause: Pause = time.sleep,
    attempts: int = 5,
) -> FetchResult:
    """Mirror the extracts of the contract's location into `folder`; nothing to do without a location.

    New and changed files are downloaded beside the old ones and renamed once all are complete. A file fetched before
    that the server no longer lists moves to `.withdrawn/`, unless it lists no extract at all: then the folder is
    being emptied, or is not what it was, and what is here stays. Files put into `folder` by hand are left alone. While
    a file is still being written the others of a delta are taken over, of a full snapshot none.

    A failed connection is tried `attempts` times, with pauses that double and vary (`pause` waits the seconds given).
    Raises InputError naming every file that could not be fetched, the folder then being as it was (what has arrived is
    continued by the next call), and ConfigurationError for a location that cannot be used.
    """
    if not contract.location:
        return FetchResult(contract.id)
    location = resolve_location(contract, environment)
    with closing(RemoteFolder(location, environment)) as remote:
        return _Fetch(contract, location, remote, _Retry(pause, attempts)).into(folder)


def pending_extracts(contract: Contract, folder: Path, *, environment: Mapping[str, str]) -> str:
    """A fingerprint of what a fetch into `folder` would change; empty when nothing. The server is asked once, without
    a second attempt, and nothing is written: safe while a run is fetching.

    Raises InputError when the server cannot be asked, and ConfigurationError for a location that cannot be used.
    """
    location = resolve_location(contract, environment)
    with closing(RemoteFolder(location, environment)) as remote:
        listed = _Fetch(contract, location, remote, _Retry(time.sleep, attempts=1)).listed()
    entries = read_manifest(folder)
    fetched = {name: entry.version for name, entry in entries.items() if entry.state == "fetched"}
    news = [f for f in listed if f.name not in fetched or not f.version.is_surely(fetched[f.name])]
    gone = sorted(entries.keys() - {file.name for file in listed}) if listed else []
    if not (news or gone):
        return ""
    told = repr([(file.name, file.version) for file in news] + gone)
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True)
class _Retry:
    pause: Pause
    attempts: int

    def __call__(self, call: Callable[[], T]) -> T:
        """Exponential back-off with jitter, so that sources that failed together do not come back together."""
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

        retrying = Retrying(
            retry=retry_if_exception_type(TransportError),
            wait=wait_exponential_jitter(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, jitter=FIRST_PAUSE_SECONDS),
            stop=stop_after_attempt(self.attempts),
            sleep=self.pause,
            reraise=True,
        )
        return retrying(call)


@dataclass
class _Fetch:
    contract: Contract
    location: Location
    remote: RemoteFolder
    retry: _Retry
    problems: list[str] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    received: int = 0

    def into(self, path: Path) -> FetchResult:
        """Mirror the remote folder into the local one."""
        try:
            local = LocalFolder(path)
            listed = self.listed()
            missing = [file for file in listed if not local.has(file.name, file.version)]
            wanted = self._without_foreign(missing, local)
            complete = self._each(wanted, lambda file: (file.name, self._download(file, local)))
            fetched, withdrawn = self._take_over(complete, listed, local)
            local.tidy()
        except Refused as refused:
            raise self._failed([refused.reason], refused.fix) from None
        return FetchResult(
            source=self.contract.id,
            location=self.location.shown,
            found=len(listed),
            fetched=fetched,
            unchanged=len(listed) - len(missing),
            withdrawn=withdrawn,
            bytes=self.received,
            growing=tuple(self.growing),
            problems=tuple(self.problems),
        )

    def listed(self) -> list[RemoteFile]:
        """The extracts on the server, each with its version."""
        try:
            files, problems = choose(self.retry(self.remote.files), self.contract.layout.patterns)
        except TransportError as error:
            raise self._failed([self._gave_up("the listing", error)]) from None
        except Refused as refused:
            raise self._failed([f"the folder {refused.reason}"], refused.fix) from None
        self.problems.extend(problems)
        return self._each(list(files.values()), self._with_version)

    def _with_version(self, file: RemoteFile) -> RemoteFile:
        if file.version != NOT_TOLD:
            return file
        return replace(file, version=self.retry(lambda: self.remote.version(file)))

    def _each(self, files: Sequence[RemoteFile], call: Callable[[RemoteFile], T]) -> list[T]:
        """Call for every file. What is refused is collected; what no attempt could fetch ends it: the rest would fail
        as slowly."""
        results: list[T] = []
        failures: list[str] = []
        fixes: list[str] = []
        for file in files:
            name = printable(file.name)
            try:
                results.append(call(file))
            except StillWritten:
                self.growing.append(name)
            except Refused as refused:
                failures.append(f"{name}: {refused.reason}")
                fixes.append(refused.fix)
            except TransportError as error:
                failures.append(self._gave_up(name, error))
                break
        if failures:
            raise self._failed(failures, "; ".join(dict.fromkeys(filter(None, fixes))))
        return results

    def _without_foreign(self, files: Sequence[RemoteFile], local: LocalFolder) -> list[RemoteFile]:
        foreign = {file.name for file in files if local.is_foreign(file.name)}
        self.problems.extend(
            f"{printable(name)}: not fetched, a file of this name was put here by hand; move it away to have it"
            for name in sorted(foreign)
        )
        return [file for file in files if file.name not in foreign]

    def _download(self, file: RemoteFile, local: LocalFolder) -> Version:
        download = Download(
            self.remote,
            file,
            local.part(file.name),
            expected=file.version,
            begun=local.begun(file.name),
            begin=lambda version: local.begin(file.name, version),
        )
        try:
            return self.retry(download.attempt)
        finally:
            self.received += download.transferred

    def _take_over(
        self, complete: Sequence[tuple[str, Version]], listed: Sequence[RemoteFile], local: LocalFolder
    ) -> tuple[int, int]:
        """Make the folder equal to the listing; returns how many files were taken over and withdrawn."""
        if self.growing and self.contract.snapshot == "full":
            # With a page missing, or old, its records would count as deleted.
            self.problems.append("nothing was taken over: a full snapshot is used once all its files are complete")
            return 0, 0
        for name, version in complete:
            local.publish(name, version)
        return len(complete), self._withdraw(listed, local)

    def _withdraw(self, listed: Sequence[RemoteFile], local: LocalFolder) -> int:
        gone = local.fetched_but({file.name for file in listed})
        if gone and not listed:
            self.problems.append("the server lists no extract any more; those fetched before stay as they are")
            return 0
        return sum([local.withdraw(name) for name in gone])

    def _gave_up(self, what: str, error: TransportError) -> str:
        tries = f"{self.retry.attempts} attempts" if self.retry.attempts > 1 else "1 attempt"
        return f"{what}: gave up after {tries} ({error.reason})"

    def _failed(self, problems: Sequence[str], fix: str = "") -> InputError:
        return InputError(
            "the extracts could not be fetched",
            where=f"{self.contract.id}, {self.location.shown}",
            problems=tuple(problems),
            fix=fix or "see that the server answers, then run again: what has arrived is kept and continued",
        )
