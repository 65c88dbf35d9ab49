"""The rules: what each checks and why, what it found, which rows fail it, and how to mend them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.page import Material, Page, page_path
from dq_pipeline.adapters.dashboard.rule_details import KEYS_SHOWN, read_rule_details
from dq_pipeline.domain.dashboard import RuleRow
from dq_pipeline.domain.scorecard import RuleDetail
from dq_pipeline.domain.trend_chart import TrendChart, draw_trend


def pages(material: Material) -> Iterator[Page]:
    """`rules/index.html`, and a page for every rule that is declared, was run, or has an issue."""
    data = material.data
    outcomes = Counter(rule.outcome for rule in data.rules)
    yield Page("rules/index.html", "Rules", "rules/index.html.j2", {"data": data, "outcomes": outcomes})
    rules = (*data.rules, *_former_rules(material))
    for detail in read_rule_details(material.tables, rules, material.rules, data.publication.run_id, material.now):
        context = {
            "data": data,
            "detail": detail,
            "rule": detail.rule,
            "chart": history_chart(detail),
            "arguments": _written(detail),
            "keys_shown": KEYS_SHOWN,
            "open_keys": sum(count for _, count in detail.rule.by_source),
        }
        title = detail.rule.description or detail.rule.rule_id
        yield Page(page_path("rules", detail.rule.rule_id), title, "rules/rule.html.j2", context)


def history_chart(detail: RuleDetail) -> TrendChart | None:
    """Failing rows over the runs in which the rule could be checked."""
    moments = [found.measured_at for found in detail.history]
    failed = [found.failed if found.outcome in ("passed", "failed") else None for found in detail.history]
    return draw_trend(moments, {"failing rows": failed}, counts=True)


def _written(detail: RuleDetail) -> list[tuple[str, str]]:
    """The arguments of the expectation as the suite has them, its SELECT apart."""
    shown: dict[str, Any] = {name: value for name, value in detail.arguments.items() if name != "unexpected_rows_query"}
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in sorted(shown.items())]


def _former_rules(material: Material) -> list[RuleRow]:
    """Rules that an issue names and no suite has any more: their pages stay."""
    known = {rule.rule_id for rule in material.data.rules}
    gone = {
        issue.rule_id: issue for issue in read_issues(material.tables, material.now) or () if issue.rule_id not in known
    }
    return [
        RuleRow(
            rule, "", "", "", issue.severity, issue.owner, "not_evaluated", message="no suite has this rule any more"
        )
        for rule, issue in sorted(gone.items())
    ]
