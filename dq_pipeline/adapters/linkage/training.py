"""Training a linkage model without labels: u from random pairs (Splink), m and the prior by expectation maximisation.

Splink's own EM blocks on one key at a time and takes everything for either one customer or strangers; families
then teach it that customers share addresses and differ in given names. Here m is learned on all candidate
pairs at once, with the rival explanations of the policy (domain/mixture.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np

from dq_pipeline.adapters.linkage.blocking import PAIRS, find_pairs
from dq_pipeline.adapters.linkage.model import Model, PopulationModel, libraries, version_name
from dq_pipeline.adapters.linkage.records import (
    NUMBER,
    RECORDS,
    attach_records,
    fingerprint,
    measure_rarity,
    rarity_table,
    usable_comparisons,
)
from dq_pipeline.adapters.linkage.scratch import open_linker, scratch_database
from dq_pipeline.adapters.linkage.settings import (
    LevelParameters,
    distinct_weights,
    level_sql,
    read_parameters,
    splink_settings,
    surprise_sql,
)
from dq_pipeline.domain.linkage import Comparison, LinkagePolicy, Population, policies_fingerprint, policy_problems
from dq_pipeline.domain.mixture import ComparedPairs, Parameters, Rival, Start, Trust, fit
from dq_pipeline.errors import ConfigurationError

_SAMPLE = "dq_link_training"
# Random pairs looked at to see how often a comparison can be made, and the most common that "never seen" can be.
_SHARE_PAIRS = 100_000
_MOST_RARE = 1e-3
# How many pairs' worth of trust there is in what is assumed of chance agreement before any pair is seen.
_ASSUMED_PAIRS = 200


def train_model(
    warehouse: Path, work_dir: Path, policies: Sequence[LinkagePolicy], *, seed: int, now: datetime
) -> Model:
    """Train on linkage.records of the warehouse file, which is only read. Nothing is saved or promoted.

    The same records, policies, seed and libraries give the same version and the same parameters. Works, on the
    policies' expectations, even where there is nothing to learn from. Raises InputError when there is no
    warehouse, ConfigurationError when a policy contradicts itself or does not fit linkage.records.
    """
    if problems := [problem for policy in policies for problem in policy_problems(policy)]:
        raise ConfigurationError(
            "a linkage policy contradicts itself",
            where="dq_pipeline/policies/linkage.py",
            problems=tuple(problems),
            fix="mend what is named",
        )
    trained: dict[Population, PopulationModel] = {}
    for policy in policies:
        with scratch_database(work_dir) as (con, _):
            attach_records(con, warehouse, policy)
            trained[policy.population] = train_on_records(con, policy, seed=seed)
    version = version_name([part.facts["data"] for part in trained.values()], policies, seed)
    manifest = {
        "version": version,
        "trained_at": now.isoformat(),
        "seed": seed,
        "policy": policies_fingerprint(policies),
        "libraries": libraries(),
        "populations": [policy.population for policy in policies],
    }
    return Model(version, manifest, {name: replace(part, version=version) for name, part in trained.items()})


def train_on_records(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, *, seed: int) -> PopulationModel:
    """The model of one population, not named yet, from the prepared table RECORDS of a scratch database."""
    comparisons = usable_comparisons(con, policy)
    data = fingerprint(con)
    columns = tuple(sorted({level.rarity for c in comparisons for level in c.levels if level.rarity}))
    measure_rarity(con, columns)
    records = _draw_records(con, policy.limits.training_records, seed)
    random = _random_pairs(con, comparisons, policy, records)
    sampled = _sample_u(con, comparisons, policy, seed, records, random)
    blocking = find_pairs(con, policy, sample=_SAMPLE)
    pairs = _compare(con, comparisons, sampled, columns, policy)
    found = fit(
        pairs,
        Start(
            expected=tuple(np.array([level.expected for level in c.levels]) for c in comparisons),
            sampled_u=tuple(np.array(sampled[c.name].u) for c in comparisons),
            neutral=tuple(np.array([level.neutral for level in c.levels]) for c in comparisons),
            rarest=tuple(np.maximum(_assumed(c, random[c.name]), _rarest(random[c.name])) for c in comparisons),
            prior=_first_prior(_rows(con, RECORDS)),
        ),
        _rivals(comparisons, policy),
        Trust(policy.limits.prior_strength, policy.limits.minimum_m, policy.limits.doubt),
    )
    learned = {
        c.name: distinct_weights(m.tolist(), u.tolist()) for c, m, u in zip(comparisons, found.m, found.u, strict=True)
    }
    prior = float(f"{found.prior:.6g}")
    return PopulationModel(
        "",
        splink_settings(comparisons, learned, prior=prior, version=f"{policy.population}-{data}"),
        {
            "data": data,
            "policy": policy.fingerprint(),
            "records": _rows(con, RECORDS),
            "training_records": records,
            "comparisons": [c.name for c in comparisons],
            "left_out": [c.name for c in policy.comparisons if c not in comparisons],
            "prior": prior,
            "rivals": _named_rivals(policy, found),
            "candidate_pairs": _rows(con, PAIRS),
            "pairs_learned_from": len(pairs),
            "iterations": found.iterations,
            "blocking": [vars(report) for report in blocking],
        },
        {c: con.sql(f"select * from {rarity_table(c)}").to_arrow_table() for c in columns},
    )


def _draw_records(con: duckdb.DuckDBPyConnection, most: int, seed: int) -> int:
    """The records to train on: all, or `most` of them chosen by a hash of key and seed. Their random pairs with each
    other are compared, and their candidate pairs with all records of a larger number: those are a sample of all
    candidate pairs, whereas few of the drawn records' duplicates are drawn too."""
    con.execute(
        f"create or replace table {_SAMPLE} as from {RECORDS} "
        f"order by md5_number_lower(record_key || chr(31) || '{int(seed)}'), {NUMBER} limit {int(most)}"
    )
    return _rows(con, _SAMPLE)


