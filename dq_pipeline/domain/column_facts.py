"""What the values of a column look like, measured once, for rules to be proposed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# What a text may look like, the narrowest first (RE2 syntax); the names are those of the evidence.
FORMATS: Mapping[str, str] = {
    "a UUID": r"[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    "a date, year first": r"\d{4}-\d\d-\d\d",
    "a date and time, year first": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?",
    "an e-mail address": r"[^@\s]+@[^@\s]+\.[^@\s.]+",
    "a phone number in E.164": r"\+\d{7,15}",
    "digits": r"\d+",
    "a number": r"-?(0|[1-9]\d*)(\.\d+)?",
    "capitals and digits": r"[A-Z0-9_-]+",
    "letters and digits": r"[0-9A-Za-z]+",
}
# Those whose length may be fixed as well.
CLASSES = {"digits": r"\d", "capitals and digits": "[A-Z0-9_-]", "letters and digits": "[0-9A-Za-z]"}
NUMBER = "a number"
# How a day may be written (strptime), by the order of its parts; what DuckDB reads by itself is ''.
DAY_FORMATS: Mapping[str, tuple[str, ...]] = {
    "ymd": ("", "%Y%m%d", "%Y/%m/%d"),
    "dmy": ("", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d%m%Y"),
    "mdy": ("", "%m/%d/%Y", "%m-%d-%Y", "%m%d%Y"),
}
# A column of more different values is no drop-down.
MOST_ALLOWED = 25
# A value must stand in so many rows to be taken for one of a drop-down: a slip stands in few, and a person's in one.
LEAST_ROWS_OF_ALLOWED = 5


@dataclass(frozen=True)
class ColumnFacts:
    """What is known of a column. `filled`: rows that are neither NULL nor blank; `blank`: rows with blank
    text; `formats`: format -> filled rows that have it; `day_format`: how its dates are written, None if it has none;
    `years`: first and last year of these, `dates_ahead` whether any lies in the future; `numbers`: least and greatest;
    `common`: values with their rows, only where they may be shown; `allowed`: those the contract lists.
    """

    name: str
    is_text: bool
    rows: int
    filled: int
    blank: int
    distinct: int
    lengths: tuple[int, int]
    formats: Mapping[str, int]
    day_format: str | None = None
    years: tuple[int, int] = (0, 0)
    dates_ahead: bool = False
    numbers: tuple[float, float] | None = None
    common: tuple[tuple[str, int], ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What came of running a rule: the rows it is about, those that conform, the distinct values of its column."""

    seen: int
    conforming: int
    distinct: int = 0

    @property
    def share(self) -> float:
        return self.conforming / self.seen if self.seen else 0.0


@dataclass(frozen=True)
class Threshold:
    """A rule is proposed when at least `rows` rows were looked at and the share `share` of them conforms."""

    share: float
    rows: int

    def met(self, evidence: Evidence) -> bool:
        return evidence.seen >= self.rows and evidence.share >= self.share


def quoted(name: str) -> str:
    """A column name as SQL; braces doubled, because a rule's SQL is filled in by `str.format`."""
    return '"' + name.replace('"', '""').replace("{", "{{").replace("}", "}}") + '"'


def day_of(column: ColumnFacts) -> str:
    """The SQL expression of the moment that a column's text means, NULL where it means none."""
    text = f"{quoted(column.name)}::varchar"
    return f"try_strptime({text}, '{column.day_format}')" if column.day_format else f"try_cast({text} as timestamp)"


def unbraced(sql: str) -> str:
    """The SQL of `quoted` and `day_of` for where nothing is filled in by `str.format`."""
    return sql.replace("{{", "{").replace("}}", "}")
