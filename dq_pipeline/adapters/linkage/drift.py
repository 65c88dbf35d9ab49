"""What tonight's linkage looked like, kept run by run, and where it is unlike the first run with the same model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from dq_pipeline.adapters.linkage.blocking import PAIRS
from dq_pipeline.adapters.linkage.model import Model, PopulationModel
from dq_pipeline.adapters.linkage.records import (
    NUMBER,
    RECORDS,
    add_rarity_ids,
    prepare_records,
    rarity_id,
    rarity_table,
)
from dq_pipeline.adapters.linkage.scoring import SCORED, score_pairs
from dq_pipeline.adapters.linkage.scratch import scratch_database
from dq_pipeline.adapters.warehouse import Warehouse, quote_identifier, quote_literal
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.domain.linkage_drift import WEIGHT_EDGES, Drift, LinkageDriftPolicy, RunStatistics, find_drift

# A share is good to half a per cent (one standard deviation), and a million records cost no more than these.
SAMPLE = 10_000
_COLUMNS = (
    "population, model_version, records, pairs, weight_counts, key_pairs, self_weight_counts, unlinkable_share, "
    "implied_prior, model_prior, unseen_values"
)


def create_run_statistics(con: duckdb.DuckDBPyConnection) -> None:
    """Make linkage.run_statistics, empty, unless it is there: one row a run and population, never changed."""
    con.execute("create schema if not exists linkage")
    con.execute(
        """
        create table if not exists linkage.run_statistics (
            run_id varchar, measured_at timestamp, population varchar, model_version varchar, records bigint,
            pairs bigint, weight_counts bigint[], key_pairs map(varchar, bigint), self_weight_counts bigint[],
            unlinkable_share double, implied_prior double, model_prior double, unseen_values map(varchar, double)
        )
        """
    )


def record_run_statistics(
    warehouse: Warehouse,
    work_dir: Path,
    model: Model,
    policies: Sequence[LinkagePolicy],
    *,
    run_id: str,
    now: datetime,
) -> tuple[RunStatistics, ...]:
    """Measure linkage.pairs and linkage.records and add the figures to linkage.run_statistics; a run measured again
    replaces its own. `model` is the one the pairs were scored with."""
    measured = tuple(_measure(warehouse.path, work_dir, model.populations[p.population], p) for p in policies)
    with warehouse.transaction() as con:
        create_run_statistics(con)
        con.execute("delete from linkage.run_statistics where run_id = ?", [run_id])
        for found in measured:
            con.execute(
                f"insert into linkage.run_statistics (run_id, measured_at, {_COLUMNS}) "
                "select ?, ?, ?, ?, ?, ?, ?, map(?::varchar[], ?::bigint[]), ?, ?, ?, ?, "
                "map(?::varchar[], ?::double[])",
                [
                    *(run_id, now, found.population, found.model_version, found.records, found.pairs),
                    *(list(found.weight_counts), list(found.key_pairs), list(found.key_pairs.values())),
                    *(list(found.self_weight_counts), found.unlinkable_share, found.implied_prior),
                    *(found.model_prior, list(found.unseen), list(found.unseen.values())),
                ],
            )
    return measured


def run_statistics(con: duckdb.DuckDBPyConnection) -> tuple[tuple[RunStatistics, RunStatistics], ...]:
    """For each population, the figures of the newest run and those of the first run with the same model."""
    newest = "run_id = (select arg_max(run_id, (measured_at, run_id)) from linkage.run_statistics) order by population"
    return tuple((found, _first_use(con, found)) for found in _read(con, newest, []))


def linkage_drift(con: duckdb.DuckDBPyConnection, policy: LinkageDriftPolicy) -> tuple[Drift, ...]:
    """Everything about the newest run's linkage that is outside the limits, population by population."""
    return tuple(drift for today, first in run_statistics(con) for drift in find_drift(today, first, policy))


def weight_counts_sql(weight: str, condition: str = "true") -> str:
    """SQL aggregate: a list with the number of weights in each bin of WEIGHT_EDGES, of the rows that meet `condition`.
    No weight counts as one below every edge."""
    edges = ", ".join(repr(edge) for edge in WEIGHT_EDGES)
    number = f"len(list_filter([{edges}], lambda edge: edge <= {weight}))"
    bins = range(len(WEIGHT_EDGES) + 1)
    return f"[{', '.join(f'count(*) filter (({condition}) and {number} = {n})' for n in bins)}]"


def _first_use(con: duckdb.DuckDBPyConnection, found: RunStatistics) -> RunStatistics:
    """Figures counted in other bins, by an older version of the program, are no measure."""
    return _read(
        con,
        "model_version = ? and population = ? and len(weight_counts) = ? order by measured_at, run_id limit 1",
        [found.model_version, found.population, len(found.weight_counts)],
    )[0]


