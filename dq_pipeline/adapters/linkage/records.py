"""The records as linkage sees them: numbered, without values that prove nothing, with the rarity of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dq_pipeline.adapters.warehouse import quote_identifier, quote_literal
from dq_pipeline.domain.linkage import Comparison, LinkagePolicy
from dq_pipeline.errors import ConfigurationError

# Unique in every attached database: Splink looks columns up by the bare name, without schema or catalog.
RECORDS = "dq_link_records"
NUMBER = "record_number"

# One name per customer, roughly: a value is as common as the customers who have it, not as its records.
_PERSON = "coalesce(sorted_name, record_key)"
_INITIALS = "coalesce(array_to_string(list_transform(name_parts, lambda part: left(part, 1)), ''), '')"


# How many values' worth of trust in the first guess, half a customer, for who else has a value seen once; and
# the least it gets, since no sample shows what never happens.
_UNSEEN_PRIOR = 5
_UNSEEN_LEAST = 0.01

# A value of one customer among twenty is rarer in the world than one in twenty: so many more customers are assumed.
_WORLD = 20

# Given and family names come from one country: who shares a Polish given name likely has a Polish family name, so the
# second coincidence is to be judged among the people of that country. The other name is judged among all.
_OF_ONE_ORIGIN = frozenset({"family_name"})

# Columns whose shared value leaves the names different.
_PARTS_OF_NAMES = frozenset({"telling_word"})


@dataclass(frozen=True)
class Column:
    """How much a column says: filled records and distinct values (approximate above some thousands)."""

    filled: int
    distinct: int


def attach_records(con: duckdb.DuckDBPyConnection, warehouse: Path, policy: LinkagePolicy) -> int:
    """Copy the policy's population of linkage.records of the warehouse file into `con`, prepared; the file is closed
    again. Returns rows."""
    con.execute(f"attach {quote_literal(str(warehouse))} as dq_warehouse (read_only)")
    try:
        count = prepare_records(con, policy, source="dq_warehouse.linkage.records")
    finally:
        con.execute("detach dq_warehouse")
    return count


def prepare_records(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy, *, source: str) -> int:
    """Make the table RECORDS from the policy's population in `source` (a table with the columns of linkage.records);
    returns its rows.

    Records are numbered from 0 in the order of their keys, so that numbers, and all that follows from them, do
    not depend on the order of rows. Raises ConfigurationError when linkage.records lacks a column the policy
    names.
    """
    _require(con, source, [*policy.rarity_columns, *policy.limits.sharers, *_needed(policy.comparisons)])
    con.execute(
        f"create or replace table {RECORDS} as with numbers as (select record_key, "
        f"(row_number() over (order by record_key) - 1)::integer as {NUMBER} "
        f"from {source} where party_type = {quote_literal(policy.population)}) "
        f"select {NUMBER}, records.* from {source} as records join numbers using (record_key)"
    )
    for column, sharers in sorted(policy.limits.sharers.items()):
        _drop_shared_values(con, column, sharers)
    return int(con.execute(f"select count(*) from {RECORDS}").fetchall()[0][0])


def rarity_id(column: str) -> str:
    """The column that holds a value's hash: frequencies are stored with models, and models hold no values."""
    return f"{column}_id"


def rarity_table(column: str) -> str:
    """Name of the frequency table of a column in the scratch database."""
    return f"dq_link_rarity_{column}"


