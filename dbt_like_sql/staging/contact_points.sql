-- Every e-mail address and phone number of every source record, standardised, the main one marked.
-- One number written in two fields of a record is one contact point.
-- materialized: changes by record_key
with listed as (
    select record_key, contract_id, country, 'email' as channel, 'email' as label, email as raw, true as is_primary
    from staging.source_records where email is not null
    union all
    select record_key, contract_id, country, 'phone', 'phone', phone_number, true
    from staging.source_records where phone_number is not null
    union all
    select points.record_key, points.contract_id, points.country, points.point.channel, points.point.label,
        points.point.value, false
    from (
        select record_key, contract_id, country, unnest(contact_points) as point
        from staging.source_records where contact_points is not null
    ) as points
), corrected as (
    select distinct record_key, before, after from quality.corrections
    where applied and column_name in ('email', 'contact_points.value')
), fillers as (
    select column_name, value from staging.shared_values
    where status = 'placeholder' and column_name in ('email', 'phone_number')
), shared as (
    select 'email' as channel, emails.value
    from staging.shared_values as shared_values
    join staging.parsed_emails as emails on emails.match_key = shared_values.value
    where shared_values.status = 'shared' and shared_values.column_name = 'email'
    union
    select 'phone', value from staging.shared_values where status = 'shared' and column_name = 'phone_number'
), standardised as (
    select
        listed.record_key,
        listed.channel,
        listed.label,
        listed.is_primary,
        case listed.channel when 'email' then coalesce(corrected.after, emails.value, listed.raw)
            else coalesce(phones.value, listed.raw) end as value,
        listed.raw as value_as_given,
        case
            when filler_emails.value is not null or filler_phones.value is not null then 'placeholder'
            when listed.channel = 'email' then emails.status
            else phones.status
        end as status,
        case when phones.status = 'valid' then phones.number_type end as number_type
    from listed
    join staging.reading_context as context on context.contract_id = listed.contract_id
        and context.country_as_given is not distinct from listed.country
    left join staging.parsed_emails as emails on listed.channel = 'email' and emails.raw = listed.raw
    left join staging.parsed_phones as phones
        on listed.channel = 'phone' and phones.raw = listed.raw and phones.country = context.country
    left join corrected
        on listed.channel = 'email' and corrected.record_key = listed.record_key and corrected.before = listed.raw
    left join fillers as filler_emails
        on filler_emails.column_name = 'email' and filler_emails.value = emails.match_key
    left join fillers as filler_phones
        on filler_phones.column_name = 'phone_number' and filler_phones.value = phones.value
), merged as (
    select
        record_key,
        channel,
        value,
        -- The field's own label says more than that of the main address.
        coalesce(min(label) filter (not is_primary), min(label)) as label,
        coalesce(min(value_as_given) filter (is_primary), min(value_as_given)) as value_as_given,
        min(status) as status,
        min(number_type) as number_type,
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
    merged.is_primary,
    shared.value is not null as is_shared,
    merged.number_type
from merged
join staging.source_records as records on records.record_key = merged.record_key
left join shared on shared.channel = merged.channel and shared.value = merged.value
