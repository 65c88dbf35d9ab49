"""How the data got here: the line with its counts, the tables, and the way of every golden value from the extracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dq_pipeline.adapters.dashboard.lineage import draw_lineage
from dq_pipeline.adapters.dashboard.page import Material, Page
from dq_pipeline.domain.lineage import Branch, Column
from dq_pipeline.domain.lineage_picture import LineagePicture, by_stage, draw_column, draw_tables
from dq_pipeline.domain.publishing import PUBLISHED_TABLES

TRACED = "golden.customers"
# Unfolded from the start, to show what there is to see.
OPENED = "email"


@dataclass(frozen=True)
class Trace:
    """Where one golden column comes from: its picture, the same as text, and the extract columns it begins in."""

    column: Column
    made: str
    picture: LineagePicture
    stages: list[tuple[str, list[Column]]]
    begins: tuple[Column, ...]
    extracts: int

    @classmethod
    def of(cls, tree: Branch, material: Material) -> Trace:
        begins = tuple(branch.column for branch in tree.ends() if branch.column.table.startswith("raw."))
        return cls(
            tree.column,
            "; ".join(dict.fromkeys(branch.made for branch in tree.ends() if branch.made)),
            draw_column(tree, material.contracts),
            by_stage(tree, material.contracts),
            begins,
            len({column.table for column in begins}),
        )


def pages(material: Material) -> Iterator[Page]:
    """`lineage.html`."""
    lineage = material.lineage
    targets = [table for table in PUBLISHED_TABLES if table.startswith(("golden.", "linkage."))]
    context = {
        "line": draw_lineage(material.data),
        "picture": draw_tables(lineage, targets, material.contracts) if lineage else None,
        "reads": _reads(material),
        "traced": TRACED,
        "opened": OPENED,
        "traces": [Trace.of(lineage.upstream(c), material) for c in lineage.tables.get(TRACED, ())] if lineage else [],
    }
    yield Page("lineage.html", "Lineage", "pages/lineage.html.j2", context)


def _reads(material: Material) -> list[tuple[str, list[str]]]:
    """(table, the tables its values come from), for the text beside the picture."""
    if material.lineage is None:
        return []
    columns = material.lineage.columns
    found = [
        (table, sorted({d.column.table for column in own for d in columns[column].upstream} - {table}))
        for table, own in sorted(material.lineage.tables.items())
    ]
    return [(table, sources) for table, sources in found if sources]
