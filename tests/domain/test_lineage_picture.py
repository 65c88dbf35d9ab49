"""Lineage drawn in stages: nothing is left out, nothing overlaps, and the same lineage gives the same picture."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dq_pipeline.domain.lineage import Branch, Column, Dependency, Lineage, Origin
from dq_pipeline.domain.lineage_picture import BOX, STAGES, by_stage, draw_column, draw_stages, draw_tables, stage_of
from tests.domain.test_dictionary import CONTRACT

CONTRACTS = {"shop": CONTRACT}
TABLES = (
    *("raw.shop", "staging.shop", "staging.source_records", "staging.parsed_emails", "quality.corrections"),
    *("staging.customers", "linkage.clusters", "golden.customers"),
)


def test_every_table_has_its_stage() -> None:
    assert [STAGES[stage_of(table, CONTRACTS)] for table in TABLES] == [
        *("Extracts", "Mapped", "Together", "Read", "Read", "Standardised", "Linked", "Golden")
    ]


EMAIL = Branch(
    Column("golden.customers", "email"),
    below=(
        Branch(
            Column("staging.customers", "email"),
            below=(
                Branch(Column("staging.parsed_emails", "value"), below=(Branch(Column("raw.shop", "Mail")),)),
                Branch(Column("raw.shop", "Mail"), repeated=True),
            ),
        ),
    ),
)


def test_the_way_of_a_column() -> None:
    picture = draw_column(EMAIL, CONTRACTS)
    assert [heading for _, heading in picture.headings] == ["Extracts", "Read", "Standardised", "Golden"]
    assert [box.lines for box in picture.boxes] == [
        *(("Mail", "shop"), ("value", "parsed_emails"), ("email", "customers"), ("email", "customers"))
    ]
    assert [(str(edge.source), str(edge.target)) for edge in picture.edges] == [
        ('raw.shop."Mail"', "staging.customers.email"),
        ('raw.shop."Mail"', "staging.parsed_emails.value"),
        ("staging.customers.email", "golden.customers.email"),
        ("staging.parsed_emails.value", "staging.customers.email"),
    ]


def test_the_same_as_text() -> None:
    assert [(stage, [str(column) for column in columns]) for stage, columns in by_stage(EMAIL, CONTRACTS)] == [
        ("Extracts", ['raw.shop."Mail"']),
        ("Read", ["staging.parsed_emails.value"]),
        ("Standardised", ["staging.customers.email"]),
        ("Golden", ["golden.customers.email"]),
    ]


def test_only_tables_on_the_way_are_drawn() -> None:
    def copied(column: Column) -> Origin:
        return Origin("VARCHAR", (Dependency(column),))

    lineage = Lineage(
        {
            Column("raw.shop", "Mail"): Origin("VARCHAR"),
            Column("raw.other", "Mail"): Origin("VARCHAR"),
            Column("staging.shop", "email"): copied(Column("raw.shop", "Mail")),
            Column("golden.customers", "email"): copied(Column("staging.shop", "email")),
        }
    )
    picture = draw_tables(lineage, ["golden.customers", "golden.unknown"], CONTRACTS)
    assert [box.lines for box in picture.boxes] == [("shop",), ("shop",), ("customers",)]
    assert not any(edge.inside for edge in picture.edges)


COLUMNS = st.builds(Column, st.sampled_from(TABLES), st.sampled_from("abcdefgh"))


@settings(max_examples=60)
@given(st.sets(st.tuples(COLUMNS, COLUMNS), max_size=40))
def test_boxes_never_overlap_and_every_edge_ends_at_two(edges: set[tuple[Column, Column]]) -> None:
    columns = {column for edge in edges for column in edge}
    picture = draw_stages(columns, edges, CONTRACTS)
    assert picture == draw_stages(sorted(columns, reverse=True), sorted(edges, reverse=True), CONTRACTS)
    assert {box.column for box in picture.boxes} == columns
    assert {(edge.source, edge.target) for edge in picture.edges} == edges
    for number, box in enumerate(picture.boxes):
        assert 0 <= box.x <= picture.width - BOX and 0 <= box.y <= picture.height - box.height
        for other in picture.boxes[:number]:
            assert box.x != other.x or box.y + box.height <= other.y or other.y + other.height <= box.y
