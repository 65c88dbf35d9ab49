"""What runs by itself: ticks of the real daemon, the runs they ask for, and who is told of what fails."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.definitions import defs
from dq_pipeline.defs.extract_sensors import SETTLED_SECONDS
from dq_pipeline.settings import CONTRACTS, Home
from tests.adapters.alert_server import AlertServer, alert_server
from tests.daemon import Daemon, daemon
from tests.line import Line

pytestmark = pytest.mark.slow

HUBSPOT = "hubspot_contacts"


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "*")
    return Home(tmp_path)


@pytest.fixture
def clockwork(home: Home) -> Iterator[Daemon]:
    with daemon(home) as made:
        yield made


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertServer]:
    with alert_server() as made:
        monkeypatch.setenv("DQ_ALERT_URLS", made.url)
        yield made


def put_extract(home: Home, content: bytes) -> None:
    """As if it were still being written: no sensor starts a run for it."""
    path = home.extracts / HUBSPOT / "hubspot-crm-exports-1.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_what_is_on_when_dagster_starts(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    schedules = {s.name: (s.job_name, s.cron_schedule, s.default_status.value) for s in repository.schedule_defs}
    assert schedules == {
        "nightly_refresh": ("refresh", "0 2 * * *", "RUNNING"),
        "monthly_training": ("train_linkage_model", "0 4 1 * *", "RUNNING"),
        "weekly_digest": ("digest", "0 7 * * 1", "RUNNING"),
        "weekly_retention": ("retention", "0 1 * * 0", "STOPPED"),
    }
    assert {s.name: s.default_status.value for s in repository.sensor_defs} == {
        "new_extracts": "RUNNING",
        "remote_extracts": "STOPPED",
        "failed_runs": "RUNNING",
        "failed_checks": "RUNNING",
    }
    assert all(made.description for made in (*repository.schedule_defs, *repository.sensor_defs))
    assert {job.name for job in repository.get_all_jobs()} >= {"refresh", "train_linkage_model", "retention"}


def test_every_asset_says_what_it_is_whose_it_is_and_when_it_is_due(definitions: dg.Definitions) -> None:
    groups = {"ingest", "staging", "validation", "linkage", "golden", "scores", "publish"}
    specs = definitions.resolve_all_asset_specs()
    assert len(specs) > 100
    for spec in specs:
        assert spec.description, spec.key
        assert spec.group_name in groups, spec.key
        assert spec.owners, spec.key
        assert spec.kinds, spec.key
        assert spec.freshness_policy, spec.key
        assert spec.tags["layer"] == spec.key.path[0], spec.key
        assert spec.tags["audience"] in ("readers", "pipeline"), spec.key
    readers = {spec.key.to_user_string() for spec in specs if spec.tags["audience"] == "readers"}
    assert {"published", "golden/customers", "quality/scores"} <= readers
    assert not [key for key in readers if key.startswith("staging/")]


def test_every_check_says_what_it_asks_and_whose_it_is(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert len(graph.asset_check_keys) > 100
    for check in graph.asset_check_keys:
        assert graph.get(check).description, check
        assert graph.get(check).metadata["owner"], check


def test_schedules_tick_in_utc_at_month_ends_and_on_the_leap_day(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the machine stands; in New York there is no 2:00 on 12 March 2028."""

    def ticks(name: str, first: datetime, last: datetime) -> list[datetime]:
        schedule = definitions.resolve_schedule_def(name)
        start, cron = first.replace(tzinfo=UTC).timestamp(), schedule.cron_schedule
        moments = schedule_execution_time_iterator(start, str(cron), schedule.execution_timezone)
        return [*takewhile(lambda moment: moment <= last, (moment.replace(tzinfo=None) for moment in moments))]

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        monthly = ticks("monthly_training", datetime(2028, 1, 1, 4, 0, 1), datetime(2028, 5, 1, 4))
        nightly = ticks("nightly_refresh", datetime(2028, 2, 27, 2, 0, 1), datetime(2028, 3, 13, 2))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert monthly == [datetime(2028, month, 1, 4) for month in (2, 3, 4, 5)]
    assert nightly == [datetime(2028, 2, 28, 2) + timedelta(days=days) for days in range(15)]
    assert datetime(2028, 2, 29, 2) in nightly


