"""A request to be forgotten: who, since when, by when it must be done, and how far it has come.

Deadlines: GDPR article 12(3), one month, taken as 30 days. Nothing here holds a value of a person; keys and ids only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

DEADLINE = timedelta(days=30)
# In this order: what needs the person's values to find them comes before the step that removes them from the warehouse.
STEPS = ("suppressed", "extracts", "models", "published", "stray_files", "warehouse", "rewritten", "certified")
# A record key of somebody erased, where a ledger must keep one: this and a salted hash.
ERASED_KEY = "erased:"
Purpose = Literal["erasure", "retention"]


@dataclass(frozen=True)
class Request:
    """`customer_ids`: the id asked for first, then those that led to it. `not_before`: the end of the waiting period.

    `facts`: of a retention request, the interactions and transactions to remove, as `contract id|fact id`; an erasure
    removes all of the records' facts. `done` are the steps finished, `begun` the one begun last, `counts` what they
    removed by place. All moments UTC without zone.
    """

    request_id: str
    customer_ids: tuple[str, ...]
    record_keys: tuple[str, ...]
    author: str
    reason: str
    requested_at: datetime
    not_before: datetime
    purpose: Purpose = "erasure"
    facts: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    begun: str = ""

    @property
    def subject(self) -> str:
        """What the audit trail calls it: the customer's id, else the request's own; never a key of a record."""
        return self.customer_ids[0] if self.customer_ids else self.request_id

    @property
    def due_at(self) -> datetime:
        """By when the law wants it done."""
        return self.requested_at + DEADLINE

    @property
    def steps_left(self) -> tuple[str, ...]:
        """Steps still to take, in order."""
        return tuple(step for step in STEPS if step not in self.done)

    def before(self, step: str) -> Request:
        """The request as `step` begins; one that had begun before says so, as what it removed then is not counted."""
        again = f"{step}: cut off once and taken again; what the first time removed is not in the counts"
        notes = (again,) if self.begun == step else ()
        return replace(self, begun=step, notes=tuple(dict.fromkeys([*self.notes, *notes])))

    def after(self, step: str, counts: Mapping[str, int], notes: tuple[str, ...] = ()) -> Request:
        """The request once `step` is done."""
        total = {place: self.counts.get(place, 0) + counts.get(place, 0) for place in {**self.counts, **counts}}
        told = tuple(dict.fromkeys([*self.notes, *notes]))
        return replace(self, done=(*self.done, step), counts=total, notes=told)

    def as_json(self) -> dict[str, Any]:
        """Plain data, moments in ISO 8601."""
        moments = {name: value.isoformat() for name, value in vars(self).items() if isinstance(value, datetime)}
        return {**asdict(self), **moments, "counts": dict(self.counts)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Request:
        """The inverse of `as_json`."""
        moments = {name: datetime.fromisoformat(data[name]) for name in ("requested_at", "not_before")}
        lists = {name: tuple(data[name]) for name in ("customer_ids", "record_keys", "facts", "done", "notes")}
        return cls(**{**data, **moments, **lists})


def is_erased_key(key: str | None) -> bool:
    """Whether a ledger's record key is the hash of one, its record having been erased."""
    return key is not None and key.startswith(ERASED_KEY)


def request_id(number: int, purpose: Purpose) -> str:
    """E000001 for an erasure, R000002 for what retention removed; one count for both."""
    return f"{'E' if purpose == 'erasure' else 'R'}{number:06d}"


_KEPT: dict[Purpose, tuple[str, ...]] = {
    "erasure": (
        "the customer id, in the ledger of ids, as erased",
        "salted hashes of the source record keys in the ledgers of ids and of decisions, so that these can be replayed",
    ),
    "retention": ("source record keys in the ledger of ids, so that a record that comes back has its id again",),
}


def certificate(request: Request, *, completed_at: datetime) -> dict[str, Any]:
    """What was removed, where, when, why and by whose word: ids, keys' number and counts, no value and no key."""
    return {
        "request": request.request_id,
        "purpose": request.purpose,
        "customer": request.customer_ids[0] if request.customer_ids else None,
        "former_ids": list(request.customer_ids[1:]),
        "records": len(request.record_keys),
        "requested_at": request.requested_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "completed_at": completed_at.isoformat(),
        "in_time": completed_at <= request.due_at,
        "author": request.author,
        "reason": request.reason,
        "removed": dict(sorted(request.counts.items())),
        "kept": [
            *_KEPT[request.purpose],
            "salted hashes by which the person is left out of later extracts",
            "that consent was refused or withdrawn, by salted hash",
        ],
        "notes": list(request.notes),
    }


def certificate_text(told: Mapping[str, Any]) -> str:
    """The certificate for a person to read."""
    former = f" (formerly {', '.join(told['former_ids'])})" if told["former_ids"] else ""
    in_time = "within" if told["in_time"] else "AFTER"
    lines = [
        f"Certificate of {told['purpose']} {told['request']}",
        "",
        f"Customer: {told['customer'] or 'none'}{former}",
        f"Source records: {told['records']}",
        f"Requested: {told['requested_at']} by {told['author']}: {told['reason']}",
        f"Completed: {told['completed_at']} ({in_time} the legal time, {told['due_at']})",
        "",
        "Removed:",
        *(f"  {count:>8,}  {place}" for place, count in told["removed"].items()),
        "",
        "Kept:",
        *(f"  - {text}" for text in told["kept"]),
    ]
    if told["notes"]:
        lines += ["", "To note:", *(f"  - {text}" for text in told["notes"])]
    return "\n".join(lines) + "\n"
