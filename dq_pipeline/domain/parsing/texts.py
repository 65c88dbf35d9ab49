"""Fields of free words: places, job titles, identifiers. Tidied, marked, folded; nothing is looked up."""

from __future__ import annotations

from typing import Literal, NamedTuple

from dq_pipeline.domain.parsing.name_case import display_place
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy, word_set

TextKind = Literal["locality", "region", "job_title"]

_EMPTY_PLACES = word_set("city town place nowhere somewhere anywhere anytown address home")


class ParsedText(NamedTuple):
    """`value`: for display; `match_key`: folded; NULL of placeholders."""

    value: str
    status: Status
    reason: str
    match_key: str | None = None


def parse_text(kind: TextKind, raw: str) -> ParsedText:
    """One value of `kind`. `reason`: `placeholder_word`, `no_letters`.

    >>> parse_text("locality", "STOKE-ON-TRENT")
    ParsedText(value='Stoke-on-Trent', status='valid', reason='', match_key='stoke on trent')
    """
    text = tidy(raw)
    key = fold(text)
    neapolitan = kind == "region" and text == "NA"  # Napoli
    if not neapolitan and (is_placeholder(text, key) or (kind != "job_title" and key in _EMPTY_PLACES)):
        return ParsedText(text, "placeholder", "placeholder_word")
    if not any(character.isalpha() for character in text):
        return ParsedText(text, "invalid", "no_letters", key or None)
    shown = text if kind == "job_title" else display_place(text)
    if kind == "region" and len(shown) <= 3 and shown.isascii() and shown.isalpha():
        shown = shown.upper()  # NSW, CA: an abbreviation, however it is typed
    return ParsedText(shown, "valid", "", key or None)
