"""The faults themselves: each takes a column of values and returns it with one mistake in every value."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.strings import TEXT, Ints, Random, Strings, join, part, pick, replace, texts, weighted

# For each key of a Latin keyboard the one to its right, for the last of a row the one to its left.
_NEIGHBOURS = {
    key: row[place + 1] if place + 1 < len(row) else row[place - 1]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
    for place, key in enumerate(row)
}
_MISREAD = (("m", "rn"), ("l", "1"), ("o", "0"), ("rn", "m"), ("e", "c"), ("i", "l"))

PLACEHOLDER_EMAILS = texts(
    ("test@test.com", "test@test.com", "noemail@noemail.com", "none@none.com", "xxx@xxx.com", "unknown@unknown.com")
)
PLACEHOLDER_PHONES = texts(("0000000000", "0000000000", "1234567890", "9999999999", "1111111111"))
PLACEHOLDER_BIRTHDATES = texts(("19000101", "19000101", "19000101", "19700101", "19111111"))
PLACEHOLDER_NAMES = texts(("Unknown", "Test", "N/A", "xxx", "Unknown"))
TITLES = texts(("Dr. ", "Mr ", "Mrs ", "Prof. ", "Herr ", "Frau "))

_DOMAIN_TYPOS = (
    ("gmail.com", ("gmial.com", "gmai.com", "gmail.con", "gnail.com", "gmail.co")),
    ("hotmail.com", ("hotmial.com", "hotmail.con", "hotmal.com")),
    ("yahoo.com", ("yaho.com", "yahoo.con", "yhaoo.com")),
    ("outlook.com", ("outlok.com", "outlook.con")),
    ("icloud.com", ("iclod.com", "icloud.con")),
)


def typo(random: Random, values: Strings) -> Strings:
    """One slip: a key beside, a letter left out, doubled or exchanged with the next, or misread from paper."""
    length = np.strings.str_len(values)
    # The first letter is rarely wrong, the middle often (Pollock and Zamora, CACM 27(4), 1984).
    place = 1 + (random.random(len(values)) * np.maximum(length - 2, 0)).astype(np.int64)
    kind = weighted(random, (0.3, 0.2, 0.15, 0.2, 0.15), len(values))
    wrong = values.copy()
    for number, slip in enumerate((_neighbour, _omission, _doubling, _exchange, _misreading)):
        here = np.flatnonzero((kind == number) & (length > 2))
        wrong[here] = slip(values[here], place[here])
    return wrong


def _neighbour(values: Strings, place: Ints) -> Strings:
    letter = part(values, place, place + 1)
    known, which = np.unique(letter, return_inverse=True)
    beside = texts(_NEIGHBOURS.get(key, key + key) for key in known.tolist())
    return join(part(values, 0, place), beside[which], part(values, place + 1, 999))


def _omission(values: Strings, place: Ints) -> Strings:
    return join(part(values, 0, place), part(values, place + 1, 999))


def _doubling(values: Strings, place: Ints) -> Strings:
    return join(part(values, 0, place + 1), part(values, place, 999))


def _exchange(values: Strings, place: Ints) -> Strings:
    first, second = part(values, place, place + 1), part(values, place + 1, place + 2)
    return join(part(values, 0, place), second, first, part(values, place + 2, 999))


def _misreading(values: Strings, place: Ints) -> Strings:
    wrong = values.copy()
    for right, misread in _MISREAD:
        same = wrong == values
        wrong[same] = replace(values[same], right, misread, 1)
    same = wrong == values
    wrong[same] = _omission(values[same], place[same])
    return wrong


def slipped_digit(random: Random, digits: Strings, first: int = 0) -> Strings:
    """One digit, from position `first` on, replaced by another."""
    length = np.strings.str_len(digits)
    place = first + (random.random(len(digits)) * np.maximum(length - first, 1)).astype(np.int64)
    old = part(digits, place, place + 1).astype(np.int64)
    new = (old + random.integers(1, 10, len(digits))) % 10
    return join(part(digits, 0, place), new.astype(TEXT), part(digits, place + 1, 99))


def transposed_day(birthdates: Strings) -> Strings:
    """YYYYMMDD with day and month exchanged."""
    return join(part(birthdates, 0, 4), part(birthdates, 6, 8), part(birthdates, 4, 6))


def future_year(birthdates: Strings) -> Strings:
    """YYYYMMDD a hundred years later."""
    return join((part(birthdates, 0, 4).astype(np.int64) + 100).astype(TEXT), part(birthdates, 4, 8))


def typo_domain(random: Random, emails: Strings) -> Strings:
    """A large provider's domain as people mistype it."""
    wrong = emails.copy()
    for domain, typos in _DOMAIN_TYPOS:
        here = np.flatnonzero(np.strings.endswith(emails, "@" + domain))
        local = part(emails[here], 0, np.strings.find(emails[here], "@"))
        wrong[here] = join(local, "@", pick(random, texts(typos), len(here)))
    return wrong


def bad_email(random: Random, emails: Strings) -> Strings:
    """An address that breaks the syntax: no @, two of them, no domain, a blank, a trailing comma, two dots."""
    at = np.strings.find(emails, "@")
    local, domain = part(emails, 0, at), part(emails, at + 1, 999)
    shapes = (
        join(local, domain),
        join(local, "@@", domain),
        join(local, "@"),
        join(local, " @", domain),
        join(local, "@", domain, ","),
        join(local, "..", "@", domain),
    )
    kind = random.integers(0, len(shapes), len(emails))
    return np.asarray(np.choose(kind, [shape.astype(object) for shape in shapes]).astype(TEXT))