def test_new_extracts_start_one_run_which_publishes(home: Home, clockwork: Daemon, server: AlertServer) -> None:
    assert clockwork.look_at_sensors()["new_extracts"] == "no new extract files"
    made = Line(home.root).command("sample", "--records", "120", "--seed", "3")
    assert made.returncode == 0, made.stderr
    for path in home.extracts.rglob("*.*"):
        os.utime(path, (time.time() - SETTLED_SECONDS - 60,) * 2)
    assert clockwork.look_at_sensors()["new_extracts"] == "run"
    assert clockwork.look_at_sensors() == {
        "new_extracts": "no new extract files",
        "failed_runs": "Sensor function returned an empty result",
        "failed_checks": "a run is in progress",
    }
    run = clockwork.run_next()
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert (home.published / "current" / "manifest.json").is_file()
    told = [*server.received]
    assert told
    assert clockwork.look_at_sensors() == {
        "new_extracts": "no new extract files",
        "failed_runs": "Sensor function returned an empty result",
        "failed_checks": "told: 0 sent, 0 failed",
    }
    assert server.received == told


def test_a_failed_check_is_one_alert_until_it_has_passed(home: Home, clockwork: Daemon, server: AlertServer) -> None:
    def run_and_look() -> str:
        assert clockwork.ingest(HUBSPOT).status == dg.DagsterRunStatus.SUCCESS
        return clockwork.look_at_sensors()["failed_checks"]

    columns = [column.name for column in load_contracts(CONTRACTS)[HUBSPOT].columns]
    unreadable, readable = b"\x00\xff" * 50, f"{','.join(columns)}\n1{',' * (len(columns) - 1)}\n".encode()
    put_extract(home, unreadable)
    assert run_and_look() == "told: 1 sent, 0 failed"
    ((title, body),) = server.received
    assert title == f"Check failed: raw.{HUBSPOT} extract_loaded ({HUBSPOT})"
    assert "Owner: marketing_operations" in body
    assert clockwork.look_at_sensors()["failed_checks"] == "no run has ended since"
    assert run_and_look() == "told: 0 sent, 0 failed"
    put_extract(home, readable)
    assert run_and_look() == "told: 0 sent, 0 failed"
    put_extract(home, unreadable)
    assert run_and_look() == "told: 1 sent, 0 failed"
    assert [said for said, _ in server.received] == [title, title]


def test_a_monthly_run_that_fails_is_told_once(clockwork: Daemon, server: AlertServer) -> None:
    """There is nothing yet to train on."""
    assert clockwork.look_at_sensors()["failed_runs"].startswith("Initiating")
    assert clockwork.look_at_schedules(datetime(2028, 2, 29, 23, 59, tzinfo=UTC)) == []
    assert clockwork.look_at_schedules(datetime(2028, 3, 1, 1, 59, tzinfo=UTC)) == []
    assert clockwork.look_at_schedules(datetime(2028, 3, 1, 4, tzinfo=UTC)) == ["monthly_training", "nightly_refresh"]
    training = next(run for run in clockwork.instance.get_runs() if run.job_name == "train_linkage_model")
    for run in clockwork.instance.get_runs():
        if run.run_id != training.run_id:
            clockwork.instance.delete_run(run.run_id)
    assert clockwork.run_next().status == dg.DagsterRunStatus.FAILURE
    assert clockwork.look_at_sensors()["failed_runs"] == "nothing"
    assert clockwork.look_at_sensors()["failed_checks"] == "no run has ended since"
    assert [title for title, _ in server.received] == [f"Run failed: run {training.run_id[:8]}"]
