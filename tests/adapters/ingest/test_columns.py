"""Columns are matched by name: the contract's, an alias, or one that differs in punctuation only; never by place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import ColumnPlan, plan_columns
from dq_pipeline.settings import CONTRACTS

from .conftest import contract_of


def contract(**aliases: tuple[str, ...]) -> Contract:
    """Columns `Id`, `Last Name`, `First`; only the first is required."""
    plain = contract_of(columns="Id Last_Name First")
    columns = tuple(
        replace(c, name=c.name.replace("_", " "), aliases=aliases.get(c.name.split("_")[0], ())) for c in plain.columns
    )
    return replace(plain, columns=columns)


@pytest.mark.parametrize(
    ("found", "plan"),
    [
        (["Id", "Last Name", "First"], ColumnPlan(("Id", "Last Name", "First"))),
        ([" id ", "LAST NAME", "first"], ColumnPlan(("Id", "Last Name", "First"))),
        (["First", "Id", "Last Name"], ColumnPlan(("First", "Id", "Last Name"), reordered=True)),
        (
            ["Id", "Last_Name", "First"],
            ColumnPlan(("Id", "Last Name", "First"), renamed=("Last_Name -> Last Name",)),
        ),
        (
            ["ID", "lastName", "First Name"],
            ColumnPlan(
                ("Id", "Last Name", "First Name"), ("First Name",), ("First",), renamed=("lastName -> Last Name",)
            ),
        ),
        (["Id", "Surname", "First"], ColumnPlan(("Id", "Surname", "First"), ("Surname",), ("Last Name",))),
        # Two that could be the same column: neither is guessed.
        (
            ["Id", "Last_Name", "Last-Name"],
            ColumnPlan(("Id", "Last_Name", "Last-Name"), ("Last_Name", "Last-Name"), ("Last Name", "First")),
        ),
        # The contract's own name is there: the other is another column.
        (
            ["Id", "Last Name", "Last_Name"],
            ColumnPlan(("Id", "Last Name", "Last_Name"), ("Last_Name",), ("First",)),
        ),
    ],
)
def test_matching(found: list[str], plan: ColumnPlan) -> None:
    assert plan_columns(contract(), found) == plan


def test_an_alias_is_the_contracts_own_word_and_no_drift() -> None:
    known = contract(Id=("(Do Not Modify) Contact",), Last=("Surname",))
    assert plan_columns(known, ["(do not modify) contact", "Surname", "First"]) == ColumnPlan(
        ("Id", "Last Name", "First")
    )
    assert plan_columns(known, ["Surname", "First"]).problems == ("the required column 'Id' is missing",)


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        (
            "salesforce_contacts",
            "Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Salutation,Email,Phone,MobilePhone,MailingStreet,"
            "MailingCity,MailingPostalCode,MailingCountry,Birthdate,HasOptedOutOfEmail,DoNotCall,CreatedDate,"
            "LastModifiedDate,SystemModstamp",
        ),
        (
            "hubspot_contacts",
            "Record ID,First Name,Last Name,Email,Phone Number,Legal basis for processing contact's data,"
            "Unsubscribed from all email,Create Date,Last Modified Date",
        ),
        (
            "zoho_contacts",
            "Record Id,First Name,Last Name,Email,Phone,Email Opt Out,Data Processing Basis,Created Time,Modified Time",
        ),
        (
            "dynamics_contacts",
            "contactid,firstname,lastname,emailaddress1,telephone1,donotbulkemail,statecode,createdon,modifiedon",
        ),
        (
            "dynamics_contacts",
            "(Do Not Modify) Contact,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,First Name,Last Name,"
            "Email,Business Phone,Mobile Phone,Address 1: City,Status",
        ),
        (
            "ao_customers",
            "CUST_NO,SURNAME,FORENAME,DOB,POSTCODE,EMAIL,MKT_CONSENT,CONSENT_DT,CONSENT_METHOD,LAST_CHG_DT",
        ),
        ("interactions", "interaction_id,source_system,source_record_id,channel,occurred_at"),
        ("transactions", "transaction_id,source_system,source_record_id,occurred_at,amount,currency"),
    ],
)
def test_the_vendors_own_export_columns_are_known(source: str, columns: str) -> None:
    plan = plan_columns(load_contracts(CONTRACTS)[source], columns.split(","))
    assert (plan.new, plan.renamed, plan.problems) == ((), (), ())
