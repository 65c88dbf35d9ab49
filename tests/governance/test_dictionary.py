"""The data dictionary: nothing without owner, meaning and class, and what contradicts itself is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.dictionary import dictionary_problems, tables_present, write_dictionary_findings
from dq_pipeline.adapters.glossary import read_glossary
from dq_pipeline.cli.dictionary import dictionary as command
from dq_pipeline.defs.project import dictionary, lineage
from dq_pipeline.domain.contract import Contract, ContractColumn
from dq_pipeline.domain.dictionary import DictionaryTable, Vocabulary, build_dictionary, classify
from dq_pipeline.domain.dictionary_findings import (
    DictionaryFinding,
    find_conflicts,
    find_gaps,
    find_silence,
    find_unknown,
)
from dq_pipeline.domain.lineage import Column
from dq_pipeline.policies.governance import EXPORTED_TABLES, ROLES, VOCABULARY
from dq_pipeline.settings import CONTRACTS, GLOSSARY
from tests.governance.conftest import NOW

DESCRIBED = ("staging", "golden", "quality")


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return load_contracts(CONTRACTS)


@pytest.fixture(scope="module")
def tables() -> tuple[DictionaryTable, ...]:
    return dictionary()


def with_column(contracts: dict[str, Contract], contract: str, name: str, **changes: str) -> dict[str, Contract]:
    """The contracts, one column of one of them changed."""
    page = contracts[contract]
    assert name in {column.name for column in page.columns}
    columns = tuple(replace(c, **changes) if c.name == name else c for c in page.columns)  # type: ignore[arg-type]
    return contracts | {contract: replace(page, columns=columns)}


def test_nothing_lacks_owner_meaning_or_class(tables: tuple[DictionaryTable, ...]) -> None:
    described = [
        table for table in tables if table.schema in (*DESCRIBED, "governance") or table.name in EXPORTED_TABLES
    ]
    assert len(described) > 90
    assert list(find_gaps(described, read_glossary(GLOSSARY))) == []


def test_every_exported_table_is_in_the_dictionary(tables: tuple[DictionaryTable, ...]) -> None:
    assert set(EXPORTED_TABLES) <= {table.name for table in tables}


def test_five_words_mean_different_things_and_the_others_one(
    contracts: dict[str, Contract],
) -> None:
    """HubSpot's lifecycle stage is a step of marketing, the state of Dynamics whether a record is in use."""
    found = list(find_conflicts(contracts, lineage(), read_glossary(GLOSSARY)))
    assert {each.problem.partition("'")[2].partition("'")[0] for each in found} == {
        *("creation date", "customer status", "e-mail opt-out", "last activity", "main phone")
    }
    status = {each.table_name for each in found if "'customer status'" in each.problem}
    assert status == {f"raw.{contract.id}" for contract in contracts.values() if contract.kind == "customers"}
    words = {column.term for contract in contracts.values() for column in contract.columns} - {""}
    assert words >= {"main e-mail address", "date of birth", "family name", "consent to marketing e-mail", "job title"}
    assert words <= set(read_glossary(GLOSSARY))


def test_a_class_is_inherited_and_overridden(contracts: dict[str, Contract]) -> None:
    columns = [
        Column("golden.customers", "email"),
        Column("golden.customers", "gender"),
        Column("golden.consents", "purpose"),
    ]
    inherited = classify(contracts, lineage(), columns)
    assert list(inherited.values()) == ["personal", "sensitive", "personal"]
    decided = classify(contracts, lineage(), columns, overrides=VOCABULARY.classes)
    assert list(decided.values()) == ["personal", "sensitive", "none"]
    named = classify(contracts, lineage(), columns, overrides={"golden.customers.email": "sensitive", "gender": "none"})
    assert list(named.values()) == ["sensitive", "none", "personal"]


def test_an_override_by_name_does_not_reach_the_extracts(contracts: dict[str, Contract]) -> None:
    column = Column("raw.ao_customers", "EMAIL")
    assert classify(contracts, lineage(), [column], overrides={"EMAIL": "none"}) == {column: "personal"}


def test_a_column_without_a_class_leaves_all_that_is_made_of_it_without_one(contracts: dict[str, Contract]) -> None:
    unclassified = with_column(contracts, "ao_customers", "EMAIL", classification="")
    described = build_dictionary(unclassified, lineage(), {}, VOCABULARY)
    found = {
        f"{finding.table_name}.{finding.column_name}"
        for finding in find_gaps(described, read_glossary(GLOSSARY))
        if finding.check_name == "classification"
    }
    assert {"raw.ao_customers.EMAIL", "staging.customers.email", "golden.customers.email"} <= found
    assert "golden.customers.birthdate" not in found


def test_a_page_without_classification_is_read_as_unclassified(tmp_path: Path) -> None:
    page = (CONTRACTS / "ao_customers.odcs.yaml").read_text()
    email = "- name: EMAIL\n        logicalType: string\n"
    assert email + "        classification: personal\n" in page
    text = page.replace(email + "        classification: personal\n", email)
    (tmp_path / "ao_customers.odcs.yaml").write_text(text)
    (column,) = (c for c in load_contracts(tmp_path)["ao_customers"].columns if c.name == "EMAIL")
    assert (column.classification, column.term) == ("", "main e-mail address")


def test_owner_meaning_and_term_that_are_missing_are_found(tables: tuple[DictionaryTable, ...]) -> None:
    table = next(table for table in tables if table.name == "golden.crosswalk")
    column = replace(table.columns[0], meaning="", term="no such word")
    found = set(find_gaps([replace(table, owner="", meaning="", columns=(column,))], {"record": ("a row",)}))
    assert {(each.column_name, each.check_name) for each in found} == {
        *(("", "owner"), ("", "definition"), (column.name, "definition"), (column.name, "term"))
    }


