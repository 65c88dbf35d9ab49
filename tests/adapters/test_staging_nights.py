"""Staging brought up to date night by night is staging made anew, whatever the nights bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters import changed_rows
from dq_pipeline.adapters.parsed_tables import COUNTRIES, VALUES
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.source_changes import SOURCE_CHANGES, sources_basis
from dq_pipeline.adapters.source_records import combine_sources
from dq_pipeline.adapters.sql_models import SqlModel
from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.warehouse import create_schemas
from dq_pipeline.domain.contract import Contract, FileLayout
from dq_pipeline.policies.corrections import CORRECTION_RULES
from dq_pipeline.policies.placeholders import SHARING_LIMITS
from tests.adapters.staging_models import models_of, rows

TODAY = date(2026, 11, 20)
FIELDS = (
    *("name", "given_name", "family_name", "birthdate", "email", "phone_number", "street_address", "country"),
    *("organisation_name", "created_at"),
)
MAPPING = (
    "-- People.\nselect 'crm' as source_system, id as source_record_id, {columns}, _load_id, _file, _line from raw.crm"
)
SOURCE = SqlModel("staging.crm", Path("staging/crm.sql"), MAPPING.format(columns=", ".join(FIELDS)), "", ("raw.crm",))
READINGS = [f"staging.{table.name}" for table in (COUNTRIES, *VALUES)]
READINGS += ["staging.source_conventions", "staging.reading_context"]


@cache
def models() -> list[SqlModel]:
    return models_of("staging.customers")


@dataclass
class World:
    """One source in a warehouse in memory: change its lines, bring staging up to date, compare."""

    con: duckdb.DuckDBPyConnection = field(default_factory=lambda: duckdb.connect(config={"threads": 1}))
    country: str = "GB"
    today: date = TODAY
    load: int = 0

    def __post_init__(self) -> None:
        create_schemas(self.con)
        typed = ", ".join(f"{name} VARCHAR" for name in ("id", *FIELDS))
        self.con.execute(f"create table raw.crm ({typed}, _load_id BIGINT, _file VARCHAR, _line BIGINT)")

    @property
    def contracts(self) -> dict[str, Contract]:
        layout = FileLayout("csv", ("*.csv",))
        return {"crm": Contract("crm", "crm", "customers", layout, (), "crm", "", default_country=self.country)}

    def put(self, **lines: dict[str, str] | None) -> None:
        """The lines of one extract: a record's new version, or None where it is deleted."""
        self.load += 1
        for number, (key, values) in enumerate(lines.items()):
            self.con.execute("delete from raw.crm where id = ?", [key])
            if values is not None:
                line = [key, *(values.get(name) for name in FIELDS), self.load, "a.csv", number]
                self.con.execute(f"insert into raw.crm values ({', '.join('?' for _ in line)})", line)

    def map_source(self) -> None:
        refresh_model_table(self.con, SOURCE)
        combine_sources(self.con, self.contracts)

    def parse(self) -> dict[str, int]:
        return parse_values(
            self.con, self.contracts, as_of=self.today, corrections=CORRECTION_RULES, sharing=SHARING_LIMITS
        )

    def build(self) -> None:
        for model in models():
            refresh_model_table(self.con, model)

    def night(self) -> dict[str, int]:
        self.map_source()
        parsed = self.parse()
        self.build()
        return parsed

    def looked_at_changes_only(self) -> bool:
        """Whether tonight's parsers and models were told which records changed, and did not look at all."""
        noted = rows(self.con, "select table_name from staging.changed_records where record_key is null and number > 6")
        return set(noted) <= {("",)}

    def assert_as_made_anew(self) -> None:
        """Reads first, then models, each against the same computed from nothing."""
        kept = {table: rows(self.con, f"select * from {table} order by all") for table in READINGS}
        made = {m.table: rows(self.con, f"select * from {m.target} order by all") for m in models()}
        for table in ("source_changes", *(table.name for table in (COUNTRIES, *VALUES))):
            self.con.execute(f"drop table staging.{table}")
        self.parse()
        for table, found in kept.items():
            assert found == rows(self.con, f"select * from {table} order by all"), table
        for model in models():
            found = made[model.table]
            self.con.execute(f"create or replace table {model.target} as {model.sql}")
            assert found == rows(self.con, f"select * from {model.target} order by all"), model.table


NAMES = ["Abel", "Bauer", "Conti", "Duval", "Eriksen", "Farkas", "Gruber", "Horvat", "Ivanov", "Janssen"] * 3


