"""The whole line against a bare import of its slowest library, in one run; nothing is asserted about time."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.line import Line


@pytest.mark.parametrize("records", [10_000, 100_000])
@pytest.mark.timeout(1800)
def test_sample_from_nothing(tmp_path: Path, records: int) -> None:
    line = Line(tmp_path / "home")
    seconds: dict[str, float] = {}
    for name, arguments in (("sample", ["sample", "--records", str(records)]), ("run", ["run"]), ("rerun", ["run"])):
        started = time.perf_counter()
        done = line.command(*arguments)
        seconds[name] = time.perf_counter() - started
        assert done.returncode == 0, done.stderr
        print(next((text for text in done.stdout.splitlines() if text.startswith("Seconds:")), ""))
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import great_expectations"], check=True)
    imported = time.perf_counter() - started
    told = "  ".join(f"{name} {spent:.1f} s" for name, spent in seconds.items())
    print(f"{records:,} records: {told}; importing Great Expectations alone {imported:.1f} s")
