"""Why a record is held out of linkage."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class HoldReason:
    """One way in which a record cannot be anybody.

    `reason_id` is stored with the record; `sentence` completes "held back because …". `when`: the SQL condition, over
    `customers` (the columns of staging.customers) and `forms` (those of staging.match_forms).
    Raises ValueError for an id that is not lower case words joined by `_`, or an empty sentence or condition.
    """

    reason_id: str
    sentence: str
    when: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", self.reason_id):
            raise ValueError(f"hold reason {self.reason_id!r}: the id must be lower case words joined by _")
        if not self.sentence or not self.when.strip():
            raise ValueError(f"hold reason {self.reason_id}: has no sentence or no condition")
