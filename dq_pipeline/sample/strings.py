"""Columns of text and chance: the few array operations everything else is written in."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

TEXT = np.dtypes.StringDType()

Strings = NDArray[Any]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Random = np.random.Generator

# Letters that are valid in British, Canadian, Irish and Dutch postal codes alike.
_POSTAL_LETTERS = b"AEHNPRTWXY"


def stream(seed: int, name: str) -> Random:
    """A generator of its own for each part, so that a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def texts(values: Iterable[str]) -> Strings:
    """A column of text."""
    return np.array(list(values), dtype=TEXT)


def blank(count: int) -> Strings:
    """A column of empty texts."""
    return np.zeros(count, dtype=TEXT)


def join(*parts: Strings | str) -> Strings:
    """The parts one after the other, element by element."""
    total: Any = parts[0]
    for part in parts[1:]:
        total = np.strings.add(total, part)
    return np.asarray(total, dtype=TEXT)


def part(values: Strings, start: int | Ints, stop: int | Ints) -> Strings:
    """The characters from `start` up to `stop` of each text."""
    return np.asarray(np.strings.slice(values, start, stop), dtype=TEXT)


def upper(values: Strings) -> Strings:
    return np.asarray(np.strings.upper(values), dtype=TEXT)


def lower(values: Strings) -> Strings:
    return np.asarray(np.strings.lower(values), dtype=TEXT)


def replace(values: Strings, old: str, new: str, count: int = -1) -> Strings:
    return np.asarray(np.strings.replace(values, old, new, count), dtype=TEXT)


def filled(values: Strings) -> Bools:
    """Which texts are not empty."""
    return np.asarray(np.strings.str_len(values) > 0)


def is_first(values: Strings) -> Bools:
    """Which elements hold their value for the first time. A hash table: sorting texts costs ten times as much."""
    last_wins = dict(zip(values[::-1].tolist(), range(len(values) - 1, -1, -1), strict=True))
    first = np.zeros(len(values), dtype=np.bool_)
    first[np.fromiter(last_wins.values(), dtype=np.int64, count=len(last_wins))] = True
    return first


def pick(random: Random, choices: Strings, count: int) -> Strings:
    """`count` elements drawn evenly from `choices`."""
    return np.asarray(choices[random.integers(0, len(choices), count)], dtype=TEXT)


def chance(random: Random, share: float | NDArray[np.float64], count: int) -> Bools:
    """`count` coins, each true with probability `share`."""
    return np.asarray(random.random(count) < share)


def weighted(random: Random, weights: Sequence[float] | NDArray[np.float64], count: int) -> Ints:
    """`count` indices drawn with the given weights."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(cumulative, random.random(count) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(cumulative) - 1), dtype=np.int64)


def zipf(count: int, exponent: float, shift: float = 2.0) -> NDArray[np.float64]:
    """Weights of ranks 1..count after Zipf and Mandelbrot, 1/(rank + shift)^exponent, summing to one."""
    weights = (np.arange(1, count + 1) + shift) ** -exponent
    return np.asarray(weights / weights.sum())


def fill(random: Random, patterns: Sequence[str], which: Ints) -> Strings:
    """For each element the pattern `which`, with `#` any digit, `n` a digit from 2 to 9, `@` a postal letter.

    Patterns are ASCII.
    """
    width = max(map(len, patterns))
    table = np.array([list(pattern.encode().ljust(width, b"\0")) for pattern in patterns], dtype=np.uint8)
    characters = table[which]
    for mark, symbols in ((b"#", b"0123456789"), (b"n", b"23456789"), (b"@", _POSTAL_LETTERS)):
        open_places = characters == mark[0]
        drawn = random.integers(0, len(symbols), int(open_places.sum()))
        characters[open_places] = np.frombuffer(symbols, dtype=np.uint8)[drawn]
    return ascii_texts(characters)


def ascii_texts(characters: NDArray[np.uint8]) -> Strings:
    """(n, width) ASCII codes, zero after the end, as a column of n texts."""
    wide = np.ascontiguousarray(characters.astype(np.uint32))
    return np.asarray(wide.view(f"U{characters.shape[1]}").reshape(-1).astype(TEXT))


def dates(days: Days, order: str = "ymd") -> Strings:
    """Days as `YYYY-MM-DD` (`ymd`) or `DDMMYYYY` (`dmy`); NaT is an empty text."""
    written = days.astype("datetime64[D]").astype(TEXT)
    written[np.isnat(days)] = ""
    if order == "dmy":
        return join(part(written, 8, 10), part(written, 5, 7), part(written, 0, 4))
    return np.asarray(written)


def moments(times: Days, separator: str = " ", end: int = 19, zone: str = "") -> Strings:
    """Times as `YYYY-MM-DD HH:MM:SS`, cut after `end` characters; NaT is an empty text."""
    written = join(replace(part(times.astype("datetime64[s]").astype(TEXT), 0, end), "T", separator), zone)
    written[np.isnat(times)] = ""
    return written
