"""Survivorship on tables small enough to check by eye."""

from collections.abc import Iterator

import duckdb
import pytest

from dq_pipeline.adapters.golden import build_customers
from dq_pipeline.domain.survivorship import AttributeGroup, SurvivorshipPolicy
from dq_pipeline.errors import ConfigurationError

POLICY = SurvivorshipPolicy(
    trust=("crm", "shop"),
    groups=(
        AttributeGroup(("email",), ("valid", "recent", "frequent", "trusted"), ""),
        AttributeGroup(("birthdate",), ("valid", "frequent", "trusted"), ""),
        AttributeGroup(
            ("street_address", "locality", "country"), ("complete", "recent"), "", needs=("street_address", "locality")
        ),
    ),
)
COLUMNS = "record_key, source_system, email, email_status, birthdate, street_address, locality, updated_at"
FUTURE = "2199-01-01"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create schema staging; create schema golden; create schema quality")
        made.execute(
            "create table staging.customers (record_key varchar, source_system varchar, email varchar, "
            "email_status varchar, birthdate date, street_address varchar, locality varchar, country varchar, "
            "updated_at timestamp, created_at timestamp, last_activity_at timestamp)"
        )
        made.execute("create table golden.crosswalk (record_key varchar, customer_id varchar)")
        made.execute(
            "create table quality.failing_rows (rule_id varchar, table_name varchar, column_name varchar, "
            "record_key varchar, fixed_at timestamp)"
        )
        made.execute("create table quality.rules (rule_id varchar, severity varchar, columns varchar[])")
        made.execute(
            "insert into quality.rules values ('crit', 'critical', ['email', 'email_status']), "
            "('warn', 'warning', ['email']), ('pair', 'critical', ['birthdate', 'updated_at']), "
            "('place', 'critical', ['country']), ('street', 'critical', ['street_address'])"
        )
        yield made


def load(con: duckdb.DuckDBPyConnection, *rows: tuple[object, ...]) -> None:
    """Each row: customer, then COLUMNS."""
    for customer, *values in rows:
        marks = ", ".join("?" * len(values))
        con.execute(f"insert into staging.customers ({COLUMNS}) values ({marks})", values)
        con.execute("insert into golden.crosswalk values (?, ?)", [values[0], customer])


def fail(con: duckdb.DuckDBPyConnection, rule: str, *keys: str, fixed: str | None = None) -> None:
    for key in keys:
        con.execute(
            "insert into quality.failing_rows values (?, 'staging.customers', 'not looked at', ?, ?)",
            [rule, key, fixed],
        )


def golden(con: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[object, ...]]:
    return con.execute(f"select {columns} from golden.customers order by customer_id").fetchall()


def rules(con: duckdb.DuckDBPyConnection, attribute: str) -> list[tuple[object, ...]]:
    return con.execute(
        "select customer_id, record_key, rule, values_seen, agreeing from golden.attribute_provenance "
        "where attribute = ? order by customer_id",
        [attribute],
    ).fetchall()


def test_the_newest_valid_email_wins(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", "old@x.org", "valid", None, None, None, "2025-01-01"),
        ("C1", "shop:1", "shop", "new@x.org", "valid", None, None, None, "2026-01-01"),
        ("C1", "shop:2", "shop", "test@test.com", "placeholder", None, None, None, "2026-06-01"),
        ("C2", "crm:2", "crm", "not an address", "invalid", None, None, None, "2026-06-01"),
    )
    assert build_customers(con, POLICY) == 2
    assert golden(con, "customer_id, email, record_count, source_count") == [
        ("C1", "new@x.org", 3, 2),
        ("C2", "not an address", 1, 1),
    ]
    assert rules(con, "email") == [("C1", "shop:1", "recent", 3, 1), ("C2", "crm:2", "only value", 1, 1)]


def test_a_value_that_fails_a_critical_rule_loses_to_a_passing_one(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", None, None, None, "2026-06-01"),
        ("C1", "shop:1", "shop", "b@x.org", "valid", None, None, None, "2020-01-01"),
        ("C2", "crm:2", "crm", "c@x.org", "valid", None, None, None, "2026-06-01"),
        ("C2", "shop:2", "shop", "d@x.org", "valid", None, None, None, "2020-01-01"),
        ("C3", "crm:3", "crm", "e@x.org", "valid", None, None, None, "2026-06-01"),
        ("C3", "shop:3", "shop", "f@x.org", "valid", None, None, None, "2020-01-01"),
    )
    fail(con, "crit", "crm:1")
    fail(con, "warn", "crm:2")
    fail(con, "crit", "crm:3", fixed="2026-01-01")
    build_customers(con, POLICY)
    assert golden(con, "email") == [("b@x.org",), ("c@x.org",), ("e@x.org",)]
    assert rules(con, "email")[0] == ("C1", "shop:1", "passing", 2, 1)


def test_the_rules_come_before_what_the_status_says(con: duckdb.DuckDBPyConnection) -> None:
    """A readable address that fails a critical rule loses to an unreadable one that fails none."""
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", None, None, None, "2026-06-01"),
        ("C1", "shop:1", "shop", "odd address", "invalid", None, None, None, "2020-01-01"),
    )
    fail(con, "crit", "crm:1")
    build_customers(con, POLICY)
    assert golden(con, "email") == [("odd address",)]


