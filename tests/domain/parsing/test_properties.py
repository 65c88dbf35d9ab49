"""What must hold of every parser on any text: it answers, it is stable, it invents nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dq_pipeline.domain.parsing.addresses import parse_address
from dq_pipeline.domain.parsing.countries import parse_country
from dq_pipeline.domain.parsing.dates import parse_date
from dq_pipeline.domain.parsing.emails import parse_email
from dq_pipeline.domain.parsing.genders import parse_gender
from dq_pipeline.domain.parsing.name_data import FAMILY_PARTICLES, SMALL_CONNECTORS
from dq_pipeline.domain.parsing.names import NamePart, parse_name
from dq_pipeline.domain.parsing.organisations import parse_organisation
from dq_pipeline.domain.parsing.phones import parse_phone
from dq_pipeline.domain.parsing.postal_codes import parse_postal_code
from dq_pipeline.domain.parsing.text import fold, tidy
from dq_pipeline.domain.parsing.texts import parse_text

# Whatever can be in a DuckDB VARCHAR (no surrogates), and what people type, torn and glued.
PIECES = (
    "van der de la y Mc o' D' Dr. Mr Jr. PhD III Müller ANNE-MARIE Øst ß İ 山田 Иван محمد née (Bob) \"x\" , . - / & @ "
    "a@b.de +44 0171 12345 000 c/o Flat 5 PO Box str. 1980-02-30 3.März n/a GmbH S.A. \u200b \u00a0 ’ ` ﬁ ½ ² \t"
)
FRAGMENTS = st.sampled_from(PIECES.split(" "))
TYPED = st.lists(FRAGMENTS, max_size=6).map(" ".join) | st.lists(FRAGMENTS, max_size=5).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40) | TYPED
# Names as people write them: forms of address, words of any script, particles, suffixes; either order.
KNOWN_WORDS = "McDonald O'BRIEN ANNE-MARIE Müller ŁUKASIEWICZ JP İPEK ßab 山田 Иван محمد van DE LA y J. ΓΙΩΡΓΟΣ d'Arc"
LETTERS = st.text(st.characters(categories=["L"]), min_size=2, max_size=8)
WORD = LETTERS | st.sampled_from(KNOWN_WORDS.split(" "))
PLAIN_WORD = WORD.filter(lambda word: word.lower() not in FAMILY_PARTICLES | SMALL_CONNECTORS)
TITLE = st.lists(st.sampled_from(["Dr.", "MR", "Mme", "Prof."]), max_size=2)
SUFFIX = st.lists(st.sampled_from(["Jr.", "III", "PHD"]), max_size=1)
NAME = st.tuples(TITLE, st.lists(WORD, min_size=1, max_size=4), SUFFIX).map(
    lambda parts: " ".join([*parts[0], *parts[1], *parts[2]])
) | st.lists(PLAIN_WORD, min_size=2, max_size=4).map(lambda words: f"{words[0]}, {' '.join(words[1:])}")
COUNTRY = st.sampled_from(["", "GB", "DE", "US", "FR", "ES", "NL", "PL", "SE", "AU", "JP", "BR", "AR", "CN", "XX"])

PARSERS: dict[str, Callable[[str, str], Any]] = {
    **{
        f"name {part}": lambda raw, _, part=part: parse_name(part, raw)
        for part in ("given", "middle", "family", "full")
    },
    **{
        f"text {kind}": lambda raw, _, kind=kind: parse_text(kind, raw)
        for kind in ("locality", "region", "job_title", "national_id")
    },
    "organisation": lambda raw, _: parse_organisation(raw),
    "email": lambda raw, _: parse_email(raw),
    "phone": parse_phone,
    "country": lambda raw, _: parse_country(raw),
    "gender": lambda raw, _: parse_gender(raw),
    "postal code": parse_postal_code,
    "address": parse_address,
}


@pytest.mark.parametrize("parser", [name for name in PARSERS if not name.startswith("name")])
@settings(max_examples=150, deadline=None)
@given(raw=ANY, country=COUNTRY)
def test_standardising_twice_changes_nothing(parser: str, raw: str, country: str) -> None:
    once = PARSERS[parser](raw, country)
    assert once.status in ("valid", "invalid", "placeholder")
    twice = PARSERS[parser](once.value, country)
    assert twice.value == once.value
    if once.value:
        assert twice.status == once.status


@pytest.mark.parametrize("part", ["given", "middle", "family", "full"])
@settings(max_examples=200, deadline=None)
@given(raw=NAME)
@example(raw="VAN DER")
@example(raw="Dr. Dr.")
@example(raw="DR :NA")
def test_writing_a_name_twice_changes_nothing(part: NamePart, raw: str) -> None:
    once = parse_name(part, raw)
    twice = parse_name(part, once.value)
    assert (twice.value, twice.status) == (once.value, once.status)


@pytest.mark.parametrize("parser", [name for name in PARSERS if name not in ("country", "gender", "phone", "email")])
@settings(max_examples=150, deadline=None)
@given(raw=ANY, country=COUNTRY)
def test_no_letter_is_invented(parser: str, raw: str, country: str) -> None:
    value = PARSERS[parser](raw, country).value
    assert not Counter(fold(value).replace(" ", "")) - Counter(fold(tidy(raw)).replace(" ", ""))


@settings(max_examples=200, deadline=None)
@given(raw=ANY | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}", fullmatch=True))
def test_a_date_answers_to_any_text(raw: str) -> None:
    for order in ("ymd", "dmy", "mdy"):
        parsed = parse_date(raw, order, 2026)
        assert (parsed.value is None) or parsed.value in parsed.readings
        assert (parsed.status == "valid") <= (parsed.value is not None and parsed.moment is not None)


@given(day=st.dates(date(1000, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back_in_every_form(day: date) -> None:
    dmy, mdy = f"{day:%d/%m}/{day.year}", f"{day:%m/%d}/{day.year}"
    forms = [(day.isoformat(), "ymd"), (dmy, "dmy"), (mdy, "mdy"), (f"{day.day}. {day:%B} {day.year}", "ymd")]
    assert {parse_date(text, order, 2026).value for text, order in forms} == {day}
    assert day in parse_date(dmy, "ymd", 2026).readings


@given(day=st.dates(date(1927, 1, 1), date(2026, 12, 31)))
def test_a_two_digit_year_is_the_latest_one_not_after_now(day: date) -> None:
    assert parse_date(f"{day:%d/%m/%y}", "dmy", 2026).value == day
