"""The published runs, oldest first: scores, what changed at each, and why the score moved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.charts import finite
from dq_pipeline.domain.dashboard import Publication
from dq_pipeline.domain.measured import Move, Score, TrendPoint

# About two years of nights: enough for a table on one page.
RUNS_KEPT = 730

# Records and customers are the rows of their tables, as the scores of each run counted them.
_COUNTED = """
select run_id, max(rows) filter (where scope = 'staging.customers') as records,
    max(rows) filter (where scope = 'golden.customers') as customers
from (
    select run_id, scope_type, scope, rows from quality.score_history
    union all select run_id, scope_type, scope, rows from quality.scores
) where scope_type = 'table' group by run_id
"""
_RUNS = f"""
select t.run_id, t.measured_at, t.actual, t.coverage, t.like_for_like, t.rules_changed, t.weights_changed,
    t.model_changed, t.sources_new, t.sources_absent, coalesce(t.rule_set_hash, ''), coalesce(t.model_hash, ''),
    coalesce(p.version, ''), c.records, c.customers
from quality.score_trend t
left join (select run_id, max(version) as version from quality.publications group by all) p using (run_id)
left join ({_COUNTED}) c using (run_id)
qualify row_number() over (order by t.measured_at desc, t.run_id desc) <= {RUNS_KEPT}
order by t.measured_at, t.run_id
"""
_MOVES = "select run_id, kind, name, text from quality.score_moves order by run_id, position"


def read_trend(tables: Tables, publication: Publication) -> tuple[TrendPoint, ...]:
    """The newest published runs and this one; none when no trend is kept."""
    moves: dict[str, list[Move]] = defaultdict(list)
    for run, kind, name, text in tables.rows(("quality.score_moves",), _MOVES):
        moves[run].append(Move(kind, name or "", text))
    needed = ("quality.score_trend", "quality.publications", "quality.score_history", "quality.scores")
    return tuple(
        replace(
            TrendPoint(run, measured_at, Score(finite(score), finite(coverage) or 0.0), finite(alike), *rest),
            version=publication.version if run == publication.run_id else rest[-3],
            sources_new=tuple(rest[3]),
            sources_absent=tuple(rest[4]),
            moves=tuple(moves[run]),
        )
        for run, measured_at, score, coverage, alike, *rest in tables.rows(needed, _RUNS)
    )
