"""What a steward means to decide about customers, as decisions about records: to be looked at first, then saved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from itertools import product

import duckdb

from dq_pipeline.adapters.customer_explanation import living_customer
from dq_pipeline.adapters.pins import ANCHORS
from dq_pipeline.adapters.stewardship import record_decisions, revoke
from dq_pipeline.adapters.warehouse import quote_identifier, table_exists
from dq_pipeline.domain.pins import standard_value
from dq_pipeline.domain.stewardship import NewDecision
from dq_pipeline.errors import InputError


@dataclass(frozen=True)
class Proposal:
    """`decisions` to record and numbers of decisions to take back (`revokes`), about `customers`.

    `parts`: the records of these customers, grouped as the decisions want them; empty where they stay as they are.
    """

    customers: tuple[str, ...]
    author: str
    reason: str
    decisions: tuple[NewDecision, ...] = ()
    revokes: tuple[int, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


# What is proposed, by the warehouse and the moment.
Propose = Callable[[duckdb.DuckDBPyConnection, datetime], Proposal]


def save(con: duckdb.DuckDBPyConnection, proposal: Proposal, *, decided_at: datetime) -> list[int]:
    """Write the proposal to the stewardship ledger; returns the numbers of the new rows. Raises InputError."""
    numbers = record_decisions(con, proposal.decisions, decided_at=decided_at)
    words = {"author": proposal.author, "reason": proposal.reason, "decided_at": decided_at}
    return numbers + [revoke(con, number, **words) for number in proposal.revokes]  # type: ignore[arg-type]


def propose_split(
    con: duckdb.DuckDBPyConnection, customer_id: str, record_keys: Iterable[str], *, author: str, reason: str
) -> Proposal:
    """The named records are of somebody else: each is `different` from each that stays.

    Whether they are of one customer among themselves, the next run finds out. Raises InputError for records that are
    not the customer's, and where none would leave or stay.
    """
    members = records_of(con, living_customer(con, customer_id))
    leaving = tuple(sorted(set(record_keys)))
    problems = tuple(f"{key!r} is no record of {customer_id}" for key in leaving if key not in members)
    staying = tuple(key for key in members if key not in leaving)
    if problems or not leaving or not staying:
        told = problems or (f"{'no' if not leaving else 'every'} record would leave",)
        raise InputError("the customer cannot be split so", problems=told, fix=f"its records: {', '.join(members)}")
    decisions = tuple(
        NewDecision("different", *pair, author=author, reason=reason) for pair in product(leaving, staying)
    )
    notes = tuple(note for part in (leaving, staying) for note in _loose(con, part))
    return Proposal((customer_id,), author, reason, decisions, parts=(leaving, staying), notes=notes)


def propose_merge(con: duckdb.DuckDBPyConnection, one: str, other: str, *, author: str, reason: str) -> Proposal:
    """The two customers are one: their best matching records are `same`, and so is every pair said to be different.

    Raises InputError when the two are one already.
    """
    left, right = (records_of(con, living_customer(con, customer_id)) for customer_id in (one, other))
    if one == other:
        raise InputError(f"{one} is one customer already", fix="name two customers")
    pairs = dict.fromkeys([_best_pair(con, left, right), *_parted(con, left, right)])
    decisions = tuple(NewDecision("same", *pair, author=author, reason=reason) for pair in pairs)
    lifted = len(decisions) - 1
    notes = (f"{lifted} more: pairs somebody had said to be different",) if lifted else ()
    return Proposal((one, other), author, reason, decisions, parts=((*left, *right),), notes=notes)


def propose_pin(
    con: duckdb.DuckDBPyConnection,
    customer_id: str,
    attribute: str,
    value: str,
    *,
    attributes: Collection[str],
    expires_on: date | None,
    author: str,
    reason: str,
    today: date,
) -> Proposal:
    """The customer has `value` for `attribute`, whatever the sources say; anchored on the record whose value it
    replaces, else on the one with the smallest key.

    `attributes`: those a golden customer has. Raises InputError for another, and for a value that is not valid.
    """
    _require_attribute(attribute, attributes)
    members = records_of(con, living_customer(con, customer_id))
    country = con.execute("select country from golden.customers where customer_id = ?", [customer_id]).fetchall()
    try:
        standard = standard_value(attribute, value, country=(country[0][0] or "") if country else "", today=today)
    except ValueError as error:
        raise InputError(f"the value for {attribute} cannot be pinned: {error}", fix="give a valid one") from None
    won = con.execute(
        "select record_key from golden.attribute_provenance where customer_id = ? and attribute = ? "
        "and record_key is not null",
        [customer_id, attribute],
    ).fetchall()
    anchor = won[0][0] if won else members[0]
    pin = NewDecision("pin", anchor, None, attribute, standard, expires_on, author, reason)
    return Proposal((customer_id,), author, reason, (pin,))


def propose_unpin(
    con: duckdb.DuckDBPyConnection, customer_id: str, attribute: str, *, author: str, reason: str
) -> Proposal:
    """Every pin of the attribute on a record of the customer is taken back. Raises InputError where there is none."""
    living_customer(con, customer_id)
    pins = []
    if table_exists(con, "stewardship", "pins"):
        pins = con.execute(
            f"select number from stewardship.pins join ({ANCHORS}) using (number) where attribute = $attribute "
            "and customer_id = $customer_id order by number",
            {"attribute": attribute, "customer_id": customer_id},
        ).fetchall()
    if not pins:
        raise InputError(f"{attribute} of {customer_id} is not pinned", fix="`dq-pipeline pins` lists what is")
    return Proposal((customer_id,), author, reason, revokes=tuple(number for (number,) in pins))


def records_of(con: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[str, ...]:
    """The record keys of a customer, in order."""
    rows = con.execute(
        "select record_key from golden.crosswalk where customer_id = ? order by record_key", [customer_id]
    ).fetchall()
    return tuple(key for (key,) in rows)


def _require_attribute(attribute: str, attributes: Collection[str]) -> None:
    if attribute not in attributes:
        close = get_close_matches(attribute, attributes, n=1)
        told = f"did you mean {close[0]}?" if close else f"name one of {', '.join(attributes)}"
        raise InputError(f"a customer has no attribute {attribute!r}", fix=told)


def _best_pair(con: duckdb.DuckDBPyConnection, left: Sequence[str], right: Sequence[str]) -> tuple[str, str]:
    """The pair across that matches best, as far as any was compared; else the smallest keys."""
    found = _pairs_across(
        con, "linkage", "pairs", left, right, "order by match_weight desc, left_key, right_key limit 1"
    )
    one, other = found[0] if found else sorted((left[0], right[0]))
    return one, other


def _parted(con: duckdb.DuckDBPyConnection, left: Sequence[str], right: Sequence[str]) -> list[tuple[str, str]]:
    """The pairs across that somebody said to be different."""
    return _pairs_across(
        con, "stewardship", "link_decisions", left, right, "and verdict = 'different' order by left_key, right_key"
    )


def _pairs_across(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, left: Sequence[str], right: Sequence[str], rest: str
) -> list[tuple[str, str]]:
    if not table_exists(con, schema, table):
        return []
    return con.execute(
        f"select left_key, right_key from {quote_identifier(schema)}.{quote_identifier(table)} where ("
        "list_contains($left, left_key) and list_contains($right, right_key) or "
        f"list_contains($right, left_key) and list_contains($left, right_key)) {rest}",
        {"left": list(left), "right": list(right)},
    ).fetchall()


def _loose(con: duckdb.DuckDBPyConnection, part: Sequence[str]) -> list[str]:
    """Says so when the records of a part hang together by no chain of pairs in the merge band."""
    linked = _pairs_across(con, "linkage", "pairs", part, part, "and band = 'merge'")
    reached, waiting = {part[0]}, [part[0]]
    while waiting:
        here = waiting.pop()
        for pair in linked:
            other = pair[1] if pair[0] == here else pair[0] if pair[1] == here else here
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    lost = [key for key in part if key not in reached]
    return [f"{', '.join(lost)}: without the others it may not stay with {part[0]}"] if lost else []
