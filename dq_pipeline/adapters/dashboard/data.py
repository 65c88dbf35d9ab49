"""Collects everything the dashboard says from the warehouse, in a handful of set-based queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from dq_pipeline.adapters.dashboard import customers, rules, sources
from dq_pipeline.adapters.dashboard.scores import StoredScores
from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.adapters.dashboard.trend import read_trend
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dashboard import DashboardData, Headline, Publication

NEEDED = {
    "staging.customers": "no customer records were standardised",
    "golden.crosswalk": "records were not resolved to customers",
    "quality.rules": "no rule is declared",
    "quality.rule_results": "no rule has run",
    "quality.failing_rows": "failing rows were not recorded",
    "quality.scores": "no score was computed",
    "linkage.review": "doubtful matches were not queued for review",
    "staging.consents": "consents were not read",
    "raw.loads": "no load was recorded",
}

# Empty is good news here: nothing fails, nothing waits.
MAY_BE_EMPTY = {"quality.failing_rows", "linkage.review"}


def collect_dashboard(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    version: str,
    published_at: datetime,
    contracts: Mapping[str, Contract],
) -> DashboardData:
    """What the page of one version says, of the run that measured it (`run_id` as in `quality.scores`).

    `published_at` may carry a zone; without one it is UTC. A table that is missing or empty becomes "not
    measured" and a notice, never an error; a table whose columns are not the documented ones raises
    duckdb.BinderException, because that is a bug.
    """
    tables = Tables(con)
    moment = published_at.astimezone(UTC).replace(tzinfo=None) if published_at.tzinfo else published_at
    stored = StoredScores(tables, run_id)
    found = rules.read_rules(tables, run_id)
    spread = customers.read_spread(tables)
    headline = customers.read_headline(tables, spread)
    newest = next(iter(stored.current), None)
    publication = Publication(
        version,
        run_id,
        moment,
        rule_set_hash=(newest.rule_set_hash if newest else None) or "",
        model_hash=(newest.model_hash if newest else None) or "",
    )
    return DashboardData(
        publication=publication,
        headline=headline,
        overall=stored.overall(),
        dimensions=stored.scopes("dimension"),
        sources=stored.scopes("source"),
        owners=stored.dearest("owner"),
        tables=stored.dearest("table"),
        elements=stored.scopes("data_elements"),
        rule_scores=stored.dearest("rule"),
        affected=rules.affected_shares(tables, found, {source.source: source.records for source in headline.sources}),
        trend=read_trend(tables, publication),
        impacts=stored.impacts(rules.owners_by_column(found), rules.affected_by_column(tables)),
        rules=found,
        duplicates=customers.read_duplicates(tables, spread),
        deliveries=sources.read_deliveries(tables, contracts, moment),
        notices=_notices(tables, headline, bool(stored.current)),
    )


def _notices(tables: Tables, headline: Headline, scored: bool) -> tuple[str, ...]:
    """Plain sentences about what is missing or does not agree."""
    counts = {table: tables.count(table) for table in NEEDED}
    notices = [
        f"{table} is {'missing' if count is None else 'empty'}: {NEEDED[table]}."
        for table, count in counts.items()
        if count is None or (count == 0 and table not in MAY_BE_EMPTY)
    ]
    if counts["quality.scores"] and not scored:
        notices.append("quality.scores holds no score of this run.")
    golden = headline.golden_rows
    if headline.customers is not None and golden is not None and golden != headline.customers:
        notices.append(
            f"golden.customers has {golden:,} rows, the crosswalk names {headline.customers:,} customers: "
            "the two should agree."
        )
    return tuple(notices)
