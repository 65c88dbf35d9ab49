"""Scores cut finer than `quality.scores` keeps them: a source by dimension, table and column, a dimension by column.

The sums are those of `dbt_like_sql/quality/scores.sql`, over the few hundred lines of `quality.column_losses`.
"""

from __future__ import annotations

from collections.abc import Iterable

from dq_pipeline.adapters.dashboard.tables import Tables
from dq_pipeline.domain.charts import finite
from dq_pipeline.domain.measured import Score
from dq_pipeline.domain.scorecard import Part

_NEEDED = ("quality.column_scores", "quality.column_losses", "quality.scored_rows")

# Rounded down to two decimals, with a millionth of one for the noise of a sum of doubles.
_SCORE = """
    if(sum(possible) > 0, floor(1e4 * (1 - sum(lost) / sum(possible)) + 1e-6) / 100, null) as score,
    if(sum(wanted) > 0, sum(covered) / sum(wanted), 0) as coverage,
    max(rows) as rows
"""
# What can be lost, what is, and what should have been measured, per source, column and dimension (NULL: all rules).
_FACTS = """
with row_counts as (
    select table_name, source_system, count(*) as rows from quality.scored_rows
    where source_system is not null group by all
),
losses as (
    select table_name, column_name, dimension, source_system, sum(loss) as loss from quality.column_losses
    where cut = 'owner' and source_system is not null group by all
),
facts as (
    select r.source_system, c.dimension, c.table_name, c.column_name, r.rows,
        if(c.rules_run > 0, c.weight * r.rows, 0)::double as possible,
        if(c.rules_run > 0, c.weight * coalesce(l.loss, 0), 0)::double as lost,
        (c.weight * r.rows)::double as wanted,
        if(c.rules > 0, c.weight * r.rows * c.rules_run / c.rules, 0)::double as covered
    from quality.column_scores c
    join row_counts r using (table_name)
    left join losses l on l.table_name = c.table_name and l.column_name = c.column_name
        and l.source_system = r.source_system and l.dimension is not distinct from c.dimension
)
"""
_BY_DIMENSION = f"""{_FACTS}
select source_system, dimension, '' as table_name, '' as column_name, {_SCORE}, null as points
from facts where dimension is not null group by all order by score nulls last, source_system, dimension
"""
# An empty column is the table as a whole.
_BY_PLACE = f"""{_FACTS},
whole as (
    select source_system, sum(possible) as whole from facts where dimension is null group by all
),
cut as (
    select source_system, '' as dimension, table_name, coalesce(column_name, '') as column_name, {_SCORE},
        sum(lost) as lost
    from facts where dimension is null
    group by grouping sets ((source_system, table_name), (source_system, table_name, column_name))
)
select cut.* exclude (lost), if(whole > 0, 100 * lost / whole, null) as points
from cut join whole using (source_system)
order by points desc nulls last, source_system, dimension, table_name, column_name
"""
_BY_COLUMN = f"""
with facts as (
    select dimension, table_name, column_name, rows, if(rules_run > 0, weight * rows, 0)::double as possible,
        if(rules_run > 0, weight * loss, 0)::double as lost, (weight * rows)::double as wanted,
        (weight * rows * rules_run / rules)::double as covered
    from quality.column_scores where dimension is not null
),
whole as (
    select dimension, sum(possible) as whole from facts group by all
),
cut as (
    select '' as source_system, dimension, table_name, column_name, {_SCORE}, sum(lost) as lost from facts group by all
)
select cut.* exclude (lost), if(whole > 0, 100 * lost / whole, null) as points
from cut join whole using (dimension) order by points desc nulls last, source_system, dimension, table_name, column_name
"""


def sources_by_dimension(tables: Tables) -> tuple[Part, ...]:
    """The score of every source in every dimension, lowest first."""
    return tuple(_parts(tables.rows(_NEEDED, _BY_DIMENSION)))


def sources_by_place(tables: Tables) -> tuple[Part, ...]:
    """The score of every source by table and by column; what costs the source most points first."""
    return tuple(_parts(tables.rows(_NEEDED, _BY_PLACE)))


def dimensions_by_column(tables: Tables) -> tuple[Part, ...]:
    """The score of every dimension by column; what costs the dimension most points first."""
    return tuple(_parts(tables.rows(_NEEDED, _BY_COLUMN)))


def _parts(rows: Iterable[tuple[object, ...]]) -> Iterable[Part]:
    for source, dimension, table, column, score, coverage, count, points in rows:
        measured = Score(finite(score), finite(coverage) or 0.0)  # type: ignore[arg-type]
        yield Part(source, dimension, table, column, measured, count, finite(points))  # type: ignore[arg-type]
