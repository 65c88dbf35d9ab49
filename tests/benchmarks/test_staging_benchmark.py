"""A million records from raw to `staging.customers`: first, with nothing new, and with one in a hundred changed.

`make benchmark` prints seconds, processor seconds and memory. Budgets on two idle cores: 90 s and 4 GiB the first time,
15 s when 1 % changed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.sample import write_sample
from dq_pipeline.settings import PROJECT

SCRIPT = Path(__file__).with_name("staging_speed.py")
RECORDS = 1_000_000


def step(name: str, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), name, str(home)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.timeout(1800)
def test_staging_of_a_million_records(tmp_path: Path) -> None:
    write_sample(tmp_path / "extracts", records=RECORDS, seed=3)
    step("ingest", tmp_path)
    told = [("first time", step("stage", tmp_path)), ("nothing new", step("stage", tmp_path))]
    changed = step("change", tmp_path)["changed"]
    step("ingest", tmp_path)
    told.append((f"{changed:,} records changed", step("stage", tmp_path)))
    print(f"\nraw to staging.customers, {RECORDS:,} records")
    for name, run in told:
        assert run["rows"] == RECORDS
        slow = sorted(run["steps"].items(), key=lambda item: -item[1])[:4]
        print(f"  {name:<24}{run['seconds']:>6} s  {run['cpu']:>6} s of processor  {run['mib']:>5} MiB", slow)
