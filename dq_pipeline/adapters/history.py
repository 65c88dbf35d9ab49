"""The scores of every published run, kept for the trend."""

from __future__ import annotations

from datetime import datetime

import duckdb

_TABLES = """
create table if not exists quality.score_history as select * from quality.scores limit 0;
create table if not exists quality.publications (run_id varchar, version varchar, published_at timestamp);
"""


def add_to_history(con: duckdb.DuckDBPyConnection, *, published_run: str | None) -> None:
    """Append the current scores to `quality.score_history`, and drop those of runs that never got published.

    `published_run`: the run of the version readers see now; a kill between switching over and recording it must
    not cost the trend its scores.
    """
    con.execute(_TABLES)
    con.execute(
        "delete from quality.score_history where run_id in (select run_id from quality.scores) or not "
        "(run_id in (select run_id from quality.publications) or run_id is not distinct from $run)",
        {"run": published_run},
    )
    con.execute("insert into quality.score_history by name select * from quality.scores")


def record_publication(con: duckdb.DuckDBPyConnection, *, run_id: str, version: str, published_at: datetime) -> None:
    """Note that this run's version is the one readers see."""
    con.execute("delete from quality.publications where run_id = ?", [run_id])
    con.execute("insert into quality.publications values (?, ?, ?)", [run_id, version, published_at])
