"""A placeholder is no evidence: whatever fills a field to get past a form, linkage.records has nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.shared_values import SharingLimit
from tests.adapters.staging_models import Connection, build, records, rows

TODAY = date(2026, 11, 20)
# What a record is, not what it says.
ITSELF = {"record_key", "source_system", "source_record_id", "party_type"}
KINDS: dict[str, list[dict[str, str | None]]] = {
    "name parts": [{"given_name": "TEST", "family_name": "Unknown"}, {"given_name": "xxx", "family_name": "-"}],
    "whole name": [{"name": "No Name"}, {"name": "n/a"}, {"name": "Test Test"}],
    "middle name": [{"middle_name": "n/a"}],
    "organisation": [{"organisation_name": "unknown"}],
    "job title": [{"job_title": "n/a"}],
    "email": [{"email": address} for address in ("test@test.com", "noemail@gmail.com", "user@example.com", "n/a")],
    "phone": [{"phone_number": number} for number in ("0000000000", "0123456789", "unknown", "+1 212 555 0123")],
    "birthdate": [{"birthdate": day} for day in ("1900-01-01", "1970-01-01", "9999-12-31", "0000-00-00", "unknown")],
    "address": [{"street_address": "n/a"}, {"street_address": "same as above"}],
    "locality": [{"locality": "unknown"}],
    "region": [{"region": "n/a"}],
    "postal code": [{"postal_code": "00000"}, {"postal_code": "n/a"}],
    "country": [{"country": "XX"}, {"country": "unknown"}],
    "gender": [{"gender": "U"}, {"gender": "n/a"}],
    "national id": [{"national_id": "000000000"}, {"national_id": "123456789"}, {"national_id": "n/a"}],
}
SHARED = {
    "email": "kunde@web.de",
    "phone_number": "+49309018200",
    "birthdate": "1911-11-11",
    "street_address": "Hauptstraße 1",
    "national_id": "DE 777 555 X",
}


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        create_schemas(connection)
        create_quarantine_tables(connection)
        yield connection


def evidence(con: Connection) -> dict[str, set[str]]:
    """Record key -> the columns of linkage.records that hold anything about it."""
    build(con, "linkage.records")
    found = con.execute("select * from linkage.records")
    columns = [column[0] for column in found.description]
    filled = {}
    for row in found.fetchall():
        said = dict(zip(columns, row, strict=True))
        filled[said["record_key"]] = {c for c, value in said.items() if value not in (None, []) and c not in ITSELF}
    return filled


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_placeholder_reaches_linkage(con: Connection, kind: str) -> None:
    records(con, *KINDS[kind])
    parse_values(con, {}, as_of=TODAY)
    assert evidence(con) == {f"crm:{number}": set() for number in range(1, len(KINDS[kind]) + 1)}


def test_real_values_reach_it(con: Connection) -> None:
    """The proof above would also hold for a table that is always empty."""
    records(con, {"given_name": "Ann", "email": "ann@web.de"}, {"birthdate": "1980-05-17", "locality": "Leeds"})
    parse_values(con, {}, as_of=TODAY)
    found = evidence(con)
    assert found["crm:1"] >= {"given_name", "full_name", "email", "emails", "email_domain"}
    assert found["crm:2"] == {"birthdate_text", "birth_year", "birthday", "birthdate_readings", "locality"}


def test_nothing_of_a_value_that_too_many_share_reaches_linkage(con: Connection) -> None:
    syllables = ("ba", "be", "bo", "da", "de", "do", "ka", "ke", "ko")
    people: list[dict[str, str | None]] = [
        {"given_name": f"{a}{b}".title(), "family_name": f"{b}{a}mann".title(), **SHARED}
        for a in syllables
        for b in syllables
        if a != b
    ]
    records(con, *people)
    limits = [SharingLimit(column, 20, 1, "") for column in SHARED]
    parse_values(con, {}, as_of=TODAY, corrections=(), sharing=limits)
    said = set.union(*evidence(con).values())
    assert rows(con, "select count(*) from staging.shared_values where status = 'placeholder'") == [(len(SHARED),)]
    assert {column for column in said if not any(of in column for of in ("name", "word", "sound"))} == set()
