"""What Dagster shows of a source: its load, its drift, its volume, its age; warnings beside errors, never a value."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.ingest import ingest_assets
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.settings import CONTRACTS

HEADER = "Record ID,First Name,Last Name,Email,Last Modified Date"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The extracts folder of HubSpot in a state folder of its own."""
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    return folder


def materialize(capture: list[str] | None = None, **changes: Any) -> dict[str, Any]:
    """Check -> (passed, severity, what it says) of one run."""
    contract = replace(load_contracts(CONTRACTS)["hubspot_contacts"], **changes)
    done = dg.materialize(ingest_assets({contract.id: contract}), resources={"workspace": Workspace()})
    assert done.success
    if capture is not None:
        capture += [repr(event) for event in done.all_events]
    return {
        check.check_name: (check.passed, check.severity.value, check.description)
        for check in done.get_asset_check_evaluations()
    }


def put(folder: Path, header: str, lines: int) -> None:
    rest = ",Ann Planted" * header.count(",")
    (folder / "contacts.csv").write_text(header + "\n" + "".join(f"{n}{rest}\n" for n in range(lines)))


def test_a_sound_source_passes_its_checks(source: Path) -> None:
    put(source, HEADER, 100)
    assert materialize() == {
        "extract_loaded": (True, "ERROR", ""),
        "columns_as_contracted": (True, "WARN", ""),
        "usual_volume": (True, "WARN", ""),
        "extract_fresh": (True, "WARN", ""),
        "values_allowed": (True, "WARN", ""),
    }


def test_what_looks_odd_is_a_warning_and_what_cannot_be_read_an_error(source: Path) -> None:
    put(source, HEADER, 100)
    materialize()
    events: list[str] = []
    put(source, HEADER.replace("First Name", "First_Name") + ",Shoe size", 60)
    odd = materialize(events)
    assert odd["extract_loaded"] == (True, "ERROR", "")
    assert odd["columns_as_contracted"] == (False, "WARN", "1 new: Shoe size; 1 renamed: First_Name -> First Name")
    assert odd["usual_volume"] == (
        *(False, "WARN", "60 lines are 40% fewer than the usual 100; the contract allows 30%"),
    )
    assert not any("Planted" in event for event in events)
    put(source, HEADER.removesuffix(",Last Modified Date"), 60)
    passed, severity, told = materialize(events)["extract_loaded"]
    assert (passed, severity) == (False, "ERROR")
    assert "contacts.csv: the columns are not those of the contract" in told
    assert "'Last Modified Date' is missing" in told
    assert not any("Planted" in event for event in events)


def test_an_old_extract_is_stale_and_the_asset_has_the_contracts_freshness_policy(source: Path) -> None:
    put(source, HEADER, 10)
    old = time.time() - 30 * 3600
    os.utime(source / "contacts.csv", (old, old))
    assert materialize()["extract_fresh"] == (
        *(False, "WARN", "the newest extract is 30 hours old; the contract promises 26"),
    )
    contract = load_contracts(CONTRACTS)["hubspot_contacts"]
    (asset,) = ingest_assets({contract.id: contract})
    policy = next(iter(asset.specs)).freshness_policy
    assert policy == dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26))


def test_a_source_that_never_came_says_so(source: Path) -> None:
    source.rmdir()
    checks = materialize()
    assert checks["extract_loaded"][0]
    assert checks["extract_fresh"] == (False, "WARN", "no extract has come yet")


def test_a_remote_folder_is_fetched_before_it_is_loaded(source: Path, tmp_path: Path) -> None:
    remote = tmp_path / "remote"
    remote.mkdir()
    put(remote, HEADER, 100)
    written = time.time() - 600
    os.utime(remote / "contacts.csv", (written, written))
    assert materialize(location=remote.as_uri())["extract_loaded"] == (True, "ERROR", "")
    assert (source / "contacts.csv").read_bytes() == (remote / "contacts.csv").read_bytes()
    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    with warehouse.connect(read_only=True) as con:
        assert con.execute("select file, loaded from raw.loads").fetchall() == [("hubspot_contacts/contacts.csv", 100)]
    gone = materialize(location=(tmp_path / "nowhere").as_uri())["extract_loaded"]
    assert gone[:2] == (False, "ERROR")
    assert "nowhere" in gone[2]
    with warehouse.connect(read_only=True) as con:
        assert con.execute("select count(*) from raw.hubspot_contacts").fetchall() == [(100,)]
