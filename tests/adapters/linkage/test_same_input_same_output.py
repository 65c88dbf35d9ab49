"""The same records and model give the same pairs and clusters, whatever the order of the rows."""

from __future__ import annotations

import shutil
from pathlib import Path

from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.promotion import promoted_model
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.policies.linkage import PERSONS, POLICIES
from tests.line import Line


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
