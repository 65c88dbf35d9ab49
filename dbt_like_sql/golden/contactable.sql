-- Who may be contacted, for which purpose, by which channel: a usable consent and a usable contact point of a customer who
-- lives. A text message needs a number that can receive one. `record_key, given_at, method` are the evidence of consent;
-- the address or number is that of `contact_point_key` in golden.contact_points.
-- materialized: by customer_id
with points as (
    select points.customer_id, points.channel, points.contact_point_key
    from golden.stated_contact_points as points
    where points.is_preferred
    union all
    select points.customer_id, 'sms', points.contact_point_key
    from golden.stated_contact_points as points
    where points.channel = 'phone' and points.number_type in ('mobile', 'fixed_line_or_mobile')
        and points.preference is not null
    qualify row_number() over (partition by points.customer_id order by points.preference) = 1
), barred as (
    select customers.customer_id
    from golden.customers as customers
    where customers.status in ('deceased', 'deleted')
    union all
    -- One source that knows of a death outweighs all that do not.
    select crosswalk.customer_id
    from staging.customers as records
    join golden.crosswalk as crosswalk on crosswalk.record_key = records.record_key
    where records.status = 'deceased'
)
select
    consents.customer_id,
    consents.purpose,
    consents.channel,
    points.contact_point_key,
    consents.record_key,
    consents.given_at,
    consents.method
from golden.consents as consents
join points on points.customer_id = consents.customer_id and points.channel = consents.channel
where consents.usable and not exists (select 1 from barred where barred.customer_id = consents.customer_id)
