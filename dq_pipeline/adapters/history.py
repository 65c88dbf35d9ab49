"""What is kept of every published run: its scores, the rules behind them, and why the score moved."""

from __future__ import annotations

from datetime import datetime

import duckdb

HISTORY_TABLES = {
    "quality.publications": "run_id varchar, version varchar, published_at timestamp",
    "quality.score_history": (
        "run_id varchar, measured_at timestamp, scope_type varchar, scope varchar, score double, coverage double, "
        '"rows" bigint, weight double, impact double, rule_set_hash varchar, model_hash varchar'
    ),
    "quality.rule_history": (
        "run_id varchar, rule_id varchar, rule_hash varchar, table_name varchar, column_name varchar, "
        'penalty decimal(3, 2), weight decimal(9, 3), "rows" bigint, ran boolean'
    ),
    "quality.pattern_history": (
        "run_id varchar, table_name varchar, column_name varchar, rule_ids varchar[], source_system varchar, "
        'owner varchar, "rows" bigint'
    ),
}

# The current run's rows, added beside those kept. Patterns serve the comparison with the run after only.
_KEEP = """
insert into quality.score_history by name select * from quality.scores;
insert into quality.rule_history by name
    select run.run_id, rules.* from quality.scored_rules as rules cross join quality.run as run;
insert into quality.pattern_history by name
    select run.run_id, patterns.table_name, patterns.column_name, patterns.rule_ids, patterns.source_system,
        patterns.owner, sum(patterns.rows)::bigint as rows
    from quality.failure_patterns as patterns cross join quality.run as run
    where patterns.cut = 'owner'
    group by all;
"""


def create_history_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create what is kept from run to run, where it is missing."""
    con.execute("create schema if not exists quality")
    for table, columns in HISTORY_TABLES.items():
        con.execute(f"create table if not exists {table} ({columns})")


def add_to_history(con: duckdb.DuckDBPyConnection, *, published_run: str | None) -> None:
    """Append the current run (quality.run) to the history, and drop what is kept of runs that never got published.

    `published_run`: the run of the version readers see now; a kill between switching over and recording it must
    not cost the trend its scores. Patterns stay of that run and the current one only.
    """
    create_history_tables(con)
    for table in ("quality.score_history", "quality.rule_history"):
        con.execute(
            f"delete from {table} where run_id in (select run_id from quality.run) or not "
            "(run_id in (select run_id from quality.publications) or run_id is not distinct from $run)",
            {"run": published_run},
        )
    con.execute(
        "delete from quality.pattern_history where run_id in (select run_id from quality.run) "
        "or run_id is distinct from $run",
        {"run": published_run},
    )
    con.execute(_KEEP)


def record_publication(con: duckdb.DuckDBPyConnection, *, run_id: str, version: str, published_at: datetime) -> None:
    """Note that this run's version is the one readers see."""
    create_history_tables(con)
    con.execute("delete from quality.publications where run_id = ?", [run_id])
    con.execute("insert into quality.publications values (?, ?, ?)", [run_id, version, published_at])
