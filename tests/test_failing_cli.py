"""`dq-pipeline failing` and `drift` on a real warehouse file: keys by default, values on request, nothing a spreadsheet
or a terminal would run."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dq_pipeline.adapters.anomalies import find_anomalies
from dq_pipeline.adapters.profiles import profile_tables
from dq_pipeline.adapters.quality import write_rules
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.policies.drift import DRIFT_POLICY
from dq_pipeline.policies.scores import SCORE_WEIGHTS
from dq_pipeline.settings import SUITES
from tests.line import Line

NOW = datetime(2026, 3, 2, 2)
EMAIL, PARSEABLE, POINT = (
    *("staging.customers.email.valid", "staging.customers.birthdate.parseable"),
    "staging.contact_points.value.valid",
)
# rule, key, source, opened, fixed, times reopened
LEDGER = [
    (EMAIL, "hubspot:2", "hubspot", NOW, None, 3),
    (EMAIL, "hubspot:1", "hubspot", NOW - timedelta(days=1), None, 0),
    (EMAIL, "=cmd|' /C calc'!A0:9", "=cmd|' /C calc'!A0", NOW, None, 0),
    (EMAIL, "zoho:\x1b[2J", "zoho", NOW, None, 0),
    (EMAIL, "zoho:fixed", "zoho", NOW - timedelta(days=9), NOW, 0),
    (PARSEABLE, "zoho:7", "zoho", NOW, None, 0),
    (POINT, "zoho:7", "zoho", NOW, None, 0),
]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    made = Line(tmp_path_factory.mktemp("failing") / "home")
    suites = load_suites(SUITES)
    with Warehouse(made.home / "warehouse.duckdb").transaction() as con:
        write_rules(con, suites, SCORE_WEIGHTS)
        con.execute(
            "create table staging.customers (record_key varchar, source_system varchar, email varchar, "
            "birthdate date, birthdate_as_given varchar)"
        )
        con.execute(
            "insert into staging.customers values ('hubspot:1', 'hubspot', '+1@x', null, ''), "
            "('hubspot:2', 'hubspot', '\x1b[31mred', null, ''), ('zoho:7', 'zoho', 'a@b.co', null, '31.31.1970'), "
            "('=cmd|'' /C calc''!A0:9', '=cmd|'' /C calc''!A0', '@sum(A1)', null, '')"
        )
        con.execute("create table staging.contact_points (record_key varchar, value varchar, value_as_given varchar)")
        con.execute("insert into staging.contact_points values ('zoho:7', 'b', 'B '), ('zoho:7', 'a', 'a')")
        con.executemany(
            "insert into quality.failing_rows values (?1, 'staging.t', 'c', ?2, ?3, ?4, ?4, ?5, ?6)",
            [list(row) for row in LEDGER],
        )
    return made


def table(line: Line, *arguments: str) -> list[list[str]]:
    done = line.command("failing", *arguments, "--csv")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return list(csv.reader(io.StringIO(done.stdout)))


def test_without_a_rule_the_rules_with_open_failures_are_listed(line: Line) -> None:
    header, *rows = table(line)
    assert header == ["rule", "severity", "owner", "failing", "since"]
    assert [(row[0], row[3], row[4]) for row in rows if row[0] == EMAIL] == [(EMAIL, "4", "2026-03-01 02:00")]
    assert {row[0] for row in rows} == {EMAIL, PARSEABLE, POINT}
    assert [(row[0], row[3]) for row in table(line, "--source", "hubspot")[1:]] == [(EMAIL, "2")]


def test_a_rule_lists_open_keys_only_and_no_formula(line: Line) -> None:
    header, *rows = table(line, EMAIL)
    assert header == ["record_key", "source_system", "first_seen", "times_reopened"]
    assert rows == [
        ["'=cmd|' /C calc'!A0:9", "'=cmd|' /C calc'!A0", "2026-03-02 02:00", "0"],
        ["hubspot:1", "hubspot", "2026-03-01 02:00", "0"],
        ["hubspot:2", "hubspot", "2026-03-02 02:00", "3"],
        ["zoho:\x1b[2J", "zoho", "2026-03-02 02:00", "0"],
    ]
    assert [row[0] for row in table(line, EMAIL, "--source", "hubspot")[1:]] == ["hubspot:1", "hubspot:2"]
    assert table(line, EMAIL.replace(".", "__"))[1:] == rows


def test_values_are_shown_on_request_as_they_arrived_and_no_formula(line: Line) -> None:
    assert [row[4] for row in table(line, EMAIL, "--values")] == ["value", "'@sum(A1)", "'+1@x", "\x1b[31mred", ""]
    assert table(line, PARSEABLE, "--values")[1][4] == "31.31.1970"
    assert table(line, POINT, "--values")[1][4] == "B  | a"


def test_the_list_for_a_terminal_holds_nothing_that_steers_it(line: Line) -> None:
    done = line.command("failing", EMAIL, "--values")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith(f"{EMAIL}: ")
    assert "4 records fail it" in done.stdout.splitlines()[0]
    assert "31.31.1970" not in line.command("failing", PARSEABLE).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["staging.customers.email.vald"], "did you mean staging.customers.email.valid"),
        (["staging.customers.not_empty", "--values"], "about whole rows, not about one column"),
        ([EMAIL, "--source", "pipedrive"], "there is no source 'pipedrive'"),
    ],
)
def test_what_cannot_be_answered_is_said_with_a_remedy(line: Line, arguments: list[str], told: str) -> None:
    done = line.command("failing", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Remedy" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rule_nothing_fails_is_an_answer(line: Line) -> None:
    done = line.command("failing", "staging.customers.not_empty")
    assert done.returncode == 0
    assert "0 records fail it" in done.stdout


def test_while_a_run_holds_the_warehouse_it_says_so(line: Line) -> None:
    code = f"import duckdb; c = duckdb.connect({str(line.home / 'warehouse.duckdb')!r}); print(1, flush=True); input()"
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdin and holder.stdout
    try:
        holder.stdout.readline()
        done = line.command("failing")
    finally:
        holder.communicate(b"\n")
    assert done.returncode == 2
    assert "another process holds the warehouse" in done.stderr


@pytest.mark.parametrize("command", [["failing"], ["drift", "list"], ["rules", "propose", "hubspot_contacts"]])
def test_before_the_first_run(tmp_path: Path, command: list[str]) -> None:
    done = Line(tmp_path).command(*command)
    assert done.returncode == 2
    assert "there is no warehouse yet" in done.stderr
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_drift_is_listed_and_what_was_expected_is_not_listed_again(tmp_path: Path) -> None:
    line = Line(tmp_path)
    for number in range(9):
        with Warehouse(tmp_path / "warehouse.duckdb").transaction() as con:
            con.execute(
                f"create or replace table staging.customers as select range as a from range({number // 8}, 900)"
            )
            if number == 8:
                con.execute("update staging.customers set a = null where a < 450")
            now = NOW + timedelta(days=number)
            profile_tables(con, ["staging.customers"], run_id=str(number), now=now)
            find_anomalies(con, DRIFT_POLICY, run_id=str(number), now=now)
            con.execute("insert into quality.publications values (?, 'v', ?)", [str(number), now])
    listed = line.command("drift", "list").stdout.splitlines()
    assert listed[0] == "staging.customers: 1 deviation, compared with 8 earlier runs"
    assert "a: missing share is 49.94 %; 8 earlier runs make 0.00 to 1.00 % likely" in listed[1]
    anomaly = listed[1].split()[0]
    unreasoned = line.command("drift", "expect", anomaly, "--author", "a")
    assert (unreasoned.returncode, "--reason" in unreasoned.stderr) == (2, True)
    said = line.command("drift", "expect", anomaly, "--reason", "moved to another system", "--author", "ann")
    assert said.returncode == 0, said.stderr
    assert line.command("drift", "list").stdout.splitlines() == [
        "staging.customers: nothing unusual, compared with 8 earlier runs; 1 measure learns anew, marked as expected"
    ]
    assert line.query("select measure, reason, author from quality.expected_deviations") == [
        ("missing_share", "moved to another system", "ann")
    ]
    assert line.command("drift", "expect", anomaly, "--reason", "r", "--author", "a").returncode == 2
