import traceback
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.sql_models import SqlModel, create_model_table, load_sql_models, upstream
from dq_pipeline.adapters.warehouse import Warehouse, row_count
from dq_pipeline.errors import ConfigurationError


def write(folder: Path, table: str, sql: str) -> None:
    path = folder / (table.replace(".", "/") + ".sql")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sql)


def created(con: duckdb.DuckDBPyConnection, model: SqlModel) -> int:
    create_model_table(con, model)
    return row_count(con, model.schema, model.name)


def test_models_come_after_what_they_read(tmp_path: Path) -> None:
    write(tmp_path, "a.last", "-- The end.\nselect * from b.middle")
    write(tmp_path, "b.middle", "with x as (select * from raw.s) select * from x join c.first using (k);")
    write(tmp_path, "c.first", "select 1 as k where exists (select 1 from raw.t)")
    models = load_sql_models(tmp_path, known_tables=["raw.s", "raw.t"])
    assert list(models) == ["c.first", "b.middle", "a.last"]
    assert models["b.middle"].reads == ("c.first", "raw.s")
    assert models["a.last"].description == "The end."
    assert [model.table for model in upstream(models, ["b.middle"])] == ["c.first", "b.middle"]


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, "a.empty", "-- only a comment\n")
    write(tmp_path, "a.block", "/* only a comment */")
    write(tmp_path, "a.ddl", "create table x as select 1")
    write(tmp_path, "a.typo", "selec 1")
    write(tmp_path, "a.two", "select 1; select 2")
    write(tmp_path, "a.bare", "select * from somewhere")
    write(tmp_path, "a.unknown", "select * from raw.nowhere")
    write(tmp_path, "a.close", "select * from raw.custmers")
    write(tmp_path, "a.x", "select * from a.y")
    write(tmp_path, "a.y", "select * from a.z")
    write(tmp_path, "a.z", "select * from a.x")
    write(tmp_path, "a.self", "select * from a.self")
    write(tmp_path, "a.fine", "select * from a.empty join a.x using (k)")
    write(tmp_path, "raw.customers", "select 1 as k")
    (tmp_path / "a" / "Fine.sql").write_text("select 1")
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "unknown.SQL").write_text("select 1")
    (tmp_path / "a" / "latin.sql").write_bytes("select 'é'".encode("latin-1"))
    (tmp_path / "top.sql").write_text("select 1")
    (tmp_path / "a" / "below").mkdir()
    (tmp_path / "a" / "below" / "deep.sql").write_text("select 1")
    (tmp_path / "a" / "two words.sql").write_text("select 1")
    (tmp_path / "a" / "dotted.name.sql").write_text("select 1")
    (tmp_path / "a" / "README.md").write_text("not SQL")
    with pytest.raises(ConfigurationError) as caught:
        load_sql_models(tmp_path, made_elsewhere=["raw.customers"])
    out_of_place = "must lie at <schema>/<table>.sql, names of letters, digits and _"
    assert set(caught.value.problems) == {
        "a/empty.sql: is empty",
        "a/block.sql: is empty",
        "a/ddl.sql: is no SELECT: Only SELECT statements can be serialized to json!",
        'a/typo.sql: is no SELECT: syntax error at or near "selec"',
        "a/two.sql: holds 2 statements, not one",
        "a/bare.sql: reads tables without a schema: somewhere",
        "a/unknown.sql: makes the same table as A/unknown.SQL",
        "a/close.sql: reads raw.custmers, which nothing makes; did you mean raw.customers?",
        "a/x.sql: reads itself by way of a/x.sql -> a/y.sql -> a/z.sql -> a/x.sql",
        "a/self.sql: reads itself by way of a/self.sql -> a/self.sql",
        "raw/customers.sql: the pipeline itself writes raw.customers; give the file another name",
        "a/fine.sql: makes the same table as a/Fine.sql",
        "a/latin.sql: is not UTF-8 (byte 8)",
        f"top.sql: {out_of_place}",
        f"a/below/deep.sql: {out_of_place}",
        f"a/two words.sql: {out_of_place}",
        f"a/dotted.name.sql: {out_of_place}",
    }


