"""Which columns a SELECT computes each column from, construct by construct, on DuckDB's own plans."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from dq_pipeline.adapters import query_plan
from dq_pipeline.adapters.query_plan import PlanError, query_columns
from dq_pipeline.domain.lineage import Column, Dependency

LOOKUPS = {"s.answers": ("raw", "country")}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute(
            """
            create schema s;
            create table s.t (k int, a varchar, b varchar, "E mail" varchar,
                points struct(channel varchar, value varchar)[], d date);
            create table s.u (k int, a varchar, c varchar, n int);
            create table s.answers (raw varchar, country varchar, value varchar);
            """
        )
        yield con


def told(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """Column -> what it comes from, short: `t.a, u.c`."""
    return {
        column.name: ", ".join(sorted({str(each.column).removeprefix("s.") for each in column.upstream}))
        for column in query_columns(con, sql, LOOKUPS)
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select a, a as x, 'c' as c, count(*) as n from s.t group by all", {"a": "t.a", "x": "t.a", "c": "", "n": ""}),
        ('select lower("E mail") || coalesce(a, b) as x from s.t', {"x": 't."E mail", t.a, t.b'}),
        ("select case when b = 'y' then a when k > 1 then 'z' end as x from s.t", {"x": "t.a, t.b, t.k"}),
        ("select * exclude (points, d, b) from s.t", {"k": "t.k", "a": "t.a", "E mail": 't."E mail"'}),
        ("select * replace (upper(c) as a) from s.u", {"k": "u.k", "a": "u.c", "c": "u.c", "n": "u.n"}),
        ("from s.u", {"k": "u.k", "a": "u.a", "c": "u.c", "n": "u.n"}),
        # Two that parsers without a binder lose.
        ('select "E mail".trim().lower() as x from s.t', {"x": 't."E mail"'}),
        ("select columns('^[ab]$') from s.t", {"a": "t.a", "b": "t.b"}),
        # Names are A-Z-insensitive; the answer has them as the table does.
        ('select A as x, "e MAIL" as y from S.T', {"x": "t.a", "y": 't."E mail"'}),
        # Joins: the columns of both sides, not what they are joined on.
        ("select t.a, u.c from s.t join s.u on t.k = u.k and t.b > u.a", {"a": "t.a", "c": "u.c"}),
        ("select k, t.a from s.t full join s.u using (k)", {"k": "t.k, u.k", "a": "t.a"}),
        ("select t.a from s.t semi join s.u using (k)", {"a": "t.a"}),
        ("select t.a from s.t anti join s.u on t.k = u.k", {"a": "t.a"}),
        ("select t.a, u.c from s.t asof join s.u on t.a = u.a and t.k >= u.k", {"a": "t.a", "c": "u.c"}),
        ("select l.a, r.b from s.t as l, s.t as r where l.k = r.k", {"a": "t.a", "b": "t.b"}),
        # Common table expressions, also of the same name as a table, and recursive ones.
        ("with t as (select c as a from s.u), v as (select a || 'x' as y from t) select y from v", {"y": "u.c"}),
        (
            "with recursive r as (select k, a, b from s.t union all select k + 1, b, a from r where k < 3) from r",
            {"k": "t.k", "a": "t.a, t.b", "b": "t.a, t.b"},
        ),
        # Set operations go by place, or by name.
        ("select a, k from s.t union all select c, n from s.u", {"a": "t.a, u.c", "k": "t.k, u.n"}),
        ("select b, a from s.t union by name select a, c from s.u", {"b": "t.b", "a": "t.a, u.a", "c": "u.c"}),
        ("select a from s.t except select c from s.u", {"a": "t.a"}),
        # Subqueries: scalar, correlated, EXISTS, IN.
        ("select a, (select max(c) from s.u) as x from s.t", {"a": "t.a", "x": "u.c"}),
        ("select (select max(c) from s.u where u.k = t.k) as x from s.t", {"x": "u.c"}),
        ("select exists (select 1 from s.u where u.n = t.k) as x from s.t", {"x": "t.k, u.n"}),
        ("select a in (select c from s.u) as x from s.t", {"x": "t.a, u.c"}),
        (
            "select t.a, l.x from s.t, lateral (select max(c) as x from s.u where u.k = t.k) as l",
            {"a": "t.a", "x": "u.c"},
        ),
        # Aggregates and windows, with their filters, orders and partitions.
        ("select a, max(b) filter (k > 1) as x from s.t group by a", {"a": "t.a", "x": "t.b, t.k"}),
        ("select arg_max(a, d) as x, list(a order by b) as y from s.t", {"x": "t.a, t.d", "y": "t.a, t.b"}),
        ("select row_number() over (partition by a order by d) as x from s.t", {"x": "t.a, t.d"}),
        ("select a from s.t qualify row_number() over (partition by k order by d) = 1", {"a": "t.a"}),
        ("select a, grouping(a) as g from s.t group by grouping sets ((a), ())", {"a": "t.a", "g": "t.a"}),
        ("select distinct on (a) a, b from s.t order by a, d limit 5", {"a": "t.a", "b": "t.b"}),
        # Structs and lists: built, filtered, unnested; a whole row keeps its fields apart.
        (
            "select list_filter([{'channel': 'email', 'value': a}, {'channel': b, 'value': null}], "
            'lambda p: p.value is not null and p.channel <> "E mail") as x from s.t',
            {"x": 't."E mail", t.a, t.b'},
        ),
        (
            "with p as (select k, unnest(points) as p from s.t) select k, p.p.value as x from p",
            {"k": "t.k", "x": "t.points"},
        ),
        ("select unnest(points, recursive := true) from s.t", {"channel": "t.points", "value": "t.points"}),
        ("select t.k, p.value as x from s.t, unnest(t.points) as q(p)", {"k": "t.k", "x": "t.points"}),
        (
            "with w as (select t, u from s.t left join s.u using (k)) select w.t.A as x, u.c as y, t as z from w",
            {"x": "t.a", "y": "u.c", "z": 't."E mail", t.a, t.b, t.d, t.k, t.points'},
        ),
        ("select t.k, r.x from s.t, range(t.k) as r(x)", {"k": "t.k", "x": "t.k"}),
        ("from (values (1, 'x'), (2, 'y')) as v(i, j)", {"i": "", "j": ""}),
        ("from s.u unpivot (val for name in (a, c))", {"k": "u.k", "n": "u.n", "name": "", "val": "u.a, u.c"}),
    ],
)
def test_columns_are_told_exactly(con: duckdb.DuckDBPyConnection, sql: str, expected: dict[str, str]) -> None:
    assert told(con, sql) == expected


def test_the_type_of_a_column_is_that_of_the_query(con: duckdb.DuckDBPyConnection) -> None:
    (column,) = query_columns(con, "select k * 2.5 as x from s.t")
    assert (column.name, column.type) == ("x", "DECIMAL(12,1)")


def test_a_lookup_is_bound_to_the_values_looked_up(con: duckdb.DuckDBPyConnection) -> None:
    columns = query_columns(
        con,
        "select mine.value as x, coalesce(yours.value, t.b) as y, free.value as z from s.t "
        "left join s.answers as mine on mine.raw = t.a and mine.country = t.b "
        "left join s.answers as yours on yours.raw = t.\"E mail\" and yours.value > 'm' "
        "cross join s.answers as free",
        LOOKUPS,
    )
    answer, a, b, email = Column("s.answers", "value"), Column("s.t", "a"), Column("s.t", "b"), Column("s.t", "E mail")
    assert [column.upstream for column in columns] == [
        (Dependency(answer, (a, b)),),
        (Dependency(answer, (email,)), Dependency(b)),
        (Dependency(answer),),
    ]


def test_what_does_not_bind_is_an_error_in_one_line(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(PlanError, match='Referenced column "nope" not found') as caught:
        query_columns(con, "select nope from s.t")
    assert "\n" not in str(caught.value)


def test_a_plan_of_another_form_is_an_error_never_less_lineage(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_plan, "_SAME_AS_BELOW", ())
    with pytest.raises(PlanError, match="operator FILTER"):
        query_columns(con, "select a from s.t where k > 1")
    monkeypatch.setattr(query_plan, "_EXPRESSIONS_OF_PARTS", ())
    with pytest.raises(PlanError, match="expression BOUND_CASE"):
        query_columns(con, "select case when k > 1 then a end as x from s.t")
    monkeypatch.setattr(query_plan.json, "loads", lambda _: {"error": False, "plans": [{"type": "LOGICAL_GET"}]})
    with pytest.raises(PlanError, match="this release of DuckDB"):
        query_columns(con, "select a from s.t")
