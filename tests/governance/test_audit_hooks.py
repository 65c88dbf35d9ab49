"""Every action that the audit trail must tell of leaves exactly one entry, and whoever touches the trail is found."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatchcase
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
WHO, AUTHOR, REASON = "night watch", "Eve Stone", "looked at it"
WORDS = ("--author", AUTHOR, "--reason", REASON)
ANOMALY = """
insert into quality.anomalies by name
select 'abcd1234' as anomaly_id, run_id, measured_at as found_at, table_name, column_name, 'rows' as measure,
    'level' as kind, 1 as found, 2 as expected_low, 3 as expected_high, 9 as runs, false as of_weekday,
    'warning' as severity
from quality.profiles limit 1
"""
HELD = """
insert into quality.held_records by name select min(record_key) as record_key, 'ao' as source_system,
    ['nothing_to_go_by'] as reasons, now()::timestamp as since, 'r' as run_id
from golden.crosswalk where source_system = 'ao'
"""
# What is typed -> the entries it leaves, each `action subject`. In braces what the home of the test has.
COMMANDS = {
    "pin {one} given_name Theodora --yes --values": ("unmask {one}", "pin {one}"),
    "pin {one} given_name Theodora --preview": (),
    "unpin {one} given_name --yes": ("unpin {one}",),
    "merge {one} {two} --yes": ("merge {one}, {two}",),
    "split {many} --record {record} --yes": ("split {many}",),
    "review decide {left} {right} different": ("decide decision {last}",),
    "review import {answers} --author": ("decide decision*",),
    "review revoke 1": ("revoke decision 1",),
    "review export {folder}/masked.csv --values masked": (),
    "review export {folder}/full.csv --values full": ("unmask review queue",),
    "customer {one}": (),
    "customer {one} --values": ("unmask {one}",),
    "explain --customer {one} --values": ("unmask {one}",),
    "explain {left} {right} --values": ("unmask {left}, {right}",),
    "failing {rule}": (),
    "failing {rule} --values": ("unmask {rule}",),
    "changes --since 2026-01-01": (),
    "changes --since 2026-01-01 --values": ("unmask changes behind 0",),
    "held release {held}": ("held_release {held}",),
    "held hold {held}": ("held_hold {held}",),
    "drift expect abcd1234": ("deviation_expected abcd1234",),
    "issues ack I000003": (),
    "issues waive I000001 --until {until}": ("issue_waived I000001",),
    "issues close I000002 --because accepted --until {until}": ("issue_closed I000002",),
    "issues reopen I000002": ("issue_reopened I000002",),
    "models promote another": ("model_promote another",),
    "models rollback": ("model_rollback {model}",),
    "hold add {one}": ("hold_added {one}",),
    "hold release {one}": ("hold_released {one}",),
    "subject-access {one}": ("subject_access_requested {one}",),
    "subject-access {one} --out {folder}/answer": ("subject_access {one}",),
    "erase {one}": (),
    "erase {one} --confirm --wait 5": ("erasure_requested {one}",),
    "retention": (),
    "retention --apply": ("retention_applied R000002", "retention_completed R000002"),
}
# Words of a person have both an author and a reason; who only looks says why; what only lists asks for neither.
UNSIGNED = ("customer", "explain", "failing", "changes", "review export")
SILENT = ("retention", "issues ack")


@pytest.fixture(scope="module")
def line(world: Line, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A copy of the home in which the line has run once, with a deviation and another model."""
    line = world.copy(tmp_path_factory.mktemp("audited") / "home")
    with duckdb.connect(str(line.home / "warehouse.duckdb")) as con:
        con.execute(ANOMALY).fetchall()
        con.execute(HELD).fetchall()
    models = line.home / "models"
    shutil.copytree(models / (models / "promoted").read_text().strip(), models / "another")
    return line