def test_a_folder_that_is_no_schema_is_named(tmp_path: Path) -> None:
    write(tmp_path, "stagin.customers", "select 1 as k")
    with pytest.raises(ConfigurationError, match=r"stagin/customers\.sql: its folder must be one of staging, golden"):
        load_sql_models(tmp_path, schemas=("staging", "golden"))


def test_a_folder_without_sql_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no SQL file"):
        load_sql_models(tmp_path / "absent")


def test_tables_are_found_in_any_letter_case(tmp_path: Path) -> None:
    write(tmp_path, "a.x", "\ufeff-- With a byte order mark.\nselect * from B.Y join RAW.t using (k)")
    write(tmp_path, "b.y", "with raw as (select 1 as k) select * from raw")
    models = load_sql_models(tmp_path, known_tables=["raw.T"])
    assert list(models) == ["b.y", "a.x"]
    assert models["a.x"].reads == ("b.y", "raw.T")
    assert models["a.x"].description == "With a byte order mark."


def test_a_select_that_does_not_bind_names_its_file(tmp_path: Path) -> None:
    write(tmp_path, "a.x", "select nope from raw.t")
    model = load_sql_models(tmp_path, known_tables=["raw.t"])["a.x"]
    with duckdb.connect() as con:
        con.execute("create schema raw; create schema a; create table raw.t as select 1 as k")
        with pytest.raises(ConfigurationError, match=r"x\.sql: DuckDB refuses"):
            create_model_table(con, model)
        model_ok = load_sql_models(Path(write_ok(tmp_path)), known_tables=["raw.t"])["a.x"]
        assert created(con, model_ok) == 1


def write_ok(folder: Path) -> str:
    write(folder, "a.x", "select k from raw.t")
    return str(folder)


@pytest.mark.parametrize(
    "sql",
    [
        "select value::integer as a from raw.t",
        "select strptime(value, '%Y') as a from raw.t",
        "select cast(value as date) as a from raw.t",
    ],
)
def test_a_value_that_a_select_cannot_use_is_in_no_error(tmp_path: Path, sql: str) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "t.sql").write_text(sql)
    model = load_sql_models(tmp_path, known_tables=["raw.t"])["staging.t"]
    warehouse = Warehouse(tmp_path / "w.duckdb")
    with warehouse.transaction() as con:
        con.execute("create table raw.t as select 'ann.planted@example.org' as value")
    with pytest.raises(ConfigurationError) as caught, warehouse.transaction() as con:
        create_model_table(con, model)
    told = "".join(traceback.format_exception(caught.value))
    assert "the SELECT fails on a value" in told
    assert "planted" not in told
    with pytest.raises(RuntimeError) as any_sql, warehouse.transaction() as con:
        con.execute(sql).fetchall()
    told = "".join(traceback.format_exception(any_sql.value))
    assert "left out" in told
    assert "planted" not in told


def test_a_model_may_be_a_view_and_change_its_mind(tmp_path: Path) -> None:
    sql = "-- Told apart from nothing.\n-- materialized: view\nselect n from raw.t"
    write(tmp_path, "a.v", sql)
    model = load_sql_models(tmp_path, known_tables=["raw.t"])["a.v"]
    assert (model.is_view, model.description) == (True, "Told apart from nothing.")
    write(tmp_path, "a.v", sql.replace("-- materialized: view\n", ""))
    table = load_sql_models(tmp_path, known_tables=["raw.t"])["a.v"]
    assert (table.is_view, table.description) == (False, model.description)
    with duckdb.connect() as con:
        con.execute("create schema a; create schema raw; create table raw.t as select 1 as n")
        assert created(con, table) == 1
        assert created(con, model) == 1
        con.execute("insert into raw.t values (2)")
        assert con.execute("select count(*) from a.v").fetchall() == [(2,)]
        assert created(con, model) == 2
        assert created(con, table) == 2
        con.execute("insert into raw.t values (3)")
        assert con.execute("select count(*) from a.v").fetchall() == [(2,)]
