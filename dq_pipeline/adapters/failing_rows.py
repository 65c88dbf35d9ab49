"""The ledger of failing rows as a person asks it: which rules have open failures, and which records they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

import duckdb

from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, table_exists
from dq_pipeline.domain.rules import Suite
from dq_pipeline.errors import InputError

_BATCH = 10_000


@dataclass(frozen=True)
class OpenRule:
    """A rule with open failing rows: how many, and since when the oldest has failed."""

    rule_id: str
    severity: str
    owner: str
    rows: int
    since: datetime


@dataclass(frozen=True)
class FailingRow:
    """An open failing row: the record's key, its source system where the table has one, and how long it has failed.

    `value` is what stands in the rule's column, empty unless it was asked for.
    """

    record_key: str
    source_system: str
    first_seen: datetime
    times_reopened: int
    value: str = ""


def open_rules(con: duckdb.DuckDBPyConnection, *, source: str = "") -> list[OpenRule]:
    """Every rule with open failing rows, the worst severity first, then the most rows; `source` narrows the count."""
    _require_ledger(con)
    _require_source(con, source)
    rows = con.execute(
        "select rule_id, coalesce(any_value(rules.severity), ''), coalesce(any_value(rules.owner), ''), count(*), "
        "min(first_seen) from quality.failing_rows as failing left join quality.rules as rules using (rule_id) "
        "where fixed_at is null and ($source = '' or source_system = $source) group by rule_id "
        "order by array_position(['critical', 'warning', 'info'], any_value(rules.severity)), count(*) desc, rule_id",
        {"source": source},
    ).fetchall()
    return [OpenRule(*row) for row in rows]


def find_rule(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, str]:
    """(rule id, description) of a rule, by its id or by the name of its check.

    Raises InputError with the closest ids when there is no such rule.
    """
    _require_ledger(con)
    known = dict(
        con.execute(
            "select rule_id, description from quality.rules "
            "union all select distinct rule_id, '' from quality.failing_rows anti join quality.rules using (rule_id)"
        ).fetchall()
    )
    wanted = name.replace("__", ".")
    if wanted in known:
        return wanted, known[wanted]
    close = get_close_matches(wanted, known, n=3, cutoff=0.5)
    meant = f"did you mean {', '.join(close)}? " if close else ""
    raise InputError(
        f"there is no rule {name!r}", fix=meant + "`dq-pipeline failing` lists the rules with open failures"
    )


def failing_rows(
    con: duckdb.DuckDBPyConnection, rule_id: str, *, source: str = "", suites: Iterable[Suite] | None = None
) -> Iterator[FailingRow]:
    """The open failing rows of a rule, by key. With `suites` each row carries its value, as it arrived where known.

    Raises InputError for a source that has no records, and for values of a rule that is not about one column.
    """
    _require_source(con, source)
    value, joined = ("''", "") if suites is None else _value(con, rule_id, suites)
    return _rows(
        con,
        f"select failing.record_key, coalesce(failing.source_system, ''), first_seen, times_reopened, {value} "
        f"from quality.failing_rows as failing {joined} where rule_id = $rule and fixed_at is null "
        "and ($source = '' or failing.source_system = $source) order by failing.record_key",
        {"rule": rule_id, "source": source},
    )


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, str]) -> Iterator[FailingRow]:
    """A million rows are never all in memory."""
    found = con.execute(query, values)
    while batch := found.fetchmany(_BATCH):
        yield from (FailingRow(*row) for row in batch)


def _value(con: duckdb.DuckDBPyConnection, rule_id: str, suites: Iterable[Suite]) -> tuple[str, str]:
    """The expression for the value of a failing row, and the join it needs: several rows with one key are one."""
    rule, suite = next(
        ((rule, suite) for suite in suites for rule in suite.rules if rule.rule_id == rule_id), (None, None)
    )
    if rule is None or suite is None:
        raise InputError(f"rule {rule_id} is no longer in a suite, so its table and key are unknown")
    schema, table = suite.table.split(".")
    present = {name for name, _ in column_schema(con, schema, table)}
    column = next((name for name in (f"{rule.column}_as_given", rule.column) if name in present), None)
    if column is None:
        raise InputError(f"rule {rule_id} is about whole rows, not about one column", fix="leave --values out")
    keys = ", ".join(quote_identifier(name) for name in suite.key)
    values = (
        f"left join (select concat_ws(':', {keys}) as record_key, "
        f"string_agg(distinct {quote_identifier(column)}::varchar, ' | ' order by {quote_identifier(column)}::varchar)"
        f" as value from {quote_identifier(schema)}.{quote_identifier(table)} group by 1) as held "
        "on held.record_key = failing.record_key"
    )
    return "coalesce(held.value, '')", values


def _require_ledger(con: duckdb.DuckDBPyConnection) -> None:
    if not table_exists(con, "quality", "failing_rows"):
        raise InputError("no rule has been run yet", where="quality.failing_rows", fix="run `dq-pipeline run` first")


def _require_source(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """A source nobody knows would look like one without failures."""
    if not source:
        return
    rows = con.execute("select distinct source_system from staging.customers order by 1").fetchall()
    known = [name for (name,) in rows]
    if source not in known:
        raise InputError(f"there is no source {source!r} with records", fix=f"name one of {', '.join(known)}")
