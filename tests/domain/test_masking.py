"""Masked values say which of two records agree with a value one knows, and nothing to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.masking import (
    HIDDEN,
    MASKS,
    mask_date,
    mask_email,
    mask_phone,
    mask_value,
    mask_wholly,
    mask_words,
)


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (mask_words, "Anna  Smith", "A*** S***"),
        (mask_words, "Al Bundy", "*** B***"),
        (mask_words, "王小明", "王***"),
        (mask_words, "1 High Street, Leeds", "*** H*** S*** L***"),
        (mask_words, " ", ""),
        (mask_email, "jane.doe@gmail.com", "j***@g***.com"),
        (mask_email, "jo@me.com", "***@***.com"),
        (mask_email, "jane@mail.example.co.uk", "j***@m***.uk"),
        (mask_email, "jane@home.janesmith", "j***@h***.***"),
        (mask_email, "jane@localhost", "j***@l***"),
        (mask_email, "not an address", "n*** *** a***"),
        (mask_email, "@", "***"),
        (mask_phone, "+442079461133", "***33"),
        (mask_phone, "12345", "***"),
        (mask_phone, "ask Tom", "***"),
        (mask_date, "1970-02-28", "1970-**-**"),
        (mask_date, "28.02.70", "***"),
        (mask_wholly, "AB123456C", "***"),
        (mask_wholly, "", ""),
    ],
)
def test_what_is_left(mask: Callable[[str], str], text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("attribute", "text", "masked"),
    [
        ("email", "jane@gmail.com", "j***@g***.com"),
        ("phone_number", "+442079461133", "***33"),
        ("birthdate", "1970-02-28", "1970-**-**"),
        ("national_id", "AB123456C", "***"),
        ("postal_code", "LS1 4AP", "***"),
        ("name", "Anna Smith", "A*** S***"),
        ("anything else", "Anna", "A***"),
    ],
)
def test_each_attribute_is_masked_by_its_kind(attribute: str, text: str, masked: str) -> None:
    assert mask_value(attribute, text) == masked


def _parts(masked: str) -> list[str]:
    return [part for part in re.split(r"[ @.]", masked.replace("-**-**", " ")) if part]


@given(st.text(), st.sampled_from(["name", "email", "national_id", "postal_code"]))
def test_of_each_part_at_most_the_first_letter_is_told(text: str, attribute: str) -> None:
    masked = mask_value(attribute, text)
    given_parts = [part for part in re.split(r"[\s@.]", text) if part]
    ending = text.strip().rpartition(".")[2] if attribute == "email" and "@" in text else None
    for part in _parts(masked):
        assert part in (ending, HIDDEN) or (part[1:] == HIDDEN and any(p[0] == part[0] for p in given_parts))


@given(st.text(max_size=2), st.sampled_from([*MASKS, "name"]))
def test_of_a_short_value_nothing_is_told(text: str, attribute: str) -> None:
    assert set(mask_value(attribute, text)) <= {"*", "@", " "}


@given(st.text(alphabet="0123456789 +()-/abc", max_size=20))
def test_of_a_phone_number_two_digits_are_told_at_most(text: str) -> None:
    masked = mask_phone(text)
    assert re.fullmatch(r"\*\*\*(\d\d)?", masked)
    assert masked == HIDDEN or sum(letter.isdigit() for letter in text) >= 6


@given(st.dates())
def test_of_a_date_the_year_is_told(day: object) -> None:
    assert mask_date(str(day)) == f"{str(day)[:4]}-**-**"


@given(st.text(min_size=3, alphabet=st.characters(categories=["Lu", "Ll"])), st.sampled_from(["name", "email"]))
def test_the_length_of_a_value_is_not_told(text: str, attribute: str) -> None:
    assert mask_value(attribute, text) == mask_value(attribute, text[:3]) == text[0] + HIDDEN
