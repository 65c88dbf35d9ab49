"""How a name is written: MCDONALD -> McDonald, o'brien -> O'Brien, VAN DER BERG -> van der Berg.

Only words that arrive in one case are touched: whoever typed "DeShawn" or "Van Dyke" knew how it is written.
"""

from __future__ import annotations

import re

from dq_pipeline.domain.parsing.name_data import (
    FAMILY_PARTICLES,
    MAC_NAMES,
    OPENING_SMALL_WORDS,
    SMALL_CONNECTORS,
    SMALL_WORDS,
)
from dq_pipeline.domain.parsing.text import fold

_SEGMENTS = re.compile(r"([-/.&'])")
_MC = re.compile(r"mc[^\W\d_]{3,}")
_ELIDED = frozenset({"o", "d", "l", "m", "n", "dell", "dall", "sant", "all"})
_ADDRESS_CAPITALS = frozenset({"PO", "GPO", "BP", "NE", "NW", "SE", "SW", "II", "III", "IV", "VI", "VII", "VIII"})
_NUMERALS = frozenset({"II", "III", "IV"})
_VOWELS = frozenset("aeiouy")


def display_name(words: list[str], *, family: bool, inside: bool = False) -> str:
    """The words of one part of a name in display case, joined by a space.

    `family` says which rules hold: particles open a family name in small letters ("de la Cruz") but stand inside
    a given name only ("María del Carmen"); "JP" is a given name, "NG" a family name. `inside`: another word precedes.
    """
    last = len(words) - 1
    # Who writes the rest of the name in both cases meant the small letters: Luca della Robbia, Ali al Hassan.
    meant = FAMILY_PARTICLES if family and last > 0 and not _one_case(words[-1]) else frozenset()
    return " ".join(
        word
        if word in meant and index < last
        else _word(
            word, small_allowed=index < last and (family or inside or index > 0), family=family, first=index == 0
        )
        for index, word in enumerate(words)
    )


def display_place(text: str) -> str:
    """A town or region in display case: "STOKE-ON-TRENT" -> "Stoke-on-Trent"; mixed case is kept."""
    if not _one_case(text):
        return text
    words = text.split(" ")
    return " ".join(_place_word(word, first=index == 0) for index, word in enumerate(words))


def display_address(text: str) -> str:
    """A street address in display case: "MOLENLAAN 32A" -> "Molenlaan 32A"; only shouting is changed."""
    if not text.isupper():
        return text
    return " ".join(_address_word(word, first=index == 0) for index, word in enumerate(text.split(" ")))


def _address_word(word: str, *, first: bool) -> str:
    bare = word.strip(",.;")
    if len(bare) < 2 or bare in _ADDRESS_CAPITALS or any(character.isdigit() for character in word):
        return word
    return _place_word(word, first=first)


def _word(word: str, *, small_allowed: bool, family: bool, first: bool) -> str:
    if not _one_case(word) or (not family and _is_initials(word)):
        return word
    if word.upper() in _NUMERALS:
        return word.upper()
    lower = _lower(word)
    small = OPENING_SMALL_WORDS if first and family else SMALL_WORDS
    if small_allowed and (lower in small or (family and not first and lower in SMALL_CONNECTORS)):
        return lower
    head, hyphen, tail = lower.rpartition("-")
    if small_allowed and hyphen and tail in SMALL_WORDS:
        return _as_dotted(f"{_capitalised(head)}-{tail}", word)
    return _as_dotted(_capitalised(lower), word)


def _capitalised(lower: str) -> str:
    """One lower-case word with capitals at its start and after hyphen, slash, dot and an elided prefix."""
    pieces = _SEGMENTS.split(lower)
    result = []
    for index, piece in enumerate(pieces):
        after_apostrophe = index >= 2 and pieces[index - 1] == "'"
        if after_apostrophe and pieces[index - 2] not in _ELIDED:
            result.append(piece)
        else:
            result.append(_scottish(piece))
    return "".join(result)


def _scottish(piece: str) -> str:
    if _MC.fullmatch(piece):
        return "Mc" + _upper_first(piece[2:])
    if piece in MAC_NAMES:
        return "Mac" + _upper_first(piece[3:])
    return _upper_first(piece)


def _place_word(word: str, *, first: bool) -> str:
    lower = _lower(word)
    parts = lower.split("-")
    small = SMALL_WORDS | {"on", "upon", "am", "an", "sur", "sous", "en", "by", "and", "et", "im", "bei", "aan", "y"}
    return "-".join(
        part if part in small and not (first and index == 0) else _capitalised(part) for index, part in enumerate(parts)
    )


def _is_initials(word: str) -> bool:
    """Two or three capitals that no name is made of: JP, TJ, JRR, and AJ."""
    if not 2 <= len(word) <= 3 or not word.isupper():
        return False
    return word[1:] == "J" or not _VOWELS & set(fold(word))


def _one_case(word: str) -> bool:
    return word == word.lower() or word == word.upper()


def _lower(word: str) -> str:
    # Python lowers the Turkish İ to i and a combining dot; the plain i is what is written.
    return word.lower().replace("i\u0307", "i")


def _as_dotted(written: str, word: str) -> str:
    """`written` with the dots of the Turkish İ that `word` has on its capitals."""
    if "İ" not in word or len(written) != len(word):
        return written
    return "".join("İ" if new == "I" and old == "İ" else new for new, old in zip(written, word, strict=True))


def _upper_first(text: str) -> str:
    return text[:1].title() + text[1:] if text[:1] != "ß" else text
