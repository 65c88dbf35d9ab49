"""Forty rules on a million rows of fifteen columns, results and ledger of failing rows, beside plain SQL that finds the
same rows, in one run. Budgets: at most 5 times the SQL, less than 2 GiB; importing Great Expectations told apart.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.settings import PROJECT

SCRIPT = Path(__file__).with_name("validation_speed.py")


def step(name: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(SCRIPT), name, str(folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "{}")


@pytest.mark.timeout(900)
def test_forty_rules_on_a_million_rows(tmp_path: Path) -> None:
    step("write", tmp_path)
    plain = [step("sql", tmp_path)]
    first = step("rules", tmp_path)
    plain.append(step("sql", tmp_path))
    again = step("rules-again", tmp_path)
    plain.append(step("sql", tmp_path))
    for run in (first, again):
        assert run["wrong"] == []
        assert run["failing"] == plain[0]["failing"]
    reading = sorted(run["seconds"] for run in plain)[1]
    rows = sum(first["failing"].values())
    told = ", ".join(f"{run['seconds']} s" for run in plain)
    print(f"\n40 rules on 1,000,000 x 15, {rows:,} failing rows (plain SQL: {told}; {plain[0]['peak_mib']} MiB)")
    for what, run in (("first run, ledger filled", first), ("second run, ledger moved", again)):
        ratio = run["seconds"] / reading
        print(f"  {what:<26}{run['seconds']:>7} s  {ratio:>5.2f} x  {run['peak_mib']:>6} MiB")
    print(f"  importing Great Expectations {first['import_seconds']} s, {first['import_mib']} MiB")
    assert max(first["peak_mib"], again["peak_mib"]) < 2048
