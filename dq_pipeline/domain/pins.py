"""A pinned value in the standard form of its attribute: what a steward types is read as an extract would be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

# What the code lists of staging.customers allow.
_ALLOWED = {
    "party_type": ("person", "organisation"),
    "status": ("active", "inactive", "prospect", "former", "deceased", "deleted"),
}


def standard_value(attribute: str, text: str, *, country: str, today: date) -> str:
    """`text` in standard form: dates as ISO 8601, phone numbers as E.164, countries as ISO 3166-1 alpha-2, and so on.

    `country`: by which phone numbers, postal codes and addresses are read (`''`: unknown). Raises ValueError with what
    is wrong, without the value itself.
    """
    from dq_pipeline.domain.parsing.text import tidy

    if not tidy(text):
        raise ValueError("it is empty")
    if attribute in _ALLOWED:
        if text.strip().lower() not in _ALLOWED[attribute]:
            raise ValueError(f"it is none of {', '.join(_ALLOWED[attribute])}")
        return text.strip().lower()
    if attribute == "birthdate":
        return _day(text, today)
    parse = _parsers(country).get(attribute)
    return _valid(parse(text)) if parse else tidy(text)


def _day(text: str, today: date) -> str:
    from dq_pipeline.domain.parsing.dates import parse_date

    parsed = parse_date(text, "ymd", today.year)
    if parsed.status != "valid" or parsed.value is None:
        raise ValueError(f"it is no day ({parsed.reason.replace('_', ' ')}): write it as 1980-05-31")
    if parsed.value > today:
        raise ValueError("it lies in the future")
    return parsed.value.isoformat()


class _Parsed(Protocol):
    @property
    def value(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> str: ...


def _valid(parsed: _Parsed) -> str:
    """Its standard form; raises ValueError where it is invalid or a placeholder."""
    if parsed.status != "valid":
        told = f" ({parsed.reason.replace('_', ' ')})" if parsed.reason else ""
        raise ValueError(f"it is {'a ' * (parsed.status == 'placeholder')}{parsed.status}{told}")
    return parsed.value


def _parsers(country: str) -> dict[str, Callable[[str], _Parsed]]:
    from dq_pipeline.domain.parsing import (
        addresses,
        countries,
        emails,
        genders,
        identifiers,
        names,
        organisations,
        phones,
        postal_codes,
        texts,
    )

    return {
        "name": lambda text: names.parse_name("full", text),
        "given_name": lambda text: names.parse_name("given", text),
        "middle_name": lambda text: names.parse_name("middle", text),
        "family_name": lambda text: names.parse_name("family", text),
        "organisation_name": lambda text: organisations.parse_organisation(text),
        "gender": lambda text: genders.parse_gender(text),
        "email": lambda text: emails.parse_email(text),
        "phone_number": lambda text: phones.parse_phone(text, country),
        "street_address": lambda text: addresses.parse_address(text, country),
        "locality": lambda text: texts.parse_text("locality", text),
        "region": lambda text: texts.parse_text("region", text),
        "job_title": lambda text: texts.parse_text("job_title", text),
        "postal_code": lambda text: postal_codes.parse_postal_code(text, country),
        "country": lambda text: countries.parse_country(text),
        "national_id": lambda text: identifiers.parse_identifier(text, country),
    }
