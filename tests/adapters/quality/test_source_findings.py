"""What contracts promise, as a table: one row a source and check, '' or what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.source_findings import write_source_findings
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.ingest import ingest_assets
from dq_pipeline.defs.loads import loads_asset
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.settings import CONTRACTS

HEADER = "Record ID,First Name,Last Name,Email,Last Modified Date"
SOUND = dict.fromkeys(
    ("extract_loaded", "columns_as_contracted", "usual_volume", "extract_fresh", "values_allowed", "one_row_per_key"),
    "",
)


@pytest.fixture
def extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    folder = tmp_path / "extracts" / "hubspot_contacts"
    folder.mkdir(parents=True)
    return folder / "contacts.csv"


def put(path: Path, lines: int, header: str = HEADER) -> None:
    path.write_text(header + "\n" + "".join(f"{n}{',Planted' * header.count(',')}\n" for n in range(lines)))


def findings(home: Path) -> dict[str, str]:
    """Check -> problem after a run of ingest and the ledger of loads."""
    contracts = {"hubspot_contacts": load_contracts(CONTRACTS)["hubspot_contacts"]}
    done = dg.materialize([*ingest_assets(contracts), loads_asset(contracts)], resources={"workspace": Workspace()})
    assert done.success
    with Warehouse(home / "warehouse.duckdb").connect(read_only=True) as con:
        rows = con.execute("select source, check_name, problem from raw.source_findings").fetchall()
    assert {source for source, _, _ in rows} == {"hubspot_contacts"}
    return {check: problem for _, check, problem in rows}


def test_a_sound_source_then_an_odd_one_then_none_that_can_be_read(extract: Path, tmp_path: Path) -> None:
    put(extract, 100)
    assert findings(tmp_path) == SOUND
    put(extract, 60, HEADER + ",Shoe size")
    assert findings(tmp_path) == SOUND | {
        "columns_as_contracted": "1 new: Shoe size",
        "usual_volume": "60 lines are 40% fewer than the usual 100; the contract allows 30%",
    }
    put(extract, 60, "Record ID,Shoe size")
    unread = findings(tmp_path)["extract_loaded"]
    assert "contacts.csv" in unread
    assert "Planted" not in unread


def test_a_source_that_never_came(extract: Path, tmp_path: Path) -> None:
    extract.parent.rmdir()
    assert findings(tmp_path) == SOUND | {"extract_fresh": "no extract has come yet"}


def test_a_key_that_names_two_rows_is_counted(extract: Path, tmp_path: Path) -> None:
    put(extract, 10)
    findings(tmp_path)
    with Warehouse(tmp_path / "warehouse.duckdb").transaction() as con:
        con.execute("insert into raw_history.hubspot_contacts from raw_history.hubspot_contacts where _line <= 4")
        now = datetime.now() + timedelta(seconds=1)
        write_source_findings(con, [load_contracts(CONTRACTS)["hubspot_contacts"]], now=now)
        told = con.execute("select problem from raw.source_findings where check_name = 'one_row_per_key'").fetchall()
    assert told == [("3 keys name more than one row",)]
