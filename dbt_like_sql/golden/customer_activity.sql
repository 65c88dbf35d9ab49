-- What happened with each customer, when something last confirmed it, and whether it is inactive by its sources' rules
-- (when all its records are; NULL where nothing has a date). `open_issues`: interactions that ended open with none after
-- them that settled matters; `open_critical_failures`: open failures of critical rules on the customer's records.
with today as (
    select max(conventions.as_of) as day from staging.source_conventions as conventions
), settled as (
    select facts.customer_id, max(facts.occurred_at) as last_settled_at
    from golden.interactions as facts
    join golden.interaction_outcomes as outcomes on outcomes.outcome = lower(facts.outcome)
    where outcomes.meaning = 'settles' and facts.customer_id is not null
    group by facts.customer_id
), issues as (
    select facts.customer_id, count(*) as open_issues
    from golden.interactions as facts
    join golden.interaction_outcomes as outcomes on outcomes.outcome = lower(facts.outcome)
    left join settled on settled.customer_id = facts.customer_id
    where outcomes.meaning = 'opens'
        and facts.customer_id is not null
        and coalesce(facts.occurred_at > settled.last_settled_at, true)
    group by facts.customer_id
), failures as (
    select crosswalk.customer_id, count(*) as open_critical_failures
    from quality.failing_rows as failing
    join quality.rules as rules on rules.rule_id = failing.rule_id
    join golden.crosswalk as crosswalk on crosswalk.record_key = failing.record_key
    where failing.fixed_at is null
        and rules.severity = 'critical'
        and failing.table_name in ('staging.customers', 'staging.contact_points', 'staging.consents')
    group by crosswalk.customer_id
), summed as (
    select
        activity.customer_id,
        count(*) as record_count,
        sum(activity.interactions)::bigint as interactions,
        sum(activity.email_interactions)::bigint as email_interactions,
        sum(activity.phone_interactions)::bigint as phone_interactions,
        sum(activity.social_media_interactions)::bigint as social_media_interactions,
        sum(activity.live_chat_interactions)::bigint as live_chat_interactions,
        min(activity.first_contact_at) as first_contact_at,
        max(activity.last_contact_at) as last_contact_at,
        sum(activity.transactions)::bigint as transactions,
        sum(activity.refunds)::bigint as refunds,
        max(activity.last_transaction_at) as last_transaction_at,
        max(activity.last_consent_at) as last_consent_at,
        max(activity.last_confirmed_at) as last_confirmed_at,
        max(activity.inactive_from) as inactive_from
    from golden.record_activity as activity
    group by activity.customer_id
), aged as (
    select
        summed.*,
        today.day - summed.last_confirmed_at::date as days_since_confirmed,
        today.day >= summed.inactive_from as is_inactive
    from summed
    cross join today
)
select
    aged.customer_id,
    aged.interactions,
    aged.email_interactions,
    aged.phone_interactions,
    aged.social_media_interactions,
    aged.live_chat_interactions,
    list_filter(
        [
            case when aged.email_interactions > 0 then 'email' end,
            case when aged.live_chat_interactions > 0 then 'live_chat' end,
            case when aged.phone_interactions > 0 then 'phone' end,
            case when aged.social_media_interactions > 0 then 'social_media' end
        ],
        lambda channel: channel is not null
    ) as channels_used,
    aged.first_contact_at,
    aged.last_contact_at,
    aged.transactions,
    aged.refunds,
    aged.last_transaction_at,
    aged.last_consent_at,
    coalesce(issues.open_issues, 0) as open_issues,
    coalesce(failures.open_critical_failures, 0) as open_critical_failures,
    aged.last_confirmed_at,
    aged.days_since_confirmed,
    coalesce(classes.decay_class, 'unknown') as decay_class,
    aged.inactive_from,
    aged.is_inactive
from aged
left join issues on issues.customer_id = aged.customer_id
left join failures on failures.customer_id = aged.customer_id
left join golden.decay_classes as classes
    on classes.subject = 'customer'
    and aged.days_since_confirmed >= classes.from_days
    and (classes.to_days is null or aged.days_since_confirmed < classes.to_days)
