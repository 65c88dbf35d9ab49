"""Every action that the audit trail must tell of leaves exactly one entry, and whoever touches the trail is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.governance.audit import HEAD
from dq_pipeline.adapters.governance.policy_changes import policy_digests, record_policy_change
from dq_pipeline.clock import utc_now
from tests.governance.conftest import NOW
from tests.governance.planted import ok
from tests.line import Line

UNTIL = (utc_now() + timedelta(days=30)).date().isoformat()
WORDS = ("--author", "Eve Stone", "--reason", "looked at it")


@pytest.fixture(scope="module")
def line(world: Line, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A copy of the home in which the line has run once."""
    return world.copy(tmp_path_factory.mktemp("audited") / "home")


def entries(line: Line) -> list[tuple[str, str, str]]:
    rows = line.query("select action, subject, actor from governance.audit order by number")
    return [(str(action), str(subject), str(actor)) for action, subject, actor in rows]


def new_entries(line: Line, *command: str) -> list[tuple[str, str]]:
    before = len(entries(line))
    ok(line.command(*command))
    return [(action, subject) for action, subject, _ in entries(line)[before:]]


def test_a_run_tells_of_its_policies_model_and_exports(world: Line) -> None:
    found = [action for action, *_ in entries(world)]
    assert found.count("policy_changed") == 1
    assert found.count("model_promote") == 1
    exported = [subject for action, subject, _ in entries(world) if action == "role_export"]
    assert sorted(exported) == ["data_engineer", "data_steward", "governance_reader", "marketing"]


def test_what_a_run_writes_is_readable_by_its_user_only(world: Line) -> None:
    made = [world.home / "warehouse.duckdb"]
    for folder in ("published", "governance", "models", "dagster"):
        made += [path for path in (world.home / folder).rglob("*") if not path.is_symlink()]
    assert len(made) > 100
    assert {path for path in made if path.stat().st_mode & 0o077} == set()


def test_the_actor_is_dq_actor(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_ACTOR", "night watch")
    ok(line.command("issues", "waive", "I000001", "--until", UNTIL, *WORDS))
    assert entries(line)[-1] == ("issue_waived", "I000001", "night watch")


def test_every_word_of_a_steward_is_one_entry(line: Line) -> None:
    (one,), (other,) = line.query("select customer_id from golden.customers order by 1 limit 2")
    of = "select min(record_key) from golden.crosswalk where customer_id = "
    keys = [str(line.query(f"{of} '{customer}'")[0][0]) for customer in (one, other)]
    pinned = new_entries(line, "pin", str(one), "given_name", "Theodora", *WORDS, "--yes")
    assert pinned == [("pin", str(one))]
    assert new_entries(line, "unpin", str(one), "given_name", *WORDS, "--yes") == [("unpin", str(one))]
    assert new_entries(line, "merge", str(one), str(other), *WORDS, "--yes") == [("merge", f"{one}, {other}")]
    ((action, subject),) = new_entries(line, "review", "decide", *keys, "different", *WORDS)
    assert action == "decide"
    number = subject.removeprefix("decision ")
    assert new_entries(line, "review", "revoke", number, *WORDS) == [("revoke", subject)]
    closing = ("issues", "close", "I000002", "--because", "accepted", "--until", UNTIL)
    assert new_entries(line, *closing, *WORDS) == [("issue_closed", "I000002")]


def test_showing_values_is_one_entry_and_showing_none_is_no_entry(line: Line, tmp_path: Path) -> None:
    ((customer,),) = line.query("select min(customer_id) from golden.customers")
    assert new_entries(line, "customer", str(customer)) == []
    assert new_entries(line, "customer", str(customer), "--values") == [("unmask", str(customer))]
    assert new_entries(line, "explain", "--customer", str(customer), "--values") == [("unmask", str(customer))]
    assert new_entries(line, "review", "export", str(tmp_path / "masked.csv"), "--values", "masked") == []
    exported = new_entries(line, "review", "export", str(tmp_path / "full.csv"), "--values", "full")
    assert exported == [("unmask", "review queue")]


def test_no_value_is_in_the_trail(line: Line) -> None:
    told = str(line.query("select subject, reason, details from governance.audit"))
    assert "Theodora" not in told


def test_what_was_previewed_or_refused_leaves_no_entry(line: Line) -> None:
    ((customer,),) = line.query("select min(customer_id) from golden.customers")
    assert new_entries(line, "pin", str(customer), "given_name", "Theodora", *WORDS, "--preview") == []
    before = entries(line)
    assert line.command("issues", "waive", "I999999", "--until", UNTIL, *WORDS).returncode == 2
    assert entries(line) == before


TAMPERING = {
    "edited": "update governance.audit set reason = 'because' where number = 2",
    "deleted": "delete from governance.audit where number = 2",
    "reordered": "update governance.audit set number = if(number = 2, 3, 2) where number in (2, 3)",
    "truncated": "delete from governance.audit where number = (select max(number) from governance.audit)",
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(world: Line, tmp_path: Path, how: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(world.home / "warehouse.duckdb", home)
    (home / "governance").mkdir()
    shutil.copy(world.home / "governance" / HEAD, home / "governance")
    copy = Line(home)
    assert copy.command("audit", "verify").returncode == 0
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute(TAMPERING[how]).fetchall()
    assert copy.command("audit", "verify").returncode == 1


@pytest.fixture
def policies(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    (tmp_path / "policies").mkdir()

    def written(text: str) -> dict[str, str]:
        (tmp_path / "policies" / "publishing.py").write_text(text)
        return policy_digests(tmp_path, (tmp_path / "policies",))

    return written


def test_a_changed_policy_is_told_once(policies: Callable[[str], dict[str, str]]) -> None:
    with duckdb.connect() as con:

        def run(text: str) -> list[str]:
            return record_policy_change(con, policies(text), run_id="r", actor="a", now=NOW)

        assert run("KEPT = 30") == ["policies/publishing.py"]
        assert run("KEPT = 30") == []
        assert run("KEPT = 1") == ["policies/publishing.py"]
        rows = con.execute("select count(*), arg_min(details ->> '$.changed', number) from governance.audit").fetchall()
        assert rows == [(2, "[]")]
        last = con.execute("select details ->> '$.changed[0]' from governance.audit where number = 2").fetchall()
        assert last == [("policies/publishing.py",)]
