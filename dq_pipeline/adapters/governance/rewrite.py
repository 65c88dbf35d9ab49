"""DuckDB files written anew: what was deleted stays in the pages of a file until these are used again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import quote_literal


def rewrite_database(path: Path) -> None:
    """Replace the file by a copy that holds live rows only, in one rename; needs the file's size in free space.

    Tables, views, macros and constraints are copied. Nobody else may have it open for writing; readers keep the old
    file until they close it. A copy that a kill left behind is made anew.
    """
    part = path.with_name(f".{path.name}.part")
    _remove(part)
    with duckdb.connect() as con:
        con.execute(f"attach {quote_literal(str(path))} as old_file")  # writable: what a kill left in its log is read
        con.execute("checkpoint old_file")
        con.execute(f"attach {quote_literal(str(part))} as new_file")
        con.execute("copy from database old_file to new_file").fetchall()
        con.execute("checkpoint new_file")
        con.execute("detach new_file")
        con.execute("detach old_file")
    part.chmod(path.stat().st_mode & 0o777)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
    _remove_log(path)
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_log(path)


def _remove_log(path: Path) -> None:
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
