"""Deviations of the newest profile from those of the runs published before, and what people said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import duckdb

from dq_pipeline.adapters.profiles import FREQUENT, create_profile_tables
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.profiles import Deviation, DriftPolicy, Measure, Point, judge, shifts
from dq_pipeline.domain.wording import plural
from dq_pipeline.errors import InputError

_SHARES: tuple[Measure, ...] = ("missing_share", "distinct_share", "mean_length")
# Below this share no value is frequent: keys and free text have no frequent values to compare.
_FREQUENT_SHARE = 0.01
_PAST_RUNS = (
    "select run_id, min(measured_at) as measured_at from quality.profiles semi join quality.publications "
    "using (run_id) where run_id <> $run group by run_id"
)


@dataclass(frozen=True)
class Anomaly:
    """A row of quality.anomalies. `column` is '' for the table itself; `low` to `high` was expected."""

    anomaly_id: str
    found_at: datetime
    table: str
    column: str
    measure: str
    kind: str
    found: float
    low: float
    high: float
    runs: int
    of_weekday: bool
    severity: str

    def text(self) -> str:
        """The deviation in words and figures, without a value of any row."""
        unit = 1 if self.measure in ("row_count", "mean_length") else 100
        digits = {"row_count": 0, "mean_length": 1}.get(self.measure, 2)
        figures = (self.found, max(self.low, 0.0), self.high)
        found, low, high = (f"{figure * unit:,.{digits}f}" for figure in figures)
        sign = "" if unit == 1 else " %"
        past = f"{'the same weekdays of ' if self.of_weekday else ''}{self.runs} earlier runs"
        drifted = "has drifted to" if self.kind == "trend" else "is"
        what = {"top_values": "shift of the frequent values"}.get(self.measure, self.measure.replace("_", " "))
        return f"{self.column or 'table'}: {what} {drifted} {found}{sign}; {past} make {low} to {high}{sign} likely"


@dataclass(frozen=True)
class TableDrift:
    """What the newest run says of a table. `runs`: earlier runs with a profile of it; `needed`: before that nothing
    is told; `anew`: measures whose past begins at a deviation that was expected, and is still too short."""

    table: str
    runs: int
    needed: int
    anomalies: tuple[Anomaly, ...]
    anew: int = 0

    def heading(self) -> str:
        """How many deviations there are, or what has yet to be learned."""
        if self.runs < self.needed:
            return f"learning: {self.runs} of {self.needed} runs needed before deviations are told"
        told = plural(len(self.anomalies), "deviation") if self.anomalies else "nothing unusual"
        anew = (
            f"; {plural(self.anew, 'measure learns', 'measures learn')} anew, marked as expected" if self.anew else ""
        )
        return f"{told}, compared with {self.runs} earlier runs{anew}"


def find_anomalies(con: duckdb.DuckDBPyConnection, policy: DriftPolicy, *, run_id: str, now: datetime) -> None:
    """Compare the profile of `run_id` with those of the published runs before it, and write quality.anomalies."""
    create_profile_tables(con)
    con.execute("delete from quality.anomalies where run_id = ?", [run_id])
    restarts = _restarts(con)
    rows = []
    for (table, column), profiles in _profiles(con, run_id, policy.runs_remembered).items():
        for measure, deviation in _deviations(profiles, restarts.get((table, column), {}), policy):
            anomaly_id = sha256("\0".join((run_id, table, column, measure)).encode()).hexdigest()[:8]
            rows.append(
                (
                    *(anomaly_id, run_id, now, table, column, measure, deviation.kind, deviation.found),
                    *(deviation.low, deviation.high, deviation.runs, deviation.of_weekday),
                    policy.limits[measure].severity,
                )
            )
    if rows:
        con.executemany(f"insert into quality.anomalies values ({', '.join('?' * len(rows[0]))})", rows)


def newest_drift(con: duckdb.DuckDBPyConnection, policy: DriftPolicy) -> list[TableDrift]:
    """What the newest profiled run says of every table; deviations marked as expected are left out.

    Raises InputError when no run has been profiled yet.
    """
    if not table_exists(con, "quality", "anomalies"):
        raise InputError("no run has been profiled yet", where="quality.profiles", fix="run `dq-pipeline run` first")
    newest = con.execute("select arg_max(run_id, measured_at) from quality.profiles").fetchall()[0][0]
    past = _runs_before(con, newest)
    anomalies = _open_anomalies(con, newest)
    restarts = _restarts(con)
    tables = con.execute(
        "select distinct table_name from quality.profiles where run_id = ? order by table_name", [newest]
    ).fetchall()
    drifts = []
    for (table,) in tables:
        moments = past.get(table, [])
        since = [at for (of, _), measures in restarts.items() if of == table for at in measures.values()]
        anew = sum(len([moment for moment in moments if moment >= at]) < policy.runs_needed for at in since)
        own = tuple(anomaly for anomaly in anomalies if anomaly.table == table)
        drifts.append(TableDrift(table, len(moments), policy.runs_needed, own, anew))
    return drifts


def expect_deviation(
    con: duckdb.DuckDBPyConnection, anomaly_id: str, *, reason: str, author: str, now: datetime
) -> Anomaly:
    """Note that a deviation is as it should be: the past of its measure begins anew at the run that showed it.

    Raises InputError for an id that is not open, and for a blank reason or author.
    """
    if not reason.strip() or not author.strip():
        raise InputError("an expected deviation needs a reason and an author")
    create_profile_tables(con)
    found = next((a for a in _open_anomalies(con) if a.anomaly_id == anomaly_id), None)
    if found is None:
        raise InputError(
            f"there is no open deviation {anomaly_id!r}", fix="`dq-pipeline drift list` shows those that are open"
        )
    con.execute(
        "insert into quality.expected_deviations values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(found.anomaly_id, found.table, found.column, found.measure, found.found_at),
            *(reason.strip(), author.strip(), now),
        ],
    )
    return found


@dataclass(frozen=True)
class _Profile:
    """A row of quality.profiles."""

    at: datetime
    rows: int
    figures: Mapping[Measure, float | None]
    top_values: Mapping[str, float]


def _profiles(
    con: duckdb.DuckDBPyConnection, run_id: str, most: int
) -> dict[tuple[str, str], tuple[list[_Profile], _Profile]]:
    """(table, column) -> the profiles of at most `most` published runs before, oldest first, and that of the run."""
    rows = con.execute(
        f"with past as ({_PAST_RUNS} order by measured_at desc limit $most) "
        f"select table_name, column_name, run_id = $run, measured_at, rows, {', '.join(_SHARES)}, top_values "
        "from quality.profiles where run_id = $run or run_id in (select run_id from past) order by measured_at, run_id",
        {"run": run_id, "most": most},
    ).fetchall()
    past: dict[tuple[str, str], list[_Profile]] = defaultdict(list)
    newest: dict[tuple[str, str], _Profile] = {}
    for table, column, is_newest, at, count, *shares, top in rows:
        values = {entry["value_hash"]: entry["share"] for entry in top}
        profile = _Profile(at, count, dict(zip(_SHARES, shares, strict=True)), values)
        if is_newest:
            newest[table, column] = profile
        else:
            past[table, column].append(profile)
    return {key: (past[key], profile) for key, profile in newest.items()}


def _deviations(
    profiles: tuple[list[_Profile], _Profile], restarts: Mapping[str, datetime], policy: DriftPolicy
) -> Iterator[tuple[Measure, Deviation]]:
    past, today = profiles
    for measure, limits in policy.limits.items():
        known = [profile for profile in past if profile.at >= restarts.get(measure, datetime.min)]
        points = _points(measure, known, today)
        deviation = judge(points[:-1], points[-1], limits, policy) if points else None
        # Being more like the others than usual is no news.
        if deviation and not (measure == "top_values" and deviation.found < deviation.low):
            yield measure, deviation


def _points(measure: Measure, past: Sequence[_Profile], today: _Profile) -> list[Point]:
    """The figures of a measure, today's last; none where it has none today."""
    if measure == "top_values":
        known = [profile for profile in past if profile.top_values]
        if max((*today.top_values.values(), 0.0)) < _FREQUENT_SHARE:
            return []
        distances, distance = shifts([p.top_values for p in known], today.top_values, FREQUENT)
        return [Point(p.at, d) for p, d in zip([*known, today], [*distances, distance], strict=True)]
    # The row with the column '' is the table's own, and has nothing but a count of rows.
    figures = [(p.at, _figure(p, measure)) for p in [*past, today]]
    if figures[-1][1] is None:
        return []
    return [Point(at, figure) for at, figure in figures if figure is not None]


