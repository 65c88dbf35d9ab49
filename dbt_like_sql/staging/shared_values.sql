-- Values that more different persons have than a value of their column can belong to, found from the data by the limits
-- of quality.sharing_limits: `placeholder` says nothing of the one who has it, `shared` belongs to colleagues or a role.
-- `value` is the form for matching; of a street, with its town. Raw texts are counted first, so that only suspects are
-- looked at record by record.
with keyed as (
    select 'email' as column_name, raw, '' as context, match_key as value, is_role
    from staging.parsed_emails where status = 'valid'
    union all
    select 'phone_number', raw, country, value, false from staging.parsed_phones where status = 'valid'
    union all
    select 'birthdate', raw, date_order, coalesce(value, meant_day)::varchar, false
    from staging.date_readings where coalesce(value, meant_day) is not null and status <> 'placeholder'
    union all
    select 'national_id', raw, country, match_key, false from staging.parsed_identifiers where status <> 'placeholder'
    union all
    select 'street_address', raw, country, match_key, false from staging.parsed_addresses where status = 'valid'
), written as (
    select 'email' as column_name, email as raw, '' as context, '' as town, count(*) as records
    from staging.source_records group by email
    union all
    select 'phone_number', records.phone_number, context.country, '', count(*)
    from staging.source_records as records
    join staging.reading_context as context on context.contract_id = records.contract_id
        and context.country_as_given is not distinct from records.country
    group by records.phone_number, context.country
    union all
    select 'birthdate', records.birthdate, conventions.date_order, '', count(*)
    from staging.source_records as records
    join staging.source_conventions as conventions on conventions.contract_id = records.contract_id
    group by records.birthdate, conventions.date_order
    union all
    select 'national_id', records.national_id, context.country, '', count(*)
    from staging.source_records as records
    join staging.reading_context as context on context.contract_id = records.contract_id
        and context.country_as_given is not distinct from records.country
    group by records.national_id, context.country
    union all
    select 'street_address', records.street_address, context.country, coalesce(lower(records.locality), ''), count(*)
    from staging.source_records as records
    join staging.reading_context as context on context.contract_id = records.contract_id
        and context.country_as_given is not distinct from records.country
    group by records.street_address, context.country, lower(records.locality)
), counted as (
    select column_name, value, town, sum(written.records) as records
    from written join keyed using (column_name, raw, context)
    group by column_name, value, town
), typical as (
    select column_name, quantile_disc(records, 0.99) as records from counted group by column_name
), suspects as (
    select counted.column_name, counted.value, counted.town, limits.least_persons
    from counted
    join typical on typical.column_name = counted.column_name
    join quality.sharing_limits as limits on limits.column_name = counted.column_name
        || case when counted.column_name = 'birthdate' and counted.value like '%-01-01' then ' on 1 January' else '' end
    where counted.records >= limits.least_persons and counted.records >= limits.times_typical * typical.records
), suspect_texts as (
    select keyed.raw, keyed.context, keyed.is_role, suspects.*
    from suspects join keyed on keyed.column_name = suspects.column_name and keyed.value = suspects.value
), holders as (
    select texts.*, records.record_key
    from suspect_texts as texts join staging.source_records as records on records.email = texts.raw
    where texts.column_name = 'email'
    union all
    select texts.*, records.record_key
    from suspect_texts as texts
    join staging.source_records as records on records.national_id = texts.raw
    join staging.reading_context as context on context.contract_id = records.contract_id
        and context.country_as_given is not distinct from records.country and context.country = texts.context
    where texts.column_name = 'national_id'
    union all
    select texts.*, records.record_key
    from suspect_texts as texts
    join staging.source_records as records on records.birthdate = texts.raw
    join staging.source_conventions as conventions
        on conventions.contract_id = records.contract_id and conventions.date_order = texts.context
    where texts.column_name = 'birthdate'
    union all
    select texts.*, records.record_key
    from suspect_texts as texts
    join staging.source_records as records on records.phone_number = texts.raw
    join staging.reading_context as context on context.contract_id = records.contract_id
        and context.country_as_given is not distinct from records.country and context.country = texts.context
    where texts.column_name = 'phone_number'
    union all
    select texts.*, records.record_key
    from suspect_texts as texts
    join staging.source_records as records
        on records.street_address = texts.raw and coalesce(lower(records.locality), '') = texts.town
    join staging.reading_context as context on context.contract_id = records.contract_id
        and context.country_as_given is not distinct from records.country and context.country = texts.context
    where texts.column_name = 'street_address'
), sharers as (
    select holders.*, names.given_name_key, names.family_name_key, names.organisation_key,
        count(*) over (partition by holders.column_name, holders.value, holders.town, names.organisation_key) as colleagues
    from holders join staging.person_names as names on names.record_key = holders.record_key
), judged as (
    select
        column_name,
        value || case when town = '' then '' else ', ' || town end as value,
        count(*) as records,
        least(count(distinct given_name_key), count(distinct family_name_key)) as persons,
        bool_or(is_role) as is_role,
        coalesce(max(colleagues) filter (organisation_key is not null) >= count(*) / 2, false) as is_workplace
    from sharers
    group by column_name, value, town
    having persons >= any_value(least_persons)
), names as (
    select given_name_key, family_name_key, name_key, count(*) as records
    from staging.person_names
    where name_status = 'valid' and name_key is not null and given_name_key is not null and family_name_key is not null
    group by given_name_key, family_name_key, name_key
), given as (
    select given_name_key, sum(records) as records from names group by given_name_key
), family as (
    select family_name_key, sum(records) as records from names group by family_name_key
), frequent_names as (
    -- More than are to be expected, were given and family names drawn apart.
    select names.name_key, limits.least_persons
    from names
    join quality.sharing_limits as limits on limits.column_name = 'name' and names.records >= limits.least_persons
    join given on given.given_name_key = names.given_name_key
    join family on family.family_name_key = names.family_name_key
    where names.records
        >= limits.times_typical * given.records * family.records / (select sum(everybody.records) from given as everybody)
), judged_names as (
    select
        names.name_key as value,
        count(*) as records,
        least(count(distinct records.birthdate), count(distinct records.email)) as persons
    from frequent_names
    join staging.person_names as names on names.name_key = frequent_names.name_key
    join staging.source_records as records on records.record_key = names.record_key
    group by names.name_key
    having persons >= any_value(frequent_names.least_persons)
)
select
    column_name,
    value,
    records,
    persons,
    case when is_role or is_workplace then 'shared' else 'placeholder' end as status,
    case
        when is_role then 'role_mailbox'
        when is_workplace then 'colleagues'
        when column_name = 'birthdate' and value like '%-01-01' then 'first_of_january'
        else 'implausibly_many'
    end as reason
from judged
union all
select 'name', value, records, persons, 'placeholder', 'implausibly_many'
from judged_names
