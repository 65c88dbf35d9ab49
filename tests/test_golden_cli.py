"""`changes`, `pin`, `unpin`, `pins`, `split` and `merge` on a real warehouse file."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.customer_history import record_history
from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.adapters.run_lock import run_lock
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.cli.console import run_command
from dq_pipeline.policies.survivorship import POLICY
from dq_pipeline.settings import Home
from tests.adapters.golden_world import World

ANN = {"name": "Ann", "email": "ann@x.org", "cluster": 1, "updated_at": datetime(2026, 1, 1)}
BOB = {"name": "Bob", "email": "bob@x.org", "cluster": 1, "updated_at": datetime(2026, 6, 1)}
CYD = {"name": "Cyd", "email": "cyd@x.org", "cluster": 2}
WORD = ("--author", "Eve", "--reason", "rang them up")
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "home"))
    made = Home.from_environment()
    with Warehouse(made.warehouse).connect() as con:
        world = World(con, POLICY)
        world.run({"hubspot:1": ANN, "zoho:\x1b[2J": BOB, "zoho:3": CYD})
        world.run({"hubspot:1": ANN | {"email": "a.new@x.org"}, "zoho:\x1b[2J": BOB, "zoho:3": CYD})
    return made


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli([*arguments], standalone_mode=standalone_mode))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def ledger(home: Home) -> list[tuple[object, ...]]:
    with Warehouse(home.warehouse).connect(read_only=True) as con:
        return con.execute("select number, kind, left_key, right_key, value from stewardship.decisions").fetchall()


def test_changes_since_a_run_without_and_with_values(home: Home, command: Command) -> None:
    code, out, _ = command("changes", "--since", "2026-11-01")
    assert (code, out.splitlines()[0]) == (0, "Since 2026-11-01: 2 new")
    with Warehouse(home.warehouse).connect() as con:
        con.execute("update staging.customers set email = 'x@x.org' where email = 'cyd@x.org'")
        build_customers(con, POLICY, today=date(2026, 11, 20))
        record_history(con, run_id="later-run", now=datetime(2026, 11, 20, 2))
    assert command("changes", "--since", "run-0001")[1] == (
        "Since run-0001: 1 changed\n       3  2026-11-20 02:00  changed  C000000002\n            email\n"
    )
    assert "email 'cyd@x.org' -> 'x@x.org'" in command("changes", "--since", "run-0001", "--values")[1]
    assert command("changes", "--since", "later-run")[1] == "Since later-run: nothing changed\n"
    assert "… and 2 more" in command("changes", "--since", "2026-01-01", "--limit", "1")[1]
    code, _, err = command("changes", "--since", "yesterday")
    assert code == 2
    assert "'yesterday' is no run, version or date" in err


def test_a_pin_is_shown_saved_listed_and_taken_back(home: Home, command: Command) -> None:
    pin = ("pin", "C000000001", "email", "Pinned@X.org", *WORD, "--expires", "2199-12-31")
    code, out, _ = command(*pin, "--preview")
    assert code == 0
    assert out == (
        "C000000001: 1 x pin. Where nothing else changes, the next run would make of it:\n"
        "  update C000000001: records hubspot:1, zoho:\N{REPLACEMENT CHARACTER}[2J\n"
        "    email from zoho:\N{REPLACEMENT CHARACTER}[2J -> decision 1\n"
        "Nothing was saved.\n"
    )
    assert ledger(home) == []
    code, out, _ = command(*pin, "--yes", "--values")
    assert "email from zoho:\N{REPLACEMENT CHARACTER}[2J -> decision 1 'bob@x.org' -> 'pinned@x.org'" in out
    assert "Saved as decision 1, in force from the next `dq-pipeline run`." in out
    assert ledger(home) == [(1, "pin", "zoho:\x1b[2J", None, "pinned@x.org")]
    listed = command("pins")[1]
    assert listed.splitlines()[0] == "1 pinned, of which the sources agree with 0 by now: these can go"
    assert "     1  C000000001  email on zoho:\N{REPLACEMENT CHARACTER}[2J until 2199-12-31  new  Eve on" in listed
    assert "pinned@x.org" not in listed
    assert "takes back 1" in command("unpin", "C000000001", "email", *WORD, "--yes")[1]
    assert [row[1] for row in ledger(home)] == ["pin", "revoke"]
    code, _, err = command("pin", "C000000001", "birthdate", "secret", *WORD, "--yes")
    assert code == 2
    assert "birthdate cannot be pinned" in err
    assert "secret" not in err


def test_split_and_merge_write_decisions_about_records(home: Home, command: Command) -> None:
    code, out, _ = command("split", "C000000001", "--record", "zoho:\x1b[2J", *WORD, "--yes")
    assert code == 0
    assert "  insert a new customer: records zoho:\N{REPLACEMENT CHARACTER}[2J\n" in out
    assert "  split C000000001: records hubspot:1\n" in out
    assert "    to a new customer\n" in out
    code, out, _ = command("merge", "C000000001", "C000000002", *WORD, "--yes")
    assert code == 0
    assert "  merge C000000002\n    to C000000001\n" in out
    assert "  duplicates in zoho: 0 -> 1 of 2 records, 0.00 % -> 50.00 %" in out
    assert "@x.org" not in out
    assert [row[1:4] for row in ledger(home)] == [
        ("different", "hubspot:1", "zoho:\x1b[2J"),
        ("same", "hubspot:1", "zoho:3"),
    ]


def test_while_a_run_is_in_progress_nothing_is_decided(home: Home, command: Command) -> None:
    with run_lock(home.lock, run_id="other"):
        code, _, _ = command("split", "C000000001", "--record", "hubspot:1", *WORD, "--yes")
    assert code == 2
    assert ledger(home) == []


def test_before_the_first_run_there_is_nothing_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("DQ_HOME", str(tmp_path / "empty"))
    for arguments in (("changes", "--since", "2026-01-01"), ("pins",), ("merge", "C1", "C2", *WORD)):
        code, _, err = command(*arguments)
        assert code == 2
        assert "run `dq-pipeline run` first" in err
    with Warehouse(Home.from_environment().warehouse).transaction():
        pass
    for arguments in (("changes", "--since", "2026-01-01"), ("merge", "C1", "C2", *WORD)):
        assert command(*arguments)[0] == 2
    assert command("pins")[1].startswith("0 pinned")
