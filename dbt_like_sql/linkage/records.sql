-- What linkage compares, one row per source record that is not held back: matching forms only; a missing, invalid or
-- placeholder value is NULL.
with forms as (
    select
        match_forms.*,
        case match_forms.party_type when 'organisation' then organisation_key else name_key end as full_name,
        -- An invalid date is no birthdate, but its digits are still evidence: 1840-12-47 is 1840-12-17 with a slip.
        coalesce(
            strftime(match_forms.birthdate, '%Y-%m-%d'),
            case when customers.birthdate_status = 'invalid'
                then nullif(regexp_replace(
                    regexp_extract(customers.birthdate_as_given, '^((?:1\d|20)\d{2}[-/. ]?\d{2}[-/. ]?\d{2})\b', 1),
                    '^(\d{4})[-/. ]?(\d{2})[-/. ]?(\d{2})$', '\1-\2-\3'), '')
            end
        ) as birthdate_text,
        nullif(replace(postal_code_key, ' ', ''), '') as postal_code,
        regexp_replace(lower(email_local_part), '[^a-z]', '', 'g') as email_letters
    from staging.match_forms
    join staging.customers using (record_key)
    where match_forms.record_key not in (select record_key from quality.held_records where released_at is null)
)
select
    record_key,
    source_system,
    source_record_id,
    party_type,
    full_name,
    list_sort(list_distinct(string_split(full_name, ' '))) as name_parts,
    array_to_string(list_sort(list_distinct(string_split(full_name, ' '))), ' ') as sorted_name,
    case party_type when 'person' then given_name_key end as given_name,
    case party_type when 'person' then string_split(given_name_key, ' ') end as given_words,
    case party_type when 'person' then nickname_groups end as nickname_groups,
    case party_type when 'person' then nickname_group end as nickname_group,
    case party_type when 'person' then family_name_key end as family_name,
    case party_type when 'person' then string_split(family_name_key, ' ') end as family_words,
    -- What stands in the whole name beside these two: middle names, maiden names, titles.
    case when party_type = 'person' then nullif(list_filter(
        list_distinct(string_split(concat_ws(' ', name_key, middle_name_key), ' ')),
        lambda part: not list_contains(string_split(concat_ws(' ', given_name_key, family_name_key), ' '), part)
    ), []) end as other_names,
    gender,
    birthdate_text,
    birth_year,
    birthdate_readings,
    case when not coalesce(email_is_role, false) then email_key end as email,
    case when email_is_role then email_key end as mailbox,
    case when not coalesce(email_is_role, false) then email_local_part end as email_local_part,
    email_domain,
    -- The letters of an address made of the person's names: it says no more than the names do.
    case when contains(email_letters, replace(family_name_key, ' ', ''))
            or contains(email_letters, replace(given_name_key, ' ', ''))
        then email_letters end as email_of_name,
    email_keys as emails,
    phone_digits as phone,
    list_distinct(list_append(list_transform(coalesce(phone_numbers, []), lambda number: right(number, 8)),
        right(phone_digits, 8))) as phone_endings,
    address_key as address,
    street_key as street,
    house_number,
    string_split(coalesce(street_key, address_key), ' ') as street_words,
    locality_key as locality,
    region_key as region,
    postal_code,
    -- The district of a postal code: all but the last two characters, and the first half.
    left(postal_code, greatest(length(postal_code) - 2, 2)) as postal_district,
    left(postal_code, (length(postal_code) + 1) // 2) as postal_area,
    country,
    case party_type when 'organisation' then organisation_key end as organisation,
    case party_type when 'organisation' then string_split(organisation_key, ' ') end as organisation_words,
    case party_type when 'person' then organisation_key end as employer,
    job_title_key as job_title,
    national_id_key as national_id
from forms
