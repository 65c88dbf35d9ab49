-- The scorecard: 100 * (1 - lost / possible) of every scope, rounded down to two decimals, beside its coverage.
-- possible = sum of weight * rows over the columns measured; lost = sum of weight * row penalties. `impact` is what the
-- scope costs the overall score, in points and not rounded: over all columns it sums to 100 - overall, and so it does
-- over all tables. `weight` is what a row of the scope counts, so any cut into scopes adds up to the overall score by
-- sum(weight * rows * score) / sum(weight * rows). Nothing measured gives no score; 100 needs full coverage.
-- A rule's score is what it would be if no other rule were there; its impact is its share of the loss, so the impacts of
-- rules sum up too. `created_by` is the user or form that entered the record, `data_elements` the critical ones or not.
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
    select
        if(grouping(created_by) = 0, 'user', 'owner') as cut,
        table_name,
        source_system,
        owner,
        created_by,
        count(*) as rows
    from quality.scored_rows
    group by grouping sets ((table_name, source_system, owner), (table_name, created_by))
),
facts as (
    select
        coalesce(row_counts.cut, 'owner') as cut,
        tables.table_name,
        tables.dimension,
        row_counts.source_system,
        row_counts.owner,
        row_counts.created_by,
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
        losses.cut,
        losses.table_name,
        losses.dimension,
        losses.source_system,
        losses.owner,
        losses.created_by,
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
column_facts as (
    select
        table_name,
        column_name,
        critical_data_element,
        rows,
        if(rules_run > 0, unit * rows, 0) as possible,
        if(rules_run > 0, unit // 100 * (loss * 100)::hugeint, 0) as lost,
        unit * rows as wanted,
        if(rules > 0, unit * rows * rules_run / rules, 0) as covered,
        rules > 0 and rules_run = rules as complete
    from columns
    where dimension is null
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
        bool_and(complete) as complete,
        sum(lost)::double as charged
    from facts
    where dimension is null and cut = 'owner'
    group by grouping sets ((), (source_system), (owner), (table_name))
    having grouping(source_system) = 1 and grouping(owner) = 1 or coalesce(source_system, owner) is not null
    union all
    select
        'created_by',
        created_by,
        sum(rows), sum(possible), sum(lost), sum(wanted), sum(covered), bool_and(complete), sum(lost)
    from facts
    where dimension is null and cut = 'user' and created_by is not null
    group by created_by
    union all
    select
        'dimension',
        dimension,
        sum(rows), sum(possible), sum(lost), sum(wanted), sum(covered), bool_and(complete), sum(lost)
    from facts
    where dimension is not null and cut = 'owner'
    group by dimension
    union all
    select
        'column', table_name || '.' || column_name, rows, possible, lost, wanted, covered, complete, lost
    from column_facts
    union all
    select
        'data_elements',
        if(critical_data_element, 'critical', 'other'),
        sum(rows), sum(possible), sum(lost), sum(wanted), sum(covered), bool_and(complete), sum(lost)
    from (
        select
            critical_data_element,
            any_value(rows) as rows,
            sum(possible) as possible,
            sum(lost) as lost,
            sum(wanted) as wanted,
            sum(covered) as covered,
            bool_and(complete) as complete
        from column_facts
        group by critical_data_element, table_name
    )
    group by critical_data_element
    union all
    select
        'rule',
        rules.rule_id,
        rules.rows,
        if(rules.ran, columns.unit * rules.rows, 0),
        if(rules.ran, columns.unit // 100 * (coalesce(losses.loss, 0) * 100)::hugeint, 0),
        columns.unit * rules.rows,
        if(rules.ran, columns.unit * rules.rows, 0),
        rules.ran,
        (columns.unit * coalesce(losses.charged, 0))::double
    from quality.scored_rules as rules
    join columns
        on columns.table_name = rules.table_name
        and columns.column_name = rules.column_name
        and columns.dimension is null
    left join quality.rule_losses as losses on losses.rule_id = rules.rule_id
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
    if(possible > 0, 100 * charged / possible_overall, null)::double as impact,
    run.rule_set_hash,
    run.model_hash
from measured
cross join quality.run as run
order by scope_type, scope
