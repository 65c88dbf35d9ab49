"""Great Expectations on DuckDB, in place: one measurement per rule, and the SQL that finds its failing rows.

Great Expectations has no DuckDB data source. Its SQL engine works on a connection that is handed in, through
SQLAlchemy's `creator`; a second opener of the same file in this process would be refused. What it cannot do there
is mended in `_teach_regular_expressions` and `_failing_rows_sql`, so that a native engine can replace both.
"""

from __future__ import annotations

import builtins
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier
from dq_pipeline.domain.rules import COMPOUND_UNIQUE, MEASURED_AT, SQL_RULE, Rule, Suite


@dataclass(frozen=True)
class Measurement:
    """What Great Expectations says of one rule.

    `rows` is how many rows it looked at, None where it does not say (a rule written in SQL), and `failed` how many
    of them were unexpected; a rule about the whole table looks at one thing. `failing_rows_sql` selects the failing
    rows, key columns first; empty where no row can fail. `error` says why the rule could not run, without values.
    """

    rule: Rule
    success: bool = False
    rows: int | None = None
    failed: int = 0
    failing_rows_sql: str = ""
    error: str = ""


@dataclass(frozen=True)
class ExpectationsEngine:
    """Great Expectations on one connection. `measured_at` is the moment of the run, UTC without a time zone."""

    source: Any
    measured_at: datetime

    def measure(self, suite: Suite, *, extra_columns: tuple[str, ...] = ()) -> dict[str, Measurement]:
        """Run a suite on its table; measurements by rule id.

        `extra_columns` follow the key in `failing_rows_sql`. A rule that cannot run keeps no other from running.
        """
        columns = [*suite.key, *extra_columns]
        schema, table = suite.table.split(".")
        asset = self.source.add_table_asset(suite.table, table_name=table, schema_name=schema)
        expectations, refused = _build(suite)
        outcome = (
            asset.add_batch_definition_whole_table("all")
            .get_batch()
            .validate(
                expectations,
                result_format={
                    "result_format": "BASIC",
                    "return_unexpected_index_query": True,
                    "unexpected_index_column_names": columns,
                    "exclude_unexpected_values": True,
                    "partial_unexpected_count": 0,
                },
                expectation_parameters={MEASURED_AT: self.measured_at.isoformat()},
            )
        )
        rules = {rule.rule_id: rule for rule in suite.rules}
        results = {result.expectation_config.meta["rule_id"]: result for result in outcome.results}
        return {
            rule_id: _measurement(rule, results[rule_id], columns)
            if rule_id in results
            else Measurement(rule, error=refused.get(rule_id, "Great Expectations gave no result"))
            for rule_id, rule in rules.items()
        }


