"""`quality.score_moves`: why the overall score moved, a sentence a row, kept of every published run."""

from __future__ import annotations

from typing import Any

import duckdb

from dq_pipeline.adapters.history import create_history_tables
from dq_pipeline.domain.score_moves import Part, Version, explain_move

_TABLE = """
create table if not exists quality.score_moves (
    run_id varchar, previous_run_id varchar, position integer, kind varchar, name varchar, points double, text varchar
)
"""
_VERSION = """
select max(score) filter (scope_type = 'overall'), any_value(model_hash),
    list(scope order by scope) filter (scope_type = 'source')
from {table} where run_id = $run having count(*) > 0
"""


def write_score_moves(con: duckdb.DuckDBPyConnection) -> int:
    """Add the sentences of the current run, and drop those of runs never published. Returns how many were added.

    Reads quality.run, .scores, .score_history, .move_parts and .rule_changes. A source is named by its system, an
    owner as the source names it; no value of a customer is.
    """
    create_history_tables(con)
    con.execute(_TABLE)
    run, previous = con.execute("select run_id, previous_run_id from quality.run").fetchall()[0]
    con.execute(
        "delete from quality.score_moves where run_id = $run or not "
        "(run_id in (select run_id from quality.publications) or run_id is not distinct from $previous)",
        {"run": run, "previous": previous},
    )
    now = _version(con, "quality.scores", run) or Version(None, "", ())
    parts = con.execute("select part, name, points from quality.move_parts").fetchall()
    changes = con.execute("select rule_id, change from quality.rule_changes").fetchall()
    sentences = explain_move(
        _version(con, "quality.score_history", previous), now, [Part(*part) for part in parts], changes
    )
    rows = [(run, previous, n, s.kind, s.name, s.points, s.text) for n, s in enumerate(sentences, 1)]
    con.executemany("insert into quality.score_moves values (?, ?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def score_sentences(con: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """Why the score of this run is what it is: `kind, name, points, text` of each sentence, in reading order."""
    query = "select kind, name, points, text from quality.score_moves where run_id = ? order by position"
    return _mappings(con.execute(query, [run_id]))


def headline_figures(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rows of quality.headline as mappings, in their order."""
    return _mappings(con.execute("select * from quality.headline"))


def _mappings(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _version(con: duckdb.DuckDBPyConnection, table: str, run: str | None) -> Version | None:
    rows = con.execute(_VERSION.format(table=table), {"run": run}).fetchall()
    return Version(rows[0][0], rows[0][1] or "", tuple(rows[0][2] or ())) if rows else None
