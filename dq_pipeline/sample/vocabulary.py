"""The names and streets of all languages in one table each; a person refers to rows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from dq_pipeline.sample.language import Language, words
from dq_pipeline.sample.strings import Ints, Random, Strings, blank, texts, weighted, zipf

_MODULES = (
    "english german french spanish italian dutch polish swedish portuguese greek bulgarian japanese chinese arabic"
)

# Shares of the people with a common surname; the others bear one of the long tail of composed surnames.
_COMMON_SURNAMES = 0.55

_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "Ł": "L", "đ": "d", "ı": "i", "æ": "ae", "ä": "ae", "ö": "oe", "ü": "ue"}
)
_PUNCTUATION = str.maketrans("", "", " '-.’")


@dataclass(frozen=True)
class WordTable:
    """Words of all languages. `start[group]` is the first row of a group, `weights[group]` its frequencies.

    `ascii` is filled for names only, for the e-mail addresses made from them.
    """

    native: Strings
    latin: Strings
    ascii: Strings
    start: tuple[int, ...]
    weights: tuple[NDArray[np.float64], ...]

    def draw(self, random: Random, group: Ints) -> Ints:
        """A row for each element, drawn from its group by frequency."""
        rows = np.zeros(len(group), dtype=np.int64)
        for number, weights in enumerate(self.weights):
            chosen = np.flatnonzero(group == number)
            rows[chosen] = self.start[number] + weighted(random, weights, len(chosen))
        return rows


@dataclass(frozen=True)
class Vocabulary:
    """All languages: `given` is grouped by 2 x language + (1 for women), `surnames` and `streets` by language.

    `feminine` has the rows of `surnames` in the form women bear. `nicknames[row]` are rows of `nickname_words`
    (0: the empty word), up to three for a given name.
    """

    languages: tuple[Language, ...]
    given: WordTable
    surnames: WordTable
    feminine: WordTable
    streets: WordTable
    nickname_words: WordTable
    nicknames: Ints

    def index(self, code: str) -> int:
        """Number of the language `code`."""
        return [language.code for language in self.languages].index(code)


def plain(text: str) -> str:
    """The lower-case ASCII letters and digits of a text in Latin script, as people spell it in addresses."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return folded.encode("ascii", "ignore").decode().translate(_PUNCTUATION)


@cache
def vocabulary() -> Vocabulary:
    """Build the tables (about 25,000 words)."""
    languages = tuple(import_module(f"dq_pipeline.sample.data.{name}").LANGUAGE for name in _MODULES.split())
    given = [words(names) for language in languages for names in (language.male, language.female)]
    surnames = [_surnames(language) for language in languages]
    feminine = [
        [_feminine(name, language) for name in names] for names, language in zip(surnames, languages, strict=True)
    ]
    common = [len(words(language.surnames)) for language in languages]
    weights = tuple(_long_tail(len(names), count) for names, count in zip(surnames, common, strict=True))
    nickname_words, nicknames = _nicknames(languages, given)
    streets = [_streets(language) for language in languages]
    return Vocabulary(
        languages,
        _table(given, tuple(zipf(len(names), 0.75) for names in given), in_addresses=True),
        _table(surnames, weights, in_addresses=True),
        _table(feminine, weights),
        _table(streets, tuple(zipf(len(names), 0.4) for names in streets)),
        nickname_words,
        nicknames,
    )


def _table(
    groups: list[list[tuple[str, str]]], weights: tuple[NDArray[np.float64], ...], *, in_addresses: bool = False
) -> WordTable:
    rows = [word for group in groups for word in group]
    start = np.cumsum([0, *map(len, groups)])[:-1]
    return WordTable(
        texts(native for native, _ in rows),
        texts(latin for _, latin in rows),
        texts(plain(latin) for _, latin in rows) if in_addresses else blank(0),
        tuple(int(first) for first in start),
        weights,
    )


def _surnames(language: Language) -> list[tuple[str, str]]:
    """The common surnames, then every stem with every ending in a scattered but fixed order."""
    common = words(language.surnames)
    composed = [
        (stem + ending, latin_stem + latin_ending)
        for stem, latin_stem in words(language.stems)
        for ending, latin_ending in words(language.endings)
    ]
    scattered = [composed[row] for row in np.random.default_rng(len(composed)).permutation(len(composed))]
    known = set(common)
    return common + [name for name in dict.fromkeys(scattered) if name not in known]


def _long_tail(count: int, common: int) -> NDArray[np.float64]:
    head = _COMMON_SURNAMES * zipf(common, 0.8)
    return np.concatenate([head, (1 - _COMMON_SURNAMES) * zipf(count - common, 0.5)]) if count > common else head


def _feminine(name: tuple[str, str], language: Language) -> tuple[str, str]:
    native, latin = name
    for rule in language.feminine.split():
        (old, new) = (words(side)[0] for side in rule.split(">"))
        if native.endswith(old[0]) and latin.endswith(old[1]):
            return native.removesuffix(old[0]) + new[0], latin.removesuffix(old[1]) + new[1]
    return name


def _streets(language: Language) -> list[tuple[str, str]]:
    kinds, names = words(language.street_kinds), words(language.streets)
    combined = [
        (native.replace("{}", name), latin.replace("{}", latin_name))
        for native, latin in kinds
        for name, latin_name in names
    ]
    scattered = np.random.default_rng(len(combined)).permutation(len(combined))
    return [combined[row] for row in scattered]


def _nicknames(languages: tuple[Language, ...], given: list[list[tuple[str, str]]]) -> tuple[WordTable, Ints]:
    """The nickname words, and for each row of the given names up to three of them (0: none)."""
    rows: list[tuple[str, str]] = [("", "")]
    table = np.zeros((sum(map(len, given)), 3), dtype=np.int64)
    row = 0
    for number, group in enumerate(given):
        known = dict(entry.split(":") for entry in languages[number // 2].nicknames.split())
        for native, _ in group:
            for place, nickname in enumerate(known.get(native.replace(" ", "_"), "").split(",")[:3]):
                if nickname:
                    table[row, place] = len(rows)
                    rows.append(words(nickname)[0])
            row += 1
    return _table([rows], (zipf(len(rows), 0.0),)), table
