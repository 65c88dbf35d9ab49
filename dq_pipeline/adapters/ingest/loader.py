"""One source's files into the raw tables: all of them in one transaction, or none."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from typing import Protocol

import duckdb

from dq_pipeline.adapters.ingest.archive import unpack
from dq_pipeline.adapters.ingest.files import (
    Content,
    check_unchanged,
    content_of,
    extract_files,
    source_files,
)
from dq_pipeline.adapters.ingest.insert import insert_compared, insert_only
from dq_pipeline.adapters.ingest.ledger import (
    Load,
    Rejects,
    Snapshot,
    loaded_before,
    next_load_id,
    write_failure,
    write_snapshot,
)
from dq_pipeline.adapters.ingest.prepared import Extract, Prepared
from dq_pipeline.adapters.ingest.raw_tables import add_columns, ensure_raw, use_extracts_folder
from dq_pipeline.adapters.ingest.versions import Versions
from dq_pipeline.adapters.warehouse import Warehouse, row_count
from dq_pipeline.domain.contract import Contract, Format
from dq_pipeline.domain.extracts import ExtractFile, IngestResult, Status
from dq_pipeline.domain.file_names import COMPRESSED_SUFFIX
from dq_pipeline.domain.snapshots import DatedFile, dated, new_files, snapshots
from dq_pipeline.errors import InputError

REJECTS_SHOWN = 5


class Erased(Protocol):
    """Knows the lines of people who have been erased: those prepared for loading, and those in `raw.rejects`."""

    def lines_to_leave_out(
        self, con: duckdb.DuckDBPyConnection, contract: Contract, prepared: Prepared
    ) -> Sequence[int]: ...

    def rejected_lines(self, con: duckdb.DuckDBPyConnection, contract: Contract, load_id: int) -> Sequence[int]: ...


_FORMATS_BY_SUFFIX: dict[str, Format] = {".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet"}


class _Clock:
    """The run's own time, moved on by what has elapsed since."""

    def __init__(self, now: datetime):
        self.now, self._started = now, time.monotonic()

    def __call__(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self._started)


def ingest_source(
    warehouse: Warehouse,
    extracts: Path,
    contract: Contract,
    *,
    run_id: str,
    now: datetime,
    erased: Erased | None = None,
) -> IngestResult:
    """Load what is new in `extracts/<contract id>/` into the raw tables; `now` is UTC without zone.

    A file whose content (SHA-256) was loaded before is not loaded again. When any file is unusable, or too
    many lines are (the contract's maximum_reject_share), nothing of the source is loaded, the result is
    `failed` with the reasons, and what was loaded before stays. Of the people whom `erased` knows nothing
    is loaded; that there was a line stays on record. Raises BusyError when another process holds
    the warehouse.
    """
    clock = _Clock(now)
    try:
        with warehouse.transaction() as con, _scratch_folder(warehouse) as scratch:
            ensure_raw(con, contract)
            use_extracts_folder(con, extracts)
            return _Ingest(con, extracts, contract, scratch, run_id, clock, erased).run()
    except InputError as error:
        return _record_failure(warehouse, extracts, contract, error.text(), run_id, clock)


@dataclass(frozen=True)
class _Found:
    """A file of the folder: where it can be read, its content, its place in time."""

    path: Path
    content: Content
    dated: DatedFile


