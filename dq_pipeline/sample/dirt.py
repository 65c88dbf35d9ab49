"""What goes wrong when people type: decided for each record first, applied to its values later.

The kinds of fault are those that Christen describes (*Data Matching*, 2012, chapters 2 and 6); the rates are chosen
to look like a CRM that people keep by hand, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample.people import People
from dq_pipeline.sample.records import Records, hubspot_repeat
from dq_pipeline.sample.strings import Bools, Ints, Random, chance, filled, stream, weighted
from dq_pipeline.sample.systems import HUBSPOT, table
from dq_pipeline.sample.vocabulary import vocabulary

# Share of all records that carry each fault. A fault falls only on records that can have it.
RATES = {
    "typo_given_name": 0.012,
    "typo_family_name": 0.015,
    "typo_street": 0.015,
    "typo_locality": 0.008,
    "nickname": 0.060,
    "swapped_names": 0.008,
    "missing_family_name": 0.004,
    "title_in_name": 0.005,
    "placeholder_name": 0.002,
    "wrong_case": 0.030,
    "stray_spaces": 0.010,
    "abbreviated_street": 0.120,
    "transposed_birthdate": 0.010,
    "slipped_birthdate": 0.008,
    "placeholder_birthdate": 0.012,
    "future_birthdate": 0.003,
    "slipped_phone": 0.010,
    "placeholder_phone": 0.008,
    "typo_domain": 0.007,
    "bad_email": 0.008,
    "placeholder_email": 0.006,
    "wrong_choice": 0.012,
}

# Faults that leave the value useless as evidence, by detail.
_SPOILS = {
    "email": ("typo_domain", "bad_email", "placeholder_email"),
    "phone": ("slipped_phone", "placeholder_phone"),
    "birthdate": ("transposed_birthdate", "slipped_birthdate", "placeholder_birthdate", "future_birthdate"),
    "address": (),
}

# A record with fewer than two sound details among e-mail, phone, birthdate and address is completed, but for
# this share: hopeless records exist, and are rare.
_LEFT_HOPELESS = 0.1


# What a person gives to everybody who asks, and the share of the records that have it for that reason. Without
# such a habit more pairs of records than in life would have nothing in common but a name.
_HABITS = {"email": 0.5, "mobile": 0.3, "birthdate": 0.1, "address": 0.1}
_HABITUAL = 0.75


@dataclass(frozen=True)
class Plan:
    """`known[detail]` says where a detail is filled in, `faults[kind]` which records carry a fault."""

    known: dict[str, Bools]
    faults: dict[str, Bools]

    def counts(self) -> dict[str, int]:
        """Records with each kind of fault."""
        return {kind: int(marked.sum()) for kind, marked in self.faults.items()}


def plan(seed: int, people: People, records: Records) -> Plan:
    """Decide, for every record, what is filled in and what is wrong with it."""
    known = _known(stream(seed, "known"), people, records)
    faults = _faults(stream(seed, "faults"), people, records, known)
    _complete_weak(stream(seed, "completion"), people, records, known, faults)
    return Plan(known, faults)


def _known(random: Random, people: People, records: Records) -> dict[str, Bools]:
    person, count = records.person, len(records)
    known = {
        detail: chance(random, table(detail)[records.system], count)
        for detail in ("email", "mobile", "landline", "birthdate", "address", "job", "gender")
    }
    habit = weighted(random, list(_HABITS.values()), len(people))[person]
    kept = chance(random, _HABITUAL, count)
    for number, detail in enumerate(_HABITS):
        known[detail] |= kept & (habit == number)
    known["email"] &= filled(people.email)[person]
    # HubSpot keeps one contact per address: a second contact of a person came with the second address, or none.
    repeated = hubspot_repeat(records)
    known["email"] &= ~repeated | filled(people.second_email)[person]
    known["mobile"] |= repeated & kept
    known["mobile"] &= filled(people.mobile)[person]
    known["landline"] &= people.landline[person]
    return known


def _faults(random: Random, people: People, records: Records, known: dict[str, Bools]) -> dict[str, Bools]:
    possible = _possible(people, records, known)
    everywhere = np.ones(len(records), dtype=np.bool_)
    faults: dict[str, Bools] = {}
    for kind, rate in RATES.items():
        open_to = possible.get(kind, everywhere)
        share = rate * len(records) / max(int(open_to.sum()), 1)
        faults[kind] = open_to & chance(random, min(share, 1.0), len(records))
    _at_most_one(faults, ("placeholder_name", "missing_family_name", "swapped_names", "title_in_name"))
    for detail in ("email", "birthdate", "phone"):
        _at_most_one(faults, _SPOILS[detail])
    return faults


def _possible(people: People, records: Records, known: dict[str, Bools]) -> dict[str, Bools]:
    members, person = people.members, records.person
    birthdate = members.birthdate[person]
    month = birthdate.astype("datetime64[M]")
    day = (birthdate - month.astype("datetime64[D]")).astype(np.int64) + 1
    month_number = month.astype(np.int64) % 12 + 1
    public = _public_domain(people)[person] & known["email"] & ~hubspot_repeat(records)
    phone = known["mobile"] | known["landline"]
    possible = {
        "nickname": (vocabulary().nicknames[members.given_name, 0] > 0)[person],
        "transposed_birthdate": known["birthdate"] & (day <= 12) & (day != month_number),
        "slipped_birthdate": known["birthdate"],
        "placeholder_birthdate": known["birthdate"],
        # 1985 typed as 2085; those born before 1927 would still be in the past.
        "future_birthdate": known["birthdate"] & (birthdate > np.datetime64("1927-01-01")),
        "slipped_phone": phone,
        "placeholder_phone": phone,
        "typo_domain": public,
        "bad_email": known["email"],
        "placeholder_email": known["email"] & (records.system != HUBSPOT),
    }
    return possible | dict.fromkeys(("typo_street", "typo_locality", "abbreviated_street"), known["address"])


def _public_domain(people: People) -> Bools:
    """Persons whose every first address, private or shared, is with one of the large providers."""
    public = np.ones(len(people), dtype=np.bool_)
    for emails in (people.email, people.own_email):
        found = np.zeros(len(people), dtype=np.bool_)
        for provider in ("@gmail.com", "@hotmail.com", "@yahoo.com", "@outlook.com", "@icloud.com"):
            found |= np.strings.endswith(emails, provider)
        public &= found
    return public


def _at_most_one(faults: dict[str, Bools], kinds: tuple[str, ...]) -> None:
    taken = np.zeros_like(faults[kinds[0]])
    for kind in kinds:
        faults[kind] &= ~taken
        taken |= faults[kind]


def _complete_weak(
    random: Random, people: People, records: Records, known: dict[str, Bools], faults: dict[str, Bools]
) -> None:
    """Fill in and mend details, best evidence first, until two are sound."""
    person = records.person
    can = {
        "email": filled(people.email)[person] & ~hubspot_repeat(records),
        "mobile": filled(people.mobile)[person],
        "birthdate": np.ones(len(records), dtype=np.bool_),
        "address": ~records.old_address,
    }
    mend = ~chance(random, _LEFT_HOPELESS, len(records))
    for detail, possible in can.items():
        weak = mend & possible & (sound_details(records, known, faults) < 2)
        known[detail] |= weak
        for kind in _SPOILS["phone" if detail == "mobile" else detail]:
            faults[kind] &= ~weak


def sound_details(records: Records, known: dict[str, Bools], faults: dict[str, Bools]) -> Ints:
    """How many of e-mail, phone, birthdate and address are there and right."""
    details = {
        "email": known["email"],
        "phone": (known["mobile"] & ~records.old_mobile) | known["landline"],
        "birthdate": known["birthdate"],
        "address": known["address"] & ~records.old_address,
    }
    total = np.zeros(len(records), dtype=np.int64)
    for detail, there in details.items():
        spoilt = np.zeros(len(records), dtype=np.bool_)
        for kind in _SPOILS[detail]:
            spoilt |= faults[kind]
        total += there & ~spoilt
    return total
