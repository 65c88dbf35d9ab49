"""The page about a run's linkage: its figures against the tables, its looks in a browser, and what it never says."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.adapters.linkage.charts import collect_linkage_charts
from dq_pipeline.adapters.linkage.drift import record_run_statistics
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.model import Model, save_model
from dq_pipeline.adapters.linkage.page import render_linkage_charts, render_page, write_page
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.linkage_charts import (
    Accuracy,
    ComparisonChart,
    KeyChart,
    LevelChart,
    LinkageCharts,
    PopulationCharts,
)
from dq_pipeline.domain.linkage_drift import WEIGHT_EDGES
from dq_pipeline.policies.linkage import POLICIES, THRESHOLDS
from dq_pipeline.policies.linkage_drift import LINKAGE_DRIFT
from tests.adapters.dashboard.browser import VIEWS, Page, accessibility_problems, open_quietly
from tests.adapters.dashboard.fixture import HOSTILE
from tests.adapters.dashboard.markup import Document
from tests.adapters.linkage.records_table import town, warehouse_of

NIGHT = datetime(2026, 11, 20, 2)
ROWS, TRUTH = town(people=150)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Model]:
    folder = tmp_path_factory.mktemp("page")
    warehouse = warehouse_of(folder / "warehouse.duckdb", ROWS)
    with warehouse.transaction() as con:
        create_stewardship_tables(con)
    model = train_model(warehouse.path, folder / "work", POLICIES, seed=1, now=NIGHT)
    link(warehouse, folder / "work", model, POLICIES)
    record_run_statistics(warehouse, folder / "work", model, POLICIES, run_id="night", now=NIGHT)
    return warehouse, model


@pytest.fixture
def copy(linked: tuple[Warehouse, Model], tmp_path: Path) -> Warehouse:
    (tmp_path / "warehouse.duckdb").write_bytes(linked[0].path.read_bytes())
    return Warehouse(tmp_path / "warehouse.duckdb")


def collected(warehouse: Warehouse, model: Model) -> LinkageCharts:
    with warehouse.connect(read_only=True) as con:
        return collect_linkage_charts(con, model, POLICIES, LINKAGE_DRIFT)


def page_of(warehouse: Warehouse, model: Model) -> str:
    with warehouse.connect(read_only=True) as con:
        return render_linkage_charts(con, model, POLICIES, LINKAGE_DRIFT)


def hostile_data() -> LinkageCharts:
    """Every text a threat, every histogram full, an accuracy curve with gaps."""
    full = tuple(range(len(WEIGHT_EDGES) + 1))
    found = PopulationCharts(
        population="person",
        records=10**9,
        customers=10**8,
        prior=1e-12,
        thresholds=THRESHOLDS,
        bands={"merge": 1, "reject": 2},
        weights=full,
        self_weights=full,
        unlinkable_share=0.5,
        comparisons=(ComparisonChart(HOSTILE, (LevelChart(HOSTILE, 0.5, 1e-9, 28.9, True),) * 3),),
        left_out=(HOSTILE,),
        keys=(KeyChart(HOSTILE, 10**7, 10**9, 400, 3), KeyChart(HOSTILE, 0, 1, 0, 0)),
        sizes=((1, 5), (40, 1)),
        labelled_from="decisions",
        labelled_same=30,
        labelled_different=40,
        accuracy=(Accuracy(-4, 0.5, 1.0), Accuracy(0, None, 0.5), Accuracy(2, 1.0, 0.25)),
    )
    return LinkageCharts(HOSTILE, NIGHT, None, False, (HOSTILE,), (found,))


def test_the_figures_are_those_of_the_tables(linked: tuple[Warehouse, Model]) -> None:
    warehouse, model = linked
    data = collected(warehouse, model)
    with warehouse.connect(read_only=True) as con:
        clusters = con.execute("select cluster_id from linkage.clusters").fetchall()
        keep = POLICIES[0].thresholds.keep
        bands = con.execute("select band from linkage.pairs where match_weight >= ?", [keep]).fetchall()
    assert (data.model_version, data.trained_at, data.measured_at) == (model.version, NIGHT, NIGHT)
    assert (data.first_use, data.drift) == (True, ())
    (persons,) = data.populations
    sizes = Counter(Counter(clusters).values())
    assert persons.sizes == tuple(sorted(sizes.items()))
    assert (persons.records, persons.customers) == (len(ROWS), len(set(clusters)))
    assert persons.bands == Counter(band for (band,) in bands)
    assert sum(persons.weights) == len(bands)
    assert sum(persons.self_weights) == len(ROWS)
    facts = model.populations["person"].facts
    assert [comparison.name for comparison in persons.comparisons] == facts["comparisons"]
    assert persons.left_out == tuple(facts["left_out"])
    assert [key.name for key in persons.keys] == [key.name for key in POLICIES[0].blocking_keys]
    assert (persons.labelled_same, persons.labelled_different, persons.accuracy) == (0, 0, ())


def test_stewards_decisions_measure_the_line_once_there_are_enough(
    linked: tuple[Warehouse, Model], copy: Warehouse
) -> None:
    keys = [row["record_key"] for row in ROWS]
    pairs = [(left, right) for left in keys for right in keys if left < right]
    same = [pair for pair in pairs if TRUTH[pair[0]] == TRUTH[pair[1]]]
    different = [pair for pair in pairs if TRUTH[pair[0]] != TRUTH[pair[1]]]

    def decide(first: int, kind: str, chosen: list[tuple[str, str]]) -> None:
        with copy.transaction() as con:
            con.executemany(
                "insert into stewardship.decisions (number, decided_at, author, kind, left_key, right_key, reason) "
                "values (?, ?, 'Eve', ?, ?, ?, 'rang them up')",
                [(first + number, NIGHT, kind, *pair) for number, pair in enumerate(chosen)],
            )

    decide(1, "same", same[:25])
    decide(100, "different", different[:19])
    (few,) = collected(copy, linked[1]).populations
    assert (few.labelled_same, few.labelled_different, few.accuracy) == (25, 19, ())
    decide(200, "different", different[19:20])
    (persons,) = collected(copy, linked[1]).populations
    assert (persons.labelled_from, persons.labelled_same, persons.labelled_different) == ("decisions", 25, 20)
    assert {point.precision for point in persons.accuracy} <= {1.0, None}
    assert max(point.recall or 0 for point in persons.accuracy) == 1.0
    assert "Measured on 45 pairs stewards decided, 25 of them one customer" in page_of(copy, linked[1])


def test_a_truth_measures_the_line_with_what_blocking_missed(linked: tuple[Warehouse, Model], copy: Warehouse) -> None:
    with copy.transaction() as con:
        con.execute("create schema evaluation")
        con.execute("create table evaluation.truth (source_system varchar, source_record_id varchar, truth_id varchar)")
        con.executemany(
            "insert into evaluation.truth values (?, ?, ?)",
            [(row["source_system"], row["source_record_id"], str(TRUTH[row["record_key"]])) for row in ROWS],
        )
        con.execute("delete from linkage.pairs using (select min(left_key) as k from linkage.pairs) where left_key = k")
    true = sum(size * (size - 1) // 2 for size in Counter(TRUTH.values()).values())
    (persons,) = collected(copy, linked[1]).populations
    assert (persons.labelled_from, persons.labelled_same) == ("truth", true)
    with copy.connect(read_only=True) as con:
        stored = con.execute("select left_key, right_key, match_weight from linkage.pairs").fetchall()
    line = persons.accuracy[len(persons.accuracy) // 2]
    right = sum(TRUTH[left] == TRUTH[right] for left, right, weight in stored if weight >= line.threshold)
    assert line.recall == pytest.approx(right / true)
    assert 0 < line.recall < 1


def test_the_page_says_its_figures_and_asks_nobody(linked: tuple[Warehouse, Model], tmp_path: Path) -> None:
    warehouse, model = linked
    html = page_of(warehouse, model)
    assert html == page_of(warehouse, model)
    document = Document(html)
    assert document.open == []
    assert "The first run with this model." in document.text
    assert f"{len(ROWS):,}" in document.text
    assert "decided 20 pairs as one customer and 20 as two; they have decided 0 and 0." in document.text
    assert not [attrs for _, attrs in document.tags if {"src", "srcset", "action"} & set(attrs)]
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in document.tags)
    save_model(tmp_path, model)
    assert write_page(tmp_path, model.version, html) == tmp_path / model.version / "linkage.html"
    assert (tmp_path / model.version / "linkage.html").read_text(encoding="utf-8") == html


def test_the_page_holds_no_value_of_a_customer(linked: tuple[Warehouse, Model]) -> None:
    html = page_of(*linked)
    columns = ("record_key", "family_name", "email", "phone", "postal_code", "address")
    assert not [row[name] for row in ROWS for name in columns if row[name] and row[name] in html]


def test_hostile_text_stays_text() -> None:
    html = render_page(hostile_data())
    document = Document(html)
    assert document.open == []
    assert "script" not in {tag for tag, _ in document.tags}
    assert "49" not in document.text.replace("{{ 7 * 7 }}", "")
    assert document.text.count("<script>alert(1)</script>") >= 6


@pytest.fixture(scope="module")
def pages(linked: tuple[Warehouse, Model], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    texts = {"real": page_of(*linked), "hostile": render_page(hostile_data())}
    for name, html in texts.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["real", "hostile"])
def test_it_loads_quietly_fits_and_is_accessible(browser: Page, pages: dict[str, Path], name: str, view: str) -> None:
    open_quietly(browser, pages[name], view)
    assert accessibility_problems(browser) == []
