"""The quarantine: which records are held, how they come free, and that no record is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.quarantine import count_held, create_quarantine_tables, decide, held_records, hold_records
from dq_pipeline.adapters.run_facts import row_balance
from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.contract import Contract, FileLayout
from dq_pipeline.domain.quarantine import HoldReason
from dq_pipeline.errors import InputError
from dq_pipeline.policies.quarantine import HOLD_REASONS
from tests.adapters.staging_models import Connection, build, records, rows

Row = dict[str, str | None]

TODAY = date(2026, 11, 20)
START = datetime(2026, 11, 20)
NOBODY: Row = {"locality": "Leeds"}
ANN: Row = {"given_name": "Ann", "family_name": "Bell", "email": "ann@web.de"}
CRM = Contract("crm", "crm", "customers", FileLayout("csv", ("*.csv",)), (), "crm", "")

HELD: dict[str, Row] = {
    "nothing_to_go_by: nothing at all": {"owner": "sales"},
    "nothing_to_go_by: a town only": {"locality": "Leeds"},
    "nothing_to_go_by: a birthdate only": {"birthdate": "1980-05-17"},
    "nothing_to_go_by: placeholders only": {
        **{"given_name": "Test", "family_name": "Test", "email": "test@test.com", "phone_number": "0000000000"},
        "national_id": "n/a",
    },
    "nothing_to_go_by: somebody at a firm": {"name": "unknown", "organisation_name": "Acme Ltd"},
    "nothing_to_go_by: a number nobody can dial": {"phone_number": "12"},
    "values_out_of_place: slipped by one column": {
        **{"given_name": "Bell", "family_name": "ann@web.de", "email": "+44 20 7946 0958"},
        **{"phone_number": "1980-05-17", "birthdate": "male", "gender": "1 High Street", "country": "LS1 4AP"},
    },
    "lines_run_together: a quote that nobody closed": {**ANN, "locality": "Leeds;" + "Bob;Lee;bob@web.de\n" * 20},
}
SOMEBODY: dict[str, Row] = {
    "a name": {"family_name": "Bell"},
    "a first name": {"given_name": "Ann"},
    "an organisation": {"organisation_name": "Acme Ltd"},
    "an address for mail": {"email": "ann@web.de"},
    "a mailbox of a role": {"email": "info@acme.com"},
    "a phone": {"phone_number": "+44 20 7183 8750"},
    "an identifier": {"national_id": "QQ123456C"},
    "a birthdate and a town": {"birthdate": "1980-05-17", "locality": "Leeds"},
    "somewhere to write to": {"street_address": "1 High Street", "locality": "Leeds"},
    "much wrong, but not all": {
        **{"given_name": "Ann", "family_name": "Bell", "email": "ann(at)web.de", "phone_number": "12"},
        **{"birthdate": "1980-13-47", "country": "GB"},
    },
    "wrong, but little": {"given_name": "Ann", "email": "ann(at)web.de", "phone_number": "12"},
}


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        create_schemas(connection)
        yield connection


class Nights:
    """Runs over hand-made records: standardise, hold, link (every record its own customer), give ids."""

    def __init__(self, con: Connection):
        self.con, self.number = con, 0

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.number)

    def run(self, *given: Row) -> dict[str, int]:
        """Events of the ledger of ids."""
        self.number += 1
        records(self.con, *given)
        parse_values(self.con, {}, as_of=TODAY)
        build(self.con, "staging.customers", "staging.match_forms")
        hold_records(self.con, HOLD_REASONS, run_id=f"run{self.number}", now=self.now)
        build(self.con, "linkage.records")
        self.con.execute(
            "create or replace table linkage.clusters as "
            "select record_key, source_system, source_record_id, record_key as cluster_id from linkage.records"
        )
        return assign_customer_ids(self.con, run_id=f"run{self.number}", now=self.now).events

    def decide(self, decision: Any, key: str = "crm:1", author: str = "Eve") -> None:
        decide(self.con, key, decision, author=author, reason="rang them up", now=self.now)

    def held(self) -> list[tuple[Any, ...]]:
        return rows(self.con, "select record_key, since, run_id, released_by, released_at from quality.held_records")

    def linked(self) -> list[str]:
        return [key for (key,) in rows(self.con, "select record_key from linkage.records order by 1")]


@pytest.fixture
def nights(con: Connection) -> Nights:
    return Nights(con)


def test_who_is_held_and_why(nights: Nights) -> None:
    nights.run(*HELD.values(), *SOMEBODY.values())
    found = {record.record_key: record.reasons for record in held_records(nights.con)}
    assert found == {f"crm:{n}": (name.partition(":")[0],) for n, name in enumerate(HELD, 1)}
    assert nights.linked() == sorted(f"crm:{len(HELD) + n}" for n in range(1, len(SOMEBODY) + 1))


def test_a_record_is_held_for_every_reason_that_applies(nights: Nights) -> None:
    nights.run({"email": "x" * 400, "phone_number": "none of ours", "birthdate": "male", "gender": "Leeds"})
    (record,) = held_records(nights.con)
    assert record.reasons == ("nothing_to_go_by", "values_out_of_place", "lines_run_together")


def test_it_is_held_since_the_first_night_until_it_is_mended(nights: Nights) -> None:
    nights.run(NOBODY, ANN)
    first = nights.held()
    assert first == [("crm:1", START + timedelta(days=1), "run1", None, None)]
    nights.run(NOBODY, ANN)
    assert nights.held() == first
    nights.run({**NOBODY, "email": "bob@web.de"}, ANN)
    assert nights.held() == []
    assert nights.linked() == ["crm:1", "crm:2"]
    nights.run(NOBODY, ANN)
    assert nights.held() == [("crm:1", START + timedelta(days=4), "run4", None, None)]


def test_a_steward_releases_it_and_takes_that_back(nights: Nights) -> None:
    nights.run(NOBODY)
    nights.decide("release")
    assert nights.linked() == []
    for _ in range(2):  # the word of a person outlives the load it was said about
        nights.run(NOBODY)
        assert nights.linked() == ["crm:1"]
        assert nights.held() == [("crm:1", START + timedelta(days=1), "run1", "Eve", START + timedelta(days=1))]
    assert count_held(nights.con) == 0
    nights.decide("hold", author="Tom")
    nights.run(NOBODY)
    assert nights.linked() == []
    assert count_held(nights.con) == 1
    nights.decide("release")
    ledger = "select number, record_key, source_system, decision, author, reason, decided_at from quality.releases"
    days = [START + timedelta(days=day) for day in (1, 3, 4)]
    assert rows(nights.con, ledger + " order by number") == [
        (1, "crm:1", "crm", "release", "Eve", "rang them up", days[0]),
        (2, "crm:1", "crm", "hold", "Tom", "rang them up", days[1]),
        (3, "crm:1", "crm", "release", "Eve", "rang them up", days[2]),
    ]


def test_a_word_takes_effect_in_the_next_run_and_is_told_until_then(nights: Nights) -> None:
    def told() -> list[tuple[bool, str, str]]:
        return [(record.takes_part, record.decision, record.author) for record in held_records(nights.con)]

    nights.run(NOBODY)
    assert told() == [(False, "", "")]
    nights.decide("release")
    assert told() == [(False, "release", "Eve")]
    nights.run(NOBODY)
    assert told() == [(True, "release", "Eve")]
    nights.decide("hold", author="Tom")
    assert told() == [(True, "hold", "Tom")]


def test_a_release_can_be_revoked_after_the_record_was_mended(nights: Nights) -> None:
    nights.run(NOBODY)
    nights.decide("release")
    nights.run(ANN)
    nights.decide("hold")
    nights.run(NOBODY)
    assert count_held(nights.con) == 1


def test_decisions_that_make_no_sense_are_refused(nights: Nights) -> None:
    with pytest.raises(InputError, match="no run has looked yet"):
        nights.decide("release")
    nights.run(NOBODY, ANN)
    for key in ("crm:2", "crm:99"):
        with pytest.raises(InputError, match=f"{key} is not held back"):
            nights.decide("release", key)
        with pytest.raises(InputError, match=f"{key} was not released by anybody"):
            nights.decide("hold", key)
    with pytest.raises(InputError, match="crm:1 was not released by anybody"):
        nights.decide("hold")
    with pytest.raises(InputError, match="author is empty"):
        nights.decide("release", author=" ")
    nights.decide("release")
    with pytest.raises(InputError, match="crm:1 is released already"):
        nights.decide("release")
    assert rows(nights.con, "select count(*) from quality.releases") == [(1,)]


def test_the_list_narrows_to_a_source_that_exists(nights: Nights) -> None:
    nights.run(NOBODY)
    assert len(held_records(nights.con, source="crm")) == 1
    with pytest.raises(InputError, match="there is no source 'pets'"):
        held_records(nights.con, source="pets")


def test_a_customer_whose_only_record_is_held_retires_and_is_restored(nights: Nights) -> None:
    def customers() -> list[tuple[Any, ...]]:
        return rows(nights.con, "select record_key, customer_id from golden.crosswalk order by all")

    assert nights.run(ANN, ANN) == {"minted": 2}
    both = customers()
    assert nights.run(NOBODY, ANN) == {"retired": 1}
    assert customers() == both[1:]
    assert rows(nights.con, "select heir_id from golden.id_redirects where customer_id = 'C000000001'") == [(None,)]
    nights.decide("release")
    assert nights.run(NOBODY, ANN) == {"restored": 1}
    assert customers() == both
    nights.decide("hold")
    assert nights.run(NOBODY, ANN) == {"retired": 1}
    assert nights.run(ANN, ANN) == {"restored": 1}
    assert customers() == both


def balanced(nights: Nights) -> list[str]:
    """The row balance after the tables that it counts beside those of the nights were made."""
    nights.con.execute(
        """
        create or replace table raw.loads (file varchar, lines bigint, loaded bigint, rejected bigint, erased bigint);
        create or replace table raw.crm as from staging.source_records;
        create or replace table staging.crm as from staging.source_records;
        create or replace table golden.customers as
            select customer_id, count(*) as record_count from golden.crosswalk group by 1;
        """
    )
    return row_balance(nights.con, [CRM])


def test_the_row_balance_counts_the_held_records(nights: Nights) -> None:
    nights.run(NOBODY, ANN, ANN, NOBODY)
    nights.decide("release", "crm:4")
    nights.run(NOBODY, ANN, ANN, NOBODY)
    assert count_held(nights.con) == 1
    assert balanced(nights) == []


@pytest.mark.parametrize(
    "damage",
    [
        "delete from quality.held_records",
        "update quality.held_records set record_key = 'crm:2'",
        "update quality.held_records set record_key = 'crm:99'",
        "insert into quality.held_records (record_key) values ('crm:3')",
    ],
)
def test_a_record_that_is_nowhere_or_in_two_places_unbalances_it(nights: Nights, damage: str) -> None:
    nights.run(NOBODY, ANN, ANN)
    nights.con.execute(damage)
    problems = balanced(nights)
    assert any("linkage.clusters has 2 rows" in problem for problem in problems), problems
    assert any("golden.crosswalk has 2 rows" in problem for problem in problems), problems


def test_nothing_is_held_without_a_policy(con: Connection) -> None:
    records(con, NOBODY)
    parse_values(con, {}, as_of=TODAY)
    build(con, "staging.customers", "staging.match_forms")
    assert hold_records(con, (), run_id="run1", now=START) == 0
    create_quarantine_tables(con)
    assert rows(con, "select count(*) from quality.held_records") == [(0,)]


@pytest.mark.parametrize("broken", [("Nobody", "s", "true"), ("a b", "s", "true"), ("a", "", "true"), ("a", "s", " ")])
def test_a_reason_without_id_sentence_or_condition_is_refused(broken: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="hold reason"):
        HoldReason(*broken)
