-- What the scores of the realistic night are kept with: trend and its reasons, cuts, issues. Made from the rules and
-- failing rows of realistic.sql by simpler means than the project's own models, in the same form.
update quality.rules set blocking = rule_id = 'email.valid', rule_hash = md5(rule_id),
    penalty = case severity when 'critical' then 1.0 when 'warning' then 0.5 else 0.0 end;

insert into quality.publications
select 'run-' || r, 'v' || r, timestamp '2026-11-15 02:10' + interval (r - 1) day from range(1, 8) as earlier(r);

insert into quality.rule_results
select 'run-' || r, timestamp '2026-11-15 02:05' + interval (r - 1) day, * exclude (run_id, measured_at, r)
    replace ((failed + (8 - r) * 11)::bigint as failed)
from quality.rule_results, range(1, 8) as earlier(r) where outcome = 'failed';

insert into quality.score_trend
select run_id, measured_at, score, if(run_id = 'run-1', null, score - 0.4 * (rule_set_hash = 'rules-a')::int), 0.1,
    coverage, rule_set_hash, model_hash, ['ao', 'hubspot', 'salesforce'],
    rule_set_hash <> lag(rule_set_hash, 1, rule_set_hash) over runs, run_id = 'run-5',
    model_hash <> lag(model_hash, 1, model_hash) over runs, if(run_id = 'run-4', ['zoho'], []::varchar[]),
    if(run_id = 'run-3', ['ao'], []::varchar[])
from (select * from quality.score_history union all by name select * from quality.scores) where scope_type = 'overall'
window runs as (order by measured_at);

insert into quality.score_moves values
    ('run-7', 'run-6', 1, 'total', '', -0.2, 'The overall score fell from 95.90 to 95.70 (-0.20).'),
    ('run-7', 'run-6', 2, 'model', '', null, 'The linkage model is another one.'),
    ('run-8', 'run-7', 1, 'total', '', 0.7, 'The overall score rose from 95.68 to 96.38 (+0.70).'),
    ('run-8', 'run-7', 2, 'same_rules', '', 0.7, 'By the rules and weights both have in common the data moved it by +0.70.'),
    ('run-8', 'run-7', 3, 'rule', 'email.present', 0.5, 'rule email.present: +0.50'),
    ('run-8', 'run-7', 4, 'rule', '', 0.2, '12 other rules: +0.20'),
    ('run-8', 'run-7', 5, 'source', 'hubspot', 0.9, 'source hubspot: +0.90'),
    ('run-8', 'run-7', 6, 'source', 'ao', -0.2, 'source ao: -0.20'),
    ('run-8', 'run-7', 7, 'owner', 'Marketing Operations', 0.7, 'owner Marketing Operations: +0.70');

insert into quality.headline values
    ('customers', '(all)', 7012, 6900, 7040, 'customers', 10000, 'what linkage makes of the records'),
    ('fit_for_use', 'records', 0.7421, null, null, 'share of records', 10000, 'no critical rule is failing'),
    ('contactable', 'marketing_email', 0.3758, null, null, 'share of customers', 7012, 'with provable consent');

insert into quality.rule_changes values ('email.valid', 'redefined');

insert into quality.scored_rows
select 'staging.customers', record_key, source_system, 'Owner ' || source_system, source_system || ':marker-user'
from staging.customers;

insert into quality.column_losses
select table_name, column_name, dimension, 'owner', source_system, 'Owner ' || source_system, null, sum(penalty)
from (
    select f.table_name, f.column_name, r.dimension, f.source_system, f.record_key, max(r.penalty) as penalty
    from quality.failing_rows f join quality.rules r using (rule_id) where f.fixed_at is null
    group by grouping sets ((f.table_name, f.column_name, f.source_system, f.record_key, r.dimension),
        (f.table_name, f.column_name, f.source_system, f.record_key))
) group by all;

insert into quality.column_scores
select c.table_name, c.column_name, c.dimension, 1, c.column_name = 'email', 10000, coalesce(l.loss, 0), c.rules, c.ran
from (
    select table_name, column_name, if(grouping(dimension) = 1, null, dimension) as dimension, count(*) as rules,
        count(*) filter (where outcome = 'ran') as ran
    from plan where table_name = 'staging.customers'
    group by grouping sets ((table_name, column_name), (table_name, column_name, dimension))
) as c
left join (
    select table_name, column_name, dimension, sum(loss) as loss from quality.column_losses group by all
) as l on l.table_name = c.table_name and l.column_name = c.column_name and l.dimension is not distinct from c.dimension;

insert into quality.scores
select 'run-8', timestamp '2026-11-22 02:05', 'rule', rule_id, 100 - failed / 100, 1, 10000, 1, failed / 2000,
    'rules-b', 'model-b'
from quality.rule_results where run_id = 'run-8' and outcome in ('passed', 'failed');
insert into quality.scores values
    ('run-8', timestamp '2026-11-22 02:05', 'data_elements', 'critical', 91.25, 0.9, 9, 1, 3.0, 'rules-b', 'model-b'),
    ('run-8', timestamp '2026-11-22 02:05', 'created_by', 'hubspot:marker-user', 50, 1, 9, 1,
    2.0, 'rules-b', 'model-b');

insert into quality.issues by name
select printf('I%06d', row_number() over (order by rule_id, source)) as issue_id, rule_id, source, severity, owner,
    if(source = 'zoho', 'Tom', '') as assignee, if(source = 'ao', 'waived', 'open') as status,
    timestamp '2026-11-10' as first_opened_at, timestamp '2026-11-10' as opened_at, 0 as times_reopened, rows,
    timestamp '2026-11-10' + to_days(case severity when 'critical' then 3 when 'warning' then 14 else 90 end) as due_at,
    severity = 'critical' as breached, '' as closing_reason
from (
    select f.rule_id, f.source_system as source, r.severity, r.owner, count(*) as rows
    from quality.failing_rows f join quality.rules r using (rule_id) where f.fixed_at is null and (r.severity = 'critical' or f.source_system = 'ao') group by all
);
insert into quality.issues by name
select 'I900000' as issue_id, 'gone.rule' as rule_id, 'ao' as source, 'warning' as severity, 'Finance' as owner,
    '' as assignee, 'resolved' as status, timestamp '2026-10-01' as opened_at, 0 as rows, false as breached;

insert into quality.issue_impacts
select issue_id, rule_id, source, owner, status, rows, rows / 5000 from quality.issues;

insert into raw.source_findings values
    ('ao_customers', 'extract_fresh', 'the newest extract is 59 hours old; the contract promises 24', '2026-11-22'),
    ('hubspot_contacts', 'usual_volume', '', '2026-11-22');
