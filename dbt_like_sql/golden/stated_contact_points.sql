-- Every e-mail address and phone number of every customer, as golden.contact_points but for its age. `preference` counts the usable ones of a channel from 1, the preferred one; usable is what is valid
-- and not shared with many others. What a steward has pinned goes first, though no record states it; then a record's main
-- one, then what was confirmed last and by most records.
-- materialized: by customer_id
with shared as (
    select distinct 'email' as channel, emails.value
    from staging.shared_values as shared_values
    join staging.parsed_emails as emails on emails.match_key = shared_values.value
    where shared_values.status = 'shared' and shared_values.column_name = 'email'
    union all
    select 'phone', shared_values.value
    from staging.shared_values as shared_values
    where shared_values.status = 'shared' and shared_values.column_name = 'phone_number'
), pinned as (
    select pins.customer_id, 'email' as channel, customers.email as value, max(pins.decided_at) as decided_at
    from golden.pins_status as pins
    join golden.customers as customers on customers.customer_id = pins.customer_id
    where pins.status = 'applied' and pins.attribute = 'email' and customers.email is not null
    group by pins.customer_id, customers.email
    union all
    select pins.customer_id, 'phone', customers.phone_number, max(pins.decided_at)
    from golden.pins_status as pins
    join golden.customers as customers on customers.customer_id = pins.customer_id
    where pins.status = 'applied' and pins.attribute = 'phone_number' and customers.phone_number is not null
    group by pins.customer_id, customers.phone_number
), pinned_values as (
    select
        pinned.customer_id,
        pinned.channel,
        pinned.value,
        pinned.decided_at,
        bool_or(shared.value is not null) as is_shared,
        min(phones.number_type) as number_type
    from pinned
    left join shared on shared.channel = pinned.channel and shared.value = pinned.value
    left join staging.parsed_phones as phones
        on pinned.channel = 'phone' and phones.status = 'valid' and phones.value = pinned.value
    group by all
), stated_by_records as (
    select
        activity.customer_id,
        points.channel,
        points.value,
        list(points.record_key order by points.record_key) as record_keys,
        list(points.source_system) as source_systems,
        bool_or(points.status = 'placeholder') as is_placeholder,
        bool_or(points.status = 'valid') as is_valid,
        min(points.status) as worst_status,
        bool_or(points.is_primary) as is_primary,
        bool_or(points.is_shared) as is_shared,
        min(points.number_type) as number_type,
        min(activity.first_recorded_at) as first_confirmed_at,
        max(activity.last_recorded_at) as last_confirmed_at
    from staging.contact_points as points
    join golden.record_activity as activity on activity.record_key = points.record_key
    group by activity.customer_id, points.channel, points.value
), stated as (
    select
        coalesce(records.customer_id, pinned.customer_id) as customer_id,
        coalesce(records.channel, pinned.channel) as channel,
        coalesce(records.value, pinned.value) as value,
        coalesce(records.record_keys, []) as record_keys,
        coalesce(records.source_systems, []) as source_systems,
        pinned.value is not null as is_pinned,
        pinned.value is null and records.is_placeholder as is_placeholder,
        pinned.value is not null or records.is_valid as is_valid,
        records.worst_status,
        coalesce(records.is_primary, false) as is_primary,
        coalesce(records.is_shared, pinned.is_shared) as is_shared,
        coalesce(records.number_type, pinned.number_type) as number_type,
        coalesce(records.first_confirmed_at, pinned.decided_at) as first_confirmed_at,
        greatest(records.last_confirmed_at, pinned.decided_at) as last_confirmed_at
    from stated_by_records as records
    full join pinned_values as pinned on pinned.customer_id = records.customer_id
        and pinned.channel = records.channel and pinned.value = records.value
), judged as (
    select
        stated.*,
        case
            when stated.is_placeholder then 'placeholder'
            when stated.is_valid then 'valid'
            else stated.worst_status
        end as status,
        coalesce(
            stated.is_valid and not stated.is_placeholder and (not stated.is_shared or stated.is_pinned), false
        ) as is_usable
    from stated
), ranked as (
    select
        judged.*,
        case when judged.is_usable then row_number() over (
            partition by judged.customer_id, judged.channel, judged.is_usable
            order by
                judged.is_pinned desc,
                judged.is_primary desc,
                judged.last_confirmed_at desc nulls last,
                len(judged.record_keys) desc,
                judged.record_keys[1],
                judged.value
        ) end as preference
    from judged
)
select
    ranked.customer_id,
    ranked.channel,
    ranked.value,
    md5(concat(ranked.channel, ':', ranked.value)) as contact_point_key,
    ranked.status,
    ranked.is_shared,
    ranked.is_primary,
    ranked.number_type,
    coalesce(ranked.preference = 1, false) as is_preferred,
    ranked.preference,
    len(ranked.record_keys) as record_count,
    ranked.record_keys,
    list_sort(list_distinct(ranked.source_systems)) as source_systems,
    ranked.first_confirmed_at,
    ranked.last_confirmed_at
from ranked
