-- One row per source record: every value in its standard form with a status, what could not be read as it arrived.
-- Times without a zone are taken as UTC. A placeholder is kept for display and marked. What quality.corrections has
-- applied stands here in place of what arrived; without its rows this table is what it would be without the rules.
-- materialized: by record_key
with corrected as (
    select
        record_key,
        max(after) filter (column_name = 'email') as email,
        max(after) filter (column_name = 'birthdate')::date as birthdate,
        max(after) filter (column_name = 'created_at')::timestamp as created_at,
        max(after) filter (column_name = 'updated_at')::timestamp as updated_at,
        max(after) filter (column_name = 'last_activity_at')::timestamp as last_activity_at,
        max(after) filter (column_name = 'given_name') as given_name,
        max(after) filter (column_name = 'family_name') as family_name
    from quality.corrections
    where applied
    group by record_key
), doubtful as (
    select
        record_key,
        max(status) filter (column_name = 'email') as email,
        max(status) filter (column_name = 'phone_number') as phone_number,
        max(status) filter (column_name = 'birthdate') as birthdate,
        max(status) filter (column_name = 'street_address') as street_address,
        max(status) filter (column_name = 'name') as name,
        max(status) filter (column_name = 'national_id') as national_id
    from staging.doubtful_values
    group by record_key
)
select
    records.record_key,
    records.source_system,
    records.source_record_id,
    names.party_type,
    case
        when corrected.given_name is null then names.name
        -- Chinese, Japanese and Korean names are written family name first.
        when regexp_matches(corrected.family_name, '^[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]+$')
            then concat_ws(' ', corrected.family_name, corrected.given_name)
        else concat_ws(' ', corrected.given_name, names.middle_name, corrected.family_name)
    end as name,
    coalesce(corrected.given_name, names.given_name) as given_name,
    names.middle_name,
    coalesce(corrected.family_name, names.family_name) as family_name,
    coalesce(corrected.birthdate, births.value) as birthdate,
    coalesce(genders.value, records.gender) as gender,
    coalesce(corrected.email, emails.value, records.email) as email,
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
        else coalesce(corrected.created_at, created.moment)
    end as created_at,
    case
        when regexp_full_match(records.updated_at, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(records.updated_at as timestamp)
        else coalesce(corrected.updated_at, updated.moment)
    end as updated_at,
    case
        when regexp_full_match(records.last_activity_at, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(records.last_activity_at as timestamp)
        else coalesce(corrected.last_activity_at, active.moment)
    end as last_activity_at,
    coalesce(doubtful.email, emails.status, 'missing') as email_status,
    coalesce(doubtful.phone_number, phones.status, 'missing') as phone_number_status,
    case
        when doubtful.birthdate is not null then doubtful.birthdate
        when corrected.birthdate is not null then 'valid'
        when records.birthdate is null then 'missing'
        else coalesce(births.status, 'invalid')
    end as birthdate_status,
    coalesce(doubtful.street_address, addresses.status, 'missing') as street_address_status,
    coalesce(countries.status, 'missing') as country_status,
    coalesce(postal_codes.status, 'missing') as postal_code_status,
    coalesce(doubtful.name, names.name_status) as name_status,
    case
        when records.status is null then 'missing'
        when records.status in ('active', 'inactive', 'prospect', 'former', 'deceased', 'deleted') then 'valid'
        else 'invalid'
    end as status_status,
    coalesce(genders.status, 'missing') as gender_status,
    coalesce(doubtful.national_id, identifiers.status, 'missing') as national_id_status,
    records.birthdate as birthdate_as_given,
    records.contract_id,
    records._load_id,
    records._file,
    records._line
from staging.source_records as records
join staging.source_conventions as conventions on conventions.contract_id = records.contract_id
join staging.reading_context as context on context.contract_id = records.contract_id
    and context.country_as_given is not distinct from records.country
join staging.person_names as names on names.record_key = records.record_key
left join corrected on corrected.record_key = records.record_key
left join doubtful on doubtful.record_key = records.record_key
left join staging.date_readings as births
    on births.raw = records.birthdate and births.date_order = conventions.date_order
left join staging.date_readings as created
    on created.raw = records.created_at and created.date_order = conventions.date_order
left join staging.date_readings as updated
    on updated.raw = records.updated_at and updated.date_order = conventions.date_order
left join staging.date_readings as active
    on active.raw = records.last_activity_at and active.date_order = conventions.date_order
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
left join staging.parsed_identifiers as identifiers
    on identifiers.raw = records.national_id and identifiers.country = context.country
