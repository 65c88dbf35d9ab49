"""Postal codes: the format of each country (Universal Postal Union addressing guides), written its way."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing.placeholders import is_placeholder, is_run
from dq_pipeline.domain.parsing.text import Status, ascii_digits, tidy

# Country -> shapes of the code without its separators: 9 a digit, A a letter, the rest as it is; "|" between shapes.
# A space or hyphen in a shape is where the country writes one.
_SHAPES = {
    "AT": "9999", "AU": "9999", "BE": "9999", "BG": "9999", "CH": "9999", "CY": "9999", "DK": "9999", "HU": "9999",
    "LI": "9999", "LU": "9999", "NO": "9999", "NZ": "9999", "PH": "9999", "SI": "9999", "TN": "9999", "ZA": "9999",
    "DE": "99999", "ES": "99999", "FI": "99999", "FR": "99999", "HR": "99999", "IT": "99999", "MX": "99999",
    "MY": "99999", "TH": "99999", "TR": "99999", "UA": "99999", "EE": "99999", "EG": "99999", "MA": "99999",
    "MC": "99999", "SM": "99999", "VA": "99999", "RS": "99999", "KR": "99999", "ID": "99999", "SA": "99999|99999-9999",
    "BY": "999999", "CN": "999999", "IN": "999999", "KZ": "999999", "RO": "999999", "RU": "999999", "SG": "999999",
    "VN": "999999|99999", "CO": "999999", "EC": "999999", "IL": "9999999|99999", "IS": "999",
    "US": "99999|99999-9999", "PR": "99999|99999-9999", "BR": "99999-999", "CA": "A9A 9A9", "CZ": "999 99",
    "GR": "999 99", "SE": "999 99", "SK": "999 99", "JP": "999-9999", "NL": "9999 AA", "PL": "99-999",
    "PT": "9999-999|9999", "MT": "AAA 9999", "LT": "99999", "LV": "9999", "IE": "A99 ****|D6W ****",
    "AR": "9999|A9999AAA", "CL": "9999999|999-9999", "IR": "9999999999", "TW": "999|99999|999999",
    "GB": "", "JE": "", "GG": "", "IM": "",
}  # fmt: skip
# Written with the letters of the country in front, which are not part of the code in use.
_PREFIXED = {
    "LT": "LT", "LV": "LV", "LU": "L", "SI": "SI", "AT": "A", "DE": "D", "CH": "CH", "FI": "FI", "SE": "SE", "DK": "DK",
    "NO": "N", "FR": "F", "IT": "I", "ES": "E", "BE": "B", "HR": "HR", "HU": "H", "RO": "RO",
}  # fmt: skip
# BS 7666 in the form the Royal Mail uses: outward code, space, inward code.
_BRITISH = re.compile(
    r"(GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY]))([0-9][ABD-HJLNP-UW-Z]{2})"
)
_SEPARATORS = re.compile(r"[\s.\-–_/]+")


class ParsedPostalCode(NamedTuple):
    """`value`: as its country writes it; `match_key`: letters and digits only, also of an invalid one."""

    value: str
    status: Status
    reason: str
    match_key: str | None = None


def parse_postal_code(raw: str, country: str) -> ParsedPostalCode:
    """One postal code. Without a country (`''`) it is valid when it fits the format of any; `reason`: `format`,
    `zero_lost` (a leading zero is missing, as a spreadsheet loses it), `placeholder_word`, `placeholder_digits`; of a
    valid one `format_unknown` where the country has no format here.

    >>> parse_postal_code("sw1a1aa", "GB").value, parse_postal_code("2120", "US").reason
    ('SW1A 1AA', 'zero_lost')
    """
    text = ascii_digits(tidy(raw))
    bare = _SEPARATORS.sub("", text.upper())
    if not bare.isdigit() and is_placeholder(text):
        return ParsedPostalCode(text, "placeholder", "placeholder_word")
    if _is_filler(bare):
        return ParsedPostalCode(text, "placeholder", "placeholder_digits")
    written = _written(bare, country) if country else _written_anywhere(text, bare)
    if written:
        return ParsedPostalCode(written, "valid", "", _key(written))
    if country and country not in _SHAPES:
        return ParsedPostalCode(text, "valid", "format_unknown", _key(bare))
    lost = bare.isdigit() and country and _written("0" + bare, country) is not None
    return ParsedPostalCode(text, "invalid", "zero_lost" if lost else "format", _key(bare))


def _is_filler(bare: str) -> bool:
    """Only zeros or only nines, or a long run; 2222 (Penshurst) and 12345 (Schenectady) are places."""
    return len(bare) > 2 and (set(bare) <= {"0"} or set(bare) <= {"9"} or (len(bare) > 5 and is_run(bare)))


def _key(code: str) -> str | None:
    return "".join(character for character in code.upper() if character.isalnum()) or None


def _written(bare: str, country: str) -> str | None:
    """The code as `country` writes it, or None where it does not have its form."""
    if country in ("GB", "JE", "GG", "IM"):
        british = _BRITISH.fullmatch(bare)
        return f"{british[1]} {british[2]}" if british else None
    prefix = _PREFIXED.get(country)
    if prefix and bare.startswith(prefix) and bare[len(prefix) :].isdigit():
        bare = bare[len(prefix) :]
    for shape, pattern in _patterns(country):
        if pattern.fullmatch(bare):
            return _shaped(bare, shape)
    return None


def _written_anywhere(text: str, bare: str) -> str | None:
    """The code as it arrived when it fits some country; British and Canadian forms are clear enough to be set."""
    for country in ("GB", "CA"):
        written = _written(bare, country)
        if written:
            return written
    return text.upper() if any(_written(bare, country) for country in _SHAPES) else None


def _shaped(bare: str, shape: str) -> str:
    characters = iter(bare)
    return "".join(mark if mark in " -" else next(characters) for mark in shape)


@lru_cache(maxsize=300)
def _patterns(country: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    shapes = [shape for shape in _SHAPES.get(country, "").split("|") if shape]
    return tuple((shape, re.compile(_expression(shape))) for shape in shapes)


def _expression(shape: str) -> str:
    classes = {"9": "[0-9]", "A": "[A-Z]", "*": "[A-Z0-9]", " ": "", "-": ""}
    return "".join(classes.get(mark, mark) for mark in shape)
