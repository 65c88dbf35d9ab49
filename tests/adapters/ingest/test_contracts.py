"""Contract pages: what is read from a page, that every mistake is named, and that the pages follow the standard."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout
from dq_pipeline.errors import ConfigurationError
from dq_pipeline.settings import CONTRACTS, PROJECT

MORE = ("odd", "datedNames", "maximumVolumeChange", "minimumLines", "sheet")


def page(**changes: Any) -> dict[str, Any]:
    """A complete small page; `changes` replace top-level fields, or custom properties of that name."""
    custom = {
        "sourceSystem": "crm",
        "recordKind": "customers",
        "format": "csv",
        "filePattern": "P*",
        "encoding": "cp1252",
        "delimiter": "|",
        "quote": "",
        "headerRecord": "H|",
        "trailerRecord": "T|",
        "snapshot": "delta",
        "dateOrder": "dmy",
        "defaultCountry": "GB",
        "maximumRejectShare": 0.25,
    }
    fields: dict[str, Any] = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "people",
        "version": "1.2.0",
        "status": "active",
        "description": {"purpose": "Everybody."},
        "schema": [
            {
                "name": "people",
                "properties": [
                    {"name": "No", "required": True, "primaryKey": True, "primaryKeyPosition": 1},
                    {
                        "name": "Sex",
                        "classification": "sensitive",
                        "description": "Sex.",
                        "customProperties": [{"property": "allowedValues", "value": ["M", "F"]}],
                    },
                ],
            }
        ],
        "team": {"members": [{"username": "sales", "role": "owner"}, {"username": "x", "role": "steward"}]},
        "slaProperties": [
            {"property": "freshness", "value": 2, "unit": "d"},
            {"property": "retention", "value": 6, "unit": "y"},
            {"property": "inactivity", "value": 2, "unit": "y"},
        ],
    }
    custom |= {name: value for name, value in changes.items() if name in custom or name in MORE}
    fields |= {name: value for name, value in changes.items() if name not in (*custom, *MORE)}
    fields["customProperties"] = [{"property": name, "value": value} for name, value in custom.items()]
    return {name: value for name, value in fields.items() if value is not None}


def write(folder: Path, content: Any, name: str = "people") -> Path:
    text = content if isinstance(content, str) else yaml.safe_dump(content)
    (folder / f"{name}.odcs.yaml").write_text(text)
    return folder


def test_every_field_of_a_page_arrives(tmp_path: Path) -> None:
    assert load_contracts(write(tmp_path, page())) == {
        "people": Contract(
            id="people",
            source_system="crm",
            kind="customers",
            layout=FileLayout("csv", ("P*",), "cp1252", "|", "", "H|", "T|"),
            columns=(
                ContractColumn("No", required=True, key=True, classification=""),
                ContractColumn("Sex", classification="sensitive", description="Sex.", allowed_values=("M", "F")),
            ),
            owner="sales",
            description="Everybody.",
            date_order="dmy",
            default_country="GB",
            snapshot="delta",
            maximum_reject_share=0.25,
            freshness_hours=48,
            retention_days=2190,
            inactive_after_days=730,
            version="1.2.0",
            allowed={"Sex": ("M", "F")},
        )
    }


def columns(*properties: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "people", "properties": list(properties)}]


KEY = {"name": "No", "primaryKey": True}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (page(apiVersion="v2.2.2"), "people.odcs.yaml, apiVersion: must match"),
        (page(kind="Table"), "people.odcs.yaml, kind: must be one of DataContract"),
        (page(id="persons"), "people.odcs.yaml, id: must be the page's name"),
        (page(id="People"), "people.odcs.yaml, id: must match"),
        (page(version=1.0), "people.odcs.yaml, version: must be text (quote it), not float"),
        (page(colour="red"), "people.odcs.yaml, colour: is not a known field"),
        (page(odd="x"), "people.odcs.yaml, customProperties, odd: is not a known field"),
        (page(sourceSystem=None), "customProperties, sourceSystem: is missing"),
        (page(sourceSystem="a:b"), "customProperties, sourceSystem: must match"),
        (page(recordKind="people"), "customProperties, recordKind: must be one of customers, interactions"),
        (page(format="ods"), "customProperties, format: must be one of csv, jsonl, json_pages, parquet, xlsx"),
        (page(filePattern="../*"), "customProperties, filePattern: must match"),
        (page(filePattern=[]), "customProperties, filePattern: is missing"),
        (page(filePattern=["*.csv", 1]), "customProperties, filePattern: must be a list of texts"),
        (page(datedNames="no"), "customProperties, datedNames: must be true or false"),
        (page(maximumVolumeChange=-1), "customProperties, maximumVolumeChange: must be a number from 0"),
        (page(servers=[{"location": "a/b"}]), "servers[0], location: must match"),
        (page(servers=[{"location": "s3://b/"}] * 2), "people.odcs.yaml, servers: must be one"),
        (page(encoding="utf-9"), "customProperties, encoding: is not a text encoding"),
        (page(encoding="hex"), "customProperties, encoding: is not a text encoding"),
        (page(delimiter="||"), "customProperties, delimiter: must match"),
        (page(delimiter="¦"), "customProperties, delimiter: delimiter and quote must be one ASCII character"),
        (page(quote="|"), "customProperties, quote: must differ from the delimiter"),
        (page(dateOrder="ydm"), "customProperties, dateOrder: must be one of ymd, dmy, mdy"),
        (page(defaultCountry="UK of GB"), "customProperties, defaultCountry: must match"),
        (page(maximumRejectShare=2), "customProperties, maximumRejectShare: must be a number from 0 to 1"),
        (page(maximumRejectShare=True), "customProperties, maximumRejectShare: must be a number"),
        (page(description="Everybody"), "people.odcs.yaml, description: is missing or is not a mapping"),
        (page(schema=[]), "people.odcs.yaml, schema: must be a list of mappings"),
        (page(schema=columns(KEY) * 2), "people.odcs.yaml, schema: must have one object"),
        (page(schema=columns({"name": "No"})), "schema[people], properties: no column is a primaryKey"),
        (page(schema=columns(KEY, {"name": "no"})), "people.odcs.yaml, schema: columns 1 and 2 have the same name"),
        (page(schema=columns(KEY, {"name": "_file"})), "people.odcs.yaml, schema: column 2 has a name that is kept"),
        (page(schema=columns(KEY, {"name": "A "})), "properties[A ], name: begins or ends with a blank"),
        (page(schema=columns(KEY, {"type": "x", "name": "A"})), "properties[A], type: is not a known field"),
        (page(schema=columns({**KEY, "required": "yes"})), "properties[No], required: must be true or false"),
        (page(schema=columns({**KEY, "classification": "secret"})), "properties[No], classification: must be one of"),
        (
            page(schema=columns({**KEY, "customProperties": [{"property": "allowedValues", "value": [1]}]})),
            "properties[No], allowedValues: must be a list of texts",
        ),
        (page(schema=columns({**KEY, "primaryKeyPosition": 2})), "properties: primaryKeyPosition must count 1, 2"),
        (page(team=None), "people.odcs.yaml, team: must be a list of mappings"),
        (page(team=[{"username": "x", "role": "steward"}]), "people.odcs.yaml, team: must have one member"),
        (page(slaProperties=[]), "people.odcs.yaml, slaProperties: freshness is missing"),
        (
            page(slaProperties=[{"property": "freshness", "value": 1, "unit": "moons"}]),
            "slaProperties[freshness], unit: must be one of h, hours",
        ),
        (
            page(roles=[{"role": "governance_reader", "access": "read-maskd"}]),
            "roles[0], access: must be one of read-scores, read-masked",
        ),
        (page(roles=[{"role": "marketing"}, {"role": "marketing"}]), "roles[1], role: is listed twice"),
        ("a: [1", "people.odcs.yaml, line 2: cannot be read as YAML"),
        ("", "people.odcs.yaml: is empty"),
        ("- a", "people.odcs.yaml: is empty or is not a mapping"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_a_mistake_is_named_with_file_and_field(tmp_path: Path, content: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_contracts(write(tmp_path, content))
    assert any(problem in found for found in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("roles", "shown"),
    [
        (None, False),
        ([{"role": "governance_reader"}], False),
        ([{"role": "governance_reader", "access": "read-scores"}], False),
        ([{"role": "data_steward", "access": "read-masked"}], False),
        ([{"role": "marketing", "access": "any"}, {"role": "governance_reader", "access": "read-masked"}], True),
    ],
)
def test_masked_examples_are_shown_only_where_the_governance_reader_may_see_them(
    tmp_path: Path, roles: list[dict[str, str]] | None, shown: bool
) -> None:
    assert load_contracts(write(tmp_path, page(roles=roles)))["people"].shows_masked_examples is shown


def test_all_problems_of_all_pages_are_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, page(kind="Table", format="ods"))
    write(tmp_path, "", "empty")
    with pytest.raises(ConfigurationError) as caught:
        load_contracts(tmp_path)
    assert len(caught.value.problems) == 3


def test_a_folder_without_pages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no page"):
        load_contracts(tmp_path)


def test_the_projects_pages_load_and_fast() -> None:
    load_contracts(CONTRACTS)
    started = time.process_time()
    contracts = load_contracts(CONTRACTS)
    assert time.process_time() - started < 0.2
    assert list(contracts) == [
        *("ao_customers", "dynamics_contacts", "hubspot_contacts", "interactions"),
        *("salesforce_contacts", "transactions", "zoho_contacts"),
    ]
    assert contracts["ao_customers"].layout == FileLayout("csv", ("AOCUST*",), "cp1252", "|", "", "H|", "T|")
    assert contracts["salesforce_contacts"].key == ("Id",)
    assert contracts["salesforce_contacts"].roles["governance_reader"] == "read-scores"
    assert not any(contract.shows_masked_examples for contract in contracts.values())


def test_the_projects_pages_follow_the_standard() -> None:
    from open_data_contract_standard.model import OpenDataContractStandard

    for path in sorted(CONTRACTS.glob("*.odcs.yaml")):
        model = OpenDataContractStandard.from_file(str(path))
        assert model.id == path.name.removesuffix(".odcs.yaml")
        assert model.schema_ and model.schema_[0].properties


def test_reading_pages_imports_nothing_slow() -> None:
    code = (
        "import sys; from dq_pipeline.adapters import contracts, ingest; from dq_pipeline.settings import CONTRACTS;"
        "contracts.load_contracts(CONTRACTS);"
        "print(sorted({'pandas', 'pyarrow', 'numpy', 'pydantic', 'open_data_contract_standard'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
