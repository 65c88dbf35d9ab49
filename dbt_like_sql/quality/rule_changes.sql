-- Rules that are not the same as in the version published before, and how: `added`, `removed`, `redefined` (another
-- check under the old name), `stopped` (ran then, not now), `started` (the reverse), `weighted` (its penalty or the
-- weight of its column differs). Empty where nothing was published, or nothing kept, before.
with before as (
    select kept.*
    from quality.rule_history as kept
    join quality.run as run on run.previous_run_id = kept.run_id
),
compared as (
    select
        coalesce(now.rule_id, before.rule_id) as rule_id,
        case
            when before.rule_id is null then 'added'
            when now.rule_id is null then 'removed'
            when (now.rule_hash, now.table_name, now.column_name)
                is distinct from (before.rule_hash, before.table_name, before.column_name) then 'redefined'
            when before.ran and not now.ran then 'stopped'
            when now.ran and not before.ran then 'started'
            when now.penalty <> before.penalty or now.weight <> before.weight then 'weighted'
        end as change,
        coalesce(before.ran, false) as ran_before,
        coalesce(now.ran, false) as ran_now,
        before.penalty as penalty_before,
        now.penalty as penalty_now,
        before.weight as weight_before,
        now.weight as weight_now
    from quality.scored_rules as now
    full join before on before.rule_id = now.rule_id
    where exists (select 1 from before)
)
select * from compared where change is not null order by rule_id
