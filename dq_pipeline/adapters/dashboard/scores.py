"""The scores of this run and of the versions before it, as the quality models stored them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.charts import finite
from dq_pipeline.domain.dashboard import Impact
from dq_pipeline.domain.measured import Scope, Score

# Every published run and this one, once each: history may or may not hold this run yet. Who typed the data in is told
# to those who work with it, by name, and to no reader of the dashboard.
COLUMNS = "run_id, measured_at, scope_type, scope, score, coverage, rows, impact, rule_set_hash, model_hash"
THIS_RUN = f"select {COLUMNS} from quality.scores where run_id = $run"
EARLIER = f" union all select {COLUMNS} from quality.score_history where run_id <> $run"
NEWEST = """
select * from ({stored}) where scope_type <> 'created_by'
qualify dense_rank() over (order by measured_at desc, run_id desc) <= $versions
order by measured_at, run_id, scope_type, scope
"""


class StoredScore(NamedTuple):
    """One row of `quality.scores` or of its history."""

    run_id: str
    measured_at: datetime
    scope_type: str
    scope: str
    score: float | None
    coverage: float | None
    rows: int | None
    impact: float | None
    rule_set_hash: str | None
    model_hash: str | None

    @property
    def measured(self) -> Score:
        return Score(finite(self.score), finite(self.coverage) or 0.0)


class StoredScores:
    """All stored scores up to and including run `run_id`, oldest run first."""

    def __init__(self, tables: Tables, run_id: str, *, versions: int = 60):
        self.run_id = run_id
        stored = THIS_RUN + (EARLIER if tables.has("quality.score_history") else "")
        parameters = {"run": run_id, "versions": versions}
        found = tables.rows(("quality.scores",), NEWEST.format(stored=stored), parameters)
        rows = [StoredScore(*row) for row in found]
        self.runs = list(dict.fromkeys(row.run_id for row in rows))
        self._rows = {(row.run_id, row.scope_type, row.scope): row for row in rows}

    @property
    def current(self) -> list[StoredScore]:
        """This run's scores."""
        return [row for (run, _, _), row in self._rows.items() if run == self.run_id]

    def overall(self) -> Scope:
        """The overall score; "not measured" when this run stored none."""
        found = self.scopes("overall")
        return found[0] if found else Scope("overall", Score())

    def scopes(self, scope_type: str) -> tuple[Scope, ...]:
        """Scores of this run of one kind, lowest first, those not measured last."""
        rows = [row for row in self.current if row.scope_type == scope_type]
        scopes = [
            Scope(row.scope, row.measured, row.rows, finite(row.impact), self._history(scope_type, row.scope))
            for row in rows
        ]
        return tuple(sorted(scopes, key=_lowest_first))

    def dearest(self, scope_type: str) -> tuple[Scope, ...]:
        """Scores of this run of one kind, those that cost the overall score most points first."""
        return tuple(sorted(self.scopes(scope_type), key=lambda scope: -(scope.impact or 0.0)))

    def _history(self, scope_type: str, scope: str) -> tuple[float | None, ...]:
        rows = [self._rows.get((run, scope_type, scope)) for run in self.runs]
        return tuple(finite(row.score) if row else None for row in rows)

    def impacts(self, owners: dict[str, tuple[str, ...]], affected: dict[str, int]) -> tuple[Impact, ...]:
        """Columns that cost points, dearest first. `owners` and `affected` are keyed `schema.table.column`."""
        before = self.runs[-2] if len(self.runs) > 1 else None
        found = []
        for row in self.current:
            points = finite(row.impact)
            if row.scope_type == "column" and points:
                earlier = self._rows.get((before, "column", row.scope)) if before else None
                change = None if earlier is None or earlier.impact is None else points - earlier.impact
                count = affected.get(row.scope)
                found.append(Impact(row.scope, points, row.measured, owners.get(row.scope, ()), count, change))
        return tuple(sorted(found, key=lambda impact: (-impact.points, impact.column)))


def _lowest_first(scope: Scope) -> tuple[bool, float, str]:
    return scope.score.value is None, scope.score.value or 0.0, scope.name
