"""The page of consent: whom we may contact for what, what is lost on the way, and what nobody could prove."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from dq_pipeline.adapters.dashboard.pages import consent
from tests.adapters.dashboard.documented import NOW, documented_warehouse, fill, material, render, rows_of, text_of

CONSENTS = "customer_id, purpose, channel, status, usable, given_at"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Eight customers: for e-mail two usable yeses, one without an address; one of each other word, one silent."""
    con = documented_warehouse()
    fill(con, "golden.customers", "customer_id", *((f"C{number}",) for number in range(8)))
    e_mail = ("marketing_email", "email")
    fill(
        con,
        "golden.consents",
        CONSENTS,
        ("C0", *e_mail, "granted", True, NOW - timedelta(days=10)),
        ("C1", *e_mail, "granted", True, NOW - timedelta(days=800)),
        ("C2", *e_mail, "granted", False, None),
        ("C3", *e_mail, "denied", False, NOW),
        ("C4", *e_mail, "withdrawn", False, NOW),
        ("C5", *e_mail, "deny_until_clarified", False, None),
        ("C6", *e_mail, "unknown", False, None),
        ("C0", "tracking", None, "granted", True, NOW + timedelta(days=2)),
    )
    fill(con, "golden.contactable", "customer_id, purpose, channel", ("C0", *e_mail))
    return con


def test_customers_by_what_their_records_say(con: duckdb.DuckDBPyConnection) -> None:
    (page,) = consent.pages(material(con))
    e_mail, tracking = page.context["purposes"]
    assert (e_mail.name, e_mail.channel, e_mail.parts) == ("marketing_email", "email", (2, 1, 1, 1, 1, 1, 1))
    assert (e_mail.contactable, e_mail.unreachable, e_mail.granted) == (1, 1, 3)
    assert tracking.parts == (1, 0, 0, 0, 0, 0, 7)
    assert tracking.contactable is None


def test_what_is_lost_between_a_yes_and_a_contact(con: duckdb.DuckDBPyConnection) -> None:
    html = render(consent, material(con))
    assert rows_of(html, "Customers, by purpose and its channel")[1:] == [
        ["marketing email", "email", "3", "−1", "2", "−1", "1", ""]
    ]
    assert "marketing email 12% 1 of 8 customers, by email" in text_of(html)


def test_grants_without_proof_and_who_is_never_asked(con: duckdb.DuckDBPyConnection) -> None:
    said = [
        ("zoho", "zoho:1", "granted", NOW, "web form"),
        ("zoho", "zoho:2", "granted", None, "web form"),
        ("zoho", "zoho:3", "granted", NOW, None),
        ("zoho", "zoho:4", "granted", None, None),
        ("zoho", "zoho:4", "denied", None, None),
        ("ao", "ao:1", "denied", None, None),
    ]
    columns = "source_system, record_key, status, given_at, method, purpose"
    fill(con, "staging.consents", columns, *((*row, "marketing_email") for row in said))
    fill(con, "staging.consents", columns, ("ao", "ao:1", "denied", None, None, "tracking"))
    records = [*((f"zoho:{n}", "zoho") for n in range(1, 9)), ("ao:1", "ao")]
    fill(con, "staging.customers", "record_key, source_system", *records)
    html = render(consent, material(con))
    assert rows_of(html, "Grants in the records, by source and purpose, the most without proof first")[1:] == [
        ["zoho", "marketing email", "4", "1", "1", "1", "75%", ""]
    ]
    assert rows_of(html, "Records that say something, of all records of the source")[1:] == [
        ["ao", "1", "100%", "100%"],
        ["zoho", "8", "50%", "nothing said"],
    ]


def test_how_old_a_yes_is(con: duckdb.DuckDBPyConnection) -> None:
    (page,) = consent.pages(material(con))
    assert page.context["ages"] == {"marketing_email": (1, 0, 0, 1, 0, 0), "tracking": (1, 0, 0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("days", "place"),
    [(-9, 0), (0, 0), (182, 0), (183, 1), (364, 1), (365, 2), (729, 2), (1095, 4), (1826, 5), (9999, 5)],
)
def test_each_age_is_counted_once(days: int, place: int) -> None:
    (counts,) = consent.sum_ages([consent.Said("tracking", None, "usable", days, 7)]).values()
    assert counts[place] == sum(counts) == 7


def test_no_method_and_no_evidence_is_on_the_page(con: duckdb.DuckDBPyConnection) -> None:
    columns = "source_system, record_key, status, method, evidence, purpose"
    row = ("zoho", "zoho:1", "granted", "told Anna Meyer on the phone", "yes, says Anna Meyer", "tracking")
    fill(con, "staging.consents", columns, row)
    assert "Anna" not in render(consent, material(con))


@pytest.mark.parametrize("con", [documented_warehouse(), duckdb.connect()], ids=["empty", "nothing there"])
def test_with_nothing_to_show_nobody_may_be_contacted(con: duckdb.DuckDBPyConnection) -> None:
    assert "treat every customer as not contactable" in text_of(render(consent, material(con)))
