"""Survivorship on tables small enough to check by eye."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters import golden as adapter
from dq_pipeline.domain.survivorship import AttributeGroup, Criterion, SourceTrust, SurvivorshipPolicy
from dq_pipeline.errors import ConfigurationError

POLICY = SurvivorshipPolicy(
    trust=(SourceTrust("crm", 1.0, ""), SourceTrust("shop", 0.5, "")),
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
TODAY = date(2026, 11, 22)


def build_customers(con: duckdb.DuckDBPyConnection, policy: SurvivorshipPolicy) -> int:
    return adapter.build_customers(con, policy, today=TODAY)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with make_tables() as made:
        yield made


@contextmanager
def make_tables() -> Iterator[duckdb.DuckDBPyConnection]:
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
    assert rules(con, "street_address") == [("C1", "shop:1", "complete", 2, 1)]
    assert rules(con, "locality") == [("C1", "shop:1", "only value", 1, 1)]


def test_the_result_does_not_depend_on_row_order(con: duckdb.DuckDBPyConnection) -> None:
    rows = [("C1", f"crm:{i}", "crm", f"m{i % 3}@x.org", "valid", None, None, None, "2026-01-01") for i in range(9)]
    load(con, *rows)
    build_customers(con, POLICY)
    first = golden(con, "*")
    con.execute("delete from staging.customers; delete from golden.crosswalk")
    load(con, *rows[::-1])
    build_customers(con, POLICY)
    assert golden(con, "*") == first


def test_trust_fades_with_age(con: duckdb.DuckDBPyConnection) -> None:
    """The shop is trusted half as much as the crm, and with each hundred days a value's trust halves."""
    policy = replace(POLICY, groups=(AttributeGroup(("email",), ("trusted", "recent"), "", half_life_days=100),))
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", None, None, None, "2026-01-01"),
        ("C1", "shop:1", "shop", "b@x.org", "valid", None, None, None, "2026-04-10"),  # 99 days later
        ("C2", "crm:2", "crm", "c@x.org", "valid", None, None, None, "2026-01-01"),
        ("C2", "shop:2", "shop", "d@x.org", "valid", None, None, None, "2026-04-12"),  # 101 days later
        ("C3", "crm:3", "crm", "e@x.org", "valid", None, None, None, "1990-01-01"),
        ("C3", "shop:3", "shop", "f@x.org", "valid", None, None, None, None),  # as old as the oldest
        ("C4", "crm:4", "crm", "g@x.org", "valid", None, None, None, None),
        ("C4", "shop:4", "shop", "h@x.org", "valid", None, None, None, None),
        ("C5", "pets:5", "pets", "i@x.org", "valid", None, None, None, "2026-04-12"),  # nobody said how far to trust it
        ("C5", "shop:5", "shop", "j@x.org", "valid", None, None, None, "1990-01-01"),
    )
    build_customers(con, policy)
    assert golden(con, "email") == [("a@x.org",), ("d@x.org",), ("e@x.org",), ("g@x.org",), ("j@x.org",)]
    assert {rule for _, _, rule, _, _ in rules(con, "email")} == {"trusted"}
    reason = con.execute("select distinct reason from golden.attribute_provenance").fetchall()
    assert reason == [("its source is trusted more, its age counted in",)]


@pytest.mark.parametrize(
    ("criteria", "winner", "rule"),
    [
        (("valid",), "shop:1", "valid"),
        (("trusted",), "crm:1", "smallest key"),  # both of the crm
        (("frequent", "trusted"), "shop:2", "frequent"),
        (("recent",), "shop:3", "recent"),
        (("frequent",), "shop:2", "frequent"),
        ((), "crm:1", "smallest key"),
        (("valid", "trusted"), "shop:1", "valid"),
        (("trusted", "recent"), "crm:2", "recent"),
    ],
)
def test_each_criterion_decides(
    con: duckdb.DuckDBPyConnection, criteria: tuple[Criterion, ...], winner: str, rule: str
) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "invalid", None, None, None, "2023-01-01"),
        ("C1", "shop:1", "shop", "b@x.org", "valid", None, None, None, "2022-01-01"),
        ("C1", "shop:2", "shop", "c@x.org", "invalid", None, None, None, "2021-01-01"),
        ("C1", "shop:3", "shop", "d@x.org", "invalid", None, None, None, "2026-01-01"),
        ("C1", "shop:4", "shop", "c@x.org", "invalid", None, None, None, "2021-01-01"),
        ("C1", "crm:2", "crm", "e@x.org", "invalid", None, None, None, "2024-01-01"),
    )
    build_customers(con, replace(POLICY, groups=(AttributeGroup(("email",), criteria, ""),)))
    assert [row[1:3] for row in rules(con, "email")] == [(winner, rule)]


