-- The figures governance asks for first, one a row. `value` is what is published; `low` and `high` bound it where it
-- rests on something nobody has decided. Shares run from 0 to 1 of `denominator`; a figure without one, or that nothing
-- measured, is NULL, never 0 and never 1. What would follow if every pair in the review queue were one customer is in
-- quality.review_groups; a customer whose own records contradict each other may be at least two.
with records as (
    select count(*) as records from staging.customers
),
placed as (
    select
        crosswalk.record_key,
        crosswalk.source_system,
        crosswalk.customer_id,
        coalesce(groups.group_id, crosswalk.customer_id) as group_id
    from golden.crosswalk as crosswalk
    left join quality.review_groups as groups on groups.customer_id = crosswalk.customer_id
),
doubtful as (
    select lefts.source_system, lefts.source_system = rights.source_system as in_one_source
    from (
        select cluster_id, min(left_key) as left_key, min(right_key) as right_key
        from linkage.review where kind = 'cluster' and left_key <> right_key group by cluster_id
    ) as review
    join golden.crosswalk as lefts on lefts.record_key = review.left_key
    join golden.crosswalk as rights on rights.record_key = review.right_key
),
totals as (
    select
        count(*) as placed,
        count(distinct customer_id) as customers,
        count(distinct group_id) as low,
        count(distinct customer_id) + (select count(*) from doubtful) as high
    from placed
),
by_source as (
    select
        placed.source_system,
        count(*) as placed,
        count(distinct placed.customer_id) as customers,
        count(distinct placed.group_id) as low,
        count(distinct placed.customer_id) + coalesce(any_value(doubtful.customers), 0) as high
    from placed
    left join (
        select source_system, count(*) as customers from doubtful where in_one_source group by source_system
    ) as doubtful on doubtful.source_system = placed.source_system
    group by placed.source_system
),
summed as (
    select sum(customers) as customers, sum(low) as low, sum(high) as high from by_source
),
critical as (
    select failing.table_name, failing.record_key
    from quality.failing_rows as failing
    join quality.rules as rules on rules.rule_id = failing.rule_id
    where failing.fixed_at is null and rules.severity = 'critical'
),
unfit_records as (
    select distinct record_key from critical
    where table_name in ('staging.customers', 'staging.contact_points', 'staging.consents')
),
unfit_customers as (
    select placed.customer_id from placed join unfit_records on unfit_records.record_key = placed.record_key
    union
    select record_key from critical where table_name = 'golden.customers'
),
measured as (
    select bool_or(ran and severity = 'critical') as critical from quality.latest_results
),
fitness as (
    select
        (select count(*) from staging.customers where record_key not in (select record_key from unfit_records)) as records,
        (select count(*) from golden.customers where customer_id not in (select customer_id from unfit_customers))
            as customers
),
purposes as (
    select unnest(['marketing_email', 'marketing_phone', 'marketing_sms']) as purpose,
        unnest(['email', 'phone', 'sms']) as channel
),
contactable as (
    select purposes.purpose, purposes.channel, count(distinct contactable.customer_id) as customers
    from purposes
    left join golden.contactable as contactable
        on contactable.purpose = purposes.purpose and contactable.channel = purposes.channel
    group by all
),
ages as (
    select
        count(*) as customers,
        count(*) filter (decay_class in ('stale', 'expired')) as stale,
        count(*) filter (decay_class = 'unknown') as unknown
    from golden.customer_activity
),
backlog as (
    select
        count(*) as items,
        max(date_diff('day', waiting.first_seen, run.measured_at)) as oldest,
        median(date_diff('day', waiting.first_seen, run.measured_at)) as middle
    from quality.review_backlog as waiting
    cross join quality.run as run
    where waiting.closed_at is null
),
held as (
    select count(*) as records from quality.held_records where released_at is null
),
figures as (
    select 1 as position, 'records' as name, '(all)' as scope, records.records::double as value, null::double as low,
        null::double as high, 'records' as unit, null::bigint as denominator,
        'every current record of every customer source' as explanation
    from records
    union all
    select 2, 'customers', '(all)', customers, low, high, 'customers', placed,
        'what linkage makes of the records; low: every pair in the review queue is one customer, '
        || 'high: every customer whose records contradict each other is two'
    from totals where placed > 0
    union all
    select 3, 'duplicate_share', source_system, (placed - customers) / placed, (placed - high) / placed,
        (placed - low) / placed, 'share of records', placed,
        'records of this source that repeat a customer the same source already has'
    from by_source
    union all
    select 4, 'duplicate_share', '(across sources)', (summed.customers - totals.customers) / summed.customers,
        greatest(summed.high - totals.high, 0) / summed.high, (summed.low - totals.low) / summed.low,
        'share of customers counted per source', summed.customers::bigint,
        'customers that another source has too, counted once too often for every further source'
    from totals cross join summed where totals.placed > 0
    union all
    select 5, 'duplicate_share', '(all)', (placed - customers) / placed, (placed - high) / placed,
        (placed - low) / placed, 'share of records', placed,
        'records that repeat a customer, within a source or across sources'
    from totals where placed > 0
    union all
    select 6, 'fit_for_use', 'records', if(measured.critical, fitness.records / nullif(records.records, 0), null),
        null, null, 'share of records', records.records,
        'records on which, with contact points and consents, no critical rule is failing'
    from fitness cross join records cross join measured
    union all
    select 7, 'fit_for_use', 'customers', if(measured.critical, fitness.customers / nullif(totals.customers, 0), null),
        null, null, 'share of customers', totals.customers,
        'customers none of whose records fails a critical rule, nor the golden row'
    from fitness cross join totals cross join measured
    union all
    select 8, 'contactable', contactable.purpose, contactable.customers / nullif(totals.customers, 0), null, null,
        'share of customers', totals.customers,
        'customers with a usable ' || if(contactable.channel = 'email', 'e-mail address', 'number')
        || ' and a consent for this purpose that can be proven'
    from contactable cross join totals
    union all
    select 9, 'stale', '(all)', ages.stale / nullif(ages.customers, 0), ages.stale / nullif(ages.customers, 0),
        (ages.stale + ages.unknown) / nullif(ages.customers, 0), 'share of customers', ages.customers,
        'customers whom nothing has confirmed for so long that they are stale or expired (golden.decay_classes); '
        || 'high: and those without any date'
    from ages
    union all
    select 10, 'review_backlog', '(all)', items, null, null, 'questions', null, 'what waits in the review queue' from backlog
    union all
    select 11, 'review_backlog_age', 'oldest', oldest, null, null, 'days', items,
        'how long the oldest question in the review queue has waited' from backlog
    union all
    select 12, 'review_backlog_age', 'median', middle, null, null, 'days', items,
        'half of the questions in the review queue have waited longer' from backlog
    union all
    select 13, 'held_records', '(all)', held.records, null, null, 'records', records.records,
        'records that nothing can be said about, kept out of linkage'
    from held cross join records
)
select name, scope, value, low, high, unit, denominator, explanation from figures order by position, scope
