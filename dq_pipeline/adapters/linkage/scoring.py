"""Scoring candidate pairs with a trained model: Splink's match weights, then the rival explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import log2
from typing import TYPE_CHECKING

import duckdb

from dq_pipeline.adapters.linkage.blocking import PAIRS
from dq_pipeline.adapters.linkage.bounds import Bounds
from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, rarity_ids_sql, rarity_table
from dq_pipeline.adapters.linkage.scratch import open_linker, register_pairs
from dq_pipeline.adapters.linkage.settings import (
    LevelParameters,
    column_name,
    has_rarity,
    label_sql,
    shows_sql,
    weight_sql,
)
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.linkage import Comparison, Explanation, Guard, LinkagePolicy, Thresholds

if TYPE_CHECKING:
    from splink import Linker

SCORED = "dq_link_scored"
# The records of PAIRS, with the hashes of their values: what Splink reads.
_COMPARED = "dq_link_compared"
# With as many pairs, and more than records, leaving out the hopeless ones first takes less time than it saves.
BOUNDED = 100_000
# Names of the two pieces of evidence that are not comparisons; with them the weights add up to the pair's.
PRIOR_EVIDENCE = "starting odds"
RIVAL_EVIDENCE = "other explanation"


class Scorer:
    """Scores the pairs of PAIRS, as often as they are made anew, into the table SCORED.

    SCORED: `l < r` (record numbers), `match_weight` (log2 odds of one customer against strangers and all rivals),
    `splink_weight` (against strangers alone), `rival` (number of the best rival), `guard` (name of the first guard of
    the policy that holds, or NULL), `match_key`, and Splink's weight of each comparison.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, model: PopulationModel, policy: LinkagePolicy):
        self._con, self._model, self._policy = con, model, policy
        self._comparisons = model.comparisons(policy)
        con.execute(_no_pairs_sql(self._comparisons))

    def score(self, *, least: float) -> int:
        """Add to SCORED the pairs of PAIRS at match weight `least` or more, and those a person is asked about whatever
        they weigh; returns how many pairs were looked at."""
        pairs = self._rows(PAIRS)
        if self._comparisons and pairs > max(self._records, BOUNDED):
            self._bounds.drop_below(least)
        if self._comparisons and self._rows(PAIRS):
            self._con.execute(
                f"create or replace table {_COMPARED} as select {rarity_ids_sql(self._con, self._rarity_columns)} "
                f"from {RECORDS} where {NUMBER} in (select unnest([join_key_l, join_key_r]) from {PAIRS})"
            )
            register_pairs(self._linker, self._con, PAIRS)
            # No rival makes a pair more likely to be one customer, so that Splink may leave out what is below.
            scored = self._linker.inference.predict(threshold_match_weight=least)
            rivals = _rivals_sql(scored.physical_name, self._comparisons, self._policy.explanations, self._model.rivals)
            self._con.execute(
                f"insert into {SCORED} by name select *, {self._guard_sql()} as guard from ({rivals}) "
                f"where match_weight >= {least} or {self._guarded_sql(*self._policy.asking_guards)} order by l, r"
            )
            scored.drop_table_from_database_and_remove_from_cache()
        return pairs

    def _guard_sql(self) -> str:
        """SQL for the name of the guard that holds; of several one whose pairs a person is asked about."""
        asking = self._policy.asking_guards
        names = sorted(self._guards, key=lambda name: name not in asking)
        cases = "".join(f" when {self._guarded_sql(name)} then {quote_literal(name)}" for name in names)
        return f"case{cases} end" if cases else "null"

    def _guarded_sql(self, *names: str) -> str:
        """SQL that holds where one of the guards does. A pair below `keep` even against strangers needs none, and is
        not always scored. The column is not compared with names instead: DuckDB 2.0.0 fails to compare such a CASE."""
        holds = " or ".join(f"({self._guards[name]})" for name in names if name in self._guards)
        return f"(splink_weight >= {self._policy.thresholds.keep} and ({holds}))" if holds else "false"

    @cached_property
    def _guards(self) -> dict[str, str]:
        """Name -> SQL that holds where the guard does, of those that the model has data for and the data call for."""
        parameters = self._model.parameters(self._comparisons)
        return {
            guard.name: holds
            for guard in self._policy.guards
            if self._model.rivals[guard.rival] >= guard.rival_share * self._model.prior
            and (holds := _holds_sql(guard, self._comparisons, parameters))
        }

    @cached_property
    def _linker(self) -> Linker:
        """Opened when there is something to score: many a night there is nothing."""
        return open_linker(self._con, self._model.settings, records=_COMPARED, rarity_columns=self._rarity_columns)

    @cached_property
    def _bounds(self) -> Bounds:
        return Bounds(self._con, self._model, self._policy, self._rarity_columns)

    @cached_property
    def _records(self) -> int:
        return self._rows(RECORDS)

    @cached_property
    def _rarity_columns(self) -> tuple[str, ...]:
        """The columns with a rarity table, once these are in the database."""
        for column, table in self._model.rarity.items():
            self._con.register("dq_link_arrow", table)
            self._con.execute(f"create or replace table {rarity_table(column)} as from dq_link_arrow")
            self._con.unregister("dq_link_arrow")
        return tuple(sorted(self._model.rarity))

    def _rows(self, table: str) -> int:
        return int(self._con.execute(f"select count(*) from {table}").fetchall()[0][0])


