-- What failing rows cost: the sum of row penalties per column and quality dimension, once by source and owner (`cut`
-- 'owner') and once by data-entry user (`cut` 'user').
-- The penalty of a row is that of the worst rule failing on it, so a row that fails three rules of a column is lost
-- once: the exact union, without assuming that failures are independent. `dimension` is NULL for all rules together.
with patterns as (
    select *, row_number() over () as number from quality.failure_patterns
),
penalties as (
    select
        patterns.number,
        if(grouping(rules.dimension) = 1, null, rules.dimension) as dimension,
        max(rules.penalty) as penalty
    from (select number, unnest(rule_ids) as rule_id from patterns) as patterns
    join quality.latest_results as rules on rules.rule_id = patterns.rule_id
    group by grouping sets ((patterns.number), (patterns.number, rules.dimension))
)
select
    patterns.table_name,
    patterns.column_name,
    penalties.dimension,
    patterns.cut,
    patterns.source_system,
    patterns.owner,
    patterns.created_by,
    sum(penalties.penalty * patterns.rows)::decimal(18, 2) as loss
from penalties
join patterns on patterns.number = penalties.number
group by all
order by all
