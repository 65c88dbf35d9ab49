"""What we lean on in Great Expectations 1.24.1 on DuckDB. A failure here names what an upgrade changed.

Where a fact is a shortcoming, its repair is in `dq_pipeline/adapters/gx.py` or `suites.py` and can then be taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROWS = 100


@pytest.fixture(scope="module")
def gx() -> Any:
    import great_expectations

    return great_expectations


@pytest.fixture(scope="module")
def source(gx: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A data source on cursors of our own read-only connection, as `gx.expectations_engine` makes it."""
    from duckdb_sqlalchemy import ConnectionWrapper
    from great_expectations.data_context.types.base import ProgressBarsConfig

    path = tmp_path_factory.mktemp("gx") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema s")
        con.execute(
            f"create table s.t as select 'k' || i as id, i % 40 as n, if(i % 2 = 0, 'even', 'odd') as parity, "
            f"if(i % 10 = 0, null, 'x' || i) as text from range({ROWS}) t(i)"
        )
    con = duckdb.connect(str(path), read_only=True)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    yield context.data_sources.add_sql(
        "warehouse",
        connection_string="duckdb:///:memory:",
        create_temp_table=False,
        kwargs={
            "isolation_level": "AUTOCOMMIT",
            "skip_autocommit_rollback": True,
            "pool_reset_on_return": None,
            "creator": lambda: ConnectionWrapper(con.cursor()),
        },
    )
    con.close()


def run(gx: Any, source: Any, *entries: dict[str, Any], form: str = "BASIC", **more: Any) -> list[dict[str, Any]]:
    name = f"run {len(source.assets)}"
    batch = source.add_table_asset(name, table_name="t", schema_name="s").add_batch_definition_whole_table("all")
    suite = gx.ExpectationSuite(name=name, expectations=list(entries))
    result_format = {
        "result_format": form,
        "return_unexpected_index_query": True,
        "unexpected_index_column_names": ["id"],
        "exclude_unexpected_values": form == "BASIC",
    }
    results = batch.get_batch().validate(suite, result_format=result_format, **more).results
    return [result.to_json_dict() for result in results]


def entry(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": kind, "kwargs": kwargs}


def fetched(source: Any, query: str) -> list[tuple[Any, ...]]:
    with source.get_engine().connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query.rstrip("; \n")).fetchall()]


def test_the_versions_these_facts_are_about() -> None:
    assert (version("great-expectations"), version("duckdb-sqlalchemy")) == ("1.24.1", "1.5.6.4")


def test_a_connection_of_ours_is_read_in_place_with_a_schema_name(gx: Any, source: Any) -> None:
    (result,) = run(gx, source, entry("expect_column_values_to_not_be_null", column="text"))
    assert (result["success"], result["result"]["element_count"], result["result"]["unexpected_count"]) == (
        False,
        100,
        10,
    )


def test_basic_with_the_query_brings_counts_and_no_values(gx: Any, source: Any) -> None:
    (result,) = run(gx, source, entry("expect_column_values_to_be_in_set", column="text", value_set=["x1"]))
    assert "x2" not in repr(result["result"])
    assert result["result"]["missing_count"] == 10
    assert (
        len(fetched(source, result["result"]["unexpected_index_query"])) == result["result"]["unexpected_count"] == 89
    )


def test_the_complete_list_is_cut_at_twenty_and_the_query_is_not(gx: Any, source: Any) -> None:
    (result,) = run(
        gx, source, entry("expect_column_values_to_be_in_set", column="text", value_set=["x1"]), form="COMPLETE"
    )
    assert len(result["result"]["unexpected_index_list"]) == 20
    assert len(fetched(source, result["result"]["unexpected_index_query"])) == 89


def test_regular_expressions_are_refused_until_taught() -> None:
    from duckdb_sqlalchemy import Dialect
    from great_expectations.expectations.metrics import util

    from dq_pipeline.adapters.gx import _teach_regular_expressions

    original = getattr(util.get_dialect_regex_expression, "original", util.get_dialect_regex_expression)
    import sqlalchemy as sa

    assert original(sa.column("a"), "^x", Dialect()) is None
    _teach_regular_expressions()
    taught = util.get_dialect_regex_expression(sa.column("a"), "^x", Dialect())
    assert str(taught.compile(dialect=Dialect(), compile_kwargs={"literal_binds": True})) == "regexp_matches(a, '^x')"


