-- What each date text says by itself, and what it can only be taken to mean: a value that stands on a correction rule
-- is kept apart from the one that does not, and is used where quality.corrections says that the rule is applied.
-- materialized: by raw
with read as (
    select
        *,
        regexp_replace(raw, '[T ,]+\p{Nd}{1,2}:.*$', '') as day_text
    from staging.parsed_dates
), judged as (
    select
        *,
        case
            when reason = 'spreadsheet_day' and len(readings) = 1 then ['birthdate.spreadsheet_day']
            when status = 'valid' then list_filter([
                case when reason = 'other_order' then 'date.other_order' end,
                -- The years of East Asian eras have two digits and are whole years.
                case when not regexp_matches(day_text, '\p{Nd}{4}|\p{Han}|^[MTSHR]\p{Nd}')
                    or regexp_full_match(day_text, '\p{Nd}{6}') then 'date.two_digit_year' end
            ], lambda rule: rule is not null)
            else []
        end as rule_ids
    from read
)
select
    raw,
    date_order,
    case when len(rule_ids) = 0 then status else 'invalid' end as status,
    case when len(rule_ids) = 0 then value end as value,
    case when len(rule_ids) = 0 then moment end as moment,
    case when not list_contains(rule_ids, 'date.two_digit_year') then year end as year,
    case when len(rule_ids) = 0 then month end as month,
    case when len(rule_ids) = 0 then readings end as readings,
    rule_ids,
    case when len(rule_ids) > 0 then coalesce(value, readings[1]) end as meant_day,
    case when len(rule_ids) > 0 then moment end as meant_moment
from judged