def test_every_loser_is_named_with_what_it_lost_by(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", None, None, "York", "2026-01-01"),
        ("C1", "shop:1", "shop", "a@x.org", "valid", None, "1 High St", "Leeds", "2020-01-01"),
        ("C1", "shop:2", "shop", "b@x.org", "valid", None, None, None, "2020-01-01"),
        ("C1", "shop:3", "shop", "c", "invalid", None, None, None, "2027-01-01"),
        ("C1", "shop:4", "shop", "d@x.org", "valid", None, None, None, "2026-06-01"),
    )
    con.execute("update staging.customers set country = 'GB' where record_key = 'shop:4'")
    con.execute("update staging.customers set country = 'IE' where record_key = 'shop:1'")
    fail(con, "crit", "shop:4")
    build_customers(con, POLICY)
    told = con.execute(
        "select attribute, record_key, rule, agreeing, candidates, agreement, "
        "[l.record_key || ' ' || l.lost_by for l in losers] from golden.attribute_provenance order by attribute"
    ).fetchall()
    assert told == [
        ("country", "shop:1", "competing", 1, 2, 0.5, ["shop:4 competing"]),
        ("email", "crm:1", "recent", 2, 5, 0.4, ["shop:2 recent", "shop:3 valid", "shop:4 passing"]),
        ("locality", "shop:1", "complete", 1, 2, 0.5, ["crm:1 complete"]),
        ("street_address", "shop:1", "only value", 1, 1, 1.0, None),
    ]


rows = st.lists(
    st.fixed_dictionaries(
        {
            "customer": st.sampled_from(["C1", "C2", "C3"]),
            "source": st.sampled_from(["crm", "shop"]),
            "email": st.sampled_from([None, "a", "b"]),
            "email_status": st.sampled_from(["valid", "invalid", "placeholder"]),
            "birthdate": st.sampled_from([None, date(1980, 1, 5), date(1980, 5, 1)]),
            "street_address": st.sampled_from([None, "1 High St"]),
            "locality": st.sampled_from([None, "Leeds", "York"]),
            "country": st.sampled_from([None, "GB"]),
            "updated_at": st.sampled_from([None, datetime(2020, 1, 1), datetime(2026, 1, 1)]),
            "fails": st.sets(st.sampled_from(["email", "birthdate", "country"]), max_size=1),
        }
    ),
    max_size=6,
)
BREAKS = {"email": "crit", "birthdate": "pair", "country": "place"}
ALSO = {"email": {"email_status"}, "birthdate": {"updated_at"}, "country": set[str]()}


def expected(records: dict[str, dict[str, Any]]) -> dict[str, dict[str, object]]:
    """The golden values by the words of the policy, record by record."""
    for record in records.values():
        failed = record["fails"] | {other for name in record["fails"] for other in ALSO[name]}
        record["failed"] = failed
        record["when"] = record["updated_at"] if "updated_at" not in failed else None
    found: dict[str, dict[str, object]] = {}
    for customer in sorted({record["customer"] for record in records.values()}):
        own = {key: record for key, record in records.items() if record["customer"] == customer}
        found[customer] = {name: value for group in POLICY.groups for name, value in chosen(own, group).items()}
    return found