def _figure(profile: _Profile, measure: Measure) -> float | None:
    if measure == "row_count":
        return float(profile.rows) if profile.figures["missing_share"] is None else None
    return profile.figures[measure]


def _runs_before(con: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, list[datetime]]:
    """Table -> when it was profiled by the published runs before."""
    moments: dict[str, list[datetime]] = defaultdict(list)
    rows = con.execute(
        f"select table_name, measured_at from quality.profiles where column_name = '' and "
        f"run_id in (select run_id from ({_PAST_RUNS}))",
        {"run": run_id},
    ).fetchall()
    for table, at in rows:
        moments[table].append(at)
    return moments


def _restarts(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, datetime]]:
    """(table, column) -> measure -> the run from which on its past counts."""
    restarts: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
    rows = con.execute(
        "select table_name, column_name, measure, max(from_run_at) from quality.expected_deviations group by all"
    ).fetchall()
    for table, column, measure, at in rows:
        restarts[table, column][measure] = at
    return restarts


def _open_anomalies(con: duckdb.DuckDBPyConnection, run_id: str | None = None) -> list[Anomaly]:
    """Those nobody marked: one that was found before its measure was last marked is answered too."""
    rows = con.execute(
        "select anomaly_id, found_at, table_name, column_name, measure, kind, found, expected_low, expected_high, "
        "runs, of_weekday, severity from quality.anomalies as anomalies where run_id = coalesce($run, run_id) "
        "and not exists (from quality.expected_deviations as said where said.table_name = anomalies.table_name and "
        "said.column_name = anomalies.column_name and said.measure = anomalies.measure and "
        "said.marked_at >= anomalies.found_at) "
        "order by array_position(['warning', 'info'], severity), table_name, column_name, measure, found_at desc",
        {"run": run_id},
    ).fetchall()
    return [Anomaly(*row) for row in rows]