class _Ingest:
    """One source, within one transaction."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        extracts: Path,
        contract: Contract,
        scratch: Path,
        run_id: str,
        clock: _Clock,
        erased: Erased | None,
    ):
        self._erased = erased
        self._con, self._extracts, self._contract = con, extracts, contract
        self._scratch, self._run_id, self._clock = scratch, run_id, clock
        self._errors: list[InputError] = []

    def run(self) -> IngestResult:
        """Load every snapshot that has a new file, the oldest first."""
        source = source_files(self._extracts, self._contract)
        files, left_out = extract_files(source.files, self._extracts, self._contract)
        if source.folder_found and not files:
            raise InputError(
                "the folder has no file to load",
                where=f"{self._contract.id}/",
                problems=(*source.problems, *left_out),
                fix=f"put the export there ({' or '.join(self._contract.layout.patterns)}), or remove the folder",
            )
        found = {item.dated: item for item in map(self._found, files)}
        new = new_files(found, loaded_before(self._con, self._contract))
        if not new:
            return self._result("unchanged" if source.folder_found else "absent", len(files), [])
        written = [
            self._load_snapshot([found[file] for file in group], new)
            for group in snapshots(found)
            if any(file in new for file in group)
        ]
        self._raise_errors()
        loads = [load for snapshot in written if snapshot for load in snapshot.loads]
        self._check(loads)
        return self._result("loaded", len(files), [snapshot for snapshot in written if snapshot])

    def _found(self, file: ExtractFile) -> _Found:
        path = file.path
        if file.member:
            path = self._scratch / f"member-{hashlib.sha256(file.name.encode()).hexdigest()}"
            unpack(file.path, file.member, path, file.name)
        content = content_of(path, file.name)
        modified = datetime.fromtimestamp(file.path.stat().st_mtime, UTC).replace(tzinfo=None)
        place = dated(
            file.name,
            content.sha256,
            modified=modified,
            now=self._clock.now,
            dated_names=self._contract.layout.dated_names,
        )
        return _Found(path, content, place)

    def _load_snapshot(self, files: Sequence[_Found], new: set[DatedFile]) -> Snapshot | None:
        """The new files of one snapshot; None after an error, which is kept."""
        con, contract = self._con, self._contract
        moment = max(file.dated.moment for file in files)
        before = loaded_before(con, contract)  # the snapshots of this very call included
        versions = Versions(con, contract, moment=moment, newest=before.newest)
        fresh = [file for file in files if file.dated in new]
        alone = versions.empty and len(fresh) == 1
        loads: list[Load] = []
        first = next_load_id(con)
        for load_id, file in enumerate(fresh, start=first):
            name = file.dated.name
            rejects = Rejects(con, load_id, contract.id, name)
            extract = Extract(con, contract, file.path, name, self._scratch / "lines", rejects)
            try:
                loads.append(self._load_file(extract, file, versions, alone=alone))
            except InputError as error:
                self._keep(error)
        if self._errors:
            return None
        known = tuple(before.loads[file.dated.sha256][0] for file in files if file.dated.sha256 in before.loads)
        ids = [load.load_id for load in loads]
        records = versions.settle_all(first) if alone else versions.settle(ids, known=known)
        snapshot = Snapshot(tuple(loads), known, moment, versions.late, records)
        write_snapshot(con, contract, snapshot, self._run_id)
        return snapshot

    def _load_file(self, extract: Extract, file: _Found, versions: Versions, *, alone: bool) -> Load:
        started_at = self._clock()
        prepared = self._without_erased(extract, read_extract(extract))
        loaded = prepared.lines
        if not self._errors:
            add_columns(extract.con, extract.contract, prepared.plan.names)
            if alone:
                loaded = insert_only(extract, prepared, versions)
            else:
                loaded = insert_compared(extract, prepared, versions, file.dated.moment)
            extract.rejects.flush()
            if self._erased:
                extract.rejects.blank(
                    self._erased.rejected_lines(extract.con, extract.contract, extract.rejects.load_id)
                )
            check_unchanged(file.path, extract.name, file.content)
        return Load(
            extract.rejects.load_id,
            file.dated,
            file.content,
            loaded,
            extract.rejects.count,
            extract.rejects.erased,
            prepared.encoding,
            started_at,
            self._clock(),
            prepared.plan,
        )

    def _without_erased(self, extract: Extract, prepared: Prepared) -> Prepared:
        lines = self._erased.lines_to_leave_out(extract.con, extract.contract, prepared) if self._erased else []
        if not lines:
            return prepared
        extract.rejects.add_erased(lines)
        rest = f"(from {prepared.relation} where _line not in ({', '.join(map(str, lines))}))"
        return replace(prepared, relation=rest, lines=prepared.lines - len(lines))

    def _keep(self, error: InputError) -> None:
        """DuckDB refuses any statement after a failed one. The rest is read for its errors only: the caller's
        transaction, this new one, is rolled back.
        """
        self._errors.append(error)
        self._con.rollback()
        self._con.begin()
        ensure_raw(self._con, self._contract)
        use_extracts_folder(self._con, self._extracts)

    def _raise_errors(self) -> None:
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            problems = tuple(" ".join(error.text().split()) for error in self._errors)
            raise InputError(
                f"{len(self._errors)} files cannot be loaded", where=f"{self._contract.id}/", problems=problems
            )

    def _check(self, loads: Sequence[Load]) -> None:
        """Some data, and not too many rejects."""
        contract = self._contract
        rejected = sum(load.rejected for load in loads)
        lines = rejected + sum(load.loaded for load in loads)
        if not lines + sum(load.erased for load in loads):
            raise InputError(
                "no file has any data", where=f"{contract.id}/", fix="check the export; remove the files if empty"
            )
        if rejected <= contract.maximum_reject_share * lines:
            return
        examples: list[str] = []
        for load in loads:
            rejects = Rejects(self._con, load.load_id, contract.id, load.file.name)
            examples += rejects.examples(REJECTS_SHOWN - len(examples))
        raise InputError(
            f"{rejected} of {lines} lines cannot be read; the contract allows {contract.maximum_reject_share:.2%}",
            where=f"{contract.id}/",
            problems=tuple(examples),
            fix="have the system export them properly, or raise maximumRejectShare in the contract",
        )

    def _result(self, status: Status, files: int, written: Sequence[Snapshot]) -> IngestResult:
        loads = [load for snapshot in written for load in snapshot.loads]
        loaded, rejected = sum(load.loaded for load in loads), sum(load.rejected for load in loads)
        erased = sum(load.erased for load in loads)
        records = [snapshot.records for snapshot in written]
        return IngestResult(
            self._contract.id,
            status,
            files,
            loaded + rejected + erased,
            loaded,
            rejected,
            sum(counts.new for counts in records),
            sum(counts.changed for counts in records),
            sum(counts.unchanged for counts in records),
            sum(counts.deleted for counts in records),
            row_count(self._con, "raw", self._contract.id),
            erased=erased,
        )


def read_extract(extract: Extract) -> Prepared:
    """The file as lines that DuckDB can load; what cannot be read is among `extract.rejects`.

    Raises InputError when the file as a whole is unusable.
    """
    return _reader(extract.contract.layout.format, extract.name)(extract)


def _reader(file_format: Format, name: str) -> Callable[[Extract], Prepared]:
    """The reader of a file: by its name where that says Excel or Parquet, else by the contract's format."""
    # Imported here: definitions load without numpy.
    file_format = _FORMATS_BY_SUFFIX.get(PurePath(name.lower().removesuffix(COMPRESSED_SUFFIX)).suffix, file_format)
    if file_format == "xlsx":
        from dq_pipeline.adapters.ingest.xlsx_file import read_xlsx_file

        return read_xlsx_file
    if file_format == "csv":
        from dq_pipeline.adapters.ingest.csv_file import read_csv_file

        return read_csv_file
    if file_format == "parquet":
        from dq_pipeline.adapters.ingest.parquet_file import read_parquet_file

        return read_parquet_file
    from dq_pipeline.adapters.ingest.json_objects import read_json_page, read_jsonl

    return read_jsonl if file_format == "jsonl" else read_json_page


def refuse_source(
    warehouse: Warehouse, extracts: Path, contract: Contract, problem: str, *, run_id: str, now: datetime
) -> IngestResult:
    """A source whose files could not even be fetched: failed, for the `problem`; what was loaded before stays."""
    return _record_failure(warehouse, extracts, contract, problem, run_id, _Clock(now))


def _record_failure(
    warehouse: Warehouse, extracts: Path, contract: Contract, problem: str, run_id: str, clock: _Clock
) -> IngestResult:
    with warehouse.transaction() as con:
        ensure_raw(con, contract)
        use_extracts_folder(con, extracts)
        write_failure(con, contract, problem, run_id, clock())
        records = row_count(con, "raw", contract.id)
    return IngestResult(contract.id, "failed", current_records=records, problem=problem)


@contextmanager
def _scratch_folder(warehouse: Warehouse) -> Iterator[Path]:
    """A private folder beside the warehouse, emptied of what a killed run left. Only the one writer gets here."""
    folder = warehouse.path.parent / "work" / "ingest"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
