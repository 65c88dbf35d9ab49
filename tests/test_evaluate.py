"""`evaluate` on public labelled sets: the figures of the README, and files anybody could bring."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.line import Line


def evaluate(line: Line, records: Path, truth: Path, *more: str | Path) -> dict[str, Any]:
    done = line.command("evaluate", "--records", records, "--truth", truth, "--json", *more)
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


@pytest.mark.parametrize(("name", "f1"), [("febrl3", 0.998), ("febrl4", 0.998)])
def test_public_sets(shared: Path, tmp_path: Path, name: str, f1: float) -> None:
    folder = shared / "benchmarks"
    clusters = tmp_path / "clusters.csv"
    figures = evaluate(
        Line(tmp_path), folder / f"{name}.csv.gz", folder / f"{name}.truth.csv.gz", "--clusters", clusters
    )
    assert figures["pairwise_f1"] >= f1, figures
    assert figures["b_cubed_f1"] >= f1
    with clusters.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["source_system", "source_record_id", "cluster_id"]
    assert len(rows) == figures["records"]
    assert len({row["cluster_id"] for row in rows}) == figures["predicted_customers"]


def test_a_handful_of_records_with_names_and_birthdates_only(tmp_path: Path) -> None:
    """Too few to learn from: the policy's expectations decide, and the file's unknown column is named."""
    people = [
        ("a", "1", "Featherstonehaugh", "Margaret", "1961-04-17", "p"),
        ("b", "1", "Featherstonehaugh", "Margaret", "1961-04-17", "p"),
        ("a", "2", "Okonkwo", "Chidi", "1985-11-30", "q"),
        ("b", "2", "Okonkwo", "Chidi", "1985-11-30", "q"),
        ("a", "3", "Lindqvist", "Astrid", "1990-06-02", "r"),
        ("b", "3", "Papadopoulos", "Nikos", "1972-01-23", "s"),
    ]
    records, truth = tmp_path / "records.csv", tmp_path / "truth.csv"
    records.write_text(
        "source_system,source_record_id,family_name,given_name,birthdate,shoe_size\n"
        + "".join(",".join(person[:5]) + ",40\n" for person in people)
    )
    truth.write_text("source_system,source_record_id,truth_id\n" + "".join(f"{p[0]},{p[1]},{p[5]}\n" for p in people))
    charts = tmp_path / "charts.html"
    figures = evaluate(Line(tmp_path), records, truth, "--charts", charts)
    assert "Measured on 2 true pairs, with those that blocking missed." in charts.read_text()
    assert figures["ignored_columns"] == ["shoe_size"]
    assert (figures["true_pairs"], figures["correct_pairs"], figures["predicted_pairs"]) == (2, 2, 2)
    told = Line(tmp_path).command("evaluate", "--records", records, "--truth", truth)
    assert "6 records, 4 customers; found 4" in told.stdout
    assert figures["pairs_completeness"] == 1.0
    assert figures["reduction_ratio"] == pytest.approx(1 - figures["pairs_compared"] / 15)
    assert {k["key"] for k in figures["blocking_keys"] if k["true_pairs"] == 2} >= {"name and birthdate", "full name"}
