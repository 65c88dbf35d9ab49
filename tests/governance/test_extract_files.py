"""Extract files of every format lose the lines of somebody erased, and nothing else; and are read as before."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.governance.extract_files import clean_extracts
from dq_pipeline.adapters.governance.suppression import Suppressions
from dq_pipeline.domain.contract import Contract
from dq_pipeline.settings import CONTRACTS, MODELS_SQL

ZOHO = "Record Id,First Name,Last Name,Email,Phone,Date of Birth,Description"
ROWS = (
    "z1,Ann,Lee,ann@one.com,+442079460001,1980-05-31,",
    'z2,Zyx,Quill,zyx@two.com,+442079460002,1961-03-29,"says\nmore, ""much"" more"',
    "z3,Bo,Lee,bo@three.com,+442079460003,1990-01-02,",
)


@pytest.fixture(scope="module")
def contracts() -> Mapping[str, Contract]:
    """As the project has them, but with a few columns content, and one source that also sends workbooks."""
    found = {}
    for name, contract in load_contracts(CONTRACTS).items():
        columns = tuple(replace(column, required=column.key) for column in contract.columns)
        layout = replace(contract.layout, patterns=(*contract.layout.patterns, "*.xlsx"))
        found[name] = replace(contract, columns=columns, layout=layout)
    return found


@pytest.fixture
def suppressions(tmp_path: Path) -> Suppressions:
    """One who knows the person by key, and by what other keys cannot hide."""
    made = Suppressions(tmp_path / "governance", MODELS_SQL)
    person = (
        ("key", "zoho:z2"),
        ("key", "ao:00000002"),
        ("email", "zyx@two.com"),
        ("national_id", "zx918273q"),
        ("birthdate", "01123699|quill zyx"),  # the digits of 1961-03-29, in order of size
        ("phone", "079460002|quill zyx"),
        ("email_name", "family@two.com|quill zyx"),
    )
    with duckdb.connect() as con:
        made.folder.mkdir()
        made.prepare(con)
        made.add(
            "E1",
            [(kind, con.execute("select dq_digest(?, ?)", [kind, token]).fetchall()[0][0]) for kind, token in person],
        )
    return made


def clean(tmp_path: Path, contract: Contract, suppressions: Suppressions, name: str, data: bytes) -> Path:
    """The file after cleaning, which has been done twice."""
    path = tmp_path / "extracts" / contract.id / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    (tmp_path / "scratch").mkdir()
    before = path.stat().st_mtime_ns
    cleaned, unread = clean_extracts(tmp_path / "extracts", contract, suppressions, tmp_path / "scratch")
    assert ([file.lines for file in cleaned], unread) == ([1], [])
    assert clean_extracts(tmp_path / "extracts", contract, suppressions, tmp_path / "scratch") == ([], [])
    assert not path.exists() or path.stat().st_mtime_ns == before
    return path


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_record_of_several_lines_becomes_blank_lines(
    tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions, codec: str, end: str
) -> None:
    text = "\n".join((ZOHO, *ROWS, "")).replace("\n", end)
    path = clean(tmp_path, contracts["zoho_contacts"], suppressions, "Contacts_2026_11_20.csv", text.encode(codec))
    kept = end.join((ZOHO, ROWS[0], "", "", ROWS[2], ""))
    assert path.read_bytes() == kept.encode(codec)


def test_a_compressed_file_stays_compressed(
    tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions
) -> None:
    data = gzip.compress("\n".join((ZOHO, *ROWS, "")).encode())
    path = clean(tmp_path, contracts["zoho_contacts"], suppressions, "Contacts_2026_11_20.csv.gz", data)
    assert gzip.decompress(path.read_bytes()).decode() == "\n".join((ZOHO, ROWS[0], "", "", ROWS[2], ""))


def test_a_member_of_an_archive(tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions) -> None:
    source = tmp_path / "source.zip"
    with zipfile.ZipFile(source, "w") as made:
        made.writestr("Contacts_2026_11_20.csv", "\n".join((ZOHO, *ROWS, "")))
        made.writestr("readme.txt", "as it was")
    path = clean(tmp_path, contracts["zoho_contacts"], suppressions, "Contacts_2026_11_20.zip", source.read_bytes())
    with zipfile.ZipFile(path) as read:
        assert read.read("Contacts_2026_11_20.csv").decode() == "\n".join((ZOHO, ROWS[0], "", "", ROWS[2], ""))
        assert read.read("readme.txt") == b"as it was"


def test_the_count_in_a_trailer_follows(
    tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions
) -> None:
    contract = contracts["ao_customers"]
    names = [column.name for column in contract.columns]
    rows = ["|".join({"CUST_NO": f"0000000{n}", "SURNAME": "X"}.get(name, "") for name in names) for n in (1, 2, 3)]
    lines = ["H|AOCUST|20261120|060000", "|".join(names), *rows, "T|00003"]
    path = clean(tmp_path, contract, suppressions, "AOCUST_20261120.txt", ("\n".join(lines) + "\n").encode("cp1252"))
    assert path.read_text("cp1252").splitlines() == [*lines[:3], "", lines[4], "T|2"]


def test_an_element_of_a_page(tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions) -> None:
    people = [
        {"contactid": "d1", "firstname": "Ann", "lastname": "Lee", "emailaddress1": "ann@one.com", "rate": 1.50},
        {"contactid": "d2", "firstname": "Zyx", "lastname": "Quill", "emailaddress1": "ZYX@two.com"},
        {"contactid": "d3", "firstname": "Bo", "lastname": "Lee", "emailaddress1": None},
    ]
    data = json.dumps({"@odata.context": "c", "value": people}, indent=1).replace("1.5", "1.50").encode()
    path = clean(tmp_path, contracts["dynamics_contacts"], suppressions, "contacts_page_00001.json", data)
    assert json.loads(path.read_bytes()) == {"@odata.context": "c", "value": [people[0], people[2]]}
    assert b"1.50" in path.read_bytes()  # numbers stay as they were written


def test_rows_of_parquet_keep_their_types(
    tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions
) -> None:
    source = tmp_path / "source.parquet"
    with duckdb.connect() as con:
        con.execute(
            "create table facts as select 't' || n as transaction_id, 'zoho' as source_system, 'z' || n as "
            "source_record_id, timestamptz '2026-01-01 10:00:00+00' as occurred_at, 1.50::decimal(18,2) as amount, "
            "'EUR' as currency, 'settled' as status, 'p' as product, 'web' as channel from range(1, 4) as r(n)"
        )
        con.execute(f"copy facts to '{source}' (format parquet)")
        path = clean(
            tmp_path, contracts["transactions"], suppressions, "transactions_20261120.parquet", source.read_bytes()
        )
        assert con.execute(f"select transaction_id from '{path}'").fetchall() == [("t1",), ("t3",)]
        assert con.execute(f"describe from '{path}'").fetchall() == con.execute("describe facts").fetchall()


def test_a_workbook_is_removed_and_its_folder_with_it(
    tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions
) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for line in (ZOHO, ROWS[0], "z2,Zyx,Quill,,,,"):
        book.active.append(line.split(","))
    book.save(tmp_path / "source.xlsx")
    data = (tmp_path / "source.xlsx").read_bytes()
    path = clean(tmp_path, contracts["zoho_contacts"], suppressions, "Contacts_2026_11_20.xlsx", data)
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("row", "left_out"),
    [
        ("n1,Other,Name,ZYX@two.com ,,,", True),  # the address was nobody else's
        ("n2,Quill,Zyx,,,29.03.1961,", True),  # names swapped, the date in another order
        ("n3,Zyx,Quill,,020 7946 0002,,", True),  # the phone together with the name
        ("n7,Zyx,Quill,family@two.com,,,", True),  # an address of several, together with the name
        ("n8,Orlando,Quill,family@two.com,,,", False),
        ("n4,Orlando,Quill,,+442079460002,1958-10-02,", False),  # the spouse: same phone, same family name
        ("n5,Zyx,Quill,,,1962-03-29,", False),  # a namesake
        ("n6,,,,+442079460002,1961-03-29,", False),  # a phone and a birthdate without a name
    ],
)
def test_who_comes_under_another_key_is_known_by_what_is_the_persons_own(
    tmp_path: Path, contracts: Mapping[str, Contract], suppressions: Suppressions, row: str, left_out: bool
) -> None:
    contract = contracts["zoho_contacts"]
    path = tmp_path / "extracts" / contract.id / "Contacts_2026_11_20.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join((ZOHO, ROWS[0], row, "")))
    (tmp_path / "scratch").mkdir()
    cleaned, _ = clean_extracts(tmp_path / "extracts", contract, suppressions, tmp_path / "scratch")
    assert bool(cleaned) is left_out
