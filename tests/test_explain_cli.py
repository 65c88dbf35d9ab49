"""`dq-pipeline explain` on real files: the warehouse first, the published version where that is all there is."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.cli.console import run_command
from dq_pipeline.settings import Home

Explain = Callable[..., tuple[int, str, str]]
PAIR = ("crm:1", "shop:\x1b[2J")
_ROWS = """
create schema linkage;
create schema golden;
create table golden.id_redirects (customer_id varchar, heir_id varchar);
create table linkage.clusters as from (values
    ('crm:1', 'crm:1'), ('shop:' || chr(27) || '[2J', 'crm:1'), ('shop:2', 'shop:2')) as rows(record_key, cluster_id);
create table linkage.pairs as
    select 'crm:1' as left_key, 'shop:' || chr(27) || '[2J' as right_key, 3.5::double as match_weight,
        0.919::double as match_probability, 'merge' as band, 'e-mail' as blocking_key,
        [{'comparison': 'e-mail', 'level': 'the same', 'match_weight': 3.5::double}] as evidence;
create table linkage.review (left_key varchar, right_key varchar, reason varchar);
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Nothing but a published version."""
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    current = made.published / "current"
    current.mkdir(parents=True)
    (current / "manifest.json").write_text("{}")
    with duckdb.connect(str(current / "published.duckdb")) as con:
        con.execute(_ROWS)
    return made


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str]) -> Explain:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["explain", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_published_rows_explain_a_pair_and_say_what_they_cannot_tell(home: Home, explain: Explain) -> None:
    code, out, err = explain(*PAIR)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "crm:1  and  shop:\N{REPLACEMENT CHARACTER}[2J",
        "One customer: the two records fit each other.",
        "Match weight +3.5 (probability 91.9%), band merge, met through: e-mail",
        "     +3.5  e-mail  the same",
    ]
    _, out, _ = explain("crm:1", "shop:2")
    assert out.splitlines()[1:] == [
        "Two customers: they were never compared, or scored below the stored limit.",
        "Which of the two, only the warehouse can tell: it holds what was compared.",
    ]


def test_the_warehouse_is_asked_first_and_shows_values_on_request(home: Home, explain: Explain) -> None:
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute(_ROWS)
        con.execute("update linkage.pairs set match_weight = -4, band = 'reject'")
    assert "Match weight -4.0" in explain(*PAIR)[1]
    code, _, err = explain(*PAIR, "--values")
    assert code == 2
    assert "hold no compared values" in err


def test_a_warehouse_that_a_run_writes_leaves_the_published_version(home: Home, explain: Explain) -> None:
    from multiprocessing import get_context

    held, done = (get_context("spawn").Event() for _ in range(2))
    writer = get_context("spawn").Process(target=_hold, args=(str(home.warehouse), held, done))
    writer.start()
    try:
        assert held.wait(60)
        assert "Match weight +3.5" in explain(*PAIR)[1]
        (home.published / "current" / "published.duckdb").unlink()
        code, _, err = explain(*PAIR)
        assert code == 2
        assert "another process holds the warehouse" in err
    finally:
        done.set()
        writer.join(60)


def _hold(path: str, held: object, done: object) -> None:
    with duckdb.connect(path):
        held.set()  # type: ignore[attr-defined]
        done.wait(60)  # type: ignore[attr-defined]


def test_the_chart_is_a_file_for_its_owner_alone(home: Home, explain: Explain, tmp_path: Path) -> None:
    page = tmp_path / "chart.html"
    code, out, _ = explain(*PAIR, "--html", str(page))
    assert code == 0
    assert out.endswith(f"Chart written to {page}, readable by you alone.\n")
    assert "vegaEmbed" in page.read_text("utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    code, _, err = explain(*PAIR, "--html", str(tmp_path / "no" / "chart.html"))
    assert code == 2
    assert "the file cannot be written: No such file or directory" in err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("crm", "shop:2"), "'crm' is no record key"),
        (("crm:1",), "Missing argument"),
        ((), "Missing argument"),
        (("crm:1", "crm:99"), "crm:99"),
        (("crm:1", "crm:1"), "crm:1 is one record"),
        (("crm:1", "shop:2", "--customer", "C1"), "neither record keys nor --html"),
        (("--customer", "C000000001"), "there is no customer 'C000000001'"),
        (("crm:1", "shop:2", "--html", "chart.html"), "the two were never compared"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    home: Home, explain: Explain, arguments: tuple[str, ...], problem: str
) -> None:
    code, out, err = explain(*arguments)
    assert code == 2
    assert problem in err
    assert "Chart written" not in out


def test_before_anything_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, explain: Explain) -> None:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "typo"))
    code, _, err = explain(*PAIR)
    assert code == 2
    assert "nothing is published yet" in err
    assert not (tmp_path / "typo").exists()
