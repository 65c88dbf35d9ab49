"""The review file: which words decide, and cells that no spreadsheet takes for a formula.

A cell that begins like a formula gets an apostrophe in front (OWASP, CSV Injection), and so does one that begins with
an apostrophe: otherwise reading back could not tell which apostrophe was the key's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from dq_pipeline.domain.masking import mask_date, mask_email, mask_phone, mask_words
from dq_pipeline.domain.stewardship import Verdict

Values = Literal["keys", "masked", "full"]

# What the two records of an item are compared by, and how each is masked.
SHOWN: Mapping[str, Callable[[str], str]] = {
    "name": mask_words,
    "birthdate": mask_date,
    "email": mask_email,
    "phone": mask_phone,
    "address": mask_words,
}
ITEM = ("item", "kind", "reason", "left_key", "right_key", "match_weight", "probability", "customers", "records")
ANSWER = ("decision", "comment")
NEEDED = ("left_key", "right_key", *ANSWER)

_WORDS: Mapping[str, Verdict | Literal["unsure"]] = {
    **dict.fromkeys(("same", "yes", "y", "match"), "same"),
    **dict.fromkeys(("different", "no", "n", "not the same"), "different"),
    **dict.fromkeys(("unsure", "skip", "maybe", "later", "?"), "unsure"),
}
# Spreadsheets of East Asia take the wide forms for formulas too.
_FORMULA = "=+-@\t\r\n＝＋－＠"


def review_columns(values: Values) -> tuple[str, ...]:
    """The header of a review file; values stand side by side: left_name, right_name, left_birthdate, …"""
    shown = () if values == "keys" else tuple(f"{side}_{name}" for name in SHOWN for side in ("left", "right"))
    return (*ITEM, *shown, *ANSWER)


def verdict_of(text: str) -> Verdict | Literal["unsure", ""] | None:
    """What a decision cell says: '' when it is empty, None when it is no such word."""
    word = text.strip().casefold()
    return _WORDS.get(word) if word else ""


def neutralised(text: str) -> str:
    """A cell that a spreadsheet shows as it is; `restored` takes it back."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def restored(cell: str) -> str:
    """The text behind a neutralised cell; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'")) else cell
