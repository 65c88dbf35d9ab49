"""Countries: codes and names in many languages to ISO 3166-1 alpha-2.

The names come from pycountry (ISO's own and their translations by the iso-codes project); typing errors are not
guessed at.
"""

from __future__ import annotations

import gettext
import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing import country_data as data
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy

_LANGUAGES = "de fr es it pt nl da sv nb_NO fi pl cs sk hu ro el tr ru uk ar he ja zh_CN zh_TW ko bg hr sl et lv lt"
_LONGEST = 80
_PARTS = re.compile(r"\s*[(),/&;]\s*|\s+-\s+|\s+and\s+")


class ParsedCountry(NamedTuple):
    """`value`: ISO 3166-1 alpha-2, or the text as it arrived."""

    value: str
    status: Status
    reason: str


def parse_country(raw: str) -> ParsedCountry:
    """A code (alpha-2, alpha-3, numeric) or a name. `reason`: `unknown_country`, `placeholder_word`.

    >>> [parse_country(name).value for name in ("Deutschland", "U.K.", "usa", "Россия", "Germnay")]
    ['DE', 'GB', 'US', 'RU', 'Germnay']
    """
    text = tidy(raw)
    code = _named(text)
    if not code and len(text) <= _LONGEST:
        # "Germany (DE)", "England, UK": all that stands there must mean one country.
        parts = {_named(part) for part in _PARTS.split(text) if part}
        code = parts.pop() if len(parts) == 1 else None
    if code:
        return ParsedCountry(code, "valid", "")
    if is_placeholder(text):
        return ParsedCountry(text, "placeholder", "placeholder_word")
    return ParsedCountry(text, "invalid", "unknown_country")


def _named(text: str) -> str | None:
    """The country a code or a name stands for, in any of the languages, or None."""
    folded = fold(text.replace(".", " "))
    code = _codes().get(text.strip(". ").upper()) or _names().get(folded)
    code = code or _names().get(fold(text)) or _names().get(folded.removeprefix("the "))
    if code or is_placeholder(text):
        return code
    return _translations().get(fold(text)) or _names().get(folded.removeprefix("republic of "))


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    import pycountry

    codes = data.SIGNS | {"UK": "GB", "EL": "GR", "XK": "XK", "XKX": "XK"}
    for country in pycountry.countries:
        codes |= dict.fromkeys((country.alpha_2, country.alpha_3, country.numeric), country.alpha_2)
    return codes


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Folded English names of ISO and our aliases -> alpha-2."""
    import pycountry

    names: dict[str, str] = {}
    for country in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            names.setdefault(fold(getattr(country, kind, "")), country.alpha_2)
    for code, aliases in data.ALIASES.items():
        names |= dict.fromkeys(aliases.split("|"), code)
    names.pop("", None)
    return names


@lru_cache(maxsize=1)
def _translations() -> dict[str, str]:
    """Folded names in other languages -> alpha-2; a name that means two countries in two languages is left out.

    Loaded only when a value is no code and no English name: it takes half a second.
    """
    import pycountry

    meanings: dict[str, set[str]] = {}
    for language in _LANGUAGES.split():
        catalogue = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
        for country in pycountry.countries:
            for kind in ("name", "official_name", "common_name"):
                translated = catalogue.gettext(getattr(country, kind, "") or "-")
                meanings.setdefault(fold(translated), set()).add(country.alpha_2)
    return {name: codes.copy().pop() for name, codes in meanings.items() if name and len(codes) == 1}
