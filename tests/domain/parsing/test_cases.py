"""Every row of `tests/cases/*.csv`: what a steward says a value means.

A file is a parser: `input` and `context` go in, `expected` is the value (of names of organisations and of addresses
the form for matching), and every other column but `why` is the field of that name. `same.csv` and `different.csv`
hold pairs of writings that must and must not match.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.domain.parsing.addresses import parse_address
from dq_pipeline.domain.parsing.countries import parse_country
from dq_pipeline.domain.parsing.dates import parse_date
from dq_pipeline.domain.parsing.emails import parse_email
from dq_pipeline.domain.parsing.genders import parse_gender
from dq_pipeline.domain.parsing.identifiers import parse_identifier
from dq_pipeline.domain.parsing.names import parse_name
from dq_pipeline.domain.parsing.nicknames import nickname_groups
from dq_pipeline.domain.parsing.organisations import is_organisation, parse_organisation
from dq_pipeline.domain.parsing.phones import parse_phone
from dq_pipeline.domain.parsing.postal_codes import parse_postal_code
from dq_pipeline.domain.parsing.text import tidy
from dq_pipeline.domain.parsing.texts import parse_text

CASES = Path(__file__).parents[2] / "cases"
Row = dict[str, str]


def read_identifier(raw: str, context: str) -> Any:
    """The context is a country (`-` for none) and, behind a space, the kind."""
    country, _, kind = context.partition(" ")
    return parse_identifier(raw, country.replace("-", ""), kind)


PARSERS: dict[str, Callable[[str, str], Any]] = {
    "addresses": parse_address,
    "countries": lambda raw, _: parse_country(raw),
    "dates": lambda raw, order: parse_date(raw, order, 2026),
    "emails": lambda raw, _: parse_email(raw),
    "genders": lambda raw, _: parse_gender(raw),
    "identifiers": read_identifier,
    "names": lambda raw, part: parse_name(part, raw),  # type: ignore[arg-type]
    "organisations": lambda raw, _: parse_organisation(raw),
    "phones": parse_phone,
    "postal_codes": parse_postal_code,
    "texts": lambda raw, kind: parse_text(kind, raw),  # type: ignore[arg-type]
}
VALUE_FIELD = {"addresses": "match_key", "organisations": "match_key"}


def rows(name: str) -> list[Row]:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def named(name: str, row: Row) -> str:
    return f"{name}: {row['input']} | {row['context']}"


@pytest.mark.parametrize(
    ("name", "row"), [pytest.param(name, row, id=named(name, row)) for name in PARSERS for row in rows(name)]
)
def test_case(name: str, row: Row) -> None:
    parsed = PARSERS[name](row["input"], row["context"])
    wanted = {column: value for column, value in row.items() if column not in ("input", "context", "expected", "why")}
    if name == "organisations":  # `reason` says what the text is where a person's name is expected
        kind = "organisation" if is_organisation(tidy(row["input"])) else "person"
        assert kind == wanted.pop("reason"), row["why"]
    got = {column: text(getattr(parsed, column)) for column in wanted}
    assert (text(getattr(parsed, VALUE_FIELD.get(name, "value"))), got) == (row["expected"], wanted), row["why"]


@pytest.mark.parametrize("row", rows("nicknames"), ids=lambda row: f"{row['input']}: {row['expected']}")
def test_nickname(row: Row) -> None:
    assert row["expected"] in nickname_groups(row["input"]), row["why"]


def forms(kind: str, raw: str, context: str) -> set[str | None]:
    """What a value is matched by; of names and organisations with umlauts also written out."""
    if kind == "name":
        name = parse_name("family", raw)
        return {name.match_key, name.family_name_variant} - {None}
    if kind == "organisation":
        return {parse_organisation(raw).match_key, parse_organisation(raw).match_key_variant} - {None}
    if kind == "address":
        return {parse_address(raw, context).match_key}
    if kind == "phone":
        return {parse_phone(raw, context).value}
    parsers = {"email": PARSERS["emails"], "postal_code": parse_postal_code, "identifier": read_identifier}
    return {parsers[kind](raw, context).match_key}


@pytest.mark.parametrize("row", rows("same"), ids=lambda row: f"{row['left']} = {row['right']}")
def test_the_same(row: Row) -> None:
    left, right = (forms(row["kind"], row[side], row["context"]) for side in ("left", "right"))
    assert left & right, row["why"]


@pytest.mark.parametrize("row", rows("different"), ids=lambda row: f"{row['left']} / {row['right']}")
def test_different(row: Row) -> None:
    left, right = (forms(row["kind"], row[side], row["context"]) for side in ("left", "right"))
    assert not left & right, row["why"]


def test_there_are_enough_cases_of_enough_countries() -> None:
    files = sorted(path.stem for path in CASES.glob("*.csv"))
    assert set(files) == {*PARSERS, "nicknames", "same", "different"}
    assert sum(len(rows(name)) for name in files) >= 900
    countries = {row["context"][:2] for name in ("phones", "postal_codes", "addresses") for row in rows(name)}
    assert len(countries - {""}) >= 40