def _sample_u(
    con: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    policy: LinkagePolicy,
    seed: int,
    records: int,
    random: Mapping[str, float],
) -> dict[str, LevelParameters]:
    """Expected m, and u counted on random pairs; a level no random pair showed gets the rarest u they could."""
    if records < 2 or not comparisons:
        trained = {c.name: LevelParameters((), ()) for c in comparisons}
    else:
        linker = open_linker(con, splink_settings(comparisons, {}, prior=_first_prior(records)), records=_SAMPLE)
        # All pairs in one go: Splink's early stopping never comes, since some level is always rare.
        linker.training.estimate_u_using_random_sampling(
            _sampled_pairs(policy, records), seed=seed, min_count_per_level=None, num_chunks=1
        )
        trained = read_parameters(linker.misc.save_model_to_json(), comparisons)
    return {
        c.name: distinct_weights(
            [level.expected for level in c.levels], _steadied(c, trained[c.name].u, random[c.name])
        )
        for c in comparisons
    }


def _steadied(comparison: Comparison, counted: Sequence[float], pairs: float) -> list[float]:
    """u as counted on so many random pairs, none rarer than they could show.

    Among few records most pairs that agree are one customer, and chance cannot be seen. So where agreement is known to
    be rare, in whatever has values by whose rarity it is judged, that is what is assumed, as if seen on _ASSUMED_PAIRS.
    """
    *assumed, _ = _assumed(comparison, pairs)
    seen = list(counted[:-1]) or [0.0] * len(assumed)
    weight = pairs / (pairs + _ASSUMED_PAIRS) if any(assumed) else 1.0
    agree = [max(u * weight + a, _rarest(pairs)) for u, a in zip(seen, assumed, strict=True)]
    return [*agree, max(1 - sum(agree), _rarest(pairs))]


def _assumed(comparison: Comparison, pairs: float) -> list[float]:
    """How much of each level's u comes from what is assumed of chance, beside so many random pairs; 0: nothing is."""
    agree, trust = comparison.levels[:-1], _ASSUMED_PAIRS / (pairs + _ASSUMED_PAIRS)
    known_to_be_rare = any(level.rarity for level in agree)
    return [*(level.chance * trust if known_to_be_rare else 0.0 for level in agree), 0.0]


