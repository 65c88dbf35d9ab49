"""Collects what the page about a run's linkage shows. Reads counts only: no value of a customer, no key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from dq_pipeline.adapters.linkage.drift import linkage_drift, run_statistics, weight_counts_sql
from dq_pipeline.adapters.linkage.model import Model, PopulationModel
from dq_pipeline.adapters.warehouse import quote_literal, table_exists
from dq_pipeline.domain.linkage import Band, LinkagePolicy
from dq_pipeline.domain.linkage_charts import (
    LEAST_LABELLED,
    Accuracy,
    ComparisonChart,
    KeyChart,
    LevelChart,
    LinkageCharts,
    PopulationCharts,
    accuracy,
)
from dq_pipeline.domain.linkage_drift import LinkageDriftPolicy, RunStatistics


def collect_linkage_charts(
    con: duckdb.DuckDBPyConnection, model: Model, policies: Sequence[LinkagePolicy], drift_policy: LinkageDriftPolicy
) -> LinkageCharts:
    """Everything on the page, of the newest run in linkage.run_statistics, which `model` scored.

    Where there is a table evaluation.truth (as `evaluate` makes), precision and recall are measured with it, else with
    the decisions of stewards once there are LEAST_LABELLED of either kind.
    """
    measured = {today.population: (today, first) for today, first in run_statistics(con)}
    when = con.execute(
        "select max(measured_at), max(measured_at) = min(measured_at) from linkage.run_statistics "
        "where model_version = ?",
        [model.version],
    ).fetchall()[0]
    return LinkageCharts(
        model_version=model.version,
        trained_at=datetime.fromisoformat(model.manifest["trained_at"]),
        measured_at=when[0],
        first_use=bool(when[1]),
        drift=tuple(f"{drift.population}: {drift.text}" for drift in linkage_drift(con, drift_policy)),
        populations=tuple(
            _population(con, model.populations[policy.population], policy, measured[policy.population][0])
            for policy in policies
            if policy.population in measured and measured[policy.population][0].records
        ),
    )


def _population(
    con: duckdb.DuckDBPyConnection, model: PopulationModel, policy: LinkagePolicy, found: RunStatistics
) -> PopulationCharts:
    sizes = _sizes(con, policy)
    source, same, different, points = _accuracy(con, policy)
    return PopulationCharts(
        population=policy.population,
        records=found.records,
        customers=sum(customers for _, customers in sizes),
        prior=model.prior,
        thresholds=policy.thresholds,
        bands=_bands(con, policy),
        weights=found.weight_counts,
        self_weights=found.self_weight_counts,
        unlinkable_share=found.unlinkable_share,
        comparisons=_comparisons(model, policy),
        left_out=tuple(model.facts["left_out"]),
        keys=_keys(model, found),
        sizes=sizes,
        labelled_from=source,
        labelled_same=same,
        labelled_different=different,
        accuracy=points,
    )


def _members(policy: LinkagePolicy) -> str:
    return f"(select record_key from linkage.records where party_type = {quote_literal(policy.population)})"


def _sizes(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy) -> tuple[tuple[int, int], ...]:
    rows = con.execute(
        f"""
        with sizes as (
            select count(*) as records from linkage.clusters semi join {_members(policy)} using (record_key)
            group by cluster_id
        )
        select records, count(*) from sizes group by all order by all
        """
    ).fetchall()
    return tuple((int(records), int(customers)) for records, customers in rows)


def _bands(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy) -> dict[Band, int]:
    rows = con.execute(
        f"select band, count(*) from linkage.pairs semi join {_members(policy)} as members "
        f"on members.record_key = left_key where match_weight >= {policy.thresholds.keep} group by all"
    ).fetchall()
    return dict(rows)


def _comparisons(model: PopulationModel, policy: LinkagePolicy) -> tuple[ComparisonChart, ...]:
    used = model.comparisons(policy)
    learned = model.parameters(used)
    return tuple(
        ComparisonChart(
            comparison.name,
            tuple(
                LevelChart(level.label, m, u, weight, bool(level.rarity))
                for level, m, u, weight in zip(
                    comparison.levels,
                    learned[comparison.name].m,
                    learned[comparison.name].u,
                    learned[comparison.name].weights,
                    strict=True,
                )
            ),
        )
        for comparison in used
    )


def _keys(model: PopulationModel, found: RunStatistics) -> tuple[KeyChart, ...]:
    """In the policy's order, the most selective first."""
    return tuple(
        KeyChart(
            name=entry["key"],
            found=found.key_pairs.get(entry["key"], 0),
            proposed=entry["pairs"],
            block_size=entry["block_size"],
            left_out=entry["left_out_records"],
        )
        for entry in model.facts["blocking"]
    )


def _accuracy(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy) -> tuple[str, int, int, tuple[Accuracy, ...]]:
    """Who knows the answers, how many pairs they say are one customer and how many are not, precision and recall."""
    if table_exists(con, "evaluation", "truth"):
        same, different = _labelled(con, policy, _TRUTH)
        all_same = con.execute(_TRUE_PAIRS.format(members=_members(policy))).fetchall()[0][0]
        return "truth", int(all_same), sum(different), accuracy(same, different, int(all_same))
    if not table_exists(con, "stewardship", "link_decisions"):
        return "decisions", 0, 0, ()
    same, different = _labelled(con, policy, _DECISIONS)
    enough = min(sum(same), sum(different)) >= LEAST_LABELLED
    points = accuracy(same, different, sum(same)) if enough else ()
    return "decisions", sum(same), sum(different), points


# The answers that are known (left_key, right_key, same): what stewards decided, or of all stored pairs what is true.
_DECISIONS = "select left_key, right_key, verdict = 'same' as same from stewardship.link_decisions"
_TRUTH = """
    with keyed as (
        select record_key, truth_id
        from linkage.records join evaluation.truth using (source_system, source_record_id)
    )
    select left_key, right_key, a.truth_id = b.truth_id as same
    from linkage.pairs join keyed as a on a.record_key = left_key join keyed as b on b.record_key = right_key
"""
_TRUE_PAIRS = """
    with sizes as (
        select count(*) as n
        from linkage.records join evaluation.truth using (source_system, source_record_id)
        semi join {members} as members using (record_key)
        group by truth_id
    )
    select coalesce(sum(n * (n - 1) // 2), 0)::bigint from sizes
"""


def _labelled(
    con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, labelled: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Match weights of the pairs that are one customer and of those that are not, by bin; a pair never stored falls
    into the lowest."""
    rows = con.execute(
        f"""
        select {weight_counts_sql("match_weight", "same")}, {weight_counts_sql("match_weight", "not same")}
        from ({labelled}) as labelled
        semi join {_members(policy)} as members on members.record_key = labelled.left_key
        left join linkage.pairs as pairs using (left_key, right_key)
        """
    ).fetchall()
    same, different = rows[0]
    return tuple(same), tuple(different)
