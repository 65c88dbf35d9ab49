"""One A4 page for a meeting: print it, or save it as a PDF from any browser."""

from __future__ import annotations

from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.drawings import customer_waterfall, lost_scale, score_chart
from dq_pipeline.adapters.dashboard.figures import read_figures
from dq_pipeline.adapters.dashboard.issue_lines import OPEN, read_issues
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.wording import headline_sentences

# What fits on the page whatever the data: more of anything is said in a line.
SOURCES_SHOWN, RULES_SHOWN, ISSUES_SHOWN, SENTENCES_SHOWN = 8, 5, 5, 4


def pages(material: Material) -> Iterator[Page]:
    """`summary.html`."""
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
        "scale": lost_scale(scope.score for scope in (*data.dimensions, *data.sources)),
        "rules": {rule.rule_id: rule for rule in data.rules},
        "dearest": [scope for scope in data.rule_scores if scope.impact][:RULES_SHOWN],
        "sources": data.sources[:SOURCES_SHOWN],
        "other_sources": len(data.sources[SOURCES_SHOWN:]),
        "sentences": data.trend[-1].sentences[:SENTENCES_SHOWN] if data.trend else (),
        "issues": None if issues is None else [issue for issue in issues if issue.status in OPEN],
        "issues_shown": ISSUES_SHOWN,
    }
    yield Page("summary.html", "Summary", "summary.html.j2", context)
