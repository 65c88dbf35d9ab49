"""Great Expectations suites as files, read strictly and without importing Great Expectations.

Great Expectations drops an entry whose type or severity it does not know and says nothing; an empty suite passes.
Its import takes ten seconds, and suites are read whenever Dagster loads the definitions. So the files are checked
here, all problems at once, and only what is listed in `SUPPORTED` is let through.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from dq_pipeline.domain.rules import DIMENSIONS, MEASURED_AT, SEVERITIES, SQL_RULE, Rule, Suite
from dq_pipeline.errors import ConfigurationError


class Arguments(NamedTuple):
    """The arguments an expectation must have, and those it may have."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


def _arguments(required: str, optional: str = "") -> Arguments:
    return Arguments(frozenset(required.split()), frozenset(optional.split()))


# Types proven on DuckDB, failing rows included. `row_condition` is in none of them, nor is the equality of two columns:
# Great Expectations counts with the condition (there: `ignore_row_if`) and leaves it out of the query that finds the
# rows. Write such a rule as an UnexpectedRowsExpectation.
SUPPORTED: Mapping[str, Arguments] = {
    "expect_column_values_to_not_be_null": _arguments("column", "mostly"),
    "expect_column_values_to_be_null": _arguments("column", "mostly"),
    "expect_column_values_to_be_unique": _arguments("column", "mostly"),
    "expect_compound_columns_to_be_unique": _arguments("column_list", "mostly"),
    "expect_column_values_to_be_in_set": _arguments("column value_set", "mostly"),
    "expect_column_values_to_not_be_in_set": _arguments("column value_set", "mostly"),
    "expect_column_values_to_match_regex": _arguments("column regex", "mostly"),
    "expect_column_values_to_not_match_regex": _arguments("column regex", "mostly"),
    "expect_column_values_to_match_regex_list": _arguments("column regex_list", "match_on mostly"),
    "expect_column_values_to_not_match_regex_list": _arguments("column regex_list", "mostly"),
    "expect_column_value_lengths_to_be_between": _arguments("column", "min_value max_value mostly"),
    "expect_column_value_lengths_to_equal": _arguments("column value", "mostly"),
    "expect_column_values_to_be_between": _arguments("column", "min_value max_value strict_min strict_max mostly"),
    "expect_column_pair_values_a_to_be_greater_than_b": _arguments(
        "column_A column_B", "or_equal ignore_row_if mostly"
    ),
    "expect_table_row_count_to_be_between": _arguments("", "min_value max_value"),
    "expect_table_columns_to_match_set": _arguments("column_set", "exact_match"),
    SQL_RULE: _arguments("unexpected_rows_query"),
}
SUITE_FIELDS = {"name", "meta", "expectations", "id", "notes", "suite_parameters"}
ENTRY_FIELDS = {"type", "kwargs", "severity", "meta", "description", "notes", "id", "rendered_content"}
RULE_META = ("rule_id", "dimension", "owner", "why", "fix")
OPTIONAL_META = ("column", "evaluates", "blocking")
_SEGMENT = "[a-z][a-z0-9]*(_[a-z0-9]+)*"
_PATH = re.compile(rf"{_SEGMENT}/{_SEGMENT}\.json")
_RULE_ID = re.compile(rf"{_SEGMENT}(\.{_SEGMENT})+")


def load_suites(folder: Path) -> tuple[Suite, ...]:
    """Every `<schema>/<table>.json` under `folder`, in the order of their paths.

    Raises ConfigurationError naming file and rule of every problem: unreadable JSON, unknown or missing fields,
    types, arguments, severities and dimensions, SQL that is no single SELECT over `{batch}`, a rule id used twice,
    an empty suite, a table that is not the file's path.
    """
    problems: list[str] = []
    suites = [_read_suite(path, folder, problems) for path in sorted(folder.glob("**/*.json"))]
    found = tuple(suite for suite in suites if suite)
    counts = Counter(rule.rule_id for suite in found for rule in suite.rules)
    problems += [f"rule {rule_id} exists {count} times" for rule_id, count in counts.items() if count > 1]
    found = _parsed(found, problems)
    if not suites:
        problems.append("there is no suite")
    if problems:
        raise ConfigurationError(
            "suites cannot be used",
            where=folder.name,
            problems=tuple(problems),
            fix="correct the entries named above; docs/architecture.md says what a rule needs",
        )
    return found


