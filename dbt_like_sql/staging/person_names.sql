-- The name of every source record, resolved from its parts or, where they are missing, from the whole name.
-- A part of the name wins over the same part read from the whole; the whole fills a gap only where it does not
-- contradict the part that is there.
-- materialized: by record_key
with parsed as (
    select
        records.record_key,
        records.name as whole_as_given,
        concat_ws(' ', records.given_name, records.family_name) as parts_as_given,
        records.name is null and records.given_name is null and records.family_name is null as nameless,
        -- Columns by name, not whole rows: packing four rows for each record took a third of the time.
        given.given_name as given_given_name, given.given_name_key as given_given_name_key,
        given.match_key as given_match_key, given.middle_name as given_middle_name,
        given.middle_name_key as given_middle_name_key, given.nickname_group as given_nickname_group,
        given.nickname_groups as given_nickname_groups, given.organisation_key as given_organisation_key,
        given.raw as given_raw, given.status as given_status, given.suffix as given_suffix, given.value as given_value,
        middle.middle_name as middle_middle_name, middle.middle_name_key as middle_middle_name_key,
        family.family_name as family_family_name, family.family_name_key as family_family_name_key,
        family.given_name as family_given_name, family.given_name_key as family_given_name_key,
        family.match_key as family_match_key, family.middle_name as family_middle_name,
        family.middle_name_key as family_middle_name_key, family.nickname_group as family_nickname_group,
        family.nickname_groups as family_nickname_groups, family.organisation_key as family_organisation_key,
        family.raw as family_raw, family.status as family_status, family.suffix as family_suffix,
        family.value as family_value,
        whole.family_name as whole_family_name, whole.family_name_key as whole_family_name_key,
        whole.given_name as whole_given_name, whole.given_name_key as whole_given_name_key,
        whole.match_key as whole_match_key, whole.middle_name as whole_middle_name,
        whole.middle_name_key as whole_middle_name_key, whole.nickname_group as whole_nickname_group,
        whole.nickname_groups as whole_nickname_groups, whole.organisation_key as whole_organisation_key,
        whole.status as whole_status, whole.suffix as whole_suffix, whole.value as whole_value,
        organisation.match_key as organisation_match_key, organisation.raw as organisation_raw,
        organisation.status as organisation_status, organisation.value as organisation_value,
        whole.given_name_key is not distinct from coalesce(given.given_name_key, whole.given_name_key)
            or given.given_name_key is null as given_agrees,
        whole.family_name_key is not distinct from coalesce(family.family_name_key, whole.family_name_key)
            or family.family_name_key is null as family_agrees,
        coalesce(given.is_organisation, false) or coalesce(family.is_organisation, false)
            or coalesce(whole.is_organisation, false) or guessed.record_key is not null as named_as_organisation
    from staging.source_records as records
    left join staging.parsed_names as given on given.part = 'given' and given.raw = records.given_name
    left join staging.parsed_names as middle on middle.part = 'middle' and middle.raw = records.middle_name
    left join staging.parsed_names as family on family.part = 'family' and family.raw = records.family_name
    left join staging.parsed_names as whole on whole.part = 'full' and whole.raw = records.name
    left join staging.parsed_organisations as organisation on organisation.raw = records.organisation_name
    left join staging.guessed_organisations as guessed on guessed.record_key = records.record_key
), resolved as (
    select
        record_key,
        case when named_as_organisation or (nameless and organisation_raw is not null)
            then 'organisation' else 'person' end as party_type,
        coalesce(given_given_name, family_given_name, case when family_agrees then whole_given_name end) as given_name,
        coalesce(given_given_name_key, family_given_name_key,
            case when family_agrees then whole_given_name_key end) as given_name_key,
        coalesce(given_nickname_group, family_nickname_group,
            case when family_agrees then whole_nickname_group end) as nickname_group,
        coalesce(given_nickname_groups, family_nickname_groups,
            case when family_agrees then whole_nickname_groups end) as nickname_groups,
        coalesce(middle_middle_name, given_middle_name, family_middle_name,
            case when given_agrees and family_agrees then whole_middle_name end) as middle_name,
        coalesce(middle_middle_name_key, given_middle_name_key, family_middle_name_key,
            case when given_agrees and family_agrees then whole_middle_name_key end) as middle_name_key,
        coalesce(family_family_name, case when given_agrees then whole_family_name end) as family_name,
        coalesce(family_family_name_key, case when given_agrees then whole_family_name_key end) as family_name_key,
        coalesce(family_suffix, whole_suffix, given_suffix) as suffix,
        given_match_key, given_organisation_key, given_raw, given_status, given_value, family_match_key,
        family_organisation_key, family_raw, family_status, family_value, whole_match_key, whole_organisation_key,
        whole_status, whole_value, organisation_match_key, organisation_status, organisation_value,
        named_as_organisation,
        coalesce(whole_as_given, parts_as_given) as organisation_as_given,
        [given_status, family_status, case when given_raw is null or family_raw is null then whole_status end] as statuses
    from parsed
), written as (
    select
        *,
        nullif(concat_ws(' ', given_name_key, middle_name_key, family_name_key), '') as parts_key,
        case
            -- Chinese, Japanese and Korean names are written family name first.
            when regexp_matches(family_name, '^[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]+$')
                then coalesce(case when whole_value = family_name || given_name then whole_value end,
                    concat_ws(' ', family_name, given_name))
            else concat_ws(' ', given_name, middle_name, family_name, suffix)
        end as parts_name,
        length(whole_match_key) - length(replace(whole_match_key, ' ', '')) as spaces_in_whole
    from resolved
)
select
    record_key,
    party_type,
    case
        when party_type = 'organisation' and named_as_organisation then trim(organisation_as_given)
        when party_type = 'organisation' then organisation_value
        when spaces_in_whole > coalesce(length(parts_key) - length(replace(parts_key, ' ', '')), -1) then whole_value
        else coalesce(nullif(parts_name, ''), whole_value, family_value, given_value)
    end as name,
    case when party_type = 'person' then coalesce(given_name, given_value) end as given_name,
    case when party_type = 'person' then middle_name end as middle_name,
    case when party_type = 'person' then coalesce(family_name, family_value) end as family_name,
    case
        when party_type = 'organisation' and named_as_organisation then trim(organisation_as_given)
        else organisation_value
    end as organisation_name,
    case
        when party_type = 'organisation' then coalesce(organisation_status, 'valid')
        when list_contains(statuses, 'invalid') then 'invalid'
        when list_contains(statuses, 'placeholder') then 'placeholder'
        when list_contains(statuses, 'valid') then 'valid'
        else 'missing'
    end as name_status,
    case
        when party_type = 'organisation' then null
        when spaces_in_whole > coalesce(length(parts_key) - length(replace(parts_key, ' ', '')), -1) then whole_match_key
        else coalesce(parts_key, whole_match_key)
    end as name_key,
    case when party_type = 'person' then given_name_key end as given_name_key,
    case when party_type = 'person' then nickname_group end as nickname_group,
    case when party_type = 'person' then nickname_groups end as nickname_groups,
    case when party_type = 'person' then middle_name_key end as middle_name_key,
    case when party_type = 'person' then family_name_key end as family_name_key,
    -- What a suffix says of which one of the name: 1 the elder, 2 the younger, 3 his son.
    case
        when regexp_matches(suffix, '(?i)\b(sr|snr|senior)\b') then 1
        when regexp_matches(suffix, '(?i)\b(jr|jnr|junior|ii|2nd|filho)\b') then 2
        when regexp_matches(suffix, '(?i)\b(iii|3rd|neto)\b') then 3
        when regexp_matches(suffix, '(?i)\b(iv|4th)\b') then 4
    end::tinyint as generation,
    case
        when party_type = 'organisation' and named_as_organisation
            then coalesce(whole_organisation_key, nullif(concat_ws(' ', given_match_key, given_organisation_key,
                family_match_key, family_organisation_key), ''))
        else organisation_match_key
    end as organisation_key
from written
