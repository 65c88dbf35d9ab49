"""A second night, killed (kill -9) again and again at moments spread over its whole length: readers keep the first
night's version, and the run that is left alone publishes what a night without a kill publishes.
"""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from tests.line import Line, command_server

pytestmark = pytest.mark.slow

# DQ_KILLS=20 spreads twenty over the night; that takes some six minutes.
KILLS = int(os.environ.get("DQ_KILLS", "3"))
# What a night without a kill publishes must come out again, but for what is a time or the name of a run.
_TABLES = {
    "golden.customers": "*",
    "golden.crosswalk": "*",
    "golden.attribute_provenance": "*",
    "golden.id_redirects": "*",
    "golden.identity_events": "event, customer_id, heirs, members_before, members_after, reason",
    "linkage.pairs": "*",
    "linkage.clusters": "*",
    "linkage.review": "*",
    "quality.failing_rows": "rule_id, table_name, column_name, record_key, fixed_at is null, times_reopened",
    "quality.scores": "scope_type, scope, score, coverage, rows, weight, impact, rule_set_hash, model_hash",
    "raw.loads": "load_id, source, content_hash, lines, loaded, rejected, status",
}


@pytest.fixture(scope="module")
def first_night(small_line: Line, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A home with one night published, and the extracts of the second in place: new, changed and deleted records."""
    line = small_line.copy(tmp_path_factory.mktemp("kills") / "home")
    path = line.home / "extracts" / "salesforce_contacts" / "Contact.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    new = [{**row, "Id": f"{row['Id']}new"} for row in rows[::9]]
    for row in rows[::7]:
        row["LastName"] += "son"
        row["Email"] = f"new.{row['Id'].lower()}@example.org"
    del rows[::11]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows([*rows, *new])
    return line


def published(line: Line) -> dict[str, list[str]]:
    with duckdb.connect(str(line.current / "data_steward" / "published.duckdb"), read_only=True) as con:
        return {
            table: [str(row) for row in con.execute(f"select {columns} from {table} order by all").fetchall()]
            for table, columns in _TABLES.items()
        }


def assert_same(line: Line, undisturbed: Line) -> None:
    """Readers see what they would see, had nothing happened; and nothing half-made is left."""
    expected, found = published(undisturbed), published(line)
    for table, rows in expected.items():
        assert found[table] == rows, table
    for name in ("customers.parquet", "crosswalk.parquet", "data_steward/customers.parquet"):
        assert (line.current / name).read_bytes() == (undisturbed.current / name).read_bytes(), name
    assert not list((line.home / "published").glob(".building-*"))
    assert not (line.home / "work").exists() or not list((line.home / "work").iterdir())


@pytest.mark.timeout(1500)
def test_kills_change_nothing(first_night: Line, tmp_path: Path) -> None:
    server = command_server()
    undisturbed = first_night.copy(tmp_path / "undisturbed")
    started = time.monotonic()
    server.start("run", environment={"DQ_HOME": str(undisturbed.home)})
    assert server.ended() == 0
    length = time.monotonic() - started

    line, moments = first_night.copy(tmp_path / "killed"), random.Random(20)
    before = json.loads((line.current / "manifest.json").read_text())["version"]
    kills = copies = 0
    while kills < KILLS:
        run = server.start("run", environment={"DQ_HOME": str(line.home)})
        time.sleep(length * (kills + moments.random()) / KILLS)
        with suppress(ProcessLookupError):
            os.killpg(run, signal.SIGKILL)
        if server.ended() == -signal.SIGKILL:
            kills += 1
        else:  # what earlier runs had finished made this one shorter: the next begins with the first night again
            assert_same(line, undisturbed)
            copies += 1
            assert copies <= KILLS, "no run takes as long as the undisturbed one"
            line = first_night.copy(tmp_path / f"killed-{copies}")
        manifest = json.loads((line.current / "manifest.json").read_text())
        with duckdb.connect(str(line.current / "published.duckdb"), read_only=True) as con:
            customers = con.execute("select count(*) from golden.customers").fetchall()
        assert customers == [(manifest["customers"],)]

    done = line.command("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((line.current / "manifest.json").read_text())["version"] != before
    assert_same(line, undisturbed)
