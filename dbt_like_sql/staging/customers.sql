-- One row per source record: every value in its standard form with a status, what could not be read as it arrived.
-- Times without a zone are taken as UTC. A placeholder is kept for display and marked.
select
    records.record_key,
    records.source_system,
    records.source_record_id,
    names.party_type,
    names.name,
    names.given_name,
    names.middle_name,
    names.family_name,
    births.value as birthdate,
    coalesce(genders.value, records.gender) as gender,
    coalesce(emails.value, records.email) as email,
    coalesce(phones.value, records.phone_number) as phone_number,
    coalesce(addresses.value, records.street_address) as street_address,
    coalesce(localities.value, records.locality) as locality,
    coalesce(regions.value, records.region) as region,
    coalesce(postal_codes.value, records.postal_code) as postal_code,
    coalesce(countries.value, records.country) as country,
    names.organisation_name,
    coalesce(job_titles.value, records.job_title) as job_title,
    coalesce(identifiers.value, records.national_id) as national_id,
    records.status,
    records.owner,
    records.created_by,
    case
        when regexp_full_match(records.created_at, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(records.created_at as timestamp)
        else created.moment
    end as created_at,
    case
        when regexp_full_match(records.updated_at, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(records.updated_at as timestamp)
        else updated.moment
    end as updated_at,
    case
        when regexp_full_match(records.last_activity_at, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(records.last_activity_at as timestamp)
        else active.moment
    end as last_activity_at,
    coalesce(emails.status, 'missing') as email_status,
    coalesce(phones.status, 'missing') as phone_number_status,
    case
        when births.status = 'valid' and births.value > conventions.as_of then 'future'
        else coalesce(births.status, 'missing')
    end as birthdate_status,
    coalesce(countries.status, 'missing') as country_status,
    coalesce(postal_codes.status, 'missing') as postal_code_status,
    names.name_status,
    case
        when records.status is null then 'missing'
        when records.status in ('active', 'inactive', 'prospect', 'former', 'deceased', 'deleted') then 'valid'
        else 'invalid'
    end as status_status,
    coalesce(genders.status, 'missing') as gender_status,
    coalesce(identifiers.status, 'missing') as national_id_status,
    records.birthdate as birthdate_as_given,
    records.contract_id,
    records._load_id,
    records._file,
    records._line
from staging.source_records as records
join staging.record_context as context on context.record_key = records.record_key
join staging.person_names as names on names.record_key = records.record_key
left join staging.source_conventions as conventions on conventions.contract_id = records.contract_id
left join staging.parsed_dates as births on births.raw = records.birthdate and births.date_order = context.date_order
left join staging.parsed_dates as created on created.raw = records.created_at and created.date_order = context.date_order
left join staging.parsed_dates as updated on updated.raw = records.updated_at and updated.date_order = context.date_order
left join staging.parsed_dates as active
    on active.raw = records.last_activity_at and active.date_order = context.date_order
left join staging.parsed_genders as genders on genders.raw = records.gender
left join staging.parsed_emails as emails on emails.raw = records.email
left join staging.parsed_phones as phones on phones.raw = records.phone_number and phones.country = context.country
left join staging.parsed_addresses as addresses
    on addresses.raw = records.street_address and addresses.country = context.country
left join staging.parsed_texts as localities on localities.kind = 'locality' and localities.raw = records.locality
left join staging.parsed_texts as regions on regions.kind = 'region' and regions.raw = records.region
left join staging.parsed_postal_codes as postal_codes
    on postal_codes.raw = records.postal_code and postal_codes.country = context.country
left join staging.parsed_countries as countries on countries.raw = records.country
left join staging.parsed_texts as job_titles on job_titles.kind = 'job_title' and job_titles.raw = records.job_title
left join staging.parsed_texts as identifiers
    on identifiers.kind = 'national_id' and identifiers.raw = records.national_id
