"""The data dictionary: what every table and column means, whose it is, how sensitive, and what it is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.publishing import PUBLISHED_TABLES

FINDINGS = "quality.dictionary_findings"
# The order in which a reader asks: what is published first, how it came about after.
SCHEMAS = {
    "golden": "Customers, and what is known of each",
    "quality": "Rules, what they found, scores and issues",
    "staging": "Every source in one shape, standardised",
    "raw": "The extracts, as they arrived",
    "linkage": "Which records are one customer",
    "stewardship": "What people decided",
    "governance": "Who did what, and what is kept too long",
}
RULES = """
select table_name, column_name, count(*) from (
    select table_name, unnest(list_distinct(list_concat([column_name], columns))) as column_name from quality.rules
) where column_name is not null group by all
"""
CRITICAL = "select table_name, column_name from quality.score_weights where critical_data_element"
GAPS = (
    "select concat_ws('.', table_name, nullif(column_name, '')), problem from quality.dictionary_findings order by all"
)
CONFLICTS = """
select table_name, column_name, problem from quality.dictionary_findings
where check_name = 'conflict' and table_name like 'raw.%' order by problem, table_name, column_name
"""
UPSTREAM_SHOWN = 6


def pages(material: Material) -> Iterator[Page]:
    """`dictionary.html`."""
    tables = material.dictionary
    columns = [column for table in tables for column in table.columns]
    has_rules = material.tables.has_column("quality.rules", "columns")
    findings = material.tables
    columns_of = {(table.name, each.name): (each, table.owner) for table in tables for each in table.columns}
    conflicts: dict[str, list[tuple[str, str, str, str]]] = {}
    told = set()
    for table_name, column_name, problem in findings.rows((FINDINGS,), CONFLICTS):
        if (table_name, column_name) in columns_of:
            column, owner = columns_of[table_name, column_name]
            conflicts.setdefault(column.term, []).append((table_name, column_name, column.meaning, owner))
            told.add(problem)
    context = {
        "schemas": {
            schema: (meaning, [table for table in tables if table.schema == schema])
            for schema, meaning in SCHEMAS.items()
            if any(table.schema == schema for table in tables)
        },
        "published": set(PUBLISHED_TABLES),
        "columns": len(columns),
        "classes": Counter(column.classification for column in columns),
        "rules": {(table, column): count for table, column, count in material.tables.rows((), RULES)}
        if has_rules
        else {},
        "critical": set(material.tables.rows(("quality.score_weights",), CRITICAL)),
        "upstream_shown": UPSTREAM_SHOWN,
        "conflicts": conflicts,
        "gaps": [gap for gap in findings.rows((FINDINGS,), GAPS) if gap[1] not in told],
    }
    yield Page("dictionary.html", "Data dictionary", "pages/dictionary.html.j2", context)
