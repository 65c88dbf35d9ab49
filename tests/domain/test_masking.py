"""Masked values say which of two records agree with a value one knows, and nothing to anybody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.masking import mask_date, mask_email, mask_phone, mask_words


@pytest.mark.parametrize(
    ("mask", "text", "masked"),
    [
        (mask_words, "Anna  Smith", "A*** S***"),
        (mask_words, "王小明", "王***"),
        (mask_words, "1 High Street, Leeds", "1*** H*** S*** L***"),
        (mask_words, " ", ""),
        (mask_email, "jane.doe@gmail.com", "j***@g***.com"),
        (mask_email, "jane@mail.example.co.uk", "j***@m***.uk"),
        (mask_email, "jane@localhost", "j***@l***"),
        (mask_email, "not an address", "n*** a*** a***"),
        (mask_email, "@", "@***"),
        (mask_phone, "+442079461133", "***33"),
        (mask_phone, "12345", "***"),
        (mask_phone, "ask Tom", "***"),
        (mask_date, "1970-02-28", "1970-**-**"),
        (mask_date, "28.02.70", "***"),
    ],
)
def test_what_is_left(mask: Callable[[str], str], text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text(), st.sampled_from([mask_words, mask_email, mask_phone, mask_date]))
def test_any_text_is_masked_to_few_letters(text: str, mask: Callable[[str], str]) -> None:
    for word in mask(text).replace("@", " ").split():
        assert "***" in word or "**-**" in word
    assert len(mask(text).split()) <= max(1, len(text.split()))
