-- Every e-mail address and phone number of every source record, standardised, the main one marked.
-- One number written in two fields of a record is one contact point.
with listed as (
    select record_key, 'email' as channel, 'email' as label, email as raw, true as is_primary
    from staging.source_records where email is not null
    union all
    select record_key, 'phone', 'phone', phone_number, true
    from staging.source_records where phone_number is not null
    union all
    select points.record_key, points.point.channel, points.point.label, points.point.value, false
    from (
        select record_key, unnest(contact_points) as point from staging.source_records where contact_points is not null
    ) as points
), standardised as (
    select
        listed.record_key,
        listed.channel,
        listed.label,
        listed.is_primary,
        case listed.channel when 'email' then coalesce(emails.value, listed.raw)
            else coalesce(phones.value, listed.raw) end as value,
        listed.raw as value_as_given,
        case listed.channel when 'email' then emails.status else phones.status end as status
    from listed
    join staging.record_context as context on context.record_key = listed.record_key
    left join staging.parsed_emails as emails on listed.channel = 'email' and emails.raw = listed.raw
    left join staging.parsed_phones as phones
        on listed.channel = 'phone' and phones.raw = listed.raw and phones.country = context.country
), merged as (
    select
        record_key,
        channel,
        value,
        -- The field's own label says more than that of the main address.
        coalesce(min(label) filter (not is_primary), min(label)) as label,
        coalesce(min(value_as_given) filter (is_primary), min(value_as_given)) as value_as_given,
        min(status) as status,
        bool_or(is_primary) as is_primary
    from standardised
    where value <> ''
    group by record_key, channel, value
)
select
    merged.record_key,
    records.source_system,
    records.source_record_id,
    merged.channel,
    merged.label,
    merged.value,
    merged.value_as_given,
    coalesce(merged.status, 'invalid') as status,
    merged.is_primary
from merged
join staging.source_records as records on records.record_key = merged.record_key
