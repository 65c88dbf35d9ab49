"""Running the real command line on a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Line:
    """One `DQ_HOME` and the command line on it."""

    home: Path

    def command(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """`python -m dq_pipeline …`, output captured."""
        return subprocess.run(
            [sys.executable, "-m", "dq_pipeline", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=PROJECT,
            env={**os.environ, "DQ_HOME": str(self.home)},
        )

    @property
    def current(self) -> Path:
        return self.home / "published" / "current"

    def query(self, sql: str, database: Path | None = None) -> list[tuple[object, ...]]:
        """Rows from the warehouse, or from another DuckDB file."""
        with duckdb.connect(str(database or self.home / "warehouse.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def parquet(self, name: str, columns: str = "*") -> list[tuple[object, ...]]:
        """Rows of a published Parquet file, ordered."""
        with duckdb.connect() as con:
            return con.execute(f"select {columns} from '{self.current / name}' order by all").fetchall()