def rarity_ids_sql(con: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> str:
    """Select list of RECORDS' columns and of those of the hashes of `columns` that it lacks."""
    have = {row[0] for row in con.execute(f"describe {RECORDS}").fetchall()}
    lacking = [column for column in columns if rarity_id(column) not in have]
    return ", ".join(
        ["*", *(f"md5_number_lower({quote_identifier(c)}) as {quote_identifier(rarity_id(c))}" for c in lacking)]
    )


def add_rarity_ids(con: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> None:
    """Give RECORDS the hashes of `columns`. Nobody needs all of them in a night in which little changed."""
    con.execute(f"create or replace table {RECORDS} as select {rarity_ids_sql(con, columns)} from {RECORDS}")


def measure_rarity(con: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> None:
    """For each column a table (`<column>_id`, `tf_<column>_id`): the share of customers who have the value.

    What counts is how many *other* customers have it, so one is taken off. Where none is left, it is what
    Good (1953) and Turing expect for a value seen once: 2 x values seen twice / values seen once; little for an
    e-mail address, much for a surname.

    Customers are counted among all; in columns of _OF_ONE_ORIGIN among those of the countries that have the value.

    Customers are told apart by their names alone, which is rough but close: counted by records, a customer with
    ten records would make a rare name ten times as common, and his own best evidence worthless.
    """
    columns = tuple(columns)
    add_rarity_ids(con, columns)
    for column in columns:
        value, share = quote_identifier(rarity_id(column)), quote_identifier(f"tf_{rarity_id(column)}")
        con.execute(
            f"""
            create or replace table {rarity_table(column)} as
            with counted as (
                select {value}, count(distinct {_PERSON}) as names, count(distinct {_INITIALS}) as initials
                from {RECORDS} where {value} is not null group by all
            ),
            -- Among few names, several are one customer's with slips; among many, initials run out.
            held as (
                select {value}, greatest({_customers(column)}, 1) as customers, sum(customers) over () as everybody
                from counted
            ),
            among as (
                select {value}, least(coalesce(peers, everybody), everybody) as peers
                from held left join ({_peers_sql(column)}) using ({value})
            ),
            unseen as (
                select least(greatest((2 * count(*) filter (customers = 2) + {_UNSEEN_PRIOR / 2})
                    / (count(*) filter (customers = 1) + {_UNSEEN_PRIOR}), {_UNSEEN_LEAST}), 1) as expected
                from held
            )
            select {value}, case when customers > 1 then (customers - 1) / peers else expected / (peers + {_WORLD}) end
                as {share}
            from held join among using ({value}), unseen order by all
            """
        )


def _peers_sql(column: str) -> str:
    """SELECT of how many customers (`peers`) the countries of a value have, by the value; empty where it is everybody.
    Where no country is known it may be any."""
    value = quote_identifier(rarity_id(column))
    if column not in _OF_ONE_ORIGIN:
        return f"select null::ubigint as {value}, null::double as peers where false"
    return f"""
        with people as (
            select {value}, country, count(distinct {_PERSON}) as names
            from {RECORDS} where {value} is not null group by all
        ), countries as (select country, sum(names) as total from people where country is not null group by country)
        select {value}, sum(names * total) / sum(names) as peers
        from people join countries using (country) group by {value}
    """


def _customers(column: str) -> str:
    """SQL for how many customers have a value, by the names and the initials of those who have it.

    A part of the name is compared where the names differ, so two of the names are the pair's itself.
    """
    if column in _PARTS_OF_NAMES:
        return "case when names <= 10 then least(initials, names - 1) else names - 1 end"
    return "case when names <= 10 then initials else names end"


def usable_comparisons(con: duckdb.DuckDBPyConnection, policy: LinkagePolicy) -> tuple[Comparison, ...]:
    """The comparisons for which there is anything to compare: two filled records and two different values."""
    columns = profile(con, _needed(policy.comparisons))
    return tuple(
        comparison
        for comparison in policy.comparisons
        if any(columns[name].filled >= 2 and columns[name].distinct >= 2 for name in comparison.needs)
    )


def profile(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> dict[str, Column]:
    """Filled and distinct counts of columns of RECORDS."""
    names = list(dict.fromkeys(names))
    if not names:
        return {}
    counts = ", ".join(f"count({quote_identifier(n)}), approx_count_distinct({quote_identifier(n)})" for n in names)
    row = con.execute(f"select {counts} from {RECORDS}").fetchall()[0]
    return {name: Column(row[2 * i], row[2 * i + 1]) for i, name in enumerate(names)}


def fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """A hash of all records and values; row order does not matter (records are numbered by key)."""
    total = con.execute(
        f"select count(*), coalesce(sum(hash(row)::hugeint % 1000000007), 0), coalesce(bit_xor(hash(row)), 0) "
        f"from {RECORDS} as row"
    ).fetchall()[0]
    return "-".join(f"{part:x}" for part in total)


def _drop_shared_values(con: duckdb.DuckDBPyConnection, column: str, sharers: int) -> None:
    """Blank an identifier that more than `sharers` differently named records have: a switchboard, a dummy."""
    name = quote_identifier(column)
    is_list = con.execute(f"select typeof({name}) from {RECORDS} limit 1").fetchall()
    listed = bool(is_list) and is_list[0][0].endswith("[]")
    each = f"unnest({name})" if listed else name
    con.execute(
        f"create or replace temp table dq_link_shared as select value from "
        f"(select {each} as value, {_PERSON} as person from {RECORDS} where {name} is not null) "
        f"where value is not null group by value having count(distinct person) > {int(sharers)}"
    )
    if not con.execute("select count(*) from dq_link_shared").fetchall()[0][0]:
        return
    if listed:
        con.execute(
            f"update {RECORDS} set {name} = list_filter({name}, lambda one: not list_contains(shared, one)) "
            f"from (select list(value) as shared from dq_link_shared) where {NUMBER} in (select {NUMBER} from "
            f"(select {NUMBER}, {each} as value from {RECORDS}) semi join dq_link_shared using (value))"
        )
    else:
        con.execute(f"update {RECORDS} set {name} = null where {name} in (select value from dq_link_shared)")


def _needed(comparisons: Iterable[Comparison]) -> list[str]:
    return [name for comparison in comparisons for name in comparison.needs]


def _require(con: duckdb.DuckDBPyConnection, source: str, names: Iterable[str]) -> None:
    have = {row[0] for row in con.execute(f"describe {source}").fetchall()}
    missing = sorted(set(names) - have)
    if missing:
        raise ConfigurationError(
            "the linkage policy names columns that linkage.records does not have",
            where="dq_pipeline/policies/linkage.py",
            problems=tuple(missing),
            fix="add them to dbt_like_sql/linkage/records.sql or take them out of the policy",
        )
