"""The page of customers and duplicates: what it counts, and that values show only masked and only where allowed."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from dq_pipeline.adapters.dashboard.pages import customers
from tests.adapters.dashboard.documented import (
    NOW,
    contracts,
    documented_warehouse,
    fill,
    material,
    render,
    rows_of,
    text_of,
)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Six records of three people: A has two HubSpot and two Zoho records, B one in each, nothing is known of C."""
    con = documented_warehouse()
    people = [("hubspot", "1", "A"), ("hubspot", "2", "A"), ("zoho", "1", "A"), ("zoho", "2", "A")]
    people += [("hubspot", "3", "B"), ("zoho", "3", "B")]
    for system, number, customer in people:
        key = f"{system}:{number}"
        row = (key, system, f"{system}_contacts", "Jane Doe", "jane@gmail.com", "1970-02-28", "+442079461133")
        fill(
            con,
            "staging.customers",
            "record_key, source_system, contract_id, name, email, birthdate, phone_number",
            row,
        )
        fill(con, "golden.crosswalk", "record_key, source_system, customer_id", (key, system, customer))
    fill(con, "golden.customers", "customer_id, party_type", ("A", "person"), ("B", "organisation"))
    return con


def test_what_the_records_come_to(con: duckdb.DuckDBPyConnection) -> None:
    headline = "name, scope, value, low, high, denominator, explanation"
    fill(
        con,
        "quality.headline",
        headline,
        ("customers", "(all)", 2, 1, 3, 6, "what linkage makes of the records"),
        ("duplicate_share", "(all)", 4 / 6, 0.5, 0.75, 6, "in all"),
        ("duplicate_share", "hubspot", 1 / 3, 1 / 3, 1 / 3, 3, "within"),
    )
    html = render(customers, material(con))
    text = text_of(html)
    assert "You think you have 6 customers. You have 2." in text
    assert "The number lies between 1 and 3" in text
    assert "1 customer is an organisation" in text
    assert [row[-1] for row in rows_of(html, "From records to customers")[1:]] == ["6", "−2", "−2", "2"]
    shares = rows_of(html, "Share of duplicates")
    assert shares[1][:3] == ["Within hubspot", "3", "33.3%"] and shares[1][4] == "–"
    assert shares[2][:3] == ["All records", "6", "66.6%"] and shares[2][4] == "50.0% to 75.0%"
    assert rows_of(html, "Records per customer")[1:] == [["1", "", "0"], ["2", "", "1"], ["3", "", "0"], ["4", "", "1"]]


def test_how_many_customers_two_systems_share(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, "staging.customers", "record_key, source_system", ("ao:1", "ao"))
    fill(con, "golden.crosswalk", "record_key, source_system, customer_id", ("ao:1", "ao", "B"))
    found = material(con).data.duplicates.overlaps
    assert found == {
        **{("hubspot", "zoho"): 2, ("zoho", "hubspot"): 2},
        **{("ao", "hubspot"): 1, ("hubspot", "ao"): 1, ("ao", "zoho"): 1, ("zoho", "ao"): 1},
    }


def test_how_long_questions_have_waited(con: duckdb.DuckDBPyConnection) -> None:
    waited = [0, 0, 1, 3, 4, 14, 15, 31, 400]
    rows = [("pair", NOW - timedelta(days=days), None) for days in waited]
    fill(con, "quality.review_backlog", "kind, first_seen, closed_at", *rows, ("pair", NOW - timedelta(days=9), NOW))
    fill(
        con,
        "quality.held_records",
        "record_key, reasons, released_at",
        ("ao:9", ["no_name"], None),
        ("ao:8", ["x"], NOW),
    )
    found = customers.read_waiting(material(con))
    assert found is not None
    assert dict(found.ages) == {"today": 2, "1 to 3 days": 2, "4 to 14 days": 2, "15 to 30 days": 1, "longer": 2}
    html = render(customers, material(con))
    assert rows_of(html, "Records held out of linkage")[1:] == [["no_name", "", "1"]]


def test_what_is_first_in_the_review_queue(con: duckdb.DuckDBPyConnection) -> None:
    columns = "kind, left_key, right_key, reason, match_weight, customers"
    rows = [("pair", "ao:1", "zoho:2", "may be twins", 4.25, 3), ("cluster", "ao:5", "ao:5", "disagree", None, 1)]
    fill(con, "linkage.review", columns, *rows, *(("pair", f"ao:{n}", "zoho:1", "x", -1.5, 2) for n in range(20)))
    found = rows_of(render(customers, material(con)), "First in the queue: deciding these may change most customers")
    assert found[1:4] == [
        ["ao:1 and zoho:2", "may be twins", "+4.2 bits", "3"],
        ["ao:5", "disagree", "–", "1"],
        ["ao:0 and zoho:1", "x", "−1.5 bits", "2"],
    ]
    assert len(found) == 1 + customers.QUESTIONS_SHOWN


def test_when_customers_were_last_confirmed(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, "golden.decay_classes", "subject, decay_class, from_days, to_days", ("customer", "fresh", 0, 365))
    fill(con, "golden.customer_activity", "customer_id, decay_class", ("A", "fresh"), ("B", "unknown"), ("C", "fresh"))
    html = render(customers, material(con))
    found = rows_of(html, "Customers by the days since something last confirmed them")
    assert found[1:] == [["fresh", "0 to 364", "", "2", "66%"], ["unknown", "no date", "", "1", "33%"]]


def test_without_leave_records_are_named_by_key_only(con: duckdb.DuckDBPyConnection) -> None:
    text = text_of(render(customers, material(con)))
    assert "hubspot:1 hubspot:2 zoho:1 zoho:2" in text
    assert "No contract lets this page's readers see values" in text
    assert "***" not in text and "jane" not in text.lower()


def test_masked_examples_are_of_the_sources_that_allow_them(con: duckdb.DuckDBPyConnection) -> None:
    html = render(customers, material(con, contracts(masked="hubspot_contacts")))
    rows = rows_of(html, "Records of A, values masked")
    assert rows[1] == ["hubspot:1", "J*** D***", "1970-**-**", "j***@g***.com", "***33"]
    assert rows[3] == ["zoho:1", "", "", "", ""]
    for value in ("Jane", "Doe", "gmail", "02-28", "7946"):
        assert value not in html
    assert "shown only of hubspot" in text_of(html)


def test_a_customer_with_many_records_shows_the_first_keys(con: duckdb.DuckDBPyConnection) -> None:
    keys = [f"zoho:{number:03}" for number in range(100, 140)]
    fill(con, "staging.customers", "record_key, source_system", *((key, "zoho") for key in keys))
    fill(con, "golden.crosswalk", "record_key, source_system, customer_id", *((key, "zoho", "B") for key in keys))
    text = text_of(render(customers, material(con)))
    assert "B 42 records in hubspot, zoho" in text
    assert "zoho:110 and 30 more" in text and "zoho:111" not in text


@pytest.mark.parametrize("con", [documented_warehouse(), duckdb.connect()], ids=["empty", "nothing there"])
def test_with_nothing_to_show_it_says_so(con: duckdb.DuckDBPyConnection) -> None:
    text = text_of(render(customers, material(con)))
    assert "No customer record has been loaded." in text
    assert "duplicates were not measured" in text and "No share of duplicates was measured" in text
