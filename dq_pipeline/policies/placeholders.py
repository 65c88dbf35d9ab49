"""From how many sharers on a value is a filler that only this data knows.

What everybody types to get past a form (unknown, test@test.com, 0000000000) the parsers know. Here are the limits for
the rest: the call centre's own number, a colleague's address, the date a migration left. Both limits must be passed.
Few records reach neither, so a small table is never judged. What is typical of a column is the number of records of
the value that 99 of 100 values do not exceed; of a name, how often it is to be expected of its two halves.

Persons are told apart by name, and a family or a person with slips in the name is not many: the smaller of the
number of given names and of family names counts; of a name, that of birthdates and of e-mail addresses. A value that
colleagues share (a switchboard), or a mailbox of a role (info@), is shared, not a placeholder: `staging.shared_values`
says so, and linkage weighs it by its rarity.
"""

from __future__ import annotations

from dq_pipeline.domain.shared_values import SharingLimit

SHARING_LIMITS = (
    SharingLimit("email", 12, 5, "families share an address, a dozen families do not"),
    SharingLimit("phone_number", 15, 5, "a household, a shared flat, a care home's ward; not more"),
    SharingLimit("birthdate", 20, 4, "the day of birth is spread over some 25,000 days"),
    SharingLimit("birthdate on 1 January", 20, 2, "what systems make of a year; rarer as a day than it is found"),
    SharingLimit("national_id", 5, 3, "issued to one person; a few slips may meet in one number"),
    SharingLimit(
        "street_address", 40, 10, "a block of flats is real; forty names in one line, without a door, are not"
    ),
    SharingLimit("name", 12, 100, "Max Mustermann; where names go by nation, a real one is up to 30 times as frequent"),
)
