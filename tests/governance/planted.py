"""A person with telling values in every source of a sample, a spouse who shares some of them, and a search of every
file for whatever is left."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb

GIVEN, FAMILY, EMAIL, WORK = "Zyxwena", "Quillfeather", "zyxwena.q@quillpost.com", "zq@vexburyworks.com"
STREET, NATIONAL_ID, BORN, PHONE = "77 Vexbury Crescent", "ZX918273Q", "1961-03-29", "+44 20 7946 0857"
SUBJECT, TOWN = "Obloquious parcel", "Obliqueton"
# What must be nowhere. The family name and the phone are the spouse's too.
SECRETS = (
    *("zyxwena", "quillpost", "zq@vexbury", "zx918273q", "1961-03-29", "29031961", "obloquious", "obliqueton"),
    # By which the sources know who it is.
    *("zcrm_planted_1", "ao:90000001", "90000000001", "salesforce:planted-1", "00000000-aaaa-4bbb-8ccc-000000000001"),
)
SPOUSE = "salesforce:planted-spouse"
KEYS = {
    *("ao:90000001", "hubspot:90000000001", "salesforce:planted-1", "zoho:zcrm_planted_1"),
    "dynamics:00000000-aaaa-4bbb-8ccc-000000000001",
}

Row = dict[str, object]


def ok(done: subprocess.CompletedProcess[str]) -> str:
    """Standard output of a command that must have succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def plant(extracts: Path, *, hubspot_key: str = "90000000001") -> None:
    """Put the person into the files of all sources, and a damaged line with the person's address into one."""
    (ao,) = (extracts / "ao_customers").iterdir()
    head, *lines, _ = ao.read_text("cp1252").splitlines()
    rows: list[Row] = [dict(row) for row in csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE)]
    rows.insert(3, {**dict.fromkeys(rows[0], ""), **_AO})
    body = _csv(rows, delimiter="|", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    ao.write_text(f"{head}\n{body}T|{len(rows)}\n", "cp1252")
    hubspot = {**_HUBSPOT, "Record ID": hubspot_key}
    _add_to_csv(extracts / "hubspot_contacts", [hubspot], "utf-8-sig")
    _add_to_csv(extracts / "salesforce_contacts", [_SALESFORCE, _SPOUSE], "utf-8")
    _add_to_csv(extracts / "zoho_contacts", [_ZOHO], "utf-8")
    (page,) = (extracts / "dynamics_contacts").iterdir()
    data = json.loads(page.read_text("utf-8"))
    data["value"].insert(5, {**dict.fromkeys(data["value"][0], None), **_DYNAMICS})
    page.write_text(json.dumps(data), "utf-8")
    (interactions,) = (extracts / "interactions").iterdir()
    with interactions.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**_INTERACTION, "subject": SUBJECT}) + "\n")
        file.write('{"interaction_id": "INT-DAMAGED", "subject": "' + EMAIL + "\n")
    (transactions,) = (extracts / "transactions").iterdir()
    with duckdb.connect() as con:
        con.execute(f"create table facts as from '{transactions}'")
        con.execute(
            "insert into facts by name select 'TRX-PLANTED' as transaction_id, 'zoho' as source_system, "
            "'zcrm_planted_1' as source_record_id, now() - interval 3 day as occurred_at, 12.5 as amount, "
            "'EUR' as currency, 'settled' as status, $1 as product, 'web' as channel",
            [SUBJECT],
        ).fetchall()
        con.execute(f"copy facts to '{transactions}' (format parquet)").fetchall()


def _add_to_csv(folder: Path, more: list[Row], encoding: str) -> None:
    (path,) = folder.iterdir()
    with path.open(encoding=encoding, newline="") as file:
        rows: list[Row] = [dict(row) for row in csv.DictReader(file)]
    for place, row in enumerate(more):
        rows.insert(2 + place, {**dict.fromkeys(rows[0], ""), **row})
    path.write_text(_csv(rows, lineterminator="\n"), encoding)


def _csv(rows: list[Row], **options: object) -> str:
    body = io.StringIO()
    writer = csv.DictWriter(body, list(rows[0]), **options)  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(rows)
    return body.getvalue()


