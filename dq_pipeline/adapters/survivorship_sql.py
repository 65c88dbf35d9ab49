"""The survivorship policy as SQL: for each group of attributes the ranked candidates, their winner, why the rest lost.

The statements read `temp.several`: one row per record of the customers that have several, with the columns of
staging.customers, `customer_id` and `failed` (the columns in which a critical rule fails, a list). Of a group they make
`temp.<name>_candidates`: every record with any value of the group, its `place`, the criterion that it lost by, and the
customer's winning values as `won_<attribute>`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.domain.survivorship import AttributeGroup, Criterion, SourceTrust

# Statuses of staging.customers in which a value is on show but no evidence.
_UNUSABLE = "('invalid', 'placeholder', 'future')"
# When the record was updated; a date in which a critical rule fails says nothing.
_UPDATED = "case when not list_contains(failed, 'updated_at') then updated_at end"


def candidates_table(group: AttributeGroup) -> str:
    return f"temp.{quote_identifier(f'{group.name}_candidates')}"


def competes(group: AttributeGroup) -> str:
    """The condition on a record under which it may win the group."""
    return f"({' or '.join(f'{quote_identifier(name)} is not null' for name in group.needs or group.attributes)})"


def passing_sql(attributes: Iterable[str]) -> str:
    """`temp.passing`: of customers with a failing value, the attributes of which some record has a passing one."""
    cases = ", ".join(
        f"case when bool_or({quote_identifier(name)} is not null and not list_contains(failed, {quote_literal(name)})) "
        f"then {quote_literal(name)} end"
        for name in attributes
    )
    return f"""
create or replace temp table passing as
select customer_id, list_filter([{cases}], lambda name: name is not null) as attributes
from temp.several where customer_id in (select customer_id from temp.several where len(failed) > 0)
group by customer_id
"""


def candidates_sql(group: AttributeGroup, trust: Iterable[SourceTrust], statuses: Collection[str]) -> str:
    """Ranks the candidates once; the last tie goes to the smallest record key.

    `statuses`: the status columns of staging.customers. Reads `temp.passing` too: where attributes travel together and
    the winner's value of one fails a critical rule, it is left out when another record has one that passes.
    """
    columns = ", ".join(map(quote_identifier, group.attributes))
    filled = " or ".join(f"{quote_identifier(name)} is not null" for name in group.attributes)
    terms = ", ".join(f"{_criterion_sql(c, group, trust, statuses)} as {c}" for c in group.order)
    ranked = ", ".join(f"{c} desc nulls last" for c in group.order)
    lost_by = " ".join(f"when w.{c} is distinct from r.{c} then {quote_literal(c)}" for c in group.order)
    won = ", ".join(f"{_won_value(name)} as {_won(name)}" for name in group.attributes)
    return f"""
create or replace temp table {quote_identifier(f"{group.name}_candidates")} as
with candidates as (
    select customer_id, record_key, source_system, {columns}, failed, {terms}
    from temp.several where {filled}
), ranked as (
    select *, row_number() over (partition by customer_id order by {ranked}, record_key) as place from candidates
), winners as (
    select customer_id, {", ".join(group.order)}, {won}
    from ranked left join temp.passing using (customer_id) where place = 1 and competing
)
select r.customer_id, r.record_key, r.source_system, {", ".join(f"r.{quote_identifier(n)}" for n in group.attributes)},
    r.place, case {lost_by} else 'smallest key' end as lost_by,
    {", ".join(f"w.{_won(name)}" for name in group.attributes)}
from ranked as r join winners as w using (customer_id)
"""


def provenance_sql(group: AttributeGroup, attribute: str) -> str:
    """One row per customer with a golden value of `attribute`, in the columns of golden.attribute_provenance.

    The rule is the criterion by which the best record with another value lost.
    """
    column, won = quote_identifier(attribute), _won(attribute)
    return f"""
select customer_id, {quote_literal(attribute)} as attribute, any_value(record_key) filter (place = 1) as record_key,
    any_value(source_system) filter (place = 1) as source_system,
    coalesce(arg_min(lost_by, place) filter ({column} <> {won}), 'only value') as rule,
    1 + count(distinct {column}) filter ({column} <> {won}) as values_seen,
    count(*) filter ({column} = {won}) as agreeing, count(*) as candidates,
    list({{'record_key': record_key, 'lost_by': lost_by}} order by place) filter ({column} <> {won}) as losers
from {candidates_table(group)} where {column} is not null and {won} is not null
group by customer_id
"""


def winners_sql(group: AttributeGroup) -> str:
    """One row per customer that has the group at all, with its golden values."""
    columns = ", ".join(f"{_won(name)} as {quote_identifier(name)}" for name in group.attributes)
    return f"select customer_id, {columns} from {candidates_table(group)} where place = 1"


def _won(name: str) -> str:
    return quote_identifier(f"won_{name}")


def _won_value(name: str) -> str:
    attribute = quote_literal(name)
    left_out = f"list_contains(failed, {attribute}) and list_contains(passing.attributes, {attribute})"
    return f"case when not coalesce({left_out}, false) then {quote_identifier(name)} end"


def _criterion_sql(
    criterion: Criterion, group: AttributeGroup, trust: Iterable[SourceTrust], statuses: Collection[str]
) -> str:
    if criterion == "competing":
        return competes(group)
    if criterion == "passing":
        return f"(not list_has_any(failed, [{', '.join(map(quote_literal, group.attributes))}]))"
    if criterion == "valid":
        return _valid_sql(group, statuses)
    if criterion == "complete":
        filled = " + ".join(f"({quote_identifier(name)} is not null)::int" for name in group.attributes)
        return f"({filled})"
    if criterion == "trusted":
        return _trusted_sql(group, trust)
    if criterion == "recent":
        return _UPDATED
    same = ", ".join(["customer_id", *map(quote_identifier, group.attributes)])
    return f"count(*) over (partition by {same})"


def _trusted_sql(group: AttributeGroup, trust: Iterable[SourceTrust]) -> str:
    """Trust in bits: log2 of the source's trust, and one bit for each half-life the value is newer than another."""
    sources = " ".join(f"when {quote_literal(entry.source)} then log2({entry.trust!r})" for entry in trust)
    of_source = f"case source_system {sources} end"
    if group.half_life_days is None:
        return of_source
    updated = f"epoch(coalesce({_UPDATED}, min({_UPDATED}) over (partition by customer_id)))"
    return f"{of_source} + coalesce({updated}, 0) / {86_400 * group.half_life_days!r}"


def _valid_sql(group: AttributeGroup, statuses: Collection[str]) -> str:
    tests = [
        f"{quote_identifier(f'{name}_status')} not in {_UNUSABLE}"
        for name in group.attributes
        if f"{name}_status" in statuses
    ]
    return f"coalesce({' and '.join(tests)}, true)" if tests else "true"
