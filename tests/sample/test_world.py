"""The people: households, twins, namesakes, marriages, countries, names, and what goes wrong with them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date

import numpy as np
import phonenumbers
import pytest

from dq_pipeline.sample.batch import World
from dq_pipeline.sample.dirt import RATES
from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.households import FIRST_CHILD, TODAY
from dq_pipeline.sample.numbers import national_ids
from dq_pipeline.sample.phones import STYLES, write_phones
from dq_pipeline.sample.strings import stream
from dq_pipeline.sample.vocabulary import vocabulary
from tests.sample.conftest import RECORDS, SEED, Row, Sample

PLACEHOLDER_EMAILS = {"test@test.com", "noemail@noemail.com", "none@none.com", "xxx@xxx.com", "unknown@unknown.com"}


@pytest.fixture(scope="module")
def world() -> World:
    return World.create(SEED, RECORDS)


def test_families_live_together_with_twins_and_namesakes(world: World) -> None:
    members = world.people.members
    by_household: dict[int, list[int]] = defaultdict(list)
    for row, household in enumerate(members.household.tolist()):
        by_household[household].append(row)
    assert 0.3 < sum(len(rows) for rows in by_household.values() if len(rows) > 1) / len(members.role) < 0.6
    for rows in by_household.values():
        pair = [row for row in rows if members.twin[row]]
        if pair:
            assert len(pair) == 2
            assert len({str(members.birthdate[row]) for row in pair}) == 1
        names = Counter(members.given_name[rows].tolist())
        assert len(names) == len(rows) - int(members.namesake[rows].sum())
    juniors = np.flatnonzero(members.namesake)
    fathers = members.head[juniors]
    assert (members.given_name[juniors] == members.given_name[fathers]).all()
    years = (members.birthdate[juniors] - members.birthdate[fathers]).astype(int) / 365.25
    assert years.min() >= 19.9 and years.max() <= 38.1
    assert 0.002 < members.twin.sum() / 2 / len(members.role) < 0.008
    assert 0.0015 < len(juniors) / len(members.role) < 0.007


def test_ages_are_those_of_customers(world: World) -> None:
    members = world.people.members
    age = (TODAY - members.birthdate).astype(int) / 365.25
    assert age.min() >= 17.9 and age.max() <= 96
    assert 35 < np.median(age) < 60
    assert age[members.role >= FIRST_CHILD].max() < age.max()


def test_twins_and_namesakes_are_in_the_files(sample: Sample) -> None:
    """Found from the extracts alone: same surname, street and birthdate; same full name and street."""
    twins, namesakes = defaultdict(set), defaultdict(set)
    for row in sample.common:
        if row["street"] and row["birthdate"]:
            twins[row["family"], row["street"], row["birthdate"]].add((row["customer"], row["given"]))
        if row["street"]:
            namesakes[row["given"], row["family"], row["street"]].add(row["customer"])
    assert sum(len({c for c, _ in found}) > 1 for found in twins.values()) >= 3
    assert sum(len(found) > 1 for found in namesakes.values()) >= 3


def test_people_marry_move_and_change_numbers(world: World) -> None:
    people, records = world.people, world.records
    married = people.former_surname >= 0
    assert 0.005 < married.mean() < 0.05
    assert (people.former_surname[married] != people.surname[married]).all()
    assert 0.08 < (people.former_address >= 0).mean() < 0.12
    # Old and new values of one person live side by side in different records.
    for old in (records.old_name, records.old_address, records.old_mobile):
        both = set(records.person[old].tolist()) & set(records.person[~old].tolist())
        assert len(both) >= 10
    before = records.updated < people.moved_on[records.person]
    assert records.old_address[before].all()


def test_mailboxes_and_phones_are_shared(world: World, sample: Sample) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for row in sample.common:
        owners[row["email"].lower()].add(row["customer"])
        owners[re.sub(r"\D", "", row["mobile"])[-9:]].add(row["customer"])
    del owners[""]
    shared = {value for value, customers in owners.items() if len(customers) > 1}
    companies = set(world.people.companies.mailbox.tolist())
    assert len(shared & companies) >= 10, "company mailboxes shared by colleagues"
    assert any(value.startswith(("family.", "the", "casa", "fam.")) for value in shared), "family mailboxes"
    assert sum(value.isdigit() and len(value) == 9 for value in shared) >= 10, "mobiles shared by a couple"
    personal = [owners[row["email"]] for row in sample.common if row["email"] and row["email"] not in shared]
    assert len(personal) / sum(bool(row["email"]) for row in sample.common) > 0.9


def test_names_have_a_long_tail(world: World) -> None:
    for column, top, singles in ((world.people.members.given_name, 0.03, 50), (world.people.surname, 0.02, 1000)):
        counts = np.bincount(column)
        assert counts.max() / counts.sum() < top
        assert (counts == 1).sum() > singles
    assert len(vocabulary().surnames.native) > 15_000
    assert sum(language.nicknames != "" for language in vocabulary().languages) >= 10


def test_countries_and_scripts(sample: Sample, world: World) -> None:
    shares = np.bincount(world.people.members.country) / len(world.people)
    assert (shares > 0.002).sum() >= 20
    letters = "".join(row["family"] for row in sample.common)
    for script in ("[À-ž]", "[Α-ω]", "[А-я]", "[؀-ۿ]", "[一-龥]"):
        assert len(re.findall(script, letters)) > 40, script


def test_phone_numbers_of_clean_records_are_valid() -> None:
    """In every country and every way of writing, by Google's libphonenumber."""
    world = World.create(SEED, 500)
    people, random = world.people, stream(3, "test")
    country = people.members.country
    landline = people.addresses.landline[people.address]
    checked = 0
    for number in (people.mobile, landline):
        for style in STYLES:
            for text, nation, plain in zip(
                write_phones(random, country, number, {style: 1.0}).tolist(),
                country.tolist(),
                number.tolist(),
                strict=True,
            ):
                if not plain:
                    continue
                home = geography().countries[nation]
                parsed = phonenumbers.parse(text, home.code)
                assert phonenumbers.is_valid_number(parsed), (text, home.code)
                number_found = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
                assert number_found == f"+{home.calling}{plain.replace('|', '')}"
                checked += 1
    assert checked > 500


