"""Why two records are, or are not, one customer: answered from stored rows, without a value of a customer."""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.quarantine import held_among
from dq_pipeline.domain.linkage import Evidence, PairExplanation
from dq_pipeline.errors import InputError

_VERDICTS = {
    (True, "merge"): "One customer: the two records fit each other.",
    (True, "review"): "One customer: the evidence between these two is weak, other records of the customer join them.",
    (True, "reject"): "One customer: these two do not fit by themselves, other records of the customer join them.",
    (True, ""): "One customer: the two were never compared or had too little in common, other records join them.",
    (False, "merge"): "Two customers: the two fit as a pair, but the other records of the two customers disagree.",
    (False, "review"): "Two customers, perhaps one: the evidence leaves it open, so it is up for review.",
    (False, "reject"): "Two customers: what agrees is outweighed by what does not.",
    (False, ""): "Two customers: they share no key that would have them compared, or scored below the stored limit.",
}


def explain_pair(con: duckdb.DuckDBPyConnection, left_key: str, right_key: str) -> PairExplanation:
    """Explain two record keys (`source:id`) from linkage.clusters, linkage.pairs and linkage.review.

    Raises InputError naming every key that is unknown, or when both are one record.
    """
    if left_key == right_key:
        raise InputError(f"{left_key} is one record", fix="name two different records")
    left_key, right_key = sorted((left_key, right_key))
    same = _same_cluster(con, left_key, right_key)
    pair = con.execute(
        "select match_weight, match_probability, band, blocking_key, "
        "[{'c': e.comparison, 'l': e.level, 'w': e.match_weight} for e in evidence] "
        "from linkage.pairs where left_key = ? and right_key = ?",
        [left_key, right_key],
    ).fetchall()
    notes = tuple(_notes(con, left_key, right_key))
    if not pair:
        return PairExplanation(left_key, right_key, same, _VERDICTS[same, ""], notes=notes)
    weight, probability, band, key, evidence = pair[0]
    return PairExplanation(
        left_key,
        right_key,
        same,
        _VERDICTS[same, band],
        match_weight=weight,
        match_probability=probability,
        band=band,
        blocking_key=key or "",
        evidence=tuple(Evidence(item["c"], item["l"], item["w"]) for item in evidence),
        notes=notes,
    )


def _same_cluster(con: duckdb.DuckDBPyConnection, left_key: str, right_key: str) -> bool:
    found = dict(
        con.execute(
            "select record_key, cluster_id from linkage.clusters where record_key in (?, ?)", [left_key, right_key]
        ).fetchall()
    )
    unknown = [key for key in (left_key, right_key) if key not in found]
    held = held_among(con, unknown)
    if held:
        raise InputError(
            "the record is held back, so it belongs to no customer",
            problems=tuple(held),
            fix="`dq-pipeline held list` says why",
        )
    if unknown:
        raise InputError(
            "there is no such record",
            problems=tuple(unknown),
            fix="write keys as source:id, as they stand in linkage.clusters; the last run may be older than the record",
        )
    return bool(found[left_key] == found[right_key])


def _notes(con: duckdb.DuckDBPyConnection, left_key: str, right_key: str) -> list[str]:
    """What the review queue says about the customers of the two."""
    rows = con.execute(
        "select distinct review.kind, review.reason from linkage.review as review "
        "join linkage.clusters as lefts on lefts.record_key = review.left_key "
        "join linkage.clusters as rights on rights.record_key = review.right_key "
        "where list_sort([lefts.cluster_id, rights.cluster_id]) = (select list_sort(list(cluster_id)) "
        "from linkage.clusters where record_key in (?, ?)) order by all",
        [left_key, right_key],
    ).fetchall()
    return [f"up for review: {reason}" for _, reason in rows]