def _read(con: duckdb.DuckDBPyConnection, where: str, values: list[object]) -> list[RunStatistics]:
    rows = con.execute(f"select {_COLUMNS} from linkage.run_statistics where {where}", values).fetchall()
    return [
        RunStatistics(
            population=row[0],
            model_version=row[1],
            records=row[2],
            pairs=row[3],
            weight_counts=tuple(row[4]),
            key_pairs=row[5],
            self_weight_counts=tuple(row[6]),
            unlinkable_share=row[7],
            implied_prior=row[8],
            model_prior=row[9],
            unseen=row[10],
        )
        for row in rows
    ]


def _measure(warehouse: Path, work_dir: Path, model: PopulationModel, policy: LinkagePolicy) -> RunStatistics:
    population = quote_literal(policy.population)
    with scratch_database(work_dir) as (con, _):
        con.execute(f"attach {quote_literal(str(warehouse))} as dq_warehouse (read_only)")
        records = con.execute(
            f"select count(*) from dq_warehouse.linkage.records where party_type = {population}"
        ).fetchall()[0][0]
        weights, keys, expected = _pairs(con, policy)
        sample = (
            f"(select * from dq_warehouse.linkage.records where party_type = {population} "
            f"order by md5_number_lower(record_key) limit {SAMPLE})"
        )
        sampled = prepare_records(con, policy, source=sample)
        con.execute("detach dq_warehouse")
        alone, unlinkable = _with_itself(con, model, policy)
        return RunStatistics(
            population=policy.population,
            model_version=model.version,
            records=records,
            pairs=sum(weights),
            weight_counts=weights,
            key_pairs=keys,
            self_weight_counts=alone,
            unlinkable_share=unlinkable / sampled if sampled else 0.0,
            implied_prior=expected / (records * (records - 1) / 2) if records > 1 else 0.0,
            model_prior=model.prior,
            unseen=_unseen(con, model) if sampled else {},
        )


def _pairs(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy) -> tuple[tuple[int, ...], dict[str, int], float]:
    """Weights by bin, pairs by key, and how many of them are one customer by their probabilities."""
    con.execute(
        f"""
        create or replace temp table dq_link_stored as
        select match_weight, match_probability, blocking_key
        from dq_warehouse.linkage.pairs as pairs
        semi join (from dq_warehouse.linkage.records where party_type = {quote_literal(policy.population)}) as records
            on records.record_key = pairs.left_key
        where match_weight >= {policy.thresholds.keep}
        """
    )
    counts, expected = con.execute(
        f"select {weight_counts_sql('match_weight')}, coalesce(sum(match_probability), 0) from dq_link_stored"
    ).fetchall()[0]
    keys = con.execute(
        "select blocking_key, count(*) from dq_link_stored where blocking_key is not null group by all order by all"
    ).fetchall()
    return tuple(counts), dict(keys), float(expected)


def _with_itself(
    con: duckdb.DuckDBPyConnection, model: PopulationModel, policy: LinkagePolicy
) -> tuple[tuple[int, ...], int]:
    """Weights of the sampled records with a copy of themselves, and how many do not reach the line of merging."""
    con.execute(
        f"create or replace table {PAIRS} as "
        f"select {NUMBER} as join_key_l, {NUMBER} as join_key_r, 0::utinyint as match_key from {RECORDS}"
    )
    score_pairs(con, model, policy)
    # A pair beyond hope is not in SCORED.
    weight = f"coalesce(match_weight, {policy.thresholds.hopeless} - 1)"
    counts, below = con.execute(
        f"select {weight_counts_sql(weight)}, count(*) filter ({weight} < {policy.thresholds.merge}) "
        f"from {RECORDS} left join {SCORED} on l = {NUMBER}"
    ).fetchall()[0]
    return tuple(counts), int(below)


def _unseen(con: duckdb.DuckDBPyConnection, model: PopulationModel) -> dict[str, float]:
    """By column, the share of the sampled records with a value that have one the model never saw."""
    shares = {}
    add_rarity_ids(con, sorted(model.rarity))
    for column in sorted(model.rarity):
        name = quote_identifier(rarity_id(column))
        filled, unseen = con.execute(
            f"select count(*), count(*) filter (known.{name} is null) from {RECORDS} as records "
            f"left join {rarity_table(column)} as known using ({name}) where records.{name} is not null"
        ).fetchall()[0]
        shares[column] = unseen / filled if filled else 0.0
    return shares
