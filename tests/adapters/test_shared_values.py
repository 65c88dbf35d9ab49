"""Fillers that only this data knows, and the values that colleagues, families and towns really share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.shared_values import SharingLimit
from dq_pipeline.policies.placeholders import SHARING_LIMITS
from tests.adapters.staging_models import Connection, build, records, rows

GIVEN = [
    a + b for a, b in product(("Al", "Be", "Ca", "Do", "El", "Fi", "Gu", "Ha"), ("na", "ra", "lo", "mi", "to", "si"))
]
FAMILY = [
    a + b
    for a, b in product(
        ("Ad", "Brand", "Con", "Diet", "Eng", "Fuch", "Ger", "Hub"), ("mann", "berg", "feld", "bach", "hof", "au")
    )
]
SHARERS = 45
FILLER = {
    "birthdate": "1911-11-11",
    "email": "kunde@web.de",
    "phone_number": "030 9018200",
    "street_address": "Hauptstraße 1",
    "locality": "Ulm",
    "national_id": "DE 777 555 X",
}

Row = dict[str, str | None]


def everybody(count: int) -> list[Row]:
    """People who share nothing but names."""
    return [
        {
            "given_name": GIVEN[i % 48],
            "family_name": FAMILY[i // 48],
            "birthdate": (date(1940, 1, 2) + timedelta(days=31 * i)).isoformat(),
            "email": f"p{i}@web.de",
            "phone_number": f"+4989{i + 1234567}",
            "street_address": f"Lindenweg {i + 1}",
            "locality": "Ulm",
            "national_id": f"DE{i * 7919 + 100003}X",
            "country": "DE",
        }
        for i in range(count)
    ]


def people(count: int, **values: str) -> list[Row]:
    """`count` differently named people with the same values."""
    named = zip(GIVEN * 2, FAMILY * 2, strict=False)
    return [{"given_name": given, "family_name": family, "country": "DE", **values} for given, family in named][:count]


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        create_schemas(connection)
        yield connection


def found(con: Connection, *given: Row) -> set[tuple[Any, ...]]:
    records(con, *given)
    parse_values(con, {}, as_of=date(2026, 11, 20), corrections=(), sharing=SHARING_LIMITS)
    build(con, "staging.customers", "staging.match_forms", "staging.contact_points")
    return set(rows(con, "select column_name, value, persons, reason from staging.shared_values"))


def test_what_strangers_share_is_a_placeholder_and_no_evidence(con: Connection) -> None:
    january: list[Row] = [{**row, "birthdate": "1984-01-01"} for row in people(SHARERS)]
    assert found(con, *everybody(600), *people(SHARERS, **FILLER), *january) == {
        ("birthdate", "1911-11-11", 45, "implausibly_many"),
        ("birthdate", "1984-01-01", 45, "first_of_january"),
        ("email", "kunde@web.de", 45, "implausibly_many"),
        ("national_id", "DE777555X", 45, "implausibly_many"),
        ("phone_number", "+49309018200", 45, "implausibly_many"),
        ("street_address", "hauptstrasse 1, ulm", 45, "implausibly_many"),
    }
    shown = "email, phone_number, birthdate::varchar, street_address, national_id"
    statuses = "email_status, phone_number_status, birthdate_status, street_address_status, national_id_status"
    assert rows(con, f"select distinct {shown}, {statuses} from staging.customers where email = 'kunde@web.de'") == [
        ("kunde@web.de", "+49309018200", "1911-11-11", "Hauptstraße 1", "DE 777 555 X", *["placeholder"] * 5)
    ]
    forms = (
        "email_key, email_keys, phone_number, phone_digits, phone_numbers, birthdate, birth_year, birthdate_readings, "
        "address_key, street_key, national_id_key"
    )
    sql = f"select distinct {forms} from staging.match_forms where record_key in (select record_key from "
    assert rows(con, sql + "staging.customers where email = 'kunde@web.de')") == [(None,) * 11]
    assert rows(con, "select channel, status, count(*) from staging.contact_points group by all order by all") == [
        ("email", "placeholder", SHARERS),
        ("email", "valid", 600),
        ("phone", "placeholder", SHARERS),
        ("phone", "valid", 600),
    ]


def test_a_name_far_more_frequent_than_its_halves_make_it(con: Connection) -> None:
    muster: list[Row] = [
        {"given_name": "Max", "family_name": "Mustermann", "birthdate": f"1970-02-{i + 1:02}", "email": f"m{i}@web.de"}
        for i in range(14)
    ]
    assert found(con, *everybody(1600), *muster) == {("name", "max mustermann", 14, "implausibly_many")}
    sql = "select name, name_status from staging.customers where family_name = 'Mustermann' limit 1"
    assert rows(con, sql) == [("Max Mustermann", "placeholder")]
    keys = "name_key, given_name_key, family_name_key, nickname_group, nickname_groups"
    sql = f"select distinct {keys} from staging.match_forms where email_key like 'm%'"
    assert rows(con, sql) == [(None,) * 5]


def test_what_is_really_shared_is_no_placeholder(con: Connection) -> None:
    office = people(SHARERS, phone_number="069 2123456", street_address="Werkstraße 5", organisation_name="Adler GmbH")
    family = [{**row, "family_name": "Sonnenschein", "email": "familie@web.de"} for row in people(SHARERS)]
    towns = [{**row, "locality": f"Stadt {i}"} for i, row in enumerate(people(SHARERS, street_address="Hauptstraße 1"))]
    role = people(SHARERS, email="info@somewhere.de")
    assert {
        (column, reason) for column, _, _, reason in found(con, *everybody(600), *office, *family, *towns, *role)
    } == {
        ("phone_number", "colleagues"),
        ("street_address", "colleagues"),
        ("email", "role_mailbox"),
    }
    assert rows(con, "select count(*) from staging.match_forms where phone_number = '+49692123456'") == [(SHARERS,)]
    sql = (
        "select count(*) from staging.customers where 'placeholder' in (email_status, phone_number_status, name_status)"
    )
    assert rows(con, sql) == [(0,)]


def test_few_records_are_never_judged(con: Connection) -> None:
    assert found(con, *everybody(5), *people(9, **FILLER)) == set()


def test_a_limit_that_would_condemn_a_couple_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3 persons"):
        SharingLimit("email", 2, 5, "")
