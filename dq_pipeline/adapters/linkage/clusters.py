"""From scored pairs to customers, and what a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import duckdb
import numpy as np

from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.adapters.linkage.scoring import SCORED, band_sql
from dq_pipeline.adapters.linkage.settings import column_name, weight_sql
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.clustering import JoinRule, PairEvidence, cluster
from dq_pipeline.domain.linkage import Comparison, LinkagePolicy

CLUSTERS = "dq_link_clusters"


def cluster_records(
    con: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], model: PopulationModel, policy: LinkagePolicy
) -> int:
    """Make the table CLUSTERS (record number, `cluster`: number of its smallest member); returns the customers."""
    import pyarrow as pa

    size = int(con.execute(f"select count(*) from {RECORDS}").fetchall()[0][0])
    lines = policy.thresholds
    found = cluster(
        _evidence(con, comparisons, model, policy),
        size,
        JoinRule(pair=lines.merge, group=lines.group, unscored=lines.unscored),
    )
    numbers = pa.table({NUMBER: np.arange(size, dtype=np.int32), "cluster": found.labels.astype(np.int32)})
    con.register("dq_link_arrow", numbers)
    con.execute(f"create or replace table {CLUSTERS} as from dq_link_arrow")
    con.unregister("dq_link_arrow")
    return size - len(found.absorbed)


def stored_clusters_sql() -> str:
    """SELECT of linkage.clusters."""
    return f"""
        select records.record_key, records.source_system, records.source_record_id, first.record_key as cluster_id
        from {RECORDS} as records
        join {CLUSTERS} as clusters using ({NUMBER})
        join {RECORDS} as first on first.{NUMBER} = clusters.cluster
        order by records.record_key
    """


def stored_review_sql(policy: LinkagePolicy) -> str:
    """SELECT of linkage.review: what to decide, the most records at stake first.

    `kind` 'pair': the best pair between two customers that are close to being one, or fit as a pair but not as
    groups. `kind` 'cluster': a customer whose own records contradict each other, by their worst pair, or one of
    implausibly many records.
    """
    return f"""
        with sizes as (select cluster, count(*) as records from {CLUSTERS} group by cluster),
        placed as (
            select scored.*, lefts.cluster as left_cluster, rights.cluster as right_cluster
            from {SCORED} as scored
            join {CLUSTERS} as lefts on lefts.{NUMBER} = scored.l
            join {CLUSTERS} as rights on rights.{NUMBER} = scored.r
        ),
        apart as (
            select 'pair' as kind, l, r, least(left_cluster, right_cluster) as cluster, match_weight,
                {_pair_reason(policy)} as reason,
                greatest(left_cluster, right_cluster) as other
            from placed
            where left_cluster <> right_cluster and match_weight >= {policy.thresholds.review}
            qualify row_number() over (partition by cluster, other order by match_weight desc, l, r) = 1
        ),
        contradictory as (
            select 'cluster' as kind, l, r, left_cluster as cluster, match_weight,
                'records of one customer contradict each other' as reason, left_cluster as other
            from placed
            where left_cluster = right_cluster and match_weight <= {policy.thresholds.contradiction}
            qualify row_number() over (partition by left_cluster order by match_weight, l, r) = 1
        ),
        large as (
            select 'cluster' as kind, cluster as l, cluster as r, cluster, null::double as match_weight,
                'more records than one customer plausibly has' as reason, cluster as other
            from sizes where records > {policy.limits.cluster_size}
        ),
        items as (from apart union all from contradictory union all from large)
        select
            kind,
            lefts.record_key as left_key,
            rights.record_key as right_key,
            first.record_key as cluster_id,
            round(match_weight, 6) as match_weight,
            one.records + case when items.cluster = items.other then 0 else two.records end as records,
            reason
        from items
        join sizes as one on one.cluster = items.cluster
        join sizes as two on two.cluster = items.other
        join {RECORDS} as lefts on lefts.{NUMBER} = items.l
        join {RECORDS} as rights on rights.{NUMBER} = items.r
        join {RECORDS} as first on first.{NUMBER} = items.cluster
        order by records desc, match_weight desc nulls first, left_key, right_key, kind
    """


def _evidence(
    con: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], model: PopulationModel, policy: LinkagePolicy
) -> PairEvidence:
    """All scored pairs among the records that have a stored pair; the others cannot join anything."""
    weights = ", ".join(
        f"(case when mw_{column_name(c.name)} <> 0 then {weight_sql(c)} else 'nan' end)::float as weight_{k}"
        for k, c in enumerate(comparisons)
    )
    arrays = con.execute(
        f"""
        with near as (select l, r from {SCORED} where match_weight >= {policy.thresholds.keep}),
        candidates as (select l as number from near union select r from near)
        select {", ".join(part for part in ("l", "r", weights) if part)}
        from {SCORED}
        semi join candidates as lefts on lefts.number = l
        semi join candidates as rights on rights.number = r
        order by l, r
        """
    ).fetchnumpy()
    rows = len(arrays["l"])
    weight = np.empty((rows, len(comparisons)), dtype=np.float32)
    for k in range(len(comparisons)):
        weight[:, k] = arrays.pop(f"weight_{k}")
    return PairEvidence(
        left=np.asarray(arrays["l"], dtype=np.int64),
        right=np.asarray(arrays["r"], dtype=np.int64),
        weight=weight,
        prior=log2(model.prior / (1 - model.prior)),
        shares=np.array([[float(e.shares.get(c.name, 0)) for c in comparisons] for e in policy.explanations]),
        rivals=np.array([log2(max(model.rivals[e.name], 1e-300)) for e in policy.explanations]),
    )


def _pair_reason(policy: LinkagePolicy) -> str:
    """In plain words why the two are apart: a better explanation, too little evidence, or disagreement around."""
    labels = " ".join(f"when {n} then {quote_literal(f'may be {e.label}')}" for n, e in enumerate(policy.explanations))
    rival = f"when splink_weight - match_weight > 1 then case rival {labels} end" if labels else ""
    band = band_sql("match_weight", policy.thresholds)
    return (
        f"case when {band} = 'merge' then 'fit as a pair, but other records of the two customers disagree' "
        f"{rival} else 'too little evidence either way' end"
    )
