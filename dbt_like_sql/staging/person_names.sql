-- The name of every source record, resolved from its parts or, where they are missing, from the whole name.
-- A part of the name wins over the same part read from the whole; the whole fills a gap only where it does not
-- contradict the part that is there.
with parsed as (
    select
        records.record_key,
        records.name as whole_as_given,
        concat_ws(' ', records.given_name, records.family_name) as parts_as_given,
        records.name is null and records.given_name is null and records.family_name is null as nameless,
        given,
        middle,
        family,
        whole,
        organisation,
        whole.given_name_key is not distinct from coalesce(given.given_name_key, whole.given_name_key)
            or given.given_name_key is null as given_agrees,
        whole.family_name_key is not distinct from coalesce(family.family_name_key, whole.family_name_key)
            or family.family_name_key is null as family_agrees,
        coalesce(given.is_organisation, false) or coalesce(family.is_organisation, false)
            or coalesce(whole.is_organisation, false) as named_as_organisation
    from staging.source_records as records
    left join staging.parsed_names as given on given.part = 'given' and given.raw = records.given_name
    left join staging.parsed_names as middle on middle.part = 'middle' and middle.raw = records.middle_name
    left join staging.parsed_names as family on family.part = 'family' and family.raw = records.family_name
    left join staging.parsed_names as whole on whole.part = 'full' and whole.raw = records.name
    left join staging.parsed_organisations as organisation on organisation.raw = records.organisation_name
), resolved as (
    select
        record_key,
        case when named_as_organisation or (nameless and organisation.raw is not null)
            then 'organisation' else 'person' end as party_type,
        coalesce(given.given_name, family.given_name, case when family_agrees then whole.given_name end) as given_name,
        coalesce(given.given_name_key, family.given_name_key,
            case when family_agrees then whole.given_name_key end) as given_name_key,
        coalesce(given.nickname_group, family.nickname_group,
            case when family_agrees then whole.nickname_group end) as nickname_group,
        coalesce(given.nickname_groups, family.nickname_groups,
            case when family_agrees then whole.nickname_groups end) as nickname_groups,
        coalesce(middle.middle_name, given.middle_name, family.middle_name,
            case when given_agrees and family_agrees then whole.middle_name end) as middle_name,
        coalesce(middle.middle_name_key, given.middle_name_key, family.middle_name_key,
            case when given_agrees and family_agrees then whole.middle_name_key end) as middle_name_key,
        coalesce(family.family_name, case when given_agrees then whole.family_name end) as family_name,
        coalesce(family.family_name_key, case when given_agrees then whole.family_name_key end) as family_name_key,
        coalesce(family.suffix, whole.suffix, given.suffix) as suffix,
        given,
        family,
        whole,
        organisation,
        named_as_organisation,
        coalesce(whole_as_given, parts_as_given) as organisation_as_given,
        [given.status, family.status, case when given.raw is null or family.raw is null then whole.status end] as statuses
    from parsed
), written as (
    select
        *,
        nullif(concat_ws(' ', given_name_key, middle_name_key, family_name_key), '') as parts_key,
        case
            -- Chinese, Japanese and Korean names are written family name first.
            when regexp_matches(family_name, '^[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]+$')
                then concat_ws(' ', family_name, given_name)
            else concat_ws(' ', given_name, middle_name, family_name, suffix)
        end as parts_name,
        length(whole.match_key) - length(replace(whole.match_key, ' ', '')) as spaces_in_whole
    from resolved
)
select
    record_key,
    party_type,
    case
        when party_type = 'organisation' and named_as_organisation then trim(organisation_as_given)
        when party_type = 'organisation' then organisation.value
        when spaces_in_whole > coalesce(length(parts_key) - length(replace(parts_key, ' ', '')), -1) then whole.value
        else coalesce(nullif(parts_name, ''), whole.value, family.value, given.value)
    end as name,
    case when party_type = 'person' then coalesce(given_name, given.value) end as given_name,
    case when party_type = 'person' then middle_name end as middle_name,
    case when party_type = 'person' then coalesce(family_name, family.value) end as family_name,
    case
        when party_type = 'organisation' and named_as_organisation then trim(organisation_as_given)
        else organisation.value
    end as organisation_name,
    case
        when party_type = 'organisation' then coalesce(organisation.status, 'valid')
        when list_contains(statuses, 'invalid') then 'invalid'
        when list_contains(statuses, 'placeholder') then 'placeholder'
        when list_contains(statuses, 'valid') then 'valid'
        else 'missing'
    end as name_status,
    case
        when party_type = 'organisation' then null
        when spaces_in_whole > coalesce(length(parts_key) - length(replace(parts_key, ' ', '')), -1) then whole.match_key
        else coalesce(parts_key, whole.match_key)
    end as name_key,
    case when party_type = 'person' then given_name_key end as given_name_key,
    case when party_type = 'person' then nickname_group end as nickname_group,
    case when party_type = 'person' then nickname_groups end as nickname_groups,
    case when party_type = 'person' then middle_name_key end as middle_name_key,
    case when party_type = 'person' then family_name_key end as family_name_key,
    case
        when party_type = 'organisation' and named_as_organisation
            then coalesce(whole.organisation_key, nullif(concat_ws(' ', given.match_key, given.organisation_key,
                family.match_key, family.organisation_key), ''))
        else organisation.match_key
    end as organisation_key
from written
