"""Consent to marketing as each system has it: one will per person, and records that missed or contradict it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample.records import Records
from dq_pipeline.sample.strings import Bools, Days, Ints, Random, chance, stream, weighted

NOTHING, GRANTED, DENIED, WITHDRAWN, UNKNOWN = range(5)

# What people have decided about e-mail, text messages, sharing with third parties, tracking, calls.
_WILL = {
    "email": (0.12, 0.50, 0.16, 0.14, 0.08),
    "sms": (0.55, 0.22, 0.15, 0.03, 0.05),
    "sharing": (0.50, 0.08, 0.36, 0.02, 0.04),
    "tracking": (0.55, 0.25, 0.18, 0.02, 0.0),
    "calls": (0.70, 0.00, 0.30, 0.00, 0.0),
}

# Of the records of one person, so many say the opposite of the others.
CONTRADICTING = 0.08
# Of the grants, so many have no date, no method.
WITHOUT_DATE = 0.07
WITHOUT_METHOD = 0.09


@dataclass(frozen=True)
class Consents:
    """One row per record: a state per purpose; day and method (0 to 4, -1: none) of what was decided."""

    email: Ints
    sms: Ints
    sharing: Ints
    tracking: Ints
    calls: Ints
    given_on: Days
    method: Ints
    contradicting: Bools

    def evidence(self, *purposes: str) -> tuple[Days, Ints]:
        """Day and method on the records that state a decision on one of `purposes`, the ones the system knows."""
        stated = np.zeros(len(self.method), dtype=np.bool_)
        for purpose in purposes:
            stated |= np.isin(getattr(self, purpose), (GRANTED, DENIED, WITHDRAWN))
        return np.where(stated, self.given_on, np.datetime64("NaT")), np.where(stated, self.method, -1)


def ask_consent(seed: int, records: Records, customers: int) -> Consents:
    """The consents on every record."""
    random = stream(seed, "consents")
    states = {
        purpose: weighted(random, weights, customers)[records.person].copy() for purpose, weights in _WILL.items()
    }
    contradicting = _contradicting(random, records, states["email"])
    opposite = np.array([NOTHING, WITHDRAWN, GRANTED, GRANTED, GRANTED])
    states["email"][contradicting] = opposite[states["email"][contradicting]]
    given_on, method = _evidence(random, records)
    return Consents(**states, given_on=given_on, method=method, contradicting=contradicting)


def _contradicting(random: Random, records: Records, state: Ints) -> Bools:
    """Records, never a person's only one, that say the opposite."""
    several = np.bincount(records.person)[records.person] > 1
    stated = (state == GRANTED) | (state == DENIED) | (state == WITHDRAWN)
    return np.asarray(several & stated & chance(random, CONTRADICTING, len(records)))


def _evidence(random: Random, records: Records) -> tuple[Days, Ints]:
    count = len(records)
    span = (records.updated - records.created).astype(np.int64)
    given_on = records.created + (span * random.random(count)).astype(np.int64).astype("timedelta64[s]")
    given_on[chance(random, WITHOUT_DATE, count)] = np.datetime64("NaT")
    method = weighted(random, (0.55, 0.1, 0.15, 0.1, 0.1), count)
    method[chance(random, WITHOUT_METHOD, count)] = -1
    return given_on, method
