"""dedupe as its documentation shows it, except that a sample of the truth answers in place of the person it would ask.

It cannot work without labelled pairs. Of SAMPLE records, all of whole people, LABELLED pairs that are one person and as
many that are not are revealed to it; clusters are cut at its default of 0.5.
"""

from __future__ import annotations

import json
import random
import sys
from io import StringIO
from itertools import combinations

import dedupe
from peer_files import attributes, key_of, read_table, write_clusters

SEED = 20240229
# It holds every pair of the sample that each of some hundred predicates proposes: with its own 5,000 records, 15 GB.
SAMPLE = 1_500
# About as many pairs as a person would answer in an afternoon.
LABELLED = 250
EXACT = ("birthdate", "region")
SHORT = ("national_id", "postal_code")

Row = dict[str, str | None]


def kind_of(column: str) -> type:
    """The variable type of dedupe for a column."""
    if column in EXACT:
        return dedupe.variables.Exact
    return dedupe.variables.ShortString if column in SHORT else dedupe.variables.String


def sample_people(rows: list[dict[str, str]], draw: random.Random) -> list[list[int]]:
    """The records of people drawn at random, until there are SAMPLE."""
    truth = {key_of(row): row["truth_id"] for row in read_table(sys.argv[3])}
    people: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        people.setdefault(truth[key_of(row)], []).append(number)
    order = sorted(people)
    draw.shuffle(order)
    chosen: list[list[int]] = []
    while order and sum(map(len, chosen)) < SAMPLE:
        chosen.append(people[order.pop()])
    return chosen


def labelled_pairs(people: list[list[int]], data: dict[int, Row], draw: random.Random) -> StringIO:
    """The labels as dedupe's own training file."""
    same = [pair for members in people for pair in combinations(members, 2)]
    different = [[draw.choice(members) for members in draw.sample(people, 2)] for _ in range(LABELLED)]
    told = {"match": draw.sample(same, min(LABELLED, len(same))), "distinct": different}
    return StringIO(
        json.dumps({kind: [[data[left], data[right]] for left, right in pairs] for kind, pairs in told.items()})
    )


def main() -> None:
    rows = read_table(sys.argv[1])
    columns = attributes(rows)
    data: dict[int, Row] = {number: {name: row[name] or None for name in columns} for number, row in enumerate(rows)}
    random.seed(SEED)
    draw = random.Random(SEED)
    people = sample_people(rows, draw)
    deduper = dedupe.Dedupe([kind_of(name)(name, has_missing=True) for name in columns], num_cores=2)
    sample = {number: data[number] for members in people for number in members}
    deduper.prepare_training(sample, training_file=labelled_pairs(people, data, draw))
    deduper.train()
    clusters = [0] * len(rows)
    for cluster, (members, _) in enumerate(deduper.partition(data, threshold=0.5)):
        for number in members:
            clusters[number] = cluster
    write_clusters(rows, clusters)


if __name__ == "__main__":
    main()
