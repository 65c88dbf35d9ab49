-- What failing rows cost: the sum of row penalties per column, quality dimension, source and owner.
-- The penalty of a row is that of the worst rule failing on it, so a row that fails three rules of a column is lost
-- once: the exact union, without assuming that failures are independent. `dimension` is NULL for all rules together.
with failing as (
    select rows.table_name, rows.column_name, rules.dimension, rows.record_key, rules.penalty
    from quality.failing_rows as rows
    join quality.latest_results as rules on rules.rule_id = rows.rule_id
    where rows.fixed_at is null and rules.ran and rules.weight_column
    union all
    -- Linkage finds the duplicates within a source: of n records of one customer, n - 1 are too many.
    select 'staging.customers', 'record_key', 'uniqueness', record_key, 1.00
    from golden.crosswalk
    qualify row_number() over (partition by source_system, customer_id order by record_key) > 1
),
by_dimension as (
    select table_name, column_name, dimension, record_key, max(penalty) as penalty
    from failing
    group by all
),
all_rules as (
    select table_name, column_name, null::varchar as dimension, record_key, max(penalty) as penalty
    from by_dimension
    group by all
),
penalties as (
    select table_name, column_name, dimension, record_key, penalty from by_dimension
    union all
    select table_name, column_name, dimension, record_key, penalty from all_rules
)
select
    penalties.table_name,
    penalties.column_name,
    penalties.dimension,
    rows.source_system,
    rows.owner,
    sum(penalties.penalty) as loss
from penalties
join quality.scored_rows as rows
    on rows.table_name = penalties.table_name and rows.record_key = penalties.record_key
group by all
order by all
