"""The data dictionary: meanings, owners, and classifications that follow a value wherever it goes."""

from __future__ import annotations

import pytest

from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout
from dq_pipeline.domain.definitions import define
from dq_pipeline.domain.dictionary import PIPELINE_OWNER, build_dictionary, classify, owner_of
from dq_pipeline.domain.lineage import Column, Dependency, Lineage, Origin


def _from(*columns: str, made: str = "") -> Origin:
    found = (Column(table, name) for table, _, name in (column.rpartition(".") for column in columns))
    return Origin("VARCHAR", tuple(map(Dependency, found)), made)


CONTRACT = Contract(
    id="shop",
    source_system="shop",
    kind="customers",
    layout=FileLayout("csv", ("*",)),
    columns=(
        ContractColumn("No", key=True, description="Number."),
        ContractColumn("Mail", classification="personal", description="Where to write."),
        ContractColumn(
            "Faith", classification="sensitive", required=True, allowed_values=("a", "b"), aliases=("Creed",)
        ),
    ),
    owner="sales",
    description="Buyers. They are many.",
)
LINEAGE = Lineage(
    {
        Column("raw.shop", "No"): _from(),
        Column("raw.shop", "Mail"): _from(),
        Column("raw.shop", "Faith"): _from(),
        Column("staging.shop", "email"): _from("raw.shop.Mail"),
        Column("staging.customers", "record_key"): _from("raw.shop.No"),
        Column("staging.customers", "email_status"): _from("staging.shop.email"),
        Column("staging.customers", "odd"): _from("raw.shop.No", "staging.shop.email", "raw.shop.Faith"),
        Column("staging.customers", "constant"): _from(made="a constant"),
        Column("golden.customers", "odd"): _from("staging.customers.odd"),
        Column("stewardship.pins", "value"): _from(made="the steward's word"),
        Column("golden.pinned", "value"): _from("stewardship.pins.value"),
    }
)


@pytest.mark.parametrize(
    ("column", "classification"),
    [
        ("raw.shop.No", "none"),
        ("raw.shop.Mail", "personal"),
        ("staging.shop.email", "personal"),
        ("staging.customers.record_key", "none"),
        ("staging.customers.email_status", "personal"),
        ("staging.customers.constant", "none"),
        ("golden.customers.odd", "sensitive"),
        ("golden.pinned.value", "personal"),
    ],
)
def test_a_column_is_as_sensitive_as_what_it_is_made_from(column: str, classification: str) -> None:
    table, _, name = column.rpartition(".")
    assert classify({"shop": CONTRACT}, LINEAGE)[Column(table, name)] == classification


@pytest.mark.parametrize(
    ("table", "owner"),
    [("raw.shop", "sales"), ("staging.shop", "sales"), ("golden.shop", PIPELINE_OWNER), ("raw.loads", PIPELINE_OWNER)],
)
def test_who_answers_for_a_table(table: str, owner: str) -> None:
    assert owner_of(table, {"shop": CONTRACT}) == owner


def test_every_table_and_column_is_there_with_its_meaning() -> None:
    found = {
        table.name: table for table in build_dictionary({"shop": CONTRACT}, LINEAGE, {"staging.shop": "Mapped.\nx"})
    }
    assert list(found) == sorted(LINEAGE.tables)
    assert (found["raw.shop"].summary, found["raw.shop"].origin, found["raw.shop"].personal) == ("Buyers", "extract", 2)
    number, mail, faith = found["raw.shop"].columns
    assert (mail.meaning, number.notes, mail.notes) == ("Where to write.", ("part of the key",), ())
    assert faith.notes == ("in every file", "one of a, b", "also named Creed")
    assert (found["staging.shop"].meaning, found["staging.shop"].origin) == ("Mapped. x", "SQL")
    assert found["golden.customers"].meaning == "One row per real customer: the agreed value of each attribute."
    odd = found["staging.customers"].columns[2]
    assert (odd.name, odd.meaning, [str(c) for c in odd.upstream]) == (
        "odd",
        "",
        ['raw.shop."Faith"', 'raw.shop."No"', "staging.shop.email"],
    )


@pytest.mark.parametrize(
    ("table", "column", "meaning"),
    [
        ("staging.customers", "family_name", "Surname or last name."),
        ("staging.customers", "email_status", "What the email is: missing, valid, invalid or a placeholder."),
        ("staging.customers", "birthdate_as_given", "The birthdate as it arrived."),
        ("quality.issues", "owner", "The owner of the rule."),
        ("staging.customers", "owner", "Who looks after the record in its source system."),
        ("quality.headline", "name", "Name of the figure."),
        ("linkage.somewhere", "name", ""),
        ("linkage.pairs", "match_weight", "Evidence that two records are one customer, in bits."),
    ],
)
def test_one_name_may_mean_several_things(table: str, column: str, meaning: str) -> None:
    assert define(table, column) == meaning
