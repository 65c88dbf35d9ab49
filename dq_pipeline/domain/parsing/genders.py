"""Gender, in the words and codes of the sources, to the values of OpenID Connect and `other`."""

from __future__ import annotations

from typing import NamedTuple

from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy, word_set

_MALE = word_set(
    "m male man men mr herr mannlich masculin masculino maschio maschile homme hombre uomo mann heer man mies"
    " herrn hr sr senor signor monsieur gospodin pan"
)
_FEMALE = word_set(
    "f female woman women w weiblich feminin feminino femenino femmina femminile femme mujer donna frau vrouw kvinna"
    " kvinne kvinde kobieta nainen mrs ms miss"
    " mme mlle madame sra srta senora senorita signora fru mevr mevrouw gospozha pani"
)
_OTHER = word_set(
    "other o x d divers diverse nonbinary nb enby andere autre otro otra altro anders agender genderqueer"
)
_NOT_SAID = word_set("u unknown unspecified undisclosed notlisted notsaid prefernottosay prefernotsay notspecified")


class ParsedGender(NamedTuple):
    """`value`: `male`, `female`, `other`, or the text as it arrived."""

    value: str
    status: Status
    reason: str


def parse_gender(raw: str) -> ParsedGender:
    """A gender as typed or chosen. `reason`: `not_said` (of a placeholder), `unknown_gender`.

    >>> [parse_gender(text).value for text in ("F", "männlich", "Nonbinary", "Q")]
    ['female', 'male', 'other', 'Q']
    """
    text = tidy(raw)
    key = fold(text).replace(" ", "")
    if key in _NOT_SAID or (is_placeholder(text) and key not in _OTHER):
        return ParsedGender(text, "placeholder", "not_said")
    for value, words in (("male", _MALE), ("female", _FEMALE), ("other", _OTHER)):
        if key in words:
            return ParsedGender(value, "valid", "")
    return ParsedGender(text, "invalid", "unknown_gender")
