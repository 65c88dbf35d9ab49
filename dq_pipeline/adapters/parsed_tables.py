"""The `staging.parsed_*` tables: for each, the distinct raw values in the source records and the parser that
reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dq_pipeline.domain.parsing.addresses import ParsedAddress, parse_address
from dq_pipeline.domain.parsing.countries import ParsedCountry, parse_country
from dq_pipeline.domain.parsing.dates import ParsedDate, parse_date
from dq_pipeline.domain.parsing.emails import ParsedEmail, parse_email
from dq_pipeline.domain.parsing.genders import ParsedGender, parse_gender
from dq_pipeline.domain.parsing.identifiers import ParsedIdentifier, parse_identifier
from dq_pipeline.domain.parsing.names import ParsedName, parse_name
from dq_pipeline.domain.parsing.organisations import ParsedOrganisation, parse_organisation
from dq_pipeline.domain.parsing.phones import ParsedPhone, parse_phone
from dq_pipeline.domain.parsing.postal_codes import ParsedPostalCode, parse_postal_code
from dq_pipeline.domain.parsing.texts import ParsedText, parse_text

Row = tuple[Any, ...]


@dataclass(frozen=True)
class ParsedTable:
    """`keys`: what makes a value one (the raw text and the context that changes its meaning). `values`: a SELECT of
    these from the staging tables, as often as they occur. `parse`: takes the keys in order, returns `answer`, whose
    fields are the columns. `types`: DuckDB types of the columns that are not text. `asks_again`: `values` reads the
    table's own answers.
    """

    name: str
    description: str
    keys: tuple[str, ...]
    values: str
    parse: Callable[..., Row]
    answer: type[Row]
    types: dict[str, str]
    asks_again: bool = False

    @property
    def columns(self) -> dict[str, str]:
        """Column -> DuckDB type: keys, the parser's answer, its version."""
        fields: tuple[str, ...] = self.answer._fields  # type: ignore[attr-defined]
        names = [*self.keys, *fields, "parser_version"]
        return {name: self.types.get(name, "VARCHAR") for name in names}

    def values_in(self, records: str) -> str:
        """`values` of another table with the columns of `staging.source_records`."""
        return self.values.replace("staging.source_records", records)


_CONTACT_POINTS = (
    "(select contract_id, country, unnest(contact_points, max_depth := 2) from staging.source_records "
    "where contact_points is not null)"
)
_IN_CONTEXT = (
    "join staging.reading_context as context on context.contract_id = records.contract_id "
    "and context.country_as_given is not distinct from records.country"
)
# The name in one field is read only where it says more than its parts, which a million times it does not.
_NAMES = """
    select 'given' as part, given_name as raw from staging.source_records
    union all select 'middle', middle_name from staging.source_records
    union all select 'family', family_name from staging.source_records
    union all select 'full', name from staging.source_records
    where given_name is null or family_name is null or (
        -- First the one way that most are written, letter by letter.
        name <> given_name || ' ' || family_name and lower(name) not in (
            lower(given_name || ' ' || family_name), lower(family_name || ' ' || given_name),
            lower(family_name || ', ' || given_name), lower(concat_ws(' ', given_name, middle_name, family_name))))
"""
# Moments in UTC in ISO 8601, nearly all there are, are cast by the SQL models themselves and need no parser. One with
# another offset does: DuckDB's cast to TIMESTAMP drops the offset. The models hold the same expression.
_UTC_MOMENT = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?"
_DATES = f"""
    with moments as (
        select contract_id, unnest([created_at, updated_at, last_activity_at]) as raw from staging.source_records
        union all select contract_id, given_at
            from (select contract_id, unnest(consents, max_depth := 2) from staging.source_records)
    ), texts as (
        select contract_id, birthdate as raw from staging.source_records
        union all select contract_id, raw from moments
            where not regexp_full_match(raw, '{_UTC_MOMENT}') or try_cast(raw as timestamp) is null
    )
    select raw, date_order from texts join staging.source_conventions using (contract_id)
"""
_PHONES = f"""
    with texts as (
        select contract_id, country, phone_number as raw from staging.source_records
        union all select contract_id, country, value from {_CONTACT_POINTS} where channel = 'phone'
    )
    select raw, context.country from texts as records {_IN_CONTEXT}
"""
# What a slip is corrected to must be read like any other address; `parse_values` asks twice for it.
_EMAILS = f"""
    with given as (
        select email as raw from staging.source_records
        union all select value from {_CONTACT_POINTS} where channel = 'email'
    )
    select raw from given
    union all select suggestion from staging.parsed_emails join given using (raw) where suggestion is not null
"""
_TEXTS = """
    select 'locality' as kind, locality as raw from staging.source_records
    union all select 'region', region from staging.source_records
    union all select 'job_title', job_title from staging.source_records
"""


