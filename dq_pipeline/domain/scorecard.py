"""What the single pages of the dashboard say: scores cut by source, the life of a rule, published versions, issues.

Units are those of `domain/dashboard.py`: scores 0 to 100, shares 0 to 1, times UTC, `None` for "not measured".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dq_pipeline.domain.dashboard import RuleRow
from dq_pipeline.domain.issues import ACTIVE
from dq_pipeline.domain.measured import Score

# What each quality dimension asks of a value, for a reader.
MEANINGS = {
    "completeness": "Is the value there at all?",
    "validity": "Is it written as such a value must be: a date that exists, an address that can receive mail?",
    "uniqueness": "Is everything there once? One customer, one record in a system.",
    "consistency": "Do values that belong together agree, within a record and between systems?",
    "timeliness": "Is it recent enough to be relied on, and did it arrive when it was promised?",
    "accuracy": "Is it plausible that it is true of the real customer, and no placeholder or slip?",
}


@dataclass(frozen=True)
class Part:
    """The score of one cut (source, dimension, table or column; `""` where all are meant).

    `points` is what it costs the score of the whole it is part of: a source, or a dimension.
    """

    source: str
    dimension: str
    table: str
    column: str
    score: Score
    rows: int
    points: float | None


@dataclass(frozen=True)
class Measurement:
    """What a rule found in one run."""

    measured_at: datetime
    outcome: str
    evaluated: int | None
    failed: int | None


@dataclass(frozen=True)
class FailingKey:
    """A row that fails a rule, by its key."""

    record_key: str
    source: str
    first_seen: datetime
    times_reopened: int


@dataclass(frozen=True)
class IssueLine:
    """An issue of the ledger in one line.

    `assignee` works on it, where somebody is set; else its `owner`, who answers for it either way. `late`: open after
    its due date, whether or not a run has noted it yet. `points` is what it costs the overall score.
    """

    issue_id: str
    rule_id: str
    source: str
    owner: str
    assignee: str
    severity: str
    status: str
    opened_at: datetime
    due_at: datetime | None
    late: bool
    rows: int
    points: float | None = None
    resolved_at: datetime | None = None
    times_reopened: int = 0
    closing_reason: str = ""
    expires_on: date | None = None

    @property
    def is_active(self) -> bool:
        """Whether somebody has to mend it still."""
        return self.status in ACTIVE

    @property
    def cost(self) -> float:
        """Its points, 0 where they were not worked out."""
        return self.points or 0.0

    @property
    def works_on_it(self) -> str:
        """Who is to mend it; empty for nobody."""
        return self.assignee or self.owner


@dataclass(frozen=True)
class RuleDetail:
    """All there is to say of one rule.

    `arguments` are those of its expectation as the suite has them, `evaluates` the SQL condition on the rows it is
    about; `score` is what the column would have if no other rule were there, `impact` its points of the overall score.
    `keys` are the newest of its open findings, `fresh` counts those that this run found first.
    """

    rule: RuleRow
    expectation_type: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    evaluates: str = ""
    blocking: bool = False
    penalty: float | None = None
    score: Score = field(default_factory=Score)
    impact: float | None = None
    change: str = ""
    history: tuple[Measurement, ...] = ()
    keys: tuple[FailingKey, ...] = ()
    fresh: int = 0
    issues: tuple[IssueLine, ...] = ()

    @property
    def query(self) -> str:
        """The SELECT of a rule that is one, else nothing."""
        return str(self.arguments.get("unexpected_rows_query", ""))


@dataclass(frozen=True)
class SourceFinding:
    """What stands out about the newest extract of a source."""

    contract_id: str
    check: str
    problem: str
