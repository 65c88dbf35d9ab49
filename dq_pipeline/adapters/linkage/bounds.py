"""The highest match weight a candidate pair can reach, at a quarter of what its match weight costs: filter and verify.

Nearly all candidate pairs are strangers who share a block. Of each comparison the bound is the highest weight of the
levels whose relaxed condition (sketches.py) holds, down to the first that certainly does. A pair whose bounds add up to
less than what is asked for has less, and Splink need not compare it.
"""

from __future__ import annotations

from math import inf, log2

import duckdb

from dq_pipeline.adapters.linkage.blocking import PAIRS
from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS, add_rarity_ids, rarity_id, rarity_table
from dq_pipeline.adapters.linkage.settings import LevelParameters
from dq_pipeline.adapters.linkage.sketches import relaxed, sketches_sql
from dq_pipeline.domain.linkage import Comparison, Level, LinkagePolicy

_SKETCHES = "dq_link_sketches"
# More than rounding can add to, or take off, a sum of weights.
_MARGIN = 1e-3


class Bounds:
    """Leaves out pairs that cannot reach a match weight. Sketches of all records are made at the start, so that it pays
    where there are more pairs than records. `rarity_columns`: those that have a rarity table in the database."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        model: PopulationModel,
        policy: LinkagePolicy,
        rarity_columns: tuple[str, ...],
    ):
        self._con = con
        comparisons = model.comparisons(policy)
        parameters = model.parameters(comparisons)
        bounds = [_bound_sql(c, parameters[c.name]) for c in comparisons]
        self._highest = " + ".join([f"{log2(model.prior / (1 - model.prior))!r}::float", *bounds])
        add_rarity_ids(con, rarity_columns)
        surprises = "".join(f", -log2(tf_{rarity_id(c)})::float as {_surprise(c)}" for c in rarity_columns)
        rarities = " ".join(f"left join {rarity_table(c)} using ({rarity_id(c)})" for c in rarity_columns)
        con.execute(
            f"create or replace table {_SKETCHES} as "
            f"select sketches.*{surprises} from ({sketches_sql(con, [self._highest])}) as sketches "
            f"join {RECORDS} using ({NUMBER}) {rarities} order by {NUMBER}"
        )

    def drop_below(self, least: float) -> None:
        """Leave in PAIRS those that may have Splink's match weight `least` or more."""
        lefts, rights = (f"(select columns('(.*)') as '\\1_{side}' from {_SKETCHES})" for side in "lr")
        self._con.execute(
            f"create or replace table {PAIRS} as select pairs.* from {PAIRS} as pairs "
            f"join {lefts} on {NUMBER}_l = join_key_l join {rights} on {NUMBER}_r = join_key_r "
            f"where {self._highest} >= {least - _MARGIN}"
        )


def _bound_sql(comparison: Comparison, parameters: LevelParameters) -> str:
    """SQL for the highest weight of a pair in a comparison, as few of its conditions looked at as will do."""
    levels = list(zip(comparison.levels, parameters.m, parameters.weights, strict=True))
    least = most = levels[-1][2]
    highest = f"{least!r}::float"
    for level, m, weight in reversed(levels[:-1]):
        condition, weighs = relaxed(level.when), _weight_sql(level, m, weight)
        if not level.rarity and weight <= least:
            continue  # what is left when nothing else holds weighs as much
        if condition == level.when or (not level.rarity and weight >= most):
            highest = f"case when {condition} then {weighs} else {highest} end"
        else:
            highest = f"greatest(case when {condition} then {weighs} end, {highest})"
        most = inf if level.rarity else max(most, weight)
    missing = relaxed(comparison.missing)
    if missing == comparison.missing:
        return f"(case when {missing} then 0::float else {highest} end)"
    return f"greatest(case when {missing} then 0::float end, {highest})"


def _weight_sql(level: Level, m: float, weight: float) -> str:
    """As Splink's: of two frequencies the greater, of one that one, and without any the level's own u."""
    if not level.rarity:
        return f"{weight!r}::float"
    surprise = _surprise(level.rarity)
    return f"coalesce({log2(m)!r}::float + least({surprise}_l, {surprise}_r), {weight!r}::float)"


def _surprise(column: str) -> str:
    """The column with log2(1 / frequency) of a record's value."""
    return f"{column}_surprise"
