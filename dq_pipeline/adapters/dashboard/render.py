"""Draws the dashboard: one HTML file with everything in it, which asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dq_pipeline.adapters.dashboard.lineage import Picture, draw_lineage
from dq_pipeline.domain import charts, wording
from dq_pipeline.domain.dashboard import ConsentPurpose, DashboardData, Impact, Scope, TrendPoint

HERE = Path(__file__).parent
# Owners are whoever the source records name: hundreds, where every agent owns records.
OWNERS_SHOWN = 8
IMPACTS_SHOWN = 10
LARGEST_SIZE = 8


def render_dashboard(data: DashboardData) -> str:
    """The page as HTML: the same data gives the same bytes.

    Every text is escaped, wherever it came from. A Content-Security-Policy names the hashes of the page's own
    style and script, so that a browser would run or fetch nothing else even if an escape were missing.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    style = (HERE / "style.css").read_text(encoding="utf-8")
    script = (HERE / "script.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(template_helpers())
    return environment.get_template("page.html.j2").render(
        data=data,
        view=build_view(data),
        style=Markup(style),
        script=Markup(script),
        policy=content_policy(style, script),
    )


def template_helpers() -> dict[str, Any]:
    """Wording and geometry that the templates call."""
    names = [name for name in vars(wording) if name.endswith("_text")]
    return {
        **{name: getattr(wording, name) for name in names},
        "plural": wording.plural,
        "stack": charts.stack,
        "sparkline": charts.sparkline,
        "heat_class": charts.heat_class,
        "NOT_MEASURED": wording.NOT_MEASURED,
    }


def content_policy(style: str, script: str) -> str:
    """A Content-Security-Policy that allows this very style and script, and nothing else."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


@dataclass(frozen=True)
class TrendChart:
    """The overall score over the versions: x in per cent of the width, y in pixels (None: not measured)."""

    axis: charts.Axis
    xs: tuple[float, ...]
    ys: tuple[float | None, ...]
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True)
class View:
    """What the templates need beside the data itself: geometry, sums and folded tails."""

    think: str
    have: str
    waterfall: tuple[charts.Segment, ...]
    trend: TrendChart | None
    lost_scale: float
    sizes: tuple[tuple[str, int], ...]
    owners: tuple[Scope, ...]
    impacts: tuple[Impact, ...]
    other_points: float
    other_columns: int
    rule_counts: dict[str, int]
    marketing_email: ConsentPurpose | None
    lineage: Picture


def build_view(data: DashboardData) -> View:
    """Everything drawn that is not simply said."""
    headline = data.headline
    think, have = wording.headline_sentences(headline.records, headline.customers)
    losses = (headline.repeated or 0, headline.across or 0, headline.unlinked)
    rest = data.impacts[IMPACTS_SHOWN:]
    outcomes = [rule.outcome for rule in data.rules]
    return View(
        think=think,
        have=have,
        waterfall=charts.waterfall(headline.records or 0, losses),
        trend=_trend(data.trend),
        lost_scale=_largest_loss((*data.dimensions, *data.sources, *data.owners[:OWNERS_SHOWN])),
        sizes=fold_tail(data.duplicates.sizes, LARGEST_SIZE),
        owners=data.owners[:OWNERS_SHOWN],
        impacts=data.impacts[:IMPACTS_SHOWN],
        other_points=sum(impact.points for impact in rest),
        other_columns=len(rest),
        rule_counts={outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)},
        marketing_email=next((row for row in data.consents if row.purpose == "marketing_email"), None),
        lineage=draw_lineage(data),
    )


def _trend(points: tuple[TrendPoint, ...]) -> TrendChart | None:
    """None until two versions were measured: one point is no trend."""
    known = [point.score.value for point in points if point.score.value is not None]
    if len(known) < 2:
        return None
    axis = charts.score_axis(known, top=14, bottom=186)
    ys = tuple(None if point.score.value is None else axis.y(point.score.value) for point in points)
    return TrendChart(axis, charts.spread(len(points)), ys, points)


def _largest_loss(scopes: Sequence[Scope]) -> float:
    """Points that fill a whole bar; at least 5, so that a tenth of a point does not look like a disaster."""
    return math.ceil(max([5.0, *(100 - scope.score.value for scope in scopes if scope.score.value is not None)]))


def fold_tail(sizes: Sequence[tuple[int, int]], limit: int) -> tuple[tuple[str, int], ...]:
    """(label, customers) for 1, 2, … and `limit` or more; sizes nobody has in between count nought."""
    if not sizes:
        return ()
    found = dict(sizes)
    last = min(max(found), limit)
    rows = [(str(size), found.get(size, 0)) for size in range(1, last + 1)]
    tail = sum(count for size, count in found.items() if size >= limit)
    return (*rows[:-1], (f"{limit} or more", tail)) if max(found) > limit else tuple(rows)
