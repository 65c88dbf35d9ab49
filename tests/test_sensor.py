"""What wakes the pipeline up, and what does not."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dq_pipeline.adapters.fetch import fetch_extracts
from dq_pipeline.defs import extract_sensors
from dq_pipeline.defs.automation import SENSORS
from dq_pipeline.defs.extract_sensors import PATIENCE_SECONDS, SETTLED_SECONDS
from dq_pipeline.settings import CONTRACTS, Home

SENSOR = {sensor.name: sensor for sensor in SENSORS}
HUBSPOT, ZOHO = "hubspot_contacts", "zoho_contacts"


@dataclass
class Watched:
    """A home that a sensor looks at again and again, as Dagster's daemon does."""

    home: Home
    instance: dg.DagsterInstance
    sensor: dg.SensorDefinition = SENSOR["new_extracts"]
    cursor: str | None = None
    keys: list[str] = field(default_factory=list)

    def put(self, source: str, name: str, content: str = "x", *, age: float = SETTLED_SECONDS + 60) -> Path:
        path = self.home.extracts / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def tick(self) -> str:
        """One look: `run`, or why not."""
        result: Any = self.sensor(dg.build_sensor_context(instance=self.instance, cursor=self.cursor))
        self.cursor = result.cursor
        if not result.run_requests:
            return str(result.skip_reason.skip_message)
        self.keys += [request.run_key for request in result.run_requests]
        return "run"


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        yield Watched(Home(tmp_path), instance)


def test_nothing_new_starts_nothing(watched: Watched) -> None:
    assert watched.tick() == "no new extract files"
    watched.put(HUBSPOT, "a.csv")
    assert [watched.tick() for _ in range(3)] == ["run", "no new extract files", "no new extract files"]


@dg.job(name="refresh")
def refreshed_by_hand() -> None:
    """As the command line runs it, beside the daemon."""


def test_at_its_first_look_it_leaves_alone_what_was_loaded_before(watched: Watched) -> None:
    watched.put(HUBSPOT, "a.csv")
    refreshed_by_hand.execute_in_process(
        instance=watched.instance, run_config={"resources": {"io_manager": {"config": {}}}}
    )
    assert [watched.tick(), watched.tick()] == ["no new extract files"] * 2
    watched.put(HUBSPOT, "b.csv")
    assert watched.tick() == "run"


@pytest.mark.parametrize("change", ["content", "time", "another", "removed"])
def test_every_change_starts_one_run(watched: Watched, change: str) -> None:
    first = watched.put(HUBSPOT, "a.csv")
    watched.put(HUBSPOT, "b.csv")
    assert watched.tick() == "run"
    if change == "content":
        watched.put(HUBSPOT, "a.csv", "longer")
    elif change == "time":
        watched.put(HUBSPOT, "a.csv", age=SETTLED_SECONDS + 1)
    elif change == "another":
        watched.put(ZOHO, "c.csv")
    else:
        first.unlink()
    assert [watched.tick(), watched.tick()] == ["run", "no new extract files"]
    assert len(set(watched.keys)) == 2


def test_files_that_come_back_to_what_they_were_start_a_run_again(watched: Watched) -> None:
    kept = watched.put(HUBSPOT, "a.csv")
    other = watched.put(HUBSPOT, "b.csv")
    aside = watched.home.root / "aside"
    moves = [(other, aside), (aside, other), (other, aside), (aside, other)]
    assert watched.tick() == "run"
    for source, target in moves:
        shutil.move(source, target)
        assert watched.tick() == "run"
    assert kept.exists()
    assert len(set(watched.keys)) == 5


def test_what_is_no_extract_wakes_nobody(watched: Watched) -> None:
    watched.put(HUBSPOT, "a.csv")
    assert watched.tick() == "run"
    for name in (".a.csv.part", "b.csv.part", "b.csv.tmp", "~$b.csv", "b.csv~", ".fetched.jsonl", "readme.txt"):
        watched.put(HUBSPOT, name)
    watched.put("nobodys_folder", "c.csv")
    watched.put(f"{HUBSPOT}/.withdrawn", "d.csv")
    watched.put(f"{HUBSPOT}/below", "d.csv", age=0)
    watched.put("", "truth.csv")
    (watched.home.extracts / HUBSPOT / "gone.csv").symlink_to("nowhere")
    assert watched.tick() == "no new extract files"


