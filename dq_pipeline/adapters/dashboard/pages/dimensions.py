"""The quality dimensions: what each means, how good it is, and which columns and rules pull it down."""

from __future__ import annotations

from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.cuts import dimensions_by_column, sources_by_dimension
from dq_pipeline.adapters.dashboard.drawings import lost_scale, scope_chart
from dq_pipeline.adapters.dashboard.page import Material, Page, page_path
from dq_pipeline.domain.measured import Scope, Score
from dq_pipeline.domain.scorecard import MEANINGS

COLUMNS_SHOWN = 15


def pages(material: Material) -> Iterator[Page]:
    """`dimensions/index.html` and a page for every dimension that has a rule or a score."""
    data = material.data
    scopes = {scope.name: scope for scope in data.dimensions}
    names = sorted({*scopes, *(rule.dimension for rule in data.rules)} - {""})
    rows = [scopes.get(name, Scope(name, Score())) for name in names]
    rules = {name: [rule for rule in data.rules if rule.dimension == name] for name in names}
    shared = {
        "data": data,
        "scale": lost_scale(scope.score for scope in data.dimensions),
        "meanings": MEANINGS,
        "points": {scope.name: scope.impact for scope in data.rule_scores},
    }
    yield Page(
        "dimensions/index.html", "Dimensions", "dimensions/index.html.j2", {**shared, "rows": rows, "rules": rules}
    )
    by_column, by_source = dimensions_by_column(material.tables), sources_by_dimension(material.tables)
    for scope in rows:
        context = {
            **shared,
            "scope": scope,
            "chart": scope_chart(data.trend, scope),
            "columns": [part for part in by_column if part.dimension == scope.name and part.points][:COLUMNS_SHOWN],
            "sources": [part for part in by_source if part.dimension == scope.name],
            "rules": rules[scope.name],
        }
        yield Page(page_path("dimensions", scope.name), scope.name, "dimensions/dimension.html.j2", context)
