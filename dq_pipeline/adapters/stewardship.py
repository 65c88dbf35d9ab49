"""The stewardship ledger: what people decided about records, who and why. Rows are only ever added.

`stewardship.decisions` has every word ever said. Of a decision and the words that revoke it, and those that revoke
these, the newest counts. The views show what is in force: `link_decisions` for linkage, on the records that carry on
those decided about, `pins` for golden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from dq_pipeline.adapters.rekeyed import create_successions
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.stewardship import NewDecision, PairDecision
from dq_pipeline.errors import InputError

COLUMNS = (
    "number bigint, decided_at timestamp, author varchar, kind varchar, left_key varchar, right_key varchar, "
    "attribute varchar, value varchar, expires_on date, reason varchar, revokes bigint"
)

# A decision is at depth 0, a word that revokes it at 1, one that revokes that at 2: it stands while the newest is even.
_WORDS = """
with recursive words as (
    select number, number as decision, 0 as depth from stewardship.decisions where kind <> 'revoke'
    union all
    select said.number, words.decision, words.depth + 1
    from words join stewardship.decisions as said on said.revokes = words.number and said.number > words.number
)
select number, depth, arg_max(depth, number) over whole % 2 = 0 as stands, max(number) over whole as newest,
    lead(number) over (partition by decision order by number) as next_word
from words window whole as (partition by decision)
"""

_IN_FORCE = (
    f"select said.* from stewardship.decisions as said join ({_WORDS}) using (number) where depth = 0 and stands"
)

# Where a record came back under a new key, because its source numbered anew, what was said of the old one until then is
# said of its heir; a key that is given to another record afterwards is another record's.
_OF_HEIRS = f"""
with recursive said as (from ({_IN_FORCE}) where kind in ('same', 'different')),
successions as (
    select *, lag(happened_at) over (partition by former_key order by happened_at) as before
    from golden.record_successions
), followed as (
    select number, unnest([1, 2]) as side, unnest([left_key, right_key]) as record_key, decided_at as since, 0 as steps
    from said
    union all
    select number, side, heir.record_key, heir.happened_at, steps + 1
    from followed join successions as heir on heir.former_key = followed.record_key
        and since <= heir.happened_at and (heir.before is null or since > heir.before)
    where steps < 100
), keys as (
    select number, list_sort(list(record_key)) as keys
    from (from followed qualify steps = max(steps) over (partition by number, side)) group by number
)
select said.* replace (keys[1] as left_key, keys[2] as right_key) from said join keys using (number)
where keys[1] <> keys[2]
"""

_VIEWS = {
    "link_decisions": f"""
        select number, left_key, right_key, kind as verdict, decided_at, author, reason
        from ({_OF_HEIRS})
        qualify row_number() over (partition by left_key, right_key order by number desc) = 1
    """,
    "pins": f"""
        select number, left_key as record_key, attribute, value, decided_at, author, reason, expires_on
        from ({_IN_FORCE}) where kind = 'pin'
        qualify row_number() over (partition by left_key, attribute order by number desc) = 1
    """,
}


@dataclass(frozen=True)
class Decision:
    """A row of the ledger.

    It is in force unless a later word revoked it (`revoked_by`) or decided the same anew (`superseded_by`).
    """

    number: int
    decided_at: datetime
    author: str
    kind: str
    left_key: str
    right_key: str | None
    attribute: str | None
    expires_on: date | None
    reason: str
    revokes: int | None
    revoked_by: int | None
    superseded_by: int | None

    @property
    def in_force(self) -> bool:
        return self.revoked_by is None and self.superseded_by is None


def create_stewardship_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create stewardship.decisions, empty, where it is missing, and its views."""
    con.execute("create schema if not exists stewardship")
    con.execute(f"create table if not exists stewardship.decisions ({COLUMNS})")
    create_successions(con)
    for view, select in _VIEWS.items():
        con.execute(f"create or replace view stewardship.{view} as {select}")


def record_decisions(
    con: duckdb.DuckDBPyConnection, decisions: Sequence[NewDecision], *, decided_at: datetime
) -> list[int]:
    """Add decisions to the ledger, all or none; they take effect in the next run. Returns their numbers.

    Raises InputError with every problem of every decision: no author or reason, a record that is neither in
    staging.customers nor decided about before, a pin that has expired already.
    """
    create_stewardship_tables(con)
    unknown = unknown_keys(con, (key for decision in decisions for key in decision.record_keys))
    problems = [
        f"decision {place}: {problem}"
        for place, decision in enumerate(decisions, 1)
        for problem in _problems(decision, unknown, decided_at)
    ]
    if problems:
        raise InputError("nothing was recorded", problems=tuple(problems), fix="mend these, then decide again")
    return _append(con, [_row(decision) for decision in decisions], decided_at)


