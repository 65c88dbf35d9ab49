"""Identifiers of people and companies: check digits by python-stdnum, where the kind is known or the country is.

A number that fits no known kind is only tidied: a passport number in a field for national numbers is no error. Wrong
is what has the form of a known kind and not its check digit.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from dq_pipeline.domain.parsing import identifier_data as data
from dq_pipeline.domain.parsing.placeholders import is_one_key, is_placeholder, is_run
from dq_pipeline.domain.parsing.text import Status, ascii_digits, fold, tidy

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]")
_CHECKABLE = re.compile(r"[0-9A-Z +/.:-]{4,60}")
# GB: HM Revenue and Customs, National Insurance Manual NIM39110: prefixes never issued left out.
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
# Of the Swedish number the century is optional, so two writings of one number share the last ten digits.
_KEY_LENGTHS = {"se.personnummer": 10}
_GENDERS = {"M": "male", "F": "female"}


class ParsedIdentifier(NamedTuple):
    """`value`: compact, or the text as it arrived; `match_key`: letters and digits, NULL of placeholders; `kind`: the
    scheme it is a number of (`pl.pesel`, `eu.vat`, `iban`), or NULL; `birthdate`, `gender`: what the number itself
    says of its holder, where it does (codice fiscale: a year of 1920 to 2019 is taken). A VAT
    number is written with the prefix of its country, Belgian and Greek ones with their leading zero.
    """

    value: str
    status: Status
    reason: str
    match_key: str | None = None
    kind: str | None = None
    birthdate: date | None = None
    gender: str | None = None


def parse_identifier(raw: str, country: str, kind: str = "") -> ParsedIdentifier:
    """One identifier of someone in `country` (ISO 3166-1 alpha-2, or `''`).

    `kind`: `vat`, `iban`, a common name ("ssn", "bsn", "nhs number") or a python-stdnum module ("de.idnr"); `''`
    tries the person identifiers of the country. `reason` of an invalid one: `check_digit`, `impossible_part` (no such
    birthdate, area or prefix), and where the kind is given `format`; of a placeholder `placeholder_word`,
    `placeholder_digits`; of a valid one `kind_unknown` where nothing could be checked.

    >>> parse_identifier("44 0514 01359", "PL")[:5]
    ('44051401359', 'valid', '', '44051401359', 'pl.pesel')
    >>> parse_identifier("436-61-8211", "", "ssn").value, parse_identifier("436-61-821", "US", "ssn").reason
    ('436618211', 'format')
    """
    text = tidy(raw)
    written = ascii_digits(text).upper()
    key = _NOT_ALPHANUMERIC.sub("", written)
    if not key or (not key.isdigit() and is_placeholder(text)):
        return ParsedIdentifier(text, "placeholder", "placeholder_word")
    if is_one_key(key) or is_run(key):
        return ParsedIdentifier(text, "placeholder", "placeholder_digits")
    kinds = _kinds(kind, country, key)
    troubles = []
    for candidate in kinds if _CHECKABLE.fullmatch(written) else ():
        value, trouble = _checked(candidate, written)
        if value:
            return _described(candidate, value)
        troubles.append(trouble)
    for trouble in ("check_digit", "impossible_part", "format"):
        if trouble in troubles and (kind or trouble != "format"):
            return ParsedIdentifier(text, "invalid", trouble, key, kinds[0] if kind else None)
    if kind and kinds:
        return ParsedIdentifier(text, "invalid", "format", key, kinds[0])
    return ParsedIdentifier(text, "valid", "kind_unknown", key)


def _kinds(kind: str, country: str, key: str) -> tuple[str, ...]:
    """The python-stdnum modules to ask, in order; none where nothing is known."""
    if not kind:
        return data.PERSON_KINDS.get(country, ())
    name = fold(kind.replace(".", " "))
    if name == "vat":
        return (_vat(country, key),) if _vat(country, key) else ()
    national = f"{country.lower()}.{name.replace(' ', '')}"
    candidates = (national, kind.lower(), data.KIND_ALIASES.get(name, ""))
    return next(((candidate,) for candidate in candidates if _validator(candidate)), ())


def _vat(country: str, key: str) -> str:
    prefix = {"GR": "EL"}.get(country, country)
    if key[:2] in data.EU_VAT_PREFIXES or prefix in data.EU_VAT_PREFIXES:
        return "eu.vat" if key[:2] in data.EU_VAT_PREFIXES else f"eu.vat.{prefix}"
    national = f"{country.lower()}.vat"
    return national if _validator(national) else ""


def _checked(kind: str, written: str) -> tuple[str, str]:
    """(the compact number, '') or ('', what is wrong)."""
    from stdnum import exceptions

    validate = _validator(kind)
    if validate is None:
        return "", ""
    number = kind.removeprefix("eu.vat.") + written if kind.startswith("eu.vat.") else written
    try:
        return str(validate(number)), ""
    except exceptions.InvalidChecksum:
        return "", "check_digit"
    except exceptions.InvalidComponent:
        return "", "impossible_part"
    except (exceptions.ValidationError, ValueError, KeyError, IndexError):
        return "", "format"


def _described(kind: str, value: str) -> ParsedIdentifier:
    name = "eu.vat" if kind.startswith("eu.vat") else kind
    key = _NOT_ALPHANUMERIC.sub("", value.upper())[-_KEY_LENGTHS.get(kind, 0) :]
    century_known = kind not in data.CENTURY_UNKNOWN and not (kind == "se.personnummer" and len(value) < 13)
    birthdate = _asked(kind, "get_birth_date", value) if century_known else None
    gender = _asked(kind, "get_gender", value)
    shown = _GENDERS.get(gender) if isinstance(gender, str) else None
    return ParsedIdentifier(value, "valid", "", key, name, birthdate if isinstance(birthdate, date) else None, shown)


def _asked(kind: str, question: str, value: str) -> object:
    answer = getattr(_module(kind), question, None)
    try:
        return answer(value) if answer else None
    except (ValueError, KeyError, IndexError):  # a valid number without that part
        return None


def _validator(kind: str) -> Any:
    if kind == "gb.nino":
        return _validate_nino
    return getattr(_module(kind), "validate", None)


def _validate_nino(number: str) -> str:
    from stdnum.exceptions import InvalidComponent, InvalidFormat

    compact = _NOT_ALPHANUMERIC.sub("", number)
    if _NINO.fullmatch(compact):
        return compact
    if re.fullmatch(r"[A-Z]{2}[0-9]{6}[A-D]", compact):
        raise InvalidComponent
    raise InvalidFormat


@lru_cache(maxsize=500)
def _module(kind: str) -> Any:
    """The python-stdnum module of a kind such as `pl.pesel`, or None where it has none."""
    from stdnum import bic, iban, lei
    from stdnum.eu import vat
    from stdnum.util import get_cc_module

    if kind == "eu.vat" or kind.startswith("eu.vat."):
        return vat
    country, dot, name = kind.partition(".")
    if dot and re.fullmatch(r"[a-z]{2}", country) and re.fullmatch(r"[a-z_]+", name):
        return get_cc_module(country, name)
    return {"iban": iban, "bic": bic, "lei": lei}.get(kind)
