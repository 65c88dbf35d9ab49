-- Every consent, refusal and withdrawal a source record states, with its date, method and the evidence as it arrived.
with stated as (
    select record_key, source_system, source_record_id, unnest(consents) as consent
    from staging.source_records where consents is not null
)
select
    stated.record_key,
    stated.source_system,
    stated.source_record_id,
    stated.consent.purpose as purpose,
    stated.consent.status as status,
    case
        when regexp_full_match(stated.consent.given_at, '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(stated.consent.given_at as timestamp)
        else given.moment
    end as given_at,
    stated.consent.given_at as given_at_as_given,
    stated.consent.method as method,
    stated.consent.evidence as evidence
from stated
join staging.record_context as context on context.record_key = stated.record_key
left join staging.parsed_dates as given
    on given.raw = stated.consent.given_at and given.date_order = context.date_order and given.status = 'valid'
