-- What the records of a customer together said on a purpose, from each dated statement to the next (valid_to NULL: until
-- today; valid_from NULL: by what has no date, before the first that has one).
-- A grant counts with date and method only. A later one beats an older refusal, a later refusal an older grant. Where
-- dates cannot tell which came last, the customer is not to be contacted until somebody has asked.
-- A date before 1900 or after the day of the run is no date; a status nobody mapped may hide a refusal and is treated as
-- an undated one.
-- materialized: by customer_id
with today as (
    select timestamp '1900-01-01' as begins, max(conventions.as_of) + interval 1 day as ends
    from staging.source_conventions as conventions
), statements as (
    select
        crosswalk.customer_id,
        consents.purpose,
        consents.record_key,
        consents.method,
        case
            when consents.status in ('granted', 'denied', 'withdrawn', 'unknown') then consents.status
            when consents.status is null then 'unknown'
            else 'deny_until_clarified'
        end as status,
        case
            when consents.status in ('granted', 'denied', 'withdrawn', 'unknown')
                and consents.given_at >= today.begins and consents.given_at < today.ends
                then consents.given_at
        end as stated_at
    from staging.consents as consents
    join golden.crosswalk as crosswalk on crosswalk.record_key = consents.record_key
    cross join today
    where consents.purpose is not null
), moments as (
    select
        statements.customer_id,
        statements.purpose,
        statements.stated_at,
        count(*) as statements,
        count(*) filter (statements.status = 'granted') as grants,
        count(*) filter (statements.status in ('denied', 'withdrawn', 'deny_until_clarified')) as refusals,
        min({record_key: statements.record_key, method: statements.method})
            filter (statements.status = 'granted' and statements.stated_at is not null and statements.method is not null)
            as proven,
        min({record_key: statements.record_key, method: statements.method}) filter (statements.status = 'granted')
            as granted,
        min({record_key: statements.record_key, method: statements.method, status: statements.status})
            filter (statements.status in ('denied', 'withdrawn', 'deny_until_clarified')) as refused,
        min({record_key: statements.record_key, method: statements.method}) as stated
    from statements
    group by statements.customer_id, statements.purpose, statements.stated_at
), so_far as (
    select
        moments.customer_id,
        moments.purpose,
        moments.stated_at as valid_from,
        lead(moments.stated_at) over later as valid_to,
        sum(moments.statements) over until_then as statements,
        sum(moments.grants) over until_then as grants,
        sum(moments.refusals) over until_then as refusals,
        coalesce(sum(case when moments.stated_at is null then moments.grants end) over until_then, 0) as undated_grants,
        coalesce(sum(case when moments.stated_at is null then moments.refusals end) over until_then, 0)
            as undated_refusals,
        max(case when moments.proven is not null then moments.stated_at end) over until_then as proven_at,
        max(case when moments.granted is not null then moments.stated_at end) over until_then as granted_at,
        max(case when moments.refused is not null then moments.stated_at end) over until_then as refused_at,
        last_value(moments.proven ignore nulls) over until_then as proven,
        last_value(moments.granted ignore nulls) over until_then as granted,
        last_value(moments.refused ignore nulls) over until_then as refused,
        moments.stated
    from moments
    window
        later as (partition by moments.customer_id, moments.purpose order by moments.stated_at nulls first),
        until_then as (
            partition by moments.customer_id, moments.purpose order by moments.stated_at nulls first
            rows between unbounded preceding and current row
        )
), resolved as (
    select
        so_far.*,
        case
            when so_far.grants = 0 and so_far.refusals = 0 then 'unknown'
            when so_far.refusals = 0 then 'granted'
            when so_far.grants = 0 then so_far.refused.status
            when so_far.undated_refusals = 0 and so_far.proven_at > so_far.refused_at then 'granted'
            when so_far.undated_grants = 0 and (so_far.proven_at is null or so_far.proven_at < so_far.refused_at)
                then so_far.refused.status
            else 'deny_until_clarified'
        end as status
    from so_far
)
select
    resolved.customer_id,
    resolved.purpose,
    case resolved.purpose
        when 'marketing_email' then 'email'
        when 'marketing_sms' then 'sms'
        when 'marketing_phone' then 'phone'
    end as channel,
    resolved.status,
    resolved.status = 'granted' and resolved.proven is not null as usable,
    case
        when resolved.status = 'unknown' then resolved.stated.record_key
        when resolved.status <> 'granted' then resolved.refused.record_key
        else coalesce(resolved.proven.record_key, resolved.granted.record_key)
    end as record_key,
    case
        when resolved.status = 'unknown' then resolved.valid_from
        when resolved.status <> 'granted' then resolved.refused_at
        else coalesce(resolved.proven_at, resolved.granted_at)
    end as given_at,
    case
        when resolved.status = 'unknown' then resolved.stated.method
        when resolved.status <> 'granted' then resolved.refused.method
        else coalesce(resolved.proven.method, resolved.granted.method)
    end as method,
    case
        when resolved.status = 'unknown' then 'no record says yes or no'
        when resolved.status = 'granted' and resolved.proven is null and resolved.granted_at is null
            then 'granted, but no grant has a date that can be relied on'
        when resolved.status = 'granted' and resolved.proven is null then 'granted, but no dated grant says how'
        when resolved.status = 'granted' and resolved.refusals > 0 then 'granted again after the last refusal'
        when resolved.status = 'granted' then 'granted with date and method'
        when resolved.status = 'deny_until_clarified' and resolved.grants = 0 then 'a status nobody has mapped'
        when resolved.status = 'deny_until_clarified' then 'granted and refused, and dates cannot tell which came last'
        when resolved.grants > 0 then 'refused, and no grant with date and method came later'
        else 'refused'
    end as reason,
    resolved.statements::bigint as statements,
    resolved.valid_from,
    resolved.valid_to
from resolved
