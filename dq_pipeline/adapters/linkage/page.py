"""Draws the page about a run's linkage: one HTML file in the look of the dashboard, which asks nobody for anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_pipeline.adapters.dashboard.render import HERE as DASHBOARD
from dq_pipeline.adapters.dashboard.render import content_policy, template_helpers
from dq_pipeline.adapters.linkage.charts import collect_linkage_charts
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.domain import linkage_charts
from dq_pipeline.domain.charts import fold_tail
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.domain.linkage_charts import Accuracy, Histogram, LinkageCharts, PopulationCharts, histogram
from dq_pipeline.domain.linkage_drift import LinkageDriftPolicy

HERE = Path(__file__).parent / "templates"
LARGEST_SIZE = 10
_TOP, _BOTTOM = 14.0, 196.0


@dataclass(frozen=True)
class Curve:
    """Precision or recall over the match weights: lines between neighbours, in per cent and pixels."""

    name: str
    lines: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class View:
    """The geometry of one population's charts."""

    weights: Histogram | None
    self_weights: Histogram | None
    sizes: tuple[tuple[str, int], ...]
    curves: tuple[Curve, ...]
    curve_ticks: tuple[linkage_charts.Tick, ...]
    reach: float
    most_found: int


def render_linkage_charts(
    con: duckdb.DuckDBPyConnection, model: Model, policies: Sequence[LinkagePolicy], drift_policy: LinkageDriftPolicy
) -> str:
    """The page as HTML, from linkage.* and linkage.run_statistics; `model` is the one the pairs were scored with."""
    return render_page(collect_linkage_charts(con, model, policies, drift_policy))


def render_page(data: LinkageCharts) -> str:
    """The page as HTML: the same data gives the same bytes. Every text is escaped, and there is no script at all."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    style = "".join((folder / "style.css").read_text(encoding="utf-8") for folder in (DASHBOARD, HERE))
    environment = Environment(
        loader=FileSystemLoader([HERE, DASHBOARD / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(template_helpers(), diverging=linkage_charts.diverging)
    return environment.get_template("linkage.html.j2").render(
        data=data,
        views={found.population: build_view(found) for found in data.populations},
        style=Markup(style),
        policy=content_policy(style, ""),
        least=linkage_charts.LEAST_LABELLED,
        top=_TOP,
        bottom=_BOTTOM,
    )


def write_page(models: Path, version: str, page: str) -> Path:
    """Put the page of the newest run beside its model, in one rename; returns where."""
    half_done = models / version / ".linkage.html.part"
    half_done.write_text(page, encoding="utf-8")
    return half_done.replace(models / version / "linkage.html")


def read_page(models: Path, version: str) -> str:
    """The page that stands beside the model."""
    return (models / version / "linkage.html").read_text(encoding="utf-8")


def build_view(data: PopulationCharts) -> View:
    """Everything drawn that is not simply said."""
    return View(
        weights=histogram(data.weights, data.thresholds, top=_TOP, bottom=_BOTTOM),
        self_weights=histogram(data.self_weights, data.thresholds, top=_TOP, bottom=_BOTTOM),
        sizes=fold_tail(data.sizes, LARGEST_SIZE),
        curves=tuple(_curve(name, data.accuracy) for name in ("precision", "recall") if data.accuracy),
        curve_ticks=_curve_ticks(data.accuracy),
        reach=linkage_charts.reach(data.comparisons),
        most_found=max([1, *(key.found for key in data.keys)]),
    )


def _curve(name: str, points: Sequence[Accuracy]) -> Curve:
    places = _places(points)
    shares = (getattr(point, name) for point in points)
    ys = (None if share is None else round(_BOTTOM - share * (_BOTTOM - _TOP), 1) for share in shares)
    return Curve(name, tuple(linkage_charts.path(list(zip(places, ys, strict=True)))))


def _curve_ticks(points: Sequence[Accuracy]) -> tuple[linkage_charts.Tick, ...]:
    step = max(1, len(points) // 6)
    return tuple(
        linkage_charts.Tick(x, f"{point.threshold:g}".replace("-", "\N{MINUS SIGN}"))
        for number, (x, point) in enumerate(zip(_places(points), points, strict=True))
        if number % step == 0
    )


def _places(points: Sequence[Accuracy]) -> list[float]:
    """The lines stand where their match weights are, the first at 4 % and the last at 96 %."""
    if len(points) < 2:
        return [50.0] * len(points)
    low, high = points[0].threshold, points[-1].threshold
    return [round(4 + 92 * (point.threshold - low) / (high - low), 2) for point in points]
