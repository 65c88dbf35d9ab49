"""A country and its towns: how addresses and phone numbers are written there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

_PLACES = Path(__file__).with_name("data") / "places.csv"
_COUNTRIES = Path(__file__).with_name("data") / "countries.csv"
_PROVIDERS = "gmail.com gmail.com gmail.com outlook.com hotmail.com yahoo.com icloud.com"


@dataclass(frozen=True)
class Country:
    """One country.

    `weight` is the country's share of the households in per cent, `languages` the share of each language.
    `mobile` holds patterns `prefix|rest` of the national significant number (ITU-T E.164 national notices),
    `trunk` the digit dialled before it inside the country. `spellings` are names people type instead of `name`.
    """

    code: str
    alpha3: str
    name: str
    spellings: tuple[str, ...]
    native: str
    weight: float
    languages: dict[str, float]
    currency: str
    calling: str
    trunk: str
    mobile: tuple[str, ...]
    mail_domains: tuple[str, ...]
    company_domain: str
    legal_forms: tuple[str, ...]
    flat: str


@dataclass(frozen=True)
class Place:
    """One town: names, region, and the patterns of its postal codes and landline numbers."""

    country: str
    locality: str
    latin: str
    region: str
    postal: tuple[str, ...]
    landline: tuple[str, ...]


def read_places() -> list[Place]:
    """All towns of `data/places.csv`, the largest of each country first."""
    with _PLACES.open(encoding="utf-8", newline="") as file:
        return [
            Place(
                row["country"],
                row["locality"],
                row["latin"] or row["locality"],
                row["region"],
                tuple(row["postal"].split(";")),
                tuple(row["landline"].split(";")),
            )
            for row in csv.DictReader(file)
        ]


def read_countries() -> list[Country]:
    """All countries of `data/countries.csv`; `*` among the mail domains stands for the providers used everywhere."""
    with _COUNTRIES.open(encoding="utf-8", newline="") as file:
        return [
            Country(
                code=row["code"],
                alpha3=row["alpha3"],
                name=row["name"],
                spellings=tuple(row["spellings"].split(";")),
                native=row["native"],
                weight=float(row["weight"]),
                languages={code: float(share) for code, share in map(_pair, row["languages"].split())},
                currency=row["currency"],
                calling=row["calling"],
                trunk=row["trunk"],
                mobile=tuple(row["mobile"].split()),
                mail_domains=tuple(row["mail_domains"].replace("*", _PROVIDERS).split()),
                company_domain=row["company_domain"],
                legal_forms=tuple(row["legal_forms"].split(";")),
                flat=row["flat"],
            )
            for row in csv.DictReader(file)
        ]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name, value
