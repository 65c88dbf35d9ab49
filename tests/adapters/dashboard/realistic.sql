-- A realistic night: 10,000 records of five systems that are 7,012 customers, 40 rules, seven earlier versions.
-- Everything follows from row numbers, so that every run of the tests sees the same warehouse.
insert into staging.customers
with numbered as (select range as i, range * 7919 % 10000 as place from range(10000)),
placed as (
    select i, case when place < 3210 then 'salesforce' when place < 5830 then 'hubspot'
        when place < 7540 then 'zoho' when place < 9010 then 'dynamics' else 'ao' end as system
    from numbered
)
select system || ':' || printf('%06d', i), system, printf('%06d', i),
    if(i % 41 = 7, 'organisation', 'person'), null,
    if(system = 'ao', 'ao_customers', system || '_contacts')
from placed;

insert into golden.crosswalk
select record_key, source_system, source_record_id,
    'C' || printf('%07d', if(i < 7012, i, md5_number_lower('customer' || i) % 2900))
from (select *, source_record_id::int as i from staging.customers);

insert into golden.customers
select customer_id, any_value(party_type), count(*) from golden.crosswalk join staging.customers using (record_key)
group by customer_id;

insert into linkage.clusters
select record_key, source_system, source_record_id, min(record_key) over (partition by customer_id)
from golden.crosswalk;

insert into linkage.pairs
select printf('a:%06d', range), printf('b:%06d', range), 4.0, 0.94,
    case when range < 3320 then 'merge' when range < 3467 then 'review' else 'reject' end
from range(9100);

insert into linkage.review
select printf('a:%06d', range), printf('b:%06d', range),
    case when range % 7 = 0 then 'same name and address, different birthdate'
        when range % 11 = 0 then 'the cluster hangs together by one pair only' else 'match weight in the review band' end
from range(3320, 3467);

insert into raw.loads
with loads(source, file, lines, rejected, finished_at) as (values
    ('salesforce_contacts', 'Contact.csv', 3214, 4, timestamp '2026-11-22 01:58:04'),
    ('hubspot_contacts', 'hubspot-crm-exports-all-contacts-2026-11-21.csv', 2621, 1, timestamp '2026-11-22 01:58:05'),
    ('zoho_contacts', 'Contacts_001.csv', 1712, 2, timestamp '2026-11-22 01:58:05'),
    ('dynamics_contacts', 'contacts_page_001.json', 1000, 0, timestamp '2026-11-22 01:58:06'),
    ('dynamics_contacts', 'contacts_page_002.json', 470, 0, timestamp '2026-11-22 01:58:06'),
    ('ao_customers', 'AOCUST.20261119.txt', 1003, 13, timestamp '2026-11-19 22:40:00'),
    ('interactions', 'interactions-2026-11-21.jsonl', 41877, 0, timestamp '2026-11-22 01:58:08'))
select row_number() over (order by finished_at, source, file), source, file, md5(file), lines * 210, lines,
    lines - rejected, rejected, 'utf-8', finished_at - interval 1 second, finished_at, 'loaded', null, finished_at
from loads;

insert into staging.consents
select record_key, source_system, source_record_id, purpose,
    case when h < 52 then 'granted' when h < 78 then 'denied' when h < 88 then 'withdrawn' else 'unknown' end,
    if(i % 13 in (2, 5), null, timestamp '2025-03-01' + interval (i % 600) day), null,
    if(i % 11 = 3, null, 'web form'), null
from (
    select *, (i * 37 + length(purpose) * 11) % 100 as h
    from (select *, source_record_id::int as i from staging.customers),
        (values ('marketing_email', 1), ('marketing_sms', 3), ('marketing_phone', 2),
            ('third_party_sharing', 4), ('tracking', 2)) as purposes(purpose, every)
    where i % every = 0
);

insert into staging.contact_points
select record_key, source_system, source_record_id, channel, 'main', null, null,
    if((i + length(channel)) % 17 = 0, 'invalid', 'valid'), true
from (select *, source_record_id::int as i from staging.customers), (values ('email'), ('phone')) as c(channel)
where channel = 'email' or i % 3 > 0;

