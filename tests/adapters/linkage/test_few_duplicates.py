"""A database in which hardly anybody is twice, and a model that learns from some of the records only.

The records are those of the sample, whose truth was drawn before anything was linked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.warehouse import Warehouse, quote_literal
from dq_pipeline.domain.linkage import LinkagePolicy
from dq_pipeline.policies.linkage import ORGANISATIONS, PERSONS, POLICIES
from tests.line import Line


def sample_of(line: Line, path: Path, *, twice: float) -> Warehouse:
    """A warehouse with one record of every customer of the sample, and a second of the share `twice` of them; and the
    table `truth` (record_key, truth_id)."""
    warehouse = Warehouse(path)
    with warehouse.transaction() as con:
        con.execute(f"attach {quote_literal(str(line.home / 'warehouse.duckdb'))} as sample (read_only)")
        con.execute(
            f"""
            create table truth as
            with known as (
                select record_key, truth_id, 
                    row_number() over (partition by truth_id order by md5(record_key)) as record
                from read_csv({quote_literal(str(line.home / "extracts" / "truth.csv"))}, all_varchar = true)
                join sample.linkage.records using (source_system, source_record_id)
            )
            select record_key, truth_id from known
            where record = 1 or (record = 2 and md5_number_lower(truth_id) % 1000 < {int(1000 * twice)})
            """
        )
        con.execute("create table linkage.records as from sample.linkage.records semi join truth using (record_key)")
        con.execute(
            "create table staging.customers as from sample.staging.customers semi join truth using (record_key)"
        )
        create_quarantine_tables(con)
    return warehouse


def same_pairs(warehouse: Warehouse, table: str, customer: str) -> set[tuple[str, str]]:
    """The pairs of records of the table that are one customer by its column `customer`."""
    with warehouse.connect(read_only=True) as con:
        return set(
            con.execute(
                f"select a.record_key, b.record_key from {table} as a join {table} as b using ({customer}) "
                "where a.record_key < b.record_key"
            ).fetchall()
        )


def trained(warehouse: Warehouse, folder: Path, *policies: LinkagePolicy) -> Model:
    return train_model(warehouse.path, folder / "work", policies, seed=1, now=datetime(2026, 11, 20, 8))


def test_where_hardly_anybody_is_twice_few_are_merged(sample_line: Line, tmp_path: Path) -> None:
    """One in a hundred: strangers of one country and given name outnumber the true pairs many times over."""
    warehouse = sample_of(sample_line, tmp_path / "w.duckdb", twice=0.01)
    link(warehouse, tmp_path / "work", trained(warehouse, tmp_path, *POLICIES), POLICIES)
    true = same_pairs(warehouse, "truth", "truth_id")
    found = same_pairs(warehouse, "linkage.clusters", "cluster_id")
    assert 10 <= len(true) <= 60
    assert len(found & true) >= 0.75 * len(true)
    assert len(found - true) <= 0.25 * len(true)


def test_some_of_the_records_teach_how_many_are_twice(sample_line: Line, tmp_path: Path) -> None:
    """Of a tenth of the records, a hundredth of the pairs is among themselves; the others count too."""
    warehouse = sample_of(sample_line, tmp_path / "w.duckdb", twice=1)
    some = replace(PERSONS, limits=replace(PERSONS.limits, training_records=1_000))
    true = len(same_pairs(warehouse, "truth", "truth_id"))
    part = trained(warehouse, tmp_path, some, ORGANISATIONS).populations["person"]
    records = part.facts["records"]
    assert part.facts["training_records"] == 1_000
    assert part.prior * records * (records - 1) / 2 == pytest.approx(true, rel=0.3)
