"""The pages of the dictionary, of ownership and of lineage: complete, linked with each other, without any person."""

from __future__ import annotations

import re
from datetime import timedelta

import duckdb
import pytest

from dq_pipeline.adapters.dashboard.page import Material
from dq_pipeline.adapters.dashboard.pages import dictionary, lineage, ownership
from dq_pipeline.defs.tables import OWNER
from dq_pipeline.domain.dictionary import PIPELINE_OWNER
from dq_pipeline.domain.publishing import PUBLISHED_TABLES
from tests.adapters.dashboard.documented import NOW, documented_warehouse, fill, material, render, rows_of, text_of


@pytest.fixture(scope="module")
def given() -> Material:
    con = documented_warehouse()
    rules = [
        ("r.email", "staging.customers", "email", "critical", "crm", ["email", "phone_number"]),
        ("r.name", "staging.customers", "name", "warning", "crm", ["name"]),
        ("r.golden", "golden.customers", None, "critical", "", []),
    ]
    fill(con, "quality.rules", "rule_id, table_name, column_name, severity, owner, columns", *rules)
    fill(
        con,
        "quality.score_weights",
        "table_name, column_name, critical_data_element",
        ("staging.customers", "name", True),
    )
    return material(con)


@pytest.fixture(scope="module")
def entries(given: Material) -> str:
    return render(dictionary, given)


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def test_every_table_and_column_has_an_entry_of_its_own(given: Material, entries: str) -> None:
    assert given.lineage
    assert len(re.findall(r'<details class="entry"', entries)) == len(given.lineage.tables)
    assert len(re.findall(r"<tr id=", entries)) == len(given.lineage.columns)
    assert len(ids(entries)) == len(set(ids(entries)))


def test_every_table_and_every_published_column_says_what_it_means(given: Material) -> None:
    tables = given.dictionary
    assert [table.name for table in tables if not table.meaning] == []
    published = [table for table in tables if table.name in PUBLISHED_TABLES or table.name.startswith("raw.")]
    silent = [
        f"{table.name}.{column.name}"
        for table in published
        for column in table.columns
        if not (column.meaning or column.made)
    ]
    assert silent == []


def test_columns_are_classified_by_what_they_are_made_from(given: Material) -> None:
    golden = next(table for table in given.dictionary if table.name == "golden.customers")
    classes = {column.name: column.classification for column in golden.columns}
    assert (classes["gender"], classes["email"], classes["record_count"]) == ("sensitive", "personal", "none")


def test_a_column_shows_the_rules_about_it(entries: str) -> None:
    row = re.search(r'<tr id="staging.customers-phone_number".*?</tr>', entries, re.DOTALL)
    assert (
        row and text_of(row.group()).split()[:2] == ["phone_number", "VARCHAR"] and text_of(row.group()).endswith(" 1")
    )


def test_a_critical_data_element_is_marked(entries: str) -> None:
    row = re.search(r'<tr id="staging.customers-name".*?</tr>', entries, re.DOTALL)
    assert row and "critical data element" in text_of(row.group())
    assert entries.count("critical data element") == 1


@pytest.mark.parametrize(
    "page", [dictionary, lineage, ownership], ids=lambda module: module.__name__.rpartition(".")[2]
)
def test_links_into_the_dictionary_lead_somewhere(given: Material, entries: str, page: object) -> None:
    html = render(page, given)  # type: ignore[arg-type]
    found = set(re.findall(r'href="(?:dictionary\.html)?#([^"]+)"', html)) - {"main"}
    assert found and found <= set(ids(entries))


def test_the_way_of_every_golden_column_is_drawn_and_told(given: Material) -> None:
    html = render(lineage, given)
    assert given.lineage
    traces = html.split('<details class="entry trace"')[1:]
    assert len(traces) == len(given.lineage.tables["golden.customers"])
    email = next(trace for trace in traces if 'id="golden.customers-email"' in trace)
    text = text_of("<details" + email)
    assert "from 5 columns of 5 extracts" in text
    assert 'raw.hubspot_contacts."Email"' in text
    named = set(re.findall(r'data-(?:from|to)="([^"]+)"', email))
    boxes = set(re.findall(r'class="node" href="dictionary\.html#([^"]+)"', email))
    assert named <= boxes


def test_who_answers_for_what(given: Material) -> None:
    html = render(ownership, given)
    rows = rows_of(html, "Owners, those whose open issues cost the most points first")
    owners = {row[0]: row for row in rows[1:]}
    assert owners["crm"][2:6] == ["staging.customers", "1", "1", "–"]
    assert owners["finance"][1] == "transactions"
    assert "nobody" in owners


def test_what_nobody_answers_for() -> None:
    con = documented_warehouse()
    weights = [("staging.customers", "email", True), ("staging.customers", "name", True), ("a.b", "c", False)]
    fill(con, "quality.score_weights", "table_name, column_name, critical_data_element", *weights)
    fill(
        con,
        "quality.rules",
        "rule_id, table_name, column_name, owner, columns",
        ("r", "staging.customers", "email", "", []),
    )
    late = ("I1", "r", "crm", "critical", "open", NOW - timedelta(days=9), NOW - timedelta(days=1), "")
    fill(con, "quality.issues", "issue_id, rule_id, owner, severity, status, opened_at, due_at, assignee", late)
    people = [("zoho:1", "zoho", "Anna Meyer"), ("zoho:2", "zoho", " "), ("ao:1", "ao", "Bob Stone")]
    fill(con, "staging.customers", "record_key, source_system, owner", *people)
    text = text_of(render(ownership, material(con)))
    assert "! 1 rule without an owner" in text
    assert "! 1 critical data element without a rule: staging.customers.name" in text
    assert "! 1 overdue issue that nobody has taken over" in text
    assert "! 1 record without an owner in the source: zoho 1 (50%)" in text
    assert "golden.customers" in text.partition("with personal data and without a rule:")[2].partition("!")[0]
    assert "Anna" not in text and "Bob" not in text


def test_the_pipelines_owner_is_the_assets_owner() -> None:
    assert f"team:{PIPELINE_OWNER}" == OWNER


def test_without_lineage_and_tables_the_pages_say_so() -> None:
    bare = material(duckdb.connect(), {}, traced=False)
    assert "there is no dictionary" in text_of(render(dictionary, bare))
    assert "could not be told" in text_of(render(lineage, bare))
    assert "No contract and no rule names an owner." in text_of(render(ownership, bare))
