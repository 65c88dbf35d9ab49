"""Record linkage in the terms of Fellegi and Sunter (1969): what a linkage policy and its results are made of.

A *comparison* looks at one aspect of two records and finds the first *level* that holds. A level has two
probabilities: m, among pairs that are one customer, and u, among pairs that are not. Its *match weight* is
log2(m / u). Match weights add up, with the prior, to the log2 odds that the two records are one customer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

Band = Literal["merge", "review", "reject"]
Population = Literal["person", "organisation"]


@dataclass(frozen=True)
class Level:
    """One degree of agreement. `when`: SQL over the columns of linkage.records, with `_l` and `_r` for the two
    sides; no similarity, edit distance or list function in it is negated, so that a condition easier to fulfil can
    stand for it. `label` completes the sentence "<comparison>: …". `expected` is the m assumed before any data is seen,
    `chance` the u.

    `rarity`: a column whose shared value says how much the agreement is worth: u becomes the share of
    customers that have this very value (two Smith are little evidence, two Featherstonehaugh much).
    `neutral`: agreement that proves nothing, where its absence does: its match weight is 0.
    """

    when: str
    label: str
    expected: float
    rarity: str = ""
    neutral: bool = False
    chance: float = 0.002


@dataclass(frozen=True)
class Comparison:
    """One aspect. The levels are tried in order and their `expected` add up to 1; the last has no condition.

    `missing`: SQL that holds when the two sides cannot be compared: no evidence either way.
    `needs`: columns without which the comparison is left out.
    """

    name: str
    needs: tuple[str, ...]
    missing: str
    levels: tuple[Level, ...]
    reason: str


@dataclass(frozen=True)
class BlockingKey:
    """Records are compared when they share a key: one value made of SQL `parts`, or any element of `each`.

    NULL in any part is no key. The more selective key comes first in the policy: it names the pair.
    """

    name: str
    parts: tuple[str, ...] = ()
    each: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why two records may agree although they are two customers, rivals of "one customer".

    `shares`: how often such a pair agrees on a comparison the way one customer would (1 always, 0 only by
    chance). `expected`: such pairs for every pair that is one customer, before any data is seen.

    `kind_of`: the explanation this is a rare kind of, `at_most` so many for each of that: where there are no families,
    pairs that look like twins are something else.
    """

    name: str
    label: str
    shares: Mapping[str, float]
    expected: float
    reason: str
    kind_of: str = ""
    at_most: float = 1.0


@dataclass(frozen=True)
class Guard:
    """Two records that are never joined without a person, however little data taught the model about them.

    It holds for a pair that shows one of the labels of every comparison in `when`, of at least one in `differs` (where
    there is any), and none of `unless`, the proof that the two are one after all. `asks`: a person is asked about every
    such pair; otherwise only about those that the evidence leaves open. `label` completes "may be …".

    It is there for what few data cannot teach. Where many show that pairs of the explanation `rival` hardly occur,
    fewer than `rival_share` for every pair that is one customer, two names are a slip, and no guard is needed.
    """

    name: str
    label: str
    when: Mapping[str, tuple[str, ...]]
    differs: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    asks: bool
    reason: str
    rival: str = "household"
    rival_share: float = 0.05

    def named(self) -> list[tuple[str, str]]:
        """Every (comparison, label) it speaks of."""
        parts = (self.when, self.differs, self.unless)
        return [(name, label) for part in parts for name, labels in part.items() for label in labels]


@dataclass(frozen=True)
class Thresholds:
    """Match weights (log2 odds). Two single records join at `merge`, groups of records at what comes down from
    `merge` to `group` with the number of pairs between them; pairs never compared take off up to `unscored`
    (domain.clustering.JoinRule). From `review` up a person may look. `keep` and up is stored. Two records of
    one customer at `contradiction` or below are shown to a person. Below `hopeless` a pair is not even scored.
    What was one customer when the model came into use stays so down to `break_below` instead of `merge`, so that
    customers on the line do not come apart because a model was trained anew (hysteresis).
    """

    merge: float
    group: float
    unscored: float
    review: float
    keep: float
    contradiction: float
    hopeless: float
    break_below: float


