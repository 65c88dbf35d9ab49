"""How the records of a system write a person's name, mistakes included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample import mistakes
from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.strings import (
    TEXT,
    Bools,
    Ints,
    Random,
    Strings,
    blank,
    chance,
    join,
    lower,
    part,
    pick,
    texts,
    upper,
)
from dq_pipeline.sample.vocabulary import WordTable, vocabulary

_ONE_SURNAME_LEFT_OUT = 0.10
_WITH_MIDDLE_NAME = 0.6


@dataclass
class Names:
    """One row per record; `suffix` is `Jr.` or empty."""

    given: Strings
    middle: Strings
    family: Strings
    suffix: Strings


def write_names(random: Random, batch: Batch, native: Bools) -> Names:
    """Names in the person's own script where `native`, else in Latin letters."""
    person = batch.records.person
    members = batch.people.members
    names = Names(
        _given(random, batch, native),
        _middle(random, batch, native),
        _family(random, batch, native),
        np.where(members.namesake[person] & (members.language[person] == vocabulary().index("en")), "Jr.", "").astype(
            TEXT
        ),
    )
    _spoil(random, names, batch)
    return names


def _look_up(words: WordTable, row: Ints, native: Bools) -> Strings:
    both = np.concatenate([words.latin, words.native])
    return np.asarray(both[row + len(words.latin) * native])


def _given(random: Random, batch: Batch, native: Bools) -> Strings:
    person, words = batch.records.person, vocabulary()
    row = batch.people.members.given_name[person]
    given = _look_up(words.given, row, native)
    familiar = np.flatnonzero(batch.faults["nickname"])
    # A person has up to three nicknames and uses the same one with everybody.
    known = words.nicknames[row[familiar]]
    chosen = known[np.arange(len(familiar)), person[familiar] % np.maximum((known > 0).sum(axis=1), 1)]
    given[familiar] = _look_up(words.nickname_words, chosen, native[familiar])
    return given


def _middle(random: Random, batch: Batch, native: Bools) -> Strings:
    row = batch.people.middle_name[batch.records.person]
    middle = blank(len(row))
    here = np.flatnonzero((row >= 0) & chance(random, _WITH_MIDDLE_NAME, len(row)))
    middle[here] = _look_up(vocabulary().given, row[here], native[here])
    initials = here[chance(random, 0.6, len(here))]
    middle[initials] = part(middle[initials], 0, 1)
    return middle


def _family(random: Random, batch: Batch, native: Bools) -> Strings:
    people, person = batch.people, batch.records.person
    female = people.members.female[person]
    first = np.where(batch.records.old_name, people.former_surname[person], people.surname[person])
    family = _surname(first, female, native)
    second = people.second_surname[person]
    double = np.flatnonzero((second >= 0) & ~chance(random, _ONE_SURNAME_LEFT_OUT, len(person)))
    joiner = texts(language.joiner for language in vocabulary().languages)[people.members.language[person[double]]]
    family[double] = join(family[double], joiner, _surname(second[double], female[double], native[double]))
    return family


def _surname(row: Ints, female: Bools, native: Bools) -> Strings:
    words = vocabulary()
    forms = np.concatenate([words.surnames.latin, words.surnames.native, words.feminine.latin, words.feminine.native])
    return np.asarray(forms[row + len(words.surnames.latin) * (native + 2 * female)])


def _spoil(random: Random, names: Names, batch: Batch) -> None:
    faults = batch.faults
    for kind, column in (("typo_given_name", names.given), ("typo_family_name", names.family)):
        here = np.flatnonzero(faults[kind])
        column[here] = mistakes.typo(random, column[here])
    here = np.flatnonzero(faults["wrong_case"])
    small = chance(random, 0.7, len(here))
    for column in (names.given, names.family):
        column[here] = np.where(small, lower(column[here]), upper(column[here]))
    here = np.flatnonzero(faults["title_in_name"])
    names.given[here] = join(pick(random, mistakes.TITLES, len(here)), names.given[here])
    here = np.flatnonzero(faults["swapped_names"])
    names.given[here], names.family[here] = names.family[here].copy(), names.given[here].copy()
    names.family[faults["missing_family_name"]] = ""
    here = np.flatnonzero(faults["placeholder_name"])
    names.given[here] = names.family[here] = pick(random, mistakes.PLACEHOLDER_NAMES, len(here))
    here = np.flatnonzero(faults["stray_spaces"])
    names.given[here] = join(" ", names.given[here], "  ")
