"""Why two records are, or are not, one customer: answered from stored rows, without a value of a customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

from dq_pipeline.adapters.stewardship import pair_decisions
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.explanation import Evidence, Join, Meeting, PairExplanation, Said, ScoredPair, connecting_joins
from dq_pipeline.domain.stewardship import contradictions
from dq_pipeline.errors import ConfigurationError, InputError

LookAgain = Callable[[str, str, str], Meeting]

# The decisions about the two themselves, those that part records of their two customers, or join those of their one.
_SAID = """
select said.number, said.left_key, said.right_key, said.verdict, said.author, said.decided_at, said.reason
from stewardship.link_decisions as said
left join linkage.clusters as lefts on lefts.record_key = said.left_key
left join linkage.clusters as rights on rights.record_key = said.right_key
where (said.left_key = $left and said.right_key = $right)
    or (said.verdict = 'different' and $left_cluster <> $right_cluster
        and list_sort([lefts.cluster_id, rights.cluster_id]) = list_sort([$left_cluster, $right_cluster]))
    or (said.verdict = 'same' and lefts.cluster_id = $left_cluster and rights.cluster_id = $left_cluster
        and $left_cluster = $right_cluster)
order by said.number
"""


def explain_pair(
    con: duckdb.DuckDBPyConnection, left_key: str, right_key: str, *, look_again: LookAgain | None = None
) -> PairExplanation:
    """Explain two record keys (`source:id`) from the warehouse or a published version open in `con`.

    `look_again` compares two records of a population (its third argument) that no stored pair speaks of; without it,
    or where linkage.records is absent, the explanation says that it cannot tell why. Raises InputError naming every
    key that is unknown, when both are one record, and before the first run.
    """
    if left_key == right_key:
        raise InputError(f"{left_key} is one record", fix="name two different records")
    if not table_exists(con, "linkage", "clusters"):
        raise InputError("no run has linked anything yet", where="linkage.clusters", fix="run `dq-pipeline run` first")
    left_key, right_key = sorted((left_key, right_key))
    held = _held(con, (left_key, right_key))
    clusters = _clusters(con, (left_key, right_key), held)
    left_cluster, right_cluster = clusters.get(left_key, ""), clusters.get(right_key, "")
    same = bool(left_cluster) and left_cluster == right_cluster
    pair = read_pair(con, "linkage.pairs", left_key, right_key)
    populations = _populations(con, left_key, right_key)
    meeting, cannot_tell = None, ""
    if not (same or pair or held) and populations[0] == populations[1]:
        meeting, cannot_tell = _meeting(look_again, left_key, right_key, populations[0])
    joins = _joins(con, left_cluster) if same else ()
    return PairExplanation(
        left_key,
        right_key,
        same,
        populations=populations,
        held=held,
        pair=pair,
        meeting=meeting,
        decisions=_decisions(con, (left_key, right_key), (left_cluster, right_cluster)),
        contradictions=contradictions(pair_decisions(con)),
        records=_records(con, left_cluster) if same else 0,
        joins=joins,
        path=connecting_joins(joins, left_key, right_key),
        notes=tuple(_notes(con, left_cluster, right_cluster)),
        cannot_tell=cannot_tell,
    )


def _meeting(
    look_again: LookAgain | None, left_key: str, right_key: str, population: str
) -> tuple[Meeting | None, str]:
    """The two compared again, or why that cannot be."""
    if look_again is None or not population:
        return None, "Which of the two, only the warehouse can tell: it holds what was compared."
    try:
        return look_again(left_key, right_key, population), ""
    except ConfigurationError:
        return (
            None,
            "Which of the two cannot be told until the next run: the linkage policy has changed since the last.",
        )


def _held(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, Sequence[str]]:
    """Which of the two the newest run held back, with the reasons."""
    if not table_exists(con, "quality", "held_records"):
        return {}
    rows = con.execute(
        "select record_key, reasons from quality.held_records where released_at is null "
        "and list_contains($keys, record_key) order by record_key",
        {"keys": list(keys)},
    ).fetchall()
    return dict(rows)


def _clusters(con: duckdb.DuckDBPyConnection, keys: Sequence[str], held: dict[str, Sequence[str]]) -> dict[str, str]:
    found = dict(
        con.execute(
            "select record_key, cluster_id from linkage.clusters where list_contains($keys, record_key)",
            {"keys": list(keys)},
        ).fetchall()
    )
    unknown = tuple(repr(key) for key in keys if key not in found and key not in held)
    if unknown:
        raise InputError(
            "there is no such record",
            problems=unknown,
            fix="write keys as source:id, as they stand in linkage.clusters; the last run may be older than the record",
        )
    return found


def read_pair(con: duckdb.DuckDBPyConnection, pairs: str, left_key: str, right_key: str) -> ScoredPair | None:
    """The pair in `pairs`, a table or subquery with the columns of linkage.pairs."""
    rows = con.execute(
        "select match_weight, match_probability, band, coalesce(blocking_key, ''), evidence "
        f"from {pairs} where left_key = ? and right_key = ?",
        [left_key, right_key],
    ).fetchall()
    if not rows:
        return None
    weight, probability, band, key, evidence = rows[0]
    return ScoredPair(weight, probability, band, key, tuple(Evidence(**item) for item in evidence))


def _populations(con: duckdb.DuckDBPyConnection, left_key: str, right_key: str) -> tuple[str, str]:
    """Person or organisation; '' where linkage.records is not at hand."""
    if not table_exists(con, "linkage", "records"):
        return ("", "")
    found = dict(
        con.execute(
            "select record_key, party_type from linkage.records where record_key in (?, ?)", [left_key, right_key]
        ).fetchall()
    )
    return (found.get(left_key, ""), found.get(right_key, ""))


def _decisions(con: duckdb.DuckDBPyConnection, keys: tuple[str, str], clusters: tuple[str, str]) -> tuple[Said, ...]:
    if not table_exists(con, "stewardship", "link_decisions"):
        return ()
    rows = con.execute(
        _SAID,
        {"left": keys[0], "right": keys[1], "left_cluster": clusters[0], "right_cluster": clusters[1]},
    ).fetchall()
    return tuple(Said(*row) for row in rows)


def _joins(con: duckdb.DuckDBPyConnection, cluster: str) -> tuple[Join, ...]:
    if not table_exists(con, "linkage", "joins"):
        return ()
    rows = con.execute(
        "select step, kept_key, absorbed_key, match_weight, pairs, compared from linkage.joins "
        "where cluster_id = ? order by step",
        [cluster],
    ).fetchall()
    return tuple(Join(*row) for row in rows)


def _records(con: duckdb.DuckDBPyConnection, cluster: str) -> int:
    return int(con.execute("select count(*) from linkage.clusters where cluster_id = ?", [cluster]).fetchall()[0][0])


def _notes(con: duckdb.DuckDBPyConnection, left_cluster: str, right_cluster: str) -> list[str]:
    """What the review queue says about the customers of the two."""
    rows = con.execute(
        "select distinct review.reason from linkage.review as review "
        "join linkage.clusters as lefts on lefts.record_key = review.left_key "
        "join linkage.clusters as rights on rights.record_key = review.right_key "
        "where list_sort([lefts.cluster_id, rights.cluster_id]) = list_sort([?, ?]) order by all",
        [left_cluster, right_cluster],
    ).fetchall()
    return [f"up for review: {reason}" for (reason,) in rows]
