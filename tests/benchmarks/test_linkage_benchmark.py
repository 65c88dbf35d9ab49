"""A million records linked: trained and linked once, again with one in a hundred changed, and by a bare Splink script.

`make benchmark` prints seconds, processor seconds, memory and ratios. Budgets on two idle cores: at most 1.2 times the
bare script, 8 GiB, and a tenth of the full linkage for the changes. `DQ_BENCHMARK_RECORDS` links fewer.
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

SCRIPT = Path(__file__).with_name("linkage_speed.py")
RECORDS = int(os.environ.get("DQ_BENCHMARK_RECORDS", "1000000"))


def step(name: str, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), name, str(home)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(7200)
def test_linkage_of_a_million_records(tmp_path: Path) -> None:
    write_sample(tmp_path / "extracts", records=RECORDS, seed=3)
    assert step("build", tmp_path)["records"] == RECORDS
    first = step("link", tmp_path)
    step("change", tmp_path)
    again = step("link", tmp_path)
    bare = step("splink", tmp_path)
    print(f"\nlinkage of {RECORDS:,} records")
    for name, run in (("trained and linked", first), ("one in a hundred changed", again), ("bare Splink", bare)):
        print(
            f"  {name:<26}{run['seconds']:>7} s {run['cpu']:>7} s of processor {run['mib']:>6} MiB",
            run.get("steps", ""),
        )
    print(f"  to bare Splink {first['seconds'] / bare['alone']:.2f}, in processor seconds", end=" ")
    print(f"{first['cpu'] / bare['alone_cpu']:.2f}, changes to all {again['cpu'] / first['cpu']:.3f}")
    assert again["compared"] < first["compared"] / 10
