-- Every interaction with the customer its record belongs to today; NULL where the record is unknown or held back.
-- materialized: view
select
    crosswalk.customer_id,
    facts.interaction_id,
    facts.record_key,
    facts.source_system,
    facts.channel,
    facts.direction,
    facts.occurred_at,
    facts.subject,
    facts.agent,
    facts.outcome
from staging.interactions as facts
left join golden.crosswalk as crosswalk on crosswalk.record_key = facts.record_key
