"""`dq-pipeline review` on a real warehouse file: the queue out, decisions in, undone, and what is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.cli.console import run_command
from dq_pipeline.settings import Home

Review = Callable[..., tuple[int, str, str]]
WORD = ("--author", "Eve", "--reason", "rang them up")
A, B, C = "crm:1", "crm:2", "shop:\x1b[2J"
SHOWN_C = "shop:\N{REPLACEMENT CHARACTER}[2J"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    with Warehouse(made.warehouse).transaction() as con:
        con.execute(
            "create table linkage.review as select 'pair' as kind, left_key, right_key, "
            "weight::double as match_weight, 1 as customers, records, 'may be a relative' as reason "
            "from (values ($a, $b, 4.0, 3), ($b, $c, 2.5, 2)) as items(left_key, right_key, weight, records)",
            {"a": A, "b": B, "c": C},
        )
        con.execute(
            "create table staging.customers as select unnest($keys) as record_key, 'Ann Lee' as name, null as "
            "given_name, null as family_name, null as organisation_name, date '1970-02-28' as birthdate, null as "
            "birthdate_as_given, 'ann@mail.example' as email, null as phone_number, null as street_address, null as "
            "postal_code, null as locality, null as country",
            {"keys": [A, B, C]},
        )
    return made


@pytest.fixture
def review(capsys: pytest.CaptureFixture[str]) -> Review:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["review", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def ledger(home: Home) -> list[tuple[object, ...]]:
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        return con.execute(
            "select number, kind, left_key, right_key, author, reason, revokes from stewardship.decisions order by all"
        ).fetchall()


def fill(path: Path, *answers: tuple[str, str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([*row[:-2], *more] for row, more in zip(rows, answers, strict=True))])


def test_the_list_shows_what_weighs_most_first(home: Home, review: Review) -> None:
    code, out, err = review("list", "--limit", "1")
    assert (code, err) == (0, "")
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "2 to decide",
        "1 1 customers +4.0 crm:1 crm:2: may be a relative",
        "… and 1 more: --limit, or `dq-pipeline review export FILE`",
    ]
    assert f"crm:2  {SHOWN_C}: may be a relative" in review("list")[1]


def test_a_file_goes_out_and_its_decisions_come_in(home: Home, review: Review, tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    assert review("export", str(path), "--values", "masked", "--excel") == (
        0,
        f"2 to decide, written to {path}, readable by you alone.\n",
        "",
    )
    assert "A*** L***" in path.read_text("utf-8-sig")
    assert "Ann" not in path.read_text("utf-8-sig")
    fill(path, ("same", "same phone"), ("NO", "brothers"))
    done = (
        "1 same, 1 different.\nOf the other rows 0 are empty, 0 unsure, 0 decided so already, 0 repeat another row.\n"
    )
    assert review("import", str(path), "--author", "Eve", "--dry-run") == (
        0,
        f"2 decisions would be recorded: {done}",
        "",
    )
    code, out, _ = review("import", str(path), "--author", "Eve")
    assert (code, out) == (
        0,
        f"2 decisions recorded as number 1 to 2: {done}It takes effect with the next `dq-pipeline run`.\n",
    )
    assert ledger(home) == [
        (1, "same", A, B, "Eve", "same phone", None),
        (2, "different", B, C, "Eve", "brothers", None),
    ]
    code, out, _ = review("import", str(path), "--author", "Eve")
    assert out.startswith(
        "0 decisions recorded: 0 same, 0 different.\nOf the other rows 0 are empty, 0 unsure, 2 decided"
    )
    assert review("list")[1] == "0 to decide\n"
    fill(path, ("different", "called again"), ("unsure", ""))
    code, out, _ = review("import", str(path), "--author", "Tom")
    assert "1 decision recorded as number 3: 0 same, 1 different.\n" in out
    assert "They change what was decided before: 1.\n" in out


def test_a_file_with_full_values_says_that_it_is_personal_data(home: Home, review: Review, tmp_path: Path) -> None:
    _, out, _ = review("export", str(tmp_path / "queue.csv"), "--values", "full", "--limit", "1")
    assert out.splitlines()[1:] == ["It holds personal data: delete it when it is imported."]
    code, _, err = review("export", str(tmp_path / "queue.csv"))
    assert code == 2
    assert "the file exists and may hold decisions" in err


def test_a_bad_file_changes_nothing(home: Home, review: Review, tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    review("export", str(path))
    fill(path, ("same", "rang"), ("no", ""))
    code, out, err = review("import", str(path), "--author", "Eve")
    assert (code, out) == (2, "")
    assert "line 3: the comment is empty" in err
    code, _, err = review("decisions")
    assert review("decisions")[1] == "0 in force, 0 ever recorded\n"


def test_deciding_and_taking_it_back(home: Home, review: Review) -> None:
    assert review("decide", C, A, "same", *WORD) == (
        0,
        "Decision 1 recorded. It takes effect with the next `dq-pipeline run`.\n",
        "",
    )
    assert review("revoke", "1", *WORD)[1].startswith("Decision 1 is revoked, by 2.")
    assert review("revoke", "2", *WORD)[1].startswith("Decision 2 is revoked, by 3.")
    assert ledger(home)[1:] == [
        (2, "revoke", None, None, "Eve", "rang them up", 1),
        (3, "revoke", None, None, "Eve", "rang them up", 2),
    ]
    _, out, _ = review("decisions")
    first, second = out.splitlines()
    assert first == "1 in force, 3 ever recorded"
    assert second.split()[:4] == ["1", "same", A, SHOWN_C]
    assert second.endswith("Eve: rang them up")
    everything = review("decisions", "--all")[1]
    assert "     2  revoke 1  " in everything
    assert everything.count("[revoked by 3]") == 1
    assert len(review("decisions", "--all", "--record", B)[1].splitlines()) == 1


def test_what_was_decided_is_in_a_file_too_and_comes_back_from_there(home: Home, review: Review) -> None:
    review("decide", A, B, "same", *WORD)
    before = ledger(home)
    assert [json.loads(line)["number"] for line in home.decisions.read_text().splitlines()] == [1]
    with Warehouse(home.warehouse).transaction() as con:
        con.execute("drop schema stewardship cascade")
    assert review("decide", A, C, "different", *WORD)[1].startswith("Decision 2 recorded.")
    assert ledger(home)[:1] == before
    assert [json.loads(line)["number"] for line in home.decisions.read_text().splitlines()] == [1, 2]


def test_a_contradiction_is_told_by_the_decisions_it_is_made_of(home: Home, review: Review) -> None:
    review("decide", A, B, "same", *WORD)
    review("decide", B, C, "same", *WORD)
    code, out, _ = review("decide", A, C, "different", *WORD)
    assert code == 0
    told = (
        f"Contradiction: {A} = {B} = {SHOWN_C}, but {A} ≠ {SHOWN_C}, by decisions 1, 2, 3. "
        "Revoke one; until then these records are held for review.\n"
    )
    assert out.endswith(told)
    assert review("decisions")[1].endswith(told)
    review("revoke", "2", *WORD)
    assert "Contradiction" not in review("decisions")[1]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("decide", A, "crm:9", "same", *WORD), "there is no record 'crm:9'"),
        (("decide", A, A, "same", *WORD), "two different records are needed"),
        (("decide", A, B, "perhaps", *WORD), "'perhaps' is not one of"),
        (("decide", A, B, "same", "--author", "Eve"), "Missing option '--reason'"),
        (("decide", A, B, "same", "--author", " ", "--reason", ""), "the author is empty"),
        (("revoke", "7", *WORD), "there is no decision 7"),
        (("import", "nowhere.csv", "--author", "Eve"), "the file cannot be read"),
    ],
)
def test_what_cannot_be_done_is_refused(home: Home, review: Review, arguments: tuple[str, ...], problem: str) -> None:
    code, out, err = review(*arguments)
    assert (code, out) == (2, "")
    assert problem in err
    assert review("decisions")[1] == "0 in force, 0 ever recorded\n"


def test_saying_the_same_again_is_refused(home: Home, review: Review) -> None:
    review("decide", A, B, "same", *WORD)
    code, _, err = review("decide", B, A, "same", *WORD)
    assert code == 2
    assert "the two are decided to be same already" in err
    assert len(ledger(home)) == 1


def test_nobody_decides_while_a_run_writes(home: Home, review: Review) -> None:
    with run_lock(home.lock, run_id="night"):
        code, _, err = review("decide", A, B, "same", *WORD)
    assert code == 2
    assert "another run is in progress (run night" in err


def test_a_mistyped_home_makes_no_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, review: Review) -> None:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "typo"))
    for arguments in (("list",), ("decisions",), ("decide", A, B, "same", *WORD)):
        code, _, err = review(*arguments)
        assert code == 2
        assert "there is no warehouse yet" in err
    assert not (tmp_path / "typo").exists()
