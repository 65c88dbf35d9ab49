-- How long findings take to be corrected, by source, owner of the rule and class of the column (none, personal, sensitive).
-- An opening counts once; it is corrected when a run found it mended, not when somebody closed it by hand.
with openings as (
    select
        times.source,
        times.owner,
        coalesce(dictionary.classification, 'none') as classification,
        times.ended_by,
        times.hours_to_resolve,
        times.resolved_at <= times.due_at as in_time,
        times.ended_by is null and issues.status in ('open', 'acknowledged') as is_open,
        times.due_at < run.measured_at as is_overdue
    from quality.issue_times as times
    join quality.issues as issues on issues.issue_id = times.issue_id
    left join quality.dictionary as dictionary
        on dictionary.table_name = issues.table_name and dictionary.column_name = issues.column_name
    cross join quality.run as run
)
select
    openings.source,
    openings.owner,
    openings.classification,
    count(*) as openings,
    count(*) filter (openings.is_open) as open,
    count(*) filter (openings.is_open and openings.is_overdue) as late,
    count(*) filter (openings.ended_by = 'resolved') as corrected,
    count(*) filter (openings.ended_by = 'resolved' and openings.in_time) as corrected_in_time,
    median(openings.hours_to_resolve) filter (openings.ended_by = 'resolved') as median_hours,
    quantile_cont(openings.hours_to_resolve, 0.9) filter (openings.ended_by = 'resolved') as slow_hours
from openings
group by openings.source, openings.owner, openings.classification
