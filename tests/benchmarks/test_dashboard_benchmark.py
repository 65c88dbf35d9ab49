"""The whole dashboard of a million records in under ten seconds on two idle cores, and hardly more than of a tenth.

`make benchmark` prints the seconds of each kind of page. `DQ_BENCHMARK_RECORDS` sets another number of records.
"""

from __future__ import annotations

import os
from pathlib import Path

from dq_pipeline.adapters.warehouse import Warehouse
from tests.benchmarks.dashboard_speed import BUDGET, make_night, publish

RECORDS = int(os.environ.get("DQ_BENCHMARK_RECORDS", "1000000"))


def seconds_of(records: int, folder: Path) -> float:
    folder.mkdir()
    with Warehouse(folder / "w.duckdb").connect() as con:
        steps = publish(con, make_night(con, records), folder / "site")
    total = sum(steps.values())
    print(f"  site {total:.1f} s:", ", ".join(f"{kind} {spent:.2f}" for kind, spent in steps.items()))
    assert len(list((folder / "site" / "rules").iterdir())) == 60 + 1 + 1
    return total


def test_the_site_takes_seconds_whatever_the_number_of_records(tmp_path: Path) -> None:
    tenth = seconds_of(RECORDS // 10, tmp_path / "tenth")
    whole = seconds_of(RECORDS, tmp_path / "whole")
    assert whole < BUDGET
    assert whole < 4 * tenth, "ten times the records may cost small scans, no more"
