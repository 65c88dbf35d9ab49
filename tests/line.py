"""Running the real command line on a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

PROJECT = Path(__file__).parent.parent
_EXTRACTS_FOLDERS = (
    *(("raw.loads", "extracts_folder"), ("raw.snapshots", "extracts_folder")),
    ("raw.extracts_folder", "folder"),
)


class CommandServer:
    """`python -m dq_pipeline …` without waiting for the imports each time (tests/run_server.py)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROJECT / "tests" / "run_server.py")],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        project: Path = PROJECT,
        stdout: str = os.devnull,
        stderr: str = os.devnull,
    ) -> int:
        """The process id of a new command, which leads a process group of its own."""
        assert self.process.stdin
        request = {"arguments": arguments, "project": str(project), "environment": {**os.environ, **environment}}
        self.process.stdin.write(json.dumps(request | {"stdout": stdout, "stderr": stderr}) + "\n")
        self.process.stdin.flush()
        return int(self._answer())

    def ended(self) -> int:
        """The exit status of the command started last; waits for it."""
        return int(self._answer())

    def run(
        self, *arguments: str, environment: Mapping[str, str], project: Path = PROJECT
    ) -> subprocess.CompletedProcess[bytes]:
        """The command from start to end, its output captured."""
        with TemporaryDirectory() as folder:
            out, err = Path(folder, "stdout"), Path(folder, "stderr")
            self.start(*arguments, environment=environment, project=project, stdout=str(out), stderr=str(err))
            status = self.ended()
            return subprocess.CompletedProcess(arguments, status, out.read_bytes(), err.read_bytes())

    def _answer(self) -> str:
        assert self.process.stdout
        answer = self.process.stdout.readline()
        assert answer, "the server of commands died"
        return answer


@cache
def command_server() -> CommandServer:
    """The one of this process; it ends with it."""
    return CommandServer()


@dataclass(frozen=True)
class Line:
    """One `DQ_HOME` and the command line on it."""

    home: Path

    def command(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """`python -m dq_pipeline …`, output captured."""
        done = command_server().run(*map(str, arguments), environment={"DQ_HOME": str(self.home)})
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def copy(self, home: Path) -> Line:
        """A home of its own with the same content; the paths that its warehouse remembers follow."""
        shutil.copytree(self.home, home, symlinks=True)
        with duckdb.connect(str(home / "warehouse.duckdb")) as con:
            paths = [str((root / "extracts").resolve()) for root in (home, self.home)]
            for table, column in _EXTRACTS_FOLDERS:
                con.execute(f"update {table} set {column} = ? where {column} = ?", paths).fetchall()
        return Line(home)

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
