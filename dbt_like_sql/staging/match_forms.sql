-- What linkage compares, one row per source record: folded forms; missing, invalid and placeholder values are NULL,
-- those of staging.shared_values too. Postal codes, addresses and phone digits keep invalid values: a slip of the pen is
-- still evidence. What quality.corrections has applied is compared in place of what arrived.
with corrected as (
    select
        record_key,
        max(after) filter (column_name = 'email') as email,
        max(after) filter (column_name = 'birthdate')::date as birthdate,
        bool_or(rule_id = 'name.swapped') as names_swapped
    from quality.corrections
    where applied
    group by record_key
), corrected_emails as (
    select distinct record_key, before, after from quality.corrections
    where applied and column_name in ('email', 'contact_points.value')
), fillers as (
    select column_name, value from staging.shared_values where status = 'placeholder'
), mailbox_texts as (
    select raw, match_key, local_part, domain, is_role, is_disposable
    from staging.parsed_emails
    where status = 'valid' and match_key not in (select value from fillers where column_name = 'email')
), listed as (
    select record_key, contract_id, country, 'email' as channel, email as raw
    from staging.source_records where email is not null
    union all
    select record_key, contract_id, country, 'phone', phone_number
    from staging.source_records where phone_number is not null
    union all
    select points.record_key, points.contract_id, points.country, points.point.channel, points.point.value
    from (
        select record_key, contract_id, country, unnest(contact_points) as point
        from staging.source_records where contact_points is not null
    ) as points
), mailboxes as (
    select listed.record_key, list_sort(list(distinct emails.match_key)) as email_keys
    from listed
    left join corrected_emails as fixed on fixed.record_key = listed.record_key and fixed.before = listed.raw
    join mailbox_texts as emails on emails.raw = coalesce(fixed.after, listed.raw)
    where listed.channel = 'email' and not emails.is_role
    group by listed.record_key
), numbers as (
    select listed.record_key, list_sort(list(distinct phones.value)) as phone_numbers
    from listed
    join staging.reading_context as context on context.contract_id = listed.contract_id
        and context.country_as_given is not distinct from listed.country
    join staging.parsed_phones as phones on phones.raw = listed.raw and phones.country = context.country
    where listed.channel = 'phone' and phones.status = 'valid'
        and phones.value not in (select value from fillers where column_name = 'phone_number')
    group by listed.record_key
), given_groups as (
    select given_name_key as name_key, any_value(nickname_group) as nickname_group,
        any_value(nickname_groups) as nickname_groups
    from staging.person_names
    where given_name_key in (
        select names.family_name_key from corrected join staging.person_names as names using (record_key)
        where corrected.names_swapped)
    group by given_name_key
), names as (
    select
        names.record_key,
        names.party_type,
        names.organisation_key,
        filler_names.value is not null as is_filler,
        coalesce(corrected.names_swapped, false) as is_swapped,
        case when is_filler then null
            when is_swapped then concat_ws(' ', names.family_name_key, names.middle_name_key, names.given_name_key)
            else names.name_key end as name_key,
        case when is_filler then null when is_swapped then names.family_name_key else names.given_name_key end
            as given_name_key,
        case when is_filler then null
            when is_swapped then coalesce(given_groups.nickname_group, names.family_name_key)
            else names.nickname_group end as nickname_group,
        case when is_filler then null
            when is_swapped then coalesce(given_groups.nickname_groups, [names.family_name_key])
            else names.nickname_groups end as nickname_groups,
        case when not is_filler then names.middle_name_key end as middle_name_key,
        case when is_filler then null when is_swapped then names.given_name_key else names.family_name_key end
            as family_name_key,
        names.generation
    from staging.person_names as names
    left join corrected on corrected.record_key = names.record_key
    left join given_groups on corrected.names_swapped and given_groups.name_key = names.family_name_key
    left join fillers as filler_names on filler_names.column_name = 'name' and filler_names.value = names.name_key
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
    names.generation,
    case when genders.status = 'valid' then genders.value end as gender,
    case
        when filler_births.value is not null then null
        when corrected.birthdate is not null then corrected.birthdate
        when births.status = 'valid' and births.value <= conventions.as_of then births.value
    end as birthdate,
    case when filler_births.value is not null or births.status = 'placeholder' then null
        else coalesce(year(corrected.birthdate)::smallint, births.year) end as birth_year,
    case when filler_births.value is not null or births.status = 'placeholder' then null
        else coalesce(month(corrected.birthdate)::smallint, births.month) end as birth_month,
    case when filler_births.value is not null or births.status = 'placeholder' then null
        when corrected.birthdate is not null then [corrected.birthdate]
        else births.readings end as birthdate_readings,
    emails.match_key as email_key,
    emails.local_part as email_local_part,
    emails.domain as email_domain,
    emails.is_role as email_is_role,
    emails.is_disposable as email_is_disposable,
    mailboxes.email_keys,
    case when phones.status = 'valid' and filler_phones.value is null then phones.value end as phone_number,
    case when phones.status <> 'placeholder' and filler_phones.value is null then phones.digits end as phone_digits,
    numbers.phone_numbers,
    case when filler_streets.value is null then addresses.match_key end as address_key,
    case when filler_streets.value is null then addresses.street_key end as street_key,
    case when filler_streets.value is null then addresses.house_number end as house_number,
    case when filler_streets.value is null then addresses.unit end as unit,
    case when filler_streets.value is null then addresses.po_box end as po_box,
    localities.match_key as locality_key,
    regions.match_key as region_key,
    postal_codes.match_key as postal_code_key,
    case when countries.status = 'valid' then countries.value end as country,
    names.organisation_key,
    job_titles.match_key as job_title_key,
    case when filler_identifiers.value is null then identifiers.match_key end as national_id_key
from staging.source_records as records
join staging.source_conventions as conventions on conventions.contract_id = records.contract_id
join staging.reading_context as context on context.contract_id = records.contract_id
    and context.country_as_given is not distinct from records.country
join names on names.record_key = records.record_key
left join corrected on corrected.record_key = records.record_key
left join mailboxes on mailboxes.record_key = records.record_key
left join numbers on numbers.record_key = records.record_key
left join staging.date_readings as births
    on births.raw = records.birthdate and births.date_order = conventions.date_order
left join staging.parsed_genders as genders on genders.raw = records.gender
left join mailbox_texts as emails on emails.raw = coalesce(corrected.email, records.email)
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
left join fillers as filler_streets
    on filler_streets.column_name = 'street_address'
    and filler_streets.value = concat_ws(', ', addresses.match_key, lower(records.locality))
left join fillers as filler_identifiers
    on filler_identifiers.column_name = 'national_id' and filler_identifiers.value = identifiers.match_key
left join fillers as filler_births
    on filler_births.column_name = 'birthdate'
    and filler_births.value = coalesce(corrected.birthdate, births.value)::varchar
left join fillers as filler_phones
    on filler_phones.column_name = 'phone_number' and filler_phones.value = phones.value
