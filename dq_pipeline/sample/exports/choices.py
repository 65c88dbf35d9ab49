"""Drop-downs and other values that every system writes in its own words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dq_pipeline.sample.data import businesses
from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.sheet import GENDER, SALUTATION, STATUS, Sheet
from dq_pipeline.sample.strings import (
    TEXT,
    Bools,
    Ints,
    Random,
    Strings,
    blank,
    chance,
    filled,
    join,
    part,
    pick,
    texts,
    weighted,
)

# What stands in a drop-down that somebody filled by import or by an older list.
WRONG = {
    SALUTATION: ("Herr", "Madam", "Sir", "Mister", "Monsieur"),
    GENDER: ("n/a", "Mr", "fem", "?"),
    STATUS: ("Aktiv", "OLD", "do not use", "???"),
}

_SALUTED = 0.6
_TITLED = 0.03


def choose(labels: Sequence[str], index: Ints) -> Strings:
    """The label of each index; empty for -1."""
    return np.asarray(texts([*labels, ""])[index])


def where(there: Bools, text: str, otherwise: str = "") -> Strings:
    """`text` where `there`, else `otherwise`."""
    return texts((otherwise, text))[there.astype(np.int64)]


def spoilt(random: Random, values: Strings, sheet: Sheet, field: int, wrong: Sequence[str] = ()) -> Strings:
    """The drop-down `field` with a value outside its list where the sheet says so."""
    here = np.flatnonzero(sheet.wrong_choice == field)
    values[here] = pick(random, texts(wrong or WRONG[field]), len(here))
    return values


def salutations(
    random: Random, sheet: Sheet, labels: Sequence[str] = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")
) -> Strings:
    """Form of address of six records in ten."""
    count = len(sheet.female)
    index = np.where(sheet.female, 1 + weighted(random, (0.7, 0.3), count), 0)
    titled = chance(random, _TITLED, count)
    index = np.where(titled, 3 + weighted(random, (0.8, 0.2), count), index)
    return spoilt(random, choose(labels, np.where(chance(random, _SALUTED, count), index, -1)), sheet, SALUTATION)


def genders(
    random: Random, sheet: Sheet, labels: Sequence[str] = ("Male", "Female"), wrong: Sequence[str] = ()
) -> Strings:
    """Gender where it is known."""
    index = np.where(sheet.gender_known, sheet.female.astype(np.int64), -1)
    return spoilt(random, choose(labels, index), sheet, GENDER, wrong)


def statuses(random: Random, sheet: Sheet, labels: Sequence[str], wrong: Sequence[str] = ()) -> Strings:
    """Standing of the customer: labels for active, inactive, prospect, former."""
    return spoilt(random, choose(labels, sheet.status), sheet, STATUS, wrong)


def countries(random: Random, sheet: Sheet, english: float, code: float, native: float) -> Strings:
    """The country as its English name, its ISO code or its own name, in these shares; the rest as people type it."""
    nations = geography().countries
    style = weighted(random, (english, code, native, max(0.0, 1.0 - english - code - native)), len(sheet.country))
    written = blank(len(style))
    labels = (
        [nation.name for nation in nations],
        [nation.code for nation in nations],
        [nation.native for nation in nations],
        [nation.spellings[0] for nation in nations],
    )
    for number, names in enumerate(labels):
        here = np.flatnonzero(style == number)
        written[here] = choose(names, sheet.country[here])
    return written


def users() -> list[str]:
    """The people who keep the records."""
    return [name.replace("_", " ") for name in businesses.USERS.split()]


def full_names(given: Strings, family: Strings) -> Strings:
    """Given and family name with a blank between, as systems join them."""
    between = where((filled(given)) & (filled(family)), " ")
    return join(given, between, family)


def one_line(street: Strings, second_line: Strings, separator: str) -> Strings:
    """Street and second line of the address in one field."""
    between = where((filled(street)) & (filled(second_line)), separator)
    return join(street, between, second_line)


def numbers(values: Ints) -> Strings:
    """Whole numbers as texts."""
    return np.asarray(values.astype(TEXT))


def iso_birthdates(birthdates: Strings) -> Strings:
    """YYYYMMDD as YYYY-MM-DD; empty stays empty."""
    dash = where(filled(birthdates), "-")
    return join(part(birthdates, 0, 4), dash, part(birthdates, 4, 6), dash, part(birthdates, 6, 8))
