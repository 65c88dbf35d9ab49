-- What happened with each customer, when something last confirmed it, and whether it is inactive by its sources' rules
-- (when all its records are; NULL where nothing has a date). `open_issues`: interactions that ended open with none after
-- them that settled matters; `open_critical_failures`: open failures of critical rules on the customer's records.
-- materialized: view
with today as (
    select max(conventions.as_of) as day from staging.source_conventions as conventions
), aged as (
    select totals.*, today.day - totals.last_confirmed_at::date as days_since_confirmed, today.day
    from golden.activity_totals as totals
    cross join today
)
select
    aged.customer_id,
    aged.interactions,
    aged.email_interactions,
    aged.phone_interactions,
    aged.social_media_interactions,
    aged.live_chat_interactions,
    aged.channels_used,
    aged.first_contact_at,
    aged.last_contact_at,
    aged.transactions,
    aged.refunds,
    aged.last_transaction_at,
    aged.last_consent_at,
    aged.open_issues,
    aged.open_critical_failures,
    aged.last_confirmed_at,
    aged.days_since_confirmed,
    coalesce(classes.decay_class, 'unknown') as decay_class,
    aged.inactive_from,
    aged.day >= aged.inactive_from as is_inactive
from aged
left join golden.decay_classes as classes
    on classes.subject = 'customer'
    and aged.days_since_confirmed >= classes.from_days
    and (classes.to_days is null or aged.days_since_confirmed < classes.to_days)
