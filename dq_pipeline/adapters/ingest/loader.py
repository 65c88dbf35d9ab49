"""One source's files into the raw tables: all of them in one transaction, or none."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from dq_pipeline.adapters.ingest.files import Content, check_unchanged, content_of, relative_name, source_files
from dq_pipeline.adapters.ingest.insert import insert_prepared
from dq_pipeline.adapters.ingest.ledger import Load, Rejects, loaded_hashes, next_load_id, write_failure, write_loads
from dq_pipeline.adapters.ingest.prepared import Extract, Prepared
from dq_pipeline.adapters.ingest.raw_tables import add_columns, ensure_raw, use_extracts_folder
from dq_pipeline.adapters.warehouse import Warehouse, row_count
from dq_pipeline.domain.contract import Contract, Format
from dq_pipeline.domain.extracts import IngestResult, Status
from dq_pipeline.errors import InputError

REJECTS_SHOWN = 5


class _Clock:
    """The run's own time, moved on by what has elapsed since."""

    def __init__(self, now: datetime):
        self._now, self._started = now, time.monotonic()

    def __call__(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._started)


def ingest_source(
    warehouse: Warehouse, extracts: Path, contract: Contract, *, run_id: str, now: datetime
) -> IngestResult:
    """Load what is new in `extracts/<contract id>/` into the raw tables; `now` is UTC without zone.

    A file whose content (SHA-256) was loaded before is not loaded again. When any file is unusable, or too
    many lines are (the contract's maximum_reject_share), nothing of the source is loaded, the result is
    `failed` with the reasons, and what was loaded before stays. Raises BusyError when another process
    holds the warehouse.
    """
    clock = _Clock(now)
    try:
        with warehouse.transaction() as con, _scratch_folder(warehouse) as scratch:
            ensure_raw(con, contract)
            use_extracts_folder(con, extracts)
            return _ingest(con, extracts, contract, scratch, run_id, clock)
    except InputError as error:
        return _record_failure(warehouse, extracts, contract, error.text(), run_id, clock)


def _ingest(
    con: duckdb.DuckDBPyConnection,
    extracts: Path,
    contract: Contract,
    scratch: Path,
    run_id: str,
    clock: _Clock,
) -> IngestResult:
    source = source_files(extracts, contract)
    if source.folder_found and not source.files:
        raise InputError(
            "the folder has no file to load",
            where=f"{contract.id}/",
            problems=source.problems,
            fix=f"put the export there ({contract.layout.pattern}), or remove the folder",
        )
    new_files = _new_files(con, extracts, contract, source.files)
    if not new_files:
        return _result(con, contract, "unchanged" if source.folder_found else "absent", len(source.files), [])
    loads = _load_all(con, extracts, contract, new_files, scratch / "lines", clock)
    _check_rejects(con, contract, loads)
    write_loads(con, contract, loads, run_id)
    return _result(con, contract, "loaded", len(source.files), loads)


def _new_files(
    con: duckdb.DuckDBPyConnection, extracts: Path, contract: Contract, files: Sequence[Path]
) -> dict[Path, Content]:
    """The files whose content is not loaded yet; of equal files the first."""
    known = loaded_hashes(con, contract)
    new: dict[Path, Content] = {}
    for path in files:
        content = content_of(path, relative_name(path, extracts))
        if content.sha256 not in known:
            known.add(content.sha256)
            new[path] = content
    return new


def _load_all(
    con: duckdb.DuckDBPyConnection,
    extracts: Path,
    contract: Contract,
    files: dict[Path, Content],
    scratch: Path,
    clock: _Clock,
) -> list[Load]:
    """Every file, in order. Raises one InputError for all files that are unusable."""
    loads: list[Load] = []
    errors: list[InputError] = []
    for load_id, (path, content) in enumerate(files.items(), start=next_load_id(con)):
        name = relative_name(path, extracts)
        extract = Extract(con, contract, path, name, scratch, Rejects(con, load_id, contract.id, name))
        try:
            loads.append(_load_file(extract, content, clock))
        except InputError as error:
            errors.append(error)
            # DuckDB refuses any statement after a failed one. The rest is read for its errors only: the
            # caller's transaction, this new one, is rolled back.
            con.rollback()
            con.begin()
            ensure_raw(con, contract)
            use_extracts_folder(con, extracts)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        problems = tuple(" ".join(error.text().split()) for error in errors)
        raise InputError(f"{len(errors)} files cannot be loaded", where=f"{contract.id}/", problems=problems)
    if not sum(load.loaded + load.rejected for load in loads):
        raise InputError(
            "no file has any data", where=f"{contract.id}/", fix="check the export; remove the files if empty"
        )
    return loads


def _load_file(extract: Extract, content: Content, clock: _Clock) -> Load:
    started_at = clock()
    prepared = _reader(extract.contract.layout.format)(extract)
    add_columns(extract.con, extract.contract, prepared.plan.names)
    loaded = insert_prepared(extract, prepared)
    extract.rejects.flush()
    check_unchanged(extract.path, extract.name, content)
    return Load(
        extract.rejects.load_id,
        extract.name,
        content,
        loaded,
        extract.rejects.count,
        prepared.encoding,
        started_at,
        clock(),
        prepared.plan,
    )


def _reader(file_format: Format) -> Callable[[Extract], Prepared]:
    # Imported here: definitions load without numpy.
    if file_format == "csv":
        from dq_pipeline.adapters.ingest.csv_file import read_csv_file

        return read_csv_file
    if file_format == "parquet":
        from dq_pipeline.adapters.ingest.parquet_file import read_parquet_file

        return read_parquet_file
    from dq_pipeline.adapters.ingest.json_objects import read_json_page, read_jsonl

    return read_jsonl if file_format == "jsonl" else read_json_page


def _check_rejects(con: duckdb.DuckDBPyConnection, contract: Contract, loads: Sequence[Load]) -> None:
    rejected = sum(load.rejected for load in loads)
    lines = rejected + sum(load.loaded for load in loads)
    if rejected <= contract.maximum_reject_share * lines:
        return
    examples: list[str] = []
    for load in loads:
        examples += Rejects(con, load.load_id, contract.id, load.file).examples(REJECTS_SHOWN - len(examples))
    raise InputError(
        f"{rejected} of {lines} lines cannot be read; the contract allows {contract.maximum_reject_share:.2%}",
        where=f"{contract.id}/",
        problems=tuple(examples),
        fix="have the system export them properly, or raise maximumRejectShare in the contract",
    )


def _record_failure(
    warehouse: Warehouse, extracts: Path, contract: Contract, problem: str, run_id: str, clock: _Clock
) -> IngestResult:
    with warehouse.transaction() as con:
        ensure_raw(con, contract)
        use_extracts_folder(con, extracts)
        write_failure(con, contract, problem, run_id, clock())
        records = row_count(con, "raw", contract.id)
    return IngestResult(contract.id, "failed", current_records=records, problem=problem)


def _result(
    con: duckdb.DuckDBPyConnection, contract: Contract, status: Status, files: int, loads: Sequence[Load]
) -> IngestResult:
    loaded, rejected = sum(load.loaded for load in loads), sum(load.rejected for load in loads)
    return IngestResult(
        contract.id,
        status,
        files,
        loaded + rejected,
        loaded,
        rejected,
        row_count(con, "raw", contract.id),
        tuple(dict.fromkeys(name for load in loads for name in load.plan.new)),
        tuple(dict.fromkeys(name for load in loads for name in load.plan.missing)),
    )


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
