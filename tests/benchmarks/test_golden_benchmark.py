"""A million records from clusters to golden customers: first, and a day later with one in a hundred changed.

`make benchmark` prints seconds, processor seconds and memory. Budgets on two idle cores: 90 s and 6 GiB the first time,
a tenth of that when 1 % changed. `DQ_BENCHMARK_RECORDS` sets another number of records.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.sample import write_sample
from dq_pipeline.settings import PROJECT

RECORDS = int(os.environ.get("DQ_BENCHMARK_RECORDS", "1000000"))


def step(script: str, name: str, home: Path, *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script)), name, str(home), *more],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.timeout(3600)
def test_golden_of_a_million_records(tmp_path: Path) -> None:
    write_sample(tmp_path / "extracts", records=RECORDS, seed=3)
    step("staging_speed.py", "ingest", tmp_path)
    step("staging_speed.py", "stage", tmp_path)
    first = step("golden_speed.py", "golden", tmp_path)
    changed = step("staging_speed.py", "change", tmp_path)["changed"]
    step("staging_speed.py", "ingest", tmp_path)
    step("staging_speed.py", "stage", tmp_path, "1")
    second = step("golden_speed.py", "golden", tmp_path)
    print(f"\nclusters to golden, {RECORDS:,} records, {first['customers']:,} customers")
    for name, run in (("first time", first), (f"{changed:,} records changed", second)):
        print(f"  {name:<24}{run['seconds']:>6} s  {run['cpu']:>6} s of processor  {run['mib']:>5} MiB", run["steps"])
    print(f"  the second takes {second['seconds'] / first['seconds']:.2f} of the first")
