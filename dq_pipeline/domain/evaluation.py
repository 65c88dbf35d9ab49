"""How good a clustering is against a known truth: pairs, records and whole clusters.

Everything is counted from the contingency table of predicted and true clusters (how many records each two
share), never by listing pairs, so a million records take a second. Pairs that blocking missed are simply
not in a predicted cluster, and count as missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """Counts and shares (0 to 1). A share over nothing is 1: no predicted pair is no wrong pair.

    `pairwise_*`: over pairs of records (Christen 2012, ch. 7). `b_cubed_*`: over records, each by the
    share of its cluster that belongs there (Bagga & Baldwin 1998). `exact_clusters`: true customers
    found whole, without a stranger.
    """

    records: int
    true_customers: int
    predicted_customers: int
    true_pairs: int
    predicted_pairs: int
    correct_pairs: int
    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float
    b_cubed_precision: float
    b_cubed_recall: float
    b_cubed_f1: float
    exact_clusters: int
    exact_cluster_share: float


@dataclass(frozen=True)
class KeyQuality:
    """True pairs that one blocking key finds, and those that no other key does."""

    population: str
    key: str
    true_pairs: int
    true_pairs_alone: int


@dataclass(frozen=True)
class BlockingQuality:
    """What blocking loses and saves (Christen 2012, ch. 7): `found` of the `true_pairs` are among the `compared`."""

    records: int
    true_pairs: int
    found: int
    compared: int
    keys: tuple[KeyQuality, ...]

    @property
    def pairs_completeness(self) -> float:
        """Share of the true pairs that are compared at all: no recall can be higher."""
        return _share(self.found, self.true_pairs)

    @property
    def reduction_ratio(self) -> float:
        """Share of all possible pairs that need not be compared."""
        possible = self.records * (self.records - 1) // 2
        return 1 - self.compared / possible if possible else 0.0


def evaluate_clusters(
    predicted: Sequence[str] | NDArray[np.generic], truth: Sequence[str] | NDArray[np.generic]
) -> Evaluation:
    """Compare two labellings of the same records, in the same order (any hashable, sortable labels).

    Raises ValueError when the lengths differ.
    """
    if len(predicted) != len(truth):
        raise ValueError(f"{len(predicted)} predicted labels for {len(truth)} true ones")
    ours, ours_size = _numbered(predicted)
    true, true_size = _numbered(truth)
    cell, shared = np.unique(ours * np.int64(max(len(true_size), 1)) + true, return_counts=True)
    of_ours, of_true = ours_size[cell // max(len(true_size), 1)], true_size[cell % max(len(true_size), 1)]
    shared = shared.astype(np.int64)
    records = len(ours)
    correct, predicted_pairs, true_pairs = _pairs(shared), _pairs(ours_size), _pairs(true_size)
    precision, recall = _share(correct, predicted_pairs), _share(correct, true_pairs)
    b_precision = _share(float((shared**2 / of_ours).sum()), records)
    b_recall = _share(float((shared**2 / of_true).sum()), records)
    exact = int(((shared == of_ours) & (shared == of_true)).sum())
    return Evaluation(
        records=records,
        true_customers=len(true_size),
        predicted_customers=len(ours_size),
        true_pairs=true_pairs,
        predicted_pairs=predicted_pairs,
        correct_pairs=correct,
        pairwise_precision=precision,
        pairwise_recall=recall,
        pairwise_f1=harmonic_mean(precision, recall),
        b_cubed_precision=b_precision,
        b_cubed_recall=b_recall,
        b_cubed_f1=harmonic_mean(b_precision, b_recall),
        exact_clusters=exact,
        exact_cluster_share=_share(exact, len(true_size)),
    )


def harmonic_mean(precision: float, recall: float) -> float:
    """F1: 0 when both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _numbered(labels: Sequence[str] | NDArray[np.generic]) -> tuple[IntArray, IntArray]:
    """(number of each record's label, size of each label)."""
    _, inverse, counts = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
    return inverse.astype(np.int64), counts.astype(np.int64)


def _pairs(sizes: IntArray) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
