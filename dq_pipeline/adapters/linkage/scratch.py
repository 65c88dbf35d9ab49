"""The scratch database linkage computes in: in memory, spilling to a folder, never the warehouse itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from dq_pipeline.adapters.linkage.records import RECORDS, rarity_id, rarity_table
from dq_pipeline.adapters.warehouse import quote_literal

if TYPE_CHECKING:
    from splink import Linker

# Leaves room, within 8 GiB, for what numpy holds beside it.
MEMORY_LIMIT = "4GB"
# A query that grows out of hand ends with an error instead of a full disk.
SPILL_LIMIT = "40GB"


@contextmanager
def scratch_database(work_dir: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """An in-memory database and a folder under `work_dir` for its overflow and files; both go away at the end."""
    work_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="linkage-", dir=work_dir) as name, duckdb.connect() as con:
        folder = Path(name)
        con.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        con.execute(f"set temp_directory = {quote_literal(str(folder / 'spill'))}")
        con.execute(f"set max_temp_directory_size = '{SPILL_LIMIT}'")
        yield con, folder


def open_linker(
    con: duckdb.DuckDBPyConnection,
    settings: dict[str, Any],
    *,
    records: str = RECORDS,
    rarity_columns: tuple[str, ...] = (),
    pairs: str = "",
) -> Linker:
    """A Splink linker on a table of `con`, quiet, with the stored value frequencies instead of its own.

    `pairs`: table of the candidate pairs to score, instead of Splink's own blocking.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)
    database = DuckDBAPI(con)
    # Splink's own check of the settings only writes a log, and takes as long as scoring a small town.
    linker = Linker(database.register(records), SettingsCreator(**settings), log_level=None, validate_settings=False)
    for column in rarity_columns:
        frequencies = database.register(rarity_table(column))
        linker.table_management.register_term_frequency_lookup(frequencies, rarity_id(column))
    if pairs:
        register_pairs(linker, con, pairs)
    return linker


def register_pairs(linker: Linker, con: duckdb.DuckDBPyConnection, pairs: str) -> None:
    """Have `linker` score the table `pairs` next, in place of any it was given before."""
    from splink import DuckDBAPI

    linker.table_management.register_blocked_pairs_for_predict(DuckDBAPI(con).register(pairs))
