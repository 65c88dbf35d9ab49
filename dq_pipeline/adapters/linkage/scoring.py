"""Scoring candidate pairs with a trained model: Splink's match weights, then the rival explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

import duckdb

from dq_pipeline.adapters.linkage.blocking import PAIRS
from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, rarity_table
from dq_pipeline.adapters.linkage.scratch import open_linker
from dq_pipeline.adapters.linkage.settings import column_name, has_rarity, label_sql, weight_sql
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.linkage import Comparison, Explanation, LinkagePolicy, Thresholds

SCORED = "dq_link_scored"
# Names of the two pieces of evidence that are not comparisons; with them the weights add up to the pair's.
PRIOR_EVIDENCE = "starting odds"
RIVAL_EVIDENCE = "other explanation"


def score_pairs(con: duckdb.DuckDBPyConnection, model: PopulationModel, policy: LinkagePolicy) -> None:
    """Make the table SCORED from PAIRS: `l < r` (record numbers), `match_weight` (log2 odds of one customer
    against strangers and all rivals), `splink_weight` (against strangers alone), `rival` (number of the best
    rival), `match_key`, and Splink's weight of each comparison.

    Only pairs above the policy's `hopeless` line are there.
    """
    comparisons = model.comparisons(policy)
    if not comparisons or not con.execute(f"select count(*) from {PAIRS}").fetchall()[0][0]:
        con.execute(_no_pairs_sql(comparisons))
        return
    for column, table in model.rarity.items():
        con.register("dq_link_arrow", table)
        con.execute(f"create or replace table {rarity_table(column)} as from dq_link_arrow")
        con.unregister("dq_link_arrow")
    linker = open_linker(con, model.settings, rarity_columns=tuple(model.rarity), pairs=PAIRS)
    scored = linker.inference.predict(threshold_match_weight=policy.thresholds.hopeless)
    con.execute(_rivals_sql(scored.physical_name, comparisons, policy.explanations, model.rivals))
    scored.drop_table_from_database_and_remove_from_cache()


def stored_pairs_sql(comparisons: Sequence[Comparison], model: PopulationModel, policy: LinkagePolicy) -> str:
    """SELECT of linkage.pairs: keys, weight, band, the key that found the pair, and its evidence."""
    keys = " ".join(f"when {n} then {quote_literal(key.name)}" for n, key in enumerate(policy.blocking_keys))
    evidence = _evidence_sql(comparisons, model, policy) if comparisons else "[]"
    return f"""
        select
            lefts.record_key as left_key,
            rights.record_key as right_key,
            round(match_weight, 6) as match_weight,
            1 / (1 + pow(2, -match_weight)) as match_probability,
            {band_sql("match_weight", policy.thresholds)} as band,
            case match_key {keys} end as blocking_key,
            {evidence}::struct(comparison varchar, level varchar, match_weight double)[] as evidence
        from {SCORED}
        join {RECORDS} as lefts on lefts.{NUMBER} = l
        join {RECORDS} as rights on rights.{NUMBER} = r
        where match_weight >= {policy.thresholds.keep}
        order by left_key, right_key
    """


def band_sql(weight: str, thresholds: Thresholds) -> str:
    """SQL for the band of a match weight; domain.linkage.band in SQL."""
    return (
        f"case when {weight} >= {thresholds.merge} then 'merge' "
        f"when {weight} >= {thresholds.review} then 'review' else 'reject' end"
    )


def _no_pairs_sql(comparisons: Sequence[Comparison]) -> str:
    columns = ["l integer", "r integer", "match_weight double", "splink_weight double"]
    columns += ["rival integer", "match_key integer"]
    columns += [f"mw_{column_name(c.name)} double" for c in comparisons]
    columns += [f"mw_tf_adj_{column_name(c.name)} double" for c in comparisons if has_rarity(c)]
    return f"create or replace table {SCORED} ({', '.join(columns)})"


def _rivals_sql(
    predictions: str,
    comparisons: Sequence[Comparison],
    explanations: Sequence[Explanation],
    frequency: Mapping[str, float],
) -> str:
    """Two customers may share name, address and phone because they are a family: the weight of one customer is
    against the sum of all that else explains the pair (domain.mixture.posteriors in SQL)."""
    rivals = [f"({_rival_sql(e, comparisons, frequency[e.name])})" for e in explanations]
    listed = f"[{', '.join(rivals)}]::double[]"
    return f"""
        create or replace table {SCORED} as
        with explained as (select *, {listed} as rivals from {predictions})
        select
            {NUMBER}_l::integer as l,
            {NUMBER}_r::integer as r,
            match_weight - log2(1 + coalesce(list_sum(list_transform(rivals, lambda w: pow(2, w))), 0)) as match_weight,
            match_weight as splink_weight,
            (list_position(rivals, list_max(rivals)) - 1)::integer as rival,
            match_key::integer as match_key,
            columns('^mw_.*')
        from explained
        order by l, r
    """


def _rival_sql(explanation: Explanation, comparisons: Sequence[Comparison], frequency: float) -> str:
    terms = [repr(log2(max(frequency, 1e-300)))]
    for comparison in comparisons:
        share = explanation.shares.get(comparison.name, 0.0)
        weight = weight_sql(comparison)
        if share >= 1:
            terms.append(weight)
        elif share > 0:
            terms.append(f"log2({share!r} * pow(2, {weight}) + {1 - share!r})")
    return " + ".join(terms)


def _evidence_sql(comparisons: Sequence[Comparison], model: PopulationModel, policy: LinkagePolicy) -> str:
    parameters = model.parameters(comparisons)
    items = [_item(PRIOR_EVIDENCE, quote_literal("before anything is compared"), repr(_log2_odds(model.prior)))]
    items += [_item(c.name, label_sql(c, parameters[c.name]), weight_sql(c)) for c in comparisons]
    labels = " ".join(f"when {n} then {quote_literal(e.label)}" for n, e in enumerate(policy.explanations))
    if labels:
        difference = "match_weight - splink_weight"
        items.append(
            _item(RIVAL_EVIDENCE, f"case when {difference} < -0.1 then case rival {labels} end end", difference)
        )
    return f"list_filter([{', '.join(items)}], lambda item: item.level is not null)"


def _item(comparison: str, level: str, weight: str) -> str:
    name = quote_literal(comparison)
    return f"{{'comparison': {name}, 'level': {level}, 'match_weight': round(({weight})::double, 4)}}"


def _log2_odds(probability: float) -> float:
    return log2(probability / (1 - probability))
