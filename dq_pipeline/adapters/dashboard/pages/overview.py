"""The first page: how good the customer data is, whether it is getting better, and where to look."""

from __future__ import annotations

from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.cuts import sources_by_dimension
from dq_pipeline.adapters.dashboard.drawings import customer_waterfall, lost_scale, score_chart
from dq_pipeline.adapters.dashboard.figures import read_figures
from dq_pipeline.adapters.dashboard.issue_lines import OPEN, read_issues
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.dashboard import Impact
from dq_pipeline.domain.wording import headline_sentences

IMPACTS_SHOWN, RULES_SHOWN, ISSUES_SHOWN, OWNERS_SHOWN = 8, 8, 6, 8


def pages(material: Material) -> Iterator[Page]:
    """`index.html`."""
    data = material.data
    think, have = headline_sentences(data.headline.records, data.headline.customers)
    issues = read_issues(material.tables)
    context = {
        "data": data,
        "think": think,
        "have": have,
        "waterfall": customer_waterfall(data.headline),
        "figures": read_figures(material.tables),
        "chart": score_chart(data.trend),
        "lost_scale": lost_scale(
            scope.score for scope in (*data.dimensions, *data.sources, *data.owners[:OWNERS_SHOWN])
        ),
        "heat": {(part.source, part.dimension): part.score for part in sources_by_dimension(material.tables)},
        "impacts": fold_impacts(data.impacts),
        "rules": {rule.rule_id: rule for rule in data.rules},
        "rules_shown": RULES_SHOWN,
        "owners": data.owners[:OWNERS_SHOWN],
        "issues": None if issues is None else [issue for issue in issues if issue.status in OPEN],
        "waived": sum(issue.status == "waived" for issue in issues or ()),
        "issues_shown": ISSUES_SHOWN,
    }
    yield Page("index.html", "Overview", "overview.html.j2", context)


def fold_impacts(impacts: tuple[Impact, ...]) -> tuple[tuple[Impact, ...], int, float]:
    """The dearest columns, how many others there are, and the points of these together."""
    rest = impacts[IMPACTS_SHOWN:]
    return impacts[:IMPACTS_SHOWN], len(rest), sum(impact.points for impact in rest)
