"""Pins: values that a steward has given a customer. They outrank the sources, and are anchored on a source record.

A pin follows its record through merges, splits and reloads. Of several for one attribute of one customer the newest
counts; one whose record no customer has sleeps until the record returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal, table_exists
from dq_pipeline.domain.survivorship import REASONS

STATUS_COLUMNS = (
    "number bigint, record_key varchar, attribute varchar, customer_id varchar, status varchar, "
    "proposed_for_removal boolean, author varchar, decided_at timestamp, expires_on date, "
    "reason varchar"
)


# The customer of each pin's record, also where its source has given the record a new key since.
ANCHORS = """
with recursive followed as (
    select number, record_key, 0 as steps from stewardship.pins
    union all
    select f.number, s.record_key, f.steps + 1
    from followed as f join golden.record_successions as s on s.former_key = f.record_key where f.steps < 100
)
select number, customer_id from followed join golden.crosswalk using (record_key)
qualify row_number() over (partition by number order by steps) = 1
"""


@dataclass(frozen=True)
class PinStatus:
    """A row of golden.pins_status; status `new` for a pin that no run has seen yet."""

    number: int
    record_key: str
    attribute: str
    customer_id: str | None
    status: str
    proposed_for_removal: bool
    author: str
    decided_at: datetime
    expires_on: date | None
    reason: str


def list_pins(con: duckdb.DuckDBPyConnection) -> list[PinStatus]:
    """Every pin in force, by number, with what the newest run made of it; never its value."""
    if not (table_exists(con, "stewardship", "pins") and table_exists(con, "golden", "crosswalk")):
        return []
    nothing = "(select null::bigint as number, null as status, null as proposed_for_removal)"
    rows = con.execute(
        "select said.number, said.record_key, said.attribute, x.customer_id, coalesce(seen.status, 'new'), "
        "coalesce(seen.proposed_for_removal, false), said.author, said.decided_at, said.expires_on, said.reason "
        f"from stewardship.pins as said left join ({ANCHORS}) as x using (number) "
        f"left join {'golden.pins_status' if table_exists(con, 'golden', 'pins_status') else nothing} as seen "
        "on seen.number = said.number order by said.number"
    ).fetchall()
    return [PinStatus(*row) for row in rows]


def usable_pins(con: duckdb.DuckDBPyConnection, types: Mapping[str, str], today: date) -> dict[str, str]:
    """Make `temp.pinned`, the pins that count today, one a customer and attribute.

    `types`: the attributes of golden customers with their DuckDB types. Returns those of them that are pinned at all.
    """
    con.execute(
        "create or replace temp table pinned (number bigint, customer_id varchar, attribute varchar, value varchar)"
    )
    if not table_exists(con, "stewardship", "pins"):
        return {}
    fits = " or ".join(
        f"attribute = {quote_literal(name)} and try_cast(value as {kind}) is not null" for name, kind in types.items()
    )
    con.execute(
        "insert into temp.pinned select number, customer_id, attribute, value "
        f"from stewardship.pins join ({ANCHORS}) as x using (number) "
        f"where (expires_on is null or expires_on >= $today) and ({fits}) "
        "qualify row_number() over (partition by customer_id, attribute order by number desc) = 1",
        {"today": today},
    )
    found = con.execute("select distinct attribute from temp.pinned order by attribute").fetchall()
    return {name: types[name] for (name,) in found}


def pinned_values_sql(pins: Mapping[str, str]) -> str:
    """One row per pinned customer, a column per pinned attribute."""
    columns = ", ".join(
        f"max(value) filter (attribute = {quote_literal(name)})::{kind} as {quote_identifier(name)}"
        for name, kind in pins.items()
    )
    return f"select customer_id, {columns} from temp.pinned group by customer_id"


def override_provenance(con: duckdb.DuckDBPyConnection, pins: Mapping[str, str]) -> None:
    """Put the pin in place of the winner in golden.attribute_provenance; records that say otherwise lost by it.

    A pinned value comes from no record, so `record_key` is NULL and `pin` the number of the decision. Reads
    `temp.several`, the records of pinned customers among them.
    """
    for name, kind in pins.items():
        value, pinned, attribute = quote_identifier(name), f"p.value::{kind}", quote_literal(name)
        con.execute(
            "delete from golden.attribute_provenance where attribute = $name and customer_id in "
            "(select customer_id from temp.pinned where attribute = $name)",
            {"name": name},
        )
        con.execute(
            f"""
insert into golden.attribute_provenance by name
select p.customer_id, {attribute} as attribute, 'pinned' as rule, $reason as reason, p.number as pin,
    1 + count(distinct s.{value}) filter (s.{value} <> {pinned}) as values_seen,
    count(*) filter (s.{value} = {pinned}) as agreeing, count(s.{value}) as candidates,
    count(*) filter (s.{value} = {pinned}) / nullif(count(s.{value}), 0) as agreement,
    list({{'record_key': s.record_key, 'lost_by': 'pinned'}} order by s.record_key) filter (s.{value} <> {pinned})
        as losers
from temp.pinned as p join temp.several as s using (customer_id)
where p.attribute = {attribute} group by p.customer_id, p.number
""",
            {"reason": REASONS["pinned"]},
        )


def write_pins_status(
    con: duckdb.DuckDBPyConnection, candidates: Mapping[str, str], pins: Mapping[str, str], today: date
) -> None:
    """Write golden.pins_status: every pin in force, what became of it, and whether the sources agree by now.

    `candidates`: attribute -> table of its ranked candidates (adapters/survivorship_sql). Status `applied`,
    `outranked` (a newer pin of the customer counts), `expired`, `dormant` (no customer has the record) or `unusable`
    (the attribute is gone, or the value does not fit its type any more). A pin the sources agree with can go.
    """
    con.execute(f"create or replace table golden.pins_status ({STATUS_COLUMNS})")
    if not table_exists(con, "stewardship", "pins"):
        return
    of_sources = " union all ".join(
        f"select customer_id, {quote_literal(name)} as attribute, {quote_identifier(f'won_{name}')} = "
        f"p.value::{kind} as agree from {candidates[name]} join temp.pinned as p using (customer_id) "
        f"where place = 1 and p.attribute = {quote_literal(name)}"
        for name, kind in pins.items()
    )
    con.execute(
        f"""
insert into golden.pins_status
select said.number, said.record_key, said.attribute, x.customer_id, case
        when x.customer_id is null then 'dormant' when said.expires_on < $today then 'expired'
        when counts.number = said.number then 'applied' when counts.number > said.number then 'outranked'
        else 'unusable' end as status,
    status = 'applied' and coalesce(sources.agree, false),
    said.author, said.decided_at, said.expires_on, said.reason
from stewardship.pins as said left join ({ANCHORS}) as x using (number)
    left join temp.pinned as counts on counts.customer_id = x.customer_id and counts.attribute = said.attribute
    left join ({of_sources or "select null::varchar as customer_id, null::varchar as attribute, null as agree"})
        as sources on sources.customer_id = x.customer_id and sources.attribute = said.attribute
order by said.number
""",
        {"today": today},
    )
