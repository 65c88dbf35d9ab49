-- Every consent, refusal and withdrawal a source record states, with its date, method and the evidence as it arrived.
-- materialized: by record_key
with stated as (
    select record_key, source_system, source_record_id, contract_id, unnest(consents) as consent
    from staging.source_records where consents is not null
), corrected as (
    select record_key, before, max(after)::timestamp as given_at
    from quality.corrections
    where applied and column_name = 'consents.given_at'
    group by record_key, before
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
        else coalesce(corrected.given_at, given.moment)
    end as given_at,
    stated.consent.given_at as given_at_as_given,
    stated.consent.method as method,
    stated.consent.evidence as evidence
from stated
join staging.source_conventions as conventions on conventions.contract_id = stated.contract_id
left join staging.date_readings as given
    on given.raw = stated.consent.given_at and given.date_order = conventions.date_order and given.status = 'valid'
left join corrected on corrected.record_key = stated.record_key and corrected.before = stated.consent.given_at
