"""The review queue for a steward, and what decisions would change before they are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from dq_pipeline.adapters.review_file import Answers, item_cells
from dq_pipeline.adapters.stewardship import last_number, pair_decisions, unknown_keys
from dq_pipeline.adapters.warehouse import table_exists
from dq_pipeline.domain.review import SHOWN, Values
from dq_pipeline.domain.stewardship import Contradiction, NewDecision, PairDecision, Verdict, contradictions
from dq_pipeline.errors import InputError

# Letters of a value that are shown: spreadsheets and CSV readers give up on cells of several ten thousand.
_LONGEST = 1_000

# A pair decided since the last run is out; a contradiction stays until the decisions agree.
_OPEN = """
select row_number() over (order by rowid) as item, kind, reason, left_key, right_key, match_weight,
    1 / (1 + pow(2, -match_weight)) as probability, customers, records
from linkage.review as review
where kind = 'contradiction'
    or not exists (from decided where decided.left_key = review.left_key and decided.right_key = review.right_key)
"""

_VALUES = """
select record_key,
    coalesce(name, nullif(concat_ws(' ', given_name, family_name), ''), organisation_name) as name,
    coalesce(birthdate::varchar, birthdate_as_given) as birthdate,
    email, phone_number as phone,
    nullif(concat_ws(', ', street_address, nullif(concat_ws(' ', postal_code, locality), ''), country), '') as address
from staging.customers
"""


@dataclass(frozen=True)
class ReviewItem:
    """One question of the queue: are these two records one customer?

    `item`: its rank. `customers`: how many deciding it may change, `records`: those of the two. `match_weight`
    and `probability` are None where there is no pair to weigh. `left`, `right`: the records' values by name as
    domain.review.SHOWN has them, empty unless asked for.
    """

    item: int
    kind: str
    reason: str
    left_key: str
    right_key: str
    match_weight: float | None
    probability: float | None
    customers: int
    records: int
    left: Mapping[str, str]
    right: Mapping[str, str]

    def cells(self) -> dict[str, str]:
        """The item as cells of a review file, safe in a spreadsheet."""
        keys = {name: getattr(self, name) for name in ("kind", "reason", "left_key", "right_key")}
        sides = {"left": self.left, "right": self.right}
        shown = {f"{side}_{name}": text for side, values in sides.items() for name, text in values.items()}
        numbers = {
            name: getattr(self, name) for name in ("item", "match_weight", "probability", "customers", "records")
        }
        return item_cells(keys | shown, numbers)


@dataclass(frozen=True)
class Plan:
    """What decisions would do to the ledger.

    `decisions`: those that say something new. `repeated`: how many are in force already. `replaced`: the numbers of
    the decisions in force that they would supersede. `contradictions`: those that they would make.
    """

    decisions: tuple[NewDecision, ...]
    repeated: int
    replaced: tuple[int, ...]
    contradictions: tuple[Contradiction, ...]


def review_items(
    con: duckdb.DuckDBPyConnection, *, values: Values = "keys", limit: int | None = None
) -> list[ReviewItem]:
    """The open items of linkage.review in its order, at most `limit`, with the values of both records as asked for.

    Raises InputError before the first run.
    """
    if not table_exists(con, "linkage", "review"):
        raise InputError("no run has linked anything yet", where="linkage.review", fix="run `dq-pipeline run` first")
    decided = table_exists(con, "stewardship", "link_decisions")
    pairs = "from stewardship.link_decisions" if decided else "select null as left_key, null as right_key"
    shown = "".join(f", {side}.{name}" for side in ("lefts", "rights") for name in SHOWN if values != "keys")
    joins = "".join(
        f"left join ({_VALUES}) as {side}s on {side}s.record_key = open.{side}_key "
        for side in ("left", "right")
        if values != "keys"
    )
    rows = con.execute(
        f"with decided as ({pairs}), open as ({_OPEN} order by item limit $limit) "
        f"select open.*{shown} from open {joins} order by item",
        {"limit": limit},
    ).fetchall()
    return [ReviewItem(*(*row[:9], _shown(row[9:14], values), _shown(row[14:], values))) for row in rows]


def _shown(given: Sequence[str | None], values: Values) -> dict[str, str]:
    texts = {name: (text or "")[:_LONGEST] for name, text in zip(SHOWN, given, strict=values != "keys")}
    return texts if values == "full" else {name: SHOWN[name](text) if text else "" for name, text in texts.items()}


def known_decisions(con: duckdb.DuckDBPyConnection, answers: Answers, *, where: str) -> list[NewDecision]:
    """The decisions of a review file.

    Raises InputError with every problem of the file by line, records nobody has heard of among them.
    """
    unknown = unknown_keys(con, (key for _, decision in answers.decisions for key in decision.record_keys if key))
    strangers = [
        (line, f"there is no record {key!r}")
        for line, decision in answers.decisions
        for key in decision.record_keys
        if key in unknown
    ]
    problems = tuple(f"line {line}: {problem}" for line, problem in sorted([*answers.problems, *strangers]))
    if problems:
        raise InputError("nothing was imported", where=where, problems=problems, fix="mend these, then import again")
    return [decision for _, decision in answers.decisions]


def plan(con: duckdb.DuckDBPyConnection, decisions: Sequence[NewDecision]) -> Plan:
    """Compare decisions about pairs with the ledger; nothing is written."""
    in_force = {(d.left_key, d.right_key): d for d in pair_decisions(con)}
    new: list[NewDecision] = []
    replaced: list[int] = []
    last = last_number(con)
    for decision in decisions:
        left_key, right_key = decision.record_keys
        before = in_force.get((left_key, right_key))
        if before is None or before.verdict != decision.kind:
            new.append(decision)
            replaced += [before.number] if before else []
            verdict: Verdict = "same" if decision.kind == "same" else "different"
            in_force[left_key, right_key] = PairDecision(last + len(new), left_key, right_key, verdict)
    made = tuple(c for c in contradictions(in_force.values()) if c.numbers[-1] > last)
    return Plan(tuple(new), len(decisions) - len(new), tuple(replaced), made)
