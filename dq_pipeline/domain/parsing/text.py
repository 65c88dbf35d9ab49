"""Text as people type it: tidied for display, folded for matching."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from anyascii import anyascii

Status = Literal["valid", "invalid", "placeholder"]

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_NOT_DIGIT = re.compile(r"[^0-9]")
_WORD = re.compile(r"[a-z0-9]+")
# One apostrophe for all the marks keyboards and word processors make of it; the micro sign is a Greek letter, and the
# ligatures are two letters each, and so is ŉ.
_UNIFIED = {
    **dict.fromkeys(map(ord, "’‘ʼ＇`´"), "'"),
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in (0xB5, *range(0xFB00, 0xFB07))},
    ord("ŉ"): "'n",
}
_FOLDED_AWAY = dict.fromkeys(map(ord, "'’‘ʼʻ`´.·"), None)
_FOLDED_AWAY_ASCII = "'`."
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
_WRITTEN_OUT = str.maketrans(_UMLAUTS | {mark.upper(): letters for mark, letters in _UMLAUTS.items()})
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = {"Zs", "Zl", "Zp"}


def tidy(raw: str) -> str:
    """`raw` in Unicode NFC, one plain space between words, no invisible characters, one kind of apostrophe.

    >>> tidy("  Anne\\u200b\\u00a0 Marie ")
    'Anne Marie'
    """
    if _PLAIN.fullmatch(raw) and "`" not in raw:
        return raw
    text = unicodedata.normalize("NFC", raw).translate(_UNIFIED)
    kept = (_visible(character) for character in text)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES or character in "\t\n\r\v\f":
        return " "
    return "" if category in _INVISIBLE else character


def fold(text: str) -> str:
    """The form for matching: transliterated to ASCII, lower case, apostrophes and dots gone, words parted by one
    space. Other scripts are transliterated letter by letter (anyascii), so one name written twice folds alike.

    >>> fold("O’Brien-Müller, Дмитрий")
    'obrien muller dmitriy'
    """
    ascii_text = text if text.isascii() else anyascii(text.translate(_FOLDED_AWAY))
    lower = ascii_text.lower()
    for mark in _FOLDED_AWAY_ASCII:
        if mark in lower:  # translate() with a table takes longer than all the rest
            lower = lower.replace(mark, "")
    return " ".join(_WORD.findall(lower))


def fold_written_out(text: str) -> str | None:
    """`text` folded with its umlauts written out, as people do who have no such keys; None where it has none.

    >>> fold("Jörg Østergård"), fold_written_out("Jörg Østergård"), fold_written_out("Mueller")
    ('jorg ostergard', 'joerg oestergaard', None)
    """
    if text.isascii():
        return None
    written_out = text.translate(_WRITTEN_OUT)
    return fold(written_out) if written_out != text else None


def digits_of(text: str) -> str:
    """The decimal digits of `text` in any script, as ASCII.

    >>> digits_of("+44 (0)20 ٧٨")
    '4402078'
    """
    return _NOT_DIGIT.sub("", ascii_digits(text))


def ascii_digits(text: str) -> str:
    """`text` with the decimal digits of every script written 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def word_set(words: str) -> frozenset[str]:
    """The words of a list written as one text; what a parser's vocabulary is kept in."""
    return frozenset(words.split())
