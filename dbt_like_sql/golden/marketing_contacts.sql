-- materialized: view
-- Whom marketing may contact: for each purpose that a customer agreed to the one address or number to use for it, and the
-- name to address it to. `source_systems`: where the customer's records are from, each of which must allow such use.
with sources as (
    select crosswalk.customer_id, list(distinct crosswalk.source_system order by crosswalk.source_system) as source_systems
    from golden.crosswalk as crosswalk
    group by crosswalk.customer_id
)
select
    contactable.customer_id,
    contactable.purpose,
    contactable.channel,
    points.value,
    customers.party_type,
    customers.given_name,
    customers.family_name,
    customers.organisation_name,
    sources.source_systems
from golden.contactable as contactable
join golden.contact_points as points
    on points.customer_id = contactable.customer_id and points.contact_point_key = contactable.contact_point_key
join golden.customers as customers on customers.customer_id = contactable.customer_id
join sources on sources.customer_id = contactable.customer_id
where contactable.purpose in ('marketing_email', 'marketing_sms', 'marketing_phone')
