-- Every purchase and refund of a customer record; refunds are negative.
-- Facts keep the key of their source record; the golden customer is looked up when they are read.
-- materialized: changes by record_key
select
    nullif(trim(source_system), '') || ':' || nullif(trim(source_record_id), '') as record_key,
    nullif(trim(transaction_id), '') as transaction_id,
    nullif(trim(source_system), '') as source_system,
    nullif(trim(source_record_id), '') as source_record_id,
    -- DuckDB's cast drops an offset from UTC, so a moment with one is cast with its zone first.
    case
        when regexp_full_match(trim(occurred_at), '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:?00)?)?')
            then try_cast(trim(occurred_at) as timestamp)
        else try_cast(trim(occurred_at) as timestamptz) at time zone 'UTC'
    end as occurred_at,
    try_cast(trim(amount) as decimal(18, 2)) as amount,
    nullif(upper(trim(currency)), '') as currency,
    nullif(lower(trim(status)), '') as status,
    nullif(trim(product), '') as product,
    nullif(trim(channel), '') as channel
from raw.transactions
