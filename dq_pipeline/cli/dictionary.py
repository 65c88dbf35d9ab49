"""`dq-pipeline dictionary`: what a table or column means, whose it is, how sensitive, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from dq_pipeline.cli.console import say
from dq_pipeline.errors import InputError

if TYPE_CHECKING:
    from dq_pipeline.domain.dictionary import DictionaryColumn, DictionaryTable
    from dq_pipeline.domain.lineage import Lineage


@click.command()
@click.argument("name", metavar="[COLUMN]", default="")
def dictionary(name: str) -> int:
    """Tell what COLUMN means: `golden.customers.email`, or `email` for every column of that name.

    Of a table every column; without a name all tables. It is made from the contracts, the SQL files and the policies,
    so no run is needed before.
    """
    from dq_pipeline.adapters.glossary import read_glossary
    from dq_pipeline.defs.project import dictionary as project_dictionary
    from dq_pipeline.defs.project import lineage
    from dq_pipeline.settings import GLOSSARY

    tables, found = project_dictionary(), lineage()
    if not name:
        lines = _tables(tables)
    elif name.count(".") == 1:
        (wanted,) = {column.table for column in found.find(name)}
        lines = _table(next(table for table in tables if table.name == wanted))
    else:
        lines = _columns(_find(tables, found, name), found, {t.name: t for t in tables}, read_glossary(GLOSSARY))
    for line in lines:
        say(line)
    return 0


_Found = list[tuple["DictionaryTable", "DictionaryColumn"]]


def _find(tables: Sequence[DictionaryTable], lineage: Lineage, name: str) -> _Found:
    """The one column named in full, or all of that name. Raises InputError where there is none."""
    if "." in name:
        wanted = set(lineage.find(name))
        return [
            (t, c) for t in tables for c in t.columns if any(w.table == t.name and w.name == c.name for w in wanted)
        ]
    found = [(t, c) for t in tables for c in t.columns if c.name.lower() == name.lower()]
    if not found:
        raise InputError(f"no table has a column {name!r}", fix="`dq-pipeline dictionary` lists the tables")
    return found


def _tables(tables: Sequence[DictionaryTable]) -> Iterator[str]:
    width = max(len(table.name) for table in tables)
    for table in tables:
        yield f"{table.name:<{width}}  {len(table.columns):>3} columns  {table.owner}  {table.summary}"


def _table(table: DictionaryTable) -> Iterator[str]:
    yield f"{table.name}: {table.meaning}"
    yield f"Owner: {table.owner}"
    width = max(len(column.name) for column in table.columns)
    for column in table.columns:
        yield f"  {column.name:<{width}}  {column.classification or 'not classified':<9}  {column.meaning}"


def _columns(
    found: _Found, lineage: Lineage, tables: Mapping[str, DictionaryTable], glossary: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    from dq_pipeline.domain.lineage import Column

    for table, column in found:
        yield f"{Column(table.name, column.name)}: {column.meaning or column.made}"
        facts = {
            "Type": column.type,
            "Classification": column.classification or "not classified",
            "Owner": table.owner,
            "Glossary": "; ".join(f"{column.term}: {meaning}" for meaning in glossary.get(column.term, ())),
            "Contract": "; ".join(column.notes),
        }
        yield from (f"  {fact + ':':<16}{text}" for fact, text in facts.items() if text)
        for end in lineage.upstream(Column(table.name, column.name)).ends():
            if end.column.table.startswith("raw.") and end.column.table != table.name:
                meaning = next(c.meaning for c in tables[end.column.table].columns if c.name == end.column.name)
                owner = tables[end.column.table].owner
                yield f"  {'Comes from:':<16}{end.column} ({owner}): {meaning or end.made}"
