"""`dq-pipeline held` on a real warehouse file: who is held, a steward's word, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.cli.console import run_command
from dq_pipeline.settings import Home

SINCE = datetime(2026, 11, 18, 2)
Held = Callable[..., tuple[int, str, str]]
WORD = ("--author", "Eve", "--reason", "rang them up")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    with Warehouse(made.warehouse).transaction() as con:
        create_quarantine_tables(con)
        con.execute("create table staging.customers as select unnest(['crm', 'shop']) as source_system")
        con.executemany(
            "insert into quality.held_records values (?, ?, ?, ?, 'run1', ?, ?)",
            [
                ["crm:1", "crm", ["nothing_to_go_by"], SINCE, None, None],
                ["crm:22", "crm", ["values_out_of_place", "lines_run_together"], SINCE, "Tom", SINCE],
                ["shop:\x1b[2J", "shop", ["nothing_to_go_by"], SINCE, None, None],
            ],
        )
        con.execute(
            "insert into quality.releases values (1, 'crm:22', 'crm', 'release', 'Tom', 'knows her', ?)", [SINCE]
        )
    return made


@pytest.fixture
def held(capsys: pytest.CaptureFixture[str]) -> Held:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["held", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_the_list_says_who_why_and_since_when(home: Home, held: Held) -> None:
    code, out, err = held("list")
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines == [
        "2 records held back, 1 released by a steward",
        "crm:1 since 2026-11-18 held nothing_to_go_by",
        "crm:22 since 2026-11-18 released by Tom values_out_of_place, lines_run_together",
        "shop:\N{REPLACEMENT CHARACTER}[2J since 2026-11-18 held nothing_to_go_by",
        "nothing_to_go_by: it has no usable name, e-mail address, phone number or identifier, "
        "and of birthdate, address, town and job at most one",
        "values_out_of_place: three or more values do not fit their columns and none does: its line has slipped",
        "lines_run_together: one value is longer than any name or address: several lines have run into one",
    ]
    assert held("list", "--source", "shop")[1].startswith("1 record held back, 0 released by a steward\nshop:")
    code, _, err = held("list", "--source", "pets")
    assert code == 2
    assert "name one of crm, shop" in err


def test_a_steward_releases_a_record_and_holds_it_again(home: Home, held: Held) -> None:
    assert held("release", "crm:1", *WORD) == (0, "crm:1 takes part from the next run on.\n", "")
    assert "to be released, Eve" in held("list")[1]
    code, out, _ = held("hold", "crm:22", *WORD)
    assert (code, out) == (0, "crm:22 is held again from the next run on, if a reason still applies to it.\n")
    assert "to be held again, Eve" in held("list")[1]
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        ledger = "select number, record_key, source_system, decision, author, reason from quality.releases order by 1"
        assert con.execute(ledger).fetchall() == [
            (1, "crm:22", "crm", "release", "Tom", "knows her"),
            (2, "crm:1", "crm", "release", "Eve", "rang them up"),
            (3, "crm:22", "crm", "hold", "Eve", "rang them up"),
        ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("release", "crm:99", *WORD), "crm:99 is not held back"),
        (("release", "crm:22", *WORD), "crm:22 is released already"),
        (("hold", "crm:1", *WORD), "crm:1 was not released by anybody"),
        (("release", "crm:1", "--author", "Eve"), "Missing option '--reason'"),
        (("release", "crm:1", "--author", " ", "--reason", ""), "a decision needs an author and a reason"),
        (("release", *WORD), "Missing argument 'RECORD_KEY'"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_nothing_written(
    home: Home, held: Held, arguments: tuple[str, ...], problem: str
) -> None:
    code, out, err = held(*arguments)
    assert (code, out) == (2, "")
    assert problem in err
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        assert con.execute("select count(*) from quality.releases").fetchall() == [(1,)]


def test_nobody_decides_while_a_run_writes(home: Home, held: Held) -> None:
    with run_lock(home.lock, run_id="night"):
        code, _, err = held("release", "crm:1", *WORD)
    assert code == 2
    assert "another run is in progress (run night" in err


def test_a_mistyped_home_makes_no_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "typo"))
    for arguments in (("list",), ("release", "crm:1", *WORD)):
        code, _, err = held(*arguments)
        assert code == 2
        assert "there is no warehouse yet" in err
    assert not (tmp_path / "typo").exists()
