"""What stands around a phone number in its field: an extension, a remark, a second number."""

from __future__ import annotations

import re
from typing import NamedTuple

# What the extension is called in the languages of the sources; libphonenumber knows the English and Russian ones.
_EXTENSION = re.compile(
    r"""[\s,;(]*(?<![a-z])(?:ext(?:n|ension|ensión)?|x|\#|durchwahl|dw|app(?:arat)?|nst|nebenstelle|klappe|kl|poste|wew
    |toestel|tst|anexo|interno|int|ramal|ankn|lokal|linka|dahili|доб)\.?\s*[:=]?\s*-?\s*([0-9]{1,7})\s*\)?$""",
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN_NUMBERS = re.compile(
    r"\s*(?:[;,|&]|\s/|/\s|\s(?:or|oder|ou|and|und|et|y|e|i|of|eller|lub)\s)\s*", re.IGNORECASE
)
# The last digits of a second number behind a slash: 030 901820/21.
_LAST_DIGITS = re.compile(r"[^/]*/[0-9]{1,2}")
_REMARK = re.compile(r"(?<=[0-9)])\s*(?:\([^()0-9]*\)|[^\W\d_]{2,}.*)$")
_FLOAT = re.compile(r"\+?[0-9]{7,15}[.,]0")
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_NOT_DIGIT = re.compile(r"[^0-9]")
# Mexico dropped the 1 before mobile numbers in 2019.
_MEXICAN_ONE = re.compile(r"(\+52)\s?1(?=(?:[\s-]?[0-9]){10}$)")
_SHORTEST = 7


class PhoneText(NamedTuple):
    """`number`: the text to dial, the first of several; `extension`; `trouble`: `several_numbers`, `digits_lost` or
    nothing.
    """

    number: str
    extension: str | None = None
    trouble: str = ""


def look_around(text: str) -> PhoneText:
    """What is the number in a tidied text, and what stands around it.

    >>> look_around("030 901820 Durchwahl 12")[:2], look_around("020 7183 8750 / 8751").trouble
    (('030 901820', '12'), 'several_numbers')
    """
    if _SCIENTIFIC.fullmatch(text):
        return PhoneText(text, trouble="digits_lost")
    if _FLOAT.fullmatch(text):  # a spreadsheet took the number for one with decimals
        return PhoneText(text[:-2])
    extension = _EXTENSION.search(text)
    number = text[: extension.start()] if extension else text
    if extension and _count(number) < _SHORTEST:
        extension, number = None, text
    pieces = [piece for piece in _BETWEEN_NUMBERS.split(number) if _count(piece)]
    if len(pieces) == 1 and _LAST_DIGITS.fullmatch(number) and _count(number.split("/", 1)[0]) > _SHORTEST:
        pieces = number.split("/")
    if len(pieces) > 1 and max(map(_count, pieces[:-1])) >= _SHORTEST:
        return PhoneText(pieces[0], trouble="several_numbers")
    remark = _REMARK.search(number)
    if remark and _count(number[: remark.start()]) >= _SHORTEST:
        number = number[: remark.start()]
    number = _MEXICAN_ONE.sub(r"\1", re.sub(r"(?<=[0-9])\+", " ", number))
    return PhoneText(number, extension[1] if extension else None)


def _count(text: str) -> int:
    return len(_NOT_DIGIT.sub("", text))
