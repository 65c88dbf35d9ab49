"""A table brought up to date by its changed rows is the table made anew."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq_pipeline.adapters import changed_rows
from dq_pipeline.adapters.changed_rows import write_changed_rows
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.sql_models import SqlModel, load_sql_models
from dq_pipeline.adapters.warehouse import row_count
from dq_pipeline.errors import ConfigurationError

SQL = """-- Every record with the price of its thing.
-- materialized: changes by key
select records.key, records.thing, prices.price, records.tags
from records left join prices on prices.thing = records.thing"""
ROWS = 200


def model(tmp_path: Path, sql: str = SQL) -> SqlModel:
    file = tmp_path / "s" / "t.sql"
    file.parent.mkdir(exist_ok=True)
    file.write_text(sql.replace("from records", "from s.records").replace("join prices", "join s.prices"))
    return load_sql_models(tmp_path, known_tables=["s.records", "s.prices"])["s.t"]


def warehouse() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema s")
    con.execute(
        f"create table s.records as select 'k' || i as key, 'thing ' || i % 7 as thing, ['a', null] as tags "
        f"from range({ROWS}) t(i)"
    )
    con.execute("create table s.prices as select 'thing ' || i as thing, i * 1.5 as price from range(5) t(i)")
    return con


def refreshed(con: duckdb.DuckDBPyConnection, made: SqlModel) -> int:
    refresh_model_table(con, made)
    return row_count(con, made.schema, made.name)


def same_as_made_anew(con: duckdb.DuckDBPyConnection, made: SqlModel) -> bool:
    query = f"(select * from s.t except all ({made.sql})) union all (({made.sql}) except all select * from s.t)"
    return not con.execute(query).fetchall()


def test_the_header_names_the_key_and_is_no_part_of_the_description(tmp_path: Path) -> None:
    made = model(tmp_path)
    assert (made.change_key, made.description) == ("key", "Every record with the price of its thing.")
    assert model(tmp_path, SQL.replace("-- materialized: changes by key\n", "")).change_key is None


@pytest.fixture(params=[0, 100_000], ids=["computed again", "kept while compared"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Large tables are computed again for the rows that differ, small ones are kept while they are compared."""
    monkeypatch.setattr(changed_rows, "_KEPT_WHILE_COMPARED", request.param)
    return int(request.param)


@pytest.mark.usefixtures("kept")
def test_only_rows_that_differ_are_written(tmp_path: Path) -> None:
    made, con = model(tmp_path), warehouse()
    assert refreshed(con, made) == ROWS
    con.execute("create table before as select rowid as place, key from s.t")
    con.execute("update s.records set thing = 'thing 3' where key = 'k7'")
    con.execute("delete from s.records where key = 'k8'")
    con.execute("insert into s.records values ('k''new', 'thing 9', null)")
    assert write_changed_rows(con, made, "key")
    assert same_as_made_anew(con, made)
    moved = con.execute(
        "select key from s.t anti join before on t.rowid = before.place and t.key = before.key order by key"
    ).fetchall()
    assert moved == [("k'new",), ("k7",)]


def test_a_changed_answer_reaches_every_record_that_asked(tmp_path: Path, kept: int) -> None:
    made, con = model(tmp_path), warehouse()
    refresh_model_table(con, made)
    con.execute("update s.prices set price = 99 where thing = 'thing 2'")
    assert write_changed_rows(con, made, "key") == bool(kept)  # a seventh of all rows: made anew
    assert refreshed(con, made) == ROWS
    assert same_as_made_anew(con, made)


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        (SQL.replace("prices.price,", "prices.price + 1 as price,"), ROWS),
        (SQL.replace("prices.price,", "prices.price::varchar as price,"), ROWS),
        (SQL.replace("records.tags", "records.tags, 1 as extra"), ROWS),
        (SQL.replace("changes by key", "view"), ROWS),
    ],
)
def test_another_select_is_obeyed(tmp_path: Path, sql: str, rows: int) -> None:
    con = warehouse()
    refresh_model_table(con, model(tmp_path))
    other = model(tmp_path, sql)
    assert refreshed(con, other) == rows
    assert same_as_made_anew(con, other)
    assert refreshed(con, model(tmp_path)) == rows
    assert same_as_made_anew(con, model(tmp_path))


def test_a_select_that_fails_names_its_file(tmp_path: Path) -> None:
    con = warehouse()
    refresh_model_table(con, model(tmp_path))
    failing = model(tmp_path, SQL.replace("prices.price,", "records.thing::integer as price,"))
    with pytest.raises(ConfigurationError) as failed:
        refresh_model_table(con, failing)
    assert failed.value.where == str(failing.path)
    assert "thing 1" not in failed.value.text()


keys = st.sampled_from([f"k{i}" for i in range(0, ROWS, 20)])
changes = st.lists(
    st.tuples(st.sampled_from(["delete", "insert", "update"]), keys, st.sampled_from(["thing 1", "thing 5", "'", ""])),
    max_size=4,
)


@pytest.mark.usefixtures("kept")
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(changes, min_size=1, max_size=3))
def test_any_nights_leave_what_making_it_anew_gives(
    tmp_path_factory: pytest.TempPathFactory, nights: list[list[tuple[str, str, str]]]
) -> None:
    """An inserted key may be there already, with another row or the very same."""
    made, con = model(tmp_path_factory.mktemp("models")), warehouse()
    refresh_model_table(con, made)
    for night in nights:
        for kind, key, thing in night:
            if kind == "delete":
                con.execute("delete from s.records where key = ?", [key])
            elif kind == "update":
                con.execute("update s.records set thing = ? where key = ?", [thing, key])
            else:
                con.execute("insert into s.records values (?, ?, ['b'])", [key, thing])
        refresh_model_table(con, made)
        assert same_as_made_anew(con, made)
