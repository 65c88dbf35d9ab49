"""`staging.removed_records`: the records that retention has removed.

What the law keeps of them - a purchase, by its key alone - is told by it from what names a record that never was.
"""

from __future__ import annotations

import duckdb

from dq_pipeline.adapters.warehouse import table_exists

REMOVED_RECORDS = "staging.removed_records"
_KEYS = """
(select distinct unnest(record_keys) as record_key from governance.erasure_requests where purpose = 'retention')
anti join staging.customers using (record_key)
"""


def write_removed_records(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table anew: `record_key`, of every record that retention has removed and that has not come back."""
    known = table_exists(con, "governance", "erasure_requests")
    keys = _KEYS if known else "(select null::varchar as record_key where false)"
    con.execute(f"create or replace table {REMOVED_RECORDS} as from {keys} order by record_key").fetchall()
