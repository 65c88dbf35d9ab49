"""No value of a customer leaves the warehouse: markers in every column of every source, the whole line run once, and
every byte searched that it left anywhere else.

A marker is `Qzx` and letters that tell source and column, so a leak names its origin. Files that hold customers by
design are listed in `HOLD_CUSTOMERS`; whatever else the line writes is searched, also inside SQLite and compressed.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.suites import load_suites
from dq_pipeline.domain.contract import Contract
from dq_pipeline.settings import CONTRACTS
from tests.line import command_server

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent.parent
HOLD_CUSTOMERS = (
    "extracts/**/*",  # what came in
    "warehouse.duckdb",
    "published/*/data_steward/*",  # who decides which values are right sees them
    "published/*/marketing/*",  # whom it may contact
    "published/*/crosswalk.parquet",  # by key; of the rest no personal value, which is looked for below
    "published/*/changes.parquet",
    "published/*/customers.parquet",
    "published/*/published.duckdb",
    "published/*/data_engineer/published.duckdb",
    "published/*/governance_reader/published.duckdb",
    "models/*/*/rarity/*.parquet",  # how rare each value is, without which no pair can be scored
)
# Tables within files of customers that speak about the data and hold none of it.
WITHOUT_CUSTOMERS = (
    *("quality.rules", "quality.rule_results", "quality.failing_rows", "quality.scores", "quality.score_history"),
    "raw.loads",
)
KEPT_IN_WAREHOUSE = (
    *("quality.profiles", "quality.anomalies", "raw.source_findings", "raw.source_status", "raw.snapshots"),
    "raw.extracts_folder",
)
# Columns that say who answers for a record: scores are told by source and by owner, so these names are published.
SCOPES = {
    *("ACCT_MGR", "Contact owner", "Contact Owner", "OwnerId", "source_system"),
    "_ownerid_value@OData.Community.Display.V1.FormattedValue",
}
MARKER = re.compile(rb"qzx[a-z]+", re.IGNORECASE)
PERSON = {
    "Record ID": "70000000001",
    "First Name": "Qzxgiven",
    "Last Name": "Qzxfamily",
    "Email": "qzxmailbox@qzxhost.com",
    "Phone Number": "+442079461133",
    "Street Address": "19 Qzxstreet Lane",
    "City": "Qzxtown",
    "Date of birth": "1937-07-19",
    "Create Date": "2021-02-03 10:00",
    "Last Modified Date": "2024-02-03 10:00",
}
PLAIN = (b"2079461133", b"1937-07-19", b"19370719", b"19071937")

Row = dict[str, str | None]


@dataclass
class World:
    """A copy of the project, the state folder of one run of it, and every output of its commands."""

    project: Path
    home: Path
    planted: dict[str, set[str]] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)  # marker -> classification of the column it stands in
    outputs: dict[str, bytes] = field(default_factory=dict)

    def command(self, *arguments: str, code: int | None = 0) -> str:
        environment = {
            "DQ_HOME": str(self.home),
            "PYTHONPATH": str(self.project),
            "TMPDIR": str(self.home / "tmp"),
        }
        done = command_server().run(*arguments, environment=environment, project=self.project)
        assert code is None or done.returncode == code, done.stdout.decode() + done.stderr.decode()
        self.outputs[" ".join(arguments)] = done.stdout + b"\n" + done.stderr
        return done.stdout.decode()

    def query(self, sql: str, database: str = "warehouse.duckdb") -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.home / database), read_only=True) as con:
            return con.execute(sql).fetchall()


# --- planting ----------------------------------------------------------------------------------------------------


def planted_rows(world: World, contract: Contract, rows: list[Row]) -> list[Row]:
    """The rows, one more with a marker in every column but the key, and for every column a good row with one there."""
    source = "abcdefg"[len(world.planted)]
    kept = {*contract.key, *SCOPES}
    columns = [name for name in rows[0] if name not in kept and not name.startswith("@odata")]
    markers = {name: f"Qzx{source}{chr(97 + n // 26)}{chr(97 + n % 26)}" for n, name in enumerate(columns)}
    world.planted[contract.id] = set(markers.values())
    stated = {column.name: column.classification for column in contract.columns}
    world.classes |= {marker.lower(): stated.get(name, "none") for name, marker in markers.items()}
    (key,) = contract.key
    more: list[Row] = [{**rows[0], **markers, key: "planted-0"}]
    for number, (name, marker) in enumerate(markers.items(), start=1):
        more.append({**rows[number % len(rows)], name: marker, key: f"planted-{number}"})
    return [*rows, *more]


def plant_csv(path: Path, plant: Callable[[list[Row]], list[Row]], encoding: str, extra: str = "") -> None:
    with path.open(encoding=encoding, newline="") as file:
        rows: list[Row] = list(csv.DictReader(file))
    _write_csv(path, plant(rows), encoding, ",", extra)


def _write_csv(path: Path, rows: list[Row], encoding: str, delimiter: str, extra: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
        file.write(extra)


def plant_ao(path: Path, plant: Callable[[list[Row]], list[Row]]) -> None:
    head, *lines, _ = path.read_text("cp1252").splitlines()
    rows = plant(list(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE)))
    body = io.StringIO()
    writer = csv.DictWriter(
        body, list(rows[0]), delimiter="|", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(f"{head}\n{body.getvalue()}T|{len(rows)}\n", "cp1252")


def plant_pages(path: Path, plant: Callable[[list[Row]], list[Row]]) -> None:
    page = json.loads(path.read_text("utf-8"))
    page["value"] = plant(page["value"])
    path.write_text(json.dumps(page), "utf-8")


def plant_lines(path: Path, plant: Callable[[list[Row]], list[Row]], extra: str) -> None:
    rows = plant([json.loads(line) for line in path.read_text("utf-8").splitlines()])
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + extra, "utf-8")


def plant_parquet(path: Path, plant: Callable[[list[Row]], list[Row]]) -> None:
    with duckdb.connect() as con:
        found = con.execute("select columns(*)::varchar from read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description or ()]
        rows = plant([dict(zip(names, row, strict=True)) for row in found.fetchall()])
        con.execute(f"create table rows ({', '.join(f'{name} varchar' for name in names)})")
        con.executemany(
            f"insert into rows values ({', '.join('?' * len(names))})", [list(row.values()) for row in rows]
        )
        con.execute(f"copy rows to '{path}' (format parquet)")


def plant_everywhere(world: World) -> None:
    extracts = world.home / "extracts"
    for contract in load_contracts(CONTRACTS).values():
        (path,) = (extracts / contract.id).iterdir()

        def plant(rows: list[Row], contract: Contract = contract) -> list[Row]:
            return planted_rows(world, contract, rows)

        match contract.id:
            case "ao_customers":
                plant_ao(path, plant)
            case "dynamics_contacts":
                plant_pages(path, plant)
            case "interactions":
                plant_lines(path, plant, extra='{"interaction_id": "Qzxreject\n')
            case "transactions":
                plant_parquet(path, plant)
            case "hubspot_contacts":
                too_long = ",".join(["70000000002", *["Qzxreject"] * 60]) + "\n"
                plant_csv(path, lambda rows, plant=plant: [*plant(rows), PERSON], "utf-8-sig", too_long)  # type: ignore[misc]
            case _:
                plant_csv(path, plant, "utf-8")


def add_bad_source(world: World) -> None:
    """A source whose only file cannot be used: a third of its lines is broken."""
    page = (CONTRACTS / "zoho_contacts.odcs.yaml").read_text().replace("zoho_contacts", "bad_contacts")
    page = page.replace("{property: sourceSystem, value: zoho}", "{property: sourceSystem, value: bad}")
    (world.project / "dq_pipeline" / "contracts" / "bad_contacts.odcs.yaml").write_text(page)
    model = (world.project / "dbt_like_sql" / "staging" / "zoho_contacts.sql").read_text()
    (world.project / "dbt_like_sql" / "staging" / "bad_contacts.sql").write_text(model.replace("zoho", "bad"))
    shutil.copytree(world.home / "extracts" / "zoho_contacts", world.home / "extracts" / "bad_contacts")
    (path,) = (world.home / "extracts" / "bad_contacts").iterdir()
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"Qzxbad{'a' * n},Qzxbad\n" for n in range(60))


def add_rule_that_errors(world: World) -> None:
    """Its error quotes a value: the family name that is no number."""
    path = world.project / "expectations" / "staging" / "customers.json"
    suite = json.loads(path.read_text())
    value = "case when lower(family_name) like 'qzx%' then cast(family_name as integer) end"
    suite["expectations"].append(
        {
            "type": "unexpected_rows_expectation",
            "kwargs": {"unexpected_rows_query": f"select record_key, source_system from {{batch}} where {value} > 1"},
            "severity": "warning",
            "description": "A rule that cannot be computed.",
            "meta": {
                **{"rule_id": "staging.customers.family_name.broken_rule", "dimension": "validity"},
                **{"owner": "o", "why": "w", "fix": "f", "column": "family_name"},
            },
        }
    )
    path.write_text(json.dumps(suite))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("privacy")
    made = World(folder / "project", folder / "home")
    for name in ("dq_pipeline", "dbt_like_sql", "expectations"):
        shutil.copytree(PROJECT / name, made.project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "dagster.yaml", made.project)
    (made.home / "tmp").mkdir(parents=True)
    made.command("sample", "--records", "600", "--seed", "1")
    plant_everywhere(made)
    add_bad_source(made)
    add_rule_that_errors(made)
    made.command("run")
    made.command("status")
    made.command("failing")
    made.command("failing", "staging.customers.email.valid")
    made.command("failing", "staging.customers.email.valid", "--csv")
    made.command("failing", "staging.customers.email.vald", code=2)
    made.command("drift", "list")
    made.command("explain", "hubspot:planted-1", "hubspot:70000000001")
    ((left, right),) = made.query("select left_key, right_key from linkage.pairs order by all limit 1")
    made.command("explain", str(left), str(right), "--html", str(made.home / "pair.html"))
    made.command("held", "list")
    made.command("review", "list")
    made.command("review", "export", str(made.home / "queue.csv"))
    made.command("review", "decide", "hubspot:planted-1", "hubspot:planted-2", "same", "--author", "E", "--reason", "r")
    made.command("review", "decisions")
    (made.home / "proposed" / "raw").mkdir(parents=True)
    suite = made.command("rules", "propose", "hubspot_contacts")
    (made.home / "proposed" / "raw" / "hubspot_contacts.json").write_text(suite)
    return made


# --- searching ---------------------------------------------------------------------------------------------------


def contents(path: Path) -> Iterator[bytes]:
    """Everything a file says: its bytes, its cells if it is a database or Parquet, and what is compressed in these."""
    data = path.read_bytes()
    yield from unpacked(data)
    if data.startswith(b"SQLite format 3\0"):
        with sqlite3.connect(path) as con:
            for (table,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in con.execute(f'select * from "{table}"'):
                    for cell in row:
                        yield from unpacked(cell if isinstance(cell, bytes) else str(cell).encode())
    elif path.suffix == ".parquet":
        with duckdb.connect() as con:
            yield repr(con.execute("from read_parquet(?)", [str(path)]).fetchall()).encode()


def unpacked(data: bytes) -> Iterator[bytes]:
    yield data
    for unpack in (zlib.decompress, gzip.decompress):
        try:
            yield unpack(data)
        except (zlib.error, OSError, EOFError):
            continue


def leaks(data: bytes) -> set[bytes]:
    return {match.lower() for match in MARKER.findall(data)} | {value for value in PLAIN if value in data}


def test_the_search_finds_what_is_in_a_database_in_parquet_or_compressed(tmp_path: Path) -> None:
    """Otherwise it would prove nothing either."""
    with sqlite3.connect(tmp_path / "cells.db") as con:
        con.execute("create table t (a, b)")
        con.execute("insert into t values (?, ?)", [zlib.compress(b"in a cell: QZXcell"), "x" * 9000 + "Qzxlong"])
    con.close()
    (tmp_path / "log.gz").write_bytes(gzip.compress(b"qzxgz and 1937-07-19"))
    with duckdb.connect() as duck:
        duck.execute(f"copy (select 'Qzxparquet' as a from range(9)) to '{tmp_path}/t.parquet' (compression zstd)")
    found = {path.name: set().union(*map(leaks, contents(path))) for path in tmp_path.iterdir()}
    assert found == {
        "cells.db": {b"qzxcell", b"qzxlong"},
        "log.gz": {b"qzxgz", b"1937-07-19"},
        "t.parquet": {b"qzxparquet"},
    }


def test_every_marker_went_through_the_line(world: World) -> None:
    """Otherwise the search below would prove nothing."""
    assert sum(map(len, world.planted.values())) > 150
    for source, markers in world.planted.items():
        stored = str(world.query(f"from raw.{source}"))
        assert {marker for marker in markers if marker not in stored} == set(), source
    golden = leaks(str(world.query("from golden.customers")).encode())
    assert {b"qzxgiven", b"qzxfamily", b"qzxmailbox", b"qzxhost", b"qzxstreet", b"qzxtown"} < golden
    assert b"2079461133" in golden
    assert len(golden) > 20
    steward = "published/current/data_steward/published.duckdb"
    assert leaks(str(world.query("from golden.customers", steward)).encode()) == golden


def test_what_can_go_wrong_did_go_wrong(world: World) -> None:
    rejects = dict(world.query("select source, count(*) from raw.rejects where raw_text ilike '%qzx%' group by source"))
    assert rejects == {"hubspot_contacts": 1, "interactions": 1}
    ((status, problem),) = world.query("select status, problem from raw.source_status where source = 'bad_contacts'")
    assert status == "failed"
    assert "Contacts_2026_11_20.csv" in str(problem)
    outcomes = dict(world.query("select rule_id, outcome from quality.rule_results"))
    assert outcomes["staging.customers.family_name.broken_rule"] == "errored"
    assert outcomes["staging.customers.email.valid"] == "failed"
    planted = world.query("select count(*) from quality.failing_rows where record_key like '%:planted-%'")
    assert int(str(planted[0][0])) > 20


def test_no_value_is_in_any_file_that_is_not_for_customers(world: World) -> None:
    allowed = {path for pattern in HOLD_CUSTOMERS for path in world.home.glob(pattern)}
    files = [
        path
        for path in world.home.rglob("*")
        if path.is_file() and not path.is_symlink() and path not in allowed and "current" not in path.parts
    ]
    names = {path.name for path in files}
    kept = {"manifest.json", "scores.parquet", "index.html", "runs.db", "model.json", "dagster.yaml"}
    assert kept | {"pair.html", "queue.csv"} <= names
    assert any("compute_logs" in path.parts for path in files)
    found = {
        str(path.relative_to(world.home)): sorted(set().union(*map(leaks, contents(path))) | leaks(path.name.encode()))
        for path in files
    }
    assert {name: values for name, values in found.items() if values} == {}


def seen(world: World, *files: str) -> set[str]:
    """The markers in these files of the published version: in their bytes, and in what DuckDB reads from them."""
    found: set[bytes] = set()
    for path in (path for pattern in files for path in world.home.glob(f"published/current/{pattern}")):
        found |= set().union(*map(leaks, contents(path)))
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                tables = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
                found |= {
                    m for (table,) in tables for m in leaks(str(con.execute(f"from {table}").fetchall()).encode())
                }
    return {marker.decode() for marker in found}


def test_readers_have_no_personal_value_in_any_file(world: World) -> None:
    personal = {marker for marker, classification in world.classes.items() if classification != "none"}
    of_person = {"qzxgiven", "qzxfamily", "qzxmailbox", "qzxhost", "qzxstreet", "qzxtown"} | {v.decode() for v in PLAIN}
    assert len(personal & seen(world, "data_steward/*")) > 20
    assert of_person & seen(world, "data_steward/*") >= {"qzxgiven", "qzxtown"}
    for folder in ("", "data_engineer/", "governance_reader/"):
        assert seen(world, f"{folder}*.parquet", f"{folder}*.duckdb") & (personal | of_person) == set(), folder
    sensitive = {marker for marker, classification in world.classes.items() if classification == "sensitive"}
    assert seen(world, "marketing/*") & (sensitive | {"qzxstreet", "qzxtown", "1937-07-19"}) == set()


def test_no_value_is_in_what_was_printed(world: World) -> None:
    assert "staging.customers.email.valid" in world.outputs["failing"].decode()
    assert "could not run" in world.outputs["run"].decode()
    assert "bad_contacts/Contacts_2026_11_20.csv" in world.outputs["run"].decode()
    assert {command: leaks(output) for command, output in world.outputs.items() if leaks(output)} == {}


def test_the_proposed_suite_is_one_and_holds_no_value(world: World) -> None:
    """Its file is searched with the others, its text with what was printed."""
    (suite,) = load_suites(world.home / "proposed")
    assert len(suite.rules) > 20
    assert "none is switched on" in world.outputs["rules propose hubspot_contacts"].decode()
    assert "raw.hubspot_contacts" not in str(world.query("select table_name from quality.rules"))


def test_no_value_is_in_the_tables_that_speak_about_the_data(world: World) -> None:
    published = "published/current/published.duckdb"
    for table in WITHOUT_CUSTOMERS:
        assert leaks(str(world.query(f"from {table}", published)).encode()) == set(), table
    present = {
        f"{schema}.{name}" for schema, name in world.query("select schema_name, table_name from duckdb_tables()")
    }
    for table in present & {*KEPT_IN_WAREHOUSE, *WITHOUT_CUSTOMERS}:
        # Who typed the data in is scored by name in the warehouse, and not published.
        rows = " where scope_type <> 'created_by'" if table in ("quality.scores", "quality.score_history") else ""
        assert leaks(str(world.query(f"from {table}{rows}")).encode()) == set(), table


def test_nothing_is_left_in_the_folders_for_scratch_files(world: World) -> None:
    left = [path for name in ("work", "tmp") for path in (world.home / name).rglob("*") if path.is_file()]
    assert [path.name for path in left if any(leaks(data) for data in contents(path))] == []
    assert not list((world.home / "work").rglob("*.parquet"))
