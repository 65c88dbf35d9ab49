"""Rules proposed from data: the columns of a table looked at once, candidates run by Great Expectations itself, and a
suite of those that hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import permutations
from typing import Any

import duckdb

from dq_pipeline.adapters.gx import Measurement, expectations_engine
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, quote_literal, row_count, table_exists
from dq_pipeline.domain.column_facts import (
    DAY_FORMATS,
    FORMATS,
    LEAST_ROWS_OF_ALLOWED,
    MOST_ALLOWED,
    NUMBER,
    ColumnFacts,
    Evidence,
    Threshold,
    day_of,
    unbraced,
)
from dq_pipeline.domain.propose import candidates, suite_document
from dq_pipeline.domain.rules import Suite
from dq_pipeline.errors import InputError

# Dates of so many columns are compared pair by pair; more would be mostly chance.
_MOST_DATES = 8


@dataclass(frozen=True)
class KnownColumn:
    """What the contract says of a column: whether its values may be shown, and which it allows."""

    classification: str = "personal"
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """`document`: the suite as JSON; `rows` of the table; `measured`: rules that were tried; `errored`: by rule id,
    why one could not be run."""

    document: Mapping[str, Any]
    rows: int
    measured: int
    errored: Mapping[str, str]


def propose_suite(
    con: duckdb.DuckDBPyConnection,
    table: str,
    *,
    key: Sequence[str],
    owner: str,
    known: Mapping[str, KnownColumn],
    date_order: str,
    threshold: Threshold,
    now: datetime,
) -> Proposal:
    """The rules that hold on `schema.table` for the share and number of rows of `threshold`, with their evidence.

    A column that is not in `known` is taken as personal: none of its values can get into a rule. Imports Great
    Expectations. Raises InputError when the table does not exist or has too few rows.
    """
    schema, name = table.split(".")
    rows = row_count(con, schema, name) if table_exists(con, schema, name) else 0
    if rows < threshold.rows:
        raise InputError(
            f"has {rows:,} rows; rules are proposed from {threshold.rows:,} or more",
            where=table,
            fix="load an extract of the source first, or ask for fewer with --rows",
        )
    columns = [
        _facts(con, table, column, kind == "VARCHAR", known.get(column, KnownColumn()), date_order, threshold, now)
        for column, kind in column_schema(con, schema, name)
        if not column.startswith("_") and not kind.endswith("]")  # contact points and consents, tables of their own
    ]
    rules = candidates(table, key, owner, columns, _ordered_dates(con, table, columns, threshold), threshold)
    evidence, errored = _measure(con, Suite(table, table, tuple(key), tuple(rules)), columns, now)
    ran = [(rule, evidence[rule.rule_id]) for rule in rules if rule.rule_id in evidence]
    proposed = [(rule, found) for rule, found in ran if threshold.met(found)]
    return Proposal(suite_document(table, key, proposed), rows, len(rules), errored)


def _facts(
    con: duckdb.DuckDBPyConnection,
    table: str,
    column: str,
    is_text: bool,
    known: KnownColumn,
    date_order: str,
    threshold: Threshold,
    now: datetime,
) -> ColumnFacts:
    """One pass over the distinct values of a column."""
    day_formats = DAY_FORMATS[date_order]
    moments = [f"try_strptime(value, '{f}')" if f else "try_cast(value as timestamp)" for f in day_formats]
    tests = [*(f"regexp_full_match(value, {quote_literal(pattern)})" for pattern in FORMATS.values())]
    counts = ", ".join(f"coalesce(sum(rows) filter ({test}), 0)::bigint" for test in tests)
    days = ", ".join(
        f"[coalesce(sum(rows) filter ({m} is not null), 0)::bigint, min(year({m})), max(year({m})), "
        f"coalesce(sum(rows) filter ({m} > $now), 0)::bigint]"
        for m in moments
    )
    source = f"(select {quote_identifier(column)}::varchar as value, count(*) as rows from {table} group by all)"
    total, filled, blank, distinct, shortest, longest, numbers, *rest = con.execute(
        "select sum(rows)::bigint, coalesce(sum(rows) filter (trim(value) <> ''), 0)::bigint, "
        "coalesce(sum(rows) filter (trim(value) = ''), 0)::bigint, count(*) filter (trim(value) <> ''), "
        "min(length(value)) filter (trim(value) <> ''), max(length(value)), "
        "[min(try_cast(value as double)), max(try_cast(value as double))], "
        f"{counts}, {days} from {source}",
        {"now": now},
    ).fetchall()[0]
    formats = dict(zip(FORMATS, rest[: len(FORMATS)], strict=True))
    facts = ColumnFacts(column, is_text, total, filled, blank, distinct, (shortest or 0, longest or 0), formats)
    if not filled:
        return facts
    facts = replace(facts, allowed=known.allowed)
    if formats[NUMBER] >= threshold.share * filled:
        facts = replace(facts, numbers=tuple(numbers))
    if known.classification == "none" and not known.allowed and distinct <= 10 * MOST_ALLOWED:
        facts = replace(facts, common=_common(con, source))
    for day_format, (read, first, last, ahead) in zip(day_formats, rest[len(FORMATS) :], strict=True):
        if read >= threshold.share * filled:
            seldom_ahead = ahead > (1 - threshold.share) * filled
            return replace(facts, day_format=day_format, years=(first, last), dates_ahead=seldom_ahead, numbers=None)
    return facts


def _common(con: duckdb.DuckDBPyConnection, source: str) -> tuple[tuple[str, int], ...]:
    return tuple(
        con.execute(
            f"select value, rows from {source} where trim(value) <> '' and rows >= {LEAST_ROWS_OF_ALLOWED} "
            "order by value"
        ).fetchall()
    )


def _ordered_dates(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[ColumnFacts], threshold: Threshold
) -> Iterator[tuple[ColumnFacts, ColumnFacts]]:
    """Pairs of dates of which the first is not after the second, and not always the same."""
    dated = [column for column in columns if column.day_format is not None][:_MOST_DATES]
    pairs = list(permutations(dated, 2))
    if not pairs:
        return
    moments = {column.name: unbraced(day_of(column)) for column in dated}
    counts = ", ".join(
        f"[count(*) filter ({a} is not null and {b} is not null), count(*) filter ({a} <= {b}), "
        f"count(*) filter ({a} < {b})]"
        for a, b in ((moments[first.name], moments[second.name]) for first, second in pairs)
    )
    found = con.execute(f"select {counts} from {table}").fetchall()[0]
    for (first, second), (both, not_after, before) in zip(pairs, found, strict=True):
        if threshold.met(Evidence(both, not_after)) and before:
            yield first, second


def _measure(
    con: duckdb.DuckDBPyConnection, suite: Suite, columns: Sequence[ColumnFacts], now: datetime
) -> tuple[dict[str, Evidence], dict[str, str]]:
    """Run every candidate, as a run of the line would."""
    distinct = {column.name: column.distinct for column in columns}
    evidence, errored = {}, {}
    with expectations_engine(con, measured_at=now) as engine:
        for rule_id, measured in engine.measure(suite).items():
            if measured.error:
                errored[rule_id] = measured.error
            else:
                seen = _evaluated(con, measured)
                evidence[rule_id] = Evidence(seen, seen - measured.failed, distinct[measured.rule.column or ""])
    return evidence, errored


def _evaluated(con: duckdb.DuckDBPyConnection, measured: Measurement) -> int:
    rule = measured.rule
    if measured.rows is not None and not rule.evaluates:
        return measured.rows
    query = f"select count(*) from {rule.table} where {rule.evaluates or 'true'}"
    return int(con.execute(query).fetchall()[0][0])
