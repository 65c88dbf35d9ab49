"""The policy's comparisons as Splink settings, and back: which level a stored match weight stands for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from dq_pipeline.adapters.linkage.records import NUMBER, rarity_id
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.linkage import Comparison

# Two levels of a comparison never have weights closer than this, nor one this close to 0 (missing).
_WEIGHT_GAP = 1e-4


@dataclass(frozen=True)
class LevelParameters:
    """m and u of the levels of one comparison, in the policy's order."""

    m: tuple[float, ...]
    u: tuple[float, ...]

    @property
    def weights(self) -> tuple[float, ...]:
        """log2(m / u) of every level."""
        return tuple(log2(m / u) for m, u in zip(self.m, self.u, strict=True))


def column_name(comparison: str) -> str:
    """A comparison's name as Splink's output column."""
    return "".join(letter if letter.isalnum() else "_" for letter in comparison)


def splink_settings(
    comparisons: Sequence[Comparison],
    parameters: Mapping[str, LevelParameters],
    *,
    prior: float,
    version: str = "training",
) -> dict[str, Any]:
    """A Splink settings dictionary. A comparison without parameters gets the policy's expected m and no u."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": NUMBER,
        "linker_uid": version,
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(c, parameters.get(c.name)) for c in comparisons],
        "blocking_rules_to_generate_predictions": [],
        # The matching columns hold customers' values; what a pair needs is in its match weights.
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
    }


def distinct_weights(m: Sequence[float], u: Sequence[float]) -> LevelParameters:
    """Parameters of six significant digits whose match weights are all different and none is 0.

    A scored pair keeps its weights, not its levels; different weights are what makes them readable again.
    """
    m = [float(f"{value:.6g}") for value in m]
    clean: list[float] = []
    taken = [0.0]
    for m_value, u_value in zip(m, u, strict=True):
        value = float(f"{u_value:.6g}")
        while any(abs(log2(m_value / value) - weight) < _WEIGHT_GAP for weight in taken):
            value *= 2 ** (-2 * _WEIGHT_GAP)
        clean.append(value)
        taken.append(log2(m_value / value))
    return LevelParameters(tuple(m), tuple(clean))


def level_sql(comparison: Comparison, parameters: LevelParameters) -> str:
    """SQL for the number of the level a pair's match weight stands for; -1 where a side is missing."""
    column = f"mw_{column_name(comparison.name)}"
    cases = " ".join(
        f"when abs({column} - ({weight!r})) < {_WEIGHT_GAP / 10} then {number}"
        for number, weight in enumerate(parameters.weights)
    )
    return f"(case {cases} else -1 end)::tinyint"


def shows_sql(comparison: Comparison, parameters: LevelParameters, labels: Collection[str]) -> str:
    """SQL that holds when a pair's level has one of the labels."""
    column = f"mw_{column_name(comparison.name)}"
    tests = [
        f"abs({column} - ({weight!r})) < {_WEIGHT_GAP / 10}"
        for level, weight in zip(comparison.levels, parameters.weights, strict=True)
        if level.label in labels
    ]
    return f"({' or '.join(tests) or 'false'})"


def weight_sql(comparison: Comparison) -> str:
    """SQL for a pair's match weight in a comparison, rarity of the shared value included."""
    column = column_name(comparison.name)
    return f"mw_{column} + mw_tf_adj_{column}" if has_rarity(comparison) else f"mw_{column}"


def surprise_sql(comparison: Comparison, parameters: LevelParameters) -> str:
    """SQL for log2(1 / frequency of the shared value); NaN where the level's u counts."""
    if not has_rarity(comparison):
        return "'nan'::double"
    column = column_name(comparison.name)
    cases = " ".join(
        f"when {number} then {log2(1 / u)!r} + mw_tf_adj_{column}"
        for number, (level, u) in enumerate(zip(comparison.levels, parameters.u, strict=True))
        if level.rarity
    )
    known = f"(case {level_sql(comparison, parameters)} {cases} end)"
    return f"coalesce(case when mw_tf_adj_{column} <> 0 then {known} end, 'nan'::double)"


def label_sql(comparison: Comparison, parameters: LevelParameters) -> str:
    """SQL for the label of a pair's level; NULL where a side is missing."""
    cases = " ".join(
        f"when {number} then {quote_literal(level.label)}" for number, level in enumerate(comparison.levels)
    )
    return f"(case {level_sql(comparison, parameters)} {cases} end)"


def has_rarity(comparison: Comparison) -> bool:
    """Whether Splink writes a term-frequency column for the comparison."""
    return any(level.rarity for level in comparison.levels)


def read_parameters(settings: Mapping[str, Any], comparisons: Sequence[Comparison]) -> dict[str, LevelParameters]:
    """The m and u of a Splink settings dictionary; a level Splink never saw has u = 0 here."""
    result = {}
    for comparison, trained in zip(comparisons, settings["comparisons"], strict=True):
        levels = [level for level in trained["comparison_levels"] if not level.get("is_null_level")]
        result[comparison.name] = LevelParameters(
            tuple(float(level.get("m_probability") or 0) for level in levels),
            tuple(float(level.get("u_probability") or 0) for level in levels),
        )
    return result


def _comparison(comparison: Comparison, parameters: LevelParameters | None) -> dict[str, Any]:
    levels = [{"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}]
    for number, level in enumerate(comparison.levels):
        entry: dict[str, Any] = {
            "sql_condition": level.when or "ELSE",
            "label_for_charts": level.label,
            "m_probability": parameters.m[number] if parameters else level.expected,
        }
        if parameters:
            entry["u_probability"] = parameters.u[number]
        if level.rarity:
            entry |= {
                "tf_adjustment_column": rarity_id(level.rarity),
                "tf_adjustment_weight": 1.0,
                # The frequency of the shared value takes the place of this level's own u.
                "disable_tf_exact_match_detection": True,
            }
        levels.append(entry)
    return {
        "output_column_name": column_name(comparison.name),
        "comparison_description": comparison.name,
        "comparison_levels": levels,
    }
