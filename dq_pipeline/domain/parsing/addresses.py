"""Street addresses: one spelling for matching, and the house number, unit and PO box told apart.

libpostal would read more, but needs two gigabytes of downloaded models; what matching needs is that one address
written twice comes out alike, and for that the abbreviations of each country do.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dq_pipeline.domain.parsing import address_data as data
from dq_pipeline.domain.parsing.name_case import display_address
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy

_BOX = re.compile(rf"\b(?:{data.PO_BOX}) ([0-9]{{1,2}}(?: [0-9]{{2}})+|[0-9]\w*)\b")
_NUMBER = re.compile(r"[0-9]+[a-z]?")
_NUMBER_SIGN = re.compile(r"(?:№|\bn[°º]|\bnr\.?|\bno\.)\s*(?=[0-9])|#\s*(?=[0-9])", re.IGNORECASE)
_SLASHED = re.compile(r"\b([0-9]+[a-z]?)\s*/\s*([0-9]+[a-z]?)\b", re.IGNORECASE)
_RANGE = re.compile(r"(?<![-0-9])([0-9]+)\s*[-–]\s*[0-9]+[a-z]?\b(?!-)", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
# Before the number of the house comes that of the unit: 5/12 High Street.
_UNIT_FIRST = frozenset({"AU", "NZ"})


class ParsedAddress(NamedTuple):
    """`match_key`: the whole, folded, street types in full; `street_key`: without house number, unit and box."""

    value: str
    status: Status
    reason: str
    match_key: str | None = None
    street_key: str | None = None
    house_number: str | None = None
    unit: str | None = None
    po_box: str | None = None


def parse_address(raw: str, country: str) -> ParsedAddress:
    """One street address (`country`: ISO 3166-1 alpha-2 or `''`). `reason`: `placeholder_word`, `no_letters`.

    >>> parse_address("Flat 3, 12a St. John's Rd.", "GB")[3:7]
    ('unit 3 12a saint johns road', 'saint johns road', '12a', '3')
    """
    text = tidy(raw)
    if not _LETTER.search(text):
        filler = is_placeholder(text)
        return ParsedAddress(
            text, "placeholder" if filler else "invalid", "placeholder_word" if filler else "no_letters"
        )
    folded = fold(text)
    if folded in data.EMPTY_STREETS or (len(folded) <= 24 and is_placeholder(text, folded)):
        return ParsedAddress(text, "placeholder", "placeholder_word")
    box, unit, words = _loose_parts(text, country)
    words = _spelled_out(words, data.LANGUAGE_OF.get(country, "en"))
    whole = [*(("po", "box", box) if box else ()), *(("unit", unit) if unit else ()), *words]
    house_number, street = _house_number(words)
    shown = display_address(text)
    return ParsedAddress(
        shown, "valid", "", " ".join(whole) or folded or None, " ".join(street) or None, house_number, unit, box
    )


def _loose_parts(text: str, country: str) -> tuple[str | None, str | None, list[str]]:
    """(PO box, unit, the remaining folded words)."""
    unit = None
    slashed = _SLASHED.search(text) if country in _UNIT_FIRST else None
    if slashed:
        unit, text = slashed[1].lower(), _SLASHED.sub(r"\2", text, count=1)
    folded = fold(_RANGE.sub(r"\1", _NUMBER_SIGN.sub(" ", text)))
    found = _BOX.search(folded)
    box = found[1].replace(" ", "") if found else None
    words = _letter_joined((_BOX.sub(" ", folded) if found else folded).split())
    for index, word in enumerate(words[:-1]):
        opens_unit = word in data.UNIT_WORDS or word == data.UNIT_LETTERS.get(country)
        if opens_unit and (_NUMBER.fullmatch(words[index + 1]) or len(words[index + 1]) == 1):
            return box, words[index + 1], words[:index] + words[index + 2 :]
    return box, unit, words


def _letter_joined(words: list[str]) -> list[str]:
    """The letter of a house number at the end of an address joined to it: "Hauptstraße 12 a"."""
    if len(words) > 2 and words[-2].isdigit() and len(words[-1]) == 1 and words[-1].isalpha():
        return [*words[:-2], words[-2] + words[-1]]
    return words


def _house_number(words: list[str]) -> tuple[str | None, list[str]]:
    """The number at the front ("12a High Street"), else the first that no word of the street's name follows
    ("Straße des 17. Juni 135", "Hauptstraße 12"), and the words left.
    """
    if len(words) < 2:
        return None, words
    if _NUMBER.fullmatch(words[0]):
        return words[0], words[1:]
    for index in range(1, len(words)):
        after = words[index + 1] if index + 1 < len(words) else ""
        if _NUMBER.fullmatch(words[index]) and (len(after) <= 1 or after[0].isdigit()):
            return words[index], words[:index] + words[index + 1 :]
    return None, words


def _spelled_out(words: list[str], language: str) -> list[str]:
    """Abbreviations in full. The first word of an English street's name is none, St before a name is a saint."""
    table = data.ABBREVIATIONS[language]
    endings = data.ENDINGS.get(language, ())
    result: list[str] = []
    opens = True
    for index, word in enumerate(words):
        if opens and word == "st" and index < len(words) - 1:
            result.append("saint" if language == "en" else table.get("st", word))
        elif word in table and (not opens or language != "en" or word in data.DIRECTIONS):
            result.append(table[word])
        else:
            result.append(_ending_in_full(word, endings))
        opens = opens and word[0].isdigit()
    return result


def _ending_in_full(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for short, full in endings:
        if word.endswith(short) and len(word) > len(short) + 2:
            return word[: -len(short)] + full
    return word
