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
from dq_pipeline.adapters.source_changes import SOURCE_CHANGES, sources_basis, take_changes
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

    def tells_all(self) -> bool:
        """Whether the parsers will believe that what came and went is the whole difference."""
        self.map_source()
        comment = rows(self.con, "select comment from duckdb_tables() where table_name = 'source_changes'")[0][0]
        return take_changes(self.con, *comment.split()[:2])

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


@pytest.fixture(autouse=True)
def _tables_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of records is to be brought up to date like a million."""
    monkeypatch.setattr(changed_rows, "_SHARE_CHANGED", 1.0)


PEOPLE = {
    "a": {"given_name": "Ann", "family_name": "Lee", "email": "ann@gmial.com", "birthdate": "03/04/1980"},
    "b": {"name": "Bob Ray", "phone_number": "020 7183 8750", "country": "Germany", "birthdate": "25/04/1980"},
    "c": {"name": "Acme", "organisation_name": "Acme Ltd", "email": "info@acme.com"},
}


def test_only_what_came_is_parsed_and_what_went_is_forgotten() -> None:
    world = World()
    world.put(**PEOPLE)
    assert world.night()["staging.parsed_emails"] == 3  # the slip, what it means, and info@
    world.put(a={"given_name": "Ann", "family_name": "Ray-Lee", "email": "ann@work.de"}, c=None)
    assert world.tells_all()
    parsed = world.night()
    assert (parsed["staging.parsed_emails"], parsed["staging.parsed_names"]) == (1, 1)
    assert rows(world.con, "select raw from staging.parsed_emails") == [("ann@work.de",)]
    assert rows(world.con, f"from {SOURCE_CHANGES}") == []
    world.assert_as_made_anew()


def test_a_record_is_concerned_by_what_others_do() -> None:
    """A name becomes an organisation's by another record, and a mailbox a placeholder by its thirteenth holder."""
    world = World()
    world.put(o={"name": "Zephyr"}, **{f"k{n}": {"name": f"Nora{n} Abel{n}", "email": "x@y.com"} for n in range(11)})
    world.night()
    assert rows(world.con, "select party_type from staging.customers where source_record_id = 'o'") == [("person",)]
    more = {f"m{n}": {"name": f"Zoe{n * 7} Kain{n * 7}", "email": "x@y.com"} for n in range(11)}
    world.put(p={"name": "Zephyr S.A."}, **more)
    world.night()
    assert rows(world.con, "select party_type from staging.customers where source_record_id = 'o'") == [
        ("organisation",)
    ]
    assert rows(world.con, "select email_status from staging.customers where source_record_id = 'k1'") == [
        ("placeholder",)
    ]
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
