"""E-mail addresses made from names, each given to one person only."""

from __future__ import annotations

import numpy as np

from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.strings import TEXT, Ints, Random, Strings, chance, is_first, join, part, texts, weighted

# given.family, givenfamily, gfamily, g.family, given_family, family.given, given.f
_SHAPES = (0.34, 0.16, 0.12, 0.08, 0.12, 0.10, 0.08)
_WITH_NUMBER = 0.38


def personal_emails(random: Random, given: Strings, family: Strings, birth_year: Ints, country: Ints) -> Strings:
    """A private address for each person; `given` and `family` in plain ASCII letters."""
    local = _local_parts(random, given, family, weighted(random, _SHAPES, len(given)))
    numbered = chance(random, _WITH_NUMBER, len(given))
    year = np.where(random.random(len(given)) < 0.6, birth_year % 100, random.integers(1, 1000, len(given)))
    local = np.where(numbered, join(local, year.astype(TEXT)), local).astype(TEXT)
    return unique(random, local, _mail_domains(random, country))


def work_emails(random: Random, given: Strings, family: Strings, company: Ints, domain: Strings) -> Strings:
    """An address at the employer's domain, in the one shape that the company uses."""
    return unique(random, _local_parts(random, given, family, company % 4), domain)


def family_emails(random: Random, family: Strings, country: Ints) -> Strings:
    """One address for a whole household."""
    prefix = texts(("family.", "the", "casa", "fam."))[random.integers(0, 4, len(family))]
    return unique(random, join(prefix, family), _mail_domains(random, country))


def unique(random: Random, local: Strings, domain: Strings) -> Strings:
    """`local@domain`, with a number behind the local part of every address that an earlier person has."""
    address = join(local, "@", domain)
    width = 100
    while True:
        again = np.flatnonzero(~is_first(address))
        if not len(again):
            return address
        number = random.integers(2, width, len(again)).astype(TEXT)
        address[again] = join(local[again], number, "@", domain[again])
        width *= 10


def _local_parts(random: Random, given: Strings, family: Strings, shape: Ints) -> Strings:
    initial, last = part(given, 0, 1), part(family, 0, 1)
    shapes = (
        (given, ".", family),
        (given, family),
        (initial, family),
        (initial, ".", family),
        (given, "_", family),
        (family, ".", given),
        (given, ".", last),
    )
    local = join(given, "")
    for number, pieces in enumerate(shapes):
        here = np.flatnonzero(shape == number)
        local[here] = join(*(piece if isinstance(piece, str) else piece[here] for piece in pieces))
    return local


def _mail_domains(random: Random, country: Ints) -> Strings:
    groups = [nation.mail_domains for nation in geography().countries]
    flat, sizes = texts(domain for group in groups for domain in group), np.array([len(group) for group in groups])
    return np.asarray(
        flat[(np.cumsum(sizes) - sizes)[country] + (random.random(len(country)) * sizes[country]).astype(np.int64)]
    )
