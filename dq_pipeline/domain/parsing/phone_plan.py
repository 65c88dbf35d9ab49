"""The quick reading of plainly written phone numbers, from libphonenumber's own numbering plans.

libphonenumber itself reads 12,000 numbers a second, which for a million records is the slowest minute of the
line. A number written plainly needs few of its steps: this module takes those steps only, on the same metadata,
and declines everything else. `read_plain` therefore answers what libphonenumber answers, or None; a test compares
the two on numbers of every region.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

_PLAIN = re.compile(r"\+?[0-9 ()./-]{5,24}")
_NOT_DIGIT = re.compile(r"[^0-9]")
# The order in which libphonenumber looks: a number is of the first type whose pattern it matches.
_TYPES = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
    "fixed_line",
    "mobile",
)


class PlainNumber(NamedTuple):
    """`calling_code` and `national_number` (significant digits, leading zeros kept), region and number type."""

    calling_code: str
    national_number: str
    region: str
    number_type: str


class _Pattern(NamedTuple):
    matches: Any
    lengths: frozenset[int]


class _Plan(NamedTuple):
    region: str
    calling_code: str
    general: _Pattern
    types: dict[str, _Pattern]
    leading_digits: Any
    national_prefix: Any
    international_prefix: Any


def read_plain(text: str, country: str) -> PlainNumber | None:
    """A valid, plainly written number, or None: not plain, not valid, or not sure; libphonenumber must look.

    `country`: ISO 3166-1 alpha-2 of the record, `''` when unknown.
    """
    # "(0" is a trunk prefix in brackets (+44 (0)20 …), which takes libphonenumber's care.
    if not _PLAIN.fullmatch(text) or "(0" in text:
        return None
    digits = _NOT_DIGIT.sub("", text)
    if text[0] == "+":
        return _international(digits)
    plan = _plan(country) if country else None
    if plan is None:
        return None
    if plan.international_prefix is not None and plan.international_prefix.match(digits):
        plain_double_zero = plan.international_prefix.pattern == "00" and digits[2:3] != "0"
        return _international(digits[2:]) if plain_double_zero else None
    if digits.startswith(plan.calling_code):
        return None
    national = _without_national_prefix(digits, plan)
    return _classified(plan.calling_code, national) if national else None


def calling_code_length(digits: str) -> int:
    """How many digits in front are the calling code of an international number; 0 where it has none."""
    return next((length for length in (1, 2, 3) if _plans_of(digits[:length])), 0)


def _international(digits: str) -> PlainNumber | None:
    for length in (1, 2, 3):
        plans = _plans_of(digits[:length])
        if plans:
            national, main = digits[length:], plans[0]
            if main.national_prefix is not None and main.national_prefix.match(national):
                return None
            return _classified(main.calling_code, national)
    return None


def _without_national_prefix(digits: str, plan: _Plan) -> str | None:
    """The significant number, by the rule of libphonenumber; None where the plan rewrites what it finds."""
    match = plan.national_prefix.match(digits) if plan.national_prefix is not None else None
    if not match or not match.end():
        return digits
    if match.re.groups and match.group(match.re.groups) is not None:
        return None
    rest = digits[match.end() :]
    if plan.general.matches(digits) and not plan.general.matches(rest):
        return digits
    return rest if len(rest) in plan.general.lengths else None


def _classified(calling_code: str, national: str) -> PlainNumber | None:
    for plan in _plans_of(calling_code):
        if plan.leading_digits is not None:
            if plan.leading_digits.match(national):
                return _typed(plan, national)
        else:
            found = _typed(plan, national)
            if found:
                return found
    return None


def _typed(plan: _Plan, national: str) -> PlainNumber | None:
    if not _fits(plan.general, national):
        return None
    for number_type, pattern in plan.types.items():
        if _fits(pattern, national):
            both = number_type == "fixed_line" and "mobile" in plan.types and _fits(plan.types["mobile"], national)
            return PlainNumber(
                plan.calling_code, national, plan.region, "fixed_line_or_mobile" if both else number_type
            )
    return None


def _fits(pattern: _Pattern, national: str) -> bool:
    if pattern.lengths and len(national) not in pattern.lengths:
        return False
    return pattern.matches(national) is not None


@lru_cache(maxsize=1000)
def _plans_of(calling_code: str) -> tuple[_Plan, ...]:
    """The plans of all regions that share a calling code, the main one first; empty when nobody has it."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code), ()) if calling_code else ()
    plans = [_plan(region) for region in regions if region != "001"]
    return tuple(plan for plan in plans if plan is not None)


@lru_cache(maxsize=300)
def _plan(region: str) -> _Plan | None:
    from phonenumbers import PhoneMetadata

    data = PhoneMetadata.metadata_for_region(region, None)
    if data is None:
        return None
    types = [(name, _pattern(getattr(data, name))) for name in _TYPES]
    return _Plan(
        region,
        str(data.country_code),
        _pattern(data.general_desc) or _Pattern(_never, frozenset()),
        {name: pattern for name, pattern in types if pattern is not None},
        re.compile(data.leading_digits) if data.leading_digits else None,
        re.compile(data.national_prefix_for_parsing) if data.national_prefix_for_parsing else None,
        re.compile(data.international_prefix) if data.international_prefix else None,
    )


def _pattern(description: Any) -> _Pattern | None:
    if description is None or not description.national_number_pattern:
        return None
    compiled = re.compile(description.national_number_pattern)
    lengths = frozenset(length for length in description.possible_length or () if length > 0)
    return _Pattern(compiled.fullmatch, lengths)


def _never(_: str) -> None:
    return None
