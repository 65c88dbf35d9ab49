"""The review queue: the pairs and customers a person should look at, worked out from the stored results alone."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from dq_pipeline.adapters.linkage.scoring import RIVAL_EVIDENCE, asked_sql
from dq_pipeline.adapters.stewardship import create_stewardship_tables, pair_decisions
from dq_pipeline.adapters.warehouse import quote_literal
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.domain.stewardship import PairDecision, contradictions

_COLUMNS = "kind, left_key, right_key, cluster_id, other_id, match_weight, reason"
CONTRADICTION = "decisions contradict each other: what was decided about other records makes these two one customer"
CROSSED = "decided to be one customer, but one is taken for a person and one for an organisation: put the record right"


def write_review(con: duckdb.DuckDBPyConnection, policies: Sequence[LinkagePolicy]) -> None:
    """Replace linkage.review in the warehouse, from linkage.pairs, .clusters, .joins and the decisions in force.

    `kind` 'pair': the best pair between two customers that are close to being one, or fit as a pair but not as groups,
    or that a guard of the policy keeps apart; not where somebody decided already. 'cluster': a customer whose own
    records contradict each other (by their worst pair), hang together by little (by the weakest join), or are
    implausibly many. 'contradiction': decisions that cannot all hold, by the two records that must not be one customer.
    `customers`: how many customers deciding it may change, those of the two records and those with an open pair with
    either; the most come first.
    """
    create_stewardship_tables(con)
    _place_records(con, policies)
    _contradictions(con)
    items = " union all ".join(select for policy in policies for select in _selects(policy))
    con.execute(
        f"create or replace temp table review_items as {items} union all select {_COLUMNS} from review_contradictions"
    )
    con.execute(
        """
        create or replace table linkage.review as
        with open_pairs as (select cluster_id, other_id from review_items where cluster_id <> other_id),
        neighbours as (
            select distinct cluster_id as customer, other_id as neighbour from open_pairs
            union select other_id, cluster_id from open_pairs
        ), both_sides as (
            select item, count(distinct neighbour) as customers from (
                select i.rowid as item, neighbour from review_items as i join neighbours on customer = i.cluster_id
                union all
                select i.rowid, neighbour from review_items as i join neighbours on customer = i.other_id
                union all select rowid, cluster_id from review_items
                union all select rowid, other_id from review_items
            ) group by item
        )
        select kind, left_key, right_key, items.cluster_id, match_weight,
            one.records + case when items.cluster_id = other_id then 0 else two.records end as records,
            customers::bigint as customers, reason
        from review_items as items
        join both_sides on item = items.rowid
        join review_sizes as one on one.cluster_id = items.cluster_id
        join review_sizes as two on two.cluster_id = other_id
        order by customers desc, match_weight desc nulls first, left_key, right_key, kind
        """
    )


def _place_records(con: duckdb.DuckDBPyConnection, policies: Sequence[LinkagePolicy]) -> None:
    """Temporary tables: every pair that may be looked at, with the two customers; what was decided; sizes."""
    line = min(policy.thresholds.review for policy in policies)
    con.execute(
        f"""
        create or replace temp table review_pairs as
        select left_key, right_key, match_weight, band, guard, population,
            lefts.cluster_id as left_id, rights.cluster_id as right_id,
            list_filter(evidence, lambda item: item.comparison = {quote_literal(RIVAL_EVIDENCE)})[1] as rival
        from linkage.pairs
        join linkage.clusters as lefts on lefts.record_key = left_key
        join linkage.clusters as rights on rights.record_key = right_key
        join linkage.record_states as states on states.record_key = left_key
        where case when left_id = right_id then match_weight < {line}
            else match_weight >= {line} or guard is not null end
        """
    )
    con.execute(
        """
        create or replace temp table review_decided as
        select said.left_key, said.right_key, verdict, lefts.cluster_id as left_id, rights.cluster_id as right_id
        from stewardship.link_decisions as said
        join linkage.clusters as lefts on lefts.record_key = said.left_key
        join linkage.clusters as rights on rights.record_key = said.right_key
        """
    )
    con.execute(
        "create or replace temp table review_sizes as "
        "select cluster_id, count(*) as records, min(population) as population "
        "from linkage.clusters join linkage.record_states using (record_key) group by cluster_id"
    )


def _contradictions(con: duckdb.DuckDBPyConnection) -> None:
    """Temporary table of the decisions that cannot be obeyed, among the records that are there."""
    there = {
        (left, right): same
        for left, right, same in con.execute(
            "select left_key, right_key, lefts.population = rights.population from review_decided "
            "join linkage.record_states as lefts on lefts.record_key = left_key "
            "join linkage.record_states as rights on rights.record_key = right_key"
        ).fetchall()
    }
    decided = [said for said in pair_decisions(con) if (said.left_key, said.right_key) in there]
    crossed = [said for said in decided if said.verdict == "same" and not there[said.left_key, said.right_key]]
    broken = [found.different for found in contradictions(set(decided) - set(crossed))]
    rows = [(said, CONTRADICTION) for said in broken] + [(said, CROSSED) for said in crossed]
    _write_contradictions(con, rows)


def _write_contradictions(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[PairDecision, str]]) -> None:
    con.execute(
        """
        create or replace temp table review_contradictions as
        select 'contradiction' as kind, left_key, right_key, least(lefts.cluster_id, rights.cluster_id) as cluster_id,
            greatest(lefts.cluster_id, rights.cluster_id) as other_id, null::double as match_weight, reason
        from (select unnest($lefts::varchar[]) as left_key, unnest($rights::varchar[]) as right_key,
            unnest($reasons::varchar[]) as reason)
        join linkage.clusters as lefts on lefts.record_key = left_key
        join linkage.clusters as rights on rights.record_key = right_key
        """,
        {
            "lefts": [said.left_key for said, _ in rows],
            "rights": [said.right_key for said, _ in rows],
            "reasons": [reason for _, reason in rows],
        },
    )


def _selects(policy: LinkagePolicy) -> tuple[str, ...]:
    population, lines = quote_literal(policy.population), policy.thresholds
    undecided = "anti join review_decided as decided using (left_key, right_key)"
    asks = asked_sql(policy)
    apart = f"""
        select 'pair', left_key, right_key, least(left_id, right_id) as one, greatest(left_id, right_id) as two,
            match_weight, {_pair_reason(policy)}
        from review_pairs as pairs {undecided}
        where population = {population} and left_id <> right_id and (match_weight >= {lines.review} or {asks})
            and (one, two) not in (
                select (least(left_id, right_id), greatest(left_id, right_id))
                from review_decided where verdict = 'different'
            )
        qualify row_number() over (
            partition by one, two order by {asks} desc, match_weight desc, left_key, right_key
        ) = 1
    """
    disagreeing = f"""
        select 'cluster', left_key, right_key, left_id, left_id, match_weight,
            'records of one customer contradict each other'
        from review_pairs {undecided}
        where population = {population} and left_id = right_id and match_weight <= {lines.contradiction}
        qualify row_number() over (partition by left_id order by match_weight, left_key, right_key) = 1
    """
    bridged = f"""
        select 'cluster', kept_key, absorbed_key, cluster_id, cluster_id, match_weight,
            'two groups of records hang together by little'
        from linkage.joins join review_sizes using (cluster_id)
        where population = {population} and pairs >= 4 and compared * 2 <= pairs and match_weight < {lines.merge}
            and (kept_key, absorbed_key) not in (select (left_key, right_key) from review_decided)
        qualify row_number() over (partition by cluster_id order by match_weight, step) = 1
    """
    large = f"""
        select 'cluster', cluster_id, cluster_id, cluster_id, cluster_id, null,
            'more records than one customer plausibly has'
        from review_sizes where population = {population} and records > {policy.limits.cluster_size}
    """
    return tuple(f"select * from ({select}) as item({_COLUMNS})" for select in (apart, disagreeing, bridged, large))


def _pair_reason(policy: LinkagePolicy) -> str:
    """In plain words why the two are apart: a guard, a better explanation, too little evidence, or disagreement
    around."""
    guards = " ".join(
        f"when guard = {quote_literal(guard.name)} then {quote_literal(f'may be {guard.label}')}"
        for guard in policy.guards
    )
    return (
        f"case {guards} when band = 'merge' then 'fit as a pair, but other records of the two customers disagree' "
        "when rival.match_weight < -1 then 'may be ' || rival.level else 'too little evidence either way' end"
    )