def test_national_identity_numbers_carry_their_check_digits() -> None:
    country = np.arange(21).repeat(50)
    codes = [geography().countries[row].code for row in country.tolist()]
    numbers = national_ids(stream(1, "test"), country).tolist()
    assert len(set(numbers)) == len(numbers)
    for code, number in zip(codes, numbers, strict=True):
        if code == "ES":
            assert number[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(number[:8]) % 23]
        elif code == "GB":
            assert re.fullmatch(r"[A-Z]{2}\d{6}[A-D]", number)
        else:
            doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(number.removeprefix("ID")))]
            assert sum(d // 10 + d % 10 for d in doubled) % 10 == 0


@pytest.mark.parametrize("kind", RATES)
def test_every_fault_is_planted_at_its_rate(sample: Sample, kind: str) -> None:
    """Within four standard deviations and what mending weak records takes away."""
    expected, found = RATES[kind] * RECORDS, sample.summary.faults[kind]
    assert expected * 0.7 - 4 * expected**0.5 <= found <= expected + 4 * expected**0.5
    assert found > 0


def test_faults_are_in_the_files(sample: Sample) -> None:
    """Counted in the extracts themselves, against the counts of the summary."""
    faults, rows = sample.summary.faults, sample.common
    birthdates = [row["birthdate"] for row in rows if row["birthdate"]]
    placeholders = sum(day in {"1900-01-01", "1970-01-01", "1911-11-11"} for day in birthdates)
    assert faults["placeholder_birthdate"] <= placeholders <= faults["placeholder_birthdate"] + 2
    future = sum(day > "2026-11-20" for day in birthdates)
    assert faults["future_birthdate"] <= future <= faults["future_birthdate"] + faults["slipped_birthdate"]
    emails = [row["email"].lower() for row in rows if row["email"]]
    assert sum(email in PLACEHOLDER_EMAILS for email in emails) == faults["placeholder_email"]
    bad = sum(re.fullmatch(r"[^@\s.,]+([._][^@\s.,]+)*@[^@\s,]+\.[a-z]{2,}", email) is None for email in emails)
    assert bad == faults["bad_email"]
    mistyped = sum(re.search(r"@(gm|gn|hot|y|out|ic)\w*\.(com?|con)$", email) is not None for email in emails)
    right = sum(re.search(r"@(gmail|hotmail|yahoo|outlook|icloud)\.com$", email) is not None for email in emails)
    assert mistyped - right == faults["typo_domain"]
    phones = ("0000000000", "1234567890", "9999999999", "1111111111")
    assert sum(row["mobile"] in phones or row["home"] in phones for row in rows) > 0.6 * faults["placeholder_phone"]
    assert sum(not row["family"] for row in rows) == faults["missing_family_name"]
    assert sum(is_valid_day(day) is False for day in birthdates) > 0


def is_valid_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def test_transposed_days_nicknames_and_swaps_show_within_customers(sample: Sample) -> None:
    by_customer: dict[str, list[Row]] = defaultdict(list)
    for row in sample.common:
        by_customer[row["customer"]].append(row)
    transposed = swapped = renamed = 0
    for rows in by_customer.values():
        days = {row["birthdate"] for row in rows}
        transposed += any(f"{day[:4]}-{day[8:]}-{day[5:7]}" in days - {day} for day in days if day)
        names = {(row["given"].lower(), row["family"].lower()) for row in rows}
        swapped += any((family, given) in names for given, family in names if given != family)
        renamed += any(
            {a["given"].lower(), b["given"].lower()} in ({"william", "bill"}, {"robert", "bob"}, {"thomas", "tom"})
            for a in rows
            for b in rows
        )
    assert transposed >= 15 and swapped >= 10 and renamed >= 3


def test_consents_lack_dates_and_methods_and_contradict_each_other(sample: Sample) -> None:
    granted = [row for row in sample.rows["salesforce"] if row["Consent_Email__c"] == "Granted"]
    undated = sum(not row["Consent_Date__c"] for row in granted) / len(granted)
    unproven = sum(not row["Consent_Method__c"] for row in granted) / len(granted)
    assert 0.04 < undated < 0.10 and 0.06 < unproven < 0.13
    customer = {(row["system"], row["id"]): row["customer"] for row in sample.common}
    said: dict[str, set[bool]] = defaultdict(set)
    for row in sample.rows["salesforce"]:
        if row["Consent_Email__c"] in ("Granted", "Denied", "Withdrawn"):
            said[customer["salesforce", row["Id"]]].add(row["Consent_Email__c"] == "Granted")
    for row in sample.rows["ao"]:
        if row["MKT_CONSENT"] in "YNW" and row["MKT_CONSENT"]:
            said[customer["ao", row["CUST_NO"]]].add(row["MKT_CONSENT"] == "Y")
    assert sum(len(answers) == 2 for answers in said.values()) >= 20
    assert sample.summary.faults["contradicting_consent"] > 100


def test_nearly_every_record_keeps_two_useful_details(world: World) -> None:
    from dq_pipeline.sample.dirt import sound_details

    sound = sound_details(world.records, world.plan.known, world.plan.faults)
    assert (sound < 2).mean() < 0.01
    assert (sound >= 3).mean() > 0.7
