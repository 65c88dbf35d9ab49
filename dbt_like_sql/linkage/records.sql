-- What linkage compares, one row per source record that is not held back: matching forms only; a missing, invalid or
-- placeholder value is NULL.
with small_words as (
    -- Come and go, and prove nothing: Leach and Sullivan, Leach & Sullivan; al-Masri, Masri; de la Cruz, Cruz.
    select string_split('and und et y e en og och i of the al el ul bin ibn de la le del da do dos di du van von der den', ' ')
        as small
), forms as (
    select
        match_forms.*,
        case match_forms.party_type when 'organisation' then organisation_key else name_key end as full_name,
        list_filter(
            string_split(case match_forms.party_type when 'organisation' then organisation_key else name_key end, ' '),
            lambda word: not list_contains(small, word)
        ) as words,
        list_filter(string_split(given_name_key, ' '), lambda word: not list_contains(small, word)) as given_words,
        list_filter(string_split(family_name_key, ' '), lambda word: not list_contains(small, word)) as family_words,
        -- An invalid date is no birthdate, but its digits are still evidence: 1840-12-47 is 1840-12-17 with a slip.
        -- Where only the year, or year and month, are known, the text ends there.
        coalesce(
            strftime(match_forms.birthdate, '%Y-%m-%d'),
            case when customers.birthdate_status = 'invalid'
                then nullif(regexp_replace(
                    regexp_extract(customers.birthdate_as_given, '^((?:1\d|20)\d{2}[-/. ]?\d{2}[-/. ]?\d{2})\b', 1),
                    '^(\d{4})[-/. ]?(\d{2})[-/. ]?(\d{2})$', '\1-\2-\3'), '')
            end,
            printf('%04d-%02d', birth_year, birth_month),
            birth_year::varchar
        ) as birthdate_text,
        nullif(replace(postal_code_key, ' ', ''), '') as postal_code,
        regexp_replace(lower(email_local_part), '[^a-z]', '', 'g') as email_letters
    from small_words, staging.match_forms
    join staging.customers using (record_key)
    where match_forms.record_key not in (select record_key from quality.held_records where released_at is null)
), spoken as (
    select record_key, party_type, full_name, unnest(words) as word,
        given_words[1] as given_word, family_words
    from forms
), sounds as (
    -- How a word sounds: its consonants, those that languages write differently taken for one, doubles once; a vowel
    -- only at the beginning. Mohammed and Muhammad, Aleksandr and Alexander, Mueller and Muller, Zhadan and Jadan.
    select word, case
        when length(word) < 4 then word
        else regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            translate(replace(replace(replace(regexp_replace(
                '^' || word, '\^[aeiouy]+', 'A'), 'zh', 'j'), 'ph', 'f'), 'x', 'ks'), 'cqwvz', 'kkffs'),
            '(b)b+|(d)d+|(f)f+|(g)g+|(j)j+|(k)k+|(l)l+', '\1\2\3\4\5\6\7', 'g'),
            '(m)m+|(n)n+|(p)p+|(r)r+|(s)s+|(t)t+', '\1\2\3\4\5\6', 'g'),
            '[aeiouy^]', '', 'g'), '(.)h+', '\1', 'g')
        end as sound
    from (select distinct word from spoken)
), spoken_sounds as materialized (
    -- In a step of its own: joined at once with the next, DuckDB 2.0 may pair all words with all sounds first.
    select spoken.*, sound from spoken join sounds using (word)
), rarities as (
    select party_type, sound, count(distinct full_name) as names from spoken_sounds group by all
), heard as (
    select
        record_key,
        list_sort(list(distinct sound)) as sound_words,
        string_agg(sound, ' ' order by sound) filter (list_contains(family_words, word)) as family_sound,
        min(sound) filter (word = given_word) as given_sound,
        first(sound order by names, length(sound) desc, sound) as telling_word
    from spoken_sounds join rarities using (party_type, sound)
    group by record_key
)
select
    record_key,
    source_system,
    source_record_id,
    party_type,
    full_name,
    list_sort(list_distinct(string_split(full_name, ' '))) as name_parts,
    array_to_string(list_sort(list_distinct(string_split(full_name, ' '))), ' ') as sorted_name,
    replace(full_name, ' ', '') as joined_name,
    case when party_type = 'person' and (given_name_key is null or family_name_key is null)
        then full_name end as unparted_name,
    sound_words,
    array_to_string(sound_words, ' ') as sound_name,
    telling_word,
    case party_type when 'person' then given_name_key end as given_name,
    case party_type when 'person' then given_words end as given_words,
    case party_type when 'person' then given_sound end as given_sound,
    case party_type when 'person' then nickname_groups end as nickname_groups,
    case party_type when 'person' then nickname_group end as nickname_group,
    case party_type when 'person' then family_name_key end as family_name,
    case party_type when 'person' then family_words end as family_words,
    case party_type when 'person' then family_sound end as family_sound,
    -- What stands in the whole name beside these two: middle names, maiden names, titles.
    case when party_type = 'person' then nullif(list_filter(
        list_distinct(string_split(concat_ws(' ', name_key, middle_name_key), ' ')),
        lambda part: not list_contains(string_split(concat_ws(' ', given_name_key, family_name_key), ' '), part)
    ), []) end as other_names,
    generation,
    gender,
    birthdate_text,
    case when length(birthdate_text) = 10 then right(birthdate_text, 5) end as birthday,
    left(birthdate_text, 4) as birth_year,
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
    case party_type when 'organisation' then array_to_string(words, ' ') end as organisation,
    case party_type when 'organisation' then words end as organisation_words,
    case when party_type = 'organisation' and len(words) > 2
        then array_to_string(list_transform(words, lambda word: left(word, 1)), '') end as acronym,
    case party_type when 'person' then organisation_key end as employer,
    job_title_key as job_title,
    national_id_key as national_id
from forms
left join heard using (record_key)
