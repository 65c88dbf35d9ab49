-- People whose given and family name probably stand in each other's field, with the probability.
-- Naive Bayes over the words of both names: how often a word is a given name and how often a family name in all
-- records, its own left out. A twentieth of an occurrence is added to each, so that a word never seen elsewhere proves
-- nothing. Known given names count as seen three times more. One record in a hundred is taken to be swapped before its
-- words are looked at. Only those more probably swapped than not are here.
with people as (
    select record_key, given_name_key, family_name_key
    from staging.person_names
    where party_type = 'person' and name_status = 'valid' and given_name_key <> family_name_key
), given as (
    select given_name_key as name_key, count(*) as records from people group by given_name_key
), family as (
    select family_name_key as name_key, count(*) as records from people group by family_name_key
), words as (
    select unnest(string_split(name_key, ' ')) as word, records as given, 0 as family from given
    union all
    select unnest(string_split(name_key, ' ')), 0, records from family
    union all
    select name_key, 3, 0 from staging.known_given_names
), counted as (
    select word, sum(given) + 0.05 as given, sum(family) + 0.05 as family from words group by word
), given_words as (
    select name_key, unnest(string_split(name_key, ' ')) as word from given
), family_words as (
    select name_key, unnest(string_split(name_key, ' ')) as word from family
), given_odds as (
    -- Of a value in the field of given names: the log odds that it is a family name.
    select given_words.name_key, sum(ln(counted.family / greatest(counted.given - 1, 0.05))) as log_odds
    from given_words join counted on counted.word = given_words.word
    group by given_words.name_key
    having log_odds > -4
), family_odds as (
    select family_words.name_key, sum(ln(counted.given / greatest(counted.family - 1, 0.05))) as log_odds
    from family_words join counted on counted.word = family_words.word
    group by family_words.name_key
    having log_odds > -4
)
select
    people.record_key,
    people.given_name_key,
    people.family_name_key,
    1 / (1 + 99 * exp(-(given_odds.log_odds + family_odds.log_odds))) as confidence
from people
join given_odds on given_odds.name_key = people.given_name_key
join family_odds on family_odds.name_key = people.family_name_key
where given_odds.log_odds + family_odds.log_odds > ln(99)
