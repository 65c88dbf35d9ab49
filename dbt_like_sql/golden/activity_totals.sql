-- What happened with each customer, and when something last confirmed it, as golden.customer_activity but for its age.
-- materialized: by customer_id
with facts as (
    select crosswalk.customer_id, interactions.occurred_at, outcomes.meaning
    from staging.interactions as interactions
    join golden.crosswalk as crosswalk on crosswalk.record_key = interactions.record_key
    join golden.interaction_outcomes as outcomes on outcomes.outcome = lower(interactions.outcome)
), settled as (
    select facts.customer_id, max(facts.occurred_at) as last_settled_at
    from facts
    where facts.meaning = 'settles'
    group by facts.customer_id
), issues as (
    select facts.customer_id, count(*) as open_issues
    from facts
    left join settled on settled.customer_id = facts.customer_id
    where facts.meaning = 'opens' and coalesce(facts.occurred_at > settled.last_settled_at, true)
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
)
select
    summed.*,
    list_filter(
        [
            case when summed.email_interactions > 0 then 'email' end,
            case when summed.live_chat_interactions > 0 then 'live_chat' end,
            case when summed.phone_interactions > 0 then 'phone' end,
            case when summed.social_media_interactions > 0 then 'social_media' end
        ],
        lambda channel: channel is not null
    ) as channels_used,
    coalesce(issues.open_issues, 0) as open_issues,
    coalesce(failures.open_critical_failures, 0) as open_critical_failures
from summed
left join issues on issues.customer_id = summed.customer_id
left join failures on failures.customer_id = summed.customer_id
