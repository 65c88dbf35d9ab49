"""Organisations told from people by their legal form, and the name without it for matching.

The words are in `organisation_data`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing import organisation_data as data
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, fold_written_out, tidy

_CONNECTED = re.compile(
    r"(?:&|\+|\b(?:and|und|et|y|e|en|och|og|i)\b)\s*"
    r"(?:co|cie|cia|company|sons|söhne|fils|frères|hijos|figli|fratelli|filhos|zonen|zn|brothers|söner|partners?)\b",
    re.IGNORECASE,
)
_OTHER_SCRIPTS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|有限公司|股份|集团|公司|㈱|[(（](?:株|주)[)）]|주식회사|유한회사|شركة|مؤسسة|בע[\"״]מ|บริษัท|จำกัด"
)
_IN_BRACKETS = re.compile(r"\s*[(（]([^()（）]*)[)）]")
_DOTTED = re.compile(r"(?:\w{1,3}\.\s?){2,}|[ai]/s|s/a|co\.|bt\.", re.IGNORECASE)
_FORMS_IN_SMALL_LETTERS = frozenset({"SpA", "GesmbH"})
_SOLE_PROPRIETOR = "ИП"
_LONGEST_FORM = 5
_CLEAR_FORMS = data.CLEAR_FORMS | data.WRITTEN_OUT
_FORMS = _CLEAR_FORMS | data.DOUBTFUL_FORMS
_CLEAR_LEADING = data.LEADING_FORMS | data.LEADING_WRITTEN_OUT
_LEADING = _CLEAR_LEADING | data.DOUBTFUL_LEADING_FORMS
_QUOTES = "\"'«»“”„ "


class ParsedOrganisation(NamedTuple):
    """`value`: for display; `legal_form`: as typed, or None; `match_key`: folded, without the legal form;
    `match_key_variant`: the same with its umlauts written out (mueller), where it has any.
    """

    value: str
    status: Status
    reason: str
    legal_form: str | None
    match_key: str | None
    match_key_variant: str | None = None


def parse_organisation(raw: str) -> ParsedOrganisation:
    """An organisation's name. Placeholders are marked; a name without any letter or digit is invalid.

    >>> parse_organisation("Müller & Söhne GmbH & Co. KG").match_key
    'muller sohne'
    """
    text = tidy(raw)
    if is_placeholder(text):
        return ParsedOrganisation(text, "placeholder", "placeholder_word", None, None)
    stem, form = split_legal_form(text)
    stem = _bare_name(stem)
    key = fold(stem) or fold(text)
    if not key:
        return ParsedOrganisation(text, "invalid", "no_letters", None, None)
    return ParsedOrganisation(text, "valid", "", form, key, fold_written_out(stem))


def split_legal_form(text: str) -> tuple[str, str | None]:
    """(the name without its legal form, the legal form as typed), or (the text, None).

    Reads a name that is known to be an organisation's, so doubtful forms count.

    >>> split_legal_form("Contoso S.A. de C.V.")
    ('Contoso', 'S.A. de C.V.')
    """
    found = _OTHER_SCRIPTS.search(text)
    if found:
        stem = _OTHER_SCRIPTS.sub("", text).strip(" ,")
        return (stem, found.group()) if stem else (text, None)
    words = text.split(" ")
    for count in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        if _joined(words[-count:]) in _FORMS:
            stem = _stem(words[:-count])
            return (stem, " ".join(words[-count:])) if stem else (text, None)
    for count in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        if _joined(words[:count]) in _LEADING:
            return " ".join(words[count:]).strip(_QUOTES), " ".join(words[:count])
    return text, None


def is_organisation(text: str) -> bool:
    """Whether a text that stands where a person's name is expected names an organisation.

    Careful: "Maria Sá", "Kim Co", "A. S. Byatt" and "Mr S. A. Co" are people, "Sá S.A." and "Kim Consulting" are not.
    """
    if (not text.isascii() and _OTHER_SCRIPTS.search(text)) or _CONNECTED.search(text):
        return True
    words = text.split(" ")
    if len(words) == 1:
        return fold(text) in data.FORMS_ALONE
    return _ends_like_one(words) or _opens_like_one(words)


def _ends_like_one(words: list[str]) -> bool:
    form = ""
    for count, word in enumerate(reversed(words[1:][-_LONGEST_FORM:]), 1):
        form = _joined_word(word) + form
        if form in _CLEAR_FORMS or (count == 1 and form in data.LAST_WORDS):
            return True
        doubtful = form in data.DOUBTFUL_FORMS and _first(words) not in data.CIVIL_TITLES
        if doubtful and _written_as_form(words[-count:], words[:-count]):
            return True
    return False


def _opens_like_one(words: list[str]) -> bool:
    first = _first(words)
    if first in data.FIRST_WORDS or words[0] == _SOLE_PROPRIETOR:
        return True
    if any(_joined(words[:count]) in _CLEAR_LEADING for count in range(1, min(_LONGEST_FORM, len(words) - 1) + 1)):
        return True
    if first in data.DOUBTFUL_LEADING_FORMS:
        # Two letters of ours in front are initials: AB de Villiers, PT Barnum.
        quoted = words[1][:1] in "\"'«„“"
        return quoted or (words[0].isupper() and (len(first) > 2 or not words[0].isascii()) and not words[1].isupper())
    return " ".join(words[:2]).lower() + " " in data.OPENINGS


def _written_as_form(form: list[str], rest: list[str]) -> bool:
    written = " ".join(form)
    if _DOTTED.fullmatch(written) or written in _FORMS_IN_SMALL_LETTERS:
        return True
    # After a comma bare capitals are a degree: Ann Lee, AB.
    return written.isupper() and "Á" not in written and not " ".join(rest).isupper() and not rest[-1].endswith(",")


def _bare_name(stem: str) -> str:
    """Without further legal forms ("Metz GbR" of "Metz GbR mbH") and its own initials in brackets."""
    further, form = split_legal_form(stem)
    while form and _joined(form.split(" ")) in _CLEAR_FORMS | _CLEAR_LEADING:
        stem = further
        further, form = split_legal_form(stem)
    aside = _IN_BRACKETS.search(stem)
    rest = _IN_BRACKETS.sub("", stem).strip() if aside else ""
    initials = "".join(word[0] for word in fold(rest).split())
    return rest if aside and len(initials) > 1 and fold(aside.group(1)) == initials else stem


def _first(words: list[str]) -> str:
    return _joined_word(words[0])


def _joined(words: list[str]) -> str:
    return "".join(map(_joined_word, words))


@lru_cache(maxsize=50_000)
def _joined_word(word: str) -> str:
    return fold(word.replace("/", "")).replace(" ", "")


def _stem(words: list[str]) -> str:
    return " ".join(words).rstrip(" ,&-(+").strip()
