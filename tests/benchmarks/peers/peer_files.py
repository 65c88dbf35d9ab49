"""What every runner shares: records in, clusters out. Standard library only: each peer has an environment of its own.

    <the peer's python> <runner>.py records.csv[.gz] clusters.csv truth.csv[.gz]

The truth is for a peer that cannot do without labelled pairs; the others leave it alone. Record ids are no
attribute: in public sets they often give the answer away.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Key = tuple[str, str]
KEY = ("source_system", "source_record_id")

# Blocking for the peers that are told by hand, the same for all of them: what their tutorials show, on these columns.
BLOCKING = (
    ("national_id",),
    ("given_name", "family_name"),
    ("given_name", "birthdate"),
    ("family_name", "birthdate"),
    ("family_name", "postal_code"),
    ("birthdate", "postal_code"),
)


def read_table(path: str) -> list[dict[str, str]]:
    """The lines of a CSV, plain or .gz, as they are."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def key_of(row: Mapping[str, str]) -> Key:
    """The record a line is about."""
    return row[KEY[0]], row[KEY[1]]


def attributes(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The columns to compare, in the file's order, without the key."""
    return [name for name in rows[0] if name not in KEY]


def usable_keys(columns: Iterable[str], more: Iterable[tuple[str, ...]] = ()) -> list[tuple[str, ...]]:
    """The blocking keys, and `more` of them, whose columns the set has."""
    there = set(columns)
    return [key for key in (*BLOCKING, *more) if there.issuperset(key)]


def connected(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The component of each of `size` records (union-find, path halving): what a library without clustering leaves
    to its user."""
    parent = list(range(size))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs:
        parent[root(int(left))] = root(int(right))
    return [root(item) for item in range(size)]


def write_clusters(rows: Sequence[Mapping[str, str]], clusters: Sequence[object]) -> None:
    """Write the CSV named on the command line: `clusters` in the order of `rows`."""
    with Path(sys.argv[2]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*KEY, "cluster_id"])
        writer.writerows([*key_of(row), cluster] for row, cluster in zip(rows, clusters, strict=True))
