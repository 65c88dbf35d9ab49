"""The quick paths against the libraries they stand in for."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumber

from dq_pipeline.domain.parsing.emails import _checked
from dq_pipeline.domain.parsing.phone_plan import read_plain
from dq_pipeline.domain.parsing.phones import _NUMBER_TYPES

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def spellings(generator: random.Random, region: str) -> list[str]:
    """Example numbers of every type of a region, with slips, in the ways people write them."""
    metadata = PhoneMetadata.metadata_for_region(region)
    found = []
    for number_type in _NUMBER_TYPES:
        number = phonenumbers.example_number_for_type(region, number_type)
        if number is None:
            continue
        digits = list(phonenumbers.national_significant_number(number))
        for _ in range(generator.randrange(3)):
            digits[generator.randrange(len(digits))] = generator.choice("0123456789")
        national = "".join(digits)[: len(digits) - (generator.random() < 0.1)]
        slipped = PhoneNumber(country_code=metadata.country_code, national_number=int(national))
        found += [
            f"+{metadata.country_code} {national}",
            f"00{metadata.country_code}{national}",
            f"{metadata.country_code}{national}",
            (metadata.national_prefix or "") + national,
            phonenumbers.format_number(slipped, phonenumbers.PhoneNumberFormat.NATIONAL),
            phonenumbers.format_number(slipped, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
        ]
    return found


def library_answer(text: str, country: str) -> tuple[str, str | None, str] | None:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    kind = _NUMBER_TYPES[phonenumbers.number_type(number)]
    return value, phonenumbers.region_code_for_number(number), kind


def test_the_quick_phone_reading_is_the_library_s_in_every_region() -> None:
    generator = random.Random(7)
    read, valid = 0, 0
    for region in REGIONS:
        for text in spellings(generator, region):
            country = generator.choice([region, region, generator.choice(REGIONS), ""])
            quick, slow = read_plain(text, country), library_answer(text, country)
            valid += slow is not None
            if quick is not None:
                read += 1
                value = f"+{quick.calling_code}{quick.national_number}"
                assert (value, quick.region, quick.number_type) == slow, (text, country)
    assert read > 0.7 * valid > 1000


@settings(max_examples=500, deadline=None)
@given(text=st.from_regex(r"[a-z0-9_.+'-]{1,20}@[a-z0-9.-]{1,20}\.[a-z]{2,6}", fullmatch=True))
def test_the_quick_e_mail_check_is_the_library_s(text: str) -> None:
    quick = _checked(text)[0]
    try:
        slow = validate_email(text, check_deliverability=False, strict=True).normalized.lower()
    except EmailNotValidError:
        slow = ""
    # `example` as a whole top-level domain is reserved by RFC 2606 too; the library lets it pass.
    assert quick == ("" if text.endswith(".example") else slow)


@pytest.mark.parametrize("local", ["a" * 64, "a" * 65])
def test_a_mailbox_has_at_most_64_characters(local: str) -> None:
    assert bool(_checked(f"{local}@work.de")[0]) == (len(local) == 64)
