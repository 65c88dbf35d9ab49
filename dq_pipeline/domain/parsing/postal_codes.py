"""Postal codes: the format of each country (`postal_data`), written its way."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing import postal_data as data
from dq_pipeline.domain.parsing.placeholders import is_placeholder, is_run
from dq_pipeline.domain.parsing.text import Status, ascii_digits, tidy

# BS 7666 in the form the Royal Mail uses: outward code, space, inward code.
_BRITISH = re.compile(
    r"(GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY]))([0-9][ABD-HJLNP-UW-Z]{2})"
)
_SEPARATORS = re.compile(r"[\s.\-–_/〒]+")
_FLOAT = re.compile(r"[0-9]{2,10}[.,]0")
_WORD = re.compile(r"[^\s,]+")
_LONGEST = 40
# Letters and digits one takes for each other.
_LOOKALIKES = {"O": "0", "0": "O", "I": "1", "1": "I", "L": "1", "S": "5", "5": "S"}


class ParsedPostalCode(NamedTuple):
    """`value`: as its country writes it; `match_key`: letters and digits only, also of an invalid one, with its lost
    zeros; `suggestion`: what an invalid one was meant to be where that is certain (a lost zero, an O for a zero, the
    town behind the code); proposed, never applied.
    """

    value: str
    status: Status
    reason: str
    match_key: str | None = None
    suggestion: str | None = None


def parse_postal_code(raw: str, country: str) -> ParsedPostalCode:
    """One postal code. Without a country (`''`) it is valid when it fits the format of any; `reason`: `format`,
    `zero_lost` (a leading zero is missing, as a spreadsheet loses it), `placeholder_word`, `placeholder_digits`; of a
    valid one `format_unknown` where the country has no format here.

    >>> parse_postal_code("sw1a1aa", "GB").value, parse_postal_code("2120", "US")[2:]
    ('SW1A 1AA', ('zero_lost', '02120', '02120'))
    """
    text = ascii_digits(tidy(raw))
    if _FLOAT.fullmatch(text):  # a spreadsheet took the code for a number with decimals
        text = text[:-2]
    bare = _SEPARATORS.sub("", text.upper())
    if not bare.isdigit() and is_placeholder(text):
        return ParsedPostalCode(text, "placeholder", "placeholder_word")
    if _is_filler(bare):
        return ParsedPostalCode(text, "placeholder", "placeholder_digits")
    written = written_postal_code(bare, country) if country else _written_anywhere(text, bare)
    if written:
        return ParsedPostalCode(written, "valid", "", _key(written))
    if country and country not in data.SHAPES:
        return ParsedPostalCode(text, "valid", "format_unknown", _key(bare))
    restored = _with_zeros(bare, country)
    if restored:
        return ParsedPostalCode(text, "invalid", "zero_lost", _key(restored), restored)
    return ParsedPostalCode(text, "invalid", "format", _key(bare), _meant(text, bare, country) if country else None)


def _with_zeros(bare: str, country: str) -> str | None:
    """The code with the zeros a spreadsheet took, where codes of the country begin with zeros."""
    if not bare.isdigit():
        return None
    padded = ("0" * count + bare for count in range(1, data.LEADING_ZEROS.get(country, 0) + 1))
    return next((written for code in padded if (written := written_postal_code(code, country))), None)


def _meant(text: str, bare: str, country: str) -> str | None:
    """The only code that one lookalike character, or a town beside it, separates from the text; else None."""
    if len(text) > _LONGEST:
        return None
    words = _WORD.findall(text.upper())
    parts = (
        {"".join(words[:1]), "".join(words[:2]), "".join(words[-1:]), "".join(words[-2:])} if len(words) > 1 else set()
    )
    candidates = {_SEPARATORS.sub("", part) for part in parts}
    candidates |= {
        bare[:index] + _LOOKALIKES[mark] + bare[index + 1 :] for index, mark in enumerate(bare) if mark in _LOOKALIKES
    }
    found = {written for candidate in candidates if (written := written_postal_code(candidate, country))}
    return found.pop() if len(found) == 1 else None


def _is_filler(bare: str) -> bool:
    """Only zeros or only nines, or a long run; 2222 (Penshurst) and 12345 (Schenectady) are places."""
    return len(bare) > 2 and (set(bare) <= {"0"} or set(bare) <= {"9"} or (len(bare) > 5 and is_run(bare)))


def _key(code: str) -> str | None:
    return "".join(character for character in code.upper() if character.isalnum()) or None


def written_postal_code(bare: str, country: str) -> str | None:
    """The code as `country` writes it, or None where it does not have its form."""
    if country in ("GB", "JE", "GG", "IM"):
        british = _BRITISH.fullmatch(bare)
        return f"{british[1]} {british[2]}" if british else None
    for prefix in (country, data.PREFIXES.get(country, country)):
        if bare.startswith(prefix) and bare[len(prefix) : len(prefix) + 2].isdigit() and country != "AD":
            bare = bare[len(prefix) :]
    for shape, pattern in _patterns(country):
        if pattern.fullmatch(bare):
            return _shaped(bare, shape)
    return None


def _written_anywhere(text: str, bare: str) -> str | None:
    """The code as it arrived when it fits some country; British and Canadian forms are clear enough to be set."""
    for country in ("GB", "CA"):
        written = written_postal_code(bare, country)
        if written:
            return written
    return text.upper() if any(written_postal_code(bare, country) for country in data.SHAPES) else None


def _shaped(bare: str, shape: str) -> str:
    characters = iter(bare)
    return "".join(mark if mark in " -" else next(characters) for mark in shape)


@lru_cache(maxsize=300)
def _patterns(country: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    shapes = [shape for shape in data.SHAPES.get(country, "").split("|") if shape]
    return tuple((shape, re.compile(_expression(shape))) for shape in shapes)


def _expression(shape: str) -> str:
    classes = {"9": "[0-9]", "A": "[A-Z]", "*": "[A-Z0-9]", " ": "", "-": ""}
    return "".join(classes.get(mark, mark) for mark in shape)
