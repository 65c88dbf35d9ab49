"""Which records' customers may be others than last time: all whose cluster has gained or lost a record.

A cluster that has the records it had keeps its customer, so the ledger need not look at it; of a million records a
night changes the clusters of one in a hundred.
"""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.rekeyed import compare_contents
from dq_pipeline.adapters.warehouse import table_exists

# The ledger, what it was made from, and the crosswalk speak of the same records.
_IN_STEP = """
select (select count(*) from golden.memberships where valid_to is null) = all(
    select count(*) from golden.record_contents where cluster_id is not null
    union all select count(*) from golden.crosswalk
)
"""

_ALL = """
create or replace temp table unsettled as
select record_key, cluster_id from linkage.clusters
full join (select record_key from golden.memberships where valid_to is null) using (record_key)
"""

_CHANGED = """
create or replace temp table unsettled as
with moved as (from temp.changed_records where cluster_id is distinct from former_cluster_id),
clusters as (select cluster_id from moved union select former_cluster_id from moved)
select record_key, cluster_id from linkage.clusters where cluster_id in (from clusters)
union all select record_key, null from moved where cluster_id is null
"""


def find_unsettled(con: duckdb.DuckDBPyConnection) -> bool:
    """Make `temp.unsettled (record_key, cluster_id)`, tonight's cluster or NULL for a record that has none any more.

    Returns whether that is every record, because what the last run left is not all there. Also makes
    `temp.changed_records` (adapters/rekeyed).
    """
    whole = not table_exists(con, "golden", "crosswalk") or con.execute(_IN_STEP).fetchall() != [(True,)]
    compare_contents(con, whole)
    con.execute(_ALL if whole else _CHANGED)
    return whole
