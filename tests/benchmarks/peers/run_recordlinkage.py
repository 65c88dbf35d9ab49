"""recordlinkage as its documentation shows unsupervised deduplication: block, compare, ECM; then connected components,
since the library stops at pairs."""

from __future__ import annotations

import sys

import pandas as pd
import recordlinkage
from peer_files import attributes, connected, read_table, usable_keys, write_clusters

EXACT = ("birthdate", "national_id", "postal_code", "region")


def main() -> None:
    rows = read_table(sys.argv[1])
    columns = [name for name in attributes(rows) if name != "name"]
    frame = pd.DataFrame(rows)[columns].replace("", None)
    indexer = recordlinkage.Index()
    for key in usable_keys(columns):
        indexer.block(list(key))
    pairs = indexer.index(frame)
    compare = recordlinkage.Compare()
    for column in columns:
        if column in EXACT:
            compare.exact(column, column)
        else:
            compare.string(column, column, method="jarowinkler", threshold=0.85)
    matches = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(compare.compute(pairs, frame))
    write_clusters(rows, connected(len(rows), matches))


if __name__ == "__main__":
    main()
