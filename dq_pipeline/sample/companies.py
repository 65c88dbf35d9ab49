"""Employers: their name, mail domain, shared mailbox and switchboard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample.data import businesses
from dq_pipeline.sample.geography import draw_places, geography, landlines
from dq_pipeline.sample.strings import TEXT, Ints, Random, Strings, join, lower, texts, weighted

_CUSTOMERS_PER_COMPANY = 14


@dataclass(frozen=True)
class Companies:
    """One row per company, ordered by country: those of country c begin at first[c]."""

    country: Ints
    name: Strings
    domain: Strings
    mailbox: Strings
    switchboard: Strings
    first: Ints
    count: Ints


def found_companies(random: Random, customers: int) -> Companies:
    """One company for about fourteen customers, all with different names and domains."""
    count = max(3, customers // _CUSTOMERS_PER_COMPANY)
    nations = geography().countries
    country = np.sort(weighted(random, [nation.weight for nation in nations], count))
    name, slug = _names(random, count)
    forms = [nation.legal_forms for nation in nations]
    flat = texts(form for group in forms for form in group)
    sizes = np.array([len(group) for group in forms])
    form = flat[(np.cumsum(sizes) - sizes)[country] + (random.random(count) * sizes[country]).astype(np.int64)]
    endings = texts(nation.company_domain for nation in nations)[country]
    domain = join(slug, ".", endings)
    boxes = texts(businesses.MAILBOXES.split())
    # Half of the companies use info@; the rest is spread over the other names.
    box = boxes[np.where(random.random(count) < 0.5, 0, random.integers(0, len(boxes), count))]
    per_country = np.bincount(country, minlength=len(nations))
    return Companies(
        country,
        join(name, " ", form),
        domain,
        join(box, "@", domain),
        landlines(random, draw_places(random, country)),
        (np.cumsum(per_country) - per_country).astype(np.int64),
        per_country.astype(np.int64),
    )


def employ(random: Random, companies: Companies, country: Ints) -> Ints:
    """An employer in the person's own country, a few of them large; -1 where the country has none."""
    rank = (companies.count[country] * random.random(len(country)) ** 1.8).astype(np.int64)
    return np.where(companies.count[country] > 0, companies.first[country] + rank, -1)


def _names(random: Random, count: int) -> tuple[Strings, Strings]:
    """Names and their mail-domain form; a number sets apart those beyond the 57,600 combinations."""
    stems, tails, sectors = (texts(words.split()) for words in (businesses.STEMS, businesses.TAILS, businesses.SECTORS))
    combinations = len(stems) * len(tails) * len(sectors)
    order = np.concatenate([random.permutation(combinations) for _ in range(-(-count // combinations))])[:count]
    generation = np.arange(count) // combinations
    number = np.where(generation > 0, (generation + 1).astype(TEXT), "").astype(TEXT)
    stem = join(stems[order % len(stems)], tails[order // len(stems) % len(tails)], number)
    sector = sectors[order // (len(stems) * len(tails))]
    return join(stem, " ", sector), lower(join(stem, "-", sector))
