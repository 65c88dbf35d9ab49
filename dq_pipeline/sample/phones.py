"""Phone numbers, written the many ways people write them."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.strings import TEXT, Ints, Random, Strings, blank, filled, join, part, texts, weighted

# Ways to write 020 7946 0958: the names are the columns of a source's habits (see `systems.py`).
STYLES = ("e164", "international", "national", "compact", "dashed", "zeros", "parentheses")

# Calling codes of countries that dial abroad with something else than 00 (North America, Brazil, Australia, Japan).
_NO_DOUBLE_ZERO = texts(("1", "55", "61", "81"))


def write_phones(random: Random, country: Ints, numbers: Strings, habits: dict[str, float]) -> Strings:
    """National significant numbers `prefix|rest` as texts, each in a style drawn by `habits`; empty stays empty."""
    styles = weighted(random, [habits.get(style, 0.0) for style in STYLES], len(numbers))
    written = blank(len(numbers))
    for number, style in enumerate(STYLES):
        here = np.flatnonzero((styles == number) & (filled(numbers)))
        if len(here):
            written[here] = _write(style, country[here], numbers[here])
    return written


def split(numbers: Strings) -> tuple[Strings, Strings]:
    """Prefix and rest of numbers `prefix|rest`."""
    bar = np.strings.find(numbers, "|")
    return part(numbers, 0, bar), part(numbers, bar + 1, 99)


def _write(style: str, country: Ints, numbers: Strings) -> Strings:
    calling = texts(nation.calling for nation in geography().countries)[country]
    # North America's trunk digit 1 is dialled but not written.
    trunk = texts("0" if nation.trunk == "0" else "" for nation in geography().countries)[country]
    prefix, rest = split(numbers)
    if style == "e164":
        return join("+", calling, prefix, rest)
    if style == "compact":
        return join(trunk, prefix, rest)
    if style == "zeros":
        return join(np.where(np.isin(calling, _NO_DOUBLE_ZERO), "+", "00").astype(TEXT), calling, " ", prefix, rest)
    if style == "dashed":
        return join(trunk, prefix, "-", _grouped(rest, "-"))
    if style == "national":
        return join(trunk, prefix, " ", _grouped(rest, " "))
    if style == "parentheses":
        area = np.where(trunk == "0", join("(0)", prefix), join("(", prefix, ")"))
        return join("+", calling, " ", area, " ", _grouped(rest, " "))
    return join("+", calling, " ", prefix, " ", _grouped(rest, " "))


def _grouped(rest: Strings, separator: str) -> Strings:
    """Digits in two groups, the second of four."""
    cut = np.strings.str_len(rest) - 4
    return join(part(rest, 0, cut), separator, part(rest, cut, 99))