def score_pairs(con: duckdb.DuckDBPyConnection, model: PopulationModel, policy: LinkagePolicy) -> None:
    """Make SCORED of all pairs of PAIRS above the policy's `hopeless` line."""
    Scorer(con, model, policy).score(least=policy.thresholds.hopeless)


def stored_pairs_sql(
    comparisons: Sequence[Comparison], model: PopulationModel, policy: LinkagePolicy, *, also: str = "false"
) -> str:
    """SELECT of linkage.pairs: keys, weight, band, the key that found the pair, the guard that keeps the two apart, and
    the evidence; of the pairs of SCORED at `keep` and above, those a person is asked about, and those for which the SQL
    condition `also` holds."""
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
            guard,
            {evidence}::struct(comparison varchar, level varchar, match_weight double)[] as evidence
        from {SCORED}
        join {RECORDS} as lefts on lefts.{NUMBER} = l
        join {RECORDS} as rights on rights.{NUMBER} = r
        where match_weight >= {policy.thresholds.keep} or {asked_sql(policy)} or {also}
        order by left_key, right_key
    """


def asked_sql(policy: LinkagePolicy) -> str:
    """SQL that holds where the column `guard` names one whose pairs a person is asked about."""
    names = ", ".join(map(quote_literal, policy.asking_guards))
    return f"coalesce(guard in ({names}), false)" if names else "false"


def band_sql(weight: str, thresholds: Thresholds) -> str:
    """SQL for the band of a match weight; domain.linkage.band in SQL."""
    return (
        f"case when {weight} >= {thresholds.merge} then 'merge' "
        f"when {weight} >= {thresholds.review} then 'review' else 'reject' end"
    )


def _no_pairs_sql(comparisons: Sequence[Comparison]) -> str:
    columns = ["l integer", "r integer", "match_weight double", "splink_weight double"]
    columns += ["rival integer", "guard varchar", "match_key integer"]
    columns += [f"mw_{column_name(c.name)} double" for c in comparisons]
    columns += [f"mw_tf_adj_{column_name(c.name)} double" for c in comparisons if has_rarity(c)]
    return f"create or replace table {SCORED} ({', '.join(columns)})"


def _holds_sql(guard: Guard, comparisons: Sequence[Comparison], parameters: Mapping[str, LevelParameters]) -> str:
    """SQL that holds where the guard does; '' where the model has no data to tell."""

    def shown(part: Mapping[str, tuple[str, ...]]) -> list[str]:
        return [shows_sql(c, parameters[c.name], part[c.name]) for c in comparisons if c.name in part]

    tests, differs, own = shown(guard.when), shown(guard.differs), shown(guard.unless)
    if len(tests) < len(guard.when) or (guard.differs and not differs):
        return ""
    tests += [f"({' or '.join(differs)})"] if differs else []
    tests += [f"not ({' or '.join(own)})"] if own else []
    return " and ".join(tests)


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
        with explained as (select *, {listed} as rivals from {predictions})
        select * from (
            select
                {NUMBER}_l::integer as l,
                {NUMBER}_r::integer as r,
                match_weight - log2(1 + coalesce(list_sum(list_transform(rivals, lambda w: pow(2, w))), 0))
                    as match_weight,
                match_weight as splink_weight,
                (list_position(rivals, list_max(rivals)) - 1)::integer as rival,
                match_key::integer as match_key,
                columns('^mw_.*')
            from explained
        )
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
