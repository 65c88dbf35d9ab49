"""What is typed into a spreadsheet arrives as the text that a person sees, and a hostile workbook does no harm."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.adapters.ingest import xlsx_package
from tests.adapters.ingest.samples import edited, with_sheet_data, workbook

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        *[(text, text) for text in ("007", "1E5", "NULL", "  x ", "a\nb", '"; drop', "12345678901234567890")],
        *[(text, text) for text in ("Zoë 山田 😀", "TRUE", "#N/A", "#DIV/0!")],
        ("_x000D_", "\r"),
        (None, None),
        ("", None),
        *[(1, "1"), (1.0, "1"), (-3, "-3"), (0, "0"), (2.5, "2.5"), (0.1, "0.1"), (1e-7, "1e-07")],
        *[(123456789012345, "123456789012345"), (True, "TRUE"), (False, "FALSE")],
        *[(date(2026, 1, 2), "2026-01-02"), (datetime(2026, 1, 2), "2026-01-02"), (time(3, 4, 5), "03:04:05")],
        *[(datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"), (datetime(1969, 7, 20, 9), "1969-07-20T09:00:00")],
        *[(timedelta(hours=30, seconds=1), "PT30H0M1S"), (timedelta(minutes=90), "PT1H30M0S")],
    ],
)
def test_a_cell_is_its_text(make_source, typed: Any, text: str | None) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    source.put("x.xlsx", workbook(["Id", "First"], ["k", typed]))
    assert source.ingest().loaded == 1
    assert source.query('select "Id", "First" from raw.people') == [("k", text)]


def test_lines_are_rows_of_the_sheet_and_rejects_show_theirs(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    source.put("x.xlsx", workbook([], ["Id", "First"], ["1", "Ann"], [], ["2", "Bob", 7, None], ["3", "Cy"]))
    result = source.ingest()
    assert (result.lines, result.loaded, result.rejected) == (3, 2, 1)
    lines, rejects = source.look(
        'select "Id", _line from raw.people order by 2', "select line, raw_text, reason from raw.rejects"
    )
    assert lines == [("1", 3), ("3", 6)]
    assert rejects == [(5, '["2", "Bob", "7"]', "3 columns where the header has 2")]


def test_a_table_away_from_the_corner_with_error_cells(make_source) -> None:  # type: ignore[no-untyped-def]
    cells = (
        b'<row r="3"><c r="C3" t="str"><v>Id</v></c><c r="D3" t="str"><v>First</v></c></row>'
        b'<row r="4"><c r="C4"><v>7</v></c><c r="D4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        b'<row r="6"><c r="C6" t="e"><v>#N/A</v></c><c r="D6" t="b"><v>1</v></c></row>'
    )
    source = make_source("xlsx")
    source.put("x.xlsx", with_sheet_data(cells))
    assert source.ingest().loaded == 2
    assert source.query('select "Id", "First", _line from raw.people order by 3') == [
        ("7", "#DIV/0!", 4),
        ("#N/A", "TRUE", 6),
    ]


def test_the_sheet_is_the_one_of_the_contract_else_the_first_with_the_key(make_source, tmp_path) -> None:  # type: ignore[no-untyped-def]
    others = {"hiddenSheet": [["Id"], ["hidden"]], "Read me": [["Export"], ["x"]], "Old": [["Id"], ["old"]]}
    content = workbook(["Id"], ["new"], sheet="New", before=others)
    for wanted, expected in (("", "old"), ("new", "new"), ("hiddenSheet", "hidden")):
        source = make_source("xlsx", sheet=wanted)
        source.warehouse.path.unlink(missing_ok=True)
        source.put("x.xlsx", content)
        assert source.ingest().loaded == 1
        assert source.query('select "Id" from raw.people') == [(expected,)]


def test_columns_of_an_export_for_editing(make_source) -> None:  # type: ignore[no-untyped-def]
    header = ["(Do Not Modify) Contact", "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On", "Id"]
    source = make_source("xlsx")
    rows = (header, ["guid", "aGk=", datetime(2026, 1, 2, 3, 4, 5), "1"])
    source.put("x.xlsx", workbook(*rows, before={"hiddenSheet": [["contact:x"]]}))
    assert source.ingest().loaded == 1
    names = ", ".join(f'"{name}"' for name in header)
    assert source.query(f"select {names} from raw.people") == [("guid", "aGk=", "2026-01-02T03:04:05", "1")]


def test_a_cell_of_ten_megabytes(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    cell = b'<c t="inlineStr"><is><t>%b</t></is></c>'
    rows = b"<row>%b</row><row>%b</row>" % (cell % b"Id", cell % (b"x" * 10_000_000))
    source.put("x.xlsx", with_sheet_data(rows))
    assert source.ingest().loaded == 1
    assert source.query('select length("Id") from raw.people') == [(10_000_000,)]


def test_a_bomb_is_bounded(make_source, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(xlsx_package, "EXPANSION_ALLOWED_BYTES", 1_000_000)
    source = make_source("xlsx")
    source.put("x.xlsx", with_sheet_data(b" " * 10_000_000))
    problem = source.ingest().problem
    assert "people/x.xlsx: the compressed file expands to more than" in problem


def test_a_part_larger_than_it_says_is_damage(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    honest = with_sheet_data(b"<row><c t='str'><v>Id</v></c></row>")
    size = len(edited_part(honest)).to_bytes(4, "little")
    assert honest.count(size) == 2
    source.put("x.xlsx", honest.replace(size, (99).to_bytes(4, "little")))
    assert "cut off or damaged" in source.ingest().problem


def edited_part(package: bytes) -> bytes:
    """The XML of the first sheet."""
    found: list[bytes] = []
    edited(package, SHEET, lambda part: found.append(part) or part)
    return found[0]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        (SHEET, b"<sheetData>", b'<sheetData><row r="0"/>'),
        (SHEET, b"<sheetData>", b'<sheetData><row r="1"><c r="1"/></row>'),
        (SHEET, b"<sheetData>", b'<sheetData><row r="1"><c r="A99999999"/></row>'),
        (SHEET, b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="s"><v>99999</v></c></row>'),
        (SHEET, b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="b"><v>maybe</v></c></row>'),
        ("xl/_rels/workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"/xl/../elsewhere/sheet1.xml"),
        ("xl/workbook.xml", b"<sheets>", b"<sheets"),
    ],
)
def test_hostile_parts_are_no_workbook(make_source, part: str, old: bytes, new: bytes) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    source.put("x.xlsx", edited(workbook(["Id"], [1]), part, lambda xml: xml.replace(old, new)))
    result = source.ingest()
    assert (result.status, result.lines) == ("failed", 0)
    assert "people/x.xlsx: the file is not readable as an Excel workbook" in result.problem


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c r="xfd1048576"><v>1</v></c></row>',
        "<row r='2'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="2"><c\nr = "XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c s="0" r="XFD1048576"><v>1</v></c></row>',
        '<row r="2"><c t="str" s=">" r="XFD1048576"><v>1</v></c></row>',
        '<x:row r="2"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        f'<row>{"<c><v>1</v></c>" * 100}</row><row r="1048576"><c><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_cells_worlds_apart_are_seen_however_they_are_written(make_source, far: str) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    xml = f'<row r="1"><c r="A1" t="str"><v>Id</v></c></row>{far}'.encode()
    content = with_sheet_data(xml)
    if "x:" in far:
        content = edited(content, SHEET, lambda part: part.replace(b"<worksheet ", b'<worksheet xmlns:x="x" '))
    source.put("x.xlsx", content)
    problem = source.ingest().problem
    assert "a sheet is spread over 1,048,57" in problem


@pytest.mark.parametrize("second", ['r="XFD1048576"', 'r ="XFD1048576"', '\tr="XFD1048576"'])
def test_a_second_reference_is_no_way_around(make_source, second: str) -> None:  # type: ignore[no-untyped-def]
    source = make_source("xlsx")
    source.put("x.xlsx", with_sheet_data(f'<row r="1"><c r="A1" {second}><v>1</v></c></row>'.encode()))
    assert "not readable as an Excel workbook" in source.ingest().problem


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 800), st.booleans()), min_size=1, max_size=9),
    st.integers(1, 99),
)
def test_the_fast_look_and_the_parser_see_one_sheet(cells: list[tuple[int, int, bool]], block: int) -> None:
    """Some cells have no reference: those only the parser counts, and the fast look says so."""
    from openpyxl.utils import get_column_letter

    references = ["" if bare else f' r="{get_column_letter(column)}{row}"' for row, column, bare in cells]
    rows = "".join(
        f'<row r="{row}"><c{reference}><v>1</v></c></row>'
        for (row, _, _), reference in zip(cells, references, strict=True)
    )
    xml = f"<sheetData>{rows}</sheetData>".encode()
    blocks = [xml[start : start + block] for start in range(0, len(xml), block)]
    fast, slow = xlsx_package._SheetScan("x"), xlsx_package._SheetScan("x")
    taken = all(map(fast.take_plain, xlsx_package._in_whole_tags(blocks)))
    assert taken == (not any(bare for _, _, bare in cells))
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: slow.start(parser, tag, attributes)
    parser.Parse(xml, True)
    if taken:
        assert (fast._cells, fast._columns, fast._rows) == (slow._cells, slow._columns, slow._rows)
