"""One sample of 10,000 records, read back with nothing but the standard library."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from dq_pipeline.sample import SampleSummary, write_sample
from dq_pipeline.settings import CONTRACTS

RECORDS = 10_000
SEED = 1

Row = dict[str, str]

CONTRACT_OF = {
    "salesforce": "salesforce_contacts",
    "hubspot": "hubspot_contacts",
    "zoho": "zoho_contacts",
    "dynamics": "dynamics_contacts",
    "ao": "ao_customers",
}

# Where each source keeps what the tests compare.
COMMON = ("id", "given", "family", "birthdate", "email", "mobile", "home", "street", "postal", "country")
FIELDS = {
    "salesforce": (
        "Id|FirstName|LastName|Birthdate|Email|MobilePhone|HomePhone|MailingStreet|MailingPostalCode|MailingCountry"
    ),
    "hubspot": (
        "Record ID|First Name|Last Name|Date of birth|Email|Mobile Phone Number|Phone Number|Street Address|"
        "Postal Code|Country/Region"
    ),
    "zoho": (
        "Record Id|First Name|Last Name|Date of Birth|Email|Mobile|Home Phone|Mailing Street|Mailing Zip|"
        "Mailing Country"
    ),
    "dynamics": (
        "contactid|firstname|lastname|birthdate|emailaddress1|mobilephone|telephone2|address1_line1|"
        "address1_postalcode|address1_country"
    ),
    "ao": "CUST_NO|FORENAME|SURNAME|DOB|EMAIL|TEL_MOBILE|TEL_HOME|ADDR1|POSTCODE|CTRY",
}


@cache
def contract(name: str) -> dict[str, Any]:
    """A contract page as plain YAML."""
    page: dict[str, Any] = yaml.safe_load((CONTRACTS / f"{name}.odcs.yaml").read_text())
    return page


def columns_of(name: str) -> list[str]:
    return [column["name"] for column in contract(name)["schema"][0]["properties"]]


@dataclass
class Sample:
    """A written sample."""

    folder: Path
    summary: SampleSummary

    def files(self, name: str) -> list[Path]:
        return sorted((self.folder / name).iterdir())

    def csv(self, name: str) -> list[Row]:
        with self.files(name)[0].open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def ao_lines(self) -> list[str]:
        text = self.files("ao_customers")[0].read_bytes().decode("cp1252")
        assert text.endswith("\r\n")
        return text.split("\r\n")[:-1]

    @cached_property
    def dynamics(self) -> list[dict[str, Any]]:
        pages = [json.loads(path.read_bytes()) for path in self.files("dynamics_contacts")]
        return [record for page in pages for record in page["value"]]

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Every customer record as exported, by source system; null is an empty text."""
        names = self.ao_lines[1].split("|")
        return {
            "salesforce": self.csv("salesforce_contacts"),
            "hubspot": self.csv("hubspot_contacts"),
            "zoho": self.csv("zoho_contacts"),
            "dynamics": [{name: _text(value) for name, value in record.items()} for record in self.dynamics],
            "ao": [dict(zip(names, line.split("|"), strict=True)) for line in self.ao_lines[2:-1]],
        }

    @cached_property
    def common(self) -> list[Row]:
        """Every customer record with the names of COMMON, `system` and `customer`; birthdates YYYY-MM-DD."""
        truth = {(row["source_system"], row["source_record_id"]): row["truth_id"] for row in self.truth}
        found = []
        for system, rows in self.rows.items():
            for row in rows:
                record = dict(zip(COMMON, (row[name] for name in FIELDS[system].split("|")), strict=True))
                if system == "ao" and record["birthdate"]:
                    day = record["birthdate"]
                    record["birthdate"] = f"{day[4:]}-{day[2:4]}-{day[:2]}"
                record |= {"system": system, "customer": truth[system, record["id"]]}
                found.append(record)
        return found

    @cached_property
    def truth(self) -> list[Row]:
        with (self.folder / "truth.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def interactions(self) -> list[Row]:
        return [json.loads(line) for line in self.files("interactions")[0].read_text().splitlines()]


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample") / "extracts"
    return Sample(folder, write_sample(folder, records=RECORDS, seed=SEED))
