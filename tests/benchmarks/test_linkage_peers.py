"""Ours beside bare Splink, recordlinkage, dedupe and goldenmatch on the public labelled sets: F1, seconds, memory.

All get the same CSV of records with canonical columns and write clusters; F1 is over pairs of records, and a pair that
blocking missed is missed. Their packages are fetched on first use; without them the test is skipped and says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.peer_runs import PEERS, Run, run_ours, run_peer


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", ["febrl3", "febrl4", "historical_50k"])
def test_peers(shared: Path, tmp_path: Path, name: str) -> None:
    records, truth = (shared / "benchmarks" / f"{name}{suffix}" for suffix in (".csv.gz", ".truth.csv.gz"))
    runs = [run_ours(records, truth, tmp_path), *(run_peer(peer, records, truth, tmp_path) for peer in PEERS)]
    print(f"\n{name}\n{'':<15}{'precision':>10}{'recall':>8}{'F1':>8}{'seconds':>9}{'MiB':>7}  given")
    for run in runs:
        print(line(run))
    ours, *theirs = (run.found.pairwise_f1 if run.found else None for run in runs)
    measured = [f1 for f1 in theirs if f1 is not None]
    if not measured:
        pytest.skip("not one of the other libraries could be fetched; this benchmark needs a package index")
    assert ours is not None, runs[0].problem
    assert ours >= max(measured) - 0.001


def line(run: Run) -> str:
    """One line of the table."""
    if run.found is None:
        return f"{run.name:<15}{'':>26}{run.seconds:>9.1f}{run.mib:>7.0f}  {run.problem}; {run.how}"
    found = run.found
    shares = f"{found.pairwise_precision:>10.4f}{found.pairwise_recall:>8.4f}{found.pairwise_f1:>8.4f}"
    return f"{run.name:<15}{shares}{run.seconds:>9.1f}{run.mib:>7.0f}  {run.how}"
