"""How long each question of the review queue has waited, and what the queue would do to the number of customers."""

from __future__ import annotations

from datetime import datetime

import duckdb

from dq_pipeline.adapters.quality import utc

_TABLE = """
create table if not exists quality.review_backlog (
    kind varchar, left_id varchar, right_id varchar, left_key varchar, right_key varchar,
    first_seen timestamp, last_seen timestamp, closed_at timestamp, times_reopened integer
)
"""
# A question is about two customers, or one: which pair of their records stands for it changes from night to night, and
# must not make it young again. A record without a customer stands for itself.
_MOVE = """
merge into quality.review_backlog as known
using (
    select kind, least(left_id, right_id) as left_id, greatest(left_id, right_id) as right_id,
        min(left_key) as left_key, min_by(right_key, left_key) as right_key
    from (
        select review.kind, review.left_key, review.right_key,
            coalesce(lefts.customer_id, review.left_key) as left_id,
            coalesce(rights.customer_id, review.right_key) as right_id
        from linkage.review as review
        left join golden.crosswalk as lefts on lefts.record_key = review.left_key
        left join golden.crosswalk as rights on rights.record_key = review.right_key
    )
    group by all
) as waiting
on known.kind = waiting.kind and known.left_id = waiting.left_id and known.right_id = waiting.right_id
when matched then update set
    left_key = waiting.left_key, right_key = waiting.right_key, last_seen = $now, closed_at = null,
    times_reopened = known.times_reopened + if(known.closed_at is null, 0, 1)
when not matched then insert values (
    waiting.kind, waiting.left_id, waiting.right_id, waiting.left_key, waiting.right_key, $now, $now, null, 0
)
when not matched by source and known.closed_at is null then update set closed_at = $now
"""
_EDGES = """
select distinct lefts.customer_id as one, rights.customer_id as other
from linkage.review as review
join golden.crosswalk as lefts on lefts.record_key = review.left_key
join golden.crosswalk as rights on rights.record_key = review.right_key
where review.kind = 'pair' and lefts.customer_id <> rights.customer_id
"""


def move_review_backlog(con: duckdb.DuckDBPyConnection, *, now: datetime) -> None:
    """Bring quality.review_backlog up to date with linkage.review: new questions are opened, those seen again stay,
    those gone are closed now, those that come back are reopened and keep their first_seen."""
    con.execute(_TABLE)
    con.execute(_MOVE, {"now": utc(now)})


def write_review_groups(con: duckdb.DuckDBPyConnection) -> int:
    """Replace quality.review_groups (customer_id, group_id): the customers in pairs that wait for review, grouped as if
    every such pair were one customer; `group_id` is the smallest of their ids. Returns how many customers fewer."""
    import numpy as np
    import pyarrow as pa

    from dq_pipeline.domain.clustering import components

    con.execute(f"create or replace temp table review_edges as {_EDGES}")
    con.execute(
        "create or replace temp table review_customers as select customer_id, "
        "row_number() over (order by customer_id) - 1 as number "
        "from (select one as customer_id from review_edges union select other from review_edges)"
    )
    edges = con.execute(
        "select ones.number as one, others.number as other from review_edges "
        "join review_customers as ones on ones.customer_id = one "
        "join review_customers as others on others.customer_id = other"
    ).fetchnumpy()
    size = int(con.execute("select count(*) from review_customers").fetchall()[0][0])
    first = components(np.column_stack([edges["one"], edges["other"]]).astype(np.int64), size)
    con.register("review_arrow", pa.table({"number": np.arange(size), "first": first}))
    con.execute(
        "create or replace table quality.review_groups as "
        "select customers.customer_id, firsts.customer_id as group_id from review_arrow as groups "
        "join review_customers as customers on customers.number = groups.number "
        "join review_customers as firsts on firsts.number = groups.first order by customers.customer_id"
    )
    con.unregister("review_arrow")
    con.execute("drop table review_edges; drop table review_customers")
    return size - len(np.unique(first))
