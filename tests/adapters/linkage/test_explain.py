"""Explaining two records: from stored rows made by hand, and with a real model where no pair is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.linkage.explain import explain_pair
from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.meeting import look_again
from dq_pipeline.adapters.linkage.model import Model
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.stewardship import record_decisions
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.domain.explanation import Evidence, Join, Meeting, ScoredPair
from dq_pipeline.domain.stewardship import NewDecision, Verdict
from dq_pipeline.errors import ConfigurationError, InputError
from dq_pipeline.policies.linkage import PERSONS, POLICIES
from tests.adapters.linkage.records_table import record, town, warehouse_of

NOW = datetime(2026, 11, 20, 9)
A, B, C, D, FIRM, HELD = "crm:1", "crm:2", "shop:1", "shop:2", "shop:9", "crm:7"
PAIR = ScoredPair(3.5, 0.919, "merge", "e-mail", (Evidence("e-mail", "the same", 3.5),))

_ROWS = """
insert into quality.held_records
    values ('crm:7', 'crm', ['nothing_to_go_by'], timestamp '2026-11-20', 'run1', null, null);
create table linkage.clusters as from (values
    ('crm:1', 'crm:1'), ('crm:2', 'crm:1'), ('shop:1', 'crm:1'), ('shop:2', 'shop:2'), ('shop:9', 'shop:9')
) as rows(record_key, cluster_id);
create table linkage.records as
    select record_key, if(record_key = 'shop:9', 'organisation', 'person') as party_type from linkage.clusters;
create table staging.customers as select record_key from linkage.clusters;
create table linkage.pairs as
    select 'crm:1' as left_key, 'crm:2' as right_key, 3.5::double as match_weight, 0.919::double as match_probability,
        'merge' as band, 'e-mail' as blocking_key,
        [{'comparison': 'e-mail', 'level': 'the same', 'match_weight': 3.5::double}] as evidence
    union all select 'crm:2', 'shop:2', -4, 0.05, 'reject', null, [];
