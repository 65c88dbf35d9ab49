"""Street addresses: one spelling for matching, and the house number, unit and PO box told apart.

No address library is used (docs/decisions/0007-address-parsing.md): what matching needs is that one address written
twice comes out alike, and for that the abbreviations of each country do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing import address_data as data
from dq_pipeline.domain.parsing.address_text import plain_numbers, split_address
from dq_pipeline.domain.parsing.name_case import display_address
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy

_NUMBER = re.compile(r"[0-9]+(?:[a-z]|bis|ter|quater|x[0-9]+)?")
_ORDINAL = re.compile(r"([0-9]{1,2})[oa]")
_SLASHED = re.compile(r"\b([0-9]+[a-z]?)\s*/\s*([0-9]+[a-z]?)\b", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
# Before the number of the house comes that of the unit: 5/12 High Street.
_UNIT_FIRST = frozenset({"AU", "NZ"})
# The letter of a house number may stand before the street: 12 B rue de la Paix. In English B Street is a street.
_LETTER_BEFORE_STREET = frozenset({"FR", "BE", "LU", "MC", "CH"})
# Königstraße is typed Koenigstrasse there, so ae, oe and ue lose their e in the key; so do a few words without an
# umlaut (Bauerstraße), alike in every writing.
_UMLAUTS_WRITTEN_OUT = frozenset({"DE", "AT", "CH", "LI"})
_WRITTEN_OUT = re.compile(r"([aou])e(?=[^aeiou])")
_MULTIPLES = frozenset({"bis", "ter", "quater"})


_LONGEST = 300


class ParsedAddress(NamedTuple):
    """`match_key`: the street, folded, street types in full; `street_key`: without house number, unit and box.

    `care_of`, `postal_code`, `locality`: what stood in the field beside the street, as typed (the code as its country
    writes it); no part of the keys.
    """

    value: str
    status: Status
    reason: str
    match_key: str | None = None
    street_key: str | None = None
    house_number: str | None = None
    unit: str | None = None
    po_box: str | None = None
    care_of: str | None = None
    postal_code: str | None = None
    locality: str | None = None


def parse_address(raw: str, country: str) -> ParsedAddress:
    """One street address (`country`: ISO 3166-1 alpha-2 or `''`). `reason`: `placeholder_word`, `no_letters`,
    `too_long`.

    >>> parse_address("Flat 3, 12a St. John's Rd.", "GB")[3:7]
    ('unit 3 12a saint johns road', 'saint johns road', '12a', '3')
    """
    text = tidy(raw)
    if not _LETTER.search(text):
        filler = is_placeholder(text)
        return ParsedAddress(
            text, "placeholder" if filler else "invalid", "placeholder_word" if filler else "no_letters"
        )
    folded = fold(text[:_LONGEST])
    if len(text) > _LONGEST:
        return ParsedAddress(text, "invalid", "too_long", folded or None)
    if folded in data.EMPTY_STREETS or (len(folded) <= 24 and is_placeholder(text, folded)):
        return ParsedAddress(text, "placeholder", "placeholder_word")
    around = split_address(text, country)
    box, units, words = _loose_parts(around.street, country)
    words = _spelled_out(words, country)
    if country in _UMLAUTS_WRITTEN_OUT:
        words = [_WRITTEN_OUT.sub(r"\1", word) for word in words]
    found = _numbered(words)
    unit = " ".join([*units, *found.behind]) or None
    whole = [*(("po", "box", box) if box else ()), *(("unit", unit) if unit else ()), *found.words]
    return ParsedAddress(
        display_address(text),
        "valid",
        "",
        " ".join(whole) or folded or None,
        " ".join(found.street) or None,
        found.house_number,
        unit,
        box,
        around.care_of,
        around.postal_code,
        around.locality,
    )


class _Numbered(NamedTuple):
    """`words`: the address without its unit; `street`: without the house number too; `behind`: a unit behind it."""

    words: list[str]
    street: list[str]
    house_number: str | None = None
    behind: list[str] = []


def _loose_parts(text: str, country: str) -> tuple[str | None, list[str], list[str]]:
    """(PO box, units in their order, the remaining folded words)."""
    units = []
    slashed = _SLASHED.search(text) if country in _UNIT_FIRST and "/" in text else None
    if slashed:
        units.append(slashed[1].lower())
        text = _SLASHED.sub(r"\2", text, count=1)
    folded = fold(plain_numbers(text, country))
    found = _box_pattern(country).search(folded)
    box = found[1].replace(" ", "") if found else None
    words = _letter_joined((f"{folded[: found.start()]} {folded[found.end() :]}" if found else folded).split(), country)
    letter = data.UNIT_LETTERS.get(country)
    index = 0
    while index < len(words) - 1:
        opens_unit = words[index] in data.UNIT_WORDS or (words[index] == letter and index > 0)
        if opens_unit and _is_unit_name(words[index + 1]) and len(words) > 2:
            units.append(words[index + 1])
            words = words[:index] + words[index + 2 :]
        else:
            index += 1
    return box, units, words


@lru_cache(maxsize=300)
def _box_pattern(country: str) -> re.Pattern[str]:
    names = "|".join(filter(None, (data.PO_BOX, data.PO_BOX_IN.get(country))))
    return re.compile(rf"\b(?:{names}) ([0-9]{{1,2}}(?: [0-9]{{2}})+|[0-9]\w*)\b")


def _is_unit_name(word: str) -> bool:
    return len(word) == 1 or (len(word) <= 5 and any(mark.isdigit() for mark in word))


def _letter_joined(words: list[str], country: str) -> list[str]:
    """The letter of a house number joined to it: "Hauptstraße 12 a", "12 bis rue de la Paix"."""
    joined: list[str] = []
    for index, word in enumerate(words):
        at_end = len(words) > 2 and index == len(words) - 1 and len(word) == 1
        in_front = index == 1 and word in "abcdefg" and country in _LETTER_BEFORE_STREET
        if joined and joined[-1].isdigit() and word.isalpha() and (at_end or in_front or word in _MULTIPLES):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _numbered(words: list[str]) -> _Numbered:
    """The house number: at the front ("12a High Street"), else the first with nothing but floors, sides and doors
    behind it ("Straße des 17. Juni 135", "Calle Mayor 5, 3.º B").
    """
    if len(words) < 2:
        return _Numbered(words, words)
    if _NUMBER.fullmatch(words[0]):
        if words[1:3] == ["1", "2"] and len(words) > 3:
            return _Numbered(words, words[3:], f"{words[0]} 1/2")
        return _Numbered(words, words[1:], words[0])
    crossing = next((index for index, word in enumerate(words) if "x" in word and _NUMBER.fullmatch(word)), 0)
    for index in (crossing,) if crossing else range(1, len(words)):
        behind = words[index + 1 :]
        if _NUMBER.fullmatch(words[index]) and all(map(_is_behind, behind)):
            doors = [_ORDINAL.sub(r"\1", word) for word in behind if word not in data.FLOORS]
            return _Numbered(words[: index + 1], words[:index], words[index].replace("x", "-"), doors)
    return _between(words)


def _between(words: list[str]) -> _Numbered:
    """A number inside that no word of the street's name follows, with something behind it that is not read."""
    for index in range(1, len(words) - 1):
        after = words[index + 1]
        if _NUMBER.fullmatch(words[index]) and (len(after) == 1 or after[0].isdigit()):
            return _Numbered(words, words[:index] + words[index + 1 :], words[index])
    return _Numbered(words, words)


