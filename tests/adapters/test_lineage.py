"""The lineage of the project as it stands, and of small ones made up here."""

from __future__ import annotations

import time
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.lineage import project_lineage
from dq_pipeline.adapters.sql_models import load_sql_models
from dq_pipeline.cli.console import run_command
from dq_pipeline.defs.project import lineage as lineage_of_project
from dq_pipeline.defs.tables import materialized
from dq_pipeline.domain.contract import Contract, ContractColumn, FileLayout
from dq_pipeline.domain.lineage import Branch, Column, Dependency, Lineage, Origin
from dq_pipeline.domain.made_tables import MadeColumn
from dq_pipeline.errors import ConfigurationError, InputError

EMAILS = {
    'raw.ao_customers."EMAIL"',
    "raw.dynamics_contacts.emailaddress1",
    'raw.hubspot_contacts."Email"',
    'raw.salesforce_contacts."Email"',
    'raw.zoho_contacts."Email"',
}


@pytest.fixture(scope="module")
def lineage() -> Lineage:
    return lineage_of_project()


def raw_columns(lineage: Lineage, name: str) -> set[str]:
    (column,) = lineage.find(name)
    return {str(end.column) for end in lineage.upstream(column).ends() if end.column.table.startswith("raw.")}


def paths(branch: Branch) -> set[tuple[str, ...]]:
    """Every way from the top to an end, as names."""
    if not branch.below:
        return {(str(branch.column),)}
    return {(str(branch.column), *path) for below in branch.below for path in paths(below)}


def test_golden_email_leads_to_the_email_columns_of_the_extracts_and_to_no_other(lineage: Lineage) -> None:
    assert raw_columns(lineage, "golden.customers.email") == EMAILS
    (column,) = lineage.find("golden.customers.email")
    assert (
        "golden.customers.email",
        "staging.customers.email",
        "staging.parsed_emails.value",
        "staging.source_records.email",
        "staging.hubspot_contacts.email",
        'raw.hubspot_contacts."Email"',
    ) in paths(lineage.upstream(column))


@pytest.mark.parametrize(
    ("name", "of_hubspot"),
    [
        ("golden.customers.birthdate", {"Date of birth"}),
        ("golden.customers.created_at", {"Create Date"}),
        ("golden.customers.job_title", {"Job Title"}),
        ("golden.customers.status", {"Lifecycle Stage", "Lead Status"}),
        # A phone number without a prefix and an address are read by the record's country.
        ("golden.customers.phone_number", {"Phone Number", "Mobile Phone Number", "Country/Region"}),
        ("golden.customers.street_address", {"Street Address", "Country/Region"}),
        ("staging.contact_points.value", {
            "Email", "Additional email addresses", "Phone Number", "Mobile Phone Number", "Country/Region",
        }),
        ("staging.consents.method", {
            "Consent date", "Consent method", "Legal basis for processing contact's data", "SMS consent",
            "Tracking consent", "Unsubscribed from all email",
        }),
        ("staging.customers.record_key", {"Record ID"}),
    ],
)  # fmt: skip
def test_attributes_lead_to_their_own_columns(lineage: Lineage, name: str, of_hubspot: set[str]) -> None:
    found = {column for column in raw_columns(lineage, name) if column.startswith("raw.hubspot_contacts.")}
    assert found == {str(Column("raw.hubspot_contacts", each)) for each in of_hubspot}


def test_every_golden_attribute_leads_to_every_source_that_has_it(lineage: Lineage) -> None:
    sources = {"ao_customers", "dynamics_contacts", "hubspot_contacts", "salesforce_contacts", "zoho_contacts"}
    for name in ("name", "email", "phone_number", "birthdate", "country", "postal_code", "status", "owner"):
        assert {each.split(".")[1] for each in raw_columns(lineage, f"golden.customers.{name}")} == sources


def test_downstream_is_upstream_read_the_other_way(lineage: Lineage) -> None:
    (email,) = lineage.find("raw.hubspot_contacts.Email")
    reached = {branch.column for branch in lineage.downstream(email).walk()}
    assert Column("golden.customers", "email") in reached
    assert Column("staging.contact_points", "value") in reached
    assert Column("golden.customers", "birthdate") not in reached
    for column in lineage.columns:
        comes_from = {branch.column for branch in lineage.upstream(column).walk()}
        assert (email in comes_from) == (column in reached), column
        assert lineage.origins(column) == comes_from, column


