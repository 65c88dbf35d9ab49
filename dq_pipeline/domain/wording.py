"""Numbers as a reader sees them, and the one sentence the product exists for. English, UTC."""

from __future__ import annotations

from datetime import datetime

from dq_pipeline.domain.charts import round_down, shown_score

NOT_MEASURED = "not measured"
MINUS = "\N{MINUS SIGN}"


def count_text(value: int | None) -> str:
    """`10,000`; "not measured" for None."""
    return NOT_MEASURED if value is None else f"{value:,}"


def plural(value: int | None, singular: str, several: str = "") -> str:
    """`1 record`, `2 records`; "not measured" for None."""
    if value is None:
        return NOT_MEASURED
    return f"{value:,} {singular if value == 1 else several or singular + 's'}"


def score_text(value: float | None, coverage: float, digits: int = 1) -> str:
    """A score rounded down to a tenth, or so many digits: `99.9`; `100` only when nothing failed at full coverage."""
    shown = shown_score(value, coverage, digits)
    if shown is None:
        return NOT_MEASURED
    return "100" if shown == 100 else f"{shown:.{digits}f}"


def level_text(value: float | None) -> str:
    """A figure on the scale of scores that is not bound to it, rounded down to a hundredth; a dash for None."""
    return "\N{EN DASH}" if value is None else f"{round_down(value, 2):.2f}"


def percent_text(share: float | None) -> str:
    """A share of 1 as per cent, rounded down: `85%`, `3.2%`; never `0%` for something, nor `100%` for less than all."""
    if share is None:
        return NOT_MEASURED
    if share <= 0:
        return "0%"
    if share < 0.001:
        return "<0.1%"
    percent = 100 * share
    return f"{round_down(percent, 0):.0f}%" if percent >= 10 else f"{round_down(percent):.1f}%"


def tenth_text(share: float | None) -> str:
    """A share of 1 as per cent to a tenth, rounded down: `25.3%`. For shares that are compared with each other."""
    return NOT_MEASURED if share is None else f"{round_down(100 * share):.1f}%"


def hours_text(hours: float | None) -> str:
    """A length of time in its largest fitting unit: `40 min`, `5.0 h`, `3.2 days`; a dash for None."""
    if hours is None:
        return "–"
    if hours < 1:
        return f"{round(60 * hours)} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def part_text(part: int | None, whole: int | None) -> str:
    """`part` of `whole` as per cent; "not measured" when there is no whole."""
    return NOT_MEASURED if part is None or not whole else percent_text(part / whole)


def points_text(value: float | None) -> str:
    """Points lost, to a hundredth."""
    if value is None:
        return NOT_MEASURED
    return "<0.01" if 0 < value < 0.01 else f"{value:.2f}"


def change_text(value: float | None) -> str:
    """A change with its sign: `+0.7`, `−0.3`, `±0.0`; empty when there is nothing to compare with."""
    if value is None:
        return ""
    rounded = round(value, 1)
    if not rounded:
        return "±0.0"
    return f"{'+' if rounded > 0 else MINUS}{abs(rounded):.1f}"


def day_text(moment: datetime | None) -> str:
    """`22 Nov 2026`."""
    return "" if moment is None else f"{moment.day} {moment:%b %Y}"


def short_day_text(moment: datetime | None) -> str:
    """`22 Nov`: where the year is said elsewhere."""
    return "" if moment is None else f"{moment.day} {moment:%b}"


def moment_text(moment: datetime | None) -> str:
    """`22 Nov 2026, 02:10 UTC`; the time is taken to be UTC."""
    return "" if moment is None else f"{day_text(moment)}, {moment:%H:%M} UTC"


def age_text(moment: datetime | None, now: datetime) -> str:
    """How long ago: `today`, `5 days ago`."""
    if moment is None:
        return ""
    days = (now - moment).days
    return "today" if days <= 0 else plural(days, "day") + " ago"


def headline_sentences(records: int | None, customers: int | None) -> tuple[str, str]:
    """The sentence of the product, in its two halves: what you think, and what you have."""
    if not records:
        return "No customer record has been loaded.", "There is nothing to count yet."
    think = f"You think you have {plural(records, 'customer')}."
    if customers is None:
        return think, "How many there really are has not been measured."
    return think, f"You have {count_text(customers)}."
