-- Every column that should be measured, per quality dimension and (dimension NULL) over all its rules: its weight, its
-- rows, what failing rows cost, and how many of its rules ran. A column none of whose rules ran is not measured.
with rules as (
    select table_name, column_name, dimension, ran
    from quality.latest_results
    where weight_column
),
counted as (
    select
        table_name,
        column_name,
        if(grouping(dimension) = 1, null, dimension) as dimension,
        count(*) as rules,
        count(*) filter (where ran) as rules_run
    from rules
    group by grouping sets ((table_name, column_name), (table_name, column_name, dimension))
    union all
    -- A column that has a weight and no rule is not measured: it lowers the coverage.
    select table_name, column_name, null, 0, 0
    from quality.score_weights as weights
    where not exists (
        select 1 from rules
        where rules.table_name = weights.table_name and rules.column_name = weights.column_name
    )
),
row_counts as (
    select table_name, count(*) as rows from quality.scored_rows group by table_name
),
losses as (
    select table_name, column_name, dimension, sum(loss) as loss
    from quality.column_losses where cut = 'owner' group by all
)
select
    counted.table_name,
    counted.column_name,
    counted.dimension,
    coalesce(weights.weight, 1.000)::decimal(9, 3) as weight,
    coalesce(weights.critical_data_element, false) as critical_data_element,
    coalesce(row_counts.rows, 0) as rows,
    coalesce(losses.loss, 0.00)::decimal(18, 2) as loss,
    counted.rules,
    counted.rules_run
from counted
left join quality.score_weights as weights
    on weights.table_name = counted.table_name and weights.column_name = counted.column_name
left join row_counts on row_counts.table_name = counted.table_name
left join losses
    on losses.table_name = counted.table_name
    and losses.column_name = counted.column_name
    and losses.dimension is not distinct from counted.dimension
order by all
