"""A CRM nobody planned for: one contract page and one SQL file, added to a copy of the project, and nothing else.

The project finds its configuration beside its code, so the copy holds both, and runs with itself first on the path.
"""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.lineage import project_lineage
from dq_pipeline.adapters.sql_models import load_sql_models
from dq_pipeline.domain.lineage import Column, Lineage
from dq_pipeline.domain.made_tables import MIXED, made_tables
from dq_pipeline.policies.survivorship import POLICY
from tests.line import command_server

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent.parent
SHARED_PERSONS = 25
COLUMNS = ("ID", "Person - Name", "Person - Email", "Person - Phone", "Person - Birthday", "Address", "City", "Updated")

CONTRACT = f"""
apiVersion: v3.1.0
kind: DataContract
id: pipedrive_persons
name: Pipedrive persons
version: 1.0.0
status: active
domain: customer
description: {{purpose: Customers of the events business.}}
schema:
  - name: pipedrive_persons
    logicalType: object
    physicalType: table
    physicalName: raw.pipedrive_persons
    description: One row per person.
    properties:
      - {{name: "ID", logicalType: string, required: true, primaryKey: true, classification: none}}
{"".join(f'      - {{name: "{name}", logicalType: string, classification: personal}}{chr(10)}' for name in COLUMNS[1:])}
team:
  name: events
  members:
    - {{username: events, role: owner}}
slaProperties:
  - {{property: freshness, value: 26, unit: h}}
  - {{property: retention, value: 2190, unit: d}}
customProperties:
  - {{property: sourceSystem, value: pipedrive}}
  - {{property: recordKind, value: customers}}
  - {{property: format, value: csv}}
  - {{property: filePattern, value: "*.csv"}}
  - {{property: dateOrder, value: dmy}}
  - {{property: defaultCountry, value: NL}}
"""

