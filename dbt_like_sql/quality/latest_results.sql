-- Every rule with its result of this run; a rule without one was not evaluated. `ran` says whether it may be scored.
-- Linkage stands among the rules as `linkage.duplicate_record`: of n records of one customer in one source, n - 1 fail.
with linked as (
    select coalesce(sum(records), 0) as evaluated, coalesce(sum(records - 1), 0) as failed
    from (select count(*) as records from golden.crosswalk group by source_system, customer_id)
)
select
    rules.rule_id,
    rules.rule_hash,
    rules.table_name,
    rules.column_name,
    rules.dimension,
    rules.severity,
    rules.owner,
    rules.weight_column,
    rules.penalty,
    coalesce(results.evaluated, 0) as evaluated,
    coalesce(results.failed, 0) as failed,
    coalesce(results.outcome, 'not_evaluated') as outcome,
    coalesce(results.outcome in ('passed', 'failed'), false) as ran
from quality.rules as rules
left join quality.rule_results as results
    on results.rule_id = rules.rule_id
    and results.run_id = (select run.run_id from quality.run as run)
union all
select
    'linkage.duplicate_record',
    'linkage',
    'staging.customers',
    'record_key',
    'uniqueness',
    'critical',
    'customer-data',
    true,
    1.00,
    linked.evaluated::bigint,
    linked.failed::bigint,
    if(linked.evaluated = 0, 'not_evaluated', if(linked.failed > 0, 'failed', 'passed')),
    linked.evaluated > 0
from linked
order by rule_id
