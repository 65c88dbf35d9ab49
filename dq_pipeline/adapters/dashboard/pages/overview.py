"""The first page: how good the customer data is, whether it is getting better, and where to look."""

from __future__ import annotations

from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.cuts import sources_by_dimension
from dq_pipeline.adapters.dashboard.drawings import lost_scale
from dq_pipeline.adapters.dashboard.opening import read_opening
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.dashboard import Impact

IMPACTS_SHOWN, RULES_SHOWN, ISSUES_SHOWN, OWNERS_SHOWN = 8, 8, 6, 8


def pages(material: Material) -> Iterator[Page]:
    """`index.html`."""
    data = material.data
    context = {
        **read_opening(material),
        "lost_scale": lost_scale(
            scope.score for scope in (*data.dimensions, *data.sources, *data.owners[:OWNERS_SHOWN])
        ),
        "heat": {(part.source, part.dimension): part.score for part in sources_by_dimension(material.tables)},
        "impacts": fold_impacts(data.impacts),
        "rules_shown": RULES_SHOWN,
        "owners": data.owners[:OWNERS_SHOWN],
        "issues_shown": ISSUES_SHOWN,
    }
    yield Page("index.html", "Overview", "overview.html.j2", context)


def fold_impacts(impacts: tuple[Impact, ...]) -> tuple[tuple[Impact, ...], int, float]:
    """The dearest columns, how many others there are, and the points of these together."""
    rest = impacts[IMPACTS_SHOWN:]
    return impacts[:IMPACTS_SHOWN], len(rest), sum(impact.points for impact in rest)
