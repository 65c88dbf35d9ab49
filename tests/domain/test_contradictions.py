"""Contradictions among decisions against networkx, and what a decision must say."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.stewardship import Contradiction, NewDecision, PairDecision, contradictions

A, B, C, D = "crm:1", "crm:2", "shop:1", "shop:2"
KEYS = [f"crm:{number}" for number in range(8)]
PAIRS = [(one, other) for one in KEYS for other in KEYS if one < other]


@given(
    st.lists(st.sampled_from(PAIRS), unique=True, max_size=14).flatmap(
        lambda pairs: st.tuples(st.just(pairs), st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    )
)
def test_they_are_what_a_graph_library_finds(given_pairs: tuple[list[tuple[str, str]], list[bool]]) -> None:
    decisions = [
        PairDecision(number, *pair, "same" if same else "different")
        for number, (pair, same) in enumerate(zip(*given_pairs, strict=True), 1)
    ]
    graph = nx.Graph((d.left_key, d.right_key) for d in decisions if d.verdict == "same")
    broken = [
        d
        for d in decisions
        if d.verdict == "different"
        and d.left_key in graph
        and d.right_key in graph
        and nx.has_path(graph, d.left_key, d.right_key)
    ]
    found = contradictions(decisions)
    assert [contradiction.different for contradiction in found] == broken
    for contradiction in found:
        one, other = contradiction.different.left_key, contradiction.different.right_key
        paths = [list(path) for path in nx.all_shortest_paths(graph, one, other)]
        assert list(contradiction.records) == min(paths)
        steps = pairwise(contradiction.records)
        assert [{d.left_key, d.right_key} for d in contradiction.same] == [set(step) for step in steps]
        assert {d.verdict for d in contradiction.same} == {"same"}
    assert contradictions(reversed(decisions)) == found


def test_one_is_told_with_its_shortest_chain_and_all_its_decisions() -> None:
    same = [PairDecision(1, A, B, "same"), PairDecision(2, B, C, "same"), PairDecision(4, C, D, "same")]
    different, harmless = PairDecision(3, A, C, "different"), PairDecision(5, A, "zoo:9", "different")
    (found,) = contradictions([*same, different, harmless])
    assert found == Contradiction(different, (same[0], same[1]), (A, B, C))
    assert found.numbers == (1, 2, 3)
    assert contradictions([same[0], same[2], different, harmless]) == ()
    assert contradictions([]) == ()


@pytest.mark.parametrize(
    ("decision", "problems"),
    [
        (NewDecision("same", B, A, author="Eve", reason="rang"), []),
        (NewDecision("same", A, A, author=" ", reason=""), ["author", "reason", "two different records"]),
        (NewDecision("different", A, author="Eve", reason="rang"), ["two different records"]),
        (NewDecision("same", A, B, "email", author="Eve", reason="rang"), ["belong to a pin"]),
        (NewDecision("pin", A, None, "email", "a@b.test", date(2027, 1, 1), "Eve", "rang"), []),
        (NewDecision("pin", A, B, author="Eve", reason="rang"), ["its attribute", "its value", "one record"]),
    ],
)
def test_a_decision_says_what_is_wrong_with_it(decision: NewDecision, problems: list[str]) -> None:
    found = decision.problems()
    assert len(found) == len(problems)
    assert all(expected in text for expected, text in zip(problems, found, strict=True))


def test_the_order_of_two_records_says_nothing() -> None:
    assert NewDecision("same", B, A).record_keys == NewDecision("same", A, B).record_keys == (A, B)
    assert NewDecision("pin", A).record_keys == (A,)
