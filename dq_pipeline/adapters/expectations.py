"""Validation: run the suites on the warehouse, judge every rule, keep results and failing rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from dq_pipeline.adapters.gx import ExpectationsEngine, Measurement, expectations_engine, explain
from dq_pipeline.adapters.quality import move_ledger, utc, write_results
from dq_pipeline.adapters.suites import rule_set_hash
from dq_pipeline.adapters.warehouse import Warehouse, column_schema, quote_literal, row_count
from dq_pipeline.domain.rules import Rule, RuleResult, Suite


@dataclass(frozen=True)
class _Judgement:
    """A result, and the file with the keys of the failing rows; None where the rule did not look at the rows."""

    result: RuleResult
    keys: Path | None = None


def validate(
    warehouse: Warehouse, suites: Sequence[Suite], *, run_id: str, now: datetime, rule_set: str = ""
) -> list[RuleResult]:
    """Run every rule of `suites`, write quality.rule_results and quality.failing_rows; results in suite order.

    `now` is the moment of the run: the time a rule compares with, and the time stored. `rule_set` is stored with the
    results, by default the hash of `suites`; give the hash of all suites where a run validates them in parts.

    The warehouse is only read while the rules run; what they found is written in one transaction afterwards. The
    same `run_id` again replaces its results. A rule that cannot run is `errored` and hides no other rule; one
    that finds nothing to look at is `not_evaluated`. Results hold counts, never values.
    """
    # Keys of customers stay in the folder of the warehouse, not in the machine's temporary folder.
    work = warehouse.path.parent / "work"
    work.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(dir=work, prefix="failing-") as folder:
        judgements = _judge_suites(warehouse, suites, utc(now), Path(folder))
        results = [judgement.result for judgement in judgements]
        looked = [judgement for judgement in judgements if judgement.keys]
        with warehouse.transaction() as con:
            write_results(con, results, run_id=run_id, now=now, rule_set=rule_set or rule_set_hash(suites))
            move_ledger(
                con,
                [judgement.result.rule for judgement in looked],
                [judgement.keys for judgement in looked if judgement.keys],
                now=now,
            )
    return results


def _judge_suites(warehouse: Warehouse, suites: Sequence[Suite], now: datetime, folder: Path) -> list[_Judgement]:
    with (
        warehouse.connect(read_only=True) as con,
        expectations_engine(con, measured_at=now) as engine,
    ):
        return [judgement for suite in suites for judgement in _judge_suite(con, engine, suite, folder)]


def _judge_suite(
    con: duckdb.DuckDBPyConnection, engine: ExpectationsEngine, suite: Suite, folder: Path
) -> list[_Judgement]:
    schema, table = suite.table.split(".")
    columns = {name for name, _ in column_schema(con, schema, table)}
    errors = {rule.rule_id: _lacking(suite, rule, columns) for rule in suite.rules}
    able = replace(suite, rules=tuple(rule for rule in suite.rules if not errors[rule.rule_id]))
    # Rows carry their source system, so that findings can be told apart by source without a join.
    source = ("source_system",) if "source_system" in columns else ()
    measured = engine.measure(able, extra_columns=source) if able.rules else {}
    rows = row_count(con, schema, table) if columns else 0
    return [
        _judge(con, measured[rule.rule_id], rows, _Keys(suite, source, folder))
        if rule.rule_id in measured
        else _Judgement(RuleResult(rule, "errored", message=errors[rule.rule_id]))
        for rule in suite.rules
    ]


def _lacking(suite: Suite, rule: Rule, columns: set[str]) -> str:
    """What the rule needs and the warehouse does not have; '' when nothing is missing."""
    if not columns:
        return f"there is no table {suite.table}"
    missing = [column for column in (*suite.key, *rule.columns) if column not in columns]
    return f"{suite.table} has no column {', '.join(dict.fromkeys(missing))}" if missing else ""


@dataclass(frozen=True)
class _Keys:
    """Where and how the keys of the failing rows of a suite are kept."""

    suite: Suite
    source: tuple[str, ...]
    folder: Path

    def save(self, con: duckdb.DuckDBPyConnection, measurement: Measurement) -> tuple[Path, int]:
        """Write the keys of the failing rows to a Parquet file; the file and the number of rows."""
        path = self.folder / f"{measurement.rule.rule_id}.parquet"
        # Named by position: Great Expectations selects the key columns first and may name one of them again.
        names = [f"key_{number}" for number in range(len(self.suite.key))]
        copied = con.execute(
            f"copy (select {quote_literal(measurement.rule.rule_id)} as rule_id, "
            f"concat_ws(':', {', '.join(names)}) as record_key, "
            f"{self.source[0] if self.source else 'null::varchar'} as source_system "
            f"from ({measurement.failing_rows_sql}\n) as failing({', '.join([*names, *self.source])})) "
            f"to {quote_literal(str(path))} (format parquet)"
        ).fetchall()
        return path, int(copied[0][0])


def _judge(con: duckdb.DuckDBPyConnection, measurement: Measurement, rows: int, keys: _Keys) -> _Judgement:
    rule = measurement.rule
    if measurement.error:
        return _Judgement(RuleResult(rule, "errored", message=measurement.error))
    if not rule.concerns_rows:
        return _Judgement(RuleResult(rule, "passed" if measurement.success else "failed", 1, measurement.failed))
    if not rows:
        return _Judgement(RuleResult(rule, "not_evaluated", message="the table is empty"))
    try:
        evaluated = _evaluated(con, measurement, rows)
        path, found = keys.save(con, measurement)
    except duckdb.Error as error:
        return _Judgement(RuleResult(rule, "errored", message=explain(f"{type(error).__name__}: {error}")))
    contradiction = _contradiction(measurement.failed, found, evaluated)
    if contradiction:
        return _Judgement(RuleResult(rule, "errored", message=contradiction))
    if not evaluated:
        return _Judgement(RuleResult(rule, "not_evaluated", message="no row has a value to look at"), path)
    return _Judgement(
        RuleResult(rule, "passed" if measurement.success else "failed", evaluated, measurement.failed), path
    )


def _evaluated(con: duckdb.DuckDBPyConnection, measurement: Measurement, rows: int) -> int:
    rule = measurement.rule
    if rule.evaluates:
        query = f"select count(*) from {rule.table} where ({rule.evaluates}\n)"
        return int(con.execute(query).fetchall()[0][0])
    return measurement.rows if measurement.rows is not None else rows


def _contradiction(failed: int, found: int, evaluated: int) -> str:
    """Two counts of the same thing must agree; where they do not, neither can be trusted."""
    if failed != found:
        return f"Great Expectations counts {failed} failing rows, its query finds {found}"
    if failed > evaluated:
        return f"{failed} rows fail, but the rule is about {evaluated}; correct meta.evaluates"
    return ""
