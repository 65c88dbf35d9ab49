"""Distinct values through their parsers once, and the sources in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from dq_pipeline.adapters import parsed_values, standardise
from dq_pipeline.adapters.parsed_tables import COUNTRIES, VALUES
from dq_pipeline.adapters.source_records import combine_sources
from dq_pipeline.adapters.standardise import PARSED_TABLES, parse_values, parsers_version
from dq_pipeline.adapters.warehouse import column_schema, create_schemas
from dq_pipeline.domain.canonical import RECORD_COLUMNS
from dq_pipeline.domain.contract import Contract, FileLayout
from dq_pipeline.errors import ConfigurationError
from tests.adapters.staging_models import Connection, build, records, rows

TODAY = date(2026, 11, 20)


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as connection:
        create_schemas(connection)
        yield connection


def contract(source: str, **more: Any) -> Contract:
    layout = FileLayout("csv", ("*.csv",))
    return Contract(source, source.split("_")[0], "customers", layout, (), "crm", "", **more)


def customers(con: Connection) -> None:
    build(con, "staging.customers", "staging.match_forms", "staging.contact_points")


class TestParseOnce:
    def test_each_distinct_value_is_parsed_once_and_only_when_new(self, con: Connection) -> None:
        records(con, {"email": "a@work.de"}, {"email": "a@work.de"}, {"email": "b@work.de"}, {"email": None})
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_emails"] == 2
        assert set(parse_values(con, {}, as_of=TODAY).values()) == {0}
        records(con, {"email": "a@work.de"}, {"email": "c@work.de"})
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_emails"] == 1

    def test_values_that_left_the_sources_leave_the_tables(self, con: Connection) -> None:
        records(con, {"email": "erased@work.de", "given_name": "Erased"})
        parse_values(con, {}, as_of=TODAY)
        records(con, {"email": "a@work.de", "given_name": "Ann"})
        parse_values(con, {}, as_of=TODAY)
        assert rows(con, "select raw from staging.parsed_emails") == [("a@work.de",)]
        assert rows(con, "select raw from staging.parsed_names") == [("Ann",)]

    def test_what_a_slip_is_corrected_to_is_parsed_too_and_leaves_with_it(self, con: Connection) -> None:
        records(con, {"email": "ann@gmial.com"})
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_emails"] == 2
        assert rows(con, "select raw from staging.parsed_emails order by raw") == [
            ("ann@gmail.com",),
            ("ann@gmial.com",),
        ]
        assert set(parse_values(con, {}, as_of=TODAY).values()) == {0}
        records(con, {"email": "b@work.de"})
        parse_values(con, {}, as_of=TODAY)
        assert rows(con, "select raw from staging.parsed_emails") == [("b@work.de",)]

    def test_changed_parsers_parse_again(self, con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        records(con, {"email": "a@work.de"})
        parse_values(con, {}, as_of=TODAY)
        monkeypatch.setattr(standardise, "parsers_version", lambda: "another")
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_emails"] == 1
        assert rows(con, "select parser_version from staging.parsed_emails") == [("another",)]

    def test_a_new_year_reads_dates_again(self, con: Connection) -> None:
        records(con, {"birthdate": "03/04/27"}, {"birthdate": "25/04/80"})
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_dates"] == 2
        assert rows(con, "select value from staging.parsed_dates where raw = '03/04/27'") == [(date(1927, 4, 3),)]
        again = parse_values(con, {}, as_of=date(2027, 12, 1))
        assert (again["staging.parsed_dates"], again["staging.parsed_names"]) == (2, 0)
        assert rows(con, "select value from staging.parsed_dates where raw = '03/04/27'") == [(date(2027, 4, 3),)]

    def test_tables_of_an_older_shape_are_made_anew(self, con: Connection) -> None:
        con.execute("create table staging.parsed_emails (raw VARCHAR, value VARCHAR, parser_version VARCHAR)")
        records(con, {"email": "a@work.de"})
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_emails"] == 1
        expected = next(table for table in VALUES if table.name == "parsed_emails").columns
        assert dict(column_schema(con, "staging", "parsed_emails")) == expected

    def test_more_values_than_a_chunk(self, con: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parsed_values, "_CHUNK", 7)
        records(con, *({"family_name": f"Name{chr(97 + number)}"} for number in range(20)))
        assert parse_values(con, {}, as_of=TODAY)["staging.parsed_names"] == 20
        assert rows(con, "select count(*), count(distinct raw) from staging.parsed_names") == [(20, 20)]

    def test_every_table_is_listed_with_a_description(self, con: Connection) -> None:
        records(con, {"email": "a@work.de"})
        assert set(parse_values(con, {}, as_of=TODAY)) <= set(PARSED_TABLES)
        assert all(PARSED_TABLES.values())
        made = rows(
            con,
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('staging', 'quality')",
        )
        assert {name for (name,) in made} == {*PARSED_TABLES, "staging.source_records", "staging.changed_records"}
        assert len(VALUES) + 1 == sum(name.startswith("staging.parsed_") for name in PARSED_TABLES)
        assert parsers_version() == parsers_version()
        assert COUNTRIES.columns == dict.fromkeys(("raw", "value", "status", "reason", "parser_version"), "VARCHAR")


class TestContext:
    def test_a_phone_is_read_by_the_country_of_its_record(self, con: Connection) -> None:
        records(con, {"phone_number": "0171 1234567", "country": "Germany"}, {"phone_number": "0171 1234567"})
        parse_values(con, {}, as_of=TODAY)
        assert sorted(rows(con, "select country, status from staging.parsed_phones")) == [
            ("", "invalid"),
            ("DE", "valid"),
        ]

    def test_the_contract_says_the_country_where_the_record_does_not(self, con: Connection) -> None:
        records(con, {"phone_number": "0171 1234567"}, {"phone_number": "020 7183 8750", "country": "GB"}, source="ao")
        parse_values(con, {"ao": contract("ao", default_country="DE")}, as_of=TODAY)
        assert sorted(rows(con, "select country, value from staging.parsed_phones")) == [
            ("DE", "+491711234567"),
            ("GB", "+442071838750"),
        ]
        customers(con)
        assert rows(con, "select country from staging.customers order by record_key") == [(None,), ("GB",)]

    @pytest.mark.parametrize(
        ("dates", "promised", "order", "known_from"),
        [
            (["03/04/1980", "25/04/1980"], "ymd", "dmy", "evidence"),
            (["03/04/1980", "04/25/1980"], "ymd", "mdy", "evidence"),
            (["25/04/1980", "04/25/1980"], "ymd", "ymd", "undecided"),
            (["1980-04-25", "03/04/1980"], "ymd", "ymd", "undecided"),
            (["04/25/1980"], "dmy", "dmy", "contract"),
            (["25/04/1980"] * 40 + ["04/25/1980"], "ymd", "dmy", "evidence"),
        ],
    )
    def test_day_and_month_are_decided_by_contract_or_evidence_never_by_luck(
        self, con: Connection, dates: list[str], promised: Any, order: str, known_from: str
    ) -> None:
        records(con, *({"birthdate": text} for text in dates))
        parse_values(con, {"crm": contract("crm", date_order=promised)}, as_of=TODAY)
        sql = "select date_order, date_order_from, as_of from staging.source_conventions"
        assert rows(con, sql) == [(order, known_from, TODAY)]


class TestMinimalRecords:
    def test_names_and_birthdate_only(self, con: Connection) -> None:
        records(con, {"given_name": "corie", "family_name": "hyland", "birthdate": "19570810"}, {"given_name": "jo"})
        parse_values(con, {}, as_of=TODAY)
        customers(con)
        sql = "select name, birthdate, email_status, country, contract_id from staging.customers order by record_key"
        assert rows(con, sql) == [
            ("Corie Hyland", date(1957, 8, 10), "missing", None, "crm"),
            ("Jo", None, "missing", None, "crm"),
        ]
        assert rows(con, "select count(*) from staging.contact_points") == [(0,)]

    def test_a_full_name_only(self, con: Connection) -> None:
        records(con, {"name": "o'brien, baronet"}, {"name": "Müller GmbH"})
        parse_values(con, {}, as_of=TODAY)
        customers(con)
        columns = "party_type, name, given_name, family_name, organisation_name"
        assert rows(con, f"select {columns} from staging.customers order by record_key") == [
            ("person", "Baronet O'Brien", "Baronet", "O'Brien", None),
            ("organisation", "Müller GmbH", None, None, "Müller GmbH"),
        ]

    def test_every_record_comes_out_once_whatever_its_values(self, con: Connection) -> None:
        nasty = [
            "'; drop table staging.source_records; --",
            "\u202e\u0000x".replace("\0", ""),
            "{{7*7}}",
            "a\nb",
            "🤷",
            '"',
        ]
        attributes = [name for name in RECORD_COLUMNS if RECORD_COLUMNS[name] == "VARCHAR"][4:-1]
        records(con, *(dict.fromkeys(attributes, value) for value in nasty))
        parse_values(con, {}, as_of=TODAY)
        customers(con)
        assert rows(con, "select count(*), count(distinct record_key) from staging.customers") == [(6, 6)]
        assert rows(con, "select count(*) from staging.match_forms") == [(6,)]

    def test_a_table_without_the_key_is_refused(self, con: Connection) -> None:
        con.execute("create table staging.source_records (source_system VARCHAR, email VARCHAR)")
        with pytest.raises(ConfigurationError, match="source_record_id"):
            parse_values(con, {}, as_of=TODAY)


class TestCombine:
    CONTRACTS = {name: contract(name) for name in ("aa_contacts", "bb_contacts")}

    def test_sources_with_different_columns_become_one_table(self, con: Connection) -> None:
        con.execute(
            "create table staging.aa_contacts as select 'aa' as source_system, '1' as source_record_id, 'x' as email"
        )
        con.execute(
            "create table staging.bb_contacts as select 'Ann' as name, 'bb' as source_system, '1' as source_record_id"
        )
        assert combine_sources(con, self.CONTRACTS) == 2
        assert [name for name, _ in column_schema(con, "staging", "source_records")] == list(RECORD_COLUMNS)
        sql = "select record_key, contract_id, email, name from staging.source_records order by all"
        assert rows(con, sql) == [("aa:1", "aa_contacts", "x", None), ("bb:1", "bb_contacts", None, "Ann")]

    def test_the_view_takes_the_place_of_a_table_and_follows_its_sources(self, con: Connection) -> None:
        con.execute("create table staging.source_records (record_key varchar)")
        for name in self.CONTRACTS:
            con.execute(f"create table staging.{name} as select '{name[:2]}' as source_system, '1' as source_record_id")
        assert combine_sources(con, self.CONTRACTS) == 2
        con.execute("insert into staging.aa_contacts values ('aa', '2')")
        sql = "select record_key, email from staging.source_records order by all"
        assert rows(con, sql) == [("aa:1", None), ("aa:2", None), ("bb:1", None)]
        assert combine_sources(con, self.CONTRACTS) == 3

    def test_facts_are_no_customers(self, con: Connection) -> None:
        facts = Contract("calls", "facts", "interactions", FileLayout("jsonl", ("*",)), (), "crm", "")
        assert combine_sources(con, {"calls": facts}) == 0

    def test_every_misfit_of_every_source_is_named_at_once(self, con: Connection) -> None:
        con.execute("create table staging.aa_contacts as select 'aa' as source_system, 1 as email, 'x' as shoe_size")
        with pytest.raises(ConfigurationError) as refused:
            combine_sources(con, self.CONTRACTS)
        assert refused.value.problems == (
            "aa_contacts.sql: lacks the key column source_record_id",
            "aa_contacts.sql: email is INTEGER, must be VARCHAR",
            "aa_contacts.sql: shoe_size is no canonical column",
            "bb_contacts.sql: there is no table staging.bb_contacts; does the file exist?",
        )
