"""The sources: what each delivered, how good it is, what is twice in it, and who has to mend what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dq_pipeline.adapters.dashboard.cuts import sources_by_dimension, sources_by_place
from dq_pipeline.adapters.dashboard.drawings import lost_scale, scope_chart
from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.page import Material, Page, page_path
from dq_pipeline.adapters.dashboard.sources import read_source_findings
from dq_pipeline.domain.dashboard import SEVERITY_ORDER, DashboardData, RuleRow, SourceCustomers
from dq_pipeline.domain.measured import Scope, Score
from dq_pipeline.domain.scorecard import IssueLine

RULES_SHOWN, COLUMNS_SHOWN, ISSUES_SHOWN = 15, 12, 10


def pages(material: Material) -> Iterator[Page]:
    """`sources/index.html`, and a page for every source system that delivers, is scored or has an issue."""
    data = material.data
    issues = read_issues(material.tables, material.now) or ()
    names = source_names(material, issues)
    scopes = {scope.name: scope for scope in data.sources}
    held = {source.source: source for source in data.headline.sources}
    shared = {
        "data": data,
        "scale": lost_scale(scope.score for scope in data.sources),
        "rules": {rule.rule_id: rule for rule in data.rules},
    }
    rows = [(name, scopes.get(name), held.get(name)) for name in names]
    yield Page("sources/index.html", "Sources", "sources/index.html.j2", {**shared, "rows": rows})
    findings = read_source_findings(material.tables)
    by_dimension, by_place = sources_by_dimension(material.tables), sources_by_place(material.tables)
    for name, scope, customers in rows:
        contracts = {contract.id for contract in material.contracts.values() if contract.source_system == name} | {name}
        places = [part for part in by_place if part.source == name]
        counts = {rule.rule_id: count for rule in data.rules for source, count in rule.by_source if source == name}
        context: dict[str, Any] = {
            **shared,
            "name": name,
            "scope": scope or Scope(name, Score()),
            "customers": customers or SourceCustomers(name, 0),
            "chart": scope_chart(data.trend, scope),
            "dimensions": [part for part in by_dimension if part.source == name],
            "affected": _affected(data, name, customers),
            "tables": [part for part in places if not part.column],
            "columns": [part for part in places if part.column and part.points][:COLUMNS_SHOWN],
            "worst": _worst_rules(data.rules, counts)[:RULES_SHOWN],
            "counts": counts,
            "overlaps": _overlaps(data, name),
            "deliveries": [
                found for found in data.deliveries if found.source_system == name or found.contract_id == name
            ],
            "findings": [found for found in findings if found.contract_id in contracts],
            "issues": [issue for issue in issues if issue.source == name and issue.is_active],
            "issues_shown": ISSUES_SHOWN,
        }
        yield Page(page_path("sources", name), name, "sources/source.html.j2", context)


def source_names(material: Material, issues: Iterable[IssueLine]) -> list[str]:
    """Every source system that anything on the site may link to, by name."""
    data = material.data
    named = {
        *(scope.name for scope in data.sources),
        *(source.source for source in data.headline.sources),
        *(found.source_system or found.contract_id for found in data.deliveries),
        *(contract.source_system for contract in material.contracts.values()),
        *(issue.source for issue in issues),
        *(source for rule in data.rules for source, _ in rule.by_source),
    }
    return sorted(named - {""})


def _worst_rules(rules: Iterable[RuleRow], counts: Mapping[str, int]) -> list[RuleRow]:
    """Rules with open findings in one source, `counts` of them each: by severity, then by how many."""
    found = [rule for rule in rules if rule.rule_id in counts]
    return sorted(found, key=lambda rule: (SEVERITY_ORDER.get(rule.severity, 3), -counts[rule.rule_id], rule.rule_id))


def _affected(data: DashboardData, source: str, customers: SourceCustomers | None) -> dict[str, float]:
    """Share of the source's records with an open finding, by dimension; repeating a customer is one in uniqueness."""
    shares = {dimension: share for (name, dimension), share in data.affected.items() if name == source}
    if customers and customers.repeated is not None and customers.linked:
        shares["uniqueness"] = max(shares.get("uniqueness", 0.0), customers.repeated / customers.linked)
    return shares


def _overlaps(data: DashboardData, source: str) -> list[tuple[str, int]]:
    """The other systems that hold customers of this one too, those with most first."""
    found = [(other, count) for (one, other), count in data.duplicates.overlaps.items() if one == source]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
