-- When each record of a customer was confirmed, what happened on it, and the day from which its source's rule calls it
-- inactive. A moment before 1900 or after the day of the run is no evidence: a slip must not make a lost customer look
-- active. What is planned for later has not happened and is not counted.
-- materialized: by customer_id
with today as (
    select timestamp '1900-01-01' as begins, max(conventions.as_of) + interval 1 day as ends
    from staging.source_conventions as conventions
), contacts as (
    select
        facts.record_key,
        count(*) as interactions,
        count(*) filter (facts.channel = 'email') as email_interactions,
        count(*) filter (facts.channel = 'phone') as phone_interactions,
        count(*) filter (facts.channel = 'social_media') as social_media_interactions,
        count(*) filter (facts.channel = 'live_chat') as live_chat_interactions,
        min(facts.occurred_at) filter (facts.occurred_at >= today.begins) as first_contact_at,
        max(facts.occurred_at) filter (facts.occurred_at >= today.begins) as last_contact_at
    from staging.interactions as facts, today
    where facts.record_key is not null and (facts.occurred_at is null or facts.occurred_at < today.ends)
    group by facts.record_key
), purchases as (
    select
        facts.record_key,
        count(*) as transactions,
        count(*) filter (facts.status = 'refunded') as refunds,
        max(facts.occurred_at) filter (facts.occurred_at >= today.begins) as last_transaction_at
    from staging.transactions as facts, today
    where facts.record_key is not null and (facts.occurred_at is null or facts.occurred_at < today.ends)
    group by facts.record_key
), statements as (
    select
        consents.record_key,
        max(consents.given_at) filter (consents.given_at >= today.begins and consents.given_at < today.ends)
            as last_consent_at
    from staging.consents as consents, today
    group by consents.record_key
), recorded as (
    select
        records.record_key,
        crosswalk.customer_id,
        records.source_system,
        records.contract_id,
        case when records.created_at >= today.begins and records.created_at < today.ends then records.created_at end as made,
        case when records.updated_at >= today.begins and records.updated_at < today.ends then records.updated_at end as changed,
        case when records.last_activity_at >= today.begins and records.last_activity_at < today.ends then records.last_activity_at end as active
    from staging.customers as records
    join golden.crosswalk as crosswalk on crosswalk.record_key = records.record_key
    cross join today
), confirmed as (
    select
        recorded.record_key,
        recorded.customer_id,
        recorded.source_system,
        recorded.contract_id,
        least(recorded.made, recorded.changed, recorded.active) as first_recorded_at,
        greatest(recorded.made, recorded.changed, recorded.active) as last_recorded_at,
        coalesce(contacts.interactions, 0) as interactions,
        coalesce(contacts.email_interactions, 0) as email_interactions,
        coalesce(contacts.phone_interactions, 0) as phone_interactions,
        coalesce(contacts.social_media_interactions, 0) as social_media_interactions,
        coalesce(contacts.live_chat_interactions, 0) as live_chat_interactions,
        contacts.first_contact_at,
        contacts.last_contact_at,
        coalesce(purchases.transactions, 0) as transactions,
        coalesce(purchases.refunds, 0) as refunds,
        purchases.last_transaction_at,
        statements.last_consent_at,
        greatest(
            recorded.made,
            recorded.changed,
            recorded.active,
            contacts.last_contact_at,
            purchases.last_transaction_at,
            statements.last_consent_at
        ) as last_confirmed_at
    from recorded
    left join contacts on contacts.record_key = recorded.record_key
    left join purchases on purchases.record_key = recorded.record_key
    left join statements on statements.record_key = recorded.record_key
)
select
    confirmed.*,
    confirmed.last_confirmed_at::date + limits.inactive_after_days as inactive_from
from confirmed
left join golden.inactivity_limits as limits on limits.contract_id = confirmed.contract_id
