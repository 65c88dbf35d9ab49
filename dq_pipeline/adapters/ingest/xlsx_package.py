"""An Excel workbook as a package of XML parts: proof that reading it is harmless, and what the reader leaves out.

calamine builds each sheet as a dense grid and ends the process when that does not fit into memory, which two cells in
opposite corners of a sheet achieve; and it hands error cells over as empty ones. Both are found in the sheets' XML.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO
from xml.parsers import expat

from dq_pipeline.adapters.ingest.archive import member_blocks, opened_zip
from dq_pipeline.adapters.ingest.decode import MOST_EXPANSION, expands_too_far
from dq_pipeline.errors import InputError

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
# A grid of so many cells takes some 2 GB; a fuller one only where the file really has the cells.
GRID_ALLOWED_CELLS = 50_000_000
MOST_CELLS_PER_WRITTEN_ONE = 20
# A workbook is held in memory, so it may expand less than a text that streams.
EXPANSION_ALLOWED_BYTES = 256 << 20

# {row: {column: text}} of the error cells of a sheet, such as #N/A; both count from 0.
ErrorCells = dict[int, dict[int, str]]

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHEETS = "xl/worksheets/"
_DIGITS = "0123456789"

_PLAIN_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"')
_PLAIN_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_PLAIN_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_CELL_TAG, _ROW_TAG = re.compile(rb"<c[\s/>]"), re.compile(rb"<row[\s/>]")
_PREFIXED_TAG = re.compile(rb":(?:c|row)[\s/>]")
_REFERENCE = re.compile(rb"r(?<=[\s\"']r)\s*=")  # begins with a letter, not the class: far faster
# An error cell, in either quote; UTF-16; a document type.
_NOT_PLAIN = (b't="e"', b"t='e'", b"\0", b"<!DOCTYPE")


def checked_workbook(file: IO[bytes], name: str) -> dict[str, ErrorCells]:
    """The error cells of every worksheet, by the sheet's name.

    Raises InputError for a file that is no workbook, is damaged, expands beyond all reason, or has a sheet whose
    grid would not fit into memory.
    """
    with opened_zip(file, name) as package:
        parts = {info.filename.lower(): info for info in package.infolist()}
        if _WORKBOOK not in parts or _RELATIONS not in parts or len(parts) < len(package.infolist()):
            raise not_excel(name)
        limit = max(EXPANSION_ALLOWED_BYTES, MOST_EXPANSION * file.seek(0, 2))
        if sum(info.file_size for info in parts.values()) > limit:
            raise expands_too_far(limit, name)
        errors = {part: _error_cells(package, info, name) for part, info in parts.items()}
        return {sheet: errors.get(part, {}) for sheet, part in _sheet_parts(package, parts, name).items()}


def not_excel(name: str) -> InputError:
    """The error for a file that is no workbook that can be read."""
    return InputError(
        "the file is not readable as an Excel workbook (.xlsx)",
        where=name,
        fix="save it as .xlsx, without a password, or correct the format in the contract",
    )


def _error_cells(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> ErrorCells:
    """The error cells of a part that may be a sheet, after a look at its grid; any part is read to its end."""
    blocks = member_blocks(package, part, name)
    if not (part.filename.lower().startswith(_SHEETS) and part.filename.lower().endswith(".xml")):
        for _ in blocks:
            pass
        return {}
    scan = _SheetScan(name)
    if not all(map(scan.take_plain, _in_whole_tags(blocks))):
        scan = _SheetScan(name)
        _parse(package, part, name, scan.start)
    scan.check_grid()
    return scan.error_cells()


def _in_whole_tags(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, cut before a tag."""
    rest = b""
    for block in blocks:
        whole, opening, rest = (rest + block).rpartition(b"<")
        rest = opening + rest
        yield whole
    yield rest


