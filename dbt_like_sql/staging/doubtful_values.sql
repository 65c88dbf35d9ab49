-- Values of records that are well written and yet say nothing of the one who has them: `placeholder`, one that implausibly
-- many have (staging.shared_values), or `future`, a birthdate still to come. What the corrections make of a value counts.
-- materialized: changes by record_key
with fillers as (
    select column_name, value from staging.shared_values where status = 'placeholder'
), corrected_births as (
    select record_key, max(after)::date as birthdate from quality.corrections
    where applied and column_name = 'birthdate'
    group by record_key
), births as (
    select record_key, birthdate, true as is_day from corrected_births
    union all
    select records.record_key, readings.value, readings.status = 'valid'
    from staging.date_readings as readings
    join staging.source_conventions as conventions on conventions.date_order = readings.date_order
    join staging.source_records as records
        on records.birthdate = readings.raw and records.contract_id = conventions.contract_id
    -- A text that stands on a rule has no value of its own, so that no record is here twice.
    where readings.value is not null and (readings.value > conventions.as_of
        or readings.value::varchar in (select value from fillers where column_name = 'birthdate'))
), streets as (
    select addresses.raw, addresses.country, addresses.match_key, fillers.value
    from fillers
    -- A form for matching has no comma, so what stands before the first is the street's.
    join staging.parsed_addresses as addresses on addresses.match_key = split_part(fillers.value, ', ', 1)
    where fillers.column_name = 'street_address'
)
select records.record_key, 'email' as column_name, 'placeholder' as status
from fillers
join staging.parsed_emails as emails on emails.match_key = fillers.value
join staging.source_records as records on records.email = emails.raw
where fillers.column_name = 'email'
union all
select records.record_key, 'phone_number', 'placeholder'
from fillers
join staging.parsed_phones as phones on phones.value = fillers.value
join staging.source_records as records on records.phone_number = phones.raw
join staging.reading_context as context on context.contract_id = records.contract_id
    and context.country_as_given is not distinct from records.country and context.country = phones.country
where fillers.column_name = 'phone_number'
union all
select records.record_key, 'street_address', 'placeholder'
from streets
join staging.source_records as records on records.street_address = streets.raw
    and streets.value = concat_ws(', ', streets.match_key, lower(records.locality))
join staging.reading_context as context on context.contract_id = records.contract_id
    and context.country_as_given is not distinct from records.country and context.country = streets.country
union all
select records.record_key, 'national_id', 'placeholder'
from fillers
join staging.parsed_identifiers as identifiers on identifiers.match_key = fillers.value
join staging.source_records as records on records.national_id = identifiers.raw
join staging.reading_context as context on context.contract_id = records.contract_id
    and context.country_as_given is not distinct from records.country and context.country = identifiers.country
where fillers.column_name = 'national_id'
union all
select names.record_key, 'name', 'placeholder'
from fillers
join staging.person_names as names on names.name_key = fillers.value
where fillers.column_name = 'name'
union all
select births.record_key, 'birthdate',
    case when fillers.value is not null then 'placeholder' else 'future' end
from births
join staging.source_records as records on records.record_key = births.record_key
join staging.source_conventions as conventions on conventions.contract_id = records.contract_id
left join fillers on fillers.column_name = 'birthdate' and fillers.value = births.birthdate::varchar
where fillers.value is not null or (births.is_day and births.birthdate > conventions.as_of)