def _rarest(pairs: float) -> float:
    """Half a pair: what was never seen on the random ones may still happen."""
    return min(0.5 / max(pairs, 1), _MOST_RARE)


def _random_pairs(
    con: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], policy: LinkagePolicy, records: int
) -> dict[str, float]:
    """For each comparison how many of the random pairs could be compared at all: the fewer records have the value, the
    less was there to see. Estimated on some random pairs."""
    if records < 2 or not comparisons:
        return {c.name: 0.0 for c in comparisons}
    shifts = min(-(-_SHARE_PAIRS // records), records - 1)
    counts = ", ".join(f"count(*) filter (({c.missing}) is not true)" for c in comparisons)
    *comparable, pairs = con.execute(
        f"""
        with placed as materialized (
            select row_number() over (order by md5(record_key)) - 1 as place, * from {_SAMPLE}
        ),
        partners as materialized (
            select place as place_l, (place + shift) % {records} as place_r
            from placed, range(1, {shifts} + 1) as shifts(shift)
        ),
        lefts as (select columns('(.*)') as '\\1_l' from placed),
        rights as (select columns('(.*)') as '\\1_r' from placed)
        select {counts}, count(*) from partners join lefts using (place_l) join rights using (place_r)
        """
    ).fetchall()[0]
    sampled = min(_sampled_pairs(policy, records), records * (records - 1) / 2)
    return {c.name: sampled * n / pairs for c, n in zip(comparisons, comparable, strict=True)}


def _compare(
    con: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    parameters: Mapping[str, LevelParameters],
    rarity_columns: tuple[str, ...],
    policy: LinkagePolicy,
) -> ComparedPairs:
    """The candidate pairs that could be one customer, compared by Splink, as arrays."""
    records = _rows(con, RECORDS)
    above = con.execute(f"select sum({records - 1} - {NUMBER}) from {_SAMPLE}").fetchall()[0][0]
    possible = max(float(above or 0), 1.0)
    if not comparisons or not _rows(con, PAIRS):
        nothing = tuple(np.empty(0, dtype=np.int64) for _ in comparisons)
        return ComparedPairs(nothing, tuple(np.empty(0) for _ in comparisons), possible)
    settings = splink_settings(comparisons, parameters, prior=_first_prior(records))
    linker = open_linker(con, settings, rarity_columns=rarity_columns, pairs=PAIRS)
    scored = linker.inference.predict(threshold_match_weight=policy.thresholds.hopeless)
    selected = ", ".join(
        f"{level_sql(c, parameters[c.name])} as level_{k}, {surprise_sql(c, parameters[c.name])} as surprise_{k}"
        for k, c in enumerate(comparisons)
    )
    arrays = con.execute(f"select {selected} from {scored.physical_name} order by {NUMBER}_l, {NUMBER}_r").fetchnumpy()
    scored.drop_table_from_database_and_remove_from_cache()
    return ComparedPairs(
        tuple(np.asarray(arrays[f"level_{k}"]).astype(np.int64) for k in range(len(comparisons))),
        tuple(np.asarray(arrays[f"surprise_{k}"], dtype=np.float64) for k in range(len(comparisons))),
        possible,
    )


def _rivals(comparisons: Sequence[Comparison], policy: LinkagePolicy) -> tuple[Rival, ...]:
    numbers = {e.name: number for number, e in enumerate(policy.explanations)}
    return tuple(
        Rival(
            np.array([float(e.shares.get(c.name, 0.0)) for c in comparisons]),
            e.expected,
            numbers.get(e.kind_of),
            e.at_most,
        )
        for e in policy.explanations
    )


def _named_rivals(policy: LinkagePolicy, found: Parameters) -> dict[str, float]:
    return {e.name: float(f"{share:.6g}") for e, share in zip(policy.explanations, found.rivals.tolist(), strict=True)}


def _first_prior(records: int) -> float:
    """Where learning starts: every second record has one duplicate."""
    return 1.0 / max(records, 3)


def _sampled_pairs(policy: LinkagePolicy, records: int) -> int:
    """More records, rarer coincidences, more random pairs to see them in."""
    return max(policy.limits.sampled_pairs, 10 * records)


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
