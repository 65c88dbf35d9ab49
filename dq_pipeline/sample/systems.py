"""The five systems and their habits: whom they hold, what they ask for, how they write it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class System:
    """One system.

    `share` of all records. `known` gives the share of the records in which a detail is filled in where the
    person has one. `native` is the share written in the person's own script, `phones` how numbers are written,
    `oldest` the age in days of the oldest record.
    """

    name: str
    share: float
    known: dict[str, float]
    native: float
    phones: dict[str, float] = field(default_factory=dict)
    oldest: int = 3000


_SPACED = {"international": 0.5, "e164": 0.2, "national": 0.15, "compact": 0.05, "dashed": 0.05, "parentheses": 0.05}
_TYPED = {"international": 0.3, "national": 0.3, "compact": 0.15, "dashed": 0.15, "zeros": 0.05, "parentheses": 0.05}

SYSTEMS = (
    System(
        "salesforce",
        0.30,
        {
            "email": 0.90,
            "mobile": 0.72,
            "landline": 0.55,
            "birthdate": 0.68,
            "address": 0.88,
            "job": 0.7,
            "gender": 0.3,
        },
        0.55,
        _SPACED,
    ),
    System(
        "hubspot",
        0.25,
        {"email": 0.97, "mobile": 0.70, "landline": 0.2, "birthdate": 0.58, "address": 0.68, "job": 0.5, "gender": 0.4},
        0.75,
        {"e164": 0.6, "international": 0.2, "national": 0.1, "compact": 0.1},
        2200,
    ),
    System(
        "zoho",
        0.13,
        {
            "email": 0.89,
            "mobile": 0.75,
            "landline": 0.45,
            "birthdate": 0.62,
            "address": 0.84,
            "job": 0.6,
            "gender": 0.5,
        },
        0.6,
        _TYPED,
    ),
    System(
        "dynamics",
        0.17,
        {"email": 0.87, "mobile": 0.80, "landline": 0.6, "birthdate": 0.74, "address": 0.87, "job": 0.5, "gender": 0.6},
        0.6,
        _SPACED,
    ),
    # Windows-1252 holds no other script than Latin.
    System(
        "ao",
        0.15,
        {
            "email": 0.62,
            "mobile": 0.62,
            "landline": 0.85,
            "birthdate": 0.97,
            "address": 0.98,
            "job": 0.0,
            "gender": 0.95,
        },
        0.0,
        {"compact": 0.8, "national": 0.2},
        8000,
    ),
)

AO = 4
HUBSPOT = 1


def table(detail: str) -> NDArray[np.float64]:
    """The share in which each system fills in `detail`."""
    return np.array([system.known[detail] for system in SYSTEMS])
