-- The scorecard: 100 * (1 - lost / possible) of every scope, rounded down to two decimals, beside its coverage.
-- possible = sum of weight * rows over the columns measured; lost = sum of weight * row penalties. `impact` is what the
-- scope costs the overall score, in points and not rounded: over all columns it sums to 100 - overall, and so it does
-- over all tables. `weight` is what a row of the scope counts, so any cut into scopes adds up to the overall score by
-- sum(weight * rows * score) / sum(weight * rows). Nothing measured gives no score; 100 needs full coverage.
-- Sums are integers, in hundred-thousandths of a row of weight 1, so that rounding down is exact.
with columns as (
    select *, (weight * 1000)::hugeint * 100 as unit from quality.column_scores
),
-- What one row of a table can lose, per dimension (NULL: all rules).
tables as (
    select
        table_name,
        dimension,
        coalesce(sum(unit) filter (where rules_run > 0), 0)::hugeint as measured,
        sum(unit)::hugeint as wanted,
        sum(if(rules > 0, unit * rules_run / rules, 0)) as covered,
        bool_and(rules > 0 and rules_run = rules) as complete
    from columns
    group by all
),
row_counts as (
    select table_name, source_system, owner, count(*) as rows from quality.scored_rows group by all
),
facts as (
    select
        tables.table_name,
        tables.dimension,
        row_counts.source_system,
        row_counts.owner,
        coalesce(row_counts.rows, 0) as rows,
        tables.measured * coalesce(row_counts.rows, 0) as possible,
        0::hugeint as lost,
        tables.wanted * coalesce(row_counts.rows, 0) as wanted,
        tables.covered * coalesce(row_counts.rows, 0) as covered,
        tables.complete
    from tables
    left join row_counts on row_counts.table_name = tables.table_name
    union all
    select
        losses.table_name,
        losses.dimension,
        losses.source_system,
        losses.owner,
        0, 0,
        columns.unit // 100 * (losses.loss * 100)::hugeint,
        0, 0, true
    from quality.column_losses as losses
    join columns
        on columns.table_name = losses.table_name
        and columns.column_name = losses.column_name
        and columns.dimension is not distinct from losses.dimension
    where columns.rules_run > 0
),
scopes as (
    select
        case
            when grouping(source_system) = 0 then 'source'
            when grouping(owner) = 0 then 'owner'
            when grouping(table_name) = 0 then 'table'
            else 'overall'
        end as scope_type,
        coalesce(source_system, owner, table_name, 'overall') as scope,
        sum(rows) as rows,
        sum(possible) as possible,
        sum(lost) as lost,
        sum(wanted) as wanted,
        sum(covered) as covered,
        bool_and(complete) as complete
    from facts
    where dimension is null
    group by grouping sets ((), (source_system), (owner), (table_name))
    having grouping(source_system) = 1 and grouping(owner) = 1 or coalesce(source_system, owner) is not null
    union all
    select
        'dimension', dimension, sum(rows), sum(possible), sum(lost), sum(wanted), sum(covered), bool_and(complete)
    from facts
    where dimension is not null
    group by dimension
    union all
    select
        'column',
        table_name || '.' || column_name,
        rows,
        if(rules_run > 0, unit * rows, 0),
        if(rules_run > 0, unit // 100 * (loss * 100)::hugeint, 0),
        unit * rows,
        if(rules > 0, unit * rows * rules_run / rules, 0),
        rules > 0 and rules_run = rules
    from columns
    where dimension is null
),
measured as (
    select *, max(if(scope_type = 'overall', possible, null)) over () as possible_overall from scopes
)
select
    run.run_id,
    run.measured_at,
    measured.scope_type,
    measured.scope,
    case
        when coalesce(possible, 0) = 0 then null
        when lost = 0 and complete then 100
        when lost = 0 then 99.99
        else (10000 * (possible - lost))::hugeint // possible::hugeint / 100
    end::double as score,
    case
        when coalesce(wanted, 0) = 0 then 0
        when complete then 1
        else least(floor(covered / wanted * 10000 + 1e-6) / 10000, 0.9999)
    end::double as coverage,
    coalesce(rows, 0)::bigint as rows,
    if(rows > 0, possible / rows / 100000, 0)::double as weight,
    if(possible > 0, (100 * lost) / possible_overall, null)::double as impact,
    run.rule_set_hash,
    run.model_hash
from measured
cross join quality.run as run
order by scope_type, scope