create table linkage.review as
    select 'pair' as kind, 'shop:1' as left_key, 'shop:2' as right_key, 'may be two of one household' as reason;
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A, B and C are one customer, D and the firm are others, one record is held back."""
    with duckdb.connect() as made:
        made.execute("create schema linkage; create schema quality; create schema staging")
        create_quarantine_tables(made)
        made.execute(_ROWS)
        yield made


def decide(con: duckdb.DuckDBPyConnection, verdict: Verdict, left: str, right: str) -> None:
    record_decisions(con, [NewDecision(verdict, left, right, author="Eve", reason="rang")], decided_at=NOW)


def test_a_stored_pair_is_told_with_its_evidence_in_either_order(con: duckdb.DuckDBPyConnection) -> None:
    told = explain_pair(con, B, A)
    assert (told.left_key, told.right_key, told.same_customer, told.pair) == (A, B, True, PAIR)
    assert told.verdict() == "One customer: the two records fit each other."
    assert told == explain_pair(con, A, B)


def test_the_review_queue_of_the_two_customers_is_told(con: duckdb.DuckDBPyConnection) -> None:
    told = explain_pair(con, B, D)
    assert told.verdict() == "Two customers: what agrees is outweighed by what does not."
    assert told.notes == ("up for review: may be two of one household",)
    assert told.pair is not None
    assert told.pair.blocking_key == ""


def test_person_and_organisation_are_never_compared(con: duckdb.DuckDBPyConnection) -> None:
    told = explain_pair(con, A, FIRM, look_again=_must_not_look)
    assert "one is a person and the other an organisation" in told.verdict()


def test_a_held_record_has_no_customer(con: duckdb.DuckDBPyConnection) -> None:
    told = explain_pair(con, A, HELD, look_again=_must_not_look)
    assert told.held == {HELD: ["nothing_to_go_by"]}
    assert told.verdict().startswith("No customer in common yet: crm:7 is held back (nothing_to_go_by).")


def _must_not_look(left_key: str, right_key: str, population: str) -> Meeting:
    raise AssertionError("stored rows tell enough")


def test_what_no_stored_pair_tells_is_looked_at_again(con: duckdb.DuckDBPyConnection) -> None:
    asked = []

    def again(left_key: str, right_key: str, population: str) -> Meeting:
        asked.append((left_key, right_key, population))
        return Meeting((), (), None, -6.0)

    assert "share no key" in explain_pair(con, D, A, look_again=again).verdict()
    assert asked == [(A, D, "person")]
    assert "only the warehouse can tell" in explain_pair(con, A, D).cannot_tell

    def changed(left_key: str, right_key: str, population: str) -> Meeting:
        raise ConfigurationError("another policy")

    assert "the linkage policy has changed" in explain_pair(con, A, D, look_again=changed).cannot_tell
    con.execute("drop table linkage.records")
    told = explain_pair(con, A, D, look_again=_must_not_look)
    assert told.verdict() == "Two customers: they were never compared, or scored below the stored limit."
    assert "only the warehouse can tell" in told.cannot_tell


def test_decisions_outrank_the_model_and_are_told_with_who_when_and_why(con: duckdb.DuckDBPyConnection) -> None:
    decide(con, "same", A, B)
    decide(con, "different", D, B)
    told = explain_pair(con, A, B)
    assert told.verdict() == "One customer: a steward decided so."
    assert "Decision 1, by Eve on 2026-11-20: crm:1 and crm:2 are one customer (rang)" in told.lines()
    assert explain_pair(con, B, D).verdict() == "Two customers: a steward decided so."
    others = explain_pair(con, C, D, look_again=lambda *_: Meeting((), (), None, -6.0))
    assert [said.number for said in others.decisions] == [2]
    assert "share no key" in others.verdict()
    decide(con, "same", A, D)
    assert explain_pair(con, A, D).verdict().endswith("because it and others contradict each other.")
    assert [said.number for said in explain_pair(con, A, FIRM).decisions] == []


def test_how_the_customer_formed_is_told_by_the_joins_between_the_two(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table linkage.joins as select $a as cluster_id, 1 as step, $a as kept_key, $b as absorbed_key, "
        "3.5::double as match_weight, 1::bigint as pairs, 1::bigint as compared "
        "union all select $a, 2, $a, $c, 0.25, 2, 1",
        {"a": A, "b": B, "c": C},
    )
    joins = (Join(1, A, B, 3.5, 1, 1), Join(2, A, C, 0.25, 2, 1))
    told = explain_pair(con, B, C)
    assert (told.records, told.joins, told.path) == (3, joins, joins)
    assert explain_pair(con, A, B).path == joins[:1]
    assert explain_pair(con, B, D).path == ()


def test_what_cannot_be_explained_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(InputError, match="is one record"):
        explain_pair(con, A, A)
    with pytest.raises(InputError) as raised:
        explain_pair(con, "crm:\x1b[2J", "crm:99")
    assert raised.value.problems == ("'crm:\\x1b[2J'", "'crm:99'")
    with duckdb.connect() as empty, pytest.raises(InputError, match="no run has linked anything yet"):
        explain_pair(empty, A, B)


# --- with a model ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Model, Path]:
    """A town, and two people who share nothing but town and birth year with anybody."""
    folder = tmp_path_factory.mktemp("explained")
    strangers = [
        record("a:lone", given_name="quentin", family_name="zwolle", birthdate="1901-01-13", locality="farend"),
        record("b:lone", given_name="ursula", family_name="xanten", birthdate="1902-02-14", locality="elsewhere"),
        record("c:lone", given_name="viktor", family_name="yverdon", birthdate="1901-07-09", locality="farend"),
    ]
    warehouse = warehouse_of(folder / "warehouse.duckdb", [*town(people=150)[0], *strangers])
    model = train_model(warehouse.path, folder / "work", POLICIES, seed=1, now=NOW)
    link(warehouse, folder / "work", model, POLICIES)
    return warehouse, model, folder / "work"


def test_looking_again_at_a_stored_pair_finds_what_is_stored(linked: tuple[Warehouse, Model, Path]) -> None:
    warehouse, model, work = linked
    with warehouse.connect(read_only=True) as con:
        rows = con.execute(
            "select left_key, right_key from linkage.pairs order by hash(left_key, right_key) limit 3"
        ).fetchall()
        stored = [explain_pair(con, *row).pair for row in rows]
        again = [look_again(warehouse.path, work, model.populations["person"], PERSONS, *row) for row in rows]
    assert len(rows) == 3
    for pair, meeting in zip(stored, again, strict=True):
        assert pair is not None
        assert meeting.pair == replace(pair, blocking_key="")
        assert pair.blocking_key in meeting.shared
        assert pair.blocking_key not in meeting.too_common


def test_strangers_share_no_key_or_one_that_is_too_common(linked: tuple[Warehouse, Model, Path]) -> None:
    warehouse, model, work = linked
    person = model.populations["person"]
    never = look_again(warehouse.path, work, person, PERSONS, "a:lone", "b:lone")
    assert (never.shared, never.too_common) == ((), ())
    met = look_again(warehouse.path, work, person, PERSONS, "a:lone", "c:lone")
    assert "town and birth year" in met.shared
    assert met.too_common == ()
    assert met.pair is not None
    assert met.pair.match_weight < met.keep
    reports = [report | {"block_size": 1} for report in person.facts["blocking"]]
    crowded = replace(person, facts={**person.facts, "blocking": reports})
    assert look_again(warehouse.path, work, crowded, PERSONS, "a:lone", "c:lone").too_common == met.shared
    with warehouse.connect(read_only=True) as con:
        told = explain_pair(con, "c:lone", "a:lone", look_again=lambda *_: met)
    assert told.verdict().startswith("Two customers: they met through town and birth year")
    assert not list(work.rglob("*.parquet"))


def test_a_model_of_another_policy_cannot_look_again(linked: tuple[Warehouse, Model, Path]) -> None:
    warehouse, model, work = linked
    other = replace(PERSONS, limits=replace(PERSONS.limits, cluster_size=7))
    with pytest.raises(ConfigurationError, match="trained under another linkage policy"):
        look_again(warehouse.path, work, model.populations["person"], other, "a:lone", "b:lone")
