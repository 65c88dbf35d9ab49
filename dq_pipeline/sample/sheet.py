"""What each record says, in no system's layout yet: the person's values as this system knows and mistypes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample import mistakes
from dq_pipeline.sample.batch import Batch
from dq_pipeline.sample.data import businesses
from dq_pipeline.sample.geography import abbreviated, geography
from dq_pipeline.sample.naming import Names, write_names
from dq_pipeline.sample.phones import split, write_phones
from dq_pipeline.sample.strings import (
    Bools,
    Days,
    Ints,
    Random,
    Strings,
    blank,
    chance,
    dates,
    filled,
    join,
    pick,
    replace,
    stream,
    texts,
    weighted,
)
from dq_pipeline.sample.systems import HUBSPOT

_OTHER_EMAIL_FIRST = 0.09
_BOTH_EMAILS = 0.3
_WITH_REGION = 0.7
_WITH_COUNTRY = 0.95
_WORK_PHONE = 0.35

# Standing of the customer, and the drop-down a wrong choice falls on.
ACTIVE, INACTIVE, PROSPECT, FORMER = range(4)
SALUTATION, GENDER, STATUS = 1, 2, 3


@dataclass
class Sheet:
    """One row per record of one system; an empty text, -1 or NaT where the record says nothing.

    `birthdate` is YYYYMMDD. `female` is the person's sex, `country` a row of the geography, `wrong_choice` the
    drop-down (SALUTATION, GENDER, STATUS; 0: none) that holds a value outside its list. `owner` and `creator`
    are rows of the list of users.
    """

    names: Names
    female: Bools
    gender_known: Bools
    birthdate: Strings
    email: Strings
    second_email: Strings
    mobile: Strings
    landline: Strings
    work_phone: Strings
    street: Strings
    second_line: Strings
    locality: Strings
    region: Strings
    postal_code: Strings
    country: Ints
    native: Bools
    company: Ints
    company_name: Strings
    job: Strings
    national_id: Strings
    status: Ints
    wrong_choice: Ints
    owner: Ints
    creator: Ints
    created: Days
    updated: Days
    last_activity: Days


def write_sheet(batch: Batch) -> Sheet:
    """The values of all records of one system, in the order of their creation."""
    name, people, person = batch.system.name, batch.people, batch.records.person
    count = len(batch)
    random = stream(batch.seed, f"sheet of {name}")
    # Nobody writes Greek letters for a Greek who lives in Germany.
    members, world = people.members, geography()
    at_home = (members.language == world.language[members.country])[person]
    native = at_home & chance(random, batch.system.native, count)
    address = np.where(batch.records.old_address, people.former_address[person], people.address[person])
    country = np.where(
        batch.known["address"] | chance(random, _WITH_COUNTRY, count), people.addresses.country[address], -1
    )
    email, second_email = _emails(stream(batch.seed, f"e-mails of {name}"), batch)
    mobile, landline, work_phone = _phones(stream(batch.seed, f"phones of {name}"), batch, address, country)
    street, second_line, locality, region, postal_code = _address(
        stream(batch.seed, f"addresses of {name}"), batch, address, native
    )
    employed = batch.known["job"] & (people.company[person] >= 0)
    company = np.where(employed, people.company[person], -1)
    jobs = texts(job.replace("_", " ") for job in businesses.JOBS.split())
    users = len(businesses.USERS.split())
    return Sheet(
        names=write_names(stream(batch.seed, f"names of {name}"), batch, native),
        female=members.female[person],
        gender_known=batch.known["gender"],
        birthdate=_birthdates(stream(batch.seed, f"birthdates of {name}"), batch),
        email=email,
        second_email=second_email,
        mobile=mobile,
        landline=landline,
        work_phone=work_phone,
        street=street,
        second_line=second_line,
        locality=locality,
        region=region,
        postal_code=postal_code,
        country=country,
        native=native,
        company=company,
        company_name=_where(employed, people.companies.name[company]),
        job=_where(batch.known["job"], jobs[person * 7919 % len(jobs)]),
        national_id=_where(chance(random, 0.75, count), people.national_id[person]),
        status=weighted(random, (0.76, 0.14, 0.06, 0.04), count),
        wrong_choice=np.where(batch.faults["wrong_choice"], random.integers(1, 4, count), 0),
        owner=random.integers(0, users, count),
        creator=random.integers(0, users, count),
        created=batch.records.created,
        updated=batch.records.updated,
        last_activity=batch.records.last_activity,
    )


def _where(there: Bools, values: Strings) -> Strings:
    written = blank(len(values))
    written[there] = values[there]
    return written


def _birthdates(random: Random, batch: Batch) -> Strings:
    known = batch.known["birthdate"]
    day = batch.people.members.birthdate[batch.records.person]
    written = replace(dates(np.where(known, day, np.datetime64("NaT"))), "-", "")
    faults = batch.faults
    here = np.flatnonzero(faults["transposed_birthdate"])
    written[here] = mistakes.transposed_day(written[here])
    here = np.flatnonzero(faults["slipped_birthdate"])
    written[here] = mistakes.slipped_digit(random, written[here], first=2)
    here = np.flatnonzero(faults["future_birthdate"])
    written[here] = mistakes.future_year(written[here])
    here = np.flatnonzero(faults["placeholder_birthdate"])
    written[here] = pick(random, mistakes.PLACEHOLDER_BIRTHDATES, len(here))
    return written


def _emails(random: Random, batch: Batch) -> tuple[Strings, Strings]:
    people, person, known = batch.people, batch.records.person, batch.known["email"]
    first, second = people.email[person], people.second_email[person]
    if batch.number == HUBSPOT:
        # One contact per address: nobody comes in with a mailbox that several share.
        first = people.own_email[person]
    swap = (batch.records.repeat & (batch.number == HUBSPOT)) | chance(random, _OTHER_EMAIL_FIRST, len(person))
    # Only the first address is sure to have a domain that can be mistyped.
    swap &= filled(second) & ~batch.faults["typo_domain"]
    main, other = np.where(swap, second, first), np.where(swap, first, second)
    both = known & chance(random, _BOTH_EMAILS, len(person)) & (batch.number != HUBSPOT)
    main, other = _where(known, main), _where(both, other)
    for kind, spoil in (("typo_domain", mistakes.typo_domain), ("bad_email", mistakes.bad_email)):
        here = np.flatnonzero(batch.faults[kind] & (filled(main)))
        main[here] = spoil(random, main[here])
    here = np.flatnonzero(batch.faults["placeholder_email"])
    main[here] = pick(random, mistakes.PLACEHOLDER_EMAILS, len(here))
    return main, other


def _phones(random: Random, batch: Batch, address: Ints, country: Ints) -> tuple[Strings, Strings, Strings]:
    people, records, known, faults = batch.people, batch.records, batch.known, batch.faults
    person = records.person
    mobile = _where(known["mobile"], np.where(records.old_mobile, people.former_mobile[person], people.mobile[person]))
    landline = _where(known["landline"], people.addresses.landline[address])
    for column, slipped in (
        (mobile, faults["slipped_phone"] & known["mobile"]),
        (landline, faults["slipped_phone"] & ~known["mobile"]),
    ):
        here = np.flatnonzero(slipped)
        prefix, rest = split(column[here])
        column[here] = join(prefix, "|", mistakes.slipped_digit(random, rest))
    at_work = (people.company[person] >= 0) & known["job"] & chance(random, _WORK_PHONE, len(person))
    work = _where(at_work, people.companies.switchboard[people.company[person]])
    home = people.addresses.country[address]
    mobile, landline, work = (_written(random, batch, home, country, column) for column in (mobile, landline, work))
    here = np.flatnonzero(faults["placeholder_phone"])
    places = pick(random, mistakes.PLACEHOLDER_PHONES, len(here))
    on_mobile = known["mobile"][here]
    mobile[here[on_mobile]] = places[on_mobile]
    landline[here[~on_mobile]] = places[~on_mobile]
    return mobile, landline, work


def _written(random: Random, batch: Batch, home: Ints, country: Ints, numbers: Strings) -> Strings:
    """Numbers in the system's habits; where the record names no country, with the country's calling code."""
    written = write_phones(random, home, numbers, batch.system.phones)
    abroad = np.flatnonzero(country < 0)
    written[abroad] = write_phones(random, home[abroad], numbers[abroad], {"e164": 1.0})
    return written


def _address(random: Random, batch: Batch, address: Ints, native: Bools) -> tuple[Strings, ...]:
    world, addresses, known = geography(), batch.people.addresses, batch.known["address"]
    place = addresses.place[address]
    street = np.where(native, addresses.street[address], addresses.street_latin[address])
    locality = np.where(native, world.locality[place], world.latin[place])
    here = np.flatnonzero(batch.faults["abbreviated_street"])
    street[here] = abbreviated(street[here], world.language[addresses.country[address[here]]])
    for kind, column in (("typo_street", street), ("typo_locality", locality)):
        here = np.flatnonzero(batch.faults[kind])
        column[here] = mistakes.typo(random, column[here])
    with_region = known & chance(random, _WITH_REGION, len(address))
    return (
        _where(known, street),
        _where(known, addresses.second_line[address]),
        _where(known, locality),
        _where(with_region, world.region[place]),
        _where(known, addresses.postal_code[address]),
    )
