"""The run history: every published version, what it was measured with, and why its score moved."""

from __future__ import annotations

from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.drawings import score_chart
from dq_pipeline.adapters.dashboard.page import Material, Page


def pages(material: Material) -> Iterator[Page]:
    """`runs.html`."""
    trend = material.data.trend
    context = {
        "data": material.data,
        "trend": trend,
        "chart": score_chart(trend),
        "rules": {rule.rule_id: rule for rule in material.data.rules},
    }
    yield Page("runs.html", "Runs", "runs.html.j2", context)
