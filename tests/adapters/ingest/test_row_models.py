"""A row-by-row model brought up to date night by night is the model made anew, whatever the nights bring."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters.ingest import ingest_source
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.sql_models import SqlModel

from .conftest import Source, contract_of

NIGHT = datetime(2026, 11, 1, 2)
SQL = """-- People.
select trim("Id") as id, upper(nullif(trim("First"), '')) as name, _load_id, _file, _line from raw.people"""


def model(sql: str = SQL) -> SqlModel:
    return SqlModel("staging.people", Path("staging/people.sql"), sql, "People.", ("raw.people",))


def ingest(source: Source, night: int, content: str) -> None:
    source.put(f"p-202611{night:02}.csv", "Id,First,Last\n" + content)
    now = NIGHT + timedelta(days=night)
    ingest_source(source.warehouse, source.extracts, source.contract, run_id=f"r{night}", now=now)


def refreshed(source: Source, sql: str = SQL) -> list[tuple[object, ...]]:
    with source.warehouse.transaction() as con:
        refresh_model_table(con, model(sql))
        found = con.execute("select * from staging.people order by all").fetchall()
        assert found == con.execute(f"select * from ({sql}) order by all").fetchall()
    return found


def was_made_anew(source: Source, sql: str = SQL) -> bool:
    """Whether a refresh writes the table anew: a new table has a new number."""
    query = "select table_oid from duckdb_tables() where schema_name = 'staging' and table_name = 'people'"
    with source.warehouse.transaction() as con:
        before = con.execute(query).fetchall()
        refresh_model_table(con, model(sql))
        return con.execute(query).fetchall() != before


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    nights=st.lists(
        st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from("ab")), min_size=1, max_size=6),
        min_size=1,
        max_size=4,
    ),
    kind=st.sampled_from(["full", "delta"]),
)
def test_any_nights(tmp_path_factory: pytest.TempPathFactory, nights: list[list[tuple[str, str]]], kind: str) -> None:
    source = Source(tmp_path_factory.mktemp("nights"), contract_of(snapshot=kind))
    for night, lines in enumerate(nights, start=1):
        ingest(source, night, "".join(f"{key},{name},x\n" for key, name in lines))
        refreshed(source)


def test_only_what_changed_is_mapped_and_another_text_maps_all(make_source) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    ingest(source, 1, "1,ann,x\n2,bob,x\n")
    assert [row[:2] for row in refreshed(source)] == [("1", "ANN"), ("2", "BOB")]
    ingest(source, 2, "1,ann,x\n2,rob,x\n3,cy,x\n")
    assert not was_made_anew(source)
    assert [row[:2] for row in refreshed(source)] == [("1", "ANN"), ("2", "ROB"), ("3", "CY")]
    assert was_made_anew(source, SQL.replace("upper", "lower"))
    assert not was_made_anew(source, SQL.replace("upper", "lower"))


def test_another_extracts_folder_is_followed(make_source, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    ingest(source, 1, "1,ann,x\n")
    refreshed(source)
    other = tmp_path / "other"
    (other / "people").mkdir(parents=True)
    (other / "people" / "a.csv").write_text("Id,First,Last\n9,zoe,x\n")
    ingest_source(source.warehouse, other, source.contract, run_id="r", now=NIGHT + timedelta(days=5))
    assert [row[:2] for row in refreshed(source)] == [("9", "ZOE")]
    ingest_source(source.warehouse, source.extracts, source.contract, run_id="r", now=NIGHT + timedelta(days=6))
    assert [row[:2] for row in refreshed(source)] == [("1", "ANN")]


@pytest.mark.parametrize(
    "sql",
    [
        'select "Id", count(*) as n, min(_load_id) as _load_id, min(_file) as _file, min(_line) as _line '
        'from raw.people group by "Id"',
        "select row_number() over () as n, _load_id, _file, _line from raw.people",
        "select distinct _load_id, _file, _line from raw.people",
        "select (select max(_line) from raw.people) as n, _load_id, _file, _line from raw.people",
        "select unnest([1, 2]) as n, _load_id, _file, _line from raw.people",
        "select random() as n, _load_id, _file, _line from raw.people",
        "select now() as n, _load_id, _file, _line from raw.people",
        "with p as (from raw.people) select _load_id, _file, _line from p",
        'select "Id", _load_id, _file, _line from raw.people order by 1 limit 1',
        'select "Id" from raw.people',
        'select a."Id", a._load_id, a._file, a._line from raw.people a, raw.people b',
    ],
)
def test_whatever_is_not_row_by_row_is_made_anew(make_source, sql: str) -> None:  # type: ignore[no-untyped-def]
    source = make_source()
    ingest(source, 1, "1,ann,x\n2,bob,x\n")
    with source.warehouse.transaction() as con:
        refresh_model_table(con, model(sql))
    assert was_made_anew(source, sql)


def test_it_is_as_cheap_to_ask_as_duckdb_parses() -> None:
    """No table is read to find out what a model is."""
    with duckdb.connect() as con:
        con.execute("create schema staging")
        made = SqlModel("staging.x", Path("staging/x.sql"), "select 1 as a", "", ())
        refresh_model_table(con, made)
        refresh_model_table(con, made)
        assert con.execute("from staging.x").fetchall() == [(1,)]