class _SheetScan:
    """The extent of a sheet's cells, and its error cells: of a plain sheet at C speed, else element by element."""

    def __init__(self, name: str):
        self._name = name
        self._columns: set[str] = set()
        self._rows: set[str] = set()
        self._cells = self._unnumbered_rows = self._unnumbered_cells = self._most_unnumbered_cells = 0
        self._reference = ""
        self._errors: dict[str, str] = {}

    def take_plain(self, xml: bytes) -> bool:
        """Take in XML whose cells and rows all begin as Excel writes them (`<c r="B2"`); False where it is not so.

        Five times as fast as the parser, which must look at what is written in any other way.
        """
        columns, rows = _PLAIN_COLUMN.findall(xml), _PLAIN_ROW.findall(xml)
        plain = len(columns) + len(rows)
        tags = len(_CELL_TAG.findall(xml)) + len(_ROW_TAG.findall(xml))
        if tags != plain or len(_REFERENCE.findall(xml)) != plain:
            return False
        if _PREFIXED_TAG.search(xml) or any(mark in xml for mark in _NOT_PLAIN):
            return False
        self._cells += len(columns)
        self._columns.update(column.decode() for column in set(columns))
        self._rows.update(row.decode() for row in {*rows, *_PLAIN_CELL_ROW.findall(xml)})
        return True

    def start(self, parser: expat.XMLParserType, tag: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        if tag == "c" or tag.endswith(":c"):
            self._cell(attributes)
        elif tag == "row" or tag.endswith(":row"):
            self._unnumbered_cells = 0
            if "r" in attributes:
                self._rows.add(attributes["r"])
            else:
                self._unnumbered_rows += 1
        elif self._reference and (tag == "v" or tag.endswith(":v")):
            parser.CharacterDataHandler, parser.EndElementHandler = self._text, lambda _: _ignore_text(parser)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._cells += 1
        reference = attributes.get("r", "")
        if reference:
            letters = reference.rstrip(_DIGITS)
            self._columns.add(letters)
            self._rows.add(reference[len(letters) :])
        else:
            self._unnumbered_cells += 1
            self._most_unnumbered_cells = max(self._most_unnumbered_cells, self._unnumbered_cells)
        self._reference = reference if attributes.get("t") == "e" else ""

    def _text(self, text: str) -> None:
        self._errors[self._reference] = self._errors.get(self._reference, "") + text

    def check_grid(self) -> None:
        """Raises InputError when the grid is larger than Excel's, or far larger than what is written in it."""
        rows = max(map(self._row, self._rows), default=0) + self._unnumbered_rows
        columns = max(map(self._column, self._columns), default=0) + self._most_unnumbered_cells
        most = max(GRID_ALLOWED_CELLS, MOST_CELLS_PER_WRITTEN_ONE * self._cells)
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > most:
            raise InputError(
                f"a sheet is spread over {rows:,} rows and {columns:,} columns",
                where=self._name,
                fix="delete the stray cells far from the table, or export as CSV",
            )

    def error_cells(self) -> ErrorCells:
        """The error cells by row and column."""
        found: ErrorCells = {}
        for reference, text in self._errors.items():
            letters = reference.rstrip(_DIGITS)
            found.setdefault(self._row(reference[len(letters) :]) - 1, {})[self._column(letters) - 1] = text
        return found

    def _row(self, digits: str) -> int:
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and int(digits)):
            raise not_excel(self._name)
        return int(digits)

    def _column(self, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
            raise not_excel(self._name)
        number = 0
        for letter in letters.upper():
            number = 26 * number + ord(letter) - ord("A") + 1
        return number


def _ignore_text(parser: expat.XMLParserType) -> None:
    parser.CharacterDataHandler = parser.EndElementHandler = None


def _sheet_parts(package: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], name: str) -> dict[str, str]:
    """{name of the sheet: its part, in lower case}."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(_: expat.XMLParserType, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            path = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/").lower()
            if not (path.startswith(_SHEETS) and path.endswith(".xml")):  # where they were not looked at
                raise not_excel(name)
            targets[attributes.get("Id", "")] = path

    def sheet(_: expat.XMLParserType, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            ids = (value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
            sheets[attributes.get("name", "")] = targets.get(next(ids, ""), "")

    _parse(package, parts[_RELATIONS], name, relation)
    _parse(package, parts[_WORKBOOK], name, sheet)
    return sheets


_Handler = Callable[[expat.XMLParserType, str, dict[str, str]], None]


def _parse(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, start: _Handler) -> None:
    """Hand every element of a part to `start`."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: start(parser, tag, attributes)

    def refuse(*_: object) -> None:
        raise not_excel(name)  # entities, which a document type declares, can grow without bound

    parser.StartDoctypeDeclHandler = refuse
    try:
        for block in member_blocks(package, part, name):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise not_excel(name) from None
