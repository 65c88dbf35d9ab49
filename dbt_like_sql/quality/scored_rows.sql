-- Every row that is scored, once: its table, its key as the ledger of failing rows names it, its source, its owner and
-- the user or form that entered it (`created_by`, after the source whose user it is). Owner and user are those of the
-- source record; golden customers have neither, and facts no user: whoever entered the customer did not enter them.
with owners as (
    select
        record_key,
        min(source_system) as source_system,
        coalesce(min(owner), '(no owner)') as owner,
        min(source_system) || ':' || coalesce(min(created_by), '(not said)') as created_by
    from staging.customers
    group by record_key
)
select 'staging.customers' as table_name, record_key, source_system, owner, created_by
from owners
union all
select 'staging.contact_points', record_key, source_system, owner, created_by
from owners semi join staging.contact_points as points on points.record_key = owners.record_key
union all
select 'staging.consents', record_key, source_system, owner, created_by
from owners semi join staging.consents as consents on consents.record_key = owners.record_key
union all
select distinct
    'staging.interactions', facts.interaction_id, facts.source_system, coalesce(owners.owner, '(no owner)'), null
from staging.interactions as facts
left join owners on owners.record_key = facts.record_key
union all
select distinct
    'staging.transactions', facts.transaction_id, facts.source_system, coalesce(owners.owner, '(no owner)'), null
from staging.transactions as facts
left join owners on owners.record_key = facts.record_key
union all
select distinct 'golden.customers', customer_id, null, null, null
from golden.customers
