-- Every row that is scored, once: its table, its key as the ledger of failing rows names it, its source and its owner.
-- The owner is that of the source record; golden customers belong to no source and to no owner of one.
with owners as (
    select record_key, min(source_system) as source_system, coalesce(min(owner), '(no owner)') as owner
    from staging.customers
    group by record_key
),
records as (
    select 'staging.customers' as table_name, record_key from owners
    union all
    select distinct 'staging.contact_points', record_key from staging.contact_points
    union all
    select distinct 'staging.consents', record_key from staging.consents
)
select records.table_name, records.record_key, owners.source_system, owners.owner
from records
join owners on owners.record_key = records.record_key
union all
select distinct 'staging.interactions', facts.interaction_id, facts.source_system, coalesce(owners.owner, '(no owner)')
from staging.interactions as facts
left join owners on owners.record_key = facts.record_key
union all
select distinct 'staging.transactions', facts.transaction_id, facts.source_system, coalesce(owners.owner, '(no owner)')
from staging.transactions as facts
left join owners on owners.record_key = facts.record_key
union all
select distinct 'golden.customers', customer_id, null, null
from golden.customers
