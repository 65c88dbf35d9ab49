"""Rules that the data of a table suggests: candidates from what its columns look like, and the suite a person reviews.

A candidate is only a guess; whether it holds is measured by running it. Nothing personal gets into a rule: values are
listed only where the contract lists them or classifies the column as `none`, dates and numbers are rounded outward.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dq_pipeline.domain.column_facts import (
    CLASSES,
    FORMATS,
    LEAST_ROWS_OF_ALLOWED,
    MOST_ALLOWED,
    ColumnFacts,
    Evidence,
    Threshold,
    day_of,
    quoted,
    unbraced,
)
from dq_pipeline.domain.rules import COMPOUND_UNIQUE, SQL_RULE, Dimension, Rule, Severity


def candidates(
    table: str,
    key: Sequence[str],
    owner: str,
    columns: Sequence[ColumnFacts],
    ordered: Iterable[tuple[ColumnFacts, ColumnFacts]],
    threshold: Threshold,
) -> list[Rule]:
    """Every rule worth measuring. `ordered`: pairs of date columns of which the first seems to come before."""
    slugs = _slugs([column.name for column in columns])
    make = _Maker(table, owner, threshold, slugs)
    rules = [make.key_rule(key)]
    for column in columns:
        rules += make.column_rules(column, is_key=[column.name] == list(key))
    return [*rules, *(make.pair_rule(first, second) for first, second in ordered)]


def suite_document(table: str, key: Sequence[str], proposed: Iterable[tuple[Rule, Evidence]]) -> dict[str, Any]:
    """The suite as Great Expectations' JSON, every rule with its evidence in `notes`."""
    return {
        "name": table,
        "meta": {"table": table, "key": list(key)},
        "expectations": [_entry(rule, evidence) for rule, evidence in proposed],
    }


def _entry(rule: Rule, evidence: Evidence) -> dict[str, Any]:
    optional = {"column": rule.column, "evaluates": rule.evaluates}
    shown = math.floor(evidence.share * 10_000) / 100
    return {
        "type": rule.expectation_type,
        "kwargs": dict(rule.arguments),
        "severity": rule.severity,
        "description": rule.description,
        "notes": f"Evidence: {evidence.conforming:,} of {evidence.seen:,} rows conform ({shown:g} %); "
        f"{evidence.distinct:,} distinct values in the column.",
        "meta": {
            "rule_id": rule.rule_id,
            "dimension": rule.dimension,
            "owner": rule.owner,
            "why": "Proposed from the data: say why it matters, or delete the rule.",
            "fix": rule.fix,
            **{name: value for name, value in optional.items() if value},
        },
    }


