"""Countries: codes and names in many languages to ISO 3166-1 alpha-2.

The names come from pycountry (ISO's own and their translations by the iso-codes project); typing errors are not
guessed at.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy

_LANGUAGES = "de fr es it pt nl da sv nb_NO fi pl cs sk hu ro el tr ru uk ar he ja zh_CN zh_TW ko bg hr sl et lv lt"
# What people and systems write that is in no list of ISO: parts and old names of countries, abbreviations.
_ALIASES = {
    "GB": "uk|great britain|britain|england|scotland|wales|northern ireland|u k|g b|gt britain|united kingdom uk"
    "|grossbritannien|grande bretagne|gran bretagna|gran bretana|inghilterra|angleterre|inglaterra|groot brittannie"
    "|verenigd koninkrijk|wielka brytania|anglia|storbritannien|storbritannia",
    "US": "usa|u s a|u s|us of a|america|united states of america usa|the united states|states|etats unis"
    "|stati uniti|estados unidos|eeuu|ee uu|vereinigte staaten|vereinigte staaten von amerika|verenigde staten",
    "DE": "brd|bundesrepublik deutschland|alemania|allemagne|germania|duitsland|niemcy|federal republic of germany",
    "NL": "holland|the netherlands|pays bas|paesi bassi|paises bajos|hollande|olanda|holanda|niederlande",
    "IE": "eire|republic of ireland|ireland republic of|rep of ireland|southern ireland",
    "CZ": "czech republic|czech rep|tschechien|tschechische republik|ceska republika|cesko|republique tcheque",
    "RU": "russia|russian fed|rossiya|rf|rossiyskaya federatsiya",
    "KR": "south korea|korea|korea south|republic of korea|sudkorea|coree du sud|hanguk",
    "KP": "north korea|korea north|nordkorea",
    "CN": "pr china|prc|mainland china|china pr|peoples republic of china",
    "TW": "taiwan|taiwan roc|republic of china",
    "HK": "hong kong|hongkong|hong kong sar|hong kong china",
    "MO": "macau|macao",
    "VN": "vietnam|viet nam",
    "TR": "turkey|turkei|turkiye|turquie",
    "CH": "suisse|svizzera|schweiz|helvetia|confoederatio helvetica|swiss",
    "AE": "uae|u a e|emirates|dubai|abu dhabi",
    "SA": "ksa|saudi|kingdom of saudi arabia",
    "GR": "el|hellas|hellenic republic|ellada|ellas",
    "MK": "macedonia|fyrom|republic of macedonia",
    "CI": "ivory coast|cote d ivoire|cote divoire",
    "CD": "dr congo|drc|congo kinshasa|democratic republic of congo",
    "CG": "congo brazzaville|republic of the congo",
    "CV": "cape verde",
    "SZ": "swaziland",
    "MM": "burma",
    "TL": "east timor",
    "VA": "vatican|vatican city",
    "PS": "palestine",
    "SY": "syria",
    "IR": "iran|persia",
    "LA": "laos",
    "MD": "moldova",
    "TZ": "tanzania",
    "VE": "venezuela",
    "BO": "bolivia",
    "BN": "brunei",
    "FM": "micronesia",
    "ES": "espana|spanien|espagne|spagna|spanje|hiszpania",
    "NZ": "nz|new zealand|aotearoa",
    "AU": "oz|aus|commonwealth of australia",
    "JP": "nippon|nihon",
    "BR": "brasil",
    "AT": "osterreich|oesterreich",
    "XK": "kosovo",
}


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
    code = _codes().get(text.strip(". ").upper()) or _names().get(fold(text.replace(".", " ")))
    code = code or _names().get(fold(text))
    if not code and not is_placeholder(text):
        code = _translations().get(fold(text))
    if code:
        return ParsedCountry(code, "valid", "")
    if is_placeholder(text):
        return ParsedCountry(text, "placeholder", "placeholder_word")
    return ParsedCountry(text, "invalid", "unknown_country")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    import pycountry

    codes = {"UK": "GB", "EL": "GR", "XK": "XK", "XKX": "XK"}
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
    for code, aliases in _ALIASES.items():
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
