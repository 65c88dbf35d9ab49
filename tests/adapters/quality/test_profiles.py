"""Profiles against plain Python, deviations in hand-made histories, and how often noise alone is taken for one."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dq_pipeline.adapters.anomalies import Anomaly, TableDrift, expect_deviation, find_anomalies, newest_drift
from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.profiles import profile_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.defs.profiles import profile_checks, profiled_tables, profiles_asset
from dq_pipeline.defs.workspace import Workspace
from dq_pipeline.domain.profiles import Deviation, Limits, Measure, Point, judge, shifts
from dq_pipeline.errors import InputError
from dq_pipeline.policies.drift import DRIFT_POLICY
from dq_pipeline.settings import CONTRACTS

MONDAY = datetime(2026, 1, 5, 2)
EXACT = Limits(0, 0, "info")  # every deviation that noise cannot explain
Figure = Callable[[int], float]


def history(figure: Figure, runs: int) -> list[Point]:
    return [Point(MONDAY + timedelta(days=day), figure(day)) for day in range(runs)]


def last(figure: Figure, runs: int, limits: Limits = EXACT) -> Deviation | None:
    """What is said of the last of so many nightly runs."""
    *past, today = history(figure, runs)
    return judge(past, today, limits, DRIFT_POLICY)


def noise(level: float, spread: float, seed: int) -> Figure:
    drawn = random.Random(seed)
    return lambda _: drawn.gauss(level, spread)


def week(day: int) -> float:
    """A thousand on weekdays, two hundred at weekends, and a little noise that is always the same."""
    return (1000 if day % 7 < 5 else 200) + (day * 37) % 11


# --- the statistics ----------------------------------------------------------------------------------------------


def test_nothing_is_told_before_eight_runs() -> None:
    assert last(lambda day: 1e6 if day == 7 else 10, 8) is None
    assert last(lambda day: 1e6 if day == 8 else 10, 9) == Deviation("level", 1e6, 10, 10, 8, False)


def test_a_step_is_told_until_the_new_level_is_the_usual_one() -> None:
    jitter = noise(0, 1, seed=3)
    figures = [(100 if day < 30 else 150) + jitter(day) for day in range(95)]
    told = [day for day in range(30, 95) if (found := last(figures.__getitem__, day + 1)) and found.kind == "level"]
    assert told[:10] == list(range(30, 40))
    assert told[-1] < 65


def test_a_quiet_sunday_is_usual_and_a_quiet_monday_is_not() -> None:
    assert last(week, 4 * 7) is None  # a Sunday
    monday = last(lambda day: 205 if day == 28 else week(day), 29)
    assert monday is not None
    assert (monday.kind, monday.found, monday.of_weekday) == ("level", 205, True)
    assert 950 < monday.low < 1000 < monday.high < 1050
    sunday = last(lambda day: 1005 if day == 27 else week(day), 28)
    assert sunday is not None
    assert 150 < sunday.low < 200 < sunday.high < 250


def test_weekends_are_no_surprise_while_weekdays_are_still_unknown() -> None:
    assert [day for day in range(9, 70) if last(week, day)] == []


def test_one_odd_night_in_the_past_changes_nothing() -> None:
    steady = noise(100, 1, seed=5)
    figures = [9000 if day == 12 else steady(day) for day in range(31)]
    assert last(figures.__getitem__, 30) is None
    figures[30] = 130
    assert last(figures.__getitem__, 31) is not None


def test_a_slow_drift_is_told_as_a_trend_although_no_night_stands_out() -> None:
    jitter = noise(0, 3, seed=9)
    figures = [100 + day * 0.6 + jitter(day) for day in range(60)]
    found = [last(figures.__getitem__, day + 1, Limits(0, 0.05, "info")) for day in range(60)]
    kinds = [deviation.kind if deviation else "" for deviation in found]
    assert set(kinds[:21]) == {""}
    assert set(kinds[40:]) == {"trend"}
    trend = found[-1]
    assert trend is not None
    assert 124 < trend.found < 136
    assert 105 < trend.high < 125


@pytest.mark.parametrize(("runs", "most"), [(8, 0.004), (14, 0.003), (28, 0.001), (60, 0.001)])
def test_noise_alone_is_seldom_taken_for_a_deviation(runs: int, most: float) -> None:
    """2,000 figures of pure normal noise without any limit that would hide a small deviation."""
    figure = noise(500, 20, seed=runs)
    alarms = sum(last(figure, runs + 1) is not None for _ in range(2000))
    assert alarms / 2000 <= most


def test_noise_on_a_weekly_pattern_is_seldom_taken_for_a_deviation() -> None:
    drawn = random.Random(4)
    alarms = sum(last(lambda day: drawn.gauss(week(day), 15), 7 * 5 + n % 7 + 1) is not None for n in range(1000))
    assert alarms <= 3


@pytest.mark.parametrize(
    ("measure", "level", "spread"),
    [("row_count", 10_000, 120), ("missing_share", 0.12, 0.002), ("mean_length", 17, 0.1)],
)
def test_with_the_policys_limits_ordinary_nights_raise_no_alarm_at_all(
    measure: Measure, level: float, spread: float
) -> None:
    limits, figure = DRIFT_POLICY.limits[measure], noise(level, spread, seed=8)
    assert [run for run in range(300) if last(figure, 9 + run % 40, limits)] == []


def test_shifts_of_frequent_values() -> None:
    usual = {"a": 0.6, "b": 0.4}
    distances, today = shifts([usual] * 8, {"a": 0.1, "b": 0.4, "c": 0.5}, most=10)
    assert distances == pytest.approx([0] * 8)
    assert today == pytest.approx(0.5)
    assert shifts([usual] * 3, {"x": 1.0}, most=10)[1] == pytest.approx(1)
    # Full lists of rare values: what is not listed has at most the share of the rarest listed one.
    rare = {f"{n}": 0.001 for n in range(10)}
    assert shifts([rare] * 8, {f"x{n}": 0.001 for n in range(10)}, most=10)[1] == pytest.approx(0)


# --- the warehouse -----------------------------------------------------------------------------------------------

Rows = list[tuple[str | None, str | None, float | None]]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return empty_warehouse(tmp_path)


def empty_warehouse(folder: Path) -> Warehouse:
    made = Warehouse(folder / "warehouse.duckdb")
    with made.transaction() as con:
        con.execute('create table staging.customers ("Na""me" varchar, kind varchar, n double, _line bigint)')
    return made


def night(made: Warehouse, number: int, rows: Rows, *, publish: bool = True) -> TableDrift:
    """One run: load, profile, compare, publish; what it says of the table."""
    run, now = f"run-{number}", MONDAY + timedelta(days=number)
    with made.transaction() as con:
        con.execute("delete from staging.customers")
        con.executemany("insert into staging.customers values (?, ?, ?, 1)", rows or [(None, None, None)])
        if not rows:
            con.execute("delete from staging.customers")
        profile_tables(con, ["staging.customers"], run_id=run, now=now)
        find_anomalies(con, DRIFT_POLICY, run_id=run, now=now)
        (drift,) = newest_drift(con, DRIFT_POLICY)
        if publish:
            con.execute("insert into quality.publications values (?, 'v', ?)", [run, now])
    return drift


def usual_rows(seed: int, rows: int = 400) -> Rows:
    drawn = random.Random(seed)
    return [
        (f"Zaphod {n}", drawn.choice(["web", "web", "web", "bar"]), None if drawn.random() < 0.1 else n / 7)
        for n in range(rows)
    ]


def read(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return con.execute(sql).fetchall()


def test_a_profile_says_what_python_says(warehouse: Warehouse) -> None:
    rows: Rows = [("Zaphod", "a", 1.5), ("", "a", None), (None, "bb", 2.5), ("Zaphod", None, None), ("É", "a", 2.5)]
    night(warehouse, 0, rows)
    with warehouse.connect(read_only=True) as con:
        found = {
            row[0]: row[1:]
            for row in read(
                con,
                "select column_name, rows, missing_share, distinct_share, "
                "mean_length, list_transform(top_values, lambda v: v.share) from quality.profiles",
            )
        }
        text = " ".join(map(str, read(con, "from quality.profiles")))
    assert found[""] == (5, None, None, None, [])
    for position, column in enumerate(('Na"me', "kind", "n")):
        values = [str(row[position]) for row in rows if row[position] not in (None, "")]
        counts = [count for _, count in Counter(values).most_common()]
        rows_, missing, distinct, length, shares = found[column]
        assert rows_ == 5
        assert missing == pytest.approx(1 - len(values) / 5)
        assert distinct == pytest.approx(len(set(values)) / len(values))
        assert length == pytest.approx(sum(map(len, values)) / len(values))
        assert shares == pytest.approx([count / len(values) for count in counts])
    assert found.keys() == {"", 'Na"me', "kind", "n"}
    assert "Zaphod" not in text


def test_the_same_value_has_the_same_hash_tomorrow_and_another_one_elsewhere(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    other = Warehouse(tmp_path / "other.duckdb")
    with other.transaction() as con:
        con.execute("create table staging.customers (name varchar, kind varchar, n double, _line bigint)")
    hashes: list[set[object]] = []
    for made in (warehouse, other):
        night(made, 0, [("Zaphod", "a", 1.0)])
        night(made, 1, [("Zaphod", "b", 2.0), ("Ford", "a", 3.0)])
        with made.connect(read_only=True) as con:
            name = (
                "select unnest(top_values).value_hash from quality.profiles where column_name ilike 'na%me' and run_id"
            )
            first, second = ({row[0] for row in read(con, f"{name} = 'run-{n}'")} for n in (0, 1))
        assert len(first) == 1
        assert first < second
        hashes.append(second)
    assert not hashes[0] & hashes[1]


def test_cold_start_says_how_many_runs_are_missing(warehouse: Warehouse) -> None:
    headings = [night(warehouse, number, usual_rows(number)).heading() for number in range(10)]
    assert headings[3] == "learning: 3 of 8 runs needed before deviations are told"
    assert headings[7] == "learning: 7 of 8 runs needed before deviations are told"
    assert headings[8:] == [f"nothing unusual, compared with {n} earlier runs" for n in (8, 9)]


def test_only_published_runs_are_history(warehouse: Warehouse) -> None:
    night(warehouse, 0, usual_rows(0))
    night(warehouse, 1, [], publish=False)
    assert night(warehouse, 2, usual_rows(2)).runs == 1
    with warehouse.connect(read_only=True) as con:
        assert read(con, "select distinct run_id from quality.profiles order by 1") == [("run-0",), ("run-2",)]


@pytest.fixture(scope="module")
def nine_nights(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = empty_warehouse(tmp_path_factory.mktemp("nine"))
    for number in range(9):
        night(made, number, usual_rows(number))
    return made


@pytest.fixture
def nine(nine_nights: Warehouse, tmp_path: Path) -> Warehouse:
    """A warehouse with nine usual nights behind it."""
    return Warehouse(Path(shutil.copy(nine_nights.path, tmp_path)))


def test_each_measure_finds_its_own_kind_of_deviation(nine: Warehouse) -> None:
    rows: Rows = [(name, "bar" if kind == "web" else kind, None) for name, kind, _ in usual_rows(9, rows=200)]
    drift = night(nine, 9, rows)
    assert drift.heading() == "3 deviations, compared with 9 earlier runs"
    found = {(anomaly.column, anomaly.measure): anomaly for anomaly in drift.anomalies}
    assert found.keys() == {("", "row_count"), ("n", "missing_share"), ("kind", "top_values")}
    assert found["", "row_count"].text() == "table: row count is 200; 9 earlier runs make 380 to 420 likely"
    assert found["n", "missing_share"].found == 1
    assert found["kind", "top_values"].found == pytest.approx(0.75, abs=0.04)
    assert {anomaly.severity for anomaly in drift.anomalies} == {"warning"}


def test_an_empty_table_is_the_greatest_deviation(nine: Warehouse) -> None:
    (anomaly,) = night(nine, 9, []).anomalies
    assert (anomaly.measure, anomaly.found) == ("row_count", 0)


def test_what_was_expected_is_learned_anew_from_that_run_on(nine: Warehouse) -> None:
    (anomaly,) = night(nine, 9, usual_rows(9, rows=800)).anomalies
    assert [a.measure for a in night(nine, 10, usual_rows(10, rows=800)).anomalies] == ["row_count"]
    with nine.transaction() as con:
        now = MONDAY + timedelta(days=10, hours=5)
        said = expect_deviation(con, anomaly.anomaly_id, reason=" a company was bought ", author="ann", now=now)
        assert said == anomaly
        (drift,) = newest_drift(con, DRIFT_POLICY)
        assert drift.anomalies == ()  # tonight's is answered by the same word
        row = read(
            con, "select column_name, measure, from_run_at, reason, author, marked_at from quality.expected_deviations"
        )
        assert row == [("", "row_count", MONDAY + timedelta(days=9), "a company was bought", "ann", now)]
    drift = night(nine, 11, usual_rows(11, rows=800))
    assert drift.heading() == (
        "nothing unusual, compared with 11 earlier runs; 1 measure learns anew, marked as expected"
    )
    for number in range(12, 18):
        assert night(nine, number, usual_rows(number, rows=800)).anomalies == ()
    assert night(nine, 18, usual_rows(18, rows=800)).heading() == "nothing unusual, compared with 18 earlier runs"
    (back,) = night(nine, 19, usual_rows(19, rows=400)).anomalies
    assert (back.measure, back.runs, back.low, back.high) == ("row_count", 10, 760, 840)


def test_an_expected_deviation_needs_an_open_id_a_reason_and_an_author(nine: Warehouse) -> None:
    (anomaly,) = night(nine, 9, usual_rows(9, rows=800)).anomalies
    with nine.transaction() as con:
        with pytest.raises(InputError, match="no open deviation 'nope'"):
            expect_deviation(con, "nope", reason="r", author="a", now=MONDAY)
        with pytest.raises(InputError, match="a reason and an author"):
            expect_deviation(con, anomaly.anomaly_id, reason=" ", author="a", now=MONDAY)
        later = MONDAY + timedelta(days=12)
        expect_deviation(con, anomaly.anomaly_id, reason="r", author="a", now=later)
        with pytest.raises(InputError, match="no open deviation"):
            expect_deviation(con, anomaly.anomaly_id, reason="r", author="a", now=later)


def test_a_run_repeated_replaces_its_profile_and_its_deviations(nine: Warehouse) -> None:
    night(nine, 9, usual_rows(9, rows=800), publish=False)
    assert night(nine, 9, usual_rows(9)).anomalies == ()
    with nine.connect(read_only=True) as con:
        assert read(con, "select count(*) from quality.profiles where run_id = 'run-9'") == [(4,)]
        assert read(con, "select count(*) from quality.anomalies") == [(0,)]


def test_no_profile_yet_is_said_plainly(warehouse: Warehouse) -> None:
    with warehouse.connect() as con, pytest.raises(InputError, match="no run has been profiled yet"):
        newest_drift(con, DRIFT_POLICY)


def test_a_trend_is_put_in_words() -> None:
    shown = Anomaly("1", MONDAY, "t", "email", "missing_share", "trend", 0.314, -0.01, 0.22, 30, True, "warning")
    assert shown.text() == (
        "email: missing share has drifted to 31.40 %; the same weekdays of 30 earlier runs make 0.00 to 22.00 % likely"
    )
    assert "shift of the frequent values is" in replace(shown, measure="top_values", kind="level").text()


# --- Dagster -----------------------------------------------------------------------------------------------------


def test_dagster_warns_with_figures_and_without_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DQ_HOME", str(tmp_path))
    made = Warehouse(tmp_path / "warehouse.duckdb")
    source = replace(load_contracts(CONTRACTS)["hubspot_contacts"], id="people")
    tables = profiled_tables({"people": source})
    assert tables == ["raw.people", "staging.customers"]

    def load(con: duckdb.DuckDBPyConnection, table: str, name: str) -> None:
        con.execute(f"create or replace table {table} as select {name} as name from range(500) r(n)")

    for number in range(8):
        with made.transaction() as con:
            for table in tables:
                load(con, table, "'Zaphod' || n")
            profile_tables(con, tables, run_id=f"run-{number}", now=MONDAY + timedelta(days=number))
            con.execute("insert into quality.publications values (?, 'v', ?)", [f"run-{number}", MONDAY])
    with made.transaction() as con:
        load(con, "raw.people", "if(n % 2 = 0, 'Zaphod' || n, null)")

    @dg.multi_asset(specs=[dg.AssetSpec(table.split(".")) for table in tables])
    def loaded():  # type: ignore[no-untyped-def]  # the tables themselves: a check runs with the asset it is on
        for table in tables:
            yield dg.MaterializeResult(asset_key=table.split("."))

    assets = [loaded, profiles_asset({"people": source}), profile_checks({"people": source})]
    done = dg.materialize(assets, resources={"workspace": Workspace()})
    assert done.success
    checks = {check.asset_key.path[-1]: check for check in done.get_asset_check_evaluations()}
    assert checks["customers"].passed
    assert checks["customers"].description == "nothing unusual, compared with 8 earlier runs"
    assert (checks["people"].passed, checks["people"].severity.value) == (False, "WARN")
    assert checks["people"].description == "1 deviation, compared with 8 earlier runs"
    assert "name: missing share is 50.00 %" in str(checks["people"].metadata["deviations"])
    assert not any("Zaphod" in repr(event) for event in done.all_events)
