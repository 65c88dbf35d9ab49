-- Every e-mail address and phone number of every customer, once: the records that state it, when it was confirmed, and
-- which one to use. `preference` counts the usable ones of a channel from 1, the preferred one; usable is what is valid
-- and not shared with many others.
-- materialized: view
with today as (
    select max(conventions.as_of) as day from staging.source_conventions as conventions
), aged as (
    select stated.*, today.day - stated.last_confirmed_at::date as days_since_confirmed
    from golden.stated_contact_points as stated
    cross join today
)
select
    aged.*,
    coalesce(classes.decay_class, 'unknown') as decay_class
from aged
left join golden.decay_classes as classes
    on classes.subject = aged.channel
    and aged.days_since_confirmed >= classes.from_days
    and (classes.to_days is null or aged.days_since_confirmed < classes.to_days)