def revoke(con: duckdb.DuckDBPyConnection, number: int, *, author: str, reason: str, decided_at: datetime) -> int:
    """Take back the decision `number`, or a word that revoked one; returns the number of the new row.

    Raises InputError for a number nobody gave, one that is not in force any more, and without author or reason.
    """
    create_stewardship_tables(con)
    empty = tuple(f"the {name} is empty" for name, text in (("author", author), ("reason", reason)) if not text.strip())
    if empty:
        raise InputError("nothing was revoked", problems=empty, fix="give --author and --reason")
    _require_standing(con, number)
    row = {"kind": "revoke", "author": author.strip(), "reason": reason.strip(), "revokes": number}
    return _append(con, [row], decided_at)[0]


def decisions(con: duckdb.DuckDBPyConnection) -> list[Decision]:
    """The whole ledger but for the values of pins, by number; empty before anybody decided."""
    if not table_exists(con, "stewardship", "decisions"):
        return []
    rows = con.execute(
        f"""
        with told as (
            select said.*, depth, stands, newest, next_word, max(number) filter (depth = 0 and stands) over (
                partition by kind = 'pin', left_key, right_key, attribute
            ) as counting
            from stewardship.decisions as said join ({_WORDS}) using (number)
        )
        select number, decided_at, author, kind, left_key, right_key, attribute, expires_on, reason, revokes,
            case when depth > 0 then next_word when not stands then newest end as revoked_by,
            case when depth = 0 and stands and number < counting then counting end as superseded_by
        from told order by number
        """
    ).fetchall()
    return [Decision(*row) for row in rows]


def pair_decisions(con: duckdb.DuckDBPyConnection) -> list[PairDecision]:
    """The decisions about pairs that are in force, by number."""
    if not table_exists(con, "stewardship", "link_decisions"):
        return []
    rows = con.execute(
        "select number, left_key, right_key, verdict from stewardship.link_decisions order by number"
    ).fetchall()
    return [PairDecision(*row) for row in rows]


def last_number(con: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest row of the ledger; 0 when it is empty."""
    if not table_exists(con, "stewardship", "decisions"):
        return 0
    return int(con.execute("select coalesce(max(number), 0) from stewardship.decisions").fetchall()[0][0])


def unknown_keys(con: duckdb.DuckDBPyConnection, keys: Iterable[str]) -> set[str]:
    """Which of the record keys are neither in staging.customers nor in the ledger."""
    known = [
        f"select {column} from {schema}.{table}"
        for schema, table, column in (
            ("staging", "customers", "record_key"),
            ("stewardship", "decisions", "left_key"),
            ("stewardship", "decisions", "right_key"),
        )
        if table_exists(con, schema, table)
    ]
    asked = sorted(set(keys))
    if not known:
        return set(asked)
    rows = con.execute(
        "select key from (select unnest($keys::varchar[]) as key) "
        f"anti join ({' union all '.join(known)}) as known(key) using (key)",
        {"keys": asked},
    ).fetchall()
    return {key for (key,) in rows}


def _problems(decision: NewDecision, unknown: set[str], decided_at: datetime) -> list[str]:
    expired = decision.expires_on is not None and decision.expires_on < decided_at.date()
    return [
        *decision.problems(),
        *(f"there is no record {key!r}" for key in decision.record_keys if key in unknown),
        *["it has expired already"] * expired,
    ]


def _row(decision: NewDecision) -> dict[str, object]:
    left_key, *right_key = decision.record_keys
    return {
        **{"kind": decision.kind, "left_key": left_key, "right_key": right_key[0] if right_key else None},
        **{"attribute": decision.attribute, "value": decision.value, "expires_on": decision.expires_on},
        **{"author": decision.author.strip(), "reason": decision.reason.strip()},
    }


def _append(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, object]], decided_at: datetime) -> list[int]:
    """One statement for all rows; each is a mapping of column to value, NULL where it is silent."""
    if not rows:
        return []
    types = dict(column.split(" ") for column in COLUMNS.split(", "))
    given = [name for name in types if name not in ("number", "decided_at")]
    columns = ", ".join(f"unnest(${name}::{types[name]}[])" for name in given)
    last = last_number(con)
    numbers = list(range(last + 1, last + 1 + len(rows)))
    con.execute(
        f"insert into stewardship.decisions (number, decided_at, {', '.join(given)}) "
        f"select unnest($numbers::bigint[]), $decided_at, {columns}",
        {name: [row.get(name) for row in rows] for name in given} | {"numbers": numbers, "decided_at": decided_at},
    )
    return numbers


def _require_standing(con: duckdb.DuckDBPyConnection, number: int) -> None:
    """The word can be revoked: it exists and nothing newer was said on the decision it belongs to."""
    found = next((decision for decision in decisions(con) if decision.number == number), None)
    fix = "`dq-pipeline review decisions` lists them"
    if found is None:
        raise InputError(f"there is no decision {number}", fix=fix)
    if found.revoked_by is not None:
        raise InputError(f"decision {number} is revoked already, by {found.revoked_by}", fix=fix)
