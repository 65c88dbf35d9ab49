-- What each customer has bought, less what was paid back, one row a currency: sums of different currencies mean nothing.
-- Pending and cancelled transactions are no money; a refund counts as money out whatever its sign. An amount without
-- a currency, or dated after the day of the run, is left out (rules of staging.transactions find both).
-- materialized: by customer_id
with today as (
    select max(conventions.as_of) + interval 1 day as ends from staging.source_conventions as conventions
), money as (
    select
        crosswalk.customer_id,
        facts.currency,
        facts.occurred_at,
        case when facts.status = 'settled' then facts.amount end as settled,
        case when facts.status = 'refunded' then abs(facts.amount) end as refunded
    from staging.transactions as facts
    join golden.crosswalk as crosswalk on crosswalk.record_key = facts.record_key
    cross join today
    where facts.currency is not null
        and facts.amount is not null
        and facts.status in ('settled', 'refunded')
        and (facts.occurred_at is null or facts.occurred_at < today.ends)
)
select
    money.customer_id,
    money.currency,
    count(money.settled) as settled_transactions,
    coalesce(sum(money.settled), 0) as settled_amount,
    count(money.refunded) as refunds,
    coalesce(sum(money.refunded), 0) as refunded_amount,
    coalesce(sum(money.settled), 0) - coalesce(sum(money.refunded), 0) as lifetime_value,
    min(money.occurred_at) as first_transaction_at,
    max(money.occurred_at) as last_transaction_at
from money
group by money.customer_id, money.currency