def test_a_growing_file_wakes_nobody_until_it_is_left_alone(watched: Watched) -> None:
    for content in ("x", "xx", "xxx"):
        watched.put(HUBSPOT, "a.csv", content, age=0)
        assert watched.tick() == f"still being written: {HUBSPOT}"
    watched.put(HUBSPOT, "a.csv", "xxx")
    assert watched.tick() == "run"
    watched.put(HUBSPOT, "a.csv", "xxxx", age=0)
    assert watched.tick() == f"still being written: {HUBSPOT}"


def test_a_time_in_the_future_is_another_clock_and_holds_nothing_back(watched: Watched) -> None:
    watched.put(HUBSPOT, "a.csv", age=-86_400)
    assert watched.tick() == "run"


def test_one_source_growing_holds_the_others_back_for_a_while_only(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = time.time()

    def at(seconds: float) -> str:
        monkeypatch.setattr(extract_sensors.time, "time", lambda: start + seconds)
        os.utime(growing, (start + seconds,) * 2)
        return watched.tick()

    growing = watched.put(ZOHO, "z.csv")
    watched.put(HUBSPOT, "a.csv")
    waiting = f"still being written: {ZOHO}"
    assert [at(0), at(60), at(PATIENCE_SECONDS - 1)] == [waiting] * 3
    assert at(PATIENCE_SECONDS) == "run"
    assert at(PATIENCE_SECONDS + 60) == waiting
    monkeypatch.setattr(extract_sensors.time, "time", lambda: start + 2 * PATIENCE_SECONDS)
    assert [watched.tick(), watched.tick()] == ["run", "no new extract files"]


def test_a_cursor_of_another_version_is_no_obstacle(watched: Watched) -> None:
    watched.put(HUBSPOT, "a.csv")
    for cursor in ("0f3a", "[]", '{"fingerprint": 1}'):
        watched.cursor = cursor
        assert [watched.tick(), watched.tick()] == ["run", "no new extract files"]


@pytest.fixture
def share(watched: Watched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HubSpot's extracts lie at a location; Zoho's are put into the extracts folder."""
    pages = tmp_path / "contracts"
    pages.mkdir()
    for source in (HUBSPOT, ZOHO):
        shutil.copy(CONTRACTS / f"{source}.odcs.yaml", pages)
    with (pages / f"{HUBSPOT}.odcs.yaml").open("a") as page:
        page.write(f"\nservers:\n  - server: export\n    type: custom\n    location: file://{tmp_path}/share/\n")
    monkeypatch.setattr(extract_sensors, "CONTRACTS", pages)
    (tmp_path / "share").mkdir()
    return tmp_path / "share"


def test_a_location_is_fetched_once_it_is_the_same_at_two_looks(watched: Watched, share: Path) -> None:
    watched.sensor = SENSOR["remote_extracts"]
    assert watched.tick() == "no new extract files"
    (share / "hubspot-crm-exports-1.csv").write_text("Record ID\n")
    assert watched.tick() == f"still being written: {HUBSPOT}"
    (share / "hubspot-crm-exports-1.csv").write_text("Record ID\n1\n")
    assert watched.tick() == f"still being written: {HUBSPOT}"
    assert [watched.tick(), watched.tick()] == ["run", "no new extract files"]
    fetch(watched)
    assert watched.tick() == "no new extract files"
    (share / "hubspot-crm-exports-2.csv").write_text("Record ID\n")
    assert [watched.tick(), watched.tick()] == [f"still being written: {HUBSPOT}", "run"]


def fetch(watched: Watched) -> None:
    contract = extract_sensors.load_contracts(extract_sensors.CONTRACTS)[HUBSPOT]
    fetch_extracts(contract, watched.home.extracts / HUBSPOT, environment={})


def test_what_was_fetched_does_not_wake_the_sensor_for_files_put_here(watched: Watched, share: Path) -> None:
    (share / "hubspot-crm-exports-1.csv").write_text("Record ID\n")
    fetch(watched)
    assert watched.tick() == "no new extract files"
    watched.put(ZOHO, "z.csv")
    assert watched.tick() == "run"


def test_a_location_that_cannot_be_asked_is_passed_over(watched: Watched, share: Path) -> None:
    watched.sensor = SENSOR["remote_extracts"]
    share.rmdir()
    assert watched.tick() == "no new extract files"
