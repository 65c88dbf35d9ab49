"""Which given names may be one person's: Bob and Robert, Sasha and Aleksandr, Peggy and Margaret.

The relation does not chain: Alex may be Alexander or Alexandra, who are not each other. So a name carries the
list of names it may stand for, and two names are variants when their lists overlap.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from dq_pipeline.domain.parsing.nickname_data import NICKNAME_GROUPS


@lru_cache(maxsize=100_000)
def nickname_groups(key: str) -> tuple[str, ...]:
    """Sorted: the folded name itself, its first word, and every name either may be short for.

    >>> nickname_groups("peggy")
    ('margaret', 'margaretta', 'peggy')
    """
    if not key:
        return ()
    first = key.split(" ", 1)[0]
    names = {key, first}
    for name in (key.replace(" ", ""), first):
        names.update(_full_names().get(name, ()))
    return tuple(sorted(names))


@lru_cache(maxsize=100_000)
def nickname_group(key: str) -> str:
    """The single likeliest full name of a folded given name, for blocking; its first word when nothing is known.

    >>> nickname_group("bobby"), nickname_group("zoltan")
    ('robert', 'zoltan')
    """
    first = key.split(" ", 1)[0]
    if first in _own_groups():
        return first
    return _full_names().get(first, (first,))[0]


def is_given_name(key: str) -> bool:
    """Whether a folded word is a given name here, in full or for short. Not every given name is."""
    return key in _own_groups() or key in _full_names()


@lru_cache(maxsize=1)
def _full_names() -> dict[str, tuple[str, ...]]:
    """Short form -> the full names it may stand for, likeliest first: those of our own list in its order, then
    those of the `nicknames` package by their number of short forms.
    """
    full_names: dict[str, dict[str, None]] = {}
    for full, shorts in _own_groups().items():
        for short in shorts:
            full_names.setdefault(short, {})[full] = None
    for full, short in _package_relations():
        full_names.setdefault(short, {})[full] = None
    return {short: tuple(names) for short, names in full_names.items()}


@lru_cache(maxsize=1)
def _own_groups() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for line in NICKNAME_GROUPS.strip().splitlines():
        full, _, variants = line.partition(":")
        groups.setdefault(full, []).extend(short for short in variants.split() if short != full)
    return groups


def _package_relations() -> list[tuple[str, str]]:
    """(full, short) of the `nicknames` package, likeliest first.

    It also lists rare names as short for a common one's variants (Robert for Roberto, Mary for Demaris, Bill for
    Robert): a name with more short forms of its own than the other is no short form of it.
    """
    from nicknames import name_triplets

    pairs = {(row.name1, row.name2) for row in name_triplets() if row.relationship == "has_nickname"}
    sizes = Counter(full for full, _ in pairs)
    own = _own_groups()
    kept = [pair for pair in pairs if sizes[pair[1]] < sizes[pair[0]] and pair[1] not in own]
    return sorted(kept, key=lambda pair: (-sizes[pair[0]], pair))
