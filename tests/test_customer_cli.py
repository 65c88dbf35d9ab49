"""`dq-pipeline customer` on a published file made by the golden models: masked by default, safe for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.__main__ import cli
from dq_pipeline.adapters.activity import write_activity_policy
from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.cli.console import run_command
from dq_pipeline.policies.activity import POLICY
from dq_pipeline.settings import CONTRACTS, Home
from tests.adapters.golden_models import build_golden

Customer = Callable[..., tuple[int, str, str]]
MADE = (
    *("interactions", "transactions", "record_activity", "stated_contact_points", "contact_points", "consent_history"),
    *("consents", "contactable", "activity_totals", "customer_activity", "lifetime_value", "orphans"),
)
GIVEN = """
create table staging.source_conventions as select 'hubspot_contacts' as contract_id, date '2026-11-22' as as_of;
create table staging.customers as from (values
    ('hubspot:1', 'hubspot', 'hubspot_contacts', 'active', timestamp '2020-01-01', timestamp '2026-11-01',
        null::timestamp),
    ('zoho:1', 'zoho', 'zoho_contacts', 'active', timestamp '2019-01-01', timestamp '2026-11-21', null),
    ('zoho:2', 'zoho', 'zoho_contacts', null, null, null, null))
    c(record_key, source_system, contract_id, status, created_at, updated_at, last_activity_at);
create table golden.crosswalk as from (values ('hubspot:1', 'C1'), ('zoho:1', 'C1'), ('zoho:2', 'C2'))
    x(record_key, customer_id);
create table golden.customers as from (values
    ('C1', 'Ann Bell', 'person', date '1980-05-17', 'ann@example.org', null, 'active', 'GB',
        timestamp '0001-01-01 (BC)'),
    ('C2', null, 'person', null, null, null, 'Jane Doe', 'Jane Doe', null))
    c(customer_id, name, party_type, birthdate, email, phone_number, status, country, created_at);
create table golden.pins_status (customer_id varchar, attribute varchar, status varchar, decided_at timestamp);
create table golden.id_redirects as from (values ('C1', 'C1'), ('C2', 'C2'), ('C7', 'C1'), ('C8', 'C1'), ('C8', 'C2'),
    ('C9', null)) r(customer_id, heir_id);
create table staging.contact_points as from (values
    ('hubspot:1', 'hubspot', 'email', 'ann@example.org', 'valid', true, false, null),
    ('zoho:1', 'zoho', 'email', 'ann@example.org', 'valid', true, false, null),
    ('zoho:1', 'zoho', 'phone', '+447700900123', 'valid', true, false, 'mobile'))
    p(record_key, source_system, channel, value, status, is_primary, is_shared, number_type);
create table staging.removed_records (record_key varchar);
create table staging.shared_values (column_name varchar, value varchar, status varchar);
create table staging.parsed_emails (raw varchar, value varchar, match_key varchar);
create table staging.parsed_phones (raw varchar, value varchar, status varchar, number_type varchar);
create table staging.consents as from (values
    ('hubspot:1', 'marketing_email', 'granted', timestamp '2024-01-01', 'Web form'),
    ('zoho:1', 'marketing_sms', 'granted', null, null))
    c(record_key, purpose, status, given_at, method);
create table staging.interactions as from (values
    ('I1', 'hubspot:1', 'hubspot', 'email', 'inbound', timestamp '2026-10-01 09:30:00', 'Invoice', 'Eve', 'escalated'),
    ('I2', 'zoho:1', 'zoho', 'live_chat', 'outbound', timestamp '2026-09-01', 'a\u001b[2Jb', 'Tom', '=Bob Roe'),
    (null, 'zoho:1', 'zoho', 'Ann Bell', null, null, null, null, null))
    i(interaction_id, record_key, source_system, channel, direction, occurred_at, subject, agent, outcome);
create table staging.transactions as from (values
    ('T1', 'zoho:1', 'zoho', timestamp '2026-09-15 12:00:00', 1200.5::decimal(18, 2), 'GBP', 'settled', 'lamp', 'web'))
    t(transaction_id, record_key, source_system, occurred_at, amount, currency, status, product, channel);