@pytest.fixture(autouse=True)
def _tables_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of records is to be brought up to date like a million."""
    monkeypatch.setattr(changed_rows, "_SHARE_CHANGED", 100)


PEOPLE = {
    "a": {"given_name": "Ann", "family_name": "Lee", "email": "ann@gmial.com", "birthdate": "1980-04-03"},
    "b": {"name": "Bob Ray", "phone_number": "020 7183 8750", "country": "Germany"},
    "c": {"name": "Acme", "organisation_name": "Acme Ltd", "email": "info@acme.com"},
}


def test_only_what_came_is_parsed_and_what_went_is_forgotten() -> None:
    world = World()
    world.put(**PEOPLE)
    assert world.night()["staging.parsed_emails"] == 3  # the slip, what it means, and info@
    world.put(a={"given_name": "Ann", "family_name": "Ray-Lee", "email": "ann@work.de"}, b=None, c=None)
    parsed = world.night()
    assert world.looked_at_changes_only()
    assert (parsed["staging.parsed_emails"], parsed["staging.parsed_names"]) == (1, 1)
    assert rows(world.con, "select raw from staging.parsed_emails") == [("ann@work.de",)]
    # The only record from its country is gone, and what was read by that country with it.
    assert rows(world.con, "from staging.parsed_phones") == []
    assert rows(world.con, f"from {SOURCE_CHANGES}") == []
    world.assert_as_made_anew()


def test_a_value_that_came_and_went_with_one_record_came_with_another() -> None:
    world = World()
    world.put(**PEOPLE)
    world.night()
    world.put(a={"email": "new@work.de"})
    world.map_source()  # and the night is cut off
    world.put(a={"email": "newer@work.de"}, b={"email": "new@work.de"})
    assert world.night()["staging.parsed_emails"] == 2
    assert world.looked_at_changes_only()
    world.assert_as_made_anew()


def test_a_record_is_concerned_by_what_others_do_and_by_the_day() -> None:
    """By others a name becomes an organisation's and two names are found to be swapped; a birthdate comes by itself."""
    world = World()
    world.put(
        organisation={"name": "Zephyr"},
        swapped={"given_name": "Hofmann", "family_name": "Moritz"},
        unborn={"given_name": "Tim", "birthdate": "2026-11-21"},
    )
    world.night()
    told = """select max(party_type) filter (source_record_id = 'organisation'),
        max(given_name) filter (source_record_id = 'swapped'),
        max(birthdate_status) filter (source_record_id = 'unborn') from staging.customers"""
    assert rows(world.con, told) == [("person", "Hofmann", "future")]
    world.put(
        known={"name": "Zephyr S.A."},
        **{f"given {n}": {"given_name": "Moritz", "family_name": name} for n, name in enumerate(NAMES)},
        **{f"family {n}": {"given_name": name, "family_name": "Hofmann"} for n, name in enumerate(NAMES)},
    )
    world.today += timedelta(days=1)
    world.night()
    assert world.looked_at_changes_only()
    assert rows(world.con, told) == [("organisation", "Moritz", "valid")]
    world.assert_as_made_anew()


@pytest.mark.parametrize(
    "bypass",
    [
        "delete from staging.crm where source_record_id = 'b'",
        "delete from staging.parsed_names where raw = 'Lee'",
        "drop table staging.source_changes",
        "drop table staging.changed_records",
        "create or replace table staging.person_names as from staging.person_names limit 1",
        "create or replace table staging.crm as from staging.crm",
    ],
)
def test_whatever_bypasses_the_changes_is_noticed(bypass: str) -> None:
    world = World()
    world.put(**PEOPLE)
    world.night()
    world.put(a={"given_name": "Anna", "email": "anna@gmial.com"}, d={"name": "Dan Oak"})
    world.map_source()
    world.con.execute(bypass)
    world.night()
    world.assert_as_made_anew()


def test_a_source_that_does_not_say_where_its_rows_are_from_is_read_whole() -> None:
    world = World()
    world.con.execute(
        "create table staging.crm as select 'crm' as source_system, '1' as source_record_id, 'Ann' as name"
    )
    combine_sources(world.con, world.contracts)
    assert sources_basis(world.con, ["crm"]) == ""
    assert world.parse()["staging.parsed_names"] == 1
    world.con.execute("update staging.crm set name = 'Bob'")
    assert world.parse()["staging.parsed_names"] == 1
    assert rows(world.con, "select raw from staging.parsed_names") == [("Bob",)]


lines = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Zephyr", "Zephyr Ltd", "Ann Lee", "Lee, Ann", None]),
            "given_name": st.sampled_from(["Ann", "Lee", None]),
            "family_name": st.sampled_from(["Lee", "Ann", None]),
            "birthdate": st.sampled_from(["2026-11-21", "1980-04-03", "25/04/1980", "04/25/80", "31048", None]),
            "email": st.sampled_from(["ann@gmial.com", "ann@gmail.com", "x@y.com", None]),
            "phone_number": st.sampled_from(["020 7183 8750", "0171 1234567", None]),
            "street_address": st.sampled_from(["1 High St", None]),
            "country": st.sampled_from(["Germany", "GB", "Atlantis", None]),
        }
    ),
)
nights = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abcdefgh"), lines, max_size=4),
        st.sampled_from(["whole", "killed after the sources", "killed after the parsers", "killed at once"]),
        st.sampled_from(["GB", "GB", "GB", "DE"]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=6, deadline=None)
@given(nights=nights)
def test_any_nights(nights: list[tuple[dict[str, dict[str, str] | None], str, str]]) -> None:
    world = World()
    for number, (extract, ends, country) in enumerate(nights):
        world.put(**extract)
        world.country, world.today = country, TODAY + timedelta(days=number)
        if ends != "killed at once":
            world.map_source()
        if ends in ("killed after the parsers", "whole"):
            world.parse()
        if ends == "whole":
            world.build()
    world.night()
    world.assert_as_made_anew()
