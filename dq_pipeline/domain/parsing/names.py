"""Names of people: the parts told apart, written as one writes them, and folded for matching.

Four kinds of field hold names and each is read its own way: `given`, `middle`, `family`, and `full` for a whole
name in one field. What a record's name finally is, is decided from these by `staging/person_names.sql`.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Literal, NamedTuple

from dq_pipeline.domain.parsing.name_case import display_name
from dq_pipeline.domain.parsing.name_data import AND_WORDS, GENERATIONS
from dq_pipeline.domain.parsing.name_order import Parts, full_name, last_first
from dq_pipeline.domain.parsing.name_words import (
    INITIAL,
    ORDINAL,
    houses,
    is_after_comma,
    is_suffix,
    plain,
    suffix_display,
    take_suffixes,
    take_titles,
)
from dq_pipeline.domain.parsing.nicknames import nickname_group, nickname_groups
from dq_pipeline.domain.parsing.organisations import is_organisation, parse_organisation
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, fold_written_out, tidy

NamePart = Literal["given", "middle", "family", "full"]

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“”]*[“”]|(?<=\S )'[^' ]{2,}'(?!\S)")
_BIRTH_NAME = re.compile(
    r"(?:,\s*|\s)(?:née?|nee|geb\.|geborene?|born|ép\.|épouse|verh\.|verw\.|z d(?:\.|omu)|roz(?:\.|ená)|född|født|nata)"
    r"\s.*$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[()\[\]\"“”„«»]")
_EDGES = ' ,;:_/*"()[]{}<>!?|+=~^#“”„«»-‐–—'
_PLAIN = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*")


class ParsedName(NamedTuple):
    """`value`: the field for display, without title; the `*_key` forms are folded, for matching;
    `organisation_key`: of a whole name, and of what names an organisation, the name without legal form;
    `family_name_variant`: the family name folded with its umlauts written out (mueller), where it has any.
    """

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
    family_name_variant: str | None = None


def parse_name(part: NamePart, raw: str) -> ParsedName:
    """One name field. `reason` of an invalid one: `no_letters`, `digits`, `email`; of a valid one `organisation`,
    `several_people` ("Hans und Petra Meier": the given name is both).

    >>> parse_name("full", "Dr. MCDONALD, MARY-ANN J.")[3:7]
    ('Dr.', 'Mary-Ann', 'J.', 'McDonald')
    """
    text = tidy(raw)
    if is_placeholder(text):
        return ParsedName(text, "placeholder", "placeholder_word")
    trouble = "" if _PLAIN.fullmatch(text) else _trouble(text)
    if trouble in ("email", "no_letters"):
        return ParsedName(text, "invalid", trouble)
    if is_organisation(text):
        company = parse_organisation(raw)
        return ParsedName(text, "valid", "organisation", is_organisation=True, organisation_key=company.match_key)
    parsed = _written(part, text, _read(part, _segments(text)))
    if part == "full":  # what it says of an organisation, should the rest of the data show that it names one
        parsed = parsed._replace(organisation_key=parse_organisation(raw).match_key)
    if parsed.value != text and is_placeholder(parsed.value):  # what a title was taken off
        return ParsedName(parsed.value, "placeholder", "placeholder_word")
    if not trouble and parsed.value != text:
        trouble = _trouble(parsed.value)
    return parsed._replace(value=text, status="invalid", reason=trouble) if trouble else parsed


def _segments(text: str) -> list[list[str]]:
    """The words between commas, without asides and without what is no word."""
    if _PLAIN.fullmatch(text):
        return [text.split(" ")]
    pieces = _without_asides(text).split(",")
    segments = [[_bare(word) for word in piece.split() if word == "&" or _is_word(word)] for piece in pieces]
    return [segment for segment in segments if any(word != "&" for word in segment)]


def _without_asides(text: str) -> str:
    """Without what stands in brackets or quotes (a nickname) and after "née" (a birth name)."""
    bare = _BIRTH_NAME.sub("", _ASIDE.sub(" ", text))
    return bare if _is_word(bare) else _BRACKETS.sub(" ", text)


def _bare(word: str) -> str:
    bare = word if word == "&" else word.strip(_EDGES)
    return bare[1:-1] if len(bare) > 2 and bare[0] == bare[-1] == "'" else bare


def _is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _trouble(text: str) -> str:
    if "@" in text:
        return "email"
    if not any(character.isalpha() for character in text):
        return "no_letters"
    if any(character.isdigit() for character in ORDINAL.sub("", text)):
        return "digits"
    return ""


def _read(part: NamePart, segments: list[list[str]]) -> Parts:
    """The parts of a name given as words between commas; "Smith, John" and "John Smith, PhD" are told apart."""
    after_comma: list[str] = []
    while len(segments) > 1 and is_after_comma(segments):
        after_comma = segments.pop() + after_comma
    if len(segments) > 1 and part in ("family", "full"):
        parts = last_first(segments)
    else:
        title, words = take_titles(list(chain.from_iterable(segments)))
        words, suffix = take_suffixes(words)
        parts = _in_order(part, title, words)
        after_comma = suffix + after_comma
    return parts._replace(suffix=parts.suffix + after_comma)


def _in_order(part: NamePart, title: list[str], words: list[str]) -> Parts:
    if part == "full":
        return full_name(title, words)
    if part == "family":
        return Parts(title, [], [], words, [])
    if part == "middle":
        return Parts(title, [], words, [], [])
    end = len(words)
    while end > 1 and INITIAL.fullmatch(words[end - 1]):
        end -= 1  # "John Q." has a middle initial; a second whole name stays ("Mary Ann", "Jean Pierre")
    given, suffix = take_suffixes(words[:end])
    return Parts(title, given, words[end:], [], suffix)


def _written(part: NamePart, text: str, parts: Parts) -> ParsedName:
    given = display_name(parts.given, family=False) or None
    middle = display_name(parts.middle, family=False, inside=bool(parts.given)) or None
    family = display_name(parts.family, family=True) or None
    suffix = " ".join(suffix_display(word) for word in parts.suffix) or None
    by_part = {"given": given, "middle": middle, "family": family}
    whole = " ".join(filter(None, (by_part[name] for name in parts.order)))
    if len(parts.given + parts.middle) > 1 and len(parts.family) == 1 and plain(parts.family[0]) in GENERATIONS:
        whole = f"{family}, {given} {middle or ''}".rstrip()  # John Paul Senior would be a son of Mr Paul
    if whole.replace(" ", "") == text:
        whole = text  # written without a space where the name is at home
    comma = "" if all(is_suffix(word, left=2) for word in parts.suffix) else ","  # "Ann Lee, RN" needs it
    shown = by_part | {"full": f"{whole}{comma} {suffix or ''}".strip()}
    value = shown[part] or text
    keys = [fold(name) or None if name else None for name in (given, middle, family)]
    given_key, middle_key, family_key = keys
    several = len(parts.given) > 2 and any(word.lower() in AND_WORDS for word in parts.given)
    name_key = " ".join(filter(None, [*keys, *houses(parts.suffix)])) or fold(value) or None
    return ParsedName(
        value,
        "valid",
        "several_people" if several else "",
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
        family_name_variant=fold_written_out(family) if family else None,
    )