_AO: Row = {
    **{"CUST_NO": "90000001", "SURNAME": FAMILY.upper(), "FORENAME": GIVEN.upper(), "DOB": "29031961", "SEX": "F"},
    **{"ADDR1": STREET.upper(), "TOWN": TOWN.upper(), "TEL_HOME": "02079460857", "EMAIL": EMAIL, "CTRY": "GBR"},
    **{"NAT_ID": NATIONAL_ID, "MKT_CONSENT": "W", "CONSENT_DT": "01022024", "CONSENT_METHOD": "W"},
    **{"CUST_STATUS": "A", "OPEN_DT": "05072005", "LAST_CHG_DT": "14012021", "POSTCODE": "OX4 4TT"},
}
_HUBSPOT: Row = {
    **{"First Name": GIVEN, "Last Name": FAMILY, "Email": EMAIL, "Phone Number": PHONE, "Street Address": STREET},
    **{"City": TOWN, "Date of birth": BORN, "Additional email addresses": WORK, "Postal Code": "OX4 4TT"},
    **{"Create Date": "2021-02-03 10:00", "Last Modified Date": "2024-02-03 10:00"},
}
_SALESFORCE: Row = {
    **{"Id": "planted-1", "IsDeleted": "0", "FirstName": GIVEN, "LastName": FAMILY, "Name": f"{GIVEN} {FAMILY}"},
    **{"Email": WORK, "Phone": PHONE, "Birthdate": BORN, "MailingStreet": f"{STREET}\nFlat 2", "MailingCity": TOWN},
    **{"CreatedDate": "2018-09-08T19:39:40.000Z", "Description": 'prefers letters, "no calls"\nsays Zyxwena'},
}
_SPOUSE: Row = {
    **{"Id": "planted-spouse", "IsDeleted": "0", "FirstName": "Orlando", "LastName": FAMILY, "Phone": PHONE},
    **{"Name": f"Orlando {FAMILY}", "Email": "orlando@feathermail.com", "Birthdate": "1958-10-02"},
    **{"MailingStreet": STREET, "CreatedDate": "2018-09-08T19:39:40.000Z"},
}
_ZOHO: Row = {
    **{"Record Id": "zcrm_planted_1", "First Name": GIVEN, "Last Name": FAMILY, "Full Name": f"{GIVEN} {FAMILY}"},
    **{"Email": EMAIL, "Secondary Email": WORK, "Phone": PHONE, "Date of Birth": BORN, "Mailing Street": STREET},
    **{"Created Time": "2018-09-21 23:31:08", "Contact Status": "Active"},
}
_DYNAMICS: Row = {
    **{"contactid": "00000000-aaaa-4bbb-8ccc-000000000001", "firstname": GIVEN, "lastname": FAMILY},
    **{"fullname": f"{GIVEN} {FAMILY}", "emailaddress1": EMAIL, "telephone1": PHONE, "birthdate": BORN},
    **{"address1_line1": STREET, "address1_city": TOWN, "createdon": "2019-03-01T10:00:00Z"},
}
_INTERACTION: Row = {
    **{"interaction_id": "INT-PLANTED", "source_system": "hubspot", "source_record_id": "90000000001"},
    **{"channel": "email", "direction": "inbound", "occurred_at": "2026-09-05T00:15:31Z", "outcome": "resolved"},
}


def found(home: Path) -> dict[str, list[str]]:
    """File below `home` -> the secrets it holds, in whatever encoding, case or compression, or as a database cell."""
    holds = {}
    with duckdb.connect() as con:
        for path in sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink()):
            # Without its NUL bytes, UTF-16 of these words is their UTF-8.
            told = [data.lower().replace(b"\0", b"") for data in _contents(path, con)]
            secrets = [text for text in SECRETS if any(text.encode() in data for data in told)]
            if secrets:
                holds[path.relative_to(home).as_posix()] = secrets
    return holds


def _contents(path: Path, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    for unpack in (zlib.decompress, gzip.decompress):
        try:
            yield unpack(data)
        except (zlib.error, OSError, EOFError):
            continue
    if data.startswith(b"SQLite format 3\0"):
        with closing(sqlite3.connect(path)) as log:
            for (table,) in log.execute("select name from sqlite_master where type = 'table'").fetchall():
                yield repr(log.execute(f'select * from "{table}"').fetchall()).encode()
    elif path.suffix == ".parquet":
        yield repr(con.execute("select columns(*)::varchar from read_parquet(?)", [str(path)]).fetchall()).encode()
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            tables = "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
            for schema, table in database.execute(tables).fetchall():
                select = f'select columns(*)::varchar from "{schema}"."{table}"'
                yield repr(database.execute(select).fetchall()).encode()