def test_a_value_that_fails_everywhere_still_stands(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", None, None, None, "2026-06-01"),
        ("C1", "shop:1", "shop", "b@x.org", "valid", None, None, None, "2020-01-01"),
    )
    fail(con, "crit", "crm:1", "shop:1")
    build_customers(con, POLICY)
    assert golden(con, "email") == [("a@x.org",)]
    assert rules(con, "email") == [("C1", "crm:1", "recent", 2, 1)]


def test_a_rule_about_two_columns_marks_both(con: duckdb.DuckDBPyConnection) -> None:
    """A birthdate after the last change: neither date wins, and the record does not count as changed last."""
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", "2199-06-01", None, None, FUTURE),
        ("C1", "shop:1", "shop", "b@x.org", "valid", "1980-05-01", None, None, "2020-01-01"),
        ("C2", "crm:2", "crm", "c@x.org", "valid", "2199-06-01", None, None, FUTURE),
    )
    fail(con, "pair", "crm:1", "crm:2")
    build_customers(con, POLICY)
    assert golden(con, "email, birthdate::varchar, updated_at::date::varchar") == [
        ("b@x.org", "1980-05-01", "2020-01-01"),
        ("c@x.org", "2199-06-01", FUTURE),
    ]


def test_a_failing_value_does_not_come_along_with_its_address(con: duckdb.DuckDBPyConnection) -> None:
    """crm:1 has the only street and a country that fails; shop:1 has only a country, which passes."""
    load(
        con,
        ("C1", "crm:1", "crm", None, "missing", None, "1 High St", "Leeds", "2026-06-01"),
        ("C1", "shop:1", "shop", None, "missing", None, None, None, "2020-01-01"),
        ("C2", "crm:2", "crm", None, "missing", None, "2 Low Rd", "Leeds", "2026-06-01"),
    )
    con.execute("update staging.customers set country = if(source_system = 'crm', 'Englnd', 'GB')")
    fail(con, "place", "crm:1", "crm:2")
    build_customers(con, POLICY)
    assert golden(con, "street_address, country") == [("1 High St", None), ("2 Low Rd", "Englnd")]
    assert rules(con, "country") == [("C2", "crm:2", "only value", 1, 1)]


def test_an_address_with_a_failing_part_loses_to_a_whole_one(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", None, "missing", None, "unknown", "Leeds", "2026-06-01"),
        ("C1", "shop:1", "shop", None, "missing", None, "2 Low Rd", None, "2020-01-01"),
    )
    fail(con, "street", "crm:1")
    build_customers(con, POLICY)
    assert golden(con, "street_address, locality") == [("2 Low Rd", None)]
    assert rules(con, "street_address") == [("C1", "shop:1", "passing", 2, 1)]


def test_agreement_beats_trust_for_birthdates_and_the_smallest_key_breaks_ties(
    con: duckdb.DuckDBPyConnection,
) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", None, "missing", "1980-05-01", None, None, None),
        ("C1", "shop:1", "shop", None, "missing", "1980-01-05", None, None, None),
        ("C1", "shop:2", "shop", None, "missing", "1980-01-05", None, None, None),
        ("C2", "shop:4", "shop", None, "missing", "1990-01-01", None, None, None),
        ("C2", "shop:3", "shop", None, "missing", "1990-02-02", None, None, None),
    )
    build_customers(con, POLICY)
    assert rules(con, "birthdate") == [
        ("C1", "shop:1", "frequent", 2, 2),
        ("C2", "shop:3", "smallest key", 2, 1),
    ]


def test_an_address_comes_whole_from_one_record(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", None, "missing", None, "1 High St", None, "2026-06-01"),
        ("C1", "shop:1", "shop", None, "missing", None, "2 Low Rd", "Leeds", "2020-01-01"),
    )
    build_customers(con, POLICY)
    assert golden(con, "street_address, locality") == [("2 Low Rd", "Leeds")]
    assert rules(con, "locality") == [("C1", "shop:1", "complete", 2, 1)]


def test_the_result_does_not_depend_on_row_order(con: duckdb.DuckDBPyConnection) -> None:
    rows = [("C1", f"crm:{i}", "crm", f"m{i % 3}@x.org", "valid", None, None, None, "2026-01-01") for i in range(9)]
    load(con, *rows)
    build_customers(con, POLICY)
    first = golden(con, "*")
    con.execute("delete from staging.customers; delete from golden.crosswalk")
    load(con, *rows[::-1])
    build_customers(con, POLICY)
    assert golden(con, "*") == first


def test_the_projects_policy_covers_every_source_and_says_what_is_missing() -> None:
    from dq_pipeline.policies.survivorship import POLICY as OURS

    OURS.check(["salesforce", "hubspot", "zoho", "dynamics", "ao"])
    with pytest.raises(ConfigurationError, match="source pets has no place"):
        OURS.check(["pets"])


def test_no_value_wins_before_the_rules_of_its_record_have_run() -> None:
    """The steps of the main job: golden customers wait for the checks on staging.customers, linkage for the held."""
    from dq_pipeline.definitions import defs

    steps = defs().resolve_job_def("refresh").graph.dependency_structure

    def before(step: str) -> set[str]:
        direct = {
            output.node_name
            for outputs in steps.input_to_upstream_outputs_for_node(step).values()
            for output in outputs
        }
        return direct.union(*map(before, direct))

    assert {"staging__customers__rules", "write_rules", "hold_records"} <= before("build_customers")
    assert "hold_records" in before("linkage__records")
