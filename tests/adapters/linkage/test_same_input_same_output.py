"""The same records give the same model, pairs and clusters, in whatever order and on however many threads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dq_pipeline.adapters.linkage import linking, scratch, training
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.promotion import promoted_model
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.policies.linkage import PERSONS, POLICIES
from tests.adapters.linkage.records_table import town, warehouse_of
from tests.line import Line

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def one_thread(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        return from_nothing(tmp_path_factory.mktemp("one"), patch, threads=1, order=None)


def from_nothing(folder: Path, patch: pytest.MonkeyPatch, *, threads: int, order: int | None) -> dict[str, Any]:
    """A model trained and everything linked with so many threads, the rows written in another order."""

    @contextmanager
    def with_threads(work: Path) -> Iterator[Any]:
        with scratch.scratch_database(work) as (con, made):
            con.execute(f"set threads = {threads}")
            yield con, made

    for module in (linking, training):
        patch.setattr(module, "scratch_database", with_threads)
    rows, _ = town(people=150)
    if order is not None:
        rows = [rows[place] for place in np.random.default_rng(order).permutation(len(rows))]
    warehouse = warehouse_of(folder / "w.duckdb", rows)
    model = training.train_model(warehouse.path, folder / "work", [PERSONS], seed=1, now=datetime(2026, 11, 20))
    link(warehouse, folder / "work", model, [PERSONS])
    with warehouse.connect(read_only=True) as con:
        found = {
            table: con.execute(f"select * from linkage.{table} order by all").fetchall()
            for table in ("pairs", "clusters", "joins", "review")
        }
    return {**found, "version": model.version, "facts": model.populations["person"].facts}


@pytest.mark.parametrize(("threads", "order"), [(2, None), (1, 3), (2, 4)])
def test_neither_threads_nor_the_order_of_rows_change_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_thread: dict[str, Any], threads: int, order: int | None
) -> None:
    again = from_nothing(tmp_path, monkeypatch, threads=threads, order=order)
    assert len(again["clusters"]) > 200
    assert again == one_thread


def test_row_order_changes_nothing(sample_line: Line, tmp_path: Path) -> None:
    model = promoted_model(sample_line.home / "models")
    assert model is not None
    shutil.copyfile(sample_line.home / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.transaction() as con:
        con.execute("create table shuffled as select * from linkage.records order by hash(record_key || 'x')")
        con.execute("create or replace table linkage.records as select * from shuffled")
        con.execute("drop table shuffled")
    link(warehouse, tmp_path / "work", model, POLICIES, full=True)
    for table in ("pairs", "clusters", "joins", "review"):
        query = f"select * from linkage.{table} order by all"
        with warehouse.connect(read_only=True) as con:
            again = con.execute(query).fetchall()
        assert again == sample_line.query(query), table


def test_every_pair_is_stored_once_and_placed_in_its_band(sample_line: Line) -> None:
    thresholds = PERSONS.thresholds
    wrong = sample_line.query(
        "select count(*) from linkage.pairs where left_key >= right_key or band <> case "
        f"when match_weight >= {thresholds.merge} then 'merge' when match_weight >= {thresholds.review} then 'review' "
        "else 'reject' end"
    )
    assert wrong == [(0,)]
    assert sample_line.query("select count(*) - count(distinct (left_key, right_key)) from linkage.pairs") == [(0,)]


def test_the_evidence_of_a_pair_adds_up_to_its_match_weight(sample_line: Line) -> None:
    """But for the cost of another explanation below a tenth of a bit, which is not told."""
    off = sample_line.query(
        "select max(abs(match_weight - list_sum([e.match_weight for e in evidence]))), count(*) from linkage.pairs"
    )[0]
    assert float(str(off[0])) < 0.1
    assert int(str(off[1])) > 4_000