def test_the_whole_project_is_told_in_less_than_two_seconds() -> None:
    began = time.process_time()
    lineage_of_project()  # cached: a step of a run asks again for every table
    assert time.process_time() - began < 0.1
    lineage_of_project.__globals__["_lineage"].cache_clear()
    began = time.process_time()
    lineage_of_project()
    assert time.process_time() - began < 2


def test_a_name_is_found_without_quotes_and_in_any_case(lineage: Lineage) -> None:
    expected = (Column("raw.hubspot_contacts", "Email"),)
    for name in ('raw.hubspot_contacts."Email"', "raw.hubspot_contacts.email", "RAW.Hubspot_Contacts.EMAIL"):
        assert lineage.find(name) == expected
    dotted = "_ownerid_value@OData.Community.Display.V1.FormattedValue"
    assert lineage.find(f"raw.dynamics_contacts.{dotted}") == (Column("raw.dynamics_contacts", dotted),)
    assert len(lineage.find("golden.crosswalk")) == 4


@pytest.mark.parametrize(
    ("name", "problem", "hint"),
    [
        ("golden.custmers.email", "there is no table golden.custmers", "golden.customers"),
        ("golden.customers.emial", "golden.customers has no column emial", "did you mean email"),
        ("golden", "there is no table golden", "golden.customers"),
        ("nowhere.at.all", "there is no table nowhere.at", "lists all tables"),
    ],
)
def test_an_unknown_name_is_an_error_with_close_matches(lineage: Lineage, name: str, problem: str, hint: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        lineage.find(name)
    assert hint in caught.value.fix


def test_the_command_prints_the_tree(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["lineage", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    code, out, _ = run("golden.customers.email")
    assert code == 0
    assert out.startswith("golden.customers.email\n   <- staging.customers.email\n")
    assert '               <- raw.hubspot_contacts."Email"\n' in out
    code, out, _ = run('raw.hubspot_contacts."Email"', "--downstream")
    assert "            -> golden.customers.email\n" in out
    code, out, _ = run("golden.crosswalk")
    assert "golden.crosswalk.customer_id  (given by the ledger of ids" in out
    assert '   <- raw.hubspot_contacts."Record ID"\n' in out
    code, out, err = run("golden.customers.emial")
    assert (code, out) == (2, "")
    assert err.startswith("Error: golden.customers has no column emial\n  Remedy: did you mean email?")
    assert run("golden.customers.email", "--html", str(tmp_path / "no" / "page.html"))[0] == 2
    page = tmp_path / "page.html"
    assert run("golden.customers.email", "--html", str(page))[0] == 0
    html = page.read_text("utf-8")
    assert "<code>raw.hubspot_contacts.&quot;Email&quot;</code>" in html
    assert "http" not in html


def test_dagster_gets_columns_rows_and_lineage() -> None:
    with duckdb.connect() as con:
        con.execute("create schema golden")
        con.execute("create table golden.customers as select 'C1' as customer_id, 'x@y.z' as email")
        result = materialized(con, "golden.customers", {"more": 1})
    assert result.metadata is not None
    lineage = result.metadata["dagster/column_lineage"]
    assert isinstance(lineage, dg.TableColumnLineage)
    assert lineage.deps_by_column == {
        "customer_id": [dg.TableColumnDep(dg.AssetKey(["golden", "crosswalk"]), "customer_id")],
        "email": [dg.TableColumnDep(dg.AssetKey(["staging", "customers"]), "email")],
    }
    assert result.metadata["dagster/row_count"] == 1
    assert result.metadata["more"] == 1


# Small projects.

CONTRACT = Contract(
    id="people",
    source_system="p",
    kind="customers",
    layout=FileLayout("csv", ("*.csv",)),
    columns=(ContractColumn("Id", key=True), ContractColumn('E "mail"')),
    owner="o",
    description="",
)
PEOPLE = (
    """select 'p' as source_system, "Id" as source_record_id, "E ""mail""\""""
    " as email, _load_id, _file, _line from raw.people"
)


def small_project(
    folder: Path, models: dict[str, str], made: dict[str, dict[str, MadeColumn]] | None = None
) -> Lineage:
    for table, sql in {"staging.people": PEOPLE, **models}.items():
        path = folder / (table.replace(".", "/") + ".sql")
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql)
    conventions = {name: MadeColumn((), "here", "VARCHAR") for name in ("contract_id", "country_as_given", "country")}
    conventions |= {"date_order": MadeColumn((), "here", "VARCHAR")}
    tables = {"staging.source_conventions": conventions, "staging.reading_context": conventions, **(made or {})}
    read = ("raw.people", "staging.source_records", "staging.parsed_emails", "staging.parsed_dates", "golden.made")
    return project_lineage({"people": CONTRACT}, load_sql_models(folder, known_tables=read), tables)


def test_what_is_made_here_says_how(tmp_path: Path) -> None:
    made = {"golden.made": {"n": MadeColumn((), "counted", "BIGINT"), "k": MadeColumn((Column("golden.x", "k"),))}}
    counted = "select record_key as k, count(*) as n from staging.source_records group by 1"
    found = small_project(tmp_path, {"golden.x": counted}, made)
    assert found.columns[Column("golden.made", "n")] == Origin("BIGINT", (), "counted")
    assert found.columns[Column("golden.made", "k")] == Origin("VARCHAR", (Dependency(Column("golden.x", "k")),))
    assert found.columns[Column("golden.x", "n")] == Origin("BIGINT", (), "a constant or a count of rows")
    assert found.columns[Column("staging.source_records", "gender")].made == "no source has it"
    ends = [str(end.column) for end in found.upstream(Column("golden.made", "k")).ends()]
    assert ends == ['raw.people."Id"', "staging.people.source_system"]


def test_a_quoted_name_is_kept_as_the_source_writes_it(tmp_path: Path) -> None:
    found = small_project(tmp_path, {})
    (end,) = found.upstream(Column("staging.source_records", "email")).ends()
    assert str(end.column) == 'raw.people."E ""mail"""'
    assert found.find('raw.people."E ""mail"""') == found.find('raw.people.e "mail"') == (end.column,)


def test_a_model_that_hands_on_the_keys_of_a_lookup_is_a_lookup(tmp_path: Path) -> None:
    models = {
        "staging.readings": "select raw as written, value, date_order from staging.parsed_dates",
        "staging.x": "select r.value as day from staging.source_records as s join staging.readings as r "
        "on r.written = s.birthdate and r.date_order = 'dmy'",
    }
    found = small_project(tmp_path, models)
    passed = {str(branch.column) for branch in found.upstream(Column("staging.x", "day")).walk()}
    assert "staging.source_records.birthdate" in passed
    assert "staging.source_records.created_at" not in passed


def test_every_model_that_does_not_bind_is_named_once(tmp_path: Path) -> None:
    models = {
        "staging.a": 'select "Nope" from raw.people',
        "staging.b": "select nope as x from staging.source_records",
        "staging.c": "select x from staging.b",
        "staging.d": "select 1 as x, 2 as X",
    }
    with pytest.raises(ConfigurationError) as caught:
        small_project(tmp_path, models)
    first, second, third = sorted(caught.value.problems)
    assert third.startswith('staging/d.sql: Catalog Error: Column with name "X" already exists')
    assert first.startswith('staging/a.sql: Binder Error: Referenced column "Nope" not found')
    assert second.startswith("staging/b.sql: ")


def test_tables_made_from_each_other_are_an_error(tmp_path: Path) -> None:
    made = {"golden.made": {"k": MadeColumn((Column("golden.x", "k"),))}}
    with pytest.raises(ConfigurationError, match=r"made from each other: .*golden\.made"):
        small_project(tmp_path, {"golden.x": "select k from golden.made"}, made)


def test_a_column_of_many_meanings_ends_a_trace() -> None:
    def origin(*upstream: Column, mixed: bool = False) -> Origin:
        return Origin("VARCHAR", tuple(map(Dependency, upstream)), "m" if mixed else "", mixed)

    day, mail, any_value, birthdate = (Column("s.t", name) for name in ("day", "mail", "any_value", "birthdate"))
    mixed = origin(day, mail, mixed=True)
    lineage = Lineage({day: origin(), mail: origin(), any_value: mixed, birthdate: origin(any_value)})
    assert [end.column for end in lineage.upstream(birthdate).ends()] == [any_value]
    assert [end.column for end in lineage.upstream(any_value).ends()] == [day, mail]
    assert lineage.origins(birthdate) == {birthdate, any_value}
    assert lineage.origins(any_value) == {any_value, day, mail}
    assert [end.column for end in lineage.downstream(mail).ends()] == [any_value]
    assert [end.column for end in lineage.downstream(any_value).ends()] == [birthdate]
