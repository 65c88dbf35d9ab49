-- What holds today for each customer and purpose, by the statements of all the customer's records, with the one that
-- decides and the reason. `usable`: granted, with date and method; everything else is a no.
-- materialized: view
select
    history.customer_id,
    history.purpose,
    history.channel,
    history.status,
    history.usable,
    history.record_key,
    history.given_at,
    history.method,
    history.reason,
    history.statements
from golden.consent_history as history
where history.valid_to is null