-- rule name, column, dimension, severity, owner, one failing record in how many (0: passes), and its outcome
create temp table plan(name, table_name, column_name, dimension, severity, owner, every, outcome, description, fix) as
values
    ('email.present', 'staging.customers', 'email', 'completeness', 'critical', 'Sales Operations', 13, 'ran', 'An e-mail address is present', 'Ask for the address at the next contact; make the field required in the web form.'),
    ('email.valid', 'staging.customers', 'email', 'validity', 'critical', 'Sales Operations', 29, 'ran', 'The e-mail address is well formed', 'Correct the address from the last message received, or blank it.'),
    ('email.not_placeholder', 'staging.customers', 'email', 'accuracy', 'critical', 'Marketing Operations', 61, 'ran', 'The e-mail address is no placeholder', 'Blank the placeholder; nobody reads test@test.com.'),
    ('email.not_role', 'staging.customers', 'email', 'accuracy', 'warning', 'Marketing Operations', 37, 'ran', 'The e-mail address is a person''s, not a company mailbox', 'Find the person''s own address.'),
    ('phone_number.present', 'staging.customers', 'phone_number', 'completeness', 'warning', 'Customer Service', 7, 'ran', 'A telephone number is present', 'Ask at the next call.'),
    ('phone_number.valid', 'staging.customers', 'phone_number', 'validity', 'warning', 'Customer Service', 17, 'ran', 'The telephone number can be dialled', 'Dial back or correct the country prefix.'),
    ('phone_number.country', 'staging.customers', 'phone_number', 'consistency', 'info', 'Customer Service', 23, 'ran', 'The prefix belongs to the country of the address', 'Check which of the two is stale.'),
    ('birthdate.present', 'staging.customers', 'birthdate', 'completeness', 'warning', 'Policy Administration', 11, 'ran', 'A date of birth is present', 'Take it from the policy file.'),
    ('birthdate.readable', 'staging.customers', 'birthdate', 'validity', 'critical', 'Policy Administration', 71, 'ran', 'The date of birth exists in the calendar', 'Correct it from the policy file.'),
    ('birthdate.not_future', 'staging.customers', 'birthdate', 'validity', 'critical', 'Policy Administration', 211, 'ran', 'The date of birth is not in the future', 'Day and century are usually swapped: correct at the source.'),
    ('birthdate.not_placeholder', 'staging.customers', 'birthdate', 'accuracy', 'critical', 'Policy Administration', 89, 'ran', 'The date of birth is no placeholder such as 1900-01-01', 'Blank it, then ask.'),
    ('name.present', 'staging.customers', 'family_name', 'completeness', 'critical', 'Sales Operations', 307, 'ran', 'A person has a family name, an organisation a name', 'Complete from correspondence.'),
    ('name.plausible', 'staging.customers', 'family_name', 'validity', 'warning', 'Sales Operations', 97, 'ran', 'The name holds no digit and no bracket', 'Move notes out of the name field.'),
    ('given_name.present', 'staging.customers', 'given_name', 'completeness', 'warning', 'Sales Operations', 43, 'ran', 'A given name is present', 'Complete from correspondence.'),
    ('name.not_swapped', 'staging.customers', 'given_name', 'consistency', 'info', 'Regional Sales', 0, 'errored', 'Given and family name are not swapped', ''),
    ('postal_code.present', 'staging.customers', 'postal_code', 'completeness', 'warning', 'Regional Sales', 19, 'ran', 'A postal code is present', 'Look it up from street and town.'),
    ('postal_code.valid', 'staging.customers', 'postal_code', 'validity', 'warning', 'Regional Sales', 31, 'ran', 'The postal code has the form of its country', 'Correct it, or the country.'),
    ('country.known', 'staging.customers', 'country', 'validity', 'warning', 'Regional Sales', 53, 'ran', 'The country is on the ISO 3166 list', 'Choose from the list; free text should be switched off in the form.'),
    ('street_address.present', 'staging.customers', 'street_address', 'completeness', 'info', 'Regional Sales', 5, 'ran', 'A street address is present', ''),
    ('status.allowed', 'staging.customers', 'status', 'validity', 'warning', 'Sales Operations', 127, 'ran', 'The status is one of the agreed values', 'Map the value in the source''s SQL file.'),
    ('gender.allowed', 'staging.customers', 'gender', 'validity', 'info', 'Sales Operations', 0, 'ran', 'Gender is male, female, other or blank', ''),
    ('owner.present', 'staging.customers', 'owner', 'completeness', 'warning', 'Sales Operations', 59, 'ran', 'Somebody owns the record', 'Assign the queue''s default owner.'),
    ('created_at.present', 'staging.customers', 'created_at', 'timeliness', 'warning', 'Platform team', 0, 'ran', 'The time of creation is known', ''),
    ('updated_at.not_future', 'staging.customers', 'updated_at', 'timeliness', 'warning', 'Platform team', 0, 'ran', 'No record was changed in the future', ''),
    ('updated_at.after_created', 'staging.customers', 'updated_at', 'consistency', 'warning', 'Platform team', 401, 'ran', 'A record is changed after it was created', 'Check the export''s time zone.'),
    ('updated_at.fresh', 'staging.customers', 'updated_at', 'timeliness', 'warning', 'Platform team', 9, 'ran', 'The record was looked at within three years', 'Confirm the details at the next contact, or let retention remove it.'),
    ('last_activity_at.fresh', 'staging.customers', 'last_activity_at', 'timeliness', 'info', 'Customer Service', 6, 'ran', 'There was an activity within two years', ''),
    ('national_id.valid', 'staging.customers', 'national_id', 'validity', 'critical', 'Policy Administration', 0, 'not_evaluated', 'The national id passes its check digit', ''),
    ('key.unique', 'staging.customers', 'record_key', 'uniqueness', 'critical', 'Platform team', 0, 'ran', 'No record key occurs twice', ''),
    ('record.unique', 'staging.customers', 'record_key', 'uniqueness', 'warning', 'Platform team', 12, 'ran', 'A system holds each customer once', 'Merge the records in the source system.'),
    ('consents.status', 'staging.consents', 'status', 'validity', 'critical', 'Data Protection Office', 0, 'ran', 'A consent states granted, denied, withdrawn or unknown', ''),
    ('consents.given_at', 'staging.consents', 'given_at', 'completeness', 'critical', 'Data Protection Office', 10, 'ran', 'A granted consent has a date', 'Find the form or treat the consent as not given.'),
    ('consents.method', 'staging.consents', 'method', 'completeness', 'critical', 'Data Protection Office', 14, 'ran', 'A granted consent says how it was given', 'Find the form or treat the consent as not given.'),
    ('interactions.known', 'staging.interactions', 'record_key', 'consistency', 'warning', 'Customer Service', 83, 'ran', 'An interaction points to a known record', 'Load the missing record or correct the key.'),
    ('interactions.channel', 'staging.interactions', 'channel', 'validity', 'warning', 'Customer Service', 0, 'ran', 'The channel is one of the agreed four', ''),
    ('transactions.currency', 'staging.transactions', 'currency', 'validity', 'warning', 'Finance', 0, 'not_evaluated', 'The currency is on the ISO 4217 list', ''),
    ('transactions.amount', 'staging.transactions', 'amount', 'validity', 'critical', 'Finance', 0, 'not_evaluated', 'The amount is a number other than nought', ''),
    ('golden.id.unique', 'golden.customers', 'customer_id', 'uniqueness', 'critical', 'Platform team', 0, 'ran', 'Every customer has one id', ''),
    ('golden.name.present', 'golden.customers', 'name', 'completeness', 'critical', 'Platform team', 0, 'ran', 'Every customer has a name', ''),
    ('golden.country.agrees', 'golden.customers', 'country', 'consistency', 'info', 'Regional Sales', 0, 'errored', 'Country and postal code agree', '');

