"""What a street field holds beside the street: care of whom, the town and its postal code; and its number signs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing.postal_codes import written_postal_code

_CARE_OF = re.compile(
    r"[\s,;]*(?<!\w)(?:c/o|care of|z\.?\s?hd\.?(?: v(?:on|\.))?|p/a|chez|presso)\s+([^,;0-9]{1,60}?)\s*"
    r"(?:[,;]\s*|(?=[0-9])|$)",
    re.IGNORECASE,
)
_CARE_HINT = re.compile(r"/|care of|hd|chez|presso", re.IGNORECASE)  # a third of the time of the whole pattern
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER_SIGN = re.compile(
    r"(?:№|\bn(?:[°º]|\.\s?[°º]?)|\bnr\.?|\bno\b[.:]?|\bnum\.|\bč\.\s?p?\.?|\bд\.|\bdom\b)\s*(?=[0-9])", re.IGNORECASE
)
_HASH = re.compile(r"#\s*(?=[0-9a-z])", re.IGNORECASE)
_COLOMBIAN = re.compile(r"(?:#|\bno\.?|\bn[°º])\s*([0-9]+[a-z]?)\s*-\s*([0-9]+)", re.IGNORECASE)
_RANGE = re.compile(r"(?<![-0-9])([0-9]+)([a-z]?)\s*[-–]\s*([0-9]+)[a-z]?\b(?!-)", re.IGNORECASE)
_NUMBER_HYPHEN_LETTER = re.compile(r"\b([0-9]+)-([a-z])\b", re.IGNORECASE)
_FLOOR_SLASH = re.compile(r"\b([0-9]+)/F\b", re.IGNORECASE)
_UNIT_LETTER_U = re.compile(r"^U([0-9]+[a-z]?)[\s/,]+(?=[0-9])", re.IGNORECASE)
_SWEDISH_DOT = re.compile(r"(\w{3,})(g|v)\.(?=\s|$)", re.IGNORECASE)
_SWEDISH = {"g": "gatan", "v": "vägen"}
_NO_NUMBER = re.compile(r"\bs/n[°º]?(?!\w)", re.IGNORECASE)
_DOT_BEFORE_LETTER = re.compile(r"(?<=[0-9])\.(?=[^\W\d_])")
_ORDINAL_DOT = re.compile(r"\.(?=[ºª°])")
_ELIDED = re.compile(r"\b(d|l|dell|all|nell|sull)'", re.IGNORECASE)
_ELIDING = frozenset({"FR", "BE", "CH", "LU", "MC", "CA", "IT", "SM", "VA"})
_HASH_IS_UNIT = frozenset({"US", "CA", "GB", "AU", "NZ", "IE", "PR", ""})
# There the number behind the hyphen is the flat's.
_HYPHEN_IS_UNIT = frozenset({"NL", "RU", "UA", "BY", "FI"})


class AddressText(NamedTuple):
    """`street`: what is left of the field; the rest as typed, or None."""

    street: str
    care_of: str | None = None
    postal_code: str | None = None
    locality: str | None = None


def split_address(text: str, country: str) -> AddressText:
    """The street apart from a person in whose care it is, and from the town behind it.

    A town is told from the street by its postal code, in the format of the country, after a comma.

    >>> split_address("c/o Weber, Hauptstr. 5, 80331 München", "DE")
    AddressText(street='Hauptstr. 5', care_of='Weber', postal_code='80331', locality='München')
    """
    care_of = None
    found = _CARE_OF.search(text) if _CARE_HINT.search(text) else None
    if found:
        rest = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,;")
        if _LETTER.search(rest):
            text, care_of = rest, found[1]
    if "," not in text or not country:
        return AddressText(text, care_of)
    segments = [segment.strip() for segment in text.split(",")]
    code, locality = _town(segments[-1], country)
    if not code:
        return AddressText(text, care_of)
    street = segments[:-1]
    if (not locality or len(locality) <= 3) and len(street) > 1 and not any(mark.isdigit() for mark in street[-1]):
        locality = street.pop()  # 12 High St, London, SW1A 1AA; 123 Main St, Springfield, IL 62704
    return AddressText(", ".join(street), care_of, code, locality or None)


def plain_numbers(text: str, country: str) -> str:
    """The text with number signs gone and of a range of house numbers the first ("12a-14" -> "12a")."""
    if country == "CO":
        text = _COLOMBIAN.sub(r"\1x\2", text)
    text = _HASH.sub(" unit " if country in _HASH_IS_UNIT else " ", text) if "#" in text else text
    if "/" in text or text[:1] in "uU":
        text = _UNIT_LETTER_U.sub(r"unit \1 ", _FLOOR_SLASH.sub(r"floor \1 ", _NO_NUMBER.sub(" ", text)))
    if "'" in text and country in _ELIDING:
        text = _ELIDED.sub(r"\1 ", text)
    if "." in text:
        text = _DOT_BEFORE_LETTER.sub(" ", _ORDINAL_DOT.sub("", text))
    if country == "SE" and "." in text:
        text = _SWEDISH_DOT.sub(lambda match: match[1] + _SWEDISH[match[2].lower()], text)
    text = _NUMBER_SIGN.sub(" ", text)
    if "-" not in text and "–" not in text:
        return text
    text = _NUMBER_HYPHEN_LETTER.sub(r"\1\2", text)
    return text if country in _HYPHEN_IS_UNIT else _RANGE.sub(_first_of_range, text)


def _first_of_range(match: re.Match[str]) -> str:
    ascending = len(match[3]) > len(match[1]) or int(match[3][:9]) > int(match[1][:9])
    return match[1] + match[2] if ascending else match[0]  # 45-10 Broadway is one number


@lru_cache(maxsize=10_000)
def _town(segment: str, country: str) -> tuple[str | None, str]:
    """(postal code, what stands beside it) of "80331 München" or "London SW1A 1AA"; (None, '') where there is none."""
    words = segment.split()
    for count in (2, 1):
        for code, rest in ((words[:count], words[count:]), (words[-count:], words[:-count])):
            name = " ".join(rest)
            written = written_postal_code("".join(code).replace("-", "").upper(), country)
            alone = not rest and any(mark.isalpha() for mark in written or "")
            if written and (alone or (_LETTER.search(name) and not any(mark.isdigit() for mark in name))):
                return written, name
    return None, ""
