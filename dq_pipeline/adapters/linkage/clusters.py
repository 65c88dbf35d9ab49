"""From scored pairs to customers: the connected components something changed in, and the clusters inside them."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import duckdb
import numpy as np

from dq_pipeline.adapters.linkage.blocking import RECHECKED
from dq_pipeline.adapters.linkage.decisions import REDECIDED, Decided
from dq_pipeline.adapters.linkage.model import PopulationModel
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.adapters.linkage.scoring import SCORED
from dq_pipeline.adapters.linkage.settings import column_name, weight_sql
from dq_pipeline.adapters.linkage.state import ANCHORS, BROKEN, CHANGED, STORED
from dq_pipeline.domain.clustering import Bounds, Clustering, IntArray, JoinRule, PairEvidence, cluster, components
from dq_pipeline.domain.linkage import Comparison, LinkagePolicy

# `l`, `r`, of all pairs at the review line and above.
LINKS = "dq_link_links"
# NUMBER, `component`, of the records of every component to be clustered anew, single records too.
TOUCHED = "dq_link_touched"
# NUMBER, `cluster` (number of its smallest record), of the same records.
CLUSTERS = "dq_link_clusters"
# `cluster, step, kept, absorbed, match_weight, pairs, compared` of the same clusters.
JOINS = "dq_link_joins"


def find_touched(con: duckdb.DuckDBPyConnection, decided: Decided, policy: LinkagePolicy, flipped: str) -> int:
    """Make TOUCHED: the components in which anything differs from the last linkage. Returns how many records.

    Records are connected by pairs at the `review` line and above, kept before (STORED) or scored now (SCORED), and by
    must-links. A component is as it was unless one of its records changed, lost a link, gained one, was decided
    about, or shares a block with another one that opened or closed (table `flipped`).
    """
    line = policy.thresholds.review
    size = _rows(con, RECORDS)
    con.execute(
        f"create or replace table {LINKS} as "
        f"select l, r from (from {STORED} anti join {RECHECKED} using (l, r)) where match_weight >= {line} "
        f"union select l, r from {SCORED} where match_weight >= {line}"
    )
    edges = _arrays(con, f"select l, r from {LINKS}")
    label = components(np.concatenate([edges, decided.together]), size)
    _register(con, "dq_link_components", {NUMBER: np.arange(size), "component": label})
    con.execute(
        f"""
        create or replace table {TOUCHED} as
        with seeds as (
            select {NUMBER} from {CHANGED}
            union select {NUMBER} from {BROKEN}
            union select {NUMBER} from {REDECIDED}
            union select l from {SCORED} where match_weight >= {line}
            union select unnest([l, r]) from {STORED} semi join {RECHECKED} using (l, r) where match_weight >= {line}
        ), touched as (
            select component from dq_link_components semi join seeds using ({NUMBER})
            union
            select component from {flipped} join dq_link_components using ({NUMBER})
            group by block, component having count(*) > 1
        )
        select {NUMBER}, component from dq_link_components semi join touched using (component) order by {NUMBER}
        """
    )
    con.execute("drop table dq_link_components")
    return _rows(con, TOUCHED)


def cluster_touched(
    con: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    model: PopulationModel,
    policy: LinkagePolicy,
    decided: Decided,
) -> None:
    """Make CLUSTERS and JOINS of the records in TOUCHED from SCORED, which has all pairs inside their components."""
    lines, records = policy.thresholds, _rows(con, RECORDS)
    apart = np.concatenate([decided.apart, _guarded(con, decided, records)])
    found = cluster(
        _evidence(con, comparisons, model, policy),
        records,
        JoinRule(lines.merge, lines.group, lines.unscored, anchor=lines.merge - lines.break_below),
        Bounds(decided.together, apart, _exclusive(con, policy.limits.unique_sources)),
    )
    size = len(found.labels)
    _register(con, "dq_link_labels", {NUMBER: np.arange(size), "cluster": found.labels})
    con.execute(
        f"create or replace table {CLUSTERS} as "
        f"select {NUMBER}, cluster from dq_link_labels semi join {TOUCHED} using ({NUMBER}) order by {NUMBER}"
    )
    con.execute("drop table dq_link_labels")
    _register(con, "dq_link_steps", _steps(found))
    con.execute(
        f"""
        create or replace table {JOINS} as
        select cluster, row_number() over (partition by cluster order by step)::integer as step, kept, absorbed,
            case when not isnan(match_weight) then match_weight end as match_weight, pairs, compared
        from dq_link_steps where cluster in (select cluster from {CLUSTERS})
        """
    )
    con.execute("drop table dq_link_steps")


def stored_clusters_sql() -> str:
    """SELECT of the rows of linkage.clusters."""
    return f"""
        select records.record_key, records.source_system, records.source_record_id, first.record_key as cluster_id
        from {CLUSTERS} as clusters
        join {RECORDS} as records using ({NUMBER})
        join {RECORDS} as first on first.{NUMBER} = clusters.cluster
        order by records.record_key
    """


def stored_joins_sql() -> str:
    """SELECT of the rows of linkage.joins."""
    return f"""
        select first.record_key as cluster_id, step, kept.record_key as kept_key, absorbed.record_key as absorbed_key,
            match_weight, pairs, compared
        from {JOINS} as joins
        join {RECORDS} as first on first.{NUMBER} = joins.cluster
        join {RECORDS} as kept on kept.{NUMBER} = joins.kept
        join {RECORDS} as absorbed on absorbed.{NUMBER} = joins.absorbed
        order by cluster_id, step
    """


def _steps(found: Clustering) -> dict[str, np.ndarray]:
    return {
        "cluster": found.labels[found.kept],
        "step": np.arange(len(found.kept)),
        "kept": found.kept,
        "absorbed": found.absorbed,
        "match_weight": found.weight,
        "pairs": found.pairs,
        "compared": found.compared,
    }


def _evidence(
    con: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], model: PopulationModel, policy: LinkagePolicy
) -> PairEvidence:
    """All scored pairs inside the components in TOUCHED."""
    weights = [
        f"(case when mw_{column_name(c.name)} <> 0 then {weight_sql(c)} else 'nan' end)::float as weight_{k}"
        for k, c in enumerate(comparisons)
    ]
    arrays = con.execute(
        f"""
        select {", ".join(["l", "r", "coalesce(one.anchor = two.anchor, false) as anchored", *weights])}
        from {SCORED}
        join {TOUCHED} as lefts on lefts.{NUMBER} = l
        join {TOUCHED} as rights on rights.{NUMBER} = r and rights.component = lefts.component
        left join {ANCHORS} as one on one.{NUMBER} = l
        left join {ANCHORS} as two on two.{NUMBER} = r
        order by l, r
        """
    ).fetchnumpy()
    weight = np.empty((len(arrays["l"]), len(comparisons)), dtype=np.float32)
    for k in range(len(comparisons)):
        weight[:, k] = arrays.pop(f"weight_{k}")
    return PairEvidence(
        left=np.asarray(arrays["l"], dtype=np.int64),
        right=np.asarray(arrays["r"], dtype=np.int64),
        weight=weight,
        prior=log2(model.prior / (1 - model.prior)),
        shares=np.array([[float(e.shares.get(c.name, 0)) for c in comparisons] for e in policy.explanations]),
        rivals=np.array([log2(max(model.rivals[e.name], 1e-300)) for e in policy.explanations]),
        anchored=np.asarray(arrays["anchored"], dtype=np.bool_),
    )


def _guarded(con: duckdb.DuckDBPyConnection, decided: Decided, size: int) -> IntArray:
    """The pairs that a guard of the policy keeps apart. A component in which a person joined two of them anyway is
    known better than a guard knows it: there the evidence decides about the others."""
    found = con.execute(
        f"select l, r, component from {SCORED} join {TOUCHED} on {NUMBER} = l where guard is not null order by l, r"
    ).fetchnumpy()
    pairs, component = np.column_stack([found["l"], found["r"]]).astype(np.int64), np.asarray(found["component"])
    group = components(decided.together, size)[pairs]
    overruled = component[group[:, 0] == group[:, 1]]
    return pairs[~np.isin(component, overruled)]


def _exclusive(con: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> IntArray:
    """For each record the bit of its source, where that has no duplicates; nothing when there is no such source."""
    if not sources:
        return np.empty(0, dtype=np.int64)
    found = con.execute(
        f"select coalesce(1::bigint << (list_position($sources, source_system) - 1), 0) as bit "
        f"from {RECORDS} order by {NUMBER}",
        {"sources": sorted(sources)},
    ).fetchnumpy()
    return np.asarray(found["bit"], dtype=np.int64)


def _arrays(con: duckdb.DuckDBPyConnection, query: str) -> IntArray:
    found = con.execute(query).fetchnumpy()
    return np.column_stack([np.asarray(column, dtype=np.int64) for column in found.values()])


def _register(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, np.ndarray]) -> None:
    import pyarrow as pa

    con.register("dq_link_arrow", pa.table(columns))
    con.execute(f"create or replace table {name} as from dq_link_arrow")
    con.unregister("dq_link_arrow")


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
