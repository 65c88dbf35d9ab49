"""Where each value of a golden customer comes from, what it won over by which rule, and what its id went through."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import duckdb

from dq_pipeline.adapters.id_redirects import was_erased
from dq_pipeline.adapters.warehouse import column_schema, table_exists
from dq_pipeline.errors import InputError


def explain_customer(con: duckdb.DuckDBPyConnection, customer_id: str, *, values: bool = False) -> list[str]:
    """The sentences of `dq-pipeline explain --customer`, from the warehouse or a published version.

    An id no longer in use is followed to the customers it leads to. Keys and rules only; with `values` the values too,
    those that lost as far as staging.customers is there. Raises InputError for an id that was never given.
    """
    heirs = heirs_of(con, customer_id)
    lines = []
    if heirs != [customer_id]:
        lost = "is erased" if was_erased(con, customer_id) else "has no records any more"
        told = f"leads to {', '.join(heirs)} now" if heirs else lost
        lines += [f"{customer_id} {told}", *_events(con, customer_id)]
    for heir in heirs:
        lines += _explained(con, heir, values)
    return lines


def heirs_of(con: duckdb.DuckDBPyConnection, customer_id: str) -> list[str]:
    """The living customers that an id leads to: itself alone while it lives. Raises InputError for an unknown id."""
    if not table_exists(con, "golden", "id_redirects"):
        raise InputError("there are no customers yet", where="golden.id_redirects", fix="run `dq-pipeline run` first")
    rows = con.execute(
        "select heir_id from golden.id_redirects where customer_id = ? order by heir_id", [customer_id]
    ).fetchall()
    if not rows:
        raise InputError(f"there is no customer {customer_id!r}", fix="give a customer id, for example C000000012")
    return [heir for (heir,) in rows if heir is not None]


def living_customer(con: duckdb.DuckDBPyConnection, customer_id: str) -> str:
    """The id itself. Raises InputError for one that is no longer in use, naming where it leads: nobody changes a
    customer under another name than its own."""
    heirs = heirs_of(con, customer_id)
    if heirs == [customer_id]:
        return customer_id
    told = f"leads to {', '.join(heirs)}" if heirs else "has no records any more"
    raise InputError(f"customer {customer_id} is no longer in use: it {told}", fix="name a customer that is")


def _explained(con: duckdb.DuckDBPyConnection, customer_id: str, values: bool) -> Iterator[str]:
    records = [
        key
        for (key,) in con.execute(
            "select record_key from golden.crosswalk where customer_id = ? order by record_key", [customer_id]
        ).fetchall()
    ]
    yield f"{customer_id}: {_counted(len(records), 'record')}: {', '.join(records)}"
    golden, arrived = _values(con, customer_id, records) if values else ({}, {})
    names = [name for name, _ in column_schema(con, "golden", "customers")]
    rows = con.execute(
        "select attribute, record_key, rule, reason, values_seen, agreeing, candidates, losers, pin "
        "from golden.attribute_provenance where customer_id = $id order by list_position($names, attribute)",
        {"id": customer_id, "names": names},
    ).fetchall()
    for attribute, record_key, rule, reason, values_seen, agreeing, candidates, losers, pin in rows:
        value = f" {golden.get(attribute)!r}" if values else ""
        source = f"decision {pin}" if pin else record_key
        others = f"; {_counted(values_seen - 1, 'other value')}" if values_seen > 1 else ""
        yield (
            f"  {attribute}{value} from {source}, by {rule!r}: {reason}; "
            f"{agreeing} of {_counted(candidates, 'record')} {'says' if agreeing == 1 else 'say'} so{others}"
        )
        for loser in losers or ():
            lost = f" {arrived[loser['record_key']].get(attribute)!r}" if loser["record_key"] in arrived else ""
            yield f"    {loser['record_key']}{lost} lost by {loser['lost_by']!r}"
    yield from _pins(con, customer_id)
    yield from _events(con, customer_id)


def _values(
    con: duckdb.DuckDBPyConnection, customer_id: str, records: Iterable[str]
) -> tuple[dict[str, Any], Mapping[str, dict[str, Any]]]:
    """The golden row, and the staging row of each record, by column."""
    rows = con.execute(
        "select to_json(customers) from golden.customers as customers where customer_id = ?", [customer_id]
    ).fetchall()
    golden = json.loads(rows[0][0]) if rows else {}
    if not table_exists(con, "staging", "customers"):
        return golden, {}
    found = con.execute(
        "select record_key, to_json(customers) from staging.customers as customers where list_contains(?, record_key)",
        [list(records)],
    ).fetchall()
    return golden, {key: json.loads(row) for key, row in found}


def _pins(con: duckdb.DuckDBPyConnection, customer_id: str) -> Iterator[str]:
    if not table_exists(con, "golden", "pins_status"):
        return
    rows = con.execute(
        "select number, attribute, record_key, status, proposed_for_removal, author, decided_at, expires_on, reason "
        "from golden.pins_status where customer_id = ? order by number",
        [customer_id],
    ).fetchall()
    for number, attribute, record_key, status, can_go, author, decided_at, expires_on, reason in rows:
        until = f" until {expires_on}" if expires_on else ""
        agreed = "; the sources agree by now, it can go" if can_go else ""
        yield (
            f"  pin {number}: {attribute} on {record_key}{until}, {status}{agreed}; "
            f"{author} on {decided_at:%Y-%m-%d}: {reason}"
        )


def _events(con: duckdb.DuckDBPyConnection, customer_id: str) -> Iterator[str]:
    rows = con.execute(
        "select happened_at, event, reason from golden.identity_events where customer_id = ? order by number",
        [customer_id],
    ).fetchall()
    for happened_at, event, reason in rows:
        yield f"  {happened_at:%Y-%m-%d} {event}: {reason}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
