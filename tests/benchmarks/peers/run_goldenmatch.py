"""goldenmatch with no configuration, as its front page shows it."""

from __future__ import annotations

import sys

import goldenmatch as gm
import pyarrow as pa
from peer_files import attributes, read_table, write_clusters


def main() -> None:
    rows = read_table(sys.argv[1])
    table = pa.table({name: [row[name] or None for row in rows] for name in attributes(rows)})
    # A run it doubts itself is still its answer.
    result = gm.dedupe_df(table, confidence_required=False, allow_red_config=True)
    clusters: list[object] = [f"alone-{number}" for number in range(len(rows))]
    for cluster, found in result.clusters.items():
        for number in found["members"]:
            clusters[int(number)] = cluster
    write_clusters(rows, clusters)


if __name__ == "__main__":
    main()
