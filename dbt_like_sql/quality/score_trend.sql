-- The overall score of every published version and of this run, oldest first, with what else changed at each.
-- `actual`: as published. `like_for_like`: what it would have been by today's rules and weights as far as can be told:
-- today's score less all that the data did since (`same_rules_points`, the move by the rules two successive runs have in
-- common). The two lines meet today; where they part, rules or weights were changed, not data. NULL before a run whose
-- move is not known. A chain of differences, it is not bound to 0 and 100. Both are rounded down to two decimals.
with scores as (
    select history.*
    from quality.score_history as history
    cross join quality.run as run
    where history.run_id <> run.run_id
        and (
            history.run_id is not distinct from run.previous_run_id
            or history.run_id in (select run_id from quality.publications)
        )
    union all by name
    select * from quality.scores
),
moves as (
    select run_id, max(points) filter (kind = 'same_rules') as points, bool_or(kind = 'weights') as weights_changed
    from quality.score_moves
    group by run_id
),
sources as (
    select run_id, list(scope order by scope) as sources from scores where scope_type = 'source' group by run_id
),
runs as (
    select
        scores.run_id,
        scores.measured_at,
        scores.score as actual,
        100 - scores.impact as exact,
        scores.coverage,
        scores.rule_set_hash,
        scores.model_hash,
        moves.points,
        coalesce(moves.weights_changed, false) as weights_changed,
        coalesce(sources.sources, []::varchar[]) as sources
    from scores
    left join moves on moves.run_id = scores.run_id
    left join sources on sources.run_id = scores.run_id
    where scores.scope_type = 'overall'
),
chained as (
    select
        *,
        last_value(exact) over (order by measured_at, run_id rows between unbounded preceding and unbounded following)
            as newest,
        coalesce(sum(points) over later, 0) as since,
        count(*) over later as runs_since,
        count(points) over later as known_since,
        lag(rule_set_hash) over runs_in_time as rule_set_before,
        lag(model_hash) over runs_in_time as model_before,
        lag(sources) over runs_in_time as sources_before
    from runs
    window
        runs_in_time as (order by measured_at, run_id),
        later as (order by measured_at, run_id rows between 1 following and unbounded following)
)
select
    run_id,
    measured_at,
    actual,
    if(known_since = runs_since, floor((newest - since) * 100 + 1e-6) / 100, null) as like_for_like,
    points as same_rules_points,
    coverage,
    rule_set_hash,
    model_hash,
    sources,
    coalesce(rule_set_hash is distinct from rule_set_before and sources_before is not null, false) as rules_changed,
    weights_changed,
    coalesce(model_hash is distinct from model_before and sources_before is not null, false) as model_changed,
    if(sources_before is null, [], list_filter(sources, lambda source: not list_contains(sources_before, source)))
        as sources_new,
    if(sources_before is null, [], list_filter(sources_before, lambda source: not list_contains(sources, source)))
        as sources_absent
from chained
order by measured_at, run_id
