-- Records whose whole name reads as a person's and is more probably an organisation's, told by the other names in the
-- data: "Acme Trading" beside "Acme Trading LLC". Only records with nothing but a whole name to go by are guessed: who
-- has a given or family name of its own, a birthdate, gender, job title, employer or form of address is a person.
-- A whole name that is a known organisation's without its legal form is one. Else naive Bayes over the words: how often
-- each is in names of known organisations and of people; names still to be guessed count a quarter each, as people's,
-- known given names three. Half an occurrence is added to each, so that a word never seen proves nothing.
-- materialized: changes by record_key
with named as (
    select
        records.record_key,
        whole.organisation_key,
        whole.is_organisation,
        records.given_name is not null or records.family_name is not null or records.birthdate is not null
            or records.gender is not null or records.job_title is not null or records.organisation_name is not null
            or whole.title is not null as is_person
    from staging.source_records as records
    join staging.parsed_names as whole on whole.part = 'full' and whole.raw = records.name
    where whole.status = 'valid' and whole.organisation_key is not null
), names as (
    select organisation_key, bool_or(is_organisation) as is_organisation,
        bool_or(is_person and not is_organisation) as is_person
    from named group by organisation_key
), guessed as (
    select organisation_key, unnest(list_distinct(string_split(organisation_key, ' '))) as word
    from names where not is_person and not is_organisation
), wanted as (
    select distinct word from guessed
), uses as (
    select 1 as organisations, 0 as people, unnest(list_distinct(string_split(organisation_key, ' '))) as word
    from names where is_organisation
    union all
    select 1, 0, unnest(list_distinct(string_split(match_key, ' '))) from staging.parsed_organisations
    union all
    select 0, case when is_person then 1 else 0.25 end, unnest(list_distinct(string_split(organisation_key, ' ')))
    from names where not is_organisation
    union all
    select 0, 1, unnest(list_distinct(string_split(match_key, ' ')))
    from staging.parsed_names where part in ('given', 'family')
    union all
    select 0, 3, name_key from staging.known_given_names
), counted as (
    select word, sum(organisations) + 0.5 as organisations, sum(people) + 0.5 as people
    from uses semi join wanted using (word) group by word
), judged as (
    select guessed.organisation_key, sum(ln(organisations / greatest(people - 0.25, 0.5))) as log_odds
    from guessed join counted using (word)
    group by guessed.organisation_key
)
select named.record_key, named.organisation_key, 1 / (1 + exp(-judged.log_odds)) as confidence
from named join judged on judged.organisation_key = named.organisation_key
where judged.log_odds > ln(5) and not named.is_person
union all
select named.record_key, named.organisation_key, 1
from named join names on names.organisation_key = named.organisation_key
where names.is_organisation and not names.is_person and not named.is_organisation