insert into quality.rules
    (rule_id, table_name, column_name, dimension, severity, owner, description, why, fix, expectation_type, weight_column)
select name, table_name, column_name, dimension, severity, owner, description,
    if(table_name = 'staging.consents', 'A contact without proof of consent can be fined.',
        if(severity = 'critical', 'A wrong value here reaches the customer.', '')), fix, 'expect_column_values_to_match_regex', true
from plan;

insert into quality.failing_rows
select name, table_name, column_name, record_key, source_system,
    timestamp '2026-11-22 02:00' - interval ((i * 7 + every) % 52) day, timestamp '2026-11-22 02:00',
    if(i % 29 = 3, timestamp '2026-11-21 02:00', null), 0
from plan, (select *, source_record_id::int as i from staging.customers)
where every > 0 and outcome = 'ran' and md5_number_lower(record_key || name) % (1000 * every)::ubigint
    < case source_system when 'ao' then 2200 when 'zoho' then 1400 when 'salesforce' then 700 else 900 end;

insert into quality.rule_results
select 'run-8', timestamp '2026-11-22 02:05', name, table_name, column_name, dimension, severity, owner,
    if(outcome = 'ran', 10000, null), if(outcome = 'ran', coalesce(failed, 0), null),
    case when outcome <> 'ran' then outcome when coalesce(failed, 0) > 0 then 'failed' else 'passed' end,
    case outcome when 'errored' then 'the column given_name_folded does not exist'
        when 'not_evaluated' then 'the table is empty' end, 'rules-b'
