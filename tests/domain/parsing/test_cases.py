"""Every row of `tests/cases/*.csv`: what a steward says a value means."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from dq_pipeline.domain.parsing.addresses import parse_address
from dq_pipeline.domain.parsing.countries import parse_country
from dq_pipeline.domain.parsing.dates import parse_date
from dq_pipeline.domain.parsing.emails import parse_email
from dq_pipeline.domain.parsing.genders import parse_gender
from dq_pipeline.domain.parsing.names import NamePart, parse_name
from dq_pipeline.domain.parsing.nicknames import nickname_groups
from dq_pipeline.domain.parsing.organisations import is_organisation, parse_organisation
from dq_pipeline.domain.parsing.phones import parse_phone
from dq_pipeline.domain.parsing.postal_codes import parse_postal_code
from dq_pipeline.domain.parsing.text import tidy
from dq_pipeline.domain.parsing.texts import parse_text

CASES = Path(__file__).parents[2] / "cases"
Row = dict[str, str]


def rows(name: str) -> list[Any]:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [pytest.param(row, id=f"{row['input']}|{row['context']}") for row in csv.DictReader(file)]


def text(value: object) -> str:
    return "" if value is None else str(value)


def check(parsed: Any, row: Row, *columns: str) -> None:
    got = {column: text(getattr(parsed, column)) for column in columns}
    assert got == {column: row[column] for column in columns}, row["why"]


def check_value(parsed: Any, row: Row) -> None:
    assert text(parsed.value) == row["expected"], row["why"]
    check(parsed, row, "status", "reason")


@pytest.mark.parametrize("row", rows("names"))
def test_name(row: Row) -> None:
    assert row["context"] in get_args(NamePart)
    parsed = parse_name(row["context"], row["input"])  # type: ignore[arg-type]
    assert parsed.value == row["expected"], row["why"]
    check(parsed, row, "title", "given_name", "middle_name", "family_name", "suffix", "status")


@pytest.mark.parametrize("row", rows("addresses"))
def test_address(row: Row) -> None:
    parsed = parse_address(row["input"], row["context"])
    assert text(parsed.match_key) == row["expected"], row["why"]
    check(parsed, row, "house_number", "unit", "po_box", "status")


@pytest.mark.parametrize("row", rows("organisations"))
def test_organisation(row: Row) -> None:
    parsed = parse_organisation(row["input"])
    assert text(parsed.match_key) == row["expected"], row["why"]
    kind = "organisation" if is_organisation(tidy(row["input"])) else "person"
    assert (parsed.status, kind) == (row["status"], row["reason"]), row["why"]


@pytest.mark.parametrize("row", rows("nicknames"))
def test_nickname(row: Row) -> None:
    assert row["expected"] in nickname_groups(row["input"]), row["why"]


ONE_VALUE: dict[str, Callable[[str, str], Any]] = {
    "emails": lambda raw, _: parse_email(raw),
    "phones": parse_phone,
    "dates": lambda raw, order: parse_date(raw, order, 2026),
    "countries": lambda raw, _: parse_country(raw),
    "postal_codes": parse_postal_code,
    "texts": lambda raw, kind: parse_text(kind, raw),  # type: ignore[arg-type]
    "genders": lambda raw, _: parse_gender(raw),
}


@pytest.mark.parametrize(("kind", "row"), [(kind, param.values[0]) for kind in ONE_VALUE for param in rows(kind)])
def test_value(kind: str, row: Row) -> None:
    check_value(ONE_VALUE[kind](row["input"], row["context"]), row)


def test_there_are_enough_cases_of_enough_countries() -> None:
    files = sorted(CASES.glob("*.csv"))
    assert sum(len(rows(path.stem)) for path in files) >= 400
    countries = {param.values[0]["context"] for kind in ("phones", "postal_codes", "addresses") for param in rows(kind)}
    assert len(countries - {""}) >= 20
