-- What every issue costs the overall score, in points: waived and closed ones too, so that nobody waives a cost away.
-- The rows failing in an issue, times their rule's penalty, are what it would cost alone. Rows that fail several rules
-- of a column are lost once, so the points of the column are shared out in that proportion: the issues of a column
-- together never cost more than the column does.
with costs as (
    select
        issues.issue_id,
        issues.rule_id,
        issues.source,
        issues.owner,
        issues.status,
        issues.rows,
        rules.table_name,
        rules.column_name,
        if(rules.ran and rules.weight_column, issues.rows * rules.penalty, 0.00) as cost
    from quality.issues as issues
    join quality.latest_results as rules on rules.rule_id = issues.rule_id
),
shared as (
    select *, sum(cost) over (partition by table_name, column_name) as cost_of_all from costs
)
select
    shared.issue_id,
    shared.rule_id,
    shared.source,
    shared.owner,
    shared.status,
    shared.rows,
    if(shared.cost > 0, scores.impact * shared.cost / greatest(columns.loss, shared.cost_of_all), 0)::double as points
from shared
left join quality.column_scores as columns
    on columns.table_name = shared.table_name
    and columns.column_name = shared.column_name
    and columns.dimension is null
left join quality.scores as scores
    on scores.scope_type = 'column' and scores.scope = shared.table_name || '.' || shared.column_name
order by shared.issue_id
