"""Evaluation figures against definitions applied pair by pair and record by record."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.evaluation import evaluate_clusters

labellings = st.integers(1, 25).flatmap(
    lambda n: st.tuples(*(st.lists(st.sampled_from("abcdef"), min_size=n, max_size=n) for _ in range(2)))
)


def share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


@given(labellings)
def test_figures_are_those_of_the_definitions(labels: tuple[list[str], list[str]]) -> None:
    found, true = labels
    records = range(len(found))
    found_pairs = {(i, j) for i, j in combinations(records, 2) if found[i] == found[j]}
    true_pairs = {(i, j) for i, j in combinations(records, 2) if true[i] == true[j]}
    both = found_pairs & true_pairs
    result = evaluate_clusters(found, true)
    assert (result.predicted_pairs, result.true_pairs) == (len(found_pairs), len(true_pairs))
    assert result.correct_pairs == len(both)
    assert result.pairwise_precision == pytest.approx(share(len(both), len(found_pairs)))
    assert result.pairwise_recall == pytest.approx(share(len(both), len(true_pairs)))
    # B-cubed (Bagga and Baldwin, 1998): per record, the share of its cluster that is right, and of its truth found.
    shared = [sum(found[i] == found[j] and true[i] == true[j] for j in records) for i in records]
    precision = sum(shared[i] / found.count(found[i]) for i in records) / len(records)
    recall = sum(shared[i] / true.count(true[i]) for i in records) / len(records)
    assert result.b_cubed_precision == pytest.approx(precision)
    assert result.b_cubed_recall == pytest.approx(recall)
    groups = [{frozenset(i for i in records if side[i] == label) for label in set(side)} for side in (found, true)]
    assert result.exact_clusters == len(groups[0] & groups[1])


def test_a_table_worked_by_hand() -> None:
    """Six records of two customers; one cluster mixes them, one is pure."""
    result = evaluate_clusters(["x", "x", "x", "y", "y", "z"], ["a", "a", "b", "b", "b", "b"])
    assert (result.true_pairs, result.predicted_pairs, result.correct_pairs) == (7, 4, 2)
    assert result.pairwise_precision == 0.5
    assert result.pairwise_recall == pytest.approx(2 / 7)
    assert result.exact_clusters == 0
    assert (result.true_customers, result.predicted_customers) == (2, 3)
