-- Every rule with its result of this run; a rule without one was not evaluated. `ran` says whether it may be scored.
select
    rules.rule_id,
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
order by rules.rule_id
