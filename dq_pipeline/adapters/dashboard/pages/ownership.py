"""Who answers for what: sources, tables, rules and issues by owner, and what nobody answers for.

An owner is whom a contract or a rule names. The owners of single records are people of the source systems: they are
counted here, never named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.issue_lines import read_issues
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.dashboard import SEVERITY_ORDER
from dq_pipeline.domain.dictionary import CLASSIFICATIONS, classify, owner_of
from dq_pipeline.domain.publishing import PUBLISHED_TABLES
from dq_pipeline.domain.scorecard import IssueLine
from dq_pipeline.domain.wording import part_text, plural

RULES = """
select coalesce(owner, ''), coalesce(table_name, ''), severity, count(*) from quality.rules group by all order by all
"""
# The columns that matter most and that no rule scores.
UNGUARDED = """
select weights.table_name || '.' || weights.column_name
from quality.score_weights weights
where weights.critical_data_element and not exists (
    select 1 from quality.rules rules
    where rules.table_name = weights.table_name
        and (rules.column_name = weights.column_name or list_contains(rules.columns, weights.column_name))
)
order by all
"""
NOBODYS_RECORDS = """
select source_system, count(*) filter (where coalesce(trim(owner), '') = '') as ownerless, count(*)
from staging.customers group by all having ownerless > 0 order by all
"""


class RuleCount(NamedTuple):
    """How many rules of one severity an owner has on one table."""

    owner: str
    table: str
    severity: str
    rules: int


@dataclass(frozen=True)
class Owner:
    """All that one owner answers for; `points` is what its open issues cost the overall score."""

    name: str
    rules: dict[str, int]
    tables: tuple[str, ...]
    open: int
    late: int
    points: float


class Gap(NamedTuple):
    """Something that nobody answers for: how many there are (0: none, which is good), in words, and their names."""

    found: int
    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guarded:
    """A published or scored table, its owner, and who has how many rules on it."""

    name: str
    owner: str
    rules: tuple[tuple[str, int], ...]


def pages(material: Material) -> Iterator[Page]:
    """`ownership.html`."""
    tables = material.tables
    rules = [RuleCount(*row) for row in tables.rows(("quality.rules",), RULES)]
    issues = [issue for issue in read_issues(tables, material.now) or () if issue.is_active]
    guarded = list_tables(material, rules)
    context = {
        "contracts": list(material.contracts.values()),
        "owners": list_owners(material, rules, issues),
        "tables": guarded,
        "explained": set(material.lineage.tables) if material.lineage else set(),
        "severities": list(SEVERITY_ORDER),
        "gaps": list(find_gaps(material, rules, issues, guarded)),
    }
    yield Page("ownership.html", "Ownership", "pages/ownership.html.j2", context)


def list_owners(material: Material, rules: Sequence[RuleCount], issues: Sequence[IssueLine]) -> list[Owner]:
    """Everybody whom a contract or a rule names, those with most points lost first; '' is nobody."""
    contracts = material.contracts.values()
    found = []
    for name in {contract.owner for contract in contracts} | {rule.owner for rule in rules}:
        own = [rule for rule in rules if rule.owner == name]
        opened = [issue for issue in issues if issue.owner == name]
        counts: Counter[str] = Counter()
        for rule in own:
            counts[rule.severity] += rule.rules
        found.append(
            Owner(
                name,
                rules=dict(counts),
                tables=tuple(sorted({rule.table for rule in own})),
                open=len(opened),
                late=sum(issue.late for issue in opened),
                points=sum(issue.cost for issue in opened),
            )
        )
    return sorted(found, key=lambda owner: (-owner.points, -owner.open, owner.name))


def list_tables(material: Material, rules: Sequence[RuleCount]) -> list[Guarded]:
    """Every table with rules, every source's own, and every golden table that is published."""
    names = {rule.table for rule in rules if rule.table}
    names |= {f"raw.{contract}" for contract in material.contracts}
    names |= {table for table in PUBLISHED_TABLES if table.startswith("golden.") and material.tables.has(table)}
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for rule in rules:
        if rule.table:
            counts[rule.table][rule.owner] += rule.rules
    return [
        Guarded(name, owner_of(name, material.contracts), tuple(sorted(counts[name].items()))) for name in sorted(names)
    ]


def find_gaps(
    material: Material, rules: Sequence[RuleCount], issues: Sequence[IssueLine], guarded: Sequence[Guarded]
) -> Iterator[Gap]:
    """What nobody answers for, and in the same words that there is no such thing."""
    tables = material.tables
    count = sum(rule.rules for rule in rules if not rule.owner)
    yield Gap(count, f"{plural(count, 'rule')} without an owner")
    if tables.has("quality.score_weights") and tables.has_column("quality.rules", "columns"):
        columns = tuple(row[0] for row in tables.rows((), UNGUARDED))
        yield Gap(len(columns), f"{plural(len(columns), 'critical data element')} without a rule", columns)
    if material.lineage:
        bare = tuple(table.name for table in guarded if not table.rules and _holds_personal_data(table.name, material))
        yield Gap(len(bare), f"{plural(len(bare), 'published table')} with personal data and without a rule", bare)
    count = sum(issue.late and issue.status == "open" and not issue.assignee for issue in issues)
    yield Gap(count, f"{plural(count, 'overdue issue')} that nobody has taken over")
    if tables.has_column("staging.customers", "owner"):
        found = tables.rows((), NOBODYS_RECORDS)
        shares = tuple(
            f"{source} {ownerless:,} ({part_text(ownerless, records)})" for source, ownerless, records in found
        )
        count = sum(ownerless for _, ownerless, _ in found)
        yield Gap(count, f"{plural(count, 'record')} without an owner in the source", shares)


def _holds_personal_data(table: str, material: Material) -> bool:
    """Whether the table is published with a column that is more than `none`."""
    if material.lineage is None or table not in PUBLISHED_TABLES:
        return False
    columns, said = material.lineage.tables.get(table, ()), material.vocabulary.classes
    found = classify(material.contracts, material.lineage, columns, overrides=said)
    return any(classification != CLASSIFICATIONS[0] for classification in found.values())
