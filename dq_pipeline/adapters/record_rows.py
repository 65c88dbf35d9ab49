"""Tables with rows by record: only the records concerned by what changed are computed.

A model whose header says `materialized: by record_key` promises that a row follows from the rows of its own record in
the tables it reads that have record keys, and from answers, which are the same whenever the same is asked: the parsers'
tables and models `by` another key. Such a table says in its comment by what its answers are given. A model that reads
any other table is computed whole, and so is one about which there is any doubt: another text, another number of rows
than it was left with, changes that nobody noted.
"""

from __future__ import annotations

import hashlib

import duckdb

from dq_pipeline.adapters.changed_records import changed_since, is_noted, mark_noted, note_changed, noted_as
from dq_pipeline.adapters.changed_rows import are_few, fits, found_changed, replace_rows, write_changed_rows
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, refusals_of
from dq_pipeline.adapters.warehouse import column_schema, quote_literal, table_comment, table_exists

_KEY = "record_key"
_ANSWERS = "answers by "
_SOURCE_RECORDS = "staging.source_records"  # a view, whose changes the parsers note


def mark_answers(con: duckdb.DuckDBPyConnection, table: str, by: str) -> None:
    """Say that `schema.table` gives the same answer whenever the same is asked, as long as `by` is the same."""
    con.execute(f"comment on table {table} is {quote_literal(_ANSWERS + by)}")


def refresh_answers_model(con: duckdb.DuckDBPyConnection, model: SqlModel) -> None:
    """Make the table of a model `by` a key that is no record's, and mark what it is."""
    create_model_table(con, model)
    by = _made_by(con, model)
    if by:
        mark_answers(con, model.target, by)


def refresh_record_table(con: duckdb.DuckDBPyConnection, model: SqlModel) -> None:
    """Bring the table of a model `by record_key` or `changes by record_key` up to date, and note what changed.

    Raises ConfigurationError naming the file when DuckDB refuses the statement.
    """
    by = _made_by(con, model) if model.row_key == _KEY else ""
    left = noted_as(con, model.table)
    concerned = _concerned(con, model, left[1]) if by and left and left[0] == by else None
    if concerned is not None:
        with refusals_of(model):
            replace_rows(con, model, _KEY, concerned)
        note_changed(con, model.table, _values(concerned))
    else:
        if not write_changed_rows(con, model, _KEY):
            create_model_table(con, model)
        # What somebody else took out of the table is not among what differs.
        note_changed(con, model.table, found_changed(con) if left else None)
    mark_noted(con, model.table, by or "-")


def _concerned(con: duckdb.DuckDBPyConnection, model: SqlModel, note: str) -> list[str] | None:
    """Keys of the records whose rows may be other than those made at `note`; None where it may be any, or too many."""
    changed = changed_since(con, note, model.reads)
    if changed is None or not fits(con, model, _KEY):
        return None
    keys = [key for (key,) in con.execute(f"{changed} order by record_key").fetchall()]
    return keys if are_few(con, model, len(keys)) else None


def _made_by(con: duckdb.DuckDBPyConnection, model: SqlModel) -> str:
    """Names the model's text and all that its rows follow from but for rows of records; '' where one table varies."""
    texts = [model.sql]
    for table in model.reads:
        schema, name = table.split(".")
        if not table_exists(con, schema, name):
            return ""
        said = table_comment(con, schema, name) or ""
        if _KEY in dict(column_schema(con, schema, name)):
            if table != _SOURCE_RECORDS and not is_noted(con, table):
                return ""
        elif said.startswith(_ANSWERS):
            texts.append(said)
        else:
            return ""
    return hashlib.sha256(repr(texts).encode()).hexdigest()


def _values(keys: list[str]) -> str:
    return f"select unnest([{', '.join(map(quote_literal, keys))}]::varchar[])"
