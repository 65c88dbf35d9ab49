"""The picture of the line: every stage as a box with its counts, and the way the records take."""

from __future__ import annotations

from dataclasses import dataclass

from dq_pipeline.domain.dashboard import DashboardData, Delivery
from dq_pipeline.domain.wording import count_text, day_text, percent_text, plural, score_text

WIDTH, TOP, BOX, HEIGHT = 1120, 16, 150, 62
SOURCE_WIDTH, SOURCE_HEIGHT, GAP = 176, 30, 8
COLUMNS = {"raw": 236, "staging": 420, "middle": 604, "late": 788, "published": 966}


@dataclass(frozen=True)
class Box:
    """One stage: its title and up to two lines of counts, at a place in the picture (pixels)."""

    title: str
    lines: tuple[str, ...]
    x: float
    y: float
    width: float = BOX
    height: float = HEIGHT
    absent: bool = False


@dataclass(frozen=True)
class Link:
    """A curve from the right edge of one box to the left edge of another, as an SVG path."""

    path: str
    absent: bool = False


@dataclass(frozen=True)
class Picture:
    """Boxes and links, and the height they need."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    width: float
    height: float


def draw_lineage(data: DashboardData) -> Picture:
    """The whole line of one version, from the extracts to what was published."""
    sources = [
        _source_box(delivery, TOP + index * (SOURCE_HEIGHT + GAP)) for index, delivery in enumerate(data.deliveries)
    ]
    height = max(TOP * 2 + len(sources) * (SOURCE_HEIGHT + GAP), 2 * TOP + 3 * HEIGHT)
    middle, upper, lower = (height - HEIGHT) / 2, TOP + HEIGHT * 0.15, height - TOP - HEIGHT * 1.15
    raw = Box("raw", _raw_lines(data.deliveries), COLUMNS["raw"], middle)
    staging = Box("staging", (plural(data.headline.records, "record"),), COLUMNS["staging"], middle)
    quality = Box("quality", _rule_lines(data), COLUMNS["middle"], upper)
    scores = Box("scores", _score_lines(data), COLUMNS["late"], upper)
    linkage = Box("linkage", _linkage_lines(data), COLUMNS["middle"], lower)
    golden = Box("golden", (plural(data.headline.customers, "customer"),), COLUMNS["late"], lower)
    published = Box("published", _publication_lines(data), COLUMNS["published"], middle)
    chain = (raw, staging), (staging, quality), (staging, linkage), (quality, scores), (linkage, golden)
    ends = (scores, published), (golden, published)
    return Picture(
        boxes=(*sources, raw, staging, quality, scores, linkage, golden, published),
        links=tuple(_link(left, right) for left, right in (*((box, raw) for box in sources), *chain, *ends)),
        width=WIDTH,
        height=height,
    )


def _source_box(delivery: Delivery, y: float) -> Box:
    absent = delivery.last_load is None
    lines = ("no files",) if absent else (plural(delivery.lines, "line"),)
    return Box(delivery.contract_id, lines, 4, y, SOURCE_WIDTH, SOURCE_HEIGHT, absent)


def _raw_lines(deliveries: tuple[Delivery, ...]) -> tuple[str, ...]:
    if not any(delivery.files for delivery in deliveries):
        return ("nothing loaded",)
    loaded = sum(delivery.loaded for delivery in deliveries)
    return (f"{loaded:,} loaded", f"{sum(delivery.rejected for delivery in deliveries):,} rejected")


def _rule_lines(data: DashboardData) -> tuple[str, ...]:
    failed = sum(rule.outcome == "failed" for rule in data.rules)
    return (plural(len(data.rules), "rule"), f"{failed:,} failed")


def _score_lines(data: DashboardData) -> tuple[str, ...]:
    score = data.overall.score
    text = score_text(score.value, score.coverage)
    return (text,) if score.value is None else (text, f"coverage {percent_text(score.coverage)}")


def _publication_lines(data: DashboardData) -> tuple[str, ...]:
    return day_text(data.publication.published_at), f"{data.publication.published_at:%H:%M} UTC"


def _linkage_lines(data: DashboardData) -> tuple[str, ...]:
    merged = dict(data.duplicates.bands).get("merge")
    review = data.duplicates.review
    return (
        "pairs not measured" if merged is None else f"{plural(merged, 'pair')} merged",
        "review not measured" if review is None else f"{count_text(review)} to review",
    )


def _link(left: Box, right: Box) -> Link:
    x1, y1 = left.x + left.width, left.y + left.height / 2
    x2, y2 = right.x, right.y + right.height / 2
    bend = (x1 + x2) / 2
    return Link(f"M{x1:g} {y1:g} C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}", left.absent)
