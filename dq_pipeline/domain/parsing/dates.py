"""Dates and moments in the forms CRMs and people write, told apart from the impossible and the made-up.

Day and month are never guessed: where a text can be read both ways, the order of the source decides, and where the
source has none the date stays open (`ambiguous`) with all readings listed. Years of other calendars (Buddhist, Hijri)
are no years of ours and are not converted; those of Japanese and Taiwanese eras name their era and are.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from dq_pipeline.domain.parsing.date_clock import Clock, split_time
from dq_pipeline.domain.parsing.date_forms import find_day, full_year, to_day, words_of
from dq_pipeline.domain.parsing.placeholders import is_placeholder
from dq_pipeline.domain.parsing.text import Status, ascii_digits, tidy

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
_SHORT_DATE = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}")
_ABOUT_YEAR = re.compile(
    r"(?:(?:c|ca|circa|about|abt|approx|around|um|etwa|vers|hacia|born|geb|~)\.?\s?)?([0-9]{4})|([0-9]{4})\?",
    re.IGNORECASE,
)
_YEAR_MONTH = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})|([0-9]{1,2})[-/. ]([0-9]{4})")
_MONTH_SHORT_YEAR = re.compile(r"(0?[1-9]|1[0-2])[-/](3[2-9]|[4-9][0-9])")
# The parts that are not known written as zeros: 1980-04-00, 00.00.1980.
_UNKNOWN_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{2})[-/.]00|00[-/.]([0-9]{2})[-/.]([0-9]{4})")
_SPREADSHEET = re.compile(r"([1-9][0-9]{3,4})(?:[.,][0-9]{1,12})?")
_EPOCH = re.compile(r"(1[0-9]{9})(?:[0-9]{3})?")
_EAST_ASIAN_MARKS = re.compile(r"\s*(年|月|년|월|日|일)\s*")
_ERA = re.compile(r"(明治|大正|昭和|平成|令和|民國|民国|[MTSHR](?=[0-9]{1,2}[./-]))\s*([0-9]{1,3}|元)")
_ERAS = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019, "民國": 1912, "民国": 1912}
_ERAS |= {"M": 1868, "T": 1912, "S": 1926, "H": 1989, "R": 2019}
# Day 0 of the 1900 system as it counts from its day 61 on: it took 1900 for a leap year, so that its earlier days are
# one off; no birthdate or moment of a customer is as early.
_SPREADSHEET_START = date(1899, 12, 30)
_LATEST_SPREADSHEET_DAY = 60_000


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


def parse_date(raw: str, order: str, latest_year: int) -> ParsedDate:
    """One date or moment. `order` of day and month where the text leaves it open: `dmy`, `mdy`, or `ymd` (the source
    has none). `latest_year`: a two-digit year is the latest one not after it.

    `reason`: `unreadable`, `no_such_day`, `ambiguous`, `only_year`, `only_month`, `placeholder_date`,
    `placeholder_word`; `spreadsheet_day` (the day number of a spreadsheet) and `epoch_seconds` (Unix time), not
    applied, with the day they mean in `readings`; of a valid one `other_order` (it is no day in the order of the
    source).

    >>> parse_date("03.04.85", "dmy", 2026).value
    datetime.date(1985, 4, 3)
    >>> parse_date("30000", "dmy", 2026).readings
    (datetime.date(1982, 2, 18),)
    """
    text = _western(ascii_digits(tidy(raw)))
    if _FILLERS.fullmatch(text):
        return ParsedDate(None, "placeholder", "placeholder_date")
    if is_placeholder(text) and not (_SHORT_DATE.fullmatch(text) and len(text) < 8):  # 1/1/11 is a date
        return ParsedDate(None, "placeholder", "placeholder_word")
    clock = split_time(text)
    found = find_day(clock.day_text, order, latest_year)
    days = tuple(dict.fromkeys(day for ymd in found.readings if (day := to_day(*ymd))))
    if not days:
        return _partial(clock.day_text, latest_year, found.readings != ())
    if found.open and len(days) > 1:
        years = {day.year for day in days}
        year = years.pop() if len(years) == 1 else None
        return ParsedDate(None, "invalid", "ambiguous", year=year, precision="year", readings=days)
    return _settled(days[0], clock, "other_order" if found.other_order else "")


def _western(text: str) -> str:
    """The text with the years of eras and the marks of East Asian dates as numbers and hyphens."""
    if text.isascii() and text[:1] not in "MTSHR":
        return text
    text = _ERA.sub(_year_of_era, text, count=1)
    return _EAST_ASIAN_MARKS.sub(lambda mark: "" if mark[1] in "日일" else "-", text).rstrip("-")


def _year_of_era(match: re.Match[str]) -> str:
    return str(_ERAS[match[1]] + (1 if match[2] == "元" else int(match[2])) - 1)


def _settled(day: date, clock: Clock, note: str) -> ParsedDate:
    try:
        local = datetime.combine(day, clock.time, timezone(clock.offset)) + timedelta(days=clock.next_day)
        moment = local.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        moment = datetime.combine(day, clock.time)
    dummy = day in _PLACEHOLDER_DATES
    status: Status = "placeholder" if dummy else "valid"
    return ParsedDate(day, status, "placeholder_date" if dummy else note, moment, day.year, day.month, "day", (day,))


def _partial(text: str, latest_year: int, names_a_day: bool) -> ParsedDate:
    """A year, or a year and a month: kept as far as it goes; else the numbers that stand for a day."""
    known = _known_parts(text, latest_year)
    if known is None:
        stands_for = None if names_a_day else _stands_for_a_day(text)
        return stands_for or ParsedDate(None, "invalid", "no_such_day" if names_a_day else "unreadable")
    year, month = known
    if month > 12:
        return ParsedDate(None, "invalid", "no_such_day")
    if month == 0:
        return ParsedDate(None, "invalid", "only_year", year=year, precision="year")
    return ParsedDate(None, "invalid", "only_month", year=year, month=month, precision="month")


def _known_parts(text: str, latest_year: int) -> tuple[int, int] | None:
    """(year, month or 0) of a date without its day; None where there is no believable year."""
    about = _ABOUT_YEAR.fullmatch(text)
    if about:
        year, month = about[1] or about[2], "0"
    elif match := _UNKNOWN_DAY.fullmatch(text) or _YEAR_MONTH.fullmatch(text):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
    else:
        year, month = _month_and_year(text)
    if not year or (len(year) == 4 and not 1000 <= int(year) <= 2100):
        return None
    return full_year(year, latest_year), int(month)


def _month_and_year(text: str) -> tuple[str, str]:
    """(year, month) of "March 1980", "Apr '80" and "04-80"; two digits are a year where they can be no day."""
    match = _MONTH_SHORT_YEAR.fullmatch(text)
    if match:
        return match[2], match[1]
    numbers, months = words_of(text)
    if len(numbers) != 1 or len(months) != 1:
        return "", ""
    is_year = len(numbers[0]) == 4 or (len(numbers[0]) == 2 and (int(numbers[0]) > 31 or "'" in text))
    return (numbers[0], str(months[0])) if is_year else ("", "")


def _stands_for_a_day(text: str) -> ParsedDate | None:
    serial, epoch = _SPREADSHEET.fullmatch(text), _EPOCH.fullmatch(text)
    if serial and int(serial[1]) < _LATEST_SPREADSHEET_DAY:
        day = _SPREADSHEET_START + timedelta(days=int(serial[1]))
        return ParsedDate(None, "invalid", "spreadsheet_day", readings=(day,))
    if epoch:
        day = datetime.fromtimestamp(int(epoch[1]), UTC).date()
        return ParsedDate(None, "invalid", "epoch_seconds", readings=(day,))
    return None
