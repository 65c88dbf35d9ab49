"""`dq-pipeline issues` on a real warehouse file: lists, one issue, every word a person may say, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.cli.console import run_command
from dq_pipeline.settings import Home
from tests.adapters.quality.issue_world import START, IssueWorld

Call = Callable[..., tuple[int, str, str]]
WORD = ("--author", "Eve", "--reason", "rang them up")
# The commands ask the clock; the runs of the world are as many days ago.
TODAY = (datetime.now(UTC).replace(tzinfo=None) - START).days
NEXT_WEEK = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    made.root.mkdir()
    with Warehouse(made.warehouse).connect() as con:
        world = IssueWorld(con)
        world.run(TODAY - 4, {"email.valid": {"crm": 1200, "shop": 2}})
        world.run(TODAY - 1, {"email.valid": {"crm": 1300}, "name.present": {"\x1b[2J": 1}})
    return made


@pytest.fixture
def issues(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["issues", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def listed(out: str) -> list[str]:
    return re.findall("^I[0-9]{6}", out, re.MULTILINE)


def test_the_list_has_the_worst_first_and_can_be_narrowed(home: Home, issues: Call) -> None:
    code, out, err = issues("list")
    assert (code, err) == (0, "")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    late_since = f"{START + timedelta(days=TODAY - 1):%Y-%m-%d}"
    due = f"{START + timedelta(days=TODAY + 13):%Y-%m-%d}"
    assert lines == [
        "2 issues, 1 late",
        f"I000001 critical crm sales 1,300 rows email.valid open, LATE since {late_since}",
        f"I000003 warning \N{REPLACEMENT CHARACTER}[2J sales 1 rows name.present open, due {due}",
    ]
    assert listed(issues("list", "--status", "all")[1]) == ["I000001", "I000003", "I000002"]
    assert listed(issues("list", "--status", "resolved")[1]) == ["I000002"]
    assert listed(issues("list", "--late", "--owner", "sales")[1]) == ["I000001"]
    assert listed(issues("list", "--severity", "warning")[1]) == ["I000003"]
    assert listed(issues("list", "--source", "crm")[1]) == ["I000001"]
    code, _, err = issues("list", "--owner", "nobody")
    assert code == 2
    assert "name one of sales" in err


def test_one_issue_says_why_how_to_fix_which_records_and_what_happened(home: Home, issues: Call) -> None:
    code, out, err = issues("show", "I000001", "--keys", "2")
    assert (code, err) == (0, "")
    first, second = (f"{START + timedelta(days=TODAY - ago):%Y-%m-%d}" for ago in (4, 1))
    assert out.splitlines()[1:] == [
        "Rule:   It is asked.",
        "Why:    It matters.",
        "Fix:    Mend it.",
        "Owner:  sales",
        f"Rows:   {first} 1,200, {second} 1,300",
        "  crm:0",
        "  crm:1",
        "  `dq-pipeline failing email.valid --source crm` lists them all",
        f"{first} 02:00  opened by run run-{TODAY - 4}",
    ]
    code, _, err = issues("show", "I9")
    assert code == 2
    assert "there is no issue 'I9'" in err


def test_every_word_is_recorded_with_who_and_why(home: Home, issues: Call) -> None:
    assert issues("ack", "I000001", "I000003", "--author", "Eve") == (0, "I000001, I000003 acknowledged.\n", "")
    assert issues("assign", "I000001", "--to", "Tom", "--author", "Eve")[1] == "I000001 assigned to Tom.\n"
    assert issues("waive", "I000001", "--until", NEXT_WEEK, *WORD)[1] == f"I000001 waived until {NEXT_WEEK}.\n"
    assert issues("close", "I000003", "--because", "duplicate_of", "--of", "I000001", *WORD)[0] == 0
    assert f"waived until {NEXT_WEEK} by Eve" in issues("list", "--status", "waived")[1]
    assert "closed as duplicate_of until" in issues("list", "--status", "closed")[1]
    assert issues("reopen", "I000001", *WORD)[1] == "I000001 reopened.\n"
    told = issues("show", "I000001")[1]
    assert "Owner:  sales, assigned to Tom" in told
    assert told.endswith("reopened by Eve: rang them up\n")
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        events = con.execute(
            "select issue_id, event, author, coalesce(comment, '') from quality.issue_events where author <> '' "
            "order by number"
        ).fetchall()
    assert events == [
        ("I000001", "acknowledged", "Eve", ""),
        ("I000003", "acknowledged", "Eve", ""),
        ("I000001", "assigned", "Eve", ""),
        ("I000001", "waived", "Eve", "rang them up"),
        ("I000003", "closed", "Eve", "rang them up"),
        ("I000001", "reopened", "Eve", "rang them up"),
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("close", "I000001", "--because", "accepted", *WORD), "the last day it holds is missing"),
        (("close", "I000001", "--because", "lazy", *WORD), "Invalid value for '--because'"),
        (("close", "I000001", "--because", "false_positive", "--author", "Eve"), "Missing option '--reason'"),
        (("waive", "I000001", *WORD), "Missing option '--until'"),
        (("waive", "I000001", "--until", "24.12.2026", *WORD), "does not match the format"),
        (("waive", "I000001", "--until", "2026-11-01", *WORD), "2026-11-01 is past"),
        (("ack", "I000002", "--author", "Eve"), "I000002 is resolved: it cannot be acknowledged"),
        (("ack", "I000001", "I77", "--author", "Eve"), "there is no issue 'I77'"),
        (("ack", "--author", "Eve"), "Missing argument 'ISSUE...'"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_recorded(
    home: Home, issues: Call, arguments: tuple[str, ...], problem: str
) -> None:
    code, out, err = issues(*arguments)
    assert (code, out) == (2, "")
    assert problem in err
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        assert con.execute("select count(*) from quality.issue_events where author <> ''").fetchall() == [(0,)]


def test_nobody_speaks_while_a_run_writes_and_reading_makes_no_warehouse(
    home: Home, issues: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with run_lock(home.lock, run_id="night"):
        code, _, err = issues("ack", "I000001", "--author", "Eve")
    assert code == 2
    assert "another run is in progress (run night" in err
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "typo"))
    for arguments in (("list",), ("show", "I000001"), ("ack", "I000001", "--author", "Eve")):
        code, _, err = issues(*arguments)
        assert code == 2
        assert "there is no warehouse yet" in err
    assert not (tmp_path / "typo").exists()
