"""What the last linkage left in the warehouse, and what of it still holds.

With the same model, policy and code, a pair scores today as it did yesterday unless one of its records changed or a
block opened or closed. So a linkage keeps, beside its results, a hash of every record as it was compared, the closed
blocks and the decisions it obeyed; the next one starts from the differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb

from dq_pipeline.adapters.linkage.model import Model, libraries
from dq_pipeline.adapters.linkage.records import NUMBER, RECORDS
from dq_pipeline.adapters.warehouse import Warehouse, quote_identifier, quote_literal, table_exists
from dq_pipeline.domain.linkage import LinkagePolicy, Population, content_hash, policies_fingerprint

WAREHOUSE = "dq_warehouse"

# Tables of the scratch database. Of records by number, of what is gone by key.
STATES = "dq_link_states"  # NUMBER, record_key, row_hash
CHANGED = "dq_link_changed"  # NUMBER: new records, and those compared otherwise than last time
GONE = "dq_link_gone"  # record_key: no longer there
STORED = "dq_link_stored"  # l, r, match_weight, guard: kept pairs of which both records are as they were
BROKEN = "dq_link_broken"  # NUMBER: unchanged records that were linked with one that changed or is gone
CLOSED_BEFORE = "dq_link_closed_before"  # number, block
ANCHORS = "dq_link_anchors"  # NUMBER, anchor: the customer a record was of when the model was first used

# Everything a later linkage starts from; all of them or none.
_TABLES = ("pairs", "clusters", "joins", "record_states", "closed_blocks", "applied_decisions", "anchors", "state")
_NO_CUSTOMERS = "(select '' as record_key, '' as cluster_id where false)"
# The code that results come from; a change in any of it makes the next linkage a full one.
_CODE = {
    "dq_pipeline.adapters.linkage": (
        *("blocking", "blocks", "bounds", "clusters", "decisions", "linking"),
        *("records", "results", "scoring", "settings", "sketches", "state"),
    ),
    "dq_pipeline.domain": ("clustering", "linkage", "mixture"),
}


@dataclass(frozen=True)
class Start:
    """`basis`: hash of what results depend on beside records and decisions. `fresh`: nothing of the last linkage can be
    used. `anchors`: table of schema linkage with the customers there were when the model came into use, or ''."""

    basis: str
    model_version: str
    fresh: bool
    anchors: str


def basis(model: Model, policies: Sequence[LinkagePolicy]) -> str:
    """A hash of all that results depend on beside records and decisions: model, policies, libraries and code."""
    code = [
        files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
        for package, modules in _CODE.items()
        for module in modules
    ]
    return content_hash([model.version, model.manifest, policies_fingerprint(policies), libraries(), code])


def read_start(warehouse: Warehouse, model: Model, policies: Sequence[LinkagePolicy], *, full: bool = False) -> Start:
    """What the next linkage starts from. The results of the last one hold when they are whole and of this basis;
    customers are held together by those there were when the model came into use."""
    wanted = basis(model, policies)
    with warehouse.connect(read_only=True) as con:
        fresh = full or not _still_holds(con, wanted)
        before = _model_before(con)
        anchors = "" if before is None else "anchors" if before == model.version else "clusters"
        if anchors and not table_exists(con, "linkage", anchors):
            anchors = ""
    return Start(wanted, model.version, fresh, anchors)


def write_state(con: duckdb.DuckDBPyConnection, start: Start) -> None:
    """Say in the warehouse what its results are based on; called before the results themselves are replaced."""
    if start.anchors != "anchors":
        source = f"linkage.{start.anchors}" if start.anchors else _NO_CUSTOMERS
        select = f"select record_key, cluster_id from {source} order by record_key"
        con.execute(f"create or replace table linkage.anchors as {select}")
    con.execute("create or replace table linkage.state (model_version varchar, basis varchar)")
    con.execute("insert into linkage.state values (?, ?)", [start.model_version, start.basis])


def _still_holds(con: duckdb.DuckDBPyConnection, wanted: str) -> bool:
    if not all(table_exists(con, "linkage", table) for table in _TABLES):
        return False
    if con.execute("select basis from linkage.state").fetchall() != [(wanted,)]:
        return False
    differing = con.execute(
        "select count(*) from linkage.record_states full join linkage.clusters using (record_key) "
        "where row_hash is null or cluster_id is null"
    ).fetchall()
    return differing == [(0,)]


def _model_before(con: duckdb.DuckDBPyConnection) -> str | None:
    if not table_exists(con, "linkage", "state"):
        return None
    found = con.execute("select model_version from linkage.state").fetchall()
    return str(found[0][0]) if found else None


def hash_records(con: duckdb.DuckDBPyConnection) -> None:
    """Make STATES from RECORDS: what a record is compared by, as one number."""
    columns = [row[0] for row in con.execute(f"describe {RECORDS}").fetchall()]
    listed = ", ".join(quote_identifier(name) for name in columns if name != NUMBER)
    con.execute(
        f"create or replace table {STATES} as select {NUMBER}, record_key, hash({listed}) as row_hash from {RECORDS}"
    )


def read_state(
    con: duckdb.DuckDBPyConnection, warehouse: Path, policy: LinkagePolicy, *, fresh: bool, anchors: str
) -> None:
    """Make the tables above from STATES and the warehouse file; `fresh`: as if nothing had been linked before.

    `anchors`: the table of schema linkage with `record_key, cluster_id` that customers are held together by; '' for
    none.
    """
    population = policy.population
    con.execute(f"attach {quote_literal(str(warehouse))} as {WAREHOUSE} (read_only)")
    try:
        _compare_records(con, population, fresh)
        _read_pairs(con, policy.thresholds.review, fresh)
        con.execute(
            f"create or replace table {CLOSED_BEFORE} as "
            + (
                "select 0::utinyint as number, 0::ubigint as block where false"
                if fresh
                else f"select number, block from {WAREHOUSE}.linkage.closed_blocks "
                f"where population = {quote_literal(population)}"
            )
        )
        _read_anchors(con, anchors)
    finally:
        con.execute(f"detach {WAREHOUSE}")


def _compare_records(con: duckdb.DuckDBPyConnection, population: Population, fresh: bool) -> None:
    before = "select null::varchar as record_key, null::ubigint as row_hash where false"
    if not fresh:
        before = (
            f"select record_key, row_hash from {WAREHOUSE}.linkage.record_states "
            f"where population = {quote_literal(population)}"
        )
    con.execute(
        f"create or replace table {CHANGED} as select {NUMBER} from {STATES} as now "
        f"left join ({before}) as old using (record_key) where old.row_hash is distinct from now.row_hash"
    )
    con.execute(
        f"create or replace table {GONE} as select record_key from ({before}) anti join {STATES} using (record_key)"
    )


def _read_pairs(con: duckdb.DuckDBPyConnection, line: float, fresh: bool) -> None:
    nothing = "select '' as left_key, '' as right_key, 0.0::double as match_weight, '' as guard where false"
    pairs = nothing if fresh else f"select left_key, right_key, match_weight, guard from {WAREHOUSE}.linkage.pairs"
    con.execute(
        f"""
        create or replace temp table dq_link_numbered as
        with unchanged as (select {NUMBER}, record_key from {STATES} anti join {CHANGED} using ({NUMBER}))
        select lefts.{NUMBER} as l, rights.{NUMBER} as r, match_weight, guard, left_key, right_key
        from ({pairs}) as pairs
        left join unchanged as lefts on lefts.record_key = left_key
        left join unchanged as rights on rights.record_key = right_key
        where l is not null or r is not null
        """
    )
    con.execute(
        f"create or replace table {STORED} as select l, r, match_weight, guard from dq_link_numbered "
        "where l is not null and r is not null"
    )
    con.execute(
        f"create or replace table {BROKEN} as select distinct coalesce(l, r) as {NUMBER} from dq_link_numbered "
        f"where (l is null or r is null) and match_weight >= {line}"
    )
    con.execute("drop table dq_link_numbered")


def _read_anchors(con: duckdb.DuckDBPyConnection, table: str) -> None:
    source = f"{WAREHOUSE}.linkage.{table}" if table else _NO_CUSTOMERS
    con.execute(
        f"create or replace table {ANCHORS} as select {NUMBER}, cluster_id as anchor "
        f"from {STATES} join {source} using (record_key)"
    )
