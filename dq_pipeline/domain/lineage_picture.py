"""Lineage drawn in stages: from the extracts on the left to golden on the right, each table or column a box.

Boxes of a stage are ordered by the mean place of their neighbours, which keeps crossings few (the barycentre heuristic
of Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures", 1981). Units are
pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.lineage import Branch, Column, Lineage

STAGES = ("Extracts", "Mapped", "Together", "Read", "Standardised", "Linked", "Golden")
# What staging hands on to linkage and golden; its other tables are steps on the way there.
STANDARDISED = frozenset(
    f"staging.{name}"
    for name in ("customers", "contact_points", "consents", "interactions", "transactions", "match_forms")
)
BOX, LINE, GAP, TOP, SPACE = 130, 14, 36, 28, 6
SWEEPS = 4


@dataclass(frozen=True)
class Box:
    """A column, or a whole table (its column's name is then empty), and its place."""

    column: Column
    stage: int
    x: float
    y: float

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands in the box: the table, or the column and below it the table."""
        table = self.column.table.partition(".")[2]
        return (self.column.name, table) if self.column.name else (table,)

    @property
    def height(self) -> float:
        return LINE * len(self.lines) + 10


@dataclass(frozen=True)
class Edge:
    """A curve from one box to another; `inside` when both are of one stage."""

    source: Column
    target: Column
    path: str
    inside: bool


@dataclass(frozen=True)
class LineagePicture:
    """Boxes, edges, the heading over each stage as (x, text), and the space they need."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    headings: tuple[tuple[float, str], ...]
    width: float
    height: float


def stage_of(table: str, contracts: Mapping[str, Contract]) -> int:
    """The stage a table belongs to, as an index of `STAGES`."""
    schema, _, name = table.partition(".")
    if table in STANDARDISED:
        return 4
    if schema == "staging" and name in contracts:
        return 1
    if table == "staging.source_records":
        return 2
    return {"raw": 0, "linkage": 5, "golden": 6}.get(schema, 3)


def draw_tables(lineage: Lineage, targets: Iterable[str], contracts: Mapping[str, Contract]) -> LineagePicture:
    """The tables that the columns of `targets` are computed from, and these."""
    reads = {
        table: {dependency.column.table for column in columns for dependency in lineage.columns[column].upstream}
        - {table}
        for table, columns in lineage.tables.items()
    }
    found: set[str] = set()
    pending = [table for table in targets if table in reads]
    while pending:
        table = pending.pop()
        if table not in found:
            found.add(table)
            pending.extend(reads[table])
    edges = [(Column(source, ""), Column(table, "")) for table in found for source in reads[table]]
    return draw_stages([Column(table, "") for table in found], edges, contracts)


def draw_column(tree: Branch, contracts: Mapping[str, Contract]) -> LineagePicture:
    """All columns that the column at the root of `tree` is computed from, step by step."""
    branches = list(tree.walk())
    edges = {(below.column, branch.column) for branch in branches for below in branch.below}
    return draw_stages({branch.column for branch in branches}, edges, contracts)


def by_stage(tree: Branch, contracts: Mapping[str, Contract]) -> list[tuple[str, list[Column]]]:
    """(stage, its columns) of a tree, the extracts first: what the picture shows, as text."""
    columns = sorted({branch.column for branch in tree.walk()})
    stages = [(name, [c for c in columns if stage_of(c.table, contracts) == n]) for n, name in enumerate(STAGES)]
    return [(name, found) for name, found in stages if found]


def draw_stages(
    columns: Iterable[Column], edges: Iterable[tuple[Column, Column]], contracts: Mapping[str, Contract]
) -> LineagePicture:
    """Boxes by stage (a stage without any is left out) and the edges between them, from source to target."""
    by_number: dict[int, list[Column]] = {}
    for column in sorted(columns):
        by_number.setdefault(stage_of(column.table, contracts), []).append(column)
    used = sorted(by_number)
    drawn = sorted(edges)
    stacks = _ordered([by_number[stage] for stage in used], drawn)
    boxes: dict[Column, Box] = {}
    tallest = max((_height(stack) for stack in stacks), default=0.0)
    for place, stack in enumerate(stacks):
        y = TOP + (tallest - _height(stack)) / 2
        for column in stack:
            boxes[column] = box = Box(column, used[place], place * (BOX + GAP), round(y, 1))
            y += box.height + SPACE
    return LineagePicture(
        boxes=tuple(boxes.values()),
        edges=tuple(_edge(boxes[source], boxes[target]) for source, target in drawn),
        headings=tuple((place * (BOX + GAP), STAGES[stage]) for place, stage in enumerate(used)),
        width=len(used) * (BOX + GAP),
        height=TOP + tallest,
    )


def _height(stack: Sequence[Column]) -> float:
    return sum(Box(column, 0, 0, 0).height + SPACE for column in stack)


def _ordered(stacks: list[list[Column]], edges: Sequence[tuple[Column, Column]]) -> list[list[Column]]:
    """Every stack with each box near its neighbours in the others; ties keep the order of names."""
    home = {column: n for n, stack in enumerate(stacks) for column in stack}
    neighbours: dict[Column, list[Column]] = {column: [] for column in home}
    for source, target in edges:
        if home[source] != home[target]:
            neighbours[source].append(target)
            neighbours[target].append(source)
    rank = {column: n / len(stack) for stack in stacks for n, column in enumerate(stack)}
    for sweep in range(SWEEPS):
        for stack in stacks if sweep % 2 == 0 else reversed(stacks):
            means = {c: fmean([rank[n] for n in neighbours[c]] or [rank[c]]) for c in stack}
            stack.sort(key=lambda column: (means[column], column))
            rank |= {column: n / len(stack) for n, column in enumerate(stack)}
    return stacks


def _edge(source: Box, target: Box) -> Edge:
    x1, y1, y2 = source.x + BOX, source.y + source.height / 2, target.y + target.height / 2
    inside = source.stage == target.stage
    x2 = x1 if inside else target.x if target.x > source.x else target.x + BOX
    bend = x1 + min(GAP - 8, 8 + abs(y2 - y1) / 8) if inside else (x1 + x2) / 2
    path = f"M{x1:g} {y1:g} C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}"
    return Edge(source.column, target.column, path, inside)