def _values(column: str) -> str:
    return f"select {column} as raw from staging.source_records"


def _values_by_country(column: str) -> str:
    return f"select records.{column} as raw, context.country from staging.source_records as records {_IN_CONTEXT}"


COUNTRIES = ParsedTable(
    "parsed_countries",
    "Each distinct country text as an ISO 3166-1 code.",
    ("raw",),
    _values("country"),
    parse_country,
    ParsedCountry,
    {},
)
VALUES = (
    ParsedTable(
        "parsed_genders",
        "Each distinct gender text as male, female or other.",
        ("raw",),
        _values("gender"),
        parse_gender,
        ParsedGender,
        {},
    ),
    ParsedTable(
        "parsed_names",
        "Each distinct name, its parts told apart, for display and for matching.",
        ("part", "raw"),
        _NAMES,
        parse_name,
        ParsedName,
        {"nickname_groups": "VARCHAR[]", "is_organisation": "BOOLEAN"},
    ),
    ParsedTable(
        "parsed_organisations",
        "Each distinct organisation name with its legal form told apart.",
        ("raw",),
        _values("organisation_name"),
        parse_organisation,
        ParsedOrganisation,
        {},
    ),
    ParsedTable(
        "parsed_emails",
        "Each distinct e-mail address, its mailbox for matching, and what it says of its owner.",
        ("raw",),
        _EMAILS,
        parse_email,
        ParsedEmail,
        {"is_role": "BOOLEAN", "is_disposable": "BOOLEAN"},
        asks_again=True,
    ),
    ParsedTable(
        "parsed_phones",
        "Each distinct phone number, by country, in E.164.",
        ("raw", "country"),
        _PHONES,
        parse_phone,
        ParsedPhone,
        {},
    ),
    ParsedTable(
        "parsed_dates",
        "Each distinct date text, by the date order of its source.",
        ("raw", "date_order"),
        _DATES,
        parse_date,
        ParsedDate,
        {"value": "DATE", "moment": "TIMESTAMP", "year": "SMALLINT", "month": "SMALLINT", "readings": "DATE[]"},
    ),
    ParsedTable(
        "parsed_postal_codes",
        "Each distinct postal code, by country, in the format of the country.",
        ("raw", "country"),
        _values_by_country("postal_code"),
        parse_postal_code,
        ParsedPostalCode,
        {},
    ),
    ParsedTable(
        "parsed_addresses",
        "Each distinct street address, by country, with street types in full and its numbers told apart.",
        ("raw", "country"),
        _values_by_country("street_address"),
        parse_address,
        ParsedAddress,
        {},
    ),
    ParsedTable(
        "parsed_identifiers",
        "Each distinct national identifier, by country, its check digits verified where its scheme is known.",
        ("raw", "country"),
        _values_by_country("national_id"),
        parse_identifier,
        ParsedIdentifier,
        {"birthdate": "DATE"},
    ),
    ParsedTable(
        "parsed_texts",
        "Each distinct town, region and job title, tidied and folded for matching.",
        ("kind", "raw"),
        _TEXTS,
        parse_text,
        ParsedText,
        {},
    ),
)
