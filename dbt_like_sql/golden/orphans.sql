-- Facts that belong to no customer, and why: they name no record, one that is unknown, one that is held back, or one
-- that retention removed before the time of the fact itself was up.
-- materialized: view
with facts as (
    select 'interaction' as kind, interactions.interaction_id as fact_id, interactions.record_key,
        interactions.source_system, interactions.occurred_at
    from golden.interactions as interactions
    where interactions.customer_id is null
    union all
    select 'transaction', transactions.transaction_id, transactions.record_key, transactions.source_system,
        transactions.occurred_at
    from golden.transactions as transactions
    where transactions.customer_id is null
)
select
    facts.kind,
    facts.fact_id,
    facts.record_key,
    facts.source_system,
    facts.occurred_at,
    case
        when facts.record_key is null then 'no_record_key'
        when records.record_key is not null then 'held_record'
        when removed.record_key is not null then 'removed_record'
        else 'unknown_record'
    end as reason
from facts
left join staging.customers as records on records.record_key = facts.record_key
left join staging.removed_records as removed on removed.record_key = facts.record_key
