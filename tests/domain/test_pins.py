import re
from datetime import date

import pytest

from dq_pipeline.domain.pins import standard_value

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("attribute", "text", "expected"),
    [
        ("email", " Ann@Example.org ", "ann@example.org"),
        ("phone_number", "020 7183 8750", "+442071838750"),
        ("birthdate", "31/05/1980", "1980-05-31"),
        ("country", "Germany", "DE"),
        ("postal_code", "sw1a1aa", "SW1A 1AA"),
        ("given_name", "ANN", "Ann"),
        ("locality", "LEEDS", "Leeds"),
        ("gender", "f", "female"),
        ("status", "Active", "active"),
        ("party_type", "person", "person"),
        ("owner", "  Tom   Jones ", "Tom Jones"),
    ],
)
def test_a_value_is_brought_into_standard_form(attribute: str, text: str, expected: str) -> None:
    assert standard_value(attribute, text, country="GB", today=TODAY) == expected


@pytest.mark.parametrize(
    ("attribute", "text", "problem"),
    [
        ("email", "secret", "it is invalid (syntax)"),
        ("email", "test@test.com", "it is a placeholder (placeholder word)"),
        ("phone_number", "1", "it is invalid (not a number)"),
        ("birthdate", "01/02/1980", "it is no day (ambiguous): write it as 1980-05-31"),
        ("birthdate", "2199-01-01", "it lies in the future"),
        ("status", "secret", "it is none of active, inactive, prospect, former, deceased, deleted"),
        ("owner", "  ", "it is empty"),
    ],
)
def test_what_is_no_value_is_refused_without_repeating_it(attribute: str, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        standard_value(attribute, text, country="GB", today=TODAY)
