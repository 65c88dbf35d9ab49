"""The history of the model in use: what a rollback leads to, whatever happened before."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.promotion import Action, Promotion, parse_promotion, promoted_before

AT = datetime(2026, 11, 20, 9, 30)


def entry(action: Action, version: str, previous: str | None) -> Promotion:
    return Promotion(AT, action, version, previous, "Eve", "fewer families merged")


@pytest.mark.parametrize(
    ("history", "current", "before"),
    [
        ([], "a", None),
        ([("promote", "a", None)], "a", None),
        ([("promote", "a", None), ("promote", "b", "a")], "b", "a"),
        ([("promote", "a", None), ("promote", "b", "a"), ("promote", "a", "b")], "a", "b"),
        ([("promote", "a", None), ("promote", "b", "a"), ("promote", "c", "b"), ("rollback", "b", "c")], "b", "a"),
        # In use before there was a history.
        ([("promote", "b", "a")], "b", "a"),
        # Written, then the process was killed: b never came into use.
        ([("promote", "a", None), ("promote", "b", "a"), ("promote", "c", "a")], "c", "a"),
        ([("promote", "a", None), ("promote", "b", "a")], "a", None),
        ([("promote", "a", None), ("promote", "b", "a"), ("rollback", "a", "b")], "b", "a"),
    ],
)
def test_what_a_rollback_leads_to(
    history: list[tuple[Action, str, str | None]], current: str, before: str | None
) -> None:
    assert promoted_before([entry(*line) for line in history], current) == before


@given(st.lists(st.sampled_from(["promote x", "promote y", "promote z", "rollback"]), max_size=12))
def test_it_is_a_pile(words: list[str]) -> None:
    """Against a plain stack: promotions push, rollbacks pop, and neither does anything where it cannot."""
    pile: list[str] = []
    history: list[Promotion] = []
    for word in words:
        current = pile[-1] if pile else None
        if word == "rollback":
            if len(pile) > 1:
                pile.pop()
                history.append(entry("rollback", pile[-1], current))
        elif word.split()[1] != current:
            pile.append(word.split()[1])
            history.append(entry("promote", pile[-1], current))
    if pile:
        assert promoted_before(history, pile[-1]) == (pile[-2] if len(pile) > 1 else None)


def test_a_line_is_read_back_as_it_was_written() -> None:
    said = Promotion(AT, "promote", "0123456789ab", None, 'Zoë "Z"', "one line\nor two")
    assert "\n" not in said.line()
    assert parse_promotion(said.line()) == said
    for broken in ("", "[]", "{}", '{"action": "delete"}', said.line()[:-9]):
        with pytest.raises((ValueError, KeyError)):
            parse_promotion(broken)
