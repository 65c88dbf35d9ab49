"""linkage.records from records as they arrive: how names sound, their rarest word, partly known birthdates, types."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.warehouse import create_schemas
from tests.adapters.staging_models import Connection, build, records, rows


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        create_schemas(connection)
        create_quarantine_tables(connection)
        yield connection


def linkage_records(con: Connection, *given: dict[str, str | None]) -> None:
    records(con, *given)
    parse_values(con, {}, as_of=date(2026, 11, 20))
    build(con, "linkage.records")


ONE_NAME = [
    ("Mohammed Khalid", "Muhammad Khaled"),
    ("Aleksandr Zhadan", "Alexander Jadan"),
    ("Yevgeniy Gusev", "Evgeni Guseff"),
    ("Jürgen Müller", "Juergen Mueller"),
    ("Hassan al-Masri", "Hasan Masri"),
    ("Дмитрий Филиппов", "Dmitriy Filipov"),
]


def test_one_name_written_in_two_ways_sounds_the_same_and_others_do_not(con: Connection) -> None:
    others = ["Anna Berg", "Hanna Berg", "Peter Stone", "Pedro Stark", "Mazzini Paul", "Masuda Paul"]
    linkage_records(con, *[{"name": name} for name in [name for pair in ONE_NAME for name in pair] + others])
    sounds = [
        s for (s,) in rows(con, "select sound_name from linkage.records order by split_part(record_key, ':', 2)::int")
    ]
    pairs = list(zip(sounds[::2], sounds[1::2], strict=True))
    assert [left == right for left, right in pairs] == [True] * len(ONE_NAME) + [False] * 3


def test_the_telling_word_is_the_one_fewest_names_have(con: Connection) -> None:
    names = ["Borealis Shipping Ltd", "Atlas Shipping Ltd", "Atlas Trading Ltd", "Atlas Shipping North Ltd"]
    linkage_records(con, *[{"name": name} for name in names])
    told = rows(con, "select full_name, telling_word from linkage.records order by full_name")
    assert dict(told) == {
        "atlas shipping": "Atls",
        "atlas shipping north": "nrt",
        "atlas trading": "trdng",
        "borealis shipping": "brls",
    }


def test_a_birthdate_is_compared_as_far_as_it_is_known(con: Connection) -> None:
    linkage_records(con, *[{"given_name": "Ann", "birthdate": text} for text in ("1984", "1984-05", "1984-05-17")])
    told = rows(con, "select birthdate_text, birth_year, birthday from linkage.records order by 1")
    assert told == [("1984", "1984", None), ("1984-05", "1984", None), ("1984-05-17", "1984", "05-17")]


def test_a_firm_without_its_legal_form_meets_the_one_with_it(con: Connection) -> None:
    linkage_records(
        con,
        {"name": "Acme Pipelines LLC"},
        {"name": "Acme Pipelines"},
        {"name": "Borealis & Sons Trading Ltd"},
        {"name": "Ann Lee"},
        {"name": "Borealis Pipelines", "birthdate": "1980-05-17"},
    )
    told = rows(con, "select record_key, party_type, organisation from linkage.records order by record_key")
    assert told == [
        ("crm:1", "organisation", "acme pipelines"),
        ("crm:2", "organisation", "acme pipelines"),
        ("crm:3", "organisation", "borealis sons trading"),
        ("crm:4", "person", None),
        ("crm:5", "person", None),
    ]
    assert rows(con, "select party_type from staging.customers where record_key = 'crm:2'") == [("organisation",)]
