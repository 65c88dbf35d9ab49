-- Every automatic change of what a value means: proposed where its rule finds it, applied where the rule is switched on
-- and sure enough (quality.correction_rules). The staging tables take from here what is applied and nothing else.
-- materialized: changes by record_key
with written_emails as (
    select record_key, source_system, 'email' as column_name, email as before
    from staging.source_records where email is not null
    union all
    select record_key, source_system, 'contact_points.value', point.value
    from (
        select record_key, source_system, unnest(contact_points) as point
        from staging.source_records where contact_points is not null
    )
    where point.channel = 'email'
), written_dates as (
    select record_key, source_system, contract_id, 'birthdate' as column_name, birthdate as before
    from staging.source_records where birthdate is not null
    union all
    select record_key, source_system, contract_id, 'created_at', created_at
    from staging.source_records where created_at is not null
    union all
    select record_key, source_system, contract_id, 'updated_at', updated_at
    from staging.source_records where updated_at is not null
    union all
    select record_key, source_system, contract_id, 'last_activity_at', last_activity_at
    from staging.source_records where last_activity_at is not null
    union all
    select record_key, source_system, contract_id, 'consents.given_at', consent.given_at
    from (
        select record_key, source_system, contract_id, unnest(consents) as consent
        from staging.source_records where consents is not null
    )
    where consent.given_at is not null
), proposals as (
    -- Distinct here, where few are left: one text written in two fields of a record is one proposal.
    select distinct written.record_key, written.source_system, written.column_name, 'email.domain_slip' as rule_id,
        written.before, emails.suggestion as after, null::double as measured_confidence
    from written_emails as written
    join staging.parsed_emails as emails on emails.raw = written.before
    where emails.suggestion is not null and emails.status = 'valid'
    union all
    select distinct written.record_key, written.source_system, written.column_name, unnest(dates.rule_ids), written.before,
        case written.column_name when 'birthdate' then dates.meant_day::varchar else dates.meant_moment::varchar end,
        null
    from written_dates as written
    join staging.source_conventions as conventions on conventions.contract_id = written.contract_id
    join staging.date_readings as dates on dates.raw = written.before and dates.date_order = conventions.date_order
    where len(dates.rule_ids) > 0
        -- A day number is believed where it makes nobody unborn or older than a hundred; 25569 is 1970-01-01, no date.
        and (not list_contains(dates.rule_ids, 'birthdate.spreadsheet_day') or (
            dates.meant_day between conventions.as_of - interval 100 year and conventions.as_of
            and dates.meant_day <> date '1970-01-01'))
    union all
    select swapped.record_key, records.source_system, part.column_name, 'name.swapped', part.before, part.after,
        swapped.confidence
    from staging.swapped_names as swapped
    join staging.person_names as names on names.record_key = swapped.record_key
    join staging.source_records as records on records.record_key = swapped.record_key
    cross join lateral (
        select 'given_name' as column_name, names.given_name as before, names.family_name as after
        union all
        select 'family_name', names.family_name, names.given_name
    ) as part
), judged as (
    select
        proposals.* exclude (measured_confidence),
        coalesce(proposals.measured_confidence, rules.confidence) as confidence,
        coalesce(rules.enabled and coalesce(proposals.measured_confidence, rules.confidence) >= rules.apply_from, false)
            as is_sure,
        rules.rule_id is not null and (not rules.measured or proposals.measured_confidence >= rules.confidence)
            as is_proposed
    from proposals
    left join quality.correction_rules as rules
        on rules.rule_id = proposals.rule_id and list_contains(rules.columns, proposals.column_name)
), decided as (
    -- A value that takes two rules to read needs both.
    select *, bool_and(is_sure) over (partition by record_key, column_name, before) as applied from judged
)
select record_key, source_system, column_name, rule_id, before, after, confidence, applied
from decided
where is_proposed