def test_what_is_there_and_in_no_dictionary_is_found(tables: tuple[DictionaryTable, ...]) -> None:
    present = {"golden.crosswalk": ["record_key", "nickname"], "golden.scratch": ["a"], "golden.customers": ["email"]}
    assert {(each.table_name, each.column_name) for each in find_unknown(tables, present)} == {
        *(("golden.crosswalk", "nickname"), ("golden.scratch", ""))
    }


def without_words(contracts: dict[str, Contract]) -> dict[str, Contract]:
    """The contracts without words of the business, and so without conflicts of these."""
    return {
        name: replace(contract, columns=tuple(replace(column, term="") for column in contract.columns))
        for name, contract in contracts.items()
    }


def test_one_word_with_two_meanings_is_found_in_every_place(contracts: dict[str, Contract]) -> None:
    contracts = without_words(contracts)
    pages = with_column(contracts, "ao_customers", "CUST_STATUS", term="Active", description="Has booked this year.")
    pages = with_column(pages, "zoho_contacts", "Email", term="active", description="Has an open deal!")
    found = list(find_conflicts(pages, lineage(), {}))
    assert {(each.table_name, each.column_name) for each in found} == {
        *(("raw.ao_customers", "CUST_STATUS"), ("raw.zoho_contacts", "Email"))
    }
    assert "defined in 2 ways" in found[0].problem
    same = with_column(pages, "zoho_contacts", "Email", term="active", description="has booked, this year")
    assert list(find_conflicts(same, lineage(), {})) == []


def test_a_contract_that_is_silent_on_a_role_is_found(contracts: dict[str, Contract]) -> None:
    roles = [role.name for role in ROLES]
    assert list(find_silence(contracts.values(), roles)) == []
    silent = replace(contracts["zoho_contacts"], roles={"data_steward": "read", "data_engineer": "read"})
    found = [(each.table_name, each.problem.split()[6]) for each in find_silence([silent], roles)]
    assert found == [("raw.zoho_contacts", "governance_reader"), ("raw.zoho_contacts", "marketing")]


def test_columns_that_become_one_must_be_classed_alike(contracts: dict[str, Contract]) -> None:
    pages = with_column(without_words(contracts), "zoho_contacts", "Email", classification="none")
    (found,) = find_conflicts(pages, lineage(), {})
    assert (found.table_name, found.column_name, found.check_name) == ("staging.source_records", "email", "conflict")
    assert 'none: raw.zoho_contacts."Email"' in found.problem


def test_a_glossary_that_explains_a_word_twice_is_found(tmp_path: Path, contracts: dict[str, Contract]) -> None:
    page = tmp_path / "glossary.md"
    page.write_text(
        "# Glossary\n\n| word | means |\n|---|---|\n| a / b | one / two |\n| a | other |\n| m, n | both |\n"
    )
    terms = read_glossary(page)
    assert terms == {"a": ("one", "other"), "b": ("two",), "m": ("both",), "n": ("both",)}
    assert [each.problem for each in find_conflicts(without_words(contracts), lineage(), terms)] == [
        "the glossary explains 'a' 2 times"
    ]
    assert read_glossary(tmp_path / "none.md") == {}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create schema quality; create schema golden; create table golden.t (a int, b int)")
        yield made


def test_only_a_published_column_without_class_blocks(con: duckdb.DuckDBPyConnection) -> None:
    assert tables_present(con) == {"golden.t": ["a", "b"]}
    findings = [
        DictionaryFinding("golden.customers", "email", "classification", "no class"),
        DictionaryFinding("golden.customers", "name", "definition", "no meaning"),
        DictionaryFinding("staging.customers", "email", "classification", "no class"),
        DictionaryFinding("", "", "conflict", "twice"),
    ]
    write_dictionary_findings(con, findings, published=["golden.customers"], now=NOW)
    assert dictionary_problems(con, blocking=True) == ["golden.customers.email: no class"]
    others = ["twice", "golden.customers.name: no meaning", "staging.customers.email: no class"]
    assert dictionary_problems(con, blocking=False) == others
    write_dictionary_findings(con, [], published=[], now=NOW)
    assert con.execute("select count(*) from quality.dictionary_findings").fetchall() == [(0,)]


def said(*arguments: str) -> str:
    done = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert done.exception is None, done.output
    return done.output


def test_the_command_leads_back_to_the_sources_own_columns() -> None:
    told = said("golden.customers.email")
    assert "Classification: personal" in told
    assert 'raw.hubspot_contacts."Email" (marketing_operations): Main e-mail address.' in told
    assert told.count("Comes from:") == 5


def test_the_command_finds_a_name_in_every_table_with_its_glossary_term() -> None:
    told = said("agreement")
    assert told.startswith("golden.attribute_provenance.agreement: Share of")
    assert "Glossary:       agreement: the share of a customer's records" in told
    assert len(said("record_key").splitlines()) > 40


def test_the_command_lists_tables_and_columns() -> None:
    assert "golden.customers " in said()
    assert "  national_id        sensitive  " in said("golden.customers")


def test_a_vocabulary_is_optional(contracts: dict[str, Contract]) -> None:
    assert build_dictionary(contracts, lineage(), {}) == build_dictionary(contracts, lineage(), {}, Vocabulary())
    assert ContractColumn("a").term == ""