from plan left join (
    select rule_id as name, count(*) as failed from quality.failing_rows where fixed_at is null group by all) using (name);

-- Scores by the rule of the project: the worst severity on a row is its penalty, rows and columns weighted alike.
create temp table cell as
select plan.table_name || '.' || plan.column_name as col, dimension, owner, source_system, record_key,
    max(case severity when 'critical' then 1.0 when 'warning' then 0.5 else 0 end) as penalty
from quality.failing_rows join plan on name = rule_id and plan.table_name = failing_rows.table_name
    and plan.column_name = failing_rows.column_name
where fixed_at is null group by all;

create temp table col_score as
select col, any_value(owner) as owner, 10000 as n, if(col like '%email' or col like '%birthdate', 2.0, 1.0) as weight,
    if(bool_or(outcome = 'ran'), 1 - coalesce(max(lost), 0) / 10000, null) as score
from (select table_name || '.' || column_name as col, owner, outcome from plan)
left join (
    select col, sum(penalty) as lost
    from (select col, record_key, max(penalty) as penalty from cell group by all) group by all) using (col)
group by col;

insert into quality.scores
with whole as (select sum(weight) filter (where score is not null) as w, sum(weight) as all_w,
    sum(weight * score) as s from col_score)
select 'run-8', timestamp '2026-11-22 02:05', kind, scope, score, coverage, 10000, weight, impact, 'rules-b', 'model-b'
from (
    select 'overall' as kind, 'overall' as scope, 100 * s / w as score, w / all_w as coverage, w as weight, null as impact
    from whole
    union all select 'column', col, 100 * score, if(score is null, 0, 1), weight, 100 * weight * (1 - score) / w
    from col_score, whole
    union all select 'owner', owner, 100 * sum(weight * score) / sum(weight) filter (where score is not null),
        coalesce(sum(weight) filter (where score is not null), 0) / sum(weight), sum(weight), null from col_score group by owner
    union all select 'dimension', d.dimension, 100 * (1 - coalesce(lost, 0) / 10000 / d.cols * 2), d.coverage, 1, null
    from (select dimension, count(*) as cols, count(*) filter (where outcome = 'ran') / count(*) as coverage
        from plan group by all) as d
    left join (select dimension, sum(penalty) as lost from cell group by all) as l on l.dimension = d.dimension
    union all select 'source', source_system, 100 * (1 - sum(penalty) / any_value(n) / 12), 0.94, 1, null
    from cell join (select source_system, count(*) as n from staging.customers group by all) using (source_system)
    group by source_system
);

insert into quality.score_history
select 'run-' || r, timestamp '2026-11-15 02:05' + interval (r - 1) day, scope_type, scope,
    if(score is null or r = 3 and scope_type = 'source' and scope = 'ao', null,
        greatest(score - (8 - r) * (0.35 + length(scope) % 4 * 0.12) + if(r = 5, -1.1, 0) + if(r % 2 = 0, 0.25, 0), 0)),
    if(r < 3, coverage * 0.85, coverage), rows, weight, impact * (1 + (8 - r) * 0.04 * (length(scope) % 3)),
    if(r < 5, 'rules-a', 'rules-b'), if(r < 7, 'model-a', 'model-b')
from quality.scores, range(1, 8) as earlier(r);