create table quality.rules as select 'r' as rule_id, 'critical' as severity;
create table quality.failing_rows as
    select 'r' as rule_id, 'staging.customers' as table_name, 'zoho:1' as record_key, null::timestamp as fixed_at;
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a published version of the rows above."""
    home = tmp_path_factory.mktemp("customer") / "home"
    version = home / "published" / "v1"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text("{}")
    (home / "published" / "current").symlink_to("v1")
    with duckdb.connect() as con:
        create_schemas(con)
        write_activity_policy(con, POLICY, load_contracts(CONTRACTS).values())
        con.execute(GIVEN.replace("\\u001b", "\x1b"))
        build_golden(con, *MADE)
        con.execute(f"attach '{version / 'published.duckdb'}' as published; create schema published.golden")
        for table in ("crosswalk", "customers", "id_redirects", *MADE):
            con.execute(f"create table published.golden.{table} as from golden.{table}")
    return home


@pytest.fixture
def customer(published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Customer:
    monkeypatch.setenv("DQ_HOME", str(published))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run_command(lambda standalone_mode: cli(["customer", *arguments], standalone_mode=standalone_mode))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_page_of_a_customer_is_masked(customer: Customer) -> None:
    code, out, err = customer("C1")
    assert (code, err) == (0, "")
    assert squeezed(out) == [
        "Customer C1: 2 records of 2 sources",
        "hubspot:1, zoho:1",
        "name A*** B***",
        "party_type person",
        "birthdate 1980-**-**",
        "email a***@e***.org",
        "status active",
        "country GB",
        "Contact points",
        "email a***@e***.org preferred, valid, of 2 records, confirmed 2026-11-21, 1 day ago (fresh)",
        "phone ***23 preferred, valid, of 1 record, confirmed 2026-11-21, 1 day ago (fresh)",
        "Consent",
        "marketing_email granted (may be contacted): granted with date and method [hubspot:1, 2024-01-01]",
        "marketing_sms granted (not usable): granted, but no grant has a date that can be relied on [zoho:1]",
        "Last confirmed 2026-11-21, 1 day ago (fresh)",
        "inactive from 2028-11-20 by the rules of its sources",
        "3 interactions by email, live chat, 2026-09-01 to 2026-10-01",
        "1 transaction, 0 refunds among them",
        "1 open issue; 1 open failure of critical rules on its records",
        "Timeline: 4 of 4, newest first",
        "2026-10-01 09:30 email I1 hubspot:1 inbound, escalated",
        "2026-09-15 12:00 transaction T1 zoho:1 settled, web",
        "2026-09-01 00:00 live_chat I2 zoho:1 outbound",
        "no date other (no id) zoho:1",
    ]


def test_values_are_shown_when_asked_for_and_steer_no_terminal(customer: Customer) -> None:
    code, out, _ = customer("C1", "--values", "--limit", "3")
    lines = squeezed(out)
    assert code == 0
    assert {"name Ann Bell", "birthdate 1980-05-17", "lifetime value 1,200.50 GBP"} <= set(lines)
    assert lines[-4:] == [
        "Timeline: 3 of 4, newest first",
        "2026-10-01 09:30 email I1 hubspot:1 inbound, escalated; Invoice, Eve",
        "2026-09-15 12:00 transaction T1 zoho:1 settled, web; 1200.50 GBP, lamp",
        "2026-09-01 00:00 live_chat I2 zoho:1 outbound; a\N{REPLACEMENT CHARACTER}[2Jb, Tom",
    ]
    assert "\x1b" not in out


def test_a_value_in_the_wrong_column_is_masked_too(customer: Customer) -> None:
    code, out, _ = customer("C2")
    assert code == 0
    assert squeezed(out) == [
        *("Customer C2: 1 record of 1 source", "zoho:2", "party_type person", "status J*** D***", "country J*** D***"),
        *("No contact points", "No consent, no refusal", "Nothing with a date confirms this customer"),
        *("0 interactions", "0 transactions, 0 refunds among them"),
        *("0 open issues; 0 open failures of critical rules on its records", "Timeline: 0 of 0, newest first"),
    ]


def test_an_id_of_old_and_a_record_lead_to_their_customer_and_say_so(customer: Customer) -> None:
    _, out, _ = customer("C7", "--limit", "1")
    assert out.splitlines()[:2] == [
        "C7 is no longer in use; its records belong to C1.",
        "Customer C1: 2 records of 2 sources",
    ]
    _, out, _ = customer("zoho:2")
    assert out.splitlines()[:2] == ["zoho:2 is a record of C2.", "Customer C2: 1 record of 1 source"]
    _, out, _ = customer("C8")
    assert out.splitlines()[0] == "C8 is no longer in use; its records belong to C1, C2."
    assert [line for line in out.splitlines() if line.startswith("Customer ")] == [
        "Customer C1: 2 records of 2 sources",
        "Customer C2: 1 record of 1 source",
    ]


def test_what_is_nobody_and_what_is_not_published_is_said(
    customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = customer("C9")
    assert (code, err.splitlines()[0]) == (2, "Error: customer C9 has no records any more")
    code, _, err = customer("C1' or 1=1 --")
    assert (code, err.splitlines()[0]) == (2, '''Error: there is no customer "C1' or 1=1 --"''')
    assert customer("C1", "--limit", "0")[0] == 2
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    assert Home.from_environment().root == tmp_path
    code, _, err = customer("C1")
    assert (code, "nothing is published yet" in err) == (2, True)


def test_a_version_published_before_these_tables_says_what_it_lacks(
    customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "published" / "current").mkdir(parents=True)
    (tmp_path / "published" / "current" / "manifest.json").write_text("{}")
    duckdb.connect(str(tmp_path / "published" / "current" / "published.duckdb")).close()
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    code, _, err = customer("C1")
    assert (code, "  - golden.customer_activity" in err.splitlines()) == (2, True)
