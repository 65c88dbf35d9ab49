"""One A4 page for a meeting: print it, or save it as a PDF from any browser."""

from __future__ import annotations

from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.drawings import lost_scale
from dq_pipeline.adapters.dashboard.opening import read_opening
from dq_pipeline.adapters.dashboard.page import Material, Page

# What fits on the page whatever the data: more of anything is said in a line.
SOURCES_SHOWN, RULES_SHOWN, ISSUES_SHOWN, SENTENCES_SHOWN = 8, 5, 5, 4


def pages(material: Material) -> Iterator[Page]:
    """`summary.html`."""
    data = material.data
    context = {
        **read_opening(material),
        "scale": lost_scale(scope.score for scope in (*data.dimensions, *data.sources)),
        "dearest": [scope for scope in data.rule_scores if scope.impact][:RULES_SHOWN],
        "sources": data.sources[:SOURCES_SHOWN],
        "other_sources": len(data.sources[SOURCES_SHOWN:]),
        "sentences": data.trend[-1].sentences[:SENTENCES_SHOWN] if data.trend else (),
        "issues_shown": ISSUES_SHOWN,
    }
    yield Page("summary.html", "Summary", "summary.html.j2", context)
