"""A million records of thirty columns, two nights: times beside DuckDB's own reading of the same file, and memory.

`make benchmark` prints the ratios. Budgets: the first night at most twice DuckDB's `create table as from read_csv`,
at most 2 GiB; the second night little more than the reading.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from dq_pipeline.settings import PROJECT

SCRIPT = Path(__file__).with_name("ingest_speed.py")


def step(name: str, folder: Path, *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), name, str(folder), *more], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout or "{}")


def test_ingest_of_a_million_records(tmp_path: Path) -> None:
    step("write", tmp_path)
    plain = [step("duckdb", tmp_path, "first")]
    first = step("ingest", tmp_path)
    plain.append(step("duckdb", tmp_path))
    second = step("ingest", tmp_path, "second")
    plain.append(step("duckdb", tmp_path))
    again = step("ingest", tmp_path)
    reading = sorted(run["seconds"] for run in plain)[1]
    assert first["rows"] == second["rows"] == plain[0]["rows"] == 1_000_000
    assert (second["changed"], again["status"]) == (10_000, "unchanged")
    print("\ningest of 1,000,000 x 30 (DuckDB's own read_csv:", ", ".join(f"{run['seconds']} s" for run in plain) + ")")
    for what, run in (("first night", first), ("second night, 1 % changed", second), ("same file again", again)):
        print(f"  {what:<28}{run['seconds']:>7} s  {run['seconds'] / reading:>5.2f} x  {run['peak_mib']:>6} MiB")
