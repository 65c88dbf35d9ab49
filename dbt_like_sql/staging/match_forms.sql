-- What linkage compares, one row per source record: folded forms; missing, invalid and placeholder values are NULL.
-- Postal codes, addresses and phone digits keep invalid values: a slip of the pen is still evidence.
with listed as (
    select record_key, 'email' as channel, email as raw from staging.source_records where email is not null
    union
    select record_key, 'phone', phone_number from staging.source_records where phone_number is not null
    union
    select points.record_key, points.point.channel, points.point.value
    from (
        select record_key, unnest(contact_points) as point from staging.source_records where contact_points is not null
    ) as points
), mailboxes as (
    select listed.record_key, list_sort(list(distinct emails.match_key)) as email_keys
    from listed
    join staging.parsed_emails as emails on emails.raw = listed.raw
    where listed.channel = 'email' and emails.status = 'valid' and not emails.is_role
    group by listed.record_key
), numbers as (
    select listed.record_key, list_sort(list(distinct phones.value)) as phone_numbers
    from listed
    join staging.record_context as context on context.record_key = listed.record_key
    join staging.parsed_phones as phones on phones.raw = listed.raw and phones.country = context.country
    where listed.channel = 'phone' and phones.status = 'valid'
    group by listed.record_key
)
select
    records.record_key,
    records.source_system,
    records.source_record_id,
    names.party_type,
    names.name_key,
    names.given_name_key,
    names.nickname_group,
    names.nickname_groups,
    names.middle_name_key,
    names.family_name_key,
    case when genders.status = 'valid' then genders.value end as gender,
    case when births.status = 'valid' and births.value <= conventions.as_of then births.value end as birthdate,
    case when births.status <> 'placeholder' then births.year end as birth_year,
    case when births.status <> 'placeholder' then births.month end as birth_month,
    case when births.status <> 'placeholder' then births.readings end as birthdate_readings,
    emails.match_key as email_key,
    emails.local_part as email_local_part,
    emails.domain as email_domain,
    emails.is_role as email_is_role,
    emails.is_disposable as email_is_disposable,
    mailboxes.email_keys,
    case when phones.status = 'valid' then phones.value end as phone_number,
    case when phones.status <> 'placeholder' then phones.digits end as phone_digits,
    numbers.phone_numbers,
    addresses.match_key as address_key,
    addresses.street_key,
    addresses.house_number,
    addresses.unit,
    addresses.po_box,
    localities.match_key as locality_key,
    regions.match_key as region_key,
    postal_codes.match_key as postal_code_key,
    case when countries.status = 'valid' then countries.value end as country,
    names.organisation_key,
    job_titles.match_key as job_title_key,
    identifiers.match_key as national_id_key
from staging.source_records as records
join staging.record_context as context on context.record_key = records.record_key
join staging.person_names as names on names.record_key = records.record_key
left join staging.source_conventions as conventions on conventions.contract_id = records.contract_id
left join mailboxes on mailboxes.record_key = records.record_key
left join numbers on numbers.record_key = records.record_key
left join staging.parsed_dates as births on births.raw = records.birthdate and births.date_order = context.date_order
left join staging.parsed_genders as genders on genders.raw = records.gender
left join staging.parsed_emails as emails on emails.raw = records.email and emails.status = 'valid'
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
