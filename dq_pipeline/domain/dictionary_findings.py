"""What the data dictionary lacks, and where two of its sources contradict each other.

Every table and column needs an owner, a meaning and a class (DAMA-DMBOK 2, chapter 12: metadata without an owner is
nobody's). A word of the business means one thing: two pages that define it differently are a finding, and so are
columns of two sources that become one and are not held to be equally sensitive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.dictionary import UNCLASSIFIED, DictionaryTable
from dq_pipeline.domain.lineage import Column, Lineage

Check = Literal["owner", "definition", "classification", "term", "conflict", "role"]

# Where the sources meet: one column for what each of them calls by its own name.
MEETING = "staging.source_records"


@dataclass(frozen=True, order=True)
class DictionaryFinding:
    """One gap or contradiction; `column_name` is empty where it is the whole table's, `table_name` where it is a
    term's."""

    table_name: str
    column_name: str
    check_name: Check
    problem: str


def find_gaps(tables: Iterable[DictionaryTable], terms: Mapping[str, Sequence[str]]) -> Iterator[DictionaryFinding]:
    """Tables and columns without owner, meaning or class, and terms that no glossary explains.

    `terms`: the glossary, word -> what it means, as often as it is explained.
    """
    for table in tables:
        if not table.owner:
            yield DictionaryFinding(table.name, "", "owner", "nobody answers for the table")
        if not table.meaning:
            yield DictionaryFinding(table.name, "", "definition", "nobody says what the table holds")
        for column in table.columns:
            if not column.meaning:
                yield DictionaryFinding(table.name, column.name, "definition", "nobody says what the column means")
            if column.classification == UNCLASSIFIED:
                problem = "a column of an extract that it comes from has no classification"
                yield DictionaryFinding(table.name, column.name, "classification", problem)
            if column.term and column.term not in terms:
                problem = f"the glossary has no term {column.term!r}"
                yield DictionaryFinding(table.name, column.name, "term", problem)


def find_silence(contracts: Iterable[Contract], roles: Sequence[str]) -> Iterator[DictionaryFinding]:
    """Contracts that do not say what one of the `roles` may see: it sees no value then, golden rows being of all."""
    for contract in contracts:
        for role in roles:
            if role not in contract.roles:
                problem = f"the contract does not say what {role} may see, so its files hold nobody's values"
                yield DictionaryFinding(f"raw.{contract.id}", "", "role", problem)


def find_unknown(
    tables: Iterable[DictionaryTable], present: Mapping[str, Iterable[str]]
) -> Iterator[DictionaryFinding]:
    """Tables and columns that are `present` (table -> columns) and that the dictionary has never heard of."""
    known = {table.name: {column.name for column in table.columns} for table in tables}
    for table, columns in present.items():
        if table not in known:
            yield DictionaryFinding(table, "", "definition", "the table is not in the dictionary")
        for column in columns:
            if column not in known.get(table, {column}):
                yield DictionaryFinding(table, column, "definition", "the column is not in the dictionary")


def find_conflicts(
    contracts: Mapping[str, Contract], lineage: Lineage, terms: Mapping[str, Sequence[str]]
) -> Iterator[DictionaryFinding]:
    """Words defined in two ways, by the contracts or the glossary, and columns classified in two ways."""
    for word, meanings in terms.items():
        if len(meanings) > 1:
            yield DictionaryFinding("", "", "conflict", f"the glossary explains {word!r} {len(meanings)} times")
    yield from _unlike_definitions(contracts)
    yield from _unlike_classes(contracts, lineage)


def _unlike_definitions(contracts: Mapping[str, Contract]) -> Iterator[DictionaryFinding]:
    """One business name on several pages, with descriptions that differ in more than case and punctuation.

    The first sentence of a description says what the column means, the rest how it is written: that may differ.
    """
    found: dict[str, dict[str, list[Column]]] = {}
    for contract in contracts.values():
        for column in contract.columns:
            if column.term:
                said = found.setdefault(column.term.casefold(), {}).setdefault(
                    _folded(column.description.partition(". ")[0]), []
                )
                said.append(Column(f"raw.{contract.id}", column.name))
    for term, meanings in sorted(found.items()):
        if len(meanings) > 1:
            places = ", ".join(str(columns[0]) for columns in meanings.values())
            problem = f"the term {term!r} is defined in {len(meanings)} ways: {places}"
            for columns in meanings.values():
                yield from (DictionaryFinding(each.table, each.name, "conflict", problem) for each in columns)


def _unlike_classes(contracts: Mapping[str, Contract], lineage: Lineage) -> Iterator[DictionaryFinding]:
    """Columns of the sources that are taken over as one and the same, and classified differently."""
    stated = {
        Column(f"raw.{contract.id}", column.name): column.classification
        for contract in contracts.values()
        for column in contract.columns
    }
    for column in lineage.tables.get(MEETING, ()):
        mapped = (lineage.columns[each.column].upstream for each in lineage.columns[column].upstream)
        # A column made of several may well be more sensitive than each; what is taken over alone is compared.
        raw = [sources[0].column for sources in mapped if len(sources) == 1 and sources[0].column in stated]
        classes = sorted({stated[each] for each in raw if stated[each] != UNCLASSIFIED})
        if len(classes) > 1:
            told = "; ".join(f"{name}: {', '.join(str(r) for r in raw if stated[r] == name)}" for name in classes)
            problem = f"sources class {column.name} differently ({told})"
            yield DictionaryFinding(MEETING, column.name, "conflict", problem)


def _folded(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())
