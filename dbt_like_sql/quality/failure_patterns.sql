-- Which rules of a column fail together, on how many rows: all that scores need to know of the failing rows, in a few
-- hundred lines. `rule_ids` are the rules that ran and fail on the same row. Every failing row is counted twice, once by
-- source and owner (`cut` 'owner') and, where somebody entered it, by data-entry user (`cut` 'user').
-- A set of rules is a number while rows are counted, one bit a rule (128 rules a column; more is an error, not a slip).
with rules as (
    select
        rule_id,
        table_name,
        column_name,
        (row_number() over (partition by table_name, column_name order by rule_id) - 1)::uhugeint as position
    from quality.latest_results
    where ran and weight_column
),
failing as (
    select rules.table_name, rules.column_name, rules.position, rows.record_key
    from quality.failing_rows as rows
    join rules on rules.rule_id = rows.rule_id
    where rows.fixed_at is null
    union all
    select rules.table_name, rules.column_name, rules.position, records.record_key
    from golden.crosswalk as records
    join (
        select source_system, customer_id, min(record_key) as record_key
        from golden.crosswalk group by all having count(*) > 1
    ) as first on first.source_system = records.source_system and first.customer_id = records.customer_id
    join rules on rules.rule_id = 'linkage.duplicate_record'
    where records.record_key <> first.record_key
),
failing_rows as (
    select table_name, column_name, record_key, bit_or(1::uhugeint << position) as pattern
    from failing
    group by all
),
counted as (
    select
        failing.table_name,
        failing.column_name,
        failing.pattern,
        if(grouping(rows.created_by) = 0, 'user', 'owner') as cut,
        rows.source_system,
        rows.owner,
        rows.created_by,
        count(*) as rows
    from failing_rows as failing
    join quality.scored_rows as rows
        on rows.table_name = failing.table_name and rows.record_key = failing.record_key
    group by grouping sets (
        (failing.table_name, failing.column_name, failing.pattern, rows.source_system, rows.owner),
        (failing.table_name, failing.column_name, failing.pattern, rows.created_by)
    )
    having grouping(rows.created_by) = 1 or rows.created_by is not null
),
patterns as (
    select found.table_name, found.column_name, found.pattern, list(rules.rule_id order by rules.rule_id) as rule_ids
    from (select distinct table_name, column_name, pattern from counted) as found
    join rules
        on rules.table_name = found.table_name
        and rules.column_name = found.column_name
        and (found.pattern >> rules.position) & 1 = 1
    group by all
)
select
    counted.table_name,
    counted.column_name,
    patterns.rule_ids,
    counted.cut,
    counted.source_system,
    counted.owner,
    counted.created_by,
    counted.rows
from counted
join patterns
    on patterns.table_name = counted.table_name
    and patterns.column_name = counted.column_name
    and patterns.pattern = counted.pattern
order by all
