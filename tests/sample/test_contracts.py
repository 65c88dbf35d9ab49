"""The seven contract pages: valid by the standard, and what the sources really export."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from dq_pipeline.settings import CONTRACTS
from tests.sample.conftest import Sample, columns_of, contract

IDS = (
    "salesforce_contacts",
    "hubspot_contacts",
    "zoho_contacts",
    "dynamics_contacts",
    "ao_customers",
    "interactions",
    "transactions",
)
DROP_DOWNS_WITH_WRONG_CHOICES = {
    "salesforce": ("Salutation", "GenderIdentity", "Status__c"),
    "hubspot": ("Salutation", "Gender", "Lifecycle Stage"),
    "zoho": ("Salutation", "Gender", "Contact Status"),
    "dynamics": ("salutation", "gendercode", "statecode"),
    "ao": ("TITLE", "SEX", "CUST_STATUS"),
}


@pytest.mark.parametrize("name", IDS)
def test_page_is_valid_by_the_standard(name: str) -> None:
    OpenDataContractStandard.from_file(str(CONTRACTS / f"{name}.odcs.yaml"))
    schema = json.loads(OpenDataContractStandard.json_schema())
    errors = [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(contract(name))]
    assert errors == []


@pytest.mark.parametrize("name", IDS)
def test_page_says_who_owns_what_and_how_long(name: str) -> None:
    page = contract(name)
    assert page["id"] == name
    assert page["schema"][0]["physicalName"] == f"raw.{name}"
    assert [member["role"] for member in page["team"]["members"]] == ["owner", "data steward"]
    promised = {entry["property"]: entry["unit"] for entry in page["slaProperties"]}
    inactivity = {} if name in ("interactions", "transactions") else {"inactivity": "d"}
    assert promised == {"frequency": "h", "freshness": "h", "retention": "d", **inactivity}
    columns = page["schema"][0]["properties"]
    assert sum(column.get("primaryKey", False) for column in columns) == 1
    assert columns_of(name) == list(dict.fromkeys(columns_of(name)))
    for column in columns:
        assert column["description"], column["name"]
        assert column["classification"] in {"none", "personal", "sensitive"}, column["name"]
        assert column.get("required", False) or not column.get("primaryKey", False), column["name"]


def test_names_contacts_and_identity_numbers_are_classified() -> None:
    classes = {
        (name, column["name"]): column["classification"]
        for name in IDS
        for column in contract(name)["schema"][0]["properties"]
    }
    assert classes["ao_customers", "NAT_ID"] == "sensitive"
    assert classes["salesforce_contacts", "LastName"] == "personal"
    assert classes["hubspot_contacts", "Email"] == "personal"
    assert classes["dynamics_contacts", "mobilephone"] == "personal"
    assert classes["zoho_contacts", "Record Id"] == "none"


def test_sample_headers_are_the_columns_of_the_contracts(sample: Sample) -> None:
    for name in ("salesforce_contacts", "hubspot_contacts", "zoho_contacts"):
        assert list(sample.csv(name)[0]) == columns_of(name)
    assert sample.ao_lines[1].split("|") == columns_of("ao_customers")
    expected = [column for column in columns_of("dynamics_contacts") if not column.startswith("(")]  # of a spreadsheet
    assert all(list(record) == expected for record in sample.dynamics)
    assert list(sample.interactions[0]) == columns_of("interactions")


def test_drop_downs_hold_their_lists_but_for_the_wrong_choices(sample: Sample) -> None:
    strange = 0
    for system, rows in sample.rows.items():
        name = next(name for name in IDS if name.startswith(system))
        for column in contract(name)["schema"][0]["properties"]:
            for entry in (e for e in column.get("customProperties", []) if e["property"] == "allowedValues"):
                allowed = {*entry["value"], ""}
                outside = sum(row[column["name"]] not in allowed for row in rows)
                assert not outside or column["name"] in DROP_DOWNS_WITH_WRONG_CHOICES[system], column["name"]
                strange += outside
    assert strange == sample.summary.faults["wrong_choice"]


def test_the_historical_extracts_satisfy_their_contracts() -> None:
    folder = Path(__file__).parents[3] / "shared" / "extracts" / "historical"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/extracts/historical is absent")
    for name in ("salesforce_contacts", "hubspot_contacts"):
        (path,) = (folder / name).iterdir()
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file))
        required = {c["name"] for c in contract(name)["schema"][0]["properties"] if c.get("required")}
        assert required - set(header) == set()
        assert set(header) - set(columns_of(name)) == set()
