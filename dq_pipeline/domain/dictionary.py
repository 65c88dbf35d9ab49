"""The data dictionary: every table and column with its meaning, type, owner, classification and origin.

Nothing in it is written twice: it is put together from the contracts, the headers of the SQL models, the definitions of
what Python makes, and column lineage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import shorten

from dq_pipeline.domain.contract import Contract, ContractColumn
from dq_pipeline.domain.definitions import define
from dq_pipeline.domain.lineage import Column, Lineage
from dq_pipeline.domain.table_definitions import TABLES

# Who answers for what the pipeline makes; a source's own tables are its contract's owner's.
PIPELINE_OWNER = "customer-data"
VALUES_SHOWN = 8
CLASSIFICATIONS = ("none", "personal", "sensitive")
# What people write into the project's own ledgers: names of staff, and words that may quote a value.
_WRITTEN_BY_PEOPLE = {
    *("raw.rejects.raw_text", "stewardship.decisions.value", "stewardship.pins.value"),
    *(f"quality.issues.{name}" for name in ("assignee", "decided_by", "comment")),
    *(f"quality.issue_events.{name}" for name in ("author", "assignee", "comment")),
    *("quality.releases.author", "quality.accepted_checks.author", "quality.expected_deviations.author"),
    *("quality.held_records.released_by", "golden.pins_status.author"),
    *(f"stewardship.{table}.author" for table in ("decisions", "link_decisions", "pins")),
}
UNCLASSIFIED = ""


@dataclass(frozen=True)
class Vocabulary:
    """What is decided of columns beside what contracts say, by `schema.table.column` or by a name wherever it stands.

    `classes`: classifications in place of the inherited ones. `terms`: the word of the glossary that a column is about.
    """

    classes: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DictionaryColumn:
    """One column. `upstream` is what it is computed from directly; `made` says how, where no column tells.

    `notes`: what the contract says of an extract's column beside its meaning. `term`: its word in the glossary, if it
    has one. `classification` is empty where the contract of a column that it comes from gives none.
    """

    name: str
    type: str
    meaning: str
    classification: str
    upstream: tuple[Column, ...] = ()
    made: str = ""
    notes: tuple[str, ...] = ()
    term: str = ""


@dataclass(frozen=True)
class DictionaryTable:
    """One table, `schema.table`. `origin`: `extract`, `SQL` or `Python`, by what makes it."""

    name: str
    meaning: str
    owner: str
    origin: str
    columns: tuple[DictionaryColumn, ...]

    @property
    def schema(self) -> str:
        return self.name.partition(".")[0]

    @property
    def summary(self) -> str:
        """The first sentence of what it means."""
        return shorten(self.meaning.partition(". ")[0].removesuffix("."), 150, placeholder=" …")

    @property
    def personal(self) -> int:
        """How many columns are personal or sensitive."""
        return sum(column.classification != CLASSIFICATIONS[0] for column in self.columns)


def build_dictionary(
    contracts: Mapping[str, Contract],
    lineage: Lineage,
    descriptions: Mapping[str, str],
    vocabulary: Vocabulary | None = None,
) -> tuple[DictionaryTable, ...]:
    """Every table of the lineage, by name; `descriptions` are the SQL models' headers, by table."""
    vocabulary = vocabulary or Vocabulary()
    classes = classify(contracts, lineage, overrides=vocabulary.classes)
    extracts = {f"raw.{contract.id}": contract for contract in contracts.values()}
    return tuple(
        DictionaryTable(
            name,
            meaning=" ".join(_meaning(name, extracts, descriptions).split()),
            owner=owner_of(name, contracts),
            origin="extract" if name in extracts else "SQL" if name in descriptions else "Python",
            columns=tuple(
                _column(column, lineage, classes[column], extracts.get(name), _said(vocabulary.terms, column))
                for column in columns
            ),
        )
        for name, columns in sorted(lineage.tables.items())
    )


def owner_of(table: str, contracts: Mapping[str, Contract]) -> str:
    """Who answers for the table: of a source's own tables the owner its contract names, else the pipeline's."""
    schema, _, name = table.partition(".")
    contract = contracts.get(name) if schema in ("raw", "staging") else None
    return contract.owner if contract else PIPELINE_OWNER


def classify(
    contracts: Mapping[str, Contract],
    lineage: Lineage,
    columns: Iterable[Column] | None = None,
    *,
    overrides: Mapping[str, str] | None = None,
) -> dict[Column, str]:
    """Column -> the highest classification of the extract columns it is computed from, as their contracts give it.

    Of all columns, unless `columns` are given. A status or a key made from a personal value is personal too: what is
    derived from a person's data is about them. `overrides` stand in place of that; they do not reach an extract's own
    columns, which are their contract's to classify, unless they name the table. What comes from a column that nobody
    has classified is UNCLASSIFIED, as it might be anything.
    """
    ranks = (*CLASSIFICATIONS, UNCLASSIFIED)
    stated = {
        Column(f"raw.{contract.id}", column.name): ranks.index(column.classification)
        for contract in contracts.values()
        for column in contract.columns
    }
    stated |= {column: 1 for column in lineage.columns if f"{column.table}.{column.name}" in _WRITTEN_BY_PEOPLE}
    return {
        column: _said(overrides or {}, column)
        or ranks[max(stated.get(origin, 0) for origin in lineage.origins(column))]
        for column in (lineage.columns if columns is None else columns)
    }


def _said(words: Mapping[str, str], column: Column) -> str:
    exact = words.get(f"{column.table}.{column.name}", "")
    return exact or ("" if column.table.startswith("raw.") else words.get(column.name, ""))


def _meaning(table: str, extracts: Mapping[str, Contract], descriptions: Mapping[str, str]) -> str:
    if table in extracts:
        return extracts[table].description
    return descriptions.get(table) or TABLES.get(table, "")


def _column(
    column: Column, lineage: Lineage, classification: str, contract: Contract | None, term: str
) -> DictionaryColumn:
    origin = lineage.columns[column]
    stated = next((each for each in contract.columns if each.name == column.name), None) if contract else None
    return DictionaryColumn(
        column.name,
        origin.type,
        (stated and stated.description) or define(column.table, column.name),
        classification,
        tuple(sorted({dependency.column for dependency in origin.upstream})),
        origin.made,
        tuple(_notes(stated)) if stated else (),
        (stated and stated.term) or term,
    )


def _notes(column: ContractColumn) -> Iterator[str]:
    if column.key:
        yield "part of the key"
    if column.required:
        yield "in every file"
    if column.allowed_values:
        rest = len(column.allowed_values) - VALUES_SHOWN
        yield "one of " + ", ".join(column.allowed_values[:VALUES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
    if column.aliases:
        yield "also named " + ", ".join(column.aliases)