MODEL = """-- Pipedrive persons under the canonical names, as they arrived.
select
    'pipedrive' as source_system,
    nullif(trim("ID"), '') as source_record_id,
    nullif(trim("Person - Name"), '') as name,
    nullif(trim("Person - Email"), '') as email,
    nullif(trim("Person - Phone"), '') as phone_number,
    nullif(trim("Person - Birthday"), '') as birthdate,
    nullif(trim("Address"), '') as street_address,
    nullif(trim("City"), '') as locality,
    nullif(trim("Updated"), '') as updated_at,
    list_filter([
        {'channel': 'email', 'label': 'work', 'value': nullif(trim("Person - Email"), '')},
        {'channel': 'phone', 'label': 'work', 'value': nullif(trim("Person - Phone"), '')}
    ], lambda point: point.value is not null) as contact_points,
    _load_id,
    _file,
    _line
from raw.pipedrive_persons
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the project with the sixth source. `twins`: Pipedrive id -> HubSpot id of the same person."""

    project: Path
    home: Path
    twins: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Standard output of the command line of the copy."""
        environment = {"DQ_HOME": str(self.home), "PYTHONPATH": str(self.project)}
        done = command_server().run(*arguments, environment=environment, project=self.project)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done.stdout.decode()

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def lineage(self) -> Lineage:
        contracts = load_contracts(self.project / "dq_pipeline" / "contracts")
        known = {match for path in self.models.glob("*/*.sql") for match in re.findall(r"\w+\.\w+", path.read_text())}
        models = load_sql_models(self.models, known_tables=known)
        return project_lineage(contracts, models, made_tables(POLICY.attributes), MIXED)

    @property
    def models(self) -> Path:
        return self.project / "dbt_like_sql"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("sixth")
    project, home = folder / "project", folder / "home"
    for name in ("dq_pipeline", "dbt_like_sql", "expectations"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "dagster.yaml", project)
    (project / "dq_pipeline" / "contracts" / "pipedrive_persons.odcs.yaml").write_text(CONTRACT)
    (project / "dbt_like_sql" / "staging" / "pipedrive_persons.sql").write_text(MODEL)
    made = Copy(project, home, {})
    made.command("sample", "--records", "300", "--seed", "1")
    made.twins.update(write_extract(home / "extracts"))
    made.command("run")
    return made


def write_extract(extracts: Path) -> dict[str, str]:
    """Persons of HubSpot as the events business wrote them down, and one nobody else knows."""
    (hubspot,) = (extracts / "hubspot_contacts").glob("*.csv")
    with hubspot.open(encoding="utf-8-sig", newline="") as file:
        complete = [
            row
            for row in csv.DictReader(file)
            if "@" in row["Email"] and re.fullmatch(r"\d{4}-\d\d-\d\d", row["Date of birth"]) and row["Last Name"]
        ]
    persons = complete[:SHARED_PERSONS]
    assert len(persons) == SHARED_PERSONS
    folder = extracts / "pipedrive_persons"
    folder.mkdir()
    with (folder / "persons.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, row in enumerate(persons, 1):
            year, month, day = row["Date of birth"].split("-")
            name = f"{row['Last Name']}, {row['First Name']}".upper()
            phone = row["Mobile Phone Number"] or row["Phone Number"]
            place = (row["Street Address"], row["City"])
            writer.writerow([number, name, row["Email"].upper(), phone, f"{day}.{month}.{year}", *place, "2026-11-01"])
        writer.writerow([999, "Quirijn Zonderland", "q.zonderland@example.org", "", "31.01.1971", "", "", "2026-11-01"])
    return {str(number): row["Record ID"] for number, row in enumerate(persons, 1)}


def test_its_records_are_customers_in_standard_form(copy: Copy) -> None:
    assert copy.query("select count(*) from staging.customers where source_system = 'pipedrive'") == [
        (SHARED_PERSONS + 1,)
    ]
    row = copy.query(
        "select given_name, family_name, email, email_status, birthdate::varchar, contract_id, birthdate_status "
        "from staging.customers where record_key = 'pipedrive:999'"
    )
    expected = ("Quirijn", "Zonderland", "q.zonderland@example.org")
    assert row[0][:3] == expected
    assert row[0][4:] == ("1971-01-31", "pipedrive_persons", "valid")


def test_its_records_are_linked_with_those_of_the_same_persons(copy: Copy) -> None:
    ids = dict(
        copy.query(
            "select record_key, customer_id from golden.crosswalk where source_system in ('pipedrive', 'hubspot')"
        )
    )
    together = [mine for mine, theirs in copy.twins.items() if ids[f"pipedrive:{mine}"] == ids[f"hubspot:{theirs}"]]
    assert len(together) >= 0.9 * SHARED_PERSONS
    stranger = ids["pipedrive:999"]
    assert copy.query(f"select record_count, source_count from golden.customers where customer_id = '{stranger}'") == [
        (1, 1)
    ]


def test_it_has_a_score_and_counts_in_the_owners(copy: Copy) -> None:
    scored = dict(copy.query("select scope, rows from quality.scores where scope_type = 'source'"))
    assert scored.keys() == {"ao", "dynamics", "hubspot", "pipedrive", "salesforce", "zoho"}
    ((score, coverage),) = copy.query("select score, coverage from quality.scores where scope = 'pipedrive'")
    assert 0 < float(str(score)) <= 100
    assert float(str(coverage)) > 0.5
    assert "pipedrive_persons" in copy.command("status")


def test_its_columns_are_in_the_lineage(copy: Copy) -> None:
    told = copy.command("lineage", "golden.customers.email")
    assert '   <- raw.pipedrive_persons."Person - Email"\n' in told
    told = copy.command("lineage", "raw.pipedrive_persons.Person - Birthday", "--downstream")
    assert "-> golden.customers.birthdate" in told


def test_every_column_of_every_table_has_an_origin_of_the_type_it_has(copy: Copy) -> None:
    """Either computed from others or explicitly made; only `raw` begins with the extract itself."""
    lineage = copy.lineage()
    actual = {
        Column(f"{schema}.{table}", name): str(kind).replace('"', "")
        for schema, table, name, kind in copy.query(
            "select table_schema, table_name, column_name, data_type from information_schema.columns "
            "where table_schema <> 'raw_history'"  # the store behind the views of `raw`
        )
    }
    told = {column: origin.type.replace('"', "") for column, origin in lineage.columns.items()}
    wrong = sorted(f"{c}: {told.get(c)}, in the warehouse {actual.get(c)}" for c, _ in told.items() ^ actual.items())
    assert wrong == [], "declare what Python writes in dq_pipeline/domain/made_tables.py"
    begins = [c for c, o in lineage.columns.items() if not o.upstream and not o.made and not c.table.startswith("raw.")]
    assert begins == []
    assert set(MIXED) <= lineage.columns.keys()
