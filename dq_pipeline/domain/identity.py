"""Which customer id survives when clusters of records meet the ids their records had before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Overlap(NamedTuple):
    """How much of a cluster had carried one id.

    `current`: records of the cluster that carry the id today; `former`: records that carried it when last seen
    and have come back. `age`: the order in which ids were minted (smaller is older).
    """

    cluster_id: str
    customer_id: str
    current: int
    former: int
    age: int


def surviving_ids(overlaps: Iterable[Overlap]) -> dict[str, str]:
    """cluster_id -> customer_id, each id given to one cluster at most and each cluster at most one id.

    The stated rule, applied to the strongest claim first: most current members, then most returning members, then
    the oldest id, then the smallest cluster key. What is left over is minted (clusters) or redirected (ids) by the
    caller. The result does not depend on the order of `overlaps`.
    """
    assigned: dict[str, str] = {}
    taken: set[str] = set()
    for claim in sorted(overlaps, key=lambda o: (-o.current, -o.former, o.age, o.cluster_id)):
        if claim.cluster_id not in assigned and claim.customer_id not in taken:
            assigned[claim.cluster_id] = claim.customer_id
            taken.add(claim.customer_id)
    return assigned
