"""Countries and towns as tables, and addresses drawn from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from dq_pipeline.sample.country import Country, Place, read_countries, read_places
from dq_pipeline.sample.strings import (
    TEXT,
    Ints,
    Random,
    Strings,
    blank,
    chance,
    fill,
    join,
    part,
    replace,
    texts,
    weighted,
    zipf,
)
from dq_pipeline.sample.vocabulary import vocabulary

_WITH_FLAT = 0.22
_WITH_LETTER = 0.05


@dataclass(frozen=True)
class Geography:
    """Countries in file order; the towns of country c are rows first[c] to first[c] + towns[c] - 1."""

    countries: tuple[Country, ...]
    places: tuple[Place, ...]
    first: Ints
    towns: Ints
    language: Ints
    locality: Strings
    latin: Strings
    region: Strings

    def index(self, code: str) -> int:
        """Number of the country `code`."""
        return [country.code for country in self.countries].index(code)


@dataclass(frozen=True)
class Addresses:
    """One row per address. `landline` is a national significant number `area code|rest`."""

    country: Ints
    place: Ints
    street: Strings
    street_latin: Strings
    second_line: Strings
    postal_code: Strings
    landline: Strings

    def __len__(self) -> int:
        return len(self.country)


@cache
def geography() -> Geography:
    """Read the tables of countries and towns."""
    countries, places = tuple(read_countries()), tuple(read_places())
    codes = [place.country for place in places]
    first = [codes.index(country.code) for country in countries]
    return Geography(
        countries,
        places,
        np.array(first, dtype=np.int64),
        np.array([codes.count(country.code) for country in countries], dtype=np.int64),
        np.array([vocabulary().index(next(iter(country.languages))) for country in countries], dtype=np.int64),
        texts(place.locality for place in places),
        texts(place.latin for place in places),
        texts(place.region for place in places),
    )


def draw_places(random: Random, country: Ints) -> Ints:
    """A town in each country, the large ones more often."""
    world = geography()
    places = np.zeros(len(country), dtype=np.int64)
    for number, towns in enumerate(world.towns):
        chosen = np.flatnonzero(country == number)
        places[chosen] = world.first[number] + weighted(random, zipf(int(towns), 0.8), len(chosen))
    return places


def draw_addresses(random: Random, country: Ints) -> Addresses:
    """An address in each of the given countries (indices), in that country's own format."""
    place = draw_places(random, country)
    street, street_latin = _streets(random, country)
    return Addresses(
        country,
        place,
        street,
        street_latin,
        _second_lines(random, country),
        _from_patterns(random, [geography().places[row].postal for row in range(len(geography().places))], place),
        landlines(random, place),
    )


def landlines(random: Random, place: Ints) -> Strings:
    """A landline number `area code|rest` in each town."""
    return _from_patterns(random, [town.landline for town in geography().places], place)


def mobiles(random: Random, country: Ints) -> Strings:
    """A mobile number `prefix|rest` in each country."""
    return _from_patterns(random, [nation.mobile for nation in geography().countries], country)


def _from_patterns(random: Random, patterns: list[tuple[str, ...]], row: Ints) -> Strings:
    flat = [pattern for group in patterns for pattern in group]
    count = np.array([len(group) for group in patterns])
    first = np.cumsum(count) - count
    which = first[row] + (random.random(len(row)) * count[row]).astype(np.int64)
    return fill(random, flat, which)


def _streets(random: Random, country: Ints) -> tuple[Strings, Strings]:
    """Street and house number, in the country's script and in Latin script."""
    words, language = vocabulary(), geography().language[country]
    row = words.streets.draw(random, language)
    highest = np.array([entry.numbers_to for entry in words.languages])[language]
    number = (1 + highest * random.random(len(row)) ** 1.6).astype(np.int64).astype(TEXT)
    lettered = chance(random, _WITH_LETTER, len(row))
    number[lettered] = join(number[lettered], "a")
    native, latin = blank(len(row)), blank(len(row))
    for index, entry in enumerate(words.languages):
        here = np.flatnonzero(language == index)
        native[here] = _numbered(entry.numbered, words.streets.native[row[here]], number[here])
        latin[here] = _numbered(entry.numbered_latin, words.streets.latin[row[here]], number[here])
    return native, latin


def _numbered(template: str, street: Strings, number: Strings) -> Strings:
    values = {"n": number, "s": street}
    pieces = re.split(r"\{([ns])\}", template)
    return join(*(values[piece] if place % 2 else piece for place, piece in enumerate(pieces)))


def _second_lines(random: Random, country: Ints) -> Strings:
    templates = texts(nation.flat for nation in geography().countries)[country]
    templates[~chance(random, _WITH_FLAT, len(country))] = ""
    flats = random.integers(1, 40, len(country)).astype(TEXT)
    cut = np.strings.find(templates, "{}")
    lines = join(part(templates, 0, np.maximum(cut, 0)), flats, part(templates, cut + 2, 99))
    return np.where(cut >= 0, lines, "").astype(TEXT)


def abbreviated(street: Strings, language: Ints) -> Strings:
    """The streets with the words that people of the language shorten, shortened."""
    short = street.copy()
    for index, entry in enumerate(vocabulary().languages):
        here = np.flatnonzero(language == index)
        for rule in entry.abbreviations.split():
            old, new = (side.replace("_", " ") for side in rule.split(">"))
            short[here] = replace(short[here], old, new, 1)
    return short
