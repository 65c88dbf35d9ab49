-- Every e-mail, call, chat and social media contact with a customer record.
-- Facts keep the key of their source record; the golden customer is looked up when they are read.
-- materialized: changes by record_key
select
    nullif(trim(source_system), '') || ':' || nullif(trim(source_record_id), '') as record_key,
    nullif(trim(interaction_id), '') as interaction_id,
    nullif(trim(source_system), '') as source_system,
    nullif(trim(source_record_id), '') as source_record_id,
    case replace(replace(lower(trim(channel)), ' ', '_'), '-', '_')
        when 'email' then 'email'
        when 'e_mail' then 'email'
        when 'phone' then 'phone'
        when 'social_media' then 'social_media'
        when 'live_chat' then 'live_chat'
        else nullif(trim(channel), '')
    end as channel,
    nullif(lower(trim(direction)), '') as direction,
    -- DuckDB's cast drops an offset from UTC, so a moment with one is cast with its zone first.
    case
        when regexp_full_match(trim(occurred_at), '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(trim(occurred_at) as timestamp)
        else try_cast(trim(occurred_at) as timestamptz) at time zone 'UTC'
    end as occurred_at,
    nullif(trim(subject), '') as subject,
    nullif(trim(agent), '') as agent,
    nullif(trim(outcome), '') as outcome
from raw.interactions
