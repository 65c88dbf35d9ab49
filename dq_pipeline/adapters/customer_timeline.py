"""One customer as readers see it: who it is, how to reach it and whether one may, and all that happened with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from dq_pipeline.adapters.id_redirects import was_erased
from dq_pipeline.adapters.warehouse import column_schema, quote_identifier, table_exists
from dq_pipeline.errors import InputError

_TABLES = (
    *("golden.customers", "golden.crosswalk", "golden.id_redirects", "golden.contact_points", "golden.consents"),
    *("golden.contactable", "golden.customer_activity", "golden.lifetime_value"),
    *("golden.interactions", "golden.transactions"),
)
_CODE = r"regexp_extract({0}, '^[A-Za-z_]{{1,24}}$')"
# A dirty fact may lack its own id, hold anything where a code should stand, or a moment that Python cannot tell.
_EVENTS = f"""
select occurred_at, case when channel in ('email', 'phone', 'social_media', 'live_chat') then channel else 'other' end
    as kind, concat_ws(', ', nullif({_CODE.format("direction")}, ''), nullif({_CODE.format("outcome")}, '')) as text,
    concat_ws(', ', subject, agent) as values, coalesce(interaction_id, '(no id)') as fact_id, record_key
from golden.interactions where customer_id = $id
union all
select occurred_at, 'transaction',
    concat_ws(', ', nullif({_CODE.format("status")}, ''), nullif({_CODE.format("channel")}, '')),
    concat_ws(', ', nullif(concat_ws(' ', amount, currency), ''), product), coalesce(transaction_id, '(no id)'),
    record_key
