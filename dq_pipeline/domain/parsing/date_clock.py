"""The time of day at the end of a date's text, and its offset from UTC."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import NamedTuple

MIDNIGHT = time()
_TIME = re.compile(
    r"[T ]+(?:([0-9]{1,2})[:h]([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"|([0-9]{1,2})\s?([AaPp]\.?[Mm]\.?))\s*"
    r"(Z|[A-Z]{3,4}|(?:GMT|UTC)?[+-][0-9]{2}(?::?[0-9]{2})?)?(?:\[[A-Za-z_/+-]{1,40}\]| \([A-Za-z /-]{1,40}\))?"
)
_DAY_OF_XML = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})")
# 20210401T101500Z and 20210401101500: ISO 8601 basic format, and LDAP's generalised time.
_BASIC = re.compile(r"([0-9]{8})T?([0-9]{2})([0-9]{2})([0-9]{2})(?:\.[0-9]+)?(Z?)")
# The time before the year: C's ctime(), Java's Date.toString().
_YEAR_AFTER_TIME = re.compile(r"(.{3,12}) ([0-9]{1,2}:[0-9]{2}:[0-9]{2}(?: [A-Z]{3,4})?) ([0-9]{4})")
# The abbreviations that mean one offset only, or that RFC 5322 gives one; BST and IST are left out.
_ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "MEZ": 1, "WEST": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "JST": 9, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


class Clock(NamedTuple):
    """`day_text`: what is left of the text; `time`, `offset` from UTC; `next_day`: 24:00, the end of the day."""

    day_text: str
    time: time = MIDNIGHT
    offset: timedelta = timedelta()
    next_day: bool = False


def split_time(text: str) -> Clock:
    """The day's text and the time after it; midnight and no offset where there is no readable time.

    >>> split_time("1980-04-03T23:30:00+02:00")[:2]
    ('1980-04-03', datetime.time(23, 30))
    """
    if len(text) <= 10:
        return Clock(text)
    xml = _DAY_OF_XML.fullmatch(text)
    if xml:
        return Clock(xml[1], offset=_offset(xml[2]) or timedelta())
    text = _YEAR_AFTER_TIME.sub(r"\1 \3 \2", _BASIC.sub(r"\1 \2:\3:\4\5", text)) if len(text) <= 40 else text
    match = _TIME.search(text)
    if not match or match.end() != len(text):
        return Clock(text)
    hour, minute, second, fraction, half, only_hour, only_half, zone = match.groups()
    offset = _offset(zone)
    hours = _hours(int(hour or only_hour), half or only_half)
    ends_the_day = hours == 24 and not int(minute or 0) and not int(second or 0)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    try:
        clock = time(0 if ends_the_day else hours, int(minute or 0), int(second or 0), micro)
    except ValueError:
        return Clock(text)
    if offset is None:
        return Clock(text)
    return Clock(text[: match.start()].rstrip(" ,"), clock, offset, ends_the_day)


def _hours(hours: int, half: str | None) -> int:
    if half and 1 <= hours <= 12:
        return hours % 12 + (12 if half[0] in "Pp" else 0)
    return hours


def _offset(zone: str | None) -> timedelta | None:
    """Of `Z`, `+02:00`, `CEST`; None of an abbreviation that could be several."""
    if not zone or zone == "Z":
        return timedelta()
    if zone in _ZONES:
        return timedelta(hours=_ZONES[zone])
    sign = zone.removeprefix("GMT").removeprefix("UTC")
    if sign[:1] not in ("+", "-"):
        return None
    digits = sign[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60:
        return timedelta()
    return timedelta(minutes=-minutes if sign[0] == "-" else minutes)
