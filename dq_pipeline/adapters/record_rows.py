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

from dq_pipeline.adapters.changed_records import changed_since, last_note, note_changed
from dq_pipeline.adapters.changed_rows import are_few, fits, found_changed, replace_rows, write_changed_rows
from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, refusals_of
from dq_pipeline.adapters.warehouse import column_schema, quote_literal, row_count, table_comment, table_exists

_KEY = "record_key"
_ANSWERS = "answers by "
_NOTED = "changes noted, "
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
    concerned = _concerned(con, model, by) if by else None
    if concerned is not None:
        with refusals_of(model):
            replace_rows(con, model, _KEY, concerned)
        note_changed(con, model.table, _values(concerned))
    else:
        if not write_changed_rows(con, model, _KEY):
            create_model_table(con, model)
        note_changed(con, model.table, found_changed(con))
    state = f"{_NOTED}{by or '-'} {last_note(con)} {row_count(con, model.schema, model.name)}"
    con.execute(f"comment on table {model.target} is {quote_literal(state)}")


def _concerned(con: duckdb.DuckDBPyConnection, model: SqlModel, by: str) -> list[str] | None:
    """Keys of the records whose rows may be other than the stored ones; None where it may be any, or too many."""
    left = (table_comment(con, model.schema, model.name) or "").removeprefix(_NOTED).split()
    if len(left) != 3 or left[0] != by or left[2] != str(row_count(con, model.schema, model.name)):
        return None
    keys = changed_since(con, left[1], model.reads)
    if keys is None or not are_few(con, model, len(keys)) or not fits(con, model, _KEY):
        return None
    return keys


def _made_by(con: duckdb.DuckDBPyConnection, model: SqlModel) -> str:
    """Names the model's text and all that its rows follow from but for rows of records; '' where one table varies."""
    texts = [model.sql]
    for table in model.reads:
        schema, name = table.split(".")
        if not table_exists(con, schema, name):
            return ""
        said = table_comment(con, schema, name) or ""
        if _KEY in dict(column_schema(con, schema, name)):
            if table != _SOURCE_RECORDS and not said.startswith(_NOTED):
                return ""
        elif said.startswith(_ANSWERS):
            texts.append(said)
        else:
            return ""
    return hashlib.sha256(repr(texts).encode()).hexdigest()


def _values(keys: list[str]) -> str:
    return f"select unnest([{', '.join(map(quote_literal, keys))}]::varchar[])"