from golden.transactions where customer_id = $id
"""


@dataclass(frozen=True)
class Found:
    """The living customers that what was asked for leads to; `note` says how, where it is not their own id."""

    customer_ids: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class ContactPoint:
    """One row of golden.contact_points."""

    channel: str
    value: str
    status: str
    is_preferred: bool
    is_shared: bool
    record_count: int
    last_confirmed_at: datetime | None
    days_since_confirmed: int | None
    decay_class: str


@dataclass(frozen=True)
class Consent:
    """One row of golden.consents; `contactable`: golden.contactable has it."""

    purpose: str
    status: str
    usable: bool
    contactable: bool
    record_key: str
    given_at: datetime | None
    method: str | None
    reason: str


@dataclass(frozen=True)
class CustomerPage:
    """The profile of a customer. `attributes`: column of golden.customers -> its value, NULLs left out.

    `activity` is the row of golden.customer_activity by column. `lifetime_values`: (currency, amount).
    """

    customer_id: str
    record_keys: tuple[str, ...]
    attributes: Mapping[str, str]
    contact_points: tuple[ContactPoint, ...]
    consents: tuple[Consent, ...]
    activity: Mapping[str, Any]
    lifetime_values: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True)
class Event:
    """An interaction or transaction.

    `moment`: in UTC to the minute, '' where it has none. `kind`: the channel, `other`, or `transaction`. `text`:
    direction and outcome, or status and sales channel, where they are codes. `values`: what was said or bought.
    """

    moment: str
    kind: str
    text: str
    values: str
    fact_id: str
    record_key: str


def find_customer(con: duckdb.DuckDBPyConnection, asked: str) -> Found:
    """What customer `asked` means: its id, an id it had before it was merged or split, or the key of a record.

    Raises InputError for what is nobody, for an id whose records are all gone, and for a published version that
    lacks the tables.
    """
    _require_tables(con)
    heirs = [
        heir
        for (heir,) in con.execute(
            "select heir_id from golden.id_redirects where customer_id = ? order by heir_id", [asked]
        ).fetchall()
    ]
    if asked in heirs:
        return Found((asked,))
    if any(heirs):
        living = tuple(heir for heir in heirs if heir)
        return Found(living, f"{asked} is no longer in use; its records belong to {', '.join(living)}")
    if heirs and was_erased(con, asked):
        raise InputError(f"customer {asked} is erased", fix="the certificate of the erasure says what was removed")
    if heirs:
        raise InputError(f"customer {asked} has no records any more", fix="golden.identity_events says since when")
    owners = con.execute("select customer_id from golden.crosswalk where record_key = ?", [asked]).fetchall()
    if owners:
        return Found((owners[0][0],), f"{asked} is a record of {owners[0][0]}")
    raise InputError(
        f"there is no customer {asked!r}",
        fix="give a customer id, for example C000000012, or a record as source:id; a record held back has no customer",
    )


def customer_page(con: duckdb.DuckDBPyConnection, customer_id: str) -> CustomerPage:
    """The profile of a living customer."""
    asked = [customer_id]
    points = con.execute(
        "select channel, value, status, is_preferred, is_shared, record_count, last_confirmed_at, "
        "days_since_confirmed, decay_class from golden.contact_points where customer_id = ? "
        "order by channel, preference nulls last, value",
        asked,
    ).fetchall()
    consents = con.execute(
        "select purpose, status, usable, exists (select 1 from golden.contactable as c where c.customer_id = "
        "consents.customer_id and c.purpose = consents.purpose), record_key, given_at, method, reason "
        "from golden.consents as consents where customer_id = ? order by purpose",
        asked,
    ).fetchall()
    records = con.execute("select record_key from golden.crosswalk where customer_id = ? order by 1", asked).fetchall()
    money = con.execute(
        "select currency, lifetime_value from golden.lifetime_value where customer_id = ? order by currency", asked
    ).fetchall()
    return CustomerPage(
        customer_id,
        tuple(key for (key,) in records),
        _attributes(con, customer_id),
        tuple(ContactPoint(*row) for row in points),
        tuple(Consent(*row) for row in consents),
        _activity(con, customer_id),
        tuple(money),
    )


def customer_timeline(
    con: duckdb.DuckDBPyConnection, customer_id: str, *, limit: int | None = None
) -> tuple[list[Event], int]:
    """The newest `limit` events of a customer (None: all), those without a moment last, and how many there are."""
    rows = con.execute(
        "select coalesce(strftime(occurred_at, '%Y-%m-%d %H:%M'), ''), kind, text, values, fact_id, record_key, "
        f"count(*) over () from ({_EVENTS}) as events order by occurred_at desc nulls last, fact_id, kind limit $limit",
        {"id": customer_id, "limit": limit},
    ).fetchall()
    return [Event(*row[:-1]) for row in rows], int(rows[0][-1]) if rows else 0


def _require_tables(con: duckdb.DuckDBPyConnection) -> None:
    missing = tuple(table for table in _TABLES if not table_exists(con, *table.split(".")))
    if missing:
        raise InputError(
            "the published version lacks tables that the page of a customer is made of",
            problems=missing,
            fix="it was made by an earlier version of this project: `dq-pipeline run` publishes them",
        )


def _attributes(con: duckdb.DuckDBPyConnection, customer_id: str) -> dict[str, str]:
    """The texts and dates of golden.customers. As text: a date of a slip may lie outside what Python can tell."""
    columns = [
        name
        for name, kind in column_schema(con, "golden", "customers")
        if name != "customer_id" and kind in ("VARCHAR", "DATE")
    ]
    texts = ", ".join(f"{quote_identifier(name)}::varchar" for name in columns)
    rows = con.execute(f"select {texts} from golden.customers where customer_id = ?", [customer_id]).fetchall()
    return {name: value for name, value in zip(columns, rows[0], strict=True) if value} if rows else {}


def _activity(con: duckdb.DuckDBPyConnection, customer_id: str) -> dict[str, Any]:
    cursor = con.execute("select * from golden.customer_activity where customer_id = ?", [customer_id])
    columns = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchall()
    return dict(zip(columns, rows[0], strict=True)) if rows else {}
