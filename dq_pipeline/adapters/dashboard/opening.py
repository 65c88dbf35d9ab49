"""What the first page and the printed summary open with: how many customers, how good, what waits for a person."""

from __future__ import annotations

from typing import Any

from dq_pipeline.adapters.dashboard.drawings import customer_waterfall, score_chart
from dq_pipeline.adapters.dashboard.figures import read_figures
from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.page import Material
from dq_pipeline.domain.wording import headline_sentences


def read_opening(material: Material) -> dict[str, Any]:
    """The part of their context that both have; `issues` is None when no ledger is kept."""
    data = material.data
    think, have = headline_sentences(data.headline.records, data.headline.customers)
    issues = read_issues(material.tables, material.now)
    return {
        "data": data,
        "think": think,
        "have": have,
        "waterfall": customer_waterfall(data.headline),
        "figures": read_figures(material.tables),
        "chart": score_chart(data.trend),
        "rules": {rule.rule_id: rule for rule in data.rules},
        "issues": None if issues is None else [issue for issue in issues if issue.is_active],
        "waived": sum(issue.status == "waived" for issue in issues or ()),
    }
