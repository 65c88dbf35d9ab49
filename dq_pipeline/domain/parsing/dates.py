"""Dates and moments in the forms CRMs and people write, told apart from the impossible and the made-up.

Day and month are never guessed: where a text can be read both ways, the order of the source decides, and where the
source has none the date stays open (`ambiguous`) with both readings listed.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from dq_pipeline.domain.parsing.month_names import month_number
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, ascii_digits, fold, tidy

# What systems write when they have no date: the first day of an epoch or calendar, or the last one.
_PLACEHOLDER_DATES = frozenset(
    date(*ymd)
    for ymd in (
        (1, 1, 1),
        (1111, 11, 11),
        (1753, 1, 1),
        (1899, 12, 30),
        (1899, 12, 31),
        (1900, 1, 1),
        (1970, 1, 1),
        (2999, 12, 31),
        (9999, 12, 31),
        (9999, 9, 9),
    )
)
_FILLERS = re.compile(r"(?:0+|9+)(?:[^0-9]+(?:0+|9+)){0,2}")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4}|[0-9]{2})")
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_YEAR_ONLY = re.compile(r"[0-9]{4}")
_YEAR_MONTH = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})|([0-9]{1,2})[-/.]([0-9]{4})")
_WORDS = re.compile(r"[^\W\d_]+\.?|[0-9]+")
_TIME = re.compile(
    r"[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*"
    r"(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th|er|º|ª|°)\b")
_EAST_ASIAN_MARKS = re.compile(r"\s*(年|月|년|월|日|일)\s*")
_MIDNIGHT = time()


class ParsedDate(NamedTuple):
    """`value`: the day; `moment`: the instant in UTC, naive (midnight where no time was given; a time without zone is
    taken as UTC); `precision`: `day`, `month` or `year` (`value` is NULL unless `day`); `readings`: every day the
    text can mean, more than one only where nothing decides between them.
    """

    value: date | None
    status: Status
    reason: str
    moment: datetime | None = None
    year: int | None = None
    month: int | None = None
    precision: str | None = None
    readings: tuple[date, ...] = ()


def _dash(mark: re.Match[str]) -> str:
    return "" if mark[1] in "日일" else "-"


class _Found(NamedTuple):
    """(year, month, day) readings in the order of preference. `open`: the first two cannot be told apart;
    `other_order`: only the reading against the order of the source is a day.
    """

    readings: tuple[tuple[int, int, int], ...] = ()
    open: bool = False
    other_order: bool = False


def parse_date(raw: str, order: str, latest_year: int) -> ParsedDate:
    """One date or moment. `order` of day and month where the text leaves it open: `dmy`, `mdy`, or `ymd` (the source
    has none). `latest_year`: a two-digit year is the latest one not after it.

    `reason`: `unreadable`, `no_such_day`, `ambiguous`, `only_year`, `only_month`, `spreadsheet_day`,
    `placeholder_date`, `placeholder_word`; of a valid one `other_order` (it is no day in the order of the source).

    >>> parse_date("03.04.85", "dmy", 2026).value
    datetime.date(1985, 4, 3)
    """
    text = _EAST_ASIAN_MARKS.sub(_dash, ascii_digits(tidy(raw)))
    if _FILLERS.fullmatch(text):
        return ParsedDate(None, "placeholder", "placeholder_date")
    if is_placeholder(text):
        return ParsedDate(None, "placeholder", "placeholder_word")
    day_text, clock, offset = _split_time(text)
    found = _find(day_text, order, latest_year)
    days = tuple(dict.fromkeys(day for ymd in found.readings if (day := _day(*ymd))))
    if not days:
        return _partial(day_text) if not found.readings else ParsedDate(None, "invalid", "no_such_day")
    if found.open and len(days) > 1:
        years = {day.year for day in days}
        year = years.pop() if len(years) == 1 else None
        return ParsedDate(None, "invalid", "ambiguous", year=year, precision="year", readings=days)
    return _settled(days[0], clock, offset, "other_order" if found.other_order else "")


def _settled(day: date, clock: time, offset: timedelta, note: str) -> ParsedDate:
    try:
        moment = datetime.combine(day, clock, timezone(offset)).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        moment = datetime.combine(day, clock)
    dummy = day in _PLACEHOLDER_DATES
    status: Status = "placeholder" if dummy else "valid"
    return ParsedDate(day, status, "placeholder_date" if dummy else note, moment, day.year, day.month, "day", (day,))


def _split_time(text: str) -> tuple[str, time, timedelta]:
    """(the day's text, time of day, offset from UTC); midnight and no offset where there is no readable time."""
    match = _TIME.search(text)
    if not match or match.end() != len(text):
        return text, _MIDNIGHT, timedelta()
    hour, minute, second, fraction, half, zone = match.groups()
    hours = int(hour)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    try:
        clock = time(hours, int(minute), int(second or 0), micro)
    except ValueError:
        return text, _MIDNIGHT, timedelta()
    return text[: match.start()].rstrip(" ,"), clock, _offset(zone)


def _offset(zone: str | None) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes) if minutes < 24 * 60 else timedelta()


