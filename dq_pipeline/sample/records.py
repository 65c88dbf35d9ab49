"""Which system holds a record of whom, since when, and what of the person's history it has missed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, repeat
from math import ceil

import numpy as np

from dq_pipeline.sample.households import TODAY
from dq_pipeline.sample.people import People
from dq_pipeline.sample.strings import Bools, Days, Ints, Random, chance, filled, stream
from dq_pipeline.sample.systems import HUBSPOT, SYSTEMS

# 7,012 customers for 10,000 records; a linkage that misses a few pairs finds some more.
_CUSTOMERS_PER_RECORD = 0.7012

# Of the records beyond one per customer, so many are a second, third, fourth, fifth record of somebody.
_DEPTHS = (0.61, 0.25, 0.095, 0.045)

# So many of the further records lie in a system that already holds the person; this makes about 12 % of the
# records share a system with another record of the same customer.
_SAME_SYSTEM = 0.21


@dataclass(frozen=True)
class Records:
    """One row per record, ordered by system and creation; times are UTC seconds.

    `repeat` marks a record whose system already holds the person. The `old_…` columns mark records that missed
    a marriage, a move, a new mobile number.
    """

    person: Ints
    system: Ints
    repeat: Bools
    created: Days
    updated: Days
    last_activity: Days
    old_name: Bools
    old_address: Bools
    old_mobile: Bools

    def __len__(self) -> int:
        return len(self.person)

    def of(self, system: int) -> slice:
        """The rows of one system."""
        first, last = np.searchsorted(self.system, [system, system + 1])
        return slice(int(first), int(last))


def customers_for(records: int) -> int:
    """How many customers `records` records are about."""
    return max(1, round(records * _CUSTOMERS_PER_RECORD))


def keep_records(seed: int, people: People, records: int) -> Records:
    """Exactly `records` records, at least one for every customer."""
    random = stream(seed, "records")
    person, depth = _allocate(random, len(people), records)
    system, repeat = _systems(random, person, depth)
    created, updated, last_activity = _times(random, system)
    order = np.lexsort((created, system))
    person, system, created, updated = person[order], system[order], created[order], updated[order]
    missed = [chance(random, share, records) for share in (0.20, 0.22, 0.30)]
    return Records(
        person=person,
        system=system,
        repeat=repeat[order],
        created=created,
        updated=updated,
        last_activity=last_activity[order],
        # NaT compares false: who neither moved nor married has nothing old.
        old_name=(people.former_surname[person] >= 0) & (missed[0] | (updated < people.married_on[person])),
        old_address=(people.former_address[person] >= 0) & (missed[1] | (updated < people.moved_on[person])),
        old_mobile=filled(people.former_mobile)[person] & missed[2],
    )


def _allocate(random: Random, customers: int, records: int) -> tuple[Ints, Ints]:
    """Person and ordinal (0 the person's first) of each record."""
    left = further = records - customers
    order = random.permutation(customers)
    people, depths = [np.arange(customers)], [np.zeros(customers, dtype=np.int64)]
    # Those with three records are among those with two, and so on; what rounding leaves goes one level deeper.
    for depth, share in enumerate(chain(_DEPTHS, repeat(1.0)), start=1):
        count = min(customers, left, ceil(further * share))
        if not count:
            return np.concatenate(people), np.concatenate(depths)
        people.append(order[:count])
        depths.append(np.full(count, depth))
        left -= count
    raise AssertionError("unreachable: the shares never end")


def _systems(random: Random, person: Ints, depth: Ints) -> tuple[Ints, Bools]:
    """A system for each record: mostly one that does not hold the person yet."""
    weights = np.log([system.share for system in SYSTEMS])
    held = np.zeros((int(person.max()) + 1, len(SYSTEMS)), dtype=np.bool_)
    system = np.zeros(len(person), dtype=np.int64)
    repeat = np.zeros(len(person), dtype=np.bool_)
    for level in range(int(depth.max()) + 1):
        rows = np.flatnonzero(depth == level)
        already = held[person[rows]]
        again = (chance(random, _SAME_SYSTEM, len(rows)) if level else np.zeros(len(rows), np.bool_)) | already.all(1)
        # Gumbel's trick: the largest of log-weight plus Gumbel noise is a draw with those weights.
        score = weights + random.gumbel(size=already.shape)
        score[np.where(again[:, None], ~already, already)] = -np.inf
        system[rows] = score.argmax(axis=1)
        repeat[rows] = again
        held[person[rows], system[rows]] = True
    return system, repeat


def _times(random: Random, system: Ints) -> tuple[Days, Days, Days]:
    """Created, updated, last activity; the last is NaT for a quarter of the records."""
    now = TODAY.astype("datetime64[s]").astype(np.int64)
    count = len(system)
    oldest = np.array([entry.oldest for entry in SYSTEMS])[system] * 86_400
    created = now - (oldest * (0.002 + 0.998 * random.random(count))).astype(np.int64)
    updated = created + ((now - created) * random.random(count) ** 0.6).astype(np.int64)
    active = updated + ((now - updated) * random.random(count) ** 1.5).astype(np.int64)
    last = active.astype("datetime64[s]")
    last[chance(random, 0.25, count)] = np.datetime64("NaT")
    return created.astype("datetime64[s]"), updated.astype("datetime64[s]"), last


def hubspot_repeat(records: Records) -> Bools:
    """Records that HubSpot could hold only because they came with another e-mail address."""
    return np.asarray(records.repeat & (records.system == HUBSPOT))
