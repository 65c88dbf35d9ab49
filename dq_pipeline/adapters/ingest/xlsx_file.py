"""Excel workbooks: one sheet as records, every cell as the text that a person would type to get it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import IO, TYPE_CHECKING, Any

from dq_pipeline.adapters.ingest.csv_file import scratch_relation
from dq_pipeline.adapters.ingest.decode import seekable
from dq_pipeline.adapters.ingest.prepared import Extract, Prepared, checked_plan, no_lines
from dq_pipeline.adapters.ingest.records import Dialect
from dq_pipeline.adapters.ingest.xlsx_package import ErrorCells, checked_workbook, not_excel
from dq_pipeline.domain.extracts import plan_columns, printable
from dq_pipeline.errors import InputError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_ZIP_MAGIC = b"PK"
_MOST_BYTES_PER_CHARACTER = 4

# (row of the sheet, counted from 1; its cells)
_Row = tuple[int, list[str]]


def read_xlsx_file(extract: Extract) -> Prepared:
    """The contract's sheet, else the first, visible before hidden, that has the required columns.

    `_line` is the row's number in the sheet. Text stays as it is, numbers are written shortest, dates and times in
    ISO 8601, an error cell is its name (#N/A); an empty cell is NULL. The first row that is not blank is the header;
    a row with a value beyond it is a reject. Raises InputError when the workbook or the sheet is unusable.
    """
    with seekable(extract.path, extract.name, extract.scratch.parent) as file, _calamine_errors(extract.name):
        if file.read(2) != _ZIP_MAGIC:
            raise not_excel(extract.name)
        errors = checked_workbook(file, extract.name)
        sheet = _chosen_sheet(extract, _workbook(file))
        return _prepare(extract, sheet, _rows(sheet, errors.get(sheet.name, {})))


def _prepare(extract: Extract, sheet: CalamineSheet, rows: Iterator[_Row]) -> Prepared:
    header = _first_header(rows)
    plan = checked_plan(replace(extract, name=f"{extract.name}, sheet {printable(sheet.name)!r}"), header)
    lines = longest = 0
    with extract.scratch.open("w", encoding="utf-8", newline="") as scratch:
        write = csv.writer(scratch, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        for line, cells in rows:
            reason = _why_rejected(cells, len(header))
            if reason:
                extract.rejects.add(line, json.dumps(cells, ensure_ascii=False).encode(), reason)
            else:
                longest = max(longest, write((line, *cells[: len(header)])))
                lines += 1
    if not lines + extract.rejects.count:
        raise no_lines(extract)
    columns = [f"c{position}" for position in range(len(header))]
    comma = Dialect(b",", b'"')
    relation = scratch_relation(extract, comma, columns, _MOST_BYTES_PER_CHARACTER * longest, empty_is_null=True)
    return Prepared(plan, relation, columns, lines)


def _why_rejected(cells: list[str], columns: int) -> str:
    if any(cell.strip() for cell in cells[columns:]):
        return f"{len(_header(cells))} columns where the header has {columns}"
    return "a cell has a NUL character" if "\0" in "".join(cells) else ""


def _chosen_sheet(extract: Extract, workbook: CalamineWorkbook) -> CalamineSheet:
    names = _worksheets(workbook)
    wanted = extract.contract.layout.sheet
    if wanted:
        found = [name for name in names if name.casefold() == wanted.casefold()]
        if not found:
            sheets = ", ".join(repr(printable(name)) for name in names)
            raise InputError(
                f"the workbook has no sheet {wanted!r}",
                where=extract.name,
                problems=(f"its sheets are {sheets}",),
                fix="export that sheet, or name another in the contract (sheet)",
            )
        names = found
    required = {column.name for column in extract.contract.columns if column.required or column.key}
    filled: list[CalamineSheet] = []
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        header = _first_header(_rows(sheet, {}))
        if header and required.isdisjoint(plan_columns(extract.contract, header).missing):
            return sheet
        if header:
            filled.append(sheet)
    if not filled:
        raise InputError("the file is empty", where=extract.name, fix="export it again, or remove it")
    return filled[0]


def _worksheets(workbook: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    return [sheet.name for sheet in sorted(sheets, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)]


def _rows(sheet: CalamineSheet, errors: ErrorCells) -> Iterator[_Row]:
    """The rows that are not blank, from the first column that has anything."""
    if sheet.start is None:
        return
    first_column = sheet.start[1]
    for row, values in enumerate(sheet.iter_rows()):
        cells = [value if type(value) is str else _as_text(value) for value in values]
        for column, text in errors.get(row, {}).items():
            cells[column - first_column] = text
        if any(cells):
            yield row + 1, cells


def _first_header(rows: Iterator[_Row]) -> list[str]:
    return next((header for _, cells in rows if (header := _header(cells))), [])


def _header(cells: list[str]) -> list[str]:
    """The cells without the blank ones at the end."""
    last = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[:last]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value).removesuffix(".0")
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _duration(value: timedelta) -> str:
    """ISO 8601, in hours, minutes and seconds: PT30H0M1S."""
    sign = "-" if value < timedelta() else ""
    minutes, seconds = divmod(abs(value), timedelta(minutes=1))
    text = repr(seconds.total_seconds()).removesuffix(".0")
    return f"{sign}PT{minutes // 60}H{minutes % 60}M{text}S"


def _workbook(file: IO[bytes]) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    file.seek(0)
    return CalamineWorkbook.from_filelike(file)


@contextmanager
def _calamine_errors(name: str) -> Iterator[None]:
    """What calamine cannot read as an InputError, without its words, which quote values."""
    from python_calamine import CalamineError

    try:
        yield
    except CalamineError:
        raise not_excel(name) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic of its parser is no Exception
            raise
        raise not_excel(name) from None
