"""Names of people: the parts told apart, written as one writes them, and folded for matching.

Four kinds of field hold names and each is read its own way: `given`, `middle`, `family`, and `full` for a whole
name in one field. What a record's name finally is, is decided from these by `staging/person_names.sql`.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Literal, NamedTuple

from dq_pipeline.domain.parsing import name_data as data
from dq_pipeline.domain.parsing.name_case import display_name
from dq_pipeline.domain.parsing.nicknames import nickname_group, nickname_groups
from dq_pipeline.domain.parsing.organisations import is_organisation, parse_organisation
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy

NamePart = Literal["given", "middle", "family", "full"]

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|«[^»]*»")
_BIRTH_NAME = re.compile(r"(?:,\s*|\s)(?:née|nee|geb\.|geboren|born)\s.*$", re.IGNORECASE)
_EAST_ASIAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff々ー]+")
_BRACKETS = re.compile(r"[()\[\]\"“”«»]")
_ORDINAL = re.compile(r"\b[0-9]{1,2}(?:st|nd|rd|th)\b", re.IGNORECASE)
_INITIAL = re.compile(r"[^\W\d_]\.?")
_EDGES = ' ,;:_/*"()[]{}<>!?|+=~^#“”«»-‐–—'


class ParsedName(NamedTuple):
    """`value`: the field for display, without title; the `*_key` forms are folded, for matching."""

    value: str
    status: Status
    reason: str
    title: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    family_name: str | None = None
    suffix: str | None = None
    match_key: str | None = None
    given_name_key: str | None = None
    middle_name_key: str | None = None
    family_name_key: str | None = None
    nickname_group: str | None = None
    nickname_groups: tuple[str, ...] | None = None
    is_organisation: bool = False
    organisation_key: str | None = None


class _Parts(NamedTuple):
    title: list[str]
    given: list[str]
    middle: list[str]
    family: list[str]
    suffix: list[str]


def parse_name(part: NamePart, raw: str) -> ParsedName:
    """One name field. `reason` of an invalid one: `no_letters`, `digits`, `email`.

    >>> parse_name("full", "Dr. MCDONALD, MARY-ANN J.")[3:7]
    ('Dr.', 'Mary-Ann', 'J.', 'McDonald')
    """
    text = tidy(raw)
    if is_placeholder(text):
        return ParsedName(text, "placeholder", "placeholder_word")
    trouble = _trouble(text)
    if trouble in ("email", "no_letters"):
        return ParsedName(text, "invalid", trouble)
    if is_organisation(text):
        company = parse_organisation(raw)
        return ParsedName(text, "valid", "organisation", is_organisation=True, organisation_key=company.match_key)
    pieces = _without_asides(text).split(",")
    segments = [[word.strip(_EDGES) for word in piece.split() if _is_word(word)] for piece in pieces]
    parsed = _written(part, text, _read(part, [segment for segment in segments if segment]))
    if is_placeholder(parsed.value):  # what a title was taken off
        return ParsedName(parsed.value, "placeholder", "placeholder_word")
    trouble = trouble or _trouble(parsed.value)
    return parsed._replace(value=text, status="invalid", reason=trouble) if trouble else parsed


def _without_asides(text: str) -> str:
    """Without what stands in brackets or quotes (a nickname) and after "née" (a birth name)."""
    if text.isalpha():
        return text
    bare = _BIRTH_NAME.sub("", _ASIDE.sub(" ", text))
    return bare if _is_word(bare) else _BRACKETS.sub(" ", text)


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _trouble(text: str) -> str:
    if "@" in text:
        return "email"
    if not any(character.isalpha() for character in text):
        return "no_letters"
    if any(character.isdigit() for character in _ORDINAL.sub("", text)):
        return "digits"
    return ""


def _read(part: NamePart, segments: list[list[str]]) -> _Parts:
    """The parts of a name given as words between commas; "Smith, John" and "John Smith, PhD" are told apart."""
    after_comma: list[str] = []
    while len(segments) > 1 and _is_after_comma(segments):
        after_comma = segments.pop() + after_comma
    if len(segments) > 1 and part in ("family", "full"):
        parts = _last_first(segments)
    else:
        title, words = _titles(list(chain.from_iterable(segments)))
        words, suffix = _suffixes(words)
        parts = _in_order(part, title, words)
        after_comma = suffix + after_comma
    return parts._replace(suffix=parts.suffix + after_comma)


def _is_after_comma(segments: list[list[str]]) -> bool:
    """Whether the last segment is suffixes, or a style of nobility behind a whole name."""
    last = segments[-1]
    if all(_plain(word) in data.COMMA_SUFFIXES for word in last) or _ORDINAL.fullmatch(last[0]):
        return True
    return len(segments[-2]) > 1 and _plain(last[0]) in data.STYLES


def _last_first(segments: list[list[str]]) -> _Parts:
    title, family = _titles(segments[0])
    more_title, given = _titles(list(chain.from_iterable(segments[1:])))
    family, suffix = _suffixes(family)
    return _Parts(title + more_title, given[:1], given[1:], family, suffix)


def _in_order(part: NamePart, title: list[str], words: list[str]) -> _Parts:
    if part == "full":
        return _full_name(title, words)
    if part == "family":
        return _Parts(title, [], [], words, [])
    if part == "middle":
        return _Parts(title, [], words, [], [])
    end = len(words)
    while end > 1 and _INITIAL.fullmatch(words[end - 1]):
        end -= 1  # "John Q." has a middle initial; a second whole name stays ("Mary Ann", "Jean Pierre")
    given, suffix = _suffixes(words[:end])
    return _Parts(title, given, words[end:], [], suffix)


def _titles(words: list[str]) -> tuple[list[str], list[str]]:
    """The forms of address at the front, and the rest, which keeps at least one word."""
    count = 0
    while count < len(words) - 1 and _is_title(words[count]):
        count += 1
    return words[:count], words[count:]


def _is_title(word: str) -> bool:
    plain = _plain(word)
    return plain in data.TITLES or (plain in data.DOTTED_TITLES and word.endswith("."))


def _suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """The words without the suffixes at their end, and these; at least one word stays."""
    end = len(words)
    while end > 1 and _is_suffix(words[end - 1], left=end - 1):
        end -= 1
    return words[:end], words[end:]


def _is_suffix(word: str, *, left: int) -> bool:
    plain = _plain(word) if word.isascii() else ""
    if plain in ("junior", "senior", "sr"):
        return left > 1 or plain == "sr"
    return plain in data.SUFFIXES or (plain in data.UPPER_SUFFIXES and word.isupper())


def _full_name(title: list[str], words: list[str]) -> _Parts:
    if len(words) <= 1:
        return _single_word(title, words)
    if all(_EAST_ASIAN.fullmatch(word) for word in words):
        return _Parts(title, words[1:], [], words[:1], [])
    start = _family_start(words)
    return _Parts(title, words[:1] if start else [], words[1:start], words[start:], [])


def _family_start(words: list[str]) -> int:
    """Index of the first word of the family name: the last word, the particles before it ("de la Cruz"), and the
    first of two joined by y ("Ortega y Gasset").
    """
    start = len(words) - 1
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    if (
        start > 1
        and words[start - 1].lower() == "y"
        and (words[start - 1] == "y" or (start > 2 and words[start].isupper()))
    ):
        start -= 2
    opens_small = words[0].islower() and words[-1][0].isupper()
    return 0 if start == 1 and opens_small and _is_particle(words[0]) else start


def _is_particle(word: str) -> bool:
    return word.lower().rstrip(".") in data.FAMILY_PARTICLES


def _single_word(title: list[str], words: list[str]) -> _Parts:
    """One word: a family name after a form of address ("Mr Smith"), else a given name. An East Asian name written
    without a space holds both and cannot be cut without knowing it.
    """
    if not words or _EAST_ASIAN.fullmatch(words[0]):
        return _Parts(title, [], [], [], [])
    if title and _plain(title[-1]) not in ("sir", "dame"):
        return _Parts(title, [], [], words, [])
    return _Parts(title, words, [], [], [])


def _written(part: NamePart, text: str, parts: _Parts) -> ParsedName:
    given = display_name(parts.given, family=False) or None
    middle = display_name(parts.middle, family=False, inside=bool(parts.given)) or None
    family = display_name(parts.family, family=True) or None
    suffix = " ".join(_suffix_display(word) for word in parts.suffix) or None
    east_asian = part == "full" and all(name and _EAST_ASIAN.fullmatch(name) for name in (family, given))
    whole = " ".join(filter(None, (family, given) if east_asian else (given, middle, family)))
    comma = "" if all(_is_suffix(word, left=2) for word in parts.suffix) else ","  # "Ann Lee, RN" needs it
    shown = {"given": given, "middle": middle, "family": family, "full": f"{whole}{comma} {suffix or ''}".strip()}
    value = shown[part] or text
    keys = [fold(name) or None if name else None for name in (given, middle, family)]
    given_key, middle_key, family_key = keys
    name_key = " ".join(filter(None, [*keys, *_houses(parts.suffix)])) or fold(value) or None
    return ParsedName(
        value,
        "valid",
        "",
        " ".join(parts.title) or None,
        given,
        middle,
        family,
        suffix,
        name_key,
        given_key,
        middle_key,
        family_key,
        nickname_group(given_key) if given_key else None,
        nickname_groups(given_key) if given_key else None,
    )


def _houses(suffix: list[str]) -> list[str]:
    """Of a style of nobility the folded names in it, which others may use as the family name: Marlborough."""
    common = data.COMMA_SUFFIXES | data.STYLES | data.SMALL_WORDS
    return [fold(word) for word in suffix if _plain(word) not in common and not _ORDINAL.fullmatch(word)]


def _suffix_display(word: str) -> str:
    plain = _plain(word)
    if plain in data.CAPITAL_SUFFIXES:
        return plain.upper()
    if plain not in data.COMMA_SUFFIXES:
        return word if word.lower() in data.SMALL_WORDS else display_name([word], family=True)
    return data.SUFFIX_DISPLAY.get(plain) or plain.capitalize() + ("." if word.endswith(".") else "")


def _plain(word: str) -> str:
    return fold(word).replace(" ", "")