def _find(text: str, order: str, latest_year: int) -> _Found:
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        year, month, day = map(int, match.groups())
        return _Found(((year, month, day),))
    match = _YEAR_LAST.fullmatch(text)
    if match:
        first, second = int(match[1]), int(match[2])
        if order == "ymd" and text.count(".") == 2:
            order = "dmy"  # nobody writes the month first with dots between
        return _day_and_month(first, second, _full_year(match[3], latest_year), order)
    if _EIGHT_DIGITS.fullmatch(text):
        return _eight_digits(text, order)
    return _named_month(text, latest_year)


def _day_and_month(first: int, second: int, year: int, order: str) -> _Found:
    """Day first and month first, whichever are days of the calendar, in the order of the source."""
    readings = [(year, second, first), (year, first, second)]
    if order == "mdy":
        readings.reverse()
    possible = tuple(reading for reading in readings if _day(*reading)) or tuple(readings)
    return _Found(possible, open=order == "ymd", other_order=order != "ymd" and possible[0] != readings[0])


def _eight_digits(text: str, order: str) -> _Found:
    """YYYYMMDD, DDMMYYYY or MMDDYYYY: those with a believable year, the order of the source first."""
    year_first = (int(text[:4]), int(text[4:6]), int(text[6:]))
    day_first = (int(text[4:]), int(text[2:4]), int(text[:2]))
    month_first = (int(text[4:]), int(text[:2]), int(text[2:4]))
    by_order = {
        "ymd": [year_first, day_first, month_first],
        "dmy": [day_first, year_first, month_first],
        "mdy": [month_first, year_first, day_first],
    }
    candidates = by_order.get(order, by_order["ymd"])
    good = [ymd for ymd in candidates if _day(*ymd) and 1800 <= ymd[0] <= 2100]
    good = good or [ymd for ymd in candidates if _day(*ymd)]
    if not good:
        return _Found(tuple(candidates))
    is_open = order == "ymd" and good[0] != year_first
    return _Found(tuple(good if is_open else good[:1]), open=is_open)


def _named_month(text: str, latest_year: int) -> _Found:
    words = _WORDS.findall(_ORDINAL.sub("", text))
    months = [number for word in words if not word.isdigit() and (number := month_number(fold(word)))]
    numbers = [word for word in words if word.isdigit()]
    if len(months) != 1 or len(numbers) != 2:
        return _Found()
    first, last = numbers
    if len(first) == 4:
        return _Found(((int(first), months[0], int(last)),)) if len(last) <= 2 else _Found()
    if len(first) > 2 or len(last) not in (2, 4):
        return _Found()
    return _Found(((_full_year(last, latest_year), months[0], int(first)),))


def _partial(text: str) -> ParsedDate:
    """A year, or a year and a month: kept as far as it goes."""
    if _YEAR_ONLY.fullmatch(text) and 1000 <= int(text) <= 2100:
        return ParsedDate(None, "invalid", "only_year", year=int(text), precision="year")
    match = _YEAR_MONTH.fullmatch(text)
    numbers = [word for word in _WORDS.findall(text) if word.isdigit()]
    names = [number for word in _WORDS.findall(text) if (number := month_number(fold(word)))]
    if match:
        year, month = (int(match[1]), int(match[2])) if match[1] else (int(match[4]), int(match[3]))
    elif len(numbers) == 1 and len(numbers[0]) == 4 and len(names) == 1:
        year, month = int(numbers[0]), names[0]
    else:
        serial = re.fullmatch(r"[1-5][0-9]{4}(?:\.0+)?", text)
        return ParsedDate(None, "invalid", "spreadsheet_day" if serial else "unreadable")
    if not (1 <= month <= 12 and 1000 <= year <= 2100):
        return ParsedDate(None, "invalid", "no_such_day")
    return ParsedDate(None, "invalid", "only_month", year=year, month=month, precision="month")


def _full_year(text: str, latest_year: int) -> int:
    if len(text) == 4:
        return int(text)
    year = latest_year - latest_year % 100 + int(text)
    return year if year <= latest_year else year - 100


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