@pytest.fixture(scope="module")
def names(line: Line, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands in braces."""
    (one, left), (two, right) = line.query(
        "select customer_id, min(record_key) from golden.crosswalk group by all order by 1 limit 2"
    )
    (many, record), *_ = line.query(
        "select customer_id, max(record_key) from golden.crosswalk where customer_id not in "
        f"('{one}', '{two}') group by all having count(*) = 2 order by 1"
    )
    folder = tmp_path_factory.mktemp("exported")
    ok(line.command("review", "export", folder / "answers.csv"))
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        columns = csv.DictReader(file).fieldnames or ()
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerow({"left_key": left, "right_key": record, "decision": "different", "comment": "father and son"})
    told = {"one": one, "two": two, "left": left, "right": right, "many": many, "record": record}
    told |= {"held": line.query("select min(record_key) from quality.held_records")[0][0], "until": UNTIL, "last": "*"}
    told |= {"rule": line.query("select min(rule_id) from quality.failing_rows where column_name = 'email'")[0][0]}
    told |= {"model": (line.home / "models" / "promoted").read_text().strip()}
    return {name: str(value) for name, value in told.items()} | {
        "folder": str(folder),
        "answers": str(folder / "answers.csv"),
    }


def entries(line: Line) -> list[tuple[str, str, str]]:
    rows = line.query("select action, subject, actor from governance.audit order by number")
    return [(str(action), str(subject), str(actor)) for action, subject, actor in rows]


@pytest.mark.parametrize("typed", COMMANDS)
def test_what_is_done_or_shown_is_on_record_once(
    line: Line, names: dict[str, str], typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who, when, what and why."""
    monkeypatch.setenv("DQ_ACTOR", WHO)
    words = () if typed.startswith(SILENT) else WORDS[2:] if typed.startswith(UNSIGNED) else WORDS
    arguments = [part.format_map(names) for part in typed.removesuffix(" --author").split(" ")]
    if typed.endswith(" --author"):  # the reasons stand in the file
        words = WORDS[:2]
    before, began = len(entries(line)), utc_now()
    ok(line.command(*arguments, *words))
    told = line.query(
        "select action || ' ' || subject, actor, \"at\", reason, details ->> '$.author' from governance.audit "
        f"where number > {before} order by number"
    )
    assert len(told) == len(COMMANDS[typed])
    for (what, actor, moment, reason, author), expected in zip(told, COMMANDS[typed], strict=True):
        assert fnmatchcase(str(what), expected.format_map(names))
        assert actor == WHO and began <= moment <= utc_now()  # type: ignore[operator]
        signed = words[:2] == WORDS[:2] and "unmask" not in str(what)
        assert author == AUTHOR if signed else author in (None, WHO)
        assert reason == REASON if "--reason" in words else reason


def test_a_run_tells_of_its_policies_model_and_exports(world: Line) -> None:
    found = [action for action, *_ in entries(world)]
    assert found.count("policy_changed") == 1
    assert found.count("model_promote") == 1
    exported = [subject for action, subject, _ in entries(world) if action == "role_export"]
    assert sorted(exported) == ["data_engineer", "data_steward", "governance_reader", "marketing"]


def test_after_a_run_the_home_is_readable_by_its_user_only(world: Line) -> None:
    """The run began with a umask of 000, in a home that everybody could write (conftest)."""
    everything = [world.home, *(path for path in world.home.rglob("*") if not path.is_symlink())]
    assert len(everything) > 250
    lax = {path.relative_to(world.home).as_posix() for path in everything if path.stat().st_mode & 0o077}
    extracts = world.home / "extracts"
    delivered = {".", "extracts", *(f"extracts/{path.name}" for path in extracts.iterdir() if path.is_dir())}
    laid_there_after_the_run = {"notes.txt", "stdout.txt", "stderr.txt"}
    assert lax == delivered | laid_there_after_the_run  # and folders that somebody may deliver to
    assert {(world.home / name).stat().st_mode & 0o777 for name in delivered} == {0o770}


def test_what_is_refused_leaves_no_entry(line: Line) -> None:
    before = entries(line)
    assert line.command("issues", "waive", "I999999", "--until", UNTIL, *WORDS).returncode == 2
    assert entries(line) == before


def test_no_value_is_in_the_trail(line: Line) -> None:
    told = str(line.query("select subject, reason, details from governance.audit"))
    assert "Theodora" not in told


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