def rule_set_hash(suites: Iterable[Suite]) -> str:
    """16 hex digits naming what the rules measure: the same whatever the order of files or rules, and whatever
    the wording of owner, why and fix, so that two runs with one hash are comparable like for like."""
    measured = [
        [
            rule.rule_id,
            rule.table,
            suite.key,
            rule.column,
            rule.dimension,
            rule.severity,
            rule.expectation_type,
            rule.arguments,
            rule.evaluates,
        ]
        for suite in suites
        for rule in suite.rules
    ]
    text = json.dumps(sorted(measured, key=lambda rule: rule[0]), sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _read_suite(path: Path, folder: Path, problems: list[str]) -> Suite | None:
    where = path.relative_to(folder).as_posix()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        problems.append(f"{where}: is no JSON in UTF-8 ({error})")
        return None
    if not isinstance(document, dict):
        problems.append(f"{where}: is no suite (an object with name, meta and expectations)")
        return None
    found = [f"{where}: {problem}" for problem in _suite_problems(document, where)]
    entries = document.get("expectations")
    table = where.removesuffix(".json").replace("/", ".")
    rules = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        label = _label(entry, number)
        wrong = [f"{where}: {label}: {problem}" for problem in _entry_problems(entry, table)]
        found += wrong
        if not wrong:
            rules.append(_rule(entry, table))
    problems += found
    return None if found else Suite(document["name"], table, tuple(document["meta"]["key"]), tuple(rules))


def _suite_problems(document: dict[str, Any], where: str) -> Iterator[str]:
    yield from (f"unknown field {name}" for name in sorted(document.keys() - SUITE_FIELDS))
    if not _is_text(document.get("name")):
        yield "has no name"
    if not isinstance(document.get("expectations"), list) or not document["expectations"]:
        yield "has no expectations; an empty suite would pass whatever the data"
    meta = document.get("meta")
    if not isinstance(meta, dict):
        yield "has no meta with table and key"
        return
    if not _PATH.fullmatch(where):
        yield "must lie at <schema>/<table>.json, both in lower case, digits and single underscores"
    elif meta.get("table") != where.removesuffix(".json").replace("/", "."):
        yield f"meta.table is {meta.get('table')!r}, not the table its path names"
    key = meta.get("key")
    if not isinstance(key, list) or not key or not all(_is_text(column) for column in key):
        yield "meta.key must list the columns that name a row"


def _entry_problems(entry: Any, table: str) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "is no object"
        return
    yield from (f"unknown field {name}" for name in sorted(entry.keys() - ENTRY_FIELDS))
    if entry.get("severity") not in SEVERITIES:
        yield f"severity {entry.get('severity')!r} is none of {', '.join(SEVERITIES)}"
    if not _is_text(entry.get("description")):
        yield "has no description"
    yield from _meta_problems(entry.get("meta"), table)
    yield from _argument_problems(entry.get("type"), entry.get("kwargs"))


def _meta_problems(meta: Any, table: str) -> Iterator[str]:
    if not isinstance(meta, dict):
        yield "has no meta"
        return
    yield from (f"meta has no {name}" for name in RULE_META if not _is_text(meta.get(name)))
    yield from (f"unknown field meta.{name}" for name in sorted(meta.keys() - {*RULE_META, *OPTIONAL_META}))
    if _is_text(meta.get("rule_id")):
        rule_id = meta["rule_id"]
        if not _RULE_ID.fullmatch(rule_id) or not rule_id.startswith(table + "."):
            yield f"rule_id must be {table}.<what it checks>, in lower case, digits and single underscores"
    if meta.get("dimension") is not None and meta["dimension"] not in DIMENSIONS:
        yield f"dimension {meta['dimension']!r} is none of {', '.join(DIMENSIONS)}"
    if not isinstance(meta.get("blocking", False), bool):
        yield "meta.blocking must be true or false"
    for name in ("column", "evaluates"):
        if name in meta and not _is_text(meta[name]):
            yield f"meta.{name} must be a text"


def _argument_problems(expectation_type: Any, arguments: Any) -> Iterator[str]:
    known = SUPPORTED.get(expectation_type) if isinstance(expectation_type, str) else None
    if known is None:
        yield f"type {expectation_type!r} is not supported"
        return
    if not isinstance(arguments, dict):
        yield "has no kwargs"
        return
    yield from (f"lacks the argument {name}" for name in sorted(known.required - arguments.keys()))
    yield from (f"unknown argument {name}" for name in sorted(arguments.keys() - known.required - known.optional))
    for name, value in arguments.items():
        if isinstance(value, dict) and value != {"$PARAMETER": MEASURED_AT}:
            yield f"argument {name}: the only parameter of a run is {MEASURED_AT}"
    if expectation_type == SQL_RULE and "unexpected_rows_query" in arguments:
        yield from _sql_problems(arguments["unexpected_rows_query"])


def _sql_problems(query: Any) -> Iterator[str]:
    """Whether the query can be filled in as Great Expectations does it."""
    if not _is_text(query) or "{batch}" not in query:
        yield "unexpected_rows_query must select from {batch}"
        return
    try:
        query.format(batch="batch")
    except (KeyError, IndexError, ValueError):
        yield "unexpected_rows_query has braces other than {batch}; write {{ and }} for { and }"


def _parsed(suites: tuple[Suite, ...], problems: list[str]) -> tuple[Suite, ...]:
    """The suites with the tables their SQL reads, by DuckDB's own parser; problems where it is not one SELECT."""
    with duckdb.connect() as con:  # one for all: opening it is dearer than parsing
        return tuple(replace(suite, reads=_reads(con, suite, problems)) for suite in suites)


def _reads(con: duckdb.DuckDBPyConnection, suite: Suite, problems: list[str]) -> tuple[str, ...]:
    tables: set[str] = set()
    for rule in (rule for rule in suite.rules if rule.expectation_type == SQL_RULE):
        sql = rule.arguments["unexpected_rows_query"].format(batch=suite.table)
        parsed = json.loads(con.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()[0][0])
        if parsed["error"]:
            problems.append(f"rule {rule.rule_id}: its SQL is no SELECT: {parsed['error_message']}")
        elif len(parsed["statements"]) != 1:
            problems.append(f"rule {rule.rule_id}: its SQL is more than one statement")
        else:
            tables.update(_base_tables(parsed["statements"][0]))
    return tuple(sorted(tables - {suite.table}))


def _base_tables(node: Any) -> Iterator[str]:
    """The schema-qualified tables of a serialised statement; a common table expression has no schema."""
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for child in node.values():
            yield from _base_tables(child)
    elif isinstance(node, list):
        for child in node:
            yield from _base_tables(child)


def _rule(entry: dict[str, Any], table: str) -> Rule:
    meta, arguments = entry["meta"], entry["kwargs"]
    return Rule(
        rule_id=meta["rule_id"],
        table=table,
        column=meta.get("column") or arguments.get("column"),
        dimension=meta["dimension"],
        severity=entry["severity"],
        owner=meta["owner"],
        description=entry["description"],
        why=meta["why"],
        fix=meta["fix"],
        blocking=meta.get("blocking", False),
        expectation_type=entry["type"],
        arguments=arguments,
        evaluates=meta.get("evaluates", ""),
    )


def _label(entry: Any, number: int) -> str:
    meta = entry.get("meta") if isinstance(entry, dict) else None
    rule_id = meta.get("rule_id") if isinstance(meta, dict) else None
    return f"rule {rule_id}" if _is_text(rule_id) else f"entry {number}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
