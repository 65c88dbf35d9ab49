-- Every transaction with the customer its record belongs to today; NULL where the record is unknown or held back.
-- materialized: view
select
    crosswalk.customer_id,
    facts.transaction_id,
    facts.record_key,
    facts.source_system,
    facts.occurred_at,
    facts.amount,
    facts.currency,
    facts.status,
    facts.product,
    facts.channel
from staging.transactions as facts
left join golden.crosswalk as crosswalk on crosswalk.record_key = facts.record_key
