"""Organisations told from people by their legal form, and the name without it for matching.

The legal forms are those of ISO 20275 (Entity Legal Forms) for the countries of the sources, in the spellings
people type.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy, word_set

# Folded, dots gone and words joined, so "S. A.", "S.A." and "SA" are one.
_CLEAR_FORMS = word_set(
    """
    gmbh gmbhcokg gmbhco gmbhcokgaa ggmbh mbh ughaftungsbeschrankt kgaa ohg gbr ekfm aktiengesellschaft
    ltd limited llc llp plc inc incorporated corp corporation coltd ltdco cyltd
    sarl sasu eurl snc sprl bvba vzw asbl stichting
    srl srls sapa soccoop slu sau sadecv sderl sderldecv ltda eireli lda
    aps ivs oyj oyab hf spzoo spolka spolsro zrt kft doo ood eood jsc pjsc ojsc
    dac clg shmm unlimitedcompany spolkaakcyjna
    pty ptyltd pvtltd privatelimited pteltd sdnbhd bhd anonimsirketi limitedsirketi
    """
)
# Ordinary endings of a person's name too (Sá, Ng, Co): in a person's field they count only when written with dots,
# or in capitals beside small letters.
_DOUBTFUL_FORMS = word_set(
    "sa ag se co sas ae sl sc ab as kg ug eg ev ek oy bv nv cv vof spa spk spj sro asa bt kk gk lp pc epe ike hb og ad"
)
# Say that the name is an organisation's and belong to it.
_DESCRIPTIVE = word_set(
    """
    university universitat universite universidad foundation association holdings council ministry institute
    hospital consulting solutions technologies logistics industries enterprises insurance bakery
    """
)
# Legal forms that open a name, here again the doubtful ones apart.
_LEADING_FORMS = word_set("ooo oao zao pao ooood tov uab stichting")
_DOUBTFUL_LEADING_FORMS = word_set("ab as pt cv ao ip sia")
# Stand for a whole organisation even when the rest of its name went into another field.
_FORMS_ALONE = word_set("gmbh ltd llc inc plc corp limited")
_CONNECTED = re.compile(
    r"(?:&|\+|\b(?:and|und|et)\b)\s*(?:co|cie|company|sons|söhne|fils|hijos|partners?)\b", re.IGNORECASE
)
_EAST_ASIAN = re.compile(r"株式会社|有限会社|合同会社|有限公司|股份|集团|㈱|주식회사|\(주\)")
_DOTTED = re.compile(r"(?:\w{1,3}\.\s?){2,}|[as]/s|co\.", re.IGNORECASE)
_LONGEST_FORM = 5


class ParsedOrganisation(NamedTuple):
    """`value`: for display; `legal_form`: as typed, or None; `match_key`: folded, without the legal form."""

    value: str
    status: Status
    reason: str
    legal_form: str | None
    match_key: str | None


def parse_organisation(raw: str) -> ParsedOrganisation:
    """An organisation's name. Placeholders are marked; a name without any letter or digit is invalid.

    >>> parse_organisation("Müller & Söhne GmbH & Co. KG").match_key
    'muller sohne'
    """
    text = tidy(raw)
    if is_placeholder(text):
        return ParsedOrganisation(text, "placeholder", "placeholder_word", None, None)
    stem, form = split_legal_form(text)
    key = fold(stem) or fold(text)
    if not key:
        return ParsedOrganisation(text, "invalid", "no_letters", None, None)
    return ParsedOrganisation(text, "valid", "", form, key)


def split_legal_form(text: str) -> tuple[str, str | None]:
    """(the name without its legal form, the legal form as typed), or (the text, None).

    Reads a name that is known to be an organisation's, so doubtful forms count.

    >>> split_legal_form("Contoso S.A. de C.V.")
    ('Contoso', 'S.A. de C.V.')
    """
    found = _EAST_ASIAN.search(text)
    if found:
        stem = _EAST_ASIAN.sub("", text).strip(" ,")
        return (stem, found.group()) if stem else (text, None)
    words = text.split(" ")
    for count in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        if _joined(words[-count:]) in _CLEAR_FORMS | _DOUBTFUL_FORMS:
            stem = _stem(words[:-count])
            return (stem, " ".join(words[-count:])) if stem else (text, None)
    if len(words) > 1 and _joined(words[:1]) in _LEADING_FORMS | _DOUBTFUL_LEADING_FORMS:
        return " ".join(words[1:]).strip("\"'«»“”„ "), words[0]
    return text, None


def is_organisation(text: str) -> bool:
    """Whether a text that stands where a person's name is expected names an organisation.

    Careful: "Maria Sá" and "Kim Co" are people, "Sá S.A." and "Kim Consulting" are not.
    """
    if _EAST_ASIAN.search(text) or _CONNECTED.search(text):
        return True
    words = text.split(" ")
    if len(words) == 1:
        return fold(text) in _FORMS_ALONE
    return _ends_like_one(words) or _opens_like_one(words)


def _ends_like_one(words: list[str]) -> bool:
    for count in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        form = _joined(words[-count:])
        if form in _CLEAR_FORMS or (count == 1 and form in _DESCRIPTIVE):
            return True
        if form in _DOUBTFUL_FORMS and _written_as_form(" ".join(words[-count:]), " ".join(words[:-count])):
            return True
    return fold(words[0]) in _DESCRIPTIVE


def _opens_like_one(words: list[str]) -> bool:
    first = _joined(words[:1])
    if first in _DOUBTFUL_LEADING_FORMS:
        return _written_as_form(words[0], " ".join(words[1:]))
    return first in _LEADING_FORMS


def _written_as_form(form: str, rest: str) -> bool:
    return bool(_DOTTED.fullmatch(form)) or (form.isupper() and not rest.isupper())


def _joined(words: list[str]) -> str:
    return fold(" ".join(words).replace("/", "")).replace(" ", "")


def _stem(words: list[str]) -> str:
    return " ".join(words).rstrip(" ,&-(+").strip()
