from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.sql_models import create_model_table, load_sql_models, upstream
from dq_pipeline.errors import ConfigurationError


def write(folder: Path, table: str, sql: str) -> None:
    path = folder / (table.replace(".", "/") + ".sql")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sql)


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
    write(tmp_path, "a.ddl", "create table x as select 1")
    write(tmp_path, "a.two", "select 1; select 2")
    write(tmp_path, "a.bare", "select * from somewhere")
    write(tmp_path, "a.unknown", "select * from raw.nowhere")
    (tmp_path / "top.sql").write_text("select 1")
    with pytest.raises(ConfigurationError) as caught:
        load_sql_models(tmp_path)
    text = str(caught.value)
    for fragment in (
        "a/empty.sql: is empty",
        "a/ddl.sql: is no SELECT",
        "a/two.sql: holds 2 statements",
        "a/bare.sql: reads tables without a schema: somewhere",
        "a/unknown.sql: reads raw.nowhere, which nothing makes",
        "top.sql: must lie at <schema>/<table>.sql",
    ):
        assert fragment in text


def test_a_circle_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.x", "select * from a.y")
    write(tmp_path, "a.y", "select * from a.x")
    with pytest.raises(ConfigurationError, match=r"a\.x -> a\.y|a\.y -> a\.x"):
        load_sql_models(tmp_path)


def test_a_select_that_does_not_bind_names_its_file(tmp_path: Path) -> None:
    write(tmp_path, "a.x", "select nope from raw.t")
    model = load_sql_models(tmp_path, known_tables=["raw.t"])["a.x"]
    with duckdb.connect() as con:
        con.execute("create schema raw; create schema a; create table raw.t as select 1 as k")
        with pytest.raises(ConfigurationError, match=r"x\.sql: DuckDB refuses"):
            create_model_table(con, model)
        model_ok = load_sql_models(Path(write_ok(tmp_path)), known_tables=["raw.t"])["a.x"]
        assert create_model_table(con, model_ok) == 1


def write_ok(folder: Path) -> str:
    write(folder, "a.x", "select k from raw.t")
    return str(folder)
