"""What every source's contract promises, checked on its newest snapshot and kept as a table that rules can ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb

from dq_pipeline.adapters.ingest.findings import source_findings
from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.domain.contract import Contract

LOADED, ONE_ROW_PER_KEY = "extract_loaded", "one_row_per_key"


def write_source_findings(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], *, now: datetime) -> None:
    """Replace raw.source_findings: per source and check what is wrong, in words without values, or ''.

    The checks are those of the ingest assets (columns, volume, age), whether the extract could be read at all, and
    whether the contract's key names one current row. Needs the raw tables and raw.source_status.
    """
    con.execute(
        "create or replace table raw.source_findings "
        "(source varchar, check_name varchar, problem varchar, checked_at timestamp)"
    )
    failed = dict(con.execute("select source, problem from raw.source_status where status = 'failed'").fetchall())
    rows = []
    for contract in contracts:
        found = {
            LOADED: failed.get(contract.id, ""),
            **{finding.check: finding.problem for finding in source_findings(con, contract, now=now)},
            ONE_ROW_PER_KEY: _shared_keys(con, contract),
        }
        rows += [(contract.id, check, problem, now) for check, problem in found.items()]
    con.executemany("insert into raw.source_findings values (?, ?, ?, ?)", rows)


def _shared_keys(con: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    key = ", ".join(quote_identifier(column) for column in contract.key)
    shared = con.execute(
        f"select count(*) from (from raw.{quote_identifier(contract.id)} select 1 group by {key} having count(*) > 1)"
    ).fetchall()[0][0]
    return f"{shared:,} keys name more than one row" if shared else ""
