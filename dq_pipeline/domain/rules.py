"""What a data-quality rule is, what came of running it, and how its failures weigh in a score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, get_args

Severity = Literal["critical", "warning", "info"]
# The dimensions of DAMA UK, "The six primary dimensions for data quality assessment" (2013).
Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "accuracy"]
# Failed, errored and not evaluated are three different things; only the first two of these four enter a score.
Outcome = Literal["passed", "failed", "errored", "not_evaluated"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

SQL_RULE = "unexpected_rows_expectation"
COMPOUND_UNIQUE = "expect_compound_columns_to_be_unique"
# The one value a rule may take from the run instead of the suite, written {"$PARAMETER": "measured_at"}.
MEASURED_AT = "measured_at"


@dataclass(frozen=True)
class Rule:
    """One expectation of a suite.

    `column` is the column it scores, None for a rule about the whole table. `arguments` are the expectation's own
    (`kwargs` in the suite). `evaluates` is an SQL condition naming the rows the rule is about; without one it is
    every row that has a value. A `blocking` rule stops the publication when it fails.
    """

    rule_id: str
    table: str
    column: str | None
    dimension: Dimension
    severity: Severity
    owner: str
    description: str
    why: str
    fix: str
    blocking: bool
    expectation_type: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    evaluates: str = ""

    @property
    def check_name(self) -> str:
        """The rule id as the name of an asset check, which may hold no dot. Ids hold no `__`: no two clash."""
        return self.rule_id.replace(".", "__")

    @property
    def concerns_rows(self) -> bool:
        """Whether rows can fail it; a rule about the table as a whole (its row count, its columns) has none."""
        return not self.expectation_type.startswith("expect_table_")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns its arguments name."""
        named = [self.arguments.get(name) for name in ("column", "column_A", "column_B")]
        return (*(name for name in named if name), *self.arguments.get("column_list", ()))


@dataclass(frozen=True)
class Suite:
    """The rules of one table.

    `key` are the columns that name a row; joined by ':' they are its record key. `reads` are the other tables
    (`schema.table`, sorted) its rules written in SQL look at.
    """

    name: str
    table: str
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleResult:
    """What came of one rule in one run.

    `evaluated` and `failed` count rows; a rule about the whole table looked at one thing, the table. Both are 0
    where the rule errored or was not evaluated, and `message` then says why. It never holds a value.
    """

    rule: Rule
    outcome: Outcome
    evaluated: int = 0
    failed: int = 0
    message: str = ""

    @property
    def rule_id(self) -> str:
        return self.rule.rule_id


@dataclass(frozen=True)
class ColumnWeight:
    """How much a column counts in its table's score, and why."""

    table: str
    column: str
    weight: Decimal
    reason: str
    critical_data_element: bool = False


@dataclass(frozen=True)
class ScoreWeights:
    """The weights of the scores. `severity` is the share of a row lost when a rule of that severity fails on it."""

    severity: Mapping[Severity, Decimal]
    columns: tuple[ColumnWeight, ...]