@dataclass(frozen=True)
class Limits:
    """What linkage may cost, and when a value is no evidence.

    `pairs_per_record`: budget of candidate pairs over all keys; `pairs_per_record_and_key`: of one key.
    `block_size`: the most records that may share one key. `sharers`: an identifier (column -> number) that more
    differently named customers share is no evidence. `training_records`, `sampled_pairs`: what training looks at.
    `prior_strength`: pairs' worth of trust in the `expected` values; `minimum_m`: the least any level gets;
    `doubt`: trust that grows with the matches the model is unsure of (domain.mixture.Trust).
    `cluster_size`: a customer of more records is shown to a person. `unique_sources`: source systems known to have no
    duplicates: a customer has one record of each at most.
    """

    pairs_per_record: int
    pairs_per_record_and_key: int
    block_size: int
    sharers: Mapping[str, int]
    training_records: int
    sampled_pairs: int
    prior_strength: float
    minimum_m: float
    doubt: float
    cluster_size: int
    unique_sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkagePolicy:
    """Everything that was decided about matching the records of one population: persons, or organisations.

    Each has a model of its own; a record of one is never compared with one of the other.
    """

    population: Population
    comparisons: tuple[Comparison, ...]
    blocking_keys: tuple[BlockingKey, ...]
    explanations: tuple[Explanation, ...]
    thresholds: Thresholds
    limits: Limits
    guards: tuple[Guard, ...] = ()

    @property
    def rarity_columns(self) -> tuple[str, ...]:
        """The columns whose values' rarity is used, sorted."""
        return tuple(sorted({level.rarity for c in self.comparisons for level in c.levels if level.rarity}))

    @property
    def asking_guards(self) -> tuple[str, ...]:
        """Names of the guards whose pairs a person is asked about, in the order of the policy."""
        return tuple(guard.name for guard in self.guards if guard.asks)

    def fingerprint(self) -> str:
        """Hash of the whole policy: any change makes another model."""
        return content_hash(asdict(self))


def policies_fingerprint(policies: Sequence[LinkagePolicy]) -> str:
    """Hash of the policies of all populations."""
    return content_hash([policy.fingerprint() for policy in policies])


def content_hash(content: object) -> str:
    """The first 16 hex digits of the SHA-256 of `content` as canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def band(match_weight: float, thresholds: Thresholds) -> Band:
    """What a match weight alone says."""
    if match_weight >= thresholds.merge:
        return "merge"
    return "review" if match_weight >= thresholds.review else "reject"


def policy_problems(policy: LinkagePolicy) -> list[str]:
    """What is wrong with a policy, one sentence each; empty when it can be used."""
    problems = []
    names = [c.name for c in policy.comparisons]
    for name in sorted({n for n in names if names.count(n) > 1}):
        problems.append(f"comparison {name} is there twice")
    for comparison in policy.comparisons:
        total = sum(level.expected for level in comparison.levels)
        if abs(total - 1) > 1e-6:
            problems.append(f"comparison {comparison.name}: `expected` adds up to {total:.4f}, not 1")
        if [level.when for level in comparison.levels if not level.when] != [""] or comparison.levels[-1].when:
            problems.append(f"comparison {comparison.name}: the last level, and only it, has no condition")
    for explanation in policy.explanations:
        for name in sorted(set(explanation.shares) - set(names)):
            problems.append(f"explanation {explanation.name}: there is no comparison {name}")
        if explanation.kind_of not in {"", *(other.name for other in policy.explanations)} - {explanation.name}:
            problems.append(f"explanation {explanation.name}: there is no explanation {explanation.kind_of}")
    labels = {(comparison.name, level.label) for comparison in policy.comparisons for level in comparison.levels}
    for guard in policy.guards:
        for name, label in sorted(set(guard.named()) - labels):
            problems.append(f"guard {guard.name}: comparison {name} has no level {label!r}")
        if guard.rival not in {explanation.name for explanation in policy.explanations}:
            problems.append(f"guard {guard.name}: there is no explanation {guard.rival}")
    for key in policy.blocking_keys:
        if bool(key.parts) == bool(key.each):
            problems.append(f"blocking key {key.name}: give `parts` or `each`")
    limits = policy.thresholds
    if not limits.unscored < 0 or not limits.group <= limits.merge:
        problems.append("thresholds: unscored < 0 and group <= merge must hold")
    if not limits.break_below <= limits.merge:
        problems.append("thresholds: break_below <= merge must hold")
    if not limits.hopeless <= limits.keep <= limits.review <= limits.merge:
        problems.append("thresholds: hopeless <= keep <= review <= merge must hold")
    return problems


@dataclass(frozen=True)
class BlockingReport:
    """One key: `pairs` it proposes (a pair may come from several keys); `left_out_values` are shared by more
    than `block_size` records, and so left out. `links`: the pairs at the review line or above that it finds;
    `links_alone`: those that no other key does."""

    population: Population
    key: str
    pairs: int
    block_size: int
    left_out_values: int
    left_out_records: int
    links: int = 0
    links_alone: int = 0


def blocking_table(reports: Sequence[BlockingReport]) -> str:
    """What each key gave and left out, as a Markdown table."""
    head = "| population | key | pairs | largest block | values left out | records left out | links | links alone |"
    rows = [
        f"| {r.population} | {r.key} | {r.pairs:,} | {r.block_size:,} | {r.left_out_values:,} | {r.left_out_records:,} "
        f"| {r.links:,} | {r.links_alone:,} |"
        for r in reports
    ]
    return "\n".join([head, "|---|---|---:|---:|---:|---:|---:|---:|", *rows])


@dataclass(frozen=True)
class LinkageSummary:
    """What a linkage did. Pairs are unordered; `compared` is after blocking, without repeats."""

    records: int
    customers: int
    compared: int
    merge_pairs: int
    review_pairs: int
    review_items: int
    model_version: str
    blocking: tuple[BlockingReport, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
