"""The policy of activity as tables, facts that follow their records, and dirty facts that change nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import duckdb
import pytest

from dq_pipeline.adapters.activity import write_activity_policy
from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.policies.activity import POLICY
from dq_pipeline.settings import CONTRACTS
from tests.adapters.golden_models import build_golden

Connection = duckdb.DuckDBPyConnection
GOLDEN = (
    "interactions",
    "transactions",
    "record_activity",
    "activity_totals",
    "customer_activity",
    "lifetime_value",
    "orphans",
)


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as made:
        create_schemas(made)
        write_activity_policy(made, POLICY, load_contracts(CONTRACTS).values())
        made.execute(
            """
            create table staging.source_conventions as
                select 'hubspot_contacts' as contract_id, date '2026-11-22' as as_of;
            create table staging.customers as
                select 'hubspot:' || i as record_key, 'hubspot' as source_system, 'hubspot_contacts' as contract_id,
                    timestamp '2020-01-01' as created_at, null::timestamp as last_activity_at,
                    timestamp '2025-11-22 09:00:00' - to_days(i::int) as updated_at
                from range(3) r(i);
            create table golden.crosswalk as select record_key, 'C' || right(record_key, 1) as customer_id
                from staging.customers;
            create table staging.removed_records (record_key varchar);
            create table staging.consents (record_key varchar, given_at timestamp);
            create table staging.interactions (interaction_id varchar, record_key varchar, source_system varchar,
                channel varchar, direction varchar, occurred_at timestamp, subject varchar, agent varchar,
                outcome varchar);
            create table staging.transactions (transaction_id varchar, record_key varchar, source_system varchar,
                occurred_at timestamp, amount decimal(18, 2), currency varchar, status varchar, product varchar,
                channel varchar);
            create table quality.failing_rows (rule_id varchar, table_name varchar, record_key varchar,
                fixed_at timestamp);
            create table quality.rules (rule_id varchar, severity varchar);
            insert into staging.interactions values
                ('I1', 'hubspot:0', 'hubspot', 'email', 'inbound', '2026-01-01', null, null, 'escalated'),
                ('I2', 'hubspot:1', 'hubspot', 'phone', 'inbound', '2026-02-01', null, null, 'resolved');
            insert into staging.transactions values
                ('T1', 'hubspot:1', 'hubspot', '2026-02-01', 10, 'EUR', 'settled', null, null),
                ('T2', 'hubspot:2', 'hubspot', '2026-02-01', 5, 'EUR', 'settled', null, null);
            """
        )
        yield made


def build(con: Connection) -> dict[str, list[tuple[object, ...]]]:
    build_golden(con, *GOLDEN)
    return {name: con.execute(f"from golden.{name} order by all").fetchall() for name in GOLDEN}


def facts(con: Connection, column: str) -> dict[str, object]:
    return dict(con.execute(f"select customer_id, {column} from golden.customer_activity").fetchall())


def test_a_contract_without_a_limit_gets_that_of_the_policy(con: Connection) -> None:
    limits = {row[0]: row[1:] for row in con.execute("from golden.inactivity_limits").fetchall()}
    assert limits["hubspot_contacts"] == (365, "contract")
    assert limits["ao_customers"] == (1095, "contract")
    assert "interactions" not in limits
    silent = replace(load_contracts(CONTRACTS)["hubspot_contacts"], inactive_after_days=0)
    write_activity_policy(con, POLICY, [silent])
    assert con.execute("from golden.inactivity_limits").fetchall() == [("hubspot_contacts", 730, "policy")]


def test_inactive_is_a_customer_all_of_whose_records_are(con: Connection) -> None:
    build(con)
    # hubspot:0 was confirmed by its interaction, hubspot:1 and 2 by theirs; only the dates of records remain below.
    assert facts(con, "is_inactive") == {"C0": False, "C1": False, "C2": False}
    con.execute("delete from staging.interactions; delete from staging.transactions")
    build(con)
    assert facts(con, "inactive_from") == {"C0": date(2026, 11, 22), "C1": date(2026, 11, 21), "C2": date(2026, 11, 20)}
    assert facts(con, "days_since_confirmed") == {"C0": 365, "C1": 366, "C2": 367}
    assert facts(con, "decay_class") == dict.fromkeys(("C0", "C1", "C2"), "ageing")
    assert facts(con, "is_inactive") == {"C0": True, "C1": True, "C2": True}
    con.execute("update staging.customers set updated_at = '2025-11-23' where record_key = 'hubspot:2'")
    con.execute("update golden.crosswalk set customer_id = 'C0'")
    build(con)
    assert facts(con, "is_inactive") == {"C0": False}


def test_facts_follow_a_merge_and_its_undoing_and_are_never_rewritten(con: Connection) -> None:
    apart = build(con)
    assert facts(con, "open_issues") == {"C0": 1, "C1": 0, "C2": 0}
    con.execute("update golden.crosswalk set customer_id = 'C0'")
    # Views: a reader sees the merge without anything having been built again.
    assert con.execute("select distinct customer_id from golden.interactions").fetchall() == [("C0",)]
    merged = build(con)
    assert facts(con, "open_issues") == {"C0": 0}
    assert [row[:7] for row in merged["lifetime_value"]] == [("C0", "EUR", 2, 15, 0, 0, 15)]
    con.execute("update golden.crosswalk set customer_id = 'C' || right(record_key, 1)")
    assert build(con) == apart
    kinds = con.execute("select view_name from duckdb_views() where schema_name = 'golden' order by 1").fetchall()
    assert [name for (name,) in kinds] == ["customer_activity", "interactions", "orphans", "transactions"]


def test_dirty_facts_break_nothing_and_multiply_nothing(con: Connection) -> None:
    clean = build(con)
    con.execute(
        """
        insert into staging.interactions values
            (null, null, null, null, null, null, null, null, null),
            ('I3', 'nobody:1', 'nobody', 'pigeon', 'sideways', '9999-12-31', 'x', 'y', 'shrug'),
            ('I3', 'nobody:1', 'nobody', 'pigeon', 'sideways', '9999-12-31', 'x', 'y', 'shrug'),
            ('I4', 'hubspot:0''; drop table x; --', 'hubspot', '', '', 'infinity', '', '', '');
        insert into staging.transactions values
            (null, null, null, null, null, null, null, null, null),
            ('T3', 'nobody:1', 'nobody', '-infinity', -0.01, '', '', '', ''),
            ('T3', 'nobody:1', 'nobody', '9999-12-31', 9999999999999999.99, 'EUR', 'settled', '', '');
        """
    )
    dirty = build(con)
    for name in ("record_activity", "customer_activity", "lifetime_value"):
        assert dirty[name] == clean[name]
    assert len(dirty["interactions"]) == len(clean["interactions"]) + 4
    assert len(dirty["orphans"]) == 7
    assert {row[-1] for row in dirty["orphans"]} == {"no_record_key", "unknown_record"}


def test_extreme_facts_of_a_known_record_break_nothing(con: Connection) -> None:
    con.execute(
        """
        insert into staging.interactions values
            ('I5', 'hubspot:0', 'hubspot', null, null, '-infinity', null, null, null),
            ('I6', 'hubspot:0', 'hubspot', 'email', null, 'infinity', null, null, 'resolved');
        insert into staging.transactions select 'T' || i, 'hubspot:0', 'hubspot', null, 9999999999999999.99, 'EUR',
            'settled', null, null from range(100) r(i);
        insert into staging.consents values ('hubspot:0', 'infinity'), ('hubspot:0', '-infinity'), ('hubspot:0', null);
        """
    )
    con.execute("update staging.customers set created_at = '0001-01-01 (BC)', updated_at = null")
    con.execute(
        "insert into staging.interactions values ('I7', 'hubspot:1', '', '', '', '4000-01-01 (BC)', '', '', '')"
    )
    build(con)
    assert facts(con, "days_since_confirmed") == {"C0": 325, "C1": 294, "C2": 294}
    assert facts(con, "first_contact_at")["C0"] == datetime(2026, 1, 1)
    assert facts(con, "interactions")["C0"] == 2
    total = con.execute("select lifetime_value::varchar from golden.lifetime_value where customer_id = 'C0'").fetchall()
    assert total == [("999999999999999999.00",)]