@contextmanager
def expectations_engine(con: duckdb.DuckDBPyConnection, *, measured_at: datetime) -> Iterator[ExpectationsEngine]:
    """Great Expectations reading through cursors of `con`; all of them are closed at the end.

    Rules written in SQL find `measured_at` in DuckDB's variable of that name: getvariable('measured_at').
    Imports Great Expectations: about ten seconds, once per process.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with _silence():
        import great_expectations as gx
        from duckdb_sqlalchemy import ConnectionWrapper
        from great_expectations.data_context.types.base import ProgressBarsConfig

        _teach_regular_expressions()
        cursors = []

        def connect() -> Any:
            cursor = con.cursor()
            cursors.append(cursor)
            _prepare(cursor, measured_at)
            return ConnectionWrapper(cursor)

        context: Any = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        source = context.data_sources.add_sql(
            "warehouse",
            connection_string="duckdb:///:memory:",
            create_temp_table=False,
            # The pool must not reset a connection: DuckDB has no transaction to roll back and says so.
            kwargs={
                "isolation_level": "AUTOCOMMIT",
                "skip_autocommit_rollback": True,
                "pool_reset_on_return": None,
                "creator": connect,
            },
        )
        try:
            _prepare(con, measured_at)
            yield ExpectationsEngine(source, measured_at)
        finally:
            for cursor in cursors:  # an open cursor would keep the warehouse file locked
                cursor.close()


def _prepare(con: duckdb.DuckDBPyConnection, measured_at: datetime) -> None:
    """Time zone and variables belong to a connection: a cursor does not inherit them."""
    con.execute("set TimeZone = 'UTC'")
    con.execute(f"set variable {MEASURED_AT} = timestamp '{measured_at.isoformat(sep=' ')}'")


def _build(suite: Suite) -> tuple[Any, dict[str, str]]:
    """The suite for Great Expectations, and the rules whose arguments it refuses with the reason."""
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    built = gx.ExpectationSuite(name=suite.name)
    refused = {}
    for rule in suite.rules:
        meta = {"rule_id": rule.rule_id}
        try:
            implementation: Any = get_expectation_impl(rule.expectation_type)
            built.add_expectation(implementation(**rule.arguments, severity=rule.severity, meta=meta))
        except Exception as error:  # whatever the library raises, the other rules must run
            refused[rule.rule_id] = f"its arguments are refused ({type(error).__name__})"
    return built, refused


def _measurement(rule: Rule, result: Any, columns: list[str]) -> Measurement:
    found: Mapping[str, Any] = result.result or {}
    error = _raised(result.exception_info)
    if error:
        return Measurement(rule, error=error)
    success = bool(result.success)
    if not rule.concerns_rows:
        return Measurement(rule, success, rows=1, failed=int(not success))
    if rule.expectation_type == SQL_RULE:
        sql = _failing_rows_sql(rule, "", columns)
        return Measurement(rule, success, failed=int(found["observed_value"]), failing_rows_sql=sql)
    rows = found["element_count"] - (found.get("missing_count") or 0)
    sql = _failing_rows_sql(rule, found.get("unexpected_index_query", ""), columns)
    return Measurement(rule, success, rows, found["unexpected_count"] or 0, sql)


def _failing_rows_sql(rule: Rule, index_query: str, columns: list[str]) -> str:
    """The rows that fail, key columns first: Great Expectations' own query wherever it has one that can run.

    It has none for a rule written in SQL (that is its own query) and a broken one for compound keys: a parameter
    without a value, over a cross join.
    """
    wanted = ", ".join(quote_identifier(column) for column in columns)
    if rule.expectation_type == SQL_RULE:
        query = rule.arguments["unexpected_rows_query"].rstrip("; \n").format(batch=rule.table)
        return f"select {wanted} from ({query}\n)"
    if rule.expectation_type == COMPOUND_UNIQUE:
        compound = ", ".join(quote_identifier(column) for column in rule.columns)
        filled = " and ".join(f"{quote_identifier(column)} is not null" for column in rule.columns)
        return f"select {wanted} from {rule.table} where {filled} qualify count(*) over (partition by {compound}) > 1"
    return index_query.rstrip("; \n")


def _raised(exception_info: Mapping[str, Any] | None) -> str:
    """Why the rule could not run, '' if it did; either one exception or one per metric that raised."""
    info = exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if entry.get("raised_exception"):
            return explain(f"{entry.get('exception_message')}\n{entry.get('exception_traceback')}")
    return ""


_EXCEPTION = re.compile(r"\b[A-Za-z]+(?:Exception|Error)\b")
# What DuckDB says about a statement; its other errors (a conversion, say) may quote a value of a row.
_ABOUT_THE_STATEMENT = {"BinderException", "CatalogException", "ParserException"}


def explain(text: str) -> str:
    """The cause of an error in one line that can hold no value of a row.

    The first exception named decides: a quoted value stands after the name of the exception that quotes it.
    """
    known = (match for match in _EXCEPTION.finditer(text) if hasattr(duckdb, match[0]) or hasattr(builtins, match[0]))
    first = next(known, None)
    if first is None:
        return "it could not be computed"
    if first[0] in _ABOUT_THE_STATEMENT:
        return text[first.end() :].lstrip("): ").partition("\n")[0][:200]
    return f"it could not be computed ({first[0]})"


def _teach_regular_expressions() -> None:
    """Let Great Expectations write regular expressions for DuckDB, which it says it cannot.

    The modules imported the function by name, so it is replaced in each of them, once.
    """
    from great_expectations.expectations.metrics import util

    original = util.get_dialect_regex_expression
    if hasattr(original, "original"):
        return
    import sqlalchemy as sa

    def expression(column: Any, regex: str, dialect: Any, positive: bool = True) -> Any:
        if getattr(dialect, "name", "") != "duckdb":
            return original(column, regex, dialect, positive)
        matches = sa.func.regexp_matches(column, sa.literal(regex))
        return matches if positive else sa.not_(matches)

    expression.original = original  # type: ignore[attr-defined]
    for module in list(sys.modules.values()):
        if getattr(module, "get_dialect_regex_expression", None) is original:
            module.get_dialect_regex_expression = expression  # type: ignore[attr-defined]


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Great Expectations' log quiet: it prints tracebacks, and a traceback may quote a value."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