def chosen(own: dict[str, dict[str, Any]], group: AttributeGroup) -> dict[str, object]:
    def is_candidate(record: dict[str, Any]) -> bool:
        return any(record[name] is not None for name in group.needs or group.attributes)

    def rank(key: str) -> tuple[object, ...]:
        record = own[key]
        filled = [record[name] is not None for name in group.attributes]
        same = [o for o in own.values() if all(o[name] == record[name] for name in group.attributes)]
        marks = {
            "valid": "email" not in group.attributes or record["email_status"] == "valid",
            "complete": sum(filled),
            "trusted": record["source"] == "crm",
            "frequent": len(same),
            "recent": (record["when"] or datetime.min).toordinal(),
        }
        return (
            bool(record["failed"] & set(group.attributes)),
            *(-int(marks[c]) for c in group.criteria),
            key,
        )

    candidates = [key for key, record in own.items() if is_candidate(record)]
    if not candidates:
        return dict.fromkeys(group.attributes)
    best = own[min(candidates, key=rank)]
    better = {n for o in own.values() for n in group.attributes if o[n] is not None and n not in o["failed"]}
    return {n: None if n in best["failed"] and n in better else best[n] for n in group.attributes}


@settings(max_examples=25, deadline=None)
@given(st.lists(rows, min_size=1, max_size=3))
def test_winners_are_those_of_the_policy_whatever_was_built_before(loads: list[list[dict[str, Any]]]) -> None:
    with make_tables() as con:
        for load_of in loads:
            records = {f"{row['source']}:{i}": row for i, row in enumerate(load_of)}
            con.execute("delete from staging.customers; delete from golden.crosswalk; delete from quality.failing_rows")
            for key, row in records.items():
                values = {name: row[name] for name in ("email", "email_status", "birthdate", "street_address")}
                values |= {name: row[name] for name in ("locality", "country", "updated_at")}
                columns, marks = ", ".join(values), ", ".join("?" * len(values))
                con.execute(
                    f"insert into staging.customers (record_key, source_system, {columns}) values (?, ?, {marks})",
                    [key, row["source"], *values.values()],
                )
                con.execute("insert into golden.crosswalk values (?, ?)", [key, row["customer"]])
                for name in row["fails"]:
                    fail(con, BREAKS[name], key)
            build_customers(con, POLICY)
            names = POLICY.attributes
            made = {
                row[0]: dict(zip(names, row[1:], strict=True))
                for row in golden(con, f"customer_id, {', '.join(names)}")
            }
            assert made == expected(records)
            filled = sum(value is not None for values in made.values() for value in values.values())
            provenance = "select count(*), count(distinct (customer_id, attribute)) from golden.attribute_provenance"
            assert con.execute(provenance).fetchall() == [(filled, filled)]


def test_only_what_changed_is_built_anew(con: duckdb.DuckDBPyConnection) -> None:
    load(
        con,
        ("C1", "crm:1", "crm", "a@x.org", "valid", None, None, None, "2026-01-01"),
        ("C2", "crm:2", "crm", "b@x.org", "valid", None, None, None, "2026-01-01"),
        ("C3", "crm:3", "crm", "c@x.org", "valid", None, None, None, "2026-01-01"),
        ("C3", "crm:4", "crm", "d@x.org", "valid", None, None, None, "2025-01-01"),
    )
    build_customers(con, POLICY)
    con.execute("update golden.customers set email = 'as it was'")
    con.execute("update staging.customers set birthdate = '1980-05-01' where record_key = 'crm:2'")
    con.execute("delete from golden.crosswalk where record_key = 'crm:1'")
    fail(con, "crit", "crm:3")
    assert build_customers(con, POLICY) == 2
    assert golden(con, "customer_id, email") == [("C2", "b@x.org"), ("C3", "d@x.org")]
    con.execute("update golden.customers set email = 'as it was'")
    build_customers(con, POLICY)
    assert golden(con, "email") == [("as it was",), ("as it was",)]
    build_customers(con, replace(POLICY, trust=POLICY.trust[:1]))
    assert golden(con, "email") == [("b@x.org",), ("d@x.org",)], "another policy builds all"


def test_a_policy_that_contradicts_itself_is_told_all_at_once() -> None:
    twice = AttributeGroup(("email",), (), "", half_life_days=0)
    trust = (SourceTrust("crm", 1.5, ""), SourceTrust("crm", 1.0, ""))
    with pytest.raises(ConfigurationError) as raised:
        SurvivorshipPolicy((twice, twice), trust).check(["crm", "pets"])
    assert raised.value.problems == (
        "attribute email is in two groups",
        "source crm is in `trust` twice",
        "trust in crm is not above 0 and at most 1",
        "the half-life of email is not above 0",
        "the half-life of email is not above 0",
        "source pets has no place in `trust`",
    )


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
