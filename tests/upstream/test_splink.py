"""Facts about Splink that linkage leans on; a failure here says what an upgrade changed."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2
from typing import Any

import duckdb
import pytest

PRIOR = 0.01
SETTINGS: dict[str, Any] = {
    "link_type": "dedupe_only",
    "unique_id_column_name": "number",
    "probability_two_random_records_match": PRIOR,
    "blocking_rules_to_generate_predictions": [],
    "retain_matching_columns": False,
    "retain_intermediate_calculation_columns": True,
    "comparisons": [
        {
            "output_column_name": "family_name",
            "comparison_levels": [
                {"sql_condition": "family_name_l is null or family_name_r is null", "is_null_level": True},
                {
                    "sql_condition": "family_name_l = family_name_r",
                    "m_probability": 0.9,
                    "u_probability": 0.1,
                    "tf_adjustment_column": "family_id",
                    "tf_adjustment_weight": 1.0,
                    "disable_tf_exact_match_detection": True,
                },
                {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9},
            ],
        }
    ],
}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(
            "create table people as select * from (values (0, 'smith', 1), (1, 'smith', 1), (2, 'quux', 2), "
            "(3, 'quux', 2), (4, null, null)) as t(number, family_name, family_id)"
        )
        made.execute(
            "create table frequencies as select * from (values (1, 0.2), (2, 0.001)) as t(family_id, tf_family_id)"
        )
        made.execute(
            "create table pairs as select * from (values (0, 1, 0), (2, 3, 0), (0, 2, 1), (0, 4, 1)) "
            "as t(join_key_l, join_key_r, match_key)"
        )
        yield made


def weights(con: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], float]:
    from splink import DuckDBAPI, Linker, SettingsCreator

    database = DuckDBAPI(con)
    linker = Linker(database.register("people"), SettingsCreator(**SETTINGS), log_level=None)
    linker.table_management.register_term_frequency_lookup(database.register("frequencies"), "family_id")
    linker.table_management.register_blocked_pairs_for_predict(database.register("pairs"))
    predicted = linker.inference.predict(threshold_match_weight=-100)
    rows = con.execute(f"select number_l, number_r, match_weight from {predicted.physical_name}").fetchall()
    return {(left, right): weight for left, right, weight in rows}


def test_only_the_registered_pairs_are_scored(con: duckdb.DuckDBPyConnection) -> None:
    assert set(weights(con)) == {(0, 1), (2, 3), (0, 2), (0, 4)}


def test_a_match_weight_is_the_prior_and_the_log_of_m_over_u(con: duckdb.DuckDBPyConnection) -> None:
    found, prior = weights(con), log2(PRIOR / (1 - PRIOR))
    assert found[(0, 2)] == pytest.approx(prior + log2(0.1 / 0.9))
    assert found[(0, 4)] == pytest.approx(prior)


def test_the_frequency_of_the_shared_value_takes_the_place_of_u(con: duckdb.DuckDBPyConnection) -> None:
    found, prior = weights(con), log2(PRIOR / (1 - PRIOR))
    assert found[(0, 1)] == pytest.approx(prior + log2(0.9 / 0.2))
    assert found[(2, 3)] == pytest.approx(prior + log2(0.9 / 0.001))


def test_a_table_is_registered_by_its_bare_name(con: duckdb.DuckDBPyConnection) -> None:
    from splink import DuckDBAPI

    database = DuckDBAPI(con)
    assert [column.unquote().name for column in database.register("people").columns] == [
        "number",
        "family_name",
        "family_id",
    ]
    con.execute("create schema other; create table other.things as select 1 as x")
    assert database.register("other.things").columns == []
