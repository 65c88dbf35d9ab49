"""Who lives with whom: sizes, roles, ages and given names of the members of a household."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.strings import Bools, Days, Ints, Random, chance, weighted
from dq_pipeline.sample.vocabulary import vocabulary

TODAY = np.datetime64("2026-11-20")

HEAD, PARTNER, FIRST_CHILD = 0, 1, 2

# Households of one to five customers. Not the census: these are the members who are customers.
_SIZES = (0.74, 0.17, 0.06, 0.022, 0.008)

# Of the households with two grown-up children, so many have twins; of those with a son, so many give him his
# father's name. Both come out at about 4 in 1,000 customers, a little more than life, so that they are seen.
_TWINS = 0.25
_NAMESAKES = 0.20


@dataclass(frozen=True)
class Members:
    """One row per person: household number, role in it (0 head, 1 partner, 2... children), and what follows."""

    household: Ints
    role: Ints
    head: Ints
    country: Ints
    language: Ints
    female: Bools
    given_name: Ints
    birthdate: Days
    twin: Bools
    namesake: Bools


def settle(random: Random, customers: int) -> Members:
    """Households for exactly `customers` persons, in household order."""
    household, role = _rooms(random, customers)
    head = np.flatnonzero(role == HEAD)[household]
    country, language = _origins(random, int(household[-1]) + 1)
    female = _sexes(random, role, head)
    twin = _twins(random, role)
    birthdate = _birthdates(random, household, role, head, twin)
    namesake = (role == FIRST_CHILD) & ~female & ~female[head] & chance(random, _NAMESAKES, customers)
    given = _given_names(random, 2 * language[household] + female, household, namesake, head)
    return Members(
        household, role, head, country[household], language[household], female, given, birthdate, twin, namesake
    )


def _rooms(random: Random, customers: int) -> tuple[Ints, Ints]:
    sizes = 1 + weighted(random, _SIZES, customers)
    household = np.repeat(np.arange(customers), sizes)[:customers]
    first = np.cumsum(sizes) - sizes
    return household, np.arange(customers) - first[household]


def _origins(random: Random, households: int) -> tuple[Ints, Ints]:
    nations = geography().countries
    country = weighted(random, [nation.weight for nation in nations], households)
    language = np.zeros(households, dtype=np.int64)
    for number, nation in enumerate(nations):
        here = np.flatnonzero(country == number)
        spoken = np.array([vocabulary().index(code) for code in nation.languages])
        language[here] = spoken[weighted(random, list(nation.languages.values()), len(here))]
    return country, language


def _sexes(random: Random, role: Ints, head: Ints) -> Bools:
    female = chance(random, 0.5, len(role))
    unlike = (role == PARTNER) & chance(random, 0.96, len(role))
    female[unlike] = ~female[head[unlike]]
    return female


def _twins(random: Random, role: Ints) -> Bools:
    """Marks both children of a pair; the second sits right behind the first."""
    second = np.flatnonzero(role == FIRST_CHILD + 1)
    second = second[chance(random, _TWINS, len(second))]
    twin = np.zeros(len(role), dtype=np.bool_)
    twin[second] = True
    twin[second - 1] = True
    return twin


def _birthdates(random: Random, household: Ints, role: Ints, head: Ints, twin: Bools) -> Days:
    """Heads are 18 to 90 years old; those with grown-up children at least 42; children at least 18."""
    count = len(role)
    parents = np.bincount(household, weights=role >= FIRST_CHILD) > 0
    youngest = np.where(parents[household], 42.0, 18.0)
    spread = random.beta(1.6, 2.4, count)
    age = youngest + spread * (90.0 - youngest)
    # Mirrored at the youngest age, not cut off there: or one birthdate would be far too frequent.
    partner = 18.5 + np.abs(age[head] + random.normal(0, 3.5, count) - 18.5)
    age = np.where(role == PARTNER, np.minimum(partner, 95 + random.random(count)), age)
    gap = 20.0 + random.random(count) * (np.minimum(38.0, age[head] - 18.5) - 20.0)
    age = np.where(role >= FIRST_CHILD, age[head] - gap, age)
    second = np.flatnonzero(twin & (role == FIRST_CHILD + 1))
    age[second] = age[second - 1]
    return TODAY - np.floor(age * 365.25).astype(np.int64).astype("timedelta64[D]")


def _given_names(random: Random, group: Ints, household: Ints, namesake: Bools, head: Ints) -> Ints:
    """Given names, all different within a household but for a son named after his father."""
    drawn = vocabulary().given.draw(random, group)
    for _ in range(12):
        again = _repeated(household, drawn)
        if not len(again):
            break
        drawn[again] = vocabulary().given.draw(random, group[again])
    drawn[namesake] = drawn[head[namesake]]
    return drawn


def _repeated(household: Ints, name: Ints) -> Ints:
    """Rows whose name already occurs earlier in the same household."""
    key = household * (int(name.max()) + 1) + name
    order = np.argsort(key, kind="stable")
    return np.sort(order[1:][key[order][1:] == key[order][:-1]])
