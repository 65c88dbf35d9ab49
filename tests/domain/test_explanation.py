"""What an explanation says of two records, and the joins that connect them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.explanation import (
    Evidence,
    Join,
    Meeting,
    PairExplanation,
    Said,
    ScoredPair,
    connecting_joins,
)
from dq_pipeline.domain.stewardship import Contradiction, PairDecision

A, B, C = "crm:1", "shop:1", "shop:2"
PAIR = ScoredPair(
    1.75, 0.77, "merge", "e-mail", (Evidence("given name", "the same", 5.0), Evidence("e-mail", "x", -3.25))
)
TOLD = datetime(2026, 11, 20, 9)
DECIDED = Said(7, A, B, "same", "Eve", TOLD, "rang them")

SET_ASIDE = Contradiction(PairDecision(9, A, C, "different"), (PairDecision(7, A, B, "same"),), ())


def banded(band: str) -> ScoredPair:
    return replace(PAIR, band=band)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"same_customer": True, "pair": banded("merge")}, "One customer: the two records fit each other."),
        ({"same_customer": True, "pair": banded("review")}, "One customer: the evidence between these two is weak"),
        ({"same_customer": True, "pair": banded("reject")}, "One customer: these two do not fit by themselves"),
        ({"same_customer": True}, "One customer: these two were never compared, other records"),
        ({"pair": banded("merge")}, "Two customers: the two fit as a pair, but the other records"),
        ({"pair": banded("review")}, "Two customers, perhaps one:"),
        ({"pair": banded("reject")}, "Two customers: what agrees is outweighed"),
        ({}, "Two customers: they were never compared, or scored below the stored limit."),
        (
            {"meeting": Meeting((), (), None, -6.0)},
            "Two customers: they were never compared, because they share no key by which records meet.",
        ),
        (
            {"meeting": Meeting(("town", "name"), ("town", "name"), PAIR, -6.0)},
            "Two customers: they were never compared: what they share is too common to have records meet (town, name).",
        ),
        (
            {"meeting": Meeting(("town", "name"), ("town",), replace(PAIR, match_weight=-9.0), -6.0)},
            "Two customers: they met through name, and scored below the stored limit of -6.0.",
        ),
        (
            {"meeting": Meeting(("name",), (), None, -6.0)},
            "Two customers: they met through name, and scored below the stored limit of -6.0.",
        ),
        (
            {"meeting": Meeting(("name",), (), PAIR, -6.0)},
            "Two customers: the last run stored no comparison of them; the model in use would have them",
        ),
        (
            {"populations": ("person", "organisation")},
            "Two customers: one is a person and the other an organisation; these are never compared.",
        ),
        (
            {"held": {A: ["nothing_to_go_by"]}, "decisions": (DECIDED,)},
            "No customer in common yet: crm:1 is held back (nothing_to_go_by). `dq-pipeline held",
        ),
        (
            {"same_customer": True, "pair": banded("reject"), "decisions": (DECIDED,)},
            "One customer: a steward decided so.",
        ),
        (
            {"pair": banded("reject"), "decisions": (DECIDED,)},
            "Two customers still: a steward decided that they are one; the decision takes effect with the next run.",
        ),
        (
            {"populations": ("person", "organisation"), "decisions": (DECIDED,)},
            "Two customers still: a steward decided that they are one; one is taken for a person and the other for an",
        ),
        (
            {"same_customer": True, "decisions": (replace(DECIDED, verdict="different"),)},
            "One customer still: a steward decided that they are two; the decision takes effect with the next run.",
        ),
        (
            {"populations": ("person", "organisation"), "decisions": (replace(DECIDED, verdict="different"),)},
            "Two customers: a steward decided so.",
        ),
        (
            {
                "decisions": (DECIDED,),
                "contradictions": (SET_ASIDE,),
            },
            "Two customers still: a steward decided that they are one; the decision is set aside, because it and",
        ),
        (
            {"pair": banded("merge"), "decisions": (replace(DECIDED, left_key=C, verdict="different"),)},
            "Two customers: the two fit as a pair, but are kept apart.",
        ),
    ],
)  # fmt: skip
def test_the_verdict_names_the_reason_that_outranks_all_others(facts: dict[str, Any], verdict: str) -> None:
    told = PairExplanation(A, B, **({"same_customer": False} | facts)).verdict()
    assert told.startswith(verdict)


def test_the_lines_hold_the_decision_the_table_and_how_the_customer_formed() -> None:
    joins = (Join(1, A, C, 9.0, 1, 1), Join(2, A, B, 2.5, 2, 1))
    explanation = PairExplanation(
        A, B, True, pair=PAIR, decisions=(DECIDED,), records=3, joins=joins, path=joins, notes=("up for review: large",)
    )
    assert explanation.lines() == [
        "crm:1  and  shop:1",
        "One customer: a steward decided so.",
        "Decision 7, by Eve on 2026-11-20: crm:1 and shop:1 are one customer (rang them)",
        "Match weight +1.8 (probability 77.0%), band merge, met through: e-mail",
        "     +5.0  given name  the same",
        "     -3.2  e-mail      x",
        "The customer has 3 records, joined in 2 steps. Those that connect the two, the weakest first:",
        "     +2.5  step 2: the group of shop:1 to the group of crm:1, 1 of 2 pairs compared",
        "     +9.0  step 1: the group of shop:2 to the group of crm:1, 1 of 1 pairs compared",
        "up for review: large",
    ]
    again = PairExplanation(A, B, False, meeting=Meeting(("name",), (), replace(PAIR, blocking_key=""), -6.0))
    assert again.lines()[2] == "Compared for this answer: Match weight +1.8 (probability 77.0%), band merge"
    assert PairExplanation(A, B, False, cannot_tell="Ask later.").lines()[-1] == "Ask later."


@given(st.integers(2, 9).flatmap(lambda n: st.tuples(st.just(n), st.randoms(use_true_random=False))))
def test_the_connecting_joins_are_the_path_in_the_tree_of_joins(world: tuple[int, Any]) -> None:
    """Against networkx: groups of a random clustering are nodes of a tree, each below the join that took it in."""
    size, random = world
    keys = [f"k:{number}" for number in range(size)]
    tree = nx.Graph()
    groups = [(key, key) for key in keys]  # (smallest key, node of the tree)
    joins = []
    for step in range(1, size):
        (kept, one), (absorbed, other) = sorted(random.sample(groups, 2))
        groups = [group for group in groups if group[0] not in (kept, absorbed)] + [(kept, f"join {step}")]
        tree.add_edges_from([(one, f"join {step}"), (other, f"join {step}")])
        joins.append(Join(step, kept, absorbed, 1.0, 1, 1))
    left, right = random.sample(keys, 2)
    expected = {node for node in nx.shortest_path(tree, left, right) if node.startswith("join")}
    assert {f"join {join.step}" for join in connecting_joins(reversed(joins), left, right)} == expected


def test_joins_that_people_decided_come_last() -> None:
    joins = (Join(1, "a:1", "b:1", None, 1, 0), Join(2, "a:1", "c:1", 4.0, 2, 2), Join(3, "a:1", "d:1", 3.0, 3, 3))
    assert connecting_joins(joins, "b:1", "a:1") == joins[:1]
    assert connecting_joins(joins, "b:1", "d:1") == joins
    assert connecting_joins([], "b:1", "c:1") == ()
    told = PairExplanation("b:1", "d:1", True, records=4, joins=joins, path=joins).lines()[-3:]
    assert [line.split(":")[0].strip() for line in told] == ["+3.0  step 3", "+4.0  step 2", "decided  step 1"]
    assert told[2] == "  decided  step 1: b:1 to a:1, by a steward"
