"""The forms a day is written in, and the days each can mean. Impossible days are among them; the caller tells."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from dq_pipeline.domain.parsing.month_names import month_number
from dq_pipeline.domain.parsing.text import fold

YearMonthDay = tuple[int, int, int]

_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. _]([0-9]{1,2})[-/. _]([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. _]+([0-9]{1,2})[-/. _]+([0-9]{4}|[0-9]{2})")
_ROMAN_MONTH = re.compile(r"([0-9]{1,2})[-/. ]+([IVX]{1,4})[-/. ]+([0-9]{4}|[0-9]{2})")
_ISO_WEEK_DATE = re.compile(r"([0-9]{4})-?W([0-9]{2})-?([1-7])")
_ISO_ORDINAL = re.compile(r"([0-9]{4})-([0-9]{3})")
_WORDS = re.compile(r"[^\W\d_]+\.?|[0-9]+")
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th|er|º|ª|°)\b")
_ROMAN = {
    name: number
    for number, name in enumerate(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"), 1)
}
_BELIEVABLE = range(1800, 2101)
_LONGEST = 60


class Found(NamedTuple):
    """(year, month, day) readings in the order of preference. `open`: they cannot be told apart; `other_order`: only
    a reading against the order of the source is a day.
    """

    readings: tuple[YearMonthDay, ...] = ()
    open: bool = False
    other_order: bool = False


def find_day(text: str, order: str, latest_year: int) -> Found:
    """Every day the text can mean; nothing when it is written in no form that names one.

    >>> find_day("3.IV.1980", "ymd", 2026).readings
    ((1980, 4, 3),)
    """
    match = _YEAR_FIRST.fullmatch(text)
    if match:
        return Found(((int(match[1]), int(match[2]), int(match[3])),))
    match = _YEAR_LAST.fullmatch(text)
    if match:
        return _two_numbers_and_year(text, match, order, latest_year)
    if text.isdigit():
        return _digits_only(text, order, latest_year) if 6 <= len(text) <= 8 else Found()
    return _counted(text, latest_year) or _named_month(text, latest_year)


def to_day(year: int, month: int, day: int) -> date | None:
    """The day of the calendar, or None where it has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(text: str, latest_year: int) -> int:
    """Two digits as the latest such year not after `latest_year`; four as they are."""
    if len(text) == 4:
        return int(text)
    year = latest_year - latest_year % 100 + int(text)
    return year if year <= latest_year else year - 100


def words_of(text: str) -> tuple[list[str], list[int]]:
    """(the numbers, the months named) in a text."""
    words = _WORDS.findall(_ORDINAL.sub("", text[:_LONGEST]))
    months = [number for word in words if not word.isdigit() and (number := month_number(fold(word)))]
    return [word for word in words if word.isdigit()], months


def _two_numbers_and_year(text: str, match: re.Match[str], order: str, latest_year: int) -> Found:
    first, second, last = match.groups()
    if int(first) > 31 and len(last) == 2:  # 80-04-03
        return Found(((full_year(first, latest_year), int(second), int(last)),))
    if order == "ymd" and text.count(".") == 2:
        order = "dmy"  # nobody writes the month first with dots between
    found = _day_and_month(int(first), int(second), full_year(last, latest_year), order)
    if found.open and len(first) == len(last) == 2:  # 03-04-05 may begin with its year too
        year_first = (full_year(first, latest_year), int(second), int(last))
        return found._replace(readings=(*found.readings, year_first))
    return found


def _day_and_month(first: int, second: int, year: int, order: str) -> Found:
    """Day first and month first, whichever are days of the calendar, in the order of the source."""
    readings = [(year, second, first), (year, first, second)]
    if order == "mdy":
        readings.reverse()
    possible = tuple(reading for reading in readings if to_day(*reading)) or tuple(readings)
    return Found(possible, open=order == "ymd", other_order=order != "ymd" and possible[0] != readings[0])


def _digits_only(text: str, order: str, latest_year: int) -> Found:
    if len(text) == 8:
        return _eight_digits(text, order)
    return _seven_digits(text, order) if len(text) == 7 else _six_digits(text, order, latest_year)


def _eight_digits(text: str, order: str) -> Found:
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
    good = [ymd for ymd in candidates if to_day(*ymd) and ymd[0] in _BELIEVABLE]
    good = good or [ymd for ymd in candidates if to_day(*ymd)]
    if not good:
        return Found(tuple(candidates))
    is_open = order == "ymd" and good[0] != year_first
    return Found(tuple(good if is_open else good[:1]), open=is_open)


def _seven_digits(text: str, order: str) -> Found:
    """Eight digits of which a spreadsheet took the zero in front, or a year and the day of the year (2026123)."""
    ordinal = _day_of_year(int(text[:4]), int(text[4:]))
    padded = _eight_digits("0" + text, order).readings
    candidates = [ymd for ymd in (*padded, *ordinal) if to_day(*ymd) and ymd[0] in _BELIEVABLE]
    return Found(tuple(candidates) or padded, open=True)


def _six_digits(text: str, order: str, latest_year: int) -> Found:
    """DDMMYY, MMDDYY or YYMMDD: the order of the source, else whichever are days."""
    first, second, third = text[:2], text[2:4], text[4:]
    by_order = {
        "dmy": (full_year(third, latest_year), int(second), int(first)),
        "mdy": (full_year(third, latest_year), int(first), int(second)),
        "": (full_year(first, latest_year), int(second), int(third)),
    }
    own = by_order.get(order)
    if own and to_day(*own):
        return Found((own,))
    possible = tuple(ymd for ymd in by_order.values() if to_day(*ymd))
    return Found(possible, open=True, other_order=own is not None)


def _counted(text: str, latest_year: int) -> Found | None:
    """ISO 8601 week dates (2026-W07-3) and ordinal dates (2026-123), and Roman months (3.IV.1980)."""
    match = _ISO_ORDINAL.fullmatch(text)
    if match:
        return Found(_day_of_year(int(match[1]), int(match[2])) or ((int(match[1]), 0, 0),))
    match = _ISO_WEEK_DATE.fullmatch(text)
    if match:
        try:
            day = date.fromisocalendar(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return Found(((int(match[1]), 0, 0),))
        return Found(((day.year, day.month, day.day),))
    match = _ROMAN_MONTH.fullmatch(text)
    if match and match[2] in _ROMAN:
        return Found(((full_year(match[3], latest_year), _ROMAN[match[2]], int(match[1])),))
    return None


def _day_of_year(year: int, number: int) -> tuple[YearMonthDay, ...]:
    start = to_day(year, 1, 1)
    if start is None or not 1 <= number <= 366 or year >= date.max.year:
        return ()
    day = date.fromordinal(start.toordinal() + number - 1)
    return ((day.year, day.month, day.day),) if day.year == year else ()


def _named_month(text: str, latest_year: int) -> Found:
    numbers, months = words_of(text)
    if len(months) != 1 or len(numbers) != 2:
        return Found()
    first, last = numbers
    if len(first) == 4:
        return Found(((int(first), months[0], int(last)),)) if len(last) <= 2 else Found()
    if len(first) > 2 or len(last) not in (2, 4):
        return Found()
    return Found(((full_year(last, latest_year), months[0], int(first)),))