@dataclass(frozen=True)
class _Maker:
    """Writes the rules of one table."""

    table: str
    owner: str
    threshold: Threshold
    slugs: Mapping[str, str]

    def key_rule(self, key: Sequence[str]) -> Rule:
        arguments: dict[str, Any] = {"column_list": list(key)} if len(key) > 1 else {"column": key[0]}
        kind = COMPOUND_UNIQUE if len(key) > 1 else "expect_column_values_to_be_unique"
        text = "No key names two rows."
        return self._rule("key.unique", key[0], "uniqueness", "critical", text, kind, arguments)

    def column_rules(self, column: ColumnFacts, *, is_key: bool) -> Iterator[Rule]:
        """Filled, unique, one of few values, of one format or length, within a range."""
        yield self._filled(column)
        if not column.filled:
            return
        unique = column.distinct == column.filled
        if unique and not is_key and not column.blank:
            text = f"No two rows have the same {column.name}."
            kind = "expect_column_values_to_be_unique"
            yield self._on(column, "unique", "uniqueness", "warning", text, kind, {})
        allowed = _allowed_values(column)
        if allowed:
            text = f"{column.name} is one of {len(allowed)} values."
            values = [*allowed, *([""] if column.blank else [])]
            kind = "expect_column_values_to_be_in_set"
            yield self._on(column, "allowed", "validity", "warning", text, kind, {"value_set": values})
            return
        if column.is_text:
            yield self._form(column)
        yield from self._ranges(column, is_number=not unique)

    def pair_rule(self, first: ColumnFacts, second: ColumnFacts) -> Rule:
        """The first date is not after the second."""
        a, b = day_of(first), day_of(second)
        return self._rule(
            f"{self.slugs[second.name]}.not_before_{self.slugs[first.name]}",
            *(second.name, "consistency", "warning", f"{second.name} is not before {first.name}.", SQL_RULE),
            {"unexpected_rows_query": f"select * from {{batch}} where {b} < {a}"},
            evaluates=unbraced(f"{a} is not null and {b} is not null"),
        )

    def _filled(self, column: ColumnFacts) -> Rule:
        text = f"{column.name} is filled in."
        if not column.blank:
            kind = "expect_column_values_to_not_be_null"
            return self._on(column, "present", "completeness", "warning", text, kind, {})
        query = f"select * from {{batch}} where coalesce(trim({quoted(column.name)}::varchar), '') = ''"
        arguments = {"unexpected_rows_query": query}
        return self._rule(
            f"{self.slugs[column.name]}.present", column.name, "completeness", "warning", text, SQL_RULE, arguments
        )

    def _form(self, column: ColumnFacts) -> Rule:
        """The narrowest format that enough rows have, else the length."""
        blank = r"^\s*$|" if column.blank else ""
        shortest, longest = column.lengths
        for name, pattern in FORMATS.items():
            if column.formats.get(name, 0) >= self.threshold.share * column.filled:
                one_length = shortest == longest and name in CLASSES
                text = f"{column.name} is {name}" + (f", {longest} of them." if one_length else ".")
                regex = f"{CLASSES[name]}{{{longest}}}" if one_length else f"({pattern})"
                kind = "expect_column_values_to_match_regex"
                return self._on(column, "format", "validity", "warning", text, kind, {"regex": f"{blank}^{regex}$"})
        text = f"{column.name} is neither unusually short nor unusually long."
        least = 0 if column.blank else min(shortest, 1)
        kind = "expect_column_value_lengths_to_be_between"
        arguments = {"min_value": least, "max_value": math.ceil(longest / 10) * 10}
        return self._on(column, "length", "validity", "info", text, kind, arguments)

    def _ranges(self, column: ColumnFacts, *, is_number: bool) -> Iterator[Rule]:
        if column.day_format is not None:
            first, last = column.years[0] // 10 * 10, column.years[1] // 10 * 10 + 10
            latest = f"timestamp '{last}-01-01'" if column.dates_ahead else "getvariable('measured_at')"
            text = (
                f"{column.name} lies between {first} and {f'{last}' if column.dates_ahead else 'the day of the run'}."
            )
            yield self._within(column, day_of(column), f"timestamp '{first}-01-01'", latest, text)
        elif column.numbers and is_number:
            low, high = (_outward(figure, up=up) for figure, up in zip(column.numbers, (False, True), strict=True))
            text = f"{column.name} lies between {low:g} and {high:g}."
            number = f"try_cast({quoted(column.name)}::varchar as double)"
            yield self._within(column, number, f"{low!r}", f"{high!r}", text)

    def _within(self, column: ColumnFacts, value: str, low: str, high: str, text: str) -> Rule:
        return self._rule(
            f"{self.slugs[column.name]}.within_range",
            *(column.name, "validity", "warning", text, SQL_RULE),
            {"unexpected_rows_query": f"select * from {{batch}} where {value} not between {low} and {high}"},
            evaluates=unbraced(f"{value} is not null"),
        )

    def _on(
        self,
        column: ColumnFacts,
        what: str,
        dimension: Dimension,
        severity: Severity,
        text: str,
        kind: str,
        arguments: Mapping[str, Any],
    ) -> Rule:
        name = f"{self.slugs[column.name]}.{what}"
        # Blank text is missing, and the rule has nothing to say of it.
        evaluates = f"trim({unbraced(quoted(column.name))}::varchar) <> ''" if column.blank else ""
        rule = self._rule(name, column.name, dimension, severity, text, kind, {"column": column.name, **arguments})
        return replace(rule, evaluates=evaluates)

    def _rule(
        self,
        name: str,
        column: str,
        dimension: Dimension,
        severity: Severity,
        text: str,
        kind: str,
        arguments: Mapping[str, Any],
        evaluates: str = "",
    ) -> Rule:
        return Rule(
            rule_id=f"{self.table}.{name}",
            table=self.table,
            column=column,
            dimension=dimension,
            severity=severity,
            owner=self.owner,
            description=text,
            why="",
            fix="Correct the value in the source.",
            blocking=False,
            expectation_type=kind,
            arguments=arguments,
            evaluates=evaluates,
        )


def _allowed_values(column: ColumnFacts) -> list[str]:
    """The values of a drop-down: the contract's, else those that stand in enough rows; empty when it is none."""
    if column.allowed:
        return list(column.allowed)
    common = sorted(value for value, rows in column.common if rows >= LEAST_ROWS_OF_ALLOWED)
    return common if 0 < len(common) <= MOST_ALLOWED and column.filled >= 10 * len(common) else []


def _outward(figure: float, *, up: bool) -> float:
    """Rounded away from the range, to one significant digit: 1,234 becomes 2,000, or 1,000 as the lower end."""
    if not figure:
        return 0.0
    unit = 10.0 ** math.floor(math.log10(abs(figure)))
    return (math.ceil if up else math.floor)(figure / unit) * unit


def _slugs(names: Sequence[str]) -> dict[str, str]:
    """Column name -> its part of a rule id; two that look alike are numbered."""
    slugs: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        parts = re.sub("(?<=[a-z])(?=[A-Z])", " ", name).lower()
        slug = re.sub("[^a-z0-9]+", "_", parts).strip("_").lstrip("0123456789_") or f"column_{number}"
        slugs[name] = f"{slug}_{number}" if slug in slugs.values() or slug == "key" else slug
    return slugs