def test_an_unknown_type_or_severity_is_dropped_in_silence(gx: Any) -> None:
    good = entry("expect_column_to_exist", column="a")
    unknown = entry("expect_column_values_to_be_lovely", column="a")
    fatal = good | {"severity": "fatal"}
    suite = gx.ExpectationSuite(name="s", expectations=[good, unknown, fatal])
    assert [expectation.expectation_type for expectation in suite.expectations] == ["expect_column_to_exist"]


def test_an_empty_suite_passes(source: Any, gx: Any) -> None:
    assert run(gx, source) == []


def test_a_parameter_of_the_run_is_filled_in(gx: Any, source: Any) -> None:
    between = entry("expect_column_values_to_be_between", column="n", max_value={"$PARAMETER": "limit"})
    (result,) = run(gx, source, between, expectation_parameters={"limit": 37})
    assert result["result"]["unexpected_count"] == 4


def test_the_query_of_a_row_condition_loses_the_condition(gx: Any, source: Any) -> None:
    conditional = entry(
        "expect_column_values_to_not_be_null",
        column="text",
        row_condition='col("parity") == "odd"',
        condition_parser="great_expectations",
    )
    (result,) = run(gx, source, conditional)
    assert result["result"]["unexpected_count"] == 0
    assert len(fetched(source, result["result"]["unexpected_index_query"])) == 10


def test_the_query_of_a_compound_key_cannot_run(gx: Any, source: Any) -> None:
    (result,) = run(gx, source, entry("expect_compound_columns_to_be_unique", column_list=["n", "parity"]))
    assert result["result"]["unexpected_count"] == 100
    assert result["result"]["unexpected_index_query"].rstrip("; \n").endswith(">= $1")


def test_the_query_of_equal_columns_ignores_ignore_row_if(gx: Any, source: Any) -> None:
    equal = entry(
        "expect_column_pair_values_to_be_equal",
        column_A="id",
        column_B="text",
        ignore_row_if="either_value_is_missing",
    )
    (result,) = run(gx, source, equal)
    assert result["result"]["unexpected_count"] == 90
    assert len(fetched(source, result["result"]["unexpected_index_query"])) == 100


def test_a_rule_in_sql_is_counted_and_has_no_query(gx: Any, source: Any) -> None:
    rule = entry("unexpected_rows_expectation", unexpected_rows_query="select id from {batch} where n = 3")
    (result,) = run(gx, source, rule)
    assert result["result"] == {"observed_value": 3}


def test_one_rule_that_raises_leaves_the_others_their_results(gx: Any, source: Any) -> None:
    results = run(
        gx,
        source,
        entry("expect_column_values_to_be_between", column="text", min_value=1),
        entry("expect_column_values_to_be_unique", column="gone"),
        entry("unexpected_rows_expectation", unexpected_rows_query="select id from {batch} where gone = 1"),
        entry("expect_column_values_to_not_be_null", column="text"),
    )
    kinds = {result["expectation_config"]["type"]: result for result in results}
    assert kinds["expect_column_values_to_not_be_null"]["result"]["unexpected_count"] == 10
    raised = [kind for kind, result in kinds.items() if "raised_exception" not in result["exception_info"]]
    assert len(raised) == 3


def test_a_result_carries_the_meta_of_its_rule(gx: Any, source: Any) -> None:
    """Results do not come in the order of the suite: they are found by the rule id."""
    named = entry("expect_column_values_to_not_be_null", column="text") | {"meta": {"rule_id": "r"}}
    (result,) = run(gx, source, named)
    assert result["expectation_config"]["meta"] == {"rule_id": "r"}


def test_a_second_opener_of_the_file_is_refused(tmp_path: Path) -> None:
    """Why the connection is handed in: the dialect opens with a setting of its own."""
    import sqlalchemy as sa

    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create table t as select 1")
        engine = sa.create_engine(f"duckdb:///{path}")
        with pytest.raises(Exception, match="different configuration"):
            engine.connect()


def test_variables_and_time_zone_are_not_inherited_by_a_cursor() -> None:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'Pacific/Auckland'")
        con.execute("set variable measured_at = 1")
        query = "select getvariable('measured_at'), current_setting('TimeZone')"
        variable, zone = con.cursor().execute(query).fetchall()[0]
        assert variable is None
        assert zone != "Pacific/Auckland"
