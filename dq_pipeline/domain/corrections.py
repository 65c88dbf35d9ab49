"""What an automatic correction is: a rule that changes what a value means, and may be switched off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CorrectionRule:
    """One kind of correction.

    `columns`: the columns it may change. `confidence`: the probability, 0 to 1, that the corrected value is what was
    meant; of a rule that measures it row by row (`measured`), the least with which a row is proposed. A row is
    applied where the rule is `enabled` and its confidence is `apply_from` or more; otherwise it is only proposed.
    Raises ValueError for a probability outside 0 to 1 or a rule without columns.
    """

    rule_id: str
    columns: tuple[str, ...]
    changes: str
    confidence: float
    because: str
    enabled: bool
    enabled_because: str
    measured: bool = False
    apply_from: float = 0.0

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError(f"correction rule {self.rule_id}: names no column")
        if not (0 <= self.confidence <= 1 and 0 <= self.apply_from <= 1):
            raise ValueError(f"correction rule {self.rule_id}: confidence and apply_from lie between 0 and 1")