def _is_behind(word: str) -> bool:
    return (
        len(word) == 1
        or word in data.FLOORS
        or word in data.SIDES
        or bool(_NUMBER.fullmatch(word) or _ORDINAL.fullmatch(word))
    )


def _spelled_out(words: list[str], country: str) -> list[str]:
    """Abbreviations in full. The first word of an English street's name is none, St before a name is a saint."""
    table, english = data.abbreviations(country), data.is_english(country)
    endings = data.ENDINGS.get(country, ())
    left_out = data.LEFT_OUT.get(country)
    result: list[str] = []
    opens = True
    for index, word in enumerate(words):
        after_number = bool(result) and result[-1].isdigit()
        if opens and word == "st" and index < len(words) - 1:
            full = "saint" if english else table.get("st", word)
        elif english and word in data.ORDINAL_WORDS:
            full = data.ORDINAL_WORDS[word]
        elif english and index == 0 and len(words) > 2 and word in data.NUMBER_WORDS:
            full = data.NUMBER_WORDS[word]
        elif word in table and (
            word in data.OPENERS or not opens if english else len(word) > 1 or not after_number or index == 1
        ):
            full = table[word]
        else:
            full = _ending_in_full(word, endings)
        if full != left_out:
            result.append(full)
        opens = opens and word[0].isdigit()
    return result or words


def _ending_in_full(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for short, full in endings:
        if word.endswith(short) and len(word) > len(short) + 2:
            return word[: -len(short)] + full
    return word
