-- Why the overall score is not what it was in the version published before, in points, by going from one to the other
-- in four steps, so that the parts add up to the whole:
--   0 then, as published            -> 1 without the rules that are gone          `rules_gone`
--   1                               -> 2 by today's weights and penalties         `weights`
--   2 then, by the rules in common  -> 3 now, by the same rules and weights       `same_rules`
--   3                               -> 4 now, as published                        `rules_new`
-- `same_rules` is what the data did: the like-for-like move. It is split three times over, by `rule` (shares as in
-- quality.rule_losses), by `source` and by `owner` (name NULL: rows that have none); each split sums to it.
-- `before` and `after`: the overall score of the two steps, not rounded; in a split, the points lost.
-- Empty where nothing was kept of a version before; NULL where one of the steps measures nothing.
with before_rules as (
    select kept.rule_id, kept.rule_hash, kept.table_name, kept.column_name, kept.penalty, kept.weight, kept.rows
    from quality.rule_history as kept
    join quality.run as run on run.previous_run_id = kept.run_id
    where kept.ran
),
now_rules as (
    select rule_id, rule_hash, table_name, column_name, penalty, weight, rows from quality.scored_rules where ran
),
common as (
    select now.*, before.penalty as penalty_before, before.weight as weight_before, before.rows as rows_before
    from now_rules as now
    join before_rules as before
        on before.rule_id = now.rule_id
        and before.rule_hash = now.rule_hash
        and before.table_name = now.table_name
        and before.column_name = now.column_name
),
rules as (
    select 0 as step, 'before' as side, rule_id, table_name, column_name, penalty, weight, rows from before_rules
    union all
    select 1, 'before', rule_id, table_name, column_name, penalty_before, weight_before, rows_before from common
    union all
    select 2, 'before', rule_id, table_name, column_name, penalty, weight, rows_before from common
    union all
    select 3, 'now', rule_id, table_name, column_name, penalty, weight, rows from common
    union all
    select 4, 'now', rule_id, table_name, column_name, penalty, weight, rows from now_rules
),
steps as (
    select unnest([0, 1, 2, 3, 4]) as step where exists (select 1 from before_rules)
),
possible as (
    select step, sum(weight::double * rows) as possible
    from (select distinct step, table_name, column_name, weight, rows from rules)
    group by step
),
patterns as (
    select 'before' as side, kept.rule_ids, kept.source_system, kept.owner, kept.rows
    from quality.pattern_history as kept
    join quality.run as run on run.previous_run_id = kept.run_id
    union all
    select 'now', rule_ids, source_system, owner, rows from quality.failure_patterns where cut = 'owner'
),
numbered as (
    select side, rule_ids, source_system, owner, sum(rows) as rows, row_number() over () as number
    from patterns
    group by side, rule_ids, source_system, owner
),
failing as (
    select
        rules.step,
        patterns.number,
        patterns.source_system,
        patterns.owner,
        rules.rule_id,
        rules.penalty,
        100 * rules.weight::double * patterns.rows / possible.possible as points,
        (rules.penalty - lag(rules.penalty, 1, 0) over worse)::double
            / (count(*) over (partition by rules.step, patterns.number) - row_number() over worse + 1) as share
    from (select * exclude (rule_ids), unnest(rule_ids) as rule_id from numbered) as patterns
    join rules on rules.side = patterns.side and rules.rule_id = patterns.rule_id
    join possible on possible.step = rules.step and possible.possible > 0
    window worse as (partition by rules.step, patterns.number order by rules.penalty, rules.rule_id)
),
charges as (
    select
        step,
        source_system,
        owner,
        rule_id,
        points * sum(share) over (
            partition by step, number order by penalty, rule_id rows between unbounded preceding and current row
        ) as lost
    from failing
),
lost as (
    select
        step,
        case when grouping(rule_id) = 0 then 'rule' when grouping(source_system) = 0 then 'source'
            when grouping(owner) = 0 then 'owner' end as split,
        coalesce(rule_id, source_system, owner) as name,
        sum(lost) as lost
    from charges
    group by grouping sets ((step), (step, rule_id), (step, source_system), (step, owner))
),
scores as (
    -- Rounded far below what is shown: a sum of doubles differs in its last digits with the order it is made in.
    select steps.step, if(possible.possible > 0, round(100 - coalesce(lost.lost, 0), 9), null) as score
    from steps
    left join possible on possible.step = steps.step
    left join lost on lost.step = steps.step and lost.split is null
),
moves as (
    select
        max(score) filter (step = 0) as score_0,
        max(score) filter (step = 1) as score_1,
        max(score) filter (step = 2) as score_2,
        max(score) filter (step = 3) as score_3,
        max(score) filter (step = 4) as score_4
    from scores
    having count(*) > 0
),
splits as (
    select
        split,
        name,
        round(coalesce(max(lost) filter (step = 2), 0), 9) as before,
        round(coalesce(max(lost) filter (step = 3), 0), 9) as after
    from lost
    where split is not null and step in (2, 3)
    group by all
)
select 'total' as part, null as name, score_0 as before, score_4 as after, round(score_4 - score_0, 9) as points from moves
union all
select 'rules_gone', null, score_0, score_1, round(score_1 - score_0, 9) from moves
union all
select 'weights', null, score_1, score_2, round(score_2 - score_1, 9) from moves
union all
select 'same_rules', null, score_2, score_3, round(score_3 - score_2, 9) from moves
union all
select 'rules_new', null, score_3, score_4, round(score_4 - score_3, 9) from moves
union all
select split, name, before, after, round(before - after, 9) from splits
order by part, points, name
