"""The headline figures with their bounds, as `quality.headline` holds them."""

from __future__ import annotations

from typing import NamedTuple

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.charts import finite

_FIGURES = "select name, scope, value, low, high, denominator, explanation from quality.headline"


class Figure(NamedTuple):
    """A figure; a share runs from 0 to 1 of `denominator`. `low` and `high` bound what nobody has decided yet."""

    value: float | None
    low: float | None
    high: float | None
    denominator: int | None
    explanation: str


def read_figures(tables: Tables) -> dict[tuple[str, str], Figure]:
    """Figures by (name, scope), as documented in docs/scores.md; empty when none were computed."""
    return {
        (name, scope): Figure(finite(value), finite(low), finite(high), *rest)
        for name, scope, value, low, high, *rest in tables.rows(("quality.headline",), _FIGURES)
    }
