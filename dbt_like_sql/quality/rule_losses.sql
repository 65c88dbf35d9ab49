-- What each rule costs. `loss`: the sum of row penalties if it were the only rule. `charged`: its share where several
-- rules fail on one row, so that over all rules of a column it sums to the column's loss: the part of the penalty that
-- several rules call for is split evenly among them, the part beyond falls to those that call for it (the Shapley value
-- of the airport game, Littlechild and Owen 1973).
with patterns as (
    select *, row_number() over () as number
    from (
        select table_name, column_name, rule_ids, sum(rows) as rows
        from quality.failure_patterns where cut = 'owner' group by all
    )
),
steps as (
    select
        patterns.number,
        patterns.rows,
        rules.rule_id,
        rules.penalty,
        (rules.penalty - lag(rules.penalty, 1, 0) over worse)::double
            / (count(*) over (partition by patterns.number) - row_number() over worse + 1) as step
    from (select number, rows, unnest(rule_ids) as rule_id from patterns) as patterns
    join quality.latest_results as rules on rules.rule_id = patterns.rule_id
    window worse as (partition by patterns.number order by rules.penalty, rules.rule_id)
),
shares as (
    select
        rule_id,
        rows,
        penalty * rows as loss,
        rows * sum(step) over (
            partition by number order by penalty, rule_id rows between unbounded preceding and current row
        ) as charged
    from steps
)
select
    rules.rule_id,
    rules.table_name,
    rules.column_name,
    coalesce(sum(shares.rows), 0)::bigint as rows,
    coalesce(sum(shares.loss), 0)::decimal(18, 2) as loss,
    -- Rounded far below what is shown: a sum of doubles differs in its last digits with the order it is made in.
    round(coalesce(sum(shares.charged), 0)::double, 8) as charged
from quality.latest_results as rules
left join shares on shares.rule_id = rules.rule_id
where rules.weight_column and rules.ran
group by all
order by rules.rule_id
